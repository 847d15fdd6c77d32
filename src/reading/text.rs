//! Separated text: .csv, .txt, .tsv. Guesses the encoding and the separator, and says what it assumed.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::limits::{Budget, beyond};
use super::{Book, typed_value};
use crate::model::delimited::{self, MOST_FIELDS, Quotes, Record, Units, stated_separator, unquoted};
use crate::model::{Cell, CellRef, Grid, ReadRemark, Sheet, Unreadable};

/// Separators in the order of preference.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Separators that people write where no program has written them.
const WRITTEN: [Separator; 7] = [
    Separator::Letter('，'),
    Separator::Letter('、'),
    Separator::Letter('；'),
    Separator::Letter('｜'),
    Separator::Letter('│'),
    Separator::Blanks(2),
    Separator::Blanks(1),
];

/// One row more than a sheet has is refused: what follows is not looked at.
const MOST_ROWS: usize = CellRef::MAX_ROWS as usize;

/// How many records are looked at to tell the separator.
const SAMPLE: usize = 200;

pub(super) struct Decoded {
    pub text: String,
    pub encoding: &'static str,
}

pub(super) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let decoded =
        decode(bytes).ok_or_else(|| Unreadable::NotSpreadsheet { kind: "二进制文件".to_owned() })?;
    let text = decoded.text.as_str();
    let stated = stated_separator(text.as_bytes(), 0, Units::Single);
    let text = stated.and_then(|(_, start)| text.get(start..)).unwrap_or(text);
    let separator = match stated {
        Some((separator, _)) => Separator::Ascii(separator),
        None => find_separator(text),
    };
    let assumed = ReadRemark::TextAssumed { encoding: decoded.encoding, separator: separator.sign() };
    let Separator::Ascii(separator) = separator else {
        let rows = lines(text).map(|line| separator.split(line).into_iter().map(Cow::Borrowed).collect());
        return book(rows, assumed, budget);
    };
    // One quote that is never closed would swallow the rest of the file: then quotes are letters.
    let longest = records(text, separator, Quotes::Quoting)
        .take(MOST_ROWS)
        .flat_map(|record| record.fields)
        .map(|field| field.len())
        .max();
    let quotes = if longest > Some(budget.limits.text_bytes) { Quotes::Letters } else { Quotes::Quoting };
    let fields = |record: Record| {
        record.fields.into_iter().map(|field| unquoted(text.get(field).unwrap_or(""), quotes)).collect()
    };
    book(records(text, separator, quotes).map(fields), assumed, budget)
}

/// The sheet that records make, one a row.
fn book<'a>(
    rows: impl Iterator<Item = Vec<Cow<'a, str>>>,
    assumed: ReadRemark,
    budget: &mut Budget<'_>,
) -> Result<Book, Unreadable> {
    let mut cells = Vec::new();
    let mut field_counts = Vec::new();
    for (row, fields) in (0u32..).zip(rows) {
        if row >= CellRef::MAX_ROWS {
            return Err(beyond("行数", CellRef::MAX_ROWS, "行"));
        }
        if fields.len() >= MOST_FIELDS {
            return Err(beyond("列数", CellRef::MAX_COLUMNS, "列"));
        }
        field_counts.push(u32::try_from(fields.len()).unwrap_or(u32::MAX));
        for (column, field) in fields.into_iter().enumerate() {
            if field.is_empty() {
                continue;
            }
            let column = u32::try_from(column).ok().filter(|column| *column < CellRef::MAX_COLUMNS);
            let column = column.ok_or_else(|| beyond("列数", CellRef::MAX_COLUMNS, "列"))?;
            budget.cell()?;
            budget.text(field.len())?;
            cells.push((CellRef::new(row, column), Cell::new(typed_value(&field))));
        }
    }
    let sheet =
        Sheet { name: "Sheet1".to_owned(), grid: Grid::from_cells(cells), field_counts, ..Sheet::default() };
    Ok(Book { sheets: vec![sheet], remarks: vec![assumed], ..Book::default() })
}

/// Text of any of the encodings in use here; `None` for what is no text.
pub(super) fn decode(bytes: &[u8]) -> Option<Decoded> {
    let (text, encoding) = if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        (lossy(UTF_8, rest), "UTF-8")
    } else if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        (lossy(UTF_16LE, rest), "UTF-16LE")
    } else if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        (lossy(UTF_16BE, rest), "UTF-16BE")
    } else if bytes.contains(&0) {
        // Without a mark: the zero bytes of ASCII letters all stand on one side.
        let side = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
        let (even, odd) = (side(0), side(1));
        if odd > 0 && even * 20 < odd {
            (lossy(UTF_16LE, bytes), "UTF-16LE")
        } else if even > 0 && odd * 20 < even {
            (lossy(UTF_16BE, bytes), "UTF-16BE")
        } else {
            return None;
        }
    } else {
        let utf8 = lossy(UTF_8, bytes);
        let beyond_ascii = utf8.chars().filter(|c| !c.is_ascii()).count();
        let faults = faults(&utf8);
        // A stray byte in a long UTF-8 text is a stray byte; GB18030 would make every character of it another one.
        if faults * 20 <= beyond_ascii.saturating_sub(faults) {
            (utf8, "UTF-8")
        } else {
            (normal_gb18030(&lossy(GB18030, bytes)), "GB18030")
        }
    };
    is_text(&text).then_some(Decoded { text, encoding })
}

fn lossy(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn faults(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

/// Few undecodable characters and hardly any control characters.
fn is_text(text: &str) -> bool {
    let (mut all, mut odd) = (0usize, 0usize);
    for c in text.trim_end_matches('\u{1a}').chars() {
        all += 1;
        let control = c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}');
        if control || c == char::REPLACEMENT_CHARACTER {
            odd += 1;
        }
    }
    odd * 50 <= all
}

/// GB18030-2022 gave 18 two-byte codes their real code points; texts made by older decoders carry private-use ones.
pub(super) fn normal_gb18030(text: &str) -> String {
    text.chars()
        .map(|c| GB18030_2022.iter().find(|(private, _)| *private == c).map_or(c, |(_, real)| *real))
        .collect()
}

const GB18030_2022: [(char, char); 18] = [
    ('\u{E78D}', '\u{FE10}'),
    ('\u{E78E}', '\u{FE12}'),
    ('\u{E78F}', '\u{FE11}'),
    ('\u{E790}', '\u{FE13}'),
    ('\u{E791}', '\u{FE14}'),
    ('\u{E792}', '\u{FE15}'),
    ('\u{E793}', '\u{FE16}'),
    ('\u{E794}', '\u{FE17}'),
    ('\u{E795}', '\u{FE18}'),
    ('\u{E796}', '\u{FE19}'),
    ('\u{E81E}', '\u{9FB4}'),
    ('\u{E826}', '\u{9FB5}'),
    ('\u{E82B}', '\u{9FB6}'),
    ('\u{E82C}', '\u{9FB7}'),
    ('\u{E832}', '\u{9FB8}'),
    ('\u{E843}', '\u{9FB9}'),
    ('\u{E854}', '\u{9FBA}'),
    ('\u{E864}', '\u{9FBB}'),
];

/// What stands between the fields of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Ascii(u8),
    /// One that no program writes but people do; there are no quotes then.
    Letter(char),
    /// So many blanks and more.
    Blanks(usize),
}

impl Separator {
    /// What it is called by.
    const fn sign(self) -> char {
        match self {
            Self::Ascii(byte) => byte as char,
            Self::Letter(letter) => letter,
            Self::Blanks(_) => ' ',
        }
    }

    fn split(self, line: &str) -> Vec<&str> {
        match self {
            _ if line.trim().is_empty() => Vec::new(),
            Self::Ascii(byte) => line.split(char::from(byte)).collect(),
            Self::Letter(letter) => line.split(letter).map(str::trim).collect(),
            Self::Blanks(least) => between_blanks(line.trim(), least),
        }
    }
}

/// The fields of a line between runs of blanks.
fn between_blanks(line: &str, least: usize) -> Vec<&str> {
    let mut fields = Vec::new();
    // Where the field begins, and the run of blanks that may end it.
    let (mut start, mut run): (usize, Option<(usize, usize)>) = (0, None);
    for (at, c) in line.char_indices() {
        if c.is_whitespace() {
            // 　 is as wide as two.
            let width = if c == '\u{3000}' { 2 } else { 1 };
            run = run.map_or(Some((at, width)), |(from, length)| Some((from, length + width)));
        } else if let Some((from, length)) = run.take()
            && length >= least
        {
            fields.extend(line.get(start..from));
            start = at;
        }
    }
    fields.extend(line.get(start..));
    fields
}

/// The lines of a text, blank ones among them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text).filter(|text| !text.is_empty());
    std::iter::from_fn(move || {
        let line = rest?;
        let Some((before, after)) = line.split_once(['\r', '\n']) else { return rest.take() };
        let after = after
            .strip_prefix('\n')
            .filter(|_| line.as_bytes().get(before.len()) == Some(&b'\r'))
            .unwrap_or(after);
        rest = Some(after).filter(|after| !after.is_empty());
        Some(before)
    })
}

/// The separator under which most records have the same number of fields, more than one. Where none of the usual ones
/// divides the lines, those are tried that people write: they must make a table, since a sentence has them too.
fn find_separator(text: &str) -> Separator {
    let mut best = (0, b',');
    let mut divided = false;
    for separator in SEPARATORS {
        let counts: Vec<usize> = records(text, separator, Quotes::Quoting)
            .map(|record| record.fields.len())
            .filter(|count| *count > 0)
            .take(SAMPLE)
            .collect();
        divided |= counts.iter().filter(|count| **count > 1).count() * 2 >= counts.len();
        let score = score(&counts);
        if score > best.0 {
            best = (score, separator);
        }
    }
    let written = WRITTEN.into_iter().filter(|_| !divided).filter_map(|separator| {
        let counts: Vec<usize> = lines(text)
            .filter(|line| !line.trim().is_empty())
            .take(SAMPLE)
            .map(|line| separator.split(line).len())
            .collect();
        let alike = |count: &usize| counts.iter().filter(|other| *other == count).count();
        let makes_table = counts
            .iter()
            .any(|count| *count >= 3 && alike(count) >= 3 && alike(count) * 5 >= counts.len() * 3);
        makes_table.then(|| (score(&counts), separator))
    });
    // Of equals the first.
    let found = written.fold(
        None,
        |best: Option<(usize, Separator)>, one| {
            if best.is_some_and(|best| best.0 >= one.0) { best } else { Some(one) }
        },
    );
    found.map_or(Separator::Ascii(best.1), |(_, separator)| separator)
}

/// How well the numbers of fields agree.
fn score(counts: &[usize]) -> usize {
    let of = |count: &usize| counts.iter().filter(|other| *other == count).count() * 16 + (*count).min(15);
    counts.iter().filter(|count| **count > 1).map(of).max().unwrap_or(0)
}

fn records(text: &str, separator: u8, quotes: Quotes) -> impl Iterator<Item = Record> {
    delimited::records(text.as_bytes(), 0, Units::Single, separator, quotes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    fn grid(bytes: &[u8]) -> (Vec<(String, Value)>, ReadRemark) {
        let limits = crate::reading::Limits::default();
        let mut book = read(bytes, &mut Budget::new(&limits)).unwrap();
        let cells =
            book.sheets[0].grid.cells().map(|(at, cell)| (at.to_string(), cell.value.clone())).collect();
        (cells, book.remarks.remove(0))
    }

    #[test]
    fn separators_are_told_by_consistency() {
        for (text, separator) in [
            ("a,b;c\nd,e\n", ','),
            ("a\tb,c\nd\te\n", '\t'),
            ("a;b\n1,5;2\n", ';'),
            ("只有一列\n第二行\n", ','),
            ("甲，乙，丙\n1，2，3\n4，5，6\n", '，'),
            ("序号、甲、乙\n1、2、3\n4、5、6\n", '、'),
            ("甲；乙；丙\n1；2；3\n4；5；6\n", '；'),
            ("甲｜乙｜丙\n1｜2｜3\n4｜5｜6\n", '｜'),
            ("甲  乙   丙\n1    2  3\n4  5    6\n", ' '),
            ("甲 乙 丙\n1 2 3\n4 5 6\n", ' '),
            // Sentences are no table.
            ("各市按期填报，不得漏报。\n如有疑问，请联系科技厅，谢谢。\n附件两份\n", ','),
            // A comma in a sentence of a table that another separator divides.
            ("甲,乙,丙\n1,2,一，二，三\n3,4,四，五，六\n", ','),
        ] {
            assert!(
                matches!(grid(text.as_bytes()).1, ReadRemark::TextAssumed { separator: s, .. } if s == separator),
                "{text}"
            );
        }
    }

    #[test]
    fn runs_of_blanks_divide_where_single_ones_do_not() {
        let (cells, remark) = grid(
            "\r\n  指标 内容   成都市　绵阳市\r\n  甲 乙      1     2\r\n  丙         3     /\n".as_bytes(),
        );
        let cells: Vec<String> =
            cells.into_iter().map(|(at, value)| format!("{at} {}", Cell::new(value).shown())).collect();
        assert_eq!(
            cells,
            ["A2 指标 内容", "B2 成都市", "C2 绵阳市", "A3 甲 乙", "B3 1", "C3 2", "A4 丙", "B4 3", "C4 /"]
        );
        assert_eq!(remark, ReadRemark::TextAssumed { encoding: "UTF-8", separator: ' ' });
    }

    #[test]
    fn blank_lines_keep_their_rows() {
        for text in ["a,b\n\n\nc,d\n", "a,b\r\n\r\n\r\nc,d\r\n", "a,b\r\r\rc,d\r"] {
            let cells = grid(text.as_bytes()).0;
            let at: Vec<&str> = cells.iter().map(|(at, _)| at.as_str()).collect();
            assert_eq!(at, ["A1", "B1", "A4", "B4"], "{text:?}");
        }
        assert_eq!(grid(b"\n\na,\"x\ny\"\nb,c\n").0[2].0, "A4");
    }

    #[test]
    fn an_unclosed_quote_does_not_swallow_the_file() {
        let long = format!("a,\"b\n{}", "c,d\n".repeat(100_000));
        assert_eq!(grid(long.as_bytes()).0[1], ("B1".to_owned(), Value::from("\"b")));
    }

    #[test]
    fn remapped_code_points_read_alike_from_old_and_new_decoders() {
        let (cells, remark) = grid(&[0xA6, 0xD9, b',', 0xFE, 0x59, 0xB3, 0xC9, 0xB6, 0xBC]);
        assert_eq!(
            cells,
            [("A1".to_owned(), Value::from("\u{FE10}")), ("B1".to_owned(), Value::from("\u{9FB4}成都"))]
        );
        assert_eq!(remark, ReadRemark::TextAssumed { encoding: "GB18030", separator: ',' });
        assert_eq!(normal_gb18030("\u{E78D}\u{E864}甲"), "\u{FE10}\u{9FBB}甲");
    }

    #[test]
    fn a_stray_byte_does_not_turn_utf8_into_another_text() {
        let mut bytes = "指标内容推进军民科技成果双向转移转化,600项\n".repeat(3).into_bytes();
        bytes.insert(3, 0xFF);
        assert!(matches!(grid(&bytes).1, ReadRemark::TextAssumed { encoding: "UTF-8", .. }));
    }
}
