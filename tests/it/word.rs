//! Tables of Word documents: both producers' files, what such tables are made of, and what is no table at all.

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use indicator_companion::audit::{Checked, Tier};
use indicator_companion::breakdown::{BadBreakdown, Breakdown};
use indicator_companion::fixes::{Edit, NewValue};
use indicator_companion::job::{self, read_breakdown};
use indicator_companion::layout::Identity;
use indicator_companion::model::{CellRef, Format, ReadRemark, Sheet, Unreadable, Workbook};
use indicator_companion::patch::docx::{Obstacle, apply};
use indicator_companion::reading::{Limits, read};
use indicator_companion::report;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const PLANS: [&str; 2] = ["python-docx/实施方案.docx", "libreoffice/实施方案.docx"];
const RETURNS: [&str; 2] = ["python-docx/成都市-2019年6月.docx", "libreoffice/成都市-2019年6月.docx"];

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(Path::new("fixtures/word").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn open(path: &str) -> Workbook {
    read(name(path), &bytes(path), &Limits::default()).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn check(path: &str) -> Checked {
    job::check(name(path), &bytes(path), Breakdown::official(), &[], &Limits::default())
}

fn shown(sheet: &Sheet) -> Vec<String> {
    sheet.grid.cells().map(|(at, cell)| format!("{at}={}", cell.shown())).collect()
}

fn merges(sheet: &Sheet) -> Vec<String> {
    sheet.merges.iter().map(ToString::to_string).collect()
}

/// A package with a part made anew.
fn with_part(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        if name == part || part.is_empty() && name.ends_with(".xml") && !name.starts_with('[') {
            content = change(String::from_utf8(content).unwrap()).into_bytes();
        }
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A document with this body in the place of its own.
fn document(body: &str) -> Vec<u8> {
    with_part(&bytes(RETURNS[0]), "word/document.xml", |text| {
        let start = text.find("<w:body>").unwrap() + "<w:body>".len();
        format!("{}{body}</w:body></w:document>", &text[..start])
    })
}

fn outcome(body: &str) -> Result<Workbook, Unreadable> {
    read("a.docx", &document(body), &Limits::default())
}

fn tc(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
}

#[test]
fn the_annex_of_the_plan_is_the_official_breakdown() {
    for path in PLANS {
        let new = read_breakdown(name(path), &bytes(path), Breakdown::official(), &Limits::default());
        let new = new.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(new.breakdown.indicators.len(), 9, "{path}");
        assert_eq!(new.breakdown.cities, Breakdown::official().cities, "{path}");
        assert!(new.changes.is_empty(), "{path}: {:?}", new.changes);
        // A figure of the annex that is another one does not add up, in one run or in two.
        let other = with_part(&bytes(path), "word/document.xml", |text| {
            assert_eq!(text.matches(">1600").count(), 1, "{path}");
            text.replace(">1600", ">1500")
        });
        let refused = read_breakdown(name(path), &other, Breakdown::official(), &Limits::default());
        assert!(matches!(refused, Err(BadBreakdown::Sum { .. })), "{path}: {refused:?}");
        // Beside another breakdown it shows what it changes.
        let four = std::fs::read("fixtures/breakdowns/四市.csv").unwrap();
        let four = read_breakdown("四市.csv", &four, Breakdown::official(), &Limits::default()).unwrap();
        let new = read_breakdown(name(path), &bytes(path), &four.breakdown, &Limits::default()).unwrap();
        assert!(!new.changes.is_empty(), "{path}");
    }
}

#[test]
fn returns_and_annexes_of_both_producers_are_clean() {
    for path in PLANS.into_iter().chain(RETURNS) {
        let checked = check(path);
        let (workbook, audit) =
            checked.content.as_ref().unwrap_or_else(|(reason, _)| panic!("{path}: {reason}"));
        assert_eq!(workbook.format, Format::Docx, "{path}");
        assert_eq!(audit.tables().count(), 1, "{path}");
        assert!(audit.findings.is_empty(), "{path}: {:?}", audit.findings);
    }
}

#[test]
fn the_text_before_a_table_tells_whose_it_is_and_of_when() {
    for path in RETURNS {
        let checked = check(path);
        let (workbook, audit) =
            checked.content.as_ref().unwrap_or_else(|(reason, _)| panic!("{path}: {reason}"));
        let identity = &audit.tables().next().unwrap().identity;
        // What the text says, and not the name of the file.
        let (cities, periods) = identity.named_inside();
        assert_eq!(
            cities.into_iter().collect::<Vec<_>>(),
            Breakdown::official().city_ids().take(1).collect::<Vec<_>>()
        );
        assert_eq!(periods.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2019-06"], "{path}");
        let last = shown(&workbook.sheets[0]).pop().unwrap();
        assert!(last.starts_with("A13=填表人"), "{path}: {last}");
    }
    let faults: Vec<String> = check("python-docx/成都市-三处差错.docx")
        .findings()
        .iter()
        .filter(|finding| finding.tier != Tier::Notice)
        .map(|finding| format!("{} {}", finding.code, finding.range.unwrap()))
        .collect();
    assert_eq!(faults, ["Q001 F4", "Q002 F5", "P004 G7"]);
    // In Word there is no F4: its reader counts rows and columns of the table.
    let told =
        report::text::write("一份", &check("python-docx/成都市-三处差错.docx"), report::text::Listing::Each);
    for place in ["Q001 F4（表 1 第 2 行第 6 列）", "P004 G7（表 1 第 5 行第 7 列）"] {
        assert!(told.contains(place), "{told}");
    }
}

#[test]
fn the_head_of_the_page_tells_whose_a_table_is_where_nothing_else_does() {
    let told = |checked: &Checked| -> Vec<String> {
        let (_, audit) = checked.content.as_ref().unwrap();
        let of = |identity: &Identity| {
            let (cities, periods) = identity.named_inside();
            let cities = cities.into_iter().map(|city| Breakdown::official().city(city).to_owned());
            cities.chain(periods.iter().map(ToString::to_string)).collect::<Vec<_>>().join(" ")
        };
        audit.tables().map(|table| of(&table.identity)).collect()
    };
    // Each section has its own.
    assert_eq!(told(&check("python-docx/页眉.docx")), ["成都市 2019-06", "绵阳市 2018-12"]);
    let path = "libreoffice/页眉和脚注.docx";
    assert_eq!(told(&check(path)), ["成都市 2019-06"]);
    // A section without one goes on with that of the section before.
    let inherited = with_part(&bytes("python-docx/页眉.docx"), "word/document.xml", |text| {
        let (before, last) = text.rsplit_once("<w:tbl>").unwrap();
        // Another figure, or it were a copy of the first.
        let last = last.replace("headerReference", "otherReference").replacen("<w:t>390<", "<w:t>391<", 1);
        format!("{before}<w:tbl>{last}")
    });
    let inherited = job::check("a.docx", &inherited, Breakdown::official(), &[], &Limits::default());
    assert_eq!(told(&inherited), ["成都市 2019-06", "成都市 2019-06"]);
    // What the text says goes before it.
    let titled = with_part(&bytes(path), "word/document.xml", |text| {
        let body = text.find("<w:tbl>").unwrap();
        let (before, after) = text.split_at(body);
        format!("{before}<w:p><w:r><w:t>填报单位：德阳市科技局</w:t></w:r></w:p>{after}")
    });
    let titled = job::check("a.docx", &titled, Breakdown::official(), &[], &Limits::default());
    assert_eq!(told(&titled), ["德阳市 2019-06"]);
}

#[test]
fn words_beside_the_text_are_said_to_be_unaudited() {
    let path = "libreoffice/页眉和脚注.docx";
    let of = |bytes: &[u8]| -> Vec<String> {
        let checked = job::check("a.docx", bytes, Breakdown::official(), &[], &Limits::default());
        let notices = checked.findings().iter().filter(|finding| finding.code.0 == "F012");
        notices.map(|finding| finding.message.clone()).collect()
    };
    let said = of(&bytes(path));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("页脚“备注：数字截至报告期末。”") && said[0].contains("其中20项在建"),
        "{said:?}"
    );
    // A foot with the number of the page says nothing.
    assert_eq!(of(&bytes("python-docx/页眉.docx")), [""; 0]);
    // Figures at the head of the page are told, and are no figures.
    let table = format!(
        "<w:tbl>{}</w:tbl>",
        format!("<w:tr>{}{}</w:tr>", tc("", "孵化企业"), tc("", "35")).repeat(2)
    );
    let headed = with_part(&bytes(path), "word/header1.xml", |text| {
        let (before, end) = text.rsplit_once("</w:hdr>").unwrap();
        format!("{before}{table}</w:hdr>{end}")
    });
    assert!(of(&headed)[0].contains("页眉“"), "{:?}", of(&headed));
    // Cut, deep or wide, they are bounded like the text.
    for part in ["word/header1.xml", "word/footer1.xml", "word/footnotes.xml"] {
        let cut = with_part(&bytes(path), part, |text| text.chars().take(text.chars().count() / 2).collect());
        assert!(
            matches!(read("a.docx", &cut, &Limits::default()), Err(Unreadable::Damaged { .. })),
            "{part}"
        );
        let deep = with_part(&bytes(path), part, |text| {
            let at = text.find("<w:p").unwrap();
            let (before, after) = text.split_at(at);
            format!("{before}{}{after}", "<w:tbl><w:tr><w:tc>".repeat(5_000))
        });
        assert!(
            matches!(read("a.docx", &deep, &Limits::default()), Err(Unreadable::TooLarge { .. })),
            "{part}"
        );
        let limits = Limits { text_bytes: 2_000, cells: 200, ..Limits::default() };
        assert!(read("a.docx", &bytes(path), &limits).is_ok());
        let wide = with_part(&bytes(path), part, |text| {
            let at = text.find("<w:p").unwrap();
            let (before, after) = text.split_at(at);
            let rows = format!("<w:tr>{}</w:tr>", tc("", "行")).repeat(300);
            format!("{before}<w:tbl>{rows}</w:tbl>{after}")
        });
        assert!(matches!(read("a.docx", &wide, &limits), Err(Unreadable::TooLarge { .. })), "{part}");
    }
}

#[test]
fn what_word_tables_are_made_of_is_read_as_it_is_printed() {
    let workbook = open("python-docx/各种写法.docx");
    let names: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["表 1", "表 2", "表 3"]);
    assert_eq!(
        shown(&workbook.sheets[0]),
        [
            "A1=第一章",
            "A2=序号",
            "B2=名　　称",
            "C2=完成",
            "C3=成\n都\n市",
            "D3=绵阳市",
            // Paragraph 1 of the list stands before the table.
            "A4=2",
            "B4=甲-一",
            "C4=800",
            "D4=☑是",
            // The deleted row counts no number.
            "A5=3",
            "B5=乙",
            "D5=3\n项",
            "B6=合计",
            "C6=12",
            "A7=表中表",
            "A8=注：以上为样例。",
        ]
    );
    assert_eq!(merges(&workbook.sheets[0]), ["A2:A3", "B2:B3", "C2:D2", "C6:D6", "A7:D7"]);
    assert_eq!(shown(&workbook.sheets[1]), ["A1=表中表", "A2=内表"]);
    assert_eq!(shown(&workbook.sheets[2]), ["A1=框里的话", "A2=框中表", "A3=锚点"]);
    // Two in a cell, two of a move, one of a row.
    assert!(workbook.remarks.contains(&ReadRemark::TrackedChanges { count: 5 }), "{:?}", workbook.remarks);
}

#[test]
fn strict_and_macro_documents_are_read_alike() {
    let plain = open(PLANS[0]);
    let strict = with_part(&bytes(PLANS[0]), "", |text| {
        text.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
    });
    assert_eq!(read("a.docx", &strict, &Limits::default()).unwrap(), plain);
    let named_doc = read("a.doc", &bytes(PLANS[0]), &Limits::default()).unwrap();
    let remark = ReadRemark::OtherThanExtension { extension: "doc".to_owned(), format: Format::Docx };
    assert_eq!(named_doc.remarks, [remark]);
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    assert_eq!(
        read("a.docx", &bytes("python-docx/有密码.docx"), &Limits::default()),
        Err(Unreadable::Password)
    );
    let old = read("a.doc", &bytes("libreoffice/旧格式.doc"), &Limits::default());
    assert!(
        matches!(&old, Err(Unreadable::NotSpreadsheet { kind }) if kind.contains("另存为 .docx")),
        "{old:?}"
    );
    let none = outcome("<w:p><w:r><w:t>没有表</w:t></w:r></w:p>");
    assert!(
        matches!(&none, Err(Unreadable::NotSpreadsheet { kind }) if kind.contains("没有表格")),
        "{none:?}"
    );
}

#[test]
fn tables_that_stand_together_are_one() {
    let table = |text: &str| format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", tc("", text));
    let line = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let sheets =
        |body: String| -> Vec<Vec<String>> { outcome(&body).unwrap().sheets.iter().map(shown).collect() };
    assert_eq!(sheets(table("甲") + &table("乙")), [["A1=甲", "A2=乙"]]);
    assert_eq!(sheets(table("甲") + &line("（续上表）") + &table("乙")), [["A1=甲", "A2=乙"]]);
    assert_eq!(
        sheets(table("甲") + &line("注：一") + &line("附表二") + &table("乙") + &line("完")),
        [vec!["A1=甲", "A2=注：一"], vec!["A1=附表二", "A2=乙", "A3=完"]]
    );
    assert_eq!(sheets(table("甲") + &line("") + &table("乙")), [["A1=甲"], ["A1=乙"]]);
}

#[test]
fn declared_spans_cost_nothing() {
    let wide = format!("<w:gridSpan w:val=\"{}\"/>", u32::MAX);
    let row = format!("<w:tr>{}{}</w:tr>", tc(&wide, "甲"), tc("<w:gridSpan w:val=\"1000\"/>", "乙"));
    let workbook = outcome(&format!("<w:tbl>{}</w:tbl>", row.repeat(1_000)));
    // What is no number is one column.
    assert_eq!(workbook.unwrap().sheets[0].grid.used().unwrap().to_string(), "A1:ALM1000");
    let refused = outcome(&format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", tc(&wide, "甲").repeat(20)));
    assert!(matches!(refused, Err(Unreadable::TooLarge { .. })), "{refused:?}");
    // Merges that come down thousands of columns, in every row anew.
    let cells = tc("<w:vMerge w:val=\"restart\"/>", "").repeat(2_000);
    let body = format!("<w:tbl>{}</w:tbl>", format!("<w:tr>{cells}{}</w:tr>", tc("", "甲")).repeat(50));
    assert_eq!(outcome(&body).unwrap().sheets[0].merges.len(), 0);
}

#[test]
fn deep_nesting_ends_with_a_reason() {
    for depth in [10, 40, 60, 90, 5_000] {
        let open = "<w:tbl><w:tr><w:tc>".repeat(depth);
        let body =
            format!("{open}<w:p><w:r><w:t>底</w:t></w:r></w:p>{}", "</w:tc></w:tr></w:tbl>".repeat(depth));
        match outcome(&body) {
            Ok(workbook) => {
                assert!(depth <= 60 && workbook.sheets.len() == depth, "{depth}")
            }
            Err(reason) => assert!(depth > 60 && matches!(reason, Unreadable::TooLarge { .. }), "{reason}"),
        }
    }
}

#[test]
fn elements_out_of_place_do_no_harm() {
    for body in [
        "<w:tc><w:p/></w:tc><w:tr/>",
        "<w:tbl><w:tbl><w:tr><w:tc/></w:tr></w:tbl></w:tbl>",
        "<w:tbl><w:p><w:r><w:t>无</w:t></w:r></w:p></w:tbl>",
        "<w:tbl><w:tr><w:tc><w:tr><w:tc><w:p/></w:tc></w:tr></w:tc></w:tr></w:tbl>",
        "<w:tbl><w:tr><w:tc><w:tcPr><w:hMerge/><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>",
        "<w:txbxContent><w:tbl><w:txbxContent/></w:tbl></w:txbxContent>",
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"99\"/><w:numId w:val=\"5\"/></w:numPr></w:pPr></w:p>",
        "<w:Fallback/><w:sdtContent/><w:vanish/><w:gridBefore w:val=\"-1\"/><w:sym/>",
    ] {
        let read = outcome(body);
        let empty = |book: &Workbook| book.sheets.iter().all(|sheet| sheet.grid.is_empty());
        assert!(
            read.as_ref().map_or_else(|e| matches!(e, Unreadable::NotSpreadsheet { .. }), empty),
            "{body}: {read:?}"
        );
    }
}

#[test]
fn a_document_cut_at_any_place_is_refused() {
    let whole = bytes(RETURNS[1]);
    for length in (0..whole.len()).step_by(97).chain(whole.len() - 40..whole.len()) {
        let cut = read("a.docx", &whole[..length], &Limits::default());
        assert!(cut.is_err(), "{length}");
    }
    // The part itself, in a package that is whole.
    let text = with_part(&whole, "word/document.xml", |text| text);
    assert!(read("a.docx", &text, &Limits::default()).is_ok());
    for part in 1..40 {
        let cut = with_part(&whole, "word/document.xml", |text| {
            let length = text.len() * part / 40;
            text.char_indices().take_while(|(at, _)| *at < length).map(|(_, c)| c).collect()
        });
        let cut = read("a.docx", &cut, &Limits::default());
        assert!(matches!(cut, Err(Unreadable::Damaged { .. })), "{part}: {cut:?}");
    }
}

// Corrected in place.

/// Name and compressed bytes of each part.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index_raw(index).unwrap();
            let mut raw = Vec::new();
            file.read_to_end(&mut raw).unwrap();
            (file.name().unwrap().into_owned(), raw)
        })
        .collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn three_faults_are_corrected_in_the_document_and_nothing_else() {
    let path = "python-docx/成都市-三处差错.docx";
    let (before, limits) = (bytes(path), Limits::default());
    let workbook = open(path);
    let changes = job::plan_changes(name(path), &workbook, Breakdown::official(), &[], job::Apply::All);
    let corrected =
        job::correct(name(path), &before, &workbook, &changes, job::Record::Without, &limits).unwrap();
    assert_eq!((corrected.name.as_str(), corrected.format), ("成都市-三处差错（校正）.docx", Format::Docx));
    assert_eq!(corrected.certificate.changed_parts, ["word/document.xml"]);
    let cells: Vec<String> =
        corrected.certificate.cells.iter().map(|cell| format!("{} {}", cell.at, cell.after)).collect();
    assert_eq!(cells, ["F4 420", "F5 390", "G7 62.5%"]);
    for (old, new) in parts(&before).iter().zip(parts(&corrected.bytes)) {
        assert!(*old == new || new.0 == "word/document.xml", "{}", old.0);
    }
    // The first run keeps its look and takes the text; the second is empty.
    let document = "word/document.xml";
    let expected = part(&before, document)
        .replace(
            "<w:rPr><w:b/></w:rPr><w:t>4</w:t></w:r><w:r><w:t>20项</w:t></w:r>",
            "<w:rPr><w:b/></w:rPr><w:t>420</w:t></w:r><w:r></w:r>",
        )
        .replace("<w:t>３９０</w:t>", "<w:t>390</w:t>")
        .replace("<w:t>26.5%</w:t>", "<w:t>62.5%</w:t>");
    assert_eq!(part(&corrected.bytes, document), expected);
    let again = job::check(&corrected.name, &corrected.bytes, Breakdown::official(), &[], &limits);
    assert!(again.findings().is_empty(), "{:?}", again.findings());
}

#[test]
fn every_cell_that_can_be_set_changes_itself_alone() {
    let (mut done, mut refused) = (0, 0);
    for path in [RETURNS[0], PLANS[1], "python-docx/各种写法.docx"] {
        let (before, workbook) = (bytes(path), open(path));
        for (index, sheet) in workbook.sheets.iter().enumerate() {
            let Some(used) = sheet.grid.used() else { continue };
            for row in used.start.row..=used.end.row {
                for column in used.start.column..=used.end.column {
                    let cell = CellRef::new(row, column);
                    for value in [
                        NewValue::Number("700.5".parse().unwrap()),
                        NewValue::Text("a  <&\n项".to_owned()),
                        NewValue::Blank,
                    ] {
                        let edit = Edit::Set { sheet: index, cell, value: value.clone() };
                        let patched = match apply(&before, &workbook, std::slice::from_ref(&edit)) {
                            Ok(patched) => patched,
                            Err(reason) => {
                                let plain = path == RETURNS[0] && (2..12).contains(&row);
                                assert!(!plain, "{cell}: {reason}");
                                refused += 1;
                                continue;
                            }
                        };
                        done += 1;
                        for (old, new) in parts(&before).iter().zip(parts(&patched.bytes)) {
                            assert!(*old == new || new.0 == "word/document.xml", "{path} {}", old.0);
                        }
                        let mut expected = workbook.clone();
                        indicator_companion::fixes::apply(&mut expected, &edit);
                        let after = read(name(path), &patched.bytes, &Limits::default())
                            .unwrap_or_else(|error| panic!("{path} {cell}: {error}"));
                        for (old, new) in expected.sheets.iter().zip(&after.sheets) {
                            let filled = |sheet: &Sheet| -> Vec<String> {
                                shown(sheet).into_iter().filter(|text| !text.ends_with('=')).collect()
                            };
                            assert_eq!(filled(old), filled(new), "{path} {cell} {value:?}");
                            assert_eq!(old.merges, new.merges, "{path} {cell}");
                        }
                    }
                }
            }
        }
    }
    assert!(done > 400 && refused > 200, "{done} {refused}");
}

#[test]
fn what_hangs_on_more_than_text_is_refused_with_what_to_do() {
    let path = "python-docx/各种写法.docx";
    let (before, workbook) = (bytes(path), open(path));
    let refusal = |sheet: usize, cell: &str| {
        let edit = Edit::Set { sheet, cell: cell.parse().unwrap(), value: NewValue::Text("新".to_owned()) };
        apply(&before, &workbook, &[edit]).unwrap_err().to_string()
    };
    for (sheet, cell, word) in [
        (0, "A1", "不是文档表格里的一格"),
        (0, "A3", "不是文档表格里的一格"),
        (0, "A4", "自动编号"),
        (0, "C4", "修订"),
        (0, "C5", "域、图片、控件"),
        (0, "D5", "域、图片、控件"),
        (0, "A7", "域、图片、控件或别的表"),
    ] {
        let said = refusal(sheet, cell);
        assert!(said.contains(word) && said.contains("Word 或 WPS"), "{cell}: {said}");
    }
    let row = Edit::InsertRow { sheet: 0, row: 3, cells: Vec::new() };
    assert!(matches!(apply(&before, &workbook, &[row]), Err(Obstacle::InsertRow)));
}

#[test]
fn the_command_line_puts_the_record_beside_the_document() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("word-record");
    let _ = std::fs::remove_dir_all(&out);
    std::fs::create_dir_all(&out).unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_companion")).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let folder = out.to_str().unwrap();
    let path = "fixtures/word/python-docx/成都市-三处差错.docx";
    let (code, said) = run(&["correct", path, "--out", folder, "--apply", "all", "--annotate"]);
    assert_eq!(code, Some(0), "{said}");
    let record = std::fs::read(out.join("成都市-三处差错（校核记录）.xlsx")).unwrap();
    let record = read("a.xlsx", &record, &Limits::default()).unwrap();
    let changes = record.sheets.iter().find(|sheet| sheet.name == "校核记录").unwrap();
    assert!(shown(changes).iter().any(|cell| cell.ends_with("=420项")), "{:?}", shown(changes));
    assert!(out.join("成都市-三处差错（校正）.docx").exists());
    // Earlier returns and consolidations take documents like any other file.
    let book = out.join("汇总.xlsx");
    let given =
        ["consolidate", "fixtures/word/libreoffice", "--out", book.to_str().unwrap(), "--period", "2019-06"];
    let (_, said) = run(&given);
    let total = read("a.xlsx", &std::fs::read(&book).unwrap(), &Limits::default()).unwrap();
    let figures = total.sheets.iter().flat_map(shown).filter(|cell| cell.ends_with("=1300")).count();
    assert!(figures > 0, "{said}");
}
