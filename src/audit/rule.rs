//! What a rule is, and the draft of a finding that it hands to the engine.

use std::ops::{Deref, DerefMut};

use crate::breakdown::{CityId, IndicatorId};
use crate::fixes::{Edit, Fix};
use crate::layout::Table;
use crate::model::{CellRef, Range, Unreadable};

use super::{Body, Code, Context, Tier};

/// A rule: its place in the catalogue, its help, and one check.
pub struct Rule {
    pub code: Code,
    pub tier: Tier,
    /// A few words for lists.
    pub title: &'static str,
    /// The doc comment: sections 审核内容, 为什么, 示例, 怎么改.
    pub help: &'static str,
    pub check: Check,
}

/// When a rule speaks.
#[derive(Clone, Copy)]
pub enum Check {
    /// About the workbook as a whole, once, however many tables it holds.
    File(fn(&Context<'_>) -> Vec<Draft>),
    /// About a table, and the sheet it stands in.
    Each(fn(&Context<'_>) -> Vec<Draft>),
    /// A root cause: its finding, and the table as it was meant.
    Root(Hypothesis),
    /// Single cells, and a root cause where the same accident befell many.
    EachOrRoot(fn(&Context<'_>) -> Vec<Draft>, Hypothesis),
    /// Found by the consolidation, about several returns.
    Consolidation,
    /// About a file that could not be read.
    Unreadable(fn(&Unreadable) -> Option<Draft>),
}

/// The finding of an accident and the table as it was meant; `None` where it did not happen.
pub type Hypothesis = fn(&Context<'_>, &Table) -> Option<(Draft, Table)>;

impl Rule {
    pub(super) const fn each(&self) -> Option<fn(&Context<'_>) -> Vec<Draft>> {
        match self.check {
            Check::File(check) | Check::Each(check) | Check::EachOrRoot(check, _) => Some(check),
            Check::Root(_) | Check::Consolidation | Check::Unreadable(_) => None,
        }
    }

    pub(super) const fn hypothesis(&self) -> Option<Hypothesis> {
        match self.check {
            Check::Root(test) | Check::EachOrRoot(_, test) => Some(test),
            Check::File(_) | Check::Each(_) | Check::Consolidation | Check::Unreadable(_) => None,
        }
    }

    /// The first line under 为什么.
    pub fn why(&self) -> &'static str {
        self.section("为什么")
    }

    /// The text of a section of the help, its first paragraph.
    pub fn section(&self, heading: &str) -> &'static str {
        let mut lines = self.help.lines().map(str::trim);
        lines.by_ref().find(|line| line.strip_prefix("##").is_some_and(|title| title.trim() == heading));
        lines.find(|line| !line.is_empty()).unwrap_or("")
    }
}

/// A finding before the engine gives it a number.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Draft {
    pub body: Body,
    /// The finding that explains this one, where it is there: its code and a cell of its range.
    pub because: Option<(Code, CellRef)>,
    /// Whether the same fault in all of its column is one finding.
    pub gathers: bool,
    /// Where it weighs more or less than its rule does elsewhere.
    pub tier: Option<Tier>,
    /// Cells whose own findings come from this one, as the covered cells of a merged range.
    pub explains: Vec<CellRef>,
}

impl Deref for Draft {
    type Target = Body;

    fn deref(&self) -> &Body {
        &self.body
    }
}

impl DerefMut for Draft {
    fn deref_mut(&mut self) -> &mut Body {
        &mut self.body
    }
}

impl Draft {
    pub fn on_file(message: impl Into<String>) -> Self {
        Self { body: Body { message: message.into(), ..Body::default() }, ..Self::default() }
    }

    pub fn at(sheet: usize, range: Range, message: impl Into<String>) -> Self {
        let place = Body { sheet: Some(sheet), range: Some(range), ..Body::default() };
        Self { body: Body { message: message.into(), ..place }, ..Self::default() }
    }

    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = found.into();
        self
    }

    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub fn indicator(mut self, indicator: IndicatorId) -> Self {
        self.indicator = Some(indicator);
        self
    }

    pub fn city(mut self, city: Option<CityId>) -> Self {
        self.city = city;
        self
    }

    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    pub fn because(mut self, code: Code, at: CellRef) -> Self {
        self.because = Some((code, at));
        self
    }

    pub fn explains(mut self, cells: Vec<CellRef>) -> Self {
        self.explains = cells;
        self
    }

    pub fn tier(mut self, tier: Tier) -> Self {
        self.tier = Some(tier);
        self
    }

    pub fn gathers(mut self) -> Self {
        self.gathers = true;
        self
    }

    /// The column of a draft that may stand for its whole column.
    pub(super) fn column_wide(&self) -> Option<u32> {
        let range = self.range.filter(|range| self.gathers && range.start == range.end)?;
        Some(range.start.column)
    }

    /// Takes in the same fault of another cell of the column.
    pub(super) fn absorb(&mut self, other: Self) {
        if let (Some(mine), Some(theirs)) = (self.range, other.range) {
            let start = mine.start.min(theirs.start);
            let end = mine.end.max(theirs.end);
            self.range = Some(Range { start, end });
        }
        if let (Some(fix), Some(more)) = (&mut self.fix, other.body.fix) {
            fix.edits.extend(more.edits);
            fix.edits.sort_by_key(|edit| match edit {
                Edit::Set { cell, .. } => (cell.row, cell.column),
                Edit::InsertRow { row, .. } => (*row, 0),
            });
        }
    }

    pub(super) fn say_many(&mut self, what: &str, count: usize) {
        self.message = format!("{what} {count} 个单元格都是这样。以首个为例：{}", self.message);
        self.expected = None;
        self.indicator = None;
    }
}
