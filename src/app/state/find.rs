//! Ctrl+F: where a text stands in the sheet. The engine looks, so that the page never waits for a long sheet.

use super::engine::Pending;
use super::{EDITOR, Effect, State};
use crate::app::Shared;
use crate::app::text;
use crate::worker::protocol::{FileId, Request};

/// The field of the text that is looked for.
pub const FIND: &str = "find";

/// The bar over the sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Find {
    pub wanted: String,
    /// Where it stands, row by row.
    pub cells: Shared<Vec<(u32, u32)>>,
    /// The text that these are of.
    pub found: Option<String>,
}

impl Find {
    /// Which of the places a cell is, counted from 1.
    pub fn place(&self, cell: (u32, u32)) -> Option<usize> {
        self.cells.binary_search(&cell).ok().map(|at| at.saturating_add(1))
    }

    /// Whether the places are those of the text in the field.
    pub fn is_found(&self) -> bool {
        self.found.as_deref() == Some(self.wanted.as_str())
    }
}

impl State {
    /// Opens the bar.
    pub(super) fn open_find(&mut self, effects: &mut Vec<Effect>) {
        if self.sheet.view.is_none() || self.place != super::Place::Check {
            return;
        }
        self.leave_editor(effects);
        self.card = None;
        let empty = || Find { wanted: String::new(), cells: Shared::new(Vec::new()), found: None };
        self.sheet.find.get_or_insert_with(empty);
        effects.push(Effect::Reveal(FIND.to_owned()));
        effects.push(Effect::Focus(FIND));
    }

    /// Closes it; the focus goes to the cell that was found.
    pub(super) fn close_find(&mut self, effects: &mut Vec<Effect>) {
        self.sheet.find = None;
        effects.push(Effect::Focus(EDITOR));
    }

    /// Another text is looked for.
    pub(super) fn seek(&mut self, wanted: String, effects: &mut Vec<Effect>) {
        if let Some(find) = &mut self.sheet.find {
            find.wanted = wanted;
        }
        self.ask_find(effects);
    }

    /// Asks where it stands; not again before the last answer.
    pub(super) fn ask_find(&mut self, effects: &mut Vec<Effect>) {
        let (Some(find), Some(view)) = (&self.sheet.find, &self.sheet.view) else { return };
        let (file, sheet, version) = (view.file, view.sheet, view.version);
        let wanted = find.wanted.clone();
        let asked = self.engine.pending.values().any(|pending| matches!(pending, Pending::Find { .. }));
        if asked || self.file(file).is_none_or(|file| file.sent_steps.is_none()) {
            return;
        }
        let pending = Pending::Find { file, sheet, wanted: wanted.clone() };
        self.send(Request::Find { file, sheet, version, wanted }, pending, effects);
    }

    /// The engine has looked. A new text is gone to, from the cursor on; after a change the cursor stays.
    pub(super) fn found(
        &mut self,
        (file, sheet, wanted): (FileId, u32, String),
        cells: Vec<(u32, u32)>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        let (cursor, here) = (view.cursor, (view.file, view.sheet) == (file, sheet));
        let Some(find) = self.sheet.find.as_mut() else { return };
        if !here || find.wanted != wanted {
            return self.ask_find(effects);
        }
        let is_new = find.found.as_ref() != Some(&wanted);
        let next = cells.iter().find(|at| **at >= cursor).or(cells.first()).copied();
        find.cells = Shared::new(cells);
        find.found = Some(wanted);
        if is_new {
            if let Some((row, column)) = next {
                self.put_cursor(row, column, effects);
            }
            self.say_found();
        }
    }

    /// Goes to the next place, or back to the one before, round and round.
    pub(super) fn seek_on(&mut self, back: bool, effects: &mut Vec<Effect>) {
        let (Some(find), Some(view)) = (&self.sheet.find, &self.sheet.view) else { return };
        let (cells, cursor) = (&find.cells, view.cursor);
        let to = if back {
            let before = cells.partition_point(|at| *at < cursor);
            before.checked_sub(1).and_then(|at| cells.get(at)).or(cells.last())
        } else {
            cells.get(cells.partition_point(|at| *at <= cursor)).or(cells.first())
        };
        if let Some((row, column)) = to.copied().filter(|_| find.is_found()) {
            self.put_cursor(row, column, effects);
            self.say_found();
        }
    }

    fn say_found(&mut self) {
        if let (Some(find), Some(view)) = (&self.sheet.find, &self.sheet.view) {
            self.notices.announcement = text::found(find, view.cursor);
        }
    }
}
