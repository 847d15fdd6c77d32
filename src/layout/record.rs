//! The sheet that we append ourselves: known by its name, never taken for a form.

use crate::model::{Sheet, Workbook};

/// The hidden sheet of a form that we made, which says what it was made from.
pub const FORM_SHEET: &str = "表单指纹";

const SUMMARY: &str = "汇总表";

/// The name; the next ones of a workbook get a number, 校核记录2.
pub const RECORD_SHEET: &str = "校核记录";

/// Whether a sheet is a record of ours.
pub fn is_record_sheet(name: &str) -> bool {
    name.strip_prefix(RECORD_SHEET).is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
}

/// Whether a workbook is a consolidation of ours: it says where each of its figures comes from.
pub fn is_consolidated(workbook: &Workbook) -> bool {
    let has = |name: &str| workbook.sheets.iter().any(|sheet| sheet.name == name);
    has(SUMMARY) && has("数据来源") && has("完整性")
}

/// Whether a sheet is never looked at: a record of ours, or in a consolidation of ours a list beside its 汇总表.
pub(super) fn is_set_apart(workbook: &Workbook, sheet: &Sheet) -> bool {
    is_record_sheet(&sheet.name)
        || sheet.name == FORM_SHEET
        || (sheet.name != SUMMARY && is_consolidated(workbook))
}
