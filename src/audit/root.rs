//! Root causes: one accident that explains many faults. A hypothesis is taken only when it explains clearly more than
//! the official reading.

use crate::breakdown::CityId;
use crate::layout::{Form, Role, Table};
use crate::model::{CellRef, Meaning, read_value};

use super::Context;

/// City columns whose values stand under each other's headers.
#[derive(Clone, Debug, PartialEq)]
pub struct Permutation {
    /// For each moved city: its header's column and the column where its values stand.
    pub moved: Vec<(CityId, u32, u32)>,
    /// Rows that agree with the breakdown after the columns are put back.
    pub rows_right: usize,
    pub rows: usize,
    /// The table with each city's column where its values stand.
    pub table: Table,
}

/// Cells that must come right before a permutation is believed.
const CLEARLY: usize = 3;

/// The permutation of the city columns that explains clearly more cells than the headers do, if there is one.
pub fn permutation(context: &Context<'_>, table: &Table) -> Option<Permutation> {
    if table.form != Form::Breakdown {
        return None;
    }
    let sheet = context.sheet()?;
    let cities: Vec<(CityId, u32)> = table
        .columns
        .iter()
        .filter_map(|column| if let Role::City(city) = column.role { Some((city, column.index)) } else { None })
        .collect();
    if cities.len() < 2 {
        return None;
    }
    let columns: Vec<u32> = cities.iter().map(|(_, column)| *column).collect();
    let rows: Vec<_> = table.indicator_rows().map(|(row, found)| (row.row, found.indicator)).collect();
    // Whether the value in a column agrees with a city's target, per row.
    let agrees = |row: u32, column: u32, indicator, city: CityId| {
        let meaning = read_value(sheet.grid.value(CellRef::new(row, column))).meaning;
        match context.breakdown().target(indicator, city) {
            Some(target) => meaning == Meaning::Number(target),
            None => meaning == Meaning::NotApplicable,
        }
    };
    // score[i][j]: cells that agree when city i's values stand in column j.
    let score: Vec<Vec<usize>> = cities
        .iter()
        .map(|(city, _)| {
            columns.iter().map(|column| rows.iter().filter(|(row, indicator)| agrees(*row, *column, *indicator, *city)).count()).collect()
        })
        .collect();
    let as_read: usize = score.iter().enumerate().filter_map(|(i, row)| row.get(i)).sum();
    let (best, assignment) = best_assignment(&score)?;
    let cells = rows.len() * cities.len();
    let explains = best >= as_read + CLEARLY && cells - best <= (cells - as_read) / 2;
    if !explains {
        return None;
    }
    let moved: Vec<(CityId, u32, u32)> = cities
        .iter()
        .zip(&assignment)
        .filter_map(|((city, own), at)| columns.get(*at).filter(|column| *column != own).map(|column| (*city, *own, *column)))
        .collect();
    let mut righted = table.clone();
    for column in &mut righted.columns {
        if let Some((_, _, to)) = moved.iter().find(|(city, ..)| column.role == Role::City(*city)) {
            column.index = *to;
        }
    }
    let rows_right = rows
        .iter()
        .filter(|(row, indicator)| {
            cities
                .iter()
                .zip(&assignment)
                .all(|((city, _), at)| columns.get(*at).is_some_and(|column| agrees(*row, *column, *indicator, *city)))
        })
        .count();
    Some(Permutation { moved, rows_right, rows: rows.len(), table: righted })
}

/// The assignment of rows to columns with the greatest sum; of equals the one that moves fewest. Every permutation is
/// tried up to seven cities, pairwise exchanges beyond.
fn best_assignment(score: &[Vec<usize>]) -> Option<(usize, Vec<usize>)> {
    let n = score.len();
    let total = |assignment: &[usize]| -> usize { assignment.iter().enumerate().filter_map(|(i, j)| score.get(i)?.get(*j)).sum() };
    let moves = |assignment: &[usize]| assignment.iter().enumerate().filter(|(i, j)| i != *j).count();
    let mut best: Vec<usize> = (0..n).collect();
    let better = |candidate: &[usize], best: &[usize]| {
        (total(candidate), std::cmp::Reverse(moves(candidate))) > (total(best), std::cmp::Reverse(moves(best)))
    };
    if n <= 7 {
        let mut all = Vec::new();
        permute(&mut (0..n).collect::<Vec<_>>(), 0, &mut all);
        for candidate in all {
            if better(&candidate, &best) {
                best = candidate;
            }
        }
    } else {
        loop {
            let mut improved = false;
            for i in 0..n {
                for j in i + 1..n {
                    let mut candidate = best.clone();
                    candidate.swap(i, j);
                    if better(&candidate, &best) {
                        best = candidate;
                        improved = true;
                    }
                }
            }
            if !improved {
                break;
            }
        }
    }
    Some((total(&best), best))
}

fn permute(items: &mut Vec<usize>, at: usize, found: &mut Vec<Vec<usize>>) {
    if at >= items.len() {
        found.push(items.clone());
        return;
    }
    for i in at..items.len() {
        items.swap(at, i);
        permute(items, at + 1, found);
        items.swap(at, i);
    }
}
