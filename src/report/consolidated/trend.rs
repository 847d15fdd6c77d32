//! 趋势: each indicator period by period, in each city and over the zone, with what came in since the period before.

use rust_xlsxwriter::{Workbook, Worksheet};

use super::{ReportError, TREND, Words, address, column_number, float, result, row_number, style, title};
use crate::breakdown::Breakdown;
use crate::consolidate::{Series, Stage};

/// Title, a line, two rows of header, then a row for each indicator and period.
pub(super) const FIRST_ROW: u32 = 4;
/// 序号, 指标内容, 计量单位, 报告期 stand before the figures.
const FIRST_COLUMN: u16 = 4;
pub(super) const PERIOD: u16 = 3;

/// The columns after the cities'.
pub(super) struct Columns {
    cities: u16,
}

impl Columns {
    pub(super) fn of(series: &Series) -> Self {
        Self { cities: column_number(series.latest.cities.len()) }
    }

    const fn city(&self, at: u16) -> u16 {
        FIRST_COLUMN.saturating_add(at.saturating_mul(2))
    }

    /// 完成 of the zone; what came in since stands beside it.
    pub(super) const fn zone(&self) -> u16 {
        self.city(self.cities)
    }

    /// The zone's target at the end of the plan.
    pub(super) const fn target(&self) -> u16 {
        self.zone().saturating_add(2)
    }
}

pub(super) fn write(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = Columns::of(series);
    let sheet = workbook.add_worksheet().set_name(TREND)?;
    let (header, last) = (style::header(), columns.target());
    sheet.put_across(0, (0, last), &title(breakdown).replace("汇总表", "趋势"), &style::title())?;
    sheet.set_row_height(0, 36)?;
    let line = "累计完成数；“增加”为比表中上一期增加。缺一市时该期合计不列，以免与前后期不可比。";
    sheet.put(1, 0, line, &style::line().set_font_size(9))?;
    for (column, caption) in
        [(0, "序号"), (1, "指标内容"), (2, "计量单位"), (PERIOD, "报告期"), (last, "总目标")]
    {
        sheet.merge_range(2, column, 3, column, caption, &header)?;
    }
    let names = series.latest.cities.iter().map(|city| breakdown.city(*city)).chain(["合计"]);
    for (at, name) in (0u16..).zip(names) {
        let column = columns.city(at);
        sheet.put_across(2, (column, column + 1), name, &header)?;
        sheet.put(3, column, "累计完成", &header)?;
        sheet.put(3, column + 1, "增加", &header)?;
    }
    let mut row = FIRST_ROW;
    for line in &series.latest.rows {
        let cities = line.entries.iter().map(|entry| Some(entry.city)).chain([None]);
        let blocks: Vec<Vec<Stage>> = cities.map(|city| series.stages(line.indicator, city)).collect();
        let found = breakdown.indicator(line.indicator);
        let count = row_number(series.earlier.len() + 1);
        let captions =
            [(1, found.map_or("", |f| f.label.as_str())), (2, found.map_or("", |f| f.unit.as_str()))];
        sheet.merge_range(row, 0, row + count - 1, 0, "", &style::centred())?;
        sheet.write_number_with_format(row, 0, found.map_or(0, |f| f.number), &style::centred())?;
        for (column, caption) in captions {
            sheet.merge_range(row, column, row + count - 1, column, caption, &style::text())?;
        }
        for (at, one) in (row..).zip(series.periods()) {
            sheet.put(at, PERIOD, &one.period.chinese(), &style::centred())?;
            let target = found.filter(|found| found.adds_up()).map(|found| found.total);
            match target {
                Some(target) => {
                    sheet.write_number_with_format(at, last, float(target), &style::number_of(target))?
                }
                None => sheet.write_blank(at, last, &style::number())?,
            };
        }
        for (at, stages) in (0u16..).zip(&blocks) {
            write_stages(sheet, row, columns.city(at), stages)?;
        }
        row += count;
    }
    sheet.set_column_width(0, 5)?.set_column_width(1, 32)?.set_column_width(2, 7)?.set_column_width(3, 11)?;
    for column in FIRST_COLUMN..=last {
        sheet.set_column_width(column, 9)?;
    }
    sheet.set_row_height(2, 22)?.set_row_height(3, 22)?;
    sheet.set_freeze_panes(FIRST_ROW, FIRST_COLUMN)?;
    style::page(sheet, 2, 3)?;
    Ok(())
}

fn write_stages(sheet: &mut Worksheet, top: u32, column: u16, stages: &[Stage]) -> Result<(), ReportError> {
    for (row, stage) in (top..).zip(stages) {
        match stage.done {
            Some(done) => {
                sheet.write_number_with_format(row, column, float(done), &style::number_of(done))?
            }
            None => sheet.write_blank(row, column, &style::number())?,
        };
        match stage.change {
            Some(change) => {
                let formula = format!("{}-{}", address(row, column), address(row - 1, column));
                let format = style::number_of(change);
                sheet.write_formula_with_format(row, column + 1, result(&formula, change), &format)?
            }
            None => sheet.write_blank(row, column + 1, &style::number())?,
        };
    }
    Ok(())
}
