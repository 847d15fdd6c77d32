//! `xtask test`: everything, and a count of it. Nothing is skipped in silence.

use crate::shell::{self, Result};
use crate::{check, dist, npm, open_xml, system};

#[derive(Default)]
pub struct Options {
    /// Only browser tests whose name contains this.
    only: Option<String>,
    /// Refresh the committed picture of the page.
    screenshot: Option<&'static str>,
}

impl Options {
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Options::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "--only" => options.only = Some(rest.next().ok_or("--only needs a word")?.to_string()),
                "--screenshot" => options.screenshot = Some("--screenshot"),
                other => return Err(format!("test knows no option {other}")),
            }
        }
        Ok(options)
    }
}

/// Every step runs, also after one has failed, so that one run shows all that is wrong.
pub fn run(options: Options) -> Result {
    let mut count = Count::default();
    if options.only.is_none() {
        system::need_rust()?;
        for (name, mut command) in check::steps() {
            println!("\n== {name}");
            count.step(name, shell::run(&mut command));
        }
        println!("\n== cargo test");
        cargo_test(&mut count);
        println!("\n== Open XML");
        open_xml(&mut count);
    }
    println!("\n== page file");
    let built = dist::run().map(|_| ());
    let is_built = built.is_ok();
    count.step("page file", built);
    println!("\n== browsers");
    if is_built {
        let run = system::need_browsers().and_then(|()| browsers(&options, &mut count));
        if let Err(error) = run {
            count.step("browsers", Err(error));
        }
    } else {
        count.step("browsers", Err("there is no page file to test".into()));
    }
    for failure in &count.failures {
        println!("failed: {failure}");
    }
    if count.ignored > 0 {
        println!("{} ignored", count.ignored);
    }
    println!("{} passed, {} failed", count.passed, count.failed);
    if count.failed == 0 { Ok(()) } else { Err("not everything passed".into()) }
}

#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    ignored: usize,
    failures: Vec<String>,
}

impl Count {
    fn step(&mut self, name: &str, result: Result) {
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => {
                self.failed += 1;
                self.failures.push(format!("{name}: {error}"));
            }
        }
    }

    /// `test result: ok. 12 passed; 0 failed; 0 ignored; …` of cargo.
    fn cargo_line(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            if let Some(name) = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED")) {
                self.failures.push(name.trim_end().to_owned());
            }
            return;
        };
        let result = result.split_once(". ").map_or(result, |(_, counts)| counts);
        for part in result.split(';') {
            let mut words = part.split_whitespace();
            let Some(number) = words.next().and_then(|word| word.parse::<usize>().ok()) else { continue };
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.ignored += number,
                _ => {}
            }
        }
    }

    /// `ok NAME` or `not ok NAME: REASON`, of the browser tests and the validator.
    fn said_line(&mut self, line: &str) {
        if line.starts_with("ok ") {
            self.passed += 1;
        } else if let Some(failure) = line.strip_prefix("not ok ") {
            self.failed += 1;
            self.failures.push(failure.to_owned());
        }
    }
}

fn cargo_test(count: &mut Count) {
    let mut command = shell::in_utf8(shell::cargo());
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    let before = count.failed;
    match shell::lines(&mut command, |line| count.cargo_line(line)) {
        Ok(false) if count.failed == before => count.step("cargo test", Err("did not run to its end".into())),
        Err(error) => count.step("cargo test", Err(error)),
        Ok(_) => {}
    }
}

fn open_xml(count: &mut Count) {
    if !open_xml::IS_HERE {
        println!("not on this system: the validator is one for Linux x64");
        count.ignored += 1;
        return;
    }
    let before = count.passed + count.failed;
    let run = open_xml::run(|line| count.said_line(line));
    let has_run = before != count.passed + count.failed;
    match run.and_then(|()| if has_run { Ok(()) } else { Err("no workbook was validated".into()) }) {
        Ok(()) => {}
        failed => count.step("Open XML", failed),
    }
}

fn browsers(options: &Options, count: &mut Count) -> Result {
    let mut command = shell::in_utf8(npm::script("tests/browser/run.mjs"));
    command.args(options.screenshot);
    if let Some(only) = &options.only {
        command.args(["--only", only]);
    }
    let before = (count.passed, count.failed);
    let succeeded = shell::lines(&mut command, |line| count.said_line(line))?;
    if before == (count.passed, count.failed) {
        return Err("no browser test ran".into());
    }
    if !succeeded && before.1 == count.failed {
        return Err("the browser tests did not run to their end".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_cargo_and_the_browser_tests_say() {
        let mut count = Count::default();
        count.cargo_line(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        );
        count.cargo_line(
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; \
             finished in 0.01s",
        );
        // A harness of our own fills its names up.
        count.cargo_line("test a::b       ... FAILED");
        count.cargo_line("test a::c ... ok");
        count.said_line("ok chromium 86: starts");
        count.said_line("not ok firefox: starts: no page");
        count.said_line("some other line");
        assert_eq!((count.passed, count.failed, count.ignored), (16, 3, 1));
        assert_eq!(count.failures, ["a::b", "firefox: starts: no page"]);
    }

    #[test]
    fn options_are_named() {
        let options = Options::parse(&["--only", "86", "--screenshot"]).unwrap();
        assert_eq!(options.only.as_deref(), Some("86"));
        assert!(options.screenshot.is_some());
        assert!(Options::parse(&["--only"]).is_err());
        assert!(Options::parse(&["--fast"]).is_err());
    }
}
