//! 校核记录: every change of a corrected copy, as rows of text.

use crate::fixes::{Change, Edit, NewValue};
use crate::model::{Sha256, Workbook};

/// Name of the sheet the rows go to.
pub const SHEET_NAME: &str = "校核记录";

/// A head with the original's name and fingerprint, then one row a change, in their order. `workbook` is the original;
/// only its sheets' names are used. Addresses count after the changes before.
pub fn rows(workbook: &Workbook, file: &str, sha256: Sha256, changes: &[Change]) -> Vec<Vec<String>> {
    let mut rows = vec![
        vec![SHEET_NAME.to_owned()],
        vec!["原文件".to_owned(), file.to_owned()],
        vec!["原文件指纹 SHA-256".to_owned(), sha256.to_string()],
        ["序号", "工作表", "单元格", "修改前", "修改后", "规则", "理由", "来源"].map(str::to_owned).to_vec(),
    ];
    for (number, change) in (1..).zip(changes) {
        let sheet = workbook.sheets.get(change.edit.sheet()).map(|sheet| sheet.name.clone()).unwrap_or_default();
        let (place, before, after) = match &change.edit {
            Edit::Set { cell, value, .. } => (cell.to_string(), change.before.clone(), shown(value)),
            Edit::InsertRow { row, cells, .. } => {
                let filled: Vec<String> = cells.iter().map(|(_, value)| shown(value)).collect();
                (format!("第 {} 行", row.saturating_add(1)), "（无此行）".to_owned(), format!("插入一行：{}", filled.join("｜")))
            }
        };
        let rule = change.origin.label().to_owned();
        rows.push(vec![number.to_string(), sheet, place, before, after, rule, change.reason.clone(), change.source.clone()]);
    }
    rows
}

fn shown(value: &NewValue) -> String {
    match value {
        NewValue::Blank => "（空）".to_owned(),
        value => value.shown(),
    }
}
