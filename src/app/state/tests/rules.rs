//! Rules switched off: every file is audited again, and the reasons are kept with the work.

use super::*;
use crate::worker::protocol::{RuleInfo, RuleOff};

fn rule(code: &str, stays_on: Option<&str>) -> RuleInfo {
    RuleInfo {
        code: code.to_owned(),
        tier: Tier::Warning,
        title: String::new(),
        help: String::new(),
        sample: None,
        stays_on: stays_on.map(str::to_owned),
    }
}

/// A page with one file read, under two rules of which one cannot be switched off.
fn at_rules() -> State {
    let mut state = opened(vec![finding(1, (4, 2), None)]);
    let mut hello = hello();
    hello.rules = vec![rule("Q001", None), rule("B003", Some("错误级"))];
    state.hello = Some(Shared::new(hello));
    state
}

fn off(code: &str) -> RuleOff {
    RuleOff { code: code.to_owned(), reason: "口径另定".to_owned() }
}

fn switch_off(state: &mut State, code: &str, reason: &str) -> Vec<Effect> {
    user(state, Command::SwitchOff(code.to_owned(), reason.to_owned()))
}

/// What the engine is told of rules that are off, with the number of the request.
fn told(effects: &[Effect]) -> Option<(u32, Vec<RuleOff>)> {
    sent(effects).into_iter().find_map(|(id, request)| match request {
        Request::Recheck { beside, .. } | Request::Open { beside, .. } => Some((id, beside.off)),
        _ => None,
    })
}

#[test]
fn a_rule_is_switched_off_for_a_reason_and_every_file_audited_again() {
    let mut state = at_rules();
    for (code, reason) in [("Q001", " "), ("Q001", "无"), ("B003", "口径另定"), ("X999", "口径另定")]
    {
        assert!(sent(&switch_off(&mut state, code, reason)).is_empty(), "{code} {reason}");
        assert!(state.rules_off.is_empty());
    }
    let (id, said) = told(&switch_off(&mut state, "Q001", " 口径另定 ")).unwrap();
    assert_eq!(said, [off("Q001")]);
    answer(&mut state, id, Response::Audited { file: 1, audit: Audit { off: said, ..audit(Vec::new()) } });
    assert_eq!(state.file(1).unwrap().rules_off(), 1);
    // A file that comes later is audited so from the start.
    state.update(Message::Chosen(vec![picked(2)]));
    assert_eq!(told(&state.update(Message::Held(2))).unwrap().1, [off("Q001")]);
    let mut state = at_rules();
    switch_off(&mut state, "Q001", "口径另定");
    assert!(told(&user(&mut state, Command::SwitchOn("Q001".to_owned()))).unwrap().1.is_empty());
}

#[test]
fn what_is_switched_off_is_kept_with_the_work() {
    let mut state = at_rules();
    switch_off(&mut state, "Q001", "口径另定");
    let mut progress = state.progress();
    assert_eq!(progress.rules_off, [off("Q001")]);
    // Of another version may come what this one does not allow.
    progress.rules_off.push(off("B003"));
    let mut fresh = at_rules();
    fresh.take_rules_off(&progress.rules_off);
    assert_eq!(fresh.rules_off, [off("Q001")]);
    // The reasons alone are worth the browser's store.
    let mut effects = Vec::new();
    state.keeping.shelf.on = true;
    state.put_on_shelf(&mut effects);
    assert!(matches!(effects.as_slice(), [Effect::Shelf(Shelf::Put { .. })]));
}

#[test]
fn a_rule_leads_to_what_it_has_found() {
    let mut state = at_rules();
    user(&mut state, Command::Go(Place::Rules));
    user(&mut state, Command::ShowRule(1, "Q001".to_owned()));
    assert_eq!((state.place, state.selected), (Place::Check, Some(1)));
    assert_eq!(state.findings.filter.rule.as_deref(), Some("Q001"));
    // Switched off, it leaves no empty list behind.
    switch_off(&mut state, "Q001", "口径另定");
    assert_eq!(state.findings.filter.rule, None);
}
