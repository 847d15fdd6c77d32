//! Which formulas depend on touched cells, across sheets. Reads references, evaluates nothing; in doubt a formula
//! depends.

use std::collections::{BTreeMap, BTreeSet};

use super::formula::{Mention, Sheet, mentions};
use super::sheet::{FormulaKind, SheetXml, spelled};
use super::workbook::WorkbookParts;
use super::xml::attributes;
use crate::model::{CellRef, Range};

/// One formula of the workbook.
struct Formula {
    sheet: usize,
    at: CellRef,
    /// The cells that show its result: more than one for an array.
    shows: Vec<CellRef>,
    reads: Vec<(usize, Range)>,
    opaque: bool,
}

/// The formulas of a workbook, to be asked what depends on what.
pub struct Formulas {
    names: BTreeMap<String, NameMeaning>,
    list: Vec<Formula>,
    /// How many more cells may be looked at for arrays: a small file can declare many large ones.
    looks_left: usize,
}

#[derive(Default)]
struct NameMeaning {
    reads: Vec<(usize, Range)>,
    opaque: bool,
}

impl Formulas {
    pub fn new(workbook: &WorkbookParts) -> Self {
        let mut names: BTreeMap<String, NameMeaning> = BTreeMap::new();
        for name in &workbook.names {
            // A name may mean one thing in the workbook and another on a sheet: both count.
            let meaning = names.entry(name.name.to_lowercase()).or_default();
            for mention in mentions(&name.formula) {
                match mention {
                    Mention::Reference { sheet: Sheet::Named(sheet), area, .. } if area.is_absolute() => {
                        match workbook.sheet_named(&sheet) {
                            Some(sheet) => meaning.reads.push((sheet, area.range())),
                            None => meaning.opaque = true,
                        }
                    }
                    Mention::Reference { sheet: Sheet::External, .. } => {}
                    _ => meaning.opaque = true,
                }
            }
        }
        Self { names, list: Vec::new(), looks_left: LOOK_LIMIT }
    }

    pub fn add_sheet(&mut self, workbook: &WorkbookParts, sheet: usize, xml: &SheetXml, text: &str) {
        let mut cells: Vec<CellRef> = xml.cells().map(|cell| cell.at).collect();
        cells.sort_unstable();
        let mut shown_by = |range: Range| {
            let rows = cells.partition_point(|at| at.row < range.start.row)
                ..cells.partition_point(|at| at.row <= range.end.row);
            let band = cells.get(rows).unwrap_or_default();
            let band = band.get(..band.len().min(self.looks_left)).unwrap_or_default();
            self.looks_left -= band.len();
            band.iter().copied().filter(|at| range.contains(*at)).collect::<Vec<_>>()
        };
        for found in spelled(xml, text) {
            let mut formula = Formula {
                sheet,
                at: found.at,
                shows: vec![found.at],
                reads: Vec::new(),
                opaque: found.text.is_none(),
            };
            match found.xml.kind {
                FormulaKind::Array(range) if range.start != range.end => {
                    formula.shows.extend(shown_by(range))
                }
                FormulaKind::DataTable(range) => {
                    formula.shows.extend(shown_by(range));
                    // The formulas and values along its upper and left edge, and the cells they are put into
                    // (18.3.1.40).
                    let edge =
                        CellRef::new(range.start.row.saturating_sub(1), range.start.column.saturating_sub(1));
                    formula.reads.push((sheet, Range { start: edge, end: range.end }));
                    let tag = text.get(found.xml.tag.clone()).unwrap_or("");
                    let inputs = attributes(tag).filter(|attribute| matches!(attribute.name, "r1" | "r2"));
                    formula.reads.extend(
                        inputs.filter_map(|input| Some((sheet, Range::cell(input.value.parse().ok()?)))),
                    );
                }
                FormulaKind::Array(_) | FormulaKind::Normal | FormulaKind::Shared { .. } => {}
            }
            for mention in mentions(found.text.as_deref().unwrap_or("")) {
                match mention {
                    Mention::Reference { sheet: Sheet::Own, area, .. } => {
                        formula.reads.push((sheet, area.range()))
                    }
                    Mention::Reference { sheet: Sheet::Named(name), area, .. } => {
                        // A sheet that is not there is #REF!, whatever changes.
                        formula.reads.extend(workbook.sheet_named(&name).map(|sheet| (sheet, area.range())));
                    }
                    Mention::Reference { sheet: Sheet::External, .. } => {}
                    Mention::Name(name) => match self.names.get(&name.to_lowercase()) {
                        Some(meaning) => {
                            formula.reads.extend(meaning.reads.iter().copied());
                            formula.opaque |= meaning.opaque;
                        }
                        None => formula.opaque = true,
                    },
                    Mention::Opaque | Mention::AcrossSheets => formula.opaque = true,
                }
            }
            self.list.push(formula);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The cells whose stored results no longer hold once `touched` has changed, by sheet.
    pub fn stale(&self, touched: &[(usize, Range)]) -> BTreeMap<usize, BTreeSet<CellRef>> {
        let mut stale: BTreeMap<usize, BTreeSet<CellRef>> = BTreeMap::new();
        if touched.is_empty() {
            return stale;
        }
        let mut dirty = Dirty::default();
        let mut waiting: Vec<&Formula> = Vec::new();
        for formula in &self.list {
            let overlaps = |(sheet, range): &(usize, Range)| {
                touched.iter().any(|(s, t)| s == sheet && overlap(range, t))
            };
            if formula.opaque || formula.reads.iter().any(overlaps) {
                dirty.mark(formula, &mut stale)
            } else {
                waiting.push(formula)
            }
        }
        // Down the list and up again: chains that run either way settle in a pass or two.
        for pass in 0.. {
            let before = waiting.len();
            let mut settle = |formula: &&Formula| {
                let depends = pass >= MAX_PASSES
                    || formula.reads.iter().any(|(sheet, range)| dirty.meets(*sheet, range));
                if depends {
                    dirty.mark(formula, &mut stale);
                }
                !depends
            };
            waiting.retain(&mut settle);
            waiting.reverse();
            if waiting.len() == before {
                break;
            }
        }
        stale
    }
}

const LOOK_LIMIT: usize = 4_000_000;

/// After so many passes over a knot of formulas the rest counts as dependent.
const MAX_PASSES: usize = 200;

/// Cells known to be stale, by sheet and column.
#[derive(Default)]
struct Dirty(BTreeMap<(usize, u32), BTreeSet<u32>>);

impl Dirty {
    fn mark(&mut self, formula: &Formula, stale: &mut BTreeMap<usize, BTreeSet<CellRef>>) {
        debug_assert!(formula.shows.contains(&formula.at));
        for at in &formula.shows {
            self.0.entry((formula.sheet, at.column)).or_default().insert(at.row);
            stale.entry(formula.sheet).or_default().insert(*at);
        }
    }

    fn meets(&self, sheet: usize, range: &Range) -> bool {
        let columns = self.0.range((sheet, range.start.column)..=(sheet, range.end.column));
        columns.into_iter().any(|(_, rows)| rows.range(range.start.row..=range.end.row).next().is_some())
    }
}

fn overlap(a: &Range, b: &Range) -> bool {
    a.start.row <= b.end.row
        && b.start.row <= a.end.row
        && a.start.column <= b.end.column
        && b.start.column <= a.end.column
}
