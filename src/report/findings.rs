//! The findings and changes of one file as a workbook to print and hand on.

use rust_xlsxwriter::{Color, Format, FormatAlign, Worksheet};

use super::{ReportError, style, style::Words};
use crate::audit::noted::{CITY, FINGERPRINT, FORM, PERIOD};
use crate::audit::{Finding, RulesOff, Tier};
use crate::breakdown::Breakdown;
use crate::fixes::{Change, Edit};
use crate::layout::{Form, Table};
use crate::model::Sha256;

/// What the findings are of.
pub struct Subject<'a> {
    pub file: &'a str,
    pub sha256: Option<Sha256>,
    /// In the file's order.
    pub sheet_names: &'a [String],
    /// The table that was audited, if there is one.
    pub table: Option<&'a Table>,
    /// The rules that it was not audited by.
    pub off: &'a RulesOff,
}

impl Subject<'_> {
    /// City and period, where it is a return of which both are known.
    pub fn whose(&self, breakdown: &Breakdown) -> Option<(String, String)> {
        let table = self.table.filter(|table| table.form == Form::Progress)?;
        let (city, period) = table.identity.city().zip(table.identity.period())?;
        Some((breakdown.city(city).to_owned(), period.chinese()))
    }
}

/// Writes 审核结果, and 校核记录 where there are changes: A4 landscape, the header on every page.
pub fn write(
    subject: &Subject,
    breakdown: &Breakdown,
    findings: &[Finding],
    changes: &[Change],
) -> Result<Vec<u8>, ReportError> {
    let mut workbook = style::workbook("审核结果")?;
    write_findings(workbook.add_worksheet().set_name("审核结果")?, subject, breakdown, findings)?;
    if !changes.is_empty() {
        write_changes(
            workbook.add_worksheet().set_name(super::record::SHEET_NAME)?,
            subject,
            breakdown,
            changes,
        )?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Writes a 退回单: what a unit has to correct or to explain, with an empty column for what it did. Folded findings go
/// away with their cause, explained ones are settled: neither stands in it.
pub fn write_sent_back(
    subject: &Subject,
    breakdown: &Breakdown,
    findings: &[Finding],
) -> Result<Vec<u8>, ReportError> {
    let columns = [
        ("序号", 5.0),
        ("级别", 6.0),
        ("规则", 7.0),
        ("工作表", 13.0),
        ("单元格", 9.0),
        ("指标", 24.0),
        ("原表内容", 14.0),
        ("应为", 14.0),
        ("说明", 48.0),
        ("整改说明", 30.0),
    ];
    let due: Vec<&Finding> = to_send_back(findings).collect();
    let mut workbook = style::workbook("退回单")?;
    let sheet = workbook.add_worksheet().set_name("退回单")?;
    let count = |tier| due.iter().filter(|finding| finding.tier == tier).count();
    let summary =
        format!("错误 {} 处须改正，警示 {} 处须改正或说明", count(Tier::Error), count(Tier::Warning));
    head(sheet, "进展情况表退回单", subject, breakdown, &summary, &columns)?;
    let mut end = 4;
    for (number, finding) in (1u32..).zip(due) {
        let indicator = finding.indicator.and_then(|id| breakdown.indicator(id));
        let cells = [
            finding.tier.chinese().to_owned(),
            finding.code.to_string(),
            name(subject, finding.sheet),
            finding.range.map(|range| range.to_string()).unwrap_or_default(),
            indicator.map(|i| format!("{} {}", i.number, i.label)).unwrap_or_default(),
            finding.found.clone(),
            finding.expected.clone().unwrap_or_default(),
            finding.message.clone(),
            String::new(),
        ];
        put_row(sheet, (end, number), &cells, &columns, |column| match column {
            1 => tier_format(finding.tier),
            2 | 4 => style::centred(),
            _ => style::text(),
        })?;
        end += 1;
    }
    if let Some(sentence) = subject.off.sentence() {
        put_note(sheet, end, 9, &sentence)?;
        end += 1;
    }
    let note = "请在原表上改正；没有改的，在“整改说明”写明原因和依据。改好后重报，连同本单一并发回。";
    sheet.put_across(end, (0, 9), note, &style::line())?;
    let blank = "　".repeat(10);
    let signature = format!("填表人：{blank}单位负责人：{blank}日期：　　　　年　　月　　日");
    sheet.put_across(end + 1, (0, 9), &signature, &style::line())?;
    sheet.set_row_height(end + 1, 36)?;
    Ok(workbook.save_to_buffer()?)
}

/// What a unit has to do something about.
pub fn to_send_back(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(|finding| finding.is_open() && finding.tier != Tier::Notice)
}

fn write_findings(
    sheet: &mut Worksheet,
    subject: &Subject,
    breakdown: &Breakdown,
    findings: &[Finding],
) -> Result<(), ReportError> {
    let columns = [
        ("序号", 5.0),
        ("级别", 6.0),
        ("规则", 7.0),
        ("工作表", 13.0),
        ("单元格", 9.0),
        ("指标", 24.0),
        ("城市", 8.0),
        ("原表内容", 16.0),
        ("应为", 16.0),
        ("说明", 46.0),
        ("情况说明", 24.0),
    ];
    // As in the page: what a root cause explains does not count again.
    let count = |tier| findings.iter().filter(|finding| finding.tier == tier && finding.is_open()).count();
    let mut summary = format!(
        "错误 {} 处，警示 {} 处，提示 {} 处",
        count(Tier::Error),
        count(Tier::Warning),
        count(Tier::Notice)
    );
    let answered = findings.iter().filter(|finding| finding.is_answered()).count();
    if answered > 0 {
        summary.push_str(&format!("，已说明 {answered} 处"));
    }
    summary.extend(subject.off.count().map(|off| format!("，{off}")));
    head(sheet, "审核结果", subject, breakdown, &summary, &columns)?;
    for ((row, number), finding) in (4u32..).zip(1u32..).zip(findings) {
        let indicator = finding
            .indicator
            .and_then(|id| breakdown.indicator(id))
            .map(|i| format!("{} {}", i.number, i.label));
        let message = match finding.caused_by {
            Some(cause) => format!("{}（由第 {cause} 条引起）", finding.message),
            None => finding.message.clone(),
        };
        let cells = [
            finding.tier.chinese().to_owned(),
            finding.code.to_string(),
            name(subject, finding.sheet),
            finding.range.map(|range| range.to_string()).unwrap_or_default(),
            indicator.unwrap_or_default(),
            finding.city.map(|city| breakdown.city(city).to_owned()).unwrap_or_default(),
            finding.found.clone(),
            finding.expected.clone().unwrap_or_default(),
            message,
            finding.answer.clone().unwrap_or_default(),
        ];
        put_row(sheet, (row, number), &cells, &columns, |column| match column {
            1 => tier_format(finding.tier),
            2 | 4 | 6 => style::centred(),
            _ => style::text(),
        })?;
    }
    if findings.is_empty() {
        sheet.put_across(4, (0, 10), "没有发现问题", &style::centred())?;
    }
    if let Some(sentence) = subject.off.sentence() {
        let below = u32::try_from(findings.len().max(1)).unwrap_or(u32::MAX / 2) + 4;
        put_note(sheet, below, 10, &sentence)?;
    }
    Ok(())
}

fn write_changes(
    sheet: &mut Worksheet,
    subject: &Subject,
    breakdown: &Breakdown,
    changes: &[Change],
) -> Result<(), ReportError> {
    let columns = [
        ("序号", 5.0),
        ("工作表", 14.0),
        ("单元格", 9.0),
        ("修改前", 20.0),
        ("修改后", 20.0),
        ("规则", 8.0),
        ("理由", 42.0),
        ("来源", 30.0),
    ];
    head(
        sheet,
        super::record::SHEET_NAME,
        subject,
        breakdown,
        &format!("共 {} 处修改", changes.len()),
        &columns,
    )?;
    for ((row, number), change) in (4u32..).zip(1u32..).zip(changes) {
        let (place, after) = match &change.edit {
            Edit::Set { cell, value, .. } => (cell.to_string(), value.shown()),
            Edit::InsertRow { row, cells, .. } => {
                let filled: Vec<String> = cells.iter().map(|(_, value)| value.shown()).collect();
                (format!("第 {} 行", row.saturating_add(1)), format!("插入一行：{}", filled.join("｜")))
            }
        };
        let sheet_name = name(subject, Some(change.edit.sheet()));
        let rule = change.origin.label().to_owned();
        let cells = [
            sheet_name,
            place,
            change.before.clone(),
            after,
            rule,
            change.reason.clone(),
            change.source.clone(),
        ];
        put_row(sheet, (row, number), &cells, &columns, |column| match column {
            2 | 5 => style::centred(),
            _ => style::text(),
        })?;
    }
    Ok(())
}

/// Puts a numbered line of a list into its row, as high as its longest text in its column.
fn put_row(
    sheet: &mut Worksheet,
    (row, number): (u32, u32),
    cells: &[String],
    columns: &[(&str, f64)],
    format: impl Fn(u16) -> Format,
) -> Result<(), ReportError> {
    sheet.write_number_with_format(row, 0, number, &style::centred())?;
    for (column, text) in (1u16..).zip(cells) {
        sheet.put(row, column, text, &format(column))?;
    }
    let texts = cells.iter().map(String::as_str).zip(columns.iter().skip(1).map(|column| column.1));
    sheet.set_row_height(row, style::row_height(texts))?;
    Ok(())
}

/// A line over the whole width, as high as it needs.
fn put_note(sheet: &mut Worksheet, row: u32, last: u16, text: &str) -> Result<(), ReportError> {
    sheet.put_across(row, (0, last), text, &style::line().set_text_wrap())?;
    sheet.set_row_height(row, style::row_height(std::iter::once((text, 150.0))))?;
    Ok(())
}

/// Title, the file and a summary, whose return it is, then the header, which stays in view.
fn head(
    sheet: &mut Worksheet,
    title: &str,
    subject: &Subject,
    breakdown: &Breakdown,
    summary: &str,
    columns: &[(&str, f64)],
) -> Result<(), ReportError> {
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(1);
    sheet.put_across(0, (0, last), title, &style::title())?;
    sheet.set_row_height(0, 32)?;
    sheet.put(1, 0, &format!("文件：{}", subject.file), &style::line())?;
    sheet.put(1, last, summary, &style::line().set_align(FormatAlign::Right))?;
    // By this a return that comes back under another name is known.
    sheet.put(2, 0, &identity(subject, breakdown), &style::line())?;
    for (column, (caption, width)) in (0u16..).zip(columns) {
        sheet.put(3, column, caption, &style::header())?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_row_height(3, 22)?;
    sheet.set_freeze_panes(4, 0)?;
    style::page(sheet, 3, 3)
}

fn identity(subject: &Subject, breakdown: &Breakdown) -> String {
    let mut words: Vec<(&str, String)> = Vec::new();
    if let Some(table) = subject.table {
        words.push((FORM, super::record::form_name(table.form).to_owned()));
        words.extend(table.identity.city().map(|city| (CITY, breakdown.city(city).to_owned())));
        words.extend(table.identity.period().map(|period| (PERIOD, period.to_string())));
    }
    words.extend(subject.sha256.map(|sha256| (FINGERPRINT, sha256.to_string())));
    words.into_iter().map(|(word, value)| format!("{word}：{value}")).collect::<Vec<_>>().join("　")
}

/// The tier is told by its word first; weight and colour only help.
fn tier_format(tier: Tier) -> Format {
    match tier {
        Tier::Error => style::centred().set_bold().set_font_color(Color::RGB(0xA6_1B_1B)),
        Tier::Warning => style::centred().set_font_color(Color::RGB(0x8A_5A_00)),
        Tier::Notice => style::centred(),
    }
}

fn name(subject: &Subject, sheet: Option<usize>) -> String {
    sheet.and_then(|sheet| subject.sheet_names.get(sheet)).cloned().unwrap_or_default()
}
