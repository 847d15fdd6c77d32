//! `xtask size`: what the page file is made of.

use crate::dist;
use crate::shell::Result;

/// Builds it and prints, which [`dist::run`] does by itself.
pub fn run() -> Result {
    dist::run().map(|page| {
        let share = page.html.len() as f64 * 100.0 / dist::LIMIT as f64;
        println!("{share:>8.1} % of the {:.1} MiB that are allowed", dist::LIMIT as f64 / 1_048_576.0)
    })
}
