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
        /// What was done about it was taken back.
        taken_back: bool,
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

    /// Whether the user is at it: at a finding of this number, or at what a step has settled.
    pub fn is_at(&self, selected: Option<u32>, settled: Option<(u32, u32)>) -> bool {
        match self {
            Self::Settled { finding, step } => settled == Some((*step, finding.id)),
            _ => selected == Some(self.finding().id),
        }
    }

    /// What became of it.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Open { .. } => Outcome::Open,
            Self::Settled { .. } => Outcome::Changed,
            Self::Answered(_) => Outcome::Answered,
            Self::Ignored(_) => Outcome::PutAway,
        }
    }
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Open,
    Changed,
    Answered,
    PutAway,
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Open, Self::Changed, Self::Answered, Self::PutAway];

    /// The word that the page knows it by.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Changed => "changed",
            Self::Answered => "answered",
            Self::PutAway => "put-away",
        }
    }
}

/// What of the list is shown; where nothing is chosen, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Filter {
    pub tier: Option<Tier>,
    /// The rule's code.
    pub rule: Option<String>,
    pub city: Option<String>,
    pub outcome: Option<Outcome>,
}

/// One choice of a filter; nothing for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sift {
    Tier(Option<Tier>),
    Rule(Option<String>),
    City(Option<String>),
    Outcome(Option<Outcome>),
    /// Everything is shown again.
    Off,
}

impl Filter {
    /// Whether it leaves anything out.
    pub fn is_on(&self) -> bool {
        *self != Self::default()
    }

    /// Takes a choice in.
    pub fn choose(&mut self, sift: Sift) {
        match sift {
            Sift::Tier(tier) => self.tier = tier,
            Sift::Rule(rule) => self.rule = rule,
            Sift::City(city) => self.city = city,
            Sift::Outcome(outcome) => self.outcome = outcome,
            Sift::Off => *self = Self::default(),
        }
    }

    /// With another choice in it.
    fn with(&self, sift: Sift) -> Self {
        let mut filter = self.clone();
        filter.choose(sift);
        filter
    }

    /// Whether a line of the list is shown.
    pub fn shows(&self, item: &Item) -> bool {
        let finding = item.finding();
        self.tier.is_none_or(|tier| finding.tier == tier)
            && self.rule.as_ref().is_none_or(|rule| finding.code == *rule)
            && self.city.as_ref().is_none_or(|city| finding.city.as_ref() == Some(city))
            && self.outcome.is_none_or(|outcome| item.outcome() == outcome)
    }

    /// Whether a line is one of those that are gone through: what is still to be dealt with, unless the user has chosen
    /// something else.
    fn visits(&self, item: &Item) -> bool {
        self.shows(item) && (self.outcome.is_some() || item.is_open())
    }
}

/// What a list can be filtered by, each with what it would leave to be gone through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub tiers: Vec<(Option<Tier>, usize)>,
    pub rules: Vec<(String, usize)>,
    pub cities: Vec<(String, usize)>,
    pub outcomes: Vec<(Outcome, usize)>,
}

impl Choices {
    /// Of a whole list, as far as the other choices of the filter leave it.
    pub fn of(list: &[Item], filter: &Filter) -> Self {
        let tiers = [None, Some(Tier::Error), Some(Tier::Warning), Some(Tier::Notice)];
        let of_tier = |tier: Option<Tier>| {
            let filter = filter.with(Sift::Tier(tier));
            (tier, list.iter().filter(|item| filter.visits(item)).count())
        };
        let any_outcome = filter.with(Sift::Outcome(None));
        let of_outcome = |outcome: Outcome| {
            let own = |item: &&Item| item.outcome() == outcome && any_outcome.shows(item);
            (outcome, list.iter().filter(own).count())
        };
        let mut rules =
            tally(list, &filter.with(Sift::Rule(None)), |finding| Some(&finding.code), filter.rule.as_ref());
        rules.sort();
        Self {
            tiers: tiers.into_iter().map(of_tier).collect(),
            rules,
            cities: tally(
                list,
                &filter.with(Sift::City(None)),
                |finding| finding.city.as_ref(),
                filter.city.as_ref(),
            ),
            outcomes: Outcome::ALL
                .into_iter()
                .map(of_outcome)
                .filter(|(outcome, count)| *count > 0 || filter.outcome == Some(*outcome))
                .collect(),
        }
    }
}

/// How many of each, in the order of the list; what is chosen is always among them.
fn tally<'a>(
    list: &'a [Item],
    filter: &Filter,
    of: impl Fn(&'a Finding) -> Option<&'a String>,
    chosen: Option<&String>,
) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for what in list.iter().filter(|item| filter.visits(item)).filter_map(|item| of(item.finding())) {
        match counts.iter_mut().find(|(known, _)| known == what) {
            Some((_, count)) => *count += 1,
            None => counts.push((what.clone(), 1)),
        }
    }
    if let Some(chosen) = chosen.filter(|chosen| !counts.iter().any(|(known, _)| known == *chosen)) {
        counts.push((chosen.clone(), 0));
    }
    counts
}

/// The whole list of a file. What explains others stands first, then the order of the audit; a settled finding stands
/// where it stood, by its address.
pub fn items(file: &File) -> Vec<Item> {
    let mut explained: BTreeMap<u32, Vec<Finding>> = BTreeMap::new();
    for finding in file.findings() {
        if let Some(cause) = finding.caused_by {
            explained.entry(cause).or_default().push(finding.clone());
        }
    }
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for finding in file.findings().iter().filter(|finding| finding.caused_by.is_none()) {
        let explains = explained.remove(&finding.id).unwrap_or_default();
        let is_root = !explains.is_empty();
        let item = if finding.answer.is_some() {
            Item::Answered(finding.clone())
        } else if file.is_ignored(finding) {
            Item::Ignored(finding.clone())
        } else {
            let taken_back = file.was_taken_back(finding);
            Item::Open { finding: finding.clone(), explains, taken_back }
        };
        if is_root { first.push(item) } else { rest.push(item) }
    }
    for step in &file.done {
        for finding in &step.settles {
            let settled = Item::Settled { finding: finding.clone(), step: step.serial };
            let at =
                rest.iter().position(|item| place(item.finding()) > place(finding)).unwrap_or(rest.len());
            rest.insert(at, settled);
        }
    }
    first.extend(rest);
    first
}

/// What is gone through, one after the other.
pub fn visited(file: &File, filter: &Filter) -> Vec<Item> {
    items(file).into_iter().filter(|item| filter.visits(item)).collect()
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
                    let title = known.title.clone();
                    // Where some of them are settled or not shown, the places are those of the others.
                    let all = items.len() == known.findings.len();
                    let places = if all { known.places.clone() } else { places_of(&items) };
                    lines.push(Line::Several { title, places, items });
                }
            }
        }
    }
    lines
}

fn places_of(items: &[Item]) -> String {
    let places: Vec<&str> = items.iter().filter_map(|item| item.finding().address.as_deref()).collect();
    places.join("、")
}

/// The open findings that a filter shows, in the order of the list.
pub fn open(file: &File, filter: &Filter) -> Vec<Finding> {
    let shown = items(file).into_iter().filter(|item| item.is_open() && filter.shows(item));
    shown.map(|item| item.finding().clone()).collect()
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

/// Where a finding stands, to put them in order.
pub fn place(finding: &Finding) -> (Option<u32>, Option<u32>, Option<u32>) {
    (finding.sheet, finding.area.map(|area| area.top), finding.area.map(|area| area.left))
}
