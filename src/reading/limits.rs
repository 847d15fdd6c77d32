//! How much of a file is read, and how a refusal is said.

use crate::model::Unreadable;

/// Upper bounds of what one file may ask for. Every allocation is bounded by these and by the bytes really present,
/// never by a number that the file declares.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Entries of a zip package.
    pub entries: usize,
    /// Inflated bytes of one package part.
    pub part_bytes: u64,
    /// Inflated bytes of all package parts that are read.
    pub total_bytes: u64,
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Cells with a content, over all sheets.
    pub cells: usize,
    /// Cells without a content (only a style), over all sheets.
    pub blank_cells: usize,
    /// Bytes of one text, as UTF-8. A cell of a spreadsheet program holds 32 767 characters at most.
    pub text_bytes: usize,
    /// Bytes of all texts and formulas together.
    pub all_text_bytes: usize,
    /// Merged ranges, and hidden or sized spans, of one sheet.
    pub ranges: usize,
    /// Nested XML elements.
    pub xml_depth: usize,
    /// Attributes of one XML element.
    pub xml_attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 4_096,
            part_bytes: 256 << 20,
            total_bytes: 512 << 20,
            sheets: 1_024,
            cells: 2_000_000,
            blank_cells: 16_000_000,
            text_bytes: 256 << 10,
            all_text_bytes: 256 << 20,
            ranges: 200_000,
            xml_depth: 256,
            xml_attributes: 512,
        }
    }
}

/// What is left of the bounds that count over a whole file.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    pub limits: &'l Limits,
    cells: usize,
    blank_cells: usize,
    text_bytes: usize,
}

impl<'l> Budget<'l> {
    pub fn new(limits: &'l Limits) -> Self {
        Self { limits, cells: limits.cells, blank_cells: limits.blank_cells, text_bytes: limits.all_text_bytes }
    }

    pub fn cell(&mut self) -> Result<(), Unreadable> {
        self.cells = self.cells.checked_sub(1).ok_or_else(|| too_large("单元格太多", &format!("{} 个", self.limits.cells)))?;
        Ok(())
    }

    pub fn blank_cell(&mut self) -> Result<(), Unreadable> {
        self.blank_cells =
            self.blank_cells.checked_sub(1).ok_or_else(|| too_large("空单元格太多", &format!("{} 个", self.limits.blank_cells)))?;
        Ok(())
    }

    /// Accounts for one text or formula of so many bytes.
    pub fn text(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.limits.check_text(bytes)?;
        self.text_bytes =
            self.text_bytes.checked_sub(bytes).ok_or_else(|| too_large("文字总量太大", &megabytes(self.limits.all_text_bytes as u64)))?;
        Ok(())
    }
}

impl Limits {
    pub(super) fn check_text(&self, bytes: usize) -> Result<(), Unreadable> {
        if bytes > self.text_bytes {
            return Err(too_large("一个单元格的文字太长", &format!("{} KB", self.text_bytes >> 10)));
        }
        Ok(())
    }

    pub(super) fn check_ranges(&self, count: usize) -> Result<(), Unreadable> {
        if count > self.ranges {
            return Err(too_large("合并区域或行列设置太多", &format!("{} 处", self.ranges)));
        }
        Ok(())
    }

    pub(super) fn check_sheets(&self, count: usize) -> Result<(), Unreadable> {
        if count > self.sheets {
            return Err(too_large("工作表太多", &format!("{} 张", self.sheets)));
        }
        Ok(())
    }
}

pub(super) fn damaged(part: &str, detail: impl std::fmt::Display) -> Unreadable {
    // A reader's words may quote the file: keep the message short.
    let detail: String = detail.to_string().chars().take(200).collect();
    Unreadable::Damaged { part: part.chars().take(100).collect(), detail }
}

pub(super) fn too_large(what: &str, limit: &str) -> Unreadable {
    Unreadable::TooLarge { what: what.to_owned(), limit: limit.to_owned() }
}

pub(super) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes >> 20)
}
