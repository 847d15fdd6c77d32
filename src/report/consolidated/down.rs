//! 汇总表 for many cities: cities down the page, an indicator after the other across.

use rust_xlsxwriter::{FormatAlign, Worksheet};

use super::across::{entry, signature};
use super::{
    ReportError, Words, address, column_number, float, put_rate, result, row_number, state, style, title,
};
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, Row};
use crate::model::{Decimal, total};

/// Title, state, two rows of header, then the cities.
const FIRST_ROW: u32 = 4;
/// 序号 and 市 stand before the indicators.
const FIRST_COLUMN: u16 = 2;
const BLOCK: u16 = 3;

pub(super) fn write(
    sheet: &mut Worksheet,
    consolidation: &Consolidation,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let header = style::header();
    let last = block(consolidation.rows.len()) - 1;
    let bottom = FIRST_ROW + row_number(consolidation.cities.len());
    sheet.put_across(0, (0, last), &title(breakdown), &style::title())?;
    sheet.set_row_height(0, 40)?;
    sheet.put(1, 0, &format!("报告期：{}", consolidation.period.chinese()), &style::line())?;
    sheet.put(1, last, &state(consolidation, breakdown), &style::line().set_align(FormatAlign::Right))?;
    for (column, caption) in [(0, "序号"), (1, "市")] {
        sheet.merge_range(2, column, 3, column, caption, &header)?;
    }
    for (index, line) in consolidation.rows.iter().enumerate() {
        let column = block(index);
        let caption = breakdown
            .indicator(line.indicator)
            .map(|found| format!("{} {}（{}）", found.number, found.label, found.unit))
            .unwrap_or_default();
        sheet.put_across(2, (column, column + 2), &caption, &header)?;
        for (offset, caption) in (0u16..).zip(["目标", "完成", "完成率"]) {
            sheet.put(3, column + offset, caption, &header)?;
        }
        for (row, one) in (FIRST_ROW..).zip(&line.entries) {
            entry(sheet, (row, column), one, consolidation)?;
        }
        zone(sheet, (bottom, column), line, breakdown)?;
        sheet.add_conditional_format(FIRST_ROW, column + 2, bottom, column + 2, &style::rate_bar())?;
    }
    for ((row, serial), city) in (FIRST_ROW..).zip(1u32..).zip(&consolidation.cities) {
        sheet.write_number_with_format(row, 0, serial, &style::centred())?;
        sheet.put(row, 1, breakdown.city(*city), &style::text())?;
    }
    let filled = style::centred().set_background_color(style::TOTAL_FILL);
    sheet.put(bottom, 0, "", &filled)?;
    sheet.put(bottom, 1, "合计", &filled)?;
    let note =
        "注：“/”为不适用，空白为未报送或未计入；合计只计已采用的市。完成数可点击，跳到“数据来源”中的对应行。";
    sheet.put_across(bottom + 1, (0, last), note, &style::line().set_font_size(9))?;
    signature(sheet, bottom + 2, last)?;
    sheet.set_row_height(2, 48)?.set_row_height(3, 25)?;
    sheet.set_column_width(0, 6)?.set_column_width(1, 14)?;
    for column in FIRST_COLUMN..=last {
        sheet.set_column_width(column, 8)?;
    }
    sheet.set_freeze_panes(FIRST_ROW, FIRST_COLUMN)?;
    style::page(sheet, 2, 3)?;
    sheet.set_print_area(0, 0, bottom + 2, last)?;
    Ok(())
}

/// The zone's figures of an indicator, under those of the cities.
fn zone(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    line: &Row,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let rate = style::rate().set_background_color(style::TOTAL_FILL);
    if !breakdown.indicator(line.indicator).is_some_and(|found| found.adds_up()) {
        for offset in 0..BLOCK {
            sheet.put(
                row,
                column + offset,
                "/",
                &style::centred().set_background_color(style::TOTAL_FILL),
            )?;
        }
        return Ok(());
    }
    let number = |value: Decimal| style::number_of(value).set_background_color(style::TOTAL_FILL);
    let sum = |offset: u16| {
        format!("SUM({}:{})", address(FIRST_ROW, column + offset), address(row - 1, column + offset))
    };
    let targets: Vec<Decimal> = line.entries.iter().filter_map(|entry| entry.target).collect();
    let summed = total(&targets);
    if !targets.is_empty() && summed == line.zone.target {
        sheet.write_formula_with_format(row, column, result(&sum(0), summed), &number(summed))?;
    } else {
        sheet.write_number_with_format(row, column, float(line.zone.target), &number(line.zone.target))?;
    }
    match line.zone.done {
        Some(done) => {
            sheet.write_formula_with_format(row, column + 1, result(&sum(1), done), &number(done))?;
            let (done_at, target_at) = (address(row, column + 1), address(row, column));
            put_rate(sheet, (row, column + 2), (done, &done_at), (line.zone.target, &target_at), &rate)
        }
        None => {
            sheet.write_blank(row, column + 1, &rate)?;
            sheet.write_blank(row, column + 2, &rate)?;
            Ok(())
        }
    }
}

/// The first column of an indicator's block.
fn block(index: usize) -> u16 {
    FIRST_COLUMN.saturating_add(column_number(index.saturating_mul(usize::from(BLOCK))))
}
