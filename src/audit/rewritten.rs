//! What the fix of a root cause writes: cells as they stand elsewhere, and the rates that were computed from them.

use crate::fixes::{Edit, NewValue};
use crate::layout::{Form, LabelMatch, Role, Row, Table};
use crate::model::{Cell, CellRef, Decimal, Sheet, Value, decimal, fraction, read_value, rounded};

use super::{Context, Draft, percent, rates_follow};

/// Where the typed rates were computed from the figures as they stand, they are put right together with them.
pub fn with_rates(
    context: &Context<'_>,
    table: &Table,
    mut draft: Draft,
    mut as_meant: Table,
) -> (Draft, Table) {
    if as_meant.form != Form::Progress
        || as_meant.interpretation.lost.contains(&Role::Rate)
        || !rates_follow(context, table)
    {
        return (draft, as_meant);
    }
    let rates = rates_anew(context, table, &as_meant);
    if !rates.is_empty() {
        as_meant.interpretation.lost.push(Role::Rate);
        draft.message.push_str("完成率是按填错的数算的，一并重算。");
        if let Some(fix) = &mut draft.fix {
            fix.edits.extend(rates);
        }
    }
    (draft, as_meant)
}

/// Typed rates computed anew from the figures as they were meant, in their own writing.
pub fn rates_anew(context: &Context<'_>, table: &Table, as_meant: &Table) -> Vec<Edit> {
    let (Some(sheet), Some(rate)) = (context.sheet(), table.column(Role::Rate)) else { return Vec::new() };
    let meant = Context::new(context.input, Ok(as_meant), context.found);
    let in_points = is_in_points(table, sheet, rate.index);
    let edit = |(row, found): (&Row, LabelMatch)| {
        let at = CellRef::new(row.row, rate.index);
        // One that stands elsewhere is moved back with the rest.
        if as_meant.place(row.row, rate.index) != Some(at) {
            return None;
        }
        let cell = sheet.grid.get(at).filter(|cell| cell.formula.is_none())?;
        let done = meant.figure(found.indicator, Role::Current)?.written.certain()?;
        let goal = meant.breakdown().target(found.indicator, meant.city?).filter(|goal| !goal.is_zero())?;
        let exact = done.checked_div(goal)?;
        let points = in_points && !cell.number_format.is_percent();
        if share(cell, points)?.saturating_sub(exact).abs() <= fraction(6, 3) {
            return None;
        }
        let value = match &cell.value {
            Value::Number(_) if points => {
                let points = exact.saturating_mul(Decimal::ONE_HUNDRED);
                NewValue::Number(rounded(points, decimals(cell).clamp(1, 2)).normalize())
            }
            Value::Number(_) => NewValue::Number(rounded(exact, decimals(cell).clamp(3, 4)).normalize()),
            Value::Text(text) => NewValue::Text(percent(exact, places(text))),
            _ => return None,
        };
        Some((at, value))
    };
    changing(context, table.indicator_rows().filter_map(edit).collect())
}

/// Whether most plain numbers of a column of rates are percentage points: a rate of 150 % is rarer than one of 1.5.
fn is_in_points(table: &Table, sheet: &Sheet, column: u32) -> bool {
    let plain = table.indicator_rows().filter_map(|(row, _)| sheet.grid.get(CellRef::new(row.row, column)));
    let plain = plain.filter(|cell| !cell.number_format.is_percent());
    let numbers =
        plain.filter_map(|cell| if let Value::Number(number) = cell.value { Some(number) } else { None });
    let (great, all) =
        numbers.fold((0, 0), |(great, all), number| (great + usize::from(number > 1.5), all + 1));
    great * 2 > all
}

/// A stated rate as a share.
fn share(cell: &Cell, points: bool) -> Option<Decimal> {
    let read = read_value(&cell.value);
    let number = read.certain()?;
    if points || read.is_share() { number.checked_div(Decimal::ONE_HUNDRED) } else { Some(number) }
}

/// The decimals of a number as stored and as shown, as a share: two in 63.3 % under `0.00%` are four.
fn decimals(cell: &Cell) -> u32 {
    let shown = cell.shown();
    let of_percent = if shown.ends_with('%') { 2 } else { 0 };
    let stored = if let Value::Number(number) = cell.value { places(&number.to_string()) } else { 0 };
    stored.max(places(&shown) + of_percent)
}

/// The digits behind the point of a number or a percentage.
fn places(text: &str) -> u32 {
    let number = text.trim().trim_end_matches(['%', '％']);
    number.split_once('.').map_or(0, |(_, rest)| u32::try_from(rest.len()).unwrap_or(0))
}

/// Only the cells that come out different.
pub fn changing(context: &Context<'_>, edits: Vec<(CellRef, NewValue)>) -> Vec<Edit> {
    let Some(sheet) = context.sheet() else { return Vec::new() };
    edits
        .into_iter()
        .filter(|(cell, value)| copied(sheet.grid.value(*cell)) != *value)
        .map(|(cell, value)| context.set(cell, value))
        .collect()
}

/// A stored value as an edit would write it.
pub fn copied(value: &Value) -> NewValue {
    match value {
        Value::Empty => NewValue::Blank,
        Value::Number(number) => decimal(*number).map_or(NewValue::Blank, NewValue::Number),
        Value::Text(text) | Value::Error(text) => NewValue::Text(text.to_string()),
        Value::Bool(flag) => NewValue::Text(if *flag { "TRUE" } else { "FALSE" }.to_owned()),
    }
}
