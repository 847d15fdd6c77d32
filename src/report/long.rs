//! 长表 as a text file that any program reads: UTF-8 with a byte order mark, comma separated.

use crate::breakdown::Breakdown;
use crate::consolidate::{LongRow, MEASURE, Series, long};
use crate::model::visible;

/// The columns, here, in the sheet 长表 and in every other form of it.
pub const CAPTIONS: [&str; 15] = [
    "报告期",
    "市",
    "序号",
    "指标内容",
    "口径",
    "数值",
    "计量单位",
    "目标值",
    "原文",
    "文件",
    "文件夹",
    "工作表",
    "单元格",
    "文件指纹 SHA-256",
    "处理",
];

/// With a byte order mark, so that the spreadsheet programs read it as UTF-8.
pub fn csv(series: &Series, breakdown: &Breakdown) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    line(&mut text, &CAPTIONS.map(str::to_owned));
    for row in long(series, breakdown) {
        line(&mut text, &cells(&row));
    }
    text.into_bytes()
}

/// The texts of a row, in the order of [`CAPTIONS`].
fn cells(row: &LongRow) -> [String; 15] {
    let number = |value: Option<crate::model::Decimal>| {
        value.map(|value| value.normalize().to_string()).unwrap_or_default()
    };
    let (year, month, day) = row.date();
    let (folder, name) = row.folder_and_name();
    [
        format!("{year:04}-{month:02}-{day:02}"),
        row.city.clone(),
        row.number.to_string(),
        row.indicator.clone(),
        MEASURE.to_owned(),
        number(row.value),
        row.unit.clone(),
        number(row.target),
        row.raw.clone(),
        name.to_owned(),
        folder.to_owned(),
        row.sheet.clone(),
        row.cell.to_string(),
        row.sha256.to_string(),
        row.state.clone(),
    ]
}

/// A line of fields (RFC 4180). A text that a spreadsheet program would compute is kept a text by an apostrophe.
fn line(text: &mut String, fields: &[String]) {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let shown = visible(field);
        let is_number = shown.parse::<crate::model::Decimal>().is_ok();
        let guarded = if shown.starts_with(['=', '+', '-', '@']) && !is_number {
            format!("'{shown}")
        } else {
            shown.into_owned()
        };
        if guarded.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&guarded.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&guarded);
        }
    }
    text.push_str("\r\n");
}
