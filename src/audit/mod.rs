//! The engine: runs the rules over a laid-out workbook, tries root causes first, folds what they explain.
//!
//! Returns findings, never a `Result`: a file that could be read can be audited. Knows no rule by name; the slice of
//! rules comes from outside.

mod checked;
mod context;
mod explanation;
mod finding;
pub mod noted;
mod root;
mod rule;
mod since;

pub use checked::Checked;
pub use context::{Context, Due, Figure, HouseStyle, Reported, history};
pub use explanation::{explanation_cell, says_something};
pub use finding::{Code, Finding, Tier};
pub use root::{Permutation, permutation};
pub use rule::{Check, Draft, Rule};
pub use since::{Left, Since};

use crate::breakdown::Breakdown;
use crate::layout::{NoTable, Table, find_table};
use crate::model::{Range, Unreadable, Workbook};

/// What an audit needs besides the workbook.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub workbook: &'a Workbook,
    /// As the user named it; city and period may stand in it.
    pub file_name: &'a str,
    pub breakdown: &'a Breakdown,
    /// Earlier returns that are at hand; the right one is found by city and period.
    pub previous: &'a [Reported],
}

/// The result: the table that was recognised and every finding, root causes first, then by row and column.
#[derive(Clone, Debug)]
pub struct Audit {
    pub table: Result<Table, NoTable>,
    pub findings: Vec<Finding>,
}

impl Audit {
    /// Findings of a tier that stand in the way: neither explained nor folded under a root cause.
    pub fn count(&self, tier: Tier) -> usize {
        self.findings.iter().filter(|finding| finding.tier == tier && finding.is_open()).count()
    }
}

/// Audits a workbook under some rules.
pub fn audit(input: Input<'_>, rules: &[&Rule]) -> Audit {
    let table = find_table(input.workbook, input.file_name, input.breakdown);
    let context = Context::new(input, table.as_ref());
    let plain = run(rules, &context);
    let accident = table.as_ref().ok().and_then(|table| {
        rules.iter().find_map(|rule| {
            let Check::Root(test) = rule.check else { return None };
            test(&context, table).map(|(draft, righted)| (Stated { code: rule.code, tier: rule.tier, draft, root: true }, righted))
        })
    });
    let mut findings = match accident {
        None => number(gather(plain, &context)),
        Some((cause, righted)) => {
            let righted_context = Context::new(input, Ok(&righted));
            let left = run(rules, &righted_context);
            let folded: Vec<Stated> = plain.into_iter().filter(|stated| !left.iter().any(|other| other.is_same_fault(stated))).collect();
            fold_under(cause, gather(left, &righted_context), folded)
        }
    };
    explanation::attach(&mut findings, &context);
    Audit { table, findings }
}

/// The finding of a file that could not be read.
pub fn unreadable(reason: &Unreadable, rules: &[&Rule]) -> Vec<Finding> {
    let stated = rules.iter().filter_map(|rule| {
        let Check::Unreadable(speak) = rule.check else { return None };
        speak(reason).map(|draft| Stated { code: rule.code, tier: rule.tier, draft, root: false })
    });
    number(stated.collect())
}

struct Stated {
    code: Code,
    tier: Tier,
    draft: Draft,
    root: bool,
}

impl Stated {
    fn is_same_fault(&self, other: &Self) -> bool {
        self.code == other.code
            && self.draft.range == other.draft.range
            && self.draft.sheet == other.draft.sheet
            && self.draft.found == other.draft.found
    }

    /// Root causes first, then what concerns the whole file, then by place.
    fn place(&self) -> (bool, Option<(usize, Range)>, Code) {
        (!self.root, self.draft.range.map(|range| (self.draft.sheet.unwrap_or(0), range)), self.code)
    }
}

fn run(rules: &[&Rule], context: &Context<'_>) -> Vec<Stated> {
    let mut stated = Vec::new();
    for rule in rules {
        let Check::Each(check) = rule.check else { continue };
        stated.extend(check(context).into_iter().map(|draft| Stated { code: rule.code, tier: rule.tier, draft, root: false }));
    }
    stated
}

/// One fault that fills a whole column is one finding with the column's range, not one a cell.
fn gather(stated: Vec<Stated>, context: &Context<'_>) -> Vec<Stated> {
    let mut kept: Vec<Stated> = Vec::new();
    let mut gathered: Vec<Stated> = Vec::new();
    let mut rest = stated;
    while !rest.is_empty() {
        let first = rest.remove(0);
        let column = first.draft.column_wide().and_then(|column| context.figure_count(column).map(|count| (column, count)));
        let Some((column, count)) = column else {
            kept.push(first);
            continue;
        };
        let alike: Vec<usize> = rest
            .iter()
            .enumerate()
            .filter(|(_, other)| other.code == first.code && other.draft.column_wide() == Some(column))
            .map(|(at, _)| at)
            .collect();
        if alike.len() + 1 < count.max(4) {
            kept.push(first);
            continue;
        }
        let mut one = first;
        for at in alike.into_iter().rev() {
            let other = rest.remove(at);
            one.draft.absorb(other.draft);
        }
        one.draft.say_column(count);
        gathered.push(one);
    }
    kept.extend(gathered);
    kept
}

fn number(mut stated: Vec<Stated>) -> Vec<Finding> {
    stated.sort_by_key(Stated::place);
    let causes: Vec<Option<u32>> = stated
        .iter()
        .map(|one| {
            let (code, at) = one.draft.because?;
            let cause = stated.iter().position(|other| {
                other.code == code && other.draft.sheet == one.draft.sheet && other.draft.range.is_some_and(|range| range.contains(at))
            })?;
            u32::try_from(cause + 1).ok()
        })
        .collect();
    stated
        .into_iter()
        .zip(causes)
        .zip(1..)
        .map(|((one, caused_by), id)| Finding {
            id,
            code: one.code,
            tier: one.tier,
            sheet: one.draft.sheet,
            range: one.draft.range,
            indicator: one.draft.indicator,
            city: one.draft.city,
            found: one.draft.found,
            expected: one.draft.expected,
            message: one.draft.message,
            fix: one.draft.fix,
            caused_by,
            answer: None,
        })
        .collect()
}

/// The root cause as number 1, what stands beside it, and what it explains, folded under it.
fn fold_under(cause: Stated, mut left: Vec<Stated>, folded: Vec<Stated>) -> Vec<Finding> {
    left.push(cause);
    let mut findings = number(left);
    let first = u32::try_from(findings.len()).unwrap_or(0);
    for mut finding in number(folded) {
        finding.id += first;
        finding.caused_by = Some(1);
        findings.push(finding);
    }
    findings
}
