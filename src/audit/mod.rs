//! Findings: what is wrong, where, what was found and expected, and how to put it right.

mod finding;

pub use finding::{Code, Finding, Tier};
