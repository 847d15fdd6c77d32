//! The case set: every line of `fixtures/cases/expected.jsonl`, judged by what the built `companion` prints and writes.
//!
//! What is known to fail stands in `known-failures.txt`: a case that fails without standing there fails the test, and
//! so does one that stands there and passes, so that the list can only shrink. The keys are explained beside the cases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod answer;
mod cells;
mod judge;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value as Json;

/// A key that is not known is an error: what nobody reads is not checked.
const KEYS: &str = "file args clean open or returns period city form fix safe_keeps never also say unsaid still \
    seconds      breakdown exit says lacks consolidate used holds not_value out broken_link";

#[test]
fn every_case_is_answered_as_expected_but_the_known_failures() {
    let cases = cases();
    let known: BTreeSet<String> =
        lines("known-failures.txt").into_iter().filter(|line| !line.starts_with('#')).collect();
    let names: BTreeSet<&str> = cases.iter().map(judge::name).collect();
    assert_eq!(names.len(), cases.len(), "two lines for one case");

    let mut kinds: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut complaints = Vec::new();
    for (case, wrong) in cases.iter().zip(judged(&cases)) {
        let name = judge::name(case);
        let counted = [name.split('/').next().unwrap(), "cases"];
        for kind in counted {
            let [passed, total] = kinds.entry(kind).or_default();
            (*passed, *total) = (*passed + usize::from(wrong.is_empty()), *total + 1);
        }
        match (wrong.is_empty(), known.contains(name)) {
            (false, false) => complaints.push(format!("fails: {name}: {}", wrong.join("; "))),
            (false, true) => println!("known failure: {name}: {}", wrong.join("; ")),
            // Its time is not looked at in a debug build, so that it may pass there.
            (true, true) if case["seconds"].is_null() || !cfg!(debug_assertions) => {
                complaints.push(format!("passes, strike it from known-failures.txt: {name}"));
            }
            (true, _) => {}
        }
    }
    complaints.extend(
        known
            .iter()
            .filter(|name| !names.contains(name.as_str()))
            .map(|name| format!("known, but no case: {name}")),
    );
    kinds.iter().for_each(|(kind, [passed, total])| println!("{kind} {passed}/{total}"));
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

fn lines(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(name)).unwrap();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn cases() -> Vec<Json> {
    let cases: Vec<Json> = lines("expected.jsonl")
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for case in &cases {
        for key in case.as_object().unwrap().keys() {
            assert!(
                KEYS.split_whitespace().any(|known| known == key),
                "the key {key} of {case} is not known"
            );
        }
    }
    cases
}

/// What is wrong with each case, in the order of the cases; nothing where it passes.
fn judged(cases: &[Json]) -> Vec<Vec<String>> {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(vec![Vec::new(); cases.len()]);
    let threads = std::thread::available_parallelism().map_or(2, usize::from).max(2);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    // A case never stops the others.
                    let found =
                        catch_unwind(AssertUnwindSafe(|| judge::case(&root(), case, &run::folder(index))));
                    wrong.lock().unwrap()[index] =
                        found.unwrap_or_else(|_| vec!["could not be judged: see the panic above".to_owned()]);
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}
