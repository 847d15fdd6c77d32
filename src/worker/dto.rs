//! The engine's values as the page has them, and back.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::noted::{self, Noted};
use crate::audit::{self, Checked, Reported, RulesOff, Tier};
use crate::breakdown::{Breakdown, CityId, IndicatorId};
use crate::consolidate::Return;
use crate::fixes::{self, Certainty, Edit, NewValue, Origin};
use crate::job::{self, TakenOver};
use crate::layout::{Form, Role, RowHint, RowKind, Source, Table, other_reading, understood};
use crate::model::{
    Align, Areas, Cell, CellRef, Decimal, Format, Look, Period, Range, Sha256, Sheet, Value, Visibility,
    Workbook, visible, without_unseen,
};
use crate::reading::{IN_A_BROWSER, Limits};
use crate::report;
use crate::rules::{RULES, by_code, code, sample};

use super::opened::Opened;
use super::protocol::{self, Response};

/// What the page is told of the engine: its rules, its bounds and the breakdown in force.
pub fn hello(breakdown: &Breakdown, name: Option<&str>, limits: &Limits) -> protocol::Hello {
    protocol::Hello {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: RULES
            .iter()
            .map(|rule| protocol::RuleInfo {
                code: rule.code.to_string(),
                tier: tier(rule.tier),
                title: rule.title.to_owned(),
                help: rule.help.to_owned(),
                sample: sample(rule.code).map(|(written, meant)| (written.to_owned(), meant.to_owned())),
                stays_on: rule.may_be_off().err().map(|why| why.to_string()),
            })
            .collect(),
        indicators: breakdown
            .indicators
            .iter()
            .map(|indicator| protocol::IndicatorInfo {
                number: indicator.number,
                label: shown(&indicator.label),
                unit: shown(&indicator.unit),
                targets: indicator
                    .targets
                    .iter()
                    .map(|target| target.map(|target| target.normalize().to_string()))
                    .collect(),
            })
            .collect(),
        cities: breakdown.cities.clone(),
        breakdown: name.map(shown),
        breakdown_sha256: breakdown.fingerprint.to_string(),
        periods: report::template::periods(breakdown).map(|period| period.to_string()).collect(),
        seconds: u32::try_from(limits.seconds.saturating_mul(IN_A_BROWSER)).unwrap_or(u32::MAX),
    }
}

pub fn audit(opened: &Opened, breakdown: &Breakdown) -> protocol::Audit {
    let workbook = opened.workbook();
    let audit = opened.audit();
    let findings = opened.findings();
    let table: Option<&Table> = audit.and_then(|audit| audit.table.as_ref().ok());
    let extents = opened
        .original()
        .zip(workbook)
        .map(|(original, current)| {
            let pairs = original.sheets.iter().zip(&current.sheets).enumerate();
            pairs
                .filter(|(_, (old, new))| extent(old) != extent(new))
                .map(|(index, (_, new))| (count(index), extent(new).0, extent(new).1))
                .collect()
        })
        .unwrap_or_default();
    // What is merged in a sheet is looked at once, whatever is found in it.
    let sheets = workbook.map(|workbook| workbook.sheets.as_slice()).unwrap_or_default();
    let own: BTreeSet<usize> =
        audit.into_iter().flat_map(audit::Audit::tables).map(|table| table.sheet).collect();
    let merges: BTreeMap<usize, Areas> =
        own.into_iter().filter_map(|index| Some((index, Areas::of(&sheets.get(index)?.merges)))).collect();
    let answering =
        |table| Answering { table, sheet: sheets.get(table.sheet), merges: merges.get(&table.sheet) };
    let answering: Vec<Answering<'_>> =
        audit.into_iter().flat_map(audit::Audit::tables).map(answering).collect();
    let open = |which: Tier| {
        count(findings.iter().filter(|finding| finding.tier == which && finding.is_open()).count())
    };
    protocol::Audit {
        form: table.map(|table| table.form.name().to_owned()),
        sheet: table.map(|table| count(table.sheet)),
        table: table.map(|table| area(table.range)),
        city: table.and_then(|table| table.identity.city()).map(|city| breakdown.city(city).to_owned()),
        period: table.and_then(|table| table.identity.period()).map(|period| period.to_string()),
        columns: table
            .map(|table| {
                table.columns.iter().map(|column| (column.index, column.role.caption(breakdown))).collect()
            })
            .unwrap_or_default(),
        others: audit
            .into_iter()
            .flat_map(|audit| &audit.others)
            .map(|table| protocol::OtherTable {
                form: table.form.name().to_owned(),
                sheet: count(table.sheet),
                area: area(table.range),
                city: table.identity.city().map(|city| breakdown.city(city).to_owned()),
                period: table.identity.period().map(|period| period.to_string()),
                columns: table
                    .columns
                    .iter()
                    .map(|column| (column.index, column.role.caption(breakdown)))
                    .collect(),
            })
            .collect(),
        groups: audit::groups(findings).iter().map(|group| self::group(group, findings)).collect(),
        errors: open(Tier::Error),
        warnings: open(Tier::Warning),
        notices: open(Tier::Notice),
        findings: findings
            .iter()
            .map(|found| protocol::Finding {
                explain_in: found.table.and_then(|at| answering.get(at)?.cell(found)),
                ..finding(found, breakdown)
            })
            .collect(),
        extents,
        plain_name: job::plain_name(&opened.checked.name),
        reported: reported(opened, breakdown),
        disputed: audit
            .map(|audit| {
                job::disputes_of(audit, &opened.previous).iter().map(|dispute| shown(dispute)).collect()
            })
            .unwrap_or_default(),
        lists: lists(opened, table),
        since: since(opened, breakdown),
        understood: understood_of(opened, breakdown),
        submitted: submitted(opened, breakdown),
        off: audit.into_iter().flat_map(|audit| audit.off.iter()).map(rule_off).collect(),
    }
}

fn submitted(opened: &Opened, breakdown: &Breakdown) -> Vec<protocol::Submitted> {
    let open = |one: &Return, tier: Tier| {
        count(one.problems.iter().filter(|problem| problem.tier == tier && problem.is_open()).count())
    };
    returns_of(opened, breakdown)
        .iter()
        .map(|one| protocol::Submitted {
            city: breakdown.city(one.city).to_owned(),
            period: one.period.to_string(),
            district: one.district.as_deref().map(shown),
            errors: open(one, Tier::Error),
            warnings: open(one, Tier::Warning),
            untaken: count(one.lost(breakdown)),
            sheet: shown(&one.sheet),
            figures: Sha256::of(format!("{:?}", one.figures_alone()).as_bytes()).to_string(),
            beside: one.beside.iter().map(|(caption, print)| (shown(caption), print.to_string())).collect(),
        })
        .collect()
}

fn returns_of(opened: &Opened, breakdown: &Breakdown) -> Vec<Return> {
    let content = opened.workbook().zip(opened.audit());
    let found = content.map(|(workbook, audit)| {
        job::returns_of(&opened.checked.name, breakdown.fingerprint, workbook, audit, breakdown)
    });
    found.unwrap_or_default()
}

fn rule_off(off: &audit::RuleOff) -> protocol::RuleOff {
    protocol::RuleOff { code: off.code.to_string(), reason: off.reason.clone() }
}

/// The rules that are switched off; what no rule allows is passed over.
pub fn core_off(off: &[protocol::RuleOff]) -> RulesOff {
    let mut all = RulesOff::default();
    for one in off {
        let _ = by_code(&one.code).map(|rule| all.switch_off(rule, &one.reason));
    }
    all
}

/// Rows of a table that are told of; a longer one is none of ours.
const MOST_ROWS: usize = 400;

fn understood_of(opened: &Opened, breakdown: &Breakdown) -> Vec<protocol::Understood> {
    let (Some(workbook), Some(audit)) = (opened.workbook(), opened.audit()) else { return Vec::new() };
    let of = |(index, table): (usize, &Table)| {
        let read = understood(workbook.sheets.get(table.sheet)?, table, breakdown);
        // What stands beside it may be another table's.
        let of_other = |column: u32| {
            let others =
                audit.tables().enumerate().filter(|(other, of)| *other != index && of.sheet == table.sheet);
            others.into_iter().any(|(_, other)| {
                let at = CellRef::new(table.range.start.row.max(other.range.start.row), column);
                other.range.contains(at) && !table.range.contains(CellRef::new(table.range.start.row, column))
            })
        };
        let columns = read.columns.into_iter().filter(|own| !of_other(own.index)).map(|own| {
            let column = own.index;
            let known = table.columns.iter().chain(&table.repeated).find(|known| known.index == column);
            protocol::UnderstoodColumn {
                column,
                role: own.role,
                why: shown(&format!("{}。", own.why.join("；"))),
                doubt: known.and_then(|known| other_reading(table, known, breakdown, &opened.hints)),
                said: opened.hints.says_column(table.sheet, column),
            }
        });
        let rows = read.rows.into_iter().take(MOST_ROWS).map(|own| {
            let row = own.row.saturating_sub(1);
            protocol::UnderstoodRow {
                row,
                word: table
                    .rows
                    .iter()
                    .find(|known| known.row == row)
                    .and_then(|row| word(row.kind, breakdown)),
                kind: own.kind,
                why: format!("{}。", own.why),
                said: opened.hints.says_row(table.sheet, row),
            }
        });
        let label = table.column(Role::Label).zip(table.rows.first());
        let at = label.map_or(table.range.start, |(column, row)| CellRef::new(row.row, column.index));
        Some(protocol::Understood {
            sheet: count(table.sheet),
            area: area(table.range),
            at: (at.row, at.column),
            city: table.identity.city().map(|city| breakdown.city(city).to_owned()),
            period: table.identity.period().map(|period| period.to_string()),
            whose: asks_whose(audit, index, table).then(|| whose(breakdown)),
            columns: columns.collect(),
            rows: rows.collect(),
            roles: if table.is_upright() {
                roles(table.form, breakdown).into_iter().map(|role| role.caption(breakdown)).collect()
            } else {
                Vec::new()
            },
        })
    };
    audit.tables().enumerate().filter_map(of).collect()
}

const fn indicator_of(kind: RowKind) -> Option<IndicatorId> {
    match kind {
        RowKind::Indicator(found) => Some(found.indicator),
        _ => None,
    }
}

fn word(kind: RowKind, breakdown: &Breakdown) -> Option<protocol::RowWord> {
    match kind {
        RowKind::Total => Some(protocol::RowWord::Total),
        RowKind::Part => Some(protocol::RowWord::Part),
        _ => Some(protocol::RowWord::Indicator(breakdown.indicator(indicator_of(kind)?)?.number)),
    }
}

/// Whether it is to be asked whose and of when a return is, or was.
fn asks_whose(audit: &audit::Audit, index: usize, table: &Table) -> bool {
    let identity = &table.identity;
    let said = identity.cities.iter().any(|seen| seen.source == Source::Said)
        || identity.periods.iter().any(|seen| seen.source == Source::Said);
    let asked = |finding: &audit::Finding| {
        finding.table == Some(index) && [code::P007, code::P008].contains(&finding.code)
    };
    table.form == Form::Progress && (said || audit.findings.iter().any(asked))
}

fn whose(breakdown: &Breakdown) -> protocol::Whose {
    let (first, last) = breakdown.plan.as_ref().map_or((2018, 2030), |plan| plan.years);
    let ends = (first..=last).flat_map(|year| ["06", "12"].map(|month| format!("{year}-{month}")));
    protocol::Whose { cities: breakdown.cities.clone(), periods: ends.collect() }
}

/// What a column of such a table can be, in the order of the official form.
fn roles(form: Form, breakdown: &Breakdown) -> Vec<Role> {
    let figures: Vec<Role> = match form {
        Form::Breakdown => breakdown.city_ids().map(Role::City).chain([Role::Total]).collect(),
        Form::Progress => vec![Role::Target, Role::Previous, Role::Added, Role::Current, Role::Rate],
        // It is ours and not to be put right.
        Form::Summary => return Vec::new(),
    };
    let before = [Role::Serial, Role::Label, Role::Unit];
    before.into_iter().chain(figures).chain([Role::Explanation, Role::Remark]).collect()
}

/// Where it is answered is for whoever knows its table to say.
pub fn finding(finding: &audit::Finding, breakdown: &Breakdown) -> protocol::Finding {
    protocol::Finding {
        id: finding.id,
        code: finding.code.to_string(),
        tier: tier(finding.tier),
        sheet: finding.sheet.map(count),
        area: finding.range.map(area),
        address: finding.range.map(|range| range.to_string()),
        indicator: finding.indicator.and_then(|id| breakdown.indicator(id)).map(|indicator| indicator.number),
        city: finding.city.map(|city| breakdown.city(city).to_owned()),
        found: finding.found.clone(),
        expected: finding.expected.clone(),
        message: finding.message.clone(),
        why: by_code(finding.code.0).map(|rule| rule.why().to_owned()).unwrap_or_default(),
        fix: finding.fix.as_ref().map(|fix| protocol::Fix {
            safe: fix.certainty == Certainty::Safe,
            changes: fix.edits.iter().map(|edit| proposed(finding, &fix.source, edit)).collect(),
        }),
        caused_by: finding.caused_by,
        answer: finding.answer.clone(),
        explain_in: None,
    }
}

/// Where the findings of a table are answered.
struct Answering<'a> {
    table: &'a Table,
    sheet: Option<&'a Sheet>,
    merges: Option<&'a Areas>,
}

impl Answering<'_> {
    fn cell(&self, finding: &audit::Finding) -> Option<protocol::ExplainIn> {
        let at = self.merges?.anchor(audit::explanation_cell(self.table, finding)?);
        let text =
            Some(self.sheet?.grid.shown(at)).filter(|text| audit::says_something(text)).unwrap_or_default();
        Some(protocol::ExplainIn { row: at.row, column: at.column, text })
    }
}

fn reported(opened: &Opened, breakdown: &Breakdown) -> Vec<protocol::Reported> {
    let (Some(workbook), Some(audit)) = (opened.workbook(), opened.audit()) else {
        return Vec::new();
    };
    let number = |id| breakdown.indicator(id).map(|indicator| indicator.number);
    job::reports(&opened.checked.name, workbook, audit, breakdown)
        .into_iter()
        .map(|report| protocol::Reported {
            city: breakdown.city(report.city).to_owned(),
            period: report.period.to_string(),
            file: report.file,
            figures: report
                .figures
                .into_iter()
                .filter_map(|(id, figure)| {
                    Some((number(id)?, figure.map(|figure| figure.normalize().to_string())))
                })
                .collect(),
        })
        .collect()
}

/// Earlier reports as the core has them; what is of no city or indicator of the breakdown is passed over.
pub fn core_reports(reports: Vec<protocol::Reported>, breakdown: &Breakdown) -> Vec<Reported> {
    let indicator = |number: u32| {
        breakdown.indicator_ids().find(|id| breakdown.indicator(*id).is_some_and(|one| one.number == number))
    };
    reports
        .into_iter()
        .filter_map(|report| {
            Some(Reported {
                city: breakdown.city_ids().find(|id| breakdown.city(*id) == report.city)?,
                period: report.period.parse().ok()?,
                file: report.file,
                figures: report
                    .figures
                    .into_iter()
                    .filter_map(|(number, figure)| {
                        Some((indicator(number)?, figure.and_then(|figure| figure.parse().ok())))
                    })
                    .collect(),
            })
        })
        .collect()
}

/// The file beside the list that was brought for it, else beside the record it carries.
fn since(opened: &Opened, breakdown: &Breakdown) -> Option<protocol::Since> {
    let (workbook, audit) = (opened.workbook()?, opened.audit()?);
    audit.table.as_ref().ok()?;
    let own = || Some(("随表带回的“校核记录”".to_owned(), job::record_in(workbook)?));
    let (source, list) = opened.list.clone().or_else(own)?;
    let since =
        audit::Since::between(&list.findings, &Noted::all(&audit.findings, &workbook.sheets, breakdown));
    Some(protocol::Since {
        source: shown(&source),
        fixed: since.fixed.iter().map(noted_down).collect(),
        left: since.left.iter().map(|left| (noted_down(&left.earlier), left.id)).collect(),
        new: since.new.iter().map(|noted| noted.id).collect(),
    })
}

/// The findings that a file lists; none of a file with a form in it. A list of findings names cities and indicators
/// too, so that it may look like one.
fn lists(opened: &Opened, table: Option<&Table>) -> Vec<protocol::FindingList> {
    let workbook = opened.workbook();
    let found = match (table, workbook) {
        (Some(table), Some(workbook)) => {
            workbook.sheets.get(table.sheet).and_then(noted::read_record).into_iter().collect()
        }
        _ => job::list_in_json(&opened.bytes)
            .unwrap_or_else(|| workbook.and_then(job::list_in).into_iter().collect()),
    };
    found.into_iter().map(|found| list(found, &opened.checked.name)).collect()
}

fn list(list: noted::Record, source: &str) -> protocol::FindingList {
    protocol::FindingList {
        plain_name: list.file.as_deref().map(job::plain_name),
        sha256: list.sha256,
        form: list.form,
        city: list.city,
        period: list.period,
        source: source.to_owned(),
        findings: list.findings.iter().map(noted_down).collect(),
    }
}

/// The list and the name of the file it came from.
pub fn core_list(list: protocol::FindingList) -> (String, noted::Record) {
    let findings = list.findings.into_iter().map(core_noted).collect();
    let record = noted::Record {
        file: list.plain_name,
        sha256: list.sha256,
        form: list.form,
        city: list.city,
        period: list.period,
        findings,
    };
    (list.source, record)
}

fn noted_down(noted: &Noted) -> protocol::Noted {
    protocol::Noted {
        id: noted.id,
        code: noted.code.clone(),
        tier: noted.tier.map(tier),
        sheet: noted.sheet.clone(),
        address: noted.cell.clone(),
        indicator: noted.indicator,
        city: noted.city.clone(),
        found: noted.found.clone(),
        message: noted.message.clone(),
        answer: noted.answer.clone(),
        caused_by: noted.caused_by,
    }
}

fn core_noted(noted: protocol::Noted) -> Noted {
    Noted {
        id: noted.id,
        code: noted.code,
        tier: noted.tier.map(|tier| match tier {
            protocol::Tier::Error => Tier::Error,
            protocol::Tier::Warning => Tier::Warning,
            protocol::Tier::Notice => Tier::Notice,
        }),
        sheet: noted.sheet,
        cell: noted.address,
        indicator: noted.indicator,
        city: noted.city,
        found: noted.found,
        expected: None,
        message: noted.message,
        answer: noted.answer,
        caused_by: noted.caused_by,
    }
}

/// What a change of the page is to the engine.
pub enum Put {
    Change(fixes::Change),
    Explanation(Noted),
    Said(usize, Said),
}

/// The user's word, as the core has it.
pub enum Said {
    Column(u32, Option<Role>),
    Row(u32, RowHint),
    Whose(CellRef, Option<CityId>, Option<Period>),
    /// Of a role, city, period or indicator that the breakdown in force does not have.
    Nothing,
}

fn said(hint: &protocol::Hint, breakdown: &Breakdown) -> Said {
    let city = |name: &String| breakdown.city_ids().find(|id| breakdown.city(*id) == name);
    let forms = [Form::Breakdown, Form::Progress];
    let found = match hint {
        protocol::Hint::Column { column, role: None } => Some(Said::Column(*column, None)),
        protocol::Hint::Column { column, role: Some(caption) } => {
            let role = forms.into_iter().flat_map(|form| roles(form, breakdown));
            role.into_iter()
                .find(|role| role.caption(breakdown) == *caption)
                .map(|role| Said::Column(*column, Some(role)))
        }
        protocol::Hint::Row { row, word } => row_hint(*word, breakdown).map(|kind| Said::Row(*row, kind)),
        protocol::Hint::City { at, city: name } => {
            city(name).map(|city| Said::Whose(CellRef::new(at.0, at.1), Some(city), None))
        }
        protocol::Hint::Period { at, period } => {
            period.parse().ok().map(|period| Said::Whose(CellRef::new(at.0, at.1), None, Some(period)))
        }
    };
    found.unwrap_or(Said::Nothing)
}

fn row_hint(word: protocol::RowWord, breakdown: &Breakdown) -> Option<RowHint> {
    Some(match word {
        protocol::RowWord::Total => RowHint::Total,
        protocol::RowWord::Part => RowHint::Part,
        protocol::RowWord::Aside => RowHint::Aside,
        protocol::RowWord::Indicator(number) => {
            let is = |id: &IndicatorId| breakdown.indicator(*id).is_some_and(|one| one.number == number);
            RowHint::Indicator(breakdown.indicator_ids().find(is)?)
        }
    })
}

pub fn core_change(workbook: &Workbook, change: &protocol::Change, breakdown: &Breakdown) -> Put {
    let sheet = change.sheet as usize;
    let edit = match &change.action {
        protocol::Action::Set { row, column, input } => {
            let cell = CellRef::new(*row, *column);
            Edit::Set { sheet, cell, value: new_value(workbook, sheet, cell, input) }
        }
        protocol::Action::InsertRow { row, cells } => {
            let cells = cells
                .iter()
                .map(|(column, input)| {
                    (*column, new_value(workbook, sheet, CellRef::new(*row, *column), input))
                })
                .collect();
            Edit::InsertRow { sheet, row: *row, cells }
        }
        protocol::Action::Explain { finding } => return Put::Explanation(core_noted(finding.clone())),
        protocol::Action::Say(hint) => return Put::Said(sheet, said(hint, breakdown)),
    };
    Put::Change(fixes::Change {
        before: job::before(workbook, &edit),
        edit,
        origin: match &change.rule {
            None => Origin::Hand,
            Some(rule) if rule == protocol::EXPLANATION => Origin::Explanation,
            Some(rule) => Origin::Rule(rule.clone()),
        },
        reason: change.reason.clone(),
        source: change.source.clone(),
    })
}

fn new_value(workbook: &Workbook, sheet: usize, cell: CellRef, input: &protocol::Input) -> NewValue {
    match input {
        protocol::Input::Number(text) => {
            text.parse::<Decimal>().map_or_else(|_| NewValue::Text(text.clone()), NewValue::Number)
        }
        protocol::Input::Text(text) => NewValue::Text(text.clone()),
        protocol::Input::Blank => NewValue::Blank,
        protocol::Input::Formula(formula) => NewValue::Formula(formula.clone()),
        protocol::Input::Typed(text) => job::typed(workbook, sheet, cell, text),
    }
}

/// A change that was made, as the page keeps it.
pub fn change(made: &fixes::Change) -> protocol::Change {
    let rule = match &made.origin {
        Origin::Hand => None,
        Origin::Explanation => Some(protocol::EXPLANATION.to_owned()),
        Origin::Rule(code) => Some(code.clone()),
    };
    let (reason, source) = (made.reason.clone(), made.source.clone());
    protocol::Change { sheet: count(made.edit.sheet()), action: action(&made.edit), rule, reason, source }
}

/// What taking proposals over comes to, a line for every finding.
pub fn planned(taken: &TakenOver, breakdown: &Breakdown) -> Vec<protocol::Planned> {
    let mut saying: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut lines: Vec<protocol::Planned> = Vec::new();
    for (at, settled) in taken.settled.iter().enumerate() {
        saying.entry(&settled.message).or_default().push(at);
        lines.push(protocol::Planned { finding: finding(settled, breakdown), changes: Vec::new() });
    }
    for made in &taken.changes {
        let proposes = |at: &&usize| {
            let settled = taken.settled.get(**at);
            settled.and_then(|settled| settled.fix.as_ref()).is_some_and(|fix| fix.edits.contains(&made.edit))
        };
        let of = saying.get(made.reason.as_str()).and_then(|own| own.iter().find(proposes));
        if let Some(line) = of.and_then(|at| lines.get_mut(*at)) {
            line.changes.push((change(made), shown(&made.before)));
        }
    }
    lines
}

/// A change that a finding proposes.
fn proposed(finding: &audit::Finding, source: &str, edit: &Edit) -> protocol::Change {
    protocol::Change {
        sheet: count(edit.sheet()),
        action: action(edit),
        rule: Some(finding.code.to_string()),
        reason: finding.message.clone(),
        source: source.to_owned(),
    }
}

fn action(edit: &Edit) -> protocol::Action {
    let input = |value: &NewValue| match value {
        NewValue::Number(number) => protocol::Input::Number(number.to_string()),
        NewValue::Text(text) => protocol::Input::Text(text.clone()),
        NewValue::Blank => protocol::Input::Blank,
        NewValue::Formula(formula) => protocol::Input::Formula(formula.clone()),
    };
    match edit {
        Edit::Set { cell, value, .. } => {
            protocol::Action::Set { row: cell.row, column: cell.column, input: input(value) }
        }
        Edit::InsertRow { row, cells, .. } => protocol::Action::InsertRow {
            row: *row,
            cells: cells.iter().map(|(column, value)| (*column, input(value))).collect(),
        },
    }
}

/// Whether a finding is the one that was put away. Only a 提示 ever is: what has become graver since is open again.
pub fn is_put_away(put_away: &protocol::Mark, finding: &audit::Finding) -> bool {
    finding.tier == Tier::Notice && is_it(put_away, finding)
}

/// Whether a finding is the one of a mark.
pub fn is_it(mark: &protocol::Mark, finding: &audit::Finding) -> bool {
    finding.code.0 == mark.code
        && finding.sheet.map(count) == mark.sheet
        && finding.range.map(|range| range.to_string()) == mark.address
        && finding.found == mark.found
}

pub fn new_breakdown(new: &job::NewBreakdown) -> protocol::NewBreakdown {
    protocol::NewBreakdown {
        name: shown(&new.name),
        sha256: new.breakdown.fingerprint.to_string(),
        cities: new.breakdown.cities.iter().map(|city| shown(city)).collect(),
        indicators: count(new.breakdown.indicators.len()),
        remarks: new.remarks.iter().map(|remark| shown(&remark.to_string())).collect(),
        changes: new.changes.iter().map(|change| shown(&change.to_string())).collect(),
    }
}

/// Rows of one answer; the page asks again for more.
const ROWS_AT_ONCE: u32 = 2_000;

/// The cells of some rows, changes applied.
pub fn window(opened: &Opened, sheet: u32, first: u32, last: u32) -> Vec<protocol::CellDto> {
    let index = sheet as usize;
    let Some(workbook) = opened.workbook() else { return Vec::new() };
    let before = |at: CellRef, _: &str| opened.touched.get(&(index, at)).map(|before| shown(before));
    let mut cells = cells_of(workbook, index, (first, last), before);
    // A cell that was emptied away still shows what it was.
    let Some(sheet) = workbook.sheets.get(index) else { return cells };
    let last = last.min(first.saturating_add(ROWS_AT_ONCE));
    let gone = opened
        .touched
        .range((index, CellRef::new(first, 0))..=(index, CellRef::new(last, u32::MAX)))
        .filter(|((_, at), _)| sheet.grid.get(*at).is_none());
    cells.extend(gone.map(|(&(_, at), before)| blank(workbook, sheet, at, shown(before))));
    cells
}

/// The cells of some rows as the file has them; those that were changed since are known by their `before`.
pub fn original_window(opened: &Opened, sheet: u32, first: u32, last: u32) -> Vec<protocol::CellDto> {
    let index = sheet as usize;
    let Some(workbook) = opened.original() else { return Vec::new() };
    let touched = opened.touched_in_original();
    let before = |at: CellRef, now: &str| touched.contains(&(index, at)).then(|| now.to_owned());
    let mut cells = cells_of(workbook, index, (first, last), before);
    let Some(sheet) = workbook.sheets.get(index) else { return cells };
    let last = last.min(first.saturating_add(ROWS_AT_ONCE));
    // What was written into an empty cell.
    let filled = touched
        .range((index, CellRef::new(first, 0))..=(index, CellRef::new(last, u32::MAX)))
        .filter(|(_, at)| sheet.grid.get(*at).is_none());
    cells.extend(filled.map(|&(_, at)| blank(workbook, sheet, at, String::new())));
    cells
}

fn cells_of(
    workbook: &Workbook,
    sheet: usize,
    (first, last): (u32, u32),
    before: impl Fn(CellRef, &str) -> Option<String>,
) -> Vec<protocol::CellDto> {
    let Some(sheet) = workbook.sheets.get(sheet) else { return Vec::new() };
    let known = looks_are_known(workbook);
    let rows = sheet.grid.rows(first, last.min(first.saturating_add(ROWS_AT_ONCE)));
    rows.map(|(at, cell)| {
        let shown = shown(&cell.shown());
        protocol::CellDto {
            row: at.row,
            column: at.column,
            before: before(at, &shown),
            shown,
            raw: raw(cell),
            number: matches!(cell.value, Value::Number(_)),
            look: look(sheet.looks.at(at), known),
            formula: cell.formula.is_some(),
        }
    })
    .collect()
}

fn blank(workbook: &Workbook, sheet: &Sheet, at: CellRef, before: String) -> protocol::CellDto {
    protocol::CellDto {
        row: at.row,
        column: at.column,
        shown: String::new(),
        raw: String::new(),
        number: false,
        look: look(sheet.looks.at(at), looks_are_known(workbook)),
        formula: false,
        before: Some(before),
    }
}

const fn looks_are_known(workbook: &Workbook) -> bool {
    matches!(workbook.format, Format::Xlsx | Format::Xlsm | Format::Xlsb | Format::Xls | Format::Ods)
}

const fn look(look: Look, known: bool) -> protocol::Look {
    let align = match look.align {
        Align::General => None,
        Align::Left => Some(protocol::Align::Left),
        Align::Center => Some(protocol::Align::Center),
        Align::Right => Some(protocol::Align::Right),
    };
    protocol::Look { bold: look.bold, align, wrap: look.wrap, known, fill: look.fill }
}

fn raw(cell: &Cell) -> String {
    match (&cell.formula, &cell.value) {
        (Some(formula), _) => format!("={formula}"),
        (None, Value::Number(number)) if !cell.number_format.is_date() => number.to_string(),
        _ => cell.shown(),
    }
}

pub fn certificate(proven: report::certificate::Certificate, explained: usize) -> protocol::Certificate {
    let cell = |cell: report::certificate::CertifiedCell| protocol::CertifiedCell {
        sheet: shown(&cell.sheet),
        address: cell.at.to_string(),
        before: shown(&cell.before),
        after: shown(&cell.after),
        rule: cell.rule,
    };
    protocol::Certificate {
        cells: proven.cells.into_iter().map(cell).collect(),
        identical_parts: proven.identical_parts.map(|parts| count(parts.len())),
        changed_parts: proven.changed_parts.iter().map(|part| shown(part)).collect(),
        original_sha256: proven.original.to_string(),
        result_sha256: proven.result.to_string(),
        losses: proven.losses.iter().map(|loss| shown(loss)).collect(),
        explained: count(explained),
    }
}

pub fn workbook_info(checked: &Checked, size: usize) -> protocol::WorkbookInfo {
    let workbook = checked.content.as_ref().ok().map(|(workbook, _)| workbook);
    protocol::WorkbookInfo {
        name: shown(&checked.name),
        format: workbook.map(|workbook| workbook.format.name().to_owned()),
        sha256: checked.sha256.map(|sha256| sha256.to_string()).unwrap_or_default(),
        size: count(size),
        sheets: workbook.map(|workbook| workbook.sheets.iter().map(sheet_info).collect()).unwrap_or_default(),
    }
}

fn sheet_info(sheet: &Sheet) -> protocol::SheetInfo {
    let (rows, columns) = extent(sheet);
    let spans = |spans: &[crate::model::Span]| spans.iter().map(|span| (span.first, span.last)).collect();
    protocol::SheetInfo {
        name: shown(&sheet.name),
        hidden: sheet.visibility != Visibility::Visible,
        rows,
        columns,
        merges: sheet.merges.iter().map(|merge| area(*merge)).collect(),
        hidden_rows: spans(&sheet.hidden_rows),
        hidden_columns: spans(&sheet.hidden_columns),
        column_widths: sheet
            .column_widths
            .iter()
            .map(|(span, width)| (span.first, span.last, *width))
            .collect(),
    }
}

fn group(group: &audit::Group, findings: &[audit::Finding]) -> protocol::FindingGroup {
    let first = findings.iter().find(|finding| group.ids.first() == Some(&finding.id));
    let title = first.and_then(|finding| by_code(finding.code.0)).map_or("", |rule| rule.title);
    protocol::FindingGroup { findings: group.ids.clone(), title: title.to_owned(), places: group.places() }
}

fn extent(sheet: &Sheet) -> (u32, u32) {
    sheet.grid.used().map_or((0, 0), |used| (used.end.row + 1, used.end.column + 1))
}

const fn area(range: Range) -> protocol::Area {
    protocol::Area {
        top: range.start.row,
        left: range.start.column,
        bottom: range.end.row,
        right: range.end.column,
    }
}

const fn tier(tier: Tier) -> protocol::Tier {
    match tier {
        Tier::Error => protocol::Tier::Error,
        Tier::Warning => protocol::Tier::Warning,
        Tier::Notice => protocol::Tier::Notice,
    }
}

/// A text that the page only shows. What it sends back, edits or saves under goes to it as it is.
pub(super) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// To be saved under a name that says what it seems to say.
pub fn document(name: String, mime: &str, bytes: Vec<u8>) -> protocol::Document {
    protocol::Document { name: without_unseen(&name), mime: mime.to_owned(), bytes }
}

pub fn failed(message: &str) -> Response {
    Response::Failed { message: shown(message) }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
