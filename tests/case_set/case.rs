//! A line of `expected.jsonl`. A key that is not known is an error: what nobody reads is not checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    pub file: Option<String>,
    pub breakdown: Option<String>,
    pub consolidate: Option<String>,
    pub args: Vec<String>,

    // One right answer to `check`; `or` holds the others.
    clean: bool,
    open: Option<Vec<Wanted>>,
    returns: Option<usize>,
    period: Option<String>,
    fix: BTreeMap<String, Many<Json>>,
    also: Vec<String>,
    say: Many<String>,
    or: Vec<Right>,

    // What holds for every right answer to `check`.
    pub city: Option<String>,
    pub form: Option<String>,
    pub never: Vec<String>,
    pub unsaid: Many<String>,
    pub still: Vec<String>,
    pub seconds: Option<f64>,
    pub safe_keeps: Vec<String>,

    // `breakdown` and `consolidate`; `period` is the period to consolidate.
    pub exit: Option<Many<i32>>,
    pub says: Vec<Many<String>>,
    pub lacks: Vec<String>,
    pub holds: Vec<Many<String>>,
    pub used: BTreeMap<String, bool>,
    pub not_value: BTreeMap<String, Json>,
    pub out: Option<String>,
    pub broken_link: Option<String>,
}

/// One right answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Right {
    pub clean: bool,
    pub open: Option<Vec<Wanted>>,
    pub returns: Option<usize>,
    pub period: Option<String>,
    pub fix: BTreeMap<String, Many<Json>>,
    pub also: Vec<String>,
    pub say: Many<String>,
}

/// A finding that must be open: one of the codes (`*`: any), at one of the places, of the tier.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    pub code: Many<String>,
    pub cell: Many<String>,
    pub tier: Option<String>,
}

/// One value, or a list of which each or any counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Many<T> {
    More(Vec<T>),
    One(T),
}

impl<T> Many<T> {
    pub const fn all(&self) -> &[T] {
        match self {
            Self::More(all) => all.as_slice(),
            Self::One(one) => std::slice::from_ref(one),
        }
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl Case {
    pub fn name(&self) -> &str {
        [&self.file, &self.consolidate, &self.breakdown].into_iter().flatten().next().expect("a case names a file or a folder")
    }

    pub fn kind(&self) -> &str {
        self.name().split('/').next().unwrap_or_default()
    }

    pub fn period(&self) -> &str {
        self.period.as_deref().expect("a period to consolidate")
    }

    /// All right answers, the line's own first.
    pub fn rights(&self) -> Vec<Right> {
        let own = Right {
            clean: self.clean,
            open: self.open.clone(),
            returns: self.returns,
            period: self.period.clone(),
            fix: self.fix.clone(),
            also: self.also.clone(),
            say: self.say.clone(),
        };
        std::iter::once(own).chain(self.or.iter().cloned()).collect()
    }
}
