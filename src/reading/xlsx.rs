//! .xlsx and .xlsm. Every part is checked first ([`worksheet`]), then its cells come from calamine's stream.
//!
//! Uses neither calamine's dense ranges, which allocate what a file declares, nor its opening of a package, which
//! assumes part names and trusts counts.

use std::collections::HashMap;
use std::io::{BufReader, Cursor};
use std::sync::Arc;

use calamine::{DataRef, XlsxCellReader, XlsxError};
use zip::read::ZipFile;

use super::limits::{Budget, damaged};
use super::number_formats::{built_in, iso_serial};
use super::package::{Package, repacked};
use super::worksheet::{self, Plain, PlainValue, Worksheet};
use super::xml::{Event, Xml};
use super::{Book, Extras, holds, looks};
use crate::model::{
    Cell, CellRef, Format, Grid, Look, Looks, NumberFormat, Sheet, Unreadable, Value, Visibility,
};

pub(super) fn read(bytes: &[u8], format: Format, budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let mut package = Package::open(bytes, budget.limits)?;
    let root = package.relationships("")?;
    let workbook_part = root
        .iter()
        .find(|relationship| relationship.kind == "officeDocument")
        .map(|relationship| relationship.target.clone())
        .or_else(|| package.has("xl/workbook.xml").then(|| "xl/workbook.xml".to_owned()))
        .ok_or_else(|| damaged("_rels/.rels", "没有指出工作簿在哪里"))?;
    let workbook = read_workbook(&mut package, &workbook_part, budget)?;
    let relationships = package.relationships(&workbook_part)?;
    let target =
        |kind: &str| relationships.iter().find(|r| r.kind == kind && !r.external).map(|r| r.target.clone());

    let strings = match target("sharedStrings") {
        Some(part) => read_strings(&mut package, &part, budget)?,
        None => Vec::new(),
    };
    let (mut formats, mut looks) = (Vec::new(), Vec::new());
    if let Some(part) = target("styles")
        && let Some(text) = package.text(&part)?
    {
        formats = read_formats(&part, &text, budget)?;
        // Only how it looks depends on the theme: a damaged one leaves the file readable.
        let theme = target("theme").filter(|_| looks::ask_for_theme(&text));
        let colors = theme.and_then(|theme| looks::read_theme(&mut package, &theme, budget).ok());
        looks = looks::read(&part, &text, &colors.unwrap_or_default(), budget)?;
    }
    let mut shared = SharedTexts { by_address: HashMap::new() };

    let mut book = Book { date_1904: workbook.date_1904, ..Book::default() };
    let mut protected_sheets = Vec::new();
    for entry in workbook.sheets {
        let relationship = relationships.iter().find(|r| r.id == entry.relationship);
        let mut sheet = Sheet { name: entry.name, visibility: entry.visibility, ..Sheet::default() };
        // Chart sheets and the like keep their place, without cells.
        if let Some(part) =
            relationship.filter(|r| r.kind == "worksheet" && !r.external).map(|r| r.target.as_str())
        {
            let text = package.required_text(part)?;
            let mut scanned = worksheet::scan(part, &text, strings.len(), budget)?;
            let plain = scanned.plain.take();
            let styled =
                Styled { part, scanned: &scanned, strings: &strings, formats: &formats, looks: &looks };
            (sheet.grid, sheet.looks) = if let Some(plain) = plain {
                drop(text);
                plain_cells(plain, &styled, &mut shared, budget)?
            } else if package.is_recoded(part) {
                let bytes = repacked(part, &text)?;
                drop(text);
                read_cells(&styled, Package::open(&bytes, budget.limits)?.stream(part)?, &mut shared, budget)?
            } else {
                drop(text);
                read_cells(&styled, package.stream(part)?, &mut shared, budget)?
            };
            if scanned.protected {
                protected_sheets.push(book.sheets.len());
            }
            sheet.merges = scanned.merges;
            sheet.hidden_rows = scanned.hidden_rows;
            sheet.hidden_columns = scanned.hidden_columns;
            sheet.column_widths = scanned.column_widths;
        }
        book.sheets.push(sheet);
    }
    let macros = format == Format::Xlsm || package.any_name(|name| name.ends_with("vbaproject.bin"));
    let signed = package.any_name(|name| name.starts_with("_xmlsignatures/"));
    book.remark(Extras { macros, signed, protected: workbook.protected, protected_sheets });
    Ok(book)
}

struct WorkbookPart {
    sheets: Vec<SheetEntry>,
    date_1904: bool,
    protected: bool,
}

struct SheetEntry {
    name: String,
    visibility: Visibility,
    relationship: String,
}

fn read_workbook(
    package: &mut Package<'_>,
    part: &str,
    budget: &Budget<'_>,
) -> Result<WorkbookPart, Unreadable> {
    let text = package.required_text(part)?;
    let mut found = WorkbookPart { sheets: Vec::new(), date_1904: false, protected: false };
    let mut xml = Xml::new(part, &text, budget.limits);
    while let Some(event) = xml.next()? {
        let Event::Start(element) = event else { continue };
        match element.name() {
            "sheet" if xml.depth() == 3 => {
                budget.limits.check_sheets(found.sheets.len() + 1)?;
                found.sheets.push(SheetEntry {
                    name: element.attribute("name").unwrap_or_default(),
                    visibility: match element.attribute("state").as_deref() {
                        Some("hidden") => Visibility::Hidden,
                        Some("veryHidden") => Visibility::VeryHidden,
                        _ => Visibility::Visible,
                    },
                    relationship: element.attribute("r:id").unwrap_or_default(),
                });
            }
            "workbookPr" if xml.depth() == 2 => found.date_1904 = element.flag("date1904"),
            "workbookProtection" => {
                found.protected =
                    ["lockStructure", "lockWindows", "lockRevision"].iter().any(|key| element.flag(key));
            }
            _ => {}
        }
    }
    if found.sheets.is_empty() {
        return Err(damaged(part, "没有一张工作表"));
    }
    Ok(found)
}

/// The shared strings in order. Text without `xml:space="preserve"` keeps its spaces too: what the file holds is what
/// is read.
fn read_strings(
    package: &mut Package<'_>,
    part: &str,
    budget: &mut Budget<'_>,
) -> Result<Vec<String>, Unreadable> {
    let Some(text) = package.text(part)? else { return Ok(Vec::new()) };
    let mut strings = Vec::new();
    let mut current = String::new();
    let (mut in_text, mut in_phonetic) = (false, false);
    let mut xml = Xml::new(part, &text, budget.limits);
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(element) => match element.name() {
                "si" => current.clear(),
                "rPh" => in_phonetic = true,
                "t" => in_text = !in_phonetic,
                _ => {}
            },
            Event::Text(text) if in_text => {
                current.push_str(text);
                budget.limits.check_text(current.len())?;
            }
            Event::Text(_) => {}
            Event::End(_) if event.ends("t") => in_text = false,
            Event::End(_) if event.ends("rPh") => in_phonetic = false,
            Event::End(_) if event.ends("si") => {
                budget.text(current.len())?;
                strings.push(worksheet::unescape(&current).into_owned());
            }
            Event::End(_) => {}
        }
    }
    Ok(strings)
}

/// The number format of each cell style (18.8.10 cellXfs), by index.
fn read_formats(part: &str, text: &str, budget: &Budget<'_>) -> Result<Vec<NumberFormat>, Unreadable> {
    let mut own: HashMap<u32, NumberFormat> = HashMap::new();
    let mut formats = Vec::new();
    let (mut in_cell_styles, mut in_number_formats) = (false, false);
    let mut xml = Xml::new(part, text, budget.limits);
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(element) => match element.name() {
                "cellXfs" => in_cell_styles = true,
                "numFmts" => in_number_formats = true,
                "numFmt" if in_number_formats => {
                    if let (Some(id), Some(code)) =
                        (element.number("numFmtId"), element.attribute("formatCode"))
                    {
                        own.insert(id, NumberFormat::new(&code));
                    }
                }
                "xf" if in_cell_styles => {
                    let id = element.number("numFmtId").unwrap_or(0);
                    formats.push(own.get(&id).cloned().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Event::End(_) if event.ends("cellXfs") => in_cell_styles = false,
            Event::End(_) if event.ends("numFmts") => in_number_formats = false,
            Event::End(_) | Event::Text(_) => {}
        }
    }
    Ok(formats)
}

/// Shared strings handed to many cells as one allocation.
struct SharedTexts {
    by_address: HashMap<usize, Arc<str>>,
}

impl SharedTexts {
    fn get(&mut self, text: &str) -> Arc<str> {
        self.by_address.entry(text.as_ptr().addr()).or_insert_with(|| text.into()).clone()
    }
}

/// A worksheet part that was looked through, with what its cells point to.
struct Styled<'a> {
    part: &'a str,
    scanned: &'a Worksheet,
    strings: &'a [String],
    formats: &'a [NumberFormat],
    looks: &'a [Look],
}

impl Styled<'_> {
    fn look(&self, style: u32) -> Look {
        usize::try_from(style).ok().and_then(|style| self.looks.get(style)).copied().unwrap_or_default()
    }

    fn number_format(&self, style: u32) -> NumberFormat {
        usize::try_from(style).ok().and_then(|style| self.formats.get(style)).cloned().unwrap_or_default()
    }
}

/// The cells of a sheet that holds plain ones alone.
fn plain_cells(
    plain: Vec<Plain>,
    sheet: &Styled<'_>,
    shared: &mut SharedTexts,
    budget: &mut Budget<'_>,
) -> Result<(Grid, Looks), Unreadable> {
    let mut cells = Vec::with_capacity(plain.len());
    let looks = Looks::of(plain.iter().map(|cell| (cell.at, sheet.look(cell.style))));
    for Plain { at, style, value } in plain {
        let value = match value {
            PlainValue::Number(number) => Value::Number(number),
            PlainValue::Shared(place) => match sheet.strings.get(place) {
                Some(text) if !text.is_empty() => Value::Text(shared.get(text)),
                _ => continue,
            },
            PlainValue::Inline(text) => {
                budget.text(text.len())?;
                Value::Text(text)
            }
        };
        budget.cell()?;
        cells.push((at, Cell { value, formula: None, number_format: sheet.number_format(style) }));
    }
    Ok((Grid::from_cells(cells), looks))
}

fn read_cells(
    sheet: &Styled<'_>,
    source: ZipFile<'_, Cursor<&[u8]>>,
    shared: &mut SharedTexts,
    budget: &mut Budget<'_>,
) -> Result<(Grid, Looks), Unreadable> {
    let Styled { part, scanned, strings, .. } = *sheet;
    if scanned.styles.is_empty() {
        return Ok(Default::default());
    }
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(source));
    xml.config_mut().expand_empty_elements = true;
    xml.config_mut().check_end_names = false;
    // No formats are handed over: dates stay the numbers that the file stores.
    let mut stream = XlsxCellReader::new(xml, strings, &[], &[], false).map_err(|error| match error {
        XlsxError::NotAWorksheet(_) => damaged(part, "内容不是 UTF-8 编码的工作表"),
        error => damaged(part, error),
    })?;
    let (mut cells, mut looks) = (Vec::new(), Vec::new());
    for (index, style) in scanned.styles.iter().enumerate() {
        let record = match stream.next_cell_with_formula() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            // An error value that calamine does not know, such as #SPILL!; its stream goes on behind it.
            Err(XlsxError::CellError(text)) => {
                if let Some(&at) = scanned.error_cells.get(&index) {
                    budget.cell()?;
                    cells.push((at, Cell::new(Value::Error(text.into()))));
                }
                continue;
            }
            Err(error) => return Err(damaged(part, error)),
        };
        let value = match record.value {
            DataRef::Empty => Value::Empty,
            DataRef::Int(number) => Value::Number(number as f64),
            DataRef::Float(number) => Value::Number(number),
            DataRef::DateTime(date) => Value::Number(date.as_f64()),
            DataRef::Bool(flag) => Value::Bool(flag),
            DataRef::Error(error) => Value::Error(error.to_string().into()),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                iso_serial(&text).map_or_else(|| Value::Text(text.into()), Value::Number)
            }
            DataRef::String(text) => {
                budget.text(text.len())?;
                // The text of an inline string as the file has it: calamine trims where xml:space is absent.
                let own = scanned.inline_texts.get(&index).cloned();
                Value::Text(own.unwrap_or_else(|| text.into()))
            }
            DataRef::SharedString("") => Value::Empty,
            DataRef::SharedString(text) => Value::Text(shared.get(text)),
        };
        let formula: Option<Arc<str>> = match record.formula {
            Some(formula) if !formula.is_empty() => {
                budget.text(formula.len())?;
                Some(formula.into())
            }
            _ => None,
        };
        let (row, column) = record.pos;
        let number_format = sheet.number_format(*style);
        let cell = Cell { value, formula, number_format };
        if holds(&cell) {
            budget.cell()?;
            cells.push((CellRef::new(row, column), cell));
            looks.push((CellRef::new(row, column), sheet.look(*style)));
        }
    }
    Ok((Grid::from_cells(cells), Looks::of(looks)))
}
