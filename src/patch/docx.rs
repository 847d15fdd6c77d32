//! Lossless correction of .docx: the runs of the touched cells are spliced in word/document.xml, every other part is
//! copied as it is.
//!
//! Holds for cells of plain text; where more hangs on a text (tracked changes, fields, pictures) it says so and changes
//! nothing.

use std::collections::BTreeMap;
use std::ops::Range as Bytes;

use super::package::Package;
use super::workbook::relationships;
use super::xml::{Kind, Splices, Tag, Tags, escaped};
use super::{PatchError, Patched};
use crate::fixes::{Edit, NewValue};
use crate::model::{CellRef, Workbook};

/// Why a document cannot be corrected in place. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    #[error("{0}")]
    Patch(#[from] PatchError),
    #[error("Word 文档里不能自动插入一行，请在 Word 或 WPS 里插入并填好，再重新拖入")]
    InsertRow,
    #[error("{0} 不是文档表格里的一格（表外的文字，或被合并的格盖住），请在 Word 或 WPS 里改")]
    Outside(String),
    #[error("{0} 的序号是自动编号，请在 Word 或 WPS 里改")]
    Numbered(String),
    #[error("{0} 里有未接受的修订，请先在 Word 或 WPS 里接受或拒绝修订，再重新拖入")]
    Tracked(String),
    #[error("{0} 里有域、图片、控件或别的表，请在 Word 或 WPS 里改")]
    Complex(String),
    #[error("{0} 要写的内容里有文档放不下的字符或公式，请在 Word 或 WPS 里改")]
    Unwritable(String),
}

/// What is to stand in one cell of the document.
struct Wanted {
    place: String,
    text: String,
    /// Whether something is shown there now.
    shown: bool,
}

/// Makes `edits`. `workbook` is what was read from `bytes`.
pub fn apply(bytes: &[u8], workbook: &Workbook, edits: &[Edit]) -> Result<Patched, Obstacle> {
    let mut wanted: BTreeMap<usize, Wanted> = BTreeMap::new();
    for edit in edits {
        let Edit::Set { sheet, cell, value } = edit else { return Err(Obstacle::InsertRow) };
        let found = workbook.sheets.get(*sheet).ok_or(PatchError::NoSheet(sheet.saturating_add(1)))?;
        let place = place(&found.name, *cell);
        let text = match value {
            NewValue::Formula(_) => return Err(Obstacle::Unwritable(place)),
            value => value.shown(),
        };
        if text.chars().any(|c| c.is_control() && c != '\n' || matches!(c, '\u{fffe}' | '\u{ffff}')) {
            return Err(Obstacle::Unwritable(place));
        }
        let cells = &found.document_cells;
        let Some((_, number)) =
            cells.binary_search_by_key(cell, |(at, _)| *at).ok().and_then(|index| cells.get(index))
        else {
            return Err(Obstacle::Outside(place));
        };
        let shown = !found.grid.value(*cell).is_empty();
        wanted.insert(*number, Wanted { place, text, shown });
    }
    let mut package = Package::open(bytes)?;
    let main = relationships(&mut package, "")?.into_iter().find(|related| related.kind == "officeDocument");
    let part = main.map_or_else(|| "word/document.xml".to_owned(), |main| main.target);
    let text = package.text(&part)?;
    let patched = set(&part, &text, wanted)?;
    package.set_text(&part, patched)?;
    Ok(package.finish()?)
}

/// `“表 1”F5`.
fn place(sheet: &str, cell: CellRef) -> String {
    format!("“{sheet}”{cell}")
}

fn set(part: &str, text: &str, mut wanted: BTreeMap<usize, Wanted>) -> Result<String, Obstacle> {
    let mut splices = Splices::default();
    let mut tags = Tags::of(part, text);
    let mut number = 0;
    while let Some(tag) = tags.next()? {
        if !tag.opens() || tag.local() != "tc" {
            continue;
        }
        number += 1;
        // A cell with a table in it is refused, so none is missed by reading past this one.
        let Some(cell) = wanted.remove(&number) else { continue };
        let (content, _) = tags.content(&tag)?;
        set_cell(part, text, content, &cell, &mut splices)?;
    }
    match wanted.into_values().next() {
        Some(cell) => Err(Obstacle::Outside(cell.place)),
        None => Ok(splices.apply(text)),
    }
}

/// What stands in a paragraph: where it is, and its text.
struct Paragraph<'a> {
    tag: Tag<'a>,
    end: Bytes<usize>,
    /// The look of what is typed into it, where it says so.
    look: String,
    texts: Vec<Bytes<usize>>,
    /// The first `w:t`, into which the new text goes.
    first: Option<Tag<'a>>,
    /// Something that other parts of the document point at.
    marked: bool,
}

fn set_cell(
    part: &str,
    text: &str,
    content: Bytes<usize>,
    cell: &Wanted,
    splices: &mut Splices,
) -> Result<(), Obstacle> {
    let paragraphs = paragraphs(part, text, content, cell)?;
    let has_text = paragraphs.iter().any(|paragraph| !paragraph.texts.is_empty());
    if cell.shown && !has_text {
        return Err(Obstacle::Numbered(cell.place.clone()));
    }
    let target = paragraphs
        .iter()
        .position(|paragraph| paragraph.first.is_some())
        .or_else(|| paragraphs.iter().position(|paragraph| !paragraph.texts.is_empty()))
        .unwrap_or(0);
    if paragraphs.is_empty() {
        return Err(Obstacle::Complex(cell.place.clone()));
    }
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index != target {
            if !paragraph.texts.is_empty() && !paragraph.marked {
                splices.replace(paragraph.tag.span.start..paragraph.end.end, "");
            } else {
                paragraph.texts.iter().for_each(|span| splices.replace(span.clone(), ""));
            }
            continue;
        }
        let prefix = paragraph.tag.prefix();
        for span in &paragraph.texts {
            match &paragraph.first {
                Some(first) if first.span.start == span.start => {
                    splices.replace(span.clone(), written(prefix, &cell.text));
                }
                _ => splices.replace(span.clone(), ""),
            }
        }
        if paragraph.first.is_some() || cell.text.is_empty() {
            continue;
        }
        let run = format!("<{prefix}r>{}{}</{prefix}r>", paragraph.look, written(prefix, &cell.text));
        if paragraph.tag.kind == Kind::Empty {
            let open = paragraph.tag.text.trim_end_matches('>').trim_end_matches('/').trim_end();
            splices.replace(paragraph.tag.span.clone(), format!("{open}>{run}</{}>", paragraph.tag.name));
        } else {
            splices.insert(paragraph.end.start, run);
        }
    }
    Ok(())
}

/// The paragraphs of a cell; an obstacle where more than text is in them.
fn paragraphs<'a>(
    part: &'a str,
    text: &'a str,
    content: Bytes<usize>,
    cell: &Wanted,
) -> Result<Vec<Paragraph<'a>>, Obstacle> {
    let inside = text.get(content.clone()).unwrap_or("");
    let shifted = |span: Bytes<usize>| span.start + content.start..span.end + content.start;
    let mut paragraphs: Vec<Paragraph<'a>> = Vec::new();
    let mut tags = Tags::of(part, inside);
    while let Some(tag) = tags.next()? {
        let span = shifted(tag.span.clone());
        let last = paragraphs.last_mut();
        if !tag.opens() {
            if let Some(paragraph) = last.filter(|_| tag.local() == "p") {
                paragraph.end = span;
            }
            continue;
        }
        match (tag.local(), last) {
            ("tcPr", _) => {
                tags.content(&tag)?;
            }
            ("p", _) => {
                let tag = Tag { span: span.clone(), ..tag };
                let (look, texts) = (String::new(), Vec::new());
                paragraphs.push(Paragraph { tag, end: span, look, texts, first: None, marked: false });
            }
            ("pPr", Some(paragraph)) => {
                let (own, _) = tags.content(&tag)?;
                paragraph.look = look(part, inside.get(own).unwrap_or(""))?;
            }
            ("rPr", _) => {
                let (own, _) = tags.content(&tag)?;
                let own = inside.get(own).unwrap_or("");
                if own.contains("vanish") {
                    return Err(Obstacle::Complex(cell.place.clone()));
                }
            }
            ("t", Some(paragraph)) => {
                let (_, end) = tags.content(&tag)?;
                let whole = span.start..shifted(end).end.max(span.end);
                if paragraph.first.is_none() {
                    paragraph.first = Some(Tag { span: whole.clone(), ..tag });
                }
                paragraph.texts.push(whole);
            }
            ("tab" | "ptab" | "br" | "cr" | "noBreakHyphen" | "softHyphen" | "sym", Some(paragraph)) => {
                let (_, end) = tags.content(&tag)?;
                paragraph.texts.push(span.start..shifted(end).end.max(span.end));
            }
            (
                "bookmarkStart" | "bookmarkEnd" | "commentRangeStart" | "commentRangeEnd" | "permStart"
                | "permEnd",
                last,
            ) => {
                if let Some(paragraph) = last {
                    paragraph.marked = true;
                }
            }
            ("r" | "proofErr" | "lastRenderedPageBreak" | "smartTag" | "smartTagPr" | "attr", _) => {}
            ("ins" | "del" | "moveFrom" | "moveTo" | "moveFromRangeStart" | "moveToRangeStart", _) => {
                return Err(Obstacle::Tracked(cell.place.clone()));
            }
            _ => return Err(Obstacle::Complex(cell.place.clone())),
        }
    }
    Ok(paragraphs)
}

/// The run properties of a paragraph's mark, which is how what is typed into an empty paragraph looks.
fn look(part: &str, properties: &str) -> Result<String, PatchError> {
    let mut tags = Tags::of(part, properties);
    while let Some(tag) = tags.next()? {
        let (content, end) = tags.content(&tag)?;
        if tag.local() == "rPr" {
            let own = properties.get(content).unwrap_or("");
            // A change of the mark is not one of what is typed.
            let tracked =
                ["ins ", "del ", "moveFrom ", "moveTo ", "rPrChange "].iter().any(|tag| own.contains(tag));
            let whole = properties.get(tag.span.start..end.end.max(tag.span.end)).unwrap_or("");
            return Ok(if tracked { String::new() } else { whole.to_owned() });
        }
    }
    Ok(String::new())
}

/// A text as `w:t`, a line break as `w:br`; nothing for none.
fn written(prefix: &str, text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        if line.is_empty() {
            return String::new();
        }
        let space = if line.trim() == line { "" } else { " xml:space=\"preserve\"" };
        format!("<{prefix}t{space}>{}</{prefix}t>", escaped(line))
    });
    lines.collect::<Vec<_>>().join(&format!("<{prefix}br/>"))
}
