//! HTML pages with tables, as web systems export them under the name .xls. One sheet a table; a nested table is a sheet
//! of its own. Only the tokeniser is used: no tree is built, so nesting cannot grow without bound.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::rc::Rc;

use encoding_rs::{Encoding, GB18030, GBK};
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Readable, Reader, StartTag, StringReader, Token, Tokenizer};

use super::limits::{Budget, beyond, damaged};
use super::text::{decode, normal_gb18030};
use super::{Book, push_index, rectangle, typed_value};
use crate::model::{Cell, CellRef, Grid, Range, Sheet, Span, Unreadable, Value};

/// Tables inside tables beyond this depth are read as part of the table around them.
const MAX_NESTING: usize = 32;
/// The bounds of the HTML standard (4.9.11).
const MAX_COLSPAN: u32 = 1_000;
const MAX_ROWSPAN: u32 = 65_534;

/// A line end of the source between two words; office programs wrap theirs in the middle of a Chinese word.
const SOFT: char = '\u{b}';
/// Paragraphs above a table that are kept as its first rows.
const LINES: usize = 10;

pub(super) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Book, Unreadable> {
    let text = decode_page(bytes)
        .ok_or_else(|| Unreadable::NotSpreadsheet { kind: "二进制文件".to_owned() })?;
    let sheets = tables(&text, false, budget)?;
    if sheets.is_empty() {
        return Err(Unreadable::NotSpreadsheet { kind: "网页，里面没有表格".to_owned() });
    }
    Ok(Book { sheets, ..Book::default() })
}

/// The tables of a page; `titled` with the paragraphs above each as its first rows.
pub(super) fn tables(text: &str, titled: bool, budget: &mut Budget<'_>) -> Result<Vec<Sheet>, Unreadable> {
    let mut emitter = DefaultEmitter::default();
    // Scripts, styles and titles are text to the tokeniser, not tags.
    emitter.naively_switch_states(true);
    let mut page = Page {
        done: Vec::new(),
        open: Vec::new(),
        begun: 0,
        skipped: None,
        ended: false,
        above: titled.then(Above::default),
    };
    let most = budget.limits.xml_attributes;
    let values = Rc::new(std::cell::Cell::new(0));
    let source = Source { text: text.to_reader(), values: Rc::clone(&values), most };
    for token in Tokenizer::new_with_emitter(source, emitter) {
        values.set(0);
        match token.map_err(|TooManyAttributes| too_many_attributes(most))? {
            Token::StartTag(tag) if tag.attributes.len() > most => return Err(too_many_attributes(most)),
            Token::StartTag(tag) => page.start(&tag, budget)?,
            Token::EndTag(tag) => page.end(&tag.name, budget)?,
            Token::String(text) => page.text(&String::from_utf8_lossy(&text), budget)?,
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    // `</table>` is never left out (HTML, 4.9.1): without it, and without an end of the page, the rest is lost.
    if !page.open.is_empty() && !page.ended {
        return Err(damaged("网页里的表格", "结尾缺失，文件可能没有下载或拷贝完整"));
    }
    while let Some(table) = page.open.pop() {
        page.close(table, budget)?;
    }
    page.done.sort_by_key(|(number, _)| *number);
    let sheets = page.done.into_iter().map(|(_, sheet)| sheet).enumerate();
    Ok(sheets.map(|(index, sheet)| Sheet { name: format!("表格{}", index + 1), ..sheet }).collect())
}

/// A page whose tags are held to a number of attributes while they are read: the tokeniser goes one call deeper with
/// each value in quotation marks, and would run out of stack.
struct Source<'t> {
    text: StringReader<'t>,
    /// How many values in quotation marks have ended since the last token.
    values: Rc<std::cell::Cell<usize>>,
    most: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("too many attributes")]
struct TooManyAttributes;

fn too_many_attributes(most: usize) -> Unreadable {
    beyond("文件内部一处的属性", most, "个")
}

impl Reader for Source<'_> {
    type Error = TooManyAttributes;

    fn read_byte(&mut self) -> Result<Option<u8>, Self::Error> {
        let Ok(byte) = self.text.read_byte();
        Ok(byte)
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Self::Error> {
        let Ok(found) = self.text.try_read_string(text, case_sensitive);
        Ok(found)
    }

    fn read_until<'b>(
        &'b mut self,
        needle: &[u8],
        char_buf: &'b mut [u8; 4],
    ) -> Result<Option<&'b [u8]>, Self::Error> {
        let Ok(read) = self.text.read_until(needle, char_buf);
        // Only inside a tag does the tokeniser look for quotation marks.
        if read == Some(b"\"") && needle.contains(&b'"') {
            self.values.set(self.values.get() + 1);
            if self.values.get() > self.most {
                return Err(TooManyAttributes);
            }
        }
        Ok(read)
    }
}

/// The page as text: byte order mark, then the charset it names, then as any text.
fn decode_page(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head).into_owned();
    let marked = Encoding::for_bom(bytes).is_some() || bytes.contains(&0);
    if !marked {
        let named = head.split_once("charset=").and_then(|(_, rest)| {
            let label: String = rest
                .trim_start_matches(['"', '\''])
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                .collect();
            Encoding::for_label(label.as_bytes())
        });
        if let Some(encoding) = named {
            let encoding = if encoding == GBK { GB18030 } else { encoding };
            let (text, faulty) = encoding.decode_without_bom_handling(bytes);
            if !faulty {
                return Some(if encoding == GB18030 { normal_gb18030(&text) } else { text.into_owned() });
            }
        }
    }
    decode(bytes).map(|decoded| decoded.text)
}

struct Page {
    /// Finished tables with their place among the tables of the page.
    done: Vec<(usize, Sheet)>,
    open: Vec<Table>,
    begun: usize,
    /// The element whose text is not shown, while inside it.
    skipped: Option<Vec<u8>>,
    /// Whether the end of the page was there.
    ended: bool,
    /// What stands since the last table, where that is wanted.
    above: Option<Above>,
}

#[derive(Default)]
struct Above {
    lines: VecDeque<String>,
    /// The paragraph being read.
    line: String,
}

impl Above {
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = unwrapped(line.trim());
        if !line.is_empty() {
            if self.lines.len() >= LINES {
                self.lines.pop_front();
            }
            self.lines.push_back(line.into_owned());
        }
    }
}

#[derive(Default)]
struct Table {
    number: usize,
    /// The row being filled; `None` before the first.
    row: Option<u32>,
    column: u32,
    /// For each column, the first row that no cell from above reaches.
    free_from: Vec<u32>,
    cell: Option<OpenCell>,
    cells: Vec<(CellRef, Cell)>,
    merges: Vec<Range>,
    hidden_rows: Vec<Span>,
    /// The paragraphs above it.
    above: VecDeque<String>,
}

struct OpenCell {
    at: CellRef,
    text: String,
    /// The number that Excel wrote beside the shown text (`x:num`).
    number: Option<f64>,
    as_text: bool,
}

impl Page {
    fn start(&mut self, tag: &StartTag<()>, budget: &Budget<'_>) -> Result<(), Unreadable> {
        match tag.name.as_slice() {
            // What a change that is tracked has struck out is no text any more.
            b"script" | b"style" | b"title" | b"noscript" | b"del" if !tag.self_closing => {
                self.skipped = Some(tag.name.to_vec())
            }
            b"table" if self.open.len() < MAX_NESTING => {
                budget.limits.check_sheets(self.begun + 1)?;
                self.end_line();
                let above = self.above.as_mut().map(|above| std::mem::take(&mut above.lines));
                let above = above.unwrap_or_default();
                self.open.push(Table { number: self.begun, above, ..Table::default() });
                self.begun += 1;
            }
            b"tr" => {
                if let Some(table) = self.open.last_mut() {
                    table.close_cell();
                    table.next_row(tag)?;
                }
            }
            b"td" | b"th" => {
                if let Some(table) = self.open.last_mut() {
                    table.close_cell();
                    table.open_cell(tag, budget)?;
                }
            }
            b"br" if self.open.is_empty() => self.end_line(),
            b"br" => self.push_text("\n", budget)?,
            b"p" | b"div" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"li" => {
                self.end_line();
                if let Some(cell) = self.open.last_mut().and_then(|table| table.cell.as_mut())
                    && !cell.text.trim().is_empty()
                {
                    cell.text.push('\n');
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8], budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        if self.skipped.as_deref() == Some(name) {
            self.skipped = None;
        }
        match name {
            b"body" | b"html" => self.ended = true,
            b"p" | b"div" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"li" => self.end_line(),
            b"td" | b"th" | b"tr" => {
                if let Some(table) = self.open.last_mut() {
                    table.close_cell();
                }
            }
            b"table" => {
                if let Some(table) = self.open.pop() {
                    self.close(table, budget)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The end of a paragraph outside tables.
    fn end_line(&mut self) {
        if let Some(above) = self.above.as_mut().filter(|_| self.open.is_empty()) {
            above.end_line();
        }
    }

    /// Text of the page: runs of white space are one space.
    fn text(&mut self, text: &str, budget: &Budget<'_>) -> Result<(), Unreadable> {
        if self.skipped.is_some() {
            return Ok(());
        }
        let mut collapsed = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}') {
                if c == '\n' && !collapsed.ends_with([' ', SOFT]) {
                    collapsed.push(SOFT);
                } else if c != '\r' && !collapsed.ends_with([' ', SOFT]) {
                    collapsed.push(' ');
                }
            } else {
                collapsed.push(c);
            }
        }
        self.push_text(&collapsed, budget)
    }

    fn push_text(&mut self, text: &str, budget: &Budget<'_>) -> Result<(), Unreadable> {
        if self.open.is_empty()
            && let Some(above) = &mut self.above
        {
            above.line.push_str(text);
            budget.limits.check_text(above.line.len())?;
        }
        if let Some(cell) = self.open.last_mut().and_then(|table| table.cell.as_mut()) {
            let text = if cell.text.is_empty() || cell.text.ends_with([' ', SOFT, '\n']) {
                text.strip_prefix([' ', SOFT]).unwrap_or(text)
            } else {
                text
            };
            if text == "\n" && cell.text.ends_with([' ', SOFT]) {
                cell.text.pop();
            }
            cell.text.push_str(text);
            budget.limits.check_text(cell.text.len())?;
        }
        Ok(())
    }

    fn close(&mut self, mut table: Table, budget: &mut Budget<'_>) -> Result<(), Unreadable> {
        table.close_cell();
        for (_, cell) in &table.cells {
            budget.cell()?;
            if let Value::Text(text) = &cell.value {
                budget.text(text.len())?;
            }
        }
        if !table.cells.is_empty() {
            self.done.push((table.number, table.sheet()));
        }
        Ok(())
    }
}

impl Table {
    fn next_row(&mut self, tag: &StartTag<()>) -> Result<(), Unreadable> {
        let row = self.row.map_or(0, |row| row + 1);
        if row >= CellRef::MAX_ROWS {
            return Err(beyond("行数", CellRef::MAX_ROWS, "行"));
        }
        self.row = Some(row);
        self.column = 0;
        if attribute(tag, "style")
            .is_some_and(|style| style.to_ascii_lowercase().replace(' ', "").contains("display:none"))
        {
            push_index(&mut self.hidden_rows, row);
        }
        Ok(())
    }

    fn open_cell(&mut self, tag: &StartTag<()>, budget: &Budget<'_>) -> Result<(), Unreadable> {
        let row = *self.row.get_or_insert(0);
        let taken = |column: u32| {
            usize::try_from(column).ok().and_then(|c| self.free_from.get(c)).is_some_and(|free| *free > row)
        };
        let mut column = self.column;
        while taken(column) {
            column += 1;
        }
        let span = |name, max| {
            attribute(tag, name).and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(1).clamp(1, max)
        };
        let (rows, columns) = (span("rowspan", MAX_ROWSPAN), span("colspan", MAX_COLSPAN));
        if column.saturating_add(columns) > CellRef::MAX_COLUMNS {
            return Err(beyond("列数", CellRef::MAX_COLUMNS, "列"));
        }
        let at = CellRef::new(row, column);
        let range = rectangle(at, rows, columns);
        let style = attribute(tag, "style").unwrap_or_default();
        // A text that runs over empty cells is no merged one.
        if range.start != range.end && !style.contains("mso-ignore:colspan") {
            self.merges.push(range);
            budget.limits.check_ranges(self.merges.len())?;
        }
        self.column = column + columns;
        let width = usize::try_from(self.column).unwrap_or(0);
        if self.free_from.len() < width {
            self.free_from.resize(width, 0);
        }
        for free in self.free_from.iter_mut().take(width).skip(usize::try_from(column).unwrap_or(0)) {
            *free = range.end.row + 1;
        }
        self.cell = Some(OpenCell {
            at,
            text: String::new(),
            number: attribute(tag, "x:num")
                .and_then(|number| number.trim().parse::<f64>().ok())
                .filter(|number| number.is_finite()),
            as_text: style.contains("mso-number-format") && style.contains("\\@"),
        });
        Ok(())
    }

    /// The paragraphs above it, then its rows.
    fn sheet(self) -> Sheet {
        let top = u32::try_from(self.above.len()).unwrap_or(0);
        let lower = |at: CellRef| CellRef::new(at.row + top, at.column);
        let above = (0..).zip(&self.above);
        let above =
            above.map(|(row, line)| (CellRef::new(row, 0), Cell::new(Value::Text(line.as_str().into()))));
        let cells = self.cells.into_iter().map(|(at, cell)| (lower(at), cell));
        let merges = self.merges.iter().map(|merge| Range::new(lower(merge.start), lower(merge.end)));
        let hidden =
            self.hidden_rows.iter().map(|span| Span { first: span.first + top, last: span.last + top });
        Sheet {
            grid: Grid::from_cells(above.chain(cells).collect()),
            merges: merges.collect(),
            hidden_rows: hidden.collect(),
            ..Sheet::default()
        }
    }

    fn close_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let text = unwrapped(&cell.text);
        let text = text.trim_matches([' ', '\n']);
        // `&nbsp;` alone is how a page keeps an empty cell open.
        if text.chars().all(char::is_whitespace) {
            return;
        }
        let value = match cell.number {
            Some(number) => Value::Number(number),
            None if cell.as_text => Value::Text(text.into()),
            None => typed_value(text),
        };
        self.cells.push((cell.at, Cell::new(value)));
    }
}

/// A text whose source was wrapped: between Chinese characters nothing stands at a line end, elsewhere a blank.
fn unwrapped(text: &str) -> Cow<'_, str> {
    if !text.contains(SOFT) {
        return Cow::Borrowed(text);
    }
    let wide = |c: Option<&char>| c.is_some_and(|c| ('\u{2e80}'..='\u{ffef}').contains(c));
    let chars: Vec<char> = text.chars().collect();
    let neighbours = |at: usize| (at.checked_sub(1).and_then(|at| chars.get(at)), chars.get(at + 1));
    let read = chars.iter().enumerate().filter_map(|(at, c)| {
        let (before, after) = neighbours(at);
        if *c != SOFT {
            return Some(*c);
        }
        (!(wide(before) && wide(after))).then_some(' ')
    });
    Cow::Owned(read.collect())
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Limits;

    fn sheets(html: &str) -> Vec<Sheet> {
        let limits = Limits::default();
        read(html.as_bytes(), &mut Budget::new(&limits)).unwrap().sheets
    }

    fn shown(sheet: &Sheet) -> Vec<String> {
        sheet.grid.cells().map(|(at, cell)| format!("{at}={}", cell.shown())).collect()
    }

    #[test]
    fn unclosed_cells_and_rows_are_read() {
        let sheets = sheets("<table><tr><td>序号<td>指标<tr><td>1<td>a&amp;b<br>c </table>");
        assert_eq!(shown(&sheets[0]), ["A1=序号", "B1=指标", "A2=1", "B2=a&b\nc"]);
    }

    #[test]
    fn spans_become_merges_and_push_cells_aside() {
        let sheets = sheets("<table><tr><td rowspan=2>甲<td colspan=2>乙<tr><td>丙<td>丁</table>");
        assert_eq!(shown(&sheets[0]), ["A1=甲", "B1=乙", "B2=丙", "C2=丁"]);
        assert_eq!(sheets[0].merges.iter().map(Range::to_string).collect::<Vec<_>>(), ["A1:A2", "B1:C1"]);
    }

    #[test]
    fn nested_tables_scripts_and_styles_stay_apart() {
        let page =
            "<style>td{}</style><table><tr><td>外<table><tr><td>内</table>层<script>'<td>'</script></table>";
        let sheets = sheets(page);
        assert_eq!(
            (shown(&sheets[0]), shown(&sheets[1])),
            (vec!["A1=外层".to_owned()], vec!["A1=内".to_owned()])
        );
    }

    #[test]
    fn a_tag_with_many_attributes_is_refused() {
        let limits = Limits::default();
        for attributes in [
            "a=\"b\" ".repeat(200_000),
            (0..600).map(|n| format!("a{n}='' ")).collect(),
            "a=\">\"\t".repeat(200_000),
        ] {
            let page = format!("<table><tr><td {attributes}>x</table>");
            assert!(matches!(
                read(page.as_bytes(), &mut Budget::new(&limits)),
                Err(Unreadable::TooLarge { .. })
            ));
        }
        let marks = "\"甲\" ".repeat(2_000);
        assert_eq!(sheets(&format!("<script>{marks}</script><table><tr><td x='1'>{marks}</table>")).len(), 1);
        for page in [
            "<a ".repeat(100_000),
            "<!--".repeat(100_000),
            "&".repeat(100_000),
            "<td a=b ".repeat(100_000),
            "<td/".repeat(100_000),
        ] {
            let _ = read(page.as_bytes(), &mut Budget::new(&limits));
        }
    }

    #[test]
    fn a_line_end_of_the_source_is_nothing_between_chinese_characters() {
        let page = "<table><tr><td>成果转\r\n  化项目<td>R&amp;D\n spending<td><del>600</del>\n<ins>601</ins></table>";
        assert_eq!(shown(&sheets(page)[0]), ["A1=成果转化项目", "B1=R&D spending", "C1=601"]);
    }

    #[test]
    fn paragraphs_above_a_table_are_its_first_rows_where_that_is_wanted() {
        let page = "<h1>进展情\n况表</h1><div><p>填报单位：绵阳市</div>\
            <table><tr><td rowspan=2>甲<td>1<tr><td>2</table><p>单位：项<br><table><tr><td>乙</table>";
        let limits = Limits::default();
        let both = tables(page, true, &mut Budget::new(&limits)).unwrap();
        assert_eq!(shown(&both[0]), ["A1=进展情况表", "A2=填报单位：绵阳市", "A3=甲", "B3=1", "B4=2"]);
        assert_eq!(both[0].merges.first().map(Range::to_string).as_deref(), Some("A3:A4"));
        assert_eq!(shown(&both[1]), ["A1=单位：项", "A2=乙"]);
        assert_eq!(shown(&sheets(page)[1]), ["A1=乙"]);
    }

    #[test]
    fn huge_spans_are_capped() {
        let sheets = sheets("<table><tr><td rowspan=4000000000 colspan=1000>x<tr><td>y</table>");
        assert_eq!(shown(&sheets[0]), ["A1=x", "ALM2=y"]);
    }
}
