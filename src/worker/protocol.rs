//! What the page and the engine say to each other: plain data, structured-cloned between threads.
//!
//! The page owns the bytes of every file and the list of changes; the engine keeps parsed workbooks only as a cache,
//! so that a new worker can be brought up from what the page has. No 64-bit integers: old browsers cannot pass them.

use serde::{Deserialize, Serialize};

/// For what the page shows of its own: names of files, what was typed. What the engine gives to be shown is so already.
pub use crate::model::visible;
/// For what the page looks up by a cell: which merged rectangle covers it.
pub use crate::model::{Areas, CellRef, Range};

/// A request with its number; the answer carries the same number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope<T> {
    pub id: u32,
    pub body: T,
}

/// The page's name for a file it holds.
pub type FileId = u32;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Version, rules and breakdown. Answer: [`Response::Hello`].
    Hello,
    /// The embedded example. Answer: [`Response::Demo`].
    Demo,
    /// Reads, lays out and audits a file, with the changes in force (empty at first). Answer: [`Response::Opened`].
    Open {
        file: FileId,
        name: String,
        #[serde(skip)]
        bytes: Vec<u8>,
        changes: Vec<Change>,
        beside: Beside,
    },
    /// Audits again, as other files now bear on this one. Answer: [`Response::Audited`].
    Recheck { file: FileId, beside: Beside },
    /// Replaces the whole list of changes in force and audits again. Answer: [`Response::Audited`].
    Change { file: FileId, changes: Vec<Change> },
    /// Puts every safe fix in force that goes with the others and makes no new 错误, after the changes in force and but
    /// for what was put away. Answer: [`Response::AppliedSafe`].
    ApplySafe { file: FileId, put_away: Vec<Mark> },
    /// The cells of rows `first..=last` of a sheet, changes applied. Answer: [`Response::Window`].
    Window { file: FileId, sheet: u32, first: u32, last: u32 },
    /// The corrected copy with the changes in force. Answer: [`Response::Saved`].
    Save { file: FileId, record: Record },
    /// The findings and changes of a file as a workbook. Answer: [`Response::Document`].
    Findings { file: FileId },
    /// Consolidates opened progress returns. Answer: [`Response::Consolidated`].
    Consolidate { files: Vec<FileId>, period: Option<String> },
    /// Forgets a file. Answer: [`Response::Closed`].
    Close { file: FileId },
    /// Reads another breakdown and compares it with the one in force, which stays. Answer: [`Response::BreakdownRead`].
    ReadBreakdown {
        file: FileId,
        name: String,
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// Puts another breakdown in force; opened files are to be opened again. Answer: [`Response::Hello`].
    UseBreakdown {
        file: FileId,
        name: String,
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// Puts the official breakdown in force again; opened files are to be opened again. Answer: [`Response::Hello`].
    UseOfficialBreakdown,
}

impl Request {
    /// The file whose bytes the host sends along.
    pub const fn carries(&self) -> Option<FileId> {
        match self {
            Self::Open { file, .. } | Self::ReadBreakdown { file, .. } | Self::UseBreakdown { file, .. } => {
                Some(*file)
            }
            _ => None,
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
            Self::Hello
            | Self::Demo
            | Self::Recheck { .. }
            | Self::Change { .. }
            | Self::ApplySafe { .. }
            | Self::Window { .. }
            | Self::Save { .. }
            | Self::Findings { .. }
            | Self::Consolidate { .. }
            | Self::Close { .. }
            | Self::UseOfficialBreakdown => Vec::new(),
        }
    }
}

impl Carries for Response {
    fn bytes_mut(&mut self) -> Vec<&mut Vec<u8>> {
        match self {
            Self::Demo(documents) => documents.iter_mut().map(|document| &mut document.bytes).collect(),
            Self::Saved { document, .. } | Self::Document(document) | Self::Consolidated { document, .. } => {
                vec![&mut document.bytes]
            }
            Self::Hello(_)
            | Self::Opened { .. }
            | Self::Audited { .. }
            | Self::AppliedSafe { .. }
            | Self::Window { .. }
            | Self::Closed { .. }
            | Self::BreakdownRead(_)
            | Self::Failed { .. } => Vec::new(),
        }
    }
}

/// What a finding is known by from one audit to the next: its number changes, this does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    pub code: String,
    pub sheet: Option<u32>,
    pub address: Option<String>,
    pub found: String,
}

/// What other files say that bears on the audit of one.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Beside {
    /// Earlier reports of its city.
    pub previous: Vec<Reported>,
    /// Earlier findings of it, which came as a file of their own.
    pub list: Option<FindingList>,
}

/// What a city reported for a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reported {
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
    pub sha256: Option<String>,
    pub form: Option<String>,
    pub city: Option<String>,
    pub period: Option<String>,
    /// The name of the file that they were read from.
    pub source: String,
    pub findings: Vec<Noted>,
}

/// A finding on paper: known by its rule and its place in words.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Noted {
    pub id: u32,
    pub code: String,
    pub tier: Option<Tier>,
    /// The sheet's name.
    pub sheet: Option<String>,
    pub address: Option<String>,
    pub indicator: Option<u32>,
    pub city: Option<String>,
    pub found: String,
    pub message: String,
    pub answer: Option<String>,
    pub caused_by: Option<u32>,
}

/// 整改对账.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Since {
    /// Where the earlier findings came from, for a person.
    pub source: String,
    pub fixed: Vec<Noted>,
    /// With today's finding.
    pub left: Vec<(Noted, u32)>,
    /// Today's findings that were not there.
    pub new: Vec<u32>,
}

/// Whether a corrected copy carries the sheet 校核记录.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    None,
    Sheet,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    Hello(Hello),
    Demo(Vec<Document>),
    Opened {
        file: FileId,
        workbook: WorkbookInfo,
        audit: Audit,
    },
    Audited {
        file: FileId,
        audit: Audit,
    },
    /// The changes to be added to those in force, the findings that they settle as they stood, and the audit with them.
    AppliedSafe {
        file: FileId,
        changes: Vec<Change>,
        settles: Vec<Finding>,
        audit: Audit,
    },
    Window {
        file: FileId,
        sheet: u32,
        first: u32,
        last: u32,
        cells: Vec<CellDto>,
    },
    Saved {
        file: FileId,
        document: Document,
        certificate: Certificate,
    },
    Document(Document),
    Consolidated {
        document: Document,
        summary: ConsolidationSummary,
    },
    Closed {
        file: FileId,
    },
    BreakdownRead(NewBreakdown),
    /// The request could not be done; nothing was changed. One Chinese sentence that says what to do.
    Failed {
        message: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    pub version: String,
    pub rules: Vec<RuleInfo>,
    /// The file of the breakdown in force; nothing for the official one.
    pub breakdown: Option<String>,
    /// Its fingerprint.
    pub breakdown_sha256: String,
    pub indicators: Vec<IndicatorInfo>,
    pub cities: Vec<String>,
    /// Seconds that the work on one file may take here.
    pub seconds: u32,
}

/// Another breakdown, read and not yet in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewBreakdown {
    pub name: String,
    pub sha256: String,
    pub cities: Vec<String>,
    pub indicators: u32,
    /// What was taken for granted in reading it, one Chinese sentence each.
    pub remarks: Vec<String>,
    /// What it changes of the breakdown in force, one Chinese line each.
    pub changes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleInfo {
    pub code: String,
    pub tier: Tier,
    pub title: String,
    /// The help as paragraphs: 审核内容 / 为什么 / 示例 / 怎么改.
    pub help: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorInfo {
    pub number: u32,
    pub label: String,
    pub unit: String,
    /// One target a city, in the order of [`Hello::cities`]; `None` is `/`.
    pub targets: Vec<Option<String>>,
}

/// A file to be handed to the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub name: String,
    pub mime: String,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A file's sheets without their cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkbookInfo {
    pub name: String,
    pub format: Option<String>,
    pub sha256: String,
    pub size: u32,
    pub sheets: Vec<SheetInfo>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetInfo {
    pub name: String,
    pub hidden: bool,
    /// Rows and columns that hold something, counted from A1.
    pub rows: u32,
    pub columns: u32,
    pub merges: Vec<Area>,
    /// First and last, both included.
    pub hidden_rows: Vec<(u32, u32)>,
    pub hidden_columns: Vec<(u32, u32)>,
    /// First, last, width in characters.
    pub column_widths: Vec<(u32, u32, f32)>,
}

/// A rectangle, zero-based, both corners included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    pub top: u32,
    pub left: u32,
    pub bottom: u32,
    pub right: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellDto {
    pub row: u32,
    pub column: u32,
    /// As it is shown: what would not be seen is.
    pub shown: String,
    /// What an editor starts from: the formula with its `=`, else the stored value.
    pub raw: String,
    /// Right-aligned.
    pub number: bool,
    pub formula: bool,
    /// The text shown before the changes in force, where they touched this cell.
    pub before: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tier {
    #[serde(rename = "错误")]
    Error,
    #[serde(rename = "警示")]
    Warning,
    #[serde(rename = "提示")]
    Notice,
}

#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Audit {
    /// `breakdown`, `progress`, `summary` or nothing.
    pub form: Option<String>,
    pub sheet: Option<u32>,
    pub table: Option<Area>,
    pub city: Option<String>,
    pub period: Option<String>,
    /// What each recognised column was taken for: column, caption such as 成都市 or 本期累计完成.
    pub columns: Vec<(u32, String)>,
    /// The other tables of the workbook, audited too.
    pub others: Vec<OtherTable>,
    pub findings: Vec<Finding>,
    pub errors: u32,
    pub warnings: u32,
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
}

/// What a table was taken for, why, and what may be said against it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    pub sheet: u32,
    pub area: Area,
    /// Row and column of a cell in it, by which [`Hint::City`] and [`Hint::Period`] name it.
    pub at: (u32, u32),
    pub city: Option<String>,
    pub period: Option<String>,
    /// Cities and periods to choose from, where whose or of when it is cannot be read, is contradicted, or was said.
    pub whose: Option<Whose>,
    /// Those of the sheet's own columns and rows that lie in it; none of a table that stands otherwise.
    pub columns: Vec<UnderstoodColumn>,
    pub rows: Vec<UnderstoodRow>,
    /// What a column of it can be; nothing where it stands otherwise than the official form and no word on it is taken.
    pub roles: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Whose {
    pub cities: Vec<String>,
    pub periods: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnderstoodColumn {
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnderstoodRow {
    pub row: u32,
    /// 指标 3, 合计.
    pub kind: String,
    pub word: Option<RowWord>,
    pub why: String,
    /// By the user's word.
    pub said: bool,
}

/// What a row can be said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowWord {
    /// By its number.
    Indicator(u32),
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
    Column { column: u32, role: Option<String> },
    /// 这一行是….
    Row { row: u32, word: RowWord },
    /// 是哪个市, of the table that has this cell.
    City { at: (u32, u32), city: String },
    /// 是哪一期.
    Period { at: (u32, u32), period: String },
}

/// A table beside the one that is meant first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherTable {
    pub form: String,
    pub sheet: u32,
    pub area: Area,
    pub city: Option<String>,
    pub period: Option<String>,
    pub columns: Vec<(u32, String)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub id: u32,
    pub code: String,
    pub tier: Tier,
    pub sheet: Option<u32>,
    pub area: Option<Area>,
    /// `C5`, `D5:E13`; nothing for a whole file.
    pub address: Option<String>,
    pub indicator: Option<u32>,
    pub city: Option<String>,
    pub found: String,
    pub expected: Option<String>,
    pub message: String,
    /// Why it matters, one line.
    pub why: String,
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
    pub row: u32,
    pub column: u32,
    /// What it says now; empty for nothing and for a stroke.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Whether it may be applied with all others at once.
    pub safe: bool,
    pub changes: Vec<Change>,
}

/// One change in force, in order; an address counts after the changes before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub sheet: u32,
    pub action: Action,
    /// The rule that proposed it, or [`EXPLANATION`]; nothing for a change by hand.
    pub rule: Option<String>,
    pub reason: String,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// As typed: the engine tells a number from a text (see [`Input`]).
    Set {
        row: u32,
        column: u32,
        input: Input,
    },
    InsertRow {
        row: u32,
        cells: Vec<(u32, Input)>,
    },
    /// A 警示 is explained in the record, or no longer where the answer is nothing.
    Explain {
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
    Text(String),
    Blank,
    /// Without its `=`; only in fixes that the engine proposes.
    Formula(String),
    /// Typed by hand: a plain number is stored as a number, anything else as text, nothing as blank. Never a formula.
    Typed(String),
}

/// What was proven of a corrected copy after it was written and read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    pub cells: Vec<CertifiedCell>,
    /// Package parts that are byte-identical; `None` where a new workbook had to be written.
    pub identical_parts: Option<u32>,
    pub changed_parts: Vec<String>,
    pub original_sha256: String,
    pub result_sha256: String,
    /// What could not be kept, in Chinese; empty for a patched package.
    pub losses: Vec<String>,
    /// Explanations that stand in the sheet 校核记录 of the copy, added for their sake if need be.
    pub explained: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertifiedCell {
    pub sheet: String,
    pub address: String,
    pub before: String,
    pub after: String,
    pub rule: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsolidationSummary {
    pub period: String,
    pub rows: Vec<SummaryRow>,
    pub cities: Vec<String>,
    /// File name and reason for each return that was kept out.
    pub kept_out: Vec<(String, String)>,
    /// What is open of the returns that were used, a sentence each.
    pub remarks: Vec<String>,
    /// Cities without a return.
    pub missing: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SummaryRow {
    pub number: u32,
    pub label: String,
    pub unit: String,
    /// Target and figure a city; `None` where not applicable or not reported.
    pub cells: Vec<(Option<String>, Option<String>)>,
}
