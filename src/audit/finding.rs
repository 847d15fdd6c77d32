//! One finding of the audit.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::breakdown::{CityId, IndicatorId};
use crate::fixes::Fix;
use crate::model::{Range, visible};

/// A rule's code, as in `B003`. The first letter is its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// 错误 must be changed before submission, 警示 changed or explained, 提示 is for information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    Error,
    Warning,
    Notice,
}

impl Tier {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Error => "错误",
            Self::Warning => "警示",
            Self::Notice => "提示",
        }
    }
}

/// What a rule has to say of a fault: where it is, what was found, what to do. The same in a [`super::Draft`] and in a
/// [`Finding`], whose fields are read as if they were their own.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Body {
    pub sheet: Option<usize>,
    /// Where; `None` for a whole file.
    pub range: Option<Range>,
    pub indicator: Option<IndicatorId>,
    pub city: Option<CityId>,
    /// The text found, as it is shown: what would not be seen in it is (`model::visible`), as in the words below.
    pub found: String,
    pub expected: Option<String>,
    /// One Chinese sentence: what, with both numbers, and what to do.
    pub message: String,
    pub fix: Option<Fix>,
}

impl Body {
    /// With its words as they are shown.
    pub(super) fn shown(self) -> Self {
        let shown = |text: String| visible(&text).into_owned();
        Self {
            found: shown(self.found),
            expected: self.expected.map(shown),
            message: shown(self.message),
            ..self
        }
    }
}

/// One fault, at one address.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// From 1, in the order of the report.
    pub id: u32,
    pub code: Code,
    pub tier: Tier,
    /// The table it is about, in the order of [`super::Audit::tables`]; `None` for the file as a whole.
    pub table: Option<usize>,
    pub body: Body,
    /// The id of the finding that explains this one; such a finding is folded under it.
    pub caused_by: Option<u32>,
    /// 情况说明: what the unit says of a 警示. An answered one no longer stands in the way.
    pub answer: Option<String>,
}

impl Deref for Finding {
    type Target = Body;

    fn deref(&self) -> &Body {
        &self.body
    }
}

impl DerefMut for Finding {
    fn deref_mut(&mut self) -> &mut Body {
        &mut self.body
    }
}

impl Finding {
    /// Whether it is still to be dealt with: not folded under another one, not answered.
    pub const fn is_open(&self) -> bool {
        self.caused_by.is_none() && self.answer.is_none()
    }

    /// A 警示 that the unit has explained.
    pub const fn is_answered(&self) -> bool {
        self.caused_by.is_none() && self.answer.is_some()
    }
}
