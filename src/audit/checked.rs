//! A file after its audit, readable or not.

use crate::model::{Sha256, Unreadable, Workbook};

use super::{Audit, Finding, RulesOff, Tier};

/// A file after its audit.
#[derive(Clone, Debug)]
pub struct Checked {
    /// As the user named it.
    pub name: String,
    /// None of a file that was not loaded.
    pub sha256: Option<Sha256>,
    pub content: Result<(Workbook, Audit), (Unreadable, Vec<Finding>)>,
}

impl Checked {
    pub fn findings(&self) -> &[Finding] {
        match &self.content {
            Ok((_, audit)) => &audit.findings,
            Err((_, findings)) => findings,
        }
    }

    /// The rules that it was not audited by.
    pub fn off(&self) -> &RulesOff {
        self.content.as_ref().map_or(RulesOff::NONE, |(_, audit)| &audit.off)
    }

    /// Findings of a tier that stand in the way; folded and explained ones do not count.
    pub fn count(&self, tier: Tier) -> usize {
        self.findings().iter().filter(|finding| finding.tier == tier && finding.is_open()).count()
    }

    /// 警示 that the unit has explained.
    pub fn answered(&self) -> usize {
        self.findings().iter().filter(|finding| finding.is_answered()).count()
    }
}
