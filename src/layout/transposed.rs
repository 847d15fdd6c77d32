//! Tables that lie on their side: indicators across, cities or measures down.
//!
//! Such a sheet is read with rows and columns exchanged; every address goes back through [`exchanged`].

use crate::model::{CellRef, Grid, Range, Sheet, Workbook};

use super::candidates::candidates;
use super::columns::Vocabulary;
use super::hints::Hints;
use super::identity::{Identity, Source, identity};
use super::table::{Arrangement, Form, Table};

/// A sheet on its side has as many columns as indicators; beyond this it is a data table of another kind.
const MOST: u32 = 400;
const MOST_CELLS: usize = 20_000;

/// The address with row and column exchanged.
pub(super) const fn exchanged(at: CellRef) -> CellRef {
    CellRef::new(at.column, at.row)
}

/// The range with rows and columns exchanged.
pub(super) const fn exchanged_range(range: Range) -> Range {
    Range { start: exchanged(range.start), end: exchanged(range.end) }
}

/// The workbook with the table's sheet put upright, and the table in it; `None` where there is none either way.
pub(super) fn find_transposed(
    workbook: &Workbook,
    file_name: &str,
    vocabulary: &Vocabulary<'_>,
    hints: &Hints,
) -> Option<(Workbook, Table)> {
    let breakdown = vocabulary.breakdown;
    let mut best: Option<(u32, Table, Sheet)> = None;
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        let Some(upright) = upright(sheet) else { continue };
        for (score, table) in candidates(index, &upright, vocabulary, Hints::NONE).into_iter().flatten() {
            if table.form != Form::Summary && best.as_ref().is_none_or(|(most, ..)| score > *most) {
                best = Some((score, table, upright.clone()));
            }
        }
    }
    let (_, mut table, upright) = best?;
    let lying = Table { range: exchanged_range(table.range), ..table.clone() };
    table.identity = workbook
        .sheets
        .get(table.sheet)
        .map_or_else(Identity::default, |sheet| identity(sheet, &lying, &[], file_name, breakdown, hints));
    let turn = |source: &mut Source| {
        if let Source::Line(at) | Source::Title(at) | Source::Header(at) = source {
            *at = exchanged(*at);
        }
    };
    table.identity.cities.iter_mut().for_each(|sighting| turn(&mut sighting.source));
    table.identity.periods.iter_mut().for_each(|sighting| turn(&mut sighting.source));
    table.arrangement = Arrangement::Transposed;
    let mut turned = workbook.clone();
    *turned.sheets.get_mut(table.sheet)? = upright;
    Some((turned, table))
}

fn upright(sheet: &Sheet) -> Option<Sheet> {
    if sheet.grid.cells().count() > MOST_CELLS
        || sheet.grid.cells().any(|(at, _)| at.row >= MOST || at.column >= MOST)
    {
        return None;
    }
    Some(Sheet {
        grid: Grid::from_cells(
            sheet.grid.cells().map(|(at, cell)| (exchanged(at), cell.clone())).collect::<Vec<_>>(),
        ),
        merges: sheet.merges.iter().map(|merge| exchanged_range(*merge)).collect(),
        hidden_rows: sheet.hidden_columns.clone(),
        hidden_columns: sheet.hidden_rows.clone(),
        field_counts: Vec::new(),
        ..sheet.clone()
    })
}
