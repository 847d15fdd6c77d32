//! How cells look, read of every format: other producers' files say the same of the same sheet.

use indicator_companion::model::{Align, CellRef, Look, Sheet, Span};
use indicator_companion::reading::{Limits, read};

fn sheet(path: &str) -> Sheet {
    let bytes = std::fs::read(format!("fixtures/workbooks/{path}")).unwrap();
    read(path, &bytes, &Limits::default()).unwrap().sheets.remove(0)
}

fn looks(sheet: &Sheet) -> Vec<(CellRef, Look)> {
    sheet.grid.cells().map(|(at, _)| (at, sheet.looks.at(at))).collect()
}

#[test]
fn a_sheet_looks_the_same_in_every_format() {
    let first = sheet("openpyxl/样式.xlsx");
    let look = |address: &str| first.looks.at(address.parse().unwrap());
    let head = Look { bold: true, align: Align::Center, wrap: true, fill: Some([0xD9, 0xE1, 0xF2]) };
    assert_eq!([look("A3"), look("F3")], [head; 2]);
    assert_eq!(look("E4"), Look { align: Align::Right, wrap: false, fill: Some([0xFF, 0xFF, 0]), ..head });
    assert_eq!(look("B5"), Look::default());
    for path in ["libreoffice/样式.xls", "libreoffice/样式.ods", "xlwt/样式.xls"] {
        let other = sheet(path);
        for (expected, found) in looks(&first).into_iter().zip(looks(&other)) {
            assert_eq!(found, expected, "{path}");
        }
        assert_eq!(other.grid.len(), first.grid.len(), "{path}");
        assert_eq!(other.hidden_columns, [Span { first: 3, last: 3 }], "{path}");
        assert_eq!(other.hidden_rows, [Span { first: 4, last: 4 }], "{path}");
        // OpenDocument has lengths, of a font that the converting machine had: only their proportions are the same.
        let unit = |sheet: &Sheet| if path.ends_with("ods") { width(sheet, 0) / 6.0 } else { 1.0 };
        for column in [0, 1, 2, 4, 5] {
            let (expected, found) = (width(&first, column), width(&other, column) / unit(&other));
            assert!((found - expected).abs() < 0.3, "{path} {column}: {found} for {expected}");
        }
    }
}

#[test]
fn an_xlsb_says_what_is_bold() {
    let sheet = sheet("pyxlsbwriter/样式.xlsb");
    let bold = |row| [0, 1, 5].map(|column| sheet.looks.at(CellRef::new(row, column)).bold);
    assert_eq!([bold(0), bold(1)], [[true; 3], [false; 3]]);
}

fn width(sheet: &Sheet, column: u32) -> f32 {
    let mut widths = sheet.column_widths.iter();
    widths.find(|(span, _)| (span.first..=span.last).contains(&column)).unwrap().1
}
