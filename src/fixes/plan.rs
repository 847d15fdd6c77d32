//! Applying edits to a workbook in memory, and settling which fixes can go together.

use std::collections::BTreeSet;

use rust_decimal::prelude::ToPrimitive;

use super::{Edit, Fix, NewValue};
use crate::model::{Cell, CellRef, Format, Range, Span, Value, Workbook};

/// Why two fixes cannot be applied together: both touch `cell` of `sheet`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub sheet: usize,
    pub cell: CellRef,
}

/// Whether an edit leaves everything as it is: the cell holds this value already, in the same writing.
pub fn changes_nothing(workbook: &Workbook, edit: &Edit) -> bool {
    let Edit::Set { sheet, cell, value } = edit else { return false };
    let Some(found) = workbook.sheets.get(*sheet) else { return true };
    let old = found.grid.get(*cell).cloned().unwrap_or_default();
    let mut new = old.clone();
    put(&mut new, value, Formats::of(workbook));
    new == old
}

/// Whether cells have number formats of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Formats {
    OfCells,
    /// A text file has none: nothing in it can be made a text cell.
    None,
}

impl Formats {
    const fn of(workbook: &Workbook) -> Self {
        if matches!(workbook.format, Format::Text) { Self::None } else { Self::OfCells }
    }
}

/// Applies one edit. An edit of a sheet that is not there changes nothing.
/// A cell keeps its number format, save where it would make another thing of the value: a number goes out of a date
/// or text format, text that would be run as a formula into the text format. Its formula goes where a value is set.
pub fn apply(workbook: &mut Workbook, edit: &Edit) {
    let formats = Formats::of(workbook);
    let Some(sheet) = workbook.sheets.get_mut(edit.sheet()) else { return };
    match edit {
        Edit::Set { cell, value, .. } => {
            let mut new = sheet.grid.get(*cell).cloned().unwrap_or_default();
            put(&mut new, value, formats);
            sheet.grid.set(*cell, new);
        }
        Edit::InsertRow { row, cells, .. } => {
            sheet.grid.insert_row(*row);
            sheet.looks.insert_row(*row);
            for formula in &mut sheet.unwritable {
                formula.at.row += u32::from(formula.at.row >= *row);
            }
            if let Some(at) = usize::try_from(*row).ok().filter(|at| *at < sheet.field_counts.len()) {
                sheet.field_counts.insert(at, u32::try_from(cells.len()).unwrap_or(0));
            }
            for merge in &mut sheet.merges {
                *merge = shifted(*merge, *row);
            }
            for span in &mut sheet.hidden_rows {
                *span = Span {
                    first: span.first + u32::from(span.first >= *row),
                    last: span.last + u32::from(span.last >= *row),
                };
            }
            for (column, value) in cells {
                // The new row looks like the row above it.
                let model = row.checked_sub(1).and_then(|above| sheet.grid.get(CellRef::new(above, *column)));
                let mut new = Cell {
                    number_format: model.map(|cell| cell.number_format.clone()).unwrap_or_default(),
                    ..Cell::default()
                };
                put(&mut new, value, formats);
                sheet.grid.set(CellRef::new(*row, *column), new);
            }
        }
    }
}

fn shifted(range: Range, row: u32) -> Range {
    let move_down = |at: CellRef| CellRef::new(at.row + u32::from(at.row >= row), at.column);
    Range { start: move_down(range.start), end: move_down(range.end) }
}

fn put(cell: &mut Cell, value: &NewValue, formats: Formats) {
    cell.formula = None;
    if formats == Formats::OfCells
        && let Some(format) = value.format_instead_of(&cell.number_format)
    {
        cell.number_format = format;
    }
    cell.value = match value {
        NewValue::Number(number) => number.to_f64().map_or(Value::Empty, Value::Number),
        NewValue::Text(text) => Value::Text(text.as_str().into()),
        NewValue::Blank => Value::Empty,
        NewValue::Formula(formula) => {
            cell.formula = Some(formula.as_str().into());
            Value::Empty
        }
    };
}

/// The edits of several fixes in the order given, each fix whole or not at all: a fix that touches a cell which an
/// earlier one has set otherwise is left out and reported. Row insertions come last, so that no address moves.
pub fn merge_edits<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> (Vec<Edit>, Vec<Conflict>) {
    let mut taken: BTreeSet<(usize, CellRef)> = BTreeSet::new();
    let (mut sets, mut inserts, mut conflicts) = (Vec::new(), Vec::new(), Vec::new());
    for fix in fixes {
        let clash = fix.edits.iter().find_map(|edit| match edit {
            Edit::Set { sheet, cell, .. } if taken.contains(&(*sheet, *cell)) && !sets.contains(edit) => {
                Some(Conflict { sheet: *sheet, cell: *cell })
            }
            _ => None,
        });
        if let Some(clash) = clash {
            conflicts.push(clash);
            continue;
        }
        for edit in &fix.edits {
            match edit {
                Edit::Set { sheet, cell, .. } => {
                    if taken.insert((*sheet, *cell)) {
                        sets.push(edit.clone());
                    }
                }
                Edit::InsertRow { .. } => inserts.push(edit.clone()),
            }
        }
    }
    // From the bottom up: an insertion does not move the rows of those that follow.
    inserts.sort_by_key(|edit| match edit {
        Edit::InsertRow { sheet, row, .. } => (*sheet, std::cmp::Reverse(*row)),
        Edit::Set { sheet, .. } => (*sheet, std::cmp::Reverse(0)),
    });
    sets.extend(inserts);
    (sets, conflicts)
}
