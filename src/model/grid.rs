//! A sheet's cells: value, formula and number format, stored by row without holes.

use std::sync::Arc;

use super::{CellRef, NumberFormat, Range, shown_number};

/// What a cell stores. Dates keep the file's serial number; whether it is a date is the number format's word.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    #[default]
    Empty,
    Number(f64),
    Text(Arc<str>),
    Bool(bool),
    /// `#REF!` and its kin, as the file writes them.
    Error(Arc<str>),
}

impl Value {
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// One cell as the file has it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Cell {
    pub value: Value,
    /// The formula without its `=`, as stored.
    pub formula: Option<Arc<str>>,
    pub number_format: NumberFormat,
}

impl Cell {
    pub fn new(value: Value) -> Self {
        Self { value, formula: None, number_format: NumberFormat::GENERAL }
    }

    /// The text a spreadsheet program would show in the cell.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Empty => String::new(),
            Value::Number(number) => shown_number(*number, &self.number_format),
            Value::Text(text) | Value::Error(text) => text.to_string(),
            Value::Bool(true) => "TRUE".to_owned(),
            Value::Bool(false) => "FALSE".to_owned(),
        }
    }
}

/// The cells of a sheet, sparse, in row order. Memory follows the cells that are there, never the declared dimension.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Grid {
    cells: Vec<(CellRef, Cell)>,
}

impl Grid {
    /// Takes cells in any order; of two at one address the later stands.
    pub fn from_cells(mut cells: Vec<(CellRef, Cell)>) -> Self {
        let sorted = cells.is_sorted_by(|a, b| a.0 < b.0);
        if !sorted {
            cells.sort_by_key(|(at, _)| *at);
            let mut kept: Vec<(CellRef, Cell)> = Vec::with_capacity(cells.len());
            for (at, cell) in cells {
                match kept.last_mut() {
                    Some(last) if last.0 == at => last.1 = cell,
                    _ => kept.push((at, cell)),
                }
            }
            cells = kept;
        }
        Self { cells }
    }

    pub fn get(&self, at: CellRef) -> Option<&Cell> {
        let index = self.cells.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        self.cells.get(index).map(|(_, cell)| cell)
    }

    /// The value at an address; an absent cell is empty.
    pub fn value(&self, at: CellRef) -> &Value {
        const EMPTY: &Value = &Value::Empty;
        self.get(at).map_or(EMPTY, |cell| &cell.value)
    }

    /// The text shown at an address; empty where no cell is.
    pub fn shown(&self, at: CellRef) -> String {
        self.get(at).map(Cell::shown).unwrap_or_default()
    }

    /// Puts a cell and returns what stood there.
    pub fn set(&mut self, at: CellRef, cell: Cell) -> Option<Cell> {
        match self.cells.binary_search_by_key(&at, |(at, _)| *at) {
            Ok(index) => self.cells.get_mut(index).map(|slot| std::mem::replace(&mut slot.1, cell)),
            Err(index) => {
                self.cells.insert(index, (at, cell));
                None
            }
        }
    }

    /// Takes a cell away.
    pub fn remove(&mut self, at: CellRef) -> Option<Cell> {
        let index = self.cells.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        Some(self.cells.remove(index).1)
    }

    /// Moves every cell from `row` on down by one.
    pub fn insert_row(&mut self, row: u32) {
        let from = self.cells.partition_point(|(at, _)| at.row < row);
        for (at, _) in self.cells.iter_mut().skip(from) {
            at.row = at.row.saturating_add(1);
        }
    }

    /// Moves every cell below `row` up by one; the cells of `row` itself are dropped.
    pub fn remove_row(&mut self, row: u32) {
        self.cells.retain(|(at, _)| at.row != row);
        let from = self.cells.partition_point(|(at, _)| at.row < row);
        for (at, _) in self.cells.iter_mut().skip(from) {
            at.row -= 1;
        }
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Every cell, by row, then by column.
    pub fn cells(&self) -> impl DoubleEndedIterator<Item = (CellRef, &Cell)> {
        self.cells.iter().map(|(at, cell)| (*at, cell))
    }

    /// The cells of rows `first..=last`, by row, then by column.
    pub fn rows(&self, first: u32, last: u32) -> impl DoubleEndedIterator<Item = (CellRef, &Cell)> {
        let from = self.cells.partition_point(|(at, _)| at.row < first);
        let to = self.cells.partition_point(|(at, _)| at.row <= last);
        self.cells.get(from..to).unwrap_or_default().iter().map(|(at, cell)| (*at, cell))
    }

    /// The rectangle that holds every cell; `None` for an empty sheet.
    pub fn used(&self) -> Option<Range> {
        let first = self.cells.first()?.0;
        let last = self.cells.last()?.0;
        let left = self.cells.iter().map(|(at, _)| at.column).min()?;
        let right = self.cells.iter().map(|(at, _)| at.column).max()?;
        Some(Range { start: CellRef::new(first.row, left), end: CellRef::new(last.row, right) })
    }
}
