//! Taking proposals over: the one place that settles which of them go together, for the command line and for the page.

use std::collections::BTreeSet;

use crate::audit::{Audit, Finding, Reported, Tier};
use crate::breakdown::Breakdown;
use crate::fixes::{Certainty, Change, Fix, Origin, apply, changes_nothing, merge_edits};
use crate::model::Workbook;

use super::correct::{audit_of, before};

/// Which proposals are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apply {
    /// Only those that leave every quantity as it is.
    Safe,
    /// Those that need consent too.
    All,
}

/// What taking proposals over comes to.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TakenOver {
    /// In order.
    pub changes: Vec<Change>,
    /// The findings whose proposals these are, each as it stood when its proposal was made.
    pub settled: Vec<Finding>,
}

/// More rounds of making and auditing than any file has need of.
const ROUNDS: usize = 8;

/// The changes that take over every proposal of a kind: [`take_over`] for a file beside which nothing else is known.
pub fn plan_changes(
    name: &str,
    workbook: &Workbook,
    breakdown: &Breakdown,
    previous: &[Reported],
    kind: Apply,
) -> Vec<Change> {
    let look = |workbook: &Workbook, _: &[Change]| audit_of(name, workbook, breakdown, previous);
    take_over(workbook, kind, look, |_| true).changes
}

/// Takes over every proposal of a kind whose finding is wanted, until nothing of it is left: root causes first, each
/// alone, then the rest. Folded findings are left to their root cause, explained ones as they are. Safe proposals that
/// together leave more open 错误 than there were are tried one by one, and what makes one is left out. `look` audits
/// the workbook with the changes made so far.
pub fn take_over(
    workbook: &Workbook,
    kind: Apply,
    look: impl Fn(&Workbook, &[Change]) -> Audit,
    wanted: impl Fn(&Finding) -> bool,
) -> TakenOver {
    let proposes = |fix: &&Fix| fix.certainty == Certainty::Safe || kind == Apply::All;
    let mut workbook = workbook.clone();
    let mut all = TakenOver::default();
    let mut result = look(&workbook, &all.changes);
    for _ in 0..ROUNDS {
        let open: Vec<&Finding> = result
            .findings
            .iter()
            .filter(|finding| finding.is_open() && finding.fix.as_ref().filter(proposes).is_some())
            .filter(|finding| wanted(finding))
            .collect();
        let causes: BTreeSet<u32> = result.findings.iter().filter_map(|finding| finding.caused_by).collect();
        // A root cause changes what everything else says: it goes alone.
        let round = match open.iter().find(|finding| causes.contains(&finding.id)) {
            Some(root) => vec![*root],
            None => open,
        };
        let (mut after, mut made) = made(&workbook, &round);
        if made.changes.is_empty() {
            break;
        }
        let mut next = look(&after, &all.and(&made));
        let errors = result.count(Tier::Error);
        if kind == Apply::Safe && next.count(Tier::Error) > errors {
            (after, made) = one_by_one(&workbook, &round, |workbook, made| {
                look(workbook, &all.and(made)).count(Tier::Error) <= errors
            });
            if made.changes.is_empty() {
                break;
            }
            next = look(&after, &all.and(&made));
        }
        all.extend(made);
        (workbook, result) = (after, next);
    }
    all
}

/// Makes of some proposals those that each leave the workbook bearable.
fn one_by_one(
    workbook: &Workbook,
    findings: &[&Finding],
    bearable: impl Fn(&Workbook, &TakenOver) -> bool,
) -> (Workbook, TakenOver) {
    let (mut workbook, mut kept) = (workbook.clone(), TakenOver::default());
    for finding in findings {
        let (tried, made) = made(&workbook, &[*finding]);
        let mut with = kept.clone();
        with.extend(made);
        if bearable(&tried, &with) {
            (workbook, kept) = (tried, with);
        }
    }
    (workbook, kept)
}

/// A workbook with the proposals of some findings made, and the record of it.
fn made(workbook: &Workbook, findings: &[&Finding]) -> (Workbook, TakenOver) {
    let mut workbook = workbook.clone();
    let (mut edits, _) = merge_edits(findings.iter().filter_map(|finding| finding.fix.as_ref()));
    edits.retain(|edit| !changes_nothing(&workbook, edit));
    let (mut changes, mut by) = (Vec::new(), BTreeSet::new());
    for edit in edits {
        let proposed = findings.iter().enumerate().find_map(|(at, finding)| {
            Some((at, finding, finding.fix.as_ref().filter(|fix| fix.edits.contains(&edit))?))
        });
        let Some((at, finding, fix)) = proposed else { continue };
        by.insert(at);
        let before = before(&workbook, &edit);
        apply(&mut workbook, &edit);
        changes.push(Change {
            edit,
            before,
            origin: Origin::Rule(finding.code.to_string()),
            reason: finding.message.clone(),
            source: fix.source.clone(),
        });
    }
    let settled =
        by.into_iter().filter_map(|at| findings.get(at)).map(|finding| (*finding).clone()).collect();
    (workbook, TakenOver { changes, settled })
}

impl TakenOver {
    /// The changes with those of another one after them.
    fn and(&self, more: &Self) -> Vec<Change> {
        [self.changes.as_slice(), more.changes.as_slice()].concat()
    }

    fn extend(&mut self, more: Self) {
        self.changes.extend(more.changes);
        self.settled.extend(more.settled);
    }
}
