//! 整改对账: a file that came back beside its earlier findings, read from a record, from our list and from our JSON.

use indicator_companion::audit::noted::Noted;
use indicator_companion::audit::{Checked, Since};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::Change;
use indicator_companion::job::{self, Record};
use indicator_companion::reading::Limits;
use indicator_companion::report;

use super::answers::row_put_in;

const NAME: &str = "绵阳市-2019年6月.xlsx";

fn official() -> &'static Breakdown {
    Breakdown::official()
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("fixtures/workbooks/samples/{name}")).unwrap()
}

fn check(name: &str, bytes: &[u8]) -> Checked {
    job::check(name, bytes, official(), &[], &Limits::default())
}

fn corrected(name: &str, bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let checked = check(name, bytes);
    let (workbook, _) = checked.content.as_ref().unwrap();
    job::correct(name, bytes, workbook, changes, Record::Without, &Limits::default()).unwrap().bytes
}

fn set(name: &str, bytes: &[u8], cells: &[&str]) -> Vec<u8> {
    let checked = check(name, bytes);
    let (workbook, _) = checked.content.as_ref().unwrap();
    let changes: Vec<Change> = cells.iter().map(|cell| job::set_change(workbook, cell).unwrap()).collect();
    corrected(name, bytes, &changes)
}

/// The file with its findings in a sheet 校核记录, as an office sends it back.
fn sent_back(name: &str, bytes: &[u8]) -> Vec<u8> {
    let checked = check(name, bytes);
    let (workbook, audit) = checked.content.as_ref().unwrap();
    job::correct(
        name,
        bytes,
        workbook,
        &[],
        Record::Sheet { breakdown: official(), audit },
        &Limits::default(),
    )
    .unwrap()
    .bytes
}

/// Our list of findings to print.
fn printed(name: &str, bytes: &[u8]) -> Vec<u8> {
    let checked = check(name, bytes);
    let (workbook, audit) = checked.content.as_ref().unwrap();
    let sheet_names: Vec<String> = workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let subject = report::findings::Subject {
        file: name,
        sha256: checked.sha256,
        sheet_names: &sheet_names,
        table: audit.table.as_ref().ok(),
        off: &audit.off,
    };
    report::findings::write(&subject, official(), &audit.findings, &[]).unwrap()
}

fn json(name: &str, bytes: &[u8]) -> Vec<u8> {
    report::json::write(name, &check(name, bytes), official()).into_bytes()
}

fn compared(earlier: (&str, &[u8]), name: &str, bytes: &[u8]) -> Since {
    let lists = job::earlier(earlier.0, earlier.1, &Limits::default()).unwrap();
    let checked = check(name, bytes);
    let list = job::about(&lists, &checked, official()).expect("about this file");
    job::reconcile(list, &checked, official())
}

fn short(noted: &Noted) -> String {
    format!("{} {}", noted.code, noted.cell.as_deref().unwrap_or("-"))
}

fn lists(since: &Since) -> (Vec<String>, Vec<String>, Vec<String>) {
    (
        since.fixed.iter().map(short).collect(),
        since.left.iter().map(|left| short(&left.earlier)).collect(),
        since.new.iter().map(short).collect(),
    )
}

/// The sample has P006 D4, Q001 F5, Q015 F8, N001 F10. Two are put right and one cell is spoilt.
const ANSWER: [&str; 3] = ["D4=300", "F5=175", "F9=１００"];

#[test]
fn the_record_the_list_and_the_json_say_the_same() {
    let original = sample(NAME);
    let inside = set(NAME, &sent_back(NAME, &original), &ANSWER);
    let expected = (
        vec!["P006 D4".to_owned(), "Q001 F5".to_owned()],
        vec!["P001 F7".to_owned(), "Q015 F8".to_owned(), "N001 F10".to_owned()],
        vec!["Q002 F9".to_owned()],
    );
    assert_eq!(lists(&compared((NAME, &inside), NAME, &inside)), expected);
    let back = set(NAME, &original, &ANSWER);
    // The unit has given its file another name.
    for name in ["绵阳市-2019年6月（校正）.xlsx", "绵阳上报 2.xlsx"] {
        assert_eq!(
            lists(&compared(("清单.xlsx", &printed(NAME, &original)), name, &back)),
            expected,
            "{name}"
        );
        assert_eq!(lists(&compared(("检查.json", &json(NAME, &original)), name, &back)), expected, "{name}");
    }
}

#[test]
fn nothing_done_leaves_all_and_all_done_leaves_nothing() {
    let original = sample(NAME);
    let again = compared(("检查.json", &json(NAME, &original)), NAME, &original);
    assert_eq!((again.fixed.len(), again.left.len(), again.new.len()), (0, 5, 0));
    let clean = set(NAME, &original, &["D4=300", "F5=175", "F7=160", "F8=250", "F10=/"]);
    let done = compared(("检查.json", &json(NAME, &original)), NAME, &clean);
    assert_eq!((done.fixed.len(), done.left.len(), done.new.len()), (5, 0, 0), "{done:?}");
}

#[test]
fn findings_are_known_again_after_a_row_was_put_in() {
    let original = sample(NAME);
    let back = corrected(NAME, &original, &[row_put_in()]);
    let since = compared(("检查.json", &json(NAME, &original)), NAME, &back);
    assert_eq!((since.fixed.len(), since.left.len(), since.new.len()), (0, 5, 0), "{:?}", lists(&since));
}

#[test]
fn what_a_root_cause_explains_counts_as_its_root() {
    let name = "绵阳德阳对调.xlsx";
    let original = sample(name);
    let all = check(name, &original).findings().len();
    assert!(all > 2, "a root cause with what it explains");
    let same = compared(("检查.json", &json(name, &original)), name, &original);
    assert_eq!((same.fixed.len(), same.left.len(), same.new.len()), (0, 1, 0), "{:?}", lists(&same));
    let changes = {
        let checked = check(name, &original);
        let (workbook, _) = checked.content.as_ref().unwrap();
        job::plan_changes(name, workbook, official(), &[], job::Apply::All)
    };
    let righted = corrected(name, &original, &changes);
    let done = compared(("检查.json", &json(name, &original)), name, &righted);
    assert_eq!((done.fixed.len(), done.left.len(), done.new.len()), (1, 0, 0), "{:?}", lists(&done));
    // The other way round: the accident happened after the first audit.
    let accident = compared(("检查.json", &json(name, &righted)), name, &original);
    assert_eq!(lists(&accident).2.len(), 1);
    assert!(accident.fixed.is_empty() && accident.left.is_empty());
}

#[test]
fn of_several_lists_the_one_about_the_file_is_taken() {
    let mut lines = json("成都市-2019年6月.xlsx", &sample("成都市-2019年6月.xlsx"));
    lines.push(b'\n');
    lines.extend(json(NAME, &sample(NAME)));
    let back = set(NAME, &sample(NAME), &ANSWER);
    let since = compared(("全部.json", &lines), "改名.xlsx", &back);
    assert_eq!(since.left.len(), 3);
    // A list of another city is not about this file.
    let lists = job::earlier(
        "成都.json",
        &json("成都市-2019年6月.xlsx", &sample("成都市-2019年6月.xlsx")),
        &Limits::default(),
    )
    .unwrap();
    assert!(job::about(&lists, &check(NAME, &back), official()).is_none());
    assert!(
        job::earlier(NAME, &sample(NAME), &Limits::default()).is_err(),
        "a return without a record holds no list"
    );
    assert!(job::earlier("坏.json", b"{\"a\":1}", &Limits::default()).is_err());
}

#[test]
fn names_are_compared_without_what_was_put_behind_them() {
    for name in [
        "成都市-2019年6月.xlsx",
        "a/b/成都市-2019年6月（校正）.xlsx",
        "成都市-2019年6月（校正）（问题清单）.xlsx",
        "成都市-2019年6月 (1).xls",
    ] {
        assert_eq!(job::plain_name(name), "成都市-2019年6月");
    }
    assert_eq!(job::plain_name("（草稿）成都.xlsx"), "（草稿）成都");
}

#[test]
fn a_printed_list_knows_its_return_under_another_name() {
    let bytes = sample(NAME);
    let list = printed(NAME, &bytes);
    let record = job::earlier("退回单.xlsx", &list, &Limits::default()).unwrap().remove(0);
    assert_eq!((record.city.as_deref(), record.period.as_deref()), (Some("绵阳市"), Some("2019-06")));
    assert_eq!(record.sha256, Some(check(NAME, &bytes).sha256.unwrap().to_string()));
    assert_eq!((record.file.as_deref(), record.form.as_deref()), (Some(NAME), Some("progress")));
}

#[test]
fn what_is_said_of_a_whole_table_is_known_where_rows_were_put_in_above_it() {
    let rows = ["序号,指标内容,市州,目标值".to_owned()];
    let official_rows = official().indicators.iter().flat_map(|indicator| {
        official().cities.iter().zip(&indicator.targets).map(move |(city, target)| {
            let target = target.map_or("/".to_owned(), |target| target.to_string());
            format!("{},{},{city},{target}", indicator.number, indicator.label)
        })
    });
    let table = rows.into_iter().chain(official_rows).collect::<Vec<_>>().join("\n");
    let before = check("分解表.csv", table.as_bytes());
    let after =
        check("分解表.csv", format!("成德绵国家科技成果转移转化示范区建设指标分解表,,,\n{table}").as_bytes());
    let noted = |checked: &Checked| {
        let (workbook, audit) = checked.content.as_ref().unwrap();
        Noted::all(&audit.findings, &workbook.sheets, official())
    };
    let (before, after) = (noted(&before), noted(&after));
    assert!(before.iter().any(|noted| noted.code == "T018"));
    let since = Since::between(&before, &after);
    assert_eq!((since.fixed.as_slice(), since.new.as_slice()), ([].as_slice(), [].as_slice()));
}
