//! Setting cells of a worksheet's XML: only the touched `c` elements change, or appear in order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::sheet::{CellXml, FormulaKind, RowXml, SheetXml};
use super::xml::{Splices, attributes, escaped, prefix, tag_name, with_attribute, with_attributes};
use super::{PatchError, Refusal, formula};
use crate::fixes::NewValue;
use crate::model::{Areas, CellRef, Range};

/// Most UTF-16 units a cell can hold.
const TEXT_LIMIT: usize = 32_767;

/// The sheet's XML with cells set.
pub struct SetCells {
    pub text: String,
    /// Cells that held a formula before.
    pub formulas_gone: Vec<CellRef>,
}

/// Sets cells of a worksheet part; the error names the cell that cannot be set. `restyle` gives the style that a cell
/// of some style must take on for a value, where it must.
pub fn set(
    part: &str,
    text: &str,
    values: &BTreeMap<CellRef, NewValue>,
    restyle: &mut dyn FnMut(Option<&str>, &NewValue) -> Option<String>,
) -> Result<SetCells, SetError> {
    let sheet = SheetXml::read(part, text)?;
    let refusals: BTreeMap<Range, Refusal> =
        sheet.formulas().filter_map(|(_, formula)| guarded(formula.kind)).collect();
    let guarded = Areas::of(&refusals.keys().copied().collect::<Vec<_>>());
    let merges = Areas::of(&sheet.merges);
    let mut splices = Splices::default();
    let mut formulas_gone = Vec::new();
    let mut fresh: BTreeMap<u32, Vec<(CellRef, String)>> = BTreeMap::new();
    let rows = by_number(&sheet.rows, |row| row.number);
    let mut cells = (None, BTreeMap::new());
    for (at, value) in values {
        let refuse = |reason| SetError::Refused(*at, reason);
        check_value(*at, value).map_err(refuse)?;
        if let Some(merge) = merges.covering(*at).filter(|merge| merge.start != *at) {
            return Err(refuse(Refusal::CoveredByMerge(merge)));
        }
        if let Some(reason) = guarded.covering(*at).and_then(|range| refusals.get(&range)) {
            return Err(refuse(reason.clone()));
        }
        let row = only(&rows, at.row).map_err(refuse)?;
        if cells.0 != Some(at.row) {
            cells = (
                Some(at.row),
                row.map(|row| by_number(&row.cells, |cell| cell.at.column)).unwrap_or_default(),
            );
        }
        match only(&cells.1, at.column).map_err(refuse)? {
            Some(cell) => {
                if cell.formula.is_some() {
                    formulas_gone.push(*at);
                }
                splices.replace(cell.element.whole.clone(), replaced(text, cell, value, restyle));
            }
            None if *value == NewValue::Blank => {}
            None => {
                let inherited = sheet.inherited_style(text, row, at.column);
                let style = restyle(inherited.as_deref(), value).or(inherited.map(Cow::into_owned));
                fresh
                    .entry(at.row)
                    .or_default()
                    .push((*at, new_cell(&sheet.prefix, *at, style.as_deref(), value)));
            }
        }
    }
    grow_dimension(&sheet, text, &fresh, &mut splices);
    put_in_order(&sheet, text, fresh, &mut splices)?;
    rehome_shared(&sheet, text, &formulas_gone, &mut splices)?;
    Ok(SetCells { text: splices.apply(text), formulas_gone })
}

/// Why a sheet's cells could not be set.
pub enum SetError {
    Refused(CellRef, Refusal),
    Part(PatchError),
}

impl From<PatchError> for SetError {
    fn from(error: PatchError) -> Self {
        Self::Part(error)
    }
}

/// The cells that belong together under one formula; one cell alone may be replaced.
fn guarded(kind: FormulaKind) -> Option<(Range, Refusal)> {
    match kind {
        FormulaKind::Array(range) if range.start != range.end => Some((range, Refusal::ArrayFormula(range))),
        FormulaKind::DataTable(range) => Some((range, Refusal::DataTable(range))),
        _ => None,
    }
}

pub fn check_value(at: CellRef, value: &NewValue) -> Result<(), Refusal> {
    if at.row >= CellRef::MAX_ROWS || at.column >= CellRef::MAX_COLUMNS {
        return Err(Refusal::OutOfSheet);
    }
    match value {
        NewValue::Text(text) | NewValue::Formula(text) if text.encode_utf16().count() > TEXT_LIMIT => {
            Err(Refusal::TooLong)
        }
        _ => Ok(()),
    }
}

/// Rows or cells by their number; nothing where two have it.
fn by_number<T>(all: &[T], number: fn(&T) -> u32) -> BTreeMap<u32, Option<&T>> {
    let mut found = BTreeMap::new();
    for one in all {
        found.entry(number(one)).and_modify(|twice| *twice = None).or_insert(Some(one));
    }
    found
}

/// The row or cell of a number, if there is one.
fn only<'a, T>(all: &BTreeMap<u32, Option<&'a T>>, number: u32) -> Result<Option<&'a T>, Refusal> {
    all.get(&number).map_or(Ok(None), |one| one.map_or(Err(Refusal::Duplicate), |one| Ok(Some(one))))
}

/// The cell's element with a new value: its style, save where the value needs another, and other attributes stay; what
/// belonged to the old value goes.
fn replaced(
    text: &str,
    cell: &CellXml,
    value: &NewValue,
    restyle: &mut dyn FnMut(Option<&str>, &NewValue) -> Option<String>,
) -> String {
    let tag = text.get(cell.element.tag.clone()).unwrap_or("");
    let own = attributes(tag).find(|attribute| attribute.name == "s").map(|attribute| attribute.value);
    let restyled = restyle(own, value).map(|style| with_attribute(tag, "s", &style));
    let tag = restyled.as_deref().unwrap_or(tag);
    let name = tag_name(tag);
    let (kind, body) = content(prefix(name), value);
    let kept = cell.extension.clone().and_then(|span| text.get(span)).unwrap_or("");
    let kind: Vec<(&str, &str)> = kind.map(|kind| ("t", kind)).into_iter().collect();
    let tag = with_attributes(tag, &["t", "cm", "vm", "ph"], &kind);
    let open = tag.trim_end_matches('>').trim_end_matches('/');
    if body.is_empty() && kept.is_empty() {
        format!("{open}/>")
    } else {
        format!("{open}>{body}{kept}</{name}>")
    }
}

/// A new cell element.
pub fn new_cell(prefix: &str, at: CellRef, style: Option<&str>, value: &NewValue) -> String {
    let (kind, body) = content(prefix, value);
    let style = style.map(|style| format!(" s=\"{style}\"")).unwrap_or_default();
    let kind = kind.map(|kind| format!(" t=\"{kind}\"")).unwrap_or_default();
    if body.is_empty() {
        format!("<{prefix}c r=\"{at}\"{style}{kind}/>")
    } else {
        format!("<{prefix}c r=\"{at}\"{style}{kind}>{body}</{prefix}c>")
    }
}

/// The `t` attribute and the children of a cell.
fn content(prefix: &str, value: &NewValue) -> (Option<&'static str>, String) {
    match value {
        NewValue::Number(number) => (None, format!("<{prefix}v>{}</{prefix}v>", number.normalize())),
        NewValue::Text(text) => (Some("inlineStr"), text_content(prefix, text)),
        NewValue::Blank => (None, String::new()),
        NewValue::Formula(formula) => (None, format!("<{prefix}f>{}</{prefix}f>", escaped(formula))),
    }
}

/// `<is><t>…</t></is>` (ECMA-376 part 1, 18.3.1.53).
pub fn text_content(prefix: &str, text: &str) -> String {
    let edge = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    let space = if edge || text.contains("  ") || text.contains(['\n', '\t']) {
        " xml:space=\"preserve\""
    } else {
        ""
    };
    format!("<{prefix}is><{prefix}t{space}>{}</{prefix}t></{prefix}is>", escaped(&xstring(text)))
}

/// Characters that XML cannot carry as `_xHHHH_`, and an underscore before what looks like one (22.9.2.19).
pub fn xstring(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push_str(&format!("_x{:04X}_", u32::from(c))),
            '_' if text.get(at..).is_some_and(looks_escaped) => out.push_str("_x005F_"),
            _ => out.push(c),
        }
    }
    out
}

fn looks_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes, [b'_', b'x', a, b, c, d, b'_', ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()))
}

/// Places new cells in their rows, and new rows in the sheet.
fn put_in_order(
    sheet: &SheetXml,
    text: &str,
    fresh: BTreeMap<u32, Vec<(CellRef, String)>>,
    splices: &mut Splices,
) -> Result<(), SetError> {
    let rows_in_order = sheet.rows.is_sorted_by(|a, b| a.number < b.number);
    let mut first_rows = String::new();
    for (number, cells) in fresh {
        let first = cells.first().map_or(CellRef::new(number, 0), |(at, _)| *at);
        let disorder = || SetError::Refused(first, Refusal::Disorder);
        if let Some(row) = sheet.rows.iter().find(|row| row.number == number) {
            put_into_row(sheet, text, row, cells, splices).ok_or_else(disorder)?;
            continue;
        }
        if !rows_in_order {
            return Err(disorder());
        }
        let body: String = cells.into_iter().map(|(_, xml)| xml).collect();
        let row = format!("<{0}row r=\"{1}\">{body}</{0}row>", sheet.prefix, number + 1);
        let next = sheet.rows.iter().find(|row| row.number > number).map(|row| row.element.whole.start);
        let last = sheet.rows.last().map(|row| row.element.whole.end);
        match next.or(last) {
            // A row without number below takes its number from the one before it.
            Some(at) if next.is_none() || numbered(sheet, text, number) => splices.insert(at, row),
            Some(_) => return Err(disorder()),
            None if sheet.sheet_data.empty => first_rows.push_str(&row),
            None => splices.insert(sheet.sheet_data.tag.end, row),
        }
    }
    if !first_rows.is_empty() {
        splices.replace(
            sheet.sheet_data.whole.clone(),
            format!("<{0}sheetData>{first_rows}</{0}sheetData>", sheet.prefix),
        );
    }
    Ok(())
}

/// Whether the first row below `number` states its own number.
fn numbered(sheet: &SheetXml, text: &str, number: u32) -> bool {
    let row = sheet.rows.iter().find(|row| row.number > number);
    row.and_then(|row| text.get(row.element.tag.clone()))
        .is_some_and(|tag| attributes(tag).any(|a| a.name == "r"))
}

/// `None` if the row's cells are not in order.
fn put_into_row(
    sheet: &SheetXml,
    text: &str,
    row: &RowXml,
    cells: Vec<(CellRef, String)>,
    splices: &mut Splices,
) -> Option<()> {
    if !row.cells.is_sorted_by(|a, b| a.at.column < b.at.column) {
        return None;
    }
    let tag = text.get(row.element.tag.clone())?;
    let spanning = with_spans(tag, cells.first()?.0.column, cells.last()?.0.column);
    if row.element.empty {
        let open = spanning.trim_end_matches('>').trim_end_matches('/');
        let body: String = cells.into_iter().map(|(_, xml)| xml).collect();
        splices.replace(row.element.whole.clone(), format!("{open}>{body}</{}>", tag_name(tag)));
        return Some(());
    }
    if spanning != tag {
        splices.replace(row.element.tag.clone(), spanning);
    }
    let last = row.cells.last().map_or(row.element.tag.end, |cell| cell.element.whole.end);
    for (at, xml) in cells {
        let next =
            row.cells.iter().find(|cell| cell.at.column > at.column).map(|cell| cell.element.whole.start);
        splices.insert(next.unwrap_or(last), xml);
    }
    debug_assert!(!sheet.rows.is_empty());
    Some(())
}

/// The row's tag with `spans` (18.3.1.73, a hint) covering two more columns; left out where it has several pieces.
fn with_spans(tag: &str, first: u32, last: u32) -> String {
    let Some(spans) = attributes(tag).find(|a| a.name == "spans") else { return tag.to_owned() };
    let Some((low, high)) =
        spans.value.split_once(':').and_then(|(a, b)| Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?)))
    else {
        return with_attributes(tag, &["spans"], &[]);
    };
    let grown = (low.min(first + 1), high.max(last + 1));
    if grown == (low, high) {
        tag.to_owned()
    } else {
        with_attribute(tag, "spans", &format!("{}:{}", grown.0, grown.1))
    }
}

fn grow_dimension(
    sheet: &SheetXml,
    text: &str,
    fresh: &BTreeMap<u32, Vec<(CellRef, String)>>,
    splices: &mut Splices,
) {
    let Some(span) = &sheet.dimension else { return };
    let tag = text.get(span.clone()).unwrap_or("");
    let Some(held) = attributes(tag).find(|a| a.name == "ref").and_then(|a| a.value.parse::<Range>().ok())
    else {
        return;
    };
    let grown = fresh.values().flatten().fold(held, |range, (at, _)| hull(range, *at));
    if grown != held {
        splices.replace(span.clone(), with_attribute(tag, "ref", &grown.to_string()));
    }
}

fn hull(range: Range, at: CellRef) -> Range {
    Range {
        start: CellRef::new(range.start.row.min(at.row), range.start.column.min(at.column)),
        end: CellRef::new(range.end.row.max(at.row), range.end.column.max(at.column)),
    }
}

/// Gives a shared formula whose master was replaced a new master: the next cell of its group that stays.
fn rehome_shared(
    sheet: &SheetXml,
    text: &str,
    gone: &[CellRef],
    splices: &mut Splices,
) -> Result<(), SetError> {
    for (master, xml) in sheet.formulas().filter(|(at, _)| gone.contains(at)) {
        let FormulaKind::Shared { group, .. } = xml.kind else { continue };
        let formula = xml.text(text);
        if formula.is_empty() {
            continue;
        }
        let refuse = || SetError::Refused(master, Refusal::SharedFormula);
        let group = sheet.formulas().filter(|(at, other)| {
            *at != master && matches!(other.kind, FormulaKind::Shared { group: g, .. } if g == group)
        });
        let mut heirs = Vec::new();
        for (at, other) in group {
            if !other.text(text).is_empty() {
                return Err(refuse());
            }
            if !gone.contains(&at) {
                heirs.push((at, other));
            }
        }
        let Some((heir, heir_xml)) = heirs.first() else { continue };
        let rows = i64::from(heir.row) - i64::from(master.row);
        let columns = i64::from(heir.column) - i64::from(master.column);
        let moved =
            formula::rewritten(&formula, |_, area| area.translated(rows, columns)).ok_or_else(refuse)?;
        let range = heirs.iter().fold(Range::cell(*heir), |range, (at, _)| hull(range, *at));
        let tag = text.get(heir_xml.tag.clone()).unwrap_or("");
        let open = with_attribute(tag, "ref", &range.to_string());
        let open = open.trim_end_matches('>').trim_end_matches('/');
        splices.replace(heir_xml.whole.clone(), format!("{open}>{}</{}>", escaped(&moved), tag_name(tag)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_one(sheet: &str, at: &str, value: NewValue) -> String {
        let xml = format!("<worksheet>{sheet}</worksheet>");
        match set("sheet1.xml", &xml, &BTreeMap::from([(at.parse().unwrap(), value)]), &mut |_, _| None) {
            Ok(set) => set.text.replace("<worksheet>", "").replace("</worksheet>", ""),
            Err(SetError::Refused(at, reason)) => format!("{at} {reason}"),
            Err(SetError::Part(error)) => panic!("{error}"),
        }
    }

    fn text(text: &str) -> NewValue {
        NewValue::Text(text.to_owned())
    }

    fn number(text: &str) -> NewValue {
        NewValue::Number(text.parse().unwrap())
    }

    #[test]
    fn only_the_cell_changes() {
        let row = "<sheetData><row r=\"1\" spans=\"1:3\"><c r=\"A1\" s=\"4\" t=\"s\"><v>0</v></c>\
            <c r=\"C1\"/></row></sheetData>";
        assert_eq!(set_one(row, "A1", number("600.0")), row.replace(" t=\"s\"><v>0</v>", "><v>600</v>"));
        assert_eq!(
            set_one(row, "A1", text(" <a>_x0041_")),
            row.replace(
                "t=\"s\"><v>0</v>",
                "t=\"inlineStr\"><is><t xml:space=\"preserve\"> &lt;a&gt;_x005F_x0041_</t></is>"
            )
        );
        assert_eq!(set_one(row, "A1", NewValue::Blank), row.replace(" t=\"s\"><v>0</v></c>", "/>"));
        assert_eq!(
            set_one(row, "B1", number("1")),
            row.replace("<c r=\"C1\"/>", "<c r=\"B1\"><v>1</v></c><c r=\"C1\"/>")
        );
        assert_eq!(
            set_one(row, "D1", number("1")),
            row.replace("1:3", "1:4").replace("<c r=\"C1\"/>", "<c r=\"C1\"/><c r=\"D1\"><v>1</v></c>")
        );
        assert_eq!(set_one(row, "D1", NewValue::Blank), row);
        assert_eq!(
            set_one(row, "B3", number("1")),
            row.replace("</sheetData>", "<row r=\"3\"><c r=\"B3\"><v>1</v></c></row></sheetData>")
        );
    }

    #[test]
    fn prefixes_dimension_and_empty_elements_hold() {
        let xml = "<x:worksheet xmlns:x=\"u\"><x:dimension ref=\"A1\"/><x:sheetData/></x:worksheet>";
        let values = BTreeMap::from([("B2".parse().unwrap(), text("是"))]);
        let Ok(set) = set("sheet1.xml", xml, &values, &mut |_, _| None) else { panic!() };
        assert_eq!(
            set.text,
            "<x:worksheet xmlns:x=\"u\"><x:dimension ref=\"A1:B2\"/><x:sheetData>\
            <x:row r=\"2\"><x:c r=\"B2\" t=\"inlineStr\"><x:is><x:t>是</x:t></x:is></x:c></x:row>\
            </x:sheetData></x:worksheet>"
        );
        assert_eq!(
            set_one("<sheetData><row r=\"2\" ht=\"9\"/></sheetData>", "A2", number("1")),
            "<sheetData><row r=\"2\" ht=\"9\"><c r=\"A2\"><v>1</v></c></row></sheetData>"
        );
    }

    #[test]
    fn a_new_cell_takes_the_style_of_its_row_or_column() {
        let sheet = "<cols><col min=\"2\" max=\"2\" style=\"7\"/></cols>\
            <sheetData><row r=\"1\" s=\"5\" customFormat=\"1\"/></sheetData>";
        assert!(set_one(sheet, "B1", number("1")).contains("<c r=\"B1\" s=\"5\">"));
        assert!(set_one(sheet, "B2", number("1")).contains("<c r=\"B2\" s=\"7\">"));
        assert!(set_one(sheet, "C2", number("1")).contains("<c r=\"C2\"><v>"));
    }

    #[test]
    fn the_next_cell_inherits_a_shared_formula() {
        let cell = |r: &str, f: &str| format!("<c r=\"{r}\">{f}<v>1</v></c>");
        let sheet = |first: &str, second: &str| {
            let third = cell("A3", "<f t=\"shared\" si=\"0\"/>");
            format!(
                "<sheetData><row r=\"1\">{first}</row><row r=\"2\">{second}</row><row r=\"3\">{third}</row></sheetData>"
            )
        };
        let before = sheet(
            &cell("A1", "<f t=\"shared\" ref=\"A1:A3\" si=\"0\">B1*$C$1</f>"),
            &cell("A2", "<f t=\"shared\" si=\"0\"/>"),
        );
        let after = sheet(
            "<c r=\"A1\"><v>9</v></c>",
            &cell("A2", "<f t=\"shared\" si=\"0\" ref=\"A2:A3\">B2*$C$1</f>"),
        );
        assert_eq!(set_one(&before, "A1", number("9")), after);
    }

    #[test]
    fn what_belongs_together_is_refused() {
        let data = "<sheetData><row r=\"1\"><c r=\"A1\"><f t=\"array\" ref=\"A1:A2\">B1:B2</f></c></row>\
            <row r=\"2\"><c r=\"A2\"/><c r=\"A2\"/></row></sheetData>";
        assert!(set_one(data, "A2", number("1")).contains("数组公式 A1:A2"));
        let merged = "<sheetData/><mergeCells count=\"1\"><mergeCell ref=\"A1:B2\"/></mergeCells>";
        assert!(set_one(merged, "B1", number("1")).contains("A1:B2 盖住"));
        assert!(set_one(merged, "A1", number("1")).contains("<v>1</v>"));
        let twice = "<sheetData><row r=\"2\"><c r=\"A2\"/><c r=\"A2\"/></row></sheetData>";
        assert!(set_one(twice, "A2", number("1")).contains("出现了两次"));
        assert!(set_one("<sheetData/>", "A1", text(&"长".repeat(32_768))).contains("32767"));
    }
}
