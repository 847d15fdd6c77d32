//! Several files in one .zip, as `report::bundle` packs them; under the same bounds as a workbook.

use super::Limits;
use super::package::Package;
use crate::model::Unreadable;

/// An opened bundle.
pub struct Bundle<'b>(Package<'b>);

impl<'b> Bundle<'b> {
    /// Opens the directory.
    pub fn open(bytes: &'b [u8], limits: &Limits) -> Result<Self, Unreadable> {
        Package::open(bytes, limits).map(Self)
    }

    /// Whether it has a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.has(name)
    }

    /// The bytes of a file; nothing where there is none of this name.
    pub fn file(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        self.0.part(name)
    }
}
