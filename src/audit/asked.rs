//! What rules ask of the context: what every rule must mind, and what each would otherwise say in its own way.

use crate::breakdown::{Indicator, IndicatorId};
use crate::fixes::{Edit, NewValue};
use crate::layout::{Column, Form, Role, Table};
use crate::model::{CellRef, Decimal, Range};

use super::{Context, Draft, Figure};

impl<'a> Context<'a> {
    /// The table, where it is a form that units fill in.
    pub fn form(&self) -> Option<&'a Table> {
        self.table.ok().filter(|table| table.form != Form::Summary)
    }

    /// The breakdown form, where its numbers are to be held against this breakdown.
    pub fn breakdown_form(&self) -> Option<&'a Table> {
        self.table.ok().filter(|table| table.form == Form::Breakdown && !self.is_foreign())
    }

    pub fn progress_form(&self) -> Option<&'a Table> {
        self.table.ok().filter(|table| table.form == Form::Progress)
    }

    /// Whether the form is another breakdown's: that is said once, and other totals, units and figures are no slips.
    pub fn is_foreign(&self) -> bool {
        self.table.is_ok_and(|table| table.interpretation.foreign)
    }

    /// A column whose cells are looked at one by one: it is there, and no finding explains it as a whole.
    pub fn judged_column(&self, role: Role) -> Option<&'a Column> {
        self.table.ok().filter(|table| !table.interpretation.lost.contains(&role))?.column(role)
    }

    /// Whether a figure stands where its header says and counts in ones; where it does not, it is said to be that.
    pub fn is_as_meant(&self, figure: &Figure) -> bool {
        self.table.is_ok_and(|table| {
            let moved =
                table.column(figure.role).is_some_and(|column| column.header.column != figure.at.column);
            !moved && table.interpretation.scale(figure.role) == Decimal::ONE
        })
    }

    /// An indicator whose figures add up: shares of different wholes do not.
    pub fn additive(&self, id: IndicatorId) -> Option<&'a Indicator> {
        self.indicator(id).filter(|indicator| indicator.adds_up())
    }

    /// The figures of a role, from top to bottom.
    pub fn figures_of(&self, role: Role) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(move |figure| figure.role == role)
    }

    /// A finding about a figure: its cell, what stands there, its indicator and city.
    pub fn draft(&self, figure: &Figure, message: impl Into<String>) -> Draft {
        Draft::at(self.sheet_index(), Range::cell(figure.at), message)
            .found(self.raw(figure.at))
            .indicator(figure.indicator)
            .city(figure.city)
    }

    /// A number as the figure's column writes its numbers.
    pub fn styled(&self, number: Decimal, figure: &Figure) -> NewValue {
        self.in_style(number, figure.indicator, figure.style)
    }

    /// The edit that gives a cell of the table's sheet another value.
    pub fn set(&self, cell: CellRef, value: NewValue) -> Edit {
        Edit::Set { sheet: self.sheet_index(), cell, value }
    }

    /// By how much a number is off, in words: 少 10 项.
    pub fn apart(&self, difference: Decimal, indicator: IndicatorId) -> String {
        let word = if difference.is_sign_negative() { "少" } else { "多" };
        format!("{word} {}", self.spoken(difference.abs(), indicator))
    }
}
