//! 这一列是…, 这一行是…, 是哪个市、哪一期: what the user says against what was recognised, kept by whoever asks.

use std::collections::BTreeMap;

use super::header::Role;
use super::identity::{Identity, Sighting, Source};
use crate::breakdown::{CityId, IndicatorId};
use crate::model::{CellRef, Period, Range};

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

/// Whose and of when a table is, by the user's word; what is not said is read as ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
struct Whose {
    city: Option<CityId>,
    period: Option<Period>,
}

/// The user's word on columns and rows, by sheet, and on whose and of when the tables are.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Hints {
    columns: BTreeMap<(usize, u32), Option<Role>>,
    rows: BTreeMap<(usize, u32), RowHint>,
    whole: Whose,
    /// By a cell of the table.
    tables: BTreeMap<(usize, CellRef), Whose>,
}

impl Hints {
    /// Nothing said.
    pub const NONE: &'static Self = &Self {
        columns: BTreeMap::new(),
        rows: BTreeMap::new(),
        whole: Whose { city: None, period: None },
        tables: BTreeMap::new(),
    };

    /// 这一列是…; `None` for a column that is not needed.
    pub fn say_column(&mut self, sheet: usize, column: u32, role: Option<Role>) {
        self.columns.insert((sheet, column), role);
    }

    /// 这一行是…
    pub fn say_row(&mut self, sheet: usize, row: u32, kind: RowHint) {
        self.rows.insert((sheet, row), kind);
    }

    /// 是哪个市、哪一期, of every table of the file.
    pub fn say_identity(&mut self, city: Option<CityId>, period: Option<Period>) {
        self.whole = Whose { city, period };
    }

    /// The same of one table, named by a cell of it: a file may hold several. What was said of it before and is not
    /// said now still holds.
    pub fn say_identity_of(
        &mut self,
        sheet: usize,
        at: CellRef,
        city: Option<CityId>,
        period: Option<Period>,
    ) {
        let own = self.tables.entry((sheet, at)).or_default();
        *own = Whose { city: city.or(own.city), period: period.or(own.period) };
    }

    /// Forgets that one of these columns has a role: now another one has it.
    pub fn forget_role(&mut self, sheet: usize, role: Role, mut within: impl FnMut(u32) -> bool) {
        self.columns.retain(|(of, column), said| *of != sheet || !within(*column) || *said != Some(role));
    }

    /// Moves what was said along with a row that came into a sheet.
    pub fn row_inserted(&mut self, sheet: usize, row: u32) {
        let moved = |of: usize, at: u32| at + u32::from(of == sheet && at >= row);
        let rows = std::mem::take(&mut self.rows).into_iter();
        self.rows = rows.map(|((of, at), kind)| ((of, moved(of, at)), kind)).collect();
        let tables = std::mem::take(&mut self.tables).into_iter();
        self.tables = tables
            .map(|((of, at), whose)| ((of, CellRef::new(moved(of, at.row), at.column)), whose))
            .collect();
    }

    /// Whether the user has said what a column is.
    pub fn says_column(&self, sheet: usize, column: u32) -> bool {
        self.columns.contains_key(&(sheet, column))
    }

    /// Whether the user has said what a row is.
    pub fn says_row(&self, sheet: usize, row: u32) -> bool {
        self.rows.contains_key(&(sheet, row))
    }

    pub fn is_empty(&self) -> bool {
        self == Self::NONE
    }

    /// Puts what was said of a table first. What only the file's name says is settled by it; what the sheet says
    /// against it stays to be seen.
    pub(super) fn tell(&self, sheet: usize, range: Range, identity: &mut Identity) {
        let own = self.tables.iter().find(|((of, at), _)| *of == sheet && range.contains(*at));
        let own = own.map_or_else(Whose::default, |(_, whose)| *whose);
        put_first(&mut identity.cities, own.city.or(self.whole.city));
        put_first(&mut identity.periods, own.period.or(self.whole.period));
    }

    pub(super) fn columns(&self, sheet: usize) -> impl Iterator<Item = (u32, Option<Role>)> {
        self.columns.range((sheet, 0)..=(sheet, u32::MAX)).map(|((_, column), role)| (*column, *role))
    }

    pub(super) fn row(&self, sheet: usize, row: u32) -> Option<RowHint> {
        self.rows.get(&(sheet, row)).copied()
    }
}

fn put_first<T>(sightings: &mut Vec<Sighting<T>>, said: Option<T>) {
    if let Some(value) = said {
        sightings.retain(Sighting::is_inside);
        sightings.insert(0, Sighting { value, source: Source::Said });
    }
}
