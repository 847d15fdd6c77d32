//! The selected cells as other programs take them: a text with tabs, and a table. Values as they are shown.

use std::fmt::Write;

use super::state::{Clipboard, MOST_ROWS, View};
use crate::worker::protocol::{Area, CellDto};

/// Cells that are put on the clipboard at once.
const MOST_CELLS: u32 = 100_000;

/// The selected cells of a sheet of so many rows; nothing while some of them are not here, or where they are too many.
pub fn of(view: &View, rows: u32) -> Option<Clipboard> {
    let area = view.selected();
    let height = area.bottom.saturating_sub(area.top).saturating_add(1);
    let width = area.right.saturating_sub(area.left).saturating_add(1);
    if height > MOST_ROWS || height.saturating_mul(width) > MOST_CELLS || !view.holds(area, rows) {
        return None;
    }
    Some(Clipboard { text: as_text(view, area), html: as_page(view, area) })
}

fn as_text(view: &View, area: Area) -> String {
    let mut text = String::new();
    for row in area.top..=area.bottom {
        for column in area.left..=area.right {
            if column > area.left {
                text.push('\t');
            }
            let shown = view.cell(row, column).map_or("", |cell| cell.shown.as_str());
            if shown.contains(['\t', '\n', '\r']) || shown.starts_with('"') {
                text.push('"');
                text.push_str(&shown.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(shown);
            }
        }
        text.push_str("\r\n");
    }
    text
}

fn as_page(view: &View, area: Area) -> String {
    let mut page = "<meta charset=\"utf-8\"><table>".to_owned();
    for row in area.top..=area.bottom {
        page.push_str("<tr>");
        for column in area.left..=area.right {
            let merged = view.geometry.area_of(row, column);
            if (merged.top, merged.left) != (row, column) {
                continue;
            }
            page.push_str("<td");
            let spans = [("rowspan", merged.bottom - merged.top), ("colspan", merged.right - merged.left)];
            for (name, more) in spans.into_iter().filter(|(_, more)| *more > 0) {
                // Writing to a string cannot fail.
                write!(page, " {name}=\"{}\"", more.saturating_add(1)).ok();
            }
            let cell = view.cell(row, column);
            // Else a spreadsheet program would take `=1+1` for a formula and `007` for a number.
            if cell.is_some_and(is_text) {
                page.push_str(" style='mso-number-format:\"\\@\"'");
            }
            page.push('>');
            for c in cell.map_or("", |cell| cell.shown.as_str()).chars() {
                match c {
                    '&' => page.push_str("&amp;"),
                    '<' => page.push_str("&lt;"),
                    '>' => page.push_str("&gt;"),
                    '\n' => page.push_str("<br>"),
                    c => page.push(c),
                }
            }
            page.push_str("</td>");
        }
        page.push_str("</tr>");
    }
    page.push_str("</table>");
    page
}

fn is_text(cell: &CellDto) -> bool {
    !cell.number && !cell.formula && !cell.shown.is_empty()
}
