//! What is known of a table's figures, and how well a reading agrees with it.

use std::collections::BTreeMap;

use crate::audit::{Context, Reported};
use crate::breakdown::{CityId, IndicatorId};
use crate::layout::{Column, Form, Role, Shift, Table};
use crate::model::{CellRef, Decimal, Meaning, Oddity, Value, Written, fraction, read_cell, read_value};

/// A way to read the table: per column of the evidence, where it stands and in which magnitude.
#[derive(Clone, Debug)]
pub struct Reading {
    /// In the order of [`Evidence::columns`]; `None` where the column is lost.
    pub sources: Vec<Option<u32>>,
    pub scales: Vec<Decimal>,
    /// A row shift, and the columns of the evidence it concerns.
    pub shift: Option<(Shift, Vec<usize>)>,
    pub city: Option<CityId>,
}

/// The figures of a table with what they are compared to.
pub struct Evidence<'a> {
    context: &'a Context<'a>,
    pub form: Form,
    /// Row and indicator, from top to bottom.
    pub rows: Vec<(u32, IndicatorId)>,
    /// Roles with their columns, left to right: the cities, or the measures of the progress form with the rate.
    pub columns: Vec<(Role, u32)>,
    written: BTreeMap<CellRef, Written>,
    /// A rate that is computed, or was typed from the figures as they stand, says nothing of its own.
    rate_computed: bool,
    /// Nothing was reported before the first period: 0 and blanks of 上期 say nothing there.
    no_past: bool,
    previous: Option<&'a Reported>,
}

const BLANK: Meaning = Meaning::Blank;

impl<'a> Evidence<'a> {
    /// `None` for a form that is not compared.
    pub fn of(context: &'a Context<'a>, table: &Table) -> Option<Self> {
        let sheet = context.input.workbook.sheets.get(table.sheet)?;
        if table.form == Form::Summary || table.interpretation.foreign || table.interpretation.grown {
            return None;
        }
        let rows: Vec<(u32, IndicatorId)> =
            table.indicator_rows().map(|(row, found)| (row.row, found.indicator)).collect();
        let counts = |role: Role| match table.form {
            Form::Breakdown => matches!(role, Role::City(_)),
            _ => matches!(role, Role::Target | Role::Previous | Role::Added | Role::Current | Role::Rate),
        };
        let lost = |role: Role| table.interpretation.lost.contains(&role);
        let columns: Vec<(Role, u32)> = table
            .columns
            .iter()
            .filter(|column| counts(column.role) && !lost(column.role))
            .map(|column| (column.role, column.index))
            .collect();
        let (top, bottom) = table.data_rows()?;
        let (left, right) = (columns.iter().map(|c| c.1).min()?, columns.iter().map(|c| c.1).max()?);
        let unit_column = table.column(Role::Unit).map(|column| column.index);
        let mut written = BTreeMap::new();
        for (at, cell) in sheet.grid.rows(top.saturating_sub(1), bottom + 1) {
            // 百项 under 计量单位 is no figure.
            let is_unit = matches!(&cell.value, Value::Text(text)
                if unit_column == Some(at.column) && !text.contains(|c: char| c.is_ascii_digit()));
            if at.column + 1 >= left && at.column <= right + 1 && !is_unit {
                let unit = rows
                    .iter()
                    .find(|(row, _)| *row == at.row)
                    .map_or("", |(_, indicator)| context.unit(*indicator));
                // 500万元 where 亿元 is counted.
                let own = matches!(cell.value, Value::Text(_)) && !unit.is_empty();
                written.insert(at, if own { read_cell(cell, unit) } else { read_value(&cell.value) });
            }
        }
        let no_past = context.is_first_period()
            && columns.iter().filter(|(role, _)| *role == Role::Previous).all(|(_, column)| {
                rows.iter().all(|(row, _)| {
                    let value = sheet.grid.value(CellRef::new(*row, *column));
                    read_value(value).certain().is_none_or(|number| number.is_zero())
                })
            });
        let rate = columns.iter().find(|(role, _)| *role == Role::Rate).map(|(_, column)| *column);
        let rate_computed = rate.is_some_and(|column| {
            rows.iter().any(|(row, _)| {
                sheet.grid.get(CellRef::new(*row, column)).is_some_and(|c| c.formula.is_some())
            })
        }) || rates_follow(context, table);
        Some(Self {
            context,
            form: table.form,
            rows,
            columns,
            written,
            rate_computed,
            no_past,
            previous: context.previous(),
        })
    }

    /// The reading by headers and labels, with what the table's interpretation says already.
    pub fn as_read(&self, table: &Table) -> Reading {
        Reading {
            sources: self.columns.iter().map(|(_, column)| Some(*column)).collect(),
            scales: self.columns.iter().map(|(role, _)| table.interpretation.scale(*role)).collect(),
            shift: table.interpretation.shifts.first().map(|shift| {
                let of = |column: &u32| shift.columns.contains(column);
                (
                    shift.clone(),
                    (0..self.columns.len())
                        .filter(|at| self.columns.get(*at).is_some_and(|(_, c)| of(c)))
                        .collect(),
                )
            }),
            city: self.context.city,
        }
    }

    /// The meaning of a cell of the sheet.
    pub fn meaning(&self, at: CellRef) -> &Meaning {
        self.written.get(&at).map_or(&BLANK, |written| &written.meaning)
    }

    /// The number in a cell of the sheet, where it is one for certain.
    pub fn number(&self, at: CellRef) -> Option<Decimal> {
        number_of(self.meaning(at))
    }

    pub fn target(&self, indicator: IndicatorId, city: CityId) -> Option<Decimal> {
        self.context.breakdown().target(indicator, city)
    }

    /// Where a role's cell stands under a reading.
    fn place(reading: &Reading, column: usize, row: u32) -> Option<CellRef> {
        let source = reading.sources.get(column).copied().flatten()?;
        let row = match &reading.shift {
            Some((shift, columns)) if columns.contains(&column) => shift.source(row)?,
            _ => row,
        };
        Some(CellRef::new(row, source))
    }

    /// Whether a reading takes a column for lost.
    fn is_lost(&self, reading: &Reading, role: Role) -> bool {
        let at = self.columns.iter().position(|(other, _)| *other == role);
        at.is_some_and(|at| reading.sources.get(at).copied().flatten().is_none())
    }

    /// Whether a role's own figures can be those of a column: its rows by themselves agree in half of all.
    pub fn supports(&self, reading: &Reading, column: usize) -> bool {
        let Some((role, _)) = self.columns.get(column) else { return false };
        let agrees = |row: u32, indicator: IndicatorId| {
            let found = self.value(reading, column, row);
            let city = if let Role::City(city) = role { Some(*city) } else { reading.city };
            let Some(target) = city.and_then(|city| self.target(indicator, city)) else {
                return found == Meaning::NotApplicable;
            };
            match role {
                Role::City(_) | Role::Target => found == Meaning::Number(target),
                Role::Rate => {
                    let now = self.columns.iter().position(|(other, _)| *other == Role::Current);
                    let now = now.and_then(|at| number_of(&self.value(reading, at, row)));
                    let exact = now.and_then(|now| now.checked_div(target));
                    number_of(&found).zip(exact).is_some_and(|(rate, exact)| is_rate(rate, exact))
                }
                _ => number_of(&found).is_some_and(|number| is_plausible(number, target)),
            }
        };
        self.rows.iter().filter(|(row, indicator)| agrees(*row, *indicator)).count() * 2 >= self.rows.len()
    }

    /// Whether a cell holds something that does not belong to its row: beyond the table, or other than is due there.
    pub fn is_strange(&self, table: &Table, at: CellRef) -> bool {
        if *self.meaning(at) == Meaning::Blank || table.columns.iter().any(|column| column.header == at) {
            return false;
        }
        let Some((_, indicator)) = self.rows.iter().find(|(row, _)| *row == at.row) else {
            // A line of signatures is none of the pushed-out figures.
            let label =
                table.columns.iter().filter(|column| matches!(column.role, Role::Label | Role::Serial));
            let signed =
                label.into_iter().any(|column| self.shows(table, CellRef::new(at.row, column.index)));
            return *self.meaning(at) != Meaning::Words && !signed;
        };
        let city =
            match table.columns.iter().find(|column| column.index == at.column).map(|column| column.role) {
                Some(Role::City(city)) => Some(city),
                Some(Role::Target) => self.context.city,
                _ => return true,
            };
        !city.is_some_and(|city| is_due(self.meaning(at), self.target(*indicator, city)))
    }

    /// Whether a cell of the table's sheet shows anything.
    pub fn shows(&self, table: &Table, at: CellRef) -> bool {
        let sheet = self.context.input.workbook.sheets.get(table.sheet);
        sheet.is_some_and(|sheet| !sheet.grid.shown(at).trim().is_empty())
    }

    /// Whether a cell of the table's sheet holds a number for certain.
    pub fn is_count(&self, table: &Table, at: CellRef) -> bool {
        let sheet = self.context.input.workbook.sheets.get(table.sheet);
        sheet.is_some_and(|sheet| read_value(sheet.grid.value(at)).certain().is_some())
    }

    /// Whether a column holds a number in no row.
    pub fn has_no_figures(&self, column: u32) -> bool {
        !self
            .rows
            .iter()
            .any(|(row, _)| matches!(self.meaning(CellRef::new(*row, column)), Meaning::Number(_)))
    }

    /// What a role's cell holds under a reading.
    fn value(&self, reading: &Reading, column: usize, row: u32) -> Meaning {
        let Some(at) = Self::place(reading, column, row) else { return Meaning::Blank };
        match (self.meaning(at), reading.scales.get(column)) {
            (Meaning::Number(number), Some(scale))
                if *scale != Decimal::ONE && self.is_scaled_by(at, *scale) =>
            {
                number.checked_mul(*scale).map_or(Meaning::Words, Meaning::Number)
            }
            // 4I6 is read as 416 to weigh a reading; what is built on it is never safe.
            (Meaning::Guessed(number), _) => Meaning::Number(*number),
            (meaning, _) => meaning.clone(),
        }
    }

    /// Whether a cell's number is another one by a factor: a whole number with its unit is a count, and one with its
    /// magnitude is converted already.
    pub fn is_scaled_by(&self, at: CellRef, factor: Decimal) -> bool {
        self.written.get(&at).is_some_and(|written| takes_factor(written, factor))
    }

    /// The unit that a cell names.
    pub fn unit(&self, at: CellRef) -> Option<&str> {
        self.written.get(&at)?.unit.as_deref()
    }

    /// Whether a figure's unit, where it has one, is its indicator's: 600项 is not 600家 of the row below, though the
    /// number is the same.
    fn unit_fits(&self, reading: &Reading, column: usize, row: u32, indicator: IndicatorId) -> bool {
        let unit =
            Self::place(reading, column, row).and_then(|place| self.written.get(&place)?.unit.as_deref());
        unit.is_none_or(|unit| unit == self.context.unit(indicator))
    }

    /// How well a reading agrees, over all rows.
    pub fn agreement(&self, reading: &Reading) -> Tally {
        let mut all = Tally {
            lost: reading.sources.iter().filter(|source| source.is_none()).count(),
            ..Tally::default()
        };
        for (row, indicator) in &self.rows {
            all.add(self.row_agreement(reading, *row, *indicator));
        }
        all
    }

    /// Rows in which every expectation holds.
    pub fn rows_right(&self, reading: &Reading) -> usize {
        self.rows
            .iter()
            .filter(|(row, indicator)| {
                let tally = self.row_agreement(reading, *row, *indicator);
                tally.holds == tally.of
            })
            .count()
    }

    fn row_agreement(&self, reading: &Reading, row: u32, indicator: IndicatorId) -> Tally {
        let mut tally = Tally::default();
        if self.form == Form::Breakdown {
            for (at, (role, _)) in self.columns.iter().enumerate() {
                let Role::City(city) = role else { continue };
                if self.is_lost(reading, *role) {
                    continue;
                }
                let own = self.unit_fits(reading, at, row, indicator);
                tally.anchor(own && is_due(&self.value(reading, at, row), self.target(indicator, *city)));
            }
            return tally;
        }
        let Some(city) = reading.city else { return tally };
        let target = self.target(indicator, city);
        // Each is asked for several times below.
        let standing = self
            .columns
            .iter()
            .enumerate()
            .filter(|(at, _)| reading.sources.get(*at).copied().flatten().is_some())
            .filter(|(_, (role, _))| *role != Role::Previous || !self.no_past);
        let values: Vec<(Role, Meaning)> =
            standing.map(|(at, (role, _))| (*role, self.value(reading, at, row))).collect();
        let value = |role: Role| values.iter().find(|(other, _)| *other == role).map(|(_, found)| found);
        let number = |role: Role| value(role).and_then(number_of);
        let own_unit = |role: Role| {
            self.columns
                .iter()
                .position(|(other, _)| *other == role)
                .is_none_or(|at| self.unit_fits(reading, at, row, indicator))
        };
        if let Some(found) = value(Role::Target) {
            tally.anchor(is_due(found, target) && own_unit(Role::Target));
        }
        let Some(target) = target else {
            for role in [Role::Previous, Role::Added, Role::Current, Role::Rate] {
                if let Some(found) = value(role) {
                    let blank_is_right = role != Role::Current && *found == Meaning::Blank;
                    match found {
                        Meaning::NotApplicable => tally.anchor(true),
                        _ => tally.expect(blank_is_right),
                    }
                }
            }
            return tally;
        };
        let plausible = |number: Decimal| is_plausible(number, target);
        for role in [Role::Previous, Role::Added, Role::Current] {
            if let Some(found) = value(role) {
                // 260至287 says nothing for or against its place.
                if matches!(found, Meaning::Inexact(_)) {
                    continue;
                }
                let blank_is_right = role != Role::Current && *found == Meaning::Blank;
                tally.expect(blank_is_right || number_of(found).is_some_and(plausible) && own_unit(role));
            }
        }
        // A blank 上期 says nothing against what was reported.
        if let (Some(before), Some(reported)) = (
            value(Role::Previous).filter(|found| **found != Meaning::Blank),
            self.previous.and_then(|reported| reported.figure(indicator)),
        ) {
            tally.anchor(number_of(before) == Some(reported));
        }
        if let (Some(reported), Some(now)) =
            (self.previous.and_then(|reported| reported.figure(indicator)), number(Role::Current))
        {
            tally.expect(reported <= now);
        }
        if let (Some(before), Some(now)) = (number(Role::Previous), number(Role::Current)) {
            tally.order(before <= now);
            if let Some(added) = number(Role::Added) {
                tally.expect(before.checked_add(added) == Some(now));
            }
        }
        if let (Some(now), Some(rate), false, false) =
            (number(Role::Current), number(Role::Rate), self.rate_computed, target.is_zero())
        {
            tally.anchor(now.checked_div(target).is_some_and(|exact| is_rate(rate, exact)));
        }
        tally
    }
}

/// Expectations that hold, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    pub holds: usize,
    pub of: usize,
    /// Those that a figure meets by its value alone, not by chance: a target, a figure reported before, a rate.
    pub anchors: usize,
    /// Rows in which the cumulative figure is not below the one before, and rows in which both are numbers.
    pub in_order: (usize, usize),
    /// Columns that are gone, of which nothing is expected.
    pub lost: usize,
}

impl Tally {
    fn expect(&mut self, holds: bool) {
        self.holds += usize::from(holds);
        self.of += 1;
    }

    fn anchor(&mut self, holds: bool) {
        self.expect(holds);
        self.anchors += usize::from(holds);
    }

    fn order(&mut self, holds: bool) {
        self.expect(holds);
        self.in_order.0 += usize::from(holds);
        self.in_order.1 += 1;
    }

    const fn add(&mut self, other: Self) {
        self.holds += other.holds;
        self.of += other.of;
        self.anchors += other.anchors;
        self.in_order.0 += other.in_order.0;
        self.in_order.1 += other.in_order.1;
    }

    /// Expectations that fail; a column said to be gone weighs as much as a hypothesis must bring.
    pub const fn fails(&self) -> usize {
        self.of - self.holds + self.lost * super::CLEARLY
    }

    /// What orders hypotheses: expectations that hold less those that fail.
    pub const fn weight(&self) -> isize {
        self.holds.cast_signed() - self.fails().cast_signed()
    }

    /// Whether this explains clearly more than the reading by headers and labels: three anchors more, at most half as
    /// many expectations failed.
    pub const fn explains(&self, as_read: &Self) -> bool {
        self.anchors >= as_read.anchors + super::CLEARLY && self.fails() * 2 <= as_read.fails()
    }

    /// Whether this explains clearly more without one anchor: figures where none stood.
    pub const fn fills(&self, as_read: &Self) -> bool {
        self.holds >= as_read.holds + super::CLEARLY && self.fails() * 2 <= as_read.fails()
    }

    /// Whether figures that nothing but their own order and size can judge come out right: what fails is nearly all
    /// settled, no known figure is lost, and every row rises.
    pub const fn settles(&self, as_read: &Self) -> bool {
        self.holds >= as_read.holds + super::CLEARLY
            && self.fails() * 3 <= as_read.fails()
            && self.anchors >= as_read.anchors
            && self.in_order.0 == self.in_order.1
            && (self.in_order.1 >= super::CLEARLY || as_read.in_order.1 == 0)
    }

    /// Whether the figures of two periods stand in each other's place: nearly all rows fall as read, none does this
    /// way.
    pub const fn puts_in_order(&self, as_read: &Self) -> bool {
        let (rising, rows) = as_read.in_order;
        rows >= super::CLEARLY
            && rising * 5 <= rows
            && self.in_order.0 == self.in_order.1
            && self.in_order.1 >= rows
            && self.fails() * 2 <= as_read.fails()
    }
}

/// Whether a number that is written so is another one by a factor.
pub fn takes_factor(written: &Written, factor: Decimal) -> bool {
    let Some(number) = written.certain().filter(|number| !number.is_zero() && factor != Decimal::ONE) else {
        return false;
    };
    let counted = written.unit.is_some() && number.fract().is_zero() && factor > Decimal::ONE;
    !counted && !written.oddities.contains(&Oddity::Magnitude)
}

/// Whether a cell says what the breakdown does.
pub fn is_due(found: &Meaning, target: Option<Decimal>) -> bool {
    match target {
        Some(target) => *found == Meaning::Number(target),
        None => *found == Meaning::NotApplicable,
    }
}

const fn number_of(meaning: &Meaning) -> Option<Decimal> {
    if let Meaning::Number(number) = meaning { Some(*number) } else { None }
}

/// A count that may have been reached: whole, and not far above its target.
fn is_plausible(number: Decimal, target: Decimal) -> bool {
    !number.is_sign_negative()
        && number.fract().is_zero()
        && number <= target.saturating_mul(fraction(125, 2)).saturating_add(Decimal::from(5))
}

/// Whether nearly all typed rates are those of the figures as they stand in the sheet, right or wrong: such rates were
/// computed after an accident, and bear it out as little as a formula does.
pub fn rates_follow(context: &Context<'_>, table: &Table) -> bool {
    let (Some(sheet), Some(rate)) = (context.sheet(), table.column(Role::Rate)) else { return false };
    let (Some(now), Some(goal)) = (table.column(Role::Current), table.column(Role::Target)) else {
        return false;
    };
    let number = |row: u32, column: &Column| {
        let cell = sheet.grid.get(CellRef::new(row, column.index))?;
        read_value(&cell.value).certain().filter(|_| column.role != Role::Rate || cell.formula.is_none())
    };
    let (mut rows, mut right, mut absurd) = (0, 0, false);
    for (row, _) in table.indicator_rows() {
        let (Some(now), Some(goal), Some(rate)) =
            (number(row.row, now), number(row.row, goal), number(row.row, rate))
        else {
            continue;
        };
        let Some(exact) = now.checked_div(goal).filter(|exact| !exact.is_zero()) else { continue };
        rows += 1;
        right += usize::from(is_rate(rate, exact));
        absurd |= is_rate(rate, exact) && exact > Decimal::TEN;
    }
    // Of two rates one of 1700 % was typed by nobody who looked at it.
    right >= super::CLEARLY && right * 5 >= rows * 4 || absurd && right == rows && rows >= 2
}

/// A rate as a share or in percentage points, to half a point: rates of one column are told from those of another.
pub fn is_rate(stated: Decimal, exact: Decimal) -> bool {
    is_rate_within(stated, exact, fraction(6, 3))
}

/// A rate as a share or in points, to a tenth of a point: a rate is told from any other number.
pub(super) fn is_exact_rate(stated: Decimal, exact: Decimal) -> bool {
    is_rate_within(stated, exact, fraction(6, 4))
}

fn is_rate_within(stated: Decimal, exact: Decimal, tolerance: Decimal) -> bool {
    let near = |stated: Decimal| stated.saturating_sub(exact).abs() <= tolerance;
    // 0.16 is 16 %, and 0.16 % only to the last digit that it has.
    let in_points = |points: Decimal| {
        let off = points.saturating_sub(exact).abs();
        off <= tolerance && (stated > Decimal::ONE || off <= fraction(6, 4))
    };
    near(stated) || stated.checked_div(Decimal::ONE_HUNDRED).is_some_and(in_points)
}
