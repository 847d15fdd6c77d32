//! Which role each column of a table has: what its caption can mean, and what stands below it.
//!
//! All columns are looked at together, so that one caption cannot take another's role.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::dates::dates_in;
use super::header::{Role, roles_of};
use super::label::{Labels, fold};
use super::table::Column;
use crate::breakdown::Breakdown;
use crate::model::{CellRef, Decimal, Meaning, Period, Sheet, Value, read_value};

/// A caption of a header of one or two rows, and what it can mean.
#[derive(Clone, Debug)]
pub(super) struct Caption {
    pub index: u32,
    /// Its own cell; the lower row's where both rows have one.
    pub header: CellRef,
    pub text: String,
    /// The caption over it.
    pub above: Option<String>,
    /// The likelier first, at least one.
    pub roles: Vec<Role>,
}

/// A sheet whose captions are read: what has been worked out of it is kept, since every row is looked at as the upper
/// and as the lower one of a header.
pub(super) struct Captions<'a> {
    pub sheet: &'a Sheet,
    pub breakdown: &'a Breakdown,
    pub labels: Labels,
    /// Last column of a merged range, by its corner.
    merged: BTreeMap<CellRef, u32>,
    roles: RefCell<BTreeMap<String, Vec<Role>>>,
}

impl<'a> Captions<'a> {
    pub fn of(sheet: &'a Sheet, breakdown: &'a Breakdown) -> Self {
        let merged = sheet.merges.iter().map(|merge| (merge.start, merge.end.column)).collect();
        Self { sheet, breakdown, labels: Labels::new(breakdown), merged, roles: RefCell::default() }
    }

    /// Whether a text is the label of an indicator; shorter ones are captions.
    pub fn is_label(&self, text: &str) -> bool {
        text.chars().count() >= LABEL_LENGTH && self.labels.knows(text)
    }

    fn roles(&self, text: &str) -> Vec<Role> {
        if let Some(known) = self.roles.borrow().get(text) {
            return known.clone();
        }
        let mut roles = roles_of(text, self.breakdown);
        // An indicator across the sheet is no caption, whatever words are in it.
        if !roles.is_empty() && self.is_label(text) {
            roles.clear();
        }
        self.roles.borrow_mut().insert(text.to_owned(), roles.clone());
        roles
    }

    /// Every recognised caption of a header of one or two rows; the lower row speaks first.
    pub fn read(&self, top: u32, bottom: u32) -> Vec<Caption> {
        let mut at_column: BTreeMap<u32, Caption> = BTreeMap::new();
        let mut over: BTreeMap<u32, &str> = BTreeMap::new();
        for row in top..=bottom {
            for (at, cell) in self.sheet.grid.rows(row, row) {
                let Value::Text(text) = &cell.value else { continue };
                // A merged caption stands over all its columns in the upper row.
                let last = self.merged.get(&at).copied().filter(|last| row < bottom && last - at.column < 64).unwrap_or(at.column);
                let roles = self.roles(text);
                for index in at.column..=last {
                    if !roles.is_empty() {
                        let above = over.get(&index).map(|text| (*text).to_owned());
                        at_column.insert(index, Caption { index, header: at, text: text.to_string(), above, roles: roles.clone() });
                    }
                    over.insert(index, text);
                }
            }
        }
        at_column.into_values().collect()
    }
}

/// Rows below the header that are looked at.
const LOOKED_AT: u32 = 40;

/// What stands in a column below its caption.
#[derive(Default)]
struct Content {
    numbers: usize,
    words: usize,
    labels: usize,
    by_row: BTreeMap<u32, Decimal>,
}

impl Content {
    fn of(captions: &Captions<'_>, first: u32, column: u32) -> Self {
        let sheet = captions.sheet;
        let mut content = Self::default();
        for row in first..first.saturating_add(LOOKED_AT) {
            let value = sheet.grid.value(CellRef::new(row, column));
            if value.is_empty() {
                continue;
            }
            let written = read_value(value);
            match written.meaning {
                Meaning::Number(number) => {
                    content.numbers += 1;
                    content.by_row.insert(row, number);
                }
                Meaning::Words | Meaning::Inexact(_) => content.words += 1,
                _ => {}
            }
            if let Value::Text(text) = value
                && captions.is_label(text)
            {
                content.labels += 1;
            }
        }
        content
    }

    /// Whether a column never stands above another one and somewhere below it.
    fn comes_before(&self, other: &Self) -> bool {
        let pairs = || self.by_row.iter().filter_map(|(row, mine)| Some((mine, other.by_row.get(row)?)));
        pairs().count() >= 3 && pairs().all(|(mine, theirs)| mine <= theirs) && pairs().any(|(mine, theirs)| mine < theirs)
    }
}

/// Shorter texts are captions.
pub(super) const LABEL_LENGTH: usize = 6;

/// The columns of a table with their roles, left to right; a role that two columns claim stands twice.
pub(super) fn settled(sheet: &Captions<'_>, first: u32, captions: Vec<Caption>) -> Vec<Column> {
    let doubtful = captions.iter().any(|caption| caption.roles.len() > 1);
    let twice = |role: Role| captions.iter().filter(|caption| caption.roles.first() == Some(&role)).count() > 1;
    let dated: Vec<Option<Period>> = captions.iter().map(period_of).collect();
    if !doubtful && !twice(Role::Current) && !twice(Role::Target) && !twice(Role::Label) {
        return captions.into_iter().filter_map(|caption| column(&caption, caption.roles.first().copied()?)).collect();
    }
    let contents: Vec<Content> = captions.iter().map(|caption| Content::of(sheet, first, caption.index)).collect();
    let sole = |role: Role| captions.iter().any(|caption| caption.roles.as_slice() == [role]);
    let mut roles: Vec<Option<Role>> = captions
        .iter()
        .zip(&contents)
        .map(|(caption, content)| match caption.roles.as_slice() {
            [Role::Label, Role::Target] => Some(if content.labels > 0 || content.words > content.numbers {
                Role::Label
            } else if content.numbers > 0 || sole(Role::Label) {
                Role::Target
            } else {
                Role::Label
            }),
            [Role::Current, Role::Explanation] => Some(if content.words > content.numbers || content.numbers == 0 && sole(Role::Current) {
                Role::Explanation
            } else {
                Role::Current
            }),
            roles => roles.first().copied(),
        })
        .collect();
    // A column of sentences beside one of numbers holds no figures.
    let of = |roles: &[Option<Role>], role: Role| -> Vec<usize> {
        roles.iter().enumerate().filter(|(_, own)| **own == Some(role)).map(|(at, _)| at).collect()
    };
    let content = |at: usize| contents.get(at);
    let current = of(&roles, Role::Current);
    if current.len() > 1 && current.iter().any(|at| content(*at).is_some_and(|content| content.numbers > content.words)) {
        for at in current {
            if content(at).is_some_and(|content| content.words > content.numbers)
                && let Some(role) = roles.get_mut(at)
            {
                *role = Some(Role::Explanation);
            }
        }
    }
    in_order_of_time(&captions, &contents, &dated, &mut roles);
    captions.iter().zip(roles).filter_map(|(caption, role)| column(caption, role?)).collect()
}

/// Of several cumulative columns the latest is 本期 and the one before it 上期: by the dates in their captions, or, where
/// the captions differ and only a month or nothing is named, by figures that only grow.
fn in_order_of_time(captions: &[Caption], contents: &[Content], dated: &[Option<Period>], roles: &mut [Option<Role>]) {
    let current: Vec<usize> = roles.iter().enumerate().filter(|(_, role)| **role == Some(Role::Current)).map(|(at, _)| at).collect();
    if current.len() < 2 {
        return;
    }
    let has_previous = roles.contains(&Some(Role::Previous));
    let period = |at: usize| dated.get(at).copied().flatten();
    let mut by_date: Vec<(Period, usize)> = current.iter().filter_map(|at| Some((period(*at)?, *at))).collect();
    by_date.sort_unstable();
    let undated: Vec<usize> = current.iter().copied().filter(|at| period(*at).is_none()).collect();
    let mut put = |at: usize, role: Option<Role>| {
        if let Some(own) = roles.get_mut(at) {
            *own = role;
        }
    };
    let distinct = by_date.windows(2).all(|pair| matches!(pair, [a, b] if a.0 != b.0));
    match (by_date.as_slice(), undated.as_slice()) {
        ([.., _, _], []) if distinct => {
            let mut earlier = by_date.iter().rev().skip(1).map(|(_, at)| *at);
            if !has_previous && let Some(previous) = earlier.next() {
                put(previous, Some(Role::Previous));
            }
            earlier.for_each(|at| put(at, None));
        }
        ([.., (_, latest)], [now]) if distinct && !has_previous && grows(contents, *latest, *now) => {
            by_date.iter().for_each(|(_, at)| put(*at, None));
            put(*latest, Some(Role::Previous));
        }
        ([], [a, b]) if !has_previous => {
            let caption = |at: usize| captions.get(at).map(|caption| fold(&caption.text)).unwrap_or_default();
            let tells = |at: usize| caption(at).contains(|c: char| c.is_ascii_digit() || c == '月');
            if caption(*a) != caption(*b) && tells(*a) && tells(*b) {
                if grows(contents, *a, *b) {
                    put(*a, Some(Role::Previous));
                } else if grows(contents, *b, *a) {
                    put(*b, Some(Role::Previous));
                }
            }
        }
        _ => {}
    }
}

fn grows(contents: &[Content], before: usize, after: usize) -> bool {
    contents.get(before).zip(contents.get(after)).is_some_and(|(before, after)| before.comes_before(after))
}

/// The half-year that a caption names, itself or the one over it.
fn period_of(caption: &Caption) -> Option<Period> {
    let of = |text: &str| match dates_in(text).as_slice() {
        [date] => date.period,
        _ => None,
    };
    of(&caption.text).or_else(|| of(caption.above.as_deref()?))
}

fn column(caption: &Caption, role: Role) -> Option<Column> {
    Some(Column { index: caption.index, role, header: caption.header, caption: caption.text.clone(), period: period_of(caption) })
}
