//! What the fix of a root cause writes: cells as they stand elsewhere, and the rates that were computed from them.

use crate::fixes::{Edit, NewValue};
use crate::layout::{Form, LabelMatch, Role, Row, Table};
use crate::model::{CellRef, Decimal, Value, decimal, read_value};

use super::{Context, Draft, is_rate, percent, rates_follow};

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
    let rates = recomputed(context, table, &as_meant);
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
fn recomputed(context: &Context<'_>, table: &Table, as_meant: &Table) -> Vec<Edit> {
    let (Some(sheet), Some(rate)) = (context.sheet(), table.column(Role::Rate)) else { return Vec::new() };
    let meant = Context::new(context.input, Ok(as_meant), context.found);
    let edit = |(row, found): (&Row, LabelMatch)| {
        let at = CellRef::new(row.row, rate.index);
        let cell = sheet.grid.get(at).filter(|cell| cell.formula.is_none())?;
        let done = meant.figure(found.indicator, Role::Current)?.written.certain()?;
        let goal = meant.breakdown().target(found.indicator, meant.city?).filter(|goal| !goal.is_zero())?;
        let exact = done.checked_div(goal)?;
        let stated = read_value(&cell.value).certain()?;
        if is_rate(stated, exact) {
            return None;
        }
        let value = match &cell.value {
            Value::Number(number) if *number > 1.5 && !cell.number_format.is_percent() => {
                NewValue::Number(exact.saturating_mul(Decimal::ONE_HUNDRED).round_dp(1).normalize())
            }
            Value::Number(_) => NewValue::Number(exact.round_dp(3).normalize()),
            Value::Text(text) => {
                let places = text
                    .trim()
                    .trim_end_matches(['%', '％'])
                    .split_once('.')
                    .map_or(0, |(_, rest)| rest.len());
                NewValue::Text(percent(exact, u32::try_from(places).unwrap_or(1)))
            }
            _ => return None,
        };
        Some((at, value))
    };
    changing(context, table.indicator_rows().filter_map(edit).collect())
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
