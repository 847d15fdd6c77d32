//! What the page and the engine say to each other: plain data, bytes between the threads ([`super::wire`]).
//!
//! The page owns the bytes of every file and the list of changes; the engine keeps parsed workbooks only as a cache,
//! so that a new worker can be brought up from what the page has.

use serde::{Deserialize, Serialize};

/// For what the board says before the click: which of several returns counts, as the engine would have it.
pub use crate::consolidate::{Rival, Ruling, differing, rulings};
/// For what the page shows of its own: names of files, what was typed. What the engine gives to be shown is so already.
pub use crate::model::visible;
/// For what the page looks up by a cell: which merged rectangle covers it.
pub use crate::model::{Areas, CellRef, Range};

/// A request with its number; the answer carries the same number.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope<T> {
    /// The number of the request.
    pub id: u32,
    /// The request or the answer.
    pub body: T,
}

/// The page's name for a file it holds.
pub type FileId = u32;

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Version, rules and breakdown. Answer: [`Response::Hello`].
    Hello,
    /// The embedded example. Answer: [`Response::TakeIn`].
    Demo,
    /// Reads, lays out and audits a file, with the changes in force (empty at first). Answer: [`Response::Opened`].
    Open {
        /// The file.
        file: FileId,
        /// The name of the file.
        name: String,
        /// Its bytes; they travel beside the envelope ([`Carries`]).
        #[serde(skip)]
        bytes: Vec<u8>,
        /// The changes in force, in order.
        changes: Vec<Change>,
        /// What other files say that bears on it.
        beside: Beside,
    },
    /// Audits again, as other files now bear on this one. Answer: [`Response::Audited`].
    Recheck {
        /// The file.
        file: FileId,
        /// What other files say that bears on it.
        beside: Beside,
    },
    /// Replaces the whole list of changes in force and audits again. Answer: [`Response::Audited`].
    Change {
        /// The file.
        file: FileId,
        /// The changes in force, in order.
        changes: Vec<Change>,
    },
    /// Puts every safe fix in force that goes with the others and makes no new 错误, after the changes in force and but
    /// for what was put away. Answer: [`Response::AppliedSafe`].
    ApplySafe {
        /// The file.
        file: FileId,
        /// 提示 that are put away.
        put_away: Vec<Mark>,
        /// Findings of any tier that are left as they are this time.
        left_out: Vec<Mark>,
    },
    /// What [`Self::ApplySafe`] would do. Nothing is changed. Answer: [`Response::SafePlan`].
    PlanSafe {
        /// The file.
        file: FileId,
        /// 提示 that are put away.
        put_away: Vec<Mark>,
        /// Findings of any tier that are left as they are this time.
        left_out: Vec<Mark>,
    },
    /// The cells of rows `first..=last` of a sheet. Answer: [`Response::Window`].
    Window {
        /// The file.
        file: FileId,
        /// The sheet, by its index.
        sheet: u32,
        /// The first row.
        first: u32,
        /// The last row, included.
        last: u32,
        /// Whether the changes are in them.
        version: Version,
    },
    /// The corrected copy with the changes in force. Answer: [`Response::Saved`].
    Save {
        /// The file.
        file: FileId,
        /// Whether the copy carries its record.
        record: Record,
    },
    /// The findings and changes of a file as a workbook. Answer: [`Response::Document`].
    Findings {
        /// The file.
        file: FileId,
    },
    /// What a unit has to do about its return, as a workbook to send back. Answer: [`Response::Document`].
    SendBack {
        /// The file.
        file: FileId,
    },
    /// Blank forms; several of them in one .zip. What opened files report stands in them as the last period's figures.
    /// Answer: [`Response::Document`].
    Forms {
        /// Nothing for all.
        city: Option<String>,
        /// `2019-06`; nothing for all of the plan.
        period: Option<String>,
    },
    /// The blank breakdown form. Answer: [`Response::Document`].
    BreakdownForm,
    /// Consolidates opened progress returns. Answer: [`Response::Consolidated`].
    Consolidate {
        /// The returns, each opened before.
        files: Vec<FileId>,
        /// Of several submissions of a city these count.
        preferred: Vec<FileId>,
        /// What is put together.
        periods: Periods,
        /// What of it is passed over.
        choice: Choice,
        /// Returns of other periods, opened before: what 情况综述 compares with.
        earlier: Vec<FileId>,
    },
    /// 情况综述 in Word, of what a consolidation would be made of. Answer: [`Response::Document`].
    Brief {
        /// As in [`Self::Consolidate`].
        files: Vec<FileId>,
        /// As there.
        preferred: Vec<FileId>,
        /// As there; of several periods it is about the latest.
        periods: Periods,
        /// As there.
        choice: Choice,
        /// As there.
        earlier: Vec<FileId>,
    },
    /// 长表 as .csv, of what a consolidation would be made of. Answer: [`Response::Document`].
    LongTable {
        /// As in [`Self::Consolidate`].
        files: Vec<FileId>,
        /// As there.
        preferred: Vec<FileId>,
        /// As there.
        periods: Periods,
        /// As there.
        choice: Choice,
    },
    /// What several units have to do about their returns, in one .zip. Answer: [`Response::Document`].
    SendBackAll {
        /// The files.
        files: Vec<FileId>,
    },
    /// What several files say for one city and period, side by side. Answer: [`Response::Compared`].
    Compare {
        /// The files.
        files: Vec<FileId>,
        /// The city.
        city: String,
        /// `2019-06`.
        period: String,
    },
    /// Where a text stands in a sheet. Answer: [`Response::Found`].
    Find {
        /// The file.
        file: FileId,
        /// The sheet, by its index.
        sheet: u32,
        /// Whether the changes are in it.
        version: Version,
        /// The text that is looked for.
        wanted: String,
    },
    /// What selected cells come to. Answer: [`Response::Summed`].
    Sum {
        /// The file.
        file: FileId,
        /// The sheet, by its index.
        sheet: u32,
        /// Whether the changes are in it.
        version: Version,
        /// The cells.
        area: Area,
    },
    /// What another program put on the clipboard, as a workbook. Answer: [`Response::TakeIn`].
    PasteFile {
        /// A page with tables; nothing where there is none.
        html: String,
        /// The cells as text, with tabs between them.
        text: String,
        /// The name that the workbook gets.
        name: String,
    },
    /// What another program put on the clipboard, as rows of cells. Answer: [`Response::Pasted`].
    ReadClipboard {
        /// A page with the cells in a table; nothing where there is none.
        html: String,
        /// The cells as text, with tabs between them.
        text: String,
    },
    /// Forgets a file. Answer: [`Response::Closed`].
    Close {
        /// The file.
        file: FileId,
    },
    /// Reads another breakdown and compares it with the one in force, which stays. Answer: [`Response::BreakdownRead`].
    ReadBreakdown {
        /// The file.
        file: FileId,
        /// The name of the file.
        name: String,
        /// Its bytes; they travel beside the envelope ([`Carries`]).
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// Puts another breakdown in force; opened files are to be opened again. Answer: [`Response::Hello`].
    UseBreakdown {
        /// The file.
        file: FileId,
        /// The name of the file.
        name: String,
        /// Its bytes; they travel beside the envelope ([`Carries`]).
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// Puts the official breakdown in force again; opened files are to be opened again. Answer: [`Response::Hello`].
    UseOfficialBreakdown,
    /// 保存进度: all of the work in one file. Answer: [`Response::Kept`].
    Keep {
        /// The work.
        progress: Progress,
        /// The files of it in their order, behind them that of the breakdown in force.
        files: Vec<FileId>,
        /// Their bytes; they travel beside the envelope ([`Carries`]).
        #[serde(skip)]
        bytes: Vec<Vec<u8>>,
    },
}

impl Request {
    /// The files whose bytes the host sends along.
    pub fn carries(&self) -> &[FileId] {
        match self {
            Self::Open { file, .. } | Self::ReadBreakdown { file, .. } | Self::UseBreakdown { file, .. } => {
                std::slice::from_ref(file)
            }
            Self::Keep { files, .. } => files,
            _ => &[],
        }
    }
}

/// What has bytes that travel beside it between threads, handed over and not copied: no part of its plain data.
pub trait Carries {
    /// Where they belong, in the order in which they travel.
    fn bytes_mut(&mut self) -> Vec<&mut Vec<u8>>;
}

impl Carries for Request {
    fn bytes_mut(&mut self) -> Vec<&mut Vec<u8>> {
        match self {
            Self::Open { bytes, .. }
            | Self::ReadBreakdown { bytes, .. }
            | Self::UseBreakdown { bytes, .. } => vec![bytes],
            Self::Keep { files, bytes, .. } => {
                bytes.resize(files.len(), Vec::new());
                bytes.iter_mut().collect()
            }
            Self::Hello
            | Self::Demo
            | Self::Recheck { .. }
            | Self::Change { .. }
            | Self::ApplySafe { .. }
            | Self::PlanSafe { .. }
            | Self::Window { .. }
            | Self::Save { .. }
            | Self::Findings { .. }
            | Self::SendBack { .. }
            | Self::Forms { .. }
            | Self::BreakdownForm
            | Self::Consolidate { .. }
            | Self::Brief { .. }
            | Self::LongTable { .. }
            | Self::SendBackAll { .. }
            | Self::Compare { .. }
            | Self::Find { .. }
            | Self::Sum { .. }
            | Self::PasteFile { .. }
            | Self::ReadClipboard { .. }
            | Self::Close { .. }
            | Self::UseOfficialBreakdown => Vec::new(),
        }
    }
}

impl Carries for Response {
    fn bytes_mut(&mut self) -> Vec<&mut Vec<u8>> {
        match self {
            Self::TakeIn(documents) | Self::Progress { documents, .. } => {
                documents.iter_mut().map(|document| &mut document.bytes).collect()
            }
            Self::Saved { document, record, .. } => {
                std::iter::once(document).chain(record).map(|document| &mut document.bytes).collect()
            }
            Self::Document(document) | Self::Kept(document) | Self::Consolidated { document, .. } => {
                vec![&mut document.bytes]
            }
            Self::Hello(_)
            | Self::Opened { .. }
            | Self::Audited { .. }
            | Self::AppliedSafe { .. }
            | Self::SafePlan { .. }
            | Self::Window { .. }
            | Self::Closed { .. }
            | Self::Found { .. }
            | Self::Summed(_)
            | Self::Compared(_)
            | Self::Pasted { .. }
            | Self::BreakdownRead(_)
            | Self::Failed { .. } => Vec::new(),
        }
    }
}

/// Which state of a sheet is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Version {
    /// With the changes in force.
    #[default]
    Corrected,
    /// As the file has it.
    Original,
}

/// What a finding is known by from one audit to the next: its number changes, this does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// The rule's code.
    pub code: String,
    /// The sheet, by its index.
    pub sheet: Option<u32>,
    /// `C5`, `D5:E13`; nothing for a whole file.
    pub address: Option<String>,
    /// What stands there, as it is shown.
    pub found: String,
}

/// What bears on the audit of a file beside itself.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Beside {
    /// Earlier reports of its city.
    pub previous: Vec<Reported>,
    /// Earlier findings of it, which came as a file of their own.
    pub list: Option<FindingList>,
    /// The rules that are switched off.
    pub off: Vec<RuleOff>,
}

/// A rule that the user has switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleOff {
    /// Its code.
    pub code: String,
    /// The user's words.
    pub reason: String,
}

/// What a city reported for a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reported {
    /// The city.
    pub city: String,
    /// `2019-06`.
    pub period: String,
    /// The name of the file that says so.
    pub file: String,
    /// By the indicator's number; `None` where there is no figure.
    pub figures: Vec<(u32, Option<String>)>,
}

/// Earlier findings, read from a record or a list.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct FindingList {
    /// The file that was audited, without what was put behind its name.
    pub plain_name: Option<String>,
    /// The fingerprint of that file.
    pub sha256: Option<String>,
    /// `breakdown`, `progress` or `summary`.
    pub form: Option<String>,
    /// The city, where it is known.
    pub city: Option<String>,
    /// `2019-06`, where it is known.
    pub period: Option<String>,
    /// The name of the file that they were read from.
    pub source: String,
    /// The findings, in their order.
    pub findings: Vec<Noted>,
}

/// A finding on paper: known by its rule and its place in words.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Noted {
    /// Its number there.
    pub id: u32,
    /// The rule's code.
    pub code: String,
    /// How grave it is.
    pub tier: Option<Tier>,
    /// The sheet's name.
    pub sheet: Option<String>,
    /// `C5`, `D5:E13`; nothing for a whole file.
    pub address: Option<String>,
    /// The indicator's number.
    pub indicator: Option<u32>,
    /// The city, where it is known.
    pub city: Option<String>,
    /// What stands there, as it is shown.
    pub found: String,
    /// A Chinese sentence that says what is wrong and what to do.
    pub message: String,
    /// 情况说明.
    pub answer: Option<String>,
    /// The number of the finding that explains it.
    pub caused_by: Option<u32>,
}

/// 整改对账.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Since {
    /// Where the earlier findings came from, for a person.
    pub source: String,
    /// 已改: no longer found.
    pub fixed: Vec<Noted>,
    /// With today's finding.
    pub left: Vec<(Noted, u32)>,
    /// Today's findings that were not there.
    pub new: Vec<u32>,
}

/// Whether a corrected copy carries the sheet 校核记录.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// No sheet is added.
    None,
    /// The findings, explanations and changes are put down in a sheet of their own.
    Sheet,
}

/// What the engine answers, and to which request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// To [`Request::Hello`], [`Request::UseBreakdown`] and [`Request::UseOfficialBreakdown`].
    Hello(Hello),
    /// To [`Request::Demo`] and [`Request::PasteFile`]: files for the list.
    TakeIn(Vec<Document>),
    /// To [`Request::Open`].
    Opened {
        /// The file.
        file: FileId,
        /// Its sheets.
        workbook: WorkbookInfo,
        /// What the audit says.
        audit: Audit,
    },
    /// To [`Request::Recheck`] and [`Request::Change`].
    Audited {
        /// The file.
        file: FileId,
        /// What the audit says.
        audit: Audit,
    },
    /// The changes to be added to those in force, the findings that they settle as they stood, and the audit with them.
    AppliedSafe {
        /// The file.
        file: FileId,
        /// The changes to be added.
        changes: Vec<Change>,
        /// The findings that they settle, as they stood.
        settles: Vec<Finding>,
        /// What the audit says.
        audit: Audit,
    },
    /// To [`Request::PlanSafe`]: a line for every finding that would be settled, in the order in which that is done.
    SafePlan {
        /// The file.
        file: FileId,
        /// What would be done.
        lines: Vec<Planned>,
    },
    /// To [`Request::Window`].
    Window {
        /// The file.
        file: FileId,
        /// The sheet, by its index.
        sheet: u32,
        /// The first row.
        first: u32,
        /// The last row, included.
        last: u32,
        /// The cells that hold something.
        cells: Vec<CellDto>,
    },
    /// To [`Request::Save`].
    Saved {
        /// The file.
        file: FileId,
        /// The copy.
        document: Document,
        /// The record as a workbook of its own, where one is wanted and the copy has no room for it.
        record: Option<Document>,
        /// What was proven of it.
        certificate: Certificate,
    },
    /// To [`Request::Findings`].
    Document(Document),
    /// To [`Request::Keep`].
    Kept(Document),
    /// To [`Request::Open`], where the file is one that 保存进度 made. Nothing is opened.
    Progress {
        /// The file.
        file: FileId,
        /// The work.
        progress: Progress,
        /// The files of it in their order, behind them that of its breakdown.
        documents: Vec<Document>,
    },
    /// To [`Request::Compare`].
    Compared(Comparison),
    /// To [`Request::Consolidate`].
    Consolidated {
        /// The consolidated workbook.
        document: Document,
        /// What it came to.
        summary: ConsolidationSummary,
    },
    /// To [`Request::Find`].
    Found {
        /// Rows and columns of the cells that show it, row by row.
        cells: Vec<(u32, u32)>,
    },
    /// To [`Request::Sum`].
    Summed(Sum),
    /// To [`Request::ReadClipboard`].
    Pasted {
        /// Row by row; a cell that a merged one covers has no text of its own.
        rows: Vec<Vec<Option<String>>>,
    },
    /// To [`Request::Close`].
    Closed {
        /// The file.
        file: FileId,
    },
    /// To [`Request::ReadBreakdown`].
    BreakdownRead(NewBreakdown),
    /// The request could not be done; nothing was changed. One Chinese sentence that says what to do.
    Failed {
        /// One Chinese sentence that says what to do.
        message: String,
    },
}

/// What would be done about one finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The finding, as it will stand then.
    pub finding: Finding,
    /// What changes, each with the text shown there before.
    pub changes: Vec<(Change, String)>,
}

/// What the page needs to know of the engine before the first file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of the program.
    pub version: String,
    /// Every rule, in the order of the catalogue.
    pub rules: Vec<RuleInfo>,
    /// The file of the breakdown in force; nothing for the official one.
    pub breakdown: Option<String>,
    /// Its fingerprint.
    pub breakdown_sha256: String,
    /// The indicators of the breakdown in force.
    pub indicators: Vec<IndicatorInfo>,
    /// The cities, in the order of the breakdown.
    pub cities: Vec<String>,
    /// The periods of the plan, `2019-06`; none where the breakdown belongs to no plan.
    pub periods: Vec<String>,
    /// Seconds that the work on one file may take here.
    pub seconds: u32,
}

/// Another breakdown, read and not yet in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewBreakdown {
    /// The name of its file.
    pub name: String,
    /// Its fingerprint.
    pub sha256: String,
    /// The cities, in the order of the breakdown.
    pub cities: Vec<String>,
    /// How many indicators it has.
    pub indicators: u32,
    /// What was taken for granted in reading it, one Chinese sentence each.
    pub remarks: Vec<String>,
    /// What it changes of the breakdown in force, one Chinese line each.
    pub changes: Vec<String>,
}

/// A rule, for the list of rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// The rule's code.
    pub code: String,
    /// How grave its findings are, as a rule.
    pub tier: Tier,
    /// What it looks for, in a few Chinese words.
    pub title: String,
    /// The help as paragraphs: 审核内容 / 为什么 / 示例 / 怎么改.
    pub help: String,
    /// A small real slip that it finds: what was filled in and what it should have been.
    pub sample: Option<(String, String)>,
    /// Why it cannot be switched off, a Chinese sentence; nothing for one that can.
    pub stays_on: Option<String>,
}

/// An indicator of the breakdown in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorInfo {
    /// Its number in the breakdown.
    pub number: u32,
    /// 指标内容.
    pub label: String,
    /// 计量单位.
    pub unit: String,
    /// One target a city, in the order of [`Hello::cities`]; `None` is `/`.
    pub targets: Vec<Option<String>>,
}

/// A file to be handed to the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The name to store it under.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its bytes; they travel beside the envelope ([`Carries`]).
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A file's sheets without their cells.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct WorkbookInfo {
    /// The name of the file.
    pub name: String,
    /// `xlsx` and the like; nothing where it is not known.
    pub format: Option<String>,
    /// Its fingerprint.
    pub sha256: String,
    /// Bytes of the file.
    pub size: u32,
    /// In the order of the tabs.
    pub sheets: Vec<SheetInfo>,
}

/// A sheet without its cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetInfo {
    /// The name on its tab.
    pub name: String,
    /// Whether it is hidden in the file.
    pub hidden: bool,
    /// Rows and columns that hold something, counted from A1.
    pub rows: u32,
    /// Columns that hold something, counted from A.
    pub columns: u32,
    /// Merged rectangles.
    pub merges: Vec<Area>,
    /// First and last, both included.
    pub hidden_rows: Vec<(u32, u32)>,
    /// First and last, both included.
    pub hidden_columns: Vec<(u32, u32)>,
    /// First, last, width in characters.
    pub column_widths: Vec<(u32, u32, f32)>,
}

/// A rectangle, zero-based, both corners included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// The first row.
    pub top: u32,
    /// The first column.
    pub left: u32,
    /// The last row.
    pub bottom: u32,
    /// The last column.
    pub right: u32,
}

/// What selected cells come to; what is hidden does not count.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sum {
    /// Cells that hold something.
    pub filled: u32,
    /// Those that hold a number.
    pub numbers: u32,
    /// Where the numbers can be added up: nothing where they are of several units, or one is in doubt.
    pub total: Option<Total>,
}

/// The sum and the average of numbers of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Total {
    /// The sum.
    pub sum: String,
    /// Rounded to four places.
    pub average: String,
    /// As written; empty where none is.
    pub unit: String,
}

/// How a cell looks in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Look {
    /// Bold type.
    pub bold: bool,
    /// Left, centre, right; nothing where numbers stand right and texts left.
    pub align: Option<Align>,
    /// Whether a long text goes on in the next line.
    pub wrap: bool,
    /// Whether the file says so: of other formats it is not known.
    pub known: bool,
    /// Red, green, blue of the ground.
    pub fill: Option<[u8; 3]>,
}

/// Where a text stands in its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right.
    Right,
}

/// A cell with a content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellDto {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub column: u32,
    /// As it is shown: what would not be seen is.
    pub shown: String,
    /// What an editor starts from: the formula with its `=`, else the stored value.
    pub raw: String,
    /// Right-aligned, where its look says nothing else.
    pub number: bool,
    /// As the file has it.
    pub look: Look,
    /// Whether it is a formula.
    pub formula: bool,
    /// Where the changes in force touched this cell: the text shown before them.
    pub before: Option<String>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tier {
    /// It must be mended.
    #[serde(rename = "错误")]
    Error,
    /// It is mended or explained.
    #[serde(rename = "警示")]
    Warning,
    /// It may be put away.
    #[serde(rename = "提示")]
    Notice,
}

/// What an audit says of a file.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Audit {
    /// `breakdown`, `progress`, `summary` or nothing.
    pub form: Option<String>,
    /// The sheet of the table that is meant first.
    pub sheet: Option<u32>,
    /// Where that table stands.
    pub table: Option<Area>,
    /// The city, where it is known.
    pub city: Option<String>,
    /// `2019-06`, where it is known.
    pub period: Option<String>,
    /// What each recognised column was taken for: column, caption such as 成都市 or 本期累计完成.
    pub columns: Vec<(u32, String)>,
    /// The other tables of the workbook, audited too.
    pub others: Vec<OtherTable>,
    /// The findings, in their order.
    pub findings: Vec<Finding>,
    /// Findings of one kind in one column, told as one.
    pub groups: Vec<FindingGroup>,
    /// How many 错误 are open.
    pub errors: u32,
    /// How many 警示 are open.
    pub warnings: u32,
    /// How many 提示 are open.
    pub notices: u32,
    /// Sheets whose size changed by the changes in force (a row inserted): index, rows, columns.
    pub extents: Vec<(u32, u32, u32)>,
    /// The file's name without what was put behind it, to know it again.
    pub plain_name: String,
    /// What the file says was reported, with the changes in force.
    pub reported: Vec<Reported>,
    /// Earlier periods for which reports disagree, a sentence each; none of them is used.
    pub disputed: Vec<String>,
    /// The findings that the file lists, if it is such a list and no form.
    pub lists: Vec<FindingList>,
    /// Beside its earlier findings, where there are any.
    pub since: Option<Since>,
    /// What each table was taken for, in the order of the audit.
    pub understood: Vec<Understood>,
    /// The returns in it, as a consolidation would take them.
    pub submitted: Vec<Submitted>,
    /// The rules that it was not audited by.
    pub off: Vec<RuleOff>,
}

/// A return of a file, as a consolidation would take it.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Submitted {
    /// The city.
    pub city: String,
    /// `2019-06`.
    pub period: String,
    /// The 区县 of the city that reports; nothing where the city does.
    pub district: Option<String>,
    /// Open 错误: with any of them it is kept out.
    pub errors: u32,
    /// Open 警示.
    pub warnings: u32,
    /// Figures that should count and would count nowhere.
    pub untaken: u32,
    /// The sheet, which tells the returns of one file apart.
    pub sheet: String,
    /// The same for two returns with the same figures.
    pub figures: String,
    /// Of the other columns: the caption, and what is the same where they show the same.
    pub beside: Vec<(String, String)>,
}

/// Open findings of one kind in one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingGroup {
    /// Ids of the findings, in their order.
    pub findings: Vec<u32>,
    /// What their rule says is wrong.
    pub title: String,
    /// The cells: `D4、D7:D9`.
    pub places: String,
}

/// What a table was taken for, why, and what may be said against it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// The sheet, by its index.
    pub sheet: u32,
    /// Where it stands.
    pub area: Area,
    /// Row and column of a cell in it, by which [`Hint::City`] and [`Hint::Period`] name it.
    pub at: (u32, u32),
    /// The city, where it is known.
    pub city: Option<String>,
    /// `2019-06`, where it is known.
    pub period: Option<String>,
    /// Cities and periods to choose from, where whose or of when it is cannot be read, is contradicted, or was said.
    pub whose: Option<Whose>,
    /// Those of the sheet's own columns and rows that lie in it; none of a table that stands otherwise.
    pub columns: Vec<UnderstoodColumn>,
    /// Its rows, likewise.
    pub rows: Vec<UnderstoodRow>,
    /// What a column of it can be; nothing where it stands otherwise than the official form and no word on it is taken.
    pub roles: Vec<String>,
}

/// Cities and periods to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Whose {
    /// The cities of the breakdown.
    pub cities: Vec<String>,
    /// `2019-06`, …
    pub periods: Vec<String>,
}

/// What a column was taken for, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnderstoodColumn {
    /// The column, from 0.
    pub column: u32,
    /// One of [`Understood::roles`]; nothing for a column that is not looked at.
    pub role: Option<String>,
    /// A Chinese sentence.
    pub why: String,
    /// What else it may be, in a few Chinese words, where that is open.
    pub doubt: Option<String>,
    /// By the user's word.
    pub said: bool,
}

/// What a row was taken for, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnderstoodRow {
    /// The row, from 0.
    pub row: u32,
    /// 指标 3, 合计.
    pub kind: String,
    /// What the user may say it is, where that is one of these.
    pub word: Option<RowWord>,
    /// A Chinese sentence.
    pub why: String,
    /// By the user's word.
    pub said: bool,
}

/// What a row can be said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowWord {
    /// By its number.
    Indicator(u32),
    /// 合计.
    Total,
    /// 其中.
    Part,
    /// No row of the table.
    Aside,
}

/// The user's word against what was recognised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Hint {
    /// 这一列是…; nothing for one that is not needed.
    Column {
        /// The column, from 0.
        column: u32,
        /// One of [`Understood::roles`].
        role: Option<String>,
    },
    /// 这一行是….
    Row {
        /// The row, from 0.
        row: u32,
        /// What it is.
        word: RowWord,
    },
    /// 是哪个市, of the table that has this cell.
    City {
        /// A cell of the table, row and column.
        at: (u32, u32),
        /// The city.
        city: String,
    },
    /// 是哪一期.
    Period {
        /// A cell of the table, row and column.
        at: (u32, u32),
        /// `2019-06`.
        period: String,
    },
}

/// A table beside the one that is meant first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherTable {
    /// `breakdown`, `progress` or `summary`.
    pub form: String,
    /// The sheet, by its index.
    pub sheet: u32,
    /// Where it stands.
    pub area: Area,
    /// The city, where it is known.
    pub city: Option<String>,
    /// `2019-06`, where it is known.
    pub period: Option<String>,
    /// What each recognised column was taken for, as in [`Audit::columns`].
    pub columns: Vec<(u32, String)>,
}

/// A finding of an audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Its number in this audit.
    pub id: u32,
    /// The rule's code.
    pub code: String,
    /// How grave it is.
    pub tier: Tier,
    /// The sheet, by its index.
    pub sheet: Option<u32>,
    /// Where it stands.
    pub area: Option<Area>,
    /// `C5`, `D5:E13`; nothing for a whole file.
    pub address: Option<String>,
    /// The indicator's number.
    pub indicator: Option<u32>,
    /// The city, where it is known.
    pub city: Option<String>,
    /// What stands there, as it is shown.
    pub found: String,
    /// What should stand there, where that is known.
    pub expected: Option<String>,
    /// A Chinese sentence that says what is wrong and what to do.
    pub message: String,
    /// Why it matters, one line.
    pub why: String,
    /// How it is put right, where that is known.
    pub fix: Option<Fix>,
    /// The finding that explains this one.
    pub caused_by: Option<u32>,
    /// 情况说明.
    pub answer: Option<String>,
    /// The form's own cell for it, where there is one.
    pub explain_in: Option<ExplainIn>,
}

/// A cell of 情况说明.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplainIn {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub column: u32,
    /// What it says now; empty for nothing and for a stroke.
    pub text: String,
}

/// A correction that a finding proposes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Whether it may be applied with all others at once.
    pub safe: bool,
    /// What it changes.
    pub changes: Vec<Change>,
}

/// One change in force, in order; an address counts after the changes before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The sheet, by its index.
    pub sheet: u32,
    /// What it does.
    pub action: Action,
    /// The rule that proposed it, or [`EXPLANATION`]; nothing for a change by hand.
    pub rule: Option<String>,
    /// Why, a Chinese sentence.
    pub reason: String,
    /// Where the new value comes from, in Chinese.
    pub source: String,
}

/// What a change does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// As typed: the engine tells a number from a text (see [`Input`]).
    Set {
        /// The row, from 0.
        row: u32,
        /// The column, from 0.
        column: u32,
        /// The new value.
        input: Input,
    },
    /// A row before the one that stands there, with its cells.
    InsertRow {
        /// The row, from 0.
        row: u32,
        /// Columns and values of the new row.
        cells: Vec<(u32, Input)>,
    },
    /// A 警示 is explained in the record, or no longer where the answer is nothing.
    Explain {
        /// The finding, with its answer.
        finding: Noted,
    },
    /// Changes nothing in the file but how it is read.
    Say(Hint),
}

/// What stands for the rule where 情况说明 is written.
pub const EXPLANATION: &str = "情况说明";

/// A new value for a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// Stored as a number; decimal notation.
    Number(String),
    /// Stored as a text.
    Text(String),
    /// The content is taken out.
    Blank,
    /// Without its `=`; only in fixes that the engine proposes.
    Formula(String),
    /// Typed by hand: a plain number is stored as a number, anything else as text, nothing as blank. Never a formula.
    Typed(String),
}

/// What was proven of a corrected copy after it was written and read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// Every cell that was changed.
    pub cells: Vec<CertifiedCell>,
    /// Package parts that are byte-identical; `None` where a new workbook had to be written.
    pub identical_parts: Option<u32>,
    /// Package parts that were changed.
    pub changed_parts: Vec<String>,
    /// The fingerprint of the file.
    pub original_sha256: String,
    /// The fingerprint of the copy.
    pub result_sha256: String,
    /// What could not be kept, in Chinese; empty for a patched package.
    pub losses: Vec<String>,
    /// Explanations that stand in the sheet 校核记录 of the copy, added for their sake if need be.
    pub explained: u32,
}

/// A cell of a corrected copy that was changed, read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertifiedCell {
    /// The sheet's name.
    pub sheet: String,
    /// `C5`.
    pub address: String,
    /// As it was shown before.
    pub before: String,
    /// As it is shown now.
    pub after: String,
    /// The rule's code, 手工 or 情况说明.
    pub rule: String,
}

/// The periods of a consolidation.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Periods {
    /// The latest that came in.
    #[default]
    Latest,
    /// `2019-06`.
    One(String),
    /// All that came in.
    All,
}

/// What the user leaves out of a consolidation.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choice {
    /// Cities that are passed over.
    pub without: Vec<String>,
    /// Only returns with nothing open are taken.
    pub settled: bool,
}

/// What a consolidation came to, for the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsolidationSummary {
    /// The cities, in the order of the columns.
    pub cities: Vec<String>,
    /// The periods that were put together, the oldest first.
    pub periods: Vec<PeriodSummary>,
    /// Rules that the returns were not audited by, a sentence for each set of them.
    pub rules_off: Vec<String>,
    /// 情况综述, to copy; or why there is none.
    pub brief: Result<String, String>,
}

/// What the returns of one period came to.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct PeriodSummary {
    /// `2019-06`.
    pub period: String,
    /// The consolidated table.
    pub rows: Vec<SummaryRow>,
    /// File name and reason for each return that was kept out.
    pub kept_out: Vec<(String, String)>,
    /// What is open of the returns that were used, a sentence each.
    pub remarks: Vec<String>,
    /// Cities without a return.
    pub missing: Vec<String>,
    /// What each city that owes something is to be told, to paste.
    pub notices: Vec<String>,
    /// Of the plan's time, what has passed at the end of the period, where that is known.
    pub elapsed: Option<Rate>,
}

/// A share: to be drawn, and as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// 1 for all of it.
    pub share: f64,
    /// `47.7%`.
    pub text: String,
}

/// A row of the consolidated table: an indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SummaryRow {
    /// The indicator's number.
    pub number: u32,
    /// 指标内容.
    pub label: String,
    /// 计量单位.
    pub unit: String,
    /// A cell a city.
    pub cells: Vec<SummaryCell>,
    /// 合计; nothing where the indicator does not add up.
    pub zone: Option<SummaryTotal>,
}

/// What a city has to do and has done.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct SummaryCell {
    /// Nothing where it has no part in the indicator.
    pub target: Option<String>,
    /// Nothing where no figure was used.
    pub done: Option<String>,
    /// Of the target.
    pub rate: Option<Rate>,
    /// Where the figure stands.
    pub source: Option<SummarySource>,
    /// Why there is no figure, where one stands in the return.
    pub why: Option<String>,
}

/// What the whole zone has to do and has done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SummaryTotal {
    /// Of all cities.
    pub target: String,
    /// Of those whose figures are there.
    pub target_of_present: String,
    /// Their sum.
    pub done: Option<String>,
    /// Of the targets of those whose figures are there.
    pub rate: Option<Rate>,
    /// Of the whole target, where a city lacks.
    pub of_whole: Option<Rate>,
    /// Cities that take part and whose figures are not there.
    pub lacking: Vec<String>,
}

/// Where a figure of a consolidation stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SummarySource {
    /// The file.
    pub file: FileId,
    /// Its name.
    pub name: String,
    /// The sheet, by its index.
    pub sheet: u32,
    /// The sheet's name.
    pub sheet_name: String,
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub column: u32,
    /// `C5`.
    pub address: String,
    /// As the cell shows it.
    pub raw: String,
}

/// What several files say for one city and period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The files, in their order.
    pub files: Vec<FileId>,
    /// 上期累计完成, 本期累计完成, 情况说明.
    pub captions: Vec<String>,
    /// A row an indicator: what it is; of each file, what stands under each caption.
    pub rows: Vec<(String, Vec<Vec<String>>)>,
}

/// The work as 保存进度 and 断电保护 keep it, beside the bytes of its files. What an older version did not know is as
/// at the start; [`PROGRESS_VERSION`] is raised only where an older program would do harm with what it does not know.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// [`PROGRESS_VERSION`] of whoever wrote it.
    pub version: u32,
    /// When: `2026-11-28 14:32`.
    pub at: String,
    /// The files, in their order.
    pub files: Vec<KeptFile>,
    /// The file of the breakdown in force; nothing for the official one.
    pub breakdown: Option<KeptFile>,
    /// Whether corrected copies get a 校核记录; nothing while nobody has chosen.
    pub record: Option<Record>,
    /// The period of the consolidation, where one was chosen: `2019-06`.
    pub period: Option<String>,
    /// All periods in one workbook.
    pub all: bool,
    /// What a consolidation passes over.
    pub choice: Choice,
    /// The rules that are switched off.
    pub rules_off: Vec<RuleOff>,
}

/// The version of [`Progress`] that this program writes, and the newest that it reads.
pub const PROGRESS_VERSION: u32 = 1;

/// A file of a [`Progress`].
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptFile {
    /// Its name.
    pub name: String,
    /// The folder that it was in, where that is known.
    pub folder: String,
    /// Its fingerprint; empty where nobody has read it.
    pub sha256: String,
    /// Bytes.
    pub size: f64,
    /// Where its bytes are in the file of 保存进度.
    pub path: String,
    /// What was done, in order.
    pub done: Vec<KeptStep>,
    /// What was taken back and can be done again.
    pub undone: Vec<KeptStep>,
    /// The steps that the last corrected copy has, by their place; more than there are for one that was taken back.
    pub saved: Vec<u32>,
    /// 提示 that are put away.
    pub put_away: Vec<Mark>,
    /// What was done about these was taken back, and nothing else has been done since.
    pub taken_back: Vec<Mark>,
    /// Explanations half written.
    pub drafts: Vec<KeptDraft>,
    /// Of several submissions of its city this one counts.
    pub preferred: bool,
}

/// What was done at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptStep {
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// The findings that it settles, as they stood.
    #[serde(default)]
    pub settles: Vec<Finding>,
}

/// An explanation half written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptDraft {
    /// Of which finding.
    pub of: Mark,
    /// What stands there so far.
    pub text: String,
}
