//! A new worksheet of text cells: what is appended as 校核记录. No styles, so that the style part stays as it is.

use super::cells::text_content;
use crate::model::CellRef;

/// The XML of a worksheet in `namespace` whose cells are all text; columns as wide as their content, within reason.
pub fn worksheet(namespace: &str, rows: &[Vec<String>]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{namespace}\">\
         <sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>"
    );
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns > 0 {
        xml.push_str("<cols>");
        for column in 0..columns {
            // The head rows may hold long lines; the table below decides.
            let widest = rows
                .iter()
                .filter(|row| row.len() > 2)
                .filter_map(|row| row.get(column))
                .map(|text| width(text))
                .max();
            let width = widest.unwrap_or(8).clamp(6, 40) + 2;
            let number = column + 1;
            xml.push_str(&format!(
                "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>"
            ));
        }
        xml.push_str("</cols>");
    }
    xml.push_str("<sheetData>");
    for (row, cells) in (0u32..).zip(rows) {
        xml.push_str(&format!("<row r=\"{}\">", row + 1));
        for (column, text) in (0u32..).zip(cells) {
            if !text.is_empty() {
                let at = CellRef::new(row, column);
                xml.push_str(&format!("<c r=\"{at}\" t=\"inlineStr\">{}</c>", text_content("", text)));
            }
        }
        xml.push_str("</row>");
    }
    // A4 landscape, as wide as the page.
    xml.push_str(
        "</sheetData><pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>\
         <pageSetup paperSize=\"9\" orientation=\"landscape\" fitToWidth=\"1\" fitToHeight=\"0\"/></worksheet>",
    );
    xml
}

/// In characters of the default font; a Chinese character takes two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
