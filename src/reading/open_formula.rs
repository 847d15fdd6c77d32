//! OpenFormula texts (ODF 1.2 part 2) as .xlsx writes them: `of:=SUM([.C5:.E5];1)` is `SUM(C5:E5,1)`.
//!
//! What means another thing there, or nothing, is marked; its text still says what it reads. Computes nothing.

use std::collections::HashMap;

use super::formula_tokens::{FormulaText, quoted_sheet, quoted_sheets};
use super::functions::written;
use crate::model::{CellRef, parse_column};

/// What named ranges and expressions stand for, by their names in lower case.
pub(super) type Named = HashMap<String, String>;

/// Their texts or their results are spelled by the program that has them.
const SPELLED: [&str; 4] = ["INDIRECT", "ADDRESS", "CELL", "INFO"];

/// The formula of a cell; `None` for one that is empty.
pub(super) fn translated(formula: &str, named: &Named) -> Option<FormulaText> {
    let (prefix, body) = formula.split_once('=').unwrap_or(("", formula));
    let mut scan =
        Scan { rest: body, named, out: String::with_capacity(body.len()), writable: true, lists: 0 };
    match prefix {
        "of:" | "oooc:" | "" => scan.all(),
        // In the other formats' words already.
        "msoxl:" => {
            scan.writable = false;
            scan.out.push_str(body);
        }
        _ => scan.writable = false,
    }
    (!body.is_empty()).then_some(FormulaText { text: scan.out, writable: scan.writable })
}

/// What `$表.$A$1:.$A$5` refers to, if every part is fixed.
pub(super) fn fixed_reference(address: &str) -> Option<String> {
    let text = reference(address)?;
    let cells = text.rsplit('!').next().unwrap_or("");
    let letters_and_digits = cells
        .split(':')
        .map(|cell| if cell.contains(|c: char| c.is_ascii_digit()) { 2 } else { 1 })
        .sum::<usize>();
    (cells.matches('$').count() == letters_and_digits && text.contains('!')).then_some(text)
}

struct Scan<'f> {
    rest: &'f str,
    named: &'f Named,
    out: String,
    writable: bool,
    /// How many lists of constants are open.
    lists: usize,
}

impl<'f> Scan<'f> {
    fn take(&mut self, count: usize) -> &'f str {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// The bytes up to the end of a quoted text that starts here; a doubled quote is a letter of it.
    fn quoted(&self, quote: char) -> usize {
        let mut chars = self.rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
                return at + quote.len_utf8();
            }
        }
        self.rest.len()
    }

    fn all(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            match c {
                '"' => {
                    let text = self.take(self.quoted('"'));
                    self.out.push_str(text);
                }
                '[' => self.reference(),
                '#' => {
                    let end = self
                        .rest
                        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '#' | '/' | '!' | '?')))
                        .unwrap_or(self.rest.len());
                    let error = self.take(end);
                    self.out.push_str(error);
                }
                ';' if self.lists == 0 => self.put(','),
                ';' => self.put(','),
                '|' if self.lists > 0 => self.put(';'),
                '{' => {
                    self.lists += 1;
                    self.put('{');
                }
                '}' => {
                    self.lists = self.lists.saturating_sub(1);
                    self.put('}');
                }
                // Union and intersection of references.
                '~' => self.put(','),
                '!' => self.put(' '),
                '$' | '\'' => {
                    // A name that needs quotes, or one of a sheet.
                    let end = if c == '\'' { self.quoted('\'') } else { 1 };
                    let name = self.take(end);
                    self.out.push_str(name);
                    self.writable = false;
                }
                c if c.is_alphabetic() || c == '_' => self.word(),
                c if c.is_ascii_digit() || c == '.' => {
                    let end = self
                        .rest
                        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
                        .unwrap_or(self.rest.len());
                    let number = self.take(end);
                    self.out.push_str(number);
                }
                c => self.put(c),
            }
        }
    }

    /// Writes one character for the next one.
    fn put(&mut self, c: char) {
        self.take(self.rest.chars().next().map_or(0, char::len_utf8));
        self.out.push(c);
    }

    fn reference(&mut self) {
        let mut quoted = false;
        let end = self.rest.char_indices().find(|(_, c)| {
            quoted ^= *c == '\'';
            *c == ']' && !quoted
        });
        let whole = self.take(end.map_or(self.rest.len(), |(at, _)| at + 1));
        let inside = whole.trim_start_matches('[').trim_end_matches(']');
        match reference(inside) {
            Some(text) => self.out.push_str(&text),
            None => {
                self.writable = false;
                self.out.push_str(&elsewhere(inside).unwrap_or_else(|| "#REF!".to_owned()));
            }
        }
    }

    fn word(&mut self) {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
            .unwrap_or(self.rest.len());
        let word = self.take(end);
        if self.rest.trim_start().starts_with('(') {
            let bare =
                word.strip_prefix("COM.MICROSOFT.").or_else(|| word.strip_prefix("LEGACY.")).unwrap_or(word);
            let known = written(bare).filter(|name| !SPELLED.contains(&name.as_str()));
            self.writable &= known.is_some();
            self.out.push_str(known.as_deref().unwrap_or(bare));
        } else if let Some(text) = self.named.get(&word.to_lowercase()) {
            self.out.push_str(text);
        } else {
            self.writable = false;
            self.out.push_str(word);
        }
    }
}

/// `.C5`, `$表.C5`, `.C5:.E5` as `C5`, `表!C5`, `C5:E5`; `None` for what is no place in this workbook.
fn reference(reference: &str) -> Option<String> {
    let halves: Vec<(Option<String>, &str)> =
        split(reference, ':').into_iter().map(half).collect::<Option<_>>()?;
    let quoted = |sheet: &str| quoted_sheet(sheet);
    match halves.as_slice() {
        [(None, only)] => Some((*only).to_owned()),
        [(Some(sheet), only)] => Some(format!("{}!{only}", quoted(sheet))),
        [(first, start), (last, end)] => {
            let cells = format!("{start}:{end}");
            match (first, last) {
                (None, None) => Some(cells),
                (Some(first), Some(last)) if first != last => {
                    Some(format!("{}!{cells}", quoted_sheets(first, last)))
                }
                (Some(first), _) => Some(format!("{}!{cells}", quoted(first))),
                (None, Some(_)) => None,
            }
        }
        _ => None,
    }
}

/// A place in another document, `'file:///…'#$表.A1`, as .xlsx names one: `'[file:///…]表'!A1`.
fn elsewhere(text: &str) -> Option<String> {
    let parts = split(text, '#');
    let [document, place] = parts.as_slice() else { return None };
    let document = document.strip_prefix('\'')?.strip_suffix('\'')?;
    let (sheet, cells) = reference(place)
        .and_then(|place| place.rsplit_once('!').map(|(s, c)| (s.to_owned(), c.to_owned())))?;
    Some(format!("'[{document}]{}'!{cells}", sheet.trim_matches('\'')))
}

/// A sheet and an address in it.
fn half(text: &str) -> Option<(Option<String>, &str)> {
    let parts = split(text, '.');
    let (address, sheet) = parts.split_last()?;
    let address = *address;
    let bare = address.replace('$', "");
    let fits = bare.parse::<CellRef>().is_ok()
        || parse_column(&bare).is_some()
        || bare.parse::<u32>().is_ok_and(|row| (1..=CellRef::MAX_ROWS).contains(&row));
    let sheet_text = text.get(..text.len() - address.len())?.strip_suffix('.')?;
    let sheet_text = sheet_text.strip_prefix('$').unwrap_or(sheet_text);
    // A document's address comes before its sheet: 'file:///…'#$表.
    if !fits || sheet.len() > 1 || split(sheet_text, '#').len() > 1 {
        return None;
    }
    let name = match sheet_text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inside) => inside.replace("''", "'"),
        None => sheet_text.to_owned(),
    };
    Some((Some(name).filter(|name| !name.is_empty()), address))
}

/// Splits outside of quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '\'';
        c == separator && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named() -> Named {
        HashMap::from([("各市".to_owned(), fixed_reference("$表.$C$5:.$E$5").unwrap())])
    }

    #[test]
    fn formulas_are_written_as_in_the_other_formats() {
        for (formula, as_written) in [
            ("of:=SUM([.C5:.E5];1)", "SUM(C5:E5,1)"),
            ("of:=['表 1'.C8]*2&\"[.A1];\"", "'表 1'!C8*2&\"[.A1];\""),
            ("of:=[.F4]/[.D4]", "F4/D4"),
            ("of:=[$表.$C$8]", "表!$C$8"),
            ("oooc:=SUM([$表.$A$1:$表.$B$2])", "SUM(表!$A$1:$B$2)"),
            ("of:=SUM([$一.A1:$三.B2])", "SUM(一:三!A1:B2)"),
            ("of:=SUM([.A:.A];[.1:.3])", "SUM(A:A,1:3)"),
            ("of:=IFERROR([.A1]/0;\"\")", "IFERROR(A1/0,\"\")"),
            ("of:=COM.MICROSOFT.IFS([.A1]>1;2)", "_xlfn.IFS(A1>1,2)"),
            ("of:=MATCH(1;{1;2|3;4};0)", "MATCH(1,{1,2;3,4},0)"),
            ("of:=SUM([.A1]~[.B1])+SUM([.A1:.B2]![.B1:.B3])", "SUM(A1,B1)+SUM(A1:B2 B1:B3)"),
            ("of:=SUM(各市)", "SUM(表!$C$5:$E$5)"),
            ("of:=LEGACY.NORMSDIST(1.5E3)", "NORMSDIST(1.5E3)"),
            ("of:=IF(ISERROR(#N/A);TRUE();1)", "IF(ISERROR(#N/A),TRUE(),1)"),
            ("of:=[$'it''s a.b'.A1]", "'it''s a.b'!A1"),
        ] {
            let found = translated(formula, &named()).unwrap();
            assert_eq!((found.text.as_str(), found.writable), (as_written, true), "{formula}");
        }
    }

    #[test]
    fn what_means_nothing_in_xlsx_is_marked() {
        for formula in [
            "of:=['file:///x/a.ods'#$表.A1]",
            "of:=ORG.LIBREOFFICE.RAWSUBTRACT([.A1];1)",
            "of:=INDIRECT(\"表.A1\")",
            "of:=未定义的名称+1",
            "of:=[.#REF!]",
            "of:=SUM([.A1:.XFE5])",
            "msoxl:=SUM(A1:A2)",
            "other:=SUM(A1)",
            "of:=我的函数([.A1])",
        ] {
            assert!(!translated(formula, &named()).unwrap().writable, "{formula}");
        }
        assert_eq!(translated("of:=我的函数([.A1:.B2])", &named()).unwrap().text, "我的函数(A1:B2)");
        assert_eq!(
            translated("of:=['file:///x/a.ods'#$表.A1]", &named()).unwrap().text,
            "'[file:///x/a.ods]表'!A1"
        );
        assert_eq!(translated("of:=", &named()), None);
        assert_eq!(fixed_reference("$表.A1"), None);
    }
}
