//! What comes in and what goes out: messages, what the user does, effects.

use super::{Arrange, Asked, EDITOR, Offer, Shelf, ShelfSays, TakeIn, Traced, Viewport};
use crate::app::findings::Sift;
use crate::app::keys::{SheetKey, Shortcut};
use crate::app::machine::Machine;
use crate::app::paper::Sheets;
use crate::app::rail::Order;
use crate::worker::protocol::{
    Document, Envelope, FileId, Hint, Mark, Progress, Record, Request, Response, Version,
};

/// Version and build of the file that is open.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Release {
    pub version: String,
    pub build: String,
}

/// A file the user chose; its bytes are read later.
#[derive(Clone, Debug, PartialEq)]
pub struct Picked {
    pub file: FileId,
    pub name: String,
    /// The folder that it was in, where that is known.
    pub folder: String,
    /// Bytes.
    pub size: f64,
    /// The bytes are with the host already.
    pub held: bool,
}

/// Whether leaving the page asks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    Off,
    On,
}

/// The places of the page, as the top bar names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Place {
    #[default]
    Check,
    Consolidate,
    Rules,
}

/// What of the page's look is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    Large,
    Contrast,
    Dark,
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    Help,
    About,
    Certificate(FileId),
    /// 换分解表: what the chosen one changes.
    Breakdown,
    /// Work that came from a file, beside what is on the screen.
    Returned,
    /// What was saved in this session.
    Kept,
    /// What all safe fixes would change.
    Plan,
}

/// What comes in.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The page is up; what the file knows of itself and how the page looked last time.
    Started(Release, Display),
    Answer(Box<Envelope<Response>>),
    /// The engine has begun with the request of this number.
    TakenUp(u32),
    /// A second has passed, while the browser lets the page run.
    Second,
    /// The engine broke down: its own words.
    Broke(String),
    /// The time of day, whenever the minute has changed: `2026-11-28 14:32`.
    Clock(String),
    /// What the browser's own store says.
    Shelf(ShelfSays),
    /// What the browser says of itself.
    Machine(Machine),
    /// Whether what [`Effect::Copy`] names is on the clipboard.
    Copied(bool),
    /// Work that came from a file, its files with the host.
    Returned(Box<Progress>, Vec<Picked>),
    /// So many files of a long list come behind those that are chosen next.
    Coming(usize),
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
    User(Command),
}

/// What other programs put on the clipboard: a page with a table, a text with tabs, or both.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Clipboard {
    pub html: String,
    pub text: String,
}

/// What the user does, named by the panels.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Go(Place),
    Choose,
    Demo,
    Select(FileId),
    Close(FileId),
    Retry(FileId),
    /// 取消读取: what waits for its turn is left unread.
    StopReading,
    /// All of that is read after all.
    ReadRest,
    Sheet(u32),
    /// 原表 or 校正后.
    Version(Version),
    /// A table of the file: its sheet, row and column.
    Table(u32, u32, u32),
    /// All cells of a column, by its letter.
    Column(u32),
    Finding(u32),
    Next,
    Previous,
    /// What of the list is shown.
    Sift(Sift),
    /// A finding that a step has settled.
    Settled(u32, u32),
    Apply(u32),
    /// Shows what all safe fixes would change.
    PlanSafe,
    /// Takes a finding out of that, or puts it back.
    LeaveOut(Mark),
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
    /// The mouse goes down on a cell; what it then passes over is selected until it goes up.
    Grab(u32, u32),
    Drag(u32, u32),
    LetGo,
    /// Selects up to there.
    Reach(u32, u32),
    /// Another program's cells, as they are on the clipboard.
    Paste(Clipboard),
    /// Another program's tables, pasted outside of a sheet: a file of their own.
    PasteFile(Clipboard),
    /// What is looked for in the sheet.
    Seek(String),
    /// On to the next place of it, or back to the one before.
    SeekOn(bool),
    StopSeeking,
    /// The selected cells are on the clipboard.
    Copied,
    /// They are to be put there and are not all here.
    CopyLater,
    Key(SheetKey),
    Typed(String),
    LeaveEditor,
    /// Folds panels, makes them wider.
    Arrange(Arrange),
    HidePopover,
    /// Opens 这一列是… or 这一行是….
    Ask(Asked),
    StopAsking,
    /// The user's word against what was recognised of a sheet.
    Say(u32, Hint),
    Save,
    SaveFindings,
    Record(Record),
    Period(String),
    /// All periods in one workbook.
    AllPeriods,
    /// What is looked for among the files.
    SearchFiles(String),
    OrderFiles(Order),
    /// Of several submissions of a city this one counts.
    Prefer(FileId),
    /// The list to send back of a file.
    SendBack(FileId),
    /// Blank forms of a city or all, of a period or all.
    Forms(Option<String>, Option<String>),
    /// The blank breakdown form.
    BreakdownForm,
    /// A rule, with the reason.
    SwitchOff(String, String),
    SwitchOn(String),
    /// What a rule says of a file.
    ShowRule(FileId, String),
    /// The returns of a city are passed over, or taken again.
    PassOver(String),
    /// Only returns with nothing open are taken, or all.
    SettledOnly,
    /// 保存进度.
    SaveProgress,
    Print(Sheets),
    /// 保存证明 as a file.
    SaveCertificate(FileId),
    /// 断电保护 on or off.
    SwitchShelf,
    /// What an earlier session left is taken in, or cleared.
    RestoreLeft,
    ClearLeft,
    CopySelfCheck,
    /// What becomes of the work that came from a file; nothing for 取消.
    Decide(Option<TakeIn>),
    Consolidate,
    DownloadConsolidated,
    CopyBrief,
    /// Chooses the file of a city and a period, or drops it there.
    ChooseFor(String, String),
    DropOn(String, String),
    /// Shows the table of another of the periods that were put together.
    ShowPeriod(String),
    /// Shows where a number of the consolidated table comes from; nothing to close that.
    Trace(Option<Traced>),
    /// Goes to a cell that a number comes from, and back to the number.
    ToSource(FileId, u32, u32, u32),
    BackToSummary,
    /// Sets the submissions of a city and a period side by side; nothing to close that.
    Compare(Option<(String, String)>),
    LongTable,
    /// The lists to send back of these.
    SendBackAll(Vec<FileId>),
    CopyNotices,
    DownloadBrief,
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
#[expect(clippy::large_enum_variant, reason = "made once, carried out once, never stored")]
pub enum Effect {
    /// A new engine; the old one, if any, is ended.
    StartEngine,
    /// The bytes of an `Open` are put in by the host.
    Send(Envelope<Request>),
    /// Reads a chosen file's bytes; answer: [`Message::Held`] or [`Message::NotRead`].
    Read(FileId),
    /// Keeps these as if they had been chosen; answer: [`Message::Chosen`].
    Keep(Vec<Document>),
    /// Keeps the files of work that came from a file; answer: [`Message::Returned`].
    Return(Box<Progress>, Vec<Document>),
    /// Of the browser's own store.
    Shelf(Shelf),
    Release(FileId),
    /// Opens the file dialog.
    Choose,
    /// Opens the file dialog for a breakdown; answer: [`Message::BreakdownChosen`].
    ChooseBreakdown,
    Download(Document),
    /// Prints the sheets of paper that are drawn.
    Print,
    ScrollTo {
        left: f64,
        top: f64,
    },
    /// Puts what stands in the field of this id on the clipboard; answer: [`Message::Copied`].
    Copy(&'static str),
    /// Gives the focus to the element of this id.
    Focus(&'static str),
    /// Gives the focus to the element of this id, where the element that had it is gone.
    Refocus(String),
    /// Gives the focus to the element of this id, where another card of the findings has it: what Enter does there is
    /// then said of the finding that the user is at.
    FocusAlong(String),
    /// Brings the element of this id into view.
    Reveal(String),
    /// Gives the focus back to what had it before a card took it; where that is gone, to the element of this id.
    FocusBack(&'static str),
    /// Moves the focus to the next of these elements.
    NextArea(&'static [&'static str]),
    Guard(Guard),
    Display(Display),
}

/// How the page looks, kept by the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Display {
    pub large: bool,
    pub contrast: bool,
    pub dark: bool,
}

impl Display {
    /// How large everything is drawn.
    pub(super) const fn scale(self) -> f64 {
        if self.large { 1.4 } else { 1.0 }
    }
}

/// Where F6 goes, in turn.
pub const AREAS: &[&str] = &["files", EDITOR, "findings", "actions"];
/// What lies over the page.
pub const CARD: &str = "card";
