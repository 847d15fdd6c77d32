//! What twice as much costs: at most 2.6 times as much, for whatever a file can have many of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use indicator_companion::breakdown::Breakdown;
use indicator_companion::job::{Submitted, check, consolidated};
use indicator_companion::reading::Limits;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NAME: &str = "成都市-2019年6月.xlsx";

/// What a generated workbook has many of.
#[derive(Clone, Copy, Default)]
struct Many {
    rows: usize,
    merges: usize,
    header_merges: usize,
    relationships: usize,
    sheets: usize,
}

fn text(out: &mut String, at: &str, text: &str) {
    write!(out, "<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>").unwrap();
}

fn sheet(many: Many) -> String {
    let breakdown = Breakdown::official();
    let mut out = String::from("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\">");
    text(&mut out, "A1", "填报单位：成都市科技局  报告期：2019年6月底");
    out.push_str("</row><row r=\"2\">");
    for (column, caption) in ["序号", "指标内容", "计量单位", "目标值", "上期累计完成", "本期累计完成"].iter().enumerate()
    {
        text(&mut out, &format!("{}2", char::from(b'A' + u8::try_from(column).unwrap())), caption);
    }
    for merge in 0..many.header_merges {
        text(&mut out, &format!("{}2", letters(10 + merge * 2)), "本期累计完成");
    }
    out.push_str("</row>");
    let mut row = 3;
    for indicator in &breakdown.indicators {
        write!(out, "<row r=\"{row}\"><c r=\"A{row}\"><v>{}</v></c>", indicator.number).unwrap();
        text(&mut out, &format!("B{row}"), &indicator.label);
        text(&mut out, &format!("C{row}"), &indicator.unit);
        write!(out, "<c r=\"D{row}\"><v>1</v></c><c r=\"F{row}\"><v>2</v></c></row>").unwrap();
        row += 1;
    }
    for stranger in 0..many.rows {
        write!(out, "<row r=\"{row}\">").unwrap();
        text(&mut out, &format!("B{row}"), &format!("本单位另外统计的事项之{stranger}"));
        write!(out, "<c r=\"D{row}\"><v>600</v></c><c r=\"F{row}\"><v>200</v></c></row>").unwrap();
        row += 1;
    }
    out.push_str("</sheetData><mergeCells>");
    for merge in 0..many.merges {
        write!(out, "<mergeCell ref=\"H{0}:I{0}\"/>", merge + 3).unwrap();
    }
    for merge in 0..many.header_merges {
        write!(out, "<mergeCell ref=\"{}2:{}2\"/>", letters(10 + merge * 2), letters(11 + merge * 2)).unwrap();
    }
    out.push_str("</mergeCells></worksheet>");
    out
}

fn letters(column: usize) -> String {
    indicator_companion::model::column_letters(u32::try_from(column).unwrap())
}

fn workbook(many: Many) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation =
        |id: usize, kind: &str, target: &str| format!("<Relationship Id=\"r{id}\" Type=\"{office}/{kind}\" Target=\"{target}\"/>");
    let relations = |inside: &str| {
        format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inside}</Relationships>")
    };
    let sheets = many.sheets + 1;
    let named: String = (0..sheets).map(|n| format!("<sheet name=\"表{n}\" sheetId=\"{}\" r:id=\"r{n}\"/>", n + 1)).collect();
    let mut links: String = (0..sheets).map(|n| relation(n, "worksheet", &format!("worksheets/sheet{n}.xml"))).collect();
    links.extend((0..many.relationships).map(|n| relation(sheets + n, "theme", "theme1.xml")));
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>".to_owned()),
        ("_rels/.rels".to_owned(), relations(&relation(0, "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml".to_owned(), format!("<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{office}\"><sheets>{named}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), relations(&links)),
    ];
    let one = sheet(many);
    let small = sheet(Many::default());
    parts.extend((0..sheets).map(|n| (format!("xl/worksheets/sheet{n}.xml"), if n == 0 { one.clone() } else { small.clone() })));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn audited(bytes: &[u8]) {
    assert!(check(NAME, bytes, Breakdown::official(), &[], &Limits::default()).content.is_ok());
}

/// The shortest of several runs: what the work costs without what else the machine does.
fn cost(work: impl Fn()) -> Duration {
    let once = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap()
}

/// Measured again where it seems too much: what else the machine does only ever adds.
fn grows(what: &str, single: impl Fn(), double: impl Fn()) {
    // Below this the clock says more about the machine than about the work.
    let least = Duration::from_millis(4);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let (single, double) = (cost(&single), cost(&double));
        if double <= single.max(least).mul_f64(2.6) {
            return;
        }
        seen.push((single, double));
    }
    panic!("{what}: once and twice as many cost {seen:?}");
}

/// What there are so many of.
type Kind = (&'static str, fn(usize) -> Many, usize);

#[test]
fn twice_as_much_costs_at_most_two_and_a_half_times_as_much() {
    let kinds: [Kind; 5] = [
        ("rows", |n| Many { rows: n, ..Many::default() }, 400),
        ("merges", |n| Many { merges: n, ..Many::default() }, 2_000),
        ("merges in the header", |n| Many { header_merges: n, ..Many::default() }, 400),
        ("relationships", |n| Many { relationships: n, ..Many::default() }, 2_000),
        ("sheets", |n| Many { sheets: n, ..Many::default() }, 6),
    ];
    for (what, many, n) in kinds {
        let (single, double) = (workbook(many(n)), workbook(many(n * 2)));
        grows(what, || audited(&single), || audited(&double));
    }
    let bytes = workbook(Many::default());
    let files = |n: usize| {
        let checked: Vec<_> = (0..n).map(|_| check(NAME, &bytes, Breakdown::official(), &[], &Limits::default())).collect();
        consolidated(checked.iter().map(Submitted::of), None, Breakdown::official()).unwrap();
    };
    grows("files", || files(6), || files(12));
}
