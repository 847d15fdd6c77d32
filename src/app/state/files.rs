//! Files come in, are read one after the other, and are audited again when another one bears on them.

use std::collections::VecDeque;

use super::engine::Pending;
use super::{Effect, NoticeKind, Picked, Place, State};
use crate::app::Shared;
use crate::app::file::{File, Known, Leftover, Phase, Standing};
use crate::app::findings::Filter;
use crate::app::text;
use crate::worker::protocol::{Audit, Beside, FileId, Request};

/// The files to be opened.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<FileId>,
    pub(super) opening: Option<FileId>,
    /// The next one: its bytes are fetched while the engine is at that.
    pub(super) ahead: Option<FileId>,
    /// To be audited again where other files bear on them otherwise than they did.
    pub(super) rechecking: VecDeque<FileId>,
    /// How many of a long list are still to be taken in.
    pub(super) coming: usize,
    /// Those are left unread, too.
    pub(super) stopped: bool,
}

/// The button of 取消读取.
pub const STOP_READING: &str = "stop-reading";
/// The button that has everything read after all.
pub const READ_REST: &str = "read-rest";

/// Files between two words on how far the reading has come, at the least; and parts of a long list.
const SAID_EVERY: usize = 10;

/// Requests of that kind that are under way at a time.
const RECHECKED_AT_ONCE: usize = 8;

impl Queue {
    /// A file has had its turn, or takes none.
    pub(super) fn leave(&mut self, id: FileId) {
        for place in [&mut self.opening, &mut self.ahead] {
            if *place == Some(id) {
                *place = None;
            }
        }
    }

    /// How many wait for their turn.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + usize::from(self.ahead.is_some())
    }
}

impl State {
    /// Takes files into the list and the queue.
    pub(super) fn chosen(&mut self, picked: Vec<Picked>, effects: &mut Vec<Effect>) {
        self.dragging = false;
        let mut left = Vec::new();
        let picked: Vec<Picked> = picked
            .into_iter()
            .filter(|file| {
                let leftover = Leftover::of(&file.name);
                left.extend(leftover.map(|leftover| (file.name.clone(), leftover)));
                effects.extend(leftover.map(|_| Effect::Release(file.file)));
                leftover.is_none()
            })
            .collect();
        let first = picked.first().map(|file| file.file);
        if let Some(place) = self.consolidation.awaited.take() {
            self.consolidation.meant.extend(picked.iter().map(|file| (file.file, place.clone())));
        }
        for Picked { file: id, name, folder, size, held } in picked {
            let mut file = File::new(id, name, size);
            file.folder = folder;
            file.held = held;
            if file.size == 0.0 {
                file.phase = Phase::Unreadable(text::EMPTY_FILE.to_owned());
                effects.push(Effect::Release(id));
            } else if self.queue.stopped {
                file.phase = Phase::Unread;
            } else {
                self.queue.waiting.push_back(id);
            }
            self.files.push(Shared::new(file));
        }
        if self.place == Place::Rules {
            self.place = Place::Check;
        }
        if let (None, Some(first)) = (self.selected, first) {
            self.select(first, effects);
        }
        if !left.is_empty() {
            self.tell(NoticeKind::Said, text::passed_over(&left), None);
        }
        self.queue.stopped &= self.queue.coming > 0;
        self.pump(effects);
        // Where nothing of the last part is to be read.
        self.recheck_affected(effects);
    }

    /// The engine is at one file at a time, so that what the user does meanwhile is answered in between; the bytes of
    /// the next are here by then.
    pub(super) fn pump(&mut self, effects: &mut Vec<Effect>) {
        if self.queue.opening.is_none() {
            self.queue.opening = self.queue.ahead.take().or_else(|| self.fetch_next(effects));
            if let Some(id) = self.queue.opening {
                self.open_if_held(id, effects);
            }
        }
        if self.queue.opening.is_some() && self.queue.ahead.is_none() {
            self.queue.ahead = self.fetch_next(effects);
        }
    }

    /// Has the bytes of the next file fetched, where they are not here.
    fn fetch_next(&mut self, effects: &mut Vec<Effect>) -> Option<FileId> {
        while let Some(id) = self.queue.waiting.pop_front() {
            let Some(file) = self.file_mut(id) else { continue };
            file.phase = Phase::Reading;
            if !file.held {
                effects.push(Effect::Read(id));
            }
            return Some(id);
        }
        None
    }

    /// Hands the file whose turn it is to the engine, once its bytes are here.
    pub(super) fn open_if_held(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        let its_turn = self.queue.opening == Some(id);
        if its_turn && self.file(id).is_some_and(|file| file.held && file.phase == Phase::Reading) {
            self.open_now(id, effects);
        }
    }

    /// Hands a file whose bytes are held to the engine.
    fn open_now(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        let Some(file) = self.file_mut(id) else { return self.finish_opening(id, effects) };
        file.phase = Phase::Opening;
        file.sent_steps = Some(file.serials());
        let (name, changes) = (file.name.clone(), file.changes());
        // What is known of it from before the engine broke down.
        let beside = self.beside(id);
        if let Some(file) = self.file_mut(id) {
            file.beside = beside.clone();
        }
        let request = Request::Open { file: id, name, bytes: Vec::new(), changes, beside };
        self.send(request, Pending::Open(id), effects);
    }

    /// A file is read, or never will be: the next one's turn.
    pub(super) fn finish_opening(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        self.queue.leave(id);
        self.pump(effects);
        self.ask_again(effects);
    }

    /// Puts a file on the screen.
    pub(super) fn select(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if self.selected == Some(id) {
            return;
        }
        self.leave_editor(effects);
        self.forget_said();
        self.selected = Some(id);
        self.findings.selected = None;
        self.findings.advance = None;
        self.findings.filter = Filter::default();
        self.sheet.view = None;
        self.show(effects);
    }

    /// Takes in the audit of a file, if it is the one awaited.
    pub(super) fn audited(&mut self, request: u32, id: FileId, audit: Audit, effects: &mut Vec<Effect>) {
        let Some(file) = self.file_mut(id) else { return };
        if file.audit_request != Some(request) {
            return;
        }
        file.audit_request = None;
        self.take_audit(id, audit, effects);
    }

    /// Takes in the audit of a file and what follows from it.
    pub(super) fn take_audit(&mut self, id: FileId, audit: Audit, effects: &mut Vec<Effect>) {
        let Some(file) = self.file_mut(id) else { return };
        let bears_otherwise = file.audit.as_ref().is_none_or(|before| says_otherwise(before, &audit));
        file.audit = Some(Shared::new(audit));
        file.breakdowns = 0;
        if self.ask_safe(id, effects) {
            return;
        }
        if self.selected == Some(id) {
            self.measure();
            self.select_next_open(effects);
        }
        if bears_otherwise {
            self.recheck_affected(effects);
        }
    }

    /// Tells the engine of every file on which other files now bear otherwise than before; the rest cost nothing. Not
    /// while files are being opened: the next of them might bear on the same ones again.
    pub(super) fn recheck_affected(&mut self, effects: &mut Vec<Effect>) {
        if self.queue.opening.is_none() && self.queue.waiting.is_empty() && self.queue.coming == 0 {
            self.queue.rechecking = self.files.iter().map(|file| file.id).collect();
            self.recheck_next(effects);
        }
    }

    /// A few at a time: what two hundred files say of each other, told at once, would halt the page.
    pub(super) fn recheck_next(&mut self, effects: &mut Vec<Effect>) {
        let at_it = self.engine.pending.values().filter(|one| matches!(one, Pending::Recheck(_))).count();
        if self.queue.rechecking.is_empty() || at_it >= RECHECKED_AT_ONCE {
            return;
        }
        let known = Known::of(&self.files, &self.rules_off);
        let mut concerned: Vec<(FileId, Beside)> = Vec::new();
        while at_it + concerned.len() < RECHECKED_AT_ONCE {
            let Some(id) = self.queue.rechecking.pop_front() else { break };
            let Some(file) = self.file(id) else { continue };
            let bearing = file.beside(&known);
            if file.sent_steps.is_some() && file.phase == Phase::Open && !bearing.is(&file.beside) {
                concerned.push((id, bearing.to_tell()));
            }
        }
        for (id, beside) in concerned {
            let request = Request::Recheck { file: id, beside: beside.clone() };
            let request_id = self.send_numbered(request, Pending::Recheck(id), effects);
            if let Some(file) = self.file_mut(id) {
                file.beside = beside;
                file.audit_request = Some(request_id);
            }
        }
    }

    /// Of what the other files say, that which bears on this one.
    pub(super) fn beside(&self, id: FileId) -> Beside {
        // On one that is only being read nothing can bear yet: most are.
        let file = self.file(id).filter(|file| file.audit.is_some());
        let nothing = || Beside { off: self.rules_off.clone(), ..Beside::default() };
        file.map_or_else(nothing, |file| file.beside(&Known::of(&self.files, &self.rules_off)).to_tell())
    }

    /// What waits for its turn is left unread; the file that the engine is at is finished.
    pub(super) fn stop_reading(&mut self, effects: &mut Vec<Effect>) {
        for id in self.queue.ahead.take().into_iter().chain(std::mem::take(&mut self.queue.waiting)) {
            if let Some(file) = self.file_mut(id) {
                file.phase = Phase::Unread;
            }
        }
        self.queue.stopped = self.queue.coming > 0;
        self.announce_progress();
        effects.push(Effect::Refocus(READ_REST.to_owned()));
    }

    /// What was left unread is read after all.
    pub(super) fn read_rest(&mut self, effects: &mut Vec<Effect>) {
        let unread = self.files.iter().filter(|file| file.phase == Phase::Unread);
        let unread: Vec<FileId> = unread.map(|file| file.id).collect();
        self.queue.stopped = false;
        self.read_again(&unread, effects);
        effects.push(Effect::Refocus(STOP_READING.to_owned()));
    }

    /// Files that were not read, for one reason or another, get their turn.
    pub(super) fn read_again(&mut self, ids: &[FileId], effects: &mut Vec<Effect>) {
        for id in ids {
            if let Some(file) = self.file_mut(*id) {
                file.breakdowns = 0;
                file.phase = Phase::Waiting;
                file.sent_steps = None;
                self.queue.waiting.push_back(*id);
            }
        }
        self.pump(effects);
    }

    /// Says how far the reading has come, at every tenth of a long list, and when it is done.
    pub(super) fn announce_progress(&mut self) {
        let left = self.reading();
        let (_, unread) = self.waiting();
        let all = self.files.len() + self.queue.coming;
        let read = all.saturating_sub(left + unread);
        if unread > 0 {
            self.notices.announcement = text::reading_stopped(read, unread);
        } else if left > 0 {
            if read.is_multiple_of((all / 10).max(SAID_EVERY)) {
                self.notices.announcement = text::progress(read, all);
            }
        } else {
            let errors =
                self.files.iter().filter(|file| matches!(file.standing(), Standing::Errors(_))).count();
            self.notices.announcement = text::all_read(self.files.len(), errors);
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
