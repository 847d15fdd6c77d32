//! One pass over a worksheet part (ECMA-376 part 1, 18.3): the checks that let its cells be streamed safely, and what
//! calamine does not give – styles, hidden rows and columns, widths, merges, protection. Keeps no cell values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::limits::{Budget, damaged};
use super::xml::{Element, Event, INLINE, Xml, is_set};
use super::{push_index, push_span};
use crate::model::{CellRef, Range, Span, Unreadable, parse_column};

/// Highest index of a shared formula; spreadsheet programs count from 0 in each sheet.
const MAX_SHARED_FORMULA: usize = 65_536;

#[derive(Debug, Default)]
pub(super) struct Worksheet {
    /// The style of each `c` element, in stream order.
    pub styles: Vec<u32>,
    /// Where the cells with an error value stand, by their place in the stream.
    pub error_cells: HashMap<usize, CellRef>,
    /// Inline strings that begin or end with a space, by their place in the stream.
    pub inline_texts: HashMap<usize, Arc<str>>,
    /// The cells with a content, where all of them are plain: numbers and strings alone. Such a sheet need not
    /// be read a second time.
    pub plain: Option<Vec<Plain>>,
    pub merges: Vec<Range>,
    pub hidden_rows: Vec<Span>,
    pub hidden_columns: Vec<Span>,
    pub column_widths: Vec<(Span, f32)>,
    pub protected: bool,
}

/// A plain cell: where it stands, its style and what it holds.
#[derive(Debug)]
pub(super) struct Plain {
    pub at: CellRef,
    pub style: u32,
    pub value: PlainValue,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum PlainValue {
    Number(f64),
    /// A shared string, by its place.
    Shared(usize),
    /// A text in the cell itself.
    Inline(Arc<str>),
}

impl PlainValue {
    /// `Err` where the value is anything else; `Ok(None)` for a blank.
    fn of(kind: Option<&str>, value: &str) -> Result<Option<Self>, ()> {
        match kind {
            None | Some("n") if value.is_empty() => Ok(None),
            // Nothing that a file may hold is a number to Rust and none to XML Schema but these letters.
            None | Some("n")
                if !value.bytes().any(|byte| byte.is_ascii_alphabetic() && byte != b'E' && byte != b'e') =>
            {
                value.parse().map(|number| Some(Self::Number(number))).map_err(drop)
            }
            Some("s") if value.is_empty() => Ok(None),
            Some("s") => value.parse().map(|place| Some(Self::Shared(place))).map_err(drop),
            Some(INLINE) if !value.is_empty() => Ok(Some(Self::Inline(value.into()))),
            _ => Err(()),
        }
    }
}

/// Reads a worksheet part once. `strings` is how many shared strings there are.
pub(super) fn scan(
    part: &str,
    text: &str,
    strings: usize,
    budget: &mut Budget<'_>,
) -> Result<Worksheet, Unreadable> {
    let mut found = Worksheet { plain: Some(Vec::new()), ..Worksheet::default() };
    let mut next = CellRef::new(0, 0);
    let mut shared = SharedFormulas::default();
    let mut xml = Xml::new(part, text, budget.limits);
    loop {
        while found.take_plain(part, &mut xml, strings, &mut next, budget)? {}
        let Some(event) = xml.next()? else { break };
        let Event::Start(element) = &event else {
            if event.ends("row") {
                next = CellRef::new(next.row.saturating_add(1), 0);
            }
            continue;
        };
        match element.name() {
            "dimension" => check_range(part, element)?,
            "row" => {
                let mut hidden = false;
                for (name, value) in element.plain_attributes() {
                    match name {
                        "r" => {
                            let row: u32 = value
                                .parse()
                                .ok()
                                .filter(|row| (1..=CellRef::MAX_ROWS).contains(row))
                                .ok_or_else(|| {
                                    damaged(
                                        part,
                                        format!("行号 {value} 不在 1 到 {} 之间", CellRef::MAX_ROWS),
                                    )
                                })?;
                            next.row = row - 1;
                        }
                        "hidden" => hidden |= is_set(&value),
                        "ht" => hidden |= value.trim().parse::<f64>() == Ok(0.0),
                        _ => {}
                    }
                }
                next.column = 0;
                if hidden {
                    push_index(&mut found.hidden_rows, next.row);
                    budget.limits.check_ranges(found.hidden_rows.len())?;
                }
            }
            "c" => {
                found.plain = None;
                let (mut address, mut style, mut kind) = (None, 0, None);
                for (name, value) in element.plain_attributes() {
                    match name {
                        "r" => address = Some(address_of(part, &value)?),
                        "s" => style = value.trim().parse().unwrap_or(0),
                        "t" => kind = Some(value),
                        _ => {}
                    }
                }
                let at = address.unwrap_or(next);
                let index = found.take_cell(part, at, style, &mut next, budget)?;
                scan_cell(
                    part,
                    &mut xml,
                    Place { index, at, kind: kind.as_deref(), strings },
                    &mut found,
                    &mut shared,
                    budget,
                )?;
            }
            "mergeCell" => {
                if let Some(range) = element.attribute("ref").and_then(|text| text.parse::<Range>().ok()) {
                    if range.start != range.end {
                        found.merges.push(range);
                    }
                    budget.limits.check_ranges(found.merges.len())?;
                }
            }
            "col" => {
                scan_column(element, &mut found);
                budget.limits.check_ranges(found.hidden_columns.len().max(found.column_widths.len()))?;
            }
            "sheetProtection" => found.protected = element.flag("sheet"),
            _ => {}
        }
    }
    Ok(found)
}

impl Worksheet {
    /// Takes in the plain cell that comes next, if one does. A call of its own: a browser goes on with the optimised
    /// code at the next call, and never in the middle of a loop.
    #[inline(never)]
    fn take_plain(
        &mut self,
        part: &str,
        xml: &mut Xml<'_, '_>,
        strings: usize,
        next: &mut CellRef,
        budget: &mut Budget<'_>,
    ) -> Result<bool, Unreadable> {
        let Some(cell) = xml.plain_cell() else { return Ok(false) };
        let at = address_of(part, cell.address)?;
        let style =
            cell.style.and_then(|style| style.parse().or_else(|_| style.trim().parse()).ok()).unwrap_or(0);
        let index = self.take_cell(part, at, style, next, budget)?;
        budget.limits.check_text(cell.value.len())?;
        let place = Place { index, at, kind: cell.kind, strings };
        place.note(self);
        place.check_string(part, cell.value)?;
        // Parsed only as long as all cells before it were plain ones.
        let Some(cells) = &mut self.plain else { return Ok(true) };
        match PlainValue::of(cell.kind, cell.value) {
            Ok(None) => {}
            Ok(Some(value)) if cells.len() < budget.limits.cells => cells.push(Plain { at, style, value }),
            _ => self.plain = None,
        }
        Ok(true)
    }

    /// Takes in a cell element; its place in the stream. `next` becomes the cell behind it.
    fn take_cell(
        &mut self,
        part: &str,
        at: CellRef,
        style: u32,
        next: &mut CellRef,
        budget: &mut Budget<'_>,
    ) -> Result<usize, Unreadable> {
        if at.row >= CellRef::MAX_ROWS || at.column >= CellRef::MAX_COLUMNS {
            return Err(damaged(part, "单元格超出工作表的行列范围"));
        }
        next.column = at.column.saturating_add(1);
        budget.blank_cell()?;
        let index = self.styles.len();
        self.styles.push(style);
        Ok(index)
    }
}

/// `C5`, as the attribute `r` writes it.
fn address_of(part: &str, text: &str) -> Result<CellRef, Unreadable> {
    let split = text.bytes().position(|byte| byte.is_ascii_digit());
    let parts = split.and_then(|split| text.split_at_checked(split));
    let address = parts.and_then(|(letters, digits)| {
        let row: u32 = digits.parse().ok()?;
        Some(CellRef::new(row.checked_sub(1)?, parse_column(letters)?))
    });
    address.ok_or_else(|| damaged(part, format!("单元格地址 {text} 不成立")))
}

fn scan_column(element: &Element<'_>, found: &mut Worksheet) {
    let (Some(first), Some(last)) = (element.number::<u32>("min"), element.number::<u32>("max")) else {
        return;
    };
    if first == 0 || last < first || first > CellRef::MAX_COLUMNS {
        return;
    }
    let span = Span { first: first - 1, last: last.min(CellRef::MAX_COLUMNS) - 1 };
    let width: Option<f32> = element.number("width");
    if element.flag("hidden") || width == Some(0.0) {
        push_span(&mut found.hidden_columns, span);
    } else if let Some(width) = width.filter(|width| width.is_finite() && *width > 0.0) {
        found.column_widths.push((span, width));
    }
}

struct Place<'k> {
    index: usize,
    at: CellRef,
    kind: Option<&'k str>,
    strings: usize,
}

impl Place<'_> {
    fn note(&self, found: &mut Worksheet) {
        if self.kind == Some("e") {
            found.error_cells.insert(self.index, self.at);
        }
    }

    /// A shared string must be there.
    fn check_string(&self, part: &str, value: &str) -> Result<(), Unreadable> {
        let known = || value.trim().parse::<usize>().is_ok_and(|index| index < self.strings);
        if self.kind == Some("s") && !value.is_empty() && !known() {
            return Err(damaged(part, format!("{} 引用的共享字符串 {value} 不存在", self.at)));
        }
        Ok(())
    }
}

/// Templates of shared formulas by index, as their length, so that expanding them stays inside the budget.
#[derive(Default)]
struct SharedFormulas {
    lengths: HashMap<usize, usize>,
}

/// Reads to the end of the cell that has just started.
fn scan_cell(
    part: &str,
    xml: &mut Xml<'_, '_>,
    place: Place<'_>,
    found: &mut Worksheet,
    shared: &mut SharedFormulas,
    budget: &mut Budget<'_>,
) -> Result<(), Unreadable> {
    place.note(found);
    let inline = matches!(place.kind, Some(INLINE | "is"));
    let mut text = String::new();
    let mut formula = FormulaHead::default();
    let (mut in_value, mut in_formula, mut in_phonetic) = (false, false, false);
    loop {
        let event = xml.next()?.ok_or_else(|| damaged(part, "内容不完整"))?;
        match &event {
            Event::Start(element) => match element.name() {
                "v" if !inline => {
                    text.clear();
                    in_value = true;
                }
                "t" if inline => in_value = !in_phonetic,
                "rPh" => in_phonetic = true,
                "f" => {
                    formula = FormulaHead::of(part, element)?;
                    in_formula = true;
                }
                _ => {}
            },
            Event::Text(piece) if in_value => {
                text.push_str(piece);
                budget.limits.check_text(text.len())?;
            }
            Event::Text(piece) if in_formula => {
                formula.length += piece.len();
                budget.limits.check_text(formula.length)?;
            }
            Event::Text(_) => {}
            Event::End(_) => match event.ended() {
                Some("c") => break,
                Some("f") => in_formula = false,
                Some("rPh") => in_phonetic = false,
                Some("v" | "t") => in_value = false,
                _ => {}
            },
        }
    }
    if let Some(shared_index) = formula.shared {
        if formula.length > 0 {
            shared.lengths.insert(shared_index, formula.length);
        } else if let Some(length) = shared.lengths.get(&shared_index) {
            budget.text(*length)?;
        }
    }
    place.check_string(part, &text)?;
    if inline && text.trim() != text {
        found.inline_texts.insert(place.index, unescape(&text).into());
    }
    Ok(())
}

#[derive(Default)]
struct FormulaHead {
    shared: Option<usize>,
    length: usize,
}

impl FormulaHead {
    fn of(part: &str, element: &Element<'_>) -> Result<Self, Unreadable> {
        check_range(part, element)?;
        if element.attribute("t").as_deref() != Some("shared") {
            return Ok(Self::default());
        }
        let index = element
            .number::<usize>("si")
            .filter(|index| *index < MAX_SHARED_FORMULA)
            .ok_or_else(|| damaged(part, "共享公式的编号不成立"))?;
        Ok(Self { shared: Some(index), length: 0 })
    }
}

/// A declared range must be one that exists; nothing else is believed of it.
fn check_range(part: &str, element: &Element<'_>) -> Result<(), Unreadable> {
    let Some(text) = element.attribute("ref") else { return Ok(()) };
    let (start, end) = text.split_once(':').unwrap_or((&text, &text));
    match (start.parse::<CellRef>(), end.parse::<CellRef>()) {
        (Ok(start), Ok(end)) if start.row <= end.row && start.column <= end.column => Ok(()),
        _ => Err(damaged(part, format!("区域 {text} 不成立"))),
    }
}

/// Resolves `_x000D_` and its kin (22.9.2.19, ST_Xstring).
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let code = from.get(2..6).filter(|_| from.get(6..7) == Some("_"));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                rest = from.get(7..).unwrap_or("");
            }
            None => {
                plain.push_str("_x");
                rest = from.get(2..).unwrap_or("");
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_strings_are_resolved() {
        assert_eq!(unescape("a_x000D_b"), "a\rb");
        assert_eq!(unescape("_x005F_x000D_"), "_x000D_");
        assert_eq!(unescape("snake_xcase_x12"), "snake_xcase_x12");
        assert_eq!(unescape("plain"), "plain");
    }

    /// Cells that are read the short way, and the same cells with a comment in each, which are not.
    #[test]
    fn plain_cells_are_read_as_all_others_are() {
        let limits = crate::reading::Limits::default();
        let read = |cells: &str| {
            let text = format!("<worksheet><sheetData><row r=\"3\">{cells}</row></sheetData></worksheet>");
            let mut budget = Budget::new(&limits);
            scan("sheet1.xml", &text, 2, &mut budget)
                .map(|sheet| format!("{:?}", Worksheet { plain: None, ..sheet }))
                .map_err(|error| error.to_string())
        };
        for cells in [
            r#"<c r="B3"><v>7</v></c><c r="C3" s="4"/><c r="D3" s="x" t="e"><v>#N/A</v></c>"#,
            r#"<c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v> 0 </v></c><c r="D3" t="s"></c>"#,
            r#"<c r="B3" t="s"><v>2</v></c>"#,
            r#"<c r="B3" t="inlineStr"><is><t> a </t></is></c><c r="C3" t="str"><v>甲</v></c>"#,
            r#"<c r="B3" t="inlineStr"><is><t>甲 乙</t></is></c><c r="C3" t="inlineStr"><v>甲</v></c>"#,
            r#"<c r="B3" t="inlineStr"><is><t>甲_x000D_</t></is></c><c r="C3"><is><t>甲</t></is></c>"#,
            r#"<c r="B3" t="inlineStr"><is><t></t></is></c><c r="C3" t="is"><v>甲</v></c>"#,
            r#"<c><v>1</v></c><c r="B0"><v>1</v></c>"#,
            r#"<c r="XFE3"><v>1</v></c>"#,
            r#"<c r="B3" cm="1"><v>1</v></c><c  r="C3" ><f>B3</f><v>1</v></c><c r="D3"><v>1 &lt; 2</v></c>"#,
            r#"<c r="B3"><v>1</v></c></row><row><c r="B4"><v>1</v></c><c><v>2</v></c>"#,
        ] {
            let slowly = cells
                .replace("<v>", "<!-- --><v>")
                .replace("<is>", "<is><!-- -->")
                .replace("/>", "><!-- --></c>")
                .replace("></c>", "><!-- --></c>");
            assert_eq!(read(cells), read(&slowly), "{cells}");
        }
        let text =
            r#"<worksheet><row r="1"><c r="A1" t="inlineStr"><is><t>单位</t></is></c></row></worksheet>"#;
        let plain = scan("sheet1.xml", text, 0, &mut Budget::new(&limits)).unwrap().plain.unwrap();
        assert_eq!(plain[0].value, PlainValue::Inline("单位".into()));
    }
}
