//! Inserting one row: everything on the sheet that lies below moves down, and so does every reference to it in the
//! workbook. Whatever cannot be moved safely is an obstacle, and then nothing is done.

use std::collections::BTreeMap;

use super::cells::{check_value, new_cell};
use super::formula::{Area, Mention, Sheet, mentions, rewritten};
use super::package::Package;
use super::sheet::{FormulaKind, RowXml, SheetXml, spelled};
use super::workbook::relationships;
use super::xml::{
    Kind, Splices, Tag, Tags, attributes, decoded, escaped, tag_name, with_attribute, with_attributes,
};
use super::{Obstacle, Patch, PatchError, pivot_output, table};
use crate::fixes::NewValue;
use crate::model::{Areas, CellRef, Range};

/// Attributes of a worksheet that hold cells or ranges of it (ECMA-376 part 1, 18.3.1).
const ADDRESSES: [(&str, &str); 15] = [
    ("mergeCell", "ref"),
    ("hyperlink", "ref"),
    ("conditionalFormatting", "sqref"),
    ("dataValidation", "sqref"),
    ("autoFilter", "ref"),
    ("sortState", "ref"),
    ("sortCondition", "ref"),
    ("ignoredError", "sqref"),
    ("selection", "sqref"),
    ("selection", "activeCell"),
    ("pane", "topLeftCell"),
    ("sheetView", "topLeftCell"),
    ("customSheetView", "topLeftCell"),
    ("protectedRange", "sqref"),
    ("cellWatch", "r"),
];

/// Elements whose text is a formula: conditional formats, validations, sparklines; charts and tables in their own
/// parts.
const FORMULA_ELEMENTS: [&str; 6] =
    ["formula", "formula1", "formula2", "f", "calculatedColumnFormula", "totalsRowFormula"];

/// Attributes that hold a formula or a reference.
const FORMULA_ATTRIBUTES: [&str; 4] = ["location", "textlink", "fmlaLink", "fmlaRange"];

/// Which references move: those to rows from `row` on of the sheet `name`.
struct Move<'a> {
    name: &'a str,
    row: u32,
}

impl Move<'_> {
    /// The formula after the insertion; `on_sheet` says whether an unqualified reference means the sheet.
    fn formula(&self, formula: &str, on_sheet: OnSheet) -> Result<String, Obstacle> {
        if mentions(formula).contains(&Mention::AcrossSheets) {
            return Err(Obstacle::CrossSheetReference);
        }
        let map = |sheet: &Sheet, area: Area| {
            if self.moves(sheet, on_sheet) { area.after_row_insertion(self.row) } else { Some(area) }
        };
        rewritten(formula, map).ok_or(Obstacle::Full)
    }

    fn moves(&self, sheet: &Sheet, on_sheet: OnSheet) -> bool {
        match sheet {
            Sheet::Own => on_sheet == OnSheet::This,
            Sheet::Named(name) => name.to_lowercase() == self.name.to_lowercase(),
            Sheet::External => false,
        }
    }

    fn mentioned_in(&self, formula: &str) -> bool {
        mentions(formula)
            .iter()
            .any(|m| matches!(m, Mention::Reference { sheet, .. } if self.moves(sheet, OnSheet::Other)))
    }

    fn range(&self, range: Range) -> Range {
        let down = |at: CellRef| {
            CellRef::new((at.row + u32::from(at.row >= self.row)).min(CellRef::MAX_ROWS - 1), at.column)
        };
        Range { start: down(range.start), end: down(range.end) }
    }

    /// A list of ranges separated by blanks; a piece that is no range stays.
    fn addresses(&self, list: &str) -> String {
        let pieces = list.split_ascii_whitespace().map(|piece| match piece.parse::<Range>() {
            Ok(range) if self.range(range) != range => self.range(range).to_string(),
            _ => piece.to_owned(),
        });
        pieces.collect::<Vec<_>>().join(" ")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OnSheet {
    This,
    Other,
}

/// An obstacle, or an error of the package.
enum Stop {
    Obstacle(Obstacle),
    Part(PatchError),
}

impl From<Obstacle> for Stop {
    fn from(obstacle: Obstacle) -> Self {
        Self::Obstacle(obstacle)
    }
}

impl From<PatchError> for Stop {
    fn from(error: PatchError) -> Self {
        Self::Part(error)
    }
}

impl Patch<'_> {
    /// Inserts a row before `row` with some cells filled; it looks like the row above.
    pub fn insert_row(
        &mut self,
        sheet: usize,
        row: u32,
        cells: &[(u32, NewValue)],
    ) -> Result<(), PatchError> {
        let (name, part) = self.worksheet(sheet)?;
        self.try_insert(sheet, &name, &part, row, cells).map_err(|stop| match stop {
            Stop::Obstacle(reason) => PatchError::InsertRow { sheet: name, row, reason },
            Stop::Part(error) => error,
        })
    }

    fn try_insert(
        &mut self,
        sheet: usize,
        name: &str,
        part: &str,
        row: u32,
        cells: &[(u32, NewValue)],
    ) -> Result<(), Stop> {
        for (column, value) in cells {
            let at = CellRef::new(row, *column);
            check_value(at, value).map_err(|_| Obstacle::BadCell(at))?;
        }
        let moving = Move { name, row };
        let own_tables = self.check_neighbours(part, &moving)?;
        let mut formula_below = false;
        for index in 0..self.workbook.sheets.len() {
            let Ok((_, other)) = self.worksheet(index) else { continue };
            let text = self.package.text(&other)?;
            let new = if index == sheet {
                let xml = SheetXml::read(&other, &text)?;
                formula_below = xml.formulas().any(|(at, _)| at.row >= row);
                shifted_sheet(&other, &text, &xml, &moving, cells)?
            } else if text.contains('!') {
                let xml = SheetXml::read(&other, &text)?;
                let mut splices = Splices::default();
                move_formulas(&text, &xml, &moving, OnSheet::Other, &mut splices)?;
                move_elements(&other, &text, &moving, OnSheet::Other, &mut splices)?;
                splices.apply(&text)
            } else {
                continue;
            };
            self.package.set_text(&other, new)?;
        }
        self.move_names(&moving)?;
        for other in self.package.parts_in(&["charts", "tables", "drawings", "ctrlProps"]) {
            let on_sheet = if own_tables.contains(&other) { OnSheet::This } else { OnSheet::Other };
            let text = self.package.text(&other)?;
            let mut splices = Splices::default();
            move_elements(&other, &text, &moving, on_sheet, &mut splices)?;
            if !splices.is_empty() {
                let text = splices.apply(&text);
                self.package.set_text(&other, text)?;
            }
        }
        if formula_below {
            self.workbook.remove_calc_chain(&mut self.package)?;
        }
        for (_, area) in self.touched.iter_mut().filter(|(on, _)| *on == sheet) {
            *area = moving.range(*area);
        }
        self.touched.push((
            sheet,
            Range { start: CellRef::new(row, 0), end: CellRef::new(row, CellRef::MAX_COLUMNS - 1) },
        ));
        self.computes |= cells.iter().any(|(_, value)| matches!(value, NewValue::Formula(_)));
        Ok(())
    }

    /// Looks at the parts that hang on the sheet; gives the tables above the row.
    fn check_neighbours(&mut self, part: &str, moving: &Move) -> Result<Vec<String>, Stop> {
        let row = moving.row;
        let mut own_tables = Vec::new();
        for relationship in relationships(&mut self.package, part)? {
            let target = relationship.target.as_str();
            match relationship.kind.as_str() {
                "table" => {
                    if let Some(table) = table(&mut self.package, target)?
                        && table.range.end.row >= row
                    {
                        return Err(Obstacle::Table(table.name).into());
                    }
                    own_tables.push(target.to_owned());
                }
                "pivotTable"
                    if pivot_output(&mut self.package, target)?
                        .is_none_or(|(range, _)| range.end.row >= row) =>
                {
                    return Err(Obstacle::Pivot.into());
                }
                "drawing" if drawing_reaches(&mut self.package, target, row)? => {
                    return Err(Obstacle::Drawing.into());
                }
                "comments" | "threadedComment" if comment_reaches(&mut self.package, target, row)? => {
                    return Err(Obstacle::Comment.into());
                }
                "vmlDrawing" if has_control(&mut self.package, target) => {
                    return Err(Obstacle::Control.into());
                }
                "control" | "ctrlProp" | "oleObject" | "package" => return Err(Obstacle::Control.into()),
                "tableSingleCells" => return Err(Obstacle::Unmovable.into()),
                _ => {}
            }
        }
        for cache in self.workbook.pivot_caches.clone() {
            let Some(text) = self.package.optional_text(&cache)? else { continue };
            let mut tags = Tags::of(&cache, &text);
            while let Some(tag) = tags.next()? {
                let source = tag.local() == "worksheetSource" && tag.opens();
                let here = || {
                    tag.attribute("sheet")
                        .is_some_and(|sheet| sheet.to_lowercase() == moving.name.to_lowercase())
                };
                let below = || {
                    tag.attribute("ref")
                        .and_then(|range| range.parse::<Range>().ok())
                        .is_some_and(|range| range.end.row >= row)
                };
                if source && here() && below() {
                    return Err(Obstacle::Pivot.into());
                }
            }
        }
        Ok(own_tables)
    }

    fn move_names(&mut self, moving: &Move) -> Result<(), Stop> {
        let part = self.workbook.part.clone();
        let text = self.package.text(&part)?;
        let mut tags = Tags::of(&part, &text);
        let mut splices = Splices::default();
        let mut index = 0;
        while let Some(tag) = tags.next()? {
            if tag.depth != 2 || tag.local() != "definedName" || !tag.opens() {
                continue;
            }
            let (content, _) = tags.content(&tag)?;
            let formula = decoded(text.get(content.clone()).unwrap_or(""));
            let new = moving.formula(&formula, OnSheet::Other)?;
            if new != formula {
                splices.replace(content, escaped(&new));
                if let Some(name) = self.workbook.names.get_mut(index) {
                    name.formula = new;
                }
            }
            index += 1;
        }
        let text = splices.apply(&text);
        Ok(self.package.set_text(&part, text)?)
    }
}

/// The sheet itself after the insertion.
fn shifted_sheet(
    part: &str,
    text: &str,
    xml: &SheetXml,
    moving: &Move,
    cells: &[(u32, NewValue)],
) -> Result<String, Stop> {
    let row = moving.row;
    if !xml.rows.is_sorted_by(|a, b| a.number < b.number)
        || xml.rows.iter().any(|row| !row.cells.is_sorted_by(|a, b| a.at < b.at))
    {
        return Err(Obstacle::Disorder.into());
    }
    if row >= CellRef::MAX_ROWS - 1
        || xml.rows.last().is_some_and(|last| last.number >= CellRef::MAX_ROWS - 1)
    {
        return Err(Obstacle::Full.into());
    }
    let mut splices = Splices::default();
    move_formulas(text, xml, moving, OnSheet::This, &mut splices)?;
    move_elements(part, text, moving, OnSheet::This, &mut splices)?;
    for moved in xml.rows.iter().filter(|r| r.number >= row) {
        renumber(text, &moved.element.tag, &(moved.number + 2).to_string(), &mut splices);
        for cell in &moved.cells {
            renumber(
                text,
                &cell.element.tag,
                &CellRef::new(cell.at.row + 1, cell.at.column).to_string(),
                &mut splices,
            );
        }
    }
    let above = row.checked_sub(1).and_then(|above| xml.rows.iter().find(|r| r.number == above));
    let new = new_row(text, xml, above, row, cells);
    let next = xml.rows.iter().find(|r| r.number >= row).map(|r| r.element.whole.start);
    let last = xml.rows.last().map(|r| r.element.whole.end);
    match next.or(last) {
        Some(at) => splices.insert(at, new),
        None if xml.sheet_data.empty => {
            splices.replace(
                xml.sheet_data.whole.clone(),
                format!("<{0}sheetData>{new}</{0}sheetData>", xml.prefix),
            );
        }
        None => splices.insert(xml.sheet_data.tag.end, new),
    }
    // Areas as they will lie, with those of the row above repeated in the new one.
    let mut merges: Vec<Range> = xml.merges.iter().map(|merge| moving.range(*merge)).collect();
    let repeated: Vec<Range> = xml
        .merges
        .iter()
        .filter(|merge| merge.start.row == merge.end.row && row.checked_sub(1) == Some(merge.start.row))
        .map(|merge| Range {
            start: CellRef::new(row, merge.start.column),
            end: CellRef::new(row, merge.end.column),
        })
        .collect();
    merges.extend(repeated.iter().copied());
    let merges = Areas::of(&merges);
    for (column, _) in cells.iter().filter(|(_, value)| *value != NewValue::Blank) {
        let at = CellRef::new(row, *column);
        if merges.anchor(at) != at {
            return Err(Obstacle::CoveredByMerge(at).into());
        }
    }
    add_merges(part, text, &repeated, &mut splices)?;
    if let Some(span) = &xml.dimension {
        let tag = text.get(span.clone()).unwrap_or("");
        if let Some(range) =
            attributes(tag).find(|a| a.name == "ref").and_then(|a| a.value.parse::<Range>().ok())
        {
            let mut grown = moving.range(range);
            for (column, _) in cells {
                grown.start = CellRef::new(grown.start.row.min(row), grown.start.column.min(*column));
                grown.end = CellRef::new(grown.end.row.max(row), grown.end.column.max(*column));
            }
            if grown != range {
                splices.replace(span.clone(), with_attribute(tag, "ref", &grown.to_string()));
            }
        }
    }
    Ok(splices.apply(text))
}

/// Sets the `r` of a row or a cell where it has one; where it has none its place says it.
fn renumber(text: &str, tag: &std::ops::Range<usize>, to: &str, splices: &mut Splices) {
    let held = text.get(tag.clone()).and_then(|tag| attributes(tag).find(|a| a.name == "r"));
    if let Some(attribute) = held {
        splices.replace(tag.start + attribute.value_span.start..tag.start + attribute.value_span.end, to);
    }
}

/// A row with the height and the cell styles of the one above.
fn new_row(
    text: &str,
    xml: &SheetXml,
    above: Option<&RowXml>,
    row: u32,
    cells: &[(u32, NewValue)],
) -> String {
    let mut filled: BTreeMap<u32, (Option<String>, &NewValue)> = BTreeMap::new();
    for cell in above.map(|above| above.cells.as_slice()).unwrap_or_default() {
        let style = text
            .get(cell.element.tag.clone())
            .and_then(|tag| attributes(tag).find(|a| a.name == "s" && !a.value.is_empty()));
        let style = style.map(|a| a.value.to_owned());
        if style.is_some() {
            filled.insert(cell.at.column, (style, &NewValue::Blank));
        }
    }
    for (column, value) in cells {
        let inherited = || xml.inherited_style(text, above, *column).map(std::borrow::Cow::into_owned);
        filled.entry(*column).or_insert_with(|| (inherited(), value)).1 = value;
    }
    let tag = above.and_then(|above| text.get(above.element.tag.clone()));
    let open = match tag {
        Some(tag) => {
            let without = ["r", "spans", "hidden", "collapsed", "ph"];
            let tag = with_attributes(tag, &without, &[("r", &(row + 1).to_string())]);
            tag.trim_end_matches('>').trim_end_matches('/').trim_end().to_owned()
        }
        None => format!("<{}row r=\"{}\"", xml.prefix, row + 1),
    };
    let name = tag_name(&open).to_owned();
    let body: String = filled
        .into_iter()
        .map(|(column, (style, value))| {
            new_cell(&xml.prefix, CellRef::new(row, column), style.as_deref(), value)
        })
        .collect();
    format!("{open}>{body}</{name}>")
}

/// Moves the formulas of cells; a shared formula whose cells no longer agree is spelled out in each of them.
fn move_formulas(
    text: &str,
    xml: &SheetXml,
    moving: &Move,
    on_sheet: OnSheet,
    splices: &mut Splices,
) -> Result<(), Stop> {
    for found in spelled(xml, text) {
        let formula = found.text.ok_or(Obstacle::SharedFormula(found.at))?;
        let new = moving.formula(&formula, on_sheet)?;
        let tag = text.get(found.xml.tag.clone()).unwrap_or("");
        let (open, changed) = match found.xml.kind {
            FormulaKind::Normal => (tag.to_owned(), new != formula),
            FormulaKind::Shared { .. } => (
                with_attributes(tag, &["t", "ref", "si"], &[]),
                on_sheet == OnSheet::This || moving.mentioned_in(&formula),
            ),
            FormulaKind::Array(_) | FormulaKind::DataTable(_) if on_sheet == OnSheet::Other => {
                (tag.to_owned(), new != formula)
            }
            FormulaKind::DataTable(_) => return Err(Obstacle::ArrayFormula.into()),
            FormulaKind::Array(range) => {
                if range.start.row < moving.row && moving.row <= range.end.row {
                    return Err(Obstacle::ArrayFormula.into());
                }
                let held = tag.contains("ref");
                let moved = moving.range(range);
                let open = if held && moved != range {
                    with_attribute(tag, "ref", &moved.to_string())
                } else {
                    tag.to_owned()
                };
                let changed = open != tag || new != formula;
                (open, changed)
            }
        };
        if changed {
            let open = open.trim_end_matches('>').trim_end_matches('/').trim_end();
            splices.replace(found.xml.whole.clone(), format!("{open}>{}</{}>", escaped(&new), tag_name(tag)));
        }
    }
    Ok(())
}

/// Moves what else holds addresses or formulas, outside the cells.
fn move_elements(
    part: &str,
    text: &str,
    moving: &Move,
    on_sheet: OnSheet,
    splices: &mut Splices,
) -> Result<(), Stop> {
    let mut tags = Tags::of(part, text);
    let mut in_row_breaks = false;
    while let Some(tag) = tags.next()? {
        let local = tag.local();
        if local == "rowBreaks" {
            in_row_breaks = tag.kind == Kind::Start;
        }
        if !tag.opens() {
            continue;
        }
        match local {
            "sheetData" => {
                tags.content(&tag)?;
                continue;
            }
            "controls" | "oleObjects" if on_sheet == OnSheet::This => return Err(Obstacle::Control.into()),
            "scenarios" if on_sheet == OnSheet::This => return Err(Obstacle::Unmovable.into()),
            _ => {}
        }
        let mut tag_splices = Splices::default();
        move_attributes(&tag, moving, on_sheet, &mut tag_splices)?;
        if on_sheet == OnSheet::This && in_row_breaks && local == "brk" {
            // A break after the row with that number, counted from 1 (18.3.1.3).
            let after = attributes(tag.text).find(|a| a.name == "id");
            if let Some((attribute, id)) = after.and_then(|a| Some((a.clone(), a.value.parse::<u32>().ok()?)))
                && id > moving.row
            {
                tag_splices.replace(attribute.value_span, id.saturating_add(1).to_string());
            }
        }
        if !tag_splices.is_empty() {
            splices.replace(tag.span.clone(), tag_splices.apply(tag.text));
        }
        let holds_formula = FORMULA_ELEMENTS.contains(&local);
        if holds_formula || local == "sqref" && on_sheet == OnSheet::This {
            let (content, _) = tags.content(&tag)?;
            let raw = text.get(content.clone()).unwrap_or("");
            if raw.contains('<') && !raw.starts_with("<![CDATA[") {
                continue;
            }
            let held = decoded(raw);
            let new = if holds_formula { moving.formula(&held, on_sheet)? } else { moving.addresses(&held) };
            if new != held {
                splices.replace(content, escaped(&new));
            }
        }
    }
    Ok(())
}

fn move_attributes(tag: &Tag, moving: &Move, on_sheet: OnSheet, splices: &mut Splices) -> Result<(), Stop> {
    let local = tag.local();
    for attribute in attributes(tag.text) {
        let held = decoded(attribute.value);
        let is_formula =
            FORMULA_ATTRIBUTES.contains(&attribute.name) || local == "cfvo" && attribute.name == "val";
        let new = if on_sheet == OnSheet::This && ADDRESSES.contains(&(local, attribute.name)) {
            moving.addresses(&held)
        } else if is_formula {
            moving.formula(&held, on_sheet)?
        } else {
            continue;
        };
        if new != held {
            splices.replace(attribute.value_span, escaped(&new));
        }
    }
    Ok(())
}

/// Appends merged ranges to a sheet that has some.
fn add_merges(part: &str, text: &str, ranges: &[Range], splices: &mut Splices) -> Result<(), PatchError> {
    if ranges.is_empty() {
        return Ok(());
    }
    let mut tags = Tags::of(part, text);
    while let Some(tag) = tags.next()? {
        if tag.depth != 1 || tag.local() != "mergeCells" {
            continue;
        }
        if tag.kind == Kind::End {
            let added: String =
                ranges.iter().map(|range| format!("<{}mergeCell ref=\"{range}\"/>", tag.prefix())).collect();
            splices.insert(tag.span.start, added);
        } else if let Some(count) = attributes(tag.text).find(|a| a.name == "count") {
            let new = count.value.parse::<usize>().unwrap_or(0).saturating_add(ranges.len());
            splices.replace(
                tag.span.start + count.value_span.start..tag.span.start + count.value_span.end,
                new.to_string(),
            );
        }
    }
    Ok(())
}

/// Whether anything in a drawing is anchored at or below a row.
fn drawing_reaches(package: &mut Package, part: &str, row: u32) -> Result<bool, PatchError> {
    let Some(text) = package.optional_text(part)? else { return Ok(false) };
    let mut tags = Tags::of(part, &text);
    while let Some(tag) = tags.next()? {
        if tag.local() == "row" && tag.kind == Kind::Start {
            let (content, _) = tags.content(&tag)?;
            let anchored = decoded(text.get(content).unwrap_or("")).trim().parse::<u32>();
            if anchored.map_or(true, |anchored| anchored >= row) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn comment_reaches(package: &mut Package, part: &str, row: u32) -> Result<bool, PatchError> {
    let Some(text) = package.optional_text(part)? else { return Ok(false) };
    let mut tags = Tags::of(part, &text);
    while let Some(tag) = tags.next()? {
        let here = tag.opens() && matches!(tag.local(), "comment" | "threadedComment");
        if here
            && tag.attribute("ref").and_then(|at| at.parse::<CellRef>().ok()).is_none_or(|at| at.row >= row)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a VML part holds more than notes. It is not always XML, so it is looked at as text.
fn has_control(package: &mut Package, part: &str) -> bool {
    let Ok(Some(text)) = package.optional_text(part) else { return true };
    text.match_indices("ObjectType").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or("");
        !rest.trim_start_matches("ObjectType").trim_start_matches(['=', ' ', '"', '\'']).starts_with("Note")
    })
}
