//! What real packages hold that a patch can trip over: odd zips, odd XML, odd cells. Each is kept, or refused in words.

use std::io::{Cursor, Write};

use indicator_companion::fixes::{Edit, NewValue};
use indicator_companion::patch::{PatchError, apply};
use zip::write::SimpleFileOptions;

use super::{
    Book, assert_refused, at, check_invariants, check_package, part, parts, read, record, set, zipped,
};

const SHEET: &str = "xl/worksheets/sheet1.xml";
const ONE_CELL: &str = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";

fn text(cell: &str, text: &str) -> Edit {
    Edit::Set { sheet: 0, cell: at(cell), value: NewValue::Text(text.to_owned()) }
}

fn blank(cell: &str) -> Edit {
    Edit::Set { sheet: 0, cell: at(cell), value: NewValue::Blank }
}

/// The sheet's XML after an edit of a sheet with these rows.
fn after(rows: &str, edit: Edit) -> String {
    let book = Book::new().sheet("甲", rows);
    let patched = apply(&book.bytes(), &[edit], None).unwrap();
    check_invariants(rows, &patched.bytes);
    part(&patched.bytes, SHEET)
        .split("<sheetData>")
        .nth(1)
        .unwrap()
        .split("</sheetData>")
        .next()
        .unwrap()
        .to_owned()
}

fn edited(parts: &mut [(String, Vec<u8>)], name: &str, change: impl Fn(String) -> String) {
    let found = parts.iter_mut().find(|(part, _)| part == name).unwrap();
    found.1 = change(String::from_utf8(found.1.clone()).unwrap()).into_bytes();
}

fn renamed(parts: &mut [(String, Vec<u8>)], from: &str, to: &str) {
    parts.iter_mut().find(|(part, _)| part == from).unwrap().0 = to.to_owned();
}

// ---- the package ----

#[test]
fn what_is_no_package_is_refused() {
    let compound = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    let error = apply(&compound, &[set(0, "A1", "1")], None).unwrap_err();
    assert!(matches!(error, PatchError::Package(_)) && error.to_string().contains("另存为 .xlsx"));
}

#[test]
fn names_with_backslashes_and_other_case_are_found_and_kept() {
    let mut odd = Book::new().sheet("甲", ONE_CELL).parts();
    renamed(&mut odd, SHEET, "xl\\worksheets\\Sheet1.XML");
    let patched = apply(&zipped(&odd), &[set(0, "A1", "5")], None).unwrap();
    assert_eq!(patched.changed_parts, ["xl\\worksheets\\Sheet1.XML"]);
    assert!(part(&patched.bytes, "xl\\worksheets\\Sheet1.XML").contains("<v>5</v>"));
    let mut odd = Book::new().sheet("甲", ONE_CELL).parts();
    renamed(&mut odd, "[Content_Types].xml", "[content_types].xml");
    let patched = apply(&zipped(&odd), &[], Some(&record())).unwrap();
    assert!(part(&patched.bytes, "[content_types].xml").contains("sheet2.xml"));
}

#[test]
fn order_folders_stored_entries_and_comment_stay() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.set_raw_comment(b"\xB1\xB8\xD7\xA2".as_slice().into()).unwrap();
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.add_directory("xl/", stored).unwrap();
    for (name, content) in Book::new().sheet("甲", ONE_CELL).parts().into_iter().rev() {
        writer.start_file(name.as_str(), stored).unwrap();
        writer.write_all(&content).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let patched = apply(&bytes, &[set(0, "A1", "5")], None).unwrap();
    check_package("stored", &bytes, &patched);
    let mut archive = zip::ZipArchive::new(Cursor::new(&patched.bytes)).unwrap();
    assert_eq!(archive.comment(), b"\xB1\xB8\xD7\xA2");
    for index in 0..archive.len() {
        assert_eq!(archive.by_index(index).unwrap().compression(), zip::CompressionMethod::Stored);
    }
    assert!(archive.by_index(0).unwrap().is_dir());
}

/// Sizes behind the content (APPNOTE 4.3.9), as writers of streams leave them.
#[test]
fn data_descriptors_are_read_and_not_half_kept() {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, content) in Book::new().sheet("甲", ONE_CELL).parts() {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let streamed = |bytes: &[u8]| bytes.get(6).is_some_and(|flags| flags & 8 != 0);
    assert!(streamed(&bytes));
    let patched = apply(&bytes, &[set(0, "A1", "5")], None).unwrap();
    assert!(!streamed(&patched.bytes));
    check_package("data descriptors", &bytes, &patched);
}

/// Excel refuses a small part with 64-bit sizes (APPNOTE 4.5.3), so none is written.
#[test]
fn sizes_of_64_bits_are_read_and_not_written_for_a_changed_part() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in Book::new().sheet("甲", ONE_CELL).parts() {
        writer.start_file(name.as_str(), SimpleFileOptions::default().large_file(true)).unwrap();
        writer.write_all(&content).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let patched = apply(&bytes, &[set(0, "A1", "5")], None).unwrap();
    check_package("64 bits", &bytes, &patched);
    let mut archive = zip::ZipArchive::new(Cursor::new(&patched.bytes)).unwrap();
    let file = archive.by_name(SHEET).unwrap();
    assert!(file.extra_data().is_none_or(|extra| !extra.starts_with(&[1, 0])));
}

#[test]
fn parts_are_found_by_their_relations_wherever_they_lie() {
    let mut odd = Book::new().sheet("甲", ONE_CELL).parts();
    edited(&mut odd, "_rels/.rels", |xml| xml.replace("xl/workbook.xml", "/wtf/book.xml"));
    edited(&mut odd, "[Content_Types].xml", |xml| {
        xml.replace("/xl/workbook.xml", "/wtf/book.xml").replace("/xl/worksheets/", "/tables/")
    });
    edited(&mut odd, "xl/_rels/workbook.xml.rels", |xml| {
        xml.replace("worksheets/sheet1.xml", "/tables/sheet1.xml")
    });
    renamed(&mut odd, "xl/workbook.xml", "wtf/book.xml");
    renamed(&mut odd, "xl/_rels/workbook.xml.rels", "wtf/_rels/book.xml.rels");
    renamed(&mut odd, SHEET, "tables/sheet1.xml");
    let bytes = zipped(&odd);
    let patched = apply(&bytes, &[set(0, "A1", "5")], Some(&record())).unwrap();
    check_package("odd folders", &bytes, &patched);
    assert!(part(&patched.bytes, "tables/sheet1.xml").contains("<v>5</v>"));
    assert_eq!(patched.added_parts, ["tables/sheet2.xml"]);
}

#[test]
fn signatures_macros_and_what_other_programs_add_stay_byte_for_byte() {
    let mut odd = Book::new().sheet("甲", ONE_CELL).parts();
    let strange = [
        "_xmlsignatures/sig1.xml",
        "xl/vbaProject.bin",
        "xl/cellimages.xml",
        "xl/externalLinks/externalLink1.xml",
        "docProps/app.xml",
    ];
    edited(&mut odd, "[Content_Types].xml", |xml| {
        xml.replace(
            "<Override",
            "<Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Default Extension=\"bin\" ContentType=\"a/b\"/><Override",
        )
    });
    odd.extend(strange.iter().map(|name| ((*name).to_owned(), format!("<{name} 不是 & XML").into_bytes())));
    let bytes = zipped(&odd);
    let patched = apply(&bytes, &[set(0, "A1", "5")], Some(&record())).unwrap();
    let changed = check_package("strange parts", &bytes, &patched);
    assert!(strange.iter().all(|name| !changed.contains(*name)), "{changed:?}");
}

#[test]
fn broken_or_missing_pieces_are_said_and_nothing_is_written() {
    let broken = |name: &str, content: &str| {
        let mut odd = Book::new().sheet("甲", ONE_CELL).parts();
        edited(&mut odd, name, |_| content.to_owned());
        apply(&zipped(&odd), &[set(0, "A1", "5")], None).unwrap_err().to_string()
    };
    for content in
        ["<worksheet><sheetData><row r=\"1\"><c r=\"A1\"></row>", "<worksheet><sheetData>", "", "不是 XML"]
    {
        let said = broken(SHEET, content);
        assert!(said.contains(SHEET) && said.contains("另存为 .xlsx"), "{content}: {said}");
    }
    assert!(broken("_rels/.rels", "<Relationships/>").contains("缺了一部分"));
    assert!(broken("xl/_rels/workbook.xml.rels", "<Relationships/>").contains("不是普通工作表"));
    assert_refused(
        &Book::new().sheet("甲", "<row r=\"1\"><c r=\"A0\"/></row>"),
        set(0, "A1", "1"),
        "内容有误",
    );
    assert_refused(&Book::new().sheet("甲", "<row r=\"99999999\"/>"), set(0, "A1", "1"), "内容有误");
    let mut far = set(0, "A1", "1");
    if let Edit::Set { cell, .. } = &mut far {
        cell.row = 1 << 20;
    }
    assert_refused(&Book::new().sheet("甲", ONE_CELL), far, "超出了工作表的范围");
}

// ---- the XML ----

#[test]
fn prefixes_strict_namespaces_and_foreign_markup_stay() {
    let root = "<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" \
                xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" mc:Ignorable=\"x14ac\" \
                xmlns:x14ac=\"u:14\">";
    let head =
        format!("<?xml version=\"1.0\"?>\n<!-- a <c r=\"A1\"> that is none -->\n{root}\n  <x:sheetData>\n");
    let tail = "\n  </x:sheetData>\n  <mc:AlternateContent><mc:Choice Requires=\"v\"><x:legacyDrawing r:id=\"q\"/>\
     </mc:Choice></mc:AlternateContent>\n  <x:extLst><x:ext uri=\"{1}\"><c r=\"A1\"/></x:ext></x:extLst>\n\
     </x:worksheet>\n";
    let cell = |inner: &str| {
        format!(
            "    <x:row r='1' x14ac:dyDescent='0.25'>\n      <x:c r='A1' s='3'{inner}</x:c>\n    </x:row>"
        )
    };
    let mut odd = Book::new().sheet("甲", "").parts();
    edited(&mut odd, SHEET, |_| {
        format!("{head}{}{tail}", cell(" t='str'><x:v><![CDATA[<c r=\"A1\">]]></x:v>"))
    });
    let patched = apply(&zipped(&odd), &[set(0, "A1", "5")], None).unwrap();
    assert_eq!(part(&patched.bytes, SHEET), format!("{head}{}{tail}", cell("><x:v>5</x:v>")));
}

#[test]
fn a_strict_workbook_gets_a_strict_record() {
    let mut odd = Book::new().sheet("甲", ONE_CELL).parts();
    for (_, content) in &mut odd {
        let strict = String::from_utf8(content.clone()).unwrap();
        let strict = strict.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        );
        *content = strict
            .replace(
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                "http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            .into_bytes();
    }
    let patched = apply(&zipped(&odd), &[set(0, "A1", "5")], Some(&record())).unwrap();
    assert!(
        part(&patched.bytes, "xl/worksheets/sheet2.xml").contains("purl.oclc.org/ooxml/spreadsheetml/main")
    );
    assert!(
        !part(&patched.bytes, "xl/_rels/workbook.xml.rels")
            .contains("schemas.openxmlformats.org/officeDocument")
    );
}

#[test]
fn text_reads_back_as_it_was_written() {
    for written in ["_x0041_", " 前后 ", "两  格", "行一\n行二", "<&>\"'", "=1+1", "\u{1}", "𠮷", "]]>"]
    {
        let bytes = Book::new().sheet("甲", ONE_CELL).bytes();
        let patched = apply(&bytes, &[text("A1", written)], None).unwrap();
        let found = read(&patched.bytes)[0].1[&at("A1")].clone();
        assert_eq!(found, (calamine::Data::String(written.to_owned()), String::new()), "{written:?}");
    }
}

// ---- the cells ----

#[test]
fn cells_keep_their_style_and_lose_what_was_of_the_old_value() {
    let row = |cell: &str| format!("<row r=\"1\">{cell}</row>");
    for old in [
        "<c r=\"A1\" s=\"4\" t=\"d\"><v>2019-06-30</v></c>",
        "<c r=\"A1\" s=\"4\" t=\"e\"><v>#N/A</v></c>",
        "<c r=\"A1\" s=\"4\" t=\"b\"><v>1</v></c>",
        "<c r=\"A1\" s=\"4\" t=\"s\" ph=\"1\"><v>0</v></c>",
        "<c r=\"A1\" s=\"4\" t=\"e\" vm=\"1\" cm=\"1\"><v>#VALUE!</v></c>",
        "<c r=\"A1\" s=\"4\" t=\"inlineStr\"><is><r><t>富</t></r><rPh sb=\"0\" eb=\"1\"><t>ふ</t></rPh></is></c>",
        "<c r=\"A1\" s=\"4\"/>",
    ] {
        assert_eq!(after(&row(old), set(0, "A1", "5")), row("<c r=\"A1\" s=\"4\"><v>5</v></c>"), "{old}");
        assert_eq!(after(&row(old), blank("A1")), row("<c r=\"A1\" s=\"4\"/>"), "{old}");
        let held = after(&row(old), text("A1", "/"));
        assert_eq!(held, row("<c r=\"A1\" s=\"4\" t=\"inlineStr\"><is><t>/</t></is></c>"), "{old}");
    }
    let extended = "<c r=\"A1\" foo=\"1\"><v>1</v><extLst><ext uri=\"u\"/></extLst></c>";
    assert_eq!(after(&row(extended), set(0, "A1", "5")), row(&extended.replace("<v>1", "<v>5")));
}

#[test]
fn rows_and_cells_without_address_count_on() {
    let rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>";
    assert_eq!(after(rows, set(0, "B1", "5")), rows.replace("<v>2</v>", "<v>5</v>"));
    assert_eq!(after(rows, set(0, "A2", "5")), rows.replace("<v>3</v>", "<v>5</v>"));
    let lower = "<row r=\"1\"><c r=\"a1\"><v>1</v></c></row>";
    assert_eq!(after(lower, set(0, "A1", "5")), lower.replace("<v>1</v>", "<v>5</v>"));
}

#[test]
fn what_does_not_exist_yet_appears_in_its_place() {
    assert_eq!(after("", set(0, "B2", "5")), "<row r=\"2\"><c r=\"B2\"><v>5</v></c></row>");
    let rows = "<row r=\"1\"/><row r=\"4\" spans=\"2:2\"><c r=\"B4\"/></row>";
    assert_eq!(
        after(rows, set(0, "C1", "5")),
        rows.replace("<row r=\"1\"/>", "<row r=\"1\"><c r=\"C1\"><v>5</v></c></row>")
    );
    assert_eq!(
        after(rows, set(0, "A3", "5")),
        rows.replace("<row r=\"4\"", "<row r=\"3\"><c r=\"A3\"><v>5</v></c></row><row r=\"4\"")
    );
    let grown = rows.replace("2:2", "1:2").replace("<c r=\"B4\"/>", "<c r=\"A4\"><v>5</v></c><c r=\"B4\"/>");
    assert_eq!(after(rows, set(0, "A4", "5")), grown);
    assert_eq!(after(rows, blank("A9")), rows);
}

#[test]
fn parts_of_a_formula_that_spans_cells_are_refused() {
    let spill = "<row r=\"1\"><c r=\"A1\" cm=\"1\"><f t=\"array\" ref=\"A1:B1\">C1:D1</f><v>1</v></c><c r=\"B1\"><v>\
     2</v></c></row>";
    assert_refused(&Book::new().sheet("甲", spill), set(0, "B1", "5"), "数组公式 A1:B1");
    assert_refused(&Book::new().sheet("甲", spill), set(0, "A1", "5"), "数组公式 A1:B1");
    let data_table = "<row r=\"2\"><c r=\"B2\"><f t=\"dataTable\" ref=\"B2:C2\" dt2D=\"1\" dtr=\"1\" r1=\"A9\"/><v>\
     1</v></c><c r=\"C2\"><v>2</v></c></row>";
    assert_refused(&Book::new().sheet("甲", data_table), set(0, "C2", "5"), "模拟运算表 B2:C2");
    let alone = "<row r=\"1\"><c r=\"A1\"><f t=\"array\" ref=\"A1\">SUM(C1:D1)</f><v>1</v></c></row>";
    assert_eq!(after(alone, set(0, "A1", "5")), "<row r=\"1\"><c r=\"A1\"><v>5</v></c></row>");
}

#[test]
fn a_shared_formula_lives_on_without_its_child() {
    let rows = "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:C1\" si=\"0\">A2</f><v>1</v></c><c r=\"B1\">\
     <f t=\"shared\" si=\"0\"/><v>2</v></c><c r=\"C1\"><f t=\"shared\" si=\"0\"/><v>3</v></c></row>";
    assert_eq!(
        after(rows, set(0, "B1", "5")),
        rows.replace("<f t=\"shared\" si=\"0\"/><v>2</v>", "<v>5</v>")
    );
}

#[test]
fn cells_that_a_merge_covers_or_a_pivot_table_fills_are_refused() {
    let merged =
        Book::new().sheet("甲", ONE_CELL).after_rows("<mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>");
    assert_refused(&merged, set(0, "B2", "5"), "左上角");
    let mut pivot = Book::new().sheet("甲", ONE_CELL).table("A1:B2").parts();
    edited(&mut pivot, "xl/worksheets/_rels/sheet1.xml.rels", |xml| xml.replace("/table\"", "/pivotTable\""));
    edited(&mut pivot, "xl/tables/table1.xml", |_| {
        "<pivotTableDefinition name=\"汇总\"><location ref=\"A1:B2\"/></pivotTableDefinition>".to_owned()
    });
    let error = apply(&zipped(&pivot), &[set(0, "B2", "5")], None).unwrap_err().to_string();
    assert!(error.contains("数据透视表 汇总"), "{error}");
    assert!(apply(&zipped(&pivot), &[set(0, "C3", "5")], None).is_ok());
}

#[test]
fn protection_validation_and_views_stay() {
    let tail = "<sheetProtection password=\"CC1A\" sheet=\"1\"/><protectedRanges>\
     <protectedRange name=\"r\" sqref=\"A1\"/></protectedRanges><dataValidations count=\"1\">\
     <dataValidation type=\"whole\" sqref=\"A1\"><formula1>1</formula1></dataValidation></dataValidations>";
    let mut book = Book::new().sheet("甲", ONE_CELL).after_rows(tail).parts();
    edited(&mut book, "xl/workbook.xml", |xml| {
        xml.replace(
            "<sheets>",
            "<workbookPr date1904=\"1\"/><workbookProtection lockStructure=\"1\"/><sheets>",
        )
    });
    let bytes = zipped(&book);
    let before = part(&bytes, SHEET);
    let patched = apply(&bytes, &[set(0, "A1", "5")], None).unwrap();
    assert_eq!(patched.changed_parts, [SHEET]);
    assert_eq!(part(&patched.bytes, SHEET), before.replace("<v>1</v>", "<v>5</v>"));
    assert_eq!(parts(&bytes)["xl/workbook.xml"], parts(&patched.bytes)["xl/workbook.xml"]);
}
