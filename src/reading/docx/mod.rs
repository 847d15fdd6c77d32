//! .docx: the tables of a Word document (ECMA-376 part 1, 17.4), read in one pass. One sheet a table, above its rows
//! the text that stands before it, below them its notes. A nested table is a sheet of its own.
//!
//! Read as it stands once all tracked changes are accepted. No tree is built: what is open is a stack of tables.

mod margins;
mod numbering;

use std::collections::{BTreeMap, VecDeque};

use margins::{Margins, Section};
use numbering::Numbering;

use super::limits::{Budget, beyond, damaged};
use super::package::Package;
use super::xml::{Element, Event, Xml, is_set};
use super::{Book, push_index, rectangle, typed_value};
use crate::model::{Cell, CellRef, Grid, Range, ReadRemark, Sheet, Span, Unreadable, Value};

/// Paragraphs that are kept of a text before or after a table.
const LINES: usize = 10;
/// Bytes that are kept of one of them.
const LINE: usize = 2_048;
/// A cell spans no more columns than this. Word itself knows 63.
const MAX_SPAN: u32 = 1_000;
/// Twentieths of a point that a character of the default font takes.
const CHARACTER: f32 = 108.0;

pub(super) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let mut package = Package::open(bytes, budget.limits)?;
    let root = package.relationships("")?;
    let main = root.iter().find(|relationship| relationship.kind == "officeDocument");
    let part = main.map_or_else(|| "word/document.xml".to_owned(), |main| main.target.clone());
    let relationships = package.relationships(&part)?;
    let target = |kind: &str| {
        let found = relationships.iter().find(|related| related.kind == kind && !related.external);
        found.map(|related| related.target.as_str())
    };
    let numbering = Numbering::read(&mut package, target("styles"), target("numbering"), budget)?;
    let text = package.required_text(&part)?;
    let mut document = Document { numbering, ..Document::default() };
    document.read(&part, &text, budget)?;
    let mut book = Book::default();
    if package.any_name(|name| name.ends_with("vbaproject.bin")) {
        book.remarks.push(ReadRemark::Macros);
    }
    if document.changes > 0 {
        book.remarks.push(ReadRemark::TrackedChanges { count: document.changes });
    }
    if package.any_name(|name| name.starts_with("_xmlsignatures/")) {
        book.remarks.push(ReadRemark::Signed);
    }
    let mut margins = Margins::read(&mut package, &relationships, &document.sections, budget)?;
    book.remarks.append(&mut margins.remarks);
    book.sheets = document.sheets(&margins, budget)?;
    if book.sheets.is_empty() {
        return Err(Unreadable::NotSpreadsheet { kind: "Word 文档，里面没有表格".to_owned() });
    }
    Ok(book)
}

#[derive(Default)]
struct Document {
    numbering: Numbering,
    done: Vec<Table>,
    open: Vec<Frame>,
    /// Tables that have begun.
    begun: usize,
    /// Cells that have begun anywhere in the part, by which a correction finds one again.
    cells: usize,
    /// The paragraph outside tables.
    paragraph: String,
    /// What stood since the last table: its last lines, and its first.
    before: VecDeque<String>,
    after: Vec<String>,
    /// Paragraphs since the last table, blank ones too.
    paragraphs: usize,
    /// Tracked insertions, deletions and moves.
    changes: usize,
    sections: Vec<Section>,
    /// The section that is open.
    section: Section,
    /// Where the walk is.
    properties: Option<Properties>,
    /// The mark at the end of the paragraph is deleted: it runs on.
    runs_on: bool,
    /// Runs that are open: whether each is hidden.
    runs: Vec<bool>,
    in_text: bool,
    in_row_properties: bool,
    /// Whether the content control that is open shows its prompt.
    prompts: Vec<bool>,
    /// Whether a branch of the alternatives that are open was read.
    branches: Vec<bool>,
}

enum Frame {
    Table(Box<Table>),
    /// A text box, with the paragraph that it hangs on.
    Box(String),
}

#[derive(Default)]
struct Properties {
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
}

#[derive(Default)]
struct Table {
    number: usize,
    nested: bool,
    before: Vec<String>,
    after: Vec<String>,
    row: u32,
    column: u32,
    deleted: bool,
    /// Cells of the row that is open.
    fresh: Vec<Filled>,
    cell: Option<OpenCell>,
    cells: Vec<Filled>,
    merges: Vec<Range>,
    /// The merge that comes down a column, by its first column.
    down: BTreeMap<u32, usize>,
    /// The merge that old producers continue to the right.
    right: Option<usize>,
    hidden_rows: Vec<Span>,
    widths: Vec<f32>,
}

struct Filled {
    at: CellRef,
    text: String,
    number: usize,
}

struct OpenCell {
    number: usize,
    text: String,
    /// The automatic number of its first numbered paragraph.
    counted: String,
    span: u32,
    vertical: Merge,
    horizontal: Merge,
    deleted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Merge {
    None,
    Begins,
    Continues,
}

impl Document {
    fn read(&mut self, part: &str, text: &str, budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        // The depth outside of what is left out.
        let mut skipped: Option<usize> = None;
        let mut xml = Xml::new(part, text, budget.limits);
        while let Some(event) = xml.next()? {
            match &event {
                Event::Start(element) => {
                    self.cells += usize::from(element.is("tc"));
                    if skipped.is_none() && self.starts(element, budget)? {
                        skipped = Some(xml.depth() - 1);
                    }
                }
                Event::Text(text) if skipped.is_none() && self.in_text => self.push(text, budget)?,
                Event::Text(_) => {}
                Event::End(_) => match skipped {
                    Some(depth) if xml.depth() == depth => skipped = None,
                    Some(_) => {}
                    None => self.ends(event.ended().unwrap_or_default(), budget)?,
                },
            }
        }
        Ok(())
    }

    /// Whether what is in the element is left out.
    fn starts(&mut self, element: &Element<'_>, budget: &Budget<'_>) -> Result<bool, Unreadable> {
        let value = || element.attribute("w:val");
        match element.name() {
            "tbl" => self.begin_table(budget)?,
            "gridCol" => {
                if let Some(table) = self.table().filter(|table| table.cell.is_none()) {
                    table.widths.push(element.number("w:w").unwrap_or(0.0));
                    budget.limits.check_ranges(table.widths.len())?;
                }
            }
            "tr" => {
                if let Some(table) = self.table().filter(|table| table.cell.is_none()) {
                    (table.column, table.right) = (0, None);
                }
            }
            "trPr" => self.in_row_properties = true,
            "gridBefore" => {
                if let Some(table) = self.table().filter(|table| table.cell.is_none()) {
                    table.column = element.number("w:val").unwrap_or(0).min(MAX_SPAN);
                }
            }
            "hidden" if self.in_row_properties => {
                if let Some(table) = self.table() {
                    push_index(&mut table.hidden_rows, table.row);
                }
            }
            "tc" => {
                let number = self.cells;
                if let Some(table) = self.table() {
                    table.cell = Some(OpenCell::new(number));
                }
            }
            "gridSpan" => {
                if let Some(cell) = self.cell() {
                    cell.span = element.number("w:val").unwrap_or(1).clamp(1, MAX_SPAN);
                }
            }
            "vMerge" | "hMerge" => {
                let merge =
                    if value().as_deref() == Some("restart") { Merge::Begins } else { Merge::Continues };
                if let Some(cell) = self.cell() {
                    match element.name() {
                        "vMerge" => cell.vertical = merge,
                        _ => cell.horizontal = merge,
                    }
                }
            }
            "cellDel" | "cellIns" => {
                self.changes += 1;
                if let Some(cell) = self.cell().filter(|_| element.is("cellDel")) {
                    cell.deleted = true;
                }
            }
            "del" | "moveFrom" => {
                self.changes += 1;
                if self.in_row_properties {
                    if let Some(table) = self.table() {
                        table.deleted = true;
                    }
                } else if self.properties.is_some() {
                    self.runs_on = true;
                } else {
                    return Ok(true);
                }
            }
            "ins" | "moveTo" => self.changes += 1,
            // How something looked before; what is read aloud above a word.
            "rPrChange" | "pPrChange" | "tblPrChange" | "trPrChange" | "tcPrChange" | "tblGridChange"
            | "sectPrChange" | "rt" => return Ok(true),
            "AlternateContent" => self.branches.push(false),
            "Choice" | "Fallback" => {
                let taken = self.branches.last_mut();
                return Ok(taken.is_some_and(|taken| std::mem::replace(taken, true)));
            }
            "sdt" => self.prompts.push(false),
            "showingPlcHdr" => {
                if let Some(prompt) = self.prompts.last_mut() {
                    *prompt = value().is_none_or(|value| is_set(&value));
                }
            }
            "sdtContent" => return Ok(self.prompts.last() == Some(&true)),
            "txbxContent" => {
                let paragraph = std::mem::take(&mut self.paragraph);
                self.open.push(Frame::Box(paragraph));
            }
            "headerReference" => self.section.header(element.attribute("r:id")),
            "pPr" => self.properties = Some(Properties::default()),
            "pStyle" | "numId" | "ilvl" => {
                if let Some(properties) = &mut self.properties {
                    match element.name() {
                        "pStyle" => properties.style = value(),
                        "numId" => properties.list = value(),
                        _ => properties.level = element.number("w:val"),
                    }
                }
            }
            "r" => self.runs.push(false),
            "vanish" if self.properties.is_none() => {
                if let Some(hidden) = self.runs.last_mut() {
                    *hidden = value().is_none_or(|value| is_set(&value));
                }
            }
            "t" => self.in_text = true,
            _ if self.properties.is_some() || self.runs.is_empty() => {}
            "tab" | "ptab" => self.push(" ", budget)?,
            // Where a page ends there is nothing to read.
            "br" if element.attribute("w:type").is_some_and(|kind| kind != "textWrapping") => {}
            "br" | "cr" => self.push("\n", budget)?,
            "noBreakHyphen" => self.push("-", budget)?,
            "sym" => self.push(symbol(element).encode_utf8(&mut [0; 4]), budget)?,
            _ => {}
        }
        Ok(false)
    }

    fn ends(&mut self, name: &str, budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        match name {
            "t" => self.in_text = false,
            "r" => {
                self.runs.pop();
            }
            "pPr" => {
                let properties = self.properties.take();
                // What is deleted has no number.
                let deleted = self.table().is_some_and(|table| table.deleted);
                if let Some(Properties { style, list, level }) = properties.filter(|_| !deleted) {
                    let number = self.numbering.count(style.as_deref(), list.as_deref(), level);
                    if let Some(cell) = self.cell().filter(|cell| cell.counted.is_empty()) {
                        cell.counted = number;
                    }
                }
            }
            "p" => {
                let runs_on = std::mem::take(&mut self.runs_on);
                if let Some(cell) = self.cell() {
                    if !runs_on {
                        cell.text.push('\n');
                    }
                } else if !runs_on {
                    self.end_paragraph();
                }
            }
            "txbxContent" => {
                if let Some(Frame::Box(_)) = self.open.last()
                    && let Some(Frame::Box(paragraph)) = self.open.pop()
                {
                    self.paragraph = paragraph;
                }
            }
            "sectPr" => {
                let ended = self.section.end(self.begun, self.sections.last());
                self.sections.push(ended);
            }
            "trPr" => self.in_row_properties = false,
            "tc" => {
                if let Some(table) = self.table() {
                    table.end_cell(budget)?;
                }
            }
            "tr" => {
                if let Some(table) = self.table() {
                    table.end_row()?;
                }
            }
            "tbl" => {
                if let Some(Frame::Table(_)) = self.open.last()
                    && let Some(Frame::Table(table)) = self.open.pop()
                {
                    self.done.push(*table);
                }
            }
            "AlternateContent" => {
                self.branches.pop();
            }
            "sdt" => {
                self.prompts.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn table(&mut self) -> Option<&mut Table> {
        match self.open.last_mut() {
            Some(Frame::Table(table)) => Some(table),
            _ => None,
        }
    }

    fn cell(&mut self) -> Option<&mut OpenCell> {
        self.table().and_then(|table| table.cell.as_mut())
    }

    fn push(&mut self, text: &str, budget: &Budget<'_>) -> Result<(), Unreadable> {
        if self.runs.last() == Some(&true) {
            return Ok(());
        }
        match self.open.last_mut() {
            Some(Frame::Table(table)) => {
                if let Some(cell) = &mut table.cell {
                    cell.text.push_str(text);
                    budget.limits.check_text(cell.text.len())?;
                }
            }
            _ if self.paragraph.len() < LINE => self.paragraph.extend(text.chars().take(LINE)),
            _ => {}
        }
        Ok(())
    }

    /// A paragraph outside tables. Text boxes in a table are not its text, and count here too.
    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        self.paragraphs += 1;
        let line = paragraph.trim();
        if line.is_empty() || matches!(self.open.last(), Some(Frame::Table(_))) {
            return;
        }
        if self.before.len() >= LINES {
            self.before.pop_front();
        }
        self.before.push_back(line.to_owned());
        if self.after.len() < LINES {
            self.after.push(line.to_owned());
        }
    }

    fn begin_table(&mut self, budget: &Budget<'_>) -> Result<(), Unreadable> {
        let nested = self.open.iter().any(|frame| matches!(frame, Frame::Table(_)));
        if nested {
            // The text before it in the cell around it, where one stands there to lay out a page.
            // From its end: as many tables as there are lines may stand in one cell.
            let text = self.cell().map_or("", |cell| cell.text.as_str());
            let lines = text.lines().rev().take(LINES * 2).map(str::trim).filter(|line| !line.is_empty());
            let mut before: Vec<String> = lines.take(LINES).map(str::to_owned).collect();
            before.reverse();
            return self.open_table(Table { nested, before, ..Table::default() }, budget);
        }
        let continued = self.paragraphs == 0
            || !self.after.is_empty() && self.after.iter().all(|line| is_continuation(line));
        if continued && let Some(table) = self.done.pop() {
            self.forget();
            self.open.push(Frame::Table(Box::new(Table { down: BTreeMap::new(), ..table })));
            return Ok(());
        }
        self.end_notes(false);
        let before = self.before.drain(..).collect();
        self.forget();
        self.open_table(Table { before, ..Table::default() }, budget)
    }

    fn open_table(&mut self, table: Table, budget: &Budget<'_>) -> Result<(), Unreadable> {
        self.begun += 1;
        budget.limits.check_sheets(self.begun)?;
        self.open.push(Frame::Table(Box::new(Table { number: self.begun, ..table })));
        Ok(())
    }

    /// Gives the last table the text that follows it: its notes, and at the end of the document all of it.
    fn end_notes(&mut self, all: bool) {
        let Some(table) = self.done.iter_mut().rfind(|table| !table.nested) else { return };
        let notes = self.after.iter().take_while(|line| all || is_note(line)).count();
        table.after.extend(self.after.drain(..notes));
        // What is still among the lines before the next table stands there no more.
        let twice = self.before.iter().take_while(|line| table.after.contains(line)).count();
        self.before.drain(..twice);
    }

    fn forget(&mut self) {
        self.before.clear();
        self.after.clear();
        self.paragraphs = 0;
    }

    /// All that is written, as lines, and whether a table of more than one row and column is among it.
    fn lines(mut self) -> (Vec<String>, bool) {
        self.end_notes(true);
        self.done.sort_by_key(|table| table.number);
        let mut lines = Vec::new();
        let mut has_figures = false;
        for table in self.done {
            has_figures |= table.cells.iter().any(|cell| cell.at.row > 0 && cell.at.column > 0);
            let cells = table.cells.iter().flat_map(|cell| cell.text.lines()).map(str::trim);
            let cells = cells.filter(|line| !line.is_empty()).take(LINES).map(str::to_owned);
            lines.extend(table.before.into_iter().chain(cells).chain(table.after));
        }
        lines.extend(self.before);
        (lines, has_figures)
    }

    fn sheets(mut self, margins: &Margins, budget: &mut Budget<'_>) -> Result<Vec<Sheet>, Unreadable> {
        self.end_notes(true);
        self.done.sort_by_key(|table| table.number);
        let mut sheets = Vec::new();
        for table in self.done {
            // An empty one keeps its place, so that a correction that empties a table moves no other.
            if !table.cells.is_empty() {
                let margin = margins.of(table.number).to_vec();
                margin.iter().try_for_each(|line| budget.text(line.len()))?;
                sheets.push(Sheet { margin, ..table.sheet(budget)? });
            }
        }
        Ok(sheets)
    }
}

impl OpenCell {
    const fn new(number: usize) -> Self {
        Self {
            number,
            text: String::new(),
            counted: String::new(),
            span: 1,
            vertical: Merge::None,
            horizontal: Merge::None,
            deleted: false,
        }
    }
}

impl Table {
    fn end_cell(&mut self, budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        if cell.deleted {
            return Ok(());
        }
        let at = CellRef::new(self.row, self.column);
        self.column = self.column.saturating_add(cell.span);
        if self.column > CellRef::MAX_COLUMNS {
            return Err(beyond("列数", CellRef::MAX_COLUMNS, "列"));
        }
        if self.deleted {
            return Ok(());
        }
        let range = rectangle(at, 1, cell.span);
        if let Some(merge) = self.right.filter(|_| cell.horizontal == Merge::Continues) {
            self.extend(merge, range.end);
            return Ok(());
        }
        let above = self.down.get(&at.column).copied().filter(|_| cell.vertical == Merge::Continues);
        if let Some(merge) = above {
            self.extend(merge, range.end);
            return Ok(());
        }
        while let Some((&column, _)) = self.down.range(at.column..self.column).next() {
            self.down.remove(&column);
        }
        self.right = None;
        if cell.vertical != Merge::None || cell.horizontal == Merge::Begins || range.start != range.end {
            let merge = self.merges.len();
            if cell.vertical != Merge::None {
                self.down.insert(at.column, merge);
            }
            self.right = (cell.horizontal == Merge::Begins).then_some(merge);
            self.merges.push(range);
            budget.limits.check_ranges(self.merges.len())?;
        }
        let own = cell.text.trim();
        let text = if own.is_empty() { cell.counted } else { own.to_owned() };
        if text.is_empty() {
            budget.blank_cell()?;
        } else {
            budget.cell()?;
            budget.text(text.len())?;
        }
        self.fresh.push(Filled { at, text, number: cell.number });
        Ok(())
    }

    fn extend(&mut self, merge: usize, end: CellRef) {
        if let Some(range) = self.merges.get_mut(merge) {
            range.end = CellRef::new(range.end.row.max(end.row), range.end.column.max(end.column));
        }
    }

    fn end_row(&mut self) -> Result<(), Unreadable> {
        self.cell = None;
        if std::mem::take(&mut self.deleted) {
            return Ok(());
        }
        self.cells.append(&mut self.fresh);
        self.row += 1;
        if self.row >= CellRef::MAX_ROWS {
            return Err(beyond("行数", CellRef::MAX_ROWS, "行"));
        }
        Ok(())
    }

    /// The sheet: the lines before, the rows, the lines after.
    fn sheet(self, budget: &mut Budget<'_>) -> Result<Sheet, Unreadable> {
        let height = |lines: &[String]| u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let top = height(&self.before);
        let bottom = top.saturating_add(self.row);
        if bottom.saturating_add(height(&self.after)) >= CellRef::MAX_ROWS {
            return Err(damaged("表格", "行数太多"));
        }
        let mut cells = Vec::with_capacity(self.cells.len());
        let mut document_cells = Vec::with_capacity(self.cells.len());
        let lines = (0..).zip(&self.before).chain((bottom..).zip(&self.after));
        for (row, line) in lines {
            budget.cell()?;
            budget.text(line.len())?;
            cells.push((CellRef::new(row, 0), Cell::new(Value::Text(line.as_str().into()))));
        }
        for Filled { at, text, number } in self.cells {
            let at = CellRef::new(at.row + top, at.column);
            document_cells.push((at, number));
            if !text.is_empty() {
                cells.push((at, Cell::new(typed_value(&text))));
            }
        }
        let lower = |at: CellRef| CellRef::new(at.row + top, at.column);
        // Columns that nobody has drawn are all the same, however much they hold.
        let drawn = self.widths.iter().any(|width| Some(width) != self.widths.first());
        let widths = (0..CellRef::MAX_COLUMNS).zip(self.widths).filter(|(_, width)| drawn && *width > 0.0);
        Ok(Sheet {
            name: format!("表 {}", self.number),
            grid: Grid::from_cells(cells),
            merges: self
                .merges
                .iter()
                .filter(|merge| merge.start != merge.end)
                .map(|merge| Range::new(lower(merge.start), lower(merge.end)))
                .collect(),
            hidden_rows: self
                .hidden_rows
                .iter()
                .map(|span| Span { first: span.first + top, last: span.last + top })
                .collect(),
            column_widths: widths
                .map(|(column, width)| (Span { first: column, last: column }, width / CHARACTER))
                .collect(),
            document_cells,
            ..Sheet::default()
        })
    }
}

/// A sign of a symbol font: what forms use for their boxes; any other is an empty box.
fn symbol(element: &Element<'_>) -> char {
    let code = element.attribute("w:char").and_then(|code| u32::from_str_radix(&code, 16).ok()).unwrap_or(0);
    match code & 0x0FFF {
        0xFC => '√',
        0x52 | 0xFE => '☑',
        0xFB | 0xFD => '×',
        _ if (0x20..0xE000).contains(&code) => char::from_u32(code).unwrap_or('□'),
        _ => '□',
    }
}

/// `续表`, `（续上表）`: the table goes on.
fn is_continuation(line: &str) -> bool {
    let bare = line.trim_start_matches(|c: char| "（(【[".contains(c) || c.is_whitespace());
    bare.starts_with('续') && bare.chars().count() <= 8
}

fn is_note(line: &str) -> bool {
    const NOTES: [&str; 12] = [
        "注",
        "备注",
        "附注",
        "说明",
        "填表",
        "填报人",
        "制表",
        "审核",
        "复核",
        "联系",
        "数据来源",
        "负责人",
    ];
    let bare = line.trim_start_matches(|c: char| "（(【[*※".contains(c) || c.is_whitespace());
    NOTES.iter().any(|note| bare.starts_with(note)) || bare.starts_with("单位负责人")
}
