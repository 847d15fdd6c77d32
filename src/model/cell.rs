//! Addresses: one cell, a rectangle of cells, column letters.

use std::fmt;
use std::str::FromStr;

/// One cell's address, zero-based: `A1` is row 0, column 0. Order is by row, then by column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRef {
    pub row: u32,
    pub column: u32,
}

impl CellRef {
    pub const MAX_ROWS: u32 = 1_048_576;
    pub const MAX_COLUMNS: u32 = 16_384;

    pub const fn new(row: u32, column: u32) -> Self {
        Self { row, column }
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.column), self.row.saturating_add(1))
    }
}

/// What is not an A1 address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是单元格地址，应写作 C5 这样的形式")]
pub struct BadAddress(pub String);

impl FromStr for CellRef {
    type Err = BadAddress;

    /// Reads `C5` or `$C$5`, either case.
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let bad = || BadAddress(text.to_owned());
        let bare: String = text.chars().filter(|c| *c != '$').collect();
        let split = bare.find(|c: char| c.is_ascii_digit()).ok_or_else(bad)?;
        let (letters, digits) = bare.split_at_checked(split).ok_or_else(bad)?;
        let column = parse_column(letters).ok_or_else(bad)?;
        let row: u32 = digits.parse().map_err(|_| bad())?;
        if row == 0 || row > Self::MAX_ROWS {
            return Err(bad());
        }
        Ok(Self::new(row - 1, column))
    }
}

/// Letters of a zero-based column: 0 is `A`, 26 is `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(b'A' + digit);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|b| char::from(*b)).collect()
}

/// Zero-based column of `A`..`XFD`, either case; `None` past the last column of the format.
pub fn parse_column(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0u32;
    for byte in letters.bytes() {
        let byte = byte.to_ascii_uppercase();
        if !byte.is_ascii_uppercase() {
            return None;
        }
        column = column * 26 + u32::from(byte - b'A') + 1;
    }
    (column <= CellRef::MAX_COLUMNS).then(|| column - 1)
}

/// A rectangle of cells, both corners included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    pub start: CellRef,
    pub end: CellRef,
}

impl Range {
    /// The rectangle between two corners, in either order.
    pub fn new(a: CellRef, b: CellRef) -> Self {
        Self {
            start: CellRef::new(a.row.min(b.row), a.column.min(b.column)),
            end: CellRef::new(a.row.max(b.row), a.column.max(b.column)),
        }
    }

    pub const fn cell(at: CellRef) -> Self {
        Self { start: at, end: at }
    }

    pub const fn contains(&self, at: CellRef) -> bool {
        self.start.row <= at.row
            && at.row <= self.end.row
            && self.start.column <= at.column
            && at.column <= self.end.column
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.start == self.end {
            write!(f, "{}", self.start)
        } else {
            write!(f, "{}:{}", self.start, self.end)
        }
    }
}

impl FromStr for Range {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        match text.split_once(':') {
            Some((a, b)) => Ok(Self::new(a.parse()?, b.parse()?)),
            None => Ok(Self::cell(text.parse()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_round_trip() {
        for (text, row, column) in
            [("A1", 0, 0), ("Z9", 8, 25), ("AA10", 9, 26), ("XFD1048576", 1_048_575, 16_383)]
        {
            let at: CellRef = text.parse().unwrap();
            assert_eq!(at, CellRef::new(row, column));
            assert_eq!(at.to_string(), text);
        }
        assert_eq!("$c$5".parse::<CellRef>().unwrap(), CellRef::new(4, 2));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "A", "5", "A0", "XFE1", "A1048577", "AAAA1", "A1B", "甲1"] {
            assert!(text.parse::<CellRef>().is_err(), "{text}");
        }
    }
}
