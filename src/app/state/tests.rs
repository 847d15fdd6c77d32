//! The reducer, message by message, as the engine and the user would have it.

use super::engine::MOST_STARTS;
use super::findings::LIST;
use super::removal::MOST_REMOVED;
use super::sheet::one_cell;
use std::collections::VecDeque;

use super::*;
use crate::app::file::mark;
use crate::app::findings::{self, Item};
use crate::app::geometry::address;
use crate::app::keys::SheetKey;
use crate::worker::protocol::{
    Action, Area, Audit, Certificate, Change, Choice, ConsolidationSummary, Document, Envelope, ExplainIn,
    Finding, FindingList, Fix, Hint, Input, Mark, NewBreakdown, Periods, Record, Reported, Response,
    SheetInfo, Submitted, Tier, Understood, UnderstoodColumn, WorkbookInfo,
};

mod block;
mod keeping;
mod reading;
mod rules;
mod worklist;

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
        answer: None,
        explain_in: None,
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
        others: Vec::new(),
        groups: Vec::new(),
        errors: 0,
        warnings: u32::try_from(findings.len()).unwrap(),
        notices: 0,
        findings,
        ..Audit::default()
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
    Picked { file, name: format!("{file}.xlsx"), folder: String::new(), size: 1.0, held: false }
}

/// The requests among effects, each with its number.
fn sent(effects: &[Effect]) -> Vec<(u32, Request)> {
    let request = |effect: &Effect| {
        if let Effect::Send(Envelope { id, body }) = effect { Some((*id, body.clone())) } else { None }
    };
    effects.iter().filter_map(request).collect()
}

fn user(state: &mut State, what: Command) -> Vec<Effect> {
    state.update(Message::User(what))
}

fn offered(state: &State) -> Option<Offer> {
    state.notices.list.last().and_then(|notice| notice.offer)
}

/// Takes a file with work in it out of the list, by the user's word.
fn remove(state: &mut State, file: FileId) -> Vec<Effect> {
    user(state, Command::Close(file));
    assert_eq!(offered(state), Some(Offer::Remove(file)));
    user(state, Command::Accept(Offer::Remove(file)))
}

fn answer(state: &mut State, id: u32, body: Response) -> Vec<Effect> {
    state.update(Message::Answer(Box::new(Envelope { id, body })))
}

/// A page with one file read, in which these were found.
fn opened(findings: Vec<Finding>) -> State {
    let mut state = State::default();
    let effects = state.update(Message::Started(Release::default(), Display::default()));
    let (id, _) = sent(&effects).pop().unwrap();
    answer(&mut state, id, Response::Hello(hello()));
    state.update(Message::Chosen(vec![picked(1)]));
    let effects = state.update(Message::Held(1));
    let (id, _) = sent(&effects).pop().unwrap();
    answer(
        &mut state,
        id,
        Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: audit(findings) },
    );
    state
}

/// The last request of a kind among effects: its number and the changes it carries.
fn change_request(effects: &[Effect]) -> (u32, Vec<Change>) {
    let found = sent(effects).into_iter().find_map(|(id, body)| {
        if let Request::Change { changes, .. } = body { Some((id, changes)) } else { None }
    });
    found.expect("a request to change")
}

#[test]
fn files_are_read_one_after_the_other() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    let effects = state.update(Message::Chosen(vec![picked(1), picked(2)]));
    // The bytes of the second are fetched while the engine is at the first.
    assert_eq!(effects, [Effect::Read(1), Effect::Read(2)]);
    assert!(sent(&state.update(Message::Held(2))).is_empty());
    let effects = state.update(Message::Held(1));
    let (id, request) = sent(&effects).pop().unwrap();
    assert!(matches!(request, Request::Open { file: 1, .. }));
    let effects = answer(
        &mut state,
        id,
        Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: audit(Vec::new()) },
    );
    assert!(matches!(sent(&effects).first(), Some((_, Request::Open { file: 2, .. }))));
    assert_eq!(state.reading(), 1);
    // A file that cannot be read is passed over.
    state.update(Message::Chosen(vec![picked(3)]));
    state.update(Message::NotRead(3, "NotFoundError".to_owned()));
    assert_eq!(state.reading(), 1);
    assert!(
        matches!(state.file(3).unwrap().standing(), Standing::Unreadable(why) if why.contains("NotFoundError"))
    );
}

#[test]
fn a_fix_is_applied_and_the_next_open_finding_selected() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let effects = user(&mut state, Command::Apply(1));
    assert!(effects.contains(&Effect::Guard(Guard::On)));
    let (id, changes) = change_request(&effects);
    assert_eq!(changes, [set(4, 2, "改")]);
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (5, 2))]) });
    assert_eq!(state.findings.selected, Some(1));
    assert_eq!(state.sheet.view.as_ref().unwrap().cursor, (5, 2));
    let list = findings::items(state.selected_file().unwrap());
    assert!(matches!(list.as_slice(), [Item::Settled { finding, .. }, Item::Open { .. }]
            if finding.address.as_deref() == Some("C5")));
}

#[test]
fn an_answer_that_was_overtaken_is_passed_over() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let (first, _) = change_request(&user(&mut state, Command::Apply(1)));
    let (second, _) = change_request(&user(&mut state, Command::Apply(2)));
    answer(&mut state, first, Response::Audited { file: 1, audit: audit(vec![safe(2, (5, 2))]) });
    assert_eq!(state.selected_file().unwrap().findings().len(), 2);
    answer(&mut state, second, Response::Audited { file: 1, audit: audit(Vec::new()) });
    assert!(state.selected_file().unwrap().findings().is_empty());
}

/// The only request for all safe fixes among effects: its number and what was put away.
fn safe_request(effects: &[Effect]) -> (u32, Vec<Mark>) {
    let found: Vec<(u32, Vec<Mark>)> = sent(effects)
        .into_iter()
        .filter_map(|(id, body)| match body {
            Request::ApplySafe { put_away, .. } => Some((id, put_away)),
            _ => None,
        })
        .collect();
    assert_eq!(found.len(), 1, "{effects:?}");
    found.into_iter().next().unwrap()
}

/// All safe fixes of the file, as the engine answers that it has made them.
fn applied_safe(settles: Vec<Finding>, left: Vec<Finding>) -> Response {
    let changes = settles.iter().flat_map(|finding| finding.fix.clone().unwrap().changes).collect();
    Response::AppliedSafe { file: 1, changes, settles, audit: audit(left) }
}

#[test]
fn all_safe_fixes_go_together_and_are_taken_back_together() {
    let consent = finding(3, (6, 2), Some(Fix { safe: false, changes: vec![set(6, 2, "?")] }));
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2)), consent.clone()]);
    let (id, _) = safe_request(&user(&mut state, Command::ApplySafe));
    assert!(sent(&user(&mut state, Command::ApplySafe)).is_empty());
    // What comes to light on the way is settled with the rest.
    let settled = vec![safe(1, (4, 2)), safe(2, (5, 2)), safe(1, (7, 2))];
    let effects = answer(&mut state, id, applied_safe(settled, vec![consent]));
    assert!(effects.contains(&Effect::Guard(Guard::On)));
    // The engine has them in force already: only what is on the screen is asked for.
    assert!(sent(&effects).iter().all(|(_, request)| matches!(request, Request::Window { .. })));
    assert_eq!(state.notices.list.last().unwrap().text, "采用了 3 条稳妥修改，还有 1 条需要您逐条核对。");
    assert_eq!(state.selected_file().unwrap().done.len(), 1);
    let (_, changes) = change_request(&user(&mut state, Command::Undo));
    assert!(changes.is_empty());
    let (_, changes) = change_request(&user(&mut state, Command::Redo));
    assert_eq!(changes.len(), 3);
}

#[test]
fn safe_fixes_are_asked_for_again_where_the_engine_is_lost() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    user(&mut state, Command::ApplySafe);
    let effects = state.update(Message::Broke("trap".to_owned()));
    let (id, reopened) = sent(&effects).pop().unwrap();
    assert!(matches!(reopened, Request::Open { changes, .. } if changes.is_empty()));
    let found = audit(vec![safe(1, (4, 2))]);
    let effects =
        answer(&mut state, id, Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: found });
    let (id, _) = safe_request(&effects);
    answer(&mut state, id, applied_safe(vec![safe(1, (4, 2))], Vec::new()));
    assert_eq!(state.notices.list.last().unwrap().text, text::applied_safe(1, 0));
    assert_eq!(state.selected_file().unwrap().change_count(), 1);
}

#[test]
fn what_is_done_while_safe_fixes_are_awaited_goes_ahead_of_them() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let (asked, _) = safe_request(&user(&mut state, Command::ApplySafe));
    let (id, changes) = change_request(&user(&mut state, Command::Apply(2)));
    assert_eq!(changes, [set(5, 2, "改")]);
    // The engine has forgotten these with the change that came after them.
    answer(&mut state, asked, applied_safe(vec![safe(1, (4, 2)), safe(2, (5, 2))], Vec::new()));
    assert_eq!(state.selected_file().unwrap().change_count(), 1);
    let left = vec![safe(1, (4, 2))];
    let effects = answer(&mut state, id, Response::Audited { file: 1, audit: audit(left.clone()) });
    let (id, _) = safe_request(&effects);
    answer(&mut state, id, applied_safe(left, Vec::new()));
    assert_eq!(state.selected_file().unwrap().change_count(), 2);
    assert_eq!(state.notices.list.last().unwrap().text, text::applied_safe(1, 0));
}

#[test]
fn safe_fixes_that_are_awaited_can_be_called_off() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (asked, _) = safe_request(&user(&mut state, Command::ApplySafe));
    let (id, changes) = change_request(&user(&mut state, Command::Undo));
    assert!(changes.is_empty());
    answer(&mut state, asked, applied_safe(vec![safe(1, (4, 2))], Vec::new()));
    let effects = answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (4, 2))]) });
    assert!(sent(&effects).iter().all(|(_, request)| !matches!(request, Request::ApplySafe { .. })));
    assert_eq!(state.selected_file().unwrap().change_count(), 0);
}

#[test]
fn safe_fixes_of_which_each_makes_an_error_leave_no_step() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = safe_request(&user(&mut state, Command::ApplySafe));
    answer(&mut state, id, applied_safe(Vec::new(), vec![safe(1, (4, 2))]));
    assert!(state.selected_file().unwrap().done.is_empty());
    assert_eq!(state.notices.list.last().unwrap().text, text::applied_safe(0, 1));
}

#[test]
fn nothing_is_applied_while_an_inserted_row_is_on_its_way() {
    let insert = finding(1, (10, 0), Some(Fix { safe: false, changes: vec![insert_row(10)] }));
    let mut state = opened(vec![insert, safe(2, (11, 2))]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    assert!(sent(&user(&mut state, Command::Apply(2))).is_empty());
    assert_eq!(state.notices.list.last().unwrap().text, text::SETTLING);
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (12, 2))]) });
    let (_, changes) = change_request(&user(&mut state, Command::Apply(1)));
    assert_eq!(changes.len(), 2);
}

#[test]
fn a_step_before_an_inserted_row_is_not_taken_back_out_of_order() {
    let insert = finding(2, (10, 0), Some(Fix { safe: false, changes: vec![insert_row(10)] }));
    let mut state = opened(vec![safe(1, (4, 2)), insert.clone()]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![insert]) });
    let (id, _) = change_request(&user(&mut state, Command::Apply(2)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    let first = state.selected_file().unwrap().done.first().unwrap().serial;
    assert!(sent(&user(&mut state, Command::TakeBack(first))).is_empty());
    assert_eq!(state.selected_file().unwrap().done.len(), 2);
}

#[test]
fn a_cell_is_typed_over() {
    let mut state = opened(Vec::new());
    user(&mut state, Command::Cell(4, 2));
    user(&mut state, Command::Typed("６００".to_owned()));
    let effects = user(&mut state, Command::Key(SheetKey::Enter(1)));
    let (_, changes) = change_request(&effects);
    let [change] = changes.as_slice() else { panic!("one change, not {changes:?}") };
    assert_eq!(change.action, Action::Set { row: 4, column: 2, input: Input::Typed("６００".to_owned()) });
    assert_eq!(state.sheet.view.as_ref().unwrap().cursor, (5, 2));
    // Given up: nothing is sent.
    user(&mut state, Command::Typed("x".to_owned()));
    assert!(sent(&user(&mut state, Command::Key(SheetKey::Cancel))).is_empty());
}

fn notice(id: u32, at: (u32, u32)) -> Finding {
    Finding { tier: Tier::Notice, ..finding(id, at, None) }
}

#[test]
fn a_notice_put_away_stays_so_through_the_next_audit_and_is_counted() {
    let mut state = opened(vec![safe(1, (4, 2)), notice(2, (5, 2))]);
    user(&mut state, Command::Ignore(2));
    assert_eq!(state.selected_file().unwrap().count(Tier::Notice), 0);
    let (id, put_away) = safe_request(&user(&mut state, Command::ApplySafe));
    assert_eq!(put_away, [mark(&notice(2, (5, 2)))]);
    let again = Finding { found: "2个".to_owned(), ..notice(1, (5, 2)) };
    answer(&mut state, id, applied_safe(vec![safe(1, (4, 2))], vec![again.clone()]));
    let file = state.selected_file().unwrap();
    assert_eq!((file.standing(), file.put_away(), file.corrected()), (Standing::Clean, 1, true));
    // As a graver finding it is open again.
    let graver = Finding { tier: Tier::Error, ..again };
    assert!(file.is_open(&graver));
    user(&mut state, Command::TakeUp(1));
    assert_eq!(state.selected_file().unwrap().count(Tier::Notice), 1);
}

#[test]
fn an_error_or_a_warning_cannot_be_put_away() {
    let error = Finding { tier: Tier::Error, ..finding(1, (4, 2), None) };
    let mut state = opened(vec![error, finding(2, (5, 2), None)]);
    for id in [1, 2] {
        user(&mut state, Command::Ignore(id));
        assert_eq!(state.notices.list.last().unwrap().text, text::NOT_PUT_AWAY);
    }
    assert_eq!(state.selected_file().unwrap().standing(), Standing::Errors(1));
}

#[test]
fn what_passes_says_how() {
    assert_eq!(text::nothing_open(false, 0, 0, 0), "未发现问题");
    assert_eq!(text::nothing_open(false, 0, 2, 0), "未发现问题，另有 2 条提示已收起");
    assert_eq!(text::nothing_open(true, 0, 0, 0), "改后未发现问题");
    assert_eq!(
        text::nothing_open(true, 1, 2, 0),
        "改后没有待处理的问题，1 条警示已说明，另有 2 条提示已收起"
    );
    assert_eq!(text::clean(false, 0, 0, 0, 0), "通过");
    assert_eq!(text::clean(true, 1, 0, 2, 0), "改后通过，已说明 1，已收起 2");
    assert_eq!(text::clean(false, 0, 0, 0, 1), "通过，关了 1 条规则");
    assert_eq!(text::nothing_open(false, 0, 0, 2), "未发现问题，但关了 2 条规则");
}

#[test]
fn a_removed_file_comes_back_with_its_changes() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    user(&mut state, Command::Apply(1));
    open_too(&mut state, 2, audit(Vec::new()));
    user(&mut state, Command::Cell(4, 2));
    user(&mut state, Command::Typed("半".to_owned()));
    // Asked first, as there is work in it; 移出 is said.
    user(&mut state, Command::Close(1));
    assert_eq!((state.files.len(), offered(&state)), (2, Some(Offer::Remove(1))));
    let effects = user(&mut state, Command::Accept(Offer::Remove(1)));
    // Neither the bytes nor the question before leaving are let go.
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::Release(_) | Effect::Guard(_))),
        "{effects:?}"
    );
    assert_eq!(state.selected, Some(2));
    let said = state.notices.list.last().unwrap().clone();
    assert_eq!(said.text, text::removed("1.xlsx", 2));
    let effects = user(&mut state, Command::Accept(said.offer.unwrap()));
    let reopened = sent(&effects).into_iter().find_map(|(_, request)| match request {
        Request::Open { file: 1, changes, .. } => Some(changes),
        _ => None,
    });
    // What was being typed is among them.
    assert_eq!(reopened.unwrap().len(), 2);
    assert_eq!(state.files.iter().map(|file| file.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((state.selected, state.notices.list.len()), (Some(1), 0));
}

#[test]
fn a_removal_is_taken_back_by_the_key_before_what_was_done_ahead_of_it() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    user(&mut state, Command::Apply(1));
    open_too(&mut state, 2, audit(Vec::new()));
    user(&mut state, Command::Close(2));
    state.update(Message::Shortcut(Shortcut::Undo));
    assert_eq!(state.files.len(), 2);
    user(&mut state, Command::Select(1));
    state.update(Message::Shortcut(Shortcut::Undo));
    assert!(state.file(1).unwrap().done.is_empty());
    // Not after something newer.
    user(&mut state, Command::Close(2));
    state.update(Message::Shortcut(Shortcut::Redo));
    state.update(Message::Shortcut(Shortcut::Undo));
    assert_eq!((state.files.len(), state.removed_files().unwrap().0), (1, 1));
}

#[test]
fn of_many_removed_files_those_with_work_in_them_are_kept() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    user(&mut state, Command::Apply(1));
    remove(&mut state, 1);
    let mut released = Vec::new();
    for file in 2..40 {
        open_too(&mut state, file, audit(Vec::new()));
        released.extend(
            user(&mut state, Command::Close(file))
                .into_iter()
                .filter(|effect| matches!(effect, Effect::Release(_))),
        );
    }
    assert_eq!(released.first(), Some(&Effect::Release(2)));
    assert_eq!(state.removed_files().unwrap().0, MOST_REMOVED);
    assert!(state.unsaved());
}

#[test]
fn a_block_of_cells_is_not_put_into_one() {
    for (before, after, taken) in [
        ("", "600", Some("600")),
        // A cell is copied with the end of its line.
        ("", "600\r\n", Some("600")),
        ("约项", "约600\n项", Some("约600项")),
        ("第一行\n第二行", "第一行\n第二", Some("第一行\n第二")),
        ("", "600\t300", None),
        ("", "600\n300\n", None),
        ("旧", "旧1\t2", None),
    ] {
        assert_eq!(one_cell(before, after).as_deref(), taken, "{after:?}");
    }
    let mut state = opened(Vec::new());
    user(&mut state, Command::Cell(4, 2));
    user(&mut state, Command::Typed("600\t300".to_owned()));
    assert_eq!(state.notices.list.last().unwrap().text, text::ONE_CELL);
    assert!(sent(&user(&mut state, Command::Key(SheetKey::Enter(1)))).is_empty());
}

#[test]
fn what_is_being_written_is_asked_for_before_the_page_is_left() {
    let mut state = opened(vec![finding(1, (4, 2), None), finding(2, (5, 2), None)]);
    user(&mut state, Command::Explain(1));
    assert!(user(&mut state, Command::Explaining("新建".to_owned())).contains(&Effect::Guard(Guard::On)));
    // Left for another, closed, or looked at from another file: nothing is lost.
    user(&mut state, Command::Explain(2));
    assert_eq!(state.findings.draft.as_ref().unwrap().text, "");
    user(&mut state, Command::LeaveExplanation);
    assert_eq!((state.findings.draft.is_none(), state.findings.kept.len()), (true, 1));
    user(&mut state, Command::Explain(1));
    assert_eq!(state.findings.draft.as_ref().unwrap().text, "新建");
    assert!(user(&mut state, Command::DropExplanation).contains(&Effect::Guard(Guard::Off)));
    user(&mut state, Command::Cell(4, 2));
    assert!(user(&mut state, Command::Typed("6".to_owned())).contains(&Effect::Guard(Guard::On)));
    assert!(user(&mut state, Command::Key(SheetKey::Cancel)).contains(&Effect::Guard(Guard::Off)));
}

#[test]
fn an_explanation_has_words() {
    for text in
        ["600项", "#NAME?", "60.0%", "1", "１２", "=DISPIMG(\"ID_1\",1)", "＝A1", "/", "无", "暂无。", " "]
    {
        assert!(!findings::says_something(text), "{text}");
    }
    for text in ["新建两家平台", "较上期增加 3 家", "Q4 delivery"] {
        assert!(findings::says_something(text), "{text}");
    }
    let mut state = opened(vec![finding(1, (4, 2), None)]);
    user(&mut state, Command::Explain(1));
    user(&mut state, Command::Explaining("60.0%".to_owned()));
    assert!(sent(&user(&mut state, Command::SaveExplanation)).is_empty());
    assert_eq!(state.notices.list.last().unwrap().text, text::EXPLAIN_IN_WORDS);
    assert_eq!(state.findings.draft.as_ref().unwrap().text, "60.0%");
}

#[test]
fn the_focus_follows_to_the_next_open_finding() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    let effects = answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![safe(1, (5, 2))]) });
    assert_eq!(effects.last(), Some(&Effect::Refocus(text::card_main_id(1))));
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    let effects = answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    assert_eq!(effects.last(), Some(&Effect::Refocus(LIST.to_owned())));
}

#[test]
fn the_next_finding_after_the_last_of_a_file_is_the_first_of_the_next_file() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    open_too(&mut state, 2, audit(Vec::new()));
    open_too(&mut state, 3, audit(vec![safe(7, (5, 2)), safe(8, (6, 2))]));
    user(&mut state, Command::Select(1));
    let mut at = |by: Command| {
        user(&mut state, by);
        (state.selected, state.findings.selected)
    };
    assert_eq!(at(Command::Next), (Some(1), Some(1)));
    // The clean file is passed over.
    assert_eq!(at(Command::Next), (Some(3), Some(7)));
    assert_eq!(at(Command::Next), (Some(3), Some(8)));
    assert_eq!(at(Command::Next), (Some(1), Some(1)));
    assert_eq!(at(Command::Previous), (Some(3), Some(8)));
}

/// Seconds pass; the effects of the last.
fn seconds(state: &mut State, count: u32) -> Vec<Effect> {
    (0..count).map(|_| state.update(Message::Second)).last().unwrap_or_default()
}

/// Answers what was asked of the engine, as far as it matters here.
fn settle(state: &mut State) {
    state.engine.pending.clear();
}

#[test]
fn an_engine_that_takes_nothing_up_is_replaced_and_asked_again() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    settle(&mut state);
    assert!(seconds(&mut state, 1000).is_empty(), "nothing is asked of it");
    user(&mut state, Command::Save);
    assert!(seconds(&mut state, alive::IDLE - 1).is_empty());
    let effects = seconds(&mut state, 1);
    assert!(effects.contains(&Effect::StartEngine));
    let (open, request) = sent(&effects).pop().unwrap();
    assert!(matches!(request, Request::Open { file: 1, changes, .. } if changes.len() == 1));
    // No file is to blame.
    assert_eq!(state.file(1).unwrap().breakdowns, 0);
    assert!(state.changes.saving);
    let effects = answer(
        &mut state,
        open,
        Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: audit(Vec::new()) },
    );
    assert!(sent(&effects).iter().any(|(_, request)| matches!(request, Request::Save { file: 1, .. })));
}

#[test]
fn an_engine_at_a_long_job_is_left_alone_until_the_user_ends_it() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    state.update(Message::TakenUp(id));
    state.hello = Some(Shared::new(hello()));
    assert!(seconds(&mut state, hello().seconds - 1).is_empty());
    let said = state.notices.list.last().unwrap().clone();
    assert_eq!((said.text, said.offer), (text::slow(Some("1.xlsx"), alive::SLOW), Some(Offer::Restart)));
    let effects = user(&mut state, Command::Accept(Offer::Restart));
    assert!(effects.contains(&Effect::StartEngine));
    assert_eq!(state.file(1).unwrap().breakdowns, 1);
    // An answer ends the question.
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    state.update(Message::TakenUp(id));
    seconds(&mut state, alive::SLOW);
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    assert!(state.notices.list.is_empty());
}

#[test]
fn an_engine_that_is_too_long_at_a_file_is_ended_with_the_bound() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    state.hello = Some(Shared::new(hello()));
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    state.update(Message::TakenUp(id));
    let effects = seconds(&mut state, hello().seconds);
    assert!(effects.contains(&Effect::StartEngine));
    assert_eq!(state.notices.list.last().unwrap().text, text::took_too_long(Some("1.xlsx"), hello().seconds));
    // What concerns every file may take as long as all of them.
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"));
    open_too(&mut state, 2, return_of("成都市", "2019-06", "10"));
    state.hello = Some(Shared::new(hello()));
    let effects = user(&mut state, Command::Consolidate);
    let (id, _) = sent(&effects).pop().unwrap();
    state.update(Message::TakenUp(id));
    assert!(seconds(&mut state, 2 * hello().seconds - 1).is_empty());
    assert!(seconds(&mut state, 1).contains(&Effect::StartEngine));
}

#[test]
fn an_engine_that_never_answers_is_given_up_once() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    let starts = (0..1000).filter(|_| state.update(Message::Second).contains(&Effect::StartEngine)).count();
    assert_eq!(starts, usize::from(MOST_STARTS) - 1);
    assert_eq!(state.notices.list.last().unwrap().text, text::ENGINE_GONE);
}

#[test]
fn a_consolidation_is_outdated_when_its_returns_are_others() {
    let consolidated = || {
        let mut state = State::default();
        state.update(Message::Started(Release::default(), Display::default()));
        open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"));
        open_too(&mut state, 2, return_of("成都市", "2019-06", "10"));
        let effects = user(&mut state, Command::Consolidate);
        let (id, _) = sent(&effects).pop().unwrap();
        let summary = ConsolidationSummary {
            cities: Vec::new(),
            periods: Vec::new(),
            rules_off: Vec::new(),
            brief: Err(String::new()),
        };
        let document = Document { name: "汇总.xlsx".to_owned(), mime: String::new(), bytes: Vec::new() };
        answer(&mut state, id, Response::Consolidated { document, summary });
        assert!(!state.consolidation_is_outdated());
        state
    };
    let mut state = consolidated();
    state.do_step(1, vec![set(4, 2, "11")], Vec::new(), &mut Vec::new());
    assert!(state.consolidation_is_outdated());
    assert!(user(&mut state, Command::DownloadConsolidated).is_empty());
    // Taken back, it is right again.
    user(&mut state, Command::Select(1));
    user(&mut state, Command::Undo);
    assert!(!state.consolidation_is_outdated());

    let mut state = consolidated();
    user(&mut state, Command::Close(2));
    assert!(state.consolidation_is_outdated());

    let mut state = consolidated();
    open_too(&mut state, 3, return_of("德阳市", "2019-06", "30"));
    assert!(state.consolidation_is_outdated());
    // The return of another period concerns it only as far as it is held against this one.
    let mut state = consolidated();
    open_too(&mut state, 3, return_of("德阳市", "2018-12", "30"));
    assert!(!state.consolidation_is_outdated());
    open_too(&mut state, 4, return_of("绵阳市", "2018-12", "30"));
    assert!(state.consolidation_is_outdated());

    let mut state = consolidated();
    state.breakdown.in_force = Some(picked(9));
    assert!(state.consolidation_is_outdated());
}

#[test]
fn nothing_is_consolidated_while_files_are_being_read() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"));
    state.update(Message::Chosen(vec![picked(2)]));
    assert!(sent(&user(&mut state, Command::Consolidate)).is_empty());
    assert_eq!(state.notices.list.last().unwrap().text, text::STILL_READING);
}

#[test]
fn a_broken_engine_is_replaced_and_gets_every_file_with_its_changes() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    user(&mut state, Command::Save);
    let effects = state.update(Message::Broke("panicked at src/patch/mod.rs:7:9".to_owned()));
    assert!(effects.contains(&Effect::StartEngine));
    let (_, reopened) = sent(&effects).pop().unwrap();
    assert!(matches!(reopened, Request::Open { file: 1, changes, .. } if changes == [set(4, 2, "改")]));
    let notice = state.notices.list.last().unwrap();
    assert!(
        notice.text.contains("1.xlsx") && notice.detail.as_ref().unwrap().contains("src/patch/mod.rs:7:9")
    );
    assert!(!state.changes.saving);
}

#[test]
fn a_file_over_which_the_engine_breaks_twice_is_left_out_and_can_be_tried_again() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    answer(&mut state, 1, Response::Hello(hello()));
    state.update(Message::Chosen(vec![picked(1), picked(2)]));
    state.update(Message::Held(1));
    let effects = state.update(Message::Broke("trap".to_owned()));
    let (hello_id, _) = sent(&effects).first().cloned().unwrap();
    answer(&mut state, hello_id, Response::Hello(hello()));
    let effects = state.update(Message::Broke("trap".to_owned()));
    assert!(
        matches!(state.file(1).unwrap().standing(), Standing::Unreadable(why) if why == text::broke_twice())
    );
    assert!(effects.contains(&Effect::Read(2)));
    state.update(Message::NotRead(2, String::new()));
    let effects = user(&mut state, Command::Retry(1));
    assert!(matches!(sent(&effects).as_slice(), [(_, Request::Open { file: 1, .. })]));
}

#[test]
fn an_engine_that_never_starts_is_given_up_loudly() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    let starts = (0..5)
        .filter(|_| state.update(Message::Broke("CompileError".to_owned())).contains(&Effect::StartEngine))
        .count();
    assert_eq!(starts, usize::from(MOST_STARTS) - 1);
    assert_eq!(state.notices.list.last().unwrap().text, text::ENGINE_GONE);
}

#[test]
fn a_saved_copy_takes_the_guard_away_until_the_next_change() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    user(&mut state, Command::Apply(1));
    let effects = user(&mut state, Command::Save);
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
        explained: 0,
    };
    let effects = answer(
        &mut state,
        id,
        Response::Saved { file: 1, document: document.clone(), record: None, certificate },
    );
    assert!(effects.contains(&Effect::Download(document)) && effects.contains(&Effect::Guard(Guard::Off)));
    assert_eq!(state.card, Some(Card::Certificate(1)));
    assert!(user(&mut state, Command::Apply(2)).contains(&Effect::Guard(Guard::On)));
}

#[test]
fn a_change_that_the_engine_refuses_leaves_no_trace() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    answer(&mut state, id, Response::Failed { message: "改不了".to_owned() });
    assert!(state.selected_file().unwrap().done.is_empty());
    assert_eq!(state.notices.list.last().unwrap().text, "改不了");
}

#[test]
fn f8_goes_round_the_open_findings() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    for expected in [1, 2, 1] {
        state.update(Message::Shortcut(Shortcut::Next));
        assert_eq!(state.findings.selected, Some(expected));
    }
    state.update(Message::Shortcut(Shortcut::Previous));
    assert_eq!(state.findings.selected, Some(2));
}

#[test]
fn one_period_is_consolidated() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    state.update(Message::Chosen(vec![picked(1), picked(2)]));
    for (file, period) in [(1, "2018-12"), (2, "2019-06")] {
        let effects = state.update(Message::Held(file));
        let (id, _) = sent(&effects).pop().unwrap();
        let audit =
            Audit { form: Some("progress".to_owned()), period: Some(period.to_owned()), ..audit(Vec::new()) };
        answer(&mut state, id, Response::Opened { file, workbook: workbook("x"), audit });
    }
    assert_eq!(state.periods(), ["2019-06", "2018-12"]);
    let effects = user(&mut state, Command::Consolidate);
    let [(_, Request::Consolidate { files, periods, .. })] = &sent(&effects)[..] else {
        panic!("one request")
    };
    assert_eq!((files.as_slice(), periods), (&[2][..], &Periods::One("2019-06".to_owned())));
    // All of them in one workbook.
    let effects = {
        user(&mut state, Command::AllPeriods);
        user(&mut state, Command::Consolidate)
    };
    let [(_, Request::Consolidate { files, periods, .. })] = &sent(&effects)[..] else {
        panic!("one request")
    };
    assert_eq!((files.len(), periods), (2, &Periods::All));
    let effects = {
        user(&mut state, Command::Period("2018-12".to_owned()));
        user(&mut state, Command::Consolidate)
    };
    assert!(matches!(&sent(&effects)[..], [(_, Request::Consolidate { files, .. })] if files == &[1]));
}

#[test]
fn of_several_submissions_of_a_city_one_is_named() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"));
    open_too(&mut state, 2, return_of("绵阳市", "2019-06", "21"));
    open_too(&mut state, 3, return_of("成都市", "2019-06", "10"));
    let asked = |state: &mut State| {
        let effects = user(state, Command::Consolidate);
        let Some((_, Request::Consolidate { preferred, .. })) = sent(&effects).pop() else { panic!("asked") };
        preferred
    };
    assert!(asked(&mut state).is_empty());
    user(&mut state, Command::Prefer(1));
    assert_eq!(asked(&mut state), [1]);
    // Another one of the same city takes its place; one of another city does not.
    user(&mut state, Command::Prefer(2));
    user(&mut state, Command::Prefer(3));
    assert_eq!(asked(&mut state), [2, 3]);
    user(&mut state, Command::Prefer(2));
    assert_eq!(asked(&mut state), [3]);
    assert!(state.consolidation_is_outdated() || state.consolidation.progress == Consolidation::Working);
}

#[test]
fn a_city_is_passed_over_until_it_is_taken_again() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"));
    let cities = ["成都市", "绵阳市"].map(str::to_owned).to_vec();
    state.hello = Some(Shared::new(Hello { cities, ..hello() }));
    let asked = |state: &mut State| {
        let effects = user(state, Command::Consolidate);
        let Some((_, Request::Consolidate { choice, .. })) = sent(&effects).pop() else { panic!("asked") };
        choice
    };
    assert_eq!(asked(&mut state), Choice::default());
    user(&mut state, Command::PassOver("绵阳市".to_owned()));
    user(&mut state, Command::PassOver("天府市".to_owned()));
    user(&mut state, Command::SettledOnly);
    assert_eq!(asked(&mut state), Choice { without: vec!["绵阳市".to_owned()], settled: true });
    user(&mut state, Command::PassOver("绵阳市".to_owned()));
    assert!(state.consolidation_is_outdated());
    user(&mut state, Command::SettledOnly);
    assert_eq!(asked(&mut state), Choice::default());
}

fn four_cities() -> NewBreakdown {
    NewBreakdown {
        name: "四市.csv".to_owned(),
        sha256: "ab12".to_owned(),
        cities: vec!["天府市".to_owned()],
        indicators: 5,
        remarks: Vec::new(),
        changes: vec!["增加天府市".to_owned()],
    }
}

/// A page with one file read, and another breakdown that was read and compared.
fn proposed() -> State {
    let mut state = opened(vec![safe(1, (4, 2))]);
    assert_eq!(user(&mut state, Command::ChooseBreakdown), [Effect::ChooseBreakdown]);
    let effects =
        state.update(Message::BreakdownChosen(Picked { name: "四市.csv".to_owned(), ..picked(9) }));
    assert!(effects.contains(&Effect::Read(9)));
    assert_eq!(state.card, Some(Card::Breakdown));
    let (id, request) = sent(&state.update(Message::Held(9))).pop().unwrap();
    assert!(matches!(request, Request::ReadBreakdown { file: 9, .. }));
    answer(&mut state, id, Response::BreakdownRead(four_cities()));
    assert!(matches!(&state.breakdown.proposal, Some(Proposal::Ready(_, new)) if **new == four_cities()));
    state
}

#[test]
fn help_opens_and_closes_by_the_keys_and_is_what_is_printed() {
    let mut state = State::default();
    let press = |state: &mut State, key| state.update(Message::Shortcut(key));
    assert_eq!(press(&mut state, Shortcut::Help), [Effect::Focus(CARD)]);
    assert_eq!(state.card, Some(Card::Help));
    assert_eq!(press(&mut state, Shortcut::Print), [Effect::Print]);
    assert_eq!((state.paper, state.card), (Some(Sheets::Help), Some(Card::Help)));
    for closes in [Shortcut::Close, Shortcut::Help] {
        state.card = Some(Card::Help);
        assert_eq!(press(&mut state, closes), [Effect::FocusBack(EDITOR)]);
        assert_eq!(state.card, None);
    }
}

#[test]
fn another_breakdown_takes_effect_only_when_the_user_says_so() {
    let mut state = proposed();
    let effects = user(&mut state, Command::CloseCard);
    assert_eq!(effects, [Effect::FocusBack(EDITOR), Effect::Release(9)]);
    assert!(state.breakdown.in_force.is_none() && state.breakdown.proposal.is_none());

    let mut state = proposed();
    user(&mut state, Command::Apply(1));
    let requests: Vec<Request> =
        sent(&user(&mut state, Command::UseBreakdown)).into_iter().map(|(_, request)| request).collect();
    // In force first, then the files again with their changes.
    assert!(
        matches!(requests.as_slice(),
            [Request::UseBreakdown { file: 9, .. }, Request::Open { file: 1, changes, .. }]
            if changes == &[set(4, 2, "改")]),
        "{requests:?}"
    );
    assert_eq!(state.card, None);
    assert_eq!(state.breakdown.in_force.as_ref().unwrap().name, "四市.csv");
}

#[test]
fn the_official_breakdown_comes_back_in_one_step() {
    let mut state = proposed();
    let (id, _) = sent(&user(&mut state, Command::UseBreakdown)).first().cloned().unwrap();
    answer(&mut state, id, Response::Hello(Hello { breakdown: Some("四市.csv".to_owned()), ..hello() }));
    assert_eq!(state.hello.as_ref().unwrap().breakdown.as_deref(), Some("四市.csv"));
    let effects = user(&mut state, Command::UseOfficialBreakdown);
    assert!(effects.contains(&Effect::Release(9)));
    assert!(matches!(sent(&effects).first(), Some((_, Request::UseOfficialBreakdown))));
    assert!(state.breakdown.in_force.is_none());
}

#[test]
fn a_new_engine_gets_the_breakdown_before_the_files() {
    let mut state = proposed();
    let all = sent(&user(&mut state, Command::UseBreakdown));
    for (id, request) in all {
        let body = match request {
            Request::UseBreakdown { .. } => Response::Hello(hello()),
            _ => Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: audit(Vec::new()) },
        };
        answer(&mut state, id, body);
    }
    let requests: Vec<Request> = sent(&state.update(Message::Broke("trap".to_owned())))
        .into_iter()
        .map(|(_, request)| request)
        .collect();
    assert!(matches!(
        requests.as_slice(),
        [Request::Hello, Request::UseBreakdown { file: 9, .. }, Request::Open { file: 1, .. }]
    ));
}

#[test]
fn a_breakdown_over_which_the_engine_breaks_is_let_go() {
    let mut state = proposed();
    user(&mut state, Command::UseBreakdown);
    // The engine answers in order: what was asked before is answered.
    state.engine.pending.retain(|_, pending| matches!(pending, Pending::UseBreakdown | Pending::Open(_)));
    let effects = state.update(Message::Broke("trap".to_owned()));
    assert!(effects.contains(&Effect::Release(9)) && state.breakdown.in_force.is_none());
    assert!(!sent(&effects).iter().any(|(_, request)| matches!(request, Request::UseBreakdown { .. })));
    assert_eq!(state.notices.list.last().unwrap().text, text::BREAKDOWN_BROKE);
}

#[test]
fn a_file_that_is_no_breakdown_is_refused_with_the_reason() {
    let mut state = opened(Vec::new());
    state.update(Message::BreakdownChosen(Picked { held: true, ..picked(9) }));
    let id = *state.engine.pending.keys().next_back().unwrap();
    let effects = answer(&mut state, id, Response::Failed { message: "没有找到分解表的表头。".to_owned() });
    assert_eq!(effects, [Effect::Release(9)]);
    assert_eq!(
        state.breakdown.proposal,
        Some(Proposal::Refused("9.xlsx".to_owned(), "没有找到分解表的表头。".to_owned()))
    );
    // Nothing has changed, and the next choice starts anew.
    assert!(state.breakdown.in_force.is_none());
    state.update(Message::BreakdownChosen(picked(10)));
    state.update(Message::NotRead(10, "NotFoundError".to_owned()));
    assert!(
        matches!(&state.breakdown.proposal, Some(Proposal::Refused(_, why)) if why.contains("NotFoundError"))
    );
}

fn hello() -> Hello {
    Hello {
        version: String::new(),
        rules: Vec::new(),
        breakdown: None,
        breakdown_sha256: String::new(),
        indicators: Vec::new(),
        cities: Vec::new(),
        periods: vec!["2018-12".to_owned(), "2019-06".to_owned()],
        seconds: 300,
    }
}

/// A return as the engine understood it.
fn return_of(city: &str, period: &str, figure: &str) -> Audit {
    let report = Reported {
        city: city.to_owned(),
        period: period.to_owned(),
        file: format!("{city}{period}"),
        figures: vec![(1, Some(figure.to_owned()))],
    };
    Audit {
        form: Some("progress".to_owned()),
        city: Some(city.to_owned()),
        period: Some(period.to_owned()),
        plain_name: format!("{city}{period}"),
        reported: vec![report],
        submitted: vec![Submitted {
            city: city.to_owned(),
            period: period.to_owned(),
            figures: figure.to_owned(),
            ..Submitted::default()
        }],
        ..audit(Vec::new())
    }
}

/// Opens one more file; what the page asks on that.
fn open_too(state: &mut State, file: FileId, audit: Audit) -> Vec<Effect> {
    state.update(Message::Chosen(vec![picked(file)]));
    let effects = state.update(Message::Held(file));
    let (id, _) =
        sent(&effects).into_iter().find(|(_, request)| matches!(request, Request::Open { .. })).unwrap();
    answer(state, id, Response::Opened { file, workbook: workbook("x.xlsx"), audit })
}

/// The files to be audited anew among effects, with the periods that serve them.
fn rechecked(effects: &[Effect]) -> Vec<(FileId, Vec<String>)> {
    let of = |(_, request)| match request {
        Request::Recheck { file, beside } => {
            Some((file, beside.previous.into_iter().map(|report| report.period).collect()))
        }
        _ => None,
    };
    sent(effects).into_iter().filter_map(of).collect()
}

#[test]
fn earlier_returns_serve_exactly_the_later_ones_of_their_city() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    assert!(rechecked(&open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"))).is_empty());
    assert!(rechecked(&open_too(&mut state, 2, return_of("成都市", "2018-12", "10"))).is_empty());
    let effects = open_too(&mut state, 3, return_of("绵阳市", "2018-12", "10"));
    assert_eq!(rechecked(&effects), [(1, vec!["2018-12".to_owned()])]);
    // What comes back changes nothing for anybody: no further question.
    let (id, _) =
        sent(&effects).into_iter().find(|(_, request)| matches!(request, Request::Recheck { .. })).unwrap();
    assert!(
        rechecked(&answer(
            &mut state,
            id,
            Response::Audited { file: 1, audit: return_of("绵阳市", "2019-06", "20") }
        ))
        .is_empty()
    );
    // The earlier return is corrected: the later one hears of it.
    let effects = state.update(Message::User(Command::Select(3)));
    assert!(rechecked(&effects).is_empty());
    state.do_step(3, vec![set(4, 2, "11")], Vec::new(), &mut Vec::new());
    let request_id = state.file(3).unwrap().audit_request.unwrap();
    let effects = answer(
        &mut state,
        request_id,
        Response::Audited { file: 3, audit: return_of("绵阳市", "2018-12", "11") },
    );
    assert_eq!(rechecked(&effects).len(), 1);
    // It is put away: the later one stands alone again.
    assert_eq!(rechecked(&remove(&mut state, 3)), [(1, Vec::new())]);
}

/// What two hundred files dropped at once ask of the engine, each answered in turn.
#[test]
fn files_dropped_at_once_cost_two_requests_each_at_most() {
    const FILES: u32 = 200;
    let (cities, years) = (["成都市", "绵阳市", "德阳市"], 10);
    // The latest first, as a folder may have them: every one bears on those before it.
    let audit_of = |file: FileId| {
        let (city, half) = (cities[(file % 3) as usize], (FILES - file) / 3 % (years * 2));
        return_of(
            city,
            &format!("{}-{}", 2010 + half / 2, if half % 2 == 0 { "06" } else { "12" }),
            &half.to_string(),
        )
    };
    let mut state = State::default();
    let mut effects: VecDeque<Effect> =
        state.update(Message::Started(Release::default(), Display::default())).into();
    effects.extend(state.update(Message::Chosen((1..=FILES).map(picked).collect())));
    let mut requests = Vec::new();
    while let Some(effect) = effects.pop_front() {
        effects.extend(match effect {
            // One that cannot be read, the last one: the others are told of each other nonetheless.
            Effect::Read(FILES) => state.update(Message::NotRead(FILES, "x".to_owned())),
            Effect::Read(file) => state.update(Message::Held(file)),
            Effect::Send(Envelope { id, body }) => {
                let response = match &body {
                    Request::Open { file, .. } => {
                        Response::Opened { file: *file, workbook: workbook("x.xlsx"), audit: audit_of(*file) }
                    }
                    Request::Recheck { file, .. } => {
                        Response::Audited { file: *file, audit: audit_of(*file) }
                    }
                    Request::Window { file, sheet, first, last, .. } => Response::Window {
                        file: *file,
                        sheet: *sheet,
                        first: *first,
                        last: *last,
                        cells: Vec::new(),
                    },
                    _ => Response::Hello(hello()),
                };
                requests.push(body);
                answer(&mut state, id, response)
            }
            _ => Vec::new(),
        });
    }
    let count = |kind: fn(&Request) -> bool| requests.iter().filter(|request| kind(request)).count();
    let (opened, rechecked) = (
        count(|one| matches!(one, Request::Open { .. })),
        count(|one| matches!(one, Request::Recheck { .. })),
    );
    let files = FILES as usize;
    assert_eq!(opened, files - 1);
    assert!(rechecked <= files, "{rechecked} files audited again");
    assert!(requests.len() <= files * 2 + 5, "{} requests", requests.len());
    // And none is left without what bears on it.
    for file in &state.files {
        assert_eq!(file.beside, state.beside(file.id), "{}", file.name);
    }
    assert!(state.files.iter().filter(|file| !file.beside.previous.is_empty()).count() > files / 2);
}

#[test]
fn a_new_engine_is_told_of_the_others_with_the_file() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    open_too(&mut state, 1, return_of("绵阳市", "2018-12", "10"));
    open_too(&mut state, 2, return_of("绵阳市", "2019-06", "20"));
    user(&mut state, Command::Select(2));
    let effects = state.update(Message::Broke("x".to_owned()));
    let beside = sent(&effects).into_iter().find_map(|(_, request)| match request {
        Request::Open { file: 2, beside, .. } => Some(beside),
        _ => None,
    });
    assert_eq!(beside.unwrap().previous.len(), 1);
}

#[test]
fn a_summary_is_no_faulty_return() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    let summary = Audit {
        form: Some("summary".to_owned()),
        findings: vec![finding(1, (0, 0), None)],
        ..return_of("绵阳市", "2018-12", "10")
    };
    open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"));
    assert_eq!(rechecked(&open_too(&mut state, 2, summary)).len(), 1);
    assert_eq!(state.file(2).unwrap().standing(), Standing::Aside(text::USED_AS_PREVIOUS));
    assert!(state.file(2).unwrap().findings().is_empty());
}

fn list(plain_name: &str) -> FindingList {
    FindingList {
        plain_name: Some(plain_name.to_owned()),
        source: "清单.xlsx".to_owned(),
        ..FindingList::default()
    }
}

#[test]
fn a_list_of_findings_goes_to_the_file_it_is_about() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    open_too(&mut state, 1, return_of("绵阳市", "2019-06", "20"));
    open_too(&mut state, 2, return_of("成都市", "2019-06", "20"));
    let lists = Audit { form: None, lists: vec![list("成都市2019-06")], ..audit(Vec::new()) };
    let asked = sent(&open_too(&mut state, 3, lists));
    let told: Vec<FileId> = asked
        .iter()
        .filter_map(|(_, request)| match request {
            Request::Recheck { file, beside } if beside.list.is_some() => Some(*file),
            _ => None,
        })
        .collect();
    assert_eq!(told, [2]);
    assert_eq!(state.file(3).unwrap().standing(), Standing::Aside(text::USED_TO_RECONCILE));
}

#[test]
fn a_warning_is_explained_in_its_row_or_in_the_record_and_can_be_taken_back() {
    let row = Finding {
        explain_in: Some(ExplainIn { row: 4, column: 7, text: String::new() }),
        ..finding(1, (4, 2), None)
    };
    let whole = Finding { area: None, address: None, ..finding(2, (0, 0), None) };
    let mut state = opened(vec![row.clone(), whole.clone()]);
    user(&mut state, Command::Explain(1));
    // 无 is no answer; the draft stays.
    user(&mut state, Command::Explaining("无".to_owned()));
    assert!(sent(&user(&mut state, Command::SaveExplanation)).is_empty());
    assert!(state.findings.draft.is_some());
    user(&mut state, Command::Explaining(" 新建两家平台 ".to_owned()));
    let (id, changes) = change_request(&user(&mut state, Command::SaveExplanation));
    assert_eq!(
        changes[0].action,
        Action::Set { row: 4, column: 7, input: Input::Text("新建两家平台".to_owned()) }
    );
    assert_eq!(changes[0].rule.as_deref(), Some("情况说明"));
    let answered = Finding {
        answer: Some("新建两家平台".to_owned()),
        explain_in: Some(ExplainIn { row: 4, column: 7, text: "新建两家平台".to_owned() }),
        ..row
    };
    answer(
        &mut state,
        id,
        Response::Audited { file: 1, audit: audit(vec![answered.clone(), whole.clone()]) },
    );
    assert_eq!(state.file(1).unwrap().count(Tier::Warning), 1);
    assert!(matches!(
        findings::items(state.file(1).unwrap()).as_slice(),
        [Item::Answered(_), Item::Open { .. }]
    ));
    assert_eq!(state.findings.selected, Some(2), "the next open one");
    // What concerns the whole form goes into the record.
    user(&mut state, Command::Explain(2));
    user(&mut state, Command::Explaining("在实施期".to_owned()));
    let (_, changes) = change_request(&user(&mut state, Command::SaveExplanation));
    assert!(matches!(&changes[1].action, Action::Explain { finding }
            if finding.code == "Q001" && finding.answer.as_deref() == Some("在实施期")));
    assert!(state.file(1).unwrap().unsaved());
    let (_, changes) = change_request(&user(&mut state, Command::Undo));
    assert_eq!(changes.len(), 1);
    let (_, changes) = change_request(&user(&mut state, Command::TakeAnswerBack(1)));
    assert_eq!(changes[1].action, Action::Set { row: 4, column: 7, input: Input::Blank });
}

#[test]
fn errors_and_faults_of_writing_cannot_be_explained() {
    let error = Finding { tier: Tier::Error, ..finding(1, (4, 2), None) };
    let mut state = opened(vec![error, safe(2, (5, 2))]);
    for id in [1, 2] {
        user(&mut state, Command::Explain(id));
        assert!(state.findings.draft.is_none());
    }
}

/// A page with a file in which column D of the table was taken for nothing.
fn understood() -> State {
    let mut state = opened(Vec::new());
    let column = UnderstoodColumn { column: 3, role: None, why: String::new(), doubt: None, said: false };
    let table = Understood {
        sheet: 0,
        area: Area { top: 3, left: 0, bottom: 12, right: 4 },
        at: (4, 1),
        city: None,
        period: None,
        whose: None,
        columns: vec![column],
        rows: Vec::new(),
        roles: vec!["目标值".to_owned()],
    };
    let file = state.file_mut(1).unwrap();
    file.audit = Some(Shared::new(Audit { understood: vec![table], ..audit(Vec::new()) }));
    state
}

fn asking(state: &State) -> Option<Asked> {
    state.sheet.view.as_ref().and_then(|view| view.asking).map(|(what, _)| what)
}

#[test]
fn the_users_word_is_a_step_that_is_taken_back_and_told_to_a_new_engine() {
    let mut state = understood();
    let hint = Hint::Column { column: 3, role: Some("目标值".to_owned()) };
    user(&mut state, Command::Ask(Asked::Column(3)));
    let effects = user(&mut state, Command::Say(0, hint.clone()));
    assert_eq!(asking(&state), None);
    let says = |request: &Request| {
        let (Request::Change { changes, .. } | Request::Open { changes, .. }) = request else { return None };
        Some(changes.iter().map(|change| change.action.clone()).collect::<Vec<_>>())
    };
    let told = |effects: &[Effect]| sent(effects).iter().find_map(|(_, request)| says(request));
    assert_eq!(told(&effects), Some(vec![Action::Say(hint.clone())]));
    // Nothing of the file is changed by it: there is nothing to save and nothing to lose.
    let file = state.file(1).unwrap();
    assert!(!file.unsaved() && !file.corrected());
    assert_eq!((file.change_count(), file.said_count()), (0, 1));
    assert!(sent(&user(&mut state, Command::Save)).is_empty());
    // A new engine hears it with the file.
    let effects = state.update(Message::Broke("x".to_owned()));
    assert_eq!(told(&effects), Some(vec![Action::Say(hint)]));
    // While the file is not open again the word is taken back.
    user(&mut state, Command::Undo);
    assert_eq!(state.file(1).unwrap().said_count(), 0);
}

#[test]
fn what_is_asked_opens_by_mouse_and_key_and_gives_the_focus_back() {
    let mut state = understood();
    let effects = user(&mut state, Command::Ask(Asked::Column(3)));
    assert_eq!((asking(&state), effects), (Some(Asked::Column(3)), vec![Effect::Focus(ASKING)]));
    let effects = state.update(Message::Shortcut(Shortcut::Close));
    assert_eq!((asking(&state), effects), (None, vec![Effect::Refocus("column-3".to_owned())]));
    // With the key: of the column that the cursor is in.
    user(&mut state, Command::Cell(5, 3));
    user(&mut state, Command::Key(SheetKey::AskColumn));
    assert_eq!(asking(&state), Some(Asked::Column(3)));
    assert_eq!(state.update(Message::Shortcut(Shortcut::Close)), [Effect::Focus(EDITOR)]);
    // Where there is nothing to ask it is said.
    user(&mut state, Command::Key(SheetKey::AskRow));
    assert_eq!((asking(&state), state.notices.announcement.as_str()), (None, text::NOTHING_TO_ASK));
}

#[test]
fn panels_fold_and_widen_and_leave_the_sheet_its_share() {
    let mut state = State::default();
    state.sheet.viewport.width = 766.0;
    let arrange = |state: &mut State, what| state.update(Message::User(Command::Arrange(what)));
    arrange(&mut state, Arrange::Grab(Side::Files, 232.0));
    arrange(&mut state, Arrange::Drag(212.0));
    assert!(state.panels.is_held());
    arrange(&mut state, Arrange::LetGo);
    assert_eq!(state.panels.width(Side::Files), Some(212.0));
    arrange(&mut state, Arrange::Drag(900.0));
    assert_eq!(state.panels.width(Side::Files), Some(212.0), "nobody holds it");
    arrange(&mut state, Arrange::Widen(Side::Findings, 900.0));
    let both = 212.0 + state.panels.width(Side::Findings).unwrap();
    assert!((both - (766.0 + 212.0 + 368.0) * 0.45).abs() <= 1.0, "{both}");
    arrange(&mut state, Arrange::Fold(Side::Files));
    assert!(state.panels.is_folded(Side::Files) && !state.panels.is_folded(Side::Findings));
    let focus = arrange(&mut state, Arrange::Drawer);
    assert!(state.panels.drawer && focus.contains(&Effect::Focus("findings")));
    state.update(Message::Shortcut(Shortcut::Close));
    assert!(!state.panels.drawer);
}
