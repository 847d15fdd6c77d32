//! Formula text from the parsed tokens of .xls and .xlsb (MS-XLS 2.5.198, MS-XLSB 2.5.97).
//!
//! Covers operators, references, names and the usual functions. A formula with anything else has no text: the caller
//! keeps the value alone. Computes nothing.

use super::cfb::{error_text, f64_at, u16_at, u32_at};
use crate::model::{CellRef, column_letters};

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
    pub defined: Vec<Option<String>>,
}

/// A sheet's name as a formula writes it.
pub(super) fn quoted_sheet(name: &str) -> String {
    let plain =
        name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '[' | ']')) && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "''")) }
}

/// The text of a formula at `at`, without `=`; `None` where a token is outside what is covered.
pub(super) fn formula_text(tokens: &[u8], layout: Tokens, at: CellRef, names: &Names) -> Option<String> {
    let mut reader = Reader { rest: tokens, layout, at };
    let mut stack: Vec<String> = Vec::new();
    while let Some(token) = reader.byte() {
        // Bits 5 and 6 are the operand class; it does not change the text.
        let token = if token >= 0x20 { 0x20 | (token & 0x1F) } else { token };
        let text = match token {
            0x03..=0x11 => {
                const OPERATORS: [&str; 15] = ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];
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
                let (name, arguments) = function(reader.u16()?)?;
                call(name, usize::from(arguments?), &mut stack)?
            }
            0x22 => {
                let arguments = reader.byte()? & 0x7F;
                let (name, _) = function(reader.u16()? & 0x7FFF)?;
                call(name, usize::from(arguments), &mut stack)?
            }
            0x23 => {
                let index = reader.u32()?;
                names.defined.get(usize::try_from(index).ok()?.checked_sub(1)?)?.clone()?
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
    (stack.is_empty() && !text.is_empty()).then_some(text)
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
            let dollar = |relative: bool| if relative { "" } else { "$" };
            if first_row == 0 && last_row == rows - 1 {
                let letters = |column: u16, name: u16| format!("{}{}", dollar(column & 0x4000 != 0), column_letters(u32::from(name)));
                return Some(format!("{}:{}", letters(first_column, start), letters(last_column, end)));
            }
            if start == 0 && u32::from(end) == columns - 1 {
                let number = |column: u16, row: u32| format!("{}{}", dollar(column & 0x8000 != 0), row + 1);
                return Some(format!("{}:{}", number(first_column, first_row), number(last_column, last_row)));
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
        Some(format!("{}{}{}{}", dollar(relative_column), column_letters(column), dollar(relative_row), row + 1))
    }
}

/// A function's name by its number, and how many arguments it takes where that is fixed (MS-XLS 2.5.198.17).
fn function(number: u16) -> Option<(&'static str, Option<u8>)> {
    const FIXED: &[(u16, &str, u8)] = &[
        (2, "ISNA", 1),
        (3, "ISERROR", 1),
        (10, "NA", 0),
        (15, "SIN", 1),
        (16, "COS", 1),
        (17, "TAN", 1),
        (19, "PI", 0),
        (20, "SQRT", 1),
        (21, "EXP", 1),
        (22, "LN", 1),
        (23, "LOG10", 1),
        (24, "ABS", 1),
        (25, "INT", 1),
        (26, "SIGN", 1),
        (27, "ROUND", 2),
        (30, "REPT", 2),
        (31, "MID", 3),
        (32, "LEN", 1),
        (33, "VALUE", 1),
        (34, "TRUE", 0),
        (35, "FALSE", 0),
        (38, "NOT", 1),
        (39, "MOD", 2),
        (48, "TEXT", 2),
        (65, "DATE", 3),
        (66, "TIME", 3),
        (67, "DAY", 1),
        (68, "MONTH", 1),
        (69, "YEAR", 1),
        (71, "HOUR", 1),
        (72, "MINUTE", 1),
        (73, "SECOND", 1),
        (74, "NOW", 0),
        (76, "ROWS", 1),
        (77, "COLUMNS", 1),
        (111, "CHAR", 1),
        (112, "LOWER", 1),
        (113, "UPPER", 1),
        (117, "EXACT", 2),
        (118, "TRIM", 1),
        (119, "REPLACE", 4),
        (121, "CODE", 1),
        (126, "ISERR", 1),
        (127, "ISTEXT", 1),
        (128, "ISNUMBER", 1),
        (129, "ISBLANK", 1),
        (131, "N", 1),
        (140, "DATEVALUE", 1),
        (162, "CLEAN", 1),
        (184, "FACT", 1),
        (198, "ISLOGICAL", 1),
        (212, "ROUNDUP", 2),
        (213, "ROUNDDOWN", 2),
        (221, "TODAY", 0),
        (279, "EVEN", 1),
        (285, "FLOOR", 2),
        (288, "CEILING", 2),
        (298, "ODD", 1),
        (325, "LARGE", 2),
        (326, "SMALL", 2),
        (337, "POWER", 2),
        (346, "COUNTIF", 2),
        (347, "COUNTBLANK", 1),
        (480, "IFERROR", 2),
    ];
    const VARIABLE: &[(u16, &str)] = &[
        (0, "COUNT"),
        (1, "IF"),
        (4, "SUM"),
        (5, "AVERAGE"),
        (6, "MIN"),
        (7, "MAX"),
        (8, "ROW"),
        (9, "COLUMN"),
        (12, "STDEV"),
        (14, "FIXED"),
        (28, "LOOKUP"),
        (29, "INDEX"),
        (36, "AND"),
        (37, "OR"),
        (46, "VAR"),
        (64, "MATCH"),
        (70, "WEEKDAY"),
        (78, "OFFSET"),
        (82, "SEARCH"),
        (100, "CHOOSE"),
        (101, "HLOOKUP"),
        (102, "VLOOKUP"),
        (109, "LOG"),
        (115, "LEFT"),
        (116, "RIGHT"),
        (120, "SUBSTITUTE"),
        (124, "FIND"),
        (148, "INDIRECT"),
        (169, "COUNTA"),
        (183, "PRODUCT"),
        (197, "TRUNC"),
        (216, "RANK"),
        (219, "ADDRESS"),
        (227, "MEDIAN"),
        (228, "SUMPRODUCT"),
        (321, "SUMSQ"),
        (330, "MODE"),
        (336, "CONCATENATE"),
        (344, "SUBTOTAL"),
        (345, "SUMIF"),
        (359, "HYPERLINK"),
        (481, "COUNTIFS"),
        (482, "SUMIFS"),
        (483, "AVERAGEIF"),
        (484, "AVERAGEIFS"),
    ];
    if let Ok(index) = FIXED.binary_search_by_key(&number, |(number, _, _)| *number) {
        return FIXED.get(index).map(|(_, name, arguments)| (*name, Some(*arguments)));
    }
    let index = VARIABLE.binary_search_by_key(&number, |(number, _)| *number).ok()?;
    VARIABLE.get(index).map(|(_, name)| (*name, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(tokens: &[u8]) -> Option<String> {
        formula_text(tokens, Tokens::Biff8, CellRef::new(3, 6), &Names { sheets: vec![Some("'表 1'".to_owned())], defined: Vec::new() })
    }

    #[test]
    fn tokens_become_text() {
        // F4/D4
        assert_eq!(text(&[0x44, 3, 0, 5, 0xC0, 0x44, 3, 0, 3, 0xC0, 0x06]).as_deref(), Some("F4/D4"));
        // SUM of one area, by the short form
        assert_eq!(text(&[0x25, 4, 0, 4, 0, 2, 0xC0, 4, 0xC0, 0x19, 0x10, 0, 0]).as_deref(), Some("SUM(C5:E5)"));
        // a shared formula: two columns to the left, same row
        assert_eq!(text(&[0x4C, 0, 0, 0xFE, 0xC0]).as_deref(), Some("E4"));
        // another sheet, absolute
        assert_eq!(text(&[0x5A, 0, 0, 7, 0, 2, 0, 0x1E, 2, 0, 0x05]).as_deref(), Some("'表 1'!$C$8*2"));
        // ROUND(1,2)
        assert_eq!(text(&[0x1E, 1, 0, 0x1E, 2, 0, 0x41, 27, 0]).as_deref(), Some("ROUND(1,2)"));
    }

    #[test]
    fn what_is_not_covered_has_no_text() {
        for tokens in [&[0x01u8, 0, 0, 0, 0][..], &[0x60, 0, 0, 0, 0, 0, 0, 0], &[0x03], &[0x17, 200, 0, 65], &[0x41, 0xFF, 0], &[]] {
            assert_eq!(text(tokens), None, "{tokens:?}");
        }
    }
}
