//! 校核: read, lay out, audit.

use crate::audit::{Checked, Input, Reported, audit, unreadable};
use crate::breakdown::Breakdown;
use crate::model::Sha256;
use crate::reading::{Limits, read};
use crate::rules::RULES;

/// Reads and audits a file. Never fails: what cannot be read is a finding.
pub fn check(name: &str, bytes: &[u8], breakdown: &Breakdown, previous: &[Reported], limits: &Limits) -> Checked {
    let content = match read(name, bytes, limits) {
        Ok(workbook) => {
            let audit = audit(Input { workbook: &workbook, file_name: name, breakdown, previous }, RULES);
            Ok((workbook, audit))
        }
        Err(reason) => {
            let findings = unreadable(&reason, RULES);
            Err((reason, findings))
        }
    };
    Checked { name: name.to_owned(), sha256: Sha256::of(bytes), content }
}
