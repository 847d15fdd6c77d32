//! Root causes: one accident that explains many faults.
//!
//! A hypothesis says where the figures stand and what they mean; the evidence counts how many cells then agree with
//! what is known. It is taken only when it explains clearly more than the headers and labels do. Finds; never corrects.

mod assignment;
mod columns;
mod evidence;
mod header;
mod kind;
mod rows;
mod scale;
mod single;
mod torn;
mod whole;

pub use columns::{Moved, moved_columns, permutation};
pub use evidence::{is_rate, rates_follow, takes_factor};
pub use header::{WrongHeader, wrong_header};
pub use kind::{
    OtherKind, growth_for_figures, rates_for_figures, rates_of_last_period, rates_of_totals,
    rates_of_unknown, totals_for_targets,
};
pub use rows::{ShiftedRows, shifted_rows};
pub use scale::{Magnitude, Scaled, scaled_columns};
pub use single::{ExchangedRows, PushedRows, exchanged_rows, pushed_rows};
pub use torn::{TornRow, torn_row};
pub use whole::{CopiedColumn, OtherCity, copied_column, foreign_form, other_city};

/// Expectations that must come right before a hypothesis is believed.
const CLEARLY: usize = 3;

/// Whether a hypothesis explains clearly more: at least three expectations more, and at most half as many left open.
const fn explains(best: usize, as_read: usize, of: usize) -> bool {
    best >= as_read + CLEARLY && of.saturating_sub(best) * 2 <= of.saturating_sub(as_read)
}
