//! 数据来源: one row a number, with the file, sheet and cell that it stands in.

use rust_xlsxwriter::{Color, FormatUnderline, Workbook};

use super::links::{self, Links};
use super::{
    FINGERPRINT, LIST_ROW, ReportError, SOURCES, Words, float, list_sheet, numbered, open_at, row_number,
    style, unit,
};
use crate::breakdown::Breakdown;
use crate::consolidate::Series;

/// The latest period first: 汇总表 points to its rows.
pub(super) fn write(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
    links: &Links,
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
        ("计量单位", 7.0),
        ("状态", 12.0),
        ("文件指纹 SHA-256", 34.0),
    ];
    let title = "数据来源：每个数字出自哪个文件的哪一格";
    let count: usize = series.periods().map(|one| one.sources.len()).sum();
    let title = match (links.is_empty(), count > links::MOST) {
        (true, _) => title.to_owned(),
        (false, false) => format!("{title}；点单元格一栏打开原表（请把本表与报表一起移动）"),
        (false, true) => format!("{title}；前 {} 行可点开原表，其余只列位置", links::MOST),
    };
    let sheet = list_sheet(workbook, SOURCES, &title, &columns)?;
    let link = style::centred().set_font_color(Color::Blue).set_underline(FormatUnderline::Single);
    let (text, centred, small) = (style::text(), style::centred(), style::text().set_font_size(8));
    let mut linked = 0_usize;
    let mut row = LIST_ROW;
    for one in series.periods().rev() {
        let period = one.period.chinese();
        for source in &one.sources {
            let label = numbered(breakdown, source.indicator);
            let open = open_at(one, source);
            let codes: Vec<String> = open.iter().map(|problem| problem.code.to_string()).collect();
            let state = if codes.is_empty() {
                "采用".to_owned()
            } else {
                format!("采用，待说明 {}", codes.join("、"))
            };
            sheet.put(row, 0, breakdown.city(source.city), &centred)?;
            sheet.put(row, 1, &period, &centred)?;
            sheet.put(row, 2, &label, &text)?;
            sheet.put(row, 3, &source.file, &text)?;
            sheet.put(row, 4, &source.sheet, &text)?;
            match links.to(source).filter(|_| linked < links::MOST) {
                Some(url) => {
                    let url = url.set_text(source.cell.to_string());
                    sheet.write_url_with_format(row, 5, url, &link)?;
                    linked += 1;
                }
                None => sheet.put(row, 5, &source.cell.to_string(), &centred)?,
            }
            sheet.put(row, 6, &source.raw, &text)?;
            sheet.write_number_with_format(row, 7, float(source.value), &style::number_of(source.value))?;
            sheet.put(row, 8, unit(breakdown, source.indicator), &centred)?;
            sheet.put(row, 9, &state, &text)?;
            sheet.put(row, 10, &source.sha256.to_string(), &small)?;
            let long = [
                (label.as_str(), 36.0),
                (&source.file, 28.0),
                (&source.sheet, 14.0),
                (&source.raw, 12.0),
                (&state, 12.0),
                (FINGERPRINT, 34.0),
            ];
            sheet.set_row_height(row, style::row_height(long.into_iter()))?;
            row += 1;
        }
    }
    if row > LIST_ROW {
        sheet.autofilter(LIST_ROW - 1, 0, row - 1, row_number(columns.len() - 1) as u16)?;
    }
    Ok(())
}
