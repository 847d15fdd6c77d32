//! From a grid to a table: where the table stands, which form it is, what each column and row holds, whose it is.
//!
//! Labels and city names become ids here and nowhere else. Layout says what it saw; whether that is right is the
//! audit's question.

mod arranged;
mod assignment;
mod candidates;
mod cities_down;
mod columns;
mod dates;
mod forms;
mod header;
mod hints;
mod identity;
mod interpretation;
mod label;
mod pairs;
mod places;
mod record;
mod rows;
mod table;
mod transposed;
mod understood;

pub use arranged::{Arranged, find_arranged};
pub use columns::Vocabulary;
pub use dates::{dates_in, periods_in};
pub use forms::{
    Exclusion, FoundTables, NearMiss, NoTable, PassedOver, find_tables, find_tables_as_said, find_tables_with,
};
pub use header::{Alias, Role, city_alias, city_names};
pub use hints::{Hints, RowHint};
pub use identity::{Identity, Sighting, Source, cities_in};
pub use interpretation::{Direction, ExchangedPair, Interpretation, PushedRow, Shift, TornRecord};
pub use label::{Difference, LabelMatch, fold, match_label, numbers_in};
pub use places::district_named;
pub use record::{FORM_SHEET, RECORD_SHEET, is_consolidated, is_record_sheet};
pub use table::{Arrangement, Column, Form, Row, RowKind, Table};
pub use understood::{Agreement, Understood, UnderstoodColumn, UnderstoodRow, other_reading, understood};
