//! Reading over workbooks of other producers, over hostile files made here, and over damaged copies of every fixture.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicator_companion::model::{
    CellRef, Format, ReadRemark, Sheet, Span, Unreadable, Value, Visibility, Workbook,
};
use indicator_companion::reading::{Limits, read};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/workbooks")
}

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn workbook(path: &str) -> Workbook {
    let name = path.rsplit('/').next().unwrap();
    read(name, &bytes(path), &Limits::default()).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn forms() -> serde_json::Value {
    serde_json::from_slice(&bytes("make/forms.json")).unwrap()
}

fn at(address: &str) -> CellRef {
    address.parse().unwrap()
}

fn merges(sheet: &Sheet) -> Vec<String> {
    let mut merges: Vec<String> = sheet.merges.iter().map(ToString::to_string).collect();
    merges.sort();
    merges
}

fn shown(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[test]
fn every_producer_gives_the_same_breakdown() {
    // File, format, sheet, corner of the header.
    let files = [
        ("openpyxl/分解表.xlsx", Format::Xlsx, 0, "A4"),
        ("openpyxl/偏移-前有别的表.xlsx", Format::Xlsx, 2, "D7"),
        ("openpyxl/带宏.xlsm", Format::Xlsm, 0, "A4"),
        ("openpyxl/隐藏行列.xlsx", Format::Xlsx, 0, "A4"),
        ("xlwt/分解表.xls", Format::Xls, 0, "A4"),
        ("libreoffice/分解表.xlsx", Format::Xlsx, 0, "A4"),
        ("libreoffice/分解表.xls", Format::Xls, 0, "A4"),
        ("libreoffice/分解表.ods", Format::Ods, 0, "A4"),
        ("exceljs/分解表.xlsx", Format::Xlsx, 0, "A4"),
        ("sheetjs/两张表.xlsx", Format::Xlsx, 0, "A4"),
        ("sheetjs/两张表.xlsb", Format::Xlsb, 0, "A4"),
        ("sheetjs/两张表.xls", Format::Xls, 0, "A4"),
        ("sheetjs/两张表.ods", Format::Ods, 0, "A4"),
        ("text/分解表-utf8.csv", Format::Text, 0, "A1"),
        ("text/分解表-utf8-bom.csv", Format::Text, 0, "A3"),
        ("text/分解表-gb18030.csv", Format::Text, 0, "A1"),
        ("text/分解表-utf16le.txt", Format::Text, 0, "A1"),
        ("text/分解表-utf16be.txt", Format::Text, 0, "A1"),
        ("text/分解表-分号.csv", Format::Text, 0, "A1"),
        ("text/分解表-制表符-gb18030.tsv", Format::Text, 0, "A1"),
        ("text/网页.xls", Format::Html, 0, "A2"),
        // The three schemes of .xls; what opens without asking for a password is read.
        ("encrypted/默认密码-xor.xls", Format::Xls, 0, "A4"),
        ("encrypted/默认密码-cryptoapi40.xls", Format::Xls, 0, "A4"),
        ("encrypted/默认密码-cryptoapi128.xls", Format::Xls, 0, "A4"),
    ];
    let form = &forms()["breakdown"];
    let rows: Vec<&serde_json::Value> =
        std::iter::once(&form["header"]).chain(form["rows"].as_array().unwrap()).collect();
    for (path, format, sheet, corner) in files {
        let workbook = workbook(path);
        assert_eq!(workbook.format, format, "{path}");
        let (grid, corner) = (&workbook.sheets[sheet].grid, at(corner));
        for (row, values) in (corner.row..).zip(&rows) {
            for (column, value) in (corner.column..).zip(values.as_array().unwrap()) {
                let here = CellRef::new(row, column);
                assert_eq!(grid.shown(here), shown(value), "{path} {here}");
                assert_eq!(matches!(grid.value(here), Value::Number(_)), value.is_number(), "{path} {here}");
            }
        }
    }
}

#[test]
fn every_producer_gives_the_same_progress_with_formulas_and_formats() {
    // File, sheet, formula in G4, whether it has a stored value.
    let files = [
        ("openpyxl/成都市-2019年6月.xlsx", 0, Some("F4/D4"), false),
        ("xlwt/成都市-2019年6月.xls", 1, Some("ROUND(F4/D4,3)"), false),
        ("libreoffice/成都市-2019年6月.xlsx", 0, Some("F4/D4"), true),
        ("libreoffice/成都市-2019年6月.xls", 0, Some("F4/D4"), true),
        ("libreoffice/成都市-2019年6月.ods", 0, Some("F4/D4"), true),
        ("exceljs/成都市-2019年6月.xlsx", 0, Some("F4/D4"), true),
        ("sheetjs/两张表.xlsx", 1, Some("F4/D4"), true),
        ("sheetjs/两张表.xlsb", 1, None, true),
        ("sheetjs/两张表.xls", 1, None, true),
        ("encrypted/默认密码-libreoffice.xls", 0, Some("F4/D4"), true),
        ("encrypted/默认密码-libreoffice.xlsx", 0, Some("F4/D4"), true),
        ("encrypted/默认密码-agile.xlsx", 0, Some("F4/D4"), false),
    ];
    let form = &forms()["progress"];
    for (path, sheet, formula, stored) in files {
        let workbook = workbook(path);
        let sheet = &workbook.sheets[sheet];
        assert_eq!(sheet.grid.shown(at("A1")), shown(&form["title"]), "{path}");
        assert_eq!(sheet.grid.shown(at("G2")), shown(&form["period"]), "{path}");
        assert_eq!(merges(sheet), ["A1:H1"], "{path}");
        for (row, values) in (3..).zip(form["rows"].as_array().unwrap()) {
            for (column, value) in (0..).zip(values.as_array().unwrap()) {
                assert_eq!(
                    sheet.grid.shown(CellRef::new(row, column)),
                    shown(value),
                    "{path} {}",
                    CellRef::new(row, column)
                );
            }
            let rate = sheet.grid.get(CellRef::new(row, 6)).unwrap();
            let expected = formula.map(|formula| formula.replace('4', &(row + 1).to_string()));
            assert_eq!(rate.formula.as_deref(), expected.as_deref(), "{path} G{}", row + 1);
            assert_eq!(rate.number_format.code(), "0.0%", "{path}");
            let quotient = values[5].as_f64().unwrap() / values[3].as_f64().unwrap();
            match rate.value {
                Value::Number(number) => {
                    assert!(stored && (number - quotient).abs() < 1e-12, "{path} {number}")
                }
                ref value => assert!(!stored && value.is_empty(), "{path} {value:?}"),
            }
        }
    }
}

#[test]
fn layout_of_sheets_is_kept() {
    for (path, very_hidden) in [
        ("openpyxl/隐藏行列.xlsx", Visibility::VeryHidden),
        // LibreOffice knows one kind of hidden sheet.
        ("libreoffice/隐藏行列.xlsx", Visibility::Hidden),
        ("libreoffice/隐藏行列.xls", Visibility::Hidden),
        ("libreoffice/隐藏行列.ods", Visibility::Hidden),
    ] {
        let workbook = workbook(path);
        let sheet = &workbook.sheets[0];
        let names: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["指标分解表", "底稿", "参数"], "{path}");
        let visibility: Vec<Visibility> = workbook.sheets.iter().map(|sheet| sheet.visibility).collect();
        assert_eq!(visibility, [Visibility::Visible, Visibility::Hidden, very_hidden], "{path}");
        assert_eq!(sheet.hidden_rows, [Span { first: 5, last: 6 }, Span { first: 8, last: 8 }], "{path}");
        assert_eq!(sheet.hidden_columns, [Span { first: 3, last: 3 }], "{path}");
        assert_eq!(merges(sheet), ["A2:E2", "A3:E3"], "{path}");
        let width = sheet.column_widths.iter().find(|(span, _)| span.contains(1)).unwrap().1;
        assert!((width - 40.5).abs() < 15.0, "{path} {width}");
    }
    for (path, sheet) in [("xlwt/成都市-2019年6月.xls", 1), ("exceljs/成都市-2019年6月.xlsx", 0)] {
        let sheet = &workbook(path).sheets[sheet];
        assert_eq!(
            (sheet.hidden_rows.as_slice(), sheet.hidden_columns.as_slice()),
            (&[Span { first: 5, last: 5 }][..], &[Span { first: 4, last: 4 }][..]),
            "{path}"
        );
    }
    for path in [
        "openpyxl/两行表头.xlsx",
        "libreoffice/两行表头.xlsx",
        "libreoffice/两行表头.xls",
        "libreoffice/两行表头.ods",
    ] {
        assert_eq!(
            merges(&workbook(path).sheets[0]),
            ["A1:H1", "A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:H2"],
            "{path}"
        );
    }
    assert_eq!(workbook("sheetjs/两张表.xlsb").sheets[2].visibility, Visibility::Hidden);
    assert_eq!(merges(&workbook("text/网页.xls").sheets[0]), ["A1:E1"]);
}

#[test]
fn values_are_what_the_file_stores() {
    let workbook = workbook("openpyxl/数值与格式-1904.xlsx");
    let grid = &workbook.sheets[0].grid;
    assert!(workbook.date_1904);
    assert_eq!(grid.value(at("A1")), &Value::Number(42_184.0));
    assert!(grid.get(at("A1")).unwrap().number_format.is_date());
    assert_eq!(grid.value(at("A4")), &Value::Number(599.6));
    assert_eq!(grid.shown(at("A4")), "600");
    assert_eq!(grid.shown(at("A3")), "70.0%");
    assert_eq!(grid.value(at("A5")), &Value::Number(1_234_567.891));
    assert_eq!(grid.value(at("A6")), &Value::from(" 600 项 "));
    assert_eq!(grid.value(at("A7")), &Value::Bool(true));
    assert_eq!(grid.get(at("A8")).unwrap().formula.as_deref(), Some("1/0"));
    assert!(grid.value(at("A8")).is_empty());
    assert_eq!(grid.value(at("A9")), &Value::from("多行\n文字"));
    assert!(grid.get(at("A10")).unwrap().number_format.is_text());
    assert_eq!(grid.value(at("A11")), &Value::Number(0.333_333_333_333_333_3));

    let xls = &self::workbook("xlwt/成都市-2019年6月.xls").sheets[1];
    assert_eq!(xls.grid.shown(at("H13")), "2019-06-30");
    assert_eq!(
        (xls.grid.value(at("A14")), xls.grid.shown(at("A14"))),
        (&Value::Number(599.6), "600".to_owned())
    );
    assert_eq!(xls.grid.get(at("C14")).unwrap().formula.as_deref(), Some("SUM(D4:D12)"));
}

#[test]
fn remarks_say_what_there_is_to_say() {
    assert_eq!(workbook("openpyxl/带宏.xlsm").remarks, [ReadRemark::Macros]);
    assert_eq!(
        workbook("openpyxl/外部链接-保护.xlsx").remarks,
        [
            ReadRemark::ExternalLinks { cells: vec![(0, at("A1"))] },
            ReadRemark::Protected { workbook: true, sheets: vec![0] }
        ]
    );
    assert_eq!(
        workbook("text/网页.xls").remarks,
        [ReadRemark::OtherThanExtension { extension: "xls".to_owned(), format: Format::Html }]
    );
    for (path, encoding, separator) in [
        ("text/分解表-utf8.csv", "UTF-8", ','),
        ("text/分解表-utf8-bom.csv", "UTF-8", ','),
        ("text/分解表-gb18030.csv", "GB18030", ','),
        ("text/分解表-utf16le.txt", "UTF-16LE", '\t'),
        ("text/分解表-utf16be.txt", "UTF-16BE", '\t'),
        ("text/分解表-分号.csv", "UTF-8", ';'),
        ("text/分解表-制表符-gb18030.tsv", "GB18030", '\t'),
    ] {
        assert_eq!(workbook(path).remarks, [ReadRemark::TextAssumed { encoding, separator }], "{path}");
    }
    for path in
        ["openpyxl/分解表.xlsx", "libreoffice/分解表.xls", "libreoffice/分解表.ods", "sheetjs/两张表.xlsb"]
    {
        assert_eq!(workbook(path).remarks, [], "{path}");
    }
    let renamed = read("表.xlsx", &bytes("xlwt/分解表.xls"), &Limits::default()).unwrap();
    assert_eq!(
        renamed.remarks,
        [ReadRemark::OtherThanExtension { extension: "xlsx".to_owned(), format: Format::Xls }]
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let fails = |bytes: &[u8]| read("x.xlsx", bytes, &Limits::default()).unwrap_err();
    assert_eq!(fails(&bytes("samples/有密码.xlsx")), Unreadable::Password);
    assert!(matches!(fails(&bytes("samples/截断.xlsx")), Unreadable::Damaged { .. }));
    assert!(matches!(fails(b""), Unreadable::Damaged { .. }));
    assert_eq!(fails(b"%PDF-1.4"), Unreadable::NotSpreadsheet { kind: "PDF 文件".to_owned() });
    let word = package(&[
        ("_rels/.rels", &ROOT.replace("xl/workbook.xml", "word/document.xml")),
        ("word/document.xml", "<w:document/>"),
        ("[Content_Types].xml", "<Types/>"),
    ]);
    assert_eq!(fails(&word), Unreadable::NotSpreadsheet { kind: "Word 文档，里面没有表格".to_owned() });
    assert!(matches!(fails(&package(&[("a.txt", "x")])), Unreadable::NotSpreadsheet { .. }));
    assert!(matches!(fails(b"<html><body><p>none</p></body></html>"), Unreadable::NotSpreadsheet { .. }));
}

// Hostile files.

const NS: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
const ROOT: &str = "<Relationships><Relationship Id=\"r1\" \
                    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
                    Target=\"xl/workbook.xml\"/></Relationships>";
const STRINGS: &str = "<sst count=\"1\" uniqueCount=\"1\"><si><t>a</t></si></sst>";
const ONE_CELL: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn xlsx(rows: &str, strings: &str) -> Vec<u8> {
    package(&[
        ("_rels/.rels", ROOT),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook {NS} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
                 <sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
             <Relationship Id=\"r2\" Type=\"x/sharedStrings\" Target=\"/xl/strings.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>")),
        ("xl/strings.xml", strings),
    ])
}

fn ods(table: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body>\
         <office:spreadsheet><table:table table:name=\"S\">{table}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    package(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
}

/// What a hostile file must end in.
#[derive(Debug, PartialEq)]
enum Outcome {
    Cells(usize),
    Damaged,
    TooLarge,
}

fn outcome(name: &str, bytes: &[u8]) -> Outcome {
    let start = Instant::now();
    let outcome = match read("x.xlsx", bytes, &Limits::default()) {
        Ok(workbook) => Outcome::Cells(workbook.sheets.iter().map(|sheet| sheet.grid.len()).sum()),
        Err(Unreadable::Damaged { .. }) => Outcome::Damaged,
        Err(Unreadable::TooLarge { .. }) => Outcome::TooLarge,
        Err(other) => panic!("{name}: {other}"),
    };
    assert!(start.elapsed() < Duration::from_secs(20), "{name} took {:?}", start.elapsed());
    outcome
}

#[test]
fn hostile_workbooks_end_soon_and_in_bounds() {
    use Outcome::{Cells, Damaged, TooLarge};
    let number = |address: &str| format!("<c r=\"{address}\"><v>1</v></c>");
    let row = |row: u32, cells: &str| format!("<row r=\"{row}\">{cells}</row>");
    let huge_count = STRINGS.replace("\"1\"", "\"4294967295\"");
    let far = format!("{}{}", row(1, &number("A1")), row(1_048_576, &number("XFD1048576")));
    let wide: String = (1..=10_000)
        .map(|r| row(r, &format!("{}{}", number(&format!("A{r}")), number(&format!("XFD{r}")))))
        .collect();
    let attributes: String = (0..80_000).map(|n| format!(" a{n}=\"1\"")).collect();
    let laughs = format!("<!DOCTYPE sst [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>{STRINGS}");
    let nested = format!(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>{}{}</is></c></row>",
        "<r>".repeat(200_000),
        "</r>".repeat(200_000)
    );
    let long = format!("<sst><si><t>{}</t></si></sst>", "A".repeat(50_000_000));
    let template = format!("1{}", "+1".repeat(100_000));
    let copies: String =
        (2..=20_000).map(|r| row(r, &format!("<c r=\"A{r}\"><f t=\"shared\" si=\"0\"/></c>"))).collect();
    let shared = format!(
        "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"0\" ref=\"A1:A20000\">{template}</f></c></row>{copies}"
    );
    let index = "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"4294967295\" ref=\"A1:A2\">1</f></c></row>";
    let cases = [
        ("an ordinary one", xlsx(ONE_CELL, STRINGS), Cells(1)),
        ("declared count of strings", xlsx(ONE_CELL, &huge_count), Cells(1)),
        ("two far corners", xlsx(&far, STRINGS), Cells(2)),
        ("first and last column in many rows", xlsx(&wide, STRINGS), Cells(20_000)),
        (
            "80 000 attributes",
            xlsx(&format!("<row r=\"1\"><c r=\"A1\"{attributes}><v>1</v></c></row>"), STRINGS),
            TooLarge,
        ),
        ("entities", xlsx(ONE_CELL, &laughs), Damaged),
        ("one endless string", xlsx(ONE_CELL, &long), TooLarge),
        ("deep nesting", xlsx(&nested, STRINGS), TooLarge),
        ("row 0", xlsx("<row r=\"0\"><c r=\"A0\"><v>1</v></c></row>", STRINGS), Damaged),
        ("a row past the last", xlsx("<row r=\"4294967295\"><c><v>1</v></c></row>", STRINGS), Damaged),
        ("a column past the last", xlsx(&row(1, &number("ZZZZZZZ1")), STRINGS), Damaged),
        (
            "a string that is not there",
            xlsx("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99</v></c></row>", STRINGS),
            Damaged,
        ),
        ("one address twice", xlsx(&row(1, &format!("{0}{0}", number("A1"))), STRINGS), Cells(1)),
        ("long shared formulas", xlsx(&shared, STRINGS), TooLarge),
        ("a huge index of a shared formula", xlsx(index, STRINGS), Damaged),
        (
            "an endless row of ods",
            ods("<table:table-row><table:table-cell table:number-columns-repeated=\"4294967295\" \
                 office:value-type=\"float\" office:value=\"1\"/></table:table-row>"),
            Damaged,
        ),
        (
            "endless rows of ods",
            ods("<table:table-row table:number-rows-repeated=\"1048576\">\
                 <table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>"),
            TooLarge,
        ),
        (
            "empty rows of ods",
            ods("<table:table-row table:number-rows-repeated=\"4294967295\">\
                 <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>"),
            Cells(0),
        ),
        ("a name outside the package", package(&[("_rels/.rels", ROOT), ("../evil.xml", "x")]), Damaged),
        (
            "names that differ by case",
            package(&[("_rels/.rels", ROOT), ("xl/a.xml", "x"), ("xl/A.xml", "x")]),
            Damaged,
        ),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(outcome(name, &bytes), expected, "{name}");
    }
}

#[test]
fn hostile_containers_end_soon() {
    // The same entry twice in the directory.
    let mut twice = xlsx(ONE_CELL, STRINGS);
    let from = b"xl/strings.xml";
    let to = b"xl/workbook.xm";
    for at in 0..twice.len() - from.len() {
        if &twice[at..at + from.len()] == from {
            twice[at..at + to.len()].copy_from_slice(to);
        }
    }
    assert_eq!(outcome("renamed entry", &twice), Outcome::Damaged);

    let many: Vec<(String, &str)> = (0..5_000).map(|n| (format!("f{n}"), "")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    assert_eq!(outcome("5 000 entries", &package(&many)), Outcome::TooLarge);

    // Nothing of what this header counts is there.
    let mut cfb = vec![0u8; 1024];
    cfb[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    cfb[30] = 9;
    cfb[44..48].fill(0xFF);
    cfb[72..76].fill(0xFF);
    assert_eq!(outcome("counts of a compound file", &cfb), Outcome::Damaged);

    // A sector chain that is its own next.
    let mut looped = bytes("xlwt/分解表.xls");
    let fat = 512 * (1 + usize::try_from(u32::from_le_bytes(looped[76..80].try_into().unwrap())).unwrap());
    for sector in 0..128u32 {
        let at = fat + usize::try_from(sector).unwrap() * 4;
        looped[at..at + 4].copy_from_slice(&sector.to_le_bytes());
    }
    assert_eq!(outcome("looped sectors", &looped), Outcome::Damaged);
}

#[test]
fn a_wrong_checksum_is_damage() {
    let good = xlsx(ONE_CELL, STRINGS);
    assert_eq!(outcome("good", &good), Outcome::Cells(1));
    // The checksum stands 16 bytes into each directory record.
    let mut bad = good;
    let directory = bad.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let record =
        directory + bad[directory..].windows(8).position(|window| window == b"xl/workb").unwrap() - 46;
    bad[record + 16] ^= 0xFF;
    assert_eq!(outcome("bad", &bad), Outcome::Damaged);
}

// Damaged copies.

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    /// A copy that is cut, or has a few bytes changed, doubled or zeroed.
    fn damage(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut copy = bytes.to_vec();
        if copy.is_empty() {
            return copy;
        }
        match self.below(5) {
            0 => copy.truncate(self.below(bytes.len())),
            1 => {
                let from = self.below(copy.len());
                let to = (from + self.below(64)).min(copy.len());
                copy[from..to].fill(if self.below(2) == 0 { 0 } else { 0xFF });
            }
            2 => {
                let from = self.below(copy.len());
                let to = (from + self.below(64)).min(copy.len());
                copy.drain(from..to);
            }
            _ => {
                for _ in 0..=self.below(8) {
                    let at = self.below(copy.len());
                    copy[at] ^= 1 << self.below(8);
                }
            }
        }
        copy
    }
}

fn every_fixture() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![fixtures(), fixtures().join("../word")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.parent().is_some_and(|parent| !parent.ends_with("make")) {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() > 40);
    files
}

/// Reads and looks at every cell, as the rest of the product will.
fn exhaust(path: &Path, bytes: &[u8]) {
    let start = Instant::now();
    let name = path.file_name().unwrap().to_str().unwrap();
    if let Ok(workbook) = read(name, bytes, &Limits::default()) {
        for sheet in &workbook.sheets {
            for (at, cell) in sheet.grid.cells() {
                assert!(at.row < CellRef::MAX_ROWS && at.column < CellRef::MAX_COLUMNS, "{name} {at}");
                assert!(cell.shown().len() <= Limits::default().text_bytes + 1024);
            }
        }
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{name} took {:?}", start.elapsed());
}

#[test]
fn damaged_copies_of_every_fixture_return() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for path in every_fixture() {
        let bytes = std::fs::read(&path).unwrap();
        for _ in 0..200 {
            exhaust(&path, &dice.damage(&bytes));
        }
    }
}

/// Damage inside the parts of a package, behind checksums that are right again.
#[test]
fn damaged_parts_of_every_package_return() {
    let mut dice = Dice(0xD1B5_4A32_D192_ED03);
    for path in every_fixture() {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes.as_slice())) else { continue };
        let mut parts = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            parts.push((name, content));
        }
        for _ in 0..40 {
            let damaged = dice.below(parts.len());
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            for (index, (name, content)) in parts.iter().enumerate() {
                writer
                    .start_file(
                        name.as_str(),
                        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
                    )
                    .unwrap();
                writer
                    .write_all(&if index == damaged { dice.damage(content) } else { content.clone() })
                    .unwrap();
            }
            exhaust(&path, &writer.finish().unwrap().into_inner());
        }
    }
}

#[test]
fn limits_are_kept() {
    let bytes = bytes("openpyxl/分解表.xlsx");
    let small = [
        Limits { cells: 10, ..Limits::default() },
        Limits { entries: 3, ..Limits::default() },
        Limits { part_bytes: 500, ..Limits::default() },
        Limits { text_bytes: 8, ..Limits::default() },
        Limits { all_text_bytes: 100, ..Limits::default() },
        Limits { sheets: 0, ..Limits::default() },
        Limits { ranges: 1, ..Limits::default() },
        Limits { xml_depth: 2, ..Limits::default() },
        Limits { blank_cells: 5, ..Limits::default() },
    ];
    for limits in small {
        assert!(matches!(read("x.xlsx", &bytes, &limits), Err(Unreadable::TooLarge { .. })), "{limits:?}");
    }
}

#[test]
fn only_the_password_that_nobody_is_asked_for_is_tried() {
    for path in ["encrypted/另有密码-agile.xlsx", "samples/有密码.xlsx"] {
        assert_eq!(read("表.xlsx", &bytes(path), &Limits::default()), Err(Unreadable::Password), "{path}");
    }
    for path in
        ["encrypted/默认密码-agile.xlsx", "encrypted/默认密码-libreoffice.xls", "encrypted/默认密码-xor.xls"]
    {
        assert!(workbook(path).remarks.contains(&ReadRemark::DefaultPassword), "{path}");
    }
    assert!(!workbook("openpyxl/分解表.xlsx").remarks.contains(&ReadRemark::DefaultPassword));
    // More rounds of hashing than any program asks for are not gone through.
    let many = bytes("encrypted/默认密码-agile.xlsx");
    let at = many.windows(18).position(|window| window == b"spinCount=\"100000\"").unwrap();
    let mut many = many;
    many[at + 11..at + 17].copy_from_slice(b"999999");
    assert_eq!(read("表.xlsx", &many, &Limits::default()), Err(Unreadable::Password));
}

/// A package with each part as `change` makes it; `None` leaves the part out.
fn repacked(path: &str, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes(path))).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut content).unwrap();
        if let Some(content) = change(&name, content) {
            writer.start_file(&name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn parts_in_utf16_are_read() {
    for path in ["openpyxl/成都市-2019年6月.xlsx", "libreoffice/分解表.ods"] {
        let whole = workbook(path);
        for (mark, big) in [(true, false), (true, true), (false, false), (false, true)] {
            let wide = repacked(path, |name, content| {
                if !name.ends_with(".xml") && !name.ends_with(".rels") {
                    return Some(content);
                }
                let text =
                    String::from_utf8(content).unwrap().replace("UTF-8", "UTF-16").replace("utf-8", "utf-16");
                let units = mark
                    .then_some(0xFEFF)
                    .into_iter()
                    .chain(text.trim_start_matches('\u{feff}').encode_utf16());
                Some(
                    units
                        .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                        .collect(),
                )
            });
            let name = path.rsplit('/').next().unwrap();
            let again = read(name, &wide, &Limits::default())
                .unwrap_or_else(|error| panic!("{path} {mark} {big}: {error}"));
            assert_eq!(again, whole, "{path} {mark} {big}");
        }
    }
}

#[test]
fn opendocument_without_a_mimetype_is_told_by_its_manifest_or_its_content() {
    let path = "libreoffice/分解表.ods";
    let without =
        |names: &[&str]| repacked(path, |name, content| (!names.contains(&name)).then_some(content));
    for names in [&["mimetype"][..], &["mimetype", "META-INF/manifest.xml"]] {
        assert_eq!(
            read("分解表.ods", &without(names), &Limits::default()).unwrap(),
            workbook(path),
            "{names:?}"
        );
    }
    let text = repacked(path, |name, content| match name {
        "mimetype" => None,
        "META-INF/manifest.xml" => Some(
            String::from_utf8(content)
                .unwrap()
                .replace("opendocument.spreadsheet", "opendocument.text")
                .into(),
        ),
        _ => Some(content),
    });
    let refused = read("文.odt", &text, &Limits::default());
    assert!(
        matches!(&refused, Err(Unreadable::NotSpreadsheet { kind }) if kind.contains("文字文档")),
        "{refused:?}"
    );
    let locked = repacked(path, |name, content| match name {
        "mimetype" => None,
        "META-INF/manifest.xml" => Some(
            String::from_utf8(content)
                .unwrap()
                .replace("</manifest:manifest>", "<!-- encryption-data --></manifest:manifest>")
                .into(),
        ),
        _ => Some(content),
    });
    assert_eq!(read("密.ods", &locked, &Limits::default()), Err(Unreadable::Password));
}

#[test]
fn a_web_table_that_was_cut_off_is_not_read_as_if_whole() {
    let cut = |html: &str| {
        matches!(read("表.xls", html.as_bytes(), &Limits::default()), Err(Unreadable::Damaged { .. }))
    };
    let rows = "<tr><td>8</td><td>800</td></tr><tr><td>9</td><td>150</td></tr>";
    let page = format!("<html><body><table>{rows}</table></body></html>");
    let end = page.find("</table>").unwrap();
    for (at, _) in page.char_indices().skip(page.find("<tr>").unwrap()) {
        assert_eq!(cut(&page[..at]), at < end + "</table>".len(), "{}", &page[..at]);
    }
    // What real exports leave out: the page around a table, the ends of cells and rows, the end of a table in a whole
    // page.
    for whole in [
        format!("<table>{rows}</table>"),
        format!("<html><head></head><body><table>{rows}</table>"),
        "<table><tr><td>8<td>800<tr><td>9<td>150</table>".to_owned(),
        format!("<html><body><table>{rows}</body></html>"),
        format!("<table>{rows}</table><p>说明"),
    ] {
        assert!(!cut(&whole), "{whole}");
    }
}
