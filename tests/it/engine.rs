//! The engine as the page asks it: what other files say of one, explanations, earlier findings.

use crate::worker::Engine;
use indicator_companion::breakdown::Breakdown;
use indicator_companion::job;
use indicator_companion::model::{Decimal, Format, Sheet};
use indicator_companion::reading::{Limits, read};
use indicator_companion::worker::protocol::{
    Action, Area, Audit, Beside, Carries, Change, Choice, EXPLANATION, Finding, Hint, Input, Mark, Noted,
    Periods, Planned, Record, Request, Response, RowWord, Tier, Total, Version,
};

const JUNE: &str = "绵阳市-2019年6月.xlsx";
const DECEMBER: &str = "绵阳市-2018年12月.xlsx";

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("fixtures/workbooks/samples/{name}")).unwrap()
}

fn open(engine: &mut Engine, file: u32, name: &str, bytes: Vec<u8>, changes: Vec<Change>) -> Audit {
    match engine.handle(Request::Open {
        file,
        name: name.to_owned(),
        bytes,
        changes,
        beside: Beside::default(),
    }) {
        Response::Opened { audit, .. } => audit,
        other => panic!("{other:?}"),
    }
}

fn audited(response: Response) -> Audit {
    match response {
        Response::Audited { audit, .. } => audit,
        other => panic!("{other:?}"),
    }
}

fn codes(audit: &Audit) -> Vec<&str> {
    audit.findings.iter().map(|finding| finding.code.as_str()).collect()
}

fn set(row: u32, column: u32, text: &str) -> Change {
    Change {
        sheet: 0,
        action: Action::Set { row, column, input: Input::Typed(text.to_owned()) },
        rule: None,
        reason: String::new(),
        source: String::new(),
    }
}

/// 0 where `/` is due, in row 10.
fn zero() -> Change {
    set(9, 5, "0")
}

#[test]
fn an_earlier_return_serves_the_later_one_for_as_long_as_it_is_there() {
    let mut engine = Engine::new();
    let june = open(&mut engine, 1, JUNE, sample(JUNE), Vec::new());
    // Alone, it is compared with its own column of the past.
    assert!(codes(&june).contains(&"P001") && !codes(&june).contains(&"P009"), "{:?}", codes(&june));
    let december = open(&mut engine, 2, DECEMBER, sample(DECEMBER), Vec::new());
    let beside = Beside { previous: december.reported.clone(), list: None, off: Vec::new() };
    let june = audited(engine.handle(Request::Recheck { file: 1, beside }));
    assert!(codes(&june).contains(&"P001") && codes(&june).contains(&"P009"), "{:?}", codes(&june));
    // A correction of the earlier return counts: 130 → 120 in row 7.
    let corrected = audited(engine.handle(Request::Change { file: 2, changes: vec![set(6, 5, "120")] }));
    assert_ne!(corrected.reported, december.reported);
    let june = audited(engine.handle(Request::Recheck {
        file: 1,
        beside: Beside { previous: corrected.reported.clone(), list: None, off: Vec::new() },
    }));
    assert!(!codes(&june).contains(&"P001"));
    // The changes of the later one stay in force while it is audited anew.
    audited(engine.handle(Request::Change { file: 1, changes: vec![set(3, 3, "300")] }));
    let june = audited(engine.handle(Request::Recheck {
        file: 1,
        beside: Beside { previous: december.reported.clone(), list: None, off: Vec::new() },
    }));
    assert!(codes(&june).contains(&"P001") && !codes(&june).contains(&"P006"));
    // Two that disagree serve nothing, and it is said.
    let both = [december.reported, corrected.reported].concat();
    let june = audited(engine.handle(Request::Recheck {
        file: 1,
        beside: Beside { previous: both, list: None, off: Vec::new() },
    }));
    assert!(!codes(&june).contains(&"P009"));
    assert_eq!(june.disputed.len(), 1);
}

#[test]
fn a_consolidated_workbook_reports_for_its_cities() {
    let mut engine = Engine::new();
    open(&mut engine, 1, DECEMBER, sample(DECEMBER), Vec::new());
    open(&mut engine, 2, "成都市-2018年12月.xlsx", sample("成都市-2018年12月.xlsx"), Vec::new());
    let Response::Consolidated { document, .. } = engine.handle(Request::Consolidate {
        files: vec![1, 2],
        preferred: Vec::new(),
        periods: Periods::Latest,
        choice: Choice::default(),
        earlier: Vec::new(),
    }) else {
        panic!()
    };
    let summary = open(&mut engine, 3, &document.name, document.bytes, Vec::new());
    assert_eq!(summary.form.as_deref(), Some("summary"));
    let of: Vec<(&str, &str)> =
        summary.reported.iter().map(|report| (report.city.as_str(), report.period.as_str())).collect();
    assert_eq!(of, [("成都市", "2018-12"), ("绵阳市", "2018-12")]);
}

/// The changes, the findings that they settle, and the audit with them.
fn all_safe(engine: &mut Engine, put_away: Vec<Mark>) -> (Vec<Change>, Vec<Finding>, Audit) {
    match engine.handle(Request::ApplySafe { file: 1, put_away, left_out: Vec::new() }) {
        Response::AppliedSafe { changes, settles, audit, .. } => (changes, settles, audit),
        other => panic!("{other:?}"),
    }
}

/// What all safe fixes would do; nothing is changed by the question.
fn plan(engine: &mut Engine, put_away: Vec<Mark>) -> Vec<Planned> {
    match engine.handle(Request::PlanSafe { file: 1, put_away, left_out: Vec::new() }) {
        Response::SafePlan { lines, .. } => lines,
        other => panic!("{other:?}"),
    }
}

/// What was shown before is what is done: every finding with its changes, none without.
fn assert_is_done(name: &str, shown: &[Planned], (changes, settles): (&[Change], &[Finding])) {
    assert!(shown.iter().map(|line| &line.finding).eq(settles), "{name}");
    assert!(shown.iter().all(|line| !line.changes.is_empty()), "{name}");
    let mut told: Vec<String> =
        shown.iter().flat_map(|line| &line.changes).map(|(change, _)| format!("{change:?}")).collect();
    let mut done: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    told.sort();
    done.sort();
    assert_eq!(told, done, "{name}");
}

fn mark(finding: &Finding) -> Mark {
    Mark {
        code: finding.code.clone(),
        sheet: finding.sheet,
        address: finding.address.clone(),
        found: finding.found.clone(),
    }
}

/// One request makes what the command line makes, says which findings it settles, and leaves what was put away.
#[test]
fn all_safe_fixes_are_one_request() {
    let (mut made, mut left) = (0, 0);
    let entries =
        ["samples", "faults"].map(|folder| std::fs::read_dir(format!("fixtures/workbooks/{folder}")));
    for entry in entries.into_iter().flat_map(Result::unwrap) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let checked = job::check(&name, &bytes, Breakdown::official(), &[], &Limits::default());
        let Ok((workbook, _)) = &checked.content else { continue };
        let planned = job::plan_changes(&name, workbook, Breakdown::official(), &[], job::Apply::Safe);

        let mut engine = Engine::new();
        let before = open(&mut engine, 1, &name, bytes.clone(), Vec::new());
        let shown = plan(&mut engine, Vec::new());
        let (changes, settles, audit) = all_safe(&mut engine, Vec::new());
        assert_is_done(&name, &shown, (&changes, &settles));
        assert_eq!(changes.len(), planned.len(), "{name}");
        assert!(
            changes.iter().zip(&planned).all(|(change, planned)| change.reason == planned.reason),
            "{name}"
        );
        assert_eq!(settles.is_empty(), changes.is_empty(), "{name}");
        assert!(audit.errors <= before.errors, "{name}");
        // Told as a list of changes, as after a breakdown, they come to the same.
        assert_eq!(audited(engine.handle(Request::Change { file: 1, changes: changes.clone() })), audit);
        assert_eq!(open(&mut Engine::new(), 1, &name, bytes.clone(), changes), audit, "{name}");
        assert!(all_safe(&mut engine, Vec::new()).0.is_empty(), "{name}");
        made += planned.len();

        let safe = |finding: &&Finding| finding.fix.as_ref().is_some_and(|fix| fix.safe);
        let notices = before.findings.iter().filter(safe).filter(|finding| finding.tier == Tier::Notice);
        let put_away: Vec<Mark> = notices.map(mark).collect();
        let mut engine = Engine::new();
        open(&mut engine, 1, &name, bytes, Vec::new());
        let shown = plan(&mut engine, put_away.clone());
        let (changes, settles, _) = all_safe(&mut engine, put_away.clone());
        assert_is_done(&name, &shown, (&changes, &settles));
        assert!(settles.iter().all(|finding| !put_away.contains(&mark(finding))), "{name}");
        left += put_away.len();
    }
    assert!(made > 0 && left > 0, "{made} made, {left} left");
}

/// What is left out of the plan, of whatever tier, is left as it is; the rest is done as it was shown.
#[test]
fn what_is_left_out_of_the_safe_fixes_stays() {
    let name = "数值写法.xlsx";
    let mut engine = Engine::new();
    open(&mut engine, 1, name, sample(name), Vec::new());
    let all = plan(&mut engine, Vec::new());
    let graver = |line: &&Planned| line.finding.tier != Tier::Notice;
    let left = all.iter().find(graver).map(|line| mark(&line.finding)).unwrap();
    let (put_away, left_out) = (Vec::new(), vec![left.clone()]);
    let asked = Request::PlanSafe { file: 1, put_away: put_away.clone(), left_out: left_out.clone() };
    let Response::SafePlan { lines, .. } = engine.handle(asked) else { panic!() };
    assert_eq!(lines.len() + 1, all.len());
    let asked = Request::ApplySafe { file: 1, put_away, left_out };
    let Response::AppliedSafe { changes, settles, audit, .. } = engine.handle(asked) else { panic!() };
    assert_is_done(name, &lines, (&changes, &settles));
    assert!(audit.findings.iter().any(|finding| mark(finding) == left));
}

/// The original has what the file has, and marks what was changed since, where it stood before rows were inserted.
#[test]
fn the_original_is_shown_as_the_file_has_it_with_the_changed_cells_marked() {
    let rows = "序号,指标内容,成都市\n1,甲,600\n2,乙,\n3,丙,7\n";
    let inserted = Change { action: Action::InsertRow { row: 2, cells: Vec::new() }, ..set(0, 0, "") };
    let changes = vec![set(1, 2, "601"), inserted, set(2, 2, "新"), set(3, 2, "5"), set(4, 2, "8")];
    let mut engine = Engine::new();
    open(&mut engine, 1, "表.csv", rows.into(), changes);
    let mut window =
        |version| match engine.handle(Request::Window { file: 1, sheet: 0, first: 0, last: 20, version }) {
            Response::Window { cells, .. } => cells,
            other => panic!("{other:?}"),
        };
    let original = window(Version::Original);
    let column: Vec<(u32, &str, bool)> = original
        .iter()
        .filter(|cell| cell.column == 2)
        .map(|cell| (cell.row, cell.shown.as_str(), cell.before.is_some()))
        .collect();
    // The empty one comes behind those that hold something.
    assert_eq!(column, [(0, "成都市", false), (1, "600", true), (3, "7", true), (2, "", true)]);
    let corrected = window(Version::Corrected);
    let shown = |row| {
        corrected.iter().find(|cell| (cell.row, cell.column) == (row, 2)).map(|cell| cell.shown.as_str())
    };
    assert_eq!([shown(1), shown(2), shown(3), shown(4)], [Some("601"), Some("新"), Some("5"), Some("8")]);
    let find = Request::Find { file: 1, sheet: 0, version: Version::Original, wanted: "600".to_owned() };
    assert_eq!(engine.handle(find), Response::Found { cells: vec![(1, 2)] });
}

/// A request for which the host sends a file along has a place for its bytes, which are no part of its plain data.
#[test]
fn bytes_travel_beside_what_is_said() {
    let (file, name, bytes) = (7, String::new(), vec![201_u8; 3]);
    let open = Request::Open {
        file,
        name: name.clone(),
        bytes: bytes.clone(),
        changes: Vec::new(),
        beside: Beside::default(),
    };
    let carrying = [
        open,
        Request::ReadBreakdown { file, name: name.clone(), bytes: bytes.clone() },
        Request::UseBreakdown { file, name, bytes: bytes.clone() },
    ];
    for mut request in carrying {
        assert_eq!(request.carries(), [7]);
        assert_eq!(request.bytes_mut(), [&bytes]);
        assert!(!serde_json::to_string(&request).unwrap().contains("201"));
    }
    assert!(Request::Hello.bytes_mut().is_empty());
    let mut demo = Engine::new().handle(Request::Demo);
    let Response::TakeIn(documents) = &demo else { panic!() };
    let sizes: Vec<usize> = documents.iter().map(|document| document.bytes.len()).collect();
    assert_eq!(demo.bytes_mut().iter().map(|bytes| bytes.len()).collect::<Vec<_>>(), sizes);
}

/// The explanation of the first finding of a rule, for the record.
fn explain(audit: &Audit, code: &str, text: Option<&str>) -> Change {
    let finding = audit.findings.iter().find(|finding| finding.code == code).unwrap();
    let noted = Noted {
        code: code.to_owned(),
        sheet: Some("进展情况".to_owned()),
        address: finding.address.clone(),
        indicator: finding.indicator,
        city: finding.city.clone(),
        found: finding.found.clone(),
        answer: text.map(str::to_owned),
        ..Noted::default()
    };
    Change {
        sheet: 0,
        action: Action::Explain { finding: noted },
        rule: Some(EXPLANATION.to_owned()),
        reason: String::new(),
        source: String::new(),
    }
}

#[test]
fn an_explanation_is_a_change_that_the_saved_copy_keeps() {
    let mut engine = Engine::new();
    let audit = open(&mut engine, 1, DECEMBER, sample(DECEMBER), vec![zero()]);
    assert_eq!((audit.warnings, audit.findings.len()), (1, 1));
    let place = audit.findings[0].explain_in.clone().unwrap();
    assert_eq!((place.row, place.column, place.text.as_str()), (9, 7, ""));
    let answer = explain(&audit, "N004", Some("按零统计"));
    let audit = audited(engine.handle(Request::Change { file: 1, changes: vec![zero(), answer.clone()] }));
    assert_eq!((audit.warnings, audit.findings[0].answer.as_deref()), (0, Some("按零统计")));
    // Not asked for, but the words have no other place.
    let Response::Saved { document, certificate, .. } =
        engine.handle(Request::Save { file: 1, record: Record::None })
    else {
        panic!()
    };
    assert_eq!((certificate.explained, certificate.cells.len()), (1, 1));
    let again = open(&mut engine, 2, &document.name, document.bytes.clone(), Vec::new());
    assert_eq!((again.warnings, again.findings[0].answer.as_deref()), (0, Some("按零统计")));
    // It carries its own earlier findings.
    let since = again.since.unwrap();
    assert_eq!((since.fixed.len(), since.left.len(), since.new.len()), (0, 1, 0));
    // Taken back in the page: open again, in the next copy too.
    let audit = open(&mut engine, 3, &document.name, document.bytes.clone(), Vec::new());
    let back = explain(&audit, "N004", None);
    let open_again = audited(engine.handle(Request::Change { file: 3, changes: vec![back] }));
    assert_eq!(open_again.warnings, 1);
    let Response::Saved { document, certificate, .. } =
        engine.handle(Request::Save { file: 3, record: Record::None })
    else {
        panic!()
    };
    assert_eq!(certificate.explained, 0);
    assert_eq!(open(&mut engine, 4, &document.name, document.bytes, Vec::new()).warnings, 1);
    // Undone in the page: the list of changes without it.
    assert_eq!(audited(engine.handle(Request::Change { file: 1, changes: vec![zero()] })).warnings, 1);
}

#[test]
fn an_explanation_in_the_forms_own_column_needs_no_record() {
    let mut engine = Engine::new();
    let mut words = set(9, 7, "本市不承担");
    words.rule = Some(EXPLANATION.to_owned());
    let audit = open(&mut engine, 1, DECEMBER, sample(DECEMBER), vec![zero(), words]);
    assert_eq!((audit.warnings, audit.findings[0].answer.as_deref()), (0, Some("本市不承担")));
    let Response::Saved { document, certificate, .. } =
        engine.handle(Request::Save { file: 1, record: Record::None })
    else {
        panic!()
    };
    assert_eq!(certificate.explained, 0);
    assert_eq!(certificate.cells[1].rule, "情况说明");
    let Response::Opened { workbook, audit, .. } = engine.handle(Request::Open {
        file: 2,
        name: document.name,
        bytes: document.bytes,
        changes: Vec::new(),
        beside: Beside::default(),
    }) else {
        panic!()
    };
    assert!(workbook.sheets.iter().all(|sheet| sheet.name != "校核记录"));
    assert_eq!(audit.warnings, 0);
}

#[test]
fn a_list_of_findings_is_known_and_put_beside_the_file_it_is_about() {
    let mut engine = Engine::new();
    let june = open(&mut engine, 1, JUNE, sample(JUNE), Vec::new());
    assert!(june.since.is_none() && june.lists.is_empty());
    let Response::Document(printed) = engine.handle(Request::Findings { file: 1 }) else { panic!() };
    let list = open(&mut engine, 2, &printed.name, printed.bytes, Vec::new());
    assert_eq!(list.lists.len(), 1);
    assert_eq!(list.lists[0].plain_name.as_deref(), Some(june.plain_name.as_str()));
    let beside = Beside { previous: Vec::new(), list: Some(list.lists[0].clone()), off: Vec::new() };
    audited(engine.handle(Request::Recheck { file: 1, beside }));
    let june = audited(
        engine.handle(Request::Change { file: 1, changes: vec![set(3, 3, "300"), set(8, 5, "１００")] }),
    );
    let since = june.since.clone().unwrap();
    let fixed: Vec<&str> = since.fixed.iter().map(|noted| noted.code.as_str()).collect();
    let new: Vec<&str> = since
        .new
        .iter()
        .map(|id| june.findings.iter().find(|finding| finding.id == *id).unwrap().code.as_str())
        .collect();
    assert_eq!((fixed, since.left.len(), new), (vec!["P006"], 4, vec!["Q002"]));
    assert_eq!(since.source, printed.name);
}

fn say(hint: Hint) -> Change {
    Change { action: Action::Say(hint), ..set(0, 0, "") }
}

/// A return of 成都市 as separated text: its heads, and the figure of each row in the last column but one.
fn separated(title: &str, heads: &str, figure: impl Fn(usize) -> String) -> Vec<u8> {
    let rows = Breakdown::official().indicators.iter().enumerate().map(|(at, indicator)| {
        let target = indicator.targets[0].unwrap();
        format!("{},{},{},{target},0,{}", at + 1, indicator.label, indicator.unit, figure(at))
    });
    let lines: Vec<String> = [title.to_owned(), heads.to_owned()].into_iter().chain(rows).collect();
    lines.join("\r\n").into_bytes()
}

#[test]
fn the_users_word_on_a_column_and_a_row_is_a_change_like_any_other() {
    let mut engine = Engine::new();
    let heads = "序号,指标内容,计量单位,目标值,上期累计完成,汇入数";
    let bytes = separated("成都市2019年6月,,,,,", heads, |_| "1".to_owned());
    let audit = open(&mut engine, 1, "表.csv", bytes.clone(), Vec::new());
    let last = |audit: &Audit| audit.understood[0].columns.last().cloned().unwrap();
    // Not known, and that it is missing is an error.
    assert!(codes(&audit).contains(&"T003"), "{:?}", codes(&audit));
    let current = Hint::Column { column: 5, role: Some("本期累计完成".to_owned()) };
    let said = audited(engine.handle(Request::Change { file: 1, changes: vec![say(current.clone())] }));
    assert!(!codes(&said).contains(&"T003"), "{:?}", codes(&said));
    assert_eq!((last(&said).role.as_deref(), last(&said).said), (Some("本期累计完成"), true));
    // A new engine is told of it with the file, and it is taken back like any change.
    let again = open(&mut Engine::new(), 1, "表.csv", bytes, vec![say(current.clone())]);
    assert_eq!(again, said);
    assert_eq!(audited(engine.handle(Request::Change { file: 1, changes: Vec::new() })), audit);
    // A role that is said of another column goes there.
    let moved =
        vec![say(current.clone()), say(Hint::Column { column: 4, role: Some("本期累计完成".to_owned()) })];
    let moved = audited(engine.handle(Request::Change { file: 1, changes: moved }));
    assert!(
        moved.understood[0].columns.iter().filter(|own| own.role.as_deref() == Some("本期累计完成")).count()
            == 1
    );
    assert!(!codes(&moved).contains(&"T004"), "{:?}", codes(&moved));
    // A row goes along where one is inserted above it.
    let insert = Change { action: Action::InsertRow { row: 2, cells: Vec::new() }, ..set(0, 0, "") };
    let aside = say(Hint::Row { row: 10, word: RowWord::Aside });
    let changes = vec![say(current), aside, insert];
    let rows = audited(engine.handle(Request::Change { file: 1, changes })).understood[0].rows.clone();
    assert!(rows.iter().all(|own| own.said == (own.row == 11)), "{rows:?}");
}

#[test]
fn whose_and_of_when_is_asked_where_it_is_not_said() {
    let mut engine = Engine::new();
    let heads = "序号,指标内容,计量单位,目标值,上期累计完成,本期累计完成";
    let bytes = separated("进展情况表,,,,,", heads, |_| "1".to_owned());
    let audit = open(&mut engine, 1, "表.csv", bytes, Vec::new());
    assert!(codes(&audit).contains(&"P008"));
    let at = audit.understood[0].at;
    let whose = audit.understood[0].whose.clone().unwrap();
    assert_eq!(whose.periods, ["2018-06", "2018-12", "2019-06", "2019-12", "2020-06", "2020-12"]);
    let changes = vec![
        say(Hint::City { at, city: whose.cities[0].clone() }),
        say(Hint::Period { at, period: "2019-06".to_owned() }),
    ];
    let said = audited(engine.handle(Request::Change { file: 1, changes }));
    assert!(!codes(&said).contains(&"P008"), "{:?}", codes(&said));
    assert_eq!((said.city.as_deref(), said.period.as_deref()), (Some("成都市"), Some("2019-06")));
    // It can be said otherwise afterwards.
    assert!(said.understood[0].whose.is_some());
    // Of a known return nothing is asked.
    assert!(open(&mut engine, 2, DECEMBER, sample(DECEMBER), Vec::new()).understood[0].whose.is_none());
}

#[test]
fn a_word_that_makes_no_table_is_refused_and_changes_nothing() {
    let mut engine = Engine::new();
    let before = open(&mut engine, 1, DECEMBER, sample(DECEMBER), Vec::new());
    let rows = before.understood[0].rows.iter().filter(|own| matches!(own.word, Some(RowWord::Indicator(_))));
    let aside = rows.map(|own| say(Hint::Row { row: own.row, word: RowWord::Aside })).collect();
    let Response::Failed { message } = engine.handle(Request::Change { file: 1, changes: aside }) else {
        panic!("a table without rows")
    };
    assert!(message.contains("认不出这张表"), "{message}");
    let after = audited(engine.handle(Request::Recheck { file: 1, beside: Beside::default() }));
    assert_eq!(after, before);
    // Of what the breakdown does not have nothing comes.
    let nobody = say(Hint::City { at: (0, 0), city: "天府市".to_owned() });
    assert_eq!(
        codes(&audited(engine.handle(Request::Change { file: 1, changes: vec![nobody] }))),
        codes(&before)
    );
}

/// Two columns of one name: each is marked, and no safe fix touches or builds on either.
#[test]
fn no_safe_fix_builds_on_a_column_in_doubt() {
    let mut engine = Engine::new();
    let heads = "序号,指标内容,计量单位,目标值,本期累计完成,本期累计完成";
    // A number in full width: a safe fix where the column is certain.
    let full = |at: usize| {
        let done =
            (Breakdown::official().indicators[at].targets[0].unwrap() / Decimal::TWO).trunc().to_string();
        let wide = |digit: char| char::from_u32(digit as u32 + 0xFEE0).filter(|_| at == 1).unwrap_or(digit);
        done.chars().map(wide).collect()
    };
    let sure = separated("成都市2019年6月,,,,,", &heads.replacen("本期", "上期", 1), full);
    let doubtful = separated("成都市2019年6月,,,,,", heads, full);
    let safe = |audit: &Audit| {
        let fixes = audit.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.safe).flat_map(|fix| fix.changes.clone()).collect::<Vec<_>>()
    };
    let audit = open(&mut engine, 1, "表.csv", sure, Vec::new());
    assert!(!safe(&audit).is_empty(), "{:?}", codes(&audit));
    assert!(audit.understood[0].columns.iter().all(|own| own.doubt.is_none()));
    let audit = open(&mut engine, 2, "表.csv", doubtful, Vec::new());
    assert_eq!(safe(&audit), Vec::new());
    let doubts: Vec<u32> =
        audit.understood[0].columns.iter().filter(|own| own.doubt.is_some()).map(|own| own.column).collect();
    assert_eq!(doubts, [4, 5]);
    // The user's word settles it.
    let said = say(Hint::Column { column: 5, role: Some("本期累计完成".to_owned()) });
    let audit = audited(engine.handle(Request::Change { file: 2, changes: vec![said] }));
    assert!(!safe(&audit).is_empty(), "{:?}", codes(&audit));
    assert!(audit.understood[0].columns.iter().all(|own| own.doubt.is_none()));
}

/// Two columns that only their figures tell apart: which is 上期 is in doubt, and left to the user.
#[test]
fn no_safe_fix_builds_on_columns_that_only_their_figures_tell_apart() {
    let mut engine = Engine::new();
    let full = |at: usize| {
        let done =
            (Breakdown::official().indicators[at].targets[0].unwrap() / Decimal::TWO).trunc().to_string();
        let wide = |digit: char| char::from_u32(digit as u32 + 0xFEE0).filter(|_| at == 1).unwrap_or(digit);
        done.chars().map(wide).collect()
    };
    let heads = "序号,指标内容,计量单位,目标值,6月完成,12月完成";
    let bytes = separated("成都市2019年12月,,,,,", heads, full);
    let audit = open(&mut engine, 1, "表.csv", bytes, Vec::new());
    let columns = &audit.understood[0].columns;
    assert_eq!(columns[4].role.as_deref(), Some("上期累计完成"), "{columns:?}");
    assert!(columns[4].doubt.as_ref().is_some_and(|doubt| doubt.contains("本期累计完成")), "{columns:?}");
    assert!(columns[5].doubt.as_ref().is_some_and(|doubt| doubt.contains("上期累计完成")), "{columns:?}");
    let safe = |audit: &Audit| {
        audit.findings.iter().filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe)).count()
    };
    assert_eq!(safe(&audit), 0, "{:?}", codes(&audit));
    let said = say(Hint::Column { column: 4, role: Some("上期累计完成".to_owned()) });
    let audit = audited(engine.handle(Request::Change { file: 1, changes: vec![said] }));
    assert!(audit.understood[0].columns.iter().all(|own| own.doubt.is_none()));
    assert!(safe(&audit) > 0, "{:?}", codes(&audit));
}

/// What a selection comes to is read as the audit reads it, not as the letters stand.
#[test]
fn selected_cells_are_added_up_where_they_are_of_one_unit() {
    let mut engine = Engine::new();
    let rows = "项目,数,率,混,疑,约\r\n甲,600项,70%,1项,6O0,约3\r\n乙,1 200,30%,2家,4,4\r\n\
                丙,/,,,,\r\n丁,0.1,,,,\r\n戊,0.2,,,,\r\n";
    open(&mut engine, 1, "表.csv", rows.as_bytes().to_vec(), Vec::new());
    let mut sum = |top: u32, bottom: u32, column: u32| {
        let area = Area { top, left: column, bottom, right: column };
        match engine.handle(Request::Sum { file: 1, sheet: 0, version: Version::Corrected, area }) {
            Response::Summed(sum) => (sum.filled, sum.numbers, sum.total),
            other => panic!("{other:?}"),
        }
    };
    let total = |sum: &str, average: &str, unit: &str| {
        Some(Total { sum: sum.to_owned(), average: average.to_owned(), unit: unit.to_owned() })
    };
    // With the heading and the stroke; a bare number goes with the unit.
    assert_eq!(sum(0, 3, 1), (4, 2, total("1800", "900", "项")));
    assert_eq!(sum(4, 5, 1), (2, 2, total("0.3", "0.15", "")));
    assert_eq!(sum(1, 2, 2), (2, 2, total("100", "50", "%")));
    // Of two units, or in doubt: only counted.
    assert_eq!(sum(1, 2, 3), (2, 2, None));
    assert_eq!(sum(1, 2, 4), (2, 2, None));
    // About three is no number, and said not to be among them.
    assert_eq!(sum(1, 2, 5), (2, 1, total("4", "4", "")));
    assert_eq!(sum(1, 5, 0), (5, 0, None));
}

#[test]
fn a_table_from_the_clipboard_is_a_file_like_any_other() {
    let mut engine = Engine::new();
    let rows: [&[&str]; 4] = [
        &["序号", "指标内容", "目标", "本期累计完成"],
        &["1", "推进军民科技成果双向转\r\n移转化1000项", "300", "6O"],
        &["2", "培育孵化1000家军民融合科技型中小微企业", "300", "61"],
        &["6", "孵化企业1000家", "", ""],
    ];
    let cell = |text: &&str| format!("<td><p class=MsoNormal>{text}</p></td>");
    let row = |row: &[&str]| format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>());
    let html = format!(
        "<html xmlns:w=\"urn:schemas-microsoft-com:office:word\"><!--StartFragment-->\
         <p class=MsoNormal>绵阳市建设指标进\r\n展情况表（2019年6月）</p>\
         <table class=MsoTableGrid>{}</table><!--EndFragment-->",
        rows.map(row).concat()
    );
    let pasted = Request::PasteFile { html, text: String::new(), name: "粘贴的表 1.xlsx".to_owned() };
    let Response::TakeIn(mut documents) = engine.handle(pasted) else { panic!() };
    let document = documents.pop().unwrap();
    let audit = open(&mut engine, 1, &document.name, document.bytes, Vec::new());
    assert_eq!((audit.city.as_deref(), audit.period.as_deref()), (Some("绵阳市"), Some("2019-06")));
    assert!(
        audit.findings.iter().any(|finding| finding.address.as_deref() == Some("D3")),
        "{:?}",
        audit.findings
    );
    let nothing = Request::PasteFile {
        html: "<p>一句话</p>".to_owned(),
        text: "一句话".to_owned(),
        name: String::new(),
    };
    let Response::Failed { message } = engine.handle(nothing) else { panic!() };
    assert!(message.contains("没有表格"), "{message}");
}

#[test]
fn the_text_about_a_period_comes_with_its_consolidation_and_in_word() {
    let mut engine = Engine::new();
    for (file, name) in [(1, "成都市-2019年6月.xlsx"), (2, "成都市-2018年12月.xlsx")] {
        open(&mut engine, file, name, sample(name), Vec::new());
    }
    let (files, preferred, choice) = (vec![1], Vec::new(), Choice::default());
    let periods = Periods::One("2019-06".to_owned());
    let (asked, of, chosen) = (files.clone(), periods.clone(), choice.clone());
    let Response::Consolidated { summary, .. } =
        engine.handle(Request::Consolidate { files, preferred, periods, choice, earlier: vec![2] })
    else {
        panic!()
    };
    let text = summary.brief.unwrap();
    assert!(text.contains("成都市完成420项，目标600项，完成率70%"), "{text}");
    assert!(text.contains("与2018年12月相比，成都市增加110项。"), "{text}");
    let request =
        Request::Brief { files: asked, preferred: Vec::new(), periods: of, choice: chosen, earlier: vec![2] };
    let Response::Document(document) = engine.handle(request) else { panic!() };
    assert_eq!(document.name, "示范区建设指标情况综述-2019年6月.docx");
    let workbook = read(&document.name, &document.bytes, &Limits::default()).unwrap();
    assert_eq!(workbook.format, Format::Docx);
}

#[test]
fn the_record_of_a_word_document_comes_beside_its_copy() {
    const NAME: &str = "成都市-三处差错.docx";
    let bytes =
        std::fs::read(format!("{}/fixtures/word/python-docx/{NAME}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut engine = Engine::new();
    open(&mut engine, 1, NAME, bytes, Vec::new());
    let applied = engine.handle(Request::ApplySafe { file: 1, put_away: Vec::new(), left_out: Vec::new() });
    let Response::AppliedSafe { .. } = applied else { panic!("{applied:?}") };
    let mut save = |record| match engine.handle(Request::Save { file: 1, record }) {
        Response::Saved { document, record, .. } => (document.name, record),
        other => panic!("{other:?}"),
    };
    assert_eq!(save(Record::None), ("成都市-三处差错（校正）.docx".to_owned(), None));
    let (name, record) = save(Record::Sheet);
    assert_eq!(name, "成都市-三处差错（校正）.docx");
    let record = record.unwrap();
    assert_eq!(record.name, "成都市-三处差错（校核记录）.xlsx");
    let workbook = read(&record.name, &record.bytes, &Limits::default()).unwrap();
    let has_changes = |sheet: &Sheet| sheet.grid.cells().any(|(_, cell)| cell.shown().contains("三处差错"));
    assert!(workbook.sheets.iter().any(has_changes));
}
