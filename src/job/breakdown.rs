//! 换分解表: another official table from a file, with what it changes.

use crate::breakdown::{BadBreakdown, Breakdown, Change, Remark};
use crate::model::Sha256;
use crate::reading::{Limits, read};

/// Another breakdown, read and not yet in force.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBreakdown {
    /// The file's name.
    pub name: String,
    pub breakdown: Breakdown,
    /// What was taken for granted in reading it.
    pub remarks: Vec<Remark>,
    /// What it changes of the one in force.
    pub changes: Vec<Change>,
}

/// Reads a breakdown from any format that is read, and compares it with the one in force.
pub fn read_breakdown(
    name: &str,
    bytes: &[u8],
    current: &Breakdown,
    limits: &Limits,
) -> Result<NewBreakdown, BadBreakdown> {
    let workbook =
        read(name, bytes, limits).map_err(|reason| BadBreakdown::Unreadable(reason.to_string()))?;
    let (mut breakdown, remarks) = Breakdown::from_workbook(&workbook, Sha256::of(bytes))?;
    breakdown.keep_aliases(current);
    let changes = current.difference(&breakdown);
    Ok(NewBreakdown { name: name.to_owned(), breakdown, remarks, changes })
}
