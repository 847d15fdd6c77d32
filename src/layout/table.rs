//! A recognised table: its form, its columns and rows, and where each figure of it stands.

use crate::breakdown::IndicatorId;
use crate::model::{CellRef, Period, Range};

use super::header::Role;
use super::identity::Identity;
use super::interpretation::Interpretation;
use super::label::LabelMatch;

/// The kinds of table that the tool knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 分解表: indicators down, cities across.
    Breakdown,
    /// 进展情况表: one city, one period.
    Progress,
    /// 汇总表: cities side by side with 目标/完成/完成率 under each; written by us.
    Summary,
}

impl Form {
    /// The name in the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breakdown => "breakdown",
            Self::Progress => "progress",
            Self::Summary => "summary",
        }
    }
}

/// How a table stands in its sheet, beside the official form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Arrangement {
    /// As the official form.
    #[default]
    Upright,
    /// Rows and columns exchanged (T018).
    Transposed,
    /// Cities as rows under each indicator (T018).
    CitiesDown,
    /// One of several that stand in one table of the sheet.
    SideBySide,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub index: u32,
    pub role: Role,
    /// The caption's cell.
    pub header: CellRef,
    pub caption: String,
    /// The half-year that the caption names.
    pub period: Option<Period>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowKind {
    Indicator(LabelMatch),
    /// Another row has this indicator already.
    Duplicate(LabelMatch),
    /// 合计 and its kin.
    Total,
    /// 其中：…, a district's share: counted in the indicator above it.
    Part,
    /// A row with figures that is no indicator.
    Stranger,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub row: u32,
    pub kind: RowKind,
    /// The label as written.
    pub label: String,
}

/// A recognised table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub sheet: usize,
    pub form: Form,
    /// Header and data rows, first to last recognised column.
    pub range: Range,
    /// Recognised columns, left to right, each role once.
    pub columns: Vec<Column>,
    /// Columns whose role another one has already.
    pub repeated: Vec<Column>,
    pub rows: Vec<Row>,
    pub identity: Identity,
    pub arrangement: Arrangement,
    /// What root causes say about where the figures stand and what they mean.
    pub interpretation: Interpretation,
}

impl Table {
    /// Whether it stands in its sheet as the official form does.
    pub fn is_upright(&self) -> bool {
        self.arrangement == Arrangement::Upright
    }

    pub fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// The rows that stand for an indicator, with it.
    pub fn indicator_rows(&self) -> impl Iterator<Item = (&Row, LabelMatch)> {
        self.rows.iter().filter_map(|row| match row.kind {
            RowKind::Indicator(found) => Some((row, found)),
            _ => None,
        })
    }

    pub fn row_of(&self, indicator: IndicatorId) -> Option<&Row> {
        self.indicator_rows().find(|(_, found)| found.indicator == indicator).map(|(row, _)| row)
    }

    /// The whole of a row within the table.
    pub const fn row_range(&self, row: u32) -> Range {
        Range {
            start: CellRef::new(row, self.range.start.column),
            end: CellRef::new(row, self.range.end.column),
        }
    }

    /// Where the value of a row in a column stands; `None` where an accident has lost it.
    pub fn place(&self, row: u32, column: u32) -> Option<CellRef> {
        self.interpretation.place(row, column)
    }

    /// First and last row of the indicators.
    pub fn data_rows(&self) -> Option<(u32, u32)> {
        let rows = || self.indicator_rows().map(|(row, _)| row.row);
        Some((rows().min()?, rows().max()?))
    }

    /// Columns of quantities, left to right.
    pub fn figure_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.role.is_figure())
    }
}
