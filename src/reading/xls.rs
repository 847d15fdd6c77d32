//! .xls: the BIFF8 and BIFF5 workbook stream (MS-XLS), read record by record.
//!
//! Read here and not by calamine because calamine gives no number formats or hidden rows for .xls and reads past the
//! end of short records, which no caller can catch in a browser.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use encoding_rs::Encoding;

use super::biff::{PART, Record, Records, record};
use super::cfb::{Cfb, error_text, f64_at, rk_number, u16_at, u32_at};
use super::encryption;
use super::formula_tokens::{
    Defined, Names, Sharing, Tokens, defined_text, put_formula, quoted_sheet, quoted_sheets,
};
use super::limits::{Budget, damaged};
use super::number_formats::built_in;
use super::{Book, Extras, holds, looks, push_index, push_span};
use crate::model::{
    Cell, CellRef, Grid, Look, NumberFormat, Range, ReadRemark, Sheet, Span, Unreadable, UnwritableFormula,
    Value, Visibility,
};

pub(super) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let (stream, macros, signed) = if bytes.starts_with(&[0xD0, 0xCF]) {
        let cfb = Cfb::open(bytes)?;
        let stream = match cfb.stream("Workbook")? {
            Some(stream) => Some(stream),
            None => cfb.stream("Book")?,
        };
        let stream = stream.ok_or_else(|| damaged("复合文档", "里面没有工作簿"))?;
        (Cow::Owned(stream), cfb.has("_VBA_PROJECT_CUR"), cfb.has("_signatures") || cfb.has("_xmlsignatures"))
    } else {
        (Cow::Borrowed(bytes), false, false)
    };
    let decrypted = encryption::stream(&stream)?;
    let encrypted = decrypted.is_some();
    let stream = decrypted.map_or(stream, Cow::Owned);
    let globals = Globals::read(&stream, budget)?;

    let mut book = Book { date_1904: globals.date_1904, ..Book::default() };
    let mut protected_sheets = Vec::new();
    let mut seen = HashSet::new();
    for entry in &globals.sheets {
        let mut sheet = Sheet { name: entry.name.clone(), visibility: entry.visibility, ..Sheet::default() };
        if entry.has_cells && seen.insert(entry.start) {
            let substream = stream
                .get(entry.start..)
                .ok_or_else(|| damaged(PART, format!("工作表“{}”在文件之外", entry.name)))?;
            let mut reader = SheetReader {
                globals: &globals,
                sheet: &mut sheet,
                cells: Vec::new(),
                styles: Vec::new(),
                pending: Vec::new(),
                shared: HashMap::new(),
            };
            if reader.read(substream, budget)? {
                protected_sheets.push(book.sheets.len());
            }
        }
        book.sheets.push(sheet);
    }
    book.remark(Extras { macros, signed, protected: globals.protected, protected_sheets });
    if encrypted {
        book.remarks.push(ReadRemark::DefaultPassword);
    }
    Ok(book)
}

struct SheetEntry {
    name: String,
    start: usize,
    visibility: Visibility,
    has_cells: bool,
}

/// What the globals substream says (2.1.7.20.3).
struct Globals {
    biff8: bool,
    encoding: &'static Encoding,
    sheets: Vec<SheetEntry>,
    strings: Vec<Arc<str>>,
    /// Number format and look of each cell style.
    formats: Vec<NumberFormat>,
    looks: Vec<Look>,
    names: Names,
    date_1904: bool,
    protected: bool,
    /// Whether the program that wrote the file says that it calculates (2.4.222).
    calculated: bool,
}

impl Globals {
    fn read(stream: &[u8], budget: &mut Budget<'_>) -> Result<Self, Unreadable> {
        let mut globals = Self {
            biff8: true,
            encoding: encoding_rs::GB18030,
            sheets: Vec::new(),
            strings: Vec::new(),
            formats: Vec::new(),
            looks: Vec::new(),
            names: Names::default(),
            date_1904: false,
            protected: false,
            calculated: false,
        };
        let mut codes: HashMap<u16, NumberFormat> = HashMap::new();
        let mut styles: Vec<Style> = Vec::new();
        let (mut bold, mut palette) = (Vec::new(), Vec::new());
        let mut books: Vec<SupportingBook> = Vec::new();
        let mut references: Vec<(u16, u16, u16)> = Vec::new();
        let mut refers: Vec<Vec<u8>> = Vec::new();
        let mut records = Records { rest: stream };
        let mut first = true;
        while let Some(record) = records.next()? {
            match record.kind {
                record::BOF => {
                    globals.biff8 = u16_at(record.data, 0) >= 0x0600;
                    if u16_at(record.data, 0) < 0x0500 {
                        return Err(Unreadable::NotSpreadsheet {
                            kind: "Excel 4.0 或更早的工作簿，请用 WPS 或 Excel 另存为 .xlsx".to_owned(),
                        });
                    }
                }
                _ if first => return Err(damaged(PART, "开头不是工作簿")),
                record::CODE_PAGE => globals.encoding = code_page(u16_at(record.data, 0)),
                record::DATE_MODE => globals.date_1904 = u16_at(record.data, 0) == 1,
                record::PROTECT | record::WINDOW_PROTECT => globals.protected |= u16_at(record.data, 0) != 0,
                record::RECALC_ID => globals.calculated = true,
                record::FORMAT => {
                    let code =
                        globals.text(&record, 2, if globals.biff8 { Count::Word } else { Count::Byte });
                    codes.insert(u16_at(record.data, 0), NumberFormat::new(&code.unwrap_or_default()));
                }
                record::FONT => bold.push(u16_at(record.data, 6) >= looks::BOLD),
                record::XF => styles.push(Style::read(record.data, globals.biff8, &bold)),
                record::PALETTE => palette = record.data.get(2..).unwrap_or(&[]).as_chunks::<4>().0.to_vec(),
                record::BOUND_SHEET => {
                    budget.limits.check_sheets(globals.sheets.len() + 1)?;
                    let kind = record.data.get(5).copied().unwrap_or(0);
                    globals.sheets.push(SheetEntry {
                        name: globals
                            .text(&record, 6, Count::Byte)
                            .ok_or_else(|| damaged(PART, "工作表名不完整"))?
                            .replace('\0', ""),
                        start: usize::try_from(u32_at(record.data, 0)).unwrap_or(usize::MAX),
                        visibility: match record.data.get(4).copied().unwrap_or(0) & 3 {
                            0 => Visibility::Visible,
                            1 => Visibility::Hidden,
                            _ => Visibility::VeryHidden,
                        },
                        has_cells: kind == 0,
                    });
                }
                record::SHARED_STRINGS => globals.strings = read_strings(&record, budget)?,
                record::SUP_BOOK => {
                    books.push(SupportingBook::read(&record));
                    globals.names.external.push(Vec::new());
                }
                // 2.4.105: the name stands behind six bytes, whatever kind it is.
                record::EXTERN_NAME if globals.biff8 => {
                    if let Some(names) = globals.names.external.last_mut() {
                        names.push(globals_text(&record, 6).unwrap_or_default());
                    }
                }
                record::EXTERN_SHEET if globals.biff8 => {
                    let mut pieces = record.pieces();
                    for _ in 0..pieces.u16().unwrap_or(0) {
                        let (Some(book), Some(first), Some(last)) =
                            (pieces.u16(), pieces.u16(), pieces.u16())
                        else {
                            break;
                        };
                        references.push((book, first, last));
                    }
                }
                record::NAME if globals.biff8 => {
                    // 2.4.150: flags, the lengths of the name and of the tokens, then both.
                    let is_function = u16_at(record.data, 0) & 0x02 != 0;
                    let mut pieces = record.pieces();
                    let count = record.data.get(3).copied().map_or(0, usize::from);
                    let name = pieces.skip(14).and_then(|()| pieces.string(count)).unwrap_or_default();
                    let tokens = pieces.rest().unwrap_or(&[]);
                    refers.push(tokens.get(..usize::from(u16_at(record.data, 4))).unwrap_or(&[]).to_vec());
                    globals.names.defined.push(Defined { name, is_function, text: None });
                }
                record::EOF => break,
                _ => {}
            }
            first = false;
        }
        if globals.sheets.is_empty() {
            return Err(damaged(PART, "没有一张工作表"));
        }
        globals.formats = styles
            .iter()
            .map(|style| codes.get(&style.format).cloned().unwrap_or_else(|| built_in(style.format.into())))
            .collect();
        // The palette comes behind the styles. It takes the place of the colours from 8 on.
        let color = |index: usize| {
            let own = index.checked_sub(8).and_then(|at| palette.get(at));
            own.map(|[red, green, blue, _]| [*red, *green, *blue]).or_else(|| looks::indexed(index))
        };
        globals.looks =
            styles.iter().map(|style| Look { fill: style.ground.and_then(color), ..style.look }).collect();
        globals.names.sheets = references
            .iter()
            .map(|(book, sheet, last)| {
                let (sheet, last) = (usize::from(*sheet), usize::from(*last));
                match books.get(usize::from(*book))? {
                    SupportingBook::Own if sheet != last => {
                        let (first, last) = (globals.sheets.get(sheet)?, globals.sheets.get(last)?);
                        Some(quoted_sheets(&first.name, &last.name))
                    }
                    SupportingBook::Own => globals.sheets.get(sheet).map(|entry| quoted_sheet(&entry.name)),
                    SupportingBook::AddIns => None,
                    SupportingBook::Other(names) => {
                        let number = books
                            .iter()
                            .take(usize::from(*book) + 1)
                            .filter(|book| matches!(book, SupportingBook::Other(_)))
                            .count();
                        names.get(sheet).map(|name| quoted_sheet(&format!("[{number}]{name}")))
                    }
                }
            })
            .collect();
        globals.names.books = references.iter().map(|(book, ..)| usize::from(*book)).collect();
        for (index, tokens) in refers.iter().enumerate() {
            let text = defined_text(tokens, Tokens::Biff8, &globals.names);
            if let Some(defined) = globals.names.defined.get_mut(index) {
                defined.text = text;
            }
        }
        Ok(globals)
    }

    /// A string in a record from `at` on, its length first.
    fn text(&self, record: &Record<'_>, at: usize, count: Count) -> Option<String> {
        let mut pieces = record.pieces();
        pieces.skip(at)?;
        let length = match count {
            Count::Byte => usize::from(pieces.byte()?),
            Count::Word => usize::from(pieces.u16()?),
        };
        if self.biff8 {
            return if length == 0 { Some(String::new()) } else { pieces.string(length) };
        }
        let mut bytes = Vec::new();
        for _ in 0..length {
            bytes.push(pieces.byte()?);
        }
        Some(self.encoding.decode_without_bom_handling(&bytes).0.into_owned())
    }

    fn format(&self, style: u16) -> NumberFormat {
        self.formats.get(usize::from(style)).cloned().unwrap_or_default()
    }
}

/// A cell style as its record has it (2.4.353): number format, look, and the colour of the ground by its number.
struct Style {
    format: u16,
    look: Look,
    ground: Option<usize>,
}

impl Style {
    fn read(xf: &[u8], biff8: bool, bold: &[bool]) -> Self {
        // No font has the number 4.
        let font = usize::from(u16_at(xf, 0));
        let font = if font > 4 { font - 1 } else { font };
        let align = xf.get(6).copied().unwrap_or(0);
        let (pattern, color) = if biff8 {
            (u32_at(xf, 14) >> 26, u16_at(xf, 18))
        } else {
            (u32::from(u16_at(xf, 10) & 0x3F), u16_at(xf, 8))
        };
        Self {
            format: u16_at(xf, 2),
            look: Look {
                bold: bold.get(font).copied().unwrap_or(false),
                align: looks::numbered_align(align),
                wrap: align & 0x08 != 0,
                fill: None,
            },
            ground: (pattern == 1).then_some(usize::from(color & 0x7F)),
        }
    }
}

/// How a string's length is written.
#[derive(Clone, Copy)]
enum Count {
    Byte,
    Word,
}

/// A BIFF8 string from `at` on, its length in one byte first.
fn globals_text(record: &Record<'_>, at: usize) -> Option<String> {
    let mut pieces = record.pieces();
    pieces.skip(at)?;
    let length = usize::from(pieces.byte()?);
    pieces.string(length)
}

enum SupportingBook {
    Own,
    /// Functions that a program brings along.
    AddIns,
    /// The names of its sheets.
    Other(Vec<String>),
}

impl SupportingBook {
    /// 2.4.271.
    fn read(record: &Record<'_>) -> Self {
        if u16_at(record.data, 2) == 0x0401 && record.data.len() == 4 {
            return Self::Own;
        }
        if u16_at(record.data, 2) == 0x3A01 && record.data.len() == 4 {
            return Self::AddIns;
        }
        let mut pieces = record.pieces();
        let mut names = Vec::new();
        let count = pieces.u16().unwrap_or(0);
        let path = pieces.u16().and_then(|length| pieces.string(usize::from(length)));
        if path.is_some() {
            for _ in 0..count {
                let Some(name) = pieces.u16().and_then(|length| pieces.string(usize::from(length))) else {
                    break;
                };
                names.push(name);
            }
        }
        Self::Other(names)
    }
}

/// The shared string table (2.4.265): as many strings as are there, whatever is declared.
fn read_strings(record: &Record<'_>, budget: &mut Budget<'_>) -> Result<Vec<Arc<str>>, Unreadable> {
    let mut pieces = record.pieces();
    let mut strings = Vec::new();
    let declared = pieces.skip(4).and_then(|()| pieces.u32()).unwrap_or(0);
    while strings.len() < usize::try_from(declared).unwrap_or(usize::MAX) {
        let Some(length) = pieces.u16() else { break };
        let text = pieces.string(usize::from(length)).ok_or_else(|| damaged(PART, "共享字符串表不完整"))?;
        budget.text(text.len())?;
        strings.push(text.into());
    }
    Ok(strings)
}

fn code_page(number: u16) -> &'static Encoding {
    match number {
        932 => encoding_rs::SHIFT_JIS,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1252 | 32769 => encoding_rs::WINDOWS_1252,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        10000 | 32768 => encoding_rs::MACINTOSH,
        65001 => encoding_rs::UTF_8,
        // 936, and 1200 which BIFF8 writes: the code page of this country.
        _ => encoding_rs::GB18030,
    }
}

struct SheetReader<'g, 'o> {
    globals: &'g Globals,
    sheet: &'o mut Sheet,
    cells: Vec<(CellRef, Cell)>,
    /// The style of each cell.
    styles: Vec<u32>,
    /// Cells whose formula stands in a shared or array record: index in `cells`, anchor.
    pending: Vec<(usize, CellRef)>,
    shared: HashMap<CellRef, (Vec<u8>, Sharing)>,
}

impl SheetReader<'_, '_> {
    /// Reads the substream of a sheet; true where the sheet is protected.
    fn read(&mut self, substream: &[u8], budget: &mut Budget<'_>) -> Result<bool, Unreadable> {
        let mut records = Records { rest: substream };
        let (mut depth, mut protected) = (0usize, false);
        while let Some(record) = records.next()? {
            match record.kind {
                record::BOF => depth += 1,
                record::EOF => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                // Charts inside a sheet bring cells of their own.
                _ if depth > 1 => {}
                record::PROTECT => protected |= u16_at(record.data, 0) != 0,
                _ => self.record(&record, budget)?,
            }
        }
        for (index, anchor) in std::mem::take(&mut self.pending) {
            match self.shared.get(&anchor) {
                Some((tokens, sharing)) => {
                    let (tokens, sharing) = (tokens.clone(), *sharing);
                    self.put_formula(index, &tokens, sharing, budget)?;
                }
                // A table of what-if results has no tokens of its own.
                None => self.put_formula(index, &[], Sharing::Copies, budget)?,
            }
        }
        self.sheet.looks = looks::of_cells(&self.cells, &self.styles, &self.globals.looks);
        self.cells.retain(|(_, cell)| holds(cell));
        self.sheet.grid = Grid::from_cells(std::mem::take(&mut self.cells));
        Ok(protected)
    }

    fn record(&mut self, record: &Record<'_>, budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        let (data, at) = (record.data, record.at());
        let style = u16_at(data, 4);
        match record.kind {
            record::NUMBER => {
                if let Some(number) = f64_at(data, 6) {
                    self.push(at, style, Value::Number(number), budget)?;
                }
            }
            record::RK if data.len() >= 10 => {
                self.push(at, style, Value::Number(rk_number(u32_at(data, 6))), budget)?
            }
            record::MULTIPLE_RK => {
                // Row, first column, one style and number a column, last column.
                let body = data.get(4..data.len().saturating_sub(2)).unwrap_or(&[]);
                for (offset, pair) in (0u32..).zip(body.chunks_exact(6)) {
                    let at = CellRef::new(at.row, at.column.saturating_add(offset));
                    self.push(at, u16_at(pair, 0), Value::Number(rk_number(u32_at(pair, 2))), budget)?;
                }
            }
            record::LABEL_SHARED => {
                let index = usize::try_from(u32_at(data, 6)).unwrap_or(usize::MAX);
                let text = self.globals.strings.get(index).cloned();
                let text =
                    text.ok_or_else(|| damaged(PART, format!("{at} 引用的共享字符串 {index} 不存在")))?;
                self.push(at, style, Value::Text(text), budget)?;
            }
            record::LABEL | record::RICH_STRING => {
                let text = self.globals.text(record, 6, Count::Word).unwrap_or_default();
                budget.text(text.len())?;
                self.push(at, style, Value::Text(text.into()), budget)?;
            }
            record::BOOL_OR_ERROR => {
                let code = data.get(6).copied().unwrap_or(0);
                let value = if data.get(7) == Some(&1) {
                    Value::Error(error_text(code).into())
                } else {
                    Value::Bool(code != 0)
                };
                self.push(at, style, value, budget)?;
            }
            record::FORMULA => self.formula(record, budget)?,
            record::STRING => {
                let text = self.globals.text(record, 0, Count::Word).unwrap_or_default();
                budget.text(text.len())?;
                if let Some((_, cell)) = self.cells.last_mut() {
                    cell.value = Value::Text(text.into());
                }
            }
            record::SHARED_FORMULA => self.shared_tokens(data.get(8..).unwrap_or(&[]), Sharing::Copies),
            record::ARRAY => self.shared_tokens(data.get(12..).unwrap_or(&[]), Sharing::Array),
            record::ROW if u16_at(data, 12) & 0x20 != 0 => {
                push_index(&mut self.sheet.hidden_rows, u32::from(u16_at(data, 0)));
                budget.limits.check_ranges(self.sheet.hidden_rows.len())?;
            }
            record::COLUMN_INFO if data.len() >= 10 => {
                let span = Span { first: at.row.min(255), last: at.column.min(255) };
                let width = f32::from(style) / 256.0;
                if u16_at(data, 8) & 1 != 0 || width == 0.0 {
                    push_span(&mut self.sheet.hidden_columns, span);
                } else {
                    self.sheet.column_widths.push((span, width));
                }
                budget
                    .limits
                    .check_ranges(self.sheet.column_widths.len().max(self.sheet.hidden_columns.len()))?;
            }
            record::MERGE_CELLS => {
                for range in data.get(2..).unwrap_or(&[]).chunks_exact(8) {
                    let corner = |row, column| {
                        CellRef::new(u32::from(u16_at(range, row)), u32::from(u16_at(range, column)))
                    };
                    self.sheet.merges.push(Range::new(corner(0, 4), corner(2, 6)));
                }
                budget.limits.check_ranges(self.sheet.merges.len())?;
            }
            _ => {}
        }
        Ok(())
    }

    /// 2.4.127: the stored value and the tokens.
    fn formula(&mut self, record: &Record<'_>, budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        let (data, at) = (record.data, record.at());
        let value = if u16_at(data, 12) == 0xFFFF {
            let code = data.get(8).copied().unwrap_or(0);
            match data.get(6) {
                Some(1) => Value::Bool(code != 0),
                Some(2) => Value::Error(error_text(code).into()),
                // An empty text, or a formula that no program has calculated yet; any other text has its own record.
                Some(3) if self.globals.calculated => Value::Text("".into()),
                _ => Value::Empty,
            }
        } else {
            f64_at(data, 6).map_or(Value::Empty, Value::Number)
        };
        self.push(at, u16_at(data, 4), value, budget)?;
        if !self.globals.biff8 {
            // Their tokens are others.
            self.sheet.unwritable.push(UnwritableFormula { at, text: "".into() });
            return Ok(());
        }
        let length = usize::from(u16_at(data, 20));
        let tokens = data.get(22..).unwrap_or(&[]);
        let tokens = tokens.get(..length).unwrap_or(tokens);
        if tokens.first() == Some(&0x01) {
            let anchor = CellRef::new(u32::from(u16_at(tokens, 1)), u32::from(u16_at(tokens, 3)));
            self.pending.push((self.cells.len().saturating_sub(1), anchor));
            return Ok(());
        }
        self.put_formula(self.cells.len().saturating_sub(1), tokens, Sharing::Copies, budget)
    }

    /// Gives a cell the formula of its tokens, as far as they can be read.
    fn put_formula(
        &mut self,
        index: usize,
        tokens: &[u8],
        sharing: Sharing,
        budget: &mut Budget<'_>,
    ) -> Result<(), Unreadable> {
        let Some(target) = self.cells.get_mut(index) else { return Ok(()) };
        put_formula(target, self.sheet, tokens, Tokens::Biff8, &self.globals.names, sharing, budget)
    }

    /// The tokens that the formula cell just before stands for.
    fn shared_tokens(&mut self, body: &[u8], sharing: Sharing) {
        let Some((anchor, _)) = self.cells.last() else { return };
        let length = usize::from(u16_at(body, 0));
        let tokens = body.get(2..).unwrap_or(&[]);
        self.shared.insert(*anchor, (tokens.get(..length).unwrap_or(tokens).to_vec(), sharing));
    }

    fn push(
        &mut self,
        at: CellRef,
        style: u16,
        value: Value,
        budget: &mut Budget<'_>,
    ) -> Result<(), Unreadable> {
        budget.cell()?;
        if at.column >= CellRef::MAX_COLUMNS {
            return Err(damaged(PART, format!("{at} 超出工作表的范围")));
        }
        self.styles.push(style.into());
        self.cells.push((at, Cell { value, formula: None, number_format: self.globals.format(style) }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Align;

    #[test]
    fn a_style_has_its_font_and_ground_where_its_version_puts_them() {
        let bold = [false, false, false, false, true];
        // The fifth font has the number 5.
        let biff5 = [5, 0, 9, 0, 1, 0, 0x0A, 0, 0x0D, 0x20, 0x01, 0, 0, 0, 0, 0];
        let style = Style::read(&biff5, false, &bold);
        let look = Look { bold: true, align: Align::Center, wrap: true, fill: None };
        assert_eq!((style.format, style.look, style.ground), (9, look, Some(13)));
        let mut biff8 = [0; 20];
        (biff8[6], biff8[17], biff8[18]) = (3, 0x04, 13);
        let style = Style::read(&biff8, true, &bold);
        let right = Look { align: Align::Right, ..Look::default() };
        assert_eq!((style.look, style.ground), (right, Some(13)));
        let cut = Style::read(&[9], true, &bold);
        assert_eq!((cut.format, cut.look, cut.ground), (0, Look::default(), None));
    }
}
