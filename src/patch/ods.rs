//! Lossless correction of .ods: the touched cells are spliced into content.xml, every other entry is copied as it is.
//!
//! Holds for cells of documents without formulas; for the rest it says why not, and a new workbook is written instead.

use std::collections::BTreeMap;
use std::ops::Range as Bytes;

use super::package::Package;
use super::xml::{Kind, Splices, Tags, escaped, with_attributes};
use super::{PatchError, Patched};
use crate::fixes::{Edit, NewValue};
use crate::model::{CellRef, Decimal, Workbook, runs_as_formula};

const CONTENT: &str = "content.xml";
const ROWS: &str = "table:number-rows-repeated";
const COLUMNS: &str = "table:number-columns-repeated";

/// Why a document cannot be corrected in place. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    #[error("{0}")]
    Patch(#[from] PatchError),
    #[error("文件有数字签名")]
    Signed,
    #[error("表里有公式，公式的结果要重新计算")]
    Formulas,
    #[error("要插入一行")]
    InsertRow,
    #[error("{0} 的单元格格式要一起改")]
    Format(CellRef),
    #[error("{0} 被合并单元格盖住")]
    Covered(CellRef),
    #[error("{0} 有放不下的字符")]
    Unwritable(CellRef),
    #[error("{0} 在文件写明的行之外")]
    Outside(CellRef),
}

/// New values by sheet, row and column.
type Pending<'a> = BTreeMap<usize, BTreeMap<u32, BTreeMap<u32, &'a NewValue>>>;

/// Makes `edits`. `workbook` is what was read from `bytes`.
pub fn apply(bytes: &[u8], workbook: &Workbook, edits: &[Edit]) -> Result<Patched, Obstacle> {
    let mut package = Package::open(bytes)?;
    if package.has("META-INF/documentsignatures.xml") {
        return Err(Obstacle::Signed);
    }
    let mut pending = Pending::new();
    for edit in edits {
        let Edit::Set { sheet, cell, value } = edit else { return Err(Obstacle::InsertRow) };
        let found = workbook.sheets.get(*sheet).ok_or(PatchError::NoSheet(sheet.saturating_add(1)))?;
        let own = found.grid.get(*cell).map(|old| old.number_format.clone()).unwrap_or_default();
        let words = matches!(value, NewValue::Text(text) if !runs_as_formula(text));
        // Words keep their own type whatever the format; a number does not, nor what has to become a text cell.
        if value.format_instead_of(&own).is_some() && !words {
            return Err(Obstacle::Format(*cell));
        }
        pending.entry(*sheet).or_default().entry(cell.row).or_default().insert(cell.column, value);
    }
    let text = package.text(CONTENT)?;
    // Who opens a document need not compute it anew.
    if text.contains("table:formula=")
        || edits.iter().any(|edit| matches!(edit, Edit::Set { value: NewValue::Formula(_), .. }))
    {
        return Err(Obstacle::Formulas);
    }
    let patched = set(&text, pending)?;
    package.set_text(CONTENT, patched)?;
    Ok(package.finish()?)
}

fn set(text: &str, mut pending: Pending<'_>) -> Result<String, Obstacle> {
    let mut splices = Splices::default();
    let mut tags = Tags::of(CONTENT, text);
    let (mut sheet, mut row, mut inside) = (0usize, 0u32, false);
    while let Some(tag) = tags.next()? {
        match (tag.local(), tag.kind) {
            ("table", Kind::Start) => (inside, row) = (true, 0),
            ("table", Kind::End) => (inside, sheet) = (false, sheet + 1),
            // Drawings and forms may hold tables of their own.
            ("shapes" | "dde-links" | "forms", Kind::Start) => {
                tags.content(&tag)?;
            }
            ("table-row", Kind::Start | Kind::Empty) if inside => {
                let (_, end) = tags.content(&tag)?;
                let next = row.saturating_add(repeats(tag.text, ROWS));
                let mut touched = BTreeMap::new();
                if let Some(rows) = pending.get_mut(&sheet) {
                    let mut below = rows.split_off(&row);
                    rows.append(&mut below.split_off(&next));
                    touched = below;
                }
                if !touched.is_empty() {
                    let whole = tag.span.start..end.end;
                    splices.replace(
                        whole.clone(),
                        split_row(text.get(whole).unwrap_or(""), tag.text, row..next, &touched)?,
                    );
                }
                row = next;
            }
            _ => {}
        }
    }
    let left = pending
        .values()
        .flatten()
        .find_map(|(row, values)| values.keys().next().map(|column| CellRef::new(*row, *column)));
    left.map_or_else(|| Ok(splices.apply(text)), |at| Err(Obstacle::Outside(at)))
}

/// A row that stands for `rows`, with each touched one on its own.
fn split_row(
    xml: &str,
    tag: &str,
    rows: Bytes<u32>,
    touched: &BTreeMap<u32, BTreeMap<u32, &NewValue>>,
) -> Result<String, Obstacle> {
    let copy = |count: u32| with_tag(xml, tag, &repeated(tag, ROWS, count));
    let (mut out, mut next) = (String::new(), rows.start);
    for (row, values) in touched {
        if *row > next {
            out.push_str(&copy(row - next));
        }
        out.push_str(&set_cells(&copy(1), *row, values)?);
        next = row.saturating_add(1);
    }
    if rows.end > next {
        out.push_str(&copy(rows.end - next));
    }
    Ok(out)
}

/// One row's XML with some of its cells set.
fn set_cells(xml: &str, row: u32, values: &BTreeMap<u32, &NewValue>) -> Result<String, Obstacle> {
    let mut splices = Splices::default();
    let mut tags = Tags::of(CONTENT, xml);
    let mut column = 0u32;
    let mut left = values.clone();
    let Some(start) = tags.next()? else { return Ok(xml.to_owned()) };
    let mut end = xml.len();
    while let Some(tag) = tags.next()? {
        if tag.kind == Kind::End {
            end = tag.span.start;
            continue;
        }
        let (content, close) = tags.content(&tag)?;
        let whole = tag.span.start..close.end;
        let next = column.saturating_add(repeats(tag.text, COLUMNS));
        let mut touched = left.split_off(&column);
        left.append(&mut touched.split_off(&next));
        if let Some(first) = touched.keys().next() {
            if tag.local() != "table-cell" {
                return Err(Obstacle::Covered(CellRef::new(row, *first)));
            }
            let own = xml.get(whole.clone()).unwrap_or("");
            let copy = |count: u32| with_tag(own, tag.text, &repeated(tag.text, COLUMNS, count));
            let (mut out, mut at) = (String::new(), column);
            for (touched, value) in &touched {
                if *touched > at {
                    out.push_str(&copy(touched - at));
                }
                let kept = without_text(xml.get(content.clone()).unwrap_or(""))?;
                out.push_str(
                    &cell(tag.text, tag.name, &kept, value)
                        .ok_or(Obstacle::Unwritable(CellRef::new(row, *touched)))?,
                );
                at = touched.saturating_add(1);
            }
            if next > at {
                out.push_str(&copy(next - at));
            }
            splices.replace(whole, out);
        }
        column = next;
    }
    left.retain(|_, value| **value != NewValue::Blank);
    if left.is_empty() {
        return Ok(splices.apply(xml));
    }
    let mut added = String::new();
    for (at, value) in left {
        if at > column {
            added.push_str(&repeated("<table:table-cell/>", COLUMNS, at - column));
        }
        added.push_str(
            &cell("<table:table-cell/>", "table:table-cell", "", value)
                .ok_or(Obstacle::Unwritable(CellRef::new(row, at)))?,
        );
        column = at.saturating_add(1);
    }
    if start.kind == Kind::Empty {
        let open = start.text.trim_end_matches('>').trim_end_matches('/');
        return Ok(format!("{open}>{added}</{}>", start.name));
    }
    splices.insert(end, added);
    Ok(splices.apply(xml))
}

fn repeats(tag: &str, name: &str) -> u32 {
    super::xml::attributes(tag)
        .find(|attribute| attribute.name == name)
        .and_then(|found| found.value.parse().ok())
        .unwrap_or(1)
        .max(1)
}

fn repeated(tag: &str, name: &str, count: u32) -> String {
    if count == 1 {
        with_attributes(tag, &[name], &[])
    } else {
        super::xml::with_attribute(tag, name, &count.to_string())
    }
}

/// An element's XML with another start tag.
fn with_tag(xml: &str, tag: &str, new: &str) -> String {
    format!("{new}{}", xml.get(tag.len()..).unwrap_or(""))
}

/// What a cell holds besides its text: notes and drawings.
fn without_text(content: &str) -> Result<String, PatchError> {
    let mut splices = Splices::default();
    let mut tags = Tags::of(CONTENT, content);
    while let Some(tag) = tags.next()? {
        let (_, end) = tags.content(&tag)?;
        if matches!(tag.name, "text:p" | "text:h") {
            splices.replace(tag.span.start..end.end, "");
        }
    }
    Ok(splices.apply(content))
}

/// A cell with its style and a new value; `None` for characters that XML does not have.
fn cell(tag: &str, name: &str, kept: &str, value: &NewValue) -> Option<String> {
    const OLD: [&str; 10] = [
        "office:value-type",
        "calcext:value-type",
        "office:value",
        "office:date-value",
        "office:time-value",
        "office:boolean-value",
        "office:string-value",
        "office:currency",
        COLUMNS,
        "table:formula",
    ];
    let is_share = super::xml::attributes(tag)
        .any(|attribute| attribute.name == "office:value-type" && attribute.value == "percentage");
    let shown = match value {
        NewValue::Number(number) if is_share => {
            format!("{}%", number.saturating_mul(Decimal::ONE_HUNDRED).normalize())
        }
        value => value.shown(),
    };
    let stored = value.shown();
    let new: &[(&str, &str)] = match value {
        NewValue::Number(_) => {
            &[("office:value-type", if is_share { "percentage" } else { "float" }), ("office:value", &stored)]
        }
        NewValue::Text(_) => &[("office:value-type", "string")],
        NewValue::Blank | NewValue::Formula(_) => &[],
    };
    let paragraphs = if shown.is_empty() { String::new() } else { paragraphs(&shown)? };
    let open = with_attributes(tag, &OLD, new);
    let open = open.trim_end_matches('>').trim_end_matches('/').trim_end();
    Some(format!("{open}>{kept}{paragraphs}</{name}>"))
}

/// A text as paragraphs (ODF 1.2 part 1, 6.1.2: white space collapses unless it is an element).
fn paragraphs(text: &str) -> Option<String> {
    let mut out = String::from("<text:p>");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("</text:p><text:p>"),
            '\t' => out.push_str("<text:tab/>"),
            ' ' => out.push_str("<text:s/>"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => return None,
            c => out.push_str(&escaped(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out.push_str("</text:p>");
    Some(out)
}
