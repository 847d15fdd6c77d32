//! .ods corrected in place: the touched cells of content.xml and nothing else; LibreOffice finds the same.

use std::io::{Cursor, Read};

use indicator_companion::fixes::{Edit, NewValue};
use indicator_companion::model::{Areas, CellRef, Value, Workbook};
use indicator_companion::patch::ods::{Obstacle, apply};
use indicator_companion::reading::{Limits, read};

const FILES: [&str; 5] = [
    "libreoffice/分解表.ods",
    "libreoffice/两行表头.ods",
    "libreoffice/隐藏行列.ods",
    "sheetjs/两张表.ods",
    "samples/分解表-libreoffice.ods",
];

fn open(bytes: &[u8]) -> Workbook {
    read("a.ods", bytes, &Limits::default()).unwrap()
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("fixtures/workbooks/{path}")).unwrap()
}

/// Name, method, compressed bytes.
fn entries(bytes: &[u8]) -> Vec<(String, String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index_raw(index).unwrap();
            let mut raw = Vec::new();
            file.read_to_end(&mut raw).unwrap();
            (file.name().unwrap().into_owned(), file.compression().to_string(), raw)
        })
        .collect()
}

#[test]
fn a_set_cell_changes_itself_alone() {
    let (mut done, mut refused) = (0, 0);
    for path in FILES {
        let bytes = fixture(path);
        let before = open(&bytes);
        for (index, sheet) in before.sheets.iter().enumerate() {
            let Some(used) = sheet.grid.used() else { continue };
            for row in used.start.row..=used.end.row {
                for column in used.start.column..=used.end.column + 1 {
                    let cell = CellRef::new(row, column);
                    for value in [
                        NewValue::Number("700.5".parse().unwrap()),
                        NewValue::Text(" a  <&\n项".to_owned()),
                        NewValue::Blank,
                    ] {
                        let patched = match apply(
                            &bytes,
                            &before,
                            &[Edit::Set { sheet: index, cell, value: value.clone() }],
                        ) {
                            Ok(patched) => patched,
                            Err(Obstacle::Covered(at)) => {
                                assert!(
                                    at == cell && Areas::of(&sheet.merges).anchor(at) != at,
                                    "{path} {at}"
                                );
                                refused += 1;
                                continue;
                            }
                            Err(Obstacle::Formulas) => {
                                assert!(before.sheets.iter().any(|sheet| {
                                    sheet.grid.cells().any(|(_, cell)| cell.formula.is_some())
                                }));
                                refused += 1;
                                continue;
                            }
                            Err(error) => panic!("{path} {cell}: {error}"),
                        };
                        done += 1;
                        for (old, new) in entries(&bytes).iter().zip(entries(&patched.bytes)) {
                            assert!(
                                *old == new || old.0 == "content.xml" && new.0 == old.0,
                                "{path} {}",
                                old.0
                            );
                        }
                        assert_eq!(entries(&patched.bytes)[0].1, "Stored", "{path}: mimetype");
                        let mut expected = before.clone();
                        let grid = &mut expected.sheets[index].grid;
                        let mut own = grid.get(cell).cloned().unwrap_or_default();
                        own.value = match &value {
                            NewValue::Number(_) => Value::Number(700.5),
                            NewValue::Text(text) => Value::from(text.as_str()),
                            _ => Value::Empty,
                        };
                        if own.value.is_empty() {
                            grid.remove(cell);
                        } else {
                            grid.set(cell, own);
                        }
                        let after = open(&patched.bytes);
                        for (old, new) in expected.sheets.iter().zip(&after.sheets) {
                            let values =
                                |sheet: &indicator_companion::model::Sheet| -> Vec<(CellRef, Value)> {
                                    sheet.grid.cells().map(|(at, cell)| (at, cell.value.clone())).collect()
                                };
                            assert_eq!(values(old), values(new), "{path} {cell}");
                            assert_eq!(
                                (&old.merges, &old.hidden_rows, &old.column_widths),
                                (&new.merges, &new.hidden_rows, &new.column_widths)
                            );
                        }
                    }
                }
            }
        }
    }
    assert!(done > 300 && refused > 0, "{done} {refused}");
}
