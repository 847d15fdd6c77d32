//! .ods: content.xml of an OpenDocument package (ODF 1.2 part 1, 9), read in one pass.
//!
//! Read here and not by calamine because repeated rows and columns must never be spread out, and because number styles,
//! merges and hidden rows stand in the same pass.

use std::collections::HashMap;
use std::sync::Arc;

use super::limits::{Budget, damaged, too_large};
use super::number_formats::{duration_serial, iso_serial};
use super::open_formula::{Named, fixed_reference, translated};
use super::package::Package;
use super::xml::{Element, Event, Xml};
use super::{Book, draws_on_another_workbook, looks, push_span, rectangle};
use crate::model::{
    Align, Cell, CellRef, Grid, Look, Looks, NumberFormat, ReadRemark, Sheet, Span, Unreadable,
    UnwritableFormula, Value, Visibility,
};

const CONTENT: &str = "content.xml";

/// A repeated cell with a content is copied this many times at most; one line of a table is never longer.
const MAX_COPIES: u32 = 1_024;

pub(super) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let mut package = Package::open(bytes, budget.limits)?;
    let mut styles = Styles::default();
    if let Some(text) = package.text("styles.xml")? {
        styles.read("styles.xml", &text, budget)?;
    }
    let text = package.required_text(CONTENT)?;
    styles.read(CONTENT, &text, budget)?;
    let mut book = read_content(&text, &styles, budget)?;
    if package.any_name(|name| name.starts_with("basic/") && name.ends_with(".xml")) {
        book.remarks.insert(0, ReadRemark::Macros);
    }
    if package.has("META-INF/documentsignatures.xml") {
        book.remarks.push(ReadRemark::Signed);
    }
    Ok(book)
}

/// Automatic and named styles: what a cell, a column, a row or a table looks like.
#[derive(Default)]
struct Styles {
    /// Number format by data style.
    codes: HashMap<String, NumberFormat>,
    cells: HashMap<String, CellStyle>,
    /// Tables that are not shown.
    hidden_tables: HashMap<String, bool>,
    /// Width in characters by column style.
    widths: HashMap<String, f32>,
}

/// What a cell style says by itself; for the rest its parent is asked.
#[derive(Default)]
struct CellStyle {
    data: Option<String>,
    parent: Option<String>,
    bold: Option<bool>,
    wrap: Option<bool>,
    align: Option<Align>,
    /// Whether the alignment is left to what the cell holds.
    by_value: Option<bool>,
    fill: Option<Option<[u8; 3]>>,
}

impl CellStyle {
    /// Takes in an element of the style (20.2 to 20.5).
    fn take(&mut self, element: &Element<'_>) {
        match element.name() {
            "table-cell-properties" => {
                let background = element.attribute("fo:background-color");
                self.fill = background.map(|color| color.strip_prefix('#').and_then(looks::rgb));
                self.wrap = element.attribute("fo:wrap-option").map(|option| option == "wrap");
                self.by_value =
                    element.attribute("style:text-align-source").map(|source| source == "value-type");
            }
            "paragraph-properties" => {
                self.align = element.attribute("fo:text-align").map(|align| match align.as_str() {
                    "center" => Align::Center,
                    "end" | "right" => Align::Right,
                    _ => Align::Left,
                });
            }
            "text-properties" => {
                self.bold = element.attribute("fo:font-weight").map(|weight| {
                    weight == "bold" || weight.parse().is_ok_and(|weight: u16| weight >= looks::BOLD)
                });
            }
            _ => {}
        }
    }
}

impl Styles {
    fn read(&mut self, part: &str, text: &str, budget: &Budget<'_>) -> Result<(), Unreadable> {
        let (mut style, mut cell_style): (Option<String>, Option<CellStyle>) = (None, None);
        let mut code: Option<(String, String)> = None;
        let mut in_literal = false;
        let mut xml = Xml::new(part, text, budget.limits);
        while let Some(event) = xml.next()? {
            match &event {
                Event::Start(element) => match element.name() {
                    "number-style" | "percentage-style" | "date-style" | "time-style" | "currency-style"
                    | "text-style" => {
                        code = element.attribute("style:name").map(|name| (name, String::new()));
                    }
                    "style" => {
                        style = element.attribute("style:name");
                        let is_of_cells = element.attribute("style:family").as_deref() == Some("table-cell");
                        cell_style = is_of_cells.then(|| CellStyle {
                            data: element.attribute("style:data-style-name"),
                            parent: element.attribute("style:parent-style-name"),
                            ..CellStyle::default()
                        });
                    }
                    "table-properties" => {
                        if let Some(name) = &style {
                            self.hidden_tables.insert(
                                name.clone(),
                                element.attribute("table:display").as_deref() == Some("false"),
                            );
                        }
                    }
                    "table-column-properties" => {
                        let width = element.attribute("style:column-width").as_deref().and_then(characters);
                        if let (Some(name), Some(width)) = (&style, width) {
                            self.widths.insert(name.clone(), width);
                        }
                    }
                    "text" => in_literal = true,
                    "body" => break,
                    _ => {
                        if let Some((_, code)) = &mut code {
                            push_code(code, element);
                        } else if let Some(style) = &mut cell_style {
                            style.take(element);
                        }
                    }
                },
                Event::Text(text) if in_literal => {
                    if let Some((_, code)) = &mut code {
                        push_literal(code, text);
                    }
                }
                Event::Text(_) => {}
                Event::End(_) => {
                    in_literal = false;
                    const DATA_STYLES: [&str; 6] = [
                        "number-style",
                        "percentage-style",
                        "date-style",
                        "time-style",
                        "currency-style",
                        "text-style",
                    ];
                    if DATA_STYLES.iter().any(|name| event.ends(name)) {
                        if let Some((name, code)) = code.take() {
                            self.codes.insert(name, NumberFormat::new(&code));
                        }
                    } else if event.ends("style")
                        && let (Some(name), Some(done)) = (style.take(), cell_style.take())
                    {
                        self.cells.insert(name, done);
                    }
                }
            }
        }
        Ok(())
    }

    /// The number format and the look of a cell style, its own or its parents'.
    fn of_cell(&self, style: &str) -> (NumberFormat, Look) {
        let (mut format, mut found) = (None, CellStyle::default());
        let mut next = self.cells.get(style);
        // A style may be its own parent; nobody's stand so deep.
        for _ in 0..8 {
            let Some(style) = next else { break };
            format = format.or_else(|| style.data.as_ref().and_then(|data| self.codes.get(data)));
            found.bold = found.bold.or(style.bold);
            found.wrap = found.wrap.or(style.wrap);
            found.align = found.align.or(style.align);
            found.by_value = found.by_value.or(style.by_value);
            found.fill = found.fill.or(style.fill);
            next = style.parent.as_ref().and_then(|parent| self.cells.get(parent));
        }
        let look = Look {
            bold: found.bold.unwrap_or(false),
            align: found.align.filter(|_| found.by_value != Some(true)).unwrap_or_default(),
            wrap: found.wrap.unwrap_or(false),
            fill: found.fill.flatten(),
        };
        (format.cloned().unwrap_or_default(), look)
    }
}

/// A length such as `2.258cm` in characters of the default font, 7 px each.
fn characters(length: &str) -> Option<f32> {
    const UNITS: [(&str, f32); 5] =
        [("cm", 1.0), ("mm", 0.1), ("in", 2.54), ("pt", 0.035_28), ("pc", 0.423_3)];
    let (unit, size) = UNITS.iter().find(|(unit, _)| length.ends_with(unit))?;
    let number: f32 = length.strip_suffix(unit)?.parse().ok()?;
    Some(number * size / 0.1852)
}

/// A part of a data style (16.27) as a number format code.
fn push_code(code: &mut String, element: &Element<'_>) {
    let long = element.attribute("number:style").as_deref() == Some("long");
    match element.name() {
        "number" => {
            let decimals = element.number::<usize>("number:decimal-places").unwrap_or(0).min(15);
            let digits = element.number::<usize>("number:min-integer-digits").unwrap_or(1).min(15);
            let general = element.attribute("number:decimal-places").is_none()
                && element.attribute("number:min-decimal-places").is_none();
            if general {
                code.push_str("General");
                return;
            }
            if element.attribute("number:grouping").as_deref() == Some("true") {
                code.push_str("#,##");
            }
            code.push_str(&if digits == 0 { "#".to_owned() } else { "0".repeat(digits) });
            if decimals > 0 {
                code.push('.');
                code.push_str(&"0".repeat(decimals));
            }
        }
        "year" => code.push_str(if long { "yyyy" } else { "yy" }),
        "month" if element.attribute("number:textual").as_deref() == Some("true") => {
            code.push_str(if long { "mmmm" } else { "mmm" })
        }
        "month" => code.push_str(if long { "mm" } else { "m" }),
        "day" => code.push_str(if long { "dd" } else { "d" }),
        "hours" => code.push_str(if long { "hh" } else { "h" }),
        "minutes" => code.push_str(if long { "mm" } else { "m" }),
        "seconds" => code.push_str(if long { "ss" } else { "s" }),
        "am-pm" => code.push_str("AM/PM"),
        "text-content" => code.push('@'),
        "scientific-number" => code.push_str("0.00E+00"),
        "fraction" => code.push_str("# ?/?"),
        _ => {}
    }
}

fn push_literal(code: &mut String, text: &str) {
    if matches!(text, "%" | "-" | "/" | ":" | " ") {
        code.push_str(text);
    } else {
        code.push('"');
        code.push_str(&text.replace('"', ""));
        code.push('"');
    }
}

/// The table that is being read.
struct Table {
    sheet: Sheet,
    cells: Vec<(CellRef, Cell)>,
    /// The look of each cell.
    looks: Vec<Look>,
    /// The cell styles of the columns that have one, and that of the present row: for cells without their own.
    column_styles: Vec<(Span, String)>,
    row_style: Option<String>,
    row: u32,
    row_copies: u32,
    /// Where the cells of the present row begin in `cells`.
    row_start: usize,
    column: u32,
    /// Counts the column definitions.
    defined: u32,
}

/// The named ranges that mean the same wherever they stand (9.4.12). They come behind the tables that use them.
fn named_ranges(text: &str, budget: &Budget<'_>) -> Result<Named, Unreadable> {
    let mut named = Named::new();
    if !text.contains("named-range") {
        return Ok(named);
    }
    let mut xml = Xml::new(CONTENT, text, budget.limits);
    while let Some(event) = xml.next()? {
        if let Event::Start(element) = &event
            && element.is("named-range")
            && let (Some(name), Some(address)) =
                (element.attribute("table:name"), element.attribute("table:cell-range-address"))
        {
            // One name may mean one thing in the document and another on a sheet: then none is sure.
            let text = fixed_reference(&address).unwrap_or_default();
            let known = named.entry(name.to_lowercase()).or_insert_with(|| text.clone());
            if *known != text {
                known.clear();
            }
        }
    }
    named.retain(|_, text| !text.is_empty());
    Ok(named)
}

fn read_content(text: &str, styles: &Styles, budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let mut book = Book::default();
    let named = named_ranges(text, budget)?;
    let mut table: Option<Table> = None;
    let (mut protected, mut external, mut book_protected) = (Vec::new(), Vec::new(), false);
    let mut xml = Xml::new(CONTENT, text, budget.limits);
    while let Some(event) = xml.next()? {
        match (&event, &mut table) {
            (Event::Start(element), _) if element.is("spreadsheet") => {
                book_protected = element.flag("table:structure-protected")
            }
            (Event::Start(element), None) if element.is("table") => {
                budget.limits.check_sheets(book.sheets.len() + 1)?;
                if element.flag("table:protected") {
                    protected.push(book.sheets.len());
                }
                let hidden = element
                    .attribute("table:style-name")
                    .and_then(|style| styles.hidden_tables.get(&style).copied());
                let sheet = Sheet {
                    name: element.attribute("table:name").unwrap_or_default(),
                    visibility: if hidden == Some(true) { Visibility::Hidden } else { Visibility::Visible },
                    ..Sheet::default()
                };
                table = Some(Table {
                    sheet,
                    cells: Vec::new(),
                    looks: Vec::new(),
                    column_styles: Vec::new(),
                    row_style: None,
                    row: 0,
                    row_copies: 1,
                    row_start: 0,
                    column: 0,
                    defined: 0,
                });
            }
            (Event::Start(element), Some(open)) => match element.name() {
                "table-column" => open.define_columns(element, styles, budget)?,
                "table-row" => open.start_row(element, budget)?,
                "table-cell" | "covered-table-cell" => {
                    read_cell(&mut xml, element, open, styles, &named, budget)?
                }
                // Drawings and notes may hold tables of their own.
                "shapes" | "dde-links" | "forms" => skip(&mut xml)?,
                _ => {}
            },
            (Event::End(_), Some(open)) if event.ends("table-row") => open.end_row(budget)?,
            (Event::End(_), Some(_)) if event.ends("table") => {
                if let Some(mut done) = table.take() {
                    let places = done.cells.iter().map(|(at, _)| *at);
                    done.sheet.looks = Looks::of(places.zip(done.looks));
                    done.sheet.grid = Grid::from_cells(done.cells);
                    let linked = |cell: &Cell| {
                        cell.formula
                            .as_deref()
                            .is_some_and(|f| draws_on_another_workbook(f) || f.contains("'file:"))
                    };
                    external.extend(
                        done.sheet
                            .grid
                            .cells()
                            .filter(|(_, cell)| linked(cell))
                            .map(|(at, _)| (book.sheets.len(), at)),
                    );
                    book.sheets.push(done.sheet);
                }
            }
            _ => {}
        }
    }
    if book.sheets.is_empty() {
        return Err(damaged(CONTENT, "没有一张工作表"));
    }
    if !external.is_empty() {
        book.remarks.push(ReadRemark::ExternalLinks { cells: external });
    }
    if book_protected || !protected.is_empty() {
        book.remarks.push(ReadRemark::Protected { workbook: book_protected, sheets: protected });
    }
    Ok(book)
}

/// Reads past the element that has just started.
fn skip(xml: &mut Xml<'_, '_>) -> Result<(), Unreadable> {
    let depth = xml.depth();
    while xml.depth() >= depth {
        if xml.next()?.is_none() {
            return Err(damaged(CONTENT, "内容不完整"));
        }
    }
    Ok(())
}

fn copies(element: &Element<'_>, name: &str) -> u32 {
    element.number::<u32>(name).unwrap_or(1).max(1)
}

fn is_hidden(element: &Element<'_>) -> bool {
    matches!(element.attribute("table:visibility").as_deref(), Some("collapse" | "filter"))
}

impl Table {
    fn define_columns(
        &mut self,
        element: &Element<'_>,
        styles: &Styles,
        budget: &Budget<'_>,
    ) -> Result<(), Unreadable> {
        let count = copies(element, "table:number-columns-repeated");
        let span = Span {
            first: self.defined,
            last: self.defined.saturating_add(count - 1).min(CellRef::MAX_COLUMNS - 1),
        };
        self.defined = self.defined.saturating_add(count);
        if span.first > span.last {
            return Ok(());
        }
        if is_hidden(element) {
            push_span(&mut self.sheet.hidden_columns, span);
        } else if let Some(width) =
            element.attribute("table:style-name").and_then(|style| styles.widths.get(&style))
        {
            self.sheet.column_widths.push((span, *width));
        }
        if let Some(style) = element.attribute("table:default-cell-style-name") {
            match self.column_styles.last_mut() {
                Some((last, known)) if *known == style && last.last + 1 == span.first => {
                    last.last = span.last
                }
                _ => self.column_styles.push((span, style)),
            }
        }
        let most = self.sheet.column_widths.len().max(self.sheet.hidden_columns.len());
        budget.limits.check_ranges(most.max(self.column_styles.len()))
    }

    /// The style of a cell: its own, its row's or its column's (19.615).
    fn style_of(&self, element: &Element<'_>, column: u32) -> Option<String> {
        let of_column = || {
            let behind = self.column_styles.partition_point(|(span, _)| span.first <= column);
            let (span, style) = self.column_styles.get(behind.checked_sub(1)?)?;
            (column <= span.last).then(|| style.clone())
        };
        element.attribute("table:style-name").or_else(|| self.row_style.clone()).or_else(of_column)
    }

    fn start_row(&mut self, element: &Element<'_>, budget: &Budget<'_>) -> Result<(), Unreadable> {
        self.row_copies = copies(element, "table:number-rows-repeated");
        self.row_start = self.cells.len();
        self.row_style = element.attribute("table:default-cell-style-name");
        self.column = 0;
        if is_hidden(element) && self.row < CellRef::MAX_ROWS {
            let last = self.row.saturating_add(self.row_copies - 1).min(CellRef::MAX_ROWS - 1);
            push_span(&mut self.sheet.hidden_rows, Span { first: self.row, last });
            budget.limits.check_ranges(self.sheet.hidden_rows.len())?;
        }
        Ok(())
    }

    /// Copies a repeated row that holds something.
    fn end_row(&mut self, budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        let row: Vec<(CellRef, Cell)> = self.cells.get(self.row_start..).unwrap_or(&[]).to_vec();
        if !row.is_empty() {
            check_copies(self.row_copies)?;
            let looks = self.looks.get(self.row_start..).unwrap_or(&[]).to_vec();
            for copy in 1..self.row_copies {
                for (at, cell) in &row {
                    budget.cell()?;
                    self.cells.push((CellRef::new(at.row.saturating_add(copy), at.column), cell.clone()));
                }
                self.looks.extend(&looks);
            }
            let unwritable: Vec<UnwritableFormula> =
                self.sheet.unwritable.iter().rev().take_while(|f| f.at.row == self.row).cloned().collect();
            for copy in 1..self.row_copies {
                let moved = |formula: &UnwritableFormula| {
                    CellRef::new(formula.at.row.saturating_add(copy), formula.at.column)
                };
                self.sheet.unwritable.extend(
                    unwritable.iter().map(|f| UnwritableFormula { at: moved(f), text: f.text.clone() }),
                );
            }
        }
        self.row = self.row.saturating_add(self.row_copies);
        Ok(())
    }
}

fn check_copies(count: u32) -> Result<(), Unreadable> {
    if count > MAX_COPIES {
        return Err(too_large(&format!("同一内容重复 {count} 次"), &format!("{MAX_COPIES} 次")));
    }
    Ok(())
}

/// Reads to the end of the cell that has just started.
fn read_cell(
    xml: &mut Xml<'_, '_>,
    element: &Element<'_>,
    table: &mut Table,
    styles: &Styles,
    named: &Named,
    budget: &mut Budget<'_>,
) -> Result<(), Unreadable> {
    let at = CellRef::new(table.row, table.column);
    let count = copies(element, "table:number-columns-repeated");
    table.column = table.column.saturating_add(count);
    let (text, has_paragraph) = read_text(xml, budget)?;
    let found = element.attribute("table:formula").and_then(|formula| translated(&formula, named));
    // One formula that fills several cells.
    let is_array = element.attribute("table:number-matrix-rows-spanned").is_some();
    let writable = found.as_ref().is_none_or(|found| found.writable && !is_array);
    let formula = found.map(|found| found.text);
    let (value, fallback) = value_of(element, text, formula.is_some());
    // A formula that gave an empty text has a paragraph without one; a formula that was never computed has none.
    let value =
        if value.is_empty() && formula.is_some() && has_paragraph { Value::Text("".into()) } else { value };
    let (rows, columns) =
        (copies(element, "table:number-rows-spanned"), copies(element, "table:number-columns-spanned"));
    let holds = !value.is_empty() || formula.is_some();
    if (holds || rows > 1 || columns > 1)
        && (at.row >= CellRef::MAX_ROWS || table.column > CellRef::MAX_COLUMNS)
    {
        return Err(damaged(CONTENT, format!("{at} 超出工作表的范围")));
    }
    if rows > 1 || columns > 1 {
        table.sheet.merges.push(rectangle(at, rows, columns));
        budget.limits.check_ranges(table.sheet.merges.len())?;
    }
    if !holds {
        return Ok(());
    }
    check_copies(count)?;
    let style = table.style_of(element, at.column);
    let (format, look) = style.map(|style| styles.of_cell(&style)).unwrap_or_default();
    let number_format = if matches!(value, Value::Number(_)) && format == NumberFormat::GENERAL {
        NumberFormat::new(fallback)
    } else {
        format
    };
    let formula: Option<Arc<str>> = formula.map(Into::into);
    budget.text(formula.as_ref().map_or(0, |formula| formula.len()))?;
    let cell = Cell { value, formula: formula.clone(), number_format };
    for copy in 0..count {
        budget.cell()?;
        if !writable {
            let at = CellRef::new(at.row, at.column.saturating_add(copy));
            table.sheet.unwritable.push(UnwritableFormula { at, text: formula.clone().unwrap_or_default() });
        }
        table.cells.push((CellRef::new(at.row, at.column.saturating_add(copy)), cell.clone()));
        table.looks.push(look);
    }
    Ok(())
}

/// The paragraphs of a cell, without its notes and drawings, and whether there is one.
fn read_text(xml: &mut Xml<'_, '_>, budget: &mut Budget<'_>) -> Result<(String, bool), Unreadable> {
    let depth = xml.depth();
    let (mut text, mut paragraphs, mut in_paragraph) = (String::new(), 0usize, 0usize);
    loop {
        let event = xml.next()?.ok_or_else(|| damaged(CONTENT, "内容不完整"))?;
        match &event {
            Event::Start(element) => match element.name() {
                "p" | "h" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                    in_paragraph += 1;
                }
                "s" => text.push_str(
                    &" ".repeat(element.number::<usize>("text:c").unwrap_or(1).min(budget.limits.text_bytes)),
                ),
                "tab" => text.push('\t'),
                "line-break" => text.push('\n'),
                "annotation" | "frame" | "custom-shape" | "table" | "ruby-text" => skip(xml)?,
                _ => {}
            },
            Event::Text(piece) if in_paragraph > 0 => text.push_str(piece),
            Event::Text(_) => {}
            Event::End(_) => {
                if event.ends("p") || event.ends("h") {
                    in_paragraph = in_paragraph.saturating_sub(1);
                }
                if xml.depth() < depth {
                    break;
                }
            }
        }
        budget.limits.check_text(text.len())?;
    }
    if !text.is_empty() {
        budget.text(text.len())?;
    }
    Ok((text, paragraphs > 0))
}

/// The stored value (19.385), and the format that its type implies.
fn value_of(element: &Element<'_>, text: String, is_formula: bool) -> (Value, &'static str) {
    let number = |name: &str| element.number::<f64>(name).filter(|number| number.is_finite());
    let or_text = |number: Option<f64>, text: String| number.map_or_else(|| text_value(text), Value::Number);
    match element.attribute("office:value-type").as_deref() {
        Some("float" | "currency") if is_formula && is_error(&text) => (Value::Error(text.into()), ""),
        Some("float" | "currency") => (or_text(number("office:value"), text), ""),
        Some("percentage") => (or_text(number("office:value"), text), "0.00%"),
        Some("boolean") => (Value::Bool(element.flag("office:boolean-value")), ""),
        Some("date") => (
            or_text(element.attribute("office:date-value").as_deref().and_then(iso_serial), text),
            "yyyy-mm-dd",
        ),
        Some("time") => (
            or_text(element.attribute("office:time-value").as_deref().and_then(duration_serial), text),
            "h:mm:ss",
        ),
        Some("string") if is_formula && is_error(&text) => (Value::Error(text.into()), ""),
        Some("string") if is_formula => {
            (Value::Text(element.attribute("office:string-value").unwrap_or(text).into()), "")
        }
        Some("string") => (text_value(element.attribute("office:string-value").unwrap_or(text)), ""),
        _ if is_formula && is_error(&text) => (Value::Error(text.into()), ""),
        _ => (text_value(text), ""),
    }
}

fn text_value(text: String) -> Value {
    if text.is_empty() { Value::Empty } else { Value::Text(text.into()) }
}

fn is_error(text: &str) -> bool {
    matches!(text, "#DIV/0!" | "#N/A" | "#NAME?" | "#NULL!" | "#NUM!" | "#REF!" | "#VALUE!")
        || text.starts_with("Err:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_without_a_style_takes_that_of_its_row_or_column_and_their_parents() {
        let limits = crate::reading::Limits::default();
        let named = r##"<d><style:style style:name="Default" style:family="table-cell">
            <style:paragraph-properties fo:text-align="end"/></style:style>
            <style:style style:name="Head" style:family="table-cell" style:parent-style-name="Default">
            <style:table-cell-properties fo:background-color="#D9E1F2" fo:wrap-option="wrap"/>
            <style:text-properties fo:font-weight="700"/></style:style></d>"##;
        let content = r##"<d><style:style style:name="ce1" style:family="table-cell" style:parent-style-name="Head">
            <style:table-cell-properties style:text-align-source="value-type"/></style:style>
            <style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce2">
            <style:table-cell-properties fo:background-color="transparent"/>
            <style:paragraph-properties fo:text-align="center"/></style:style>
            <style:style style:name="ce2" style:family="paragraph">
            <style:text-properties fo:font-weight="bold"/></style:style>
            <table:table table:name="a">
            <table:table-column table:default-cell-style-name="ce1"/>
            <table:table-column table:number-columns-repeated="2" table:default-cell-style-name="Default"/>
            <table:table-row table:number-rows-repeated="2"><table:table-cell><p>x</p></table:table-cell>
            <table:table-cell table:number-columns-repeated="2"><p>x</p></table:table-cell>
            <table:table-cell><p>x</p></table:table-cell></table:table-row>
            <table:table-row table:default-cell-style-name="ce2"><table:table-cell><p>x</p></table:table-cell>
            <table:table-cell table:style-name="Head"><p>x</p></table:table-cell></table:table-row>
            </table:table></d>"##;
        let mut budget = Budget::new(&limits);
        let mut styles = Styles::default();
        styles.read("styles.xml", named, &budget).unwrap();
        styles.read(CONTENT, content, &budget).unwrap();
        let book = read_content(content, &styles, &mut budget).unwrap();
        let look = |row, column| book.sheets[0].looks.at(CellRef::new(row, column));
        let right = Look { align: Align::Right, ..Look::default() };
        let head = Look { bold: true, wrap: true, fill: Some([0xD9, 0xE1, 0xF2]), align: Align::General };
        let row = |row| [0, 1, 2, 3].map(|column| look(row, column));
        assert_eq!([row(0), row(1)], [[head, right, right, Look::default()]; 2]);
        let center = Look { align: Align::Center, ..Look::default() };
        assert_eq!(row(2)[..2], [center, Look { align: Align::Right, ..head }]);
    }
}
