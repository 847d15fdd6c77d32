//! The text cases of `fixtures/rules`: small sheets and the findings they must give, readable by a statistician.
//!
//! A file is named after its rule and is a test of that name: `cargo test --test cases Q002`. A case starts with
//! `## 名称`, names a base sheet (基表：), changes cells (改：), and lists every open finding (发现：, one a line as
//! `- Q002 C5 → 600 稳妥`, or 无) and everything that is folded (折叠：). After every case the laws of fixes hold
//! too: with all safe fixes made, nothing safe is left and no new 错误 stands.
//!
//! Beside them every rule goes over valid sheets made from each breakdown there is, the official one and those of
//! `fixtures/breakdowns`, and finds nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod case;
mod sheet;

use std::collections::BTreeMap;
use std::process::ExitCode;

use indicator_companion::audit::{Audit, Check, Finding, Input, Reported, Said, Tier, audit, unreadable};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Certainty, Edit, NewValue, apply};
use indicator_companion::job::{self, Apply};
use indicator_companion::model::{Sheet, Workbook};
use indicator_companion::rules::{RULES, by_code};
use libtest_mimic::{Arguments, Failed, Trial};

use case::{Case, breakdown, parse, put};
use sheet::{base, workbook};

fn main() -> ExitCode {
    // Tests run in the directory of the package; so does this program under cargo.
    let files = names_in("fixtures/rules", ".md");
    let mut trials = vec![Trial::test("every_rule_has_cases", {
        let files = files.clone();
        move || told(&without_cases(&files))
    })];
    trials.extend(files.into_iter().map(|code| Trial::test(code.clone(), move || told(&wrong_in(&code)))));
    let others = names_in("fixtures/breakdowns", ".csv").into_iter().filter(|name| !name.contains("gb18030"));
    for name in others.map(Some).chain([None]) {
        let shown = name.clone().unwrap_or("official".to_owned());
        let breakdown =
            name.map_or_else(|| Breakdown::official().clone(), |name| breakdown(&format!("{name}.csv")));
        trials.push(Trial::test(format!("valid_sheets::{shown}"), move || {
            told(&findings_on_valid_sheets(&breakdown))
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn told(wrong: &[String]) -> Result<(), Failed> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// The files of a directory that end so, without the ending, sorted.
fn names_in(directory: &str, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().to_string_lossy().strip_suffix(ending).map(str::to_owned)
        })
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{directory} holds no {ending}");
    names
}

/// What only a consolidation finds is tested there.
fn without_cases(files: &[String]) -> Vec<String> {
    RULES
        .iter()
        .filter(|rule| !matches!(rule.check, Check::Consolidation))
        .filter(|rule| !files.iter().any(|code| code == rule.code.0))
        .map(|rule| format!("{} has no cases in fixtures/rules", rule.code))
        .collect()
}

/// Everything that is found, folded or not, on the annex in each of its forms and on two returns of every city.
fn findings_on_valid_sheets(breakdown: &Breakdown) -> Vec<String> {
    let reports = |city: &String| ["进展", "上期", "末期"].map(|kind| format!("{city}{kind}"));
    let names = ["分解表", "分解表（纯数字）", "分解表（带合计）"].map(str::to_owned);
    let mut wrong = Vec::new();
    for name in names.into_iter().chain(breakdown.cities.iter().flat_map(reports)) {
        let workbook = workbook(base(&name, breakdown));
        let result = audit(
            Input {
                workbook: &workbook,
                file_name: "表.xlsx",
                breakdown,
                previous: &[],
                said: Said::NOTHING,
            },
            RULES,
        );
        if result.table.is_err() {
            wrong.push(format!("{name}: no table was found"));
        }
        wrong.extend(
            result.findings.iter().map(|finding| format!("{name}: {}：{}", said(finding), finding.message)),
        );
    }
    wrong
}

fn said(finding: &Finding) -> String {
    let place = finding.range.map_or("全表".to_owned(), |range| range.to_string());
    let expected = finding.expected.as_ref().map(|expected| format!(" → {expected}")).unwrap_or_default();
    let sure = match finding.fix.as_ref().map(|fix| fix.certainty) {
        Some(Certainty::Safe) => " 稳妥",
        Some(Certainty::Consent) => " 需确认",
        None => "",
    };
    format!("{} {place}{expected}{sure}", finding.code)
}

fn audited(case: &Case) -> (Option<Audit>, Vec<Finding>) {
    if let Some(reason) = &case.unreadable {
        return (None, unreadable(reason, RULES));
    }
    let result = audit_of(case, &case.workbook);
    let findings = result.findings.clone();
    (Some(result), findings)
}

fn audit_of(case: &Case, workbook: &Workbook) -> Audit {
    let breakdown = &*case.breakdown;
    let previous: Vec<Reported> = case
        .previous
        .iter()
        .map(|earlier| {
            let result = audit(
                Input {
                    workbook: earlier,
                    file_name: "上期.xlsx",
                    breakdown,
                    previous: &[],
                    said: Said::NOTHING,
                },
                RULES,
            );
            job::reports("上期.xlsx", earlier, &result, breakdown)
                .pop()
                .expect("a return of the period before")
        })
        .collect();
    audit(
        Input { workbook, file_name: &case.file_name, breakdown, previous: &previous, said: Said::NOTHING },
        RULES,
    )
}

/// A code for every finding that another one explains, `B003 ×18` where there are several.
fn folded(findings: &[Finding]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.caused_by.is_some()) {
        *counts.entry(finding.code.0).or_default() += 1;
    }
    let shown = |(code, count): (&str, usize)| {
        if count == 1 { code.to_owned() } else { format!("{code} ×{count}") }
    };
    counts.into_iter().map(shown).collect()
}

fn wrong_in(code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if by_code(code).is_none() {
        wrong.push(format!("{code} is no rule"));
    }
    let cases = parse(&std::fs::read_to_string(format!("fixtures/rules/{code}.md")).unwrap());
    let mentions = |case: &Case| case.findings.iter().chain(&case.folded).any(|line| line.starts_with(code));
    if !cases.iter().any(mentions) {
        wrong.push(format!("{code}: no case gives the finding"));
    }
    if cases.iter().all(mentions) {
        wrong.push(format!("{code}: no valid twin"));
    }
    for case in &cases {
        let name = format!("{code} {}", case.name);
        let (result, findings) = audited(case);
        let open: Vec<String> =
            findings.iter().filter(|finding| finding.caused_by.is_none()).map(said).collect();
        for (what, due, found) in [("发现", &case.findings, open), ("折叠", &case.folded, folded(&findings))]
        {
            if *due != found {
                wrong.push(format!("{name} {what}\n  应有 {due:?}\n  实有 {found:?}"));
            }
        }
        if let Some(before) = result {
            wrong.extend(laws(case, &before).into_iter().map(|law| format!("{name}: {law}")));
        }
    }
    wrong
}

/// All safe fixes leave nothing safe and no new 错误; all proposals leave nothing to propose; the named cells are
/// right.
fn laws(case: &Case, before: &Audit) -> Vec<String> {
    let mut broken = Vec::new();
    for kind in [Apply::Safe, Apply::All] {
        let mut corrected = case.workbook.clone();
        let mut emptied = 0;
        // With an earlier return the plan is made without it: its proposals are those of the sheet alone.
        for change in job::plan_changes(&case.file_name, &case.workbook, &case.breakdown, &[], kind) {
            assert!(
                !change.reason.is_empty() && !change.source.is_empty(),
                "a change without its reason or source"
            );
            if kind == Apply::Safe && matches!(change.edit, Edit::Set { value: NewValue::Blank, .. }) {
                broken.push("稳妥修改清空了单元格".to_owned());
            }
            emptied += usize::from(matches!(change.edit, Edit::Set { value: NewValue::Blank, .. }));
            apply(&mut corrected, &change.edit);
        }
        let after = audit(
            Input {
                workbook: &corrected,
                file_name: &case.file_name,
                breakdown: &case.breakdown,
                previous: &[],
                said: Said::NOTHING,
            },
            RULES,
        );
        let left = after
            .findings
            .iter()
            .filter(|finding| finding.caused_by.is_none())
            .filter_map(|finding| finding.fix.as_ref());
        if left.into_iter().any(|fix| kind == Apply::All || fix.certainty == Certainty::Safe) {
            broken.push(format!(
                "{kind:?} 之后还有可采用的修改：{:?}",
                after.findings.iter().map(said).collect::<Vec<_>>()
            ));
        }
        // A value that an accident pushed out is blank after its undoing, and due.
        if after.count(Tier::Error) > before.count(Tier::Error) + emptied {
            broken.push(format!(
                "{kind:?} 之后错误变多：{:?}",
                after.findings.iter().map(said).collect::<Vec<_>>()
            ));
        }
        if (kind == Apply::All) == case.fix_all {
            for (place, expected) in &case.after {
                let mut due = Sheet::default();
                put(&mut due, *place, expected);
                let due = due.grid.get(*place).cloned().unwrap_or_default();
                let found = corrected.sheets[0].grid.get(*place).cloned().unwrap_or_default();
                if found.value != due.value || found.formula != due.formula {
                    broken.push(format!(
                        "改后 {place} 应为 {expected}，实为 {:?} {:?}",
                        found.value, found.formula
                    ));
                }
            }
        }
    }
    broken
}
