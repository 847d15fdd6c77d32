//! A column that holds figures of another kind than its header says: rates or the period's own growth for the
//! cumulative figure, the zone's totals for the city's targets, rates of the zone's totals.

use crate::audit::{Context, Figure};
use crate::layout::{Form, Role, Table};
use crate::model::{CellRef, Decimal, Meaning, fraction, read_value};

use super::CLEARLY;
use super::evidence::{is_exact_rate, is_rate};
use super::scale::FACTORS;

/// What stands in a column, and in how many rows of how many.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherKind {
    pub agreeing: usize,
    pub rows: usize,
    pub table: Table,
}

/// Nearly all, and enough to be no chance.
const fn nearly_all(agreeing: usize, rows: usize) -> bool {
    agreeing >= CLEARLY && agreeing * 5 >= rows * 4
}

fn role<'a>(context: &'a Context<'_>, role: Role) -> impl Iterator<Item = &'a Figure> {
    context.figures.iter().filter(move |figure| figure.role == role)
}

/// The stated rate of a row as a number, where it was typed.
fn rate_of(context: &Context<'_>, table: &Table, row: u32) -> Option<Decimal> {
    let cell = context.cell(table.place(row, table.column(Role::Rate)?.index)?)?;
    if cell.formula.is_some() { None } else { read_value(&cell.value).certain() }
}

fn is_rate_of(stated: Decimal, done: Decimal, goal: Decimal) -> bool {
    done.checked_div(goal).is_some_and(|exact| is_exact_rate(stated, exact))
}

/// The same for rates in whole percents.
fn is_nearly(stated: Decimal, done: Decimal, goal: Decimal) -> bool {
    done.checked_div(goal).is_some_and(|exact| is_rate(stated, exact))
}

fn rates(context: &Context<'_>, table: &Table) -> Option<(usize, usize)> {
    if table.form != Form::Progress || table.interpretation.lost.contains(&Role::Current) {
        return None;
    }
    let filled: Vec<&Figure> = role(context, Role::Current)
        .filter(|figure| !matches!(figure.written.meaning, Meaning::Blank | Meaning::NotApplicable))
        .filter(|figure| figure.written.number().is_none_or(|number| !number.is_zero()))
        .collect();
    let is_rate = |figure: &&Figure| {
        // 0.7 beside 70% is the same rate.
        let share = figure.written.certain().filter(|number| !number.fract().is_zero());
        let beside = || share.zip(rate_of(context, table, figure.row));
        figure.written.is_share()
            || figure.written.unit.is_none()
                && beside().is_some_and(|(share, rate)| {
                    is_rate_of(rate, share, Decimal::ONE)
                        || is_rate_of(rate, share, Decimal::ONE_HUNDRED)
                        || rate == share
                })
    };
    // 70 is the rate 70% where others of the column are plainly rates.
    let is_same =
        |figure: &&Figure| {
            let rate = rate_of(context, table, figure.row);
            figure.written.certain().zip(rate).is_some_and(|(number, rate)| {
                rate == number || is_rate_of(rate, number, Decimal::ONE_HUNDRED)
            })
        };
    let plain = filled.iter().copied().filter(is_rate).count();
    let all = filled.iter().copied().filter(|figure| is_rate(figure) || is_same(figure)).count();
    let agreeing = if plain >= CLEARLY { all } else { plain };
    if nearly_all(agreeing, filled.len()) {
        // In 十 or 万 the typed rates are as much those of the figures as they stand.
        let own = filled.iter().filter(|figure| is_own_rate(context, table, figure)).count();
        let counts = counts_in_magnitude(context, table).max(own + 1);
        return (counts <= agreeing).then_some((agreeing, filled.len()));
    }
    rates_by_themselves(context, table).map(|agreeing| (agreeing, filled.len()))
}

/// Whether the typed rate of a row is that of the figure as it stands, to the last digit that the cell shows.
fn is_own_rate(context: &Context<'_>, table: &Table, figure: &Figure) -> bool {
    let target = context.city.and_then(|city| context.breakdown().target(figure.indicator, city));
    let exact = figure.written.certain().zip(target).and_then(|(done, goal)| done.checked_div(goal));
    let rate = rate_of(context, table, figure.row);
    rate.zip(exact).is_some_and(|(rate, exact)| is_exact_rate(rate, exact))
}

/// Rows in which the typed rate is that of the number in one and the same magnitude: of a hundred, 0.7 in 百 is 70 %.
fn counts_in_magnitude(context: &Context<'_>, table: &Table) -> usize {
    let Some(city) = context.city else { return 0 };
    let fits = |figure: &&Figure, factor: u32| {
        let target = context.breakdown().target(figure.indicator, city).filter(|target| !target.is_zero());
        let count = figure.written.certain().map(|number| number.saturating_mul(Decimal::from(factor)));
        count.filter(|count| count.fract().is_zero() && !count.is_zero()).zip(target).is_some_and(
            |(count, target)| {
                rate_of(context, table, figure.row).is_some_and(|rate| is_rate_of(rate, count, target))
            },
        )
    };
    FACTORS
        .iter()
        .map(|(_, factor)| role(context, Role::Current).filter(|figure| fits(figure, *factor)).count())
        .max()
        .unwrap_or(0)
}

/// Where no typed rate stands beside them: numbers with decimals that are rates not below those of 上期, while no
/// magnitude makes counts of them.
fn rates_by_themselves(context: &Context<'_>, table: &Table) -> Option<usize> {
    let city = context.city?;
    let number =
        |indicator, role| context.figure(indicator, role).and_then(|figure| figure.written.certain());
    // The number, 上期 and the target of each row.
    let rows: Vec<(Decimal, Decimal, Decimal)> = table
        .indicator_rows()
        .filter_map(|(row, found)| {
            if rate_of(context, table, row.row).is_some() {
                return None;
            }
            let target =
                context.breakdown().target(found.indicator, city).filter(|target| !target.is_zero())?;
            Some((number(found.indicator, Role::Current)?, number(found.indicator, Role::Previous)?, target))
        })
        .collect();
    let fractions = rows.iter().filter(|(now, ..)| !now.fract().is_zero()).count();
    if rows.len() < 5 || fractions * 2 < rows.len() {
        return None;
    }
    let as_rates = |whole: Decimal| {
        let fits = |(now, before, target): &&(Decimal, Decimal, Decimal)| {
            let share = now.checked_div(whole).unwrap_or_default();
            let past = before.checked_div(*target).unwrap_or_default();
            share <= fraction(15, 1)
                && past <= share.saturating_add(fraction(6, 3))
                && share.is_sign_positive()
        };
        rows.iter().filter(fits).count()
    };
    let agreeing = as_rates(Decimal::ONE).max(as_rates(Decimal::ONE_HUNDRED));
    let as_counts = |factor: u32| {
        let fits = |(now, before, target): &&(Decimal, Decimal, Decimal)| {
            let count = now.saturating_mul(Decimal::from(factor));
            count.fract().is_zero()
                && count >= *before
                && count <= target.saturating_mul(fraction(15, 1)).saturating_add(Decimal::ONE)
        };
        rows.iter().filter(fits).count()
    };
    let counts = [1, 10, 100, 1_000, 10_000].into_iter().map(as_counts).max().unwrap_or(0);
    (nearly_all(agreeing, rows.len()) && counts * 5 < rows.len() * 4).then_some(agreeing)
}

/// Whether a column holds figures of another kind than its header says: no order or magnitude explains them.
pub fn is_of_other_kind(context: &Context<'_>, table: &Table) -> bool {
    rates(context, table).is_some()
        || rates_of_totals(context, table).is_some()
        || is_growth_or_total(context, table)
}

/// Whether 本期累计完成 holds the period's own growth, or 目标值 the zone's totals.
pub fn is_growth_or_total(context: &Context<'_>, table: &Table) -> bool {
    growth_for_figures(context, table).is_some() || totals_for_targets(context, table).is_some()
}

/// Whether each row of 本期累计完成 holds the rate that stands beside it too: then neither is a count in the other's
/// place.
pub fn is_rate_twice(context: &Context<'_>, table: &Table) -> bool {
    // A percentage is no count, and still a number.
    let number = |at: CellRef| read_value(&context.cell(at)?.value).certain();
    let rate = table.column(Role::Rate).map(|column| column.index);
    // As a share or in points, whichever of the two is typed in either column.
    let shares = |number: Decimal| [Some(number), number.checked_div(Decimal::ONE_HUNDRED)];
    let twice = |figure: &Figure| {
        let (now, beside) = (number(figure.at)?, number(table.place(figure.row, rate?)?)?);
        // Nothing done is 0 and 0 %; and 0 is no other rate, however near to a hundredth of it.
        if now.is_zero() || beside.is_zero() {
            return (now != beside).then_some(false);
        }
        let same = |now: Decimal| shares(beside).into_iter().flatten().any(|beside| is_rate(beside, now));
        Some(shares(now).into_iter().flatten().any(same))
    };
    let rows: Vec<bool> = role(context, Role::Current).filter_map(twice).collect();
    rows.len() >= CLEARLY && rows.iter().all(|same| *same)
}

/// Rates in the column 本期累计完成.
pub fn rates_for_figures(context: &Context<'_>, table: &Table) -> Option<OtherKind> {
    let (agreeing, rows) = rates(context, table)?;
    let mut as_meant = table.clone();
    as_meant.interpretation.lost.push(Role::Current);
    Some(OtherKind { agreeing, rows, table: as_meant })
}

/// The period's own growth in the column 本期累计完成: with 上期 it gives the stated rate, or the column 本期新增 says
/// the same, or 上期 is what was reported and nearly every figure is below it.
pub fn growth_for_figures(context: &Context<'_>, table: &Table) -> Option<OtherKind> {
    if table.form != Form::Progress
        || table.interpretation.grown
        || table.interpretation.lost.contains(&Role::Current)
    {
        return None;
    }
    let number =
        |indicator, role| context.figure(indicator, role).and_then(|figure| figure.written.certain());
    let rows: Vec<(u32, _, Decimal, Decimal)> = table
        .indicator_rows()
        .filter_map(|(row, found)| {
            let (before, now) =
                (number(found.indicator, Role::Previous)?, number(found.indicator, Role::Current)?);
            Some((row.row, found.indicator, before, now)).filter(|_| !before.is_zero())
        })
        .collect();
    let target = |indicator| {
        context
            .city
            .and_then(|city| context.breakdown().target(indicator, city))
            .filter(|target| !target.is_zero())
    };
    let by_rate = rows
        .iter()
        .filter(|(row, indicator, before, now)| {
            target(*indicator).zip(rate_of(context, table, *row)).is_some_and(|(target, rate)| {
                !is_nearly(rate, *now, target)
                    && before.checked_add(*now).is_some_and(|sum| is_nearly(rate, sum, target))
            })
        })
        .count();
    let below = rows.iter().filter(|(_, _, before, now)| now < before).count();
    let by_growth = rows
        .iter()
        .filter(|(_, indicator, before, now)| number(*indicator, Role::Added) == Some(*now) && now < before)
        .count();
    let reported = context.previous();
    let by_report = rows
        .iter()
        .filter(|(_, indicator, before, _)| {
            reported.and_then(|reported| reported.figure(*indicator)) == Some(*before)
        })
        .count();
    let whole = |now: &Decimal| now.fract().is_zero() && !now.is_sign_negative();
    if !rows.iter().all(|(.., now)| whole(now)) {
        return None;
    }
    let by_calendar = rows
        .iter()
        .filter(|(_, indicator, before, now)| {
            now < before
                && target(*indicator)
                    .is_some_and(|target| is_growth_by_calendar(context, *before, *now, target))
        })
        .count();
    let agreeing = if nearly_all(by_rate, rows.len()) {
        by_rate
    } else if nearly_all(by_growth, rows.len()) {
        by_growth
    } else if nearly_all(by_report, rows.len()) && nearly_all(below, rows.len()) {
        below
    } else if nearly_all(by_calendar, rows.len()) {
        by_calendar
    } else {
        return None;
    };
    let mut as_meant = table.clone();
    as_meant.interpretation.grown = true;
    Some(OtherKind { agreeing, rows: rows.len(), table: as_meant })
}

/// Whether a figure below 上期 keeps pace with the calendar where 上期 is added to it, at most half as far off as the
/// two are in each other's place.
fn is_growth_by_calendar(context: &Context<'_>, before: Decimal, now: Decimal, target: Decimal) -> bool {
    let share = |part: u32, whole: u32| Decimal::from(part).checked_div(Decimal::from(whole));
    let off = |number: Decimal, due: Decimal| {
        number.checked_div(target).map(|share| share.saturating_sub(due).abs())
    };
    let (Some((elapsed, whole)), Some(sum)) = (context.elapsed(), before.checked_add(now)) else {
        return false;
    };
    let (Some(past), Some(due)) = (share(elapsed.saturating_sub(1), whole), share(elapsed, whole)) else {
        return false;
    };
    let grown = off(before, past).zip(off(sum, due)).map(|(past, now)| past.saturating_add(now));
    let exchanged = off(now, past).zip(off(before, due)).map(|(past, now)| past.saturating_add(now));
    grown.zip(exchanged).is_some_and(|(grown, exchanged)| grown.saturating_mul(Decimal::TWO) <= exchanged)
}

/// The zone's totals in the column 目标值.
pub fn totals_for_targets(context: &Context<'_>, table: &Table) -> Option<OtherKind> {
    if table.form != Form::Progress
        || table.interpretation.foreign
        || table.interpretation.lost.contains(&Role::Target)
    {
        return None;
    }
    let city = context.city?;
    // Where the city has all of the total, the figure tells nothing.
    let rows: Vec<&Figure> = role(context, Role::Target)
        .filter(|figure| {
            let total = context.indicator(figure.indicator).map(|indicator| indicator.total);
            context.breakdown().target(figure.indicator, city) != total && figure.written.certain().is_some()
        })
        .collect();
    let is_total = |figure: &&&Figure| {
        context.indicator(figure.indicator).map(|indicator| indicator.total) == figure.written.certain()
    };
    let agreeing = rows.iter().filter(is_total).count();
    if !nearly_all(agreeing, rows.len()) {
        return None;
    }
    let mut as_meant = table.clone();
    as_meant.interpretation.lost.push(Role::Target);
    // The rates were computed with them.
    if rates_of_totals(context, table).is_some() {
        as_meant.interpretation.lost.push(Role::Rate);
    }
    Some(OtherKind { agreeing, rows: rows.len(), table: as_meant })
}

/// Typed rates of the zone's totals.
pub fn rates_of_totals(context: &Context<'_>, table: &Table) -> Option<OtherKind> {
    if table.form != Form::Progress
        || table.interpretation.foreign
        || table.interpretation.lost.contains(&Role::Rate)
    {
        return None;
    }
    let city = context.city?;
    let mut rows = 0;
    let mut agreeing = 0;
    for (row, found) in table.indicator_rows() {
        let (Some(target), Some(indicator)) =
            (context.breakdown().target(found.indicator, city), context.indicator(found.indicator))
        else {
            continue;
        };
        let done = context.figure(found.indicator, Role::Current).and_then(|figure| figure.written.certain());
        let (Some(done), Some(rate)) =
            (done.filter(|done| !done.is_zero()), rate_of(context, table, row.row))
        else {
            continue;
        };
        if target == indicator.total {
            continue;
        }
        rows += 1;
        agreeing += usize::from(is_nearly(rate, done, indicator.total) && !is_nearly(rate, done, target));
    }
    if !nearly_all(agreeing, rows) {
        return None;
    }
    let mut as_meant = table.clone();
    as_meant.interpretation.lost.push(Role::Rate);
    Some(OtherKind { agreeing, rows, table: as_meant })
}

/// Rates, typed or computed, that are those of 上期 in nearly every row, and not of 本期.
pub fn rates_of_last_period(context: &Context<'_>, table: &Table) -> Option<OtherKind> {
    if table.form != Form::Progress
        || table.interpretation.foreign
        || table.interpretation.lost.contains(&Role::Rate)
    {
        return None;
    }
    let column = table.column(Role::Rate)?.index;
    let city = context.city?;
    let number =
        |indicator, role| context.figure(indicator, role).and_then(|figure| figure.written.certain());
    let (mut rows, mut agreeing) = (0, 0);
    for (row, found) in table.indicator_rows() {
        let Some(target) =
            context.breakdown().target(found.indicator, city).filter(|target| !target.is_zero())
        else {
            continue;
        };
        // The targets must be right, and the figures rise as they should.
        if number(found.indicator, Role::Target) != Some(target) {
            continue;
        }
        let (Some(before), Some(now)) =
            (number(found.indicator, Role::Previous), number(found.indicator, Role::Current))
        else {
            continue;
        };
        let cell = table.place(row.row, column).and_then(|at| context.cell(at));
        let Some(rate) = cell.and_then(|cell| read_value(&cell.value).certain()) else { continue };
        if before == now {
            continue;
        }
        rows += 1;
        agreeing +=
            usize::from(before < now && is_nearly(rate, before, target) && !is_nearly(rate, now, target));
    }
    if !nearly_all(agreeing, rows) {
        return None;
    }
    let mut as_meant = table.clone();
    as_meant.interpretation.lost.push(Role::Rate);
    Some(OtherKind { agreeing, rows, table: as_meant })
}

/// Rows in which 本期 repeats 上期 while the typed rate is that of another, greater figure.
pub fn rates_of_unknown(context: &Context<'_>, table: &Table) -> usize {
    let Some(city) = context.city.filter(|_| table.form == Form::Progress) else { return 0 };
    if table.interpretation.lost.contains(&Role::Rate) {
        return 0;
    }
    let number =
        |indicator, role| context.figure(indicator, role).and_then(|figure| figure.written.certain());
    let is_of_another = |(row, found): (&crate::layout::Row, crate::layout::LabelMatch)| {
        let target = context.breakdown().target(found.indicator, city).filter(|target| !target.is_zero())?;
        let now = number(found.indicator, Role::Current)?;
        let rate = rate_of(context, table, row.row)?;
        let repeats = number(found.indicator, Role::Previous) == Some(now)
            && number(found.indicator, Role::Target) == Some(target);
        (repeats && !is_rate_of(rate, now, target)).then_some(())
    };
    table.indicator_rows().filter_map(is_of_another).count()
}
