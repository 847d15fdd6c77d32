//! Where the rows, cells, formulas and merges of a worksheet part stand. Reads only; holds byte spans, no values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range as Bytes;

use super::PatchError;
use super::xml::{Kind, Tag, Tags, attributes, decoded};
use crate::model::{CellRef, Range, parse_column};

/// Most cells whose places are held at once.
const CELL_LIMIT: usize = 5_000_000;

/// The layout of a worksheet's XML.
pub struct SheetXml {
    /// Namespace prefix of the worksheet's elements, with its colon, or nothing.
    pub prefix: String,
    pub rows: Vec<RowXml>,
    pub sheet_data: ElementXml,
    pub dimension: Option<Bytes<usize>>,
    pub columns: Vec<ColumnXml>,
    pub merges: Vec<Range>,
}

/// An element: its start (or empty) tag, and all of it.
#[derive(Clone, Debug)]
pub struct ElementXml {
    pub tag: Bytes<usize>,
    pub whole: Bytes<usize>,
    pub empty: bool,
}

pub struct RowXml {
    /// Zero-based.
    pub number: u32,
    pub element: ElementXml,
    pub cells: Vec<CellXml>,
}

pub struct CellXml {
    pub at: CellRef,
    pub element: ElementXml,
    pub formula: Option<Box<FormulaXml>>,
    pub value: Option<Bytes<usize>>,
    /// An extension list, kept when the value changes.
    pub extension: Option<Bytes<usize>>,
}

pub struct FormulaXml {
    pub tag: Bytes<usize>,
    pub whole: Bytes<usize>,
    pub content: Bytes<usize>,
    pub kind: FormulaKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormulaKind {
    Normal,
    /// The one that carries the text has its range.
    Shared {
        group: u32,
        range: Option<Range>,
    },
    Array(Range),
    DataTable(Range),
}

/// `<col min max style>`, zero-based columns.
pub struct ColumnXml {
    pub first: u32,
    pub last: u32,
    pub style: Option<String>,
}

impl FormulaXml {
    /// The formula's text, without `=`.
    pub fn text<'a>(&self, xml: &'a str) -> Cow<'a, str> {
        decoded(xml.get(self.content.clone()).unwrap_or(""))
    }
}

impl SheetXml {
    pub fn read(part: &str, text: &str) -> Result<Self, PatchError> {
        let damaged = |detail| PatchError::DamagedPart { part: part.to_owned(), detail };
        let mut tags = Tags::of(part, text);
        let root =
            tags.next()?.filter(|tag| tag.local() == "worksheet").ok_or_else(|| damaged("不是工作表"))?;
        let mut sheet_data = None;
        let mut sheet = Self {
            prefix: root.prefix().to_owned(),
            rows: Vec::new(),
            sheet_data: ElementXml { tag: 0..0, whole: 0..0, empty: true },
            dimension: None,
            columns: Vec::new(),
            merges: Vec::new(),
        };
        while let Some(tag) = tags.next()? {
            if !tag.opens() {
                continue;
            }
            match (tag.depth, tag.local()) {
                (1, "dimension") => sheet.dimension = Some(tag.span),
                (1, "sheetData") => {
                    if sheet_data.is_some() {
                        return Err(damaged("有两个 sheetData"));
                    }
                    let whole = sheet
                        .read_rows(&mut tags, &tag)
                        .map_err(|error| error.unwrap_or_else(|| damaged("单元格地址有误")))?;
                    sheet_data = Some(ElementXml { empty: tag.kind == Kind::Empty, tag: tag.span, whole });
                }
                (2, "col") => {
                    let number = |name| {
                        tag.attribute(name)
                            .and_then(|value| value.parse::<u32>().ok())
                            .and_then(|n| n.checked_sub(1))
                    };
                    if let (Some(first), Some(last)) = (number("min"), number("max")) {
                        let style = tag.attribute("style").map(Cow::into_owned);
                        sheet.columns.push(ColumnXml { first, last, style });
                    }
                }
                (2, "mergeCell") => {
                    if let Some(range) = tag.attribute("ref").and_then(|value| value.parse().ok()) {
                        sheet.merges.push(range);
                    }
                }
                _ => {}
            }
        }
        sheet.sheet_data = sheet_data.ok_or_else(|| damaged("没有 sheetData"))?;
        Ok(sheet)
    }

    /// Reads up to the end of `sheetData`. `None` as error: an address is no address.
    fn read_rows<'a>(
        &mut self,
        tags: &mut Tags<'a>,
        data: &Tag<'a>,
    ) -> Result<Bytes<usize>, Option<PatchError>> {
        if data.kind == Kind::Empty {
            return Ok(data.span.clone());
        }
        let (mut next_row, mut held) = (0, 0);
        while let Some(tag) = tags.next().map_err(Some)? {
            if tag.kind == Kind::End && tag.depth == data.depth {
                return Ok(data.span.start..tag.span.end);
            }
            if tag.opens() && tag.local() == "row" && tag.depth == data.depth + 1 {
                let number = match tag.attribute("r") {
                    Some(r) => r.trim().parse::<u32>().ok().and_then(|n| n.checked_sub(1)).ok_or(None)?,
                    None => next_row,
                };
                if number >= CellRef::MAX_ROWS {
                    return Err(None);
                }
                next_row = number + 1;
                let (cells, whole) = read_cells(tags, &tag, number)?;
                held += cells.len();
                if held > CELL_LIMIT {
                    return Err(Some(PatchError::TooManyCells { limit: CELL_LIMIT / 10_000 }));
                }
                let element = ElementXml { empty: tag.kind == Kind::Empty, tag: tag.span, whole };
                self.rows.push(RowXml { number, element, cells });
            }
        }
        Err(None)
    }

    pub fn cells(&self) -> impl Iterator<Item = &CellXml> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    pub fn formulas(&self) -> impl Iterator<Item = (CellRef, &FormulaXml)> {
        self.cells().filter_map(|cell| Some((cell.at, cell.formula.as_deref()?)))
    }

    /// The style index a cell gets that is not in the file yet: its row's, else its column's.
    pub fn inherited_style<'a>(
        &'a self,
        text: &'a str,
        row: Option<&RowXml>,
        column: u32,
    ) -> Option<Cow<'a, str>> {
        let from_row = row.and_then(|row| {
            let tag = text.get(row.element.tag.clone())?;
            let find = |name| {
                attributes(tag).find(|attribute| attribute.name == name).map(|attribute| attribute.value)
            };
            find("customFormat").filter(|value| matches!(*value, "1" | "true"))?;
            find("s")
        });
        let from_column = || {
            let found = self.columns.iter().find(|c| c.first <= column && column <= c.last)?;
            found.style.as_deref()
        };
        from_row.or_else(from_column).filter(|style| *style != "0").map(Cow::Borrowed)
    }
}

fn read_cells<'a>(
    tags: &mut Tags<'a>,
    row: &Tag<'a>,
    number: u32,
) -> Result<(Vec<CellXml>, Bytes<usize>), Option<PatchError>> {
    let mut cells = Vec::new();
    if row.kind == Kind::Empty {
        return Ok((cells, row.span.clone()));
    }
    let mut next_column = 0;
    while let Some(tag) = tags.next().map_err(Some)? {
        if tag.kind == Kind::End && tag.depth == row.depth {
            return Ok((cells, row.span.start..tag.span.end));
        }
        if tag.opens() && tag.local() == "c" && tag.depth == row.depth + 1 {
            let at = match tag.attribute("r") {
                Some(r) => plain_address(r.trim()).filter(|at| at.row == number).ok_or(None)?,
                None => CellRef::new(number, next_column),
            };
            if at.column >= CellRef::MAX_COLUMNS {
                return Err(None);
            }
            next_column = at.column + 1;
            cells.push(read_cell(tags, tag, at)?);
        }
    }
    Err(None)
}

/// `C5`, either case, without `$`. Quicker than the general parser: there may be millions.
fn plain_address(text: &str) -> Option<CellRef> {
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at_checked(split)?;
    let row: u32 = digits.parse().ok()?;
    Some(CellRef::new(row.checked_sub(1)?, parse_column(letters)?))
}

fn read_cell<'a>(tags: &mut Tags<'a>, cell: Tag<'a>, at: CellRef) -> Result<CellXml, Option<PatchError>> {
    let empty = cell.kind == Kind::Empty;
    let element = ElementXml { tag: cell.span.clone(), whole: cell.span.clone(), empty };
    let mut read = CellXml { at, element, formula: None, value: None, extension: None };
    if empty {
        return Ok(read);
    }
    while let Some(tag) = tags.next().map_err(Some)? {
        if tag.kind == Kind::End && tag.depth == cell.depth {
            read.element.whole.end = tag.span.end;
            return Ok(read);
        }
        if !tag.opens() || tag.depth != cell.depth + 1 {
            continue;
        }
        let start = tag.span.start;
        match tag.local() {
            "f" => {
                let kind = formula_kind(&tag, at).ok_or(None)?;
                let (content, end) = tags.content(&tag).map_err(Some)?;
                read.formula =
                    Some(Box::new(FormulaXml { tag: tag.span, whole: start..end.end, content, kind }));
            }
            "v" | "is" => {
                let (_, end) = tags.content(&tag).map_err(Some)?;
                // A second one would be an error of the writer; both go when the value goes.
                let from = read.value.as_ref().map_or(start, |value| value.start);
                read.value = Some(from..end.end);
            }
            "extLst" => {
                let (_, end) = tags.content(&tag).map_err(Some)?;
                read.extension = Some(start..end.end);
            }
            _ => {}
        }
    }
    Err(None)
}

fn formula_kind(tag: &Tag, at: CellRef) -> Option<FormulaKind> {
    let range = || tag.attribute("ref").and_then(|value| value.parse::<Range>().ok());
    Some(match tag.attribute("t").as_deref() {
        Some("shared") => match tag.attribute("si").and_then(|si| si.parse().ok()) {
            Some(group) => FormulaKind::Shared { group, range: range() },
            None => FormulaKind::Normal,
        },
        Some("array") => FormulaKind::Array(range().unwrap_or(Range::cell(at))),
        Some("dataTable") => FormulaKind::DataTable(range().unwrap_or(Range::cell(at))),
        _ => FormulaKind::Normal,
    })
}

/// Shared formulas with their texts spelled out: every formula of a sheet as the cell itself would write it.
pub struct Spelled<'a> {
    pub at: CellRef,
    pub xml: &'a FormulaXml,
    /// `None` where a shared formula has no master or cannot be moved there.
    pub text: Option<String>,
}

/// Most characters that the children of shared formulas may spell out: a small file can hold millions of children.
const SPELLING_LIMIT: usize = 8 << 20;

/// Every formula of a sheet, in the file's order; a child of a shared formula with its master's text moved to it.
pub fn spelled<'a>(sheet: &'a SheetXml, text: &'a str) -> impl Iterator<Item = Spelled<'a>> {
    let mut masters: BTreeMap<u32, (CellRef, String)> = BTreeMap::new();
    let mut left = SPELLING_LIMIT;
    sheet.formulas().map(move |(at, xml)| {
        let own = xml.text(text);
        let spelled = match xml.kind {
            FormulaKind::Shared { group, .. } if own.is_empty() => {
                masters.get(&group).and_then(|(master, formula)| {
                    left = left.checked_sub(formula.len())?;
                    let rows = i64::from(at.row) - i64::from(master.row);
                    let columns = i64::from(at.column) - i64::from(master.column);
                    super::formula::rewritten(formula, |_, area| area.translated(rows, columns))
                })
            }
            FormulaKind::Shared { group, .. } => {
                masters.insert(group, (at, own.clone().into_owned()));
                Some(own.into_owned())
            }
            _ => Some(own.into_owned()),
        };
        Spelled { at, xml, text: spelled }
    })
}
