//! Lossless correction of separated text: the bytes of the touched fields are replaced, every other byte stays.
//!
//! Never re-encodes or re-quotes what it did not touch, and never writes a text that a spreadsheet program would run.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range as Bytes;

use encoding_rs::{GB18030, GBK};

use crate::fixes::{Edit, NewValue};
use crate::model::delimited::{Quotes, Record, Units, field, records, stated_separator};
use crate::model::{CellRef, runs_as_formula};

/// How a text was read, so that it is written alike.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// As in the remark of its reader: `UTF-8`, `UTF-16LE`, `UTF-16BE`, `GB18030`.
    pub encoding: &'static str,
    pub separator: char,
    /// A field of more bytes means a quote that is never closed: then quotes are letters.
    pub longest_field: usize,
}

/// Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("文本文件只有一张表，没有第 {} 张", .0.saturating_add(1))]
    NoSheet(usize),
    #[error("单元格 {cell} 改不了：{reason}")]
    Cell { cell: CellRef, reason: TextRefusal },
}

/// Why one field cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    #[error("文件的编码（{encoding}）里没有“{letter}”这个字，请换一种写法，或先把文件另存为 UTF-8")]
    Unencodable { letter: char, encoding: &'static str },
    #[error("“{0}”在文本文件里会被当作公式运行，请改写，或先把文件另存为 .xlsx")]
    RunsAsFormula(String),
    #[error("文本文件放不下公式，请先另存为 .xlsx")]
    Formula,
    #[error("文件里的引号不成对，放不下含分隔符或换行的内容，请换一种写法")]
    Unquotable,
    #[error("地址超出了工作表的范围，请核对地址")]
    OutOfSheet,
}

/// Makes `edits` in their order. Without edits the bytes come back as they are.
pub fn apply(bytes: &[u8], edits: &[Edit], manner: &Manner) -> Result<Vec<u8>, TextError> {
    let mut text = Text::new(bytes, manner);
    let mut pending = Pending::new();
    for edit in edits {
        match edit {
            Edit::Set { sheet: 0, cell, value } => {
                pending.entry(cell.row).or_default().insert(cell.column, value.clone());
            }
            Edit::InsertRow { sheet: 0, row, cells } => {
                text.set(std::mem::take(&mut pending))?;
                text.insert_row(*row, cells)?;
            }
            Edit::Set { sheet, .. } | Edit::InsertRow { sheet, .. } => {
                return Err(TextError::NoSheet(*sheet));
            }
        }
    }
    text.set(pending)?;
    Ok(text.bytes)
}

/// New values by row and column.
type Pending = BTreeMap<u32, BTreeMap<u32, NewValue>>;

struct Text {
    bytes: Vec<u8>,
    encoding: &'static str,
    /// A GB18030 text that has no four-byte character may be meant for programs that know GBK alone.
    only_gbk: bool,
    units: Units,
    separator: u8,
    quotes: Quotes,
    /// Where the rows begin, behind the byte order mark and a line `sep=`.
    start: usize,
}

impl Text {
    fn new(bytes: &[u8], manner: &Manner) -> Self {
        let units = match manner.encoding {
            "UTF-16LE" => Units::Little,
            "UTF-16BE" => Units::Big,
            _ => Units::Single,
        };
        let marks: [&[u8]; 3] = [&[0xEF, 0xBB, 0xBF], &[0xFF, 0xFE], &[0xFE, 0xFF]];
        let mark = marks.iter().find(|mark| bytes.starts_with(mark)).map_or(0, |mark| mark.len());
        let start = stated_separator(bytes, mark, units).map_or(mark, |(_, start)| start);
        let separator = u8::try_from(manner.separator).unwrap_or(b',');
        let unclosed = records(bytes, start, units, separator, Quotes::Quoting)
            .any(|record| record.fields.iter().any(|field| field.len() > manner.longest_field));
        let quotes = if unclosed { Quotes::Letters } else { Quotes::Quoting };
        let only_gbk = !GB18030
            .decode_without_bom_handling(bytes)
            .0
            .chars()
            .any(|c| GBK.encode(c.encode_utf8(&mut [0; 4])).2);
        Self { bytes: bytes.to_vec(), encoding: manner.encoding, only_gbk, units, separator, quotes, start }
    }

    fn records(&self) -> impl Iterator<Item = Record> {
        records(&self.bytes, self.start, self.units, self.separator, self.quotes)
    }

    fn set(&mut self, mut pending: Pending) -> Result<(), TextError> {
        let mut splices: Vec<(Bytes<usize>, Vec<u8>)> = Vec::new();
        let (mut rows, mut last) = (0u32, None);
        for record in self.records() {
            if let Some(values) = pending.remove(&rows) {
                self.set_in(&record, rows, &values, &mut splices)?;
            }
            rows = rows.saturating_add(1);
            last = Some(record);
        }
        pending.retain(|_, values| values.values().any(|value| *value != NewValue::Blank));
        let end = self.bytes.len();
        // The file keeps its line end at the last line, or goes on having none.
        let open = last.is_some_and(|record| record.line_end.is_empty());
        let line_end = self.line_end_at(rows);
        let mut next = rows;
        for (row, values) in pending {
            for _ in next..row {
                splices.push((end..end, line_end.clone()));
            }
            let line = self.line(row, 0, &values)?;
            splices.push((
                end..end,
                if open { [&line_end[..], &line].concat() } else { [&line[..], &line_end].concat() },
            ));
            next = row.saturating_add(1);
        }
        self.splice(splices);
        Ok(())
    }

    /// Replaces fields of a record, and appends those beyond its last.
    fn set_in(
        &self,
        record: &Record,
        row: u32,
        values: &BTreeMap<u32, NewValue>,
        splices: &mut Vec<(Bytes<usize>, Vec<u8>)>,
    ) -> Result<(), TextError> {
        let blank_line = [record.span.clone()];
        let fields = if record.fields.is_empty() { &blank_line } else { &record.fields[..] };
        let mut last = u32::try_from(fields.len()).unwrap_or(u32::MAX).saturating_sub(1);
        for (column, value) in values {
            let cell = CellRef::new(row, *column);
            let old = usize::try_from(*column).ok().and_then(|column| fields.get(column));
            if let Some(old) = old {
                splices.push((
                    old.clone(),
                    self.field(cell, value, self.bytes.get(old.clone()).unwrap_or(&[]))?,
                ));
            } else if *value != NewValue::Blank {
                let mut added = self.separators(cell, *column - last)?;
                added.extend(self.field(cell, value, &[])?);
                splices.push((record.span.end..record.span.end, added));
                last = *column;
            }
        }
        Ok(())
    }

    fn insert_row(&mut self, row: u32, cells: &[(u32, NewValue)]) -> Result<(), TextError> {
        let values: BTreeMap<u32, NewValue> = cells.iter().cloned().collect();
        let place = usize::try_from(row).unwrap_or(usize::MAX);
        let Some(below) = self.records().nth(place) else { return self.set(BTreeMap::from([(row, values)])) };
        // As many fields as its neighbour above.
        let like =
            place.checked_sub(1).and_then(|above| self.records().nth(above)).unwrap_or_else(|| below.clone());
        let mut line = self.line(row, like.fields.len(), &values)?;
        line.extend(self.line_end_at(row));
        self.splice(vec![(below.span.start..below.span.start, line)]);
        Ok(())
    }

    /// The fields of a new line: at least `width`, and up to the last that is given.
    fn line(&self, row: u32, width: usize, values: &BTreeMap<u32, NewValue>) -> Result<Vec<u8>, TextError> {
        let (mut line, mut column) = (Vec::new(), 0);
        for (at, value) in values {
            let cell = CellRef::new(row, *at);
            line.extend(self.separators(cell, *at - column)?);
            line.extend(self.field(cell, value, &[])?);
            column = *at;
        }
        let last = u32::try_from(width.saturating_sub(1)).unwrap_or(0);
        line.extend(self.separators(CellRef::new(row, last), last.saturating_sub(column))?);
        Ok(line)
    }

    fn separators(&self, cell: CellRef, count: u32) -> Result<Vec<u8>, TextError> {
        if cell.row >= CellRef::MAX_ROWS || cell.column >= CellRef::MAX_COLUMNS {
            return Err(TextError::Cell { cell, reason: TextRefusal::OutOfSheet });
        }
        Ok(self.ascii(&[self.separator]).repeat(usize::try_from(count).unwrap_or(0)))
    }

    /// A line end as the line above `row` has it, or the one below; `\r\n` in a text without lines.
    fn line_end_at(&self, row: u32) -> Vec<u8> {
        let above = usize::try_from(row).unwrap_or(0).saturating_sub(1);
        let mut found: &[u8] = &[];
        for (index, record) in self.records().enumerate() {
            let own = self.bytes.get(record.line_end).unwrap_or(&[]);
            if !own.is_empty() {
                found = own;
            }
            if index >= above && !found.is_empty() {
                break;
            }
        }
        if found.is_empty() { self.ascii(b"\r\n") } else { found.to_vec() }
    }

    /// The bytes of a field that takes the place of `old`.
    fn field(&self, cell: CellRef, value: &NewValue, old: &[u8]) -> Result<Vec<u8>, TextError> {
        let refused = |reason| TextError::Cell { cell, reason };
        let text = match value {
            NewValue::Formula(_) => return Err(refused(TextRefusal::Formula)),
            value => value.shown(),
        };
        let like = if self.units == Units::Big { old.get(1) } else { old.first() };
        let written = field(&text, self.separator, self.quotes, like.map(|byte| u16::from(*byte)));
        let written =
            self.encoded(&written.ok_or_else(|| refused(TextRefusal::Unquotable))?).map_err(refused)?;
        if written != old && matches!(value, NewValue::Text(_)) && runs_as_formula(&text) {
            return Err(refused(TextRefusal::RunsAsFormula(text)));
        }
        Ok(written)
    }

    fn encoded(&self, text: &str) -> Result<Vec<u8>, TextRefusal> {
        Ok(match (self.units, self.encoding) {
            (Units::Little, _) => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            (Units::Big, _) => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            (Units::Single, "UTF-8") => text.as_bytes().to_vec(),
            (Units::Single, encoding) => {
                let (encoder, encoding) = if self.only_gbk { (GBK, "GBK") } else { (GB18030, encoding) };
                let fails = |text: &str| encoder.encode(text).2;
                if fails(text) {
                    let letter = text.chars().find(|c| fails(c.encode_utf8(&mut [0; 4]))).unwrap_or_default();
                    return Err(TextRefusal::Unencodable { letter, encoding });
                }
                let written: Cow<'_, [u8]> = encoder.encode(text).0;
                written.into_owned()
            }
        })
    }

    fn ascii(&self, bytes: &[u8]) -> Vec<u8> {
        let wide = |byte: &u8| match self.units {
            Units::Single => vec![*byte],
            Units::Little => vec![*byte, 0],
            Units::Big => vec![0, *byte],
        };
        bytes.iter().flat_map(wide).collect()
    }

    /// Replaces byte ranges given in their order.
    fn splice(&mut self, splices: Vec<(Bytes<usize>, Vec<u8>)>) {
        let mut out = Vec::with_capacity(self.bytes.len());
        let mut done = 0;
        for (span, with) in splices {
            out.extend_from_slice(self.bytes.get(done..span.start).unwrap_or(&[]));
            out.extend(with);
            done = span.end;
        }
        out.extend_from_slice(self.bytes.get(done..).unwrap_or(&[]));
        self.bytes = out;
    }
}
