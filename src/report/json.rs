//! One JSON object a file: the automation contract, version 2. Every table of a workbook that looks like ours has its
//! entry with its own findings; what concerns the whole file stays on the file.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::{Number, Value as Json, json};

use crate::audit::noted::Noted;
use crate::audit::{Audit, Checked, Finding, Group, RulesOff, Since, Tier, groups};
use crate::breakdown::Breakdown;
use crate::fixes::{Certainty, Edit, Fix, NewValue};
use crate::layout::{Understood, understood};
use crate::model::{CellRef, Decimal, column_letters};
use crate::report::certificate::Certificate;

#[derive(Serialize)]
struct File<'a> {
    schema: u32,
    file: &'a str,
    format: Option<&'static str>,
    /// Left out of a file that was not loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Fingerprint of the breakdown that it was audited against.
    breakdown: String,
    /// Of the whole file.
    findings: Vec<Item<'a>>,
    tables: Vec<TableItem<'a>>,
    /// What looks like a form and was not audited.
    unaudited: Vec<Unaudited<'a>>,
    /// Of the file and all of its tables.
    counts: Counts,
    /// What it was not audited by; left out where every rule is on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules_off: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Compared<'a>>,
}

#[derive(Serialize)]
struct TableItem<'a> {
    form: &'static str,
    sheet: Option<&'a str>,
    table: String,
    city: Option<&'a str>,
    period: Option<String>,
    /// Columns and rows with the evidence, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    understood: Option<Json>,
    findings: Vec<Item<'a>>,
    counts: Counts,
}

#[derive(Serialize)]
struct Unaudited<'a> {
    sheet: Option<&'a str>,
    range: String,
    why: String,
}

/// 整改对账.
#[derive(Serialize)]
struct Compared<'a> {
    /// The file of the earlier findings, as it was given.
    earlier: &'a str,
    #[serde(rename = "已改")]
    fixed: Vec<Line<'a>>,
    #[serde(rename = "未改")]
    left: Vec<Line<'a>>,
    #[serde(rename = "新出现")]
    new: Vec<Line<'a>>,
}

/// A finding of either list.
#[derive(Serialize)]
struct Line<'a> {
    /// Among today's findings; null for what is put right.
    id: Option<u32>,
    code: &'a str,
    tier: Option<&'static str>,
    sheet: Option<&'a str>,
    cell: Option<&'a str>,
    indicator: Option<u32>,
    city: Option<&'a str>,
    found: &'a str,
    message: &'a str,
    answer: Option<&'a str>,
}

/// A finding as it stands in the list.
struct Item<'a> {
    finding: &'a Finding,
    sheet: Option<&'a str>,
    breakdown: &'a Breakdown,
    /// The same for findings of one kind in one column, where there are three or more; else null.
    group: Option<String>,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { finding, sheet, breakdown, group } = self;
        let indicator = finding.indicator.and_then(|id| breakdown.indicator(id));
        let mut item = serializer.serialize_struct("Item", 14)?;
        item.serialize_field("id", &finding.id)?;
        item.serialize_field("code", finding.code.0)?;
        item.serialize_field("tier", finding.tier.chinese())?;
        item.serialize_field("sheet", sheet)?;
        item.serialize_field("cell", &finding.range.map(|range| range.to_string()))?;
        item.serialize_field("indicator", &indicator.map(|indicator| indicator.number))?;
        item.serialize_field("city", &finding.city.map(|city| breakdown.city(city)))?;
        item.serialize_field("found", &finding.found)?;
        item.serialize_field("expected", &finding.expected)?;
        item.serialize_field("message", &finding.message)?;
        item.serialize_field("fix", &finding.fix.as_ref().map(ProposedFix::of))?;
        item.serialize_field("caused_by", &finding.caused_by)?;
        item.serialize_field("answer", &finding.answer)?;
        item.serialize_field("group", group)?;
        item.end()
    }
}

#[derive(Serialize)]
struct ProposedFix {
    kind: &'static str,
    edits: Vec<ProposedEdit>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ProposedEdit {
    Set {
        cell: String,
        value: Json,
    },
    /// A row before row `insert_row` (1-based), with these cells.
    Insert {
        insert_row: u32,
        cells: Vec<ProposedEdit>,
    },
}

#[derive(Serialize)]
struct Counts {
    #[serde(rename = "错误")]
    errors: usize,
    #[serde(rename = "警示")]
    warnings: usize,
    #[serde(rename = "提示")]
    notices: usize,
    /// 警示 with 情况说明; not among those above.
    #[serde(rename = "已说明")]
    answered: usize,
}

/// The object of a file, on one line. `file` is the name as it was given.
pub fn write(file: &str, checked: &Checked, breakdown: &Breakdown) -> String {
    object(file, checked, breakdown, None, false)
}

/// As [`write`], with what was understood of each table.
pub fn write_explained(file: &str, checked: &Checked, breakdown: &Breakdown) -> String {
    object(file, checked, breakdown, None, true)
}

/// As [`write`], with what has become of the findings of `earlier`.
pub fn write_since(
    file: &str,
    checked: &Checked,
    breakdown: &Breakdown,
    earlier: &str,
    since: &Since,
) -> String {
    let compared = Compared {
        earlier,
        fixed: since.fixed.iter().map(|noted| Line { answer: None, ..line(noted, None) }).collect(),
        left: since
            .left
            .iter()
            .map(|left| Line { answer: left.answer.as_deref(), ..line(&left.earlier, Some(left.id)) })
            .collect(),
        new: since.new.iter().map(|noted| line(noted, Some(noted.id))).collect(),
    };
    object(file, checked, breakdown, Some(compared), false)
}

/// What was proven of a corrected copy, on one line.
pub fn certificate(file: &str, out: &str, proven: &Certificate) -> String {
    let cells: Vec<CertifiedCell> = proven
        .cells
        .iter()
        .map(|cell| CertifiedCell {
            sheet: &cell.sheet,
            cell: cell.at.to_string(),
            before: &cell.before,
            after: &cell.after,
            rule: &cell.rule,
        })
        .collect();
    let object = Proven {
        schema: 1,
        file,
        out,
        cells,
        identical_parts: proven.identical_parts.as_deref(),
        changed_parts: &proven.changed_parts,
        original_sha256: proven.original.to_string(),
        result_sha256: proven.result.to_string(),
        losses: &proven.losses,
    };
    serde_json::to_string(&object).unwrap_or_default()
}

#[derive(Serialize)]
struct Proven<'a> {
    schema: u32,
    file: &'a str,
    out: &'a str,
    cells: Vec<CertifiedCell<'a>>,
    identical_parts: Option<&'a [String]>,
    changed_parts: &'a [String],
    original_sha256: String,
    result_sha256: String,
    losses: &'a [String],
}

#[derive(Serialize)]
struct CertifiedCell<'a> {
    sheet: &'a str,
    cell: String,
    before: &'a str,
    after: &'a str,
    rule: &'a str,
}

fn line(noted: &Noted, id: Option<u32>) -> Line<'_> {
    Line {
        id,
        code: &noted.code,
        tier: noted.tier.map(Tier::chinese),
        sheet: noted.sheet.as_deref(),
        cell: noted.cell.as_deref(),
        indicator: noted.indicator,
        city: noted.city.as_deref(),
        found: &noted.found,
        message: &noted.message,
        answer: noted.answer.as_deref(),
    }
}

fn object(
    file: &str,
    checked: &Checked,
    breakdown: &Breakdown,
    since: Option<Compared<'_>>,
    explained: bool,
) -> String {
    let content = checked.content.as_ref().ok();
    let audit = content.map(|(_, audit)| audit);
    let name = |index: usize| {
        content.and_then(|(workbook, _)| workbook.sheets.get(index)).map(|sheet| sheet.name.as_str())
    };
    let of = |table: Option<usize>| checked.findings().iter().filter(move |finding| finding.table == table);
    let groups = groups(checked.findings());
    let items = |table: Option<usize>| {
        let group = |finding: &Finding| group(finding, &groups, finding.sheet.and_then(name));
        of(table)
            .map(|finding| Item {
                finding,
                sheet: finding.sheet.and_then(name),
                breakdown,
                group: group(finding),
            })
            .collect()
    };
    let tables = audit.into_iter().flat_map(Audit::tables).enumerate().map(|(index, table)| TableItem {
        form: table.form.name(),
        sheet: name(table.sheet),
        table: table.range.to_string(),
        city: table.identity.city().map(|city| breakdown.city(city)),
        period: table.identity.period().map(|period| period.to_string()),
        understood: content.filter(|_| explained).and_then(|(workbook, _)| {
            Some(evidence(&understood(workbook.sheets.get(table.sheet)?, table, breakdown)))
        }),
        findings: items(Some(index)),
        counts: Counts::of(of(Some(index))),
    });
    let object = File {
        schema: 2,
        file,
        format: content.map(|(workbook, _)| workbook.format.name()),
        sha256: checked.sha256.map(|sha256| sha256.to_string()),
        breakdown: breakdown.fingerprint.to_string(),
        findings: items(None),
        tables: tables.collect(),
        unaudited: audit
            .into_iter()
            .flat_map(|audit| &audit.unread)
            .map(|near| Unaudited {
                sheet: name(near.sheet),
                range: near.range.to_string(),
                why: format!("认出指标 {} 项，认不出是哪种表", near.labels),
            })
            .collect(),
        counts: Counts::of(checked.findings().iter()),
        rules_off: rules_off(checked.off()),
        since,
    };
    serde_json::to_string(&object).unwrap_or_default()
}

/// Code and reason of each rule that is switched off.
pub fn rules_off(off: &RulesOff) -> Vec<Json> {
    off.iter().map(|off| json!({ "code": off.code.0, "reason": off.reason })).collect()
}

fn evidence(of: &Understood) -> Json {
    let columns: Vec<Json> = (of.columns.iter())
        .map(|column| {
            let figures = column.figures.as_ref().map(|found| {
                let (next, count) = found.runner_up.clone().unzip();
                json!({
                    "city": found.city, "agreeing": found.agreeing, "rows": found.rows,
                    "runner_up": next, "runner_up_agreeing": count, "gap": found.gap,
                })
            });
            json!({
                "column": column.letter, "caption": column.caption, "role": column.role,
                "why": column.why, "figures": figures,
            })
        })
        .collect();
    let rows: Vec<Json> = (of.rows.iter())
        .map(|row| json!({ "row": row.row, "label": row.label, "kind": row.kind, "why": row.why }))
        .collect();
    json!({ "columns": columns, "rows": rows })
}

impl Counts {
    fn of<'a>(findings: impl Iterator<Item = &'a Finding> + Clone) -> Self {
        let open =
            |tier: Tier| findings.clone().filter(|finding| finding.tier == tier && finding.is_open()).count();
        Self {
            errors: open(Tier::Error),
            warnings: open(Tier::Warning),
            notices: open(Tier::Notice),
            answered: findings.clone().filter(|finding| finding.is_answered()).count(),
        }
    }
}

impl ProposedFix {
    fn of(fix: &Fix) -> Self {
        Self {
            kind: if fix.certainty == Certainty::Safe { "safe" } else { "consent" },
            edits: fix.edits.iter().map(proposed).collect(),
        }
    }
}

/// What its members have in common: rule, sheet and column.
fn group(finding: &Finding, groups: &[Group], sheet: Option<&str>) -> Option<String> {
    let group = groups.iter().find(|group| group.ids.contains(&finding.id))?;
    Some(format!("{} {}!{}", finding.code, sheet.unwrap_or_default(), column_letters(group.column)))
}

fn proposed(edit: &Edit) -> ProposedEdit {
    match edit {
        Edit::Set { cell, value, .. } => ProposedEdit::Set { cell: cell.to_string(), value: stored(value) },
        Edit::InsertRow { row, cells, .. } => ProposedEdit::Insert {
            insert_row: row + 1,
            cells: cells
                .iter()
                .map(|(column, value)| ProposedEdit::Set {
                    cell: CellRef::new(*row, *column).to_string(),
                    value: stored(value),
                })
                .collect(),
        },
    }
}

/// A JSON number where a number is to be stored, else a string.
fn stored(value: &NewValue) -> Json {
    match value {
        NewValue::Number(number) => number_of(*number),
        other => Json::String(other.shown()),
    }
}

fn number_of(number: Decimal) -> Json {
    let text = number.normalize().to_string();
    let whole = text.parse::<i64>().ok().map(Number::from);
    whole
        .or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))
        .map_or(Json::String(text), Json::Number)
}
