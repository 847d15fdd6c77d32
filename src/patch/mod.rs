//! Lossless correction of .xlsx and .xlsm: edits spliced into the package's XML, everything else copied byte for byte.
//!
//! Knows cells and edits, no statistic and no rule. Never re-serialises a part, never evaluates a formula: results that
//! an edit makes stale are taken out, so that whoever opens the file computes them anew.

mod cells;
mod dependants;
pub mod docx;
mod error;
mod formula;
mod insert_row;
pub mod ods;
mod package;
mod record;
mod sheet;
mod styles;
pub mod text;
mod workbook;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

pub use error::{Obstacle, PatchError, Refusal};
pub use package::identical_parts;

use crate::fixes::{Edit, NewValue};
use crate::model::{CellRef, Range};
use cells::SetError;
use dependants::Formulas;
use formula::{Mention, Sheet as On};
use package::Package;
use sheet::SheetXml;
use styles::Styles;
use workbook::{WorkbookParts, relationships};
use xml::{Splices, Tags, escaped, with_attributes};

/// A patched package.
#[derive(Debug)]
pub struct Patched {
    pub bytes: Vec<u8>,
    /// Parts that differ from the original or were removed, in the package's order.
    pub changed_parts: Vec<String>,
    pub added_parts: Vec<String>,
    /// Parts copied with their compressed bytes.
    pub identical_parts: usize,
    /// Cells whose stored results were taken out because they depend on an edit, by sheet.
    pub stale: BTreeMap<usize, BTreeSet<CellRef>>,
}

impl Patched {
    /// A corrected text, which has no parts.
    pub const fn of_text(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            changed_parts: Vec::new(),
            added_parts: Vec::new(),
            identical_parts: 0,
            stale: BTreeMap::new(),
        }
    }
}

/// Where a record of text goes, as 校核记录.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordSheet {
    /// A new sheet. The first rows are its head.
    Appended {
        /// Gets a number if the workbook has a sheet of that name.
        name: String,
        rows: Vec<Vec<String>>,
    },
    /// Into a sheet that is there.
    Updated { sheet: usize, cells: Vec<(CellRef, NewValue)> },
}

/// Makes `edits` in their order and puts the record in. A sheet's index is its place in the workbook, chart sheets
/// counted. Without edits and record the package comes back as it is; on an error nothing was done.
pub fn apply(bytes: &[u8], edits: &[Edit], record: Option<&RecordSheet>) -> Result<Patched, PatchError> {
    let mut package = Package::open(bytes)?;
    if edits.is_empty() && record.is_none() {
        return Ok(Patched {
            bytes: bytes.to_vec(),
            changed_parts: Vec::new(),
            added_parts: Vec::new(),
            identical_parts: package.part_count(),
            stale: BTreeMap::new(),
        });
    }
    let mut patch = Patch {
        workbook: WorkbookParts::read(&mut package)?,
        package,
        touched: Vec::new(),
        pending: BTreeMap::new(),
        computes: false,
    };
    for edit in edits {
        match edit {
            Edit::Set { sheet, cell, value } => {
                patch.pending.entry(*sheet).or_default().insert(*cell, value.clone());
            }
            Edit::InsertRow { sheet, row, cells } => {
                patch.flush()?;
                patch.insert_row(*sheet, *row, cells)?;
            }
        }
    }
    if let Some(RecordSheet::Updated { sheet, cells }) = record {
        patch.pending.entry(*sheet).or_default().extend(cells.iter().cloned());
    }
    patch.flush()?;
    let stale = patch.drop_stale_results()?;
    patch.workbook.no_longer_template(&mut patch.package)?;
    if let Some(RecordSheet::Appended { name, rows }) = record {
        patch.workbook.append_sheet(&mut patch.package, name, rows)?;
    }
    Ok(Patched { stale, ..patch.package.finish()? })
}

struct Patch<'a> {
    package: Package<'a>,
    workbook: WorkbookParts,
    /// Areas whose values changed, as they lie now.
    touched: Vec<(usize, Range)>,
    /// Cells set since the last row insertion, by sheet.
    pending: BTreeMap<usize, BTreeMap<CellRef, NewValue>>,
    /// A formula was written, which has no result yet.
    computes: bool,
}

impl Patch<'_> {
    /// The name and the part of a worksheet.
    fn worksheet(&self, sheet: usize) -> Result<(String, String), PatchError> {
        let found = self.workbook.sheets.get(sheet).ok_or(PatchError::NoSheet(sheet.saturating_add(1)))?;
        if !found.is_worksheet {
            return Err(PatchError::NotWorksheet(found.name.clone()));
        }
        Ok((found.name.clone(), found.part.clone()))
    }

    /// Writes the pending cells into their sheets.
    fn flush(&mut self) -> Result<(), PatchError> {
        for (sheet, values) in std::mem::take(&mut self.pending) {
            let (name, part) = self.worksheet(sheet)?;
            let refuse = |cell, reason| PatchError::Cell { sheet: name.clone(), cell, reason };
            for (range, reason) in self.owned_areas(&part)? {
                if let Some(at) = values.keys().find(|at| range.contains(**at)) {
                    return Err(refuse(*at, reason));
                }
            }
            let text = self.package.text(&part)?;
            let mut styles = Styles::read(&mut self.package, &self.workbook.part)?;
            let set = cells::set(&part, &text, &values, &mut |own, value| styles.instead_of(own, value))
                .map_err(|error| match error {
                    SetError::Refused(cell, reason) => refuse(cell, reason),
                    SetError::Part(error) => error,
                })?;
            styles.write(&mut self.package)?;
            if set.text == text {
                continue;
            }
            self.package.set_text(&part, set.text)?;
            let gone: BTreeSet<String> = set.formulas_gone.iter().map(CellRef::to_string).collect();
            let still_formula = |at: &CellRef| matches!(values.get(at), Some(NewValue::Formula(_)));
            if set.formulas_gone.iter().any(|at| !still_formula(at)) {
                let gone = |on: usize, address: &str| {
                    on == sheet
                        && gone.contains(address)
                        && address.parse().is_ok_and(|at| !still_formula(&at))
                };
                self.workbook.drop_from_calc_chain(&mut self.package, gone)?;
            }
            self.computes |= values.values().any(|value| matches!(value, NewValue::Formula(_)));
            self.touched.extend(values.keys().map(|at| (sheet, Range::cell(*at))));
        }
        Ok(())
    }

    /// Cells of a sheet that another part owns: headers and totals of tables, output of pivot tables.
    fn owned_areas(&mut self, part: &str) -> Result<Vec<(Range, Refusal)>, PatchError> {
        let mut areas = Vec::new();
        for relationship in relationships(&mut self.package, part)? {
            let target = relationship.target;
            match relationship.kind.as_str() {
                "table" => areas.extend(
                    table(&mut self.package, &target)?.into_iter().flat_map(|table| table.fixed_rows()),
                ),
                "pivotTable" => areas.extend(
                    pivot_output(&mut self.package, &target)?
                        .map(|(range, name)| (range, Refusal::PivotOutput(name))),
                ),
                _ => {}
            }
        }
        Ok(areas)
    }

    /// Takes out the stored results that depend on what was touched, and asks for a calculation on load.
    fn drop_stale_results(&mut self) -> Result<BTreeMap<usize, BTreeSet<CellRef>>, PatchError> {
        let mut formulas = Formulas::new(&self.workbook);
        for sheet in 0..self.workbook.sheets.len() {
            let Ok((_, part)) = self.worksheet(sheet) else { continue };
            if self.package.may_hold_formulas(&part)? {
                let text = self.package.text(&part)?;
                let xml = SheetXml::read(&part, &text)?;
                formulas.add_sheet(&self.workbook, sheet, &xml, &text);
            }
        }
        if formulas.is_empty() {
            return Ok(BTreeMap::new());
        }
        let stale = formulas.stale(&self.touched);
        for (sheet, cells) in &stale {
            let (_, part) = self.worksheet(*sheet)?;
            let text = self.package.text(&part)?;
            let text = without_results(&part, &text, cells)?;
            self.package.set_text(&part, text)?;
        }
        if self.computes || !stale.is_empty() {
            self.workbook.calculate_on_load(&mut self.package)?;
        }
        Ok(stale)
    }
}

/// Of formulas whose results alone were kept, given by sheet, cell and text, those that read a cell which `edits` or
/// the results that went with them changed. What cannot be told counts as read.
pub fn outdated<'f>(
    formulas: &'f [(usize, CellRef, String)],
    sheets: &[&str],
    edits: &[Edit],
    stale: &BTreeMap<usize, BTreeSet<CellRef>>,
) -> Vec<&'f (usize, CellRef, String)> {
    let mut touched = stale.clone();
    let mut moved = false;
    for edit in edits {
        match edit {
            Edit::Set { sheet, cell, .. } => drop(touched.entry(*sheet).or_default().insert(*cell)),
            Edit::InsertRow { .. } => moved = true,
        }
    }
    let meets = |sheet: usize, range: Range| {
        touched
            .get(&sheet)
            .is_some_and(|cells| cells.range(range.start..=range.end).any(|at| range.contains(*at)))
    };
    let named = |name: &str| sheets.iter().position(|sheet| sheet.to_lowercase() == name.to_lowercase());
    let reads = |sheet: usize, text: &str| {
        text.is_empty()
            || formula::mentions(text).into_iter().any(|mention| match mention {
                Mention::Reference { sheet: On::Own, area, .. } => meets(sheet, area.range()),
                Mention::Reference { sheet: On::Named(name), area, .. } => {
                    named(&name).is_some_and(|sheet| meets(sheet, area.range()))
                }
                Mention::Reference { sheet: On::External, .. } => false,
                Mention::Name(_) | Mention::Opaque | Mention::AcrossSheets => true,
            })
    };
    if touched.is_empty() && !moved {
        return Vec::new();
    }
    let set = |sheet: usize, at: CellRef| {
        edits
            .iter()
            .any(|edit| matches!(edit, Edit::Set { sheet: s, cell, .. } if (*s, *cell) == (sheet, at)))
    };
    formulas.iter().filter(|(sheet, at, text)| moved || reads(*sheet, text) && !set(*sheet, *at)).collect()
}

/// A package with other results stored beside its formulas, by sheet: a text as such, `None` where nothing is stored.
pub fn with_results(
    bytes: &[u8],
    results: &BTreeMap<usize, BTreeMap<CellRef, Option<String>>>,
) -> Result<Vec<u8>, PatchError> {
    if results.is_empty() {
        return Ok(bytes.to_vec());
    }
    let mut package = Package::open(bytes)?;
    let workbook = WorkbookParts::read(&mut package)?;
    for (sheet, results) in results {
        let part =
            workbook.sheets.get(*sheet).ok_or(PatchError::NoSheet(sheet.saturating_add(1)))?.part.clone();
        let text = package.text(&part)?;
        let mut splices = Splices::default();
        for cell in SheetXml::read(&part, &text)?.cells() {
            let (Some(result), Some(value)) = (results.get(&cell.at), cell.value.clone()) else { continue };
            let tag = text.get(cell.element.tag.clone()).unwrap_or("");
            let (kind, stored) = match result {
                Some(result) => (
                    &[("t", "str")][..],
                    format!("<v xml:space=\"preserve\">{}</v>", escaped(&cells::xstring(result))),
                ),
                None => (&[][..], String::new()),
            };
            splices.replace(cell.element.tag.clone(), with_attributes(tag, &["t"], kind));
            splices.replace(value, stored);
        }
        let text = splices.apply(&text);
        package.set_text(&part, text)?;
    }
    Ok(package.finish()?.bytes)
}

/// The sheet's XML with the stored results of some cells taken out; their formulas stay.
fn without_results(part: &str, text: &str, cells: &BTreeSet<CellRef>) -> Result<String, PatchError> {
    let xml = SheetXml::read(part, text)?;
    let mut splices = Splices::default();
    for cell in xml.cells().filter(|cell| cells.contains(&cell.at)) {
        let Some(value) = cell.value.clone() else { continue };
        let tag = text.get(cell.element.tag.clone()).unwrap_or("");
        let bare = with_attributes(tag, &["t"], &[]);
        if bare != tag {
            splices.replace(cell.element.tag.clone(), bare);
        }
        splices.replace(value, "");
    }
    Ok(splices.apply(text))
}

/// A table's extent and its rows that mirror its definition.
struct Table {
    name: String,
    range: Range,
    header_rows: u32,
    totals_rows: u32,
}

impl Table {
    fn fixed_rows(self) -> Vec<(Range, Refusal)> {
        let Range { start, end } = self.range;
        let reason = || Refusal::TableHeader(self.name.clone());
        let mut rows = Vec::new();
        if let Some(last) = self.header_rows.checked_sub(1) {
            rows.push((
                Range { start, end: CellRef::new(start.row.saturating_add(last), end.column) },
                reason(),
            ));
        }
        if let Some(more) = self.totals_rows.checked_sub(1) {
            rows.push((
                Range { start: CellRef::new(end.row.saturating_sub(more), start.column), end },
                reason(),
            ));
        }
        rows
    }
}

fn table(package: &mut Package, part: &str) -> Result<Option<Table>, PatchError> {
    let Some(text) = package.optional_text(part)? else { return Ok(None) };
    let mut tags = Tags::of(part, &text);
    let Some(root) = tags.next()? else { return Ok(None) };
    let count = |name, default| root.attribute(name).and_then(|value| value.parse().ok()).unwrap_or(default);
    let Some(range) = root.attribute("ref").and_then(|value| value.parse().ok()) else { return Ok(None) };
    let name =
        root.attribute("displayName").or_else(|| root.attribute("name")).unwrap_or_default().into_owned();
    Ok(Some(Table {
        name,
        range,
        header_rows: count("headerRowCount", 1),
        totals_rows: count("totalsRowCount", 0),
    }))
}

fn pivot_output(package: &mut Package, part: &str) -> Result<Option<(Range, String)>, PatchError> {
    let Some(text) = package.optional_text(part)? else { return Ok(None) };
    let mut tags = Tags::of(part, &text);
    let mut name = String::new();
    while let Some(tag) = tags.next()? {
        match tag.local() {
            "pivotTableDefinition" if tag.opens() => {
                name = tag.attribute("name").unwrap_or_default().into_owned()
            }
            "location" if tag.opens() => {
                return Ok(tag
                    .attribute("ref")
                    .and_then(|value| value.parse().ok())
                    .map(|range| (range, name)));
            }
            _ => {}
        }
    }
    Ok(None)
}
