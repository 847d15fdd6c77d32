//! 区县: what the 区县 of a city report, added up, beside the city's own number. In no total.

use rust_xlsxwriter::Workbook;

use super::{DISTRICTS, LIST_ROW, ReportError, Words, float, list_sheet, numbered, row_number, style, unit};
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, District, DistrictRow, Districts, Series};
use crate::model::{CellRef, Decimal};

/// Where the city sent nothing, the sum stands there only if the user asks.
pub(super) fn write(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
    sums: bool,
) -> Result<(), ReportError> {
    let columns = [
        ("市", 9.0),
        ("报告期", 11.0),
        ("指标", 36.0),
        ("计量单位", 7.0),
        ("各区县", 46.0),
        ("区县合计", 11.0),
        ("市报数", 11.0),
        ("差", 10.0),
        ("说明", 44.0),
    ];
    let title = "区县：区县报表相加，与市报数核对（不计入汇总表的合计）";
    let sheet = list_sheet(workbook, DISTRICTS, title, &columns)?;
    let mut row = LIST_ROW;
    for (one, of_city) in series.periods().flat_map(|one| one.districts.iter().map(move |city| (one, city))) {
        for line in &of_city.rows {
            let label = numbered(breakdown, line.indicator);
            let parts = parts(of_city, line);
            let is_shown = sums || line.own.is_some();
            let sum = line.sum.filter(|_| is_shown);
            let note = note(one, of_city, line, is_shown);
            sheet.put(row, 0, breakdown.city(of_city.city), &style::centred())?;
            sheet.put(row, 1, &one.period.chinese(), &style::centred())?;
            sheet.put(row, 2, &label, &style::text())?;
            sheet.put(row, 3, unit(breakdown, line.indicator), &style::centred())?;
            sheet.put(row, 4, &parts, &style::text())?;
            let difference = line.sum.zip(line.own).and_then(|(sum, own)| sum.checked_sub(own));
            for (column, value) in (5u16..).zip([sum, line.own, difference]) {
                match value {
                    Some(value) => {
                        let format = style::number_of(value);
                        let format = if column == 7 && line.differs() {
                            format.set_background_color(style::OWED_FILL)
                        } else {
                            format
                        };
                        sheet.write_number_with_format(row, column, float(value), &format)?;
                    }
                    None => sheet.put(row, column, "", &style::centred())?,
                }
            }
            sheet.put(row, 8, &note, &style::text())?;
            let long = [(label.as_str(), 36.0), (&parts, 46.0), (&note, 44.0)];
            sheet.set_row_height(row, style::row_height(long.into_iter()))?;
            row += 1;
        }
    }
    if row > LIST_ROW {
        sheet.autofilter(LIST_ROW - 1, 0, row - 1, row_number(columns.len() - 1) as u16)?;
    }
    Ok(())
}

/// 高新区 210（高新区.xlsx F4）；武侯区 无数.
fn parts(of: &Districts, line: &DistrictRow) -> String {
    let part = |(district, part): (&District, &Option<(CellRef, Decimal)>)| match part {
        Some((cell, value)) => format!("{} {}（{} {cell}）", district.name, value.normalize(), district.file),
        None => format!("{} 无数（{}）", district.name, district.file),
    };
    of.added.iter().zip(&line.parts).map(part).collect::<Vec<_>>().join("；")
}

fn note(one: &Consolidation, of: &Districts, line: &DistrictRow, is_shown: bool) -> String {
    let lacking: Vec<&str> = of
        .added
        .iter()
        .zip(&line.parts)
        .filter(|(_, part)| part.is_none())
        .map(|(district, _)| district.name.as_str())
        .collect();
    let state = if !lacking.is_empty() {
        format!("{}没有可用的数，不相加", lacking.join("、"))
    } else if line.differs() {
        "与市报数不同，请该市核对".to_owned()
    } else if line.own.is_some() {
        "与市报数相同".to_owned()
    } else if !is_shown {
        "市没有可用的数，没有列出区县合计".to_owned()
    } else if one.missing.contains(&of.city) {
        "市未报，由区县合计，仅供参考".to_owned()
    } else {
        "市没有可用的数，由区县合计，仅供参考".to_owned()
    };
    format!("{state}；{}", of.caution())
}
