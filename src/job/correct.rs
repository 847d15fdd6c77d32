//! The corrected copy: which changes to make, and the file with them made.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{Audit, Input, Reported, Said, audit};
use crate::breakdown::Breakdown;
use crate::fixes::{Change, Edit, NewValue, Origin, apply, changes_nothing};
use crate::model::{CellRef, Decimal, Format, ReadRemark, Sha256, Value, Workbook, hundredth, read_value};
use crate::patch;
use crate::reading::{Limits, inside, read};
use crate::report;
use crate::report::certificate::{Certificate, CertifiedCell};
use crate::rules::RULES;

/// Whether a corrected copy carries the sheet 校核记录.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    Without,
    /// With the changes, and what the audit of the workbook says with the changes in force.
    Sheet {
        breakdown: &'a Breakdown,
        audit: &'a Audit,
    },
}

/// A corrected copy, opened again and found to hold exactly the changes.
#[derive(Clone, Debug)]
pub struct Corrected {
    pub name: String,
    /// Of the copy.
    pub format: Format,
    pub bytes: Vec<u8>,
    pub certificate: Certificate,
}

/// Why no corrected copy was written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error("没有修改，不用另存。")]
    NothingToDo,
    #[error("{0}")]
    Patch(#[from] patch::PatchError),
    #[error("{0}。原文件没有动过。")]
    Document(#[from] patch::docx::Obstacle),
    #[error("{0}")]
    Text(#[from] patch::text::TextError),
    #[error("{0}")]
    Write(#[from] report::ReportError),
    #[error(
        "另存后重新打开核对，{0} 与应有的内容不符，已放弃。请用 WPS 或 Excel 把原文件另存为 .xlsx，\
         再试一次。原文件没有动过。"
    )]
    Unproven(String),
    #[error(
        "{cell} 等 {count} 处的公式不能写进新的 .xlsx，改后它们的结果就不对了，已放弃。\
         请先用 WPS 或 Excel 把原文件另存为 .xlsx，再校正。原文件没有动过。"
    )]
    Outdated { cell: String, count: usize },
    #[error("没有名为“{0}”的工作表，请核对名字。")]
    NoSheet(String),
    #[error("看不懂修改“{0}”，应写作 工作表!C5=600。")]
    BadCell(String),
    #[error("“{0}”不是情况说明，要写出原因，应写作 P003@F5=说明文字；对整张表的警示写作 P002=说明文字。")]
    BadAnswer(String),
    #[error("没有 {0} 这处警示，不需要说明。请用 check 核对规则和单元格。")]
    NothingToExplain(String),
    #[error("{0} 有 {1} 处，请写明单元格，如 P003@F5=说明文字。")]
    WhichToExplain(String, usize),
    #[error("{0} 是{1}，不能用情况说明代替改正；只有警示可以说明。")]
    NotToExplain(String, &'static str),
}

/// A change by hand, as `Sheet1!C5=600项` says it. Without a sheet name the first sheet is meant.
pub fn set_change(workbook: &Workbook, text: &str) -> Result<Change, JobError> {
    let bad = || JobError::BadCell(text.to_owned());
    let (place, value) = text.split_once('=').ok_or_else(bad)?;
    let (sheet, address) = match place.rsplit_once('!') {
        Some((name, address)) => {
            let name = name.trim_matches('\'');
            let sheet = workbook
                .sheets
                .iter()
                .position(|sheet| sheet.name == name)
                .ok_or_else(|| JobError::NoSheet(name.to_owned()))?;
            (sheet, address)
        }
        None => (0, place),
    };
    let cell: CellRef = address.trim().parse().map_err(|_| bad())?;
    let edit = Edit::Set { sheet, cell, value: typed(workbook, sheet, cell, value) };
    let before = before(workbook, &edit);
    Ok(Change {
        edit,
        before,
        origin: Origin::Hand,
        reason: "手工修改".to_owned(),
        source: "填报单位手工修改".to_owned(),
    })
}

/// What a person types into a cell: a plain number is a number (a percentage in a percent cell too), anything else is
/// text, nothing is blank. Never a formula.
pub fn typed(workbook: &Workbook, sheet: usize, cell: CellRef, text: &str) -> NewValue {
    if text.is_empty() {
        return NewValue::Blank;
    }
    let old = workbook.sheets.get(sheet).and_then(|sheet| sheet.grid.get(cell));
    if old.is_some_and(|cell| cell.number_format.is_text()) {
        return NewValue::Text(text.to_owned());
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.len() <= 15
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && (!digits.starts_with('0') || digits == "0" || digits.starts_with("0."));
    if plain && let Ok(number) = text.parse::<Decimal>() {
        return NewValue::Number(number);
    }
    if old.is_some_and(|cell| cell.number_format.is_percent())
        && let Some(number) = text.strip_suffix('%').and_then(|number| number.parse::<Decimal>().ok())
    {
        return NewValue::Number(hundredth(number).normalize());
    }
    NewValue::Text(text.to_owned())
}

/// The text shown where an edit will write.
pub fn before(workbook: &Workbook, edit: &Edit) -> String {
    match edit {
        Edit::Set { sheet, cell, .. } => {
            workbook.sheets.get(*sheet).map(|sheet| sheet.grid.shown(*cell)).unwrap_or_default()
        }
        Edit::InsertRow { .. } => String::new(),
    }
}

/// A workbook with changes made.
pub fn changed(workbook: &Workbook, changes: &[Change]) -> Workbook {
    let mut workbook = workbook.clone();
    for change in changes {
        apply(&mut workbook, &change.edit);
    }
    workbook
}

/// `成都市-2019年6月（校正）.xlsx`: the file's own name, its extension too where the copy is of its format.
pub fn corrected_name(name: &str, from: Format, to: Format) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (stem, own) = base.rsplit_once('.').unwrap_or((base, to.name()));
    let extension = if from == to && !matches!(to, Format::Xlsx | Format::Xlsm) { own } else { to.name() };
    format!("{stem}（校正）.{extension}")
}

/// The changes that change something: neither one that writes what the cell holds already, nor several that come back
/// to what it held in the end.
pub fn effective(workbook: &Workbook, changes: &[Change]) -> Vec<Change> {
    let mut now = workbook.clone();
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        if !changes_nothing(&now, &change.edit) {
            apply(&mut now, &change.edit);
            kept.push(change.clone());
        }
    }
    // Addresses count after the insertions before them.
    if kept.iter().all(|change| matches!(change.edit, Edit::Set { .. })) {
        let cell = |workbook: &Workbook, sheet: usize, at| {
            workbook.sheets.get(sheet).and_then(|sheet| sheet.grid.get(at)).cloned().unwrap_or_default()
        };
        kept.retain(|change| match &change.edit {
            Edit::Set { sheet, cell: at, .. } => cell(workbook, *sheet, *at) != cell(&now, *sheet, *at),
            Edit::InsertRow { .. } => true,
        });
    }
    kept
}

/// Writes the corrected copy and opens it again: what was to change must have changed, and nothing else. Without a
/// change there is a copy only for the sake of its record.
pub fn correct(
    name: &str,
    bytes: &[u8],
    workbook: &Workbook,
    changes: &[Change],
    record: Record<'_>,
    limits: &Limits,
) -> Result<Corrected, JobError> {
    let changes = &effective(workbook, changes)[..];
    if changes.is_empty() && matches!(record, Record::Without) {
        return Err(JobError::NothingToDo);
    }
    let original = Sha256::of(bytes);
    // A package inside an encrypted one is corrected itself.
    let inside = inside(bytes).map_err(|reason| JobError::Unproven(reason.to_string()))?;
    let bytes = inside.as_deref().unwrap_or(bytes);
    let mut expected = changed(workbook, changes);
    let record = match record {
        Record::Without => None,
        Record::Sheet { breakdown, audit } => {
            let subject =
                report::record::Subject { file: name, sha256: original, workbook, breakdown, audit };
            let earlier = report::record::Earlier::of(workbook);
            let rows = report::record::rows(&subject, changes, earlier.as_ref());
            Some(match earlier {
                Some(earlier) => {
                    patch::RecordSheet::Updated { sheet: earlier.sheet, cells: earlier.updated(&rows) }
                }
                None => patch::RecordSheet::Appended { name: report::record::SHEET_NAME.to_owned(), rows },
            })
        }
    };
    if let Some(patch::RecordSheet::Updated { sheet, cells }) = &record {
        for (cell, value) in cells {
            apply(&mut expected, &Edit::Set { sheet: *sheet, cell: *cell, value: value.clone() });
        }
    }
    let edits: Vec<Edit> = changes.iter().map(|change| change.edit.clone()).collect();
    let assumed = workbook.remarks.iter().find_map(|remark| match remark {
        ReadRemark::TextAssumed { encoding, separator } => Some((*encoding, *separator)),
        _ => None,
    });
    // A new workbook of what was read, corrected in place like any other.
    let anew = |mut losses: Vec<String>| -> Result<_, JobError> {
        let rewritten = report::rewrite::write(workbook)?;
        losses.extend(rewritten.losses);
        let bytes = patch::with_results(&rewritten.bytes, &rewritten.results)?;
        let patched = patch::apply(&bytes, &edits, record.as_ref())?;
        let sheets: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        let outdated = patch::outdated(&rewritten.results_only, &sheets, &edits, &patched.stale);
        if let Some((sheet, at, _)) = outdated.first() {
            let name = sheets.get(*sheet).copied().unwrap_or_default();
            return Err(JobError::Outdated { cell: format!("“{name}”{at}"), count: outdated.len() });
        }
        Ok((Format::Xlsx, patched, losses))
    };
    let (format, patched, mut losses) = match (workbook.format, assumed, &record) {
        (Format::Xlsx | Format::Xlsm, ..) => {
            (workbook.format, patch::apply(bytes, &edits, record.as_ref())?, Vec::new())
        }
        // A text has no room for the record; one divided as no program does it is not written so again.
        (Format::Text, Some((encoding, separator)), None) if separator.is_ascii() && separator != ' ' => {
            let manner = patch::text::Manner { encoding, separator, longest_field: limits.text_bytes };
            (Format::Text, patch::Patched::of_text(patch::text::apply(bytes, &edits, &manner)?), Vec::new())
        }
        (Format::Ods, _, None) => match patch::ods::apply(bytes, workbook, &edits) {
            Ok(patched) => (Format::Ods, patched, Vec::new()),
            Err(obstacle) => anew(vec![format!("没有在原文件里改：{obstacle}")])?,
        },
        // A document has no room for the record: it stands beside it, or with the tables in a workbook.
        (Format::Docx, _, None) => (Format::Docx, patch::docx::apply(bytes, workbook, &edits)?, Vec::new()),
        _ => anew(Vec::new())?,
    };
    if workbook.remarks.contains(&ReadRemark::DefaultPassword) {
        losses.push("加密：原文件用软件内置的默认密码加密（打开时不询问密码），副本没有加密".to_owned());
    }
    let in_place = format == workbook.format;
    let name = corrected_name(name, workbook.format, format);
    let again =
        read(&name, &patched.bytes, limits).map_err(|reason| JobError::Unproven(reason.to_string()))?;
    prove(&again, &expected, &patched.stale, CopyOrigin { in_place, format })?;
    let identical_parts = match format {
        _ if !in_place => None,
        Format::Text => Some(Vec::new()),
        _ => Some(proven_parts(bytes, &patched)?),
    };
    let certificate = Certificate {
        cells: certified(&expected, &again, changes, in_place)?,
        identical_parts,
        changed_parts: if in_place { patched.changed_parts } else { Vec::new() },
        original,
        result: Sha256::of(&patched.bytes),
        losses,
    };
    Ok(Corrected { name, format, bytes: patched.bytes, certificate })
}

/// How a copy came about.
#[derive(Clone, Copy)]
struct CopyOrigin {
    /// Not a new workbook of what was read.
    in_place: bool,
    format: Format,
}

/// Compares the copy, cell by cell, with what it should hold. The results in `stale` were taken out so that they are
/// computed anew.
fn prove(
    again: &Workbook,
    expected: &Workbook,
    stale: &BTreeMap<usize, BTreeSet<CellRef>>,
    origin: CopyOrigin,
) -> Result<(), JobError> {
    for (index, sheet) in expected.sheets.iter().enumerate() {
        let Some(copy) = again.sheets.get(index) else {
            return Err(JobError::Unproven(format!("工作表“{}”", sheet.name)));
        };
        for (at, cell) in sheet.grid.cells() {
            let recomputed =
                stale.get(&index).is_some_and(|cells| cells.contains(&at)) && copy.grid.value(at).is_empty();
            // What is written anew counts its days from 1900.
            let anew = !origin.in_place && expected.date_1904 && cell.number_format.is_date();
            let alike = origin.format == Format::Text && cell.shown() == copy.grid.shown(at);
            if !recomputed && !anew && !alike && !same(&cell.value, copy.grid.value(at)) {
                return Err(JobError::Unproven(format!("“{}”{at}", sheet.name)));
            }
        }
        let extra =
            copy.grid.cells().find(|(at, cell)| !cell.value.is_empty() && sheet.grid.get(*at).is_none());
        if let Some((at, _)) = extra {
            return Err(JobError::Unproven(format!("“{}”{at}", sheet.name)));
        }
    }
    Ok(())
}

/// The parts that the copy has byte for byte: all that the patch did not mean to change.
fn proven_parts(bytes: &[u8], patched: &patch::Patched) -> Result<Vec<String>, JobError> {
    let parts = patch::identical_parts(bytes, &patched.bytes)?;
    if parts.len() < patched.identical_parts {
        return Err(JobError::Unproven("没有改过的内容".to_owned()));
    }
    Ok(parts)
}

/// The changed cells, where they stand in the copy and as it holds them. A cell changed twice counts once.
fn certified(
    expected: &Workbook,
    again: &Workbook,
    changes: &[Change],
    in_place: bool,
) -> Result<Vec<CertifiedCell>, JobError> {
    let mut touched: BTreeMap<(usize, CellRef), (&str, &str)> = BTreeMap::new();
    for change in changes {
        match &change.edit {
            Edit::Set { sheet, cell, .. } => {
                touched.entry((*sheet, *cell)).or_insert((&change.before, "")).1 = change.origin.label();
            }
            Edit::InsertRow { sheet, row, cells } => {
                let below = |(index, at): (usize, CellRef)| u32::from(index == *sheet && at.row >= *row);
                touched = touched
                    .into_iter()
                    .map(|(key, held)| ((key.0, CellRef::new(key.1.row + below(key), key.1.column)), held))
                    .collect();
                touched.extend(
                    cells.iter().map(|(column, _)| {
                        ((*sheet, CellRef::new(*row, *column)), ("", change.origin.label()))
                    }),
                );
            }
        }
    }
    let mut cells = Vec::new();
    for ((index, at), (before, rule)) in touched {
        let (Some(sheet), Some(copy)) = (expected.sheets.get(index), again.sheets.get(index)) else {
            continue;
        };
        let formula = sheet.grid.get(at).and_then(|cell| cell.formula.as_deref());
        let held = copy.grid.get(at).and_then(|cell| cell.formula.as_deref());
        if in_place && formula.is_some() != held.is_some() {
            return Err(JobError::Unproven(format!("“{}”{at}", sheet.name)));
        }
        let after = held.map_or_else(|| copy.grid.shown(at), |formula| format!("={formula}"));
        cells.push(CertifiedCell {
            sheet: sheet.name.clone(),
            at,
            before: before.to_owned(),
            after,
            rule: rule.to_owned(),
        });
    }
    Ok(cells)
}

fn same(a: &Value, b: &Value) -> bool {
    let blank = |value: &Value| value.is_empty() || matches!(value, Value::Text(text) if text.is_empty());
    let words = |value: &Value| {
        if let Value::Text(text) | Value::Error(text) = value { Some(text.clone()) } else { None }
    };
    // An error value of a format that had to be written anew is kept as text.
    a == b
        || blank(a) && blank(b)
        || words(a).is_some() && words(a) == words(b)
        || matches!((a, b), (Value::Number(_), Value::Number(_))) && read_value(a) == read_value(b)
}

/// The audit of a workbook with changes in force.
pub fn audit_of(name: &str, workbook: &Workbook, breakdown: &Breakdown, previous: &[Reported]) -> Audit {
    audit_as_said(name, workbook, breakdown, previous, Said::NOTHING)
}

/// As [`audit_of`], with the user's word.
pub fn audit_as_said(
    name: &str,
    workbook: &Workbook,
    breakdown: &Breakdown,
    previous: &[Reported],
    said: Said<'_>,
) -> Audit {
    audit(Input { workbook, file_name: name, breakdown, previous, said }, RULES)
}
