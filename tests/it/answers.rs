//! 情况说明: a 警示 answered in the form's own column or in 校核记录, through the bytes of real workbooks and back.

use indicator_companion::audit::noted::{self, Noted};
use indicator_companion::audit::{Audit, Checked, Finding, Reported, Tier, says_something};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Change, Edit, NewValue, Origin};
use indicator_companion::job::{self, Apply, Explained, Record};
use indicator_companion::model::Workbook;
use indicator_companion::reading::Limits;

const NAME: &str = "绵阳市-2018年12月.xlsx";

fn official() -> &'static Breakdown {
    Breakdown::official()
}

fn check_with(bytes: &[u8], previous: &[Reported]) -> Checked {
    job::check(NAME, bytes, official(), previous, &Limits::default())
}

fn check(bytes: &[u8]) -> Checked {
    check_with(bytes, &[])
}

fn content(checked: &Checked) -> (&Workbook, &Audit) {
    let (workbook, audit) = checked.content.as_ref().expect("readable");
    (workbook, audit)
}

fn finding<'a>(checked: &'a Checked, code: &str) -> &'a Finding {
    checked
        .findings()
        .iter()
        .find(|finding| finding.code.0 == code)
        .unwrap_or_else(|| panic!("{code}: {:?}", checked.findings()))
}

/// The sample with some cells set, as `F4=120`, written and read like any file.
fn with(cells: &[&str]) -> Vec<u8> {
    let bytes = std::fs::read(format!("fixtures/workbooks/samples/{NAME}")).unwrap();
    if cells.is_empty() { bytes } else { set(&bytes, cells) }
}

fn set(bytes: &[u8], cells: &[&str]) -> Vec<u8> {
    let checked = check(bytes);
    let (workbook, _) = content(&checked);
    let changes: Vec<Change> = cells.iter().map(|cell| job::set_change(workbook, cell).unwrap()).collect();
    job::correct(NAME, bytes, workbook, &changes, Record::Without, &Limits::default()).unwrap().bytes
}

/// A file with a sheet 校核记录 in which some findings are answered.
fn recorded(bytes: &[u8], answers: &[(&str, &str)], previous: &[Reported]) -> Vec<u8> {
    let checked = check_with(bytes, previous);
    let (workbook, audit) = content(&checked);
    let mut audit = audit.clone();
    let notes: Vec<Noted> = answers
        .iter()
        .map(|(code, text)| Noted {
            answer: Some((*text).to_owned()),
            ..Noted::of(finding(&checked, code), &workbook.sheets, official())
        })
        .collect();
    noted::answer(&mut audit.findings, &notes, &workbook.sheets, official());
    let record = Record::Sheet { breakdown: official(), audit: &audit };
    job::correct(NAME, bytes, workbook, &[], record, &Limits::default()).unwrap().bytes
}

/// 0 where `/` is due: a 警示 of an indicator's row, with a fix that needs consent.
const ZERO: &str = "F10=0";

#[test]
fn a_text_in_the_rows_own_column_answers() {
    let open = check(&with(&[ZERO]));
    assert_eq!((open.count(Tier::Warning), open.answered()), (1, 0));
    let answered = check(&with(&[ZERO, "H10=本市不承担此项"]));
    assert_eq!((answered.count(Tier::Warning), answered.answered()), (0, 1));
    assert_eq!(finding(&answered, "N004").answer.as_deref(), Some("本市不承担此项"));
    // Another row's text answers nothing here.
    assert_eq!(check(&with(&[ZERO, "H9=本市不承担此项"])).count(Tier::Warning), 1);
}

#[test]
fn a_stroke_or_nothing_is_no_answer() {
    for text in ["/", "／", "无", "—", "-", " ", "无。", "N/A", "……"] {
        assert!(!says_something(text), "{text}");
        assert_eq!(check(&with(&[ZERO, &format!("H10={text}")])).count(Tier::Warning), 1, "{text}");
    }
    assert!(says_something("无新增，项目延期"));
}

#[test]
fn errors_and_faults_of_writing_are_corrected_not_explained() {
    let checked = check(&with(&["D4=310", "F5=１１０", "H4=目标有调整", "H5=录入时用了全角"]));
    assert_eq!(finding(&checked, "P006").answer, None);
    assert_eq!(finding(&checked, "Q002").answer, None);
    assert_eq!((checked.count(Tier::Error), checked.count(Tier::Warning), checked.answered()), (1, 1, 0));
}

#[test]
fn an_answered_fix_is_not_taken_over_in_bulk() {
    let bytes = with(&[ZERO, "H10=按零统计"]);
    let checked = check(&bytes);
    let (workbook, _) = content(&checked);
    assert!(job::plan_changes(NAME, workbook, official(), &[], Apply::All).is_empty());
}

#[test]
fn an_explanation_goes_into_the_column_after_what_stands_there() {
    let bytes = with(&[ZERO]);
    let checked = check(&bytes);
    let (workbook, audit) = content(&checked);
    let Explained::Cell(change) = job::explain(workbook, audit, official(), "n004@F10=按零统计").unwrap()
    else {
        panic!()
    };
    assert_eq!(change.origin, Origin::Explanation);
    assert_eq!(change.origin.label(), "情况说明");
    let corrected =
        job::correct(NAME, &bytes, workbook, &[change], Record::Without, &Limits::default()).unwrap();
    let again = check(&corrected.bytes);
    assert_eq!(finding(&again, "N004").answer.as_deref(), Some("按零统计"));
    // A second text goes behind the first.
    let (workbook, audit) = content(&again);
    let Explained::Cell(change) = job::explain(workbook, audit, official(), "N004=见附件。").unwrap()
    else {
        panic!()
    };
    let Edit::Set { value: NewValue::Text(text), .. } = change.edit else { panic!() };
    assert_eq!(text, "按零统计；见附件。");
}

#[test]
fn what_is_not_there_or_not_a_warning_is_not_explained() {
    let bytes = with(&[ZERO, "D4=310", "F11=0"]);
    let checked = check(&bytes);
    let (workbook, audit) = content(&checked);
    let refused = |given: &str| job::explain(workbook, audit, official(), given).unwrap_err().to_string();
    assert!(refused("P006@D4=目标有调整").contains("错误"));
    assert!(refused("N004@F4=说明").contains("没有"));
    assert!(refused("N004=说明").contains("2 处"));
    assert!(refused("N004@F10").contains("应写作"));
    assert!(refused("N004@F10=无").contains("应写作"));
}

/// The return half a year before, with the same figures: P002 is about the whole form and has no row to explain it in.
fn unmoved() -> (Vec<u8>, Vec<Reported>) {
    let bytes = with(&[ZERO]);
    let checked = check(&bytes);
    let (workbook, audit) = content(&checked);
    let mut report = job::reports("上期.xlsx", workbook, audit, official()).remove(0);
    report.period = report.period.previous();
    (bytes, vec![report])
}

#[test]
fn what_has_no_column_is_answered_in_the_record_and_comes_back_with_it() {
    let (bytes, previous) = unmoved();
    let checked = check_with(&bytes, &previous);
    let (workbook, audit) = content(&checked);
    let explained = job::explain(workbook, audit, official(), "P002=上半年均在实施期，无新增").unwrap();
    let Explained::Noted(note) = explained else { panic!("{explained:?}") };
    assert_eq!(note.cell.as_deref(), Some("F4:F12"));
    let saved = recorded(&bytes, &[("P002", "上半年均在实施期，无新增")], &previous);
    let again = check_with(&saved, &previous);
    assert_eq!(finding(&again, "P002").answer.as_deref(), Some("上半年均在实施期，无新增"));
    // The other 警示 is in the record too, unanswered, and stays open.
    assert_eq!((again.count(Tier::Warning), again.answered()), (1, 1));
    let record = noted::records(content(&again).0).remove(0);
    assert_eq!((record.file.as_deref(), record.form.as_deref()), (Some(NAME), Some("progress")));
    assert_eq!((record.city.as_deref(), record.period.as_deref()), (Some("绵阳市"), Some("2018-12")));
    assert_eq!(record.sha256.unwrap(), checked.sha256.unwrap().to_string());
    assert_eq!(record.findings, Noted::all(again.findings(), &content(&again).0.sheets, official()));
}

#[test]
fn an_unmoved_return_is_answered_where_each_of_its_rows_is_explained() {
    let (bytes, previous) = unmoved();
    let said = |rows: &[u32]| {
        let cells: Vec<String> = rows.iter().map(|row| format!("H{row}=项目仍在实施，下半年验收")).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        finding(&check_with(&set(&bytes, &cells), &previous), "P002").answer.is_some()
    };
    assert!(said(&[4, 5, 6, 7, 8, 9, 10, 12]));
    assert!(!said(&[4, 5, 6, 7, 8, 9, 10]));
}

#[test]
fn the_latest_record_that_has_a_finding_decides() {
    let bytes = with(&[ZERO]);
    let first = recorded(&bytes, &[("N004", "按零统计")], &[]);
    assert_eq!(check(&first).answered(), 1);
    let second = recorded(&first, &[("N004", "省里要求填零")], &[]);
    let again = check(&second);
    let names: Vec<&str> = content(&again).0.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(
        names.iter().filter(|name| name.starts_with("校核记录")).count(),
        1,
        "it goes on in the same sheet"
    );
    assert_eq!(finding(&again, "N004").answer.as_deref(), Some("省里要求填零"));
    // Taken back: the newest record has the finding without an answer.
    let third = recorded(&second, &[("N004", "")], &[]);
    assert_eq!(check(&third).answered(), 0);
    // A record has no say over what stands in the form's own column now.
    assert_eq!(finding(&check(&set(&third, &["H10=见文件"])), "N004").answer.as_deref(), Some("见文件"));
}

/// A row put in by hand ahead of the table, which moves all of it.
pub(super) fn row_put_in() -> Change {
    Change {
        edit: Edit::InsertRow { sheet: 0, row: 1, cells: vec![(0, NewValue::Text("补一行".to_owned()))] },
        before: String::new(),
        origin: Origin::Hand,
        reason: String::new(),
        source: String::new(),
    }
}

#[test]
fn an_answer_follows_its_indicator_when_rows_move() {
    let saved = recorded(&with(&[ZERO]), &[("N004", "按零统计")], &[]);
    let checked = check(&saved);
    let (workbook, _) = content(&checked);
    let again = check(
        &job::correct(NAME, &saved, workbook, &[row_put_in()], Record::Without, &Limits::default())
            .unwrap()
            .bytes,
    );
    let found = finding(&again, "N004");
    assert_eq!(found.range.unwrap().to_string(), "F11");
    assert_eq!(found.answer.as_deref(), Some("按零统计"));
}

#[test]
fn a_record_is_found_by_its_captions_wherever_they_stand() {
    let saved = recorded(&with(&[ZERO]), &[("N004", "按零统计")], &[]);
    let checked = check(&saved);
    let mut workbook = content(&checked).0.clone();
    let sheet = workbook.sheets.last_mut().unwrap();
    // A clerk has moved the columns about and put a row between.
    let cells: Vec<_> = sheet.grid.cells().map(|(at, cell)| (at, cell.clone())).collect();
    let mut grid = indicator_companion::model::Grid::from_cells(Vec::new());
    for (at, cell) in cells {
        grid.set(indicator_companion::model::CellRef::new(at.row + 2, (at.column + 5) % 12), cell);
    }
    sheet.grid = grid;
    let record = noted::records(&workbook).remove(0);
    assert_eq!(record.findings, Noted::all(checked.findings(), &workbook.sheets, official()));
}

#[test]
fn the_record_is_no_form_and_raises_nothing() {
    let clean = recorded(&with(&[]), &[], &[]);
    let checked = check(&clean);
    assert!(checked.findings().is_empty(), "{:?}", checked.findings());
}

#[test]
fn findings_of_one_kind_in_a_column_are_one_line_that_unfolds() {
    use indicator_companion::report::{json, text};
    let checked = check(&with(&["D4=310", "D6=3", "D7=310"]));
    let of_targets = || checked.findings().iter().filter(|finding| finding.code.0 == "P006");
    assert_eq!(of_targets().count(), 3);
    let lines = |listing| {
        let text = text::write(NAME, &checked, listing);
        text.lines().filter(|line| line.contains("P006")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(text::Listing::Each).len(), 3);
    let grouped = lines(text::Listing::Grouped);
    let [line] = grouped.as_slice() else { panic!("{grouped:?}") };
    assert!(line.contains("3 处：D4、D6:D7。如 D4："), "{line}");
    let json = json::write(NAME, &checked, official());
    assert_eq!(json.matches("\"group\":\"P006 ").count(), 3);
    // Two stand for themselves.
    let two = check(&with(&["D4=310", "D6=3"]));
    assert!(!json::write(NAME, &two, official()).contains("\"group\":\"P006 "));
}

/// The breakdown on its side, or a city a row, with a magnitude that the unit can explain; and a record of its answer.
fn lying(cells: &[(&str, &str)], record: Option<(&str, &str)>) -> Workbook {
    use indicator_companion::model::{Cell, CellRef, Format, Grid, Sheet, Value};
    let text = |text: &str| Cell::new(Value::Text(text.into()));
    let of = |name: &str, cells: Vec<(CellRef, Cell)>| Sheet {
        name: name.to_owned(),
        grid: Grid::from_cells(cells),
        ..Sheet::default()
    };
    let mut all: Vec<(CellRef, Cell)> = vec![("A1".parse().unwrap(), text("指标内容"))];
    for (column, indicator) in official().indicators.iter().enumerate() {
        let column = u32::try_from(column + 1).unwrap();
        all.push((CellRef::new(0, column), text(&indicator.label)));
        for (row, (city, target)) in official().cities.iter().zip(&indicator.targets).enumerate() {
            let row = u32::try_from(row + 1).unwrap();
            all.push((CellRef::new(row, 0), text(city)));
            let due = target.map_or_else(|| "/".to_owned(), |target| format!("{target}{}", indicator.unit));
            all.push((CellRef::new(row, column), text(&due)));
        }
    }
    for (at, value) in cells {
        let at = at.parse().unwrap();
        all.retain(|(place, _)| *place != at);
        all.push((at, text(value)));
    }
    let mut sheets = vec![of("指标分解表", all)];
    if let Some((cell, found)) = record {
        let head = ["规则", "级别", "工作表", "单元格", "指标", "市", "现填", "问题说明", "情况说明"];
        let line =
            ["Q005", "警示", "指标分解表", cell, "5", "成都市", found, "数量级", "与省厅核过的就是两千项"];
        let rows = [head, line];
        let cells = rows.iter().enumerate().flat_map(|(row, words)| {
            words.iter().enumerate().map(move |(column, word)| {
                (CellRef::new(u32::try_from(row).unwrap(), u32::try_from(column).unwrap()), text(word))
            })
        });
        sheets.push(of("校核记录", cells.collect()));
    }
    Workbook { format: Format::Xlsx, sheets, date_1904: false, remarks: Vec::new() }
}

#[test]
fn a_table_on_its_side_is_answered_by_its_own_addresses() {
    let said = |workbook: &Workbook| {
        let audit = job::audit_of("分解表.xlsx", workbook, official(), &[]);
        let own = audit.findings.iter().find(|finding| finding.code.0 == "Q005").unwrap();
        (own.range.unwrap().to_string(), own.answer.is_some())
    };
    assert_eq!(said(&lying(&[("F2", "0.2万项")], None)), ("F2".to_owned(), false));
    assert_eq!(said(&lying(&[("F2", "0.2万项")], Some(("F2", "0.2万项")))), ("F2".to_owned(), true));
    // A row was put in since: the figure is the same, its place is not.
    assert_eq!(said(&lying(&[("F2", "0.2万项")], Some(("G3", "0.2万项")))), ("F2".to_owned(), true));
    // Written for another figure.
    let lapsed =
        job::audit_of("分解表.xlsx", &lying(&[("F2", "0.2万项")], Some(("F2", "0.3万项"))), official(), &[]);
    let own = lapsed.findings.iter().find(|finding| finding.code.0 == "Q005").unwrap();
    assert!(own.answer.is_none() && own.message.contains("请重新说明"), "{}", own.message);
}
