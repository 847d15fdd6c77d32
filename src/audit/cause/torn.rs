//! A record of separated text that a thousands comma without quotes has torn: 1,200 in two fields, and all after it one
//! field too far.

use crate::audit::Context;
use crate::layout::{Column, Role, RowKind, Table, TornRecord};
use crate::model::{CellRef, Decimal, Meaning, Value, fraction, read_value};

/// A torn row, with how its fields go together again.
#[derive(Clone, Debug, PartialEq)]
pub struct TornRow {
    pub row: u32,
    /// Fields of the row and of the header.
    pub fields: (u32, u32),
    /// The numbers put together; empty where no way makes the whole row fit.
    pub joined: Vec<Decimal>,
    pub table: Table,
}

/// Most fields too many that are looked at.
const MOST: u32 = 3;

/// The first row with more fields than its header and than most others in which figures do not fit as they stand.
pub fn torn_row(context: &Context<'_>, table: &Table) -> Option<TornRow> {
    let sheet = context.sheet()?;
    let count = |row: u32| {
        usize::try_from(row).ok().and_then(|row| sheet.field_counts.get(row)).copied().unwrap_or(0)
    };
    let header = count(table.columns.first()?.header.row);
    let others: Vec<u32> = table.indicator_rows().map(|(row, _)| count(row.row)).collect();
    for row in &table.rows {
        let RowKind::Indicator(found) = row.kind else { continue };
        let own = count(row.row);
        let most = others.iter().filter(|other| **other < own).count() * 2 > others.len();
        if own <= header
            || own - header > MOST
            || !most
            || table.interpretation.torn.iter().any(|torn| torn.row == row.row)
        {
            continue;
        }
        let as_written: Vec<Field> = (0..own).map(|column| Field { from: column, joined: None }).collect();
        let fits = |fields: &[Field]| fits(context, table, row.row, found.indicator, fields);
        if fits(&as_written) {
            continue;
        }
        let text = |column: u32| match sheet.grid.value(CellRef::new(row.row, column)) {
            Value::Number(number) => number.to_string(),
            Value::Text(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let ways = ways(own, own - header, &text);
        let mut whole = ways.iter().filter(|fields| fits(fields));
        // Two ways to put it together are none.
        let way = whole.next().filter(|_| whole.next().is_none());
        if way.is_none() && (ways.is_empty() || !is_shifted(table, &text)) {
            continue;
        }
        let mut as_meant = table.clone();
        let fields = way.map(|way| way.iter().map(|field| (field.from, field.joined)).collect());
        as_meant.interpretation.torn.push(TornRecord { row: row.row, fields });
        let joined = way.into_iter().flatten().filter_map(|field| field.joined).collect();
        return Some(TornRow { row: row.row, fields: (own, header), joined, table: as_meant });
    }
    None
}

/// A field of the row as it was meant: where it begins, and the number that it makes with the next ones.
#[derive(Clone, Copy)]
struct Field {
    from: u32,
    joined: Option<Decimal>,
}

/// Every way to join as many pairs of neighbours as there are fields too many, each a group of one to three digits and
/// one of three.
fn ways(own: u32, excess: u32, text: &impl Fn(u32) -> String) -> Vec<Vec<Field>> {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let pair = |at: u32| -> Option<Decimal> {
        let (left, right) = (text(at), text(at + 1));
        let groups =
            digits(&left) && left.len() <= 3 && !left.starts_with('0') && digits(&right) && right.len() == 3;
        if groups { format!("{left}{right}").parse().ok() } else { None }
    };
    let mut ways: Vec<(u32, u32, Vec<Field>)> = vec![(0, 0, Vec::new())];
    let mut done = Vec::new();
    while let Some((at, joins, fields)) = ways.pop() {
        if at >= own {
            if joins == excess {
                done.push(fields);
            }
            continue;
        }
        if at + 1 < own
            && joins < excess
            && let Some(number) = pair(at)
        {
            let mut joined = fields.clone();
            joined.push(Field { from: at, joined: Some(number) });
            ways.push((at + 2, joins + 1, joined));
        }
        let mut single = fields;
        single.push(Field { from: at, joined: None });
        ways.push((at + 1, joins, single));
    }
    done
}

/// Whether every column of a row holds what its header says, and the target or the rate bears it out.
fn fits(
    context: &Context<'_>,
    table: &Table,
    row: u32,
    indicator: crate::breakdown::IndicatorId,
    fields: &[Field],
) -> bool {
    let Some(sheet) = context.sheet() else { return false };
    let meaning = |column: &Column| -> Meaning {
        let Some(field) = usize::try_from(column.index).ok().and_then(|at| fields.get(at)) else {
            return Meaning::Blank;
        };
        let written = read_value(sheet.grid.value(CellRef::new(row, field.from)));
        match field.joined {
            Some(number) => Meaning::Number(number),
            None if written.is_share() && column.role.is_figure() => Meaning::Words,
            None => written.meaning,
        }
    };
    let number = |role: Role| match table.column(role).map(meaning) {
        Some(Meaning::Number(number)) => Some(number),
        _ => None,
    };
    let mut borne_out = 0;
    for column in &table.columns {
        let city = match column.role {
            Role::City(city) => Some(city),
            _ => context.city,
        };
        let read = meaning(column);
        let fits = match column.role {
            Role::City(_) | Role::Target => {
                match (city.map(|city| context.breakdown().target(indicator, city)), &read) {
                    (Some(Some(target)), Meaning::Number(number)) => {
                        borne_out += usize::from(*number == target);
                        *number == target
                    }
                    (Some(None), _) => matches!(read, Meaning::NotApplicable | Meaning::Blank),
                    (None, _) => matches!(read, Meaning::Number(_) | Meaning::NotApplicable),
                    _ => false,
                }
            }
            Role::Rate => match (number(Role::Current), number(Role::Target), &read) {
                (Some(current), Some(target), Meaning::Number(rate)) => {
                    let near = |rate: Decimal| {
                        current
                            .checked_div(target)
                            .is_some_and(|due| due.saturating_sub(rate).abs() <= fraction(6, 4))
                    };
                    let near = near(*rate) || rate.checked_div(Decimal::ONE_HUNDRED).is_some_and(near);
                    borne_out += usize::from(near);
                    near
                }
                _ => matches!(read, Meaning::NotApplicable | Meaning::Blank),
            },
            role if role.is_figure() || role == Role::Total => {
                matches!(read, Meaning::Number(_) | Meaning::NotApplicable | Meaning::Blank)
            }
            Role::Explanation | Role::Remark => !matches!(read, Meaning::Number(_)),
            _ => true,
        };
        if !fits {
            return false;
        }
    }
    borne_out > 0
}

/// Whether what should stand in the last column of numbers stands beyond it.
fn is_shifted(table: &Table, text: &impl Fn(u32) -> String) -> bool {
    let last = table
        .columns
        .iter()
        .filter(|column| column.role.is_figure() || column.role == Role::Rate)
        .map(|column| column.index)
        .max();
    last.is_some_and(|last| {
        let beyond = read_value(&Value::from(text(last + 1).as_str()));
        matches!(beyond.meaning, Meaning::Number(_))
    })
}
