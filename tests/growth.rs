//! What twice as much costs: at most 2.6 times as much, for whatever a file can have many of.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use indicator_companion::audit::noted::{self, Noted};
use indicator_companion::audit::{Audit, Checked, Reported, Since};
use indicator_companion::breakdown::{Breakdown, CityId};
use indicator_companion::fixes::{Change, Edit, NewValue, Origin};
use indicator_companion::job::{Known, Periods, Record, Submission, audit_of, check, consolidated, correct};
use indicator_companion::model::{CellRef, Decimal, Workbook};
use indicator_companion::reading::Limits;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NAME: &str = "成都市-2019年6月.xlsx";

/// What a generated workbook has many of.
#[derive(Clone, Copy, Default)]
struct Many {
    /// Rows of strangers, each a finding.
    rows: usize,
    /// Rows of one indicator over and over.
    duplicates: usize,
    /// Merged ranges beside the table, and over its figures between the first indicator and the second.
    merges: usize,
    figure_merges: usize,
    /// Merged captions, and columns of cities that the breakdown does not have.
    header_merges: usize,
    columns: usize,
    relationships: usize,
    sheets: usize,
    /// Tables below one another in one sheet.
    tables: usize,
}

fn text(out: &mut String, at: &str, text: &str) {
    write!(out, "<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>").unwrap();
}

fn figures(out: &mut String, row: usize, (target, current): (usize, usize)) {
    write!(out, "<c r=\"D{row}\"><v>{target}</v></c><c r=\"F{row}\"><v>{current}</v></c></row>").unwrap();
}

/// A table of a return from a row on; the first row after it.
fn table(out: &mut String, many: Many, from: usize, current: usize) -> usize {
    let indicators = &Breakdown::official().indicators;
    write!(out, "<row r=\"{from}\">").unwrap();
    for (column, caption) in
        ["序号", "指标内容", "计量单位", "目标值", "上期累计完成", "本期累计完成"].iter().enumerate()
    {
        text(out, &format!("{}{from}", letters(column)), caption);
    }
    for merge in 0..many.header_merges {
        text(out, &format!("{}{from}", letters(10 + merge * 2)), "本期累计完成");
    }
    for column in 0..many.columns {
        text(out, &format!("{}{from}", letters(10 + column)), "乐山市");
    }
    out.push_str("</row>");
    let mut row = from + 1;
    let more = many.rows.max(many.duplicates).max(many.figure_merges);
    for (at, indicator) in indicators.iter().enumerate() {
        write!(out, "<row r=\"{row}\"><c r=\"A{row}\"><v>{}</v></c>", indicator.number).unwrap();
        text(out, &format!("B{row}"), &indicator.label);
        text(out, &format!("C{row}"), &indicator.unit);
        figures(out, row, (1, current));
        row += 1;
        for _ in 0..if at == 0 { more } else { 0 } {
            write!(out, "<row r=\"{row}\">").unwrap();
            text(
                out,
                &format!("B{row}"),
                if many.duplicates > 0 { &indicator.label } else { "本单位另外统计的事项" },
            );
            figures(out, row, (600, 200));
            row += 1;
        }
    }
    row
}

fn sheet(many: Many, current: usize) -> String {
    let mut out = String::from(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\">",
    );
    text(&mut out, "A1", "填报单位：成都市科技局  报告期：2019年6月底");
    out.push_str("</row>");
    let mut row = 2;
    for at in 0..=many.tables {
        row = table(&mut out, many, row, current + at) + 3;
    }
    out.push_str("</sheetData><mergeCells>");
    for merge in 0..many.merges {
        write!(out, "<mergeCell ref=\"H{0}:I{0}\"/>", merge + 3).unwrap();
    }
    for merge in 0..many.figure_merges {
        write!(out, "<mergeCell ref=\"D{0}:F{0}\"/>", merge + 4).unwrap();
    }
    for merge in 0..many.header_merges {
        write!(out, "<mergeCell ref=\"{}2:{}2\"/>", letters(10 + merge * 2), letters(11 + merge * 2))
            .unwrap();
    }
    out.push_str("</mergeCells></worksheet>");
    out
}

fn letters(column: usize) -> String {
    indicator_companion::model::column_letters(u32::try_from(column).unwrap())
}

fn workbook(many: Many) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: usize, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{office}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inside: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             {inside}</Relationships>"
        )
    };
    let sheets = many.sheets + 1;
    let named: String =
        (0..sheets).map(|n| format!("<sheet name=\"表{n}\" sheetId=\"{}\" r:id=\"r{n}\"/>", n + 1)).collect();
    let mut links: String =
        (0..sheets).map(|n| relation(n, "worksheet", &format!("worksheets/sheet{n}.xml"))).collect();
    links.extend((0..many.relationships).map(|n| relation(sheets + n, "theme", "theme1.xml")));
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/\
             vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
                .to_owned(),
        ),
        ("_rels/.rels".to_owned(), relations(&relation(0, "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{office}\">\
                 <sheets>{named}</sheets></workbook>"
            ),
        ),
        ("xl/_rels/workbook.xml.rels".to_owned(), relations(&links)),
    ];
    // Every sheet a return of its own.
    let of = |n: usize| sheet(if n == 0 { many } else { Many::default() }, n + 2);
    parts.extend((0..sheets).map(|n| (format!("xl/worksheets/sheet{n}.xml"), of(n))));
    package(parts)
}

fn package(parts: Vec<(String, String)>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// What a generated Word document has many of.
#[derive(Clone, Copy, Default)]
struct Written {
    /// Rows of strangers in its table, the columns of which are merged downwards as well.
    rows: usize,
    /// Numbered paragraphs before the table, and lines in one of its cells.
    paragraphs: usize,
    lines: usize,
    /// Tables one after another in a cell, and in a cell of their own each, with a line of text above.
    nested: usize,
    nested_apart: usize,
    /// Tables of the document, each a return.
    tables: usize,
    /// Pages that begin the table anew.
    continued: usize,
    /// Levels that a list begins anew, and signs around its numbers, beside as many paragraphs.
    list: usize,
}

fn document(many: Written) -> Vec<u8> {
    let line = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let cell = |inside: &str| format!("<w:tc>{inside}</w:tc>");
    let row = |texts: &[&str]| {
        let cells: String = texts.iter().map(|text| cell(&line(text))).collect();
        format!("<w:tr>{cells}</w:tr>")
    };
    let table = |rows: &str| format!("<w:tbl>{rows}</w:tbl>");
    let title = line("填报单位：成都市科技局　报告期：2019年6月底");
    let header = row(&["序号", "指标内容", "计量单位", "目标值", "上期累计完成", "本期累计完成"]);
    let indicators: String = Breakdown::official()
        .indicators
        .iter()
        .map(|found| row(&[&found.number.to_string(), &found.label, &found.unit, "1", "2", "3"]))
        .collect();
    let down = "<w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>";
    let stranger = format!(
        "<w:tr>{}{}{}</w:tr>",
        cell(&line("")),
        cell(&line("本单位另外统计的事项")),
        cell(&format!("{down}{}", line("项"))).repeat(2)
    );
    let inner = format!("{}{}", line("其中"), table(&row(&["内表", "7"])));
    let rows = header
        + &indicators
        + &stranger.repeat(many.rows)
        + &format!("<w:tr>{}</w:tr>", cell(&line("行").repeat(many.lines)))
        + &format!("<w:tr>{}</w:tr>", cell(&format!("{}{}", inner.repeat(many.nested), line("完"))))
        + &format!("<w:tr>{}</w:tr>", cell(&format!("{inner}{}", line("完")))).repeat(many.nested_apart);
    let paragraph = "<w:p><w:pPr><w:numId w:val=\"1\"/></w:pPr><w:r><w:t>说明的话</w:t></w:r></w:p>";
    let body = paragraph.repeat(many.paragraphs + many.list)
        + &title
        + &table(&rows)
        + &table(&row(&["本单位", "2"])).repeat(many.continued)
        + &format!("{title}{}", table(&rows)).repeat(many.tables);
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship \
             Id=\"r1\" Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let overrides: String = (0..many.list)
        .map(|n| format!("<w:lvlOverride w:ilvl=\"{n}\"><w:startOverride w:val=\"1\"/></w:lvlOverride>"))
        .collect();
    let lists = format!(
        "<w:numbering xmlns:w=\"{main}\"><w:abstractNum w:abstractNumId=\"0\"><w:lvl><w:lvlText w:val=\"%1{}\"/>\
         </w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/>{overrides}</w:num></w:numbering>",
        "号".repeat(many.list)
    );
    package(vec![
        (
            "[Content_Types].xml".to_owned(),
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Override PartName=\"/word/document.xml\" ContentType=\"application/\
             vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"
                .to_owned(),
        ),
        ("_rels/.rels".to_owned(), relations("officeDocument", "word/document.xml")),
        ("word/_rels/document.xml.rels".to_owned(), relations("numbering", "numbering.xml")),
        ("word/numbering.xml".to_owned(), lists),
        (
            "word/document.xml".to_owned(),
            format!("<w:document xmlns:w=\"{main}\"><w:body>{body}</w:body></w:document>"),
        ),
    ])
}

fn checked(bytes: &[u8], previous: &[Reported]) -> Checked {
    check(NAME, bytes, Breakdown::official(), previous, &Limits::default())
}

/// The shorter of two runs: what the work costs without what else the machine does.
fn cost(work: &impl Fn()) -> Duration {
    let once = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    once().min(once())
}

/// Measured again where it seems too much: what else the machine does only ever adds.
fn grows(what: &str, single: impl Fn(), double: impl Fn()) {
    let mut seen = Vec::new();
    for _ in 0..5 {
        let (single, double) = (cost(&single), cost(&double));
        if double <= single.mul_f64(2.6) {
            println!("{what}: {single:.0?}, {double:.0?}");
            return;
        }
        seen.push((single, double));
    }
    panic!("{what}: once and twice as many cost {seen:?}");
}

/// What there are so many of: enough for a pair by pair comparison of them to cost more than all else.
type Kind<M = Many> = (&'static str, fn(usize) -> M, usize);

#[test]
fn twice_as_much_in_a_workbook_costs_at_most_two_and_a_half_times_as_much() {
    let kinds: [Kind; 5] = [
        ("merges", |n| Many { merges: n, ..Many::default() }, 12_000),
        ("merges in the header", |n| Many { header_merges: n, ..Many::default() }, 3_000),
        ("columns", |n| Many { columns: n, ..Many::default() }, 4_000),
        ("relationships", |n| Many { relationships: n, ..Many::default() }, 12_000),
        ("sheets", |n| Many { sheets: n, ..Many::default() }, 30),
    ];
    for (what, many, n) in kinds {
        let (single, double) = (workbook(many(n)), workbook(many(n * 2)));
        let work = |bytes: &[u8]| assert!(checked(bytes, &[]).content.is_ok());
        grows(what, || work(&single), || work(&double));
    }
}

#[test]
fn twice_as_much_in_a_document_costs_at_most_two_and_a_half_times_as_much() {
    let kinds: [Kind<Written>; 8] = [
        ("rows of a document", |n| Written { rows: n, ..Written::default() }, 6_000),
        ("paragraphs", |n| Written { paragraphs: n, ..Written::default() }, 60_000),
        ("lines of a cell", |n| Written { lines: n, ..Written::default() }, 30_000),
        ("tables in one cell", |n| Written { nested: n, ..Written::default() }, 500),
        ("tables in cells", |n| Written { nested_apart: n, ..Written::default() }, 500),
        ("tables of a document", |n| Written { tables: n, ..Written::default() }, 30),
        ("pages of a table", |n| Written { continued: n, ..Written::default() }, 6_000),
        ("levels of a list", |n| Written { list: n, ..Written::default() }, 4_000),
    ];
    for (what, many, n) in kinds {
        let (single, double) = (document(many(n)), document(many(n * 2)));
        let work = |bytes: &[u8]| {
            let checked = check("a.docx", bytes, Breakdown::official(), &[], &Limits::default());
            assert!(checked.content.is_ok_and(|(_, audit)| audit.table.is_ok()), "{what}");
        };
        grows(what, || work(&single), || work(&double));
    }
}

/// The audit alone, so that a comparison of pairs is not lost in what it costs to read so many.
#[test]
fn twice_as_much_to_audit_costs_at_most_two_and_a_half_times_as_much() {
    let kinds: [Kind; 4] = [
        ("rows", |n| Many { rows: n, ..Many::default() }, 6_000),
        ("rows of one indicator", |n| Many { duplicates: n, ..Many::default() }, 6_000),
        ("merges over figures", |n| Many { figure_merges: n, ..Many::default() }, 6_000),
        ("tables", |n| Many { tables: n, ..Many::default() }, 40),
    ];
    for (what, many, n) in kinds {
        let read = |n: usize| checked(&workbook(many(n)), &[]).content.unwrap().0;
        let (single, double) = (read(n), read(n * 2));
        let work =
            |workbook: &Workbook| assert!(audit_of(NAME, workbook, Breakdown::official(), &[]).table.is_ok());
        grows(what, || work(&single), || work(&double));
    }
}

/// Returns of one city for one period after the other, and for the same ones again.
fn reported(n: usize) -> Vec<Reported> {
    let period =
        |at: usize| format!("{}-{}", 2000 + at / 2 % 19, if at.is_multiple_of(2) { "06" } else { "12" });
    let figures = |at: usize| {
        Breakdown::official().indicator_ids().map(|id| (id, Some(Decimal::from(at % 200)))).collect()
    };
    let report = |at: usize| Reported {
        city: CityId(0),
        period: period(at).parse().unwrap(),
        file: format!("{at}.xlsx"),
        figures: figures(at),
    };
    (0..n).map(report).collect()
}

#[test]
fn twice_as_many_files_cost_at_most_two_and_a_half_times_as_much() {
    let bytes = workbook(Many::default());
    let files = |n: usize| {
        let of = |at: usize| {
            Submission::checked(&format!("{at}.xlsx"), &checked(&bytes, &[]), Breakdown::official())
        };
        consolidated((0..n).map(of), &Periods::Latest, Breakdown::official()).unwrap();
    };
    grows("files", || files(40), || files(80));
    // Each is held against what its city reported before: two reports of a period, however many came in.
    let beside = |n: usize| {
        let known = Known::of(reported(n));
        (0..n).for_each(|_| assert!(known.about(&[CityId(0)]).len() <= 2 * 38));
    };
    grows("returns of one city", || beside(20_000), || beside(40_000));
    let (single, double) = (reported(2_000), reported(4_000));
    grows("earlier returns", || drop(checked(&bytes, &single)), || drop(checked(&bytes, &double)));
}

#[test]
fn twice_as_many_findings_and_changes_cost_at_most_two_and_a_half_times_as_much() {
    let made = |n: usize| {
        let bytes = workbook(Many { rows: n, merges: n, ..Many::default() });
        let checked = checked(&bytes, &[]);
        let (workbook, audit) = checked.content.unwrap();
        assert!(audit.findings.len() > n);
        (bytes, workbook, audit)
    };
    let (single, double) = (made(1_500), made(3_000));
    let reconciled = |(_, workbook, audit): &(Vec<u8>, Workbook, Audit)| {
        let now = Noted::all(&audit.findings, &workbook.sheets, Breakdown::official());
        // The rows have moved and are told in other words: none is found by its address or by what it says.
        let moved = |noted: &Noted| Noted {
            cell: noted.cell.as_ref().map(|cell| format!("Z{cell}")),
            message: format!("原为：{}", noted.message),
            answer: Some("另有统计口径".into()),
            ..noted.clone()
        };
        let earlier: Vec<Noted> = now.iter().map(moved).collect();
        assert!(Since::between(&earlier, &now).fixed.len() > 100);
        assert!(Since::between(&now, &now).fixed.is_empty());
        drop(noted::answer(&mut audit.findings.clone(), &earlier, &workbook.sheets, Breakdown::official()));
    };
    grows("findings", || reconciled(&single), || reconciled(&double));
    let corrected = |(bytes, workbook, audit): &(Vec<u8>, Workbook, Audit)| {
        let strangers =
            audit.findings.iter().filter_map(|finding| finding.range).filter(|range| range.start.row > 3);
        let edit = |at: CellRef| Edit::Set { sheet: 0, cell: at, value: NewValue::Number(Decimal::TEN) };
        let mut edits: Vec<Edit> = strangers.map(|range| edit(CellRef::new(range.start.row, 3))).collect();
        edits.push(Edit::InsertRow {
            sheet: 0,
            row: 4,
            cells: (0..6).map(|column| (column, NewValue::Blank)).collect(),
        });
        let change = |edit: Edit| Change {
            edit,
            before: String::new(),
            origin: Origin::Hand,
            reason: String::new(),
            source: String::new(),
        };
        let changes: Vec<Change> = edits.into_iter().map(change).collect();
        assert!(changes.len() > 1_000);
        correct(NAME, bytes, workbook, &changes, Record::Without, &Limits::default()).unwrap();
    };
    grows("changes", || corrected(&single), || corrected(&double));
}
