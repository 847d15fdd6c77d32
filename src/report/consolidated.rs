//! The consolidated workbook: 汇总表 with live formulas, 数据来源 with a row a number, 完整性, and 未纳入 where there
//! is any.

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, FormatAlign, Formula, Url, Workbook, Worksheet};

use super::{ReportError, style, style::Words};
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, Done, Entry, Row};
use crate::model::{CellRef, Decimal, column_letters, total};

const SUMMARY: &str = "汇总表";
const SOURCES: &str = "数据来源";
const COMPLETENESS: &str = "完整性";
const LEFT_OUT: &str = "未纳入";

const TITLE: &str = "成德绵国家科技成果转移转化示范区建设指标汇总表";
/// Rows of the summary: title, period, two of header, then the indicators.
const FIRST_ROW: u32 = 4;
/// 序号, 指标内容, 计量单位 stand before the cities.
const FIRST_COLUMN: u16 = 3;
/// Title and header of the other sheets.
const LIST_ROW: u32 = 2;
/// As long as a fingerprint is, in the smaller print it has.
const FINGERPRINT: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

/// Writes the workbook; formulas carry their results, so that every reader shows the same.
pub fn write(consolidation: &Consolidation, breakdown: &Breakdown) -> Result<Vec<u8>, ReportError> {
    let mut workbook = style::workbook(TITLE)?;
    write_summary(workbook.add_worksheet().set_name(SUMMARY)?, consolidation, breakdown)?;
    write_sources(&mut workbook, consolidation, breakdown)?;
    write_completeness(&mut workbook, consolidation, breakdown)?;
    if !consolidation.left_out.is_empty() {
        write_left_out(&mut workbook, consolidation, breakdown)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn write_summary(
    sheet: &mut Worksheet,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let blocks = consolidation.cities.len() + 1;
    let last = block_column(blocks);
    let header = style::header();
    sheet.put_across(0, (0, last), TITLE, &style::title())?;
    sheet.set_row_height(0, 40)?;
    let period = format!("报告期：{}", consolidation.period.chinese());
    sheet.put(1, 0, &period, &style::line())?;
    sheet.put(1, last, &state(consolidation), &style::line().set_align(FormatAlign::Right))?;
    sheet.set_row_height(1, 22)?;

    for (column, caption) in [(0, "序号"), (1, "指标内容"), (2, "计量单位"), (last, "备注")] {
        sheet.merge_range(2, column, 3, column, caption, &header)?;
    }
    let captions = consolidation.cities.iter().map(|city| breakdown.city(*city)).chain(["合计"]);
    for (block, caption) in captions.enumerate() {
        let column = block_column(block);
        sheet.put_across(2, (column, column + 2), caption, &header)?;
        for (offset, caption) in (0u16..).zip(["目标", "完成", "完成率"]) {
            sheet.put(3, column + offset, caption, &header)?;
        }
    }
    sheet.set_row_height(2, 25)?.set_row_height(3, 25)?;

    for (row, line) in (FIRST_ROW..).zip(&consolidation.rows) {
        write_indicator(sheet, row, line, consolidation, breakdown)?;
    }
    let end = FIRST_ROW + u32::try_from(consolidation.rows.len()).unwrap_or(0);
    let note = "注：“/”为不适用，空白为未报送；合计只计已报送的市，备注中注明缺哪些市。\
                完成数可点击，跳到“数据来源”中的对应行。";
    sheet.put_across(end, (0, last), note, &style::line().set_font_size(9).set_text_wrap())?;
    sheet.set_row_height(end, 18)?;
    let signature = "填报人：　　　　　　　　　　审核人：　　　　　　　　　　\
                     负责人：　　　　　　　　　　填报日期：　　　　年　　月　　日";
    sheet.put_across(end + 1, (0, last), signature, &style::line())?;
    sheet.set_row_height(end + 1, 40)?;

    sheet.set_column_width(0, 5)?.set_column_width(1, 29)?.set_column_width(2, 6)?;
    for column in FIRST_COLUMN..last {
        sheet.set_column_width(column, if (column - FIRST_COLUMN) % 3 == 2 { 8.5 } else { 7.5 })?;
    }
    sheet.set_column_width(last, 13)?;
    sheet.set_freeze_panes(FIRST_ROW, FIRST_COLUMN)?;
    style::page(sheet, 2, 3)?;
    sheet.set_print_area(0, 0, end + 1, last)?;
    Ok(())
}

fn write_indicator(
    sheet: &mut Worksheet,
    row: u32,
    line: &Row,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let indicator = breakdown.indicator(line.indicator);
    let label = indicator.map(|found| found.label.as_str()).unwrap_or("");
    let unit = indicator.map(|found| found.unit.as_str()).unwrap_or("");
    sheet.set_row_height(row, 32)?;
    sheet.write_number_with_format(row, 0, indicator.map_or(0, |found| found.number), &style::centred())?;
    sheet.put(row, 1, label, &style::text())?;
    sheet.put(row, 2, unit, &style::centred())?;

    for (block, entry) in line.entries.iter().enumerate() {
        write_entry(sheet, row, block_column(block), entry)?;
    }

    let zone = block_column(line.entries.len());
    let number = style::number().set_background_color(style::TOTAL_FILL);
    let rate = style::rate().set_background_color(style::TOTAL_FILL);
    let targets: Vec<Decimal> = line.entries.iter().filter_map(|entry| entry.target).collect();
    let summed = total(&targets);
    if !targets.is_empty() && summed == line.zone.target {
        let formula = sum_of(row, line.entries.len(), 0);
        sheet.write_formula_with_format(row, zone, result(&formula, summed), &number)?;
    } else {
        // The official total is no sum of the cities' targets, as in “超过”.
        sheet.write_number_with_format(row, zone, float(line.zone.target), &number)?;
    }
    match line.zone.done {
        Some(done) => {
            let formula = sum_of(row, line.entries.len(), 1);
            sheet.write_formula_with_format(row, zone + 1, result(&formula, done), &number)?;
            write_rate(sheet, row, zone + 2, done, line.zone.target, &rate)?;
        }
        None => {
            sheet.write_blank(row, zone + 1, &number)?;
            sheet.write_blank(row, zone + 2, &rate)?;
        }
    }
    let lacking: Vec<&str> = line.zone.lacking.iter().map(|city| breakdown.city(*city)).collect();
    let remark = match lacking.as_slice() {
        [] => String::new(),
        cities => format!("合计不全：缺{}", cities.join("、")),
    };
    let column = block_column(consolidation.cities.len() + 1);
    sheet.put(row, column, &remark, &style::text().set_font_size(9))?;
    Ok(())
}

fn write_entry(sheet: &mut Worksheet, row: u32, column: u16, entry: &Entry) -> Result<(), ReportError> {
    let (number, rate) = (style::number(), style::rate());
    let Some(target) = entry.target else {
        for offset in 0..3 {
            sheet.put(row, column + offset, "/", &style::centred())?;
        }
        return Ok(());
    };
    sheet.write_number_with_format(row, column, float(target), &number)?;
    match entry.done {
        Done::Figure { value, source } => {
            let place = CellRef::new(LIST_ROW + u32::try_from(source).unwrap_or(0), 0);
            let link = Url::new(format!("internal:'{SOURCES}'!{place}")).set_tip("查看来源");
            sheet.write_url_with_format(row, column + 1, link, &number)?;
            // The link stays with the cell; the number replaces its text.
            sheet.write_number_with_format(row, column + 1, float(value), &number)?;
            write_rate(sheet, row, column + 2, value, target, &rate)?;
        }
        Done::NotReported | Done::NotApplicable => {
            sheet.write_blank(row, column + 1, &number)?;
            sheet.write_blank(row, column + 2, &rate)?;
        }
    }
    Ok(())
}

/// 完成 ÷ 目标, from the two cells to the left.
fn write_rate(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    done: Decimal,
    target: Decimal,
    format: &Format,
) -> Result<(), ReportError> {
    match done.checked_div(target) {
        Some(rate) => {
            let formula = format!("{}/{}", address(row, column - 1), address(row, column - 2));
            sheet.write_formula_with_format(row, column, result(&formula, rate), format)?;
        }
        None => {
            sheet.write_blank(row, column, format)?;
        }
    }
    Ok(())
}

fn write_sources(
    workbook: &mut Workbook,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = [
        ("市", 9.0),
        ("报告期", 11.0),
        ("指标", 36.0),
        ("文件", 28.0),
        ("工作表", 14.0),
        ("单元格", 8.0),
        ("原文", 12.0),
        ("数值", 10.0),
        ("文件指纹 SHA-256", 34.0),
    ];
    let sheet = list_sheet(workbook, SOURCES, "数据来源：每个数字出自哪个文件的哪一格", &columns)?;
    for (row, source) in (LIST_ROW..).zip(&consolidation.sources) {
        let label = breakdown
            .indicator(source.indicator)
            .map(|found| format!("{} {}", found.number, found.label))
            .unwrap_or_default();
        sheet.put(row, 0, breakdown.city(source.city), &style::centred())?;
        sheet.put(row, 1, &consolidation.period.chinese(), &style::centred())?;
        sheet.put(row, 2, &label, &style::text())?;
        sheet.put(row, 3, &source.file, &style::text())?;
        sheet.put(row, 4, &source.sheet, &style::text())?;
        sheet.put(row, 5, &source.cell.to_string(), &style::centred())?;
        sheet.put(row, 6, &source.raw, &style::text())?;
        sheet.write_number_with_format(row, 7, float(source.value), &style::number())?;
        sheet.put(row, 8, &source.sha256.to_string(), &style::text().set_font_size(8))?;
        let long = [
            (label.as_str(), 36.0),
            (&source.file, 28.0),
            (&source.sheet, 14.0),
            (&source.raw, 12.0),
            (FINGERPRINT, 34.0),
        ];
        sheet.set_row_height(row, style::row_height(long.into_iter()))?;
    }
    if let Ok(count @ 1..) = u32::try_from(consolidation.sources.len()) {
        sheet.autofilter(LIST_ROW - 1, 0, LIST_ROW - 1 + count, 8)?;
    }
    Ok(())
}

fn write_completeness(
    workbook: &mut Workbook,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = [
        ("文件", 32.0),
        ("工作表", 16.0),
        ("市", 9.0),
        ("报告期", 11.0),
        ("处理", 9.0),
        ("原因", 48.0),
        ("文件指纹 SHA-256", 34.0),
    ];
    let sheet = list_sheet(workbook, COMPLETENESS, "完整性：收到的每份报表如何处理", &columns)?;
    let mut row = LIST_ROW;
    let mut put = |row: u32, cells: [&str; 7]| -> Result<(), ReportError> {
        for (column, text) in (0u16..).zip(cells) {
            let format = match column {
                2..=4 => style::centred(),
                6 => style::text().set_font_size(8),
                _ => style::text(),
            };
            sheet.put(row, column, text, &format)?;
        }
        sheet.set_row_height(
            row,
            style::row_height(cells.into_iter().zip(columns.iter().map(|column| column.1))),
        )?;
        Ok(())
    };
    for used in &consolidation.used {
        let (period, hash) = (consolidation.period.chinese(), used.sha256.to_string());
        put(row, [&used.file, &used.sheet, breakdown.city(used.city), &period, "采用", "", &hash])?;
        row += 1;
    }
    for out in &consolidation.kept_out {
        let (period, hash, why) =
            (out.period.chinese(), out.sha256.to_string(), format!("{} {}", out.why.rule().code, out.why));
        put(row, [&out.file, &out.sheet, breakdown.city(out.city), &period, "未采用", &why, &hash])?;
        row += 1;
    }
    for file in &consolidation.not_returns {
        let hash = file.sha256.map(|hash| hash.to_string()).unwrap_or_default();
        put(row, [&file.file, "", "", "", "未采用", &file.why, &hash])?;
        row += 1;
    }
    for city in &consolidation.missing {
        let period = consolidation.period.chinese();
        put(row, ["（无）", "", breakdown.city(*city), &period, "缺报", "没有报送，请催报", ""])?;
        row += 1;
    }
    let account = consolidation.account;
    let lines = [
        format!(
            "报表：收到 {} 份，采用 {} 份，未采用 {} 份。",
            account.returns, account.used, account.kept_out
        ),
        format!(
            "数字：收到 {} 个，采用 {} 个，采用的报表中未纳入 {} 个，未采用的报表中 {} 个。",
            account.cells, account.cells_used, account.cells_left_out, account.cells_kept_out
        ),
    ];
    let others = consolidation.not_returns.len();
    let others = (others > 0).then(|| format!("另有 {others} 个文件不能当作进展情况表汇总，原因见上。"));
    row += 1;
    let remarks = consolidation
        .remarks
        .iter()
        .map(|remark| format!("[{} {}] {}", remark.code, remark.tier.chinese(), remark.message));
    for line in lines.into_iter().chain(others).chain(remarks) {
        sheet.put_across(row, (0, 6), &line, &style::line().set_text_wrap())?;
        sheet.set_row_height(row, style::row_height(std::iter::once((line.as_str(), 150.0))))?;
        row += 1;
    }
    Ok(())
}

fn write_left_out(
    workbook: &mut Workbook,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = [
        ("文件", 32.0),
        ("工作表", 16.0),
        ("单元格", 9.0),
        ("市", 9.0),
        ("指标", 38.0),
        ("原文", 12.0),
        ("原因", 40.0),
    ];
    let sheet = list_sheet(workbook, LEFT_OUT, "未纳入：采用的报表中没有计入汇总的内容", &columns)?;
    for (row, left) in (LIST_ROW..).zip(&consolidation.left_out) {
        let label = breakdown
            .indicator(left.indicator)
            .map(|found| format!("{} {}", found.number, found.label))
            .unwrap_or_default();
        let (cell, why) = (left.cell.to_string(), left.why.to_string());
        let cells =
            [left.file.as_str(), &left.sheet, &cell, breakdown.city(left.city), &label, &left.raw, &why];
        for (column, text) in (0u16..).zip(cells) {
            sheet.put(
                row,
                column,
                text,
                &if matches!(column, 2 | 3) { style::centred() } else { style::text() },
            )?;
        }
        sheet.set_row_height(
            row,
            style::row_height(cells.into_iter().zip(columns.iter().map(|column| column.1))),
        )?;
    }
    Ok(())
}

/// A sheet with a title, a header that stays in view, and rows from [`LIST_ROW`] on.
fn list_sheet<'a>(
    workbook: &'a mut Workbook,
    name: &str,
    title: &str,
    columns: &[(&str, f64)],
) -> Result<&'a mut Worksheet, ReportError> {
    let sheet = workbook.add_worksheet().set_name(name)?;
    let left = style::title().set_font_size(14).set_align(FormatAlign::Left).unset_text_wrap();
    sheet.put(0, 0, title, &left)?;
    sheet.set_row_height(0, 28)?;
    for (column, (caption, width)) in (0u16..).zip(columns) {
        sheet.put(1, column, caption, &style::header())?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_row_height(1, 22)?;
    sheet.set_freeze_panes(LIST_ROW, 0)?;
    style::page(sheet, 1, 1)?;
    Ok(sheet)
}

/// What the summary says of itself under the title.
fn state(consolidation: &Consolidation) -> String {
    let used = consolidation.used.len();
    let all = consolidation.cities.len();
    if used == all {
        format!("{all} 个市均已报送")
    } else {
        format!("{all} 个市中 {used} 个已报送，合计不全")
    }
}

fn block_column(block: usize) -> u16 {
    FIRST_COLUMN.saturating_add(u16::try_from(block.saturating_mul(3)).unwrap_or(u16::MAX / 2))
}

fn address(row: u32, column: u16) -> String {
    CellRef::new(row, u32::from(column)).to_string()
}

/// The sum of one column of each city's block.
fn sum_of(row: u32, cities: usize, offset: u16) -> String {
    let cells: Vec<String> = (0..cities)
        .map(|block| format!("{}{}", column_letters(u32::from(block_column(block) + offset)), row + 1))
        .collect();
    format!("SUM({})", cells.join(","))
}

fn result(formula: &str, value: Decimal) -> Formula {
    Formula::new(formula).set_result(float(value).to_string())
}

fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}
