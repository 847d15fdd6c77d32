//! The list of findings as it is shown: root causes first, what they explain folded under them, what was settled
//! still in its place.

use std::collections::BTreeMap;

use super::file::File;
use crate::worker::protocol::{Action, Change, EXPLANATION, Finding, Input, Noted, Tier};

/// Fewer than these, of those that were told as one, stand for themselves.
const SEVERAL: usize = 2;

/// One finding of the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Open {
        finding: Finding,
        explains: Vec<Finding>,
    },
    Ignored(Finding),
    /// A 警示 with its 情况说明.
    Answered(Finding),
    Settled {
        finding: Finding,
        step: u32,
    },
}

impl Item {
    /// The finding itself.
    pub const fn finding(&self) -> &Finding {
        match self {
            Self::Open { finding, .. }
            | Self::Ignored(finding)
            | Self::Answered(finding)
            | Self::Settled { finding, .. } => finding,
        }
    }

    /// Whether it is still to be dealt with.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// The list of a file. A filter leaves one tier; what explains others stands first, then the order of the audit;
/// a settled finding stands where it stood, by its address.
pub fn items(file: &File, filter: Option<Tier>) -> Vec<Item> {
    let mut explained: BTreeMap<u32, Vec<Finding>> = BTreeMap::new();
    for finding in file.findings() {
        if let Some(cause) = finding.caused_by {
            explained.entry(cause).or_default().push(finding.clone());
        }
    }
    let wanted = |finding: &Finding| filter.is_none_or(|tier| finding.tier == tier);
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for finding in file.findings().iter().filter(|finding| finding.caused_by.is_none() && wanted(finding)) {
        let explains = explained.remove(&finding.id).unwrap_or_default();
        let is_root = !explains.is_empty();
        let item = if finding.answer.is_some() {
            Item::Answered(finding.clone())
        } else if file.is_ignored(finding) {
            Item::Ignored(finding.clone())
        } else {
            Item::Open { finding: finding.clone(), explains }
        };
        if is_root { first.push(item) } else { rest.push(item) }
    }
    for step in &file.done {
        for finding in step.settles.iter().filter(|finding| wanted(finding)) {
            let settled = Item::Settled { finding: finding.clone(), step: step.serial };
            let at =
                rest.iter().position(|item| place(item.finding()) > place(finding)).unwrap_or(rest.len());
            rest.insert(at, settled);
        }
    }
    first.extend(rest);
    first
}

/// A line of the list: a finding, or several of one kind in one column as one.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    One(Box<Item>),
    Several {
        /// What is wrong with all of them.
        title: String,
        /// `D4、D7:D9`.
        places: String,
        items: Vec<Item>,
    },
}

/// The list with findings of one kind in one column put together, where the first of them stood. What is no longer open
/// stands for itself.
pub fn lines(file: &File, list: Vec<Item>) -> Vec<Line> {
    let groups = file.audit.as_ref().map(|audit| audit.groups.as_slice()).unwrap_or_default();
    let of: BTreeMap<u32, usize> = groups
        .iter()
        .enumerate()
        .flat_map(|(at, group)| group.findings.iter().map(move |id| (*id, at)))
        .collect();
    let group_of = |item: &Item| item.is_open().then(|| of.get(&item.finding().id).copied()).flatten();
    let mut members: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
    for item in &list {
        if let Some(group) = group_of(item) {
            members.entry(group).or_default().push(item.clone());
        }
    }
    members.retain(|_, items| items.len() >= SEVERAL);
    let mut lines: Vec<Line> = Vec::new();
    let mut told: Vec<usize> = Vec::new();
    for item in list {
        match group_of(&item).filter(|group| members.contains_key(group) || told.contains(group)) {
            None => lines.push(Line::One(Box::new(item))),
            Some(group) => {
                if let (Some(items), Some(known)) = (members.remove(&group), groups.get(group)) {
                    told.push(group);
                    let (title, places) = (known.title.clone(), known.places.clone());
                    lines.push(Line::Several { title, places, items });
                }
            }
        }
    }
    lines
}

/// The open findings in the order of the list.
pub fn open(file: &File, filter: Option<Tier>) -> Vec<Finding> {
    items(file, filter).into_iter().filter(Item::is_open).map(|item| item.finding().clone()).collect()
}

/// How many findings have a safe fix.
pub fn safe_count(file: &File) -> usize {
    let open = |finding: &&Finding| file.is_open(finding);
    file.findings()
        .iter()
        .filter(open)
        .filter(|f| f.fix.as_ref().is_some_and(|fix| fix.safe && !fix.changes.is_empty()))
        .count()
}

/// The findings at a cell, those of the cell alone before those of a range over it.
pub fn at_cell(file: &File, sheet: u32, row: u32, column: u32) -> Vec<Finding> {
    let mut found: Vec<Finding> = file
        .findings()
        .iter()
        .filter(|finding| finding.sheet == Some(sheet) && !file.is_ignored(finding))
        .filter(|finding| {
            finding
                .area
                .is_some_and(|a| (a.top..=a.bottom).contains(&row) && (a.left..=a.right).contains(&column))
        })
        .cloned()
        .collect();
    found.sort_by_key(|finding| {
        let area = finding
            .area
            .map_or(u64::MAX, |a| u64::from(a.bottom - a.top + 1) * u64::from(a.right - a.left + 1));
        (area, finding.caused_by.is_some(), finding.tier)
    });
    found
}

/// Whether a finding may be answered in words: a 警示 that is no mere fault of writing.
pub fn can_be_explained(finding: &Finding) -> bool {
    let is_writing = finding.fix.as_ref().is_some_and(|fix| fix.safe && !fix.changes.is_empty());
    finding.tier == Tier::Warning && finding.caused_by.is_none() && !is_writing
}

/// Whether a finding may be put away without a word: an 错误 is corrected, a 警示 corrected or explained.
pub fn can_be_put_away(finding: &Finding) -> bool {
    finding.tier == Tier::Notice && finding.caused_by.is_none()
}

/// Whether a text explains anything: it takes words, as in the audit. A number with its unit, a percentage,
/// a formula or “无” does not.
pub fn says_something(text: &str) -> bool {
    let text = text.trim();
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let letters = |ascii: bool| text.chars().filter(|c| c.is_alphabetic() && c.is_ascii() == ascii).count();
    let is_error = text.starts_with('#');
    !text.starts_with(['=', '＝'])
        && !is_error
        && (letters(false) >= 2 || letters(true) >= 4)
        && !super::text::NO_ANSWER.contains(&bare.as_str())
}

/// The change that answers a finding: of the form's own cell where it has one, else of the record. No text takes the
/// answer back.
pub fn explaining(finding: &Finding, sheet_name: Option<String>, text: &str) -> Change {
    let in_cell = finding
        .explain_in
        .as_ref()
        .filter(|cell| finding.answer.is_none() || finding.answer.as_deref() == Some(cell.text.trim()));
    let action = match in_cell {
        Some(cell) => Action::Set {
            row: cell.row,
            column: cell.column,
            input: if text.is_empty() { Input::Blank } else { Input::Text(text.to_owned()) },
        },
        None => Action::Explain {
            finding: Noted {
                id: finding.id,
                code: finding.code.clone(),
                tier: Some(finding.tier),
                sheet: sheet_name,
                address: finding.address.clone(),
                indicator: finding.indicator,
                city: finding.city.clone(),
                found: finding.found.clone(),
                message: finding.message.clone(),
                answer: (!text.is_empty()).then(|| text.to_owned()),
                caused_by: None,
            },
        },
    };
    Change {
        sheet: finding.sheet.unwrap_or(0),
        action,
        rule: Some(EXPLANATION.to_owned()),
        reason: finding.message.clone(),
        source: super::text::EXPLAINED_BY.to_owned(),
    }
}

/// Before and after of a finding, where one text becomes one other.
pub fn before_after(finding: &Finding) -> Option<(String, String)> {
    let fixed = finding.fix.as_ref().and_then(|fix| match fix.changes.as_slice() {
        [Change { action: Action::Set { input, .. }, .. }] => Some(shown(input)),
        _ => None,
    });
    let after = fixed.or_else(|| finding.fix.is_none().then(|| finding.expected.clone()).flatten())?;
    (after != finding.found).then(|| (finding.found.clone(), after))
}

/// A new value as a person reads it.
pub fn shown(input: &Input) -> String {
    match input {
        Input::Number(text) | Input::Text(text) | Input::Typed(text) => text.clone(),
        Input::Blank => String::new(),
        Input::Formula(formula) => format!("={formula}"),
    }
}

fn place(finding: &Finding) -> (Option<u32>, Option<u32>, Option<u32>) {
    (finding.sheet, finding.area.map(|area| area.top), finding.area.map(|area| area.left))
}
