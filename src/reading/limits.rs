//! How much of a file is read, and how a refusal is said.

use crate::model::Unreadable;

/// The table of bounds: what one file may ask for, the same in the page and on the command line. A line is the field
/// with its type, its name on the command line, its name for people, the bound and its unit.
macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $kind:ty, $name:literal, $label:literal, $bound:expr, $unit:literal;)*) => {
        /// Upper bounds of what one file may ask for. Every allocation is bounded by these and by the bytes really
        /// present, never by a number that the file declares.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $bound,)* }
            }
        }

        impl Limits {
            /// Every bound as it is now: name on the command line, name for people, bound, unit.
            pub fn table(&self) -> Vec<(&'static str, &'static str, u64, &'static str)> {
                vec![$(($name, $label, u64::try_from(self.$field).unwrap_or(u64::MAX), $unit),)*]
            }

            /// Sets one bound by its name on the command line; `None` where no bound has this name.
            pub fn set(&mut self, name: &str, bound: u64) -> Option<()> {
                match name {
                    $($name => self.$field = <$kind>::try_from(bound).unwrap_or(<$kind>::MAX),)*
                    _ => return None,
                }
                Some(())
            }
        }
    };
}

limits! {
    /// Bytes of the file as it lies on the disk.
    file_bytes: u64, "file-bytes", "文件大小", 64 << 20, "字节";
    /// Entries of a zip package.
    entries: usize, "entries", "压缩包里的文件数", 4_096, "个";
    /// Inflated bytes of one package part.
    part_bytes: u64, "part-bytes", "压缩包里一个文件解压后的大小", 256 << 20, "字节";
    /// Inflated bytes of all package parts that are read.
    total_bytes: u64, "total-bytes", "全部解压后的大小", 512 << 20, "字节";
    /// How many times larger a part may be than it is in the package, once it is larger than 32 MB.
    ratio: u64, "ratio", "压缩倍数（解压后超过 32 MB 的）", 500, "倍";
    /// Relationships of one part.
    relationships: usize, "relationships", "压缩包里一个文件的关系数", 65_536, "条";
    /// Sheets of a workbook.
    sheets: usize, "sheets", "工作表数", 1_024, "张";
    /// Cells with a content, over all sheets.
    cells: usize, "cells", "有内容的单元格数", 2_000_000, "个";
    /// Cells without a content (only a style), over all sheets.
    blank_cells: usize, "blank-cells", "单元格总数，连同空白的", 16_000_000, "个";
    /// Bytes of one text, as UTF-8. A cell of a spreadsheet program holds 32 767 characters at most.
    text_bytes: usize, "text-bytes", "一个单元格的文字", 256 << 10, "字节";
    /// Bytes of all texts and formulas together.
    all_text_bytes: usize, "all-text-bytes", "全部文字", 256 << 20, "字节";
    /// Merged ranges, and hidden or sized spans, of one sheet.
    ranges: usize, "ranges", "一张表的合并区域、行列设置数", 200_000, "处";
    /// Nested XML elements.
    xml_depth: usize, "depth", "文件内部的嵌套", 256, "层";
    /// Attributes of one element of XML or HTML.
    xml_attributes: usize, "attributes", "文件内部一处的属性数", 512, "个";
    /// Seconds that one file may take, in a browser [`IN_A_BROWSER`] times as many. Held by whoever starts the work:
    /// the core has no clock.
    seconds: u64, "seconds", "一个文件的用时（页面放宽到 5 倍）", 60, "秒";
    /// Bytes of memory that the work on one file may take. Held by whoever starts the work, like the time.
    memory: u64, "memory", "处理一个文件所用的内存（命令行）", 2 << 30, "字节";
}

/// The engine in an old browser on an old computer takes so many times as long as the command line on a new one.
pub const IN_A_BROWSER: u64 = 5;

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
        Self {
            limits,
            cells: limits.cells,
            blank_cells: limits.blank_cells,
            text_bytes: limits.all_text_bytes,
        }
    }

    pub fn cell(&mut self) -> Result<(), Unreadable> {
        self.cells =
            self.cells.checked_sub(1).ok_or_else(|| beyond("有内容的单元格", self.limits.cells, "个"))?;
        Ok(())
    }

    pub fn blank_cell(&mut self) -> Result<(), Unreadable> {
        self.blank_cells = self
            .blank_cells
            .checked_sub(1)
            .ok_or_else(|| beyond("单元格连同空白的", self.limits.blank_cells, "个"))?;
        Ok(())
    }

    /// Accounts for one text or formula of so many bytes.
    pub fn text(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.limits.check_text(bytes)?;
        self.text_bytes = self.text_bytes.checked_sub(bytes).ok_or_else(|| {
            too_large(
                &format!("全部文字超过 {}", size(self.limits.all_text_bytes as u64)),
                &size(self.limits.all_text_bytes as u64),
            )
        })?;
        Ok(())
    }
}

impl Limits {
    /// Whether a file of so many bytes is read at all: to be asked before it is loaded.
    pub fn check_file(&self, bytes: u64) -> Result<(), Unreadable> {
        if bytes > self.file_bytes {
            return Err(too_large(&format!("文件有 {}", size(bytes)), &size(self.file_bytes)));
        }
        Ok(())
    }

    pub(super) fn check_text(&self, bytes: usize) -> Result<(), Unreadable> {
        if bytes > self.text_bytes {
            return Err(too_large(
                &format!("一个单元格的文字有 {}", size(bytes as u64)),
                &size(self.text_bytes as u64),
            ));
        }
        Ok(())
    }

    pub(super) fn check_ranges(&self, count: usize) -> Result<(), Unreadable> {
        if count > self.ranges {
            return Err(beyond("一张表的合并区域或行列设置", self.ranges, "处"));
        }
        Ok(())
    }

    pub(super) fn check_sheets(&self, count: usize) -> Result<(), Unreadable> {
        if count > self.sheets {
            return Err(beyond("工作表", self.sheets, "张"));
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

/// Where counting stops at the bound: how many there are is not known.
pub(super) fn beyond(what: &str, bound: impl std::fmt::Display, unit: &str) -> Unreadable {
    too_large(&format!("{what}超过 {bound} {unit}"), &format!("{bound} {unit}"))
}

/// A size for people. Rounded up, so that what is beyond a bound is never called by the same number.
pub fn size(bytes: u64) -> String {
    let (unit, name) = if bytes < 1 << 20 { (1 << 10, "KB") } else { (1 << 20, "MB") };
    let tenths = u128::from(bytes).saturating_mul(10).div_ceil(unit);
    match (tenths / 10, tenths % 10) {
        _ if bytes < 1 << 10 => format!("{bytes} 字节"),
        (whole, 0) => format!("{whole} {name}"),
        (whole, tenth) => format!("{whole}.{tenth} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_beyond_a_bound_is_not_called_by_its_number() {
        assert_eq!(
            [0, 1023, 1024, 1025, 64 << 20].map(size),
            ["0 字节", "1023 字节", "1 KB", "1.1 KB", "64 MB"]
        );
        assert_eq!(
            [(64 << 20) + 1, 210 << 20, u64::MAX].map(size),
            ["64.1 MB", "210 MB", "17592186044416 MB"]
        );
    }
}
