//! Changes done, taken back and done again; the corrected copy.

use super::engine::Pending;
use super::{Effect, NoticeKind, State};
use crate::app::Shared;
use crate::app::file::{Phase, Step, inserts_rows};
use crate::app::findings::{self, safe_batch};
use crate::app::geometry::address;
use crate::app::text;
use crate::worker::protocol::{Action, Change, FileId, Finding, Record, Request};

/// “All safe fixes” stops after so many rounds of applying and auditing.
pub(super) const SWEEPS: u8 = 20;

/// What is done to files beside the steps that each file holds itself.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Changes {
    /// Whether the corrected copy gets a 校核记录; nothing while nobody has chosen.
    pub record: Option<Record>,
    pub saving: bool,
    /// The number of what was last done to a file, so that 撤销 knows whether a removal came after it.
    pub(super) acted: u32,
}

impl State {
    pub(super) fn do_step(
        &mut self,
        id: FileId,
        changes: Vec<Change>,
        settles: Vec<Finding>,
        effects: &mut Vec<Effect>,
    ) {
        let serial = self.next();
        self.forget_said();
        self.changes.acted = serial;
        let Some(file) = self.file_mut(id) else { return };
        // What was ignored at other addresses would be found again under a new one.
        if inserts_rows(&changes) {
            file.ignored.clear();
        }
        file.done.push(Shared::new(Step { serial, changes, settles }));
        file.undone.clear();
        self.changed(id, effects);
    }

    /// Tells the engine the changes in force.
    pub(super) fn changed(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if let Some(view) = self.view_mut() {
            view.popover = false;
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

    pub(super) fn apply_safe(&mut self, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        if file.audit_request.is_some() {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        }
        let (changes, settles) = safe_batch(file);
        if changes.is_empty() {
            return self.tell(NoticeKind::Said, text::NOTHING_SAFE.to_owned(), None);
        }
        let id = file.id;
        self.do_step(id, changes, settles, effects);
        if let Some(file) = self.file_mut(id) {
            file.sweep = SWEEPS;
        }
    }

    /// The next round of “all safe fixes” where one is under way; whether there is anything to wait for. At the end it
    /// is said what was done.
    pub(super) fn sweep_on(&mut self, id: FileId, effects: &mut Vec<Effect>) -> bool {
        let Some(file) = self.file_mut(id).filter(|file| file.sweep > 0) else { return false };
        file.sweep -= 1;
        let (changes, settles) = safe_batch(file);
        // A cell that a former round has set is not set again: two rules at odds must not chase each other.
        let again = file
            .done
            .last()
            .is_some_and(|step| changes.iter().any(|change| same_cell(&step.changes, change)));
        if !changes.is_empty() && !again {
            if let Some(step) = file.done.last_mut() {
                let step = step.make_mut();
                step.changes.extend(changes);
                step.settles.extend(settles);
            }
            let serial = self.next();
            if let Some(step) = self.file_mut(id).and_then(|file| file.done.last_mut()) {
                step.make_mut().serial = serial;
            }
            self.changed(id, effects);
            return true;
        }
        let count = file.done.last().map_or(0, |step| step.settles.len());
        file.sweep = 0;
        let rest = findings::open(file, None).len();
        self.tell(NoticeKind::Said, text::applied_safe(count, rest), None);
        false
    }

    pub(super) fn undo(&mut self, effects: &mut Vec<Effect>) {
        // A removal is taken back before what was done ahead of it.
        if let Some(removed) =
            self.removed.last().map(|removed| removed.serial).filter(|serial| *serial > self.changes.acted)
        {
            return self.restore(removed, effects);
        }
        self.changes.acted = self.next();
        let Some(file) = self.selected_mut() else { return };
        let Some(step) = file.done.pop() else { return };
        file.sweep = 0;
        let id = file.id;
        let said = text::taken_back(step.changes.len());
        self.go_to_step(&step, effects);
        if let Some(file) = self.file_mut(id) {
            file.undone.push(step);
        }
        self.notices.announcement = said;
        self.changed(id, effects);
    }

    pub(super) fn redo(&mut self, effects: &mut Vec<Effect>) {
        self.changes.acted = self.next();
        let Some(file) = self.selected_mut() else { return };
        let Some(step) = file.undone.pop() else { return };
        let id = file.id;
        let said = text::done_again(step.changes.len());
        self.go_to_step(&step, effects);
        if let Some(file) = self.file_mut(id) {
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
        file.sweep = 0;
        let id = file.id;
        self.notices.announcement = text::taken_back(step.changes.len());
        if let Some(file) = self.file_mut(id) {
            file.undone.push(step);
        }
        self.changed(id, effects);
    }

    pub(super) fn go_to_step(&mut self, step: &Step, effects: &mut Vec<Effect>) {
        let Some(change) = step.changes.first() else { return };
        let (row, column) = match &change.action {
            Action::Set { row, column, .. } => (*row, *column),
            Action::InsertRow { row, cells } => (*row, cells.first().map_or(0, |(column, _)| *column)),
            // Nothing in the sheet.
            Action::Explain { .. } => return,
        };
        if self.sheet.view.as_ref().is_some_and(|view| view.sheet != change.sheet) {
            self.show_sheet(change.sheet, effects);
        }
        self.put_cursor(row, column, effects);
    }

    pub(super) fn save(&mut self, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        if file.done.is_empty() {
            return self.tell(NoticeKind::Said, text::NOTHING_CHANGED.to_owned(), None);
        }
        let Some(id) = self.selected_ready() else {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        };
        self.save_file(id, effects);
    }

    pub(super) fn save_file(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        self.changes.saving = false;
        let Some(serials) = self.file(id).filter(|file| file.phase == Phase::Open).map(|file| file.serials())
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
    }
}

pub(super) fn same_cell(changes: &[Change], change: &Change) -> bool {
    let cell = |change: &Change| match change.action {
        Action::Set { row, column, .. } => Some((change.sheet, row, column)),
        Action::InsertRow { .. } | Action::Explain { .. } => None,
    };
    cell(change).is_some_and(|wanted| changes.iter().any(|change| cell(change) == Some(wanted)))
}
