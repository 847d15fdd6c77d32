//! The look that all our workbooks share: fonts, borders, paper.

use rust_xlsxwriter::{
    Color, ConditionalFormatDataBar, ConditionalFormatType, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Workbook, Worksheet,
};

use super::ReportError;
use crate::model::{Decimal, visible};

/// Paper size A4 (ECMA-376 part 1, 18.3.1.63).
const A4: u8 = 9;
const RULE: Color = Color::RGB(0x59_59_59);
pub const HEADER_FILL: Color = Color::RGB(0xE7_EC_F3);
pub const TOTAL_FILL: Color = Color::RGB(0xF5_F6_F8);
/// A number with an open 警示.
pub const CAUTION_FILL: Color = Color::RGB(0xFF_F4_CC);
/// A return that is owed.
pub const OWED_FILL: Color = Color::RGB(0xF8_DD_D8);

/// A workbook whose bytes depend on its content alone: the core has no clock, so the date of creation is a fixed one.
pub fn workbook(title: &str) -> Result<Workbook, ReportError> {
    let mut workbook = Workbook::new();
    let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&date));
    Ok(workbook)
}

/// A4 landscape, as wide as the page, centred, pages numbered, the rows of the header on every page.
pub fn page(sheet: &mut Worksheet, first_header_row: u32, last_header_row: u32) -> Result<(), ReportError> {
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3).set_footer("&C第 &P 页，共 &N 页");
    sheet.set_repeat_rows(first_header_row, last_header_row)?;
    Ok(())
}

/// The one way by which words come into a workbook of ours: they are shown, so nothing in them goes unseen.
pub trait Words {
    fn put(&mut self, row: u32, column: u16, text: &str, format: &Format) -> Result<(), ReportError>;
    /// In one row, over several columns.
    fn put_across(
        &mut self,
        row: u32,
        columns: (u16, u16),
        text: &str,
        format: &Format,
    ) -> Result<(), ReportError>;
}

impl Words for Worksheet {
    fn put(&mut self, row: u32, column: u16, text: &str, format: &Format) -> Result<(), ReportError> {
        self.write_string_with_format(row, column, visible(text), format)?;
        Ok(())
    }

    fn put_across(
        &mut self,
        row: u32,
        (first, last): (u16, u16),
        text: &str,
        format: &Format,
    ) -> Result<(), ReportError> {
        self.merge_range(row, first, row, last, &visible(text), format)?;
        Ok(())
    }
}

pub fn title() -> Format {
    Format::new()
        .set_font_name("黑体")
        .set_font_size(18)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

pub fn line() -> Format {
    Format::new().set_font_name("宋体").set_font_size(10.5).set_align(FormatAlign::VerticalCenter)
}

pub fn header() -> Format {
    bordered()
        .set_font_name("黑体")
        .set_align(FormatAlign::Center)
        .set_text_wrap()
        .set_background_color(HEADER_FILL)
}

/// Text that may be long.
pub fn text() -> Format {
    bordered().set_text_wrap()
}

pub fn centred() -> Format {
    bordered().set_align(FormatAlign::Center).set_text_wrap()
}

pub fn number() -> Format {
    bordered().set_align(FormatAlign::Right).set_indent(1)
}

/// A number with its own decimals and a mark at the thousands.
pub fn number_of(value: Decimal) -> Format {
    let decimals = usize::try_from(value.normalize().scale()).unwrap_or_default();
    let format =
        if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals.min(6))) };
    number().set_num_format(format)
}

/// A bar in the cell, whole at 100 %.
pub fn rate_bar() -> ConditionalFormatDataBar {
    ConditionalFormatDataBar::new()
        .set_fill_color(Color::RGB(0xB9_D3_DB))
        .set_border_off(true)
        .set_solid_fill(true)
        .set_minimum(ConditionalFormatType::Number, 0)
        .set_maximum(ConditionalFormatType::Number, 1)
}

pub fn rate() -> Format {
    centred().set_num_format("0.0%")
}

fn bordered() -> Format {
    Format::new()
        .set_font_name("宋体")
        .set_font_size(10.5)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin)
        .set_border_color(RULE)
}

/// The height of a row whose cells hold these texts in columns of these widths; a Chinese character is two wide.
pub fn row_height<'a>(cells: impl Iterator<Item = (&'a str, f64)>) -> f64 {
    let line_count = |text: &str, width: f64| -> f64 {
        let per_line = (width - 1.0).max(3.0);
        let wide = |line: &str| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
        text.split('\n').map(|line| (wide(line) / per_line).ceil().max(1.0)).sum()
    };
    // A cell of more than twenty lines is read on screen.
    let lines = cells.map(|(text, width)| line_count(text, width)).fold(1.0, f64::max).min(20.0);
    15.0 * lines + 6.0
}
