//! 校核记录: what was changed in a corrected copy, and what the audit still says of it with the unit's explanations, as
//! rows of text. `audit::noted` reads it back.

use crate::audit::noted::{CITY, COLUMNS, FILE, FINDINGS, FINGERPRINT, FORM, Noted, PERIOD};
use crate::audit::{Audit, Tier};
use crate::breakdown::Breakdown;
use crate::fixes::{Change, Edit, NewValue};
use crate::layout::Form;
use crate::model::{Sha256, Workbook, visible};

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

/// A head with the original's name and fingerprint, then one row a change, then one row a finding that is left, each in
/// their order. Addresses of changes count after the changes before, those of findings after all of them. What would
/// not be seen in the words is.
pub fn rows(subject: &Subject, changes: &[Change]) -> Vec<Vec<String>> {
    let mut rows = head(subject);
    rows.push(Vec::new());
    rows.push(vec!["修改记录".to_owned()]);
    rows.push(
        ["序号", "工作表", "单元格", "修改前", "修改后", "规则", "理由", "来源"].map(str::to_owned).to_vec(),
    );
    rows.extend((1..).zip(changes).map(|(number, change)| changed(number, change, subject.workbook)));
    if changes.is_empty() {
        rows.push(vec!["没有修改".to_owned()]);
    }
    rows.push(Vec::new());
    rows.push(vec![FINDINGS.to_owned()]);
    rows.push(COLUMNS.map(str::to_owned).to_vec());
    rows.extend(
        Noted::all(&subject.audit.findings, &subject.workbook.sheets, subject.breakdown)
            .into_iter()
            .map(noted),
    );
    if subject.audit.findings.is_empty() {
        rows.push(vec!["没有发现问题".to_owned()]);
    }
    rows.into_iter().map(|row| row.iter().map(|text| visible(text).into_owned()).collect()).collect()
}

fn head(subject: &Subject) -> Vec<Vec<String>> {
    let mut head = vec![
        vec![SHEET_NAME.to_owned()],
        vec![FILE.to_owned(), subject.file.to_owned()],
        vec![FINGERPRINT.to_owned(), subject.sha256.to_string()],
        vec!["工具".to_owned(), format!("指标校核助手 {}", env!("CARGO_PKG_VERSION"))],
    ];
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
