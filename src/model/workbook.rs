//! A workbook as it was read, and what there was to say about the file itself.

use std::sync::Arc;

use super::{CellRef, Grid, Looks, Range};

/// What a file's content is, whatever its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Xlsm,
    Xlsb,
    Xls,
    Ods,
    /// Tables of a Word document.
    Docx,
    /// Separated text: .csv, .txt, .tsv.
    Text,
    /// An HTML page with tables, often named .xls.
    Html,
}

impl Format {
    /// The name in the JSON contract and the usual extension.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsm => "xlsm",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Docx => "docx",
            Self::Text => "csv",
            Self::Html => "html",
        }
    }

    /// Whether a correction can be made inside the package instead of writing a new workbook.
    pub const fn is_patchable(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xlsm)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Visibility {
    #[default]
    Visible,
    Hidden,
    VeryHidden,
}

/// Rows or columns from `first` to `last`, zero-based, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: u32,
    pub last: u32,
}

impl Span {
    pub const fn contains(&self, index: u32) -> bool {
        self.first <= index && index <= self.last
    }
}

/// One sheet with its layout.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Sheet {
    pub name: String,
    pub visibility: Visibility,
    pub grid: Grid,
    pub looks: Looks,
    pub merges: Vec<Range>,
    pub hidden_rows: Vec<Span>,
    pub hidden_columns: Vec<Span>,
    /// Column widths in characters of the default font, where the file states them.
    pub column_widths: Vec<(Span, f32)>,
    /// Separated text only: how many fields each row has, empty ones included.
    pub field_counts: Vec<u32>,
    /// Formulas that cannot be written into another workbook.
    pub unwritable: Vec<UnwritableFormula>,
    /// Word documents only: which cell of the document each one is, counted from 1 over all its tables.
    pub document_cells: Vec<(CellRef, usize)>,
    /// Word documents only: what stands at the head of the pages.
    pub margin: Vec<String>,
}

impl Sheet {
    /// How one who has the document before him names a place in its table, which has no addresses: 第 3 行第 4 列,
    /// counted in the table itself. Nothing for what stands around it, and for other formats.
    pub fn place_in_document(&self, range: Range) -> Option<String> {
        let rows = self.document_cells.iter().map(|(at, _)| at.row);
        let (first, last) = (rows.clone().min()?, rows.max()?);
        if range.start.row < first || range.end.row > last {
            return None;
        }
        let span = |start: u32, end: u32, what| match start == end {
            true => format!("第 {} {what}", start + 1),
            false => format!("第 {} 至 {} {what}", start + 1, end + 1),
        };
        let rows = span(range.start.row - first, range.end.row - first, "行");
        Some(rows + &span(range.start.column, range.end.column, "列"))
    }
}

/// A formula that only its own format can hold: a function unknown here, a list of constants, an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnwritableFormula {
    pub at: CellRef,
    /// What it reads is right in it, its functions need not be; empty where nothing is known.
    pub text: Arc<str>,
}

/// Something worth saying about a file that could be read. Family F of the catalogue turns it into findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadRemark {
    /// F004.
    Macros,
    /// F005: cells that draw on another workbook.
    ExternalLinks { cells: Vec<(usize, CellRef)> },
    /// F007.
    Protected { workbook: bool, sheets: Vec<usize> },
    /// F007: encrypted with the password that spreadsheet programs try unasked, and read with it.
    DefaultPassword,
    /// F008.
    Signed,
    /// F011: tracked changes of a document, taken as accepted.
    TrackedChanges { count: usize },
    /// F012: words of a document beside its text; where they stand, as in “脚注”, and the first of them.
    Unaudited { place: &'static str, text: String },
    /// F009: the content is not what the extension says.
    OtherThanExtension { extension: String, format: Format },
    /// F010: what was assumed of a text file. `encoding` as in “GB18030”, `separator` a blank for
    /// runs of blanks.
    TextAssumed { encoding: &'static str, separator: char },
}

/// Why a file could not be read at all. Family F of the catalogue turns it into a finding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// F001.
    #[error("文件设了打开密码，请另存为不带密码的副本")]
    Password,
    /// F002. `part` is a package part or a record, `detail` the reader's own words.
    #[error("文件已损坏或不完整，请重新取得（技术细节：{part}，{detail}）")]
    Damaged { part: String, detail: String },
    /// F003. `kind` in Chinese, as in “Word 文档”.
    #[error("不是电子表格，而是{kind}")]
    NotSpreadsheet { kind: String },
    /// F006. `what` and `limit` in Chinese, as in “解压后超过 512 MB”.
    #[error("超出本工具的读取上限：{what}（上限 {limit}），请把要用的工作表单独另存为新文件")]
    TooLarge { what: String, limit: String },
}

/// A workbook: at least one sheet, in the file's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Workbook {
    pub format: Format,
    pub sheets: Vec<Sheet>,
    /// Dates count from 1904 instead of 1900 (ECMA-376 part 1, 18.2.28).
    pub date_1904: bool,
    pub remarks: Vec<ReadRemark>,
}
