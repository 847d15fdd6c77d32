//! Separated text: where its records and fields stand, byte by byte (RFC 4180 with the liberties of real files).
//!
//! Never decodes: separators, quotes and line ends are ASCII, which in UTF-8, GBK and GB18030 is no part of any other
//! character, and in UTF-16 one unit. By hand, as the patch replaces single fields where they stand: a reader that
//! gives only their contents does not say where that is.

use std::borrow::Cow;
use std::ops::Range as Bytes;

/// Fields of a record beyond this number are passed over: no sheet has so many columns.
pub const MOST_FIELDS: usize = 16_385;

const QUOTE: u16 = b'"' as u16;

/// How the characters of a text lie in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// UTF-8, GBK, GB18030.
    Single,
    /// UTF-16LE.
    Little,
    /// UTF-16BE.
    Big,
}

impl Units {
    pub const fn width(self) -> usize {
        if matches!(self, Self::Single) { 1 } else { 2 }
    }

    fn at(self, bytes: &[u8], at: usize) -> Option<u16> {
        match (self, bytes.get(at..at.checked_add(self.width())?)?) {
            (Self::Single, [one]) => Some(u16::from(*one)),
            (Self::Little, [low, high]) => Some(u16::from_le_bytes([*low, *high])),
            (Self::Big, [high, low]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    Quoting,
    /// A quote is a letter like any other.
    Letters,
}

/// One line, or several where a quoted field holds line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// As written, quotes included. A blank line has none.
    pub fields: Vec<Bytes<usize>>,
    /// From its first field to its last, without the line end.
    pub span: Bytes<usize>,
    /// `\n`, `\r`, `\r\n`, or nothing at the end of the text.
    pub line_end: Bytes<usize>,
}

/// The records of a text, blank lines among them, so that the index of a record is its row.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    units: Units,
    separator: u16,
    quotes: Quotes,
}

/// The records from `start` on.
pub const fn records(bytes: &[u8], start: usize, units: Units, separator: u8, quotes: Quotes) -> Records<'_> {
    Records { bytes, at: start, units, separator: separator as u16, quotes }
}

impl Records<'_> {
    fn unit(&self) -> Option<u16> {
        self.units.at(self.bytes, self.at)
    }

    fn takes(&mut self, unit: u16) -> bool {
        let found = self.unit() == Some(unit);
        if found {
            self.at += self.units.width();
        }
        found
    }

    /// Reads past one field, up to its separator or line end.
    fn field(&mut self) -> Bytes<usize> {
        let start = self.at;
        let mut inside = self.quotes == Quotes::Quoting && self.takes(QUOTE);
        while let Some(unit) = self.unit() {
            if inside {
                self.at += self.units.width();
                // A doubled quote is a quote of the text.
                inside = unit != QUOTE || self.takes(QUOTE);
            } else if unit == self.separator || is_line_end(unit) {
                break;
            } else {
                self.at += self.units.width();
            }
        }
        start..self.at
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        self.unit()?;
        let start = self.at;
        let mut fields = vec![self.field()];
        while self.takes(self.separator) {
            let field = self.field();
            if fields.len() < MOST_FIELDS {
                fields.push(field);
            }
        }
        let end = self.at;
        if !self.takes(u16::from(b'\r')) || self.unit() == Some(u16::from(b'\n')) {
            self.takes(u16::from(b'\n'));
        }
        if start == end {
            fields.clear();
        }
        Some(Record { fields, span: start..end, line_end: end..self.at })
    }
}

const fn is_line_end(unit: u16) -> bool {
    unit == b'\r' as u16 || unit == b'\n' as u16
}

/// The separator of a first line `sep=;`, which is no row of the sheet, and where the rows begin.
pub fn stated_separator(bytes: &[u8], start: usize, units: Units) -> Option<(u8, usize)> {
    let line = records(bytes, start, units, 0, Quotes::Letters).next()?;
    let letters: Vec<u8> = (line.span.step_by(units.width()))
        .map_while(|at| u8::try_from(units.at(bytes, at)?).ok())
        .take(9)
        .collect();
    let stated = letters.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(&letters);
    match stated {
        [s, e, p, b'=', separator]
            if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && is_separator(*separator) =>
        {
            Some((*separator, line.line_end.end))
        }
        _ => None,
    }
}

const fn is_separator(byte: u8) -> bool {
    byte == b'\t' || byte.is_ascii_punctuation() && byte != b'"'
}

/// A field's text without its quotes.
pub fn unquoted(field: &str, quotes: Quotes) -> Cow<'_, str> {
    let Some(rest) = field.strip_prefix('"').filter(|_| quotes == Quotes::Quoting) else {
        return Cow::Borrowed(field);
    };
    let mut text = String::with_capacity(rest.len());
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if c != '"' {
            text.push(c);
        } else if chars.as_str().starts_with('"') {
            text.push('"');
            chars.next();
        } else {
            // Behind the closing quote every character is a letter.
            text.push_str(chars.as_str());
            break;
        }
    }
    Cow::Owned(text)
}

/// A text as a field that reads back as that text; `None` where it cannot be written without quotes. `like` is the
/// field whose place it takes: one that was quoted stays so.
pub fn field(text: &str, separator: u8, quotes: Quotes, like: Option<u16>) -> Option<Cow<'_, str>> {
    let breaks = text.contains(['\r', '\n']) || text.contains(char::from(separator));
    match quotes {
        Quotes::Letters => (!breaks).then_some(Cow::Borrowed(text)),
        Quotes::Quoting if breaks || text.starts_with('"') || like == Some(QUOTE) => {
            Some(Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))))
        }
        Quotes::Quoting => Some(Cow::Borrowed(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, separator: u8) -> Vec<Vec<String>> {
        let fields = |record: Record| {
            record.fields.into_iter().map(|at| unquoted(&text[at], Quotes::Quoting).into_owned()).collect()
        };
        records(text.as_bytes(), 0, Units::Single, separator, Quotes::Quoting).map(fields).collect()
    }

    #[test]
    fn records_and_fields_are_found() {
        assert_eq!(
            rows("a,b\r\n\n\"c,\n\"\"d\",\r,e\"f\n", b','),
            [vec!["a", "b"], vec![], vec!["c,\n\"d", ""], vec!["", "e\"f"]]
        );
        assert_eq!(rows("\"a\"b\"c;d", b';'), [vec!["ab\"c", "d"]]);
        assert_eq!(rows("\"\"\na,\"b\n,c", b','), [vec![""], vec!["a", "b\n,c"]]);
        assert_eq!(rows("", b','), Vec::<Vec<String>>::new());
    }

    #[test]
    fn the_stated_separator_is_no_row() {
        assert_eq!(stated_separator(b"sep=;\r\na;b", 0, Units::Single), Some((b';', 7)));
        assert_eq!(stated_separator(b"\"SEP=|\"\na|b", 0, Units::Single), Some((b'|', 8)));
        assert_eq!(stated_separator(b"sep=ab\n", 0, Units::Single), None);
        let wide: Vec<u8> = "sep=\t\na".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(stated_separator(&wide, 0, Units::Big), Some((b'\t', 12)));
    }

    #[test]
    fn a_written_field_reads_back() {
        for text in ["600项", "1,600", "a\"b", "\"a", "甲\n乙", "", " "] {
            let written = field(text, b',', Quotes::Quoting, None).unwrap();
            assert_eq!(unquoted(&written, Quotes::Quoting), text);
            assert_eq!(field(text, b',', Quotes::Quoting, Some(QUOTE)).unwrap().chars().next(), Some('"'));
        }
        assert_eq!(field("a,b", b',', Quotes::Letters, None), None);
    }
}
