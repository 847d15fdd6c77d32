//! Formula text from the parsed tokens of .xls and .xlsb (MS-XLS 2.5.198, MS-XLSB 2.5.97).
//!
//! Covers operators, references, names and the functions of a sheet. What cannot be written into another workbook is
//! marked; its text still says what it reads. Computes nothing.

use std::cell::Cell;
use std::sync::Arc;

use super::cfb::{error_text, f64_at, u16_at, u32_at};
use super::functions::{numbered, written};
use super::limits::Budget;
use crate::model::{self, CellRef, Sheet, Unreadable, UnwritableFormula, column_letters};

/// Longest formula of the formats.
const MAX_TEXT: usize = 8_192;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tokens {
    Biff8,
    Biff12,
}

/// What tokens name by number.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By index of a sheet reference: the quoted name, as `'表 1'`; `None` where it cannot be told.
    pub sheets: Vec<Option<String>>,
    /// Defined names in order.
    pub defined: Vec<Defined>,
    /// By index of a sheet reference: its supporting book.
    pub books: Vec<usize>,
    /// The names of each supporting book: functions of add-ins among them.
    pub external: Vec<Vec<String>>,
}

/// Sheets in a row, as a formula writes them: `一月:三月`, `'1 月:3 月'`.
pub(super) fn quoted_sheets(first: &str, last: &str) -> String {
    let plain = quoted_sheet(first) == first && quoted_sheet(last) == last;
    if plain {
        format!("{first}:{last}")
    } else {
        format!("'{}:{}'", first.replace('\'', "''"), last.replace('\'', "''"))
    }
}

/// What a defined name stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Defined {
    /// Only functions need it: what others refer to is written in their place.
    pub name: String,
    pub is_function: bool,
    /// What it refers to, if that is the same wherever it stands.
    pub text: Option<String>,
}

/// A formula's text, without `=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormulaText {
    pub text: String,
    /// Whether it means the same in a workbook of its own: no unknown function, no other workbook, no list of
    /// constants.
    pub writable: bool,
}

/// The text of what a defined name refers to, if it is the same wherever it stands.
pub(super) fn defined_text(tokens: &[u8], layout: Tokens, names: &Names) -> Option<String> {
    let (found, relative) = read(tokens, layout, CellRef::new(0, 0), names)?;
    (found.writable && !relative)
        .then(|| if is_single(tokens) { found.text } else { format!("({})", found.text) })
}

/// One reference or constant, which needs no brackets.
fn is_single(tokens: &[u8]) -> bool {
    let size = match tokens.first().map(|token| token & 0x1F | 0x20) {
        Some(0x3A) => [7, 9],
        Some(0x3B) => [11, 15],
        _ => return false,
    };
    size.contains(&tokens.len())
}

/// A sheet's name as a formula writes it.
pub(super) fn quoted_sheet(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '[' | ']'))
        && !name.starts_with(|c: char| c.is_ascii_digit());
    // `Q1!A1` would be a cell's address.
    let plain = plain
        && name.parse::<CellRef>().is_err()
        && !matches!(name, "" | "R" | "C" | "RC" | "r" | "c" | "rc");
    if plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "''")) }
}

/// The text of a formula at `at`; `None` where a token is outside what is covered.
fn formula_text(tokens: &[u8], layout: Tokens, at: CellRef, names: &Names) -> Option<FormulaText> {
    read(tokens, layout, at, names).map(|(found, _)| found)
}

/// What a formula that several cells have in common is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    Copies,
    Array,
}

/// Gives a cell the formula of its tokens, as far as they can be read. The sheet remembers what no other workbook can
/// hold.
pub(super) fn put_formula(
    (at, cell): &mut (CellRef, model::Cell),
    sheet: &mut Sheet,
    tokens: &[u8],
    layout: Tokens,
    names: &Names,
    sharing: Sharing,
    budget: &mut Budget<'_>,
) -> Result<(), Unreadable> {
    let found = formula_text(tokens, layout, *at, names);
    let text: Option<Arc<str>> = found.as_ref().map(|found| found.text.as_str().into());
    budget.text(text.as_ref().map_or(0, |text| text.len()))?;
    if sharing == Sharing::Array || !found.is_some_and(|found| found.writable) {
        sheet.unwritable.push(UnwritableFormula { at: *at, text: text.clone().unwrap_or_default() });
    }
    cell.formula = text;
    Ok(())
}

/// Stands before a function's name on the stack.
const FUNCTION: char = '\u{1}';
/// Stands for what has no text.
const UNSAID: &str = "\u{2}";

/// The text, and whether a reference in it depends on where it stands.
fn read(tokens: &[u8], layout: Tokens, at: CellRef, names: &Names) -> Option<(FormulaText, bool)> {
    let mut reader = Reader { rest: tokens, layout, at, relative: Cell::new(false) };
    let mut writable = true;
    let mut stack: Vec<String> = Vec::new();
    while let Some(token) = reader.byte() {
        // Bits 5 and 6 are the operand class; it does not change the text.
        let token = if token >= 0x20 { 0x20 | (token & 0x1F) } else { token };
        let text = match token {
            0x03..=0x11 => {
                const OPERATORS: [&str; 15] =
                    ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];
                let operator = OPERATORS.get(usize::from(token - 0x03))?;
                let (right, left) = (stack.pop()?, stack.pop()?);
                format!("{left}{operator}{right}")
            }
            0x12 => format!("+{}", stack.pop()?),
            0x13 => format!("-{}", stack.pop()?),
            0x14 => format!("{}%", stack.pop()?),
            0x15 => format!("({})", stack.pop()?),
            0x16 => String::new(),
            0x17 => format!("\"{}\"", reader.string()?.replace('"', "\"\"")),
            0x19 => {
                let kind = reader.byte()?;
                let data = reader.u16()?;
                if kind & 0x04 != 0 {
                    reader.skip((usize::from(data) + 1) * 2)?;
                }
                if kind & 0x10 == 0 {
                    continue;
                }
                format!("SUM({})", stack.pop()?)
            }
            0x1C => error_text(reader.byte()?).to_owned(),
            0x1D => if reader.byte()? == 0 { "FALSE" } else { "TRUE" }.to_owned(),
            0x1E => reader.u16()?.to_string(),
            0x1F => reader.number()?.to_string(),
            0x21 => {
                let (name, arguments) = numbered(reader.u16()?)?;
                call(name, usize::from(arguments?), &mut stack)?
            }
            0x22 => {
                let arguments = usize::from(reader.byte()? & 0x7F);
                let number = reader.u16()?;
                match numbered(number & 0x7FFF) {
                    Some((name, _)) if number & 0x8000 == 0 => call(name, arguments, &mut stack)?,
                    // Its name comes before the arguments.
                    _ if number == 0x00FF => {
                        let function = stack.len().checked_sub(arguments).filter(|_| arguments > 0)?;
                        let given = stack.remove(function);
                        let name = given.strip_prefix(FUNCTION).unwrap_or(UNSAID);
                        let known = written(name);
                        writable &= known.is_some();
                        call(known.as_deref().unwrap_or(name), arguments - 1, &mut stack)?
                    }
                    _ => {
                        writable = false;
                        call(UNSAID, arguments, &mut stack)?
                    }
                }
            }
            0x20 => {
                reader.skip(if layout == Tokens::Biff8 { 7 } else { 14 })?;
                writable = false;
                // A list of constants reads nothing.
                "{…}".to_owned()
            }
            0x23 => {
                let index = usize::try_from(reader.u32()?).ok()?;
                names.defined(index)?
            }
            0x39 => {
                let reference = usize::from(reader.u16()?);
                let index = match layout {
                    Tokens::Biff8 => {
                        let index = reader.u16()?;
                        reader.skip(2)?;
                        usize::from(index)
                    }
                    Tokens::Biff12 => usize::try_from(reader.u32()?).ok()?,
                };
                let external = names
                    .books
                    .get(reference)
                    .and_then(|book| names.external.get(*book)?.get(index.checked_sub(1)?));
                external.map_or_else(|| UNSAID.to_owned(), |name| format!("{FUNCTION}{name}"))
            }
            0x24 => reader.reference(Position::Fixed)?,
            0x25 => reader.area(Position::Fixed)?,
            0x26..=0x28 => {
                reader.skip(6)?;
                continue;
            }
            0x29 => {
                reader.skip(2)?;
                continue;
            }
            0x2A => {
                reader.skip(reader.reference_size())?;
                "#REF!".to_owned()
            }
            0x2B => {
                reader.skip(reader.reference_size() * 2)?;
                "#REF!".to_owned()
            }
            0x2C => reader.reference(Position::Relative)?,
            0x2D => reader.area(Position::Relative)?,
            0x3A => format!("{}!{}", reader.sheet(names)?, reader.reference(Position::Fixed)?),
            0x3B => format!("{}!{}", reader.sheet(names)?, reader.area(Position::Fixed)?),
            0x3C | 0x3D => {
                let sheet = reader.sheet(names)?;
                reader.skip(reader.reference_size() * if token == 0x3C { 1 } else { 2 })?;
                format!("{sheet}!#REF!")
            }
            _ => return None,
        };
        if text.len() > MAX_TEXT {
            return None;
        }
        stack.push(text);
    }
    let text = stack.pop()?;
    if !stack.is_empty() || text.is_empty() {
        return None;
    }
    // A function's name left over is none that could be called.
    writable &= !text.contains([FUNCTION, '\u{2}']) && !super::draws_on_another_workbook(&text);
    let text = text.replace([FUNCTION, '\u{2}'], "未知");
    Some((FormulaText { text, writable }, reader.relative.get()))
}

impl Names {
    /// What stands in a formula for a defined name, counted from 1.
    fn defined(&self, index: usize) -> Option<String> {
        let found = self.defined.get(index.checked_sub(1)?)?;
        Some(match &found.text {
            _ if found.is_function => format!("{FUNCTION}{}", found.name),
            Some(text) => text.clone(),
            None => UNSAID.to_owned(),
        })
    }
}

fn call(name: &str, arguments: usize, stack: &mut Vec<String>) -> Option<String> {
    let from = stack.len().checked_sub(arguments)?;
    let arguments = stack.split_off(from);
    Some(format!("{name}({})", arguments.join(",")))
}

/// Whether a reference token stores addresses or offsets from its cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Fixed,
    Relative,
}

struct Reader<'t> {
    rest: &'t [u8],
    layout: Tokens,
    at: CellRef,
    /// Whether a reference was relative.
    relative: Cell<bool>,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(|_| ())
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16_at(bytes, 0))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|bytes| u32_at(bytes, 0))
    }

    fn number(&mut self) -> Option<f64> {
        f64_at(self.take(8)?, 0)
    }

    fn string(&mut self) -> Option<String> {
        let (count, wide) = match self.layout {
            Tokens::Biff8 => (usize::from(self.byte()?), self.byte()? & 1 != 0),
            Tokens::Biff12 => (usize::from(self.u16()?), true),
        };
        let units: Vec<u16> = if wide {
            self.take(count * 2)?.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect()
        } else {
            self.take(count)?.iter().map(|byte| u16::from(*byte)).collect()
        };
        Some(String::from_utf16_lossy(&units))
    }

    fn sheet<'n>(&mut self, names: &'n Names) -> Option<&'n str> {
        names.sheets.get(usize::from(self.u16()?))?.as_deref()
    }

    const fn reference_size(&self) -> usize {
        match self.layout {
            Tokens::Biff8 => 4,
            Tokens::Biff12 => 6,
        }
    }

    fn row(&mut self) -> Option<u32> {
        match self.layout {
            Tokens::Biff8 => self.u16().map(u32::from),
            Tokens::Biff12 => self.u32(),
        }
    }

    fn reference(&mut self, position: Position) -> Option<String> {
        let (row, column) = (self.row()?, self.u16()?);
        self.address(row, column, position)
    }

    fn area(&mut self, position: Position) -> Option<String> {
        let (first_row, last_row) = (self.row()?, self.row()?);
        let (first_column, last_column) = (self.u16()?, self.u16()?);
        let (rows, columns) = self.size();
        if position == Position::Fixed {
            let (start, end) = (first_column & 0x3FFF, last_column & 0x3FFF);
            self.relative.set(self.relative.get() || (first_column | last_column) & 0xC000 != 0);
            let dollar = |relative: bool| if relative { "" } else { "$" };
            if first_row == 0 && last_row == rows - 1 {
                let letters = |column: u16, name: u16| {
                    format!("{}{}", dollar(column & 0x4000 != 0), column_letters(u32::from(name)))
                };
                return Some(format!("{}:{}", letters(first_column, start), letters(last_column, end)));
            }
            if start == 0 && u32::from(end) == columns - 1 {
                let number = |column: u16, row: u32| format!("{}{}", dollar(column & 0x8000 != 0), row + 1);
                return Some(format!(
                    "{}:{}",
                    number(first_column, first_row),
                    number(last_column, last_row)
                ));
            }
        }
        let start = self.address(first_row, first_column, position)?;
        let end = self.address(last_row, last_column, position)?;
        Some(format!("{start}:{end}"))
    }

    const fn size(&self) -> (u32, u32) {
        match self.layout {
            Tokens::Biff8 => (65_536, 256),
            Tokens::Biff12 => (CellRef::MAX_ROWS, CellRef::MAX_COLUMNS),
        }
    }

    /// 2.5.198.111 RgceLoc and its relative kin: bits 14 and 15 of the column say what is relative.
    fn address(&self, row: u32, column: u16, position: Position) -> Option<String> {
        let (rows, columns) = self.size();
        let (relative_column, relative_row) = (column & 0x4000 != 0, column & 0x8000 != 0);
        self.relative.set(self.relative.get() || relative_column || relative_row);
        let mut column = u32::from(column & 0x3FFF);
        let mut row = row;
        if position == Position::Relative {
            if relative_row {
                row = row.wrapping_add(self.at.row) % rows;
            }
            if relative_column {
                column = column.wrapping_add(self.at.column) % columns;
            }
        }
        if row >= rows || column >= columns {
            return None;
        }
        let dollar = |relative: bool| if relative { "" } else { "$" };
        Some(format!(
            "{}{}{}{}",
            dollar(relative_column),
            column_letters(column),
            dollar(relative_row),
            row + 1
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(tokens: &[u8]) -> Option<FormulaText> {
        let function = Defined { name: "_xlfn.IFERROR".to_owned(), is_function: true, text: None };
        let area = Defined {
            name: "各市".to_owned(),
            is_function: false,
            text: Some("'表 1'!$C$5:$E$5".to_owned()),
        };
        let names = Names {
            sheets: vec![Some("'表 1'".to_owned()), Some("[1]Sheet1".to_owned())],
            defined: vec![function, area, Defined::default()],
            books: vec![1],
            external: vec![Vec::new(), vec!["EDATE".to_owned(), "MYFUNC".to_owned()]],
        };
        formula_text(tokens, Tokens::Biff8, CellRef::new(3, 6), &names)
    }

    fn text(tokens: &[u8]) -> Option<String> {
        found(tokens).filter(|found| found.writable).map(|found| found.text)
    }

    #[test]
    fn functions_of_later_versions_and_add_ins_are_read_by_their_names() {
        // IFERROR(1,2) by a defined name, EDATE(1,2) by an external one
        assert_eq!(
            text(&[0x23, 1, 0, 0, 0, 0x1E, 1, 0, 0x1E, 2, 0, 0x42, 3, 0xFF, 0]).as_deref(),
            Some("IFERROR(1,2)")
        );
        assert_eq!(
            text(&[0x39, 0, 0, 1, 0, 0, 0, 0x1E, 1, 0, 0x1E, 2, 0, 0x42, 3, 0xFF, 0]).as_deref(),
            Some("EDATE(1,2)")
        );
        // SUM over a defined name: what it refers to stands in its place
        assert_eq!(text(&[0x23, 2, 0, 0, 0, 0x19, 0x10, 0, 0]).as_deref(), Some("SUM('表 1'!$C$5:$E$5)"));
    }

    #[test]
    fn what_cannot_be_written_still_says_what_it_reads() {
        // MYFUNC(C5:E5), a name without a text, a list of constants, another workbook
        let own =
            found(&[0x39, 0, 0, 2, 0, 0, 0, 0x25, 4, 0, 4, 0, 2, 0xC0, 4, 0xC0, 0x42, 2, 0xFF, 0]).unwrap();
        assert_eq!((own.text.as_str(), own.writable), ("MYFUNC(C5:E5)", false));
        for tokens in [
            &[0x23u8, 3, 0, 0, 0][..],
            &[0x60, 0, 0, 0, 0, 0, 0, 0],
            &[0x5A, 1, 0, 7, 0, 2, 0],
            &[0x23, 1, 0, 0, 0],
        ] {
            assert!(!found(tokens).unwrap().writable, "{tokens:?}");
        }
    }

    #[test]
    fn names_that_stand_for_places_are_told_from_relative_ones() {
        let names = Names { sheets: vec![Some("表".to_owned())], ..Names::default() };
        assert_eq!(
            defined_text(&[0x3A, 0, 0, 7, 0, 2, 0], Tokens::Biff8, &names).as_deref(),
            Some("表!$C$8")
        );
        assert_eq!(
            defined_text(&[0x3A, 0, 0, 7, 0, 2, 0, 0x1E, 2, 0, 5], Tokens::Biff8, &names).as_deref(),
            Some("(表!$C$8*2)")
        );
        assert_eq!(defined_text(&[0x3A, 0, 0, 7, 0, 2, 0xC0], Tokens::Biff8, &names), None);
        for (name, quoted) in
            [("表", "表"), ("Q1", "'Q1'"), ("1月", "'1月'"), ("Sheet1", "Sheet1"), ("a b", "'a b'")]
        {
            assert_eq!(quoted_sheet(name), quoted);
        }
    }

    #[test]
    fn tokens_become_text() {
        // F4/D4
        assert_eq!(text(&[0x44, 3, 0, 5, 0xC0, 0x44, 3, 0, 3, 0xC0, 0x06]).as_deref(), Some("F4/D4"));
        // SUM of one area, by the short form
        assert_eq!(
            text(&[0x25, 4, 0, 4, 0, 2, 0xC0, 4, 0xC0, 0x19, 0x10, 0, 0]).as_deref(),
            Some("SUM(C5:E5)")
        );
        // a shared formula: two columns to the left, same row
        assert_eq!(text(&[0x4C, 0, 0, 0xFE, 0xC0]).as_deref(), Some("E4"));
        // another sheet, absolute
        assert_eq!(text(&[0x5A, 0, 0, 7, 0, 2, 0, 0x1E, 2, 0, 0x05]).as_deref(), Some("'表 1'!$C$8*2"));
        // ROUND(1,2)
        assert_eq!(text(&[0x1E, 1, 0, 0x1E, 2, 0, 0x41, 27, 0]).as_deref(), Some("ROUND(1,2)"));
    }

    #[test]
    fn what_is_not_covered_has_no_text() {
        for tokens in [&[0x01u8, 0, 0, 0, 0][..], &[0x03], &[0x17, 200, 0, 65], &[0x41, 0xFF, 0], &[]] {
            assert_eq!(text(tokens), None, "{tokens:?}");
        }
    }
}
