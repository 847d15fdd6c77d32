//! The laws of the patch: no edit, no change; an edit changes its cells and nothing else; what cannot be done is
//! refused.

mod traps;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;

use calamine::{Data, Reader, Xlsx};
use indicator_companion::fixes::{Edit, NewValue};
use indicator_companion::model::{CellRef, Range};
use indicator_companion::patch::{PatchError, Patched, RecordSheet, apply};

// ---- the laws, over workbooks of other producers ----

#[test]
fn without_edits_the_file_comes_back_as_it_is() {
    for (name, bytes) in fixtures() {
        let patched = apply(&bytes, &[], None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(patched.bytes == bytes, "{name}");
        assert!(patched.changed_parts.is_empty() && patched.added_parts.is_empty(), "{name}");
    }
}

#[test]
fn a_set_cell_changes_its_sheet_and_no_other_entry() {
    for (name, bytes) in fixtures() {
        for (sheet, at) in sample_cells(&bytes) {
            for value in [
                NewValue::Number("600.5".parse().unwrap()),
                NewValue::Text(" 6_x0030_0<项>&\n\"".to_owned()),
                NewValue::Blank,
            ] {
                let Some(patched) = set_or_refused(&name, &bytes, sheet, at, &value) else { continue };
                assert_only_cells_are_spliced(&name, &bytes, &patched, at);
                let formulas = has_formulas(&bytes);
                let changed = check_package(&name, &bytes, &patched);
                if !formulas {
                    assert!(changed.len() <= 1, "{name} {at}: {changed:?}");
                }
                assert_only_cell_differs(&name, &bytes, &patched.bytes, sheet, at, &value);
            }
        }
    }
}

#[test]
fn the_record_is_one_more_sheet_and_a_second_one_gets_a_number() {
    for (name, bytes) in fixtures() {
        let once = apply(&bytes, &[], Some(&record())).unwrap();
        assert_eq!(once.added_parts.len(), 1, "{name}");
        let touched: BTreeSet<String> = check_package(&name, &bytes, &once);
        assert!(touched.len() == 3 && touched.contains("[Content_Types].xml"), "{name}: {touched:?}");
        let twice = apply(&once.bytes, &[], Some(&record())).unwrap();
        check_package(&name, &once.bytes, &twice);
        let mut before = sheet_names(&bytes);
        before.extend(["校核记录".to_owned(), "校核记录2".to_owned()]);
        assert_eq!(sheet_names(&twice.bytes), before, "{name}");
        let cells = read(&twice.bytes).pop().unwrap().1;
        assert_eq!(cells[&at("B2")].0, Data::String("=1+1 是文字".to_owned()), "{name}");
        assert_eq!(cells[&at("B2")].1, "", "{name}: text became a formula");
    }
}

#[test]
fn an_inserted_row_moves_what_is_below_and_nothing_else() {
    let mut inserted = 0;
    for (name, bytes) in fixtures() {
        for (sheet, at) in sample_cells(&bytes) {
            let edit = Edit::InsertRow {
                sheet,
                row: at.row,
                cells: vec![(at.column, NewValue::Text("补一行".to_owned()))],
            };
            let patched = match apply(&bytes, &[edit], None) {
                Ok(patched) => patched,
                Err(PatchError::InsertRow { .. } | PatchError::NotWorksheet(_)) => continue,
                Err(error) => panic!("{name}: {error}"),
            };
            inserted += 1;
            check_package(&name, &bytes, &patched);
            for (index, ((_, before), (_, after))) in
                read(&bytes).into_iter().zip(read(&patched.bytes)).enumerate()
            {
                for (cell, (value, formula)) in before {
                    let down = u32::from(index == sheet && cell.row >= at.row);
                    let (new_value, new_formula) =
                        after.get(&CellRef::new(cell.row + down, cell.column)).cloned().unwrap_or_default();
                    assert_eq!(formula.is_empty(), new_formula.is_empty(), "{name} {cell}");
                    assert!(
                        new_value == value || !formula.is_empty(),
                        "{name} {cell}: {value:?} became {new_value:?}"
                    );
                }
                if index == sheet {
                    assert_eq!(after[&at].0, Data::String("补一行".to_owned()), "{name}");
                }
            }
        }
    }
    assert!(inserted > 0);
}

#[test]
fn damaged_packages_end_in_an_error_or_a_package() {
    let (_, bytes) = fixtures().swap_remove(0);
    let edits = [set(0, "C5", "1"), Edit::InsertRow { sheet: 0, row: 5, cells: Vec::new() }];
    for cut in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
        let _ = apply(&bytes[..cut], &edits, Some(&record()));
    }
    for place in (0..bytes.len()).step_by(bytes.len() / 300 + 1) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x55;
        let _ = apply(&flipped, &edits, Some(&record()));
    }
}

// ---- single features, on packages made here ----

#[test]
fn results_that_depend_on_a_cell_go_across_sheets_and_names() {
    let book = Book::new()
        .sheet(
            "甲 表",
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\" t=\"str\"><f>A1&amp;\"x\"</f><v>1x</v></c>\
         <c r=\"C1\"><f>D1</f><v>7</v></c></row>",
        )
        .sheet(
            "乙",
            "<row r=\"1\"><c r=\"A1\"><f>SUM('甲 表'!A:A)</f><v>1</v></c><c r=\"B1\"><f>A1*2</f><v>2</v>\
         </c><c r=\"C1\"><f>税率+1</f><v>2</v></c><c r=\"D1\"><f>固定</f><v>3</v></c></row>",
        )
        .names(
            "<definedName name=\"税率\">'甲 表'!$A$1</definedName><definedName name=\"固定\">\
         '甲 表'!$D$1</definedName>",
        );
    let patched = apply(&book.bytes(), &[set(0, "A1", "5")], None).unwrap();
    let first = part(&patched.bytes, "xl/worksheets/sheet1.xml");
    assert!(
        first.contains("<c r=\"B1\"><f>A1&amp;\"x\"</f></c><c r=\"C1\"><f>D1</f><v>7</v></c>"),
        "{first}"
    );
    let second = part(&patched.bytes, "xl/worksheets/sheet2.xml");
    assert!(second.contains("<f>SUM('甲 表'!A:A)</f></c>") && second.contains("<f>A1*2</f></c>"), "{second}");
    assert!(second.contains("<f>税率+1</f></c>") && second.contains("<f>固定</f><v>3</v></c>"), "{second}");
    let workbook = part(&patched.bytes, "xl/workbook.xml");
    assert!(workbook.contains("</definedNames><calcPr fullCalcOnLoad=\"1\"/>"), "{workbook}");
}

#[test]
fn without_dependants_the_workbook_part_stays() {
    let book = Book::new()
        .sheet("甲", "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><f>C1</f><v>7</v></c></row>");
    let patched = apply(&book.bytes(), &[set(0, "A1", "5")], None).unwrap();
    assert_eq!(patched.changed_parts, ["xl/worksheets/sheet1.xml"]);
}

#[test]
fn a_long_chain_of_formulas_is_followed_either_way() {
    let row = |n: u32, from: u32| format!("<row r=\"{n}\"><c r=\"A{n}\"><f>A{from}+1</f><v>1</v></c></row>");
    for (touched, rows) in [
        (
            "A1",
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".to_owned()
                + &(2..3000).map(|n| row(n, n - 1)).collect::<String>(),
        ),
        (
            "A3000",
            (1..3000).map(|n| row(n, n + 1)).collect::<String>()
                + "<row r=\"3000\"><c r=\"A3000\"><v>1</v></c></row>",
        ),
    ] {
        let patched = apply(&Book::new().sheet("甲", &rows).bytes(), &[set(0, touched, "5")], None).unwrap();
        assert_eq!(part(&patched.bytes, "xl/worksheets/sheet1.xml").matches("<v>").count(), 1);
    }
}

#[test]
fn a_replaced_formula_leaves_the_calculation_chain() {
    let rows = "<row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c><c r=\"B1\"><f>2+2</f><v>4</v></c></row>";
    let book = Book::new().sheet("甲", rows).calc_chain("<c r=\"A1\" i=\"1\"/><c r=\"B1\"/>");
    let patched = apply(&book.bytes(), &[set(0, "A1", "5")], None).unwrap();
    assert!(
        part(&patched.bytes, "xl/calcChain.xml")
            .contains("<calcChain xmlns=\"m\"><c r=\"B1\" i=\"1\"/></calcChain>")
    );
    let both = apply(&book.bytes(), &[set(0, "A1", "5"), set(0, "B1", "5")], None).unwrap();
    assert!(!parts(&both.bytes).contains_key("xl/calcChain.xml"));
    assert!(!part(&both.bytes, "[Content_Types].xml").contains("calcChain"));
    assert!(!part(&both.bytes, "xl/_rels/workbook.xml.rels").contains("calcChain"));
    check_invariants("calc chain", &both.bytes);
}

#[test]
fn a_row_moves_everything_that_points_below_it() {
    let rows = "<row r=\"4\" ht=\"20\" customHeight=\"1\"><c r=\"A4\" s=\"0\" t=\"inlineStr\"><is><t>八</t></is></c>\
     <c r=\"B4\" s=\"0\"><v>8</v></c></row>\
        <row r=\"5\"><c r=\"A5\"><v>9</v></c><c r=\"B5\"><f t=\"shared\" ref=\"B5:B6\" si=\"0\">A5*A$4</f><v>72</v>\
        </c></row>\
        <row r=\"6\"><c r=\"A6\"><f>SUM(A4:A5)</f><v>9</v></c><c r=\"B6\"><f t=\"shared\" si=\"0\"/><v>72</v></c>\
        </row>";
    let book = Book::new()
        .sheet("甲", rows)
        .after_rows(
            "<autoFilter ref=\"A3:B6\"/><mergeCells count=\"2\"><mergeCell ref=\"C4:C6\"/><mergeCell ref=\"D4:E4\"/>\
             </mergeCells>\
             <conditionalFormatting sqref=\"A5:A6 C9\"><cfRule type=\"expression\" priority=\"1\"><formula>A5&gt;\
             $A$6</formula></cfRule></conditionalFormatting>\
             <dataValidations count=\"1\"><dataValidation type=\"list\" sqref=\"A5\"><formula1>$A$6:$A$7</formula1>\
             </dataValidation></dataValidations>\
             <hyperlinks><hyperlink ref=\"A6\" location=\"甲!A6\"/></hyperlinks><rowBreaks count=\"1\">\
             <brk id=\"5\"/></rowBreaks>",
        )
        .sheet("乙", "<row r=\"1\"><c r=\"A1\"><f>甲!A6+A6</f><v>9</v></c></row>")
        .names("<definedName name=\"_xlnm.Print_Area\" localSheetId=\"0\">甲!$A$1:$B$6</definedName>");
    let insert = Edit::InsertRow { sheet: 0, row: 4, cells: vec![(1, NewValue::Number(3.into()))] };
    let patched = apply(&book.bytes(), &[insert, set(0, "A6", "90")], None).unwrap();
    let first = part(&patched.bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "<row ht=\"20\" customHeight=\"1\" r=\"5\"><c r=\"A5\" s=\"0\"/><c r=\"B5\" s=\"0\"><v>3</v></c></row>\
         <row r=\"6\">",
        "<c r=\"A6\"><v>90</v></c><c r=\"B6\"><f>A6*A$4</f></c>",
        "<f>SUM(A4:A6)</f></c>",
        "<f>A7*A$4</f></c>",
        "<autoFilter ref=\"A3:B7\"/>",
        "<mergeCells count=\"3\"><mergeCell ref=\"C4:C7\"/><mergeCell ref=\"D4:E4\"/><mergeCell ref=\"D5:E5\"/>\
         </mergeCells>",
        "sqref=\"A6:A7 C10\"",
        "<formula>A6&gt;$A$7</formula>",
        "sqref=\"A6\"><formula1>$A$7:$A$8</formula1>",
        "<hyperlink ref=\"A7\" location=\"甲!A7\"/>",
        "<brk id=\"6\"/>",
    ] {
        assert!(first.contains(expected), "{expected}\n{first}");
    }
    assert!(part(&patched.bytes, "xl/worksheets/sheet2.xml").contains("<f>甲!A7+A6</f></c>"));
    assert!(part(&patched.bytes, "xl/workbook.xml").contains("甲!$A$1:$B$7"));
    check_invariants("inserted row", &patched.bytes);
}

#[test]
fn what_cannot_be_done_is_refused_in_chinese() {
    let table = Book::new().sheet("甲", "<row r=\"1\"><c r=\"A1\"/></row>").table("A1:B3");
    assert_refused(&table, set(0, "A1", "1"), "标题或汇总行");
    assert_refused(&table, Edit::InsertRow { sheet: 0, row: 1, cells: Vec::new() }, "下方有表格 T");
    assert!(apply(&table.bytes(), &[set(0, "A2", "1")], None).is_ok());
    let book =
        Book::new().sheet("甲", "<row r=\"1\"><c r=\"A1\"><f>SUM(甲:乙!A2)</f></c></row>").sheet("乙", "");
    assert_refused(&book, Edit::InsertRow { sheet: 0, row: 0, cells: Vec::new() }, "三维引用");
    assert_refused(&book, set(7, "A1", "1"), "找不到第 8 个工作表");
    assert_refused(&Book::new().sheet("甲", "<row r=\"2\"/><row r=\"1\"/>"), set(0, "A3", "1"), "次序有误");
    assert_refused(&Book::new().root_prefix("<!DOCTYPE x>").sheet("甲", ""), set(0, "A1", "1"), "DOCTYPE");
    assert!(matches!(apply(b"PK", &[set(0, "A1", "1")], None), Err(PatchError::Package(_))));
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let bytes = Book::new().sheet("甲", "").bytes();
    // The end record declares one more entry than the reader, which drops duplicates in silence, hands out.
    let mut lying = bytes.clone();
    let end = lying.len() - 22;
    lying[end + 10] += 1;
    assert!(matches!(
        apply(&lying, &[set(0, "A1", "1")], None),
        Err(PatchError::DuplicateEntry(_) | PatchError::Package(_))
    ));
    let mut parts = Book::new().sheet("甲", "").parts();
    parts.push(("XL/Workbook.xml".to_owned(), b"<a/>".to_vec()));
    assert!(matches!(apply(&zipped(&parts), &[set(0, "A1", "1")], None), Err(PatchError::DuplicateEntry(_))));
}

#[test]
fn other_encodings_of_a_part_are_kept_or_refused() {
    let marked = |text: String| [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
    let wide = |text: String| {
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
    };
    for (encode, mark) in [(&marked as &dyn Fn(String) -> Vec<u8>, [0xEF, 0xBB]), (&wide, [0xFF, 0xFE])] {
        let mut parts = Book::new().sheet("甲", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>").parts();
        let sheet = parts.iter_mut().find(|(name, _)| name.ends_with("sheet1.xml")).unwrap();
        sheet.1 = encode(String::from_utf8(sheet.1.clone()).unwrap());
        let patched = apply(&zipped(&parts), &[set(0, "A1", "5")], None).unwrap();
        let out = &self::parts(&patched.bytes)["xl/worksheets/sheet1.xml"].1;
        assert_eq!(out[..2], mark);
        assert!(out.windows(3).any(|w| w == b">5<") || out.windows(6).any(|w| w == b">\x005\x00<\x00"));
    }
    let mut parts = Book::new().sheet("甲", "").parts();
    let sheet = parts.iter_mut().find(|(name, _)| name.ends_with("sheet1.xml")).unwrap();
    sheet.1.extend_from_slice(&[0xFF, 0xFE]);
    assert!(matches!(apply(&zipped(&parts), &[set(0, "A1", "5")], None), Err(PatchError::Encoding { .. })));
}

#[test]
fn what_a_small_file_declares_takes_bounded_time_and_memory() {
    // Each of many cells shares one long formula, and each of many arrays claims the whole sheet.
    let long = format!("SUM({})", vec!["B1"; 1_000].join(","));
    let child =
        |n: usize| format!("<row r=\"{n}\"><c r=\"A{n}\"><f t=\"shared\" si=\"0\"/><v>1</v></c></row>");
    let master = format!(
        "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:A3000\" si=\"0\">{long}</f><v>1</v></c></row>"
    );
    let rows = master + &(2..3_000).map(child).collect::<String>();
    let shared = apply(&Book::new().sheet("甲", &rows).bytes(), &[set(0, "C1", "5")], None).unwrap();
    assert!(part(&shared.bytes, "xl/worksheets/sheet1.xml").contains("<c r=\"C1\"><v>5</v></c>"));
    let array = |n: usize| {
        format!("<row r=\"{n}\"><c r=\"A{n}\"><f t=\"array\" ref=\"A1:XFD1048576\">B1</f><v>1</v></c></row>")
    };
    let rows: String = (1..3_000).map(array).collect();
    assert_refused(&Book::new().sheet("甲", &rows), set(0, "C1", "5"), "数组公式");
    let book = Book::new().sheet("甲", &rows).sheet("乙", "");
    apply(&book.bytes(), &[set(1, "C1", "5")], None).unwrap();
}

// ---- helpers ----

fn at(text: &str) -> CellRef {
    text.parse().unwrap()
}

fn set(sheet: usize, cell: &str, number: &str) -> Edit {
    Edit::Set { sheet, cell: at(cell), value: NewValue::Number(number.parse().unwrap()) }
}

fn record() -> RecordSheet {
    let rows = [["序号", "修改前", "修改后"], ["1", "=1+1 是文字", " 两端 "]];
    RecordSheet::Appended {
        name: "校核记录".to_owned(),
        rows: rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect(),
    }
}

fn assert_refused(book: &Book, edit: Edit, words: &str) {
    let error = apply(&book.bytes(), &[edit], None).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}

/// Workbooks of other producers that are packages and open without a password.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/workbooks")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap();
            let package = name.ends_with(".xlsx") || name.ends_with(".xlsm");
            if package && bytes.starts_with(b"PK") && Xlsx::new(Cursor::new(&bytes)).is_ok() {
                found.push((path.to_string_lossy().into_owned(), bytes));
            }
        }
    }
    found.sort();
    assert!(found.len() >= 20);
    found
}

/// Entries with their compressed bytes and their content.
fn parts(bytes: &[u8]) -> BTreeMap<String, (Vec<u8>, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for index in 0..archive.len() {
        let (mut raw, mut content) = (Vec::new(), Vec::new());
        archive.by_index_raw(index).unwrap().read_to_end(&mut raw).unwrap();
        let mut file = archive.by_index(index).unwrap();
        file.read_to_end(&mut content).unwrap();
        let name = String::from_utf8(file.name_raw().to_vec()).unwrap();
        found.insert(name, (raw, content));
    }
    found
}

fn part(bytes: &[u8], name: &str) -> String {
    String::from_utf8(parts(bytes)[name].1.clone()).unwrap()
}

/// Asserts that what is said to have changed has, that the rest is byte-identical, and the invariants. Gives what
/// changed.
fn check_package(name: &str, before: &[u8], patched: &Patched) -> BTreeSet<String> {
    let (old, new) = (parts(before), parts(&patched.bytes));
    let changed: BTreeSet<String> = patched.changed_parts.iter().cloned().collect();
    for (part, (raw, _)) in &old {
        match new.get(part) {
            Some((new_raw, _)) => assert_eq!(raw != new_raw, changed.contains(part), "{name}: {part}"),
            None => assert!(changed.contains(part), "{name}: {part} is gone"),
        }
    }
    let added: BTreeSet<&String> = new.keys().filter(|part| !old.contains_key(*part)).collect();
    assert_eq!(added, patched.added_parts.iter().collect(), "{name}");
    let order = |bytes: &[u8]| {
        let archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        archive.file_names().map(|name| name.unwrap().into_owned()).collect::<Vec<_>>()
    };
    let kept: Vec<String> = order(before).into_iter().filter(|part| new.contains_key(part)).collect();
    assert_eq!(order(&patched.bytes)[..kept.len()], kept, "{name}");
    check_invariants(name, &patched.bytes);
    changed
}

type Cells = BTreeMap<CellRef, (Data, String)>;

/// Values and formulas of every sheet, by calamine.
fn read(bytes: &[u8]) -> Vec<(String, Cells)> {
    let mut workbook = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let mut cells = Cells::new();
        if let Ok(range) = workbook.worksheet_range(&name) {
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let cell =
                    CellRef::new(top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
                cells.entry(cell).or_default().0 = value.clone();
            }
        }
        if let Ok(range) = workbook.worksheet_formula(&name) {
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, formula) in range.used_cells() {
                let cell =
                    CellRef::new(top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
                cells.entry(cell).or_default().1 = formula.clone();
            }
        }
        sheets.push((name, cells));
    }
    sheets
}

fn sheet_names(bytes: &[u8]) -> Vec<String> {
    read(bytes).into_iter().map(|(name, _)| name).collect()
}

fn has_formulas(bytes: &[u8]) -> bool {
    read(bytes).iter().any(|(_, cells)| cells.values().any(|(_, formula)| !formula.is_empty()))
}

/// A few cells of every sheet: used ones, and one that is not there.
fn sample_cells(bytes: &[u8]) -> Vec<(usize, CellRef)> {
    let mut cells = Vec::new();
    for (sheet, (_, used)) in read(bytes).iter().enumerate() {
        let every = used.len() / 4 + 1;
        cells.extend(used.keys().step_by(every).map(|at| (sheet, *at)));
        let last = used.keys().last().copied().unwrap_or(CellRef::new(0, 0));
        cells.push((sheet, CellRef::new(last.row + 2, last.column + 1)));
    }
    cells
}

/// The patched package, or nothing where the cell is one of those that are refused.
fn set_or_refused(
    name: &str,
    bytes: &[u8],
    sheet: usize,
    cell: CellRef,
    value: &NewValue,
) -> Option<Patched> {
    match apply(bytes, &[Edit::Set { sheet, cell, value: value.clone() }], None) {
        Ok(patched) => Some(patched),
        Err(PatchError::Cell { .. } | PatchError::NotWorksheet(_)) => None,
        Err(error) => panic!("{name} {cell}: {error}"),
    }
}

/// The XML of every changed sheet without its touched cells, the hints about its extent and stored results of formulas
/// is what it was, byte for byte.
fn assert_only_cells_are_spliced(name: &str, before: &[u8], patched: &Patched, at: CellRef) {
    for changed in patched.changed_parts.iter().filter(|part| part.contains("worksheets/")) {
        let rest = |bytes: &[u8]| {
            let mut xml = part(bytes, changed);
            for (tag, body) in elements(&xml.clone(), "c") {
                let address = attribute(&tag, "r").map(|r| r.parse::<CellRef>().unwrap());
                let stale = tags(&body, "f").len() == 1
                    && patched.stale.values().flatten().any(|cell| Some(*cell) == address);
                if address == Some(at) || stale {
                    let prefix =
                        tag.split_once(":c ").map_or(String::new(), |(prefix, _)| format!("{prefix}:"));
                    let whole = if tag.ends_with('/') {
                        format!("<{tag}>")
                    } else {
                        format!("<{tag}>{body}</{prefix}c>")
                    };
                    assert!(xml.contains(&whole), "{name}: {whole}");
                    xml = xml.replacen(&whole, "", 1);
                }
            }
            for (element, hint) in [("dimension", "ref"), ("row", "spans")] {
                for tag in tags(&xml.clone(), element) {
                    let bare = attribute(&tag, hint)
                        .map_or(tag.clone(), |value| tag.replace(&format!(" {hint}=\"{value}\""), ""));
                    xml = xml.replacen(
                        &format!("<{tag}>"),
                        &format!("<{}>", bare.trim_end_matches('/').trim_end()),
                        1,
                    );
                }
            }
            // A row that is new or held nothing else.
            xml.replace(&format!("<row r=\"{}\"></row>", at.row + 1), "").replace("</row>", "")
        };
        let (old, new) = (rest(before), rest(&patched.bytes));
        assert_eq!(
            old.replace("<sheetData/>", "<sheetData></sheetData>"),
            new.replace("<sheetData/>", "<sheetData></sheetData>"),
            "{name} {at}: {changed}"
        );
    }
}

fn assert_only_cell_differs(
    name: &str,
    before: &[u8],
    after: &[u8],
    sheet: usize,
    at: CellRef,
    value: &NewValue,
) {
    for (index, ((_, before), (_, after))) in read(before).into_iter().zip(read(after)).enumerate() {
        let addresses: BTreeSet<CellRef> = before.keys().chain(after.keys()).copied().collect();
        for address in addresses {
            let (old, old_formula) = before.get(&address).cloned().unwrap_or_default();
            let (new, new_formula) = after.get(&address).cloned().unwrap_or_default();
            if (index, address) == (sheet, at) {
                let expected = match value {
                    NewValue::Number(_) => Data::Float(600.5),
                    NewValue::Text(text) => Data::String(text.clone()),
                    NewValue::Blank | NewValue::Formula(_) => Data::Empty,
                };
                let as_date = matches!((&new, value), (Data::DateTime(_), NewValue::Number(_)));
                assert!(new == expected || as_date, "{name} {at}: {new:?}");
                assert_eq!(new_formula, "", "{name} {at}");
            } else {
                assert_eq!(old_formula, new_formula, "{name} {address}");
                assert!(
                    old == new || !old_formula.is_empty() && new == Data::Empty,
                    "{name} {address}: {old:?} became {new:?}"
                );
            }
        }
    }
}

/// What no schema states and no reader checks, but Excel repairs: order and uniqueness of cells, range of shared
/// strings, calculation chain, table headers, relationships, content types.
fn check_invariants(name: &str, bytes: &[u8]) {
    let parts = parts(bytes);
    let text = |part: &str| String::from_utf8_lossy(&parts[part].1).into_owned();
    let types = text("[Content_Types].xml").to_lowercase();
    let strings = parts
        .keys()
        .find(|part| part.ends_with("sharedStrings.xml"))
        .map(|part| tags(&text(part), "si").len());
    let mut formulas: BTreeSet<String> = BTreeSet::new();
    for part in parts.keys().filter(|part| !part.ends_with('/') && *part != "[Content_Types].xml") {
        let extension = part.rsplit('.').next().unwrap().to_lowercase();
        let covered = types.contains(&format!("partname=\"/{}\"", part.to_lowercase()))
            || types.contains(&format!("extension=\"{extension}\""));
        assert!(covered, "{name}: no content type for {part}");
        if part.ends_with(".rels") {
            let (folder, _) = part.rsplit_once("_rels/").unwrap();
            let mut ids = BTreeSet::new();
            for tag in tags(&text(part), "Relationship") {
                assert!(ids.insert(attribute(&tag, "Id").unwrap()), "{name}: {part} has an id twice");
                let target = attribute(&tag, "Target").unwrap();
                if attribute(&tag, "TargetMode").is_none() && !target.starts_with('#') {
                    assert!(parts.contains_key(&joined(folder, &target)), "{name}: {part} leads to {target}");
                }
            }
        }
        if part.contains("worksheets/") && part.ends_with(".xml") {
            let text = text(part);
            let (mut last_row, mut last) = (0, None);
            for row in tags(&text, "row") {
                let Some(number) = attribute(&row, "r") else { continue };
                let number: u32 = number.parse().unwrap();
                assert!(number > last_row, "{name}: {part} row {number}");
                last_row = number;
            }
            for cell in tags(&text, "c") {
                let Some(address) = attribute(&cell, "r").map(|r| r.parse::<CellRef>().unwrap()) else {
                    continue;
                };
                assert!(last.is_none_or(|last| last < address), "{name}: {part} {address}");
                last = Some(address);
            }
            for (cell, body) in elements(&text, "c") {
                if attribute(&cell, "t").as_deref() == Some("s") {
                    let index = elements(&body, "v")[0].1.trim().parse::<usize>().unwrap();
                    assert!(
                        strings.is_some_and(|count| index < count),
                        "{name}: {part} shared string {index}"
                    );
                }
                if !tags(&body, "f").is_empty() {
                    formulas.extend(attribute(&cell, "r"));
                }
            }
            let merges: Vec<Range> = tags(&text, "mergeCell")
                .iter()
                .map(|tag| attribute(tag, "ref").unwrap().parse().unwrap())
                .collect();
            for (index, a) in merges.iter().enumerate() {
                let apart = |b: &Range| {
                    a.end.row < b.start.row
                        || b.end.row < a.start.row
                        || a.end.column < b.start.column
                        || b.end.column < a.start.column
                };
                assert!(merges[index + 1..].iter().all(apart), "{name}: {part} merge {a}");
            }
        }
    }
    if let Some(chain) = parts.keys().find(|part| part.ends_with("calcChain.xml")) {
        for entry in tags(&text(chain), "c") {
            let address = attribute(&entry, "r").unwrap();
            assert!(formulas.contains(&address), "{name}: calculation chain has {address}");
        }
    }
}

fn joined(folder: &str, target: &str) -> String {
    let path = if target.starts_with('/') { target.to_owned() } else { format!("{folder}{target}") };
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

/// Start tags of elements with a local name, as text.
fn tags(xml: &str, name: &str) -> Vec<String> {
    elements(xml, name).into_iter().map(|(tag, _)| tag).collect()
}

/// Start tags and raw contents; enough for elements that do not nest in themselves.
fn elements(xml: &str, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        let Some(end) = rest.find('>') else { break };
        let tag = &rest[..end];
        let full = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap();
        if full.rsplit(':').next() != Some(name) || full.is_empty() {
            continue;
        }
        let body = if tag.ends_with('/') {
            ""
        } else {
            rest[end + 1..].split(&format!("</{full}>")).next().unwrap()
        };
        found.push((tag.to_owned(), body.to_owned()));
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(|value| value.replace("&amp;", "&"))
}

/// A small package, part by part.
struct Book {
    sheets: Vec<(String, String, String)>,
    names: String,
    chain: Option<String>,
    table: Option<String>,
    before_root: String,
}

impl Book {
    fn new() -> Self {
        Self {
            sheets: Vec::new(),
            names: String::new(),
            chain: None,
            table: None,
            before_root: String::new(),
        }
    }

    fn sheet(mut self, name: &str, rows: &str) -> Self {
        self.sheets.push((name.to_owned(), rows.to_owned(), String::new()));
        self
    }

    fn after_rows(mut self, xml: &str) -> Self {
        self.sheets.last_mut().unwrap().2 = xml.to_owned();
        self
    }

    fn names(mut self, xml: &str) -> Self {
        self.names = format!("<definedNames>{xml}</definedNames>");
        self
    }

    fn calc_chain(mut self, xml: &str) -> Self {
        self.chain = Some(xml.to_owned());
        self
    }

    fn table(mut self, range: &str) -> Self {
        self.table = Some(range.to_owned());
        self
    }

    fn root_prefix(mut self, xml: &str) -> Self {
        self.before_root = xml.to_owned();
        self
    }

    fn parts(&self) -> Vec<(String, Vec<u8>)> {
        const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        let relationships = |list: String| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 {list}</Relationships>"
            )
        };
        let relation = |id: &str, kind: &str, target: &str| {
            format!("<Relationship Id=\"{id}\" Type=\"{REL}/{kind}\" Target=\"{target}\"/>")
        };
        let mut types =
            format!("<Override PartName=\"/xl/workbook.xml\" ContentType=\"{TYPE}.sheet.main+xml\"/>");
        let (mut sheets, mut related, mut parts) = (String::new(), String::new(), Vec::new());
        for (index, (name, rows, after)) in self.sheets.iter().enumerate() {
            let n = index + 1;
            sheets.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>"));
            related.push_str(&relation(&format!("rId{n}"), "worksheet", &format!("worksheets/sheet{n}.xml")));
            types.push_str(&format!(
                "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{TYPE}.worksheet+xml\"/>"
            ));
            let xml = format!(
                "{}<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData>{after}</worksheet>",
                self.before_root
            );
            parts.push((format!("xl/worksheets/sheet{n}.xml"), xml));
        }
        if let Some(chain) = &self.chain {
            related.push_str(&relation("rId98", "calcChain", "calcChain.xml"));
            types.push_str(&format!(
                "<Override PartName=\"/xl/calcChain.xml\" ContentType=\"{TYPE}.calcChain+xml\"/>"
            ));
            parts
                .push(("xl/calcChain.xml".to_owned(), format!("<calcChain xmlns=\"m\">{chain}</calcChain>")));
        }
        if let Some(range) = &self.table {
            types.push_str(&format!(
                "<Override PartName=\"/xl/tables/table1.xml\" ContentType=\"{TYPE}.table+xml\"/>"
            ));
            parts.push((
                "xl/worksheets/_rels/sheet1.xml.rels".to_owned(),
                relationships(relation("rId1", "table", "../tables/table1.xml")),
            ));
            parts.push((
                "xl/tables/table1.xml".to_owned(),
                format!("<table xmlns=\"{MAIN}\" id=\"1\" name=\"T\" displayName=\"T\" ref=\"{range}\"/>"),
            ));
        }
        let head = [
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                     <Default Extension=\"rels\" \
                     ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>{types}</Types>"
                ),
            ),
            ("_rels/.rels", relationships(relation("rId1", "officeDocument", "xl/workbook.xml"))),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{REL}\"><sheets>{sheets}</sheets>{}</workbook>",
                    self.names
                ),
            ),
            ("xl/_rels/workbook.xml.rels", relationships(related)),
        ];
        let head = head.into_iter().map(|(name, xml)| (name.to_owned(), xml));
        head.chain(parts).map(|(name, xml)| (name, xml.into_bytes())).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        zipped(&self.parts())
    }
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
