//! A city's figures under a caption that is not the city's.

use crate::audit::Context;
use crate::breakdown::CityId;
use crate::layout::{Column, Form, Role, Table};
use crate::model::CellRef;

use super::CLEARLY;
use super::evidence::{Evidence, is_due};

/// A caption that names another city, or none, over figures that are one city's.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongHeader {
    pub city: CityId,
    pub header: CellRef,
    pub column: u32,
    /// As written.
    pub caption: String,
    pub agreeing: usize,
    pub rows: usize,
    pub table: Table,
}

/// The first column whose figures are, in four rows of five and more, those of a city that has no column; other
/// captions of it are another city's name that stands twice, a city that the breakdown does not have, or nothing known.
pub fn wrong_header(context: &Context<'_>, table: &Table) -> Option<WrongHeader> {
    if table.form != Form::Breakdown
        || !table.is_upright()
        || table.repeated.iter().any(|column| !matches!(column.role, Role::City(_)))
    {
        return None;
    }
    let missing: Vec<CityId> =
        context.breakdown().city_ids().filter(|city| table.column(Role::City(*city)).is_none()).collect();
    if missing.is_empty() {
        return None;
    }
    let evidence = Evidence::of(context, table)?;
    if evidence.rows.len() < CLEARLY {
        return None;
    }
    let rows = evidence.rows.len();
    let agreeing = |column: u32, city: CityId| {
        let agrees = |row: u32, indicator| {
            is_due(evidence.meaning(CellRef::new(row, column)), evidence.target(indicator, city))
        };
        evidence.rows.iter().filter(|(row, indicator)| agrees(*row, *indicator)).count()
    };
    // A figure may be wrong besides; two cities with much the same targets cannot be told apart.
    let is_of = |column: u32, city: CityId| agreeing(column, city) * 5 >= rows * 4;
    let candidates = unclaimed(context, table);
    for column in candidates {
        let own = if let Role::City(city) = column.role { is_of(column.index, city) } else { false };
        let mut cities = missing.iter().filter(|city| is_of(column.index, **city));
        let (Some(city), None, false) = (cities.next(), cities.next(), own) else { continue };
        let mut as_meant = table.clone();
        as_meant.columns.retain(|other| other.index != column.index);
        as_meant.repeated.retain(|other| other.index != column.index);
        // The other column of the name that stood twice is that city's own.
        if let Some(at) = as_meant.repeated.iter().position(|other| other.role == column.role)
            && as_meant.column(column.role).is_none()
        {
            let other = as_meant.repeated.remove(at);
            as_meant.columns.push(other);
        }
        let caption = context.breakdown().city(*city).to_owned();
        as_meant.columns.push(Column { role: Role::City(*city), caption, ..column.clone() });
        as_meant.columns.sort_by_key(|column| column.index);
        return Some(WrongHeader {
            city: *city,
            header: column.header,
            column: column.index,
            caption: column.caption,
            agreeing: agreeing(column.index, *city),
            rows,
            table: as_meant,
        });
    }
    None
}

/// Columns whose caption claims no city for sure: of a name that stands twice, of a city from elsewhere, of no known
/// word.
fn unclaimed(context: &Context<'_>, table: &Table) -> Vec<Column> {
    let twice = |role: Role| table.repeated.iter().any(|column| column.role == role);
    let mut columns: Vec<Column> = table
        .columns
        .iter()
        .filter(|column| {
            column.role == Role::ForeignCity || matches!(column.role, Role::City(_)) && twice(column.role)
        })
        .chain(&table.repeated)
        .cloned()
        .collect();
    let known = |index: u32| table.columns.iter().chain(&table.repeated).any(|column| column.index == index);
    if let (Some(sheet), Some(label)) = (context.sheet(), table.column(Role::Label)) {
        let rows = table.columns.iter().map(|column| column.header.row);
        if let (Some(top), Some(bottom)) = (rows.clone().min(), rows.max()) {
            let captions =
                sheet.grid.rows(top, bottom).filter(|(at, _)| at.column > label.index && !known(at.column));
            columns.extend(captions.filter(|(_, cell)| !cell.value.is_empty()).map(|(at, cell)| Column {
                index: at.column,
                role: Role::ForeignCity,
                header: at,
                caption: cell.shown(),
                period: None,
            }));
            // Figures under no caption at all.
            let first = table.indicator_rows().map(|(row, _)| row.row).next().unwrap_or(bottom);
            let figures = sheet.grid.rows(first, first).filter(|(_, cell)| !cell.value.is_empty());
            let bare: Vec<u32> = figures
                .map(|(at, _)| at.column)
                .filter(|index| *index > label.index && !known(*index))
                .filter(|index| columns.iter().all(|column| column.index != *index))
                .collect();
            columns.extend(bare.into_iter().map(|index| Column {
                index,
                role: Role::ForeignCity,
                header: CellRef::new(bottom, index),
                caption: String::new(),
                period: None,
            }));
        }
    }
    columns.sort_by_key(|column| column.index);
    columns
}
