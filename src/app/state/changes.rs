//! Changes done, taken back and done again; the corrected copy.

use super::engine::Pending;
use super::{Effect, NoticeKind, Plan, State};
use crate::app::Shared;
use crate::app::file::{File, Phase, Step, inserts_rows};
use crate::app::findings::{self, Filter};
use crate::app::geometry::address;
use crate::app::text;
use crate::worker::protocol::{Action, Audit, Change, FileId, Finding, Hint, Record, Request, Version};

/// What is done to files beside the steps that each file holds itself.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Changes {
    /// Whether the corrected copy gets a 校核记录; nothing while nobody has chosen.
    pub record: Option<Record>,
    pub saving: bool,
    /// What 全部采用 would do, while it is looked at.
    pub plan: Option<Plan>,
    /// The number of what was last done to a file, so that 撤销 knows whether a removal came after it.
    pub(super) acted: u32,
}

impl State {
    /// Does something that can be taken back as a whole.
    pub(super) fn do_step(
        &mut self,
        id: FileId,
        changes: Vec<Change>,
        settles: Vec<Finding>,
        effects: &mut Vec<Effect>,
    ) {
        self.forget_said();
        self.put_step(id, changes, settles);
        self.changed(id, effects);
    }

    fn put_step(&mut self, id: FileId, changes: Vec<Change>, settles: Vec<Finding>) {
        let serial = self.next();
        self.changes.acted = serial;
        let Some(file) = self.file_mut(id) else { return };
        // What was ignored at other addresses would be found again under a new one.
        if inserts_rows(&changes) {
            file.ignored.clear();
        }
        let step = Step { serial, changes, settles };
        file.done_about(&step);
        file.done.push(Shared::new(step));
        file.undone.clear();
    }

    /// Tells the engine the changes in force.
    pub(super) fn changed(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if let Some(view) = self.view_mut() {
            view.popover = false;
            // What was done is to be seen.
            view.version = Version::Corrected;
        }
        let Some(file) = self.file_mut(id) else { return };
        if file.sent_steps.is_none() {
            // The engine does not hold the file; opening it will bring the changes along.
            return;
        }
        file.sent_steps = Some(file.serials());
        let request = Request::Change { file: id, changes: file.changes() };
        let request_id = self.send_numbered(request, Pending::Change(id), effects);
        if let Some(file) = self.file_mut(id) {
            file.audit_request = Some(request_id);
        }
        if self.selected == Some(id) {
            self.refresh(effects);
        }
    }

    /// Begins 全部采用稳妥修改.
    pub(super) fn apply_safe(&mut self, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        if file.audit_request.is_some() {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        }
        if findings::safe_count(file) == 0 {
            return self.tell(NoticeKind::Said, text::NOTHING_SAFE.to_owned(), None);
        }
        let id = file.id;
        self.forget_said();
        let left_out = self.take_plan(id);
        if let Some(file) = self.file_mut(id) {
            file.sweeping = Some(left_out);
        }
        self.ask_safe(id, effects);
    }

    /// Asks for all safe fixes of a file where they are wanted; whether there is anything to wait for. What is done
    /// meanwhile goes ahead of them, and a lost engine takes nothing along: they are asked for again.
    pub(super) fn ask_safe(&mut self, id: FileId, effects: &mut Vec<Effect>) -> bool {
        let asked = |pending: &Pending| matches!(pending, Pending::ApplySafe { file, .. } if *file == id);
        if self.engine.pending.values().any(asked) {
            return false;
        }
        let Some(file) = self.file(id).filter(|file| file.sent_steps.is_some()) else { return false };
        let Some(left_out) = &file.sweeping else { return false };
        let (put_away, left_out) = (file.ignored.iter().cloned().collect(), left_out.clone());
        let request = Request::ApplySafe { file: id, put_away, left_out };
        let pending = Pending::ApplySafe { file: id, serials: file.serials() };
        let request_id = self.send_numbered(request, pending, effects);
        if let Some(file) = self.file_mut(id) {
            file.audit_request = Some(request_id);
        }
        true
    }

    /// All safe fixes are in force: one step, and it is said what was done. Not where something was done meanwhile:
    /// that alone is in force.
    pub(super) fn applied_safe(
        &mut self,
        request: u32,
        (id, serials): (FileId, &[u32]),
        (changes, settles): (Vec<Change>, Vec<Finding>),
        audit: Audit,
        effects: &mut Vec<Effect>,
    ) {
        let is_awaited = |file: &&mut File| file.sweeping.is_some() && file.serials() == serials;
        let Some(file) = self.file_mut(id).filter(is_awaited) else { return };
        file.sweeping = None;
        if file.audit_request == Some(request) {
            file.audit_request = None;
        }
        let count = settles.len();
        if !changes.is_empty() {
            self.put_step(id, changes, settles);
            if let Some(file) = self.file_mut(id) {
                file.sent_steps = Some(file.serials());
            }
            if self.selected == Some(id) {
                if let Some(view) = self.view_mut() {
                    view.popover = false;
                    view.version = Version::Corrected;
                }
                self.refresh(effects);
            }
        }
        self.take_audit(id, audit, effects);
        let rest = self.file(id).map_or(0, |file| findings::open(file, &Filter::default()).len());
        self.tell(NoticeKind::Said, text::applied_safe(count, rest), None);
    }

    /// Takes back what was done last, be it a step or a removal.
    pub(super) fn undo(&mut self, effects: &mut Vec<Effect>) {
        // A removal is taken back before what was done ahead of it.
        if let Some(removed) =
            self.removed.last().map(|removed| removed.serial).filter(|serial| *serial > self.changes.acted)
        {
            return self.restore(removed, effects);
        }
        // Not done yet, and not to be done.
        if self.call_off() {
            return;
        }
        self.changes.acted = self.next();
        let Some(file) = self.selected_mut() else { return };
        let id = file.id;
        // Not made yet, and not to be made: the engine goes back to what was in force.
        if file.sweeping.take().is_some() {
            return self.changed(id, effects);
        }
        let Some(step) = file.done.pop() else { return };
        let said = text::taken_back(step.changes.len());
        self.forget_said();
        self.go_to_step(&step, effects);
        if let Some(file) = self.file_mut(id) {
            file.taken_back.extend(file.marks_of(&step));
            file.undone.push(step);
        }
        self.notices.announcement = said;
        self.changed(id, effects);
    }

    /// Does again what was taken back last.
    pub(super) fn redo(&mut self, effects: &mut Vec<Effect>) {
        self.changes.acted = self.next();
        let Some(file) = self.selected_mut() else { return };
        let Some(step) = file.undone.pop() else { return };
        let id = file.id;
        let said = text::done_again(step.changes.len());
        self.forget_said();
        self.go_to_step(&step, effects);
        if let Some(file) = self.file_mut(id) {
            file.done_about(&step);
            file.done.push(step);
        }
        self.notices.announcement = said;
        self.changed(id, effects);
    }

    /// Takes back one step out of its order. Not past an inserted row: the addresses after it would be others.
    pub(super) fn take_back(&mut self, serial: u32, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_mut() else { return };
        let Some(at) = file.done.iter().position(|step| step.serial == serial) else { return };
        let is_last = at + 1 == file.done.len();
        let moves = file.done.iter().skip(at).any(|step| step.inserts_rows());
        if moves && !is_last {
            return self.tell(NoticeKind::Said, text::undo_in_order(), None);
        }
        let step = file.done.remove(at);
        file.sweeping = None;
        file.taken_back.extend(file.marks_of(&step));
        let id = file.id;
        self.forget_said();
        self.notices.announcement = text::taken_back(step.changes.len());
        if let Some(file) = self.file_mut(id) {
            file.undone.push(step);
        }
        self.changed(id, effects);
    }

    /// Puts the cursor where a step changes something.
    pub(super) fn go_to_step(&mut self, step: &Step, effects: &mut Vec<Effect>) {
        let Some(change) = step.changes.first() else { return };
        let (row, column) = match &change.action {
            Action::Set { row, column, .. } => (*row, *column),
            Action::InsertRow { row, cells } => (*row, cells.first().map_or(0, |(column, _)| *column)),
            Action::Say(Hint::Column { column, .. }) => {
                (self.sheet.view.as_ref().map_or(0, |view| view.cursor.0), *column)
            }
            Action::Say(Hint::Row { row, .. }) => {
                (*row, self.sheet.view.as_ref().map_or(0, |view| view.cursor.1))
            }
            // Nothing in the sheet.
            Action::Explain { .. } | Action::Say(_) => return,
        };
        if self.sheet.view.as_ref().is_some_and(|view| view.sheet != change.sheet) {
            self.show_sheet(change.sheet, effects);
        }
        self.put_cursor(row, column, effects);
    }

    /// Asks for the corrected copy of the selected file, where there is something to save.
    pub(super) fn save(&mut self, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        if file.written().is_empty() {
            return self.tell(NoticeKind::Said, text::NOTHING_CHANGED.to_owned(), None);
        }
        let Some(id) = self.selected_ready() else {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        };
        self.save_file(id, effects);
    }

    /// Asks for the corrected copy of a file.
    pub(super) fn save_file(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        self.changes.saving = false;
        let Some(serials) = self.file(id).filter(|file| file.phase == Phase::Open).map(|file| file.written())
        else {
            return;
        };
        let record = self.changes.record.unwrap_or(Record::None);
        self.changes.saving = true;
        self.send(Request::Save { file: id, record }, Pending::Save { file: id, serials }, effects);
    }
}

/// What a change does, in one line: where, and the new text.
pub fn change_line(change: &Change) -> (String, String) {
    match &change.action {
        Action::Set { row, column, input } => (address(*row, *column), findings::shown(input)),
        Action::InsertRow { row, .. } => (text::row_address(*row), text::ROW_INSERTED.to_owned()),
        Action::Explain { finding } => (
            finding.address.clone().unwrap_or_else(|| text::WHOLE_FILE.to_owned()),
            finding.answer.clone().unwrap_or_default(),
        ),
        Action::Say(hint) => said_line(hint),
    }
}

/// What the user said, in one line: of what, and what it is.
fn said_line(hint: &Hint) -> (String, String) {
    match hint {
        Hint::Column { column, role } => {
            (text::column_address(*column), role.clone().unwrap_or_else(|| text::NOT_NEEDED.to_owned()))
        }
        Hint::Row { row, word } => (text::row_address(*row), text::row_word(*word)),
        Hint::City { city, .. } => (text::CITY.to_owned(), city.clone()),
        Hint::Period { period, .. } => (text::PERIOD.to_owned(), text::period(period)),
    }
}
