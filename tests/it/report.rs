//! What we write new besides the consolidation, read again: findings, the record, copies of formats that cannot be
//! patched.

use std::io::Cursor;

use calamine::{Data, Reader, SheetVisible, Xlsx};
use indicator_companion::audit::{Audit, Body, Code, Finding, RulesOff, Tier};
use indicator_companion::breakdown::{Breakdown, CityId, IndicatorId};
use indicator_companion::fixes::{Change, Edit, NewValue, Origin};
use indicator_companion::layout::NoTable;
use indicator_companion::model::{
    Cell, CellRef, Format, Grid, NumberFormat, Range, Sha256, Sheet, Span, Value, Visibility, Workbook,
};
use indicator_companion::patch::{RecordSheet, apply};
use indicator_companion::report::{findings, record, rewrite};

fn at(text: &str) -> CellRef {
    text.parse().unwrap()
}

fn cell(value: Value, formula: Option<&str>, format: &str) -> Cell {
    Cell { value, formula: formula.map(Into::into), number_format: NumberFormat::new(format) }
}

fn sheet(name: &str, cells: Vec<(&str, Cell)>) -> Sheet {
    let cells = cells.into_iter().map(|(address, cell)| (at(address), cell)).collect();
    Sheet { name: name.to_owned(), grid: Grid::from_cells(cells), ..Sheet::default() }
}

/// As an .xls would be read: a title merged over three columns, figures, a total, hidden things, awkward names.
fn old_workbook() -> Workbook {
    let mut first = sheet(
        "指标/分解表",
        vec![
            ("A1", cell("分解表".into(), None, "")),
            ("A2", cell("=1+1".into(), None, "@")),
            ("B2", cell(Value::Number(600.0), None, "#,##0")),
            ("B3", cell(Value::Number(300.5), None, "0.0%")),
            ("B4", cell(Value::Number(900.5), Some("SUM(B2:B3)"), "")),
            ("C2", cell(Value::Bool(true), None, "")),
            ("C3", cell(Value::Error("#REF!".into()), None, "")),
            ("C4", cell(Value::Number(43_646.0), None, "yyyy-mm-dd")),
        ],
    );
    first.merges = vec!["A1:C1".parse::<Range>().unwrap(), "B1:D1".parse().unwrap()];
    first.hidden_columns = vec![Span { first: 2, last: 2 }];
    first.hidden_rows = vec![Span { first: 2, last: 2 }];
    first.column_widths = vec![(Span { first: 0, last: 0 }, 20.0)];
    let mut second = sheet("指标_分解表", vec![]);
    second.visibility = Visibility::Hidden;
    Workbook { format: Format::Xls, sheets: vec![first, second], date_1904: false, remarks: Vec::new() }
}

fn open(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

fn value(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str, address: &str) -> Data {
    let at = at(address);
    book.worksheet_range(sheet).unwrap().get_value((at.row, at.column)).cloned().unwrap_or_default()
}

#[test]
fn an_old_workbook_is_written_anew_with_what_was_read() {
    let written = rewrite::write(&old_workbook()).unwrap();
    let mut book = open(&written.bytes);
    assert_eq!(book.sheet_names(), ["指标_分解表", "指标_分解表2"]);
    assert_eq!(book.sheets_metadata()[1].visible, SheetVisible::Hidden);
    let first = "指标_分解表";
    assert_eq!(value(&mut book, first, "A2"), Data::String("=1+1".to_owned()));
    assert_eq!(value(&mut book, first, "B2"), Data::Float(600.0));
    assert_eq!(value(&mut book, first, "B4"), Data::Float(900.5));
    assert_eq!(value(&mut book, first, "C2"), Data::Bool(true));
    assert_eq!(value(&mut book, first, "C3"), Data::String("#REF!".to_owned()));
    assert!(matches!(value(&mut book, first, "C4"), Data::DateTime(_)));
    let formulas = book.worksheet_formula(first).unwrap();
    assert_eq!(
        formulas.used_cells().map(|(_, _, formula)| formula.as_str()).collect::<Vec<_>>(),
        ["SUM(B2:B3)"]
    );
    let losses = written.losses.join("\n");
    for expected in [
        "工作表名“指标/分解表”改成了“指标_分解表”",
        "合并区域 B1:D1 有误",
        "C3 的错误值 #REF! 存成了文字",
        "字体、颜色",
    ] {
        assert!(losses.contains(expected), "{expected}\n{losses}");
    }
}

#[test]
fn corrections_go_into_the_new_copy_like_into_any_other() {
    let written = rewrite::write(&old_workbook()).unwrap();
    let edits = [
        Edit::InsertRow { sheet: 0, row: 2, cells: vec![(1, NewValue::Number(100.into()))] },
        Edit::Set { sheet: 0, cell: at("B2"), value: NewValue::Text("=cmd".to_owned()) },
    ];
    let record =
        RecordSheet::Appended { name: record::SHEET_NAME.to_owned(), rows: vec![vec!["序号".to_owned()]] };
    let patched = apply(&written.bytes, &edits, Some(&record)).unwrap();
    let mut book = open(&patched.bytes);
    assert_eq!(value(&mut book, "指标_分解表", "B2"), Data::String("=cmd".to_owned()));
    assert_eq!(value(&mut book, "指标_分解表", "B3"), Data::Float(100.0));
    assert_eq!(value(&mut book, "指标_分解表", "B5"), Data::Empty, "the stale sum is gone");
    let formulas = book.worksheet_formula("指标_分解表").unwrap();
    assert_eq!(
        formulas.used_cells().map(|(_, _, formula)| formula.as_str()).collect::<Vec<_>>(),
        ["SUM(B2:B4)"]
    );
    assert_eq!(book.sheet_names()[2], "校核记录");
}

#[test]
fn dates_counted_from_1904_show_the_same_day() {
    let mut workbook = old_workbook();
    workbook.date_1904 = true;
    let written = rewrite::write(&workbook).unwrap();
    let Data::DateTime(date) = value(&mut open(&written.bytes), "指标_分解表", "C4") else { panic!() };
    assert_eq!(date.as_f64(), 43_646.0 + 1462.0);
    assert!(written.losses.iter().any(|loss| loss.contains("1900")));
}

#[test]
fn a_workbook_of_hidden_sheets_still_opens() {
    let mut workbook = old_workbook();
    workbook.sheets[0].visibility = Visibility::VeryHidden;
    let book = open(&rewrite::write(&workbook).unwrap().bytes);
    assert_eq!(book.sheets_metadata()[0].visible, SheetVisible::Visible);
    let mut workbook = old_workbook();
    workbook.sheets.swap(0, 1);
    let book = open(&rewrite::write(&workbook).unwrap().bytes);
    assert_eq!(book.sheets_metadata()[0].visible, SheetVisible::Hidden);
}

fn changes() -> Vec<Change> {
    let change = |edit, before: &str, origin| Change {
        edit,
        before: before.to_owned(),
        origin,
        reason: "全角数字改为半角".to_owned(),
        source: "实施方案附件 指标分解表".to_owned(),
    };
    vec![
        change(
            Edit::Set { sheet: 0, cell: at("C5"), value: NewValue::Text("600项".to_owned()) },
            "６００",
            Origin::Rule("Q002".to_owned()),
        ),
        change(Edit::Set { sheet: 0, cell: at("C6"), value: NewValue::Blank }, "空格", Origin::Hand),
        change(
            Edit::InsertRow { sheet: 0, row: 12, cells: vec![(0, NewValue::Number(9.into()))] },
            "",
            Origin::Rule("T007".to_owned()),
        ),
    ]
}

#[test]
fn the_record_has_every_change_and_the_original_s_fingerprint() {
    let workbook = old_workbook();
    let audit = Audit {
        off: RulesOff::default(),
        table: Err(NoTable::default()),
        others: Vec::new(),
        unread: Vec::new(),
        findings: vec![finding()],
    };
    let subject = record::Subject {
        file: "a.xls",
        sha256: Sha256::of(b"abc"),
        workbook: &workbook,
        breakdown: Breakdown::official(),
        audit: &audit,
    };
    let rows = record::rows(&subject, &changes(), None);
    assert_eq!(rows[1], ["原文件", "a.xls"]);
    assert!(rows[2][1].starts_with("ba7816bf"));
    assert_eq!(
        rows[7],
        ["1", "指标/分解表", "C5", "６００", "600项", "Q002", "全角数字改为半角", "实施方案附件 指标分解表"]
    );
    assert_eq!(rows[8][3..6], ["空格", "（空）", "手工"]);
    assert_eq!(rows[9][2..5], ["第 13 行", "（无此行）", "插入一行：9"]);
    assert_eq!(rows[13][..9], ["1", "B003", "错误", "指标/分解表", "C5:E5", "1", "绵阳市", "=990", "1000项"]);
    assert_eq!(rows[13][11], "由第 7 条引起");
}

fn finding() -> Finding {
    Finding {
        id: 1,
        code: Code("B003"),
        tier: Tier::Error,
        table: Some(0),
        body: Body {
            sheet: Some(0),
            range: Some("C5:E5".parse().unwrap()),
            indicator: Some(IndicatorId(0)),
            city: Some(CityId(1)),
            found: "=990".to_owned(),
            expected: Some("1000项".to_owned()),
            message: "合计 1000 项，三市之和 990 项，少 10 项（C5:E5），请更正。".to_owned(),
            fix: None,
        },
        caused_by: Some(7),
        answer: None,
    }
}

#[test]
fn findings_and_changes_become_a_workbook_to_print() {
    let subject = findings::Subject {
        file: "a.xlsx",
        sha256: Some(Sha256::of(b"abc")),
        sheet_names: &["分解表".to_owned()],
        table: None,
        off: RulesOff::NONE,
    };
    let bytes = findings::write(&subject, Breakdown::official(), &[finding()], &changes()).unwrap();
    let mut book = open(&bytes);
    let expected = [
        "1",
        "错误",
        "B003",
        "分解表",
        "C5:E5",
        "1 推进军民科技成果双向转移转化1000项",
        "绵阳市",
        "=990",
        "1000项",
    ];
    let row: Vec<String> = book
        .worksheet_range("审核结果")
        .unwrap()
        .rows()
        .nth(4)
        .unwrap()
        .iter()
        .map(Data::to_string)
        .collect();
    assert_eq!(row[..9], expected);
    assert!(row[9].ends_with("请更正。（由第 7 条引起）"));
    assert_eq!(value(&mut book, "校核记录", "D5"), Data::String("６００".to_owned()));
    let none = findings::write(&subject, Breakdown::official(), &[], &[]).unwrap();
    let mut book = open(&none);
    assert_eq!(book.sheet_names(), ["审核结果"]);
    assert_eq!(value(&mut book, "审核结果", "A5"), Data::String("没有发现问题".to_owned()));
}
