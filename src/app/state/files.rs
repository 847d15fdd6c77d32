//! Files come in, are read one at a time, and are audited again when another one bears on them.

use super::engine::Pending;
use super::{Effect, Picked, Place, State};
use crate::app::Shared;
use crate::app::file::{File, Phase, Standing};
use crate::app::text;
use crate::worker::protocol::{Audit, Beside, FileId, Request};

impl State {
    pub(super) fn chosen(&mut self, picked: Vec<Picked>, effects: &mut Vec<Effect>) {
        self.dragging = false;
        let first = picked.first().map(|file| file.file);
        for Picked { file: id, name, size, held } in picked {
            let mut file = File::new(id, name, size);
            file.held = held;
            self.files.push(Shared::new(file));
            self.queue.push_back(id);
        }
        if self.place == Place::Rules {
            self.place = Place::Check;
        }
        if let (None, Some(first)) = (self.selected, first) {
            self.select(first, effects);
        }
        self.pump(effects);
    }

    /// One file at a time, so that what the user does meanwhile is answered in between.
    pub(super) fn pump(&mut self, effects: &mut Vec<Effect>) {
        while self.opening.is_none() {
            let Some(id) = self.queue.pop_front() else { return };
            let Some(file) = self.file_mut(id) else { continue };
            let held = file.held;
            file.phase = if held { Phase::Opening } else { Phase::Reading };
            self.opening = Some(id);
            if held {
                self.open_now(id, effects);
            } else {
                effects.push(Effect::Read(id));
            }
        }
    }

    pub(super) fn open_now(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        let Some(file) = self.file_mut(id) else { return self.opened(id, effects) };
        file.phase = Phase::Opening;
        file.told = Some(file.serials());
        let (name, changes) = (file.name.clone(), file.changes());
        // What is known of it from before the engine broke down.
        let beside = self.beside(id);
        if let Some(file) = self.file_mut(id) {
            file.beside = beside.clone();
        }
        let request = Request::Open { file: id, name, bytes: Vec::new(), changes, beside };
        self.send(request, Pending::Open(id), effects);
    }

    pub(super) fn opened(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if self.opening == Some(id) {
            self.opening = None;
        }
        self.pump(effects);
        self.ask_again(effects);
    }

    pub(super) fn select(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if self.selected == Some(id) {
            return;
        }
        self.leave_editor(effects);
        self.forget_said();
        self.selected = Some(id);
        self.finding = None;
        self.advance = None;
        self.filter = None;
        self.view = None;
        self.show(effects);
    }

    pub(super) fn audited(&mut self, request: u32, id: FileId, audit: Audit, effects: &mut Vec<Effect>) {
        let Some(file) = self.file_mut(id) else { return };
        if file.awaited != Some(request) {
            return;
        }
        file.awaited = None;
        let bears_otherwise = file.audit.as_ref().is_none_or(|before| says_otherwise(before, &audit));
        file.audit = Some(Shared::new(audit));
        file.breakdowns = 0;
        if self.sweep_on(id, effects) {
            return;
        }
        if self.selected == Some(id) {
            self.measure();
            self.select_next_open(effects);
        }
        if bears_otherwise {
            self.tell_beside(effects);
        }
    }

    /// Tells the engine of every file on which other files now bear otherwise than before; the rest cost nothing. Not
    /// while files are being opened: the next of them might bear on the same ones again.
    pub(super) fn tell_beside(&mut self, effects: &mut Vec<Effect>) {
        if self.opening.is_some() || !self.queue.is_empty() {
            return;
        }
        let open = self.files.iter().filter(|file| file.told.is_some() && file.phase == Phase::Open);
        let concerned: Vec<(FileId, Beside)> = open
            .map(|file| (file.id, self.beside(file.id), &file.beside))
            .filter(|(_, now, told)| now != *told)
            .map(|(id, now, _)| (id, now))
            .collect();
        for (id, beside) in concerned {
            let request = Request::Recheck { file: id, beside: beside.clone() };
            let awaited = self.send_numbered(request, Pending::Recheck(id), effects);
            if let Some(file) = self.file_mut(id) {
                file.beside = beside;
                file.awaited = Some(awaited);
            }
        }
    }

    pub(super) fn beside(&self, id: FileId) -> Beside {
        let others = self.files.iter().map(|file| &**file).filter(|file| file.id != id);
        self.file(id).map(|file| file.beside(others)).unwrap_or_default()
    }

    pub(super) fn announce_progress(&mut self) {
        let left = self.reading();
        if left == 0 {
            let errors =
                self.files.iter().filter(|file| matches!(file.standing(), Standing::Errors(_))).count();
            self.announcement = text::all_read(self.files.len(), errors);
        }
    }
}

/// Whether a new audit of a file says otherwise than the one before what files bear on it, and what it says to others.
pub(super) fn says_otherwise(before: &Audit, now: &Audit) -> bool {
    let tables = |audit: &Audit| -> Vec<_> {
        audit
            .others
            .iter()
            .map(|table| (table.form.clone(), table.city.clone(), table.period.clone()))
            .collect()
    };
    (&before.form, &before.city, &before.period, &before.reported, &before.lists)
        != (&now.form, &now.city, &now.period, &now.reported, &now.lists)
        || tables(before) != tables(now)
}
