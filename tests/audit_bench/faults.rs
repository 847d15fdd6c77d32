//! Faults as clerks make them, planted in a clean form: what was done, which finding must say so and where, and what
//! its fix must bring back. Written from the catalogue, not from the rules.

mod causes;
mod cells;
mod structure;
mod tables;

use std::collections::BTreeSet;

use indicator_companion::model::{CellRef, Range, Value};

use crate::layouts::{Carrier, Col, Form, House, Kind, indicators, unit};
use crate::random::Rng;

/// What applying the finding's fix must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Due {
    /// These cells hold again what they held in the clean form.
    Restores(Vec<CellRef>),
    /// A fix that takes the finding away and restores the listed labels' rows.
    Inserts(Vec<usize>),
    /// Only the unit can know: no fix is offered.
    Nothing,
    /// The catalogue leaves it open; a fix that is offered must take the finding away.
    Either,
}

#[derive(Clone, Debug)]
pub struct Planted {
    pub kind: &'static str,
    /// The rule under which it is counted.
    pub rule: &'static str,
    /// Codes that say it; more than one where the catalogue allows several readings.
    pub codes: Vec<&'static str>,
    /// Where it must show; `None` where a finding about the whole file is right.
    pub place: Option<Range>,
    /// Findings that follow from it and are right too: code and where.
    pub also: Vec<(&'static str, Range)>,
    pub due: Due,
    /// An accident behind many wrong cells: one finding must be open, no more.
    pub root: bool,
    /// Values that the accident has destroyed: they stay wrong after the fix.
    pub lost: Vec<CellRef>,
    /// Where the accident has put the cells of the clean form.
    pub moves: Vec<(CellRef, CellRef)>,
    pub what: String,
}

impl Planted {
    pub fn at(rule: &'static str, place: CellRef, what: impl Into<String>) -> Self {
        Self::over(rule, Range::cell(place), what)
    }

    pub fn over(rule: &'static str, place: Range, what: impl Into<String>) -> Self {
        Self {
            kind: "",
            rule,
            codes: vec![rule],
            place: Some(place),
            also: Vec::new(),
            due: Due::Nothing,
            root: false,
            lost: Vec::new(),
            moves: Vec::new(),
            what: what.into(),
        }
    }

    pub fn on_file(rule: &'static str, what: impl Into<String>) -> Self {
        Self { place: None, ..Self::over(rule, Range::cell(CellRef::new(0, 0)), what) }
    }

    pub fn or(mut self, code: &'static str) -> Self {
        self.codes.push(code);
        self
    }

    /// Also right: these codes in a range.
    pub fn also(mut self, codes: &[&'static str], place: Range) -> Self {
        self.also.extend(codes.iter().map(|code| (*code, place)));
        self
    }

    pub fn restores(mut self, cells: Vec<CellRef>) -> Self {
        self.due = Due::Restores(cells);
        self
    }

    pub fn either(mut self) -> Self {
        self.due = Due::Either;
        self
    }

    pub fn root(mut self) -> Self {
        self.root = true;
        self
    }
}

/// Rows already taken, so that faults in one form do not touch each other.
#[derive(Default)]
pub struct Marks {
    rows: BTreeSet<usize>,
}

impl Marks {
    pub fn take(&mut self, indicator: usize) {
        self.rows.insert(indicator);
    }

    pub fn is_free(&self, indicator: usize) -> bool {
        !self.rows.contains(&indicator)
    }

    pub fn none(&self) -> bool {
        self.rows.is_empty()
    }
}

pub type Plant = fn(&mut Form, &mut Rng, &mut Marks) -> Option<Planted>;

/// How far a fault reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Cells of one row: may stand beside others.
    Row,
    /// The table or the file: may stand beside faults of rows.
    Table,
    /// Alone: it changes what other rules would say.
    Alone,
    /// A root cause.
    Root,
}

pub struct Fault {
    pub name: &'static str,
    pub rule: &'static str,
    pub form: Option<Kind>,
    pub reach: Reach,
    pub plant: Plant,
}

const fn any(name: &'static str, rule: &'static str, reach: Reach, plant: Plant) -> Fault {
    Fault { name, rule, form: None, reach, plant }
}

const fn breakdown(name: &'static str, rule: &'static str, reach: Reach, plant: Plant) -> Fault {
    Fault { name, rule, form: Some(Kind::Breakdown), reach, plant }
}

const fn progress(name: &'static str, rule: &'static str, reach: Reach, plant: Plant) -> Fault {
    Fault { name, rule, form: Some(Kind::Progress), reach, plant }
}

/// Every fault that can be planted in a form.
pub const FAULTS: &[Fault] = &[
    any("number as text", "Q001", Reach::Row, cells::number_as_text),
    any("column of numbers as text", "Q001", Reach::Alone, cells::column_as_text),
    any("full-width digits", "Q002", Reach::Row, cells::full_width),
    any("Chinese numerals", "Q003", Reach::Row, cells::chinese_numerals),
    any("thousands separators", "Q004", Reach::Row, cells::thousands),
    any("one cell in 万", "Q005", Reach::Row, cells::magnitude),
    any("another unit", "Q006", Reach::Row, cells::other_unit),
    any("another unit in the unit column", "Q006", Reach::Row, cells::unit_column),
    any("about a number", "Q008", Reach::Row, cells::about),
    any("words for a number", "Q010", Reach::Row, cells::words),
    any("negative", "Q011", Reach::Row, cells::negative),
    any("a fraction", "Q012", Reach::Row, cells::fraction),
    any("formula error", "Q013", Reach::Row, cells::formula_error),
    progress("error beside /", "Q013", Reach::Row, cells::error_beside_slash),
    any("nothing filled in", "Q015", Reach::Alone, cells::nothing_filled_in),
    any("a date", "Q014", Reach::Row, cells::date),
    any("blank", "Q015", Reach::Row, cells::blank),
    any("formula without a value", "Q016", Reach::Row, cells::bare_formula),
    any("letters for digits", "Q018", Reach::Row, cells::letters),
    any("stray spaces", "Q019", Reach::Row, cells::stray),
    any("hidden decimals", "Q020", Reach::Row, cells::hidden_decimals),
    any("number for /", "N001", Reach::Row, cells::number_for_slash),
    any("/ for a number", "N002", Reach::Row, cells::slash_for_number),
    any("another mark for /", "N003", Reach::Row, cells::other_mark),
    any("0 for /", "N004", Reach::Row, cells::zero_for_slash),
    breakdown("does not add up", "B001", Reach::Row, cells::does_not_add_up),
    breakdown("below the lower bound", "B002", Reach::Row, cells::below_bound),
    breakdown("a slip of the hand", "B003", Reach::Row, cells::slip),
    breakdown("wrong total", "B004", Reach::Row, cells::wrong_total),
    breakdown("moved between cities", "B006", Reach::Row, cells::moved),
    progress("below the last period", "P001", Reach::Row, cells::below_previous),
    progress("nothing moved", "P002", Reach::Alone, cells::nothing_moved),
    progress("a jump", "P003", Reach::Row, cells::jump),
    progress("wrong rate", "P004", Reach::Row, cells::wrong_rate),
    progress("far over target", "P005", Reach::Row, cells::over_target),
    progress("far behind", "P005", Reach::Row, cells::far_behind),
    progress("wrong target", "P006", Reach::Row, cells::wrong_target),
    progress("wrong previous", "P009", Reach::Row, cells::wrong_previous),
    progress("上期 of another period", "P009", Reach::Alone, cells::previous_of_another_period),
    progress("new does not add up", "P010", Reach::Row, cells::wrong_added),
    progress("names disagree", "P007", Reach::Table, structure::names_disagree),
    progress("title disagrees", "P007", Reach::Table, structure::title_disagrees),
    progress("nobody's return", "P008", Reach::Alone, structure::nobody),
    any("other wording", "L001", Reach::Row, structure::other_wording),
    any("other number in the label", "L002", Reach::Row, structure::other_number),
    any("wording of the plan", "L003", Reach::Row, structure::plan_wording),
    any("spaces in the label", "L004", Reach::Row, structure::label_spaces),
    breakdown("short city name", "L005", Reach::Table, structure::short_city),
    any("missing column", "T003", Reach::Alone, structure::missing_column),
    any("column twice", "T004", Reach::Table, structure::column_twice),
    breakdown("another city", "T006", Reach::Table, structure::other_city),
    any("missing row", "T007", Reach::Alone, structure::missing_row),
    any("row twice", "T008", Reach::Table, structure::row_twice),
    any("stranger row", "T009", Reach::Table, structure::stranger_row),
    any("rows in another order", "T010", Reach::Table, structure::row_order),
    breakdown("columns in another order", "T010", Reach::Table, structure::column_order),
    any("broken serial", "T011", Reach::Row, structure::serial),
    any("serials gone", "T011", Reach::Alone, structure::all_serials),
    any("merged figures", "T012", Reach::Row, structure::merged),
    any("hidden row", "T014", Reach::Table, structure::hidden_row),
    any("hidden column", "T014", Reach::Table, structure::hidden_column),
    any("another zone or year", "T015", Reach::Table, structure::other_zone),
    any("another title", "T016", Reach::Table, structure::other_title),
    any("total row", "T017", Reach::Table, structure::total_row),
    any("text like a formula", "S001", Reach::Row, structure::formula_text),
    any("very hidden sheet", "S002", Reach::Table, structure::very_hidden),
    any("two tables", "T002", Reach::Table, structure::two_tables),
    breakdown("columns changed places", "T005", Reach::Root, tables::permuted),
    any("shifted down or up", "T013", Reach::Root, tables::shifted_rows),
    breakdown("labels slipped", "T013", Reach::Root, tables::shifted_labels),
    any("shifted left or right", "T013", Reach::Root, tables::shifted_columns),
    any("transposed", "T018", Reach::Root, tables::transposed),
    any("column or sheet in 万", "Q005", Reach::Root, tables::in_ten_thousands),
    progress("neighbour's return", "P006", Reach::Root, tables::neighbour),
    any("another plan's form", "T015", Reach::Root, tables::other_plan),
    progress("目标, 上期, 本期 changed places", "T005", Reach::Root, causes::exchanged_columns),
    progress("a column slipped", "T013", Reach::Root, causes::slipped),
    any("rows changed places", "T020", Reach::Root, causes::exchanged_rows),
    any("a row pushed right", "T013", Reach::Root, causes::pushed_row),
    progress("a column times ten", "Q005", Reach::Root, causes::tenfold),
    progress("columns in 十, 百, 千, 万", "Q005", Reach::Root, causes::in_magnitude),
    progress("growth for the sum", "P011", Reach::Root, causes::growth),
    progress("rates for figures", "P011", Reach::Root, causes::rates_for_figures),
    progress("the zone's targets", "P006", Reach::Root, causes::zone_targets),
    progress("rates of other figures", "P004", Reach::Root, causes::rates_of_others),
];

// ---- what several kinds share

/// A count that is due in a free row.
pub struct Spot {
    pub indicator: usize,
    pub column: Col,
    pub at: CellRef,
    pub count: i64,
}

/// A free cell with a count, of the columns that a unit types into most.
pub fn spot(form: &Form, rng: &mut Rng, marks: &mut Marks, fits: impl Fn(&Spot) -> bool) -> Option<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for column in form.figure_columns() {
        for indicator in (0..indicators()).filter(|indicator| marks.is_free(*indicator)) {
            if let (Some(count), Some(at)) = (form.count(indicator, column), form.at(indicator, column)) {
                let found = Spot { indicator, column, at, count };
                if fits(&found) {
                    spots.push(found);
                }
            }
        }
    }
    let current: Vec<usize> =
        spots.iter().enumerate().filter(|(_, spot)| spot.column == Col::Current).map(|(at, _)| at).collect();
    if spots.is_empty() {
        return None;
    }
    let at = if !current.is_empty() && rng.chance(65) { rng.pick(&current) } else { rng.below(spots.len()) };
    let spot = spots.swap_remove(at);
    marks.take(spot.indicator);
    Some(spot)
}

/// Puts a number that the clerk believes in: 完成率 follows it.
pub fn put_count(form: &mut Form, spot: &Spot, count: f64) {
    let value = match form.house {
        House::Plain => Value::Number(count),
        House::WithUnit => Value::from(format!("{count}{}", unit(spot.indicator)).as_str()),
    };
    form.put(spot.at, value);
    if spot.column == Col::Current
        && let Some(target) = form.count(spot.indicator, Col::Target)
    {
        form.put_rate(spot.indicator, count, target as f64);
    }
}

/// The cells of a row as a range, for what follows from a fault there.
pub fn row_of(form: &Form, indicator: usize) -> Range {
    form.row(indicator)
}

pub fn is_flat(form: &Form) -> bool {
    form.carrier.is_flat()
}

/// Whether cells only are changed: what a package of another producer can take.
pub fn is_producer(form: &Form) -> bool {
    matches!(form.carrier, Carrier::Producer(_))
}
