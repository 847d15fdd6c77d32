//! Rules that the user switches off, each for a reason, and on again. Every file is then audited again.

use super::{Effect, Place, State};
use crate::app::findings::{Sift, says_something};
use crate::app::text;
use crate::worker::protocol::{FileId, Hello, RuleOff};

impl State {
    /// Switches a rule off; without a reason it stays on.
    pub(super) fn switch_off(&mut self, code: String, reason: &str, effects: &mut Vec<Effect>) {
        let reason = reason.trim();
        if !says_something(reason) || !self.hello.as_ref().is_some_and(|hello| may_be_off(hello, &code)) {
            return;
        }
        self.notices.announcement = text::switched_off(&code);
        // What nobody says any more would leave an empty list.
        if self.findings.filter.rule.as_ref() == Some(&code) {
            self.sift(Sift::Rule(None), effects);
        }
        self.rules_off.retain(|off| off.code != code);
        self.rules_off.push(RuleOff { code, reason: reason.to_owned() });
        self.recheck_affected(effects);
    }

    /// Switches a rule on again.
    pub(super) fn switch_on(&mut self, code: &str, effects: &mut Vec<Effect>) {
        self.rules_off.retain(|off| off.code != code);
        self.notices.announcement = text::switched_on(code);
        self.recheck_affected(effects);
    }

    /// What work from elsewhere has switched off; another version may not allow all of it.
    pub(super) fn take_rules_off(&mut self, off: &[RuleOff]) {
        let allowed = |off: &&RuleOff| {
            says_something(&off.reason)
                && self.hello.as_ref().is_none_or(|hello| may_be_off(hello, &off.code))
        };
        self.rules_off = off.iter().filter(allowed).cloned().collect();
    }

    /// Shows the findings of a rule in a file.
    pub(super) fn show_rule(&mut self, file: FileId, code: String, effects: &mut Vec<Effect>) {
        self.go(Place::Check);
        self.select(file, effects);
        self.sift(Sift::Rule(Some(code)), effects);
    }
}

fn may_be_off(hello: &Hello, code: &str) -> bool {
    hello.rules.iter().any(|rule| rule.code == code && rule.stays_on.is_none())
}
