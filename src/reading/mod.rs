//! Bytes in, [`Workbook`] out: sniffed by content, read by the reader of that format, under [`Limits`].
//!
//! Judges nothing: what is worth saying about a file is a remark, what cannot be read is [`Unreadable`]. Never writes,
//! never allocates what a file declares, never trusts an extension. The only room that knows calamine.

mod biff;
pub mod bundle;
mod cfb;
mod docx;
mod encryption;
mod formula_tokens;
mod functions;
mod html;
mod limits;
mod looks;
mod number_formats;
mod ods;
mod open_formula;
mod package;
pub mod sniff;
mod text;
mod worksheet;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

pub use limits::{IN_A_BROWSER, Limits, size};

use limits::{Budget, damaged};
use sniff::Content;

use crate::model::{Cell, CellRef, Format, Range, ReadRemark, Sheet, Span, Unreadable, Value, Workbook};

/// Reads a workbook. `name` is the file's name, used only to compare its extension with the content.
///
/// Sheets keep the file's order and number; sheets without cells of their own (charts) are there, empty.
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Workbook, Unreadable> {
    if bytes.is_empty() {
        return Err(damaged("整个文件", "文件是空的，一个字节也没有"));
    }
    limits.check_file(bytes.len() as u64)?;
    let inside = inside(bytes)?;
    let budget = &mut Budget::new(limits);
    let bytes = inside.as_deref().unwrap_or(bytes);
    let (format, book) = match sniff::sniff(bytes) {
        Content::Spreadsheet(format @ (Format::Xlsx | Format::Xlsm)) => {
            (format, xlsx::read(bytes, format, budget)?)
        }
        Content::Spreadsheet(Format::Xlsb) => (Format::Xlsb, xlsb::read(bytes, budget)?),
        Content::Spreadsheet(Format::Xls) => (Format::Xls, xls::read(bytes, budget)?),
        Content::Spreadsheet(Format::Ods) => (Format::Ods, ods::read(bytes, budget)?),
        Content::Spreadsheet(Format::Docx) => (Format::Docx, docx::read(bytes, budget)?),
        Content::Spreadsheet(Format::Html) => (Format::Html, html::read(bytes, budget)?),
        Content::Spreadsheet(Format::Text) => (Format::Text, text::read(bytes, budget)?),
        // Encrypted twice is by no program.
        Content::Encrypted | Content::EncryptedPackage => return Err(Unreadable::Password),
        Content::Damaged { part, detail } => return Err(Unreadable::Damaged { part, detail }),
        Content::Other(kind) => return Err(Unreadable::NotSpreadsheet { kind: kind.to_owned() }),
    };
    let mut remarks = book.remarks;
    if inside.is_some() {
        remarks.push(ReadRemark::DefaultPassword);
    }
    if let Some(extension) = other_extension(name, format) {
        remarks.insert(0, ReadRemark::OtherThanExtension { extension, format });
    }
    if book.sheets.is_empty() {
        return Err(damaged("工作簿", "没有一张工作表"));
    }
    Ok(Workbook { format, sheets: book.sheets, date_1904: book.date_1904, remarks })
}

/// The tables of a piece of a page, as another program puts it on the clipboard: with the text above each as its first
/// rows. None where it has no table.
pub fn pasted(html: &str, limits: &Limits) -> Result<Vec<Sheet>, Unreadable> {
    limits.check_file(html.len() as u64)?;
    // What was cut out of a page has no end.
    html::tables(&format!("<html>{html}</body></html>"), true, &mut Budget::new(limits))
}

/// The package inside one that is encrypted with the password that every program tries: what a correction is made in.
/// `None` where nothing is encrypted that way.
pub fn inside(bytes: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
    match sniff::sniff(bytes) {
        Content::EncryptedPackage => encryption::package(bytes).map(Some),
        _ => Ok(None),
    }
}

/// What a format's reader gives back.
#[derive(Debug, Default)]
struct Book {
    sheets: Vec<Sheet>,
    date_1904: bool,
    remarks: Vec<ReadRemark>,
}

/// What a file has beside its cells.
struct Extras {
    macros: bool,
    signed: bool,
    /// The workbook's own structure.
    protected: bool,
    protected_sheets: Vec<usize>,
}

impl Book {
    /// Remarks on what the file has beside its cells, once all its sheets are read.
    fn remark(&mut self, extras: Extras) {
        let external = self.sheets.iter().enumerate().flat_map(|(index, sheet)| {
            let cells = sheet.grid.cells();
            cells
                .filter(|(_, cell)| cell.formula.as_deref().is_some_and(draws_on_another_workbook))
                .map(move |(at, _)| (index, at))
        });
        let external: Vec<_> = external.collect();
        if extras.macros {
            self.remarks.push(ReadRemark::Macros);
        }
        if !external.is_empty() {
            self.remarks.push(ReadRemark::ExternalLinks { cells: external });
        }
        if extras.protected || !extras.protected_sheets.is_empty() {
            self.remarks
                .push(ReadRemark::Protected { workbook: extras.protected, sheets: extras.protected_sheets });
        }
        if extras.signed {
            self.remarks.push(ReadRemark::Signed);
        }
    }
}

/// Whether a cell is worth keeping: a value or a formula. An empty text counts only as a formula's result.
fn holds(cell: &Cell) -> bool {
    match &cell.value {
        Value::Empty => cell.formula.is_some(),
        Value::Text(text) => !text.is_empty() || cell.formula.is_some(),
        _ => true,
    }
}

/// The extension in lower case, where it promises another format than the content is.
fn other_extension(name: &str, format: Format) -> Option<String> {
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_lowercase();
    let fits = match format {
        Format::Xlsx => matches!(extension.as_str(), "xlsx" | "xltx"),
        Format::Xlsm => matches!(extension.as_str(), "xlsm" | "xltm" | "xlam"),
        Format::Xlsb => extension == "xlsb",
        Format::Xls => matches!(extension.as_str(), "xls" | "xlt" | "xla" | "et" | "ett"),
        Format::Ods => matches!(extension.as_str(), "ods" | "ots"),
        Format::Docx => matches!(extension.as_str(), "docx" | "docm" | "dotx" | "dotm"),
        Format::Text => matches!(extension.as_str(), "csv" | "txt" | "tsv" | "tab"),
        Format::Html => matches!(extension.as_str(), "html" | "htm"),
    };
    (!fits).then_some(extension)
}

/// Whether a formula draws on another workbook: `[1]Sheet1!A1` outside texts, structured references left aside.
fn draws_on_another_workbook(formula: &str) -> bool {
    let mut outside_text = String::with_capacity(formula.len());
    for (index, piece) in formula.split('"').enumerate() {
        if index % 2 == 0 {
            outside_text.push_str(piece);
        }
    }
    let mut rest = outside_text.as_str();
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        let inside = from.get(1..).unwrap_or("");
        let Some(end) = inside.find(']') else { return false };
        let name = inside.get(..end).unwrap_or("");
        let after = inside.get(end + 1..).unwrap_or("");
        let table = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let points_on = after
            .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '!' | '\'' | '.' | '-' | ' '));
        let workbook = name.bytes().all(|b| b.is_ascii_digit()) || name.contains('.');
        if !table && points_on && workbook && !name.is_empty() && after.contains('!') {
            return true;
        }
        rest = after;
    }
    false
}

/// A text as typed: a plain ASCII number (`600`, `-3.5`) is a number, anything else a text. Leading zeros, separators,
/// units, spaces and more digits than a number can keep make a text.
fn typed_value(text: &str) -> Value {
    if is_plain_number(text)
        && let Ok(number) = text.parse::<f64>()
    {
        return Value::Number(number);
    }
    Value::Text(text.into())
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole)
        && fraction.is_none_or(all_digits)
        && (whole == "0" || !whole.starts_with('0'))
        && whole.len() + fraction.map_or(0, str::len) <= 15
}

/// Adds one index to spans, joining it to the last where they touch.
fn push_index(spans: &mut Vec<Span>, index: u32) {
    push_span(spans, Span { first: index, last: index });
}

fn push_span(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.last.checked_add(1) == Some(span.first) => last.last = span.last,
        _ => spans.push(span),
    }
}

/// The rectangle of `rows` × `columns` cells from `at` on, kept inside the sheet.
fn rectangle(at: CellRef, rows: u32, columns: u32) -> Range {
    let end = |start: u32, count: u32, max: u32| start.saturating_add(count.saturating_sub(1)).min(max - 1);
    Range::new(
        at,
        CellRef::new(end(at.row, rows, CellRef::MAX_ROWS), end(at.column, columns, CellRef::MAX_COLUMNS)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_numbers() {
        for text in ["0", "600", "-3.5", "0.25", "-0", "123456789012345"] {
            assert!(matches!(typed_value(text), Value::Number(_)), "{text}");
        }
        for text in [
            "",
            "007",
            "1,000",
            "600项",
            " 600",
            "+5",
            "1e3",
            ".5",
            "5.",
            "-",
            "--1",
            "６００",
            "1234567890123456",
            "0x1F",
        ] {
            assert_eq!(typed_value(text), Value::Text(text.into()));
        }
    }

    #[test]
    fn links_to_other_workbooks_are_told_from_table_references() {
        for formula in ["[1]Sheet1!A1", "SUM('[2]表 1'!A1:B2)", "'C:\\x\\[book.xlsx]Sheet1'!A1", "[1]!Name"]
        {
            assert!(draws_on_another_workbook(formula), "{formula}");
        }
        for formula in
            ["Table1[2019]", "SUM(Table1[[#All],[数量]])", "\"[1]a!\"&A1", "A1+B1", "INDEX([数量],1)"]
        {
            assert!(!draws_on_another_workbook(formula), "{formula}");
        }
    }
}
