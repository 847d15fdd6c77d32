//! The list of findings as a worklist: what of it is shown, 全部采用 before it is done, the original beside it.

use super::*;
use crate::app::findings::{Choices, Filter, Line, Outcome, Sift, items, lines};
use crate::worker::protocol::{FindingGroup, Planned, Version};

fn of(code: &str, city: &str, finding: Finding) -> Finding {
    Finding { code: code.to_owned(), city: Some(city.to_owned()), ..finding }
}

fn mixed() -> Vec<Finding> {
    vec![
        of("Q001", "成都市", safe(1, (4, 2))),
        of("Q002", "成都市", finding(2, (5, 2), None)),
        of("Q002", "绵阳市", finding(3, (5, 3), None)),
        of("N001", "绵阳市", notice(4, (6, 3))),
    ]
}

fn choices(state: &State) -> Choices {
    Choices::of(&items(state.selected_file().unwrap()), &state.findings.filter)
}

fn selected_code(state: &State) -> Option<String> {
    let file = state.selected_file()?;
    file.finding(state.findings.selected?)?.address.clone()
}

#[test]
fn filters_count_what_they_leave_and_go_with_each_other() {
    let mut state = opened(mixed());
    let counted = |list: &[(String, usize)]| -> Vec<String> {
        list.iter().map(|(name, count)| format!("{name} {count}")).collect()
    };
    let all = choices(&state);
    assert_eq!(counted(&all.rules), ["N001 1", "Q001 1", "Q002 2"]);
    assert_eq!(counted(&all.cities), ["成都市 2", "绵阳市 2"]);
    assert_eq!(all.outcomes, [(Outcome::Open, 4)], "there is nothing to choose yet");
    user(&mut state, Command::Sift(Sift::City(Some("绵阳市".to_owned()))));
    let of_city = choices(&state);
    assert_eq!(counted(&of_city.rules), ["N001 1", "Q002 1"]);
    assert_eq!(counted(&of_city.cities), ["成都市 2", "绵阳市 2"]);
    assert_eq!(of_city.tiers.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [2, 0, 1, 1]);
    // What is put away is another state, and what is chosen stays to be taken back.
    user(&mut state, Command::Ignore(4));
    assert_eq!(choices(&state).outcomes, [(Outcome::Open, 1), (Outcome::PutAway, 1)]);
    user(&mut state, Command::Sift(Sift::Rule(Some("N001".to_owned()))));
    assert!(choices(&state).rules.contains(&("N001".to_owned(), 0)));
    user(&mut state, Command::Sift(Sift::Off));
    assert_eq!(state.findings.filter, Filter::default());
}

#[test]
fn f8_goes_through_what_is_shown() {
    let mut state = opened(mixed());
    user(&mut state, Command::Sift(Sift::Rule(Some("Q002".to_owned()))));
    let went: Vec<Option<String>> = (0..3)
        .map(|_| {
            state.update(Message::Shortcut(Shortcut::Next));
            selected_code(&state)
        })
        .collect();
    let place = |text: &str| Some(text.to_owned());
    assert_eq!(went, [place("C6"), place("D6"), place("C6")]);
    // Of what is done it goes through what was done.
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    let left = mixed().into_iter().skip(1).collect();
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(left) });
    user(&mut state, Command::Sift(Sift::Off));
    user(&mut state, Command::Sift(Sift::Outcome(Some(Outcome::Changed))));
    state.update(Message::Shortcut(Shortcut::Next));
    assert_eq!(state.sheet.view.as_ref().unwrap().cursor, (4, 2));
    assert_eq!(state.findings.settled.map(|(_, id)| id), Some(1));
}

#[test]
fn a_filter_goes_along_to_the_next_file() {
    let mut state = opened(mixed());
    state.update(Message::Chosen(vec![picked(2)]));
    let (id, _) = sent(&state.update(Message::Held(2))).pop().unwrap();
    let found = audit(vec![
        of("Q001", "成都市", finding(1, (4, 2), None)),
        of("Q002", "成都市", finding(2, (7, 2), None)),
    ]);
    answer(&mut state, id, Response::Opened { file: 2, workbook: workbook("2.xlsx"), audit: found });
    let rule = Sift::Rule(Some("Q002".to_owned()));
    user(&mut state, Command::Sift(rule));
    for _ in 0..3 {
        state.update(Message::Shortcut(Shortcut::Next));
    }
    assert_eq!((state.selected, selected_code(&state).as_deref()), (Some(2), Some("C8")));
    assert_eq!(state.findings.filter.rule.as_deref(), Some("Q002"));
}

#[test]
fn findings_told_as_one_name_only_those_that_are_shown() {
    let mut state = opened(vec![notice(1, (4, 2)), notice(2, (5, 2)), notice(3, (6, 2))]);
    let mut found = audit(state.selected_file().unwrap().findings().to_vec());
    found.groups =
        vec![FindingGroup {
            title: "写法".to_owned(), places: "C5:C7".to_owned(), findings: vec![1, 2, 3]
        }];
    state.file_mut(1).unwrap().audit = Some(Shared::new(found));
    let places = |state: &State| {
        let file = state.selected_file().unwrap();
        lines(file, items(file)).into_iter().find_map(|line| match line {
            Line::Several { places, items, .. } => Some((places, items.len())),
            Line::One(_) => None,
        })
    };
    assert_eq!(places(&state), Some(("C5:C7".to_owned(), 3)));
    user(&mut state, Command::Ignore(2));
    assert_eq!(places(&state), Some(("C5、C7".to_owned(), 2)));
}

/// The only request for a plan among effects: its number and what is left out.
fn plan_request(effects: &[Effect]) -> (u32, Vec<Mark>) {
    let found = sent(effects).into_iter().find_map(|(id, body)| match body {
        Request::PlanSafe { left_out, .. } => Some((id, left_out)),
        _ => None,
    });
    found.expect("a request for the plan")
}

fn plan_of(findings: &[Finding]) -> Response {
    let line = |finding: &Finding| Planned {
        finding: finding.clone(),
        changes: finding
            .fix
            .iter()
            .flat_map(|fix| &fix.changes)
            .map(|one| (one.clone(), "原".to_owned()))
            .collect(),
    };
    Response::SafePlan { file: 1, lines: findings.iter().map(line).collect() }
}

#[test]
fn all_safe_fixes_are_shown_before_and_one_is_left_out() {
    let (first, second) = (safe(1, (4, 2)), safe(2, (5, 2)));
    let mut state = opened(vec![first.clone(), second.clone()]);
    let effects = user(&mut state, Command::PlanSafe);
    assert_eq!(state.card, Some(Card::Plan));
    assert!(state.selected_file().unwrap().done.is_empty());
    let (id, left_out) = plan_request(&effects);
    assert!(left_out.is_empty());
    let effects = answer(&mut state, id, plan_of(&[first.clone(), second.clone()]));
    assert!(effects.contains(&Effect::Focus(CARRY_OUT)));
    assert_eq!(state.changes.plan.as_ref().unwrap().count(), 2);
    // Taken out and put back and taken out: only the last question counts.
    let (old, _) = plan_request(&user(&mut state, Command::LeaveOut(mark(&first))));
    user(&mut state, Command::LeaveOut(mark(&first)));
    let (id, left_out) = plan_request(&user(&mut state, Command::LeaveOut(mark(&first))));
    assert_eq!(left_out, [mark(&first)]);
    answer(&mut state, old, plan_of(&[]));
    assert!(state.changes.plan.as_ref().unwrap().asked);
    answer(&mut state, id, plan_of(std::slice::from_ref(&second)));
    let plan = state.changes.plan.as_ref().unwrap();
    let told: Vec<bool> = plan.all().into_iter().map(|(_, done)| done).collect();
    assert_eq!((plan.count(), told), (1, vec![false, true]));
    // Done as it was shown, in one step.
    let asked = sent(&user(&mut state, Command::ApplySafe));
    let [(id, Request::ApplySafe { left_out, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((left_out.as_slice(), state.card), (&[mark(&first)][..], None));
    let id = *id;
    answer(&mut state, id, applied_safe(vec![second], vec![first]));
    assert_eq!(state.selected_file().unwrap().done.len(), 1);
    let (_, changes) = change_request(&user(&mut state, Command::Undo));
    assert!(changes.is_empty());
}

#[test]
fn a_plan_goes_with_what_it_was_made_for() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let (id, _) = plan_request(&user(&mut state, Command::PlanSafe));
    user(&mut state, Command::CloseCard);
    assert_eq!(state.changes.plan, None);
    answer(&mut state, id, plan_of(&[safe(1, (4, 2))]));
    assert_eq!((state.changes.plan.is_none(), state.card), (true, None));
    // Something else is done meanwhile.
    user(&mut state, Command::PlanSafe);
    user(&mut state, Command::Apply(1));
    assert_eq!((state.changes.plan.is_none(), state.card), (true, None));
    // Another engine is asked again.
    let mut state = opened(vec![safe(1, (4, 2))]);
    user(&mut state, Command::PlanSafe);
    let effects = state.update(Message::Broke("trap".to_owned()));
    let (id, _) = sent(&effects).pop().unwrap();
    let found = audit(vec![safe(1, (4, 2))]);
    let opened = Response::Opened { file: 1, workbook: workbook("1.xlsx"), audit: found };
    let (id, _) = plan_request(&answer(&mut state, id, opened));
    answer(&mut state, id, plan_of(&[safe(1, (4, 2))]));
    assert_eq!(state.changes.plan.as_ref().unwrap().count(), 1);
}

#[test]
fn the_original_is_shown_and_stays_as_it_is() {
    let mut state = opened(vec![safe(1, (4, 2)), finding(2, (5, 2), None)]);
    user(&mut state, Command::Version(Version::Original));
    assert_eq!(state.version(), Version::Corrected, "there is nothing to compare");
    let (id, _) = change_request(&user(&mut state, Command::Apply(1)));
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(vec![finding(1, (5, 2), None)]) });
    let effects = user(&mut state, Command::Version(Version::Original));
    let asked = sent(&effects);
    assert!(
        matches!(asked.as_slice(), [(_, Request::Window { version: Version::Original, .. })]),
        "{asked:?}"
    );
    for edit in [
        Command::Typed("9".to_owned()),
        Command::EditCell(4, 2),
        Command::Key(SheetKey::Clear),
        Command::Paste(Clipboard { text: "1\t2".to_owned(), ..Clipboard::default() }),
    ] {
        assert!(sent(&user(&mut state, edit.clone())).is_empty(), "{edit:?}");
        assert_eq!(state.notices.list.last().unwrap().text, text::original_stays());
    }
    assert_eq!(state.selected_file().unwrap().done.len(), 1);
    assert_eq!(state.sheet.view.as_ref().unwrap().editing, None);
    // What is found is found in the corrected sheet, and what is done is to be seen.
    state.update(Message::Shortcut(Shortcut::Next));
    assert_eq!(state.version(), Version::Corrected);
    user(&mut state, Command::Version(Version::Original));
    user(&mut state, Command::Undo);
    assert_eq!(state.version(), Version::Corrected);
}

#[test]
fn what_was_undone_says_so_until_something_else_is_done_about_it() {
    let taken_back = |state: &State| -> Vec<String> {
        let list = items(state.selected_file().unwrap());
        let undone = list.iter().filter(|item| matches!(item, Item::Open { taken_back: true, .. }));
        undone.filter_map(|item| item.finding().address.clone()).collect()
    };
    let both = || audit(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    let mut state = opened(both().findings);
    let done = |state: &mut State, what: Command, audit: Audit| {
        let (id, _) = change_request(&user(state, what));
        answer(state, id, Response::Audited { file: 1, audit });
    };
    done(&mut state, Command::Apply(1), audit(vec![safe(1, (5, 2))]));
    assert!(taken_back(&state).is_empty());
    done(&mut state, Command::Undo, both());
    assert_eq!(taken_back(&state), ["C5"]);
    done(&mut state, Command::Redo, audit(vec![safe(1, (5, 2))]));
    done(&mut state, Command::Undo, both());
    // Another thing is done elsewhere: it still says so.
    done(&mut state, Command::Apply(2), audit(vec![safe(1, (4, 2))]));
    assert_eq!(taken_back(&state), ["C5"]);
    // And so it does in a file of 保存进度.
    let progress = state.progress();
    assert_eq!(progress.files[0].taken_back.len(), 1);
    let mut fresh = State::default();
    fresh.update(Message::Returned(Box::new(progress), vec![picked(1)]));
    assert_eq!(fresh.file(1).unwrap().taken_back, state.file(1).unwrap().taken_back);
    // Done after all, and taken back out of its order.
    done(&mut state, Command::Apply(1), audit(Vec::new()));
    let first = state.selected_file().unwrap().done.first().unwrap().serial;
    done(&mut state, Command::TakeBack(first), audit(vec![safe(2, (5, 2))]));
    assert_eq!(taken_back(&state), ["C6"]);
}

#[test]
fn what_was_said_of_a_step_goes_when_it_is_taken_back_or_done_again() {
    let mut state = opened(vec![safe(1, (4, 2))]);
    user(&mut state, Command::Apply(1));
    for command in [Command::Undo, Command::Redo] {
        state.tell(NoticeKind::Said, "采用了 1 条稳妥修改".to_owned(), None);
        user(&mut state, command);
        assert_eq!(state.notices.list, []);
    }
}

#[test]
fn the_focus_goes_along_from_finding_to_finding_and_the_sheet_comes_into_view() {
    let mut state = opened(vec![notice(1, (4, 2)), notice(2, (5, 2))]);
    user(&mut state, Command::Next);
    let effects = user(&mut state, Command::Next);
    assert_eq!(state.findings.selected, Some(2));
    assert!(effects.contains(&Effect::FocusAlong(text::card_main_id(2))));
    assert!(effects.contains(&Effect::Reveal(SHEET.to_owned())));
}

#[test]
fn what_is_taken_up_again_is_where_the_user_is() {
    let mut state = opened(vec![notice(1, (4, 2)), notice(2, (5, 2))]);
    user(&mut state, Command::Ignore(1));
    let effects = user(&mut state, Command::TakeUp(1));
    assert_eq!(state.findings.selected, Some(1));
    assert!(effects.contains(&Effect::Refocus(text::card_main_id(1))));
}
