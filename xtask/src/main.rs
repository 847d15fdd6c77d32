//! `cargo xtask`: builds the page file, opens it, checks and tests everything. Sets up what it needs inside `target/`
//! and never writes anywhere else but `dist/` (and `docs/` when asked to).

mod audit_bench;
mod bench;
mod check;
mod digest;
mod dist;
mod docs;
mod new_rule;
mod npm;
mod open_xml;
mod packing;
mod page;
mod paths;
mod python;
mod rotates;
mod samples;
mod scale;
mod shell;
mod size;
mod start;
mod system;
mod test;
mod wasm;
mod words;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  start   set up, build the page file and open it in the default browser
  start --quick   the same for a look while working: large, slow and not in dist/
  test    everything: format, lints, tests, the workbooks against Open XML, the page file, browser tests
  dist    build dist/indicator-companion.html and dist/SHA256SUMS
  open-xml   what companion writes, held against Open XML by the SDK's validator; part of test
  check   format and lints, native and wasm32
  docs    write docs/rules.md from the rules' doc comments, docs/words.md from all words for people
  new-rule CODE   the skeleton of a rule: help, registration, function and cases
  size    what the page file is made of
  bench page [ROUNDS]   the page file beside a page that inlines SheetJS: start, one return, 50,000 rows
  bench consolidate [FILES]   returns put together, beside openpyxl and SheetJS: files a second, memory
  scale   the recipes of docs/at-scale.md in DuckDB and PySpark, with the totals of consolidate
  audit-bench   the audit against planted faults: recall, false alarms, right fixes, speed

  audit-bench --seed N --cases N --verbose   another run; all misses
  audit-bench --seed N --case K              one case again, with its sheet

  test --only WORD       browser tests whose name contains WORD (builds the page file first)
  test --screenshot      also refresh docs/page.png

Words and markup need no page: cargo test --lib app:: compares the panels with their snapshots. A change
that is meant is accepted by INSTA_UPDATE=always cargo test --lib app:: (or cargo insta review); look at
git diff before it is committed.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["start"] => start::run(),
        ["start", "--quick"] => start::quick(),
        ["test", options @ ..] => test::Options::parse(options).and_then(test::run),
        ["dist"] => dist::run().map(|_| ()),
        ["check"] => check::run(),
        ["open-xml"] => open_xml::run_alone(),
        ["docs"] => docs::run(),
        ["new-rule", code] => new_rule::run(code),
        ["size"] => size::run(),
        ["bench", "page"] => bench::page(None),
        ["bench", "page", rounds] => bench::page(Some(rounds)),
        ["bench", "consolidate"] => bench::consolidate(None),
        ["bench", "consolidate", files] => bench::consolidate(Some(files)),
        ["scale"] => scale::run(),
        ["audit-bench", options @ ..] => audit_bench::Options::parse(options).and_then(audit_bench::run),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        [other, ..] => Err(format!("no task named {other}\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
