//! 断电保护: what is being done is put into the browser's own store, for as long as the user wants it there and
//! something is in it that no copy has.

use super::keeping::Work;
use super::{Effect, NoticeKind, State};
use crate::app::Shared;
use crate::app::text;
use crate::worker::protocol::{FileId, Progress};

/// What the browser's store is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Shelf {
    On,
    /// And nothing is left there.
    Off,
    Put {
        progress: Box<Progress>,
        /// The files of it in their order, behind them that of the breakdown.
        files: Vec<FileId>,
        /// What an earlier session left is part of it and can go.
        instead: bool,
    },
    /// What this session has put there goes.
    Empty,
    /// What an earlier session left; answer: [`super::Message::Returned`].
    Restore,
    /// What an earlier session left goes.
    Clear,
}

/// What the store says.
#[derive(Clone, Debug, PartialEq)]
pub enum ShelfSays {
    On,
    /// It is not to be had, in the browser's own words.
    Refused(String),
    /// What an earlier session left.
    Left(Box<Progress>),
}

/// What the page knows of the store.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OnShelf {
    pub on: bool,
    /// The browser does not let the page keep anything.
    pub refused: bool,
    /// What an earlier session left.
    pub left: Option<Shared<Progress>>,
    /// What was put there last.
    put: Option<Work>,
    /// What was left is on the screen now.
    taken: bool,
}

impl OnShelf {
    /// Work was taken in: if it is what was left, it need not be offered any more.
    pub(super) fn is_taken_in(&mut self, progress: &Progress) {
        if self.left.as_ref().is_some_and(|left| **left == *progress) {
            (self.left, self.taken) = (None, true);
        }
    }
}

impl State {
    /// 断电保护 on or off.
    pub(super) fn switch_shelf(&mut self, effects: &mut Vec<Effect>) {
        if self.keeping.shelf.on {
            self.keeping.shelf = OnShelf::default();
            self.notices.announcement = text::SHELF_IS_OFF.to_owned();
            effects.push(Effect::Shelf(Shelf::Off));
        } else {
            effects.push(Effect::Shelf(Shelf::On));
        }
    }

    /// The store has said something of itself.
    pub(super) fn shelf_says(&mut self, says: ShelfSays, effects: &mut Vec<Effect>) {
        match says {
            ShelfSays::On => {
                (self.keeping.shelf.on, self.keeping.shelf.refused) = (true, false);
                self.notices.announcement = text::SHELF_IS_ON.to_owned();
                self.put_on_shelf(effects);
            }
            ShelfSays::Refused(why) => {
                let shelf = OnShelf { refused: true, ..OnShelf::default() };
                if std::mem::replace(&mut self.keeping.shelf, shelf).on {
                    // Who relies on it must see that it is no more.
                    self.tell(NoticeKind::Trouble, text::shelf_stopped(), Some(why));
                } else {
                    self.notices.announcement = text::shelf_refused();
                }
            }
            ShelfSays::Left(progress) => self.keeping.shelf.left = Some(Shared::new(*progress)),
        }
    }

    /// What an earlier session left is not wanted.
    pub(super) fn clear_left(&mut self, effects: &mut Vec<Effect>) {
        self.keeping.shelf.left = None;
        self.notices.announcement = text::LEFT_IS_CLEARED.to_owned();
        effects.push(Effect::Shelf(Shelf::Clear));
    }

    /// Puts down what was done since the last time; nothing that a copy has.
    pub(super) fn put_on_shelf(&mut self, effects: &mut Vec<Effect>) {
        if !self.keeping.shelf.on {
            return;
        }
        // Reasons are no changes of a file and would be gone all the same.
        let reasons = !self.rules_off.is_empty() && !self.files.is_empty();
        if !self.unsaved() && !reasons {
            if self.keeping.shelf.put.take().is_some() {
                effects.push(Effect::Shelf(Shelf::Empty));
            }
            if std::mem::take(&mut self.keeping.shelf.taken) {
                effects.push(Effect::Shelf(Shelf::Clear));
            }
            return;
        }
        let work = self.work();
        if self.keeping.shelf.put.as_ref() == Some(&work) {
            return;
        }
        let instead = std::mem::take(&mut self.keeping.shelf.taken);
        let progress = Box::new(self.progress());
        let files = self.progress_files();
        self.keeping.shelf.put = Some(work);
        effects.push(Effect::Shelf(Shelf::Put { progress, files, instead }));
    }
}
