//! From an audited progress return to the figures that a consolidation and the next period take from it.

use crate::audit::{Audit, Reported, Tier};
use crate::breakdown::Breakdown;
use crate::consolidate::{Figure, Return};
use crate::layout::{Form, Role};
use crate::model::{CellRef, Sha256, Workbook, read_value};

/// The return that a file holds: `None` where it is no progress return, or whose it is cannot be told.
pub fn return_of(name: &str, sha256: Sha256, workbook: &Workbook, audit: &Audit) -> Option<Return> {
    let table = audit.table.as_ref().ok().filter(|table| table.form == Form::Progress)?;
    let (city, period) = (table.identity.city()?, table.identity.period()?);
    let sheet = workbook.sheets.get(table.sheet)?;
    let column = table.column(Role::Current)?;
    let figures = table
        .indicator_rows()
        .map(|(row, found)| {
            let cell = CellRef::new(row.row, column.index);
            Figure { indicator: found.indicator, cell, raw: sheet.grid.shown(cell), value: read_value(sheet.grid.value(cell)).certain() }
        })
        .collect();
    Some(Return { file: name.to_owned(), sha256, sheet: sheet.name.clone(), city, period, figures, open_errors: audit.count(Tier::Error) })
}

/// What a return reported, as the next period's rules compare it.
pub fn reported(name: &str, workbook: &Workbook, audit: &Audit, breakdown: &Breakdown) -> Option<Reported> {
    let found = return_of(name, breakdown.fingerprint, workbook, audit)?;
    Some(Reported {
        city: found.city,
        period: found.period,
        file: found.file,
        figures: found.figures.iter().map(|figure| (figure.indicator, figure.value)).collect(),
    })
}
