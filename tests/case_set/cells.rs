//! Cells of an input, a corrected copy or a summary, as the library reads them.

use std::path::Path;

use indicator_companion::model::{Cell, CellRef, Sheet, Value, Workbook};
use indicator_companion::reading::{Limits, read};

use super::answer::area;

pub fn open(path: &Path) -> Workbook {
    let name = path.file_name().unwrap().to_string_lossy();
    read(&name, &std::fs::read(path).unwrap(), &Limits::default())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The first cell of an area that is written otherwise in the copy: its address, before, after.
pub fn first_difference(
    before: &Workbook,
    after: &Workbook,
    address: &str,
) -> Option<(CellRef, String, String)> {
    let (name, range) = area(address).expect("an address");
    let find = |book: &Workbook| {
        book.sheets
            .iter()
            .find(|sheet| name.is_none_or(|name| sheet.name == name))
            .expect("a sheet")
            .grid
            .clone()
    };
    let (before, after) = (find(before), find(after));
    let columns = |row| (range.start.column..=range.end.column).map(move |column| CellRef::new(row, column));
    let cells = (range.start.row..=range.end.row).flat_map(columns);
    cells.map(|at| (at, written(before.get(at)), written(after.get(at)))).find(|(_, was, is)| was != is)
}

/// The rows of a sheet as words; empty cells left out.
pub fn rows(sheet: &Sheet) -> Vec<Vec<String>> {
    let cells: Vec<_> = sheet.grid.cells().collect();
    cells
        .chunk_by(|(a, _), (b, _)| a.row == b.row)
        .map(|row| row.iter().map(|(_, cell)| word(cell)).collect())
        .collect()
}

/// A cell's value as a word.
pub fn word(cell: &Cell) -> String {
    if let Value::Number(number) = cell.value { number.to_string() } else { cell.shown() }
}

/// A formula as it is written, else the value.
fn written(cell: Option<&Cell>) -> String {
    let cell = cell.cloned().unwrap_or_default();
    cell.formula.map_or_else(|| format!("{:?}", cell.value), |formula| format!("={formula}"))
}
