//! Figures that stand under each other's headers, or a column beside their own.

use std::ops::RangeInclusive;

use crate::audit::{Context, Due};
use crate::breakdown::CityId;
use crate::layout::{Form, Role, Table};
use crate::model::{CellRef, Decimal, Meaning};

use super::assignment::{best_assignment, permute};
use super::evidence::{Evidence, Reading, Tally, is_due};
use super::explains;
use super::header::wrong_header;
use super::kind::{is_growth_or_total, is_rate_twice, rates_of_last_period};
use super::scale::FACTORS;
use super::whole::foreign_form;

/// Columns whose figures stand elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// For each: its own column, and the column where its figures stand; `None` if they are gone.
    pub columns: Vec<(Role, u32, Option<u32>)>,
    /// Columns of other kinds (合计, 备注) that were pushed along, each one to the right of its own place.
    pub along: Vec<u32>,
    /// Rows that agree with the breakdown after the columns are put back.
    pub rows_right: usize,
    pub rows: usize,
    /// The table with each column where its figures stand.
    pub table: Table,
}

/// The permutation of the figure columns that explains clearly more than the headers do, if there is one.
pub fn permutation(context: &Context<'_>, table: &Table) -> Option<Moved> {
    // A name that stands over another city's figures is told as that.
    if wrong_header(context, table).is_some()
        || rates_of_last_period(context, table).is_some()
        || is_growth_or_total(context, table)
    {
        return None;
    }
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
                city == *at
                    || score
                        .get(city)
                        .and_then(|row| row.get(*at))
                        .is_some_and(|rows| rows * 2 >= evidence.rows.len())
            };
            (explains(best, straight, evidence.rows.len() * own.len())
                && assignment.iter().enumerate().all(found))
            .then_some(assignment)
        }
        _ => {
            let mut all = Vec::new();
            permute(&mut (0..own.len()).collect::<Vec<_>>(), 0, &mut all);
            let reading = |order: &[usize]| Reading {
                sources: order.iter().map(|at| own.get(*at).copied()).collect(),
                ..as_read.clone()
            };
            let straight = evidence.agreement(&as_read);
            let moves = |order: &[usize]| order.iter().enumerate().filter(|(i, j)| i != *j).count();
            // Each column that is said to have moved must be of its kind.
            let all_support = |order: &[usize]| {
                order
                    .iter()
                    .enumerate()
                    .all(|(at, from)| at == *from || evidence.supports(&reading(order), at))
            };
            let rows_right = evidence.rows_right(&as_read);
            let beside = best_beside(&evidence, &as_read).map(|(tally, _)| tally.weight());
            all.into_iter()
                .map(|order| (evidence.agreement(&reading(&order)), order))
                .filter(|(tally, order)| {
                    (tally.explains(&straight) || tally.puts_in_order(&straight))
                        && beside.is_none_or(|weight| tally.weight() >= weight)
                        && all_support(order)
                        && evidence.rows_right(&reading(order)) > rows_right
                })
                .max_by_key(|(tally, order)| (tally.holds, std::cmp::Reverse(moves(order))))
                .map(|(_, order)| order)
        }
    };
    let sources: Vec<Option<u32>> = candidate?.iter().map(|at| own.get(*at).copied()).collect();
    moved(&evidence, table, sources).filter(|found| !is_refuted(context, table, found))
}

/// Figures that stand one column beside their headers: a block of neighbours, or all from some column on.
pub fn moved_columns(context: &Context<'_>, table: &Table) -> Option<Moved> {
    // Of another plan's form a few figures agree wherever they stand.
    if foreign_form(context, table).is_some()
        || wrong_header(context, table).is_some()
        || rates_of_last_period(context, table).is_some()
        || is_growth_or_total(context, table)
    {
        return None;
    }
    let evidence = Evidence::of(context, table)?;
    let as_read = evidence.as_read(table);
    let (_, sources) = best_beside(&evidence, &as_read)?;
    moved(&evidence, table, sources).filter(|found| !is_refuted(context, table, found))
}

/// Whether a reading of moved columns has more against it than it puts right: official targets that would be lost,
/// fractions of things, rates that stand in both columns.
fn is_refuted(context: &Context<'_>, table: &Table, found: &Moved) -> bool {
    if table.form != Form::Progress {
        return false;
    }
    let moves = |role: Role| found.columns.iter().any(|(moved, ..)| *moved == role);
    let aims = || context.figures_of(Role::Target).filter(|figure| matches!(figure.due, Due::Number(_)));
    let official =
        aims().filter(|aim| matches!(aim.due, Due::Number(due) if aim.written.certain() == Some(due)));
    if moves(Role::Target) && official.count() * 5 >= aims().count() * 4 {
        return true;
    }
    let meant = Context::new(context.input, Ok(&found.table), context.found);
    let fractions = meant
        .figures
        .iter()
        .filter(|figure| matches!(figure.role, Role::Previous | Role::Current))
        .filter(|figure| figure.written.certain().is_some_and(|number| !number.fract().is_zero()));
    fractions.count() > 2 || moves(Role::Current) && is_rate_twice(context, table)
}

/// The best reading with a block of columns beside their headers, if one explains clearly more: its tally, and where
/// each column stands.
fn best_beside(evidence: &Evidence<'_>, as_read: &Reading) -> Option<(Tally, Vec<Option<u32>>)> {
    let own: Vec<u32> = evidence.columns.iter().map(|(_, column)| *column).collect();
    let straight = evidence.agreement(as_read);
    let rows_right = evidence.rows_right(as_read);
    let blocks = (0..own.len()).flat_map(|first| (first..own.len()).map(move |last| first..=last));
    blocks
        .flat_map(|block| [beside(&own, &block, 1), beside(&own, &block, -1)])
        .flatten()
        .map(|sources| without_strangers(evidence, as_read, &own, sources))
        .filter(|sources| {
            sources.iter().zip(&own).any(|(source, own)| source.is_some_and(|source| source != *own))
        })
        .filter_map(|sources| {
            let reading = Reading { sources, ..as_read.clone() };
            let tally = evidence.agreement(&reading);
            // What a lost column held by chance counts for nothing.
            let kept =
                as_read.sources.iter().zip(&reading.sources).map(|(own, source)| source.and(*own)).collect();
            let straight = Tally {
                anchors: evidence.agreement(&Reading { sources: kept, ..as_read.clone() }).anchors,
                ..straight
            };
            let explains = tally.explains(&straight)
                || tally.fills(&straight) && fills_a_blank(evidence, &reading.sources);
            (explains && evidence.rows_right(&reading) >= (2 * rows_right).max(1))
                .then_some((tally, reading.sources))
        })
        // Of equals the first: the shorter block.
        .fold(None, |best: Option<(Tally, Vec<Option<u32>>)>, next| match best {
            Some(best) if best.0.weight() >= next.0.weight() => Some(best),
            _ => Some(next),
        })
}

/// Where the columns stand when a block of them has moved; the one that it was moved onto is lost.
fn beside(own: &[u32], block: &RangeInclusive<usize>, by: i32) -> Option<Vec<Option<u32>>> {
    let taken: Vec<u32> = own
        .iter()
        .enumerate()
        .filter(|(at, _)| block.contains(at))
        .map(|(_, column)| column.checked_add_signed(by))
        .collect::<Option<_>>()?;
    let source = |(at, column): (usize, &u32)| {
        if block.contains(&at) {
            column.checked_add_signed(by)
        } else {
            Some(*column).filter(|column| !taken.contains(column))
        }
    };
    Some(own.iter().enumerate().map(source).collect())
}

/// A column that has nothing of its own where it was moved to is lost.
fn without_strangers(
    evidence: &Evidence<'_>,
    as_read: &Reading,
    own: &[u32],
    sources: Vec<Option<u32>>,
) -> Vec<Option<u32>> {
    let reading = Reading { sources, ..as_read.clone() };
    let kept =
        |at: usize| reading.sources.get(at) == Some(&own.get(at).copied()) || evidence.supports(&reading, at);
    (0..own.len()).map(|at| reading.sources.get(at).copied().flatten().filter(|_| kept(at))).collect()
}

/// Whether a column that must hold figures and holds none gets its own.
fn fills_a_blank(evidence: &Evidence<'_>, sources: &[Option<u32>]) -> bool {
    evidence.columns.iter().zip(sources).any(|((role, own), source)| {
        matches!(role, Role::City(_) | Role::Target | Role::Current)
            && evidence.has_no_figures(*own)
            && source.is_some_and(|source| source != *own)
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
    let along = pushed_along(evidence, table, &columns);
    let mut as_meant = table.clone();
    for (role, own, source) in &columns {
        match source {
            Some(source) => {
                if let Some(column) =
                    as_meant.columns.iter_mut().find(|column| column.role == *role && column.index == *own)
                {
                    column.index = *source;
                }
            }
            None => as_meant.interpretation.lost.push(*role),
        }
    }
    for column in &mut as_meant.columns {
        if along.contains(&column.index) && !columns.iter().any(|(role, ..)| *role == column.role) {
            column.index += 1;
        }
    }
    // What has been run over is no column of its own kind any more.
    let taken: Vec<u32> = columns.iter().filter_map(|(.., source)| *source).collect();
    let moved_roles: Vec<Role> = columns.iter().map(|(role, ..)| *role).collect();
    as_meant.columns.retain(|column| {
        !taken.contains(&column.index) || moved_roles.contains(&column.role) || column.role == Role::Label
    });
    let reading = Reading { sources, ..evidence.as_read(table) };
    Some(Moved {
        columns,
        along,
        rows_right: evidence.rows_right(&reading),
        rows: evidence.rows.len(),
        table: as_meant,
    })
}

/// The columns that were pushed to the right with the figures: all up to the last header, where something stands beyond
/// it.
fn pushed_along(evidence: &Evidence<'_>, table: &Table, moved: &[(Role, u32, Option<u32>)]) -> Vec<u32> {
    let Some(first) =
        moved.iter().filter_map(|(_, own, source)| source.filter(|source| *source == own + 1)).max()
    else {
        return Vec::new();
    };
    let shows = |row: u32, column: u32| evidence.shows(table, CellRef::new(row, column));
    let Some((top, _)) = table.data_rows() else { return Vec::new() };
    let has_header = |column: &u32| (table.range.start.row..top).any(|row| shows(row, *column));
    let along: Vec<u32> = (first..).take_while(has_header).collect();
    let none_of_evidence = |column: &u32| !evidence.columns.iter().any(|(_, own)| own == column);
    let beyond = first + u32::try_from(along.len()).unwrap_or(0);
    // The totals went along, though nothing stood in the columns behind them.
    let totals = || {
        let is_count = |row: u32| evidence.is_count(table, CellRef::new(row, first + 1));
        table.column(Role::Total).is_some_and(|total| total.index == first)
            && evidence.rows.iter().filter(|(row, _)| is_count(*row)).count() * 2 > evidence.rows.len()
    };
    let pushed = evidence.rows.iter().any(|(row, _)| shows(*row, beyond)) || totals();
    if pushed && along.iter().all(none_of_evidence) { along } else { Vec::new() }
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
