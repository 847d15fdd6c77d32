//! The reducer, message by message, as the engine and the user would have it.

use super::*;
use crate::app::findings::Item;
use crate::worker::protocol::{Audit, Certificate, Finding, Fix, WorkbookInfo};

fn set(row: u32, column: u32, text: &str) -> Change {
    Change {
        sheet: 0,
        action: Action::Set { row, column, input: Input::Text(text.to_owned()) },
        rule: Some("Q001".to_owned()),
        reason: String::new(),
        source: String::new(),
    }
}

fn insert_row(row: u32) -> Change {
    Change { action: Action::InsertRow { row, cells: Vec::new() }, ..set(0, 0, "") }
}

fn finding(id: u32, (row, column): (u32, u32), fix: Option<Fix>) -> Finding {
    Finding {
        id,
        code: "Q001".to_owned(),
        tier: Tier::Warning,
        sheet: Some(0),
        area: Some(Area { top: row, left: column, bottom: row, right: column }),
        address: Some(address(row, column)),
        indicator: None,
        city: None,
        found: format!("{id}个"),
        expected: None,
        message: format!("问题 {id}"),
        why: String::new(),
        fix,
        caused_by: None,
    }
}

fn safe(id: u32, at: (u32, u32)) -> Finding {
    finding(id, at, Some(Fix { safe: true, changes: vec![set(at.0, at.1, "改")] }))
}

fn audit(findings: Vec<Finding>) -> Audit {
    Audit {
        form: Some("breakdown".to_owned()),
        sheet: Some(0),
        table: Some(Area { top: 3, left: 0, bottom: 12, right: 4 }),
        city: None,
        period: None,
        columns: Vec::new(),
        errors: 0,
        warnings: u32::try_from(findings.len()).unwrap(),
        notices: 0,
        findings,
        extents: Vec::new(),
    }
}

fn workbook(name: &str) -> WorkbookInfo {
    WorkbookInfo {
        name: name.to_owned(),
        format: Some("xlsx".to_owned()),
        sha256: String::new(),
        size: 1,
        sheets: vec![SheetInfo {
            name: "分解表".to_owned(),
            hidden: false,
            rows: 13,
            columns: 5,
            merges: Vec::new(),
            hidden_rows: Vec::new(),
            hidden_columns: Vec::new(),
            column_widths: Vec::new(),
        }],
    }
}

fn picked(file: FileId) -> Picked {
    Picked { file, name: format!("{file}.xlsx"), size: 1.0, held: false }
}

/// The requests among effects, each with its number.
fn sent(effects: &[Effect]) -> Vec<(u32, Request)> {
    let request = |effect: &Effect| if let Effect::Send(Envelope { id, body }) = effect { Some((*id, body.clone())) } else { None };
    effects.iter().filter_map(request).collect()
}

fn user(state: &mut State, what: Do) -> Vec<Effect> {
    state.update(Message::User(what))
}

fn answer(state: &mut State, id: u32, body: Response) -> Vec<Effect> {
    state.update(Message::Answer(Envelope { id, body }))
}

/// A page with one file read, in which these were found.
fn opened(findings: Vec<Finding>) -> State {
    let mut state = State::default();
    let effects = state.update(Message::Started(Shell::default(), Display::default()));
    let (id, _) = sent(&effects).pop().unwrap();
    answer(&mut state, id, Response::Hello(hello()));
    state.update(Message::Chosen(vec![picked(1)]));
    let effects = state.update(Message::Held(1));
    let (id, _) = sent(&effects).pop().unwrap();
    answer(&mut state, id, Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: audit(findings) });
    state
}

/// The last request of a kind among effects: its number and the changes it carries.
fn change_request(effects: &[Effect]) -> (u32, Vec<Change>) {
    let found = sent(effects)
        .into_iter()
        .find_map(|(id, body)| if let Request::Change { changes, .. } = body { Some((id, changes)) } else { None });
    found.expect("a request to change")
}

#[test]
fn files_are_read_one_after_the_other() {
    let mut state = State::default();
    state.update(Message::Started(Shell::default(), Display::default()));
    let effects = state.update(Message::Chosen(vec![picked(1), picked(2)]));
    assert_eq!(effects, [Effect::Read(1)]);
    let effects = state.update(Message::Held(1));
    let (id, request) = sent(&effects).pop().unwrap();
    assert!(matches!(request, Request::Open { file: 1, .. }));
    let effects = answer(&mut state, id, Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: audit(Vec::new()) });
    assert!(effects.contains(&Effect::Read(2)));
    assert_eq!(state.reading(), 1);
    state.update(Message::NotRead(2, "NotFoundError".to_owned()));
    assert_eq!(state.reading(), 0);
    assert!(matches!(state.file(2).unwrap().standing(), Standing::Unreadable(why) if why.contains("NotFoundError")));
}

#[test]
fn a_fix_is_applied_and_the_next_open_finding_selected() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let effects = user(&mut state, Do::Apply(1));
    assert!(effects.contains(&Effect::Guard(Guard::On)));
    let (id, changes) = change_request(&effects);
    assert_eq!(changes, [set(4, 2, "改")]);
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (5, 2))]) });
    assert_eq!(state.finding, Some(1));
    assert_eq!(state.view.as_ref().unwrap().cursor, (5, 2));
    let list = findings::items(state.selected_file().unwrap(), None);
    assert!(matches!(list.as_slice(), [Item::Settled { finding, .. }, Item::Open { .. }] if finding.address.as_deref() == Some("C5")));
}

#[test]
fn an_answer_that_was_overtaken_is_passed_over() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let (first, _) = change_request(&user(&mut state, Do::Apply(1)));
    let (second, _) = change_request(&user(&mut state, Do::Apply(2)));
    answer(&mut state, first, Response::Audited { file: 1, audit: audit(vec![safe(2, (5, 2))]) });
    assert_eq!(state.selected_file().unwrap().findings().len(), 2);
    answer(&mut state, second, Response::Audited { file: 1, audit: audit(Vec::new()) });
    assert!(state.selected_file().unwrap().findings().is_empty());
}

#[test]
fn all_safe_fixes_go_together_and_are_taken_back_together() {
    let consent = finding(3, (6, 2), Some(Fix { safe: false, changes: vec![set(6, 2, "?")] }));
    let twice = finding(4, (4, 2), Some(Fix { safe: true, changes: vec![set(4, 2, "又")] }));
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2)), consent.clone(), twice]);
    let (id, changes) = change_request(&user(&mut state, Do::ApplySafe));
    assert_eq!(changes, [set(4, 2, "改"), set(5, 2, "改")]);
    // A second round for what the first has brought to light.
    let effects = answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (7, 2)), consent.clone()]) });
    let (id, changes) = change_request(&effects);
    assert_eq!(changes.len(), 3);
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![consent]) });
    assert_eq!(state.notices.last().unwrap().text, "采用了 3 条稳妥修改，还有 1 条需要您逐条核对。");
    let (_, changes) = change_request(&user(&mut state, Do::Undo));
    assert!(changes.is_empty());
    let (_, changes) = change_request(&user(&mut state, Do::Redo));
    assert_eq!(changes.len(), 3);
}

#[test]
fn safe_fixes_that_undo_each_other_come_to_an_end() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Do::ApplySafe));
    let effects = answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (4, 2))]) });
    assert!(sent(&effects).iter().all(|(_, request)| !matches!(request, Request::Change { .. })));
}

#[test]
fn nothing_is_applied_while_an_inserted_row_is_on_its_way() {
    let insert = finding(1, (10, 0), Some(Fix { safe: false, changes: vec![insert_row(10)] }));
    let mut state = opened(vec![insert, safe(2, (11, 2))]);
    let (id, _) = change_request(&user(&mut state, Do::Apply(1)));
    assert!(sent(&user(&mut state, Do::Apply(2))).is_empty());
    assert_eq!(state.notices.last().unwrap().text, text::SETTLING);
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (12, 2))]) });
    let (_, changes) = change_request(&user(&mut state, Do::Apply(1)));
    assert_eq!(changes.len(), 2);
}

#[test]
fn a_step_before_an_inserted_row_is_not_taken_back_out_of_order() {
    let insert = finding(2, (10, 0), Some(Fix { safe: false, changes: vec![insert_row(10)] }));
    let mut state = opened(vec![safe(1, (4, 2)), insert.clone()]);
    let (id, _) = change_request(&user(&mut state, Do::Apply(1)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![insert]) });
    let (id, _) = change_request(&user(&mut state, Do::Apply(2)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    let first = state.selected_file().unwrap().done.first().unwrap().serial;
    assert!(sent(&user(&mut state, Do::TakeBack(first))).is_empty());
    assert_eq!(state.selected_file().unwrap().done.len(), 2);
}

#[test]
fn a_cell_is_typed_over() {
    let mut state = opened(Vec::new());
    user(&mut state, Do::Cell(4, 2));
    user(&mut state, Do::Typed("６００".to_owned()));
    let effects = user(&mut state, Do::Key(SheetKey::Move(1, 0)));
    let (_, changes) = change_request(&effects);
    let [change] = changes.as_slice() else { panic!("one change, not {changes:?}") };
    assert_eq!(change.action, Action::Set { row: 4, column: 2, input: Input::Typed("６００".to_owned()) });
    assert_eq!(state.view.as_ref().unwrap().cursor, (5, 2));
    // Given up: nothing is sent.
    user(&mut state, Do::Typed("x".to_owned()));
    assert!(sent(&user(&mut state, Do::Key(SheetKey::Cancel))).is_empty());
}

#[test]
fn an_ignored_finding_stays_ignored_through_the_next_audit() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    user(&mut state, Do::Ignore(2));
    assert_eq!(state.selected_file().unwrap().count(Tier::Warning), 1);
    let (id, changes) = change_request(&user(&mut state, Do::ApplySafe));
    assert_eq!(changes.len(), 1);
    let again = Finding { id: 1, ..safe(2, (5, 2)) };
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![again]) });
    assert_eq!(state.selected_file().unwrap().standing(), Standing::Clean);
    user(&mut state, Do::TakeUp(1));
    assert_eq!(state.selected_file().unwrap().standing(), Standing::Warnings(1));
}

#[test]
fn a_broken_engine_is_replaced_and_gets_every_file_with_its_changes() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Do::Apply(1)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    user(&mut state, Do::Save);
    let effects = state.update(Message::Broke("panicked at src/patch/mod.rs:7:9".to_owned()));
    assert!(effects.contains(&Effect::StartEngine));
    let (_, reopened) = sent(&effects).pop().unwrap();
    assert!(matches!(reopened, Request::Open { file: 1, changes, .. } if changes == [set(4, 2, "改")]));
    let notice = state.notices.last().unwrap();
    assert!(notice.text.contains("1.xlsx") && notice.detail.as_ref().unwrap().contains("src/patch/mod.rs:7:9"));
    assert!(!state.busy_saving);
}

#[test]
fn a_file_over_which_the_engine_breaks_twice_is_left_out_and_can_be_tried_again() {
    let mut state = State::default();
    state.update(Message::Started(Shell::default(), Display::default()));
    answer(&mut state, 1, Response::Hello(hello()));
    state.update(Message::Chosen(vec![picked(1), picked(2)]));
    state.update(Message::Held(1));
    let effects = state.update(Message::Broke("trap".to_owned()));
    let (hello_id, _) = sent(&effects).first().cloned().unwrap();
    answer(&mut state, hello_id, Response::Hello(hello()));
    let effects = state.update(Message::Broke("trap".to_owned()));
    assert!(matches!(state.file(1).unwrap().standing(), Standing::Unreadable(why) if why == text::BROKE_TWICE));
    assert!(effects.contains(&Effect::Read(2)));
    state.update(Message::NotRead(2, String::new()));
    let effects = user(&mut state, Do::Retry(1));
    assert!(matches!(sent(&effects).as_slice(), [(_, Request::Open { file: 1, .. })]));
}

#[test]
fn an_engine_that_never_starts_is_given_up_loudly() {
    let mut state = State::default();
    state.update(Message::Started(Shell::default(), Display::default()));
    let starts = (0..5).filter(|_| state.update(Message::Broke("CompileError".to_owned())).contains(&Effect::StartEngine)).count();
    assert_eq!(starts, usize::from(MOST_STARTS) - 1);
    assert_eq!(state.notices.last().unwrap().text, text::ENGINE_GONE);
}

#[test]
fn a_saved_copy_takes_the_guard_away_until_the_next_change() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    user(&mut state, Do::Apply(1));
    let effects = user(&mut state, Do::Save);
    let (id, request) = sent(&effects).pop().unwrap();
    assert!(matches!(request, Request::Save { file: 1, record: Record::None }));
    let document = Document { name: "1（校正）.xlsx".to_owned(), mime: String::new(), bytes: vec![1] };
    let certificate = Certificate {
        cells: Vec::new(),
        identical_parts: Some(14),
        changed_parts: Vec::new(),
        original_sha256: String::new(),
        result_sha256: String::new(),
        losses: Vec::new(),
    };
    let effects = answer(&mut state, id, Response::Saved { file: 1, document: document.clone(), certificate });
    assert!(effects.contains(&Effect::Download(document)) && effects.contains(&Effect::Guard(Guard::Off)));
    assert_eq!(state.card, Some(Card::Certificate(1)));
    assert!(user(&mut state, Do::Apply(2)).contains(&Effect::Guard(Guard::On)));
}

#[test]
fn a_change_that_the_engine_refuses_leaves_no_trace() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Do::Apply(1)));
    answer(&mut state, id, Response::Failed { message: "改不了".to_owned() });
    assert!(state.selected_file().unwrap().done.is_empty());
    assert_eq!(state.notices.last().unwrap().text, "改不了");
}

#[test]
fn f8_goes_round_the_open_findings() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    for expected in [1, 2, 1] {
        state.update(Message::Shortcut(Shortcut::Next));
        assert_eq!(state.finding, Some(expected));
    }
    state.update(Message::Shortcut(Shortcut::Previous));
    assert_eq!(state.finding, Some(2));
}

#[test]
fn one_period_is_consolidated() {
    let mut state = State::default();
    state.update(Message::Started(Shell::default(), Display::default()));
    state.update(Message::Chosen(vec![picked(1), picked(2)]));
    for (file, period) in [(1, "2018-12"), (2, "2019-06")] {
        let effects = state.update(Message::Held(file));
        let (id, _) = sent(&effects).pop().unwrap();
        let audit = Audit { form: Some("progress".to_owned()), period: Some(period.to_owned()), ..audit(Vec::new()) };
        answer(&mut state, id, Response::Opened { file, workbook: workbook("x"), audit });
    }
    assert_eq!(state.periods(), ["2019-06", "2018-12"]);
    let effects = user(&mut state, Do::Consolidate);
    let [(_, Request::Consolidate { files, period })] = &sent(&effects)[..] else { panic!("one request") };
    assert_eq!((files.as_slice(), period.as_deref()), (&[2][..], Some("2019-06")));
    let effects = {
        user(&mut state, Do::Period("2018-12".to_owned()));
        user(&mut state, Do::Consolidate)
    };
    assert!(matches!(&sent(&effects)[..], [(_, Request::Consolidate { files, .. })] if files == &[1]));
}

fn hello() -> Hello {
    Hello { version: String::new(), rules: Vec::new(), indicators: Vec::new(), cities: Vec::new() }
}
