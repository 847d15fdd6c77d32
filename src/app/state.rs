//! The one reducer of the page: a message comes in, the state changes, effects go out. Pure: it reads no clock,
//! no file and no browser.

mod alive;
mod block;
mod breakdown;
mod changes;
mod consolidation;
mod engine;
mod files;
mod find;
mod findings;
mod keeping;
mod message;
mod notices;
mod panels;
mod plan;
mod removal;
mod rules;
mod said;
mod sheet;
mod shelf;
mod versions;

use super::Shared;
use super::file::{File, Phase, Standing};
use super::keys::Shortcut;
use super::machine::Machine;
use super::paper::Sheets;
use super::rail::Rail;
use super::text;
use crate::worker::protocol::{FileId, Hello, Request, RuleOff};
#[cfg(test)]
pub use block::Hand;
pub use block::{LeftOut, MOST_ROWS};
pub use breakdown::Proposal;
pub use changes::change_line;
pub use consolidation::{BRIEF, Consolidation, NOTICES, Traced};
pub use files::{READ_REST, STOP_READING};
pub use find::{FIND, Find};
pub use findings::{Draft, EXPLANATION, SettledAt};
pub use keeping::{Keeping, SELF_CHECK, TakeIn, changes_of, is_same};
pub use message::{
    AREAS, CARD, Card, Clipboard, Command, Display, Effect, Guard, Message, Picked, Place, Release, Switch,
};
pub use notices::{Notice, NoticeKind, Offer};
pub use panels::{Arrange, NARROWEST, Panels, Side};
pub use plan::{CARRY_OUT, Plan};
pub use said::{ASKING, table_of_column, table_of_row};
pub use sheet::{Asked, Block, COLUMN_LETTERS, EDITOR, ROW_NUMBERS, SHEET, View, Viewport};
pub use shelf::{OnShelf, Shelf, ShelfSays};

use block::Deed;
use breakdown::Breakdown;
use changes::Changes;
use consolidation::Consolidating;
use engine::{Engine, Pending};
use files::Queue;
use findings::Worklist;
use notices::Notices;
use removal::Removed;
use sheet::OnScreen;

/// What the page knows. Each room holds its own part.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct State {
    pub release: Release,
    pub display: Display,
    pub place: Place,
    pub card: Option<Card>,
    /// Files are being dragged over the page.
    pub dragging: bool,
    /// What the engine has said of itself.
    pub hello: Option<Shared<Hello>>,
    pub files: Vec<Shared<File>>,
    pub selected: Option<FileId>,
    /// Which of the files are shown, and how.
    pub rail: Rail,
    pub sheet: OnScreen,
    pub panels: Panels,
    pub findings: Worklist,
    pub changes: Changes,
    pub consolidation: Consolidating,
    pub breakdown: Breakdown,
    /// The rules that are switched off, in the order in which they were.
    pub rules_off: Vec<RuleOff>,
    pub notices: Notices,
    pub keeping: Keeping,
    pub machine: Machine,
    /// What was printed last, until the user does something else.
    pub paper: Option<Sheets>,
    engine: Engine,
    queue: Queue,
    /// Files that were removed, the last at the end.
    removed: Vec<Removed>,
    /// The last number given to a request, a step or a notice.
    serial: u32,
}

impl State {
    /// Takes in one message; what is to be done outside comes back in order.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let unsaved = self.unsaved();
        let mut effects = Vec::new();
        self.take(message, &mut effects);
        self.let_plan_go(&mut effects);
        self.ask_sum(&mut effects);
        if self.unsaved() != unsaved {
            effects.push(Effect::Guard(if unsaved { Guard::Off } else { Guard::On }));
        }
        effects
    }

    /// The file of this number, while it is in the list.
    pub fn file(&self, id: FileId) -> Option<&Shared<File>> {
        self.files.iter().find(|file| file.id == id)
    }

    /// The file that is on the screen.
    pub fn selected_file(&self) -> Option<&Shared<File>> {
        self.selected.and_then(|id| self.file(id))
    }

    /// How large everything is drawn: 1 at the usual size of type.
    pub const fn scale(&self) -> f64 {
        self.display.scale()
    }

    /// How many files are still to be read.
    pub fn reading(&self) -> usize {
        let coming = if self.queue.stopped { 0 } else { self.queue.coming };
        self.files.iter().filter(|file| file.standing() == Standing::Reading).count() + coming
    }

    /// How many wait for their turn, and how many the user has left unread.
    pub fn waiting(&self) -> (usize, usize) {
        let unread = self.files.iter().filter(|file| file.phase == Phase::Unread).count();
        let coming = if self.queue.stopped { self.queue.coming } else { 0 };
        (self.queue.len(), unread + coming)
    }

    /// Whether anything would be lost with the page: changes, an explanation or a cell being written, that neither a
    /// copy nor a file of 保存进度 has.
    fn unsaved(&self) -> bool {
        let removed = self.removed.iter().map(|removed| &removed.file);
        let typing = self.sheet.view.as_ref().is_some_and(|view| {
            let before = view.cell(view.cursor.0, view.cursor.1).map_or("", |cell| cell.raw.as_str());
            view.editing.as_ref().is_some_and(|typed| typed != before)
        });
        typing
            || self.files.iter().chain(removed).any(|file| file.unsaved() && !self.keeping.has(file))
            || self.drafts().any(|draft| self.is_half_written(draft) && !self.keeping.has_draft(draft))
    }

    fn take(&mut self, message: Message, effects: &mut Vec<Effect>) {
        match message {
            Message::Started(release, display) => {
                self.release = release;
                self.display = display;
                effects.push(Effect::Display(display));
                self.start_engine(effects);
            }
            Message::Answer(envelope) => self.answer(*envelope, effects),
            Message::TakenUp(id) => self.taken_up(id),
            Message::Second => {
                self.second(effects);
                self.put_on_shelf(effects);
            }
            Message::Broke(detail) => self.broke(&detail, effects),
            Message::Shelf(says) => self.shelf_says(says, effects),
            Message::Machine(machine) => self.machine = machine,
            Message::Copied(done) => {
                let said = match (done, self.place) {
                    (true, Place::Consolidate) => text::COPIED,
                    (true, _) => text::SELF_CHECK_COPIED,
                    (false, _) => text::SELF_CHECK_NOT_COPIED,
                };
                self.tell(NoticeKind::Said, said.to_owned(), None);
            }
            Message::Clock(now) => self.keeping.now = now,
            Message::Returned(progress, picked) => self.returned(*progress, picked, effects),
            Message::Coming(count) => self.queue.coming = count,
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
                self.open_if_held(id, effects);
            }
            Message::NotRead(id, why) => {
                if let Some(file) = self.file_mut(id) {
                    file.phase = Phase::Unreadable(text::not_read(&why));
                }
                self.finish_opening(id, effects);
                self.announce_progress();
                self.recheck_affected(effects);
            }
            Message::Refused(why) => self.tell(NoticeKind::Trouble, text::refused(&why), None),
            Message::Shortcut(shortcut) => self.shortcut(shortcut, effects),
            Message::Dragging(dragging) => {
                self.dragging = dragging;
                if dragging {
                    // What a dialog was opened for, and closed without.
                    self.consolidation.awaited = None;
                }
            }
            Message::Scrolled(viewport) => self.scrolled(viewport, effects),
            Message::User(what) => self.user(what, effects),
        }
    }

    fn user(&mut self, what: Command, effects: &mut Vec<Effect>) {
        if self.is_kept_as_it_is(&what) {
            return;
        }
        self.paper = None;
        match what {
            Command::Go(place) => self.go(place),
            Command::Choose => {
                self.consolidation.awaited = None;
                effects.push(Effect::Choose);
            }
            Command::Print(sheets) => {
                self.paper = Some(sheets);
                effects.push(Effect::Print);
            }
            Command::SaveCertificate(file) => self.save_certificate(file, effects),
            Command::Demo => self.send(Request::Demo, Pending::Demo, effects),
            Command::Select(id) => {
                self.go(Place::Check);
                self.select(id, effects);
            }
            Command::Close(id) => self.close(id, effects),
            Command::Retry(id) => self.read_again(&[id], effects),
            Command::StopReading => self.stop_reading(effects),
            Command::ReadRest => self.read_rest(effects),
            Command::Sheet(sheet) => self.show_sheet(sheet, effects),
            Command::Table(sheet, row, column) => {
                self.show_sheet(sheet, effects);
                self.put_cursor(row, column, effects);
            }
            Command::Column(column) => self.select_column(column, effects),
            Command::Finding(id) => self.go_to_finding(id, effects),
            Command::Next => self.step_finding(1, effects),
            Command::Previous => self.step_finding(-1, effects),
            Command::Version(version) => self.show_version(version, effects),
            Command::Sift(sift) => self.sift(sift, effects),
            Command::Settled(step, id) => self.go_to_settled(step, id, effects),
            Command::Apply(id) => self.apply(id, effects),
            Command::PlanSafe => self.plan_safe(effects),
            Command::LeaveOut(one) => self.leave_out(&one, effects),
            Command::ApplySafe => self.apply_safe(effects),
            Command::Ignore(id) => self.ignore(id, effects),
            Command::TakeUp(id) => self.take_up(id, effects),
            Command::Explain(id) => self.explain(id, effects),
            Command::Explaining(text) => {
                if let Some(draft) = &mut self.findings.draft {
                    draft.text = text;
                }
            }
            Command::SaveExplanation => self.save_explanation(effects),
            Command::LeaveExplanation => {
                self.keep_draft();
                self.refocus(effects);
            }
            Command::DropExplanation => {
                self.findings.draft = None;
                self.refocus(effects);
            }
            Command::TakeAnswerBack(id) => self.put_explanation(id, "", effects),
            Command::Undo => self.undo(effects),
            Command::Redo => self.redo(effects),
            Command::TakeBack(serial) => self.take_back(serial, effects),
            Command::Cell(row, column) => {
                self.leave_editor(effects);
                self.put_cursor(row, column, effects);
                self.point_out(effects);
                effects.push(Effect::Focus(EDITOR));
            }
            Command::EditCell(row, column) => {
                self.put_cursor(row, column, effects);
                self.edit(effects);
                effects.push(Effect::Focus(EDITOR));
            }
            Command::Grab(row, column) => self.grab(row, column, effects),
            Command::Drag(row, column) => self.drag(row, column, effects),
            Command::LetGo => self.release_mouse(),
            Command::Reach(row, column) => {
                self.leave_editor(effects);
                self.reach(row, column, effects);
                effects.push(Effect::Focus(EDITOR));
            }
            Command::PasteFile(clipboard) => self.paste_file(clipboard, effects),
            Command::Paste(clipboard) => self.paste(clipboard, effects),
            Command::Copied => self.copied(),
            Command::CopyLater => self.deed(Deed::Copy, effects),
            Command::Seek(wanted) => self.seek(wanted, effects),
            Command::SeekOn(back) => self.seek_on(back, effects),
            Command::StopSeeking => self.close_find(effects),
            Command::Key(key) => self.key(key, effects),
            Command::Typed(text) => self.typed(&text),
            Command::LeaveEditor => self.leave_editor(effects),
            Command::Arrange(what) => self.arrange(what, effects),
            Command::HidePopover => {
                if let Some(view) = self.view_mut() {
                    view.popover = false;
                }
            }
            Command::Ask(what) => self.ask_about(what, false, effects),
            Command::StopAsking => self.stop_asking(effects),
            Command::Say(sheet, hint) => self.say(sheet, hint, effects),
            Command::Save => self.save(effects),
            Command::SaveFindings => match self.selected_ready() {
                Some(file) => self.send(Request::Findings { file }, Pending::Findings(file), effects),
                None => self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None),
            },
            Command::Record(record) => self.changes.record = Some(record),
            Command::Period(period) => {
                self.consolidation.period = Some(period);
                self.consolidation.all = false;
                self.consolidation.progress = Consolidation::None;
                self.consolidation.basis = None;
            }
            Command::AllPeriods => {
                self.consolidation.all = true;
                self.consolidation.progress = Consolidation::None;
                self.consolidation.basis = None;
            }
            Command::SearchFiles(wanted) => self.rail.wanted = wanted,
            Command::OrderFiles(order) => self.rail.order = order,
            Command::Prefer(file) => self.prefer(file),
            Command::SendBack(file) => {
                self.send(Request::SendBack { file }, Pending::SendBack(file), effects);
            }
            Command::Forms(city, period) => {
                self.send(Request::Forms { city, period }, Pending::Forms, effects);
            }
            Command::SwitchOff(code, reason) => self.switch_off(code, &reason, effects),
            Command::SwitchOn(code) => self.switch_on(&code, effects),
            Command::ShowRule(file, code) => self.show_rule(file, code, effects),
            Command::BreakdownForm => self.send(Request::BreakdownForm, Pending::Forms, effects),
            Command::PassOver(city) => {
                if !self.consolidation.without.remove(&city) {
                    self.consolidation.without.insert(city);
                }
            }
            Command::SettledOnly => self.consolidation.settled = !self.consolidation.settled,
            Command::SwitchShelf => self.switch_shelf(effects),
            Command::RestoreLeft => effects.push(Effect::Shelf(Shelf::Restore)),
            Command::ClearLeft => self.clear_left(effects),
            Command::CopySelfCheck => effects.push(Effect::Copy(SELF_CHECK)),
            Command::SaveProgress => self.save_progress(effects),
            Command::Decide(how) => self.decide(how, effects),
            Command::Consolidate => self.consolidate(effects),
            Command::DownloadConsolidated => {
                if self.consolidation_is_outdated() {
                    self.tell(NoticeKind::Said, text::outdated_why(), None);
                } else if let Consolidation::Done { document, .. } = &self.consolidation.progress {
                    let document = (**document).clone();
                    self.notices.announcement = text::downloaded(&document.name);
                    self.hand(document, effects);
                }
            }
            Command::ChooseFor(city, period) => {
                self.consolidation.awaited = Some((city, period));
                effects.push(Effect::Choose);
            }
            Command::DropOn(city, period) => self.consolidation.awaited = Some((city, period)),
            Command::ShowPeriod(period) => {
                self.notices.announcement = text::consolidated(&period);
                self.consolidation.shown = Some(period);
            }
            Command::Trace(number) => self.trace(number, effects),
            Command::ToSource(file, sheet, row, column) => {
                self.go_to_source(file, (sheet, row, column), effects)
            }
            Command::BackToSummary => self.back_to_summary(effects),
            Command::Compare(of) => self.compare(of, effects),
            Command::LongTable => self.long_table(effects),
            Command::SendBackAll(files) => {
                self.send(Request::SendBackAll { files }, Pending::Forms, effects);
            }
            Command::CopyNotices => effects.push(Effect::Copy(NOTICES)),
            Command::CopyBrief => effects.push(Effect::Copy(BRIEF)),
            Command::DownloadBrief => self.download_brief(effects),
            Command::ChooseBreakdown => effects.push(Effect::ChooseBreakdown),
            Command::UseBreakdown => self.use_breakdown(effects),
            Command::UseOfficialBreakdown => self.use_official_breakdown(effects),
            Command::Display(switch) => {
                match switch {
                    Switch::Large => self.display.large = !self.display.large,
                    Switch::Contrast => self.display.contrast = !self.display.contrast,
                    Switch::Dark => self.display.dark = !self.display.dark,
                }
                effects.push(Effect::Display(self.display));
                self.measure();
            }
            Command::Open(card) => {
                if self.card == Some(card) {
                    self.close_card(effects);
                } else {
                    self.card = Some(card);
                    effects.push(Effect::Focus(CARD));
                }
            }
            Command::CloseCard => self.close_card(effects),
            Command::PutAway(id) => self.notices.list.retain(|notice| notice.id != id),
            Command::Accept(Offer::Restore(serial)) => self.restore(serial, effects),
            Command::Accept(Offer::Remove(id)) => self.close_now(id, effects),
            Command::Accept(Offer::Restart) => self.restart(effects),
        }
    }

    fn shortcut(&mut self, shortcut: Shortcut, effects: &mut Vec<Effect>) {
        match shortcut {
            Shortcut::Choose => self.user(Command::Choose, effects),
            Shortcut::Print => {
                if self.card == Some(Card::Help) {
                    self.user(Command::Print(Sheets::Help), effects);
                } else if let Some(file) = self.selected {
                    self.user(Command::Print(Sheets::Report(file)), effects);
                }
            }
            Shortcut::Save => {
                self.leave_editor(effects);
                self.save(effects);
            }
            Shortcut::Next => self.step_finding(1, effects),
            Shortcut::Previous => self.step_finding(-1, effects),
            Shortcut::Apply => {
                if let Some(id) = self.findings.selected {
                    self.apply(id, effects);
                }
            }
            Shortcut::Undo => self.undo(effects),
            Shortcut::Redo => self.redo(effects),
            Shortcut::Close => {
                let popover = self.sheet.view.as_ref().is_some_and(|view| view.popover);
                if self.card.is_some() {
                    self.close_card(effects);
                } else if self.sheet.view.as_ref().is_some_and(|view| view.asking.is_some()) {
                    self.stop_asking(effects);
                } else if let Some(view) = self.view_mut().filter(|_| popover) {
                    view.popover = false;
                    effects.push(Effect::Focus(EDITOR));
                } else if self.place == Place::Consolidate && self.consolidation.traced.is_some() {
                    self.trace(None, effects);
                } else if self.panels.drawer {
                    self.arrange(Arrange::Drawer, effects);
                }
            }
            Shortcut::Check => self.go(Place::Check),
            Shortcut::Consolidate => self.go(Place::Consolidate),
            Shortcut::Rules => self.go(Place::Rules),
            Shortcut::Find => self.open_find(effects),
            Shortcut::Help => self.user(Command::Open(Card::Help), effects),
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
        self.consolidation.left_from = None;
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
        self.sheet.view.as_mut().map(Shared::make_mut)
    }

    fn selected_ready(&self) -> Option<FileId> {
        self.selected_file()
            .filter(|file| file.sent_steps.is_some() && file.phase == Phase::Open)
            .map(|file| file.id)
    }
}

#[cfg(test)]
mod tests;
