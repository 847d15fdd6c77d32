//! The blank progress form of a city and a period: official text, units and targets in place, what is not applicable
//! locked, the rate as a formula, whole numbers only where figures are due. And the blank breakdown form of all cities.

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Formula, ProtectionOptions, Workbook,
};

use crate::audit::{Reported, history};
use crate::breakdown::{Breakdown, CityId, Indicator, IndicatorId};
use crate::layout::FORM_SHEET;
use crate::model::{Decimal, Half, Period};

use super::style::Words;
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

/// The file's name: 成都市-2019年12月.xlsx.
pub fn file_name(breakdown: &Breakdown, city: CityId, period: Period) -> String {
    format!("{}-{}.xlsx", breakdown.city(city), period.chinese())
}

/// The forms of every one of these cities and periods, with their names; what was reported for the period before
/// stands in each.
pub fn forms(
    breakdown: &Breakdown,
    cities: &[CityId],
    periods: &[Period],
    reported: &[Reported],
) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let all = cities.iter().flat_map(|city| periods.iter().map(move |period| (*city, *period)));
    all.map(|(city, period)| {
        let before = history(reported, city, period).pop().filter(|(of, _)| *of == period.previous());
        // Of two that disagree neither is chosen.
        let last =
            before.and_then(|(_, known)| known.ok()).map(|one| one.figures.as_slice()).unwrap_or_default();
        Ok((file_name(breakdown, city, period), write(breakdown, city, period, last)?))
    })
    .collect()
}

/// An .xlsx with one sheet 进展情况, protected without a password. `last`: what the city reported for the period
/// before, by indicator; it stands in 上期累计完成 and may be changed.
pub fn write(
    breakdown: &Breakdown,
    city: CityId,
    period: Period,
    last: &[(IndicatorId, Option<Decimal>)],
) -> Result<Vec<u8>, ReportError> {
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
    let open = |indicator: &Indicator| {
        number.clone().set_num_format(if indicator.adds_up() { "0" } else { "0.##" }).set_unlocked()
    };
    let words = wrapped.clone().set_unlocked();

    for (column, (_, width)) in (0u16..).zip(CAPTIONS) {
        sheet.set_column_width(column, width)?;
    }
    let zone = breakdown.plan.as_ref().map_or("", |plan| plan.zone.as_str());
    let heading = format!("{zone}{}指标进展情况表", if zone.is_empty() { "" } else { "建设" });
    sheet.merge_range(0, 0, 0, 7, &heading, &title)?;
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
    let mut row = 3u32;
    for (id, indicator) in breakdown.indicator_ids().zip(&breakdown.indicators) {
        sheet.write_with_format(row, 0, indicator.number, &centred)?;
        sheet.write_with_format(row, 1, indicator.label.as_str(), &wrapped)?;
        sheet.write_with_format(row, 2, indicator.unit.as_str(), &centred)?;
        match breakdown.target(id, city) {
            Some(target) => {
                sheet.write_with_format(row, 3, target.to_f64().unwrap_or_default(), &number)?;
                let open = open(indicator);
                let before = last.iter().find(|(known, _)| *known == id).and_then(|(_, value)| *value);
                match before {
                    Some(before) => {
                        sheet.write_with_format(row, 4, before.to_f64().unwrap_or_default(), &open)?
                    }
                    None => sheet.write_blank(row, 4, &open)?,
                };
                sheet.write_blank(row, 5, &open)?;
                let formula = Formula::new(format!("IF(F{0}=\"\",\"\",F{0}/D{0})", row + 1));
                sheet.write_formula_with_format(row, 6, formula, &rate)?;
                sheet.add_data_validation(row, 4, row, 5, &figures(indicator, &PROGRESS)?)?;
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
    if period.previous() < first_period(breakdown).unwrap_or(period) {
        // Nothing was reported before the plan began.
        for row in 3..row {
            sheet.write_with_format(row, 4, "/", &centred)?;
        }
    }
    style::page(sheet, 2, 2)?;
    sheet.set_freeze_panes(3, 2)?;
    sheet.protect_with_options(&protection());
    let lines = [
        ("分解表指纹 SHA-256", breakdown.fingerprint.to_string()),
        ("市", breakdown.city(city).to_owned()),
        ("报告期", period.to_string()),
        ("版本", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    mark(&mut workbook, &lines)?;
    Ok(workbook.save_to_buffer()?)
}

/// The blank breakdown form's file name.
pub const BREAKDOWN_FORM: &str = "空白分解表.xlsx";

/// An .xlsx with one sheet 指标分解表: the official text and units, a column a city, protected without a password but
/// for the figures.
pub fn write_breakdown(breakdown: &Breakdown) -> Result<Vec<u8>, ReportError> {
    let mut workbook = style::workbook("指标分解表")?;
    let sheet = workbook.add_worksheet().set_name("指标分解表")?;
    let last = u16::try_from(breakdown.cities.len()).unwrap_or(u16::MAX).saturating_add(2);
    let zone = breakdown.plan.as_ref().map_or("", |plan| plan.zone.as_str());
    let heading = format!("{zone}{}指标分解表", if zone.is_empty() { "" } else { "建设" });
    sheet.put_across(0, (0, last), &heading, &style::title())?;
    sheet.set_row_height(0, 36)?;
    let captions = ["序号", "指标内容", "计量单位"].into_iter().zip([6.0, 46.0, 10.0]);
    let cities = breakdown.cities.iter().map(|city| (city.as_str(), 13.0));
    for (column, (caption, width)) in (0u16..).zip(captions.chain(cities)) {
        sheet.put(1, column, caption, &style::header())?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_row_height(1, 26)?;
    let indicators = breakdown.indicator_ids().zip(&breakdown.indicators);
    for (row, (id, indicator)) in (2u32..).zip(indicators) {
        sheet.write_with_format(row, 0, indicator.number, &style::centred())?;
        sheet.put(row, 1, &indicator.label, &style::text())?;
        sheet.put(row, 2, &indicator.unit, &style::centred())?;
        for (column, city) in (3u16..).zip(breakdown.city_ids()) {
            if breakdown.target(id, city).is_some() {
                let format = if indicator.adds_up() { "0" } else { "0.##" };
                sheet.write_blank(row, column, &style::number().set_num_format(format).set_unlocked())?;
                sheet.add_data_validation(row, column, row, column, &figures(indicator, &TARGET)?)?;
            } else {
                sheet.put(row, column, "/", &style::centred())?;
            }
        }
        sheet.set_row_height(row, 26)?;
    }
    style::page(sheet, 1, 1)?;
    sheet.set_freeze_panes(2, 2)?;
    sheet.protect_with_options(&protection());
    let lines = [
        ("分解表指纹 SHA-256", breakdown.fingerprint.to_string()),
        ("表式", "分解表".to_owned()),
        ("版本", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    mark(&mut workbook, &lines)?;
    Ok(workbook.save_to_buffer()?)
}

/// Rows and columns may be made wider or higher.
fn protection() -> ProtectionOptions {
    ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::default() }
}

/// What a figure to be typed is.
struct Asked {
    title: &'static str,
    whole: &'static str,
    share: &'static str,
}

const PROGRESS: Asked = Asked {
    title: "累计完成",
    whole: "填累计完成的整数，不带单位、逗号和空格；没有进展填 0。",
    share: "填百分数的数，如 3.5% 填 3.5；没有进展填 0。",
};
const TARGET: Asked = Asked {
    title: "目标值",
    whole: "填目标的整数，不带单位、逗号和空格。",
    share: "填百分数的数，如 3.5% 填 3.5。",
};

/// What may be typed: counts are whole, a share is not.
fn figures(indicator: &Indicator, asked: &Asked) -> Result<DataValidation, ReportError> {
    let (rule, title, message) = if indicator.adds_up() {
        let whole = DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0));
        (whole, "请填整数", asked.whole)
    } else {
        let share = DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
        (share, "请填数字", asked.share)
    };
    Ok(rule
        .set_input_title(asked.title)?
        .set_input_message(message)?
        .set_error_title(title)?
        .set_error_message(message)?
        .set_error_style(DataValidationErrorStyle::Stop))
}

/// The first period that the plan asks for.
fn first_period(breakdown: &Breakdown) -> Option<Period> {
    periods(breakdown).next()
}

/// Every period that the plan asks for: the end of June and of December of each of its years.
pub fn periods(breakdown: &Breakdown) -> impl Iterator<Item = Period> + use<> {
    let years = breakdown.plan.as_ref().map(|plan| plan.years.0..=plan.years.1);
    years
        .into_iter()
        .flatten()
        .flat_map(|year| [Half::June, Half::December].into_iter().map(move |half| Period { year, half }))
}

/// A sheet that nobody sees: which breakdown the form was made from, and what it is.
fn mark(workbook: &mut Workbook, lines: &[(&str, String)]) -> Result<(), ReportError> {
    let sheet = workbook.add_worksheet().set_name(FORM_SHEET)?;
    for (row, (name, value)) in (0u32..).zip(lines) {
        sheet.put(row, 0, name, &style::line())?;
        sheet.put(row, 1, value, &style::line())?;
    }
    sheet.set_very_hidden(true);
    Ok(())
}
