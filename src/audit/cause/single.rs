//! Accidents of single rows: figures pushed one cell to the right, two rows exchanged.

use crate::audit::Context;
use crate::breakdown::IndicatorId;
use crate::layout::{Form, Pushed, Role, Table};
use crate::model::{CellRef, Decimal, Meaning, fraction};

use super::evidence::{Evidence, is_due};

/// Rows whose figures stand one cell to the right from some column on.
#[derive(Clone, Debug, PartialEq)]
pub struct PushedRows {
    pub rows: Vec<u32>,
    /// First and last column of the labels concerned; the last figure stands beyond.
    pub first: u32,
    pub last: u32,
    pub table: Table,
}

/// Rows in which a blank stands where a column's figure is due, and each figure from there on one cell to the right.
pub fn pushed_rows(context: &Context<'_>, table: &Table) -> Option<PushedRows> {
    let evidence = Evidence::of(context, table)?;
    let mut columns = evidence.columns.clone();
    columns.sort_by_key(|(_, column)| *column);
    let neighbours = columns.iter().zip(columns.iter().skip(1)).all(|((_, left), (_, right))| left + 1 == *right);
    if !neighbours || columns.len() < 2 || !table.righting.pushed.is_empty() {
        return None;
    }
    let mut found: Option<(u32, Vec<u32>)> = None;
    for (row, indicator) in &evidence.rows {
        let first = (0..columns.len() - 1)
            .find(|from| columns.get(*from..).is_some_and(|block| is_pushed(&evidence, context, *row, *indicator, block)));
        let Some((_, first)) = first.and_then(|at| columns.get(at)) else { continue };
        match &mut found {
            Some((column, rows)) if column == first => rows.push(*row),
            Some(_) => {}
            None => found = Some((*first, vec![*row])),
        }
    }
    let (first, rows) = found?;
    let mut last = columns.last()?.1;
    // A total beside the cities went along.
    if table.column(Role::Total).is_some_and(|total| total.index == last + 1) {
        last += 1;
    }
    let mut righted = table.clone();
    righted.righting.pushed.extend(rows.iter().map(|row| Pushed { row: *row, first, last }));
    Some(PushedRows { rows, first, last, table: righted })
}

fn is_pushed(evidence: &Evidence<'_>, context: &Context<'_>, row: u32, indicator: IndicatorId, block: &[(Role, u32)]) -> bool {
    let meaning = |column: u32| evidence.meaning(CellRef::new(row, column));
    let number = |column: u32| if let Meaning::Number(number) = meaning(column) { Some(*number) } else { None };
    if block.first().is_none_or(|(_, column)| *meaning(*column) != Meaning::Blank) {
        return false;
    }
    let mut anchors = 0;
    let mut own = 0;
    for (role, column) in block {
        let city = match role {
            Role::City(city) => Some(*city),
            _ => context.city,
        };
        let Some(city) = city else { return false };
        let target = evidence.target(indicator, city);
        let fits = match role {
            Role::City(_) | Role::Target => {
                own += usize::from(is_due(meaning(*column), target));
                let due = is_due(meaning(column + 1), target);
                anchors += usize::from(due && target.is_some());
                due
            }
            Role::Rate => {
                let current = block.iter().find(|(role, _)| *role == Role::Current).and_then(|(_, column)| number(column + 1));
                let exact = current.zip(target).and_then(|(now, target)| now.checked_div(target));
                let rate = number(column + 1).zip(exact).is_some_and(|(stated, exact)| is_near(stated, exact));
                anchors += usize::from(rate);
                rate
            }
            _ => number(column + 1).is_some_and(|number| number.fract().is_zero()) || *meaning(column + 1) == Meaning::NotApplicable,
        };
        if !fits {
            return false;
        }
    }
    anchors >= 2 && own * 2 < block.len().max(2)
}

fn is_near(stated: Decimal, exact: Decimal) -> bool {
    let near = |stated: Decimal| stated.saturating_sub(exact).abs() <= fraction(6, 4);
    near(stated) || stated.checked_div(Decimal::ONE_HUNDRED).is_some_and(near)
}

/// Two rows whose figures stand in each other's place.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangedRows {
    pub rows: (u32, u32),
    pub indicators: (IndicatorId, IndicatorId),
    /// Figures that are put right.
    pub explained: usize,
    pub table: Table,
}

/// The two rows of a breakdown in which every city has the other row's official figure, units and all.
pub fn exchanged_rows(context: &Context<'_>, table: &Table) -> Option<ExchangedRows> {
    if table.form != Form::Breakdown || !table.righting.exchanged.is_empty() {
        return None;
    }
    let evidence = Evidence::of(context, table)?;
    let cities: Vec<_> = evidence
        .columns
        .iter()
        .filter_map(|(role, column)| if let Role::City(city) = role { Some((*city, *column)) } else { None })
        .collect();
    let due = |row: u32, indicator: IndicatorId| {
        cities
            .iter()
            .filter(|(city, column)| {
                let at = CellRef::new(row, *column);
                is_due(evidence.meaning(at), evidence.target(indicator, *city))
                    && evidence.unit(at).is_none_or(|unit| unit == context.unit(indicator))
            })
            .count()
    };
    for (at, (upper, first)) in evidence.rows.iter().enumerate() {
        let (own, all) = (due(*upper, *first), cities.len());
        if own + 2 > all {
            continue;
        }
        for (lower, second) in evidence.rows.iter().skip(at + 1) {
            if due(*lower, *second) + 2 <= all && due(*upper, *second) == all && due(*lower, *first) == all {
                let mut righted = table.clone();
                righted.righting.exchanged.push((*upper, *lower));
                let explained = 2 * all - own - due(*lower, *second);
                return Some(ExchangedRows { rows: (*upper, *lower), indicators: (*first, *second), explained, table: righted });
            }
        }
    }
    None
}
