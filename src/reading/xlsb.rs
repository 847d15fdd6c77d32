//! .xlsb: the binary parts of MS-XLSB, read record by record inside a checked package.
//!
//! Read here and not by calamine for the reason given in [`super::xls`].

use std::collections::HashMap;
use std::sync::Arc;

use super::cfb::{error_text, f64_at, rk_number, u16_at, u32_at};
use super::formula_tokens::{
    Defined, Names, Sharing, Tokens, defined_text, put_formula, quoted_sheet, quoted_sheets,
};
use super::limits::{Budget, damaged};
use super::number_formats::built_in;
use super::package::Package;
use super::{Book, Extras, holds, looks, push_index, push_span};
use crate::model::{
    Cell, CellRef, Grid, Look, NumberFormat, Range, Sheet, Span, Unreadable, Value, Visibility,
};

mod record {
    pub const ROW: u16 = 0x0000;
    pub const CELL_BLANK: u16 = 0x0001;
    pub const CELL_RK: u16 = 0x0002;
    pub const CELL_ERROR: u16 = 0x0003;
    pub const CELL_BOOL: u16 = 0x0004;
    pub const CELL_REAL: u16 = 0x0005;
    pub const CELL_TEXT: u16 = 0x0006;
    pub const CELL_SHARED: u16 = 0x0007;
    pub const FORMULA_TEXT: u16 = 0x0008;
    pub const FORMULA_NUMBER: u16 = 0x0009;
    pub const FORMULA_BOOL: u16 = 0x000A;
    pub const FORMULA_ERROR: u16 = 0x000B;
    /// Cells without a column: they stand right of the one before. Their types are those of the long forms, 11 higher.
    pub const SHORT_BLANK: u16 = 0x000C;
    pub const SHORT_SHARED: u16 = 0x0012;
    pub const SHORT_OFFSET: u16 = 0x000B;
    pub const SHARED_STRING: u16 = 0x0013;
    pub const NAME: u16 = 0x0027;
    pub const FONT: u16 = 0x002B;
    pub const FORMAT: u16 = 0x002C;
    pub const FILL: u16 = 0x002D;
    pub const XF: u16 = 0x002F;
    pub const COLUMN_INFO: u16 = 0x003C;
    pub const WORKBOOK_PROPERTIES: u16 = 0x0099;
    pub const SHEET: u16 = 0x009C;
    pub const MERGE_CELL: u16 = 0x00B0;
    pub const OWN_BOOK: u16 = 0x0165;
    pub const EXTERN_SHEET: u16 = 0x016A;
    pub const ARRAY_FORMULA: u16 = 0x01AA;
    pub const SHARED_FORMULA: u16 = 0x01AB;
    pub const OTHER_BOOK: u16 = 0x0163;
    pub const SAME_BOOK: u16 = 0x0166;
    pub const ADD_IN_BOOK: u16 = 0x029B;
    pub const BOOK_PROTECTION: u16 = 0x0216;
    pub const SHEET_PROTECTION: u16 = 0x0217;
    pub const BEGIN_CELL_XFS: u16 = 0x0269;
    pub const END_CELL_XFS: u16 = 0x026A;
}

pub(super) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let mut package = Package::open(bytes, budget.limits)?;
    let root = package.relationships("")?;
    let workbook_part = root
        .into_iter()
        .find(|r| r.kind == "officeDocument")
        .map_or_else(|| "xl/workbook.bin".to_owned(), |r| r.target);
    let relationships = package.relationships(&workbook_part)?;
    let target = |kind: &str| relationships.iter().find(|r| r.kind == kind).map(|r| r.target.as_str());
    let mut workbook = read_workbook(&mut package, &workbook_part, budget)?;
    workbook.strings = match target("sharedStrings") {
        Some(part) => read_strings(&mut package, part, budget)?,
        None => Vec::new(),
    };
    if let Some(part) = target("styles") {
        // Only how it looks depends on the theme: a damaged one leaves the file readable.
        let theme = target("theme").and_then(|theme| looks::read_theme(&mut package, theme, budget).ok());
        if let Some(bytes) = package.part(part)? {
            (workbook.formats, workbook.looks) = read_styles(part, &bytes, &theme.unwrap_or_default())?;
        }
    }

    let mut book = Book { date_1904: workbook.date_1904, ..Book::default() };
    let mut protected_sheets = Vec::new();
    for entry in &workbook.sheets {
        let mut sheet = Sheet { name: entry.name.clone(), visibility: entry.visibility, ..Sheet::default() };
        let part = relationships
            .iter()
            .find(|r| r.id == entry.relationship && r.kind == "worksheet")
            .map(|r| r.target.as_str());
        if let Some(part) = part {
            let bytes = package.part(part)?.ok_or_else(|| damaged(part, "文件里缺这一部分"))?;
            let mut reader = SheetReader {
                part,
                workbook: &workbook,
                sheet: &mut sheet,
                next: CellRef::new(0, 0),
                cells: Vec::new(),
                styles: Vec::new(),
                pending: Vec::new(),
                shared: HashMap::new(),
            };
            if reader.read(&bytes, budget)? {
                protected_sheets.push(book.sheets.len());
            }
        }
        book.sheets.push(sheet);
    }
    let macros = package.any_name(|name| name.ends_with("vbaproject.bin"));
    let signed = package.any_name(|name| name.starts_with("_xmlsignatures/"));
    book.remark(Extras { macros, signed, protected: workbook.protected, protected_sheets });
    Ok(book)
}

/// The records of a part: a type and a length in seven-bit groups, then the body (2.1.4).
struct Records<'p> {
    part: &'p str,
    rest: &'p [u8],
}

impl<'p> Records<'p> {
    fn next(&mut self) -> Result<Option<(u16, &'p [u8])>, Unreadable> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let short = || damaged(self.part, "记录不完整");
        let (kind, rest) = groups(self.rest, 2).ok_or_else(short)?;
        let (length, rest) = groups(rest, 4).ok_or_else(short)?;
        let (body, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| rest.split_at_checked(length))
            .ok_or_else(short)?;
        self.rest = rest;
        Ok(Some((u16::try_from(kind).unwrap_or(u16::MAX), body)))
    }
}

/// A number in up to `most` seven-bit groups, the lowest first.
fn groups(bytes: &[u8], most: u32) -> Option<(u32, &[u8])> {
    let (mut value, mut rest) = (0u32, bytes);
    for index in 0..most {
        let (byte, tail) = rest.split_first()?;
        rest = tail;
        value |= u32::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((value, rest))
}

/// A text with its length before it, and the bytes it takes; `None` where it does not fit.
fn wide_string(bytes: &[u8]) -> Option<(String, usize)> {
    let length = usize::try_from(u32_at(bytes.get(..4)?, 0)).ok()?;
    let end = length.checked_mul(2)?.checked_add(4)?;
    let units: Vec<u16> =
        bytes.get(4..end)?.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    Some((String::from_utf16_lossy(&units), end))
}

#[derive(Default)]
struct Workbook {
    sheets: Vec<SheetEntry>,
    strings: Vec<Arc<str>>,
    /// Number format and look of each cell style.
    formats: Vec<NumberFormat>,
    looks: Vec<Look>,
    names: Names,
    date_1904: bool,
    protected: bool,
}

struct SheetEntry {
    name: String,
    relationship: String,
    visibility: Visibility,
}

fn read_workbook(package: &mut Package<'_>, part: &str, budget: &Budget<'_>) -> Result<Workbook, Unreadable> {
    let bytes = package.part(part)?.ok_or_else(|| damaged(part, "文件里缺这一部分"))?;
    let mut found = Workbook::default();
    // Whether each supporting book is this one.
    let mut books: Vec<bool> = Vec::new();
    let mut references: Vec<(usize, usize, usize)> = Vec::new();
    let mut refers: Vec<&[u8]> = Vec::new();
    let mut records = Records { part, rest: &bytes };
    while let Some((kind, body)) = records.next()? {
        match kind {
            record::WORKBOOK_PROPERTIES => found.date_1904 = u32_at(body, 0) & 1 != 0,
            record::BOOK_PROTECTION => found.protected = true,
            record::SHEET => {
                budget.limits.check_sheets(found.sheets.len() + 1)?;
                let rest = body.get(8..).unwrap_or(&[]);
                let (relationship, used) = wide_string(rest).unwrap_or((String::new(), 4));
                let (name, _) =
                    rest.get(used..).and_then(wide_string).ok_or_else(|| damaged(part, "工作表名不完整"))?;
                let visibility = match u32_at(body, 0) {
                    0 => Visibility::Visible,
                    1 => Visibility::Hidden,
                    _ => Visibility::VeryHidden,
                };
                found.sheets.push(SheetEntry { name, relationship, visibility });
            }
            record::OWN_BOOK | record::SAME_BOOK => books.push(true),
            record::OTHER_BOOK | record::ADD_IN_BOOK => books.push(false),
            record::EXTERN_SHEET => {
                for xti in body.get(4..).unwrap_or(&[]).chunks_exact(12) {
                    let index = |at| usize::try_from(u32_at(xti, at)).unwrap_or(usize::MAX);
                    references.push((index(0), index(4), index(8)));
                }
            }
            record::NAME => {
                // 2.4.711: flags, a key, the sheet, then the name and what it refers to.
                let (name, used) = body.get(9..).and_then(wide_string).unwrap_or_default();
                refers.push(body.get(9 + used..).map_or(&[], |rest| parsed_formula(rest).0));
                found.names.defined.push(Defined {
                    name,
                    is_function: u32_at(body, 0) & 0x02 != 0,
                    text: None,
                });
            }
            _ => {}
        }
    }
    if found.sheets.is_empty() {
        return Err(damaged(part, "没有一张工作表"));
    }
    let name_of = |(book, sheet, last): &(usize, usize, usize)| {
        if books.get(*book).copied().unwrap_or(false) {
            if sheet != last {
                let (first, last) = (found.sheets.get(*sheet)?, found.sheets.get(*last)?);
                return Some(quoted_sheets(&first.name, &last.name));
            }
            return found.sheets.get(*sheet).map(|entry| quoted_sheet(&entry.name));
        }
        // The names of the other book's sheets stand in a part of their own; the link is what matters.
        let number = books.iter().take(*book + 1).filter(|own| !**own).count();
        books.get(*book).map(|_| format!("[{number}]Sheet{}", sheet.saturating_add(1)))
    };
    let sheets = references.iter().map(name_of).collect();
    found.names.sheets = sheets;
    for (index, tokens) in refers.iter().enumerate() {
        let text = defined_text(tokens, Tokens::Biff12, &found.names);
        if let Some(defined) = found.names.defined.get_mut(index) {
            defined.text = text;
        }
    }
    Ok(found)
}

fn read_strings(
    package: &mut Package<'_>,
    part: &str,
    budget: &mut Budget<'_>,
) -> Result<Vec<Arc<str>>, Unreadable> {
    let Some(bytes) = package.part(part)? else { return Ok(Vec::new()) };
    let mut strings = Vec::new();
    let mut records = Records { part, rest: &bytes };
    while let Some((kind, body)) = records.next()? {
        if kind == record::SHARED_STRING {
            let (text, _) =
                body.get(1..).and_then(wide_string).ok_or_else(|| damaged(part, "共享字符串不完整"))?;
            budget.text(text.len())?;
            strings.push(text.into());
        }
    }
    Ok(strings)
}

fn read_styles(
    part: &str,
    bytes: &[u8],
    theme: &[[u8; 3]],
) -> Result<(Vec<NumberFormat>, Vec<Look>), Unreadable> {
    let mut own: HashMap<u16, NumberFormat> = HashMap::new();
    let (mut formats, mut looks, mut bold, mut fills) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut in_cell_styles = false;
    let mut records = Records { part, rest: bytes };
    while let Some((kind, body)) = records.next()? {
        match kind {
            record::FORMAT => {
                if let Some((code, _)) = body.get(2..).and_then(wide_string) {
                    own.insert(u16_at(body, 0), NumberFormat::new(&code));
                }
            }
            record::FONT => bold.push(u16_at(body, 4) >= looks::BOLD),
            // 2.4.144: the pattern, then the colour; 1 is a plain ground.
            record::FILL => {
                fills
                    .push(body.get(4..).filter(|_| u32_at(body, 0) == 1).and_then(|fore| color(fore, theme)));
            }
            record::BEGIN_CELL_XFS => in_cell_styles = true,
            record::END_CELL_XFS => in_cell_styles = false,
            record::XF if in_cell_styles => {
                let id = u16_at(body, 2);
                formats.push(own.get(&id).cloned().unwrap_or_else(|| built_in(u32::from(id))));
                let (font, fill, align) =
                    (u16_at(body, 4), u16_at(body, 6), u16_at(body, 12).to_le_bytes()[0]);
                looks.push(Look {
                    bold: bold.get(usize::from(font)).copied().unwrap_or(false),
                    align: looks::numbered_align(align),
                    wrap: align & 0x40 != 0,
                    fill: fills.get(usize::from(fill)).copied().flatten(),
                });
            }
            _ => {}
        }
    }
    Ok((formats, looks))
}

/// A colour (2.5.19): of a number, by itself, or of the theme, and a tint.
fn color(bytes: &[u8], theme: &[[u8; 3]]) -> Option<[u8; 3]> {
    let [kind, index, tint @ .., red, green, blue, _] = *bytes.first_chunk::<8>()?;
    let plain = match kind >> 1 {
        1 => looks::indexed(index.into()),
        2 => Some([red, green, blue]),
        3 => theme.get(usize::from(index)).copied(),
        _ => None,
    };
    Some(looks::tinted(plain?, f64::from(i16::from_le_bytes(tint)) / f64::from(i16::MAX)))
}

struct SheetReader<'w, 'o> {
    part: &'w str,
    workbook: &'w Workbook,
    sheet: &'o mut Sheet,
    /// Where the next cell stands if it does not say.
    next: CellRef,
    cells: Vec<(CellRef, Cell)>,
    /// The style of each cell.
    styles: Vec<u32>,
    /// Cells whose formula stands in a shared or array record: index in `cells`, anchor.
    pending: Vec<(usize, CellRef)>,
    shared: HashMap<CellRef, (Vec<u8>, Sharing)>,
}

impl SheetReader<'_, '_> {
    /// Reads a sheet part; true where the sheet is protected.
    fn read(&mut self, bytes: &[u8], budget: &mut Budget<'_>) -> Result<bool, Unreadable> {
        let mut protected = false;
        let mut records = Records { part: self.part, rest: bytes };
        while let Some((kind, body)) = records.next()? {
            if kind == record::SHEET_PROTECTION {
                protected = u32_at(body, 2) != 0;
            } else if (record::SHORT_BLANK..=record::SHORT_SHARED).contains(&kind) {
                let mut long = self.next.column.to_le_bytes().to_vec();
                long.extend_from_slice(body);
                self.record(kind - record::SHORT_OFFSET, &long, budget)?;
            } else {
                self.record(kind, body, budget)?;
            }
        }
        for (index, anchor) in std::mem::take(&mut self.pending) {
            let (tokens, sharing) =
                self.shared.get(&anchor).cloned().unwrap_or((Vec::new(), Sharing::Copies));
            self.put_formula(index, &tokens, sharing, budget)?;
        }
        self.sheet.looks = looks::of_cells(&self.cells, &self.styles, &self.workbook.looks);
        self.cells.retain(|(_, cell)| holds(cell));
        self.sheet.grid = Grid::from_cells(std::mem::take(&mut self.cells));
        Ok(protected)
    }

    fn record(&mut self, kind: u16, body: &[u8], budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        let after = body.get(8..).unwrap_or(&[]);
        let byte = after.first().copied().unwrap_or(0);
        match kind {
            record::ROW => {
                let row = u32_at(body, 0);
                self.next = CellRef::new(row, 0);
                if row >= CellRef::MAX_ROWS {
                    return Err(damaged(self.part, "行号超出工作表的范围"));
                }
                if body.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    push_index(&mut self.sheet.hidden_rows, row);
                    budget.limits.check_ranges(self.sheet.hidden_rows.len())?;
                }
            }
            record::CELL_BLANK => self.next.column = u32_at(body, 0).saturating_add(1),
            record::CELL_RK => self.push(body, Value::Number(rk_number(u32_at(after, 0))), None, budget)?,
            record::CELL_ERROR => self.push(body, Value::Error(error_text(byte).into()), None, budget)?,
            record::CELL_BOOL => self.push(body, Value::Bool(byte != 0), None, budget)?,
            record::CELL_REAL => {
                self.push(body, f64_at(after, 0).map_or(Value::Empty, Value::Number), None, budget)?
            }
            record::CELL_TEXT | record::FORMULA_TEXT => {
                let (text, used) =
                    wide_string(after).ok_or_else(|| damaged(self.part, "单元格的文字不完整"))?;
                budget.text(text.len())?;
                let value = Value::Text(text.into());
                let formula = (kind == record::FORMULA_TEXT).then(|| after.get(used + 2..).unwrap_or(&[]));
                self.push(body, value, formula, budget)?;
            }
            record::CELL_SHARED => {
                let index = usize::try_from(u32_at(after, 0)).unwrap_or(usize::MAX);
                let text = self.workbook.strings.get(index).cloned();
                let text =
                    text.ok_or_else(|| damaged(self.part, format!("引用的共享字符串 {index} 不存在")))?;
                self.push(body, Value::Text(text), None, budget)?;
            }
            record::FORMULA_NUMBER => {
                self.push(
                    body,
                    f64_at(after, 0).map_or(Value::Empty, Value::Number),
                    Some(after.get(10..).unwrap_or(&[])),
                    budget,
                )?;
            }
            record::FORMULA_BOOL => {
                self.push(body, Value::Bool(byte != 0), Some(after.get(3..).unwrap_or(&[])), budget)?
            }
            record::FORMULA_ERROR => {
                self.push(
                    body,
                    Value::Error(error_text(byte).into()),
                    Some(after.get(3..).unwrap_or(&[])),
                    budget,
                )?;
            }
            record::SHARED_FORMULA => self.shared_tokens(body.get(16..).unwrap_or(&[]), Sharing::Copies),
            record::ARRAY_FORMULA => self.shared_tokens(body.get(17..).unwrap_or(&[]), Sharing::Array),
            record::COLUMN_INFO => {
                let (first, last) = (u32_at(body, 0), u32_at(body, 4).min(CellRef::MAX_COLUMNS - 1));
                if first > last {
                    return Ok(());
                }
                let (span, width) = (Span { first, last }, u32_at(body, 8));
                if u16_at(body, 16) & 1 != 0 || width == 0 {
                    push_span(&mut self.sheet.hidden_columns, span);
                } else {
                    self.sheet
                        .column_widths
                        .push((span, f32::from(u16::try_from(width).unwrap_or(u16::MAX)) / 256.0));
                }
                budget
                    .limits
                    .check_ranges(self.sheet.column_widths.len().max(self.sheet.hidden_columns.len()))?;
            }
            record::MERGE_CELL => {
                let corner = |row, column| {
                    CellRef::new(
                        u32_at(body, row).min(CellRef::MAX_ROWS - 1),
                        u32_at(body, column).min(CellRef::MAX_COLUMNS - 1),
                    )
                };
                self.sheet.merges.push(Range::new(corner(0, 8), corner(4, 12)));
                budget.limits.check_ranges(self.sheet.merges.len())?;
            }
            _ => {}
        }
        Ok(())
    }

    /// `formula` is the length and the tokens, as they follow the value.
    fn push(
        &mut self,
        body: &[u8],
        value: Value,
        formula: Option<&[u8]>,
        budget: &mut Budget<'_>,
    ) -> Result<(), Unreadable> {
        budget.cell()?;
        let column = u32_at(body, 0);
        if column >= CellRef::MAX_COLUMNS {
            return Err(damaged(self.part, "列号超出工作表的范围"));
        }
        let at = CellRef::new(self.next.row, column);
        self.next.column = column + 1;
        let style = u32_at(body, 4) & 0x00FF_FFFF;
        let format = usize::try_from(style).ok().and_then(|style| self.workbook.formats.get(style));
        let number_format = format.cloned().unwrap_or_default();
        let index = self.cells.len();
        self.styles.push(style);
        self.cells.push((at, Cell { value, formula: None, number_format }));
        if let Some((tokens, extra)) = formula.map(parsed_formula) {
            if tokens.first() == Some(&0x01) {
                self.pending.push((index, CellRef::new(u32_at(tokens, 1), u32_at(extra, 4))));
            } else {
                self.put_formula(index, tokens, Sharing::Copies, budget)?;
            }
        }
        Ok(())
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
        put_formula(target, self.sheet, tokens, Tokens::Biff12, &self.workbook.names, sharing, budget)
    }

    fn shared_tokens(&mut self, body: &[u8], sharing: Sharing) {
        if let Some((anchor, _)) = self.cells.last() {
            self.shared.insert(*anchor, (parsed_formula(body).0.to_vec(), sharing));
        }
    }
}

/// The tokens of a parsed formula, and what follows them.
fn parsed_formula(bytes: &[u8]) -> (&[u8], &[u8]) {
    let length = usize::try_from(u32_at(bytes, 0)).unwrap_or(usize::MAX);
    let rest = bytes.get(4..).unwrap_or(&[]);
    rest.split_at_checked(length).unwrap_or((rest, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Align;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![];
        match kind.to_le_bytes() {
            [low, 0] if low < 0x80 => bytes.push(low),
            [low, high] => bytes.extend([low | 0x80, high << 1 | low >> 7]),
        }
        bytes.push(u8::try_from(body.len()).unwrap());
        bytes.extend(body);
        bytes
    }

    fn fill(pattern: u8, color: [u8; 8]) -> Vec<u8> {
        record(record::FILL, &[[pattern, 0, 0, 0].as_slice(), &color, &[0; 8]].concat())
    }

    fn xf(font: u8, fill: u8, align: u8) -> Vec<u8> {
        record(record::XF, &[0, 0, 0, 0, font, 0, fill, 0, 0, 0, 0, 0, align, 0, 0, 0])
    }

    #[test]
    fn styles_say_how_their_cells_look() {
        let tint = (-i16::MAX / 2).to_le_bytes();
        let records = [
            record(record::FONT, &[0xDC, 0, 0, 0, 0x90, 0x01]),
            record(record::FONT, &[0xDC, 0, 1, 0, 0xBC, 0x02]),
            fill(0, [3, 64, 0, 0, 0, 0, 0, 255]),
            fill(1, [5, 0, 0, 0, 0xD9, 0xE1, 0xF2, 255]),
            fill(1, [7, 1, tint[0], tint[1], 0, 0, 0, 255]),
            fill(1, [3, 10, 0, 0, 0, 0, 0, 255]),
            // Cut short.
            record(record::FILL, &[1, 0, 0, 0, 5]),
            // A style that others build on is no cell's.
            xf(1, 1, 0x42),
            record(record::BEGIN_CELL_XFS, &[]),
            xf(0, 0, 0),
            xf(1, 1, 0x42),
            xf(0, 2, 0x03),
            xf(0, 3, 0x07),
            xf(9, 4, 0),
            record(record::XF, &[0]),
            record(record::END_CELL_XFS, &[]),
        ];
        let (formats, looks) =
            read_styles("styles.bin", &records.concat(), &[[0; 3], [200, 100, 0]]).unwrap();
        assert_eq!(formats.len(), looks.len());
        let head = Look { bold: true, align: Align::Center, wrap: true, fill: Some([0xD9, 0xE1, 0xF2]) };
        let tinted = Look { align: Align::Right, fill: Some([100, 50, 0]), ..Look::default() };
        let numbered = Look { align: Align::Left, fill: Some([255, 0, 0]), ..Look::default() };
        assert_eq!(looks, [Look::default(), head, tinted, numbered, Look::default(), Look::default()]);
    }
}
