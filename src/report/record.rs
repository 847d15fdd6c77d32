//! 校核记录: what was changed in a corrected copy, and what the audit still says of it with the unit's explanations, as
//! rows of text. `audit::noted` reads it back. A record of ours that the file carries already is carried on.

use crate::audit::noted::{
    CITY, COLUMNS, FILE, FINDINGS, FINGERPRINT, FORM, Noted, PERIOD, pairs, read_record,
};
use crate::audit::{Audit, Tier};
use crate::breakdown::Breakdown;
use crate::fixes::{Change, Edit, NewValue};
use crate::layout::{Form, is_record_sheet};
use crate::model::{CellRef, Sha256, Sheet, Workbook, visible};

/// Name of the sheet the rows go to.
pub use crate::layout::RECORD_SHEET as SHEET_NAME;

/// What a record is of.
pub struct Subject<'a> {
    /// The original's name and fingerprint.
    pub file: &'a str,
    pub sha256: Sha256,
    /// The original; only its sheets' names are used.
    pub workbook: &'a Workbook,
    pub breakdown: &'a Breakdown,
    /// The audit with the changes in force.
    pub audit: &'a Audit,
}

const CHANGES: &str = "修改记录";
const CHANGE_COLUMNS: [&str; 8] = ["序号", "工作表", "单元格", "修改前", "修改后", "规则", "理由", "来源"];
const NO_CHANGE: &str = "没有修改";
const NO_FINDING: &str = "没有发现问题";
const MAKER: &str = "工具";
const RULES_OFF: &str = "关掉的规则";
const US: &str = "指标校核助手";

/// The record that a file carries already.
pub struct Earlier {
    /// Its sheet.
    pub sheet: usize,
    /// What stands in it, row by row.
    rows: Vec<Vec<String>>,
    changes: Vec<Vec<String>>,
    findings: Vec<Noted>,
}

impl Earlier {
    /// The latest record of ours that holds nothing but what we write: one that somebody has added to stays as it is.
    pub fn of(workbook: &Workbook) -> Option<Self> {
        let records = workbook.sheets.iter().enumerate().filter(|(_, sheet)| is_record_sheet(&sheet.name));
        records
            .max_by_key(|(_, sheet)| (sheet.name.len(), &sheet.name))
            .and_then(|(at, sheet)| Self::read(at, sheet))
    }

    fn read(at: usize, sheet: &Sheet) -> Option<Self> {
        let used = sheet.grid.used()?;
        let is_ours_alone = usize::try_from(used.end.column).is_ok_and(|last| last < COLUMNS.len())
            && sheet.merges.is_empty()
            && sheet.grid.cells().all(|(_, cell)| cell.formula.is_none());
        if !is_ours_alone {
            return None;
        }
        let row = |row: u32| {
            let mut cells: Vec<String> =
                (0..=used.end.column).map(|column| sheet.grid.shown(CellRef::new(row, column))).collect();
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            cells
        };
        let rows: Vec<Vec<String>> = (0..=used.end.row).map(row).collect();
        let mut lines = rows.iter();
        let mut is_made_by_us = false;
        if lines.next()?.as_slice() != [SHEET_NAME] {
            return None;
        }
        for line in lines.by_ref() {
            match line.as_slice() {
                [] => break,
                [word, value] => is_made_by_us |= word == MAKER && value.starts_with(US),
                _ => return None,
            }
        }
        if !is_made_by_us
            || lines.next()?.as_slice() != [CHANGES]
            || lines.next()?.as_slice() != CHANGE_COLUMNS
        {
            return None;
        }
        let mut changes: Vec<Vec<String>> = Vec::new();
        for line in lines.by_ref() {
            match line.as_slice() {
                [] => break,
                [only] if only == NO_CHANGE => {}
                [number, ..]
                    if number.parse() == Ok(changes.len() + 1) && line.len() <= CHANGE_COLUMNS.len() =>
                {
                    changes.push(line.clone());
                }
                _ => return None,
            }
        }
        if lines.next()?.as_slice() != [FINDINGS] || lines.next()?.as_slice() != COLUMNS {
            return None;
        }
        let listed = lines.filter(|line| line.as_slice() != [NO_FINDING]).count();
        let findings = read_record(sheet).map(|record| record.findings).unwrap_or_default();
        // A line that is no finding is somebody's own.
        (findings.len() == listed).then_some(Self { sheet: at, rows, changes, findings })
    }

    /// The cells that differ from these rows, with what is to stand in them.
    pub fn updated(&self, rows: &[Vec<String>]) -> Vec<(CellRef, NewValue)> {
        let none = Vec::new();
        let mut cells = Vec::new();
        for row in 0..self.rows.len().max(rows.len()) {
            let (old, new) = (self.rows.get(row).unwrap_or(&none), rows.get(row).unwrap_or(&none));
            for column in 0..old.len().max(new.len()) {
                let of = |row: &[String]| row.get(column).cloned().unwrap_or_default();
                let (Ok(row), Ok(at), text) = (u32::try_from(row), u32::try_from(column), of(new)) else {
                    continue;
                };
                if of(old) != text {
                    let value = if text.is_empty() { NewValue::Blank } else { NewValue::Text(text) };
                    cells.push((CellRef::new(row, at), value));
                }
            }
        }
        cells
    }
}

/// A head with the original's name and fingerprint, then one row a change, then one row a finding that is left, each in
/// their order. Addresses of changes count after the changes before, those of findings after all of them. What would
/// not be seen in the words is. The changes of an earlier record come first, and its explanations of what is found no
/// more last.
pub fn rows(subject: &Subject, changes: &[Change], earlier: Option<&Earlier>) -> Vec<Vec<String>> {
    let mut rows = head(subject);
    rows.push(Vec::new());
    rows.push(vec![CHANGES.to_owned()]);
    rows.push(CHANGE_COLUMNS.map(str::to_owned).to_vec());
    let before = earlier.map_or(&[][..], |earlier| &earlier.changes);
    rows.extend(before.iter().cloned());
    let first = u32::try_from(before.len()).unwrap_or(u32::MAX / 2) + 1;
    rows.extend((first..).zip(changes).map(|(number, change)| changed(number, change, subject.workbook)));
    if changes.is_empty() && before.is_empty() {
        rows.push(vec![NO_CHANGE.to_owned()]);
    }
    rows.push(Vec::new());
    rows.push(vec![FINDINGS.to_owned()]);
    rows.push(COLUMNS.map(str::to_owned).to_vec());
    let now = Noted::all(&subject.audit.findings, &subject.workbook.sheets, subject.breakdown);
    let explained = earlier.map(|earlier| no_more(&earlier.findings, &now)).unwrap_or_default();
    if now.is_empty() && explained.is_empty() {
        rows.push(vec![NO_FINDING.to_owned()]);
    }
    rows.extend(now.into_iter().map(noted));
    rows.extend(explained.into_iter().map(|gone| {
        let mut row = noted(gone);
        row.iter_mut().skip(COLUMNS.len() - 1).for_each(|state| "已不再出现".clone_into(state));
        row
    }));
    rows.into_iter().map(|row| row.iter().map(|text| visible(text).into_owned()).collect()).collect()
}

/// What was explained before and is found no more.
fn no_more(before: &[Noted], now: &[Noted]) -> Vec<Noted> {
    let found: Vec<usize> = pairs(before, now).into_iter().map(|(earlier, _)| earlier).collect();
    let gone = before.iter().enumerate().filter(|(at, noted)| noted.answer.is_some() && !found.contains(at));
    gone.map(|(_, noted)| noted.clone()).collect()
}

fn head(subject: &Subject) -> Vec<Vec<String>> {
    let mut head = vec![
        vec![SHEET_NAME.to_owned()],
        vec![FILE.to_owned(), subject.file.to_owned()],
        vec![FINGERPRINT.to_owned(), subject.sha256.to_string()],
        vec![MAKER.to_owned(), format!("{US} {}", env!("CARGO_PKG_VERSION"))],
    ];
    head.extend(subject.audit.off.sentence().map(|sentence| vec![RULES_OFF.to_owned(), sentence]));
    if let Ok(table) = &subject.audit.table {
        head.push(vec![FORM.to_owned(), form_name(table.form).to_owned()]);
        if let Some(city) = table.identity.city() {
            head.push(vec![CITY.to_owned(), subject.breakdown.city(city).to_owned()]);
        }
        if let Some(period) = table.identity.period() {
            head.push(vec![PERIOD.to_owned(), period.to_string()]);
        }
    }
    head
}

/// As it is called in a record.
pub(super) const fn form_name(form: Form) -> &'static str {
    match form {
        Form::Progress => "进展情况表",
        _ => "分解表",
    }
}

fn changed(number: u32, change: &Change, workbook: &Workbook) -> Vec<String> {
    let sheet = workbook.sheets.get(change.edit.sheet()).map(|sheet| sheet.name.clone()).unwrap_or_default();
    let (place, before, after) = match &change.edit {
        Edit::Set { cell, value, .. } => (cell.to_string(), change.before.clone(), shown(value)),
        Edit::InsertRow { row, cells, .. } => {
            let filled: Vec<String> = cells.iter().map(|(_, value)| shown(value)).collect();
            (
                format!("第 {} 行", row.saturating_add(1)),
                "（无此行）".to_owned(),
                format!("插入一行：{}", filled.join("｜")),
            )
        }
    };
    let rule = change.origin.label().to_owned();
    vec![number.to_string(), sheet, place, before, after, rule, change.reason.clone(), change.source.clone()]
}

fn noted(noted: Noted) -> Vec<String> {
    let state = match (&noted.answer, noted.caused_by) {
        (_, Some(cause)) => format!("由第 {cause} 条引起"),
        (Some(_), None) => "已说明".to_owned(),
        (None, None) => "未改".to_owned(),
    };
    vec![
        noted.id.to_string(),
        noted.code,
        noted.tier.map_or("", Tier::chinese).to_owned(),
        noted.sheet.unwrap_or_default(),
        noted.cell.unwrap_or_default(),
        noted.indicator.map(|number| number.to_string()).unwrap_or_default(),
        noted.city.unwrap_or_default(),
        noted.found,
        noted.expected.unwrap_or_default(),
        noted.message,
        noted.answer.unwrap_or_default(),
        state,
    ]
}

fn shown(value: &NewValue) -> String {
    match value {
        NewValue::Blank => "（空）".to_owned(),
        value => value.shown(),
    }
}
