//! Whole columns written in another magnitude: in 万, 千, 百 or 十, or with zeros too many.

use crate::audit::{Context, Due};
use crate::layout::{Form, Role, Table};
use crate::model::{CellRef, Decimal, Meaning, fraction, read_value};

use super::evidence::{Evidence, Reading, Tally, is_rate};
use super::kind::is_of_other_kind;

/// The magnitudes that people write columns in.
pub const FACTORS: [(&str, u32); 4] = [("万", 10_000), ("千", 1_000), ("百", 100), ("十", 10)];
/// Zeros too many.
const ZEROS: u32 = 3;

/// How a column was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magnitude {
    /// In 万: too small by the factor.
    In(&'static str),
    /// With so many zeros too many.
    Zeros(u32),
}

/// Columns whose numbers are all in one magnitude.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    pub magnitude: Magnitude,
    pub factor: Decimal,
    pub columns: Vec<(Role, u32)>,
    /// Cells that hold a number there which is another one in the magnitude.
    pub cells: Vec<CellRef>,
    pub table: Table,
}

/// The columns that agree clearly better when their numbers are taken in a magnitude, with the one that agrees best.
pub fn scaled_columns(context: &Context<'_>, table: &Table) -> Option<Scaled> {
    let evidence = Evidence::of(context, table)?;
    let as_read = evidence.as_read(table);
    let straight = evidence.agreement(&as_read);
    // Another city's return is measured by its own past, which the claimed city's is not.
    let tenfold = table.form == Form::Progress && ends_in_zeros(context);
    if straight.fails() == 0 && !tenfold
        || table.interpretation.city.is_some()
        || is_of_other_kind(context, table)
    {
        return None;
    }
    // Of equals the smaller factor: a greater one makes tens of all.
    let ways = FACTORS.iter().rev().map(|(name, factor)| (Magnitude::In(name), Decimal::from(*factor)));
    let ways = ways.chain((1..=ZEROS).map(|zeros| (Magnitude::Zeros(zeros), fraction(1, zeros))));
    let mut best: Option<(isize, Magnitude, Decimal, Vec<usize>)> = None;
    for (magnitude, factor) in ways {
        let Some((tally, chosen)) =
            columns_in(&evidence, table, &as_read, &straight, (magnitude, factor), tenfold)
        else {
            continue;
        };
        if best.as_ref().is_none_or(|(weight, ..)| tally.weight() > *weight) {
            best = Some((tally.weight(), magnitude, factor, chosen));
        }
    }
    let (_, magnitude, factor, chosen) = best?;
    let columns: Vec<(Role, u32)> =
        chosen.iter().filter_map(|at| evidence.columns.get(*at).copied()).collect();
    // Beside targets that are another city's a typed rate that is the quotient of the sheet's own figures speaks for
    // them; beside the official ones it may have been computed with the slip.
    let aims = || {
        context
            .figures
            .iter()
            .filter(|figure| figure.role == Role::Target && matches!(figure.due, Due::Number(_)))
    };
    let official = aims()
        .filter(|figure| matches!(figure.due, Due::Number(due) if figure.written.certain() == Some(due)))
        .count();
    let are_others = official * 2 < aims().count();
    let scales = |wanted: Role| columns.iter().any(|(role, _)| *role == wanted);
    if are_others && scales(Role::Current) && !scales(Role::Target) && has_right_rates(context, table) {
        return None;
    }
    let mut as_meant = table.clone();
    as_meant.interpretation.scales.extend(columns.iter().map(|(role, _)| (*role, factor)));
    let mut cells: Vec<CellRef> = evidence
        .rows
        .iter()
        .flat_map(|(row, _)| columns.iter().filter_map(|(_, column)| table.place(*row, *column)))
        .filter(|at| evidence.is_scaled_by(*at, factor))
        .collect();
    cells.sort_unstable();
    (!cells.is_empty()).then_some(Scaled { magnitude, factor, columns, cells, table: as_meant })
}

/// Whether most typed rates are the quotients of the sheet's own figures as they are written.
fn has_right_rates(context: &Context<'_>, table: &Table) -> bool {
    let Some(rate) = table.column(Role::Rate) else { return false };
    let number =
        |indicator, role| context.figure(indicator, role).and_then(|figure| figure.written.certain());
    let (mut typed, mut right) = (0, 0);
    for (row, found) in table.indicator_rows() {
        let Some(cell) = table
            .place(row.row, rate.index)
            .and_then(|at| context.cell(at))
            .filter(|cell| cell.formula.is_none())
        else {
            continue;
        };
        let (done, goal) = (number(found.indicator, Role::Current), number(found.indicator, Role::Target));
        let exact =
            done.zip(goal).and_then(|(done, goal)| done.checked_div(goal)).filter(|exact| !exact.is_zero());
        // 7000 % is the rate of nothing.
        let exact = exact.filter(|exact| *exact <= fraction(3, 0));
        let (Some(exact), Some(stated)) = (exact, read_value(&cell.value).certain()) else { continue };
        typed += 1;
        right += usize::from(is_rate(stated, exact));
    }
    typed >= 3 && right * 2 > typed
}

/// Whether the numbers of 本期, five and more, all end in 0 though their targets do not, and nearly all are over them,
/// by less than ten times.
fn ends_in_zeros(context: &Context<'_>) -> bool {
    let counts: Vec<(Decimal, Decimal)> = context
        .figures
        .iter()
        .filter(|figure| figure.role == Role::Current && figure.due == Due::Figure)
        .filter_map(|figure| {
            let target = context.breakdown().target(figure.indicator, context.city?)?;
            Some((figure.written.certain().filter(|number| !number.is_zero())?, target))
        })
        .collect();
    let ends = |number: &Decimal| number.checked_rem(Decimal::TEN).is_some_and(|rest| rest.is_zero());
    let over = counts.iter().filter(|(now, target)| *now > target.saturating_mul(fraction(12, 1))).count();
    counts.len() >= 5
        && counts.iter().all(|(now, target)| ends(now) && *now <= target.saturating_mul(fraction(12, 0)))
        && over * 5 >= counts.len() * 4
}

/// Whether the numbers of a column, five and more, are all multiples of a power of ten.
fn is_multiple(evidence: &Evidence<'_>, table: &Table, at: usize, factor: Decimal) -> bool {
    let Some((_, column)) = evidence.columns.get(at) else { return false };
    let numbers = evidence.rows.iter().filter_map(|(row, _)| {
        evidence.number(table.place(*row, *column)?).filter(|number| !number.is_zero())
    });
    let (mut all, mut multiples) = (0, 0);
    for number in numbers {
        all += 1;
        multiples += usize::from(number.saturating_mul(factor).fract().is_zero());
    }
    all >= 5 && all == multiples
}

/// The columns that come out clearly better by a factor, and how well all then agrees.
fn columns_in(
    evidence: &Evidence<'_>,
    table: &Table,
    as_read: &Reading,
    straight: &Tally,
    (magnitude, factor): (Magnitude, Decimal),
    tenfold: bool,
) -> Option<(Tally, Vec<usize>)> {
    let scalable = |at: usize| {
        evidence
            .columns
            .get(at)
            .is_some_and(|(role, _)| *role != Role::Rate && table.interpretation.scale(*role) == Decimal::ONE)
    };
    let with = |columns: &[usize]| {
        let mut reading: Reading = as_read.clone();
        for at in columns {
            if let Some(scale) = reading.scales.get_mut(*at) {
                *scale = factor;
            }
        }
        evidence.agreement(&reading)
    };
    // A column of counts says by its fractions that it is no count; else known figures must speak.
    let is_fractional = |at: usize| {
        let Some((_, column)) = evidence.columns.get(at) else { return false };
        let numbers = || {
            let meaning = |row: &u32| table.place(*row, *column).map(|at| evidence.meaning(at));
            evidence.rows.iter().filter_map(move |(row, _)| match meaning(row) {
                Some(Meaning::Number(number)) if !number.is_zero() => Some(*number),
                _ => None,
            })
        };
        numbers().filter(|number| !number.fract().is_zero()).count() * 2 >= numbers().count()
    };
    let small = matches!(magnitude, Magnitude::Zeros(_)) || factor < Decimal::ONE_THOUSAND;
    let believed = |at: usize, tally: &Tally| {
        let zeros = matches!(magnitude, Magnitude::Zeros(_))
            && evidence.form == Form::Progress
            && tally.settles(straight);
        zeros
            || tally.anchors >= straight.anchors + super::CLEARLY
            || !matches!(magnitude, Magnitude::Zeros(_)) && (!small || is_fractional(at))
    };
    let all: Vec<usize> = (0..evidence.columns.len()).filter(|at| scalable(*at)).collect();
    // Each column that comes out better alone; in a sheet in 万 that is every one.
    let chosen: Vec<usize> = all
        .iter()
        .copied()
        .filter(|at| {
            let tally = with(&[*at]);
            tally.holds >= straight.holds + super::CLEARLY
                && tally.fails() < straight.fails()
                && believed(*at, &tally)
        })
        .collect();
    // Columns that only come out together: a current figure is plausible beside its target.
    let together = with(&all);
    let every = all.clone();
    // Under a live rate both counts are only seen to be too great together.
    let counts: Vec<usize> = all
        .iter()
        .copied()
        .filter(|at| matches!(evidence.columns.get(*at), Some((role, _)) if *role != Role::Target))
        .collect();
    let both = with(&counts);
    let both = matches!(magnitude, Magnitude::Zeros(_))
        && evidence.form == Form::Progress
        && both.settles(straight)
        && both.fails() < with(&chosen).fails();
    let chosen = if both { counts } else { chosen };
    // A column of counts that all end in 0 and are nearly all over the target, beside nothing that tells.
    let is_tenfold = |at: &usize| {
        matches!(evidence.columns.get(*at), Some((Role::Current, _)))
            && magnitude == Magnitude::Zeros(1)
            && tenfold
    };
    let chosen = if chosen.is_empty() {
        all.iter().copied().filter(is_tenfold).collect()
    } else {
        let beside_targets =
            chosen.iter().any(|at| matches!(evidence.columns.get(*at), Some((Role::Target, _))))
                && matches!(magnitude, Magnitude::Zeros(_));
        let more =
            all.iter().copied().filter(|at| beside_targets && is_multiple(evidence, table, *at, factor));
        let mut with_more: Vec<usize> = chosen.iter().copied().chain(more).collect();
        with_more.sort_unstable();
        with_more.dedup();
        if with(&with_more).fails() <= with(&chosen).fails() { with_more } else { chosen }
    };
    let chosen = if together.holds >= with(&chosen).holds + super::CLEARLY && together.explains(straight) {
        all
    } else {
        chosen
    };
    // A column that only comes out right beside those is written in the same way: 本期 beside 上期.
    let mut chosen = chosen;
    if !chosen.is_empty() {
        for at in &every {
            let before = with(&chosen);
            let mut more = chosen.clone();
            more.push(*at);
            let after = with(&more);
            if !chosen.contains(at)
                && after.holds >= before.holds + super::CLEARLY
                && after.fails() < before.fails()
            {
                chosen = more;
            }
        }
        chosen.sort_unstable();
    }
    // Where the targets and another column are, a third that comes out no worse is too.
    let is_target = |at: &usize| matches!(evidence.columns.get(*at), Some((Role::Target, _)));
    let with_targets = chosen.len() > 1 && chosen.iter().any(is_target);
    let chosen = if with_targets && together.fails() <= with(&chosen).fails() { every } else { chosen };
    (!chosen.is_empty()).then(|| (with(&chosen), chosen))
}
