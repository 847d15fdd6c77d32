//! A file leaves the list, and can come back with its changes.

use super::engine::Pending;
use super::{Effect, NoticeKind, Offer, Place, State};
use crate::app::Shared;
use crate::app::file::{File, Phase};
use crate::app::text;
use crate::worker::protocol::{FileId, Request};

/// Removed files that can be put back; those with unsaved work always can.
pub(super) const MOST_REMOVED: usize = 20;

/// A file out of the list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Removed {
    pub file: Shared<File>,
    /// Its place in the list.
    at: usize,
    /// The number of its removal.
    pub serial: u32,
}

impl State {
    /// How many files can be put back, and the removal of the last.
    pub fn removed_files(&self) -> Option<(usize, u32)> {
        self.removed.last().map(|last| (self.removed.len(), last.serial))
    }

    /// Takes a file out of the list; one with work that no copy has only by the user's word.
    pub(super) fn close(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if self.selected == Some(id) {
            // What is being typed is work, too.
            self.leave_editor(effects);
        }
        let half = self.drafts().any(|draft| draft.file == id && self.is_half_written(draft));
        if let Some(file) = self.file(id).filter(|file| file.unsaved() || half) {
            let changes = if file.unsaved() { file.change_count() } else { 0 };
            let question = text::remove_question(&file.name, changes);
            return self.offer(NoticeKind::Said, question, None, Some(Offer::Remove(id)));
        }
        self.close_now(id, effects);
    }

    /// Takes a file out of the list; it can be put back.
    pub(super) fn close_now(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if self.selected == Some(id) {
            // What is being typed goes with the file.
            self.leave_editor(effects);
        }
        let Some(at) = self.files.iter().position(|file| file.id == id) else { return };
        let file = self.files.remove(at);
        let said = text::removed(&file.name, if file.unsaved() { file.change_count() } else { 0 });
        self.queue.waiting.retain(|queued| *queued != id);
        self.send(Request::Close { file: id }, Pending::Close, effects);
        let serial = self.next();
        self.removed.push(Removed { file, at, serial });
        self.let_go(effects);
        self.queue.leave(id);
        self.pump(effects);
        self.show_neighbour(id, at, effects);
        self.recheck_affected(effects);
        self.offer(NoticeKind::Said, said, None, Some(Offer::Restore(serial)));
    }

    /// Where a file that has left the list, from this place in it, was on the screen, its neighbour takes its place.
    pub(super) fn show_neighbour(&mut self, id: FileId, at: usize, effects: &mut Vec<Effect>) {
        if self.selected != Some(id) {
            return;
        }
        self.selected = None;
        self.sheet.view = None;
        let neighbour = self.files.get(at).or_else(|| self.files.last()).map(|file| file.id);
        if let Some(next) = neighbour {
            self.select(next, effects);
        }
    }

    /// The bytes of files removed long ago are let go, unless there is work in them that no copy has.
    fn let_go(&mut self, effects: &mut Vec<Effect>) {
        while self.removed.len() > MOST_REMOVED {
            let idle = |file: &File| !file.unsaved() && !self.drafts().any(|draft| draft.file == file.id);
            let Some(at) = self.removed.iter().position(|removed| idle(&removed.file)) else { return };
            effects.push(Effect::Release(self.removed.remove(at).file.id));
        }
    }

    /// Puts a removed file back to its place.
    pub(super) fn restore(&mut self, serial: u32, effects: &mut Vec<Effect>) {
        let Some(at) = self.removed.iter().position(|removed| removed.serial == serial) else { return };
        let Removed { mut file, at, .. } = self.removed.remove(at);
        let id = file.id;
        let readable = !matches!(file.phase, Phase::Unreadable(_) | Phase::Unread);
        let back = file.make_mut();
        (back.sent_steps, back.audit_request, back.sweeping) = (None, None, None);
        if readable {
            back.phase = Phase::Waiting;
            self.queue.waiting.push_front(id);
        }
        self.notices.announcement = text::restored(&file.name);
        self.files.insert(at.min(self.files.len()), file);
        self.notices.list.retain(|notice| notice.offer != Some(Offer::Restore(serial)));
        self.place = Place::Check;
        self.select(id, effects);
        self.pump(effects);
    }
}
