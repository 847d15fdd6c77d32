//! A file after its audit, readable or not.

use crate::model::{Sha256, Unreadable, Workbook};

use super::{Audit, Finding, Tier};

/// A file after its audit.
#[derive(Clone, Debug)]
pub struct Checked {
    /// As the user named it.
    pub name: String,
    pub sha256: Sha256,
    pub content: Result<(Workbook, Audit), (Unreadable, Vec<Finding>)>,
}

impl Checked {
    pub fn findings(&self) -> &[Finding] {
        match &self.content {
            Ok((_, audit)) => &audit.findings,
            Err((_, findings)) => findings,
        }
    }

    /// Open findings of a tier; folded ones do not count.
    pub fn count(&self, tier: Tier) -> usize {
        self.findings().iter().filter(|finding| finding.tier == tier && finding.caused_by.is_none()).count()
    }
}
