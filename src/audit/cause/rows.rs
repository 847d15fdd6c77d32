//! Figures that stand one row below or above their labels.

use crate::audit::Context;
use crate::layout::{Direction, Role, Shift, Table};
use crate::model::{CellRef, Meaning, read_value, total};

use super::CLEARLY;
use super::evidence::{Evidence, Reading};
use super::kind::is_growth_or_total;

/// Columns whose figures stand in the neighbouring row.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftedRows {
    pub roles: Vec<Role>,
    pub shift: Shift,
    pub rows_right: usize,
    pub rows: usize,
    pub table: Table,
}

/// Expectations that hold, those that fail, whether all columns went together; whether the cell where it began is
/// blank, and whether the pushed-out value stands where it is said to.
type Rank = (usize, std::cmp::Reverse<usize>, bool, [bool; 3]);

/// The shift by one row that explains clearly more than the labels do: of all figure columns or of one, from some row
/// on, down or up, with the value at the end below the table, at the other end or gone.
pub fn shifted_rows(context: &Context<'_>, table: &Table) -> Option<ShiftedRows> {
    if !table.interpretation.shifts.is_empty() {
        return None;
    }
    if is_growth_or_total(context, table) {
        return None;
    }
    let evidence = Evidence::of(context, table)?;
    let as_read = evidence.as_read(table);
    let straight = evidence.agreement(&as_read);
    if straight.fails() == 0 {
        return None;
    }
    // A rate stands beside its figures wherever they went.
    let rate = table.column(Role::Rate).map(|column| column.index);
    let whole: Vec<usize> = (0..evidence.columns.len()).collect();
    // A typed rate may have stayed where it was.
    let figures: Vec<usize> = (0..evidence.columns.len())
        .filter(|at| evidence.columns.get(*at).is_some_and(|(role, _)| *role != Role::Rate))
        .collect();
    let figures = Some(figures).filter(|figures| figures.len() > 1 && figures.len() < whole.len());
    let groups =
        std::iter::once(whole.clone()).chain(figures).chain(whole.into_iter().map(|column| vec![column]));
    let mut best: Option<(Rank, Shift, Vec<usize>)> = None;
    let (last_row, rows) = (evidence.rows.last()?.0, evidence.rows.len());
    for group in groups {
        let columns: Vec<u32> =
            group.iter().filter_map(|at| evidence.columns.get(*at).map(|(_, column)| *column)).collect();
        for (from, (first, _)) in evidence.rows.iter().enumerate() {
            if rows - from < 3 {
                break;
            }
            for (direction, ends) in [
                (Direction::Down, [Some(last_row + 1), Some(*first), None]),
                (Direction::Up, [first.checked_sub(1).filter(|_| from == 0), Some(last_row), None]),
            ] {
                for end in ends {
                    let shift =
                        Shift { columns: columns.clone(), first: *first, last: last_row, direction, end };
                    let reading = Reading { shift: Some((shift.clone(), group.clone())), ..as_read.clone() };
                    let tally = evidence.agreement(&reading);
                    // Of equals the shift of all columns, the one that begins at a blank, the one that says where the
                    // pushed-out value went.
                    let found = end.is_some_and(|end| {
                        let of_figures = columns.iter().filter(|column| Some(**column) != rate);
                        of_figures
                            .map(|column| CellRef::new(end, *column))
                            .any(|at| evidence.is_strange(table, at))
                    });
                    let opened = if direction == Direction::Down { *first } else { last_row };
                    let blank = columns
                        .iter()
                        .filter(|column| Some(**column) != rate)
                        .all(|column| *evidence.meaning(CellRef::new(opened, *column)) == Meaning::Blank);
                    let rank = (
                        tally.holds,
                        std::cmp::Reverse(tally.fails()),
                        group.len() > 1,
                        [blank, found == end.is_some(), found],
                    );
                    let better = best.as_ref().is_none_or(|(most, ..)| rank > *most);
                    // One column of counts under a live rate has no figure to be known by, only its order and size.
                    let of_counts = || {
                        let counts = |at: &usize| {
                            matches!(evidence.columns.get(*at), Some((Role::Current | Role::Previous, _)))
                        };
                        group.len() == 1 && group.iter().all(counts)
                    };
                    if (tally.explains(&straight) || of_counts() && tally.settles(&straight)) && better {
                        best = Some((rank, shift, group.clone()));
                    }
                }
            }
        }
    }
    let (_, mut shift, mut group) = best?;
    // Of all columns together those stay that agree better where they are.
    for at in group.clone() {
        let with = |group: &[usize]| {
            evidence.agreement(&Reading { shift: Some((shift.clone(), group.to_vec())), ..as_read.clone() })
        };
        let others: Vec<usize> = group.iter().copied().filter(|other| *other != at).collect();
        if group.len() > 2 && with(&others).fails() < with(&group).fails() {
            group = others;
        }
    }
    let left: Vec<u32> =
        group.iter().filter_map(|at| evidence.columns.get(*at).map(|(_, column)| *column)).collect();
    shift.columns.retain(|column| left.contains(column));
    if group.len() == evidence.columns.len() {
        shift.columns.extend(total_beside(context, table, &shift));
    }
    let reading = Reading { shift: Some((shift.clone(), group.clone())), ..as_read };
    let mut as_meant = table.clone();
    as_meant.interpretation.shifts.push(shift.clone());
    // A row without a label that only holds the pushed-out value is no row of its own.
    if let Some(end) = shift.end {
        as_meant.rows.retain(|row| row.row != end || !row.label.trim().is_empty());
    }
    let roles = group.iter().filter_map(|at| evidence.columns.get(*at).map(|(role, _)| *role)).collect();
    Some(ShiftedRows { roles, shift, rows_right: evidence.rows_right(&reading), rows, table: as_meant })
}

/// The total column, where its figures have slipped with those of the cities: more totals agree that way than as read.
fn total_beside(context: &Context<'_>, table: &Table, shift: &Shift) -> Option<u32> {
    let sheet = context.input.workbook.sheets.get(table.sheet)?;
    let column = table.column(Role::Total)?.index;
    let agreeing = |source: &dyn Fn(u32) -> Option<u32>| {
        table
            .indicator_rows()
            .filter(|(row, found)| {
                let stated = source(row.row)
                    .and_then(|row| read_value(sheet.grid.value(CellRef::new(row, column))).certain());
                let targets =
                    context.indicator(found.indicator).map(|indicator| indicator.targets.iter().flatten());
                stated.is_some() && stated == targets.map(total)
            })
            .count()
    };
    (agreeing(&|row| shift.source(row)) >= agreeing(&Some) + CLEARLY).then_some(column)
}
