//! The one reducer of the page: a message comes in, the state changes, effects go out. Pure: it reads no clock,
//! no file and no browser.

mod alive;
mod breakdown;
mod changes;
mod consolidation;
mod engine;
mod files;
mod findings;
mod message;
mod notices;
mod removal;
mod sheet;

use std::collections::{BTreeMap, VecDeque};

use super::Shared;
use super::file::{File, Phase, Standing, mark};
use super::keys::Shortcut;
use super::text;
use crate::worker::protocol::{FileId, Hello, Record, Request, Tier};
pub use breakdown::Proposal;
pub use changes::change_line;
pub use consolidation::Consolidation;
pub use findings::{Draft, EXPLANATION, LIST};
pub use message::{AREAS, CARD, Card, Display, Do, Effect, Guard, Message, Picked, Place, Shell, Switch};
pub use notices::{Notice, NoticeKind, Offer};
pub use sheet::{Block, COLUMN_LETTERS, EDITOR, ROW_NUMBERS, SHEET, View, Viewport, sheet_info};

use consolidation::Basis;
use engine::Pending;
use removal::Removed;

#[derive(Clone, Debug, PartialEq, Default)]
pub struct State {
    pub shell: Shell,
    pub display: Display,
    pub place: Place,
    pub hello: Option<Shared<Hello>>,
    pub files: Vec<Shared<File>>,
    pub selected: Option<FileId>,
    pub view: Option<Shared<View>>,
    pub viewport: Viewport,
    pub filter: Option<Tier>,
    /// The finding that is selected in the list.
    pub finding: Option<u32>,
    pub record: Option<Record>,
    pub draft: Option<Draft>,
    /// Explanations begun and left for something else.
    pub kept: Vec<Draft>,
    pub card: Option<Card>,
    pub notices: Vec<Notice>,
    /// Read out by screen readers.
    pub announcement: String,
    pub dragging: bool,
    pub period: Option<String>,
    pub consolidation: Consolidation,
    /// Of the consolidation asked for last.
    basis: Option<Basis>,
    pub proposal: Option<Proposal>,
    /// The file of the breakdown in force, whose bytes the host keeps; nothing for the official one.
    pub breakdown: Option<Picked>,
    pub busy_saving: bool,
    pending: BTreeMap<u32, Pending>,
    queue: VecDeque<FileId>,
    opening: Option<FileId>,
    /// After a fix: the place in the list whose finding is selected next.
    advance: Option<usize>,
    starts: u8,
    serial: u32,
    /// Files that were removed, the last at the end.
    removed: Vec<Removed>,
    /// The number of what was last done to a file, so that 撤销 knows whether a removal came after it.
    acted: u32,
    /// The request that the engine is at.
    taken: Option<u32>,
    /// Seconds since the engine last gave a sign of life, while it is asked something.
    silent: u32,
    /// To be asked again when a new engine has every file.
    again: Vec<Pending>,
}

impl State {
    /// Takes in one message; what is to be done outside comes back in order.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let unsaved = self.unsaved();
        let mut effects = Vec::new();
        self.take(message, &mut effects);
        if self.unsaved() != unsaved {
            effects.push(Effect::Guard(if unsaved { Guard::Off } else { Guard::On }));
        }
        effects
    }

    pub fn file(&self, id: FileId) -> Option<&Shared<File>> {
        self.files.iter().find(|file| file.id == id)
    }

    pub fn selected_file(&self) -> Option<&Shared<File>> {
        self.selected.and_then(|id| self.file(id))
    }

    pub const fn scale(&self) -> f64 {
        self.display.scale()
    }

    pub fn reading(&self) -> usize {
        self.files.iter().filter(|file| file.standing() == Standing::Reading).count()
    }

    /// Whether anything would be lost with the page: changes, an explanation or a cell being written.
    fn unsaved(&self) -> bool {
        let removed = self.removed.iter().map(|removed| &removed.file);
        let typing = self.view.as_ref().is_some_and(|view| {
            let before = view.cell(view.cursor.0, view.cursor.1).map_or("", |cell| cell.raw.as_str());
            view.editing.as_ref().is_some_and(|typed| typed != before)
        });
        typing
            || self.files.iter().chain(removed).any(|file| file.unsaved())
            || self.drafts().any(|draft| self.is_half_written(draft))
    }

    fn take(&mut self, message: Message, effects: &mut Vec<Effect>) {
        match message {
            Message::Started(shell, display) => {
                self.shell = shell;
                self.display = display;
                effects.push(Effect::Display(display));
                self.start_engine(effects);
            }
            Message::Answer(envelope) => self.answer(*envelope, effects),
            Message::TakenUp(id) => self.taken_up(id),
            Message::Second => self.second(effects),
            Message::Broke(detail) => self.broke(&detail, effects),
            Message::Chosen(picked) => self.chosen(picked, effects),
            Message::BreakdownChosen(picked) => self.breakdown_chosen(picked, effects),
            Message::Held(id) if self.proposed() == Some(id) => self.read_breakdown(effects),
            Message::NotRead(id, why) if self.proposed() == Some(id) => {
                self.refuse_breakdown(text::not_read(&why), effects)
            }
            Message::Held(id) => {
                if let Some(file) = self.file_mut(id) {
                    file.held = true;
                }
                self.open_now(id, effects);
            }
            Message::NotRead(id, why) => {
                if let Some(file) = self.file_mut(id) {
                    file.phase = Phase::Unreadable(text::not_read(&why));
                }
                self.opened(id, effects);
                self.tell_beside(effects);
            }
            Message::Refused(why) => self.tell(NoticeKind::Trouble, text::refused(&why), None),
            Message::Shortcut(shortcut) => self.shortcut(shortcut, effects),
            Message::Dragging(dragging) => self.dragging = dragging,
            Message::Scrolled(viewport) => self.scrolled(viewport, effects),
            Message::User(what) => self.user(what, effects),
        }
    }

    fn user(&mut self, what: Do, effects: &mut Vec<Effect>) {
        match what {
            Do::Go(place) => self.go(place),
            Do::Choose => effects.push(Effect::Choose),
            Do::Demo => self.send(Request::Demo, Pending::Demo, effects),
            Do::Select(id) => {
                self.go(Place::Check);
                self.select(id, effects);
            }
            Do::Close(id) => self.close(id, effects),
            Do::Retry(id) => {
                if let Some(file) = self.file_mut(id) {
                    file.breakdowns = 0;
                    file.phase = Phase::Waiting;
                    file.told = None;
                }
                self.queue.push_back(id);
                self.pump(effects);
            }
            Do::Sheet(sheet) => self.show_sheet(sheet, effects),
            Do::Finding(id) => self.go_to_finding(id, effects),
            Do::Next => self.step_finding(1, effects),
            Do::Previous => self.step_finding(-1, effects),
            Do::Filter(tier) => self.filter = tier,
            Do::Apply(id) => self.apply(id, effects),
            Do::ApplySafe => self.apply_safe(effects),
            Do::Ignore(id) => self.ignore(id, effects),
            Do::TakeUp(id) => {
                if let Some(file) = self.selected_mut()
                    && let Some(finding) = file.finding(id).map(mark)
                {
                    file.ignored.remove(&finding);
                }
            }
            Do::Explain(id) => self.explain(id, effects),
            Do::Explaining(text) => {
                if let Some(draft) = &mut self.draft {
                    draft.text = text;
                }
            }
            Do::SaveExplanation => self.save_explanation(effects),
            Do::LeaveExplanation => {
                self.keep_draft();
                self.refocus(effects);
            }
            Do::DropExplanation => {
                self.draft = None;
                self.refocus(effects);
            }
            Do::TakeAnswerBack(id) => self.put_explanation(id, "", effects),
            Do::Undo => self.undo(effects),
            Do::Redo => self.redo(effects),
            Do::TakeBack(serial) => self.take_back(serial, effects),
            Do::Cell(row, column) => {
                self.leave_editor(effects);
                self.put_cursor(row, column, effects);
                self.point_out(effects);
                effects.push(Effect::Focus(EDITOR));
            }
            Do::EditCell(row, column) => {
                self.put_cursor(row, column, effects);
                self.edit(effects);
                effects.push(Effect::Focus(EDITOR));
            }
            Do::Key(key) => self.key(key, effects),
            Do::Typed(text) => self.typed(&text),
            Do::LeaveEditor => self.leave_editor(effects),
            Do::HidePopover => {
                if let Some(view) = self.view_mut() {
                    view.popover = false;
                }
            }
            Do::Save => self.save(effects),
            Do::SaveFindings => match self.selected_ready() {
                Some(file) => self.send(Request::Findings { file }, Pending::Findings(file), effects),
                None => self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None),
            },
            Do::Record(record) => self.record = Some(record),
            Do::Period(period) => {
                self.period = Some(period);
                self.consolidation = Consolidation::None;
                self.basis = None;
            }
            Do::Consolidate => self.consolidate(effects),
            Do::DownloadConsolidated => {
                if self.consolidation_is_outdated() {
                    self.tell(NoticeKind::Said, text::OUTDATED_WHY.to_owned(), None);
                } else if let Consolidation::Done { document, .. } = &self.consolidation {
                    effects.push(Effect::Download((**document).clone()));
                    self.announcement = text::downloaded(&document.name);
                }
            }
            Do::ChooseBreakdown => effects.push(Effect::ChooseBreakdown),
            Do::UseBreakdown => self.use_breakdown(effects),
            Do::UseOfficialBreakdown => self.use_official_breakdown(effects),
            Do::Display(switch) => {
                match switch {
                    Switch::Large => self.display.large = !self.display.large,
                    Switch::Contrast => self.display.contrast = !self.display.contrast,
                    Switch::Dark => self.display.dark = !self.display.dark,
                }
                effects.push(Effect::Display(self.display));
                self.measure();
            }
            Do::Open(card) => {
                self.card = if self.card == Some(card) { None } else { Some(card) };
                if self.card.is_some() {
                    effects.push(Effect::Focus(CARD));
                }
            }
            Do::CloseCard => self.close_card(effects),
            Do::PutAway(id) => self.notices.retain(|notice| notice.id != id),
            Do::Accept(Offer::Restore(serial)) => self.restore(serial, effects),
            Do::Accept(Offer::Restart) => self.restart(effects),
        }
    }

    fn shortcut(&mut self, shortcut: Shortcut, effects: &mut Vec<Effect>) {
        match shortcut {
            Shortcut::Choose => effects.push(Effect::Choose),
            Shortcut::Save => {
                self.leave_editor(effects);
                self.save(effects);
            }
            Shortcut::Next => self.step_finding(1, effects),
            Shortcut::Previous => self.step_finding(-1, effects),
            Shortcut::Apply => {
                if let Some(id) = self.finding {
                    self.apply(id, effects);
                }
            }
            Shortcut::Undo => self.undo(effects),
            Shortcut::Redo => self.redo(effects),
            Shortcut::Close => {
                let popover = self.view.as_ref().is_some_and(|view| view.popover);
                if self.card.is_some() {
                    self.close_card(effects);
                    effects.push(Effect::Focus(EDITOR));
                } else if let Some(view) = self.view_mut().filter(|_| popover) {
                    view.popover = false;
                    effects.push(Effect::Focus(EDITOR));
                }
            }
            Shortcut::Check => self.go(Place::Check),
            Shortcut::Consolidate => self.go(Place::Consolidate),
            Shortcut::Rules => self.go(Place::Rules),
            Shortcut::Help => self.user(Do::Open(Card::Keys), effects),
            Shortcut::NextArea => effects.push(Effect::NextArea(AREAS)),
        }
    }

    // The engine.

    // Files.

    // The sheet.

    // Findings.

    // Changes.

    // Files out.

    // Helpers.

    fn go(&mut self, place: Place) {
        self.place = place;
        // A certificate belongs to the sheet beside it.
        self.card = None;
        self.forget_said();
    }

    fn next(&mut self) -> u32 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    fn file_mut(&mut self, id: FileId) -> Option<&mut File> {
        self.files.iter_mut().find(|file| file.id == id).map(Shared::make_mut)
    }

    fn selected_mut(&mut self) -> Option<&mut File> {
        self.selected.and_then(|id| self.file_mut(id))
    }

    fn view_mut(&mut self) -> Option<&mut View> {
        self.view.as_mut().map(Shared::make_mut)
    }

    fn selected_ready(&self) -> Option<FileId> {
        self.selected_file()
            .filter(|file| file.told.is_some() && file.phase == Phase::Open)
            .map(|file| file.id)
    }
}

#[cfg(test)]
mod tests;
