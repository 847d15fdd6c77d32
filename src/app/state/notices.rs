//! What the user is told.

use super::State;
use crate::worker::protocol::FileId;

/// How grave a notice is: what was said has its time, trouble stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Said,
    Trouble,
}

/// What a notice offers to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Puts back the file that was removed; by the number of its removal.
    Restore(u32),
    /// Takes the file out of the list, though there is work in it.
    Remove(FileId),
    /// Ends the engine that is long at something, and starts another.
    Restart,
}

/// Something the user is told; stays until it is put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: u32,
    pub kind: NoticeKind,
    pub text: String,
    /// For those who mend the program: version, place, the error's own words.
    pub detail: Option<String>,
    pub offer: Option<Offer>,
}

/// What is said, to the eye and to the ear.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Notices {
    pub list: Vec<Notice>,
    /// Read out by screen readers.
    pub announcement: String,
}

impl State {
    /// What was said of the last thing done has had its time; trouble stays until it is put away.
    pub(super) fn forget_said(&mut self) {
        self.notices.list.retain(|notice| notice.kind == NoticeKind::Trouble);
    }

    /// Tells the user something.
    pub(super) fn tell(&mut self, kind: NoticeKind, text: String, detail: Option<String>) {
        self.offer(kind, text, detail, None);
    }

    /// Tells the user something, with what can be done about it.
    pub(super) fn offer(
        &mut self,
        kind: NoticeKind,
        text: String,
        detail: Option<String>,
        offer: Option<Offer>,
    ) {
        self.notices.announcement.clone_from(&text);
        let id = self.next();
        // One of a kind is enough: the page must not fill up.
        self.notices.list.retain(|notice| notice.kind != kind);
        self.notices.list.push(Notice { id, kind, text, detail, offer });
    }
}
