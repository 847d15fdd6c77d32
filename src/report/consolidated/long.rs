//! 长表: one row a number, for programs.

use rust_xlsxwriter::{ExcelDateTime, Workbook};

use super::{LIST_ROW, LONG, ReportError, Words, float, list_sheet, style};
use crate::breakdown::Breakdown;
use crate::consolidate::{MEASURE, Series, long};
use crate::report::long::CAPTIONS;

pub(super) fn write(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let widths = [11.0, 9.0, 7.0, 36.0, 14.0, 10.0, 7.0, 10.0, 12.0, 28.0, 20.0, 14.0, 8.0, 34.0, 24.0];
    let columns: Vec<(&str, f64)> = CAPTIONS.into_iter().zip(widths).collect();
    let sheet = list_sheet(workbook, LONG, "长表：每个数字一行，供其他程序读取", &columns)?;
    let (text, centred, small) = (style::text(), style::centred(), style::text().set_font_size(8));
    let date = style::centred().set_num_format("yyyy-mm-dd");
    let mut end = LIST_ROW;
    for (at, row) in (LIST_ROW..).zip(long(series, breakdown)) {
        end = at + 1;
        let (year, month, day) = row.date();
        sheet.write_datetime_with_format(at, 0, ExcelDateTime::from_ymd(year, month, day)?, &date)?;
        sheet.put(at, 1, &row.city, &text)?;
        sheet.write_number_with_format(at, 2, row.number, &centred)?;
        sheet.put(at, 3, &row.indicator, &text)?;
        sheet.put(at, 4, MEASURE, &text)?;
        let numbers = [(5, row.value), (7, row.target)];
        for (column, value) in numbers {
            match value {
                Some(value) => {
                    sheet.write_number_with_format(at, column, float(value), &style::number_of(value))?
                }
                None => sheet.write_blank(at, column, &text)?,
            };
        }
        sheet.put(at, 6, &row.unit, &text)?;
        let (folder, name) = row.folder_and_name();
        let (cell, hash) = (row.cell.to_string(), row.sha256.to_string());
        let texts =
            [(8, row.raw.as_str()), (9, name), (10, folder), (11, &row.sheet), (12, &cell), (14, &row.state)];
        for (column, words) in texts {
            sheet.put(at, column, words, &text)?;
        }
        sheet.put(at, 13, &hash, &small)?;
    }
    if end > LIST_ROW {
        sheet.autofilter(LIST_ROW - 1, 0, end - 1, 14)?;
    }
    Ok(())
}
