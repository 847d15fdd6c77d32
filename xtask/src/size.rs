//! `xtask size`: what the page file is made of.

use crate::dist;
use crate::shell::Result;

/// Builds it and prints, which [`dist::run`] does by itself.
pub fn run() -> Result {
    dist::run()
        .map(|page| println!("{:>8.1} % of the 1.5 MiB that are allowed", page.html.len() as f64 / 15_728.64))
}
