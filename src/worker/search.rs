//! Where a text stands in a sheet.

use crate::model::Workbook;

/// Places of one answer: nobody goes through more of them.
const MOST_FOUND: usize = 10_000;

/// The cells that show a text, row by row. Width of the letters and capitals make no difference.
pub(super) fn cells(workbook: Option<&Workbook>, sheet: u32, wanted: &str) -> Vec<(u32, u32)> {
    let wanted = folded(wanted.trim());
    let sheet = usize::try_from(sheet).ok().and_then(|at| workbook?.sheets.get(at));
    let Some(sheet) = sheet.filter(|_| !wanted.is_empty()) else { return Vec::new() };
    let shows = sheet.grid.cells().filter(|(_, cell)| folded(&cell.shown()).contains(&wanted));
    shows.map(|(at, _)| (at.row, at.column)).take(MOST_FOUND).collect()
}

fn folded(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '！'..='～' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}
