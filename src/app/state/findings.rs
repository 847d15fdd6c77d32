//! Going through the findings: selecting, correcting, putting away, explaining.

use super::sheet::{COLUMN_LETTERS, ROW_NUMBERS, SHEET};
use super::{Effect, NoticeKind, Place, State};
use crate::app::Shared;
use crate::app::file::{File, mark};
use crate::app::findings::{self, Filter, Item, Sift, open, visited};
use crate::app::text;
use crate::worker::protocol::{FileId, Finding, Mark, Version};

/// The list of findings.
pub const LIST: &str = "findings";

pub const EXPLANATION: &str = "explanation";

/// An explanation being written.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub file: FileId,
    /// The finding: its number changes with every audit, this does not.
    pub of: Mark,
    pub text: String,
}

impl Draft {
    /// The cell may have been changed since: the words are still about it.
    pub fn is_about(&self, finding: &Finding) -> bool {
        (&self.of.code, &self.of.sheet, &self.of.address) == (&finding.code, &finding.sheet, &finding.address)
    }
}

/// A settled finding: the step that has settled it, and its number before.
pub type SettledAt = (u32, u32);

/// Where the user is in the list of findings.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Worklist {
    pub filter: Filter,
    pub selected: Option<u32>,
    /// The settled one that was last gone to.
    pub settled: Option<SettledAt>,
    pub draft: Option<Draft>,
    /// Explanations begun and left for something else.
    pub kept: Vec<Draft>,
    /// After a fix: the place in the list whose finding is selected next.
    pub(super) advance: Option<usize>,
}

impl Worklist {
    fn is_at(&self, item: &Item) -> bool {
        item.is_at(self.selected, self.settled)
    }
}

impl State {
    /// Takes a choice of what is shown in; the selected finding stays, if it is shown.
    pub(super) fn sift(&mut self, sift: Sift, effects: &mut Vec<Effect>) {
        self.findings.filter.choose(sift);
        let Some(file) = self.selected_file() else { return };
        let count = findings::items(file).iter().filter(|item| self.findings.filter.shows(item)).count();
        self.notices.announcement = text::lines_shown(count);
        // The button that takes a filter back goes with it.
        effects.push(Effect::Refocus(LIST.to_owned()));
    }

    /// Shows the cell of a settled finding.
    pub(super) fn go_to_settled(&mut self, step: u32, id: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let steps = self.selected_file().map(|file| file.done.iter());
        let settles =
            steps.into_iter().flatten().filter(|own| own.serial == step).flat_map(|own| &own.settles);
        let Some(finding) = settles.into_iter().find(|finding| finding.id == id).cloned() else { return };
        self.findings.selected = None;
        self.findings.settled = Some((step, id));
        self.notices.announcement = text::announced(&finding);
        effects.push(Effect::Reveal(text::settled_id(step, id)));
        effects.push(Effect::FocusAlong(LIST.to_owned()));
        let (Some(sheet), Some(area)) = (finding.sheet, finding.area) else { return };
        if self.sheet.view.as_ref().is_none_or(|view| view.sheet != sheet) {
            self.show_sheet(sheet, effects);
        }
        self.put_cursor(area.top, area.left, effects);
    }

    /// Selects a finding and shows its cell in the middle of the screen.
    pub(super) fn go_to_finding(&mut self, id: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(finding) = self.selected_file().and_then(|file| file.finding(id)).cloned() else { return };
        self.findings.selected = Some(finding.caused_by.unwrap_or(id));
        self.findings.settled = None;
        self.show_version(Version::Corrected, effects);
        self.notices.announcement = text::announced(&finding);
        let listed = finding.caused_by.unwrap_or(id);
        effects.push(Effect::Reveal(text::card_id(listed)));
        effects.push(Effect::FocusAlong(text::card_main_id(listed)));
        let (Some(sheet), Some(area)) = (finding.sheet, finding.area) else { return };
        if self.sheet.view.as_ref().is_none_or(|view| view.sheet != sheet) {
            self.show_sheet(sheet, effects);
        }
        self.put_cursor(area.top, area.left, &mut Vec::new());
        if let Some(view) = self.view_mut() {
            view.pulse += 1;
        }
        let Some(view) = self.sheet.view.as_ref() else { return };
        let scale = self.display.scale();
        let (left, top, width, height) = view.geometry.place(area);
        let room = (
            self.sheet.viewport.width - ROW_NUMBERS * scale,
            self.sheet.viewport.height - COLUMN_LETTERS * scale,
        );
        let frozen = view.geometry.frozen_width();
        let beside = room.0 - frozen;
        // On a small screen the sheet stands below the files.
        effects.push(Effect::Reveal(SHEET.to_owned()));
        effects.push(Effect::ScrollTo {
            left: if view.geometry.is_frozen(area) {
                self.sheet.viewport.left
            } else {
                (left - frozen + width.min(beside) / 2.0 - beside / 2.0).max(0.0)
            },
            top: (top + height.min(room.1) / 2.0 - room.1 / 2.0).max(0.0),
        });
    }

    /// Goes to the next of the findings that are gone through, or back. After the last of a file comes the first of the
    /// next file that has one, in the order of the rail; round at the end.
    pub(super) fn step_finding(&mut self, by: i32, effects: &mut Vec<Effect>) {
        self.place = Place::Check;
        let Some(file) = self.selected_file() else { return };
        let list = visited(file, &self.findings.filter);
        let at = list.iter().position(|item| self.findings.is_at(item));
        let is_last = match at {
            Some(at) if by > 0 => at + 1 == list.len(),
            Some(at) => at == 0,
            None => list.is_empty(),
        };
        if is_last && let Some((id, item)) = self.in_another_file(by) {
            let filter = self.findings.filter.clone();
            self.select(id, effects);
            self.findings.filter = filter;
            return self.go_to_item(&item, effects);
        }
        let next = match (at, by > 0) {
            (None, true) => list.first(),
            (None, false) => list.last(),
            (Some(at), true) => list.get(at + 1).or_else(|| list.first()),
            (Some(at), false) => at.checked_sub(1).and_then(|at| list.get(at)).or_else(|| list.last()),
        };
        if let Some(item) = next {
            self.go_to_item(item, effects);
        }
    }

    fn go_to_item(&mut self, item: &Item, effects: &mut Vec<Effect>) {
        match item {
            Item::Settled { finding, step } => self.go_to_settled(*step, finding.id, effects),
            _ => self.go_to_finding(item.finding().id, effects),
        }
    }

    /// The first that is gone through of the next file that has one, or the last of the one before.
    fn in_another_file(&self, by: i32) -> Option<(FileId, Item)> {
        let shown = self.rail.arranged(&self.files);
        let at = shown.iter().position(|file| Some(file.id) == self.selected)?;
        let (before, after) = (shown.get(..at)?, shown.get(at + 1..)?);
        let mut others = after.iter().chain(before);
        let list = |file: &Shared<File>| visited(file, &self.findings.filter);
        let first = |file: &&Shared<File>| Some((file.id, list(file).into_iter().next()?));
        let last = |file: &&Shared<File>| Some((file.id, list(file).pop()?));
        if by > 0 { others.find_map(first) } else { others.rev().find_map(last) }
    }

    /// Does what a finding proposes.
    pub(super) fn apply(&mut self, id: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        if file.settling() {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        }
        let Some(finding) = file.finding(id).cloned() else { return };
        let Some(fix) = finding.fix.clone().filter(|fix| !fix.changes.is_empty()) else { return };
        let file_id = file.id;
        self.findings.advance = open(file, &self.findings.filter).iter().position(|finding| finding.id == id);
        self.notices.announcement = text::applied(&finding);
        self.do_step(file_id, fix.changes, vec![finding], effects);
    }

    /// Puts a 提示 away.
    pub(super) fn ignore(&mut self, id: u32, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        let at = open(file, &self.findings.filter).iter().position(|finding| finding.id == id);
        let Some(finding) = file.finding(id) else { return };
        if !findings::can_be_put_away(finding) {
            return self.tell(NoticeKind::Said, text::NOT_PUT_AWAY.to_owned(), None);
        }
        let ignored = mark(finding);
        if let Some(file) = self.selected_mut() {
            file.taken_back.remove(&ignored);
            file.ignored.insert(ignored);
        }
        self.findings.advance = at;
        self.notices.announcement.clear();
        self.select_next_open(effects);
        // Both are heard: that it is away, and what is next.
        self.notices.announcement = text::put_away_and(&self.notices.announcement);
        self.refocus(effects);
    }

    /// A 提示 that was put away is open again, and the user is at it.
    pub(super) fn take_up(&mut self, id: u32, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_mut() else { return };
        let Some(finding) = file.finding(id).map(mark) else { return };
        file.ignored.remove(&finding);
        self.go_to_finding(id, effects);
        self.refocus(effects);
    }

    /// Opens the field for the explanation on the finding's card.
    pub(super) fn explain(&mut self, id: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        let Some(finding) = file.finding(id).filter(|finding| findings::can_be_explained(finding)) else {
            return;
        };
        let of = mark(finding);
        let (file, finding) = (file.id, finding.clone());
        self.keep_draft();
        let kept = self
            .findings
            .kept
            .iter()
            .position(|draft| draft.file == file && draft.is_about(&finding))
            .map(|at| self.findings.kept.remove(at).text);
        let text = kept.unwrap_or_else(|| finding.answer.clone().unwrap_or_default());
        self.findings.draft = Some(Draft { file, of, text });
        // Its card is where the field is.
        let is_shown = |item: &Item| item.finding().id == id && self.findings.filter.shows(item);
        if !self.selected_file().is_some_and(|file| findings::items(file).iter().any(is_shown)) {
            self.findings.filter = Filter::default();
        }
        self.findings.selected = Some(id);
        if let Some(view) = self.view_mut() {
            view.popover = false;
        }
        effects.push(Effect::Reveal(text::card_id(id)));
        effects.push(Effect::Focus(EXPLANATION));
    }

    /// Closes the field of an explanation without losing what was written.
    pub(super) fn keep_draft(&mut self) {
        if let Some(draft) = self.findings.draft.take().filter(|draft| self.is_half_written(draft)) {
            self.findings.kept.push(draft);
        }
    }

    /// Writes the explanation in the field, if it says anything.
    pub(super) fn save_explanation(&mut self, effects: &mut Vec<Effect>) {
        let Some(draft) = self.findings.draft.clone() else { return };
        let finding = self.selected_file().filter(|file| file.id == draft.file).and_then(|file| {
            file.findings().iter().find(|finding| draft.is_about(finding)).map(|finding| finding.id)
        });
        let Some(id) = finding else {
            // The finding is gone: there is nothing left to explain.
            self.findings.draft = None;
            return;
        };
        if !findings::says_something(&draft.text) {
            effects.push(Effect::Focus(EXPLANATION));
            return self.tell(NoticeKind::Said, text::EXPLAIN_IN_WORDS.to_owned(), None);
        }
        self.put_explanation(id, draft.text.trim(), effects);
    }

    /// Writes an answer, or takes it back where there is no text.
    pub(super) fn put_explanation(&mut self, id: u32, words: &str, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        if file.settling() {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        }
        let Some(finding) = file.finding(id).cloned() else { return };
        let names = file.workbook.as_ref().map(|workbook| &workbook.sheets);
        let sheet_name = finding
            .sheet
            .and_then(|sheet| names?.get(usize::try_from(sheet).ok()?))
            .map(|sheet| sheet.name.clone());
        let change = findings::explaining(&finding, sheet_name, words);
        let file = file.id;
        if self.findings.draft.as_ref().is_some_and(|draft| draft.file == file && draft.is_about(&finding)) {
            self.findings.draft = None;
        }
        if !words.is_empty() {
            self.findings.advance = self.selected_file().and_then(|file| {
                open(file, &self.findings.filter).iter().position(|finding| finding.id == id)
            });
        }
        self.notices.announcement =
            if words.is_empty() { text::ANSWER_TAKEN_BACK.to_owned() } else { text::ANSWERED.to_owned() };
        self.do_step(file, vec![change], Vec::new(), effects);
    }

    /// After a finding was dealt with: the next open one is selected; the sheet stays where it is if it shows it.
    pub(super) fn select_next_open(&mut self, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        let list = open(file, &self.findings.filter);
        if let Some(at) = self.findings.advance.take() {
            match list.get(at).or_else(|| list.last()).map(|finding| finding.id) {
                Some(next) => self.go_to_finding(next, effects),
                None => self.findings.selected = None,
            }
        } else if self.findings.selected.is_some_and(|id| !list.iter().any(|finding| finding.id == id)) {
            self.findings.selected = None;
        }
    }

    /// The button that was clicked may be gone with its card: the focus goes to the selected finding, else to the list.
    pub(super) fn refocus(&self, effects: &mut Vec<Effect>) {
        effects.push(Effect::Refocus(
            self.findings.selected.map_or_else(|| LIST.to_owned(), text::card_main_id),
        ));
    }

    /// Every explanation begun.
    pub(super) fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.findings.draft.iter().chain(&self.findings.kept)
    }

    /// Whether an explanation begun says what its finding does not have yet.
    pub(super) fn is_half_written(&self, draft: &Draft) -> bool {
        let words = draft.text.trim();
        let removed = self.removed.iter().map(|removed| &removed.file);
        let file = self.files.iter().chain(removed).find(|file| file.id == draft.file);
        let about = file.and_then(|file| file.findings().iter().find(|finding| draft.is_about(finding)));
        !words.is_empty() && about.is_some_and(|finding| finding.answer.as_deref() != Some(words))
    }
}
