//! The tests from outside, one module a subject, linked once: `cargo test --test it reading::` runs one of them.
//! What needs a harness or a clock of its own is a program beside this one: `cases`, `case_set`, `audit_bench`,
//! `growth`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod answers;
mod breakdown;
mod brief;
mod catalogue;
mod cli;
mod consolidate;
mod documents;
mod earlier;
mod engine;
mod formats;
mod layout;
mod looks;
mod lossless;
mod many;
mod opendocument;
mod progress;
mod properties;
mod reading;
mod reconcile;
mod report;
mod rewriting;
mod rules_off;
mod safe_fixes;
mod samples;
mod separated;
mod tidy;
mod unseen;
mod word;
mod words;
mod worker;
