//! The references in a formula's text (ECMA-376 part 1, 18.17): finding them, moving them. Evaluates nothing.

use std::ops::Range as Bytes;

use crate::model::{CellRef, Range, column_letters, parse_column};

/// What a formula mentions, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Mention {
    Reference {
        /// Of the area in the text, without the sheet.
        span: Bytes<usize>,
        sheet: Sheet,
        area: Area,
    },
    /// A defined name, or something that could be one.
    Name(String),
    /// Reads cells that its text does not name: INDIRECT, OFFSET, structured references, ranges put together.
    Opaque,
    /// `Sheet1:Sheet3!A1`.
    AcrossSheets,
}

/// The sheet a reference names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// None: the formula's own.
    Own,
    Named(String),
    /// In another workbook.
    External,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub index: u32,
    pub absolute: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corner {
    pub column: Axis,
    pub row: Axis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    Cell(Corner),
    Cells(Corner, Corner),
    Columns(Axis, Axis),
    Rows(Axis, Axis),
}

const LAST_ROW: u32 = CellRef::MAX_ROWS - 1;
const LAST_COLUMN: u32 = CellRef::MAX_COLUMNS - 1;

impl Area {
    pub fn range(self) -> Range {
        let at = |corner: Corner| CellRef::new(corner.row.index, corner.column.index);
        match self {
            Self::Cell(corner) => Range::cell(at(corner)),
            Self::Cells(a, b) => Range::new(at(a), at(b)),
            Self::Columns(a, b) => Range::new(CellRef::new(0, a.index), CellRef::new(LAST_ROW, b.index)),
            Self::Rows(a, b) => Range::new(CellRef::new(a.index, 0), CellRef::new(b.index, LAST_COLUMN)),
        }
    }

    /// Whether every part is absolute, so that it means the same wherever it is read.
    pub fn is_absolute(self) -> bool {
        let whole = |corner: Corner| corner.row.absolute && corner.column.absolute;
        match self {
            Self::Cell(corner) => whole(corner),
            Self::Cells(a, b) => whole(a) && whole(b),
            Self::Columns(a, b) | Self::Rows(a, b) => a.absolute && b.absolute,
        }
    }

    /// The area with its rows and columns mapped; `None` if one has no place.
    fn mapped(
        self,
        row: impl Fn(Axis) -> Option<Axis>,
        column: impl Fn(Axis) -> Option<Axis>,
    ) -> Option<Self> {
        let corner = |corner: Corner| Some(Corner { column: column(corner.column)?, row: row(corner.row)? });
        Some(match self {
            Self::Cell(a) => Self::Cell(corner(a)?),
            Self::Cells(a, b) => Self::Cells(corner(a)?, corner(b)?),
            Self::Columns(a, b) => Self::Columns(column(a)?, column(b)?),
            Self::Rows(a, b) => Self::Rows(row(a)?, row(b)?),
        })
    }

    /// The area as seen from a cell `rows` further down and `columns` further right: relative parts move.
    pub fn translated(self, rows: i64, columns: i64) -> Option<Self> {
        self.mapped(|axis| moved(axis, rows, LAST_ROW), |axis| moved(axis, columns, LAST_COLUMN))
    }

    /// The area after a row was inserted before `row`; `None` if it is pushed off the sheet.
    pub fn after_row_insertion(self, row: u32) -> Option<Self> {
        let down = |axis: Axis| {
            let index = axis.index + u32::from(axis.index >= row);
            if let Self::Cells(..) | Self::Rows(..) = self {
                // A range down to the last row stays one.
                return Some(Axis { index: index.min(LAST_ROW), ..axis });
            }
            (index <= LAST_ROW).then_some(Axis { index, ..axis })
        };
        self.mapped(down, Some)
    }
}

fn moved(axis: Axis, by: i64, last: u32) -> Option<Axis> {
    if axis.absolute {
        return Some(axis);
    }
    let index = u32::try_from(i64::from(axis.index) + by).ok().filter(|index| *index <= last)?;
    Some(Axis { index, ..axis })
}

impl std::fmt::Display for Area {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let column =
            |axis: Axis| format!("{}{}", if axis.absolute { "$" } else { "" }, column_letters(axis.index));
        let row = |axis: Axis| format!("{}{}", if axis.absolute { "$" } else { "" }, axis.index + 1);
        let corner = |corner: Corner| column(corner.column) + &row(corner.row);
        match *self {
            Self::Cell(a) => f.write_str(&corner(a)),
            Self::Cells(a, b) => write!(f, "{}:{}", corner(a), corner(b)),
            Self::Columns(a, b) => write!(f, "{}:{}", column(a), column(b)),
            Self::Rows(a, b) => write!(f, "{}:{}", row(a), row(b)),
        }
    }
}

/// The formula with every reference replaced by `map`, where that gives another area; `None` if `map` gives none.
pub fn rewritten(formula: &str, mut map: impl FnMut(&Sheet, Area) -> Option<Area>) -> Option<String> {
    let mut splices = super::xml::Splices::default();
    for mention in mentions(formula) {
        if let Mention::Reference { span, sheet, area } = mention {
            let new = map(&sheet, area)?;
            if new != area {
                splices.replace(span, new.to_string());
            }
        }
    }
    Some(splices.apply(formula))
}

/// Functions whose result depends on cells that their arguments do not name.
const OPAQUE_FUNCTIONS: [&str; 4] = ["INDIRECT", "OFFSET", "GETPIVOTDATA", "EVALUATE"];

/// Everything a formula mentions.
pub fn mentions(formula: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut scan = Scan { text: formula, at: 0 };
    while let Some(c) = scan.peek() {
        match c {
            '"' => scan.skip_quoted('"'),
            '\'' => {
                let sheet = scan.quoted_sheet();
                if scan.eat('!') {
                    found.push(qualified(&mut scan, &sheet));
                }
            }
            '[' => {
                scan.skip_brackets();
                let start = scan.at;
                let word = scan.word().to_owned();
                if !word.is_empty() && scan.eat('!') {
                    // [1]Sheet1!A1 or [1]!Name.
                    found.push(qualified(&mut scan, &format!("[]{word}")));
                } else if scan.eat('!') {
                    scan.word();
                } else {
                    scan.at = start;
                    found.push(Mention::Opaque);
                }
            }
            '#' => {
                scan.bump();
                // #REF!, #DIV/0!, #N/A, #NAME? – or the spill operator after a reference.
                if scan.peek().is_some_and(|c| c.is_ascii_uppercase()) {
                    scan.skip_while(|c| c.is_ascii_uppercase() || matches!(c, '/' | '0' | '_'));
                    if !scan.eat('!') {
                        scan.eat('?');
                    }
                } else {
                    found.push(Mention::Opaque);
                }
            }
            ':' => {
                // A range between things that are not both plain references.
                scan.bump();
                found.push(Mention::Opaque);
            }
            c if is_word(c) => {
                if let Some(mention) = word(&mut scan) {
                    found.push(mention);
                }
            }
            _ => scan.bump(),
        }
    }
    found
}

fn word(scan: &mut Scan) -> Option<Mention> {
    if let Some((span, area)) = scan.area() {
        if scan.peek() == Some('!') {
            // A sheet named like a cell, as Q1!A5.
            let sheet = scan.text.get(span)?.to_owned();
            scan.bump();
            return Some(qualified(scan, &sheet));
        }
        if scan.peek() != Some('(') {
            return Some(Mention::Reference { span, sheet: Sheet::Own, area });
        }
        scan.at = span.start;
    }
    let word = scan.word().to_owned();
    match scan.peek() {
        Some('!') => {
            scan.bump();
            Some(qualified(scan, &word))
        }
        Some('(') => {
            let name = word.rsplit('.').next().unwrap_or("").to_ascii_uppercase();
            OPAQUE_FUNCTIONS.contains(&name.as_str()).then_some(Mention::Opaque)
        }
        Some('[') => {
            scan.skip_brackets();
            Some(Mention::Opaque)
        }
        Some(':') => {
            let back = scan.at;
            scan.bump();
            scan.word();
            if scan.eat('!') {
                scan.area().map_or_else(|| scan.word().len(), |_| 0);
                return Some(Mention::AcrossSheets);
            }
            scan.at = back;
            Some(Mention::Opaque)
        }
        _ => {
            let number = word.starts_with(|c: char| c.is_ascii_digit() || c == '.');
            let constant = word.eq_ignore_ascii_case("TRUE") || word.eq_ignore_ascii_case("FALSE");
            (!number && !constant).then_some(Mention::Name(word))
        }
    }
}

/// What follows `sheet!`.
fn qualified(scan: &mut Scan, sheet: &str) -> Mention {
    let external = sheet.contains('[');
    let across = sheet.contains(':');
    match scan.area() {
        Some(_) if across && !external => Mention::AcrossSheets,
        Some((span, area)) => {
            let sheet = if external { Sheet::External } else { Sheet::Named(sheet.to_owned()) };
            Mention::Reference { span, sheet, area }
        }
        None => {
            let name = scan.word().to_owned();
            match external {
                true => Mention::Reference { span: scan.at..scan.at, sheet: Sheet::External, area: NOWHERE },
                false if name.is_empty() => Mention::Opaque,
                false => Mention::Name(name),
            }
        }
    }
}

const NOWHERE: Area = {
    let axis = Axis { index: 0, absolute: true };
    Area::Cell(Corner { column: axis, row: axis })
};

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '\\' | '$' | '?')
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn eat(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        if there {
            self.bump();
        }
        there
    }

    fn skip_while(&mut self, keep: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !keep(c)).unwrap_or(rest.len());
    }

    fn word(&mut self) -> &'a str {
        let start = self.at;
        self.skip_while(is_word);
        self.text.get(start..self.at).unwrap_or("")
    }

    /// Past a quoted piece; a doubled quote inside stands for one.
    fn skip_quoted(&mut self, quote: char) {
        self.bump();
        while let Some(c) = self.peek() {
            self.bump();
            if c == quote && !self.eat(quote) {
                return;
            }
        }
    }

    fn quoted_sheet(&mut self) -> String {
        let start = self.at + 1;
        self.skip_quoted('\'');
        self.text.get(start..self.at.saturating_sub(1)).unwrap_or("").replace("''", "'")
    }

    /// Past `[…]`, nested; an apostrophe escapes the next character.
    fn skip_brackets(&mut self) {
        let mut depth = 0u32;
        while let Some(c) = self.peek() {
            self.bump();
            match c {
                '\'' => self.bump(),
                '[' => depth += 1,
                ']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads `$A$1`, `A1:B2`, `A:C`, `1:5`; stays where it is if there is none.
    fn area(&mut self) -> Option<(Bytes<usize>, Area)> {
        let start = self.at;
        let first = self.word();
        let after_first = self.at;
        let single = corner(first);
        if self.peek() == Some(':') {
            self.bump();
            let second = self.word();
            let qualifies = self.peek() == Some('!') || self.peek() == Some('(');
            let pair = match (single, corner(second)) {
                (Some(a), Some(b)) => Some(Area::Cells(a, b)),
                (None, None) => columns(first, second).or_else(|| rows(first, second)),
                _ => None,
            };
            if let Some(area) = pair.filter(|_| !qualifies) {
                return Some((start..self.at, area));
            }
            self.at = after_first;
        }
        match single {
            Some(corner) => Some((start..after_first, Area::Cell(corner))),
            None => {
                self.at = start;
                None
            }
        }
    }
}

fn axis(word: &str) -> (bool, &str) {
    word.strip_prefix('$').map_or((false, word), |rest| (true, rest))
}

fn row(word: &str) -> Option<Axis> {
    let (absolute, digits) = axis(word);
    let number: u32 = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))?;
    (1..=CellRef::MAX_ROWS).contains(&number).then(|| Axis { index: number - 1, absolute })
}

fn column(word: &str) -> Option<Axis> {
    let (absolute, letters) = axis(word);
    parse_column(letters).map(|index| Axis { index, absolute })
}

fn corner(word: &str) -> Option<Corner> {
    let split =
        word.char_indices().skip(1).find(|(_, c)| *c == '$' || c.is_ascii_digit()).map(|(at, _)| at)?;
    let (letters, digits) = word.split_at_checked(split)?;
    Some(Corner { column: column(letters)?, row: row(digits)? })
}

fn columns(a: &str, b: &str) -> Option<Area> {
    Some(Area::Columns(column(a)?, column(b)?))
}

fn rows(a: &str, b: &str) -> Option<Area> {
    Some(Area::Rows(row(a)?, row(b)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifted(formula: &str, row: u32) -> String {
        rewritten(formula, |_, area| area.after_row_insertion(row)).unwrap()
    }

    fn areas(formula: &str) -> Vec<String> {
        mentions(formula)
            .into_iter()
            .map(|mention| match mention {
                Mention::Reference { sheet: Sheet::Own, area, .. } => area.to_string(),
                Mention::Reference { sheet: Sheet::Named(name), area, .. } => format!("{name}!{area}"),
                Mention::Reference { sheet: Sheet::External, .. } => "external".to_owned(),
                Mention::Name(name) => format!("name {name}"),
                Mention::Opaque => "opaque".to_owned(),
                Mention::AcrossSheets => "across".to_owned(),
            })
            .collect()
    }

    #[test]
    fn finds_what_a_formula_reads() {
        for (formula, expected) in [
            ("SUM(A1:B$2,$C3)*2", vec!["A1:B$2", "$C3"]),
            ("'汇 总''表'!A1+进展!$B$2", vec!["汇 总'表!A1", "进展!$B$2"]),
            ("SUM(A:C)+SUM($1:5)", vec!["A:C", "$1:5"]),
            ("LOG10(A1)&\"B2\"&IF(TRUE,1E5,.5)", vec!["A1"]),
            ("INDIRECT(\"A\"&1)", vec!["opaque"]),
            ("[1]Sheet1!A1+'[2]a b'!B2", vec!["external", "external"]),
            ("SUM(Table1[金额])", vec!["opaque"]),
            ("SUM(Sheet1:Sheet3!A1)+SUM('a:b'!B2)", vec!["across", "across"]),
            ("税率*A1", vec!["name 税率", "A1"]),
            ("Q1!A5+#REF!+Sheet1!#REF!", vec!["Q1!A5", "opaque"]),
            ("A1:INDEX(B:B,2)", vec!["A1", "opaque", "B:B"]),
            ("XFE1+A1048577", vec!["name XFE1", "name A1048577"]),
        ] {
            assert_eq!(areas(formula), expected, "{formula}");
        }
    }

    #[test]
    fn references_move_with_a_row() {
        for (formula, expected) in [
            ("SUM(C5:C13)", "SUM(C5:C14)"),
            ("C5/C$8+$C$7", "C5/C$9+$C$7"),
            ("\"C9\"&C9", "\"C9\"&C10"),
            ("SUM(C:C)+SUM(9:10)", "SUM(C:C)+SUM(10:11)"),
            ("SUM(C1:C1048576)", "SUM(C1:C1048576)"),
        ] {
            assert_eq!(shifted(formula, 7), expected, "{formula}");
        }
    }

    #[test]
    fn relative_parts_move_with_the_cell() {
        let moved = rewritten("$A1+B$2+C3:D4+E:E", |_, area| area.translated(2, 1)).unwrap();
        assert_eq!(moved, "$A3+C$2+D5:E6+F:F");
        assert_eq!(rewritten("A1", |_, area| area.translated(-1, 0)), None);
    }

    #[test]
    fn any_text_is_scanned_to_its_end() {
        for text in ["'", "[", "\"", "#", ":", "A1:", "$", "!", "'a'!", "a!", "]]", "甲:乙!", "\\'['"] {
            let _ = mentions(text);
        }
    }
}
