//! Accidents of single rows: figures pushed one cell to the right, two rows exchanged.

use crate::audit::{Context, Due, Figure};
use crate::breakdown::IndicatorId;
use crate::layout::{ExchangedPair, Form, PushedRow, Role, Table};
use crate::model::{CellRef, Decimal, Meaning, fraction, read_value};

use super::evidence::{Evidence, is_due, is_exact_rate, is_rate};

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
    let neighbours =
        columns.iter().zip(columns.iter().skip(1)).all(|((_, left), (_, right))| left + 1 == *right);
    if !neighbours || columns.len() < 2 || !table.interpretation.pushed.is_empty() {
        return None;
    }
    let computed = table.form == Form::Progress && is_computed(context, table, &columns);
    let mut found: Option<(u32, Vec<u32>)> = None;
    for (row, indicator) in &evidence.rows {
        let first = (0..columns.len() - 1).find(|from| {
            columns.get(*from..).is_some_and(|block| {
                if computed {
                    is_pushed_onto_formula(&evidence, context, *row, *indicator, block)
                } else {
                    is_pushed(&evidence, context, *row, *indicator, block)
                }
            })
        });
        let Some((_, first)) = first.and_then(|at| columns.get(at)) else { continue };
        match &mut found {
            Some((column, rows)) if column == first => rows.push(*row),
            Some(_) => {}
            None => found = Some((*first, vec![*row])),
        }
    }
    let (first, rows) = found?;
    // An accident of single rows: a column that is empty in most of them, as 上期 in a first return, was pushed
    // nowhere.
    let filled = evidence
        .rows
        .iter()
        .filter(|(row, _)| *evidence.meaning(CellRef::new(*row, first)) != Meaning::Blank)
        .count();
    if filled * 2 < evidence.rows.len() || rows.len() * 2 > evidence.rows.len() {
        return None;
    }
    let mut last = columns.last()?.1;
    // A total beside the cities went along.
    if table.column(Role::Total).is_some_and(|total| total.index == last + 1) {
        last += 1;
    }
    let mut as_meant = table.clone();
    as_meant.interpretation.pushed.extend(rows.iter().map(|row| PushedRow { row: *row, first, last }));
    Some(PushedRows { rows, first, last, table: as_meant })
}

/// Whether the last of the columns is a rate that is computed in most rows.
fn is_computed(context: &Context<'_>, table: &Table, columns: &[(Role, u32)]) -> bool {
    let Some((Role::Rate, column)) = columns.last() else { return false };
    let rows = || table.indicator_rows().map(|(row, _)| CellRef::new(row.row, *column));
    rows().filter(|at| context.cell(*at).is_some_and(|cell| cell.formula.is_some())).count() * 2
        > rows().count()
}

/// Whether a row's figures stand one cell to the right from some column on, the last of them where the others compute
/// their rate: a count of its own there, which is no rate.
fn is_pushed_onto_formula(
    evidence: &Evidence<'_>,
    context: &Context<'_>,
    row: u32,
    indicator: IndicatorId,
    block: &[(Role, u32)],
) -> bool {
    let (Some((_, first)), Some((Role::Rate, rate)), Some(city)) =
        (block.first(), block.last(), context.city)
    else {
        return false;
    };
    let number = |column: u32| evidence.number(CellRef::new(row, column));
    let typed = context.cell(CellRef::new(row, *rate)).is_some_and(|cell| cell.formula.is_none());
    let Some(target) = evidence.target(indicator, city) else { return false };
    if *evidence.meaning(CellRef::new(row, *first)) != Meaning::Blank || !typed {
        return false;
    }
    // From the first label to the one before the rate each has its figure in the next cell.
    let fits = |(role, column): &(Role, u32)| {
        number(column + 1).is_some_and(|found| match role {
            Role::Target => found == target,
            _ => {
                found.fract().is_zero()
                    && !found.is_sign_negative()
                    && found <= target.saturating_mul(fraction(15, 1)).saturating_add(Decimal::ONE)
            }
        })
    };
    let counts = block.get(..block.len() - 1).unwrap_or_default();
    // One and more as a share would be the whole target.
    let is_count = number(*rate)
        .is_some_and(|last| last > fraction(15, 1) || last == Decimal::ONE && target == Decimal::ONE);
    let before = evidence.columns.iter().find(|(role, _)| *role == Role::Previous).map(|(_, column)| *column);
    let moved = |column: u32| if column >= *first { column + 1 } else { column };
    let rises = before
        .and_then(|column| number(moved(column)))
        .is_none_or(|before| number(*rate).is_some_and(|now| before <= now));
    is_count && rises && counts.iter().all(fits)
}

fn is_pushed(
    evidence: &Evidence<'_>,
    context: &Context<'_>,
    row: u32,
    indicator: IndicatorId,
    block: &[(Role, u32)],
) -> bool {
    let meaning = |column: u32| evidence.meaning(CellRef::new(row, column));
    let number = |column: u32| evidence.number(CellRef::new(row, column));
    if block.first().is_none_or(|(_, column)| *meaning(*column) != Meaning::Blank) {
        return false;
    }
    let mut anchors = 0;
    let mut own = 0;
    // The rate of the figure beside it, one cell beyond the table, is more than chance.
    let mut exact_rate = false;
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
                let current = block
                    .iter()
                    .find(|(role, _)| *role == Role::Current)
                    .and_then(|(_, column)| number(column + 1));
                let exact = current.zip(target).and_then(|(now, target)| now.checked_div(target));
                let stated = number(column + 1).zip(exact);
                let rate = stated.is_some_and(|(stated, exact)| is_rate(stated, exact));
                anchors += usize::from(rate);
                exact_rate = stated.is_some_and(|(stated, exact)| is_exact_rate(stated, exact));
                rate
            }
            _ => {
                number(column + 1).is_some_and(|number| number.fract().is_zero())
                    || *meaning(column + 1) == Meaning::NotApplicable
            }
        };
        if !fits {
            return false;
        }
    }
    (anchors >= 2 || exact_rate) && own < block.len()
}

/// Two rows whose figures stand in each other's place.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangedRows {
    pub rows: (u32, u32),
    pub indicators: (IndicatorId, IndicatorId),
    /// Figures that are put right.
    pub explained: usize,
    /// The columns concerned; empty where it is all of them.
    pub columns: Vec<u32>,
    pub table: Table,
}

/// The two rows of a progress form that have each other's target, where the figures beside them went along: typed rates
/// are those of the rows as they stand, else the figures fit the exchanged targets no worse than the others.
fn exchanged_progress_rows(context: &Context<'_>, table: &Table) -> Option<ExchangedRows> {
    let city = context.city?;
    // Under another accident of the targets two rows tell nothing; one more that is wrong for itself may be.
    let wrong =
        |figure: &&Figure| matches!(figure.due, Due::Number(due) if figure.written.certain() != Some(due));
    if context.figures.iter().filter(|figure| figure.role == Role::Target).filter(wrong).count() > 3 {
        return None;
    }
    let rows: Vec<(u32, IndicatorId)> =
        table.indicator_rows().map(|(row, found)| (row.row, found.indicator)).collect();
    let number =
        |indicator, role| context.figure(indicator, role).and_then(|figure| figure.written.certain());
    let unit_is = |of: IndicatorId, other: IndicatorId| {
        context
            .figure(of, Role::Target)
            .and_then(|figure| figure.written.unit.clone())
            .is_none_or(|unit| unit == context.unit(other))
    };
    let rate = |row: u32| {
        let cell = context.cell(table.place(row, table.column(Role::Rate)?.index)?)?;
        if cell.formula.is_some() { None } else { read_value(&cell.value).certain() }
    };
    // How far a figure's share of a target is from what is usual in the other rows.
    let shares: Vec<Decimal> = rows
        .iter()
        .filter_map(|(_, id)| number(*id, Role::Current)?.checked_div(context.breakdown().target(*id, city)?))
        .collect();
    let mut sorted = shares;
    sorted.sort_unstable();
    let usual = *sorted.get(sorted.len() / 2)?;
    for (at, (upper, first)) in rows.iter().enumerate() {
        let (Some(target), Some(found)) =
            (context.breakdown().target(*first, city), number(*first, Role::Target))
        else {
            continue;
        };
        if found == target {
            continue;
        }
        for (lower, second) in rows.iter().skip(at + 1) {
            let (Some(other), Some(stated)) =
                (context.breakdown().target(*second, city), number(*second, Role::Target))
            else {
                continue;
            };
            if (found, stated) != (other, target) || !unit_is(*first, *second) || !unit_is(*second, *first) {
                continue;
            }
            let (Some(up), Some(down)) = (number(*first, Role::Current), number(*second, Role::Current))
            else {
                continue;
            };
            let went_along = match (rate(*upper), rate(*lower)) {
                (Some(one), Some(two)) => {
                    let fits = |rate: Decimal, now: Decimal, goal: Decimal| {
                        now.checked_div(goal).is_some_and(|exact| is_rate(rate, exact))
                    };
                    fits(one, up, other)
                        && fits(two, down, target)
                        && !(fits(one, up, target) && fits(two, down, other))
                }
                _ => {
                    let off = |now: Decimal, goal: Decimal| {
                        now.checked_div(goal).map(|share| share.saturating_sub(usual).abs())
                    };
                    off(up, other)?.checked_add(off(down, target)?)?
                        <= off(up, target)?.checked_add(off(down, other)?)?
                }
            };
            if went_along {
                let mut as_meant = table.clone();
                as_meant
                    .interpretation
                    .exchanged
                    .push(ExchangedPair { rows: (*upper, *lower), columns: Vec::new() });
                return Some(ExchangedRows {
                    rows: (*upper, *lower),
                    indicators: (*first, *second),
                    explained: 2,
                    columns: Vec::new(),
                    table: as_meant,
                });
            }
        }
    }
    None
}

/// The two rows of a progress form whose targets are their own and whose typed rates are those of each other's 本期;
/// 上期 went along where it fits better that way.
fn exchanged_figures(context: &Context<'_>, table: &Table) -> Option<ExchangedRows> {
    let city = context.city?;
    let number =
        |indicator, role| context.figure(indicator, role).and_then(|figure| figure.written.certain());
    let rate = |row: u32| {
        let cell = context.cell(table.place(row, table.column(Role::Rate)?.index)?)?;
        if cell.formula.is_some() { None } else { read_value(&cell.value).certain() }
    };
    let fits = |rate: Decimal, now: Decimal, goal: Decimal| {
        now.checked_div(goal).is_some_and(|exact| is_rate(rate, exact))
    };
    // Row, indicator, its figure, target and rate, where they do not agree.
    let wrong: Vec<(u32, IndicatorId, Decimal, Decimal, Decimal)> = table
        .indicator_rows()
        .filter_map(|(row, found)| {
            let goal = context.breakdown().target(found.indicator, city).filter(|goal| !goal.is_zero())?;
            let (now, rate) = (number(found.indicator, Role::Current)?, rate(row.row)?);
            let own = number(found.indicator, Role::Target) == Some(goal) && !fits(rate, now, goal);
            own.then_some((row.row, found.indicator, now, goal, rate))
        })
        .collect();
    // Under an accident of the whole column two rows tell nothing.
    if wrong.len() > 3 {
        return None;
    }
    let (upper, lower) = wrong.iter().enumerate().find_map(|(at, upper)| {
        let is_other = |lower: &&(u32, IndicatorId, Decimal, Decimal, Decimal)| {
            fits(upper.4, lower.2, upper.3) && fits(lower.4, upper.2, lower.3)
        };
        wrong.iter().skip(at + 1).find(is_other).map(|lower| (upper, lower))
    })?;
    let reported = |id: IndicatorId| context.previous().and_then(|reported| reported.figure(id));
    // How far 上期 is from what was reported; where nothing was, whether the row's own figure is below it.
    let off = |past: Decimal, id: IndicatorId, now: Decimal| match reported(id) {
        Some(reported) => past.saturating_sub(reported).abs(),
        None => Decimal::from(u8::from(past > now)),
    };
    let pasts = number(upper.1, Role::Previous).zip(number(lower.1, Role::Previous));
    let along = pasts.is_some_and(|(up, down)| {
        let stands = off(up, upper.1, lower.2).saturating_add(off(down, lower.1, upper.2));
        let exchanged = off(down, upper.1, lower.2).saturating_add(off(up, lower.1, upper.2));
        exchanged < stands
    });
    let roles: &[Role] = if along { &[Role::Previous, Role::Current] } else { &[Role::Current] };
    let columns: Vec<u32> =
        roles.iter().filter_map(|role| table.column(*role)).map(|column| column.index).collect();
    let mut as_meant = table.clone();
    let rows = (upper.0, lower.0);
    as_meant.interpretation.exchanged.push(ExchangedPair { rows, columns: columns.clone() });
    Some(ExchangedRows { rows, indicators: (upper.1, lower.1), explained: 2, columns, table: as_meant })
}

/// The two rows of a breakdown in which every city has the other row's official figure, units and all.
pub fn exchanged_rows(context: &Context<'_>, table: &Table) -> Option<ExchangedRows> {
    if !table.interpretation.exchanged.is_empty() || table.interpretation.foreign {
        return None;
    }
    if table.form == Form::Progress {
        return exchanged_progress_rows(context, table).or_else(|| exchanged_figures(context, table));
    }
    if table.form != Form::Breakdown {
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
    // The total went along where it is the sum of the figures as they stand.
    let total_along = |(upper, lower): (u32, u32)| {
        let is_sum = |row: u32, total: u32| {
            let sum =
                cities.iter().filter_map(|(_, column)| evidence.number(CellRef::new(row, *column))).sum();
            context.cell(CellRef::new(row, total)).and_then(|cell| read_value(&cell.value).certain())
                == Some(sum)
        };
        let total = table.column(Role::Total).map(|total| total.index);
        total.filter(|total| is_sum(upper, *total) && is_sum(lower, *total))
    };
    for (at, (upper, first)) in evidence.rows.iter().enumerate() {
        let (own, all) = (due(*upper, *first), cities.len());
        if own + 2 > all {
            continue;
        }
        for (lower, second) in evidence.rows.iter().skip(at + 1) {
            if due(*lower, *second) + 2 <= all && due(*upper, *second) == all && due(*lower, *first) == all {
                let mut as_meant = table.clone();
                let rows = (*upper, *lower);
                let columns = cities.iter().map(|(_, column)| *column).chain(total_along(rows)).collect();
                as_meant.interpretation.exchanged.push(ExchangedPair { rows, columns });
                let explained = 2 * all - own - due(*lower, *second);
                return Some(ExchangedRows {
                    rows: (*upper, *lower),
                    indicators: (*first, *second),
                    explained,
                    columns: Vec::new(),
                    table: as_meant,
                });
            }
        }
    }
    None
}
