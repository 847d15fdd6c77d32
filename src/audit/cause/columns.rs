//! Figures that stand under each other's headers, or a column beside their own.

use crate::audit::Context;
use crate::breakdown::CityId;
use crate::layout::{Form, Role, Table};
use crate::model::{CellRef, Decimal, Meaning};

use super::assignment::{best_assignment, permute};
use super::evidence::{Evidence, Reading, Tally, is_due};
use super::explains;
use super::scale::FACTORS;

/// Columns whose figures stand elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// For each: its own column, and the column where its figures stand; `None` if they are gone.
    pub columns: Vec<(Role, u32, Option<u32>)>,
    /// Rows that agree with the breakdown after the columns are put back.
    pub rows_right: usize,
    pub rows: usize,
    /// The table with each column where its figures stand.
    pub table: Table,
}

/// The permutation of the figure columns that explains clearly more than the headers do, if there is one.
pub fn permutation(context: &Context<'_>, table: &Table) -> Option<Moved> {
    let evidence = Evidence::of(context, table)?;
    let as_read = evidence.as_read(table);
    let own: Vec<u32> = evidence.columns.iter().map(|(_, column)| *column).collect();
    if own.len() < 2 {
        return None;
    }
    let candidate = match evidence.form {
        Form::Breakdown => {
            // A swap is seen through a magnitude too: 万 in every column hides no exchange.
            let score = city_scores(&evidence);
            let (best, assignment) = best_assignment(&score)?;
            let straight: usize = score.iter().enumerate().filter_map(|(city, row)| row.get(city)).sum();
            // Each column that is said to have moved must have come from somewhere.
            let found = |(city, at): (usize, &usize)| {
                city == *at || score.get(city).and_then(|row| row.get(*at)).is_some_and(|rows| rows * 2 >= evidence.rows.len())
            };
            (explains(best, straight, evidence.rows.len() * own.len()) && assignment.iter().enumerate().all(found)).then_some(assignment)
        }
        _ => {
            let mut all = Vec::new();
            permute(&mut (0..own.len()).collect::<Vec<_>>(), 0, &mut all);
            let reading = |order: &[usize]| Reading { sources: order.iter().map(|at| own.get(*at).copied()).collect(), ..as_read.clone() };
            let straight = evidence.agreement(&as_read);
            let moves = |order: &[usize]| order.iter().enumerate().filter(|(i, j)| i != *j).count();
            let beside = best_beside(&evidence, &as_read).map_or(0, |(tally, _)| tally.holds);
            all.into_iter()
                .map(|order| (evidence.agreement(&reading(&order)), order))
                .filter(|(tally, _)| (tally.explains(&straight) || tally.puts_in_order(&straight)) && tally.holds >= beside)
                .max_by_key(|(tally, order)| (tally.holds, std::cmp::Reverse(moves(order))))
                .map(|(_, order)| order)
        }
    }?;
    let sources: Vec<Option<u32>> = candidate.iter().map(|at| own.get(*at).copied()).collect();
    moved(&evidence, table, sources)
}

/// Figures that stand one column beside their headers, from some column on to the right.
pub fn moved_columns(context: &Context<'_>, table: &Table) -> Option<Moved> {
    let evidence = Evidence::of(context, table)?;
    let as_read = evidence.as_read(table);
    let (_, mut sources) = best_beside(&evidence, &as_read)?;
    // A column that has nothing of its own where it was pushed to is gone.
    for (at, source) in sources.iter_mut().enumerate() {
        let Some((role, own)) = evidence.columns.get(at) else { continue };
        let outside = source.is_some_and(|column| column != *own && !evidence.columns.iter().any(|(_, other)| *other == column));
        if outside && !holds_figures(&evidence, *role, *source) {
            *source = None;
        }
    }
    moved(&evidence, table, sources)
}

/// The best reading with columns beside their headers, if one explains clearly more: expectations that hold, and where
/// each column stands.
fn best_beside(evidence: &Evidence<'_>, as_read: &Reading) -> Option<(Tally, Vec<Option<u32>>)> {
    let own: Vec<u32> = evidence.columns.iter().map(|(_, column)| *column).collect();
    let straight = evidence.agreement(as_read);
    let mut best: Option<(Tally, Vec<Option<u32>>)> = None;
    for from in 0..own.len() {
        let right = own.iter().enumerate().map(|(at, column)| Some(if at < from { *column } else { *column + 1 }));
        // Pushed to the left, the first of them has run over its neighbour.
        let left = own.iter().enumerate().map(|(at, column)| if at < from { Some(*column) } else { column.checked_sub(1) });
        let overwritten =
            own.iter().enumerate().map(|(at, column)| if at == from { None } else { Some(if at < from { *column } else { *column - 1 }) });
        for sources in [right.collect::<Vec<_>>(), left.collect(), overwritten.collect()] {
            let tally = evidence.agreement(&Reading { sources: sources.clone(), ..as_read.clone() });
            if tally.explains(&straight) && best.as_ref().is_none_or(|(most, _)| tally.holds > most.holds) {
                best = Some((tally, sources));
            }
        }
    }
    best
}

fn holds_figures(evidence: &Evidence<'_>, role: Role, source: Option<u32>) -> bool {
    let Some(column) = source else { return false };
    evidence.rows.iter().any(|(row, indicator)| {
        let meaning = evidence.meaning(CellRef::new(*row, column));
        match role {
            Role::City(city) => evidence.target(*indicator, city).is_some() && is_due(meaning, evidence.target(*indicator, city)),
            _ => matches!(meaning, Meaning::Number(_)),
        }
    })
}

fn moved(evidence: &Evidence<'_>, table: &Table, sources: Vec<Option<u32>>) -> Option<Moved> {
    let columns: Vec<(Role, u32, Option<u32>)> = evidence
        .columns
        .iter()
        .zip(&sources)
        .filter(|((_, own), source)| Some(*own) != **source)
        .map(|((role, own), source)| (*role, *own, *source))
        .collect();
    if columns.is_empty() {
        return None;
    }
    let mut righted = table.clone();
    for (role, own, source) in &columns {
        match source {
            Some(source) => {
                if let Some(column) = righted.columns.iter_mut().find(|column| column.role == *role && column.index == *own) {
                    column.index = *source;
                }
            }
            None => righted.righting.lost.push(*role),
        }
    }
    // What has been run over is no column of its own kind any more.
    let taken: Vec<u32> = columns.iter().filter_map(|(.., source)| *source).collect();
    let moved_roles: Vec<Role> = columns.iter().map(|(role, ..)| *role).collect();
    righted.columns.retain(|column| !taken.contains(&column.index) || moved_roles.contains(&column.role) || column.role == Role::Label);
    let reading = Reading { sources, ..evidence.as_read(table) };
    Some(Moved { columns, rows_right: evidence.rows_right(&reading), rows: evidence.rows.len(), table: righted })
}

/// Per city and column the rows that agree, in the magnitude that fits best.
fn city_scores(evidence: &Evidence<'_>) -> Vec<Vec<usize>> {
    let agreeing = |city: CityId, column: u32, factor: Decimal| {
        evidence
            .rows
            .iter()
            .filter(|(row, indicator)| {
                let target = evidence.target(*indicator, city);
                let meaning = evidence.meaning(CellRef::new(*row, column));
                match (meaning, target) {
                    (Meaning::Number(number), Some(target)) => number.checked_mul(factor) == Some(target),
                    (meaning, target) => is_due(meaning, target),
                }
            })
            .count()
    };
    evidence
        .columns
        .iter()
        .filter_map(|(role, _)| if let Role::City(city) = role { Some(*city) } else { None })
        .map(|city| {
            let best = |column: u32| {
                std::iter::once(Decimal::ONE)
                    .chain(FACTORS.iter().map(|(_, factor)| Decimal::from(*factor)))
                    .map(|factor| agreeing(city, column, factor))
                    .max()
                    .unwrap_or(0)
            };
            evidence.columns.iter().map(|(_, column)| best(*column)).collect()
        })
        .collect()
}
