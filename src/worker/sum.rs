//! What selected cells come to, as the bar below a sheet says it: their numbers as the audit reads them.

use std::collections::BTreeSet;

use crate::model::{Decimal, Span, Workbook, Written, read_cell, rounded};

use super::protocol::{Area, Sum, Total};

/// Digits behind the point of an average.
const PLACES: u32 = 4;

/// What the cells of an area come to; those that are hidden do not count. A sum is said only where all numbers are of
/// one unit, and none is in doubt.
pub(super) fn of(workbook: Option<&Workbook>, sheet: u32, area: Area) -> Sum {
    let sheet = usize::try_from(sheet).ok().and_then(|at| workbook?.sheets.get(at));
    let Some(sheet) = sheet else { return Sum::default() };
    let hides = |spans: &[Span], at: u32| spans.iter().any(|span| span.contains(at));
    let cells = sheet.grid.rows(area.top, area.bottom).filter(|(at, cell)| {
        (area.left..=area.right).contains(&at.column)
            && !hides(&sheet.hidden_columns, at.column)
            && !hides(&sheet.hidden_rows, at.row)
            && !cell.shown().trim().is_empty()
    });
    let (mut filled, mut numbers) = (0_u32, 0_u32);
    let mut sum = Some(Decimal::ZERO);
    let (mut units, mut bare, mut share) = (BTreeSet::new(), false, false);
    for (_, cell) in cells {
        filled += 1;
        let written = read_cell(cell, "");
        if written.number().is_none() {
            continue;
        }
        numbers += 1;
        sum = sum.zip(written.certain()).and_then(|(sum, number)| sum.checked_add(number));
        share |= written.is_share();
        match written {
            Written { unit: Some(unit), .. } => {
                units.insert(unit);
            }
            Written { unit: None, .. } => bare = true,
        }
    }
    // A bare number goes with a unit as it does in a column of figures, but 0.7 is not 0.7%.
    let one = units.len() <= 1 && !(share && bare);
    let total = sum.filter(|_| one && numbers > 0).and_then(|sum| {
        let average = sum.checked_div(Decimal::from(numbers))?;
        Some(Total {
            sum: sum.normalize().to_string(),
            average: rounded(average, PLACES).normalize().to_string(),
            unit: units.pop_first().unwrap_or_default(),
        })
    });
    Sum { filled, numbers, total }
}
