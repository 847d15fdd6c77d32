//! The blank progress form of a city and a period: official text, units and targets in place, what is not applicable
//! locked, the rate as a formula, whole numbers only where figures are due.

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Formula, ProtectionOptions,
};

use crate::breakdown::{Breakdown, CityId};
use crate::model::Period;

use super::{ReportError, style};

const CAPTIONS: [(&str, f64); 8] = [
    ("序号", 6.0),
    ("指标内容", 44.0),
    ("计量单位", 9.0),
    ("目标值", 10.0),
    ("上期累计完成", 14.0),
    ("本期累计完成", 14.0),
    ("完成率", 10.0),
    ("情况说明", 30.0),
];

/// An .xlsx with one sheet 进展情况, protected without a password.
pub fn write(breakdown: &Breakdown, city: CityId, period: Period) -> Result<Vec<u8>, ReportError> {
    let mut workbook = style::workbook("进展情况表")?;
    let sheet = workbook.add_worksheet();
    sheet.set_name("进展情况")?;
    // The stored result of a rate that is not due yet is the empty text, not 0.
    sheet.set_formula_result_default("");
    let (font, title, head, centred, wrapped, number, rate) = (
        style::line(),
        style::title(),
        style::header(),
        style::centred(),
        style::text(),
        style::number(),
        style::rate(),
    );
    let open = number.clone().set_num_format("0").set_unlocked();
    let words = wrapped.clone().set_unlocked();

    for (column, (_, width)) in (0u16..).zip(CAPTIONS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.merge_range(0, 0, 0, 7, "成德绵国家科技成果转移转化示范区建设指标进展情况表", &title)?;
    sheet.set_row_height(0, 30)?;
    sheet.write_with_format(
        1,
        0,
        format!("填报单位：{}", breakdown.city(city)),
        &font.clone().set_unlocked(),
    )?;
    sheet.write_with_format(1, 6, format!("报告期：{}底", period.chinese()), &font)?;
    for (column, (caption, _)) in (0u16..).zip(CAPTIONS) {
        sheet.write_with_format(2, column, caption, &head)?;
    }
    let whole = DataValidation::new()
        .allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0))
        .set_error_title("请填整数")?
        .set_error_message("这里填累计完成的整数，不带单位、逗号和空格；没有进展填 0。")?
        .set_error_style(DataValidationErrorStyle::Stop);
    let mut row = 3u32;
    for (id, indicator) in breakdown.indicator_ids().zip(&breakdown.indicators) {
        sheet.write_with_format(row, 0, indicator.number, &centred)?;
        sheet.write_with_format(row, 1, indicator.label.as_str(), &wrapped)?;
        sheet.write_with_format(row, 2, indicator.unit.as_str(), &centred)?;
        match breakdown.target(id, city) {
            Some(target) => {
                sheet.write_with_format(row, 3, target.to_f64().unwrap_or_default(), &number)?;
                sheet.write_blank(row, 4, &open)?;
                sheet.write_blank(row, 5, &open)?;
                let formula = Formula::new(format!("IF(F{0}=\"\",\"\",F{0}/D{0})", row + 1));
                sheet.write_formula_with_format(row, 6, formula, &rate)?;
                sheet.add_data_validation(row, 4, row, 5, &whole)?;
            }
            None => {
                for column in 3..=6 {
                    sheet.write_with_format(row, column, "/", &centred)?;
                }
            }
        }
        sheet.write_blank(row, 7, &words)?;
        sheet.set_row_height(row, 24)?;
        row += 1;
    }
    for (column, text) in [(0u16, "填表人："), (2, "审核人："), (4, "单位负责人："), (6, "填报日期：")]
    {
        sheet.write_with_format(row + 1, column, text, &font.clone().set_unlocked())?;
    }
    style::page(sheet, 2, 2)?;
    sheet.set_freeze_panes(3, 2)?;
    sheet.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::default()
    });
    Ok(workbook.save_to_buffer()?)
}
