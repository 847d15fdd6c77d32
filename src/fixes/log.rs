//! The record of a change: what, before, after, by which rule, why, from where.

use super::Edit;

/// Who proposed a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A rule's fix that the unit took over; the code as in the catalogue.
    Rule(String),
    /// Typed by hand.
    Hand,
    /// 情况说明, written into the form's own column.
    Explanation,
}

impl Origin {
    /// The rule's code, 手工 or 情况说明.
    pub fn label(&self) -> &str {
        match self {
            Self::Rule(code) => code,
            Self::Hand => "手工",
            Self::Explanation => "情况说明",
        }
    }
}

/// One edit that was made, with its record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub edit: Edit,
    /// The text shown before; for a row insertion empty.
    pub before: String,
    pub origin: Origin,
    /// One Chinese sentence.
    pub reason: String,
    /// Where the new value comes from; 填报单位手工修改 for a change by hand.
    pub source: String,
}
