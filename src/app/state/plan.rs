//! 全部采用 before it is done: the engine says what it would change, and the user takes out what he does not want.

use super::engine::Pending;
use super::{Card, Effect, NoticeKind, State};
use crate::app::Shared;
use crate::app::file::mark;
use crate::app::findings::safe_count;
use crate::app::text;
use crate::worker::protocol::{FileId, Mark, Planned, Request};

/// The button that carries the plan out.
pub const CARRY_OUT: &str = "carry-out";
/// Where the button is that asked for it.
const BUTTONS: &str = "actions";

/// What would be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub file: FileId,
    /// The steps that were in force.
    serials: Vec<u32>,
    /// What the engine would do; nothing while it has not said.
    pub lines: Option<Shared<Vec<Planned>>>,
    /// What the user has taken out.
    pub left_out: Vec<Planned>,
    /// The engine is asked again, as what is left out may be in the way of something else.
    pub asked: bool,
}

impl Plan {
    /// All of it in the order of the sheet, each with whether it would be done.
    pub fn all(&self) -> Vec<(&Planned, bool)> {
        let done = self.lines.iter().flat_map(|lines| lines.iter()).map(|line| (line, true));
        let mut all: Vec<(&Planned, bool)> =
            done.chain(self.left_out.iter().map(|line| (line, false))).collect();
        all.sort_by_key(|(line, _)| {
            (line.finding.sheet, line.finding.area.map(|area| (area.top, area.left)))
        });
        all
    }

    /// How many findings it settles.
    pub fn count(&self) -> usize {
        self.lines.as_ref().map_or(0, |lines| lines.len())
    }

    fn marks_left_out(&self) -> Vec<Mark> {
        self.left_out.iter().map(|line| mark(&line.finding)).collect()
    }
}

impl State {
    /// Asks what 全部采用 would do and lays it over the page.
    pub(super) fn plan_safe(&mut self, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        if file.audit_request.is_some() {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        }
        if safe_count(file) == 0 {
            return self.tell(NoticeKind::Said, text::NOTHING_SAFE.to_owned(), None);
        }
        let (file, serials) = (file.id, file.serials());
        self.forget_said();
        self.changes.plan = Some(Plan { file, serials, lines: None, left_out: Vec::new(), asked: false });
        self.card = Some(Card::Plan);
        effects.push(Effect::Focus(super::CARD));
        self.ask_plan(file, effects);
    }

    /// Asks for the plan of a file, if it is on the screen; an answer that is still to come is not wanted any more.
    pub(super) fn ask_plan(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        let Some(plan) = self.changes.plan.as_mut().filter(|plan| plan.file == id) else { return };
        plan.asked = true;
        let left_out = plan.marks_left_out();
        let Some(file) = self.file(id).filter(|file| file.sent_steps.is_some()) else { return };
        let put_away = file.ignored.iter().cloned().collect();
        self.engine.pending.retain(|_, pending| !matches!(pending, Pending::PlanSafe(_)));
        self.send(Request::PlanSafe { file: id, put_away, left_out }, Pending::PlanSafe(id), effects);
    }

    /// The engine has said what it would do.
    pub(super) fn planned(&mut self, id: FileId, lines: Vec<Planned>, effects: &mut Vec<Effect>) {
        let Some(plan) = self.changes.plan.as_mut().filter(|plan| plan.file == id) else { return };
        plan.asked = false;
        let is_first = plan.lines.replace(Shared::new(lines)).is_none();
        self.notices.announcement = text::planned(plan.count());
        if is_first {
            effects.push(Effect::Focus(CARRY_OUT));
        }
    }

    /// Takes a line out of the plan, or puts it back.
    pub(super) fn leave_out(&mut self, one: &Mark, effects: &mut Vec<Effect>) {
        let Some(plan) = self.changes.plan.as_mut() else { return };
        let Some(lines) = plan.lines.as_mut().map(Shared::make_mut) else { return };
        let is_it = |line: &Planned| mark(&line.finding) == *one;
        let (from, to) = if lines.iter().any(is_it) {
            (&mut *lines, &mut plan.left_out)
        } else {
            (&mut plan.left_out, &mut *lines)
        };
        if let Some(at) = from.iter().position(is_it) {
            to.push(from.remove(at));
        }
        let file = plan.file;
        self.ask_plan(file, effects);
    }

    /// Closes the plan; what was left out of it for a file.
    pub(super) fn take_plan(&mut self, id: FileId) -> Vec<Mark> {
        let plan = self.changes.plan.take().filter(|plan| plan.file == id);
        if self.card == Some(Card::Plan) {
            self.card = None;
        }
        plan.map(|plan| plan.marks_left_out()).unwrap_or_default()
    }

    /// A plan is for what was in force when it was made: with anything else it goes.
    pub(super) fn let_plan_go(&mut self, effects: &mut Vec<Effect>) {
        let Some(plan) = &self.changes.plan else { return };
        let holds = self.card == Some(Card::Plan)
            && self.selected == Some(plan.file)
            && self.file(plan.file).is_some_and(|file| file.serials() == plan.serials);
        if !holds {
            let file = plan.file;
            self.take_plan(file);
            effects.push(Effect::Refocus(BUTTONS.to_owned()));
        }
    }
}
