//! 图表: native charts over 汇总表 and 趋势, so that they follow the figures.

use rust_xlsxwriter::{
    Chart, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker,
    ChartMarkerType, ChartSolidFill, ChartType, Color, Workbook,
};

use super::{CHARTS, ReportError, SUMMARY, TREND, Words, across, row_number, style, title, trend};
use crate::breakdown::Breakdown;
use crate::consolidate::Series;

/// Colours that differ in print without colour too, the zone's last.
const COLOURS: [Color; 7] = [
    Color::RGB(0x1D_5F_74),
    Color::RGB(0xC9_8A_2B),
    Color::RGB(0x7F_B0_9A),
    Color::RGB(0x8A_5A_83),
    Color::RGB(0x5B_7D_B1),
    Color::RGB(0xA8_A0_8C),
    Color::RGB(0x1F_23_28),
];
/// Width of the page in pixels.
const WIDTH: u32 = 1_120;
/// Charts of the trend beside each other.
const BESIDE: u32 = 3;

pub(super) fn write(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let latest = &series.latest;
    let (cities, indicators) = (latest.cities.len(), row_number(latest.rows.len()));
    let sheet = workbook.add_worksheet().set_name(CHARTS)?;
    let heading = title(breakdown).replace("汇总表", "完成情况图");
    sheet.put(
        0,
        0,
        &heading,
        &style::title().set_align(rust_xlsxwriter::FormatAlign::Left).unset_text_wrap(),
    )?;
    sheet.set_row_height(0, 36)?;
    sheet.put(1, 0, &format!("报告期：{}", latest.period.chinese()), &style::line())?;

    let mut chart = Chart::new(ChartType::Bar);
    let (top, bottom) = (across::FIRST_ROW, across::FIRST_ROW + indicators - 1);
    let columns = across::Columns::of(latest);
    for (block, city) in (0u16..).zip(&latest.cities) {
        let column = columns.rate(block);
        let colour = COLOURS.get(usize::from(block)).copied().unwrap_or(Color::Gray);
        let fill = ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(colour)).clone();
        chart
            .add_series()
            .set_name(breakdown.city(*city))
            .set_categories((SUMMARY, top, 1, bottom, 1))
            .set_values((SUMMARY, top, column, bottom, column))
            .set_format(&mut fill.clone())
            .set_gap(60)
            .set_overlap(0);
    }
    let small = font(9);
    chart.title().set_name("各指标完成率").set_font(font(12).set_bold());
    // From the first indicator down.
    chart.y_axis().set_reverse().set_font(&small);
    chart.x_axis().set_min(0).set_num_format("0%").set_font(&small).set_major_gridlines_line(&grid());
    chart.legend().set_position(ChartLegendPosition::Bottom).set_font(&small);
    let height = 120 + 24 * indicators * row_number(cities).max(2);
    chart.set_width(WIDTH).set_height(height);
    sheet.insert_chart(2, 0, &chart)?;

    // A row is 20 pixels high, a column 64 wide.
    let mut at = 3 + height / 20 + 1;
    if !series.earlier.is_empty() {
        sheet.set_page_breaks(&[at])?;
        let periods = row_number(series.earlier.len() + 1);
        let columns = trend::Columns::of(series);
        let (width, height) = (WIDTH / BESIDE, 220);
        for (index, line) in (0u32..).zip(&latest.rows) {
            let Some(found) = breakdown.indicator(line.indicator).filter(|found| found.adds_up()) else {
                continue;
            };
            let first = trend::FIRST_ROW + index * periods;
            let last = first + periods - 1;
            let mut chart = Chart::new(ChartType::Line);
            let mut lines = |name: &str, column: u16, format: &mut ChartFormat, marker: &ChartMarker| {
                chart
                    .add_series()
                    .set_name(name)
                    .set_categories((TREND, first, trend::PERIOD, last, trend::PERIOD))
                    .set_values((TREND, first, column, last, column))
                    .set_format(format)
                    .set_marker(marker);
            };
            let solid = ChartLine::new().set_color(COLOURS[0]).set_width(2.25).clone();
            let dashed = ChartLine::new()
                .set_color(Color::RGB(0x8A_53_00))
                .set_dash_type(ChartLineDashType::Dash)
                .set_width(1.25)
                .clone();
            let dot = ChartMarker::new().set_type(ChartMarkerType::Circle).set_size(6).clone();
            let none = ChartMarker::new().set_none().clone();
            lines("合计", columns.zone(), ChartFormat::new().set_line(&solid), &dot);
            lines("总目标", columns.target(), ChartFormat::new().set_line(&dashed), &none);
            chart
                .title()
                .set_name(&format!("{} {}（{}）", found.number, found.label, found.unit))
                .set_font(&font(9));
            chart.x_axis().set_font(&font(8));
            chart.y_axis().set_min(0).set_font(&font(8)).set_major_gridlines_line(&grid());
            chart.legend().set_position(ChartLegendPosition::Bottom).set_font(&font(8));
            chart.set_width(width).set_height(height);
            let offset = (index % BESIDE) * width;
            let row = at + (index / BESIDE) * (height / 20 + 1);
            sheet.insert_chart_with_offset(row, 0, &chart, offset, 0)?;
        }
        at += (row_number(latest.rows.len()).div_ceil(BESIDE)) * (height / 20 + 1);
    }
    style::page(sheet, 0, 1)?;
    sheet.set_print_area(0, 0, at, 17)?;
    Ok(())
}

fn font(size: u8) -> ChartFont {
    ChartFont::new().set_name("宋体").set_size(size).clone()
}

/// Lines behind the bars that do not outdo them.
fn grid() -> ChartLine {
    ChartLine::new().set_color(Color::RGB(0xDC_D9_D1)).set_width(0.75).clone()
}
