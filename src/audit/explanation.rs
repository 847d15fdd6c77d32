//! 情况说明: a 警示 that the unit has explained in the form's own column, or in the record that came with the file.

use crate::fixes::Certainty;
use crate::layout::{Role, Table};
use crate::model::CellRef;

use super::{Context, Finding, Tier, noted};

/// Attaches the explanations that stand in the workbook: those of its records, and over them the form's own column.
pub(super) fn attach(findings: &mut [Finding], context: &Context<'_>) {
    let mut records = noted::records(context.input.workbook);
    // The latest record that has a finding decides.
    records.reverse();
    for record in records {
        let explained: Vec<_> = record.findings.into_iter().filter(|noted| noted.tier == Some(Tier::Warning)).collect();
        noted::answer(findings, &explained, &context.input.workbook.sheets, context.breakdown());
    }
    let Ok(table) = context.table else { return };
    for finding in findings {
        let Some(cell) = explanation_cell(table, finding) else { continue };
        let Some(text) = context.sheet().map(|sheet| sheet.grid.shown(sheet.anchor(cell))) else { continue };
        if says_something(&text) {
            finding.answer = Some(text.trim().to_owned());
        }
    }
}

/// The cell of 情况说明 that answers a finding: that of its indicator's row. None for what cannot be explained (an
/// error, a fault of writing that is to be corrected) and for what concerns no row.
pub fn explanation_cell(table: &Table, finding: &Finding) -> Option<CellRef> {
    let is_writing = finding.fix.as_ref().is_some_and(|fix| fix.certainty == Certainty::Safe);
    if finding.tier != Tier::Warning || is_writing || finding.sheet != Some(table.sheet) {
        return None;
    }
    let column = table.column(Role::Explanation)?;
    let row = table.row_of(finding.indicator?)?;
    Some(CellRef::new(row.row, column.index))
}

/// Whether a text explains anything; blank, a stroke and 无 do not.
pub fn says_something(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    !bare.is_empty() && !["无", "暂无", "没有", "无说明", "NA", "na", "N", "n"].contains(&bare.as_str())
}
