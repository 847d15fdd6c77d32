//! The words everything else is said in: cells, grids, workbooks, quantities, periods, fingerprints.
//!
//! Plain values. Nothing here reads a file, knows a rule or a statistic.

mod areas;
mod cell;
mod decimal;
pub mod delimited;
mod formula_text;
mod grid;
mod look;
mod number_format;
pub mod part_name;
mod period;
mod quantity;
mod sha256;
mod visible;
mod workbook;

pub use areas::Areas;
pub use cell::{CellRef, Range, column_letters, parse_column};
pub use decimal::{decimal, fraction, hundredth, printed, rounded, total, whole};
pub use formula_text::{arithmetic, dragged, runs_as_formula};
pub use grid::{Cell, Grid, Value};
pub use look::{Align, Look, Looks};
pub(crate) use number_format::serial_of_date;
pub use number_format::{NumberFormat, shown_number};
pub use period::{Half, Period};
pub use quantity::{
    Inexact, Meaning, Oddity, Written, half_width, is_invisible, read_cell, read_quantity, read_value,
};
pub use sha256::Sha256;
pub use visible::{visible, visible_json, without_signs, without_unseen};
pub use workbook::{Format, ReadRemark, Sheet, Span, Unreadable, UnwritableFormula, Visibility, Workbook};

pub use rust_decimal::Decimal;
