//! Returns that are wrong as a whole: another city's figures, another breakdown's form, a column copied twice.

use crate::audit::Context;
use crate::breakdown::CityId;
use crate::layout::{Difference, Form, Role, Table};
use crate::model::CellRef;

use super::evidence::{Evidence, is_due};
use super::explains;

/// A progress return whose targets are those of another city.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherCity {
    pub city: CityId,
    /// Column of the targets.
    pub column: u32,
    pub agreeing: usize,
    pub rows: usize,
    pub table: Table,
}

/// The city whose targets fit clearly better than those of the city on the return.
pub fn other_city(context: &Context<'_>, table: &Table) -> Option<OtherCity> {
    let evidence = Evidence::of(context, table)?;
    if evidence.form != Form::Progress {
        return None;
    }
    let claimed = context.city?;
    let column = evidence.columns.iter().find(|(role, _)| *role == Role::Target)?.1;
    let fits = |city: CityId| {
        evidence
            .rows
            .iter()
            .filter(|(row, indicator)| {
                is_due(evidence.meaning(CellRef::new(*row, column)), evidence.target(*indicator, city))
            })
            .count()
    };
    let rows = evidence.rows.len();
    let as_read = fits(claimed);
    let (agreeing, city) = context
        .breakdown()
        .city_ids()
        .filter(|city| *city != claimed)
        .map(|city| (fits(city), city))
        .max_by_key(|(fits, city)| (*fits, std::cmp::Reverse(*city)))?;
    if !explains(agreeing, as_read, rows) || agreeing * 2 <= rows {
        return None;
    }
    let mut as_meant = table.clone();
    as_meant.interpretation.city = Some(city);
    Some(OtherCity { city, column, agreeing, rows, table: as_meant })
}

/// A city's column that holds another city's figures, which stand in their own column too.
#[derive(Clone, Debug, PartialEq)]
pub struct CopiedColumn {
    pub city: CityId,
    pub from: CityId,
    pub column: u32,
    pub agreeing: usize,
    pub rows: usize,
    pub table: Table,
}

pub fn copied_column(context: &Context<'_>, table: &Table) -> Option<CopiedColumn> {
    let evidence = Evidence::of(context, table)?;
    if evidence.form != Form::Breakdown {
        return None;
    }
    let fits = |column: u32, city: CityId| {
        evidence
            .rows
            .iter()
            .filter(|(row, indicator)| {
                is_due(evidence.meaning(CellRef::new(*row, column)), evidence.target(*indicator, city))
            })
            .count()
    };
    let rows = evidence.rows.len();
    evidence.columns.iter().find_map(|(role, column)| {
        let Role::City(city) = role else { return None };
        let as_read = fits(*column, *city);
        let (agreeing, from) = evidence
            .columns
            .iter()
            .filter_map(
                |(other, own)| if let Role::City(other) = other { Some((*other, *own)) } else { None },
            )
            .filter(|(other, own)| other != city && explains(fits(*own, *other), 0, rows))
            .map(|(other, _)| (fits(*column, other), other))
            .max_by_key(|(fits, other)| (*fits, std::cmp::Reverse(*other)))?;
        if !explains(agreeing, as_read, rows) || agreeing * 4 < rows * 3 {
            return None;
        }
        let mut as_meant = table.clone();
        as_meant.interpretation.lost.push(*role);
        Some(CopiedColumn { city: *city, from, column: *column, agreeing, rows, table: as_meant })
    })
}

/// The table as one that is not compared, where most labels state other totals than the breakdown's and most figures
/// are others too; with the number of such labels.
pub fn foreign_form(context: &Context<'_>, table: &Table) -> Option<(usize, Table)> {
    let evidence = Evidence::of(context, table)?;
    let rows = evidence.rows.len();
    let other_totals =
        table.indicator_rows().filter(|(_, found)| found.difference == Difference::Number).count();
    let (holds, of) = match evidence.form {
        Form::Breakdown => {
            let tally = evidence.agreement(&evidence.as_read(table));
            (tally.holds, tally.of)
        }
        _ => {
            let column = evidence.columns.iter().find(|(role, _)| *role == Role::Target)?.1;
            let city = context.city?;
            let holds = evidence
                .rows
                .iter()
                .filter(|(row, indicator)| {
                    is_due(evidence.meaning(CellRef::new(*row, column)), evidence.target(*indicator, city))
                })
                .count();
            (holds, rows)
        }
    };
    if other_totals < 3 || other_totals * 2 <= rows || holds * 2 > of {
        return None;
    }
    let mut as_meant = table.clone();
    as_meant.interpretation.foreign = true;
    Some((other_totals, as_meant))
}
