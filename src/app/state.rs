//! The one reducer of the page: a message comes in, the state changes, effects go out. Pure: it reads no clock,
//! no file and no browser.

mod breakdown;
mod engine;
mod removal;

use std::collections::{BTreeMap, VecDeque};

use super::Shared;
use super::file::{File, Mark, Phase, Standing, Step, inserts_rows, mark};
use super::findings::{self, open, safe_batch};
use super::geometry::{Cells, Geometry, VARIED_ROWS, address};
use super::keys::{SheetKey, Shortcut};
use super::text;
use crate::worker::protocol::{
    Action, Area, Audit, Beside, Change, ConsolidationSummary, Document, Envelope, FileId, Finding, Hello,
    Input, NewBreakdown, Record, Request, Response, SheetInfo, Tier,
};
use removal::Removed;

/// Rows asked for at once.
const BLOCK: u32 = 100;
/// Blocks kept of one sheet.
const MOST_BLOCKS: usize = 40;
/// “All safe fixes” stops after so many rounds of applying and auditing.
const SWEEPS: u8 = 20;
/// Starts of the engine in a row without an answer before the page gives up.
const MOST_STARTS: u8 = 3;
/// Removed files that can be put back; those with unsaved work always can.
const MOST_REMOVED: usize = 20;
/// Width of the row numbers and height of the column letters, at the usual size of type.
pub const ROW_NUMBERS: f64 = 44.0;
pub const COLUMN_LETTERS: f64 = 46.0;

/// Version and build of the file that is open.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Shell {
    pub version: String,
    pub build: String,
}

/// A file the user chose; its bytes are read later.
#[derive(Clone, Debug, PartialEq)]
pub struct Picked {
    pub file: FileId,
    pub name: String,
    /// Bytes.
    pub size: f64,
    /// The bytes are with the host already.
    pub held: bool,
}

/// What of the sheet is on the screen, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Viewport {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// How the page looks, kept by the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Display {
    pub large: bool,
    pub contrast: bool,
    pub dark: bool,
}

impl Display {
    const fn scale(self) -> f64 {
        if self.large { 1.3 } else { 1.0 }
    }
}

/// Whether leaving the page asks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    Off,
    On,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Place {
    #[default]
    Check,
    Consolidate,
    Rules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    Large,
    Contrast,
    Dark,
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    Keys,
    About,
    Certificate(FileId),
    /// 换分解表: what the chosen one changes.
    Breakdown,
}

/// Another breakdown that the user has chosen and not yet put in force.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposal {
    Reading(Picked),
    Ready(Picked, Shared<NewBreakdown>),
    /// Name, and one sentence that says why and what to do.
    Refused(String, String),
}

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

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub cells: Shared<Cells>,
    /// Shown until the new cells are here.
    fresh: bool,
}

/// The sheet on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub file: FileId,
    pub sheet: u32,
    pub blocks: BTreeMap<u32, Block>,
    pub geometry: Shared<Geometry>,
    pub cursor: (u32, u32),
    /// The text of the cell under the cursor while it is edited.
    pub editing: Option<String>,
    pub popover: bool,
    /// Grows with every finding gone to, so that its cell pulses once.
    pub pulse: u32,
}

impl Block {
    pub fn new(cells: Cells) -> Self {
        Self { cells: Shared::new(cells), fresh: true }
    }
}

impl View {
    pub fn cell(&self, row: u32, column: u32) -> Option<&crate::worker::protocol::CellDto> {
        self.blocks.get(&(row / BLOCK)).and_then(|block| block.cells.get(&(row, column)))
    }
}

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
        (&self.of.0, &self.of.1, &self.of.2) == (&finding.code, &finding.sheet, &finding.address)
    }
}

/// What a consolidation was made of.
#[derive(Clone, Debug, PartialEq)]
struct Basis {
    period: Option<String>,
    breakdown: Option<FileId>,
    /// Each return, the changes in force in it and what others say of it.
    returns: Vec<(FileId, Vec<u32>, Beside)>,
}

/// How far a consolidation has come.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Consolidation {
    #[default]
    None,
    Working,
    Done {
        document: Shared<Document>,
        summary: Shared<ConsolidationSummary>,
    },
    Failed(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The page is up; what the shell knows and how the page looked last time.
    Started(Shell, Display),
    Answer(Box<Envelope<Response>>),
    /// The engine has begun with the request of this number.
    TakenUp(u32),
    /// A second has passed, while the browser lets the page run.
    Second,
    /// The engine broke down: its own words.
    Broke(String),
    Chosen(Vec<Picked>),
    /// A file to be used as the breakdown.
    BreakdownChosen(Picked),
    Held(FileId),
    /// The browser could not read the file: its own words.
    NotRead(FileId, String),
    /// The browser could not carry out an effect: its own words.
    Refused(String),
    Shortcut(Shortcut),
    /// Files are being dragged over the page, or no longer.
    Dragging(bool),
    Scrolled(Viewport),
    User(Do),
}

/// What the user does, named by the panels.
#[derive(Clone, Debug, PartialEq)]
pub enum Do {
    Go(Place),
    Choose,
    Demo,
    Select(FileId),
    Close(FileId),
    Retry(FileId),
    Sheet(u32),
    Finding(u32),
    Next,
    Previous,
    Filter(Option<Tier>),
    Apply(u32),
    ApplySafe,
    Ignore(u32),
    TakeUp(u32),
    /// Begins to answer a 警示, or goes on with it.
    Explain(u32),
    Explaining(String),
    SaveExplanation,
    /// Closes the field and keeps what was written.
    LeaveExplanation,
    DropExplanation,
    TakeAnswerBack(u32),
    Undo,
    Redo,
    TakeBack(u32),
    Cell(u32, u32),
    EditCell(u32, u32),
    Key(SheetKey),
    Typed(String),
    LeaveEditor,
    HidePopover,
    Save,
    SaveFindings,
    Record(Record),
    Period(String),
    Consolidate,
    DownloadConsolidated,
    ChooseBreakdown,
    UseBreakdown,
    UseOfficialBreakdown,
    Display(Switch),
    Open(Card),
    CloseCard,
    PutAway(u32),
    Accept(Offer),
}

/// What is to be done outside, in order.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::large_enum_variant, reason = "made once, carried out once, never stored")
)]
pub enum Effect {
    /// A new engine; the old one, if any, is ended.
    StartEngine,
    /// The bytes of an `Open` are put in by the host.
    Send(Envelope<Request>),
    /// Reads a chosen file's bytes; answer: [`Message::Held`] or [`Message::NotRead`].
    Read(FileId),
    /// Keeps these as if they had been chosen; answer: [`Message::Chosen`].
    Keep(Vec<Document>),
    Release(FileId),
    /// Opens the file dialog.
    Choose,
    /// Opens the file dialog for a breakdown; answer: [`Message::BreakdownChosen`].
    ChooseBreakdown,
    Download(Document),
    ScrollTo {
        left: f64,
        top: f64,
    },
    /// Gives the focus to the element of this id.
    Focus(&'static str),
    /// Gives the focus to the element of this id, where the element that had it is gone.
    Refocus(String),
    /// Brings the element of this id into view.
    Reveal(String),
    /// Moves the focus to the next of these elements.
    NextArea(&'static [&'static str]),
    Guard(Guard),
    Display(Display),
}

/// The element that scrolls the sheet.
pub const SHEET: &str = "sheet";
pub const EDITOR: &str = "cell-editor";
pub const AREAS: &[&str] = &["files", EDITOR, "findings", "actions"];
pub const CARD: &str = "card";
/// The list of findings.
pub const LIST: &str = "findings";
pub const EXPLANATION: &str = "explanation";

#[derive(Clone, Debug, PartialEq)]
enum Pending {
    Hello,
    Demo,
    Open(FileId),
    Change(FileId),
    Recheck(FileId),
    Window { file: FileId, sheet: u32, block: u32 },
    Save { file: FileId, serials: Vec<u32> },
    Findings(FileId),
    Consolidate,
    Close,
    ReadBreakdown(FileId),
    UseBreakdown,
}

impl Pending {
    const fn file(&self) -> Option<FileId> {
        match self {
            Self::Open(file)
            | Self::Change(file)
            | Self::Recheck(file)
            | Self::Findings(file)
            | Self::Save { file, .. }
            | Self::Window { file, .. } => Some(*file),
            Self::Hello
            | Self::Demo
            | Self::Consolidate
            | Self::Close
            | Self::ReadBreakdown(_)
            | Self::UseBreakdown => None,
        }
    }
}

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

    /// Report periods of the returns that were read, the latest first.
    pub fn periods(&self) -> Vec<String> {
        let mut periods: Vec<String> = self.returns().flat_map(|file| file.periods().cloned()).collect();
        periods.sort();
        periods.dedup();
        periods.reverse();
        periods
    }

    pub fn returns(&self) -> impl Iterator<Item = &Shared<File>> {
        self.files
            .iter()
            .filter(|file| file.audit.as_ref().is_some_and(|audit| audit.form.as_deref() == Some("progress")))
    }

    /// The period that is consolidated: the one chosen, else the latest.
    pub fn chosen_period(&self) -> Option<String> {
        let periods = self.periods();
        self.period.clone().filter(|period| periods.contains(period)).or_else(|| periods.into_iter().next())
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

    fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.draft.iter().chain(&self.kept)
    }

    fn is_half_written(&self, draft: &Draft) -> bool {
        let words = draft.text.trim();
        let removed = self.removed.iter().map(|removed| &removed.file);
        let file = self.files.iter().chain(removed).find(|file| file.id == draft.file);
        let about = file.and_then(|file| file.findings().iter().find(|finding| draft.is_about(finding)));
        !words.is_empty() && about.is_some_and(|finding| finding.answer.as_deref() != Some(words))
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

    fn start_engine(&mut self, effects: &mut Vec<Effect>) {
        self.starts += 1;
        self.pending.clear();
        self.opening = None;
        self.taken = None;
        self.silent = 0;
        effects.push(Effect::StartEngine);
        self.send(Request::Hello, Pending::Hello, effects);
        // Before any file, so that each is audited against the breakdown in force.
        if let Some(Picked { file, name, .. }) = self.breakdown.clone() {
            self.send(
                Request::UseBreakdown { file, name, bytes: Vec::new() },
                Pending::UseBreakdown,
                effects,
            );
        }
    }

    fn send(&mut self, body: Request, pending: Pending, effects: &mut Vec<Effect>) {
        self.send_numbered(body, pending, effects);
    }

    fn send_numbered(&mut self, body: Request, pending: Pending, effects: &mut Vec<Effect>) -> u32 {
        let id = self.next();
        self.pending.insert(id, pending);
        effects.push(Effect::Send(Envelope { id, body }));
        id
    }

    /// A new engine with all files and their changes; a file over which it was lost twice is left out. `say` tells the
    /// user of it, with the file's name where one is to blame.
    fn lost(
        &mut self,
        culprit: Option<Pending>,
        say: fn(Option<&str>) -> String,
        detail: &str,
        effects: &mut Vec<Effect>,
    ) {
        let culprit_file = culprit.as_ref().and_then(Pending::file);
        let full = text::breakdown_detail(&self.shell.version, &self.shell.build, detail);
        if self.starts >= MOST_STARTS {
            self.tell(NoticeKind::Trouble, text::ENGINE_GONE.to_owned(), Some(full));
            self.pending.clear();
            self.again.clear();
            self.busy_saving = false;
            for file in &mut self.files {
                if file.phase != Phase::Open && !matches!(file.phase, Phase::Unreadable(_)) {
                    file.make_mut().phase = Phase::Unreadable(text::ENGINE_GONE.to_owned());
                }
            }
            return;
        }
        let mut told_name = None;
        if let Some(file) = culprit_file.and_then(|id| self.file_mut(id)) {
            file.breakdowns += 1;
            told_name = Some(file.name.clone());
            if file.breakdowns >= 2 {
                file.phase = Phase::Unreadable(text::BROKE_TWICE.to_owned());
            }
        }
        if matches!(self.consolidation, Consolidation::Working) && !self.again.contains(&Pending::Consolidate)
        {
            self.consolidation = Consolidation::Failed(text::TRY_AGAIN.to_owned());
        }
        self.busy_saving = self.again.iter().any(|pending| matches!(pending, Pending::Save { .. }));
        self.tell(NoticeKind::Trouble, say(told_name.as_deref()), Some(full.clone()));
        match culprit {
            Some(Pending::UseBreakdown) => {
                self.tell(NoticeKind::Trouble, text::BREAKDOWN_BROKE.to_owned(), Some(full));
                effects.extend(self.breakdown.take().map(|former| Effect::Release(former.file)));
            }
            Some(Pending::ReadBreakdown(_)) => self.refuse_breakdown(text::BROKE_TWICE.to_owned(), effects),
            _ => {}
        }
        self.start_engine(effects);
        if matches!(&self.proposal, Some(Proposal::Reading(picked)) if picked.held) {
            self.read_breakdown(effects);
        }
        // The file that is looked at first, then the others in their order.
        let selected = self.selected;
        self.queue.clear();
        for file in &mut self.files {
            let file = file.make_mut();
            file.told = None;
            file.awaited = None;
            if !matches!(file.phase, Phase::Unreadable(_)) {
                file.phase = Phase::Waiting;
                if Some(file.id) == selected {
                    self.queue.push_front(file.id);
                } else {
                    self.queue.push_back(file.id);
                }
            }
        }
        self.pump(effects);
        self.ask_again(effects);
    }

    fn answer(&mut self, Envelope { id, body }: Envelope<Response>, effects: &mut Vec<Effect>) {
        self.heard(id);
        // An answer to a question that nobody asks any more.
        let Some(pending) = self.pending.remove(&id) else { return };
        self.starts = 0;
        match (pending, body) {
            (pending, Response::Hello(hello)) => {
                if pending == Pending::UseBreakdown {
                    self.announcement = text::breakdown_in_force(hello.breakdown.as_deref());
                }
                self.hello = Some(Shared::new(hello));
            }
            (Pending::ReadBreakdown(file), Response::BreakdownRead(new)) => {
                if let Some(Proposal::Reading(picked)) =
                    self.proposal.clone().filter(|_| self.proposed() == Some(file))
                {
                    self.announcement = text::breakdown_differs(new.changes.len());
                    self.proposal = Some(Proposal::Ready(picked, Shared::new(new)));
                }
            }
            (_, Response::Demo(documents)) => effects.push(Effect::Keep(documents)),
            (_, Response::Opened { file, workbook, audit }) => {
                if let Some(file) = self.file_mut(file) {
                    file.phase = Phase::Open;
                    file.sheet = file.workbook.as_ref().map_or(audit.sheet.unwrap_or(0), |_| file.sheet);
                    file.workbook = Some(Shared::new(workbook));
                    file.audit = Some(Shared::new(audit));
                }
                self.opened(file, effects);
                if self.selected == Some(file) {
                    self.show(effects);
                }
                self.announce_progress();
                // Changed while it was being read.
                if self
                    .file(file)
                    .is_some_and(|file| file.told.as_ref().is_some_and(|told| *told != file.serials()))
                {
                    self.changed(file, effects);
                } else {
                    // The engine broke down between two rounds.
                    self.sweep_on(file, effects);
                }
                self.tell_beside(effects);
            }
            (pending, Response::Audited { file, audit }) => {
                self.audited(id, file, audit, effects);
                // What was changed may have taken the clicked button away; an audit for the sake of other files has not.
                if pending == Pending::Change(file) && self.selected == Some(file) {
                    self.refocus(effects);
                }
            }
            (Pending::Window { file, sheet, block }, Response::Window { cells, .. }) => {
                let Some(view) = self.view_mut().filter(|view| view.file == file && view.sheet == sheet)
                else {
                    return;
                };
                let cells = cells.into_iter().map(|cell| ((cell.row, cell.column), cell)).collect();
                view.blocks.insert(block, Block::new(cells));
                self.measure();
            }
            (Pending::Save { serials, .. }, Response::Saved { file, document, certificate }) => {
                self.busy_saving = false;
                self.announcement = text::saved_as(&document.name);
                if let Some(file) = self.file_mut(file) {
                    file.saved = serials;
                    file.certificate = Some(Shared::new((document.name.clone(), certificate)));
                }
                effects.push(Effect::Download(document));
                self.card = Some(Card::Certificate(file));
                effects.push(Effect::Focus(CARD));
            }
            (_, Response::Document(document)) => {
                self.tell(NoticeKind::Said, text::downloaded(&document.name), None);
                effects.push(Effect::Download(document));
            }
            (_, Response::Consolidated { document, summary }) => {
                self.announcement = text::consolidated(&summary.period);
                self.consolidation =
                    Consolidation::Done { document: Shared::new(document), summary: Shared::new(summary) };
            }
            (pending, Response::Failed { message }) => self.failed(&pending, message, effects),
            (
                _,
                Response::Window { .. }
                | Response::Saved { .. }
                | Response::Closed { .. }
                | Response::BreakdownRead(_),
            ) => {}
        }
    }

    fn failed(&mut self, pending: &Pending, message: String, effects: &mut Vec<Effect>) {
        match *pending {
            Pending::Open(id) => {
                if let Some(file) = self.file_mut(id) {
                    file.phase = Phase::Unreadable(message);
                }
                self.opened(id, effects);
                self.tell_beside(effects);
            }
            Pending::Change(id) => {
                // The engine kept what it had: so does the page.
                if let Some(file) = self.file_mut(id) {
                    file.done.pop();
                    file.awaited = None;
                    file.sweep = 0;
                    file.told = Some(file.serials());
                }
                self.tell(NoticeKind::Trouble, message, None);
                self.refresh(effects);
            }
            Pending::Consolidate => self.consolidation = Consolidation::Failed(message),
            Pending::ReadBreakdown(file) if self.proposed() == Some(file) => {
                self.refuse_breakdown(message, effects)
            }
            Pending::UseBreakdown => {
                self.tell(NoticeKind::Trouble, message, None);
                self.use_official_breakdown(effects);
            }
            Pending::Save { .. } => {
                self.busy_saving = false;
                self.tell(NoticeKind::Trouble, message, None);
            }
            _ => self.tell(NoticeKind::Trouble, message, None),
        }
    }

    fn audited(&mut self, request: u32, id: FileId, audit: Audit, effects: &mut Vec<Effect>) {
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

    /// The next round of “all safe fixes” where one is under way; whether there is anything to wait for. At the end it
    /// is said what was done.
    fn sweep_on(&mut self, id: FileId, effects: &mut Vec<Effect>) -> bool {
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

    /// Tells the engine of every file on which other files now bear otherwise than before; the rest cost nothing. Not
    /// while files are being opened: the next of them might bear on the same ones again.
    fn tell_beside(&mut self, effects: &mut Vec<Effect>) {
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

    fn beside(&self, id: FileId) -> Beside {
        let others = self.files.iter().map(|file| &**file).filter(|file| file.id != id);
        self.file(id).map(|file| file.beside(others)).unwrap_or_default()
    }

    // Files.

    fn chosen(&mut self, picked: Vec<Picked>, effects: &mut Vec<Effect>) {
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
    fn pump(&mut self, effects: &mut Vec<Effect>) {
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

    fn open_now(&mut self, id: FileId, effects: &mut Vec<Effect>) {
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

    fn opened(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if self.opening == Some(id) {
            self.opening = None;
        }
        self.pump(effects);
        self.ask_again(effects);
    }

    fn select(&mut self, id: FileId, effects: &mut Vec<Effect>) {
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

    // The sheet.

    /// Puts the selected file's sheet on the screen.
    fn show(&mut self, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        let sheet = file.sheet;
        let same = self.view.as_ref().is_some_and(|view| view.file == file.id && view.sheet == sheet);
        if same { self.refresh(effects) } else { self.show_sheet(sheet, effects) }
    }

    fn show_sheet(&mut self, sheet: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_mut() else { return };
        file.sheet = sheet;
        let id = file.id;
        let Some(info) = sheet_info(file, sheet) else {
            self.view = None;
            return;
        };
        let table =
            file.audit.as_ref().filter(|audit| audit.sheet == Some(sheet)).and_then(|audit| audit.table);
        let cursor = table.map_or((0, 0), |table| (table.top, table.left));
        let geometry =
            Shared::new(Geometry::new(&info, sheet, &[], &Cells::new(), self.display.scale(), (0.0, 0.0)));
        self.view = Some(Shared::new(View {
            file: id,
            sheet,
            blocks: BTreeMap::new(),
            geometry,
            cursor,
            editing: None,
            popover: false,
            pulse: 0,
        }));
        self.viewport.left = 0.0;
        self.viewport.top = 0.0;
        self.measure();
        effects.push(Effect::ScrollTo { left: 0.0, top: 0.0 });
        self.ask(effects);
    }

    /// The cells are no longer those of the file: asks for them anew, showing the old ones until then.
    fn refresh(&mut self, effects: &mut Vec<Effect>) {
        if let Some(view) = self.view_mut() {
            for block in view.blocks.values_mut() {
                block.fresh = false;
            }
        }
        self.pending.retain(|_, pending| !matches!(pending, Pending::Window { .. }));
        self.measure();
        self.ask(effects);
    }

    /// Asks for the blocks that are on the screen and not there.
    fn ask(&mut self, effects: &mut Vec<Effect>) {
        let Some(view) = self.view.as_ref() else { return };
        let (file, sheet) = (view.file, view.sheet);
        let Some(info) =
            self.file(file).filter(|file| file.told.is_some()).and_then(|file| sheet_info(file, sheet))
        else {
            return;
        };
        let rows = info.rows;
        let (first, last) = if rows <= VARIED_ROWS {
            (0, rows.saturating_sub(1))
        } else {
            let top = self.viewport.top;
            view.geometry.rows_between(top - self.viewport.height, top + self.viewport.height * 2.0)
        };
        let wanted: Vec<u32> = (first / BLOCK..=last / BLOCK)
            .filter(|block| !view.blocks.get(block).is_some_and(|block| block.fresh))
            .filter(|block| {
                !self.pending.values().any(|p| *p == Pending::Window { file, sheet, block: *block })
            })
            .collect();
        if view.blocks.len() > MOST_BLOCKS
            && let Some(view) = self.view_mut()
        {
            view.blocks.retain(|block, _| (first / BLOCK..=last / BLOCK).contains(block));
        }
        for block in wanted {
            let request =
                Request::Window { file, sheet, first: block * BLOCK, last: block * BLOCK + BLOCK - 1 };
            self.send(request, Pending::Window { file, sheet, block }, effects);
        }
    }

    /// Works out the places of rows and columns again.
    fn measure(&mut self) {
        let scale = self.display.scale();
        let room = (self.viewport.width - ROW_NUMBERS * scale, self.viewport.height - COLUMN_LETTERS * scale);
        let Some(view) = self.view.as_ref() else { return };
        let Some(file) = self.file(view.file) else { return };
        let Some(info) = sheet_info(file, view.sheet) else { return };
        let changes = file.changes();
        let cells: Cells = if info.rows <= VARIED_ROWS {
            view.blocks
                .values()
                .flat_map(|block| block.cells.iter().map(|(at, cell)| (*at, cell.clone())))
                .collect()
        } else {
            Cells::new()
        };
        let geometry = Geometry::new(&info, view.sheet, &changes, &cells, scale, room);
        if let Some(view) = self.view_mut()
            && *view.geometry != geometry
        {
            view.geometry = Shared::new(geometry);
        }
    }

    fn scrolled(&mut self, viewport: Viewport, effects: &mut Vec<Effect>) {
        let resized = (viewport.width, viewport.height) != (self.viewport.width, self.viewport.height);
        self.viewport = viewport;
        if resized {
            self.measure();
        }
        self.ask(effects);
    }

    /// Takes in what the field of the sheet holds now. A block of cells does not go into one of them.
    fn typed(&mut self, text: &str) {
        let before = self.view.as_ref().and_then(|view| view.editing.clone());
        let taken = one_cell(before.as_deref().unwrap_or_default(), text);
        if taken.is_none() {
            self.tell(NoticeKind::Said, text::ONE_CELL.to_owned(), None);
        }
        if let Some(view) = self.view_mut() {
            view.editing = taken.or(before);
            view.popover = false;
        }
    }

    fn put_cursor(&mut self, row: u32, column: u32, effects: &mut Vec<Effect>) {
        let Some(view) = self.view_mut() else { return };
        let area = view.geometry.area_of(row, column);
        view.cursor = (area.top, area.left);
        view.popover = false;
        if let Some(effect) = self.scroll_to_see(area) {
            effects.push(effect);
        }
    }

    /// After the cursor was put somewhere: opens what is to be said there and selects it in the list.
    fn point_out(&mut self, effects: &mut Vec<Effect>) {
        let (Some(view), Some(file)) = (self.view.as_ref(), self.selected_file()) else { return };
        let (row, column) = view.cursor;
        let found = findings::at_cell(file, view.sheet, row, column);
        let Some(first) = found.first() else { return };
        let listed = first.caused_by.unwrap_or(first.id);
        self.finding = Some(listed);
        effects.push(Effect::Reveal(text::card_id(listed)));
        if let Some(view) = self.view_mut() {
            view.popover = true;
        }
    }

    fn key(&mut self, key: SheetKey, effects: &mut Vec<Effect>) {
        let Some(view) = self.view.as_ref() else { return };
        let (row, column) = view.cursor;
        let geometry = view.geometry.clone();
        let (rows, columns) = (geometry.rows(), geometry.columns());
        match key {
            SheetKey::Cancel => {
                if let Some(view) = self.view_mut() {
                    view.editing = None;
                }
            }
            SheetKey::Edit => self.edit(effects),
            SheetKey::Clear => self.type_over(String::new(), effects),
            _ => {
                self.leave_editor(effects);
                let area = geometry.area_of(row, column);
                let (row, column) = match key {
                    SheetKey::Move(down, right) => {
                        let row = moved(if down > 0 { area.bottom } else { area.top }, down, rows, |at| {
                            geometry.row_is_hidden(at)
                        });
                        let column =
                            moved(if right > 0 { area.right } else { area.left }, right, columns, |at| {
                                geometry.column_is_hidden(at)
                            });
                        (if down == 0 { area.top } else { row }, if right == 0 { area.left } else { column })
                    }
                    SheetKey::Page(pages) => {
                        let y = geometry.top(row)
                            + f64::from(pages) * (self.viewport.height - COLUMN_LETTERS) * 0.9;
                        (geometry.rows_between(y, y).0, column)
                    }
                    SheetKey::RowStart => (row, 0),
                    SheetKey::Top => (0, 0),
                    _ => {
                        let info = self.selected_file().and_then(|file| sheet_info(file, file.sheet));
                        info.map_or((0, 0), |info| {
                            (info.rows.saturating_sub(1), info.columns.saturating_sub(1))
                        })
                    }
                };
                self.put_cursor(row, column, effects);
            }
        }
    }

    fn edit(&mut self, effects: &mut Vec<Effect>) {
        if let Some(view) = self.view_mut() {
            let (row, column) = view.cursor;
            let raw = view.cell(row, column).map(|cell| cell.raw.clone()).unwrap_or_default();
            view.editing = Some(raw);
            view.popover = false;
            effects.push(Effect::Focus(EDITOR));
        }
    }

    /// Takes over what is being edited.
    fn leave_editor(&mut self, effects: &mut Vec<Effect>) {
        let typed = self.view.as_ref().and_then(|view| view.editing.clone());
        if let Some(typed) = typed {
            self.type_over(typed, effects);
        }
    }

    fn type_over(&mut self, typed: String, effects: &mut Vec<Effect>) {
        let Some(view) = self.view_mut() else { return };
        view.editing = None;
        let (id, sheet, (row, column)) = (view.file, view.sheet, view.cursor);
        let before = view.cell(row, column).map(|cell| cell.raw.clone()).unwrap_or_default();
        if before == typed {
            return;
        }
        let change = Change {
            sheet,
            action: Action::Set { row, column, input: Input::Typed(typed) },
            rule: None,
            reason: text::BY_HAND.to_owned(),
            source: text::BY_HAND_SOURCE.to_owned(),
        };
        self.do_step(id, vec![change], Vec::new(), effects);
    }

    fn scroll_to_see(&self, area: Area) -> Option<Effect> {
        let view = self.view.as_ref()?;
        let scale = self.display.scale();
        let (left, top, width, height) = view.geometry.place(area);
        let room = (self.viewport.width - ROW_NUMBERS * scale, self.viewport.height - COLUMN_LETTERS * scale);
        let to_left = nearest(self.viewport.left, room.0, left, width);
        let to_top = nearest(self.viewport.top, room.1, top, height);
        ((to_left, to_top) != (self.viewport.left, self.viewport.top))
            .then_some(Effect::ScrollTo { left: to_left, top: to_top })
    }

    // Findings.

    fn go_to_finding(&mut self, id: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(finding) = self.selected_file().and_then(|file| file.finding(id)).cloned() else { return };
        self.finding = Some(finding.caused_by.unwrap_or(id));
        self.announcement = text::announced(&finding);
        effects.push(Effect::Reveal(text::card_id(finding.caused_by.unwrap_or(id))));
        let (Some(sheet), Some(area)) = (finding.sheet, finding.area) else { return };
        if self.view.as_ref().is_none_or(|view| view.sheet != sheet) {
            self.show_sheet(sheet, effects);
        }
        self.put_cursor(area.top, area.left, &mut Vec::new());
        if let Some(view) = self.view_mut() {
            view.pulse += 1;
        }
        let Some(view) = self.view.as_ref() else { return };
        let scale = self.display.scale();
        let (left, top, width, height) = view.geometry.place(area);
        let room = (self.viewport.width - ROW_NUMBERS * scale, self.viewport.height - COLUMN_LETTERS * scale);
        effects.push(Effect::ScrollTo {
            left: (left + width.min(room.0) / 2.0 - room.0 / 2.0).max(0.0),
            top: (top + height.min(room.1) / 2.0 - room.1 / 2.0).max(0.0),
        });
    }

    fn step_finding(&mut self, by: i32, effects: &mut Vec<Effect>) {
        self.place = Place::Check;
        let Some(file) = self.selected_file() else { return };
        let list = open(file, self.filter);
        let at = self.finding.and_then(|id| list.iter().position(|finding| finding.id == id));
        let next = match (at, by > 0) {
            (None, true) => list.first(),
            (None, false) => list.last(),
            (Some(at), true) => list.get(at + 1).or_else(|| list.first()),
            (Some(at), false) => at.checked_sub(1).and_then(|at| list.get(at)).or_else(|| list.last()),
        };
        if let Some(id) = next.map(|finding| finding.id) {
            self.go_to_finding(id, effects);
        }
    }

    fn apply(&mut self, id: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        if file.settling() {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        }
        let Some(finding) = file.finding(id).cloned() else { return };
        let Some(fix) = finding.fix.clone().filter(|fix| !fix.changes.is_empty()) else { return };
        let file_id = file.id;
        self.advance = open(file, self.filter).iter().position(|finding| finding.id == id);
        self.announcement = text::applied(&finding);
        self.do_step(file_id, fix.changes, vec![finding], effects);
    }

    fn apply_safe(&mut self, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        if file.awaited.is_some() {
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

    fn ignore(&mut self, id: u32, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        let at = open(file, self.filter).iter().position(|finding| finding.id == id);
        let Some(finding) = file.finding(id) else { return };
        if !findings::can_be_put_away(finding) {
            return self.tell(NoticeKind::Said, text::NOT_PUT_AWAY.to_owned(), None);
        }
        let ignored = mark(finding);
        if let Some(file) = self.selected_mut() {
            file.ignored.insert(ignored);
        }
        self.advance = at;
        self.announcement = text::IGNORED.to_owned();
        self.select_next_open(effects);
        self.refocus(effects);
    }

    /// Opens the field for the explanation on the finding's card.
    fn explain(&mut self, id: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_file() else { return };
        let Some(finding) = file.finding(id).filter(|finding| findings::can_be_explained(finding)) else {
            return;
        };
        let of = mark(finding);
        let (file, finding) = (file.id, finding.clone());
        self.keep_draft();
        let kept = self
            .kept
            .iter()
            .position(|draft| draft.file == file && draft.is_about(&finding))
            .map(|at| self.kept.remove(at).text);
        let text = kept.unwrap_or_else(|| finding.answer.clone().unwrap_or_default());
        self.draft = Some(Draft { file, of, text });
        self.filter = self.filter.filter(|tier| *tier == Tier::Warning);
        self.finding = Some(id);
        if let Some(view) = self.view_mut() {
            view.popover = false;
        }
        effects.push(Effect::Reveal(text::card_id(id)));
        effects.push(Effect::Focus(EXPLANATION));
    }

    /// Closes the field of an explanation without losing what was written.
    fn keep_draft(&mut self) {
        if let Some(draft) = self.draft.take().filter(|draft| self.is_half_written(draft)) {
            self.kept.push(draft);
        }
    }

    fn save_explanation(&mut self, effects: &mut Vec<Effect>) {
        let Some(draft) = self.draft.clone() else { return };
        let finding = self.selected_file().filter(|file| file.id == draft.file).and_then(|file| {
            file.findings().iter().find(|finding| draft.is_about(finding)).map(|finding| finding.id)
        });
        let Some(id) = finding else {
            // The finding is gone: there is nothing left to explain.
            self.draft = None;
            return;
        };
        if !findings::says_something(&draft.text) {
            effects.push(Effect::Focus(EXPLANATION));
            return self.tell(NoticeKind::Said, text::EXPLAIN_IN_WORDS.to_owned(), None);
        }
        self.put_explanation(id, draft.text.trim(), effects);
    }

    /// Writes an answer, or takes it back where there is no text.
    fn put_explanation(&mut self, id: u32, words: &str, effects: &mut Vec<Effect>) {
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
        if self.draft.as_ref().is_some_and(|draft| draft.file == file && draft.is_about(&finding)) {
            self.draft = None;
        }
        if !words.is_empty() {
            self.advance = self
                .selected_file()
                .and_then(|file| open(file, self.filter).iter().position(|finding| finding.id == id));
        }
        self.announcement =
            if words.is_empty() { text::ANSWER_TAKEN_BACK.to_owned() } else { text::ANSWERED.to_owned() };
        self.do_step(file, vec![change], Vec::new(), effects);
    }

    /// After a finding was dealt with: the next open one is selected; the sheet stays where it is if it shows it.
    fn select_next_open(&mut self, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        let list = open(file, self.filter);
        if let Some(at) = self.advance.take() {
            match list.get(at).or_else(|| list.last()).map(|finding| finding.id) {
                Some(next) => self.go_to_finding(next, effects),
                None => self.finding = None,
            }
        } else if self.finding.is_some_and(|id| !list.iter().any(|finding| finding.id == id)) {
            self.finding = None;
        }
    }

    /// The button that was clicked may be gone with its card: the focus goes to the selected finding, else to the list.
    fn refocus(&self, effects: &mut Vec<Effect>) {
        effects.push(Effect::Refocus(self.finding.map_or_else(|| LIST.to_owned(), text::card_main_id)));
    }

    // Changes.

    fn do_step(
        &mut self,
        id: FileId,
        changes: Vec<Change>,
        settles: Vec<crate::worker::protocol::Finding>,
        effects: &mut Vec<Effect>,
    ) {
        let serial = self.next();
        self.forget_said();
        self.acted = serial;
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
    fn changed(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        if let Some(view) = self.view_mut() {
            view.popover = false;
        }
        let Some(file) = self.file_mut(id) else { return };
        if file.told.is_none() {
            // The engine does not hold the file; opening it will bring the changes along.
            return;
        }
        file.told = Some(file.serials());
        let request = Request::Change { file: id, changes: file.changes() };
        let awaited = self.send_numbered(request, Pending::Change(id), effects);
        if let Some(file) = self.file_mut(id) {
            file.awaited = Some(awaited);
        }
        if self.selected == Some(id) {
            self.refresh(effects);
        }
    }

    fn undo(&mut self, effects: &mut Vec<Effect>) {
        // A removal is taken back before what was done ahead of it.
        if let Some(removed) =
            self.removed.last().map(|removed| removed.serial).filter(|serial| *serial > self.acted)
        {
            return self.restore(removed, effects);
        }
        self.acted = self.next();
        let Some(file) = self.selected_mut() else { return };
        let Some(step) = file.done.pop() else { return };
        file.sweep = 0;
        let id = file.id;
        let said = text::taken_back(step.changes.len());
        self.go_to_step(&step, effects);
        if let Some(file) = self.file_mut(id) {
            file.undone.push(step);
        }
        self.announcement = said;
        self.changed(id, effects);
    }

    fn redo(&mut self, effects: &mut Vec<Effect>) {
        self.acted = self.next();
        let Some(file) = self.selected_mut() else { return };
        let Some(step) = file.undone.pop() else { return };
        let id = file.id;
        let said = text::done_again(step.changes.len());
        self.go_to_step(&step, effects);
        if let Some(file) = self.file_mut(id) {
            file.done.push(step);
        }
        self.announcement = said;
        self.changed(id, effects);
    }

    /// Takes back one step out of its order. Not past an inserted row: the addresses after it would be others.
    fn take_back(&mut self, serial: u32, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_mut() else { return };
        let Some(at) = file.done.iter().position(|step| step.serial == serial) else { return };
        let is_last = at + 1 == file.done.len();
        let moves = file.done.iter().skip(at).any(|step| step.inserts_rows());
        if moves && !is_last {
            return self.tell(NoticeKind::Said, text::UNDO_IN_ORDER.to_owned(), None);
        }
        let step = file.done.remove(at);
        file.sweep = 0;
        let id = file.id;
        self.announcement = text::taken_back(step.changes.len());
        if let Some(file) = self.file_mut(id) {
            file.undone.push(step);
        }
        self.changed(id, effects);
    }

    fn go_to_step(&mut self, step: &Step, effects: &mut Vec<Effect>) {
        let Some(change) = step.changes.first() else { return };
        let (row, column) = match &change.action {
            Action::Set { row, column, .. } => (*row, *column),
            Action::InsertRow { row, cells } => (*row, cells.first().map_or(0, |(column, _)| *column)),
            // Nothing in the sheet.
            Action::Explain { .. } => return,
        };
        if self.view.as_ref().is_some_and(|view| view.sheet != change.sheet) {
            self.show_sheet(change.sheet, effects);
        }
        self.put_cursor(row, column, effects);
    }

    // Files out.

    fn save(&mut self, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        if file.done.is_empty() {
            return self.tell(NoticeKind::Said, text::NOTHING_CHANGED.to_owned(), None);
        }
        let Some(id) = self.selected_ready() else {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        };
        self.save_file(id, effects);
    }

    fn save_file(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        self.busy_saving = false;
        let Some(serials) = self.file(id).filter(|file| file.phase == Phase::Open).map(|file| file.serials())
        else {
            return;
        };
        let record = self.record.unwrap_or(Record::None);
        self.busy_saving = true;
        self.send(Request::Save { file: id, record }, Pending::Save { file: id, serials }, effects);
    }

    /// What would be consolidated now.
    fn basis_now(&self) -> Basis {
        let period = self.chosen_period();
        let wanted = |file: &&Shared<File>| {
            file.periods().next().is_none() || file.periods().any(|own| Some(own) == period.as_ref())
        };
        let returns = self
            .returns()
            .filter(wanted)
            .map(|file| (file.id, file.serials(), file.beside.clone()))
            .collect();
        Basis { period, breakdown: self.breakdown.as_ref().map(|picked| picked.file), returns }
    }

    /// Whether the consolidation on the screen is no longer that of the returns that are there.
    pub fn consolidation_is_outdated(&self) -> bool {
        self.basis.as_ref().is_some_and(|basis| *basis != self.basis_now())
    }

    fn consolidate(&mut self, effects: &mut Vec<Effect>) {
        if self
            .files
            .iter()
            .any(|file| matches!(file.phase, Phase::Waiting | Phase::Reading | Phase::Opening))
        {
            return self.tell(NoticeKind::Said, text::STILL_READING.to_owned(), None);
        }
        let basis = self.basis_now();
        let ready =
            |id: &FileId| self.file(*id).is_some_and(|file| file.told.is_some() && file.phase == Phase::Open);
        let files: Vec<FileId> = basis.returns.iter().map(|(id, ..)| *id).filter(ready).collect();
        let period = basis.period.clone();
        self.basis = Some(basis);
        self.forget_said();
        if files.is_empty() {
            self.consolidation = Consolidation::Failed(text::NO_RETURNS.to_owned());
            return;
        }
        self.consolidation = Consolidation::Working;
        self.send(Request::Consolidate { files, period }, Pending::Consolidate, effects);
    }

    // Helpers.

    fn go(&mut self, place: Place) {
        self.place = place;
        // A certificate belongs to the sheet beside it.
        self.card = None;
        self.forget_said();
    }

    /// What was said of the last thing done has had its time; trouble stays until it is put away.
    fn forget_said(&mut self) {
        self.notices.retain(|notice| notice.kind == NoticeKind::Trouble);
    }

    fn next(&mut self) -> u32 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    fn tell(&mut self, kind: NoticeKind, text: String, detail: Option<String>) {
        self.offer(kind, text, detail, None);
    }

    fn offer(&mut self, kind: NoticeKind, text: String, detail: Option<String>, offer: Option<Offer>) {
        self.announcement.clone_from(&text);
        let id = self.next();
        // One of a kind is enough: the page must not fill up.
        self.notices.retain(|notice| notice.kind != kind);
        self.notices.push(Notice { id, kind, text, detail, offer });
    }

    fn announce_progress(&mut self) {
        let left = self.reading();
        if left == 0 {
            let errors =
                self.files.iter().filter(|file| matches!(file.standing(), Standing::Errors(_))).count();
            self.announcement = text::all_read(self.files.len(), errors);
        }
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

/// The text after something was put into it; nothing where that was a block of cells. A single cell is copied with the
/// end of its line, which goes.
fn one_cell(before: &str, after: &str) -> Option<String> {
    let head = before
        .chars()
        .zip(after.chars())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum::<usize>();
    let (old, new) = (before.get(head..)?, after.get(head..)?);
    let tail = old
        .chars()
        .rev()
        .zip(new.chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum::<usize>();
    let end = new.len().checked_sub(tail)?;
    let put = new.get(..end)?.trim_end_matches(['\r', '\n']);
    (!put.contains(['\t', '\r', '\n'])).then(|| {
        format!("{}{put}{}", after.get(..head).unwrap_or_default(), new.get(end..).unwrap_or_default())
    })
}

/// A sheet with its size after the changes in force.
pub fn sheet_info(file: &File, sheet: u32) -> Option<SheetInfo> {
    let at = usize::try_from(sheet).ok()?;
    let mut info = file.workbook.as_ref()?.sheets.get(at)?.clone();
    if let Some((_, rows, columns)) =
        file.audit.as_ref().and_then(|audit| audit.extents.iter().find(|(index, ..)| *index == sheet))
    {
        (info.rows, info.columns) = (*rows, *columns);
    }
    Some(info)
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

/// Whether a new audit of a file says otherwise than the one before what files bear on it, and what it says to others.
fn says_otherwise(before: &Audit, now: &Audit) -> bool {
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

fn same_cell(changes: &[Change], change: &Change) -> bool {
    let cell = |change: &Change| match change.action {
        Action::Set { row, column, .. } => Some((change.sheet, row, column)),
        Action::InsertRow { .. } | Action::Explain { .. } => None,
    };
    cell(change).is_some_and(|wanted| changes.iter().any(|change| cell(change) == Some(wanted)))
}

/// The next place in a direction that is not hidden; stays where there is none.
fn moved(from: u32, by: i32, count: u32, hidden: impl Fn(u32) -> bool) -> u32 {
    let mut at = from;
    loop {
        let Some(next) = at.checked_add_signed(by.signum()).filter(|next| by != 0 && *next < count) else {
            return from;
        };
        at = next;
        if !hidden(at) {
            return at;
        }
    }
}

/// The scroll offset nearest to `now` that shows `length` pixels at `start`.
fn nearest(now: f64, room: f64, start: f64, length: f64) -> f64 {
    if start < now || length > room {
        start
    } else if start + length > now + room {
        start + length - room
    } else {
        now
    }
}

#[cfg(test)]
mod tests;
