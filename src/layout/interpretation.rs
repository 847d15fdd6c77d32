//! How a table is interpreted once a root cause is known: where its figures stand and what they mean.
//!
//! The empty interpretation reads every figure under its header, beside its label, as written.

use crate::breakdown::CityId;
use crate::model::{CellRef, Decimal};

use super::header::Role;

/// What root causes say about a table. Columns that change places need no entry here: their index says it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Interpretation {
    pub shifts: Vec<Shift>,
    /// Columns written in a magnitude (万): the factor that gives the count.
    pub scales: Vec<(Role, Decimal)>,
    /// Columns whose figures an accident has pushed out of the sheet or overwritten.
    pub lost: Vec<Role>,
    /// Whose figures these are, against the name on the return.
    pub city: Option<CityId>,
    /// Rows whose figures stand one cell to the right.
    pub pushed: Vec<PushedRow>,
    /// Records of separated text with a field too many.
    pub torn: Vec<TornRecord>,
    /// Pairs of rows whose figures stand in each other's place.
    pub exchanged: Vec<ExchangedPair>,
    /// 本期累计完成 holds what came in this period alone: 上期 is to be added.
    pub grown: bool,
    /// The form belongs to another breakdown: nothing of it is compared.
    pub foreign: bool,
}

/// A row whose values stand one cell to the right, from its first to its last column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushedRow {
    pub row: u32,
    pub first: u32,
    pub last: u32,
}

/// A record that a comma in a number has torn.
#[derive(Clone, Debug, PartialEq)]
pub struct TornRecord {
    pub row: u32,
    /// For each column of the header where its field begins, and the number where it is put together of several;
    /// `None` where that is not known.
    pub fields: Option<Vec<(u32, Option<Decimal>)>>,
}

/// Values that stand one row below or above their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    pub columns: Vec<u32>,
    /// First and last row of the labels concerned.
    pub first: u32,
    pub last: u32,
    pub direction: Direction,
    /// Where the value at the end stands that has no next row: below the table, or at the other end; `None` if lost.
    pub end: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The values stand below their labels.
    Down,
    Up,
}

/// Two rows whose figures stand in each other's place.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangedPair {
    pub rows: (u32, u32),
    /// The columns concerned; empty where it is all of them.
    pub columns: Vec<u32>,
}

impl Shift {
    /// The row where the value of a label's row stands.
    pub fn source(&self, row: u32) -> Option<u32> {
        match self.direction {
            _ if row < self.first || row > self.last => Some(row),
            Direction::Down if row == self.last => self.end,
            Direction::Down => Some(row + 1),
            Direction::Up if row == self.first => self.end,
            Direction::Up => row.checked_sub(1),
        }
    }
}

impl Interpretation {
    /// Where the value of a row in a column stands.
    pub fn place(&self, row: u32, column: u32) -> Option<CellRef> {
        if let Some(pushed) = self
            .pushed
            .iter()
            .find(|pushed| pushed.row == row && (pushed.first..=pushed.last).contains(&column))
        {
            return Some(CellRef::new(pushed.row, column + 1));
        }
        if let Some(torn) = self.torn.iter().find(|torn| torn.row == row) {
            let (from, _) = torn.fields.as_ref()?.get(usize::try_from(column).ok()?)?;
            return Some(CellRef::new(row, *from));
        }
        let concerned = |pair: &&ExchangedPair| {
            (pair.rows.0 == row || pair.rows.1 == row)
                && (pair.columns.is_empty() || pair.columns.contains(&column))
        };
        if let Some(ExchangedPair { rows: (upper, lower), .. }) = self.exchanged.iter().find(concerned) {
            return Some(CellRef::new(if row == *upper { *lower } else { *upper }, column));
        }
        let row = match self.shifts.iter().find(|shift| shift.columns.contains(&column)) {
            Some(shift) => shift.source(row)?,
            None => row,
        };
        Some(CellRef::new(row, column))
    }

    /// The number that the fields of a column make in a torn row.
    pub fn joined(&self, row: u32, column: u32) -> Option<Decimal> {
        let torn = self.torn.iter().find(|torn| torn.row == row)?;
        torn.fields.as_ref()?.get(usize::try_from(column).ok()?)?.1
    }

    /// The factor from what is written to the count.
    pub fn scale(&self, role: Role) -> Decimal {
        self.scales.iter().find(|(scaled, _)| *scaled == role).map_or(Decimal::ONE, |(_, factor)| *factor)
    }
}
