//! The engine: runs the rules over a laid-out workbook, tries root causes first, folds what they explain.
//!
//! Returns findings, never a `Result`: a file that could be read can be audited. Knows no rule by name; the slice of
//! rules comes from outside.

mod asked;
mod cause;
mod checked;
mod context;
mod explanation;
mod finding;
mod group;
pub mod noted;
mod off;
mod percent;
mod rewritten;
mod rule;
mod safety;
mod since;
mod slip;

use cause::rates_follow;
pub use cause::{
    CopiedColumn, ExchangedRows, Magnitude, Moved, OtherCity, OtherKind, PushedRows, Scaled, ShiftedRows,
    TornRow, WrongHeader, copied_column, exchanged_rows, foreign_form, growth_for_figures, is_rate,
    moved_columns, other_city, permutation, pushed_rows, rates_for_figures, rates_of_last_period,
    rates_of_totals, rates_of_unknown, scaled_columns, shifted_rows, torn_row, totals_for_targets,
    wrong_header,
};
pub use checked::Checked;
pub use context::{Context, Due, Figure, HouseStyle, Reported, history};
pub use explanation::{explanation_cell, says_something};
pub use finding::{Body, Code, Finding, Tier};
pub use group::{Group, groups};
pub use off::{RuleOff, RulesOff, StaysOn};
pub use percent::percent;
pub use rewritten::{changing, copied, rates_anew, with_rates};
pub use rule::{Check, Draft, Hypothesis, Rule};
pub use since::{Left, Since};
pub use slip::slip_of_hand;

use std::collections::{BTreeMap, BTreeSet};

use crate::breakdown::{Breakdown, CityId};
use crate::fixes::{Edit, Fix};
use crate::layout::{
    Arranged, Arrangement, Form, FoundTables, Hints, NearMiss, NoTable, Table, Vocabulary, find_arranged,
    find_tables_with, is_consolidated,
};
use crate::model::{CellRef, Period, Range, Unreadable, Workbook};

/// What an audit needs besides the workbook.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub workbook: &'a Workbook,
    /// As the user named it; city and period may stand in it.
    pub file_name: &'a str,
    pub breakdown: &'a Breakdown,
    /// Earlier returns that are at hand; the right one is found by city and period.
    pub previous: &'a [Reported],
    pub said: Said<'a>,
}

/// The user's word.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// Against what was recognised.
    pub hints: &'a Hints,
    /// The rules that are not to speak.
    pub off: &'a RulesOff,
}

impl Said<'static> {
    pub const NOTHING: Self = Self { hints: Hints::NONE, off: RulesOff::NONE };
}

/// The result: the tables that were recognised and every finding; of each table root causes first, then by row and
/// column, the tables one after the other.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The table that is meant first.
    pub table: Result<Table, NoTable>,
    /// The other tables of the workbook, each audited for itself.
    pub others: Vec<Table>,
    /// What looks like a form and was not audited.
    pub unread: Vec<NearMiss>,
    pub findings: Vec<Finding>,
    /// The rules that were switched off.
    pub off: RulesOff,
}

impl Audit {
    /// Every table that was audited.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.table.iter().chain(&self.others)
    }

    /// The table that a finding is about.
    pub fn table_of(&self, finding: &Finding) -> Option<&Table> {
        self.tables().nth(finding.table?)
    }

    /// Findings of a tier that stand in the way: neither explained nor folded under a root cause.
    pub fn count(&self, tier: Tier) -> usize {
        self.findings.iter().filter(|finding| finding.tier == tier && finding.is_open()).count()
    }
}

/// Audits a workbook under some rules.
pub fn audit(input: Input<'_>, rules: &[&Rule]) -> Audit {
    let nothing = |nearest: NoTable| {
        let found = FoundTables::default();
        let (findings, _) = findings(&Context::new(input, Err(&nearest), &found), rules, &Some);
        Audit {
            table: Err(nearest),
            others: Vec::new(),
            unread: Vec::new(),
            findings,
            off: input.said.off.clone(),
        }
    };
    let Input { workbook, file_name, breakdown, said: Said { hints, .. }, .. } = input;
    let words = Vocabulary::of(breakdown);
    match find_tables_with(workbook, file_name, &words, hints) {
        Err(nearest) => match find_arranged(workbook, file_name, &words, hints).as_slice() {
            [] => nothing(nearest),
            arranged => audit_arranged(input, arranged, rules),
        },
        Ok(found) => {
            // What a lead office keeps of all cities is held against the breakdown; what we wrote ourselves is not.
            let summary = matches!(found.tables.as_slice(), [table] if table.form == Form::Summary);
            let arranged = if summary && !is_consolidated(workbook) {
                find_arranged(workbook, file_name, &words, hints)
            } else {
                Vec::new()
            };
            match arranged.as_slice() {
                [] => audit_tables(input, found, rules),
                arranged => audit_arranged(input, arranged, rules),
            }
        }
    }
}

/// Audits every table, each beside what the others say was reported before.
fn audit_tables(input: Input<'_>, found: FoundTables, rules: &[&Rule]) -> Audit {
    let of_tables: Vec<&Rule> =
        rules.iter().copied().filter(|rule| !matches!(rule.check, Check::File(_))).collect();
    let of_file =
        |code: Code| rules.iter().any(|rule| rule.code == code && matches!(rule.check, Check::File(_)));
    let reports: Vec<Reported> = if found.tables.len() < 2 {
        Vec::new()
    } else {
        found.tables.iter().filter_map(|table| Context::new(input, Ok(table), &found).reported()).collect()
    };
    let known: BTreeSet<(CityId, Period)> =
        input.previous.iter().map(|report| (report.city, report.period)).collect();
    let of_others = reports.into_iter().filter(|report| !known.contains(&(report.city, report.period)));
    let previous: Vec<Reported> = input.previous.iter().cloned().chain(of_others).collect();
    let mut all: Vec<Finding> = Vec::new();
    let mut said: BTreeSet<(Code, Option<usize>, Option<Range>, String)> = BTreeSet::new();
    for (index, table) in found.tables.iter().enumerate() {
        let context = Context::new(Input { previous: &previous, ..input }, Ok(table), &found);
        let (mut own, _) = findings(&context, if index == 0 { rules } else { &of_tables }, &Some);
        // What is said of a sheet is said once, whichever of its tables comes first.
        let fault = |finding: &Finding| (finding.code, finding.sheet, finding.range, finding.found.clone());
        if index > 0 {
            own.retain(|finding| !said.contains(&fault(finding)));
        }
        if index + 1 < found.tables.len() {
            said.extend(own.iter().map(fault));
        }
        let first = u32::try_from(all.len()).unwrap_or(0);
        let numbers: BTreeMap<u32, u32> =
            own.iter().zip(first + 1..).map(|(finding, id)| (finding.id, id)).collect();
        for mut finding in own {
            finding.id = numbers.get(&finding.id).copied().unwrap_or(finding.id);
            finding.caused_by = finding.caused_by.and_then(|cause| numbers.get(&cause).copied());
            finding.table = Some(index).filter(|_| !of_file(finding.code));
            all.push(finding);
        }
    }
    let FoundTables { tables, unread, .. } = found;
    let mut tables = tables.into_iter();
    Audit {
        table: tables.next().ok_or_else(NoTable::default),
        others: tables.collect(),
        unread,
        findings: all,
        off: input.said.off.clone(),
    }
}

/// Audits tables that stand otherwise than the official form, each put upright; what is said of it is said of the
/// sheet as it is.
fn audit_arranged(input: Input<'_>, arranged: &[Arranged], rules: &[&Rule]) -> Audit {
    let found = FoundTables::default();
    let (of_file, of_tables): (Vec<&Rule>, Vec<&Rule>) =
        rules.iter().partition(|rule| matches!(rule.check, Check::File(_)));
    let tables: Vec<Table> = arranged.iter().map(Arranged::in_place).collect();
    let Some(first) = tables.first() else {
        return Audit {
            table: Err(NoTable::default()),
            others: Vec::new(),
            unread: Vec::new(),
            findings: Vec::new(),
            off: input.said.off.clone(),
        };
    };
    let mut all = number(run(&of_file, &Context::new(input, Ok(first), &found)));
    for (index, one) in arranged.iter().enumerate() {
        let upright = Input { workbook: &one.workbook, ..input };
        let (mut findings, causes) =
            findings(&Context::new(upright, Ok(&one.table), &found), &of_tables, &|range| one.range(range));
        for finding in &mut findings {
            as_it_lies(finding, one);
        }
        put_in_order(&mut findings, causes);
        for finding in &mut findings {
            finding.table = Some(index);
        }
        take_in(&mut all, findings, tables.get(index).map(|table| table.range));
    }
    let mut tables = tables.into_iter();
    Audit {
        table: tables.next().ok_or_else(NoTable::default),
        others: tables.collect(),
        unread: Vec::new(),
        findings: all,
        off: input.said.off.clone(),
    }
}

/// Puts the places of a finding back to where they are in the file.
fn as_it_lies(finding: &mut Finding, arranged: &Arranged) {
    let lies = |sheet: usize| sheet == arranged.table.sheet;
    if finding.sheet.is_some_and(lies) {
        finding.range = finding.range.and_then(|range| arranged.range(range));
    }
    // A row inserted upright would be a column: nothing to offer.
    let place = |edit: &Edit| match edit {
        Edit::Set { sheet, cell, value } if lies(*sheet) => {
            Some(Edit::Set { sheet: *sheet, cell: arranged.cell(*cell)?, value: value.clone() })
        }
        Edit::Set { .. } => Some(edit.clone()),
        Edit::InsertRow { .. } => None,
    };
    finding.fix = finding.fix.take().and_then(|fix| {
        let edits = fix.edits.iter().map(place).collect::<Option<Vec<Edit>>>()?;
        Some(Fix { edits, ..fix })
    });
}

/// Adds the findings of a further table of the same cells: what was said already is not said again, and what else there
/// is to say of such a cell is folded under it.
fn take_in(all: &mut Vec<Finding>, more: Vec<Finding>, whole: Option<Range>) {
    let same = |finding: &Finding| {
        let fault = |of: &Finding| (of.code, of.sheet, of.found.clone());
        // What a whole table lacks is lacking once.
        let wide = |of: &Finding| of.range.is_none_or(|range| range.start != range.end);
        all.iter().find(|other| {
            let alike = wide(other) && wide(finding) && other.message == finding.message;
            fault(other) == fault(finding) && (other.range == finding.range || alike)
        })
    };
    let over = |finding: &Finding| {
        let cell = finding.range.filter(|range| range.start == range.end)?.start;
        all.iter().find(|other| {
            let range = other.range.filter(|range| Some(*range) != whole);
            (other.sheet, other.tier <= finding.tier) == (finding.sheet, true)
                && range.is_some_and(|range| range.contains(cell))
        })
    };
    let uppermost = |other: &Finding| other.caused_by.unwrap_or(other.id);
    // By its number among `more` what each is now, or what it stands under.
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut kept: Vec<Finding> = Vec::new();
    let mut next = u32::try_from(all.len()).unwrap_or(0);
    for finding in more {
        if let Some(said) = same(&finding) {
            numbers.insert(finding.id, uppermost(said));
        } else {
            next += 1;
            numbers.insert(finding.id, over(&finding).map_or(next, uppermost));
            kept.push(finding);
        }
    }
    for (finding, id) in kept.iter_mut().zip(u32::try_from(all.len()).unwrap_or(0) + 1..) {
        let own = finding.caused_by.and_then(|cause| numbers.get(&cause).copied());
        finding.caused_by = numbers.get(&finding.id).copied().filter(|under| *under != id).or(own);
        finding.id = id;
    }
    all.append(&mut kept);
}

/// Orders findings anew by their places, after the given number of root causes, and numbers them through.
fn put_in_order(findings: &mut [Finding], causes: usize) {
    let place = |finding: &Finding| (finding.range.map(|range| (finding.sheet, range)), finding.code);
    if let Some((first, rest)) = findings.split_at_mut_checked(causes) {
        first.sort_by_key(place);
        rest.sort_by_key(|finding| {
            (
                finding.caused_by.filter(|cause| usize::try_from(*cause).is_ok_and(|id| id <= causes)),
                place(finding),
            )
        });
    }
    let numbers: BTreeMap<u32, u32> =
        findings.iter().zip(1..).map(|(finding, id)| (finding.id, id)).collect();
    for finding in findings {
        finding.id = numbers.get(&finding.id).copied().unwrap_or(finding.id);
        finding.caused_by = finding.caused_by.and_then(|cause| numbers.get(&cause).copied());
    }
}

/// More accidents than this in one table are no accidents.
const MOST_CAUSES: usize = 5;

/// Root causes are tried one after the other, each on the table as those before it have interpreted it. What a cause
/// makes disappear is folded under it. Returned with the number of root causes, which stand first. `lies` is where in
/// the file a range of the table is.
fn findings(
    context: &Context<'_>,
    rules: &[&Rule],
    lies: &dyn Fn(Range) -> Option<Range>,
) -> (Vec<Finding>, usize) {
    let mut left = run(rules, context);
    // Each with what it makes disappear.
    let mut causes: Vec<(Stated, Vec<Stated>)> = Vec::new();
    let mut as_meant: Option<Table> = context.table.ok().cloned();
    // Where nothing stands in the way there is nothing to explain.
    let to_explain = |left: &[Stated], table: &Table| {
        matches!(table.arrangement, Arrangement::Transposed | Arrangement::CitiesDown)
            || left.iter().any(|one| one.tier != Tier::Notice && one.draft.range.is_some())
    };
    while let Some(table) =
        as_meant.take().filter(|table| causes.len() < MOST_CAUSES && to_explain(&left, table))
    {
        let so_far = Context::new(context.input, Ok(&table), context.found);
        let found = rules.iter().find_map(|rule| Some((*rule, rule.hypothesis()?(&so_far, &table)?)));
        let Some((rule, (draft, next))) = found else { break };
        let after = run(rules, &Context::new(context.input, Ok(&next), context.found));
        let lasting: BTreeSet<_> = after.iter().map(Stated::fault).collect();
        left.retain(|stated| !lasting.contains(&stated.fault()));
        causes.push((
            Stated { code: rule.code, tier: draft.tier.unwrap_or(rule.tier), draft, root: true },
            left,
        ));
        left = after;
        as_meant = Some(next);
    }
    let roots = causes.len();
    let mut findings = if causes.is_empty() {
        number(gather(left, context))
    } else {
        fold_under(causes, gather(left, context))
    };
    explanation::attach(&mut findings, context, lies);
    safety::hold(&mut findings, roots, context, &silenced(rules, context));
    (findings, roots)
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
    /// What tells a fault from another one.
    fn fault(&self) -> (Code, Option<usize>, Option<Range>, &str) {
        (self.code, self.draft.sheet, self.draft.range, &self.draft.found)
    }

    /// Root causes first, then what concerns the whole file, then by place.
    fn place(&self) -> (bool, Option<(usize, Range)>, Code) {
        (!self.root, self.draft.range.map(|range| (self.draft.sheet.unwrap_or(0), range)), self.code)
    }
}

/// What rules have to say; of one that is switched off only an 错误, which cannot be put away.
fn run(rules: &[&Rule], context: &Context<'_>) -> Vec<Stated> {
    let off = context.input.said.off;
    let mut stated = said_by(rules, context);
    stated.retain(|one| one.tier == Tier::Error || !off.has(one.code));
    stated
}

/// What is not said as its rule is switched off. The doubt is there all the same: no fix gets safe by it. Without
/// numbers, as these are no findings.
fn silenced(rules: &[&Rule], context: &Context<'_>) -> Vec<Finding> {
    let off = context.input.said.off;
    let rules: Vec<&Rule> = rules.iter().copied().filter(|rule| off.has(rule.code)).collect();
    let mut silent = number(said_by(&rules, context));
    silent.iter_mut().for_each(|finding| finding.id = 0);
    silent
}

fn said_by(rules: &[&Rule], context: &Context<'_>) -> Vec<Stated> {
    let mut stated = Vec::new();
    for rule in rules {
        let Some(check) = rule.each() else { continue };
        stated.extend(check(context).into_iter().map(|draft| Stated {
            code: rule.code,
            tier: draft.tier.unwrap_or(rule.tier),
            draft,
            root: false,
        }));
    }
    stated
}

/// One fault that fills a whole column is one finding with the column's range, not one a cell.
fn gather(stated: Vec<Stated>, context: &Context<'_>) -> Vec<Stated> {
    let column = |one: &Stated| one.draft.column_wide().map(|column| (one.code, column));
    let mut sizes: BTreeMap<(Code, u32), usize> = BTreeMap::new();
    for column in stated.iter().filter_map(column) {
        *sizes.entry(column).or_default() += 1;
    }
    let whole = |((code, column), size): ((Code, u32), usize)| {
        let count = context.figure_count(column).filter(|count| size >= (*count).max(4))?;
        Some(((code, column), count))
    };
    let counts: BTreeMap<(Code, u32), usize> =
        sizes.into_iter().filter(|(_, size)| *size >= 4).filter_map(whole).collect();
    let mut kept: Vec<Stated> = Vec::new();
    let mut gathered: Vec<(Stated, usize)> = Vec::new();
    let mut places: BTreeMap<(Code, u32), usize> = BTreeMap::new();
    for one in stated {
        match column(&one).and_then(|column| Some((column, *counts.get(&column)?))) {
            None => kept.push(one),
            Some((column, count)) => match places.get(&column).and_then(|at| gathered.get_mut(*at)) {
                Some((first, _)) => first.draft.absorb(one.draft),
                None => {
                    places.insert(column, gathered.len());
                    gathered.push((one, count));
                }
            },
        }
    }
    kept.extend(gather_columns(gathered, context));
    kept
}

/// One fault that fills every column of figures is one finding of the table, not one a column.
fn gather_columns(mut columns: Vec<(Stated, usize)>, context: &Context<'_>) -> Vec<Stated> {
    let mut kept = Vec::new();
    let filled = context.filled_columns();
    while !columns.is_empty() {
        let (mut one, mut count) = columns.remove(0);
        let alike = columns.iter().filter(|(other, _)| other.code == one.code).count() + 1;
        if alike == filled && alike > 1 {
            let (same, rest): (Vec<_>, Vec<_>) =
                columns.into_iter().partition(|(other, _)| other.code == one.code);
            columns = rest;
            for (other, more) in same {
                count += more;
                one.draft.absorb(other.draft);
            }
            one.draft.city = None;
            one.draft.say_many("全表", count);
        } else {
            one.draft.say_many("整列", count);
        }
        kept.push(one);
    }
    kept
}

fn number(mut stated: Vec<Stated>) -> Vec<Finding> {
    stated.sort_by_key(Stated::place);
    let mut explaining: BTreeMap<(Option<usize>, CellRef), Vec<usize>> = BTreeMap::new();
    let mut of_code: BTreeMap<_, Vec<(usize, Range)>> = BTreeMap::new();
    for (at, one) in stated.iter().enumerate() {
        for cell in &one.draft.explains {
            explaining.entry((one.draft.sheet, *cell)).or_default().push(at);
        }
        of_code
            .entry((one.draft.sheet, one.code))
            .or_default()
            .extend(one.draft.range.map(|range| (at, range)));
    }
    let causes: Vec<Option<u32>> = stated
        .iter()
        .enumerate()
        .map(|(own, one)| {
            let covered = one.draft.range.filter(|range| range.start == range.end).map(|range| range.start);
            let explains = covered
                .and_then(|cell| explaining.get(&(one.draft.sheet, cell))?.iter().find(|at| **at != own));
            if let Some(cause) = explains {
                return u32::try_from(cause + 1).ok();
            }
            let (code, at) = one.draft.because?;
            let (cause, _) =
                of_code.get(&(one.draft.sheet, code))?.iter().find(|(_, range)| range.contains(at))?;
            u32::try_from(cause + 1).ok()
        })
        .collect();
    // The cause of a cause: what is folded stands under a finding that is open.
    let uppermost = |first: Option<u32>| {
        let mut cause = first?;
        for _ in 0..causes.len() {
            match usize::try_from(cause - 1).ok().and_then(|at| causes.get(at).copied().flatten()) {
                Some(further) => cause = further,
                None => return Some(cause),
            }
        }
        None
    };
    let causes: Vec<Option<u32>> = causes.iter().map(|cause| uppermost(*cause)).collect();
    stated
        .into_iter()
        .zip(causes)
        .zip(1..)
        .map(|((one, caused_by), id)| Finding {
            id,
            code: one.code,
            tier: one.tier,
            table: None,
            body: one.draft.body.shown(),
            caused_by,
            answer: None,
        })
        .collect()
}

/// The root causes first, then what stands beside them, then what each explains, folded under it.
fn fold_under(mut causes: Vec<(Stated, Vec<Stated>)>, left: Vec<Stated>) -> Vec<Finding> {
    causes.sort_by_key(|(cause, _)| cause.place());
    let (causes, folded): (Vec<Stated>, Vec<Vec<Stated>>) = causes.into_iter().unzip();
    let mut findings = number(causes);
    let mut append = |more: Vec<Stated>, cause: Option<u32>| {
        let first = u32::try_from(findings.len()).unwrap_or(0);
        for mut finding in number(more) {
            finding.id += first;
            finding.caused_by = cause.or_else(|| finding.caused_by.map(|id| id + first));
            findings.push(finding);
        }
    };
    append(left, None);
    for (stated, cause) in folded.into_iter().zip(1..) {
        append(stated, Some(cause));
    }
    findings
}
