//! Where the files lie that the numbers come from, seen from the workbook: so that a source can be opened at its cell.

use std::collections::BTreeMap;

use rust_xlsxwriter::Url;

use crate::consolidate::Source;

/// More links than these a sheet cannot have.
pub const MOST: usize = 65_530;

/// The path of each file relative to the folder of the workbook, with `/` between folders.
#[derive(Clone, Debug, Default)]
pub struct Links(BTreeMap<String, String>);

impl Links {
    /// By the names that the files have in the consolidation.
    pub fn new(paths: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(paths.into_iter().filter(|(_, path)| can_be_linked(path)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// To the cell; to the file alone where a format has no sheets. Nothing where no link would hold.
    pub(super) fn to(&self, source: &Source) -> Option<Url> {
        const LONGEST: usize = 2_000;
        let path = self.0.get(&source.file)?;
        let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let has_sheets = extension.is_some_and(|own| own.starts_with("xls") || own == "ods" || own == "et");
        let target = if has_sheets && !source.sheet.contains(char::is_control) {
            format!("file:///{path}#'{}'!{}", source.sheet.replace('\'', "''"), source.cell)
        } else {
            format!("file:///{path}")
        };
        (target.encode_utf16().count() <= LONGEST).then(|| Url::new(target))
    }
}

/// Relative, and with nothing in it that an address takes for a sign of its own.
fn can_be_linked(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && !path.chars().any(|c| c.is_control() || matches!(c, '#' | '%' | '?' | '\\' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_would_misread_is_not_linked() {
        assert!(can_be_linked("上报/成都市 2019年6月.xlsx") && can_be_linked("../成都.xlsx"));
        for path in ["", "/上报/a.xlsx", "a#b.xlsx", "50%.xlsx", "C:/a.xlsx", "a\\b.xlsx", "a\u{1}.xlsx"] {
            assert!(!can_be_linked(path), "{path}");
        }
    }
}
