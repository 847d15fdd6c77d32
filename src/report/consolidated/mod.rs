//! The consolidated workbook: 汇总表 with live formulas, 图表 and 趋势 over it, 情况说明, 问题清单, 催报, and where
//! every number comes from: 数据来源, 完整性, 未计入 and 长表;
//! where 区县 report, 区县 beside their city.

mod across;
mod charts;
mod completeness;
mod districts;
mod down;
pub mod links;
mod lists;
mod long;
mod sources;
mod trend;

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, FormatAlign, Formula, Workbook, Worksheet};

use super::{ReportError, style, style::Words};
use crate::breakdown::{Breakdown, Indicator, IndicatorId};
use crate::consolidate::{Consolidation, Problem, Series, Source};
use crate::model::{CellRef, Decimal};

const SUMMARY: &str = "汇总表";
const CHARTS: &str = "图表";
const TREND: &str = "趋势";
const NOTES: &str = "情况说明";
const PROBLEMS: &str = "问题清单";
const BOARD: &str = "催报";
const SOURCES: &str = "数据来源";
const COMPLETENESS: &str = "完整性";
const LEFT_OUT: &str = "未计入";
const LONG: &str = "长表";
const DISTRICTS: &str = "区县";

/// More cities than these stand below each other, each with a row; fewer stand side by side as in the official table.
const ACROSS: usize = 6;
/// Title and header of the list sheets.
const LIST_ROW: u32 = 2;
/// As long as a fingerprint is, in the smaller print it has.
const FINGERPRINT: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
/// Author of the notes in cells.
const TOOL: &str = "指标校核助手";

/// Writes the workbook; formulas carry their results, so that every reader shows the same.
pub fn write(series: &Series, breakdown: &Breakdown) -> Result<Vec<u8>, ReportError> {
    write_as_asked(series, breakdown, &Asked::default())
}

/// What the user asks of the workbook.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Where the files lie, seen from the workbook.
    pub links: links::Links,
    /// The sum of the 区县 where the city itself sent nothing.
    pub district_sums: bool,
}

/// As [`write`], as the user asks.
pub fn write_as_asked(series: &Series, breakdown: &Breakdown, asked: &Asked) -> Result<Vec<u8>, ReportError> {
    let mut workbook = style::workbook(&title(breakdown))?;
    let latest = &series.latest;
    let summary = workbook.add_worksheet().set_name(SUMMARY)?;
    if latest.cities.len() > ACROSS {
        down::write(summary, latest, breakdown)?;
    } else {
        across::write(summary, latest, breakdown)?;
        charts::write(&mut workbook, series, breakdown)?;
    }
    if !series.earlier.is_empty() {
        trend::write(&mut workbook, series, breakdown)?;
    }
    lists::notes(&mut workbook, series, breakdown)?;
    lists::problems(&mut workbook, series, breakdown)?;
    lists::board(&mut workbook, series, breakdown)?;
    if series.periods().any(|one| !one.districts.is_empty()) {
        districts::write(&mut workbook, series, breakdown, asked.district_sums)?;
    }
    sources::write(&mut workbook, series, breakdown, &asked.links)?;
    completeness::write(&mut workbook, series, breakdown)?;
    if series.periods().any(|one| !one.left_out.is_empty()) {
        completeness::left_out(&mut workbook, series, breakdown)?;
    }
    long::write(&mut workbook, series, breakdown)?;
    Ok(workbook.save_to_buffer()?)
}

fn title(breakdown: &Breakdown) -> String {
    let zone = breakdown.plan.as_ref().map_or("", |plan| plan.zone.as_str());
    format!("{zone}{}指标汇总表", if zone.is_empty() { "" } else { "建设" })
}

/// What the summary says of itself under the title.
fn state(consolidation: &Consolidation, breakdown: &Breakdown) -> String {
    let used = consolidation.used.len();
    let all = consolidation.cities.len();
    let open: usize = consolidation.used.iter().map(|used| used.open_problems().count()).sum();
    let mut parts: Vec<String> = consolidation.choice.words(breakdown).into_iter().collect();
    parts.push(if used == all {
        format!("{all} 个市均已报送")
    } else {
        format!("{all} 个市中 {used} 个已采用，合计不全")
    });
    if open > 0 {
        parts.push(format!("含 {open} 处未说明的警示"));
    }
    let lost = consolidation.lost().count();
    if lost > 0 {
        parts.push(format!("有 {lost} 个数未计入"));
    }
    parts.join("，")
}

/// The open 警示 at the cell of a number that was used.
fn open_at<'a>(consolidation: &'a Consolidation, source: &Source) -> Vec<&'a Problem> {
    let used = &consolidation.used;
    // By city, and of each one return.
    let used = used.binary_search_by_key(&source.city, |used| used.city).ok().and_then(|at| used.get(at));
    let at = |problem: &&Problem| problem.place.is_some_and(|place| place.contains(source.cell));
    used.map(|used| used.open_problems().filter(at).collect()).unwrap_or_default()
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

/// A row of texts, as high as the longest one needs in columns of these widths.
fn put_row<const COUNT: usize>(
    sheet: &mut Worksheet,
    row: u32,
    columns: &[(&str, f64); COUNT],
    cells: [&str; COUNT],
    format: impl Fn(u16) -> Format,
) -> Result<(), ReportError> {
    for (column, text) in (0u16..).zip(cells) {
        sheet.put(row, column, text, &format(column))?;
    }
    let widths = columns.iter().map(|column| column.1);
    sheet.set_row_height(row, style::row_height(cells.into_iter().zip(widths)))?;
    Ok(())
}

/// What a list says where it has nothing to say.
fn put_nothing(sheet: &mut Worksheet, last: u16, text: &str) -> Result<(), ReportError> {
    sheet.put_across(LIST_ROW, (0, last), text, &style::line())?;
    Ok(())
}

/// `7 转化…成果100项`.
fn numbered(breakdown: &Breakdown, id: IndicatorId) -> String {
    let name = |indicator: &Indicator| format!("{} {}", indicator.number, indicator.label);
    breakdown.indicator(id).map(name).unwrap_or_default()
}

fn unit(breakdown: &Breakdown, id: IndicatorId) -> &str {
    breakdown.indicator(id).map_or("", |indicator| indicator.unit.as_str())
}

/// 完成 ÷ 目标 as a live formula over two cells; blank where nothing can be divided.
fn put_rate(
    sheet: &mut Worksheet,
    at: (u32, u16),
    (done, done_at): (Decimal, &str),
    (target, target_at): (Decimal, &str),
    format: &Format,
) -> Result<(), ReportError> {
    match done.checked_div(target) {
        Some(rate) => {
            let formula = result(&format!("{done_at}/{target_at}"), rate);
            sheet.write_formula_with_format(at.0, at.1, formula, format)?;
        }
        None => {
            sheet.write_blank(at.0, at.1, format)?;
        }
    }
    Ok(())
}

fn address(row: u32, column: u16) -> String {
    CellRef::new(row, u32::from(column)).to_string()
}

fn result(formula: &str, value: Decimal) -> Formula {
    Formula::new(formula).set_result(float(value).to_string())
}

fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}

/// A number of things as a row or column of the sheet.
fn row_number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX / 2)
}

fn column_number(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX / 2)
}
