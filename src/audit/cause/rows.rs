//! Figures that stand one row below or above their labels.

use crate::audit::Context;
use crate::layout::{Direction, Role, Shift, Table};

use super::evidence::{Evidence, Reading};

/// Columns whose figures stand in the neighbouring row.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftedRows {
    pub roles: Vec<Role>,
    pub shift: Shift,
    pub rows_right: usize,
    pub rows: usize,
    pub table: Table,
}

/// Expectations that hold, those that fail, and whether all columns went together.
type Rank = (usize, std::cmp::Reverse<usize>, bool);

/// The shift by one row that explains clearly more than the labels do: of all figure columns or of one, from some row
/// on, down or up, with the value at the end below the table, at the other end or gone.
pub fn shifted_rows(context: &Context<'_>, table: &Table) -> Option<ShiftedRows> {
    if !table.righting.shifts.is_empty() {
        return None;
    }
    let evidence = Evidence::of(context, table)?;
    let as_read = evidence.as_read(table);
    let straight = evidence.agreement(&as_read);
    if straight.fails() == 0 {
        return None;
    }
    let whole: Vec<usize> = (0..evidence.columns.len()).collect();
    let groups = std::iter::once(whole.clone()).chain(whole.into_iter().map(|column| vec![column]));
    let mut best: Option<(Rank, Shift, Vec<usize>)> = None;
    let (last_row, rows) = (evidence.rows.last()?.0, evidence.rows.len());
    for group in groups {
        let columns: Vec<u32> = group.iter().filter_map(|at| evidence.columns.get(*at).map(|(_, column)| *column)).collect();
        for (from, (first, _)) in evidence.rows.iter().enumerate() {
            if rows - from < 3 {
                break;
            }
            for (direction, ends) in [
                (Direction::Down, [Some(last_row + 1), Some(*first), None]),
                (Direction::Up, [first.checked_sub(1).filter(|_| from == 0), Some(last_row), None]),
            ] {
                for end in ends {
                    let shift = Shift { columns: columns.clone(), first: *first, last: last_row, direction, end };
                    let reading = Reading { shift: Some((shift.clone(), group.clone())), ..as_read.clone() };
                    let tally = evidence.agreement(&reading);
                    // Of equals the shift of all columns, and the one whose end is gone: nothing is taken from elsewhere.
                    let rank = (tally.holds, std::cmp::Reverse(tally.fails()), group.len() > 1);
                    let better = best
                        .as_ref()
                        .is_none_or(|(most, before, _)| rank > *most || rank == *most && end.is_none() && before.end.is_some());
                    if tally.explains(&straight) && better {
                        best = Some((rank, shift, group.clone()));
                    }
                }
            }
        }
    }
    let (_, shift, group) = best?;
    let reading = Reading { shift: Some((shift.clone(), group.clone())), ..as_read };
    let mut righted = table.clone();
    righted.righting.shifts.push(shift.clone());
    // A row without a label that only holds the pushed-out value is no row of its own.
    if let Some(end) = shift.end {
        righted.rows.retain(|row| row.row != end || !row.label.trim().is_empty());
    }
    let roles = group.iter().filter_map(|at| evidence.columns.get(*at).map(|(role, _)| *role)).collect();
    Some(ShiftedRows { roles, shift, rows_right: evidence.rows_right(&reading), rows, table: righted })
}
