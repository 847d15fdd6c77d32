//! `xtask audit-bench`: the long run of the audit's mutation benchmark, in release.

use crate::shell::{self, Result};

#[derive(Debug, Default, PartialEq)]
pub struct Options {
    seed: Option<u64>,
    cases: Option<u64>,
    /// One case alone, with its sheet.
    case: Option<u64>,
    verbose: bool,
}

impl Options {
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let mut number =
                || rest.next().and_then(|text| text.parse().ok()).ok_or(format!("{word} needs a number"));
            match *word {
                "--seed" => options.seed = Some(number()?),
                "--cases" => options.cases = Some(number()?),
                "--case" => options.case = Some(number()?),
                "--verbose" => options.verbose = true,
                other => return Err(format!("audit-bench knows no option {other}")),
            }
        }
        Ok(options)
    }
}

pub fn run(options: Options) -> Result {
    let mut command = shell::cargo();
    command.args([
        "test",
        "--release",
        "--locked",
        "--test",
        "audit_bench",
        "benchmark",
        "--",
        "--ignored",
        "--nocapture",
    ]);
    for (name, number) in [("SEED", options.seed), ("CASES", options.cases), ("CASE", options.case)] {
        if let Some(number) = number {
            command.env(format!("AUDIT_BENCH_{name}"), number.to_string());
        }
    }
    if options.verbose {
        command.env("AUDIT_BENCH_VERBOSE", "1");
    }
    shell::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_numbers() {
        let options = Options::parse(&["--seed", "7", "--case", "12", "--verbose"]).unwrap();
        assert_eq!(options, Options { seed: Some(7), cases: None, case: Some(12), verbose: true });
        assert!(Options::parse(&["--cases", "many"]).is_err());
        assert!(Options::parse(&["--fast"]).is_err());
    }
}
