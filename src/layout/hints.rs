//! 这一列是…, 这一行是…: what the user says against what was recognised, kept by whoever asks.

use std::collections::BTreeMap;

use super::header::Role;
use crate::breakdown::IndicatorId;

/// What a row is, by the user's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowHint {
    Indicator(IndicatorId),
    Total,
    /// 其中：…
    Part,
    /// No row of the table: a heading, column numbers, a note.
    Aside,
}

/// The user's word on columns and rows, by sheet.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Hints {
    columns: BTreeMap<(usize, u32), Option<Role>>,
    rows: BTreeMap<(usize, u32), RowHint>,
}

impl Hints {
    /// 这一列是…; `None` for a column that is not needed.
    pub fn say_column(&mut self, sheet: usize, column: u32, role: Option<Role>) {
        self.columns.insert((sheet, column), role);
    }

    /// 这一行是…
    pub fn say_row(&mut self, sheet: usize, row: u32, kind: RowHint) {
        self.rows.insert((sheet, row), kind);
    }

    pub(super) fn columns(&self, sheet: usize) -> impl Iterator<Item = (u32, Option<Role>)> {
        self.columns.range((sheet, 0)..=(sheet, u32::MAX)).map(|((_, column), role)| (*column, *role))
    }

    pub(super) fn row(&self, sheet: usize, row: u32) -> Option<RowHint> {
        self.rows.get(&(sheet, row)).copied()
    }
}
