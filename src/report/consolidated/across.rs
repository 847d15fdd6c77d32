//! 汇总表 in the official layout: indicators down, cities across, the zone last.

use rust_xlsxwriter::{Format, FormatAlign, Note, Url, Worksheet};

use super::{
    ReportError, SOURCES, TOOL, Words, address, column_number, float, open_at, put_rate, result, row_number,
    state, style, title,
};
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, Done, Entry, Row};
use crate::model::{CellRef, Decimal, column_letters, total};

/// Rows of the summary: title, period, two of header, then the indicators.
pub(super) const FIRST_ROW: u32 = 4;
/// 序号, 指标内容, 计量单位 stand before the cities.
const FIRST_COLUMN: u16 = 3;
/// 目标, 完成, 完成率.
const BLOCK: u16 = 3;

/// Where the columns stand.
pub(super) struct Columns {
    cities: u16,
    /// Whether a city lacks: then the zone has a rate over the targets of those that are there, and one over the whole.
    partial: bool,
}

impl Columns {
    pub(super) fn of(consolidation: &Consolidation) -> Self {
        let partial = consolidation.rows.iter().any(|row| !row.zone.lacking.is_empty());
        Self { cities: column_number(consolidation.cities.len()), partial }
    }

    /// The first column of a city's block.
    const fn city(&self, block: u16) -> u16 {
        FIRST_COLUMN.saturating_add(block.saturating_mul(BLOCK))
    }

    /// 完成率 of a city.
    pub(super) const fn rate(&self, block: u16) -> u16 {
        self.city(block).saturating_add(2)
    }

    const fn zone(&self) -> u16 {
        self.city(self.cities)
    }

    const fn remark(&self) -> u16 {
        self.zone().saturating_add(if self.partial { 4 } else { 3 })
    }

    /// Cells of a row in one column of each city's block.
    fn over_cities(&self, row: u32, offset: u16, of: impl Fn(usize) -> bool) -> String {
        let cells: Vec<String> = (0..self.cities)
            .filter(|block| of(usize::from(*block)))
            .map(|block| format!("{}{}", column_letters(u32::from(self.city(block) + offset)), row + 1))
            .collect();
        format!("SUM({})", cells.join(","))
    }
}

pub(super) fn write(
    sheet: &mut Worksheet,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = Columns::of(consolidation);
    let last = columns.remark();
    head(sheet, consolidation, breakdown, &columns)?;
    for (row, line) in (FIRST_ROW..).zip(&consolidation.rows) {
        indicator(sheet, row, line, consolidation, breakdown, &columns)?;
    }
    let end = FIRST_ROW + row_number(consolidation.rows.len());
    if let Some(bottom) = end.checked_sub(1).filter(|bottom| *bottom >= FIRST_ROW) {
        for block in 0..=columns.cities {
            let column = columns.rate(block);
            sheet.add_conditional_format(FIRST_ROW, column, bottom, column, &style::rate_bar())?;
        }
    }
    let note = "注：“/”为不适用，空白为未报送或未计入；合计只计已采用的市，备注中注明缺哪些市。\
                完成数可点击，跳到“数据来源”中的对应行；黄底为有未说明的警示，见“问题清单”。";
    sheet.put_across(end, (0, last), note, &style::line().set_font_size(9).set_text_wrap())?;
    sheet.set_row_height(end, 28)?;
    signature(sheet, end + 1, last)?;

    sheet.set_column_width(0, 5)?.set_column_width(1, 29)?.set_column_width(2, 6)?;
    for column in FIRST_COLUMN..last {
        let is_rate = (column - FIRST_COLUMN) % BLOCK == 2 || column > columns.zone() + 1;
        sheet.set_column_width(column, if is_rate { 8.5 } else { 7.5 })?;
    }
    if columns.partial {
        sheet.set_column_width(columns.zone() + 2, 12)?;
    }
    sheet.set_column_width(last, 15)?;
    sheet.set_freeze_panes(FIRST_ROW, FIRST_COLUMN)?;
    style::page(sheet, 2, 3)?;
    sheet.set_print_area(0, 0, end + 1, last)?;
    Ok(())
}

/// The line to sign on.
pub(super) fn signature(sheet: &mut Worksheet, row: u32, last: u16) -> Result<(), ReportError> {
    let (blank, date) = ("　".repeat(10), "　　　　年　　月　　日");
    let line = format!("填报人：{blank}审核人：{blank}负责人：{blank}填报日期：{date}");
    sheet.put_across(row, (0, last), &line, &style::line())?;
    sheet.set_row_height(row, 40)?;
    Ok(())
}

fn head(
    sheet: &mut Worksheet,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
    columns: &Columns,
) -> Result<(), ReportError> {
    let (header, last) = (style::header(), columns.remark());
    sheet.put_across(0, (0, last), &title(breakdown), &style::title())?;
    sheet.set_row_height(0, 40)?;
    sheet.put(1, 0, &format!("报告期：{}", consolidation.period.chinese()), &style::line())?;
    sheet.put(1, last, &state(consolidation, breakdown), &style::line().set_align(FormatAlign::Right))?;
    sheet.set_row_height(1, 22)?;
    for (column, caption) in [(0, "序号"), (1, "指标内容"), (2, "计量单位"), (last, "备注")] {
        sheet.merge_range(2, column, 3, column, caption, &header)?;
    }
    for (block, city) in (0u16..).zip(&consolidation.cities) {
        let column = columns.city(block);
        sheet.put_across(2, (column, column + 2), breakdown.city(*city), &header)?;
        for (offset, caption) in (0u16..).zip(["目标", "完成", "完成率"]) {
            sheet.put(3, column + offset, caption, &header)?;
        }
    }
    let zone = columns.zone();
    sheet.put_across(2, (zone, last - 1), "合计", &header)?;
    let captions: &[&str] = if columns.partial {
        &["目标", "完成", "已报市完成率", "占总目标"]
    } else {
        &["目标", "完成", "完成率"]
    };
    for (column, caption) in (zone..).zip(captions) {
        sheet.put(3, column, caption, &header)?;
    }
    sheet.set_row_height(2, 25)?.set_row_height(3, if columns.partial { 36 } else { 25 })?;
    Ok(())
}

fn indicator(
    sheet: &mut Worksheet,
    row: u32,
    line: &Row,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
    columns: &Columns,
) -> Result<(), ReportError> {
    let found = breakdown.indicator(line.indicator);
    sheet.set_row_height(row, 32)?;
    sheet.write_number_with_format(row, 0, found.map_or(0, |found| found.number), &style::centred())?;
    sheet.put(row, 1, found.map_or("", |found| found.label.as_str()), &style::text())?;
    sheet.put(row, 2, found.map_or("", |found| found.unit.as_str()), &style::centred())?;
    for (block, entry) in (0u16..).zip(&line.entries) {
        self::entry(sheet, (row, columns.city(block)), entry, consolidation)?;
    }
    if found.is_some_and(|found| found.adds_up()) {
        zone(sheet, row, line, columns)?;
    } else {
        for column in columns.zone()..columns.remark() {
            sheet.put(row, column, "/", &style::centred().set_background_color(style::TOTAL_FILL))?;
        }
    }
    let lacking: Vec<&str> = line.zone.lacking.iter().map(|city| breakdown.city(*city)).collect();
    let remark = match lacking.as_slice() {
        _ if !found.is_some_and(|found| found.adds_up()) => "百分比不相加".to_owned(),
        [] => String::new(),
        cities => format!("合计不全：缺{}", cities.join("、")),
    };
    sheet.put(row, columns.remark(), &remark, &style::text().set_font_size(9))?;
    Ok(())
}

/// 目标, 完成 and 完成率 of the whole zone.
fn zone(sheet: &mut Worksheet, row: u32, line: &Row, columns: &Columns) -> Result<(), ReportError> {
    let zone = columns.zone();
    let fill = |format: Format| format.set_background_color(style::TOTAL_FILL);
    let rate = fill(style::rate());
    let targets: Vec<Decimal> = line.entries.iter().filter_map(|entry| entry.target).collect();
    let summed = total(&targets);
    if !targets.is_empty() && summed == line.zone.target {
        let formula = result(&columns.over_cities(row, 0, |_| true), summed);
        sheet.write_formula_with_format(row, zone, formula, &fill(style::number_of(summed)))?;
    } else {
        // The official total is no sum of the cities' targets, as in “超过”.
        let number = fill(style::number_of(line.zone.target));
        sheet.write_number_with_format(row, zone, float(line.zone.target), &number)?;
    }
    let Some(done) = line.zone.done else {
        for column in zone + 1..columns.remark() {
            sheet.write_blank(row, column, &rate)?;
        }
        return Ok(());
    };
    let formula = result(&columns.over_cities(row, 1, |_| true), done);
    sheet.write_formula_with_format(row, zone + 1, formula, &fill(style::number_of(done)))?;
    let done_at = address(row, zone + 1);
    let over_all = |sheet: &mut Worksheet, column: u16| {
        put_rate(sheet, (row, column), (done, &done_at), (line.zone.target, &address(row, zone)), &rate)
    };
    if !columns.partial || line.zone.lacking.is_empty() {
        over_all(sheet, zone + 2)?;
    } else {
        let is_in = |block: usize| {
            line.entries.get(block).is_some_and(|entry| matches!(entry.done, Done::Figure { .. }))
        };
        let present: Vec<Decimal> = line
            .entries
            .iter()
            .filter(|entry| matches!(entry.done, Done::Figure { .. }))
            .filter_map(|entry| entry.target)
            .collect();
        let target_at = columns.over_cities(row, 0, is_in);
        put_rate(sheet, (row, zone + 2), (done, &done_at), (total(&present), &target_at), &rate)?;
    }
    if columns.partial {
        over_all(sheet, zone + 3)?;
    }
    Ok(())
}

/// 目标, 完成 and 完成率 of a city.
pub(super) fn entry(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    entry: &Entry,
    consolidation: &Consolidation,
) -> Result<(), ReportError> {
    let rate = style::rate();
    let Some(target) = entry.target else {
        for offset in 0..BLOCK {
            sheet.put(row, column + offset, "/", &style::centred())?;
        }
        return Ok(());
    };
    sheet.write_number_with_format(row, column, float(target), &style::number_of(target))?;
    let Done::Figure { value, source } = entry.done else {
        sheet.write_blank(row, column + 1, &style::number())?;
        sheet.write_blank(row, column + 2, &rate)?;
        return Ok(());
    };
    let mut number = style::number_of(value);
    let from = consolidation.sources.get(source);
    let open = from.map(|from| open_at(consolidation, from)).unwrap_or_default();
    if !open.is_empty() {
        number = number.set_background_color(style::CAUTION_FILL);
        let lines: Vec<String> =
            open.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect();
        let note =
            Note::new(crate::model::visible(&lines.join("\n"))).set_author(TOOL).add_author_prefix(false);
        sheet.insert_note(row, column + 1, &note.set_width(260).set_height(90))?;
    }
    let place = CellRef::new(super::LIST_ROW + row_number(source), 0);
    let link = Url::new(format!("internal:'{SOURCES}'!{place}")).set_tip("查看来源");
    sheet.write_url_with_format(row, column + 1, link, &number)?;
    // The link stays with the cell; the number replaces its text.
    sheet.write_number_with_format(row, column + 1, float(value), &number)?;
    let (done_at, target_at) = (address(row, column + 1), address(row, column));
    put_rate(sheet, (row, column + 2), (value, &done_at), (target, &target_at), &rate)
}
