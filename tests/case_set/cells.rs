//! Cells of an input, a corrected copy or a summary, as the library reads them.

use std::path::Path;

use indicator_companion::model::{Cell, CellRef, Sheet, Value, Workbook};
use indicator_companion::reading::{Limits, read};

use super::answer::Area;

pub fn open(path: &Path) -> Workbook {
    let name = path.file_name().unwrap().to_string_lossy();
    read(&name, &std::fs::read(path).unwrap(), &Limits::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The first cell of these areas that is written otherwise in the copy: its address, before, after.
pub fn first_difference(before: &Workbook, after: &Workbook, areas: &[String]) -> Option<(CellRef, String, String)> {
    for area in areas {
        let area = Area::of(area).expect("an address");
        let (was, is) = (sheet(before, area.sheet.as_deref()), sheet(after, area.sheet.as_deref()));
        for row in area.range.start.row..=area.range.end.row {
            for column in area.range.start.column..=area.range.end.column {
                let at = CellRef::new(row, column);
                let (was, is) = (written(was.grid.get(at)), written(is.grid.get(at)));
                if was != is {
                    return Some((at, was, is));
                }
            }
        }
    }
    None
}

/// The rows of a sheet as words; empty cells left out.
pub fn rows(sheet: &Sheet) -> Vec<Vec<String>> {
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    for (at, cell) in sheet.grid.cells() {
        match rows.last_mut().filter(|(row, _)| *row == at.row) {
            Some((_, words)) => words.push(word(cell)),
            None => rows.push((at.row, vec![word(cell)])),
        }
    }
    rows.into_iter().map(|(_, words)| words).collect()
}

/// A cell's value as a word.
pub fn word(cell: &Cell) -> String {
    match &cell.value {
        Value::Number(number) => number.to_string(),
        _ => cell.shown(),
    }
}

fn sheet<'a>(book: &'a Workbook, name: Option<&str>) -> &'a Sheet {
    book.sheets.iter().find(|sheet| name.is_none_or(|name| sheet.name == name)).expect("the sheet of a case")
}

/// A formula as it is written, else the value.
fn written(cell: Option<&Cell>) -> String {
    let cell = cell.cloned().unwrap_or_default();
    cell.formula.map_or_else(|| format!("{:?}", cell.value), |formula| format!("={formula}"))
}
