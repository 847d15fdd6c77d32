//! Edits: what a correction does to a workbook, how sure it is, and the record of it.
//!
//! Knows cells and values, no rule and no file format. A statistic is never invented here: every edit carries
//! where its value comes from.

mod log;
mod plan;

pub use log::{Change, Origin};
pub use plan::{Conflict, apply, changes_nothing, merge_edits};

use crate::model::{CellRef, Decimal, NumberFormat, runs_as_formula};

/// What a cell is to hold.
#[derive(Clone, Debug, PartialEq)]
pub enum NewValue {
    Number(Decimal),
    Text(String),
    Blank,
    /// A formula without its `=`.
    Formula(String),
}

impl NewValue {
    /// As a person reads it; a blank is the empty string.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.normalize().to_string(),
            Self::Text(text) => text.clone(),
            Self::Blank => String::new(),
            Self::Formula(formula) => format!("={formula}"),
        }
    }

    /// The format that a cell must take on where its own would make another thing of the value: General for a number
    /// under a date or text format, text for words under a date format and for what a spreadsheet would run.
    pub fn format_instead_of(&self, own: &NumberFormat) -> Option<NumberFormat> {
        match self {
            Self::Number(_) if own.is_date() || own.is_text() => Some(NumberFormat::GENERAL),
            Self::Text(_) if own.is_date() => Some(NumberFormat::new("@")),
            Self::Text(text) if !own.is_text() && runs_as_formula(text) => Some(NumberFormat::new("@")),
            _ => None,
        }
    }
}

/// One change to a workbook. Edits apply in their order; an address counts after the edits before it.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    Set {
        sheet: usize,
        cell: CellRef,
        value: NewValue,
    },
    /// A new row before `row` (zero-based) with some cells filled; everything from `row` on moves down by one.
    InsertRow {
        sheet: usize,
        row: u32,
        cells: Vec<(u32, NewValue)>,
    },
}

impl Edit {
    pub const fn sheet(&self) -> usize {
        match self {
            Self::Set { sheet, .. } | Self::InsertRow { sheet, .. } => *sheet,
        }
    }
}

/// How sure a fix is: `Safe` changes the representation, never the quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    Safe,
    Consent,
}

/// A proposed correction: all of its edits or none.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    pub certainty: Certainty,
    pub edits: Vec<Edit>,
    /// Where the new value comes from, as in “实施方案附件 指标分解表”.
    pub source: String,
    /// Cells of the same sheet that the new values are computed from. A doubt about one of them is a doubt about the
    /// fix.
    pub rests_on: Vec<CellRef>,
}

impl Fix {
    /// The representation changes, the quantity does not.
    pub fn safe(edits: Vec<Edit>, source: impl Into<String>) -> Self {
        Self { certainty: Certainty::Safe, edits, source: source.into(), rests_on: Vec::new() }
    }

    /// A magnitude changes or is guessed: one click each, never in bulk.
    pub fn consent(edits: Vec<Edit>, source: impl Into<String>) -> Self {
        Self { certainty: Certainty::Consent, edits, source: source.into(), rests_on: Vec::new() }
    }

    /// Names the cells that the new values are computed from.
    pub fn resting_on(mut self, cells: impl IntoIterator<Item = CellRef>) -> Self {
        self.rests_on.extend(cells);
        self
    }
}
