//! Which role each column of a table has: what its caption can mean, and what stands below it.
//!
//! All columns are looked at together, so that one caption cannot take another's role.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::dates::dates_in;
use super::header::{Role, is_aside, is_date, is_past, roles_of};
use super::label::{Labels, fold};
use super::table::Column;
use crate::breakdown::Breakdown;
use crate::model::{Areas, CellRef, Decimal, Half, Meaning, Period, Sheet, Value, read_value};

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

/// What the words of a breakdown's forms mean. What has been worked out of a text is kept: every row is looked at as
/// the upper and as the lower one of a header, and the sheets of a workbook speak alike.
pub struct Vocabulary<'a> {
    pub(super) breakdown: &'a Breakdown,
    labels: Labels,
    roles: RefCell<BTreeMap<String, Vec<Role>>>,
}

impl<'a> Vocabulary<'a> {
    pub fn of(breakdown: &'a Breakdown) -> Self {
        Self { breakdown, labels: Labels::new(breakdown), roles: RefCell::default() }
    }
}

/// A sheet whose captions are read.
pub(super) struct Captions<'a> {
    pub sheet: &'a Sheet,
    pub breakdown: &'a Breakdown,
    pub labels: &'a Labels,
    pub merges: Areas,
    roles: &'a RefCell<BTreeMap<String, Vec<Role>>>,
}

impl<'a> Captions<'a> {
    pub fn of(sheet: &'a Sheet, words: &'a Vocabulary<'a>) -> Self {
        let Vocabulary { breakdown, labels, roles } = words;
        Self { sheet, breakdown, labels, merges: Areas::of(&sheet.merges), roles }
    }

    /// The first rows that hold a text, at most so many: where a header may stand.
    pub fn rows_of_text(&self, most: usize) -> Vec<u32> {
        let mut rows: Vec<u32> = Vec::new();
        for (at, cell) in self.sheet.grid.cells() {
            if matches!(cell.value, Value::Text(_)) && rows.last() != Some(&at.row) {
                rows.push(at.row);
                if rows.len() >= most {
                    break;
                }
            }
        }
        rows
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

    /// Every recognised caption of a header of one to three rows; the lowest row speaks first.
    pub fn read(&self, top: u32, bottom: u32) -> Vec<Caption> {
        let mut at_column: BTreeMap<u32, Caption> = BTreeMap::new();
        // Columns of a caption that stands over several.
        let mut spanned: BTreeMap<u32, u32> = BTreeMap::new();
        let mut over: BTreeMap<u32, &str> = BTreeMap::new();
        let mut upper: BTreeMap<u32, &str> = BTreeMap::new();
        let mut dates: BTreeMap<u32, Caption> = BTreeMap::new();
        // The years of a city, and where a sum of them stands beside.
        let mut years: Vec<(u32, Caption)> = Vec::new();
        let mut sums: BTreeSet<u32> = BTreeSet::new();
        let under = |spanned: &BTreeMap<u32, u32>, index: u32, row: u32| {
            spanned.get(&index) == Some(&row.wrapping_sub(1))
        };
        let is_city = |roles: &[Role]| matches!(roles, [Role::City(_)]);
        for row in top..=bottom {
            for (at, cell) in self.sheet.grid.rows(row, row) {
                let Value::Text(text) = &cell.value else { continue };
                // A merged caption stands over all its columns in the upper row.
                let merged =
                    self.merges.covering(at).filter(|merge| merge.start == at).map(|merge| merge.end.column);
                let roles = self.roles(text);
                let last = match merged {
                    _ if row == bottom => at.column,
                    Some(last) if last - at.column < 64 => last,
                    None if is_city(&roles) => self.years_under(at),
                    _ => at.column,
                };
                for index in at.column..=last {
                    let above = over.get(&index).map(|text| (*text).to_owned());
                    let caption = |roles: &[Role]| Caption {
                        index,
                        header: at,
                        text: text.to_string(),
                        above: above.clone(),
                        roles: roles.to_vec(),
                    };
                    // （2019年上半年） is a line of the title, beside the captions of a table that was on its side.
                    let bracketed = text.trim_start().starts_with(['（', '(']);
                    let mut date = || {
                        (is_date(text) && !bracketed).then(|| dates.insert(index, caption(&[Role::Current])))
                    };
                    match at_column.get(&index).map(|own| own.roles.clone()) {
                        // 小计 over the years of a city are its figures.
                        Some(own)
                            if is_city(&own) && under(&spanned, index, row) && roles == [Role::Total] =>
                        {
                            sums.insert(at_column.get(&index).map_or(index, |own| own.header.column));
                        }
                        Some(own) if is_city(&own) && under(&spanned, index, row) && is_date(text) => {
                            years.extend(at_column.remove(&index).map(|own| (index, own)));
                        }
                        _ if !roles.is_empty() => {
                            at_column.insert(index, caption(&roles));
                        }
                        // 累计完成 over 2018年底 and 2019年6月底.
                        Some(own)
                            if matches!(own.first(), Some(Role::Current | Role::Target | Role::Previous))
                                && is_date(text) =>
                        {
                            at_column.insert(index, caption(&own));
                        }
                        // 累计完成 over 上期, 本期 and 增减.
                        Some(_) if under(&spanned, index, row) && is_aside(text) => {
                            at_column.remove(&index);
                        }
                        Some(_) => {}
                        None => drop(date()),
                    }
                    if last > at.column {
                        spanned.insert(index, row);
                    }
                    over.insert(index, text);
                    if row < bottom {
                        upper.insert(index, text);
                    }
                }
            }
        }
        for (index, caption) in years {
            if !sums.contains(&caption.header.column) {
                at_column.entry(index).or_insert(caption);
            }
        }
        self.take_dates(dates, &mut at_column);
        // Without a merge the caption over several columns stands over the first of them.
        for caption in
            at_column.values_mut().filter(|caption| caption.above.is_none() && caption.header.row > top)
        {
            let before = upper.range(..caption.index).next_back();
            let shared = before.filter(|(index, text)| over.get(index).is_some_and(|lower| lower != *text));
            caption.above = shared.map(|(_, text)| (*text).to_owned());
        }
        at_column.into_values().collect()
    }

    /// The row where another table's header stands, or the last one that is looked at for what stands in a column.
    fn next_header(&self, first: u32) -> u32 {
        let end = first.saturating_add(LOOKED_AT);
        let (mut at_row, mut captions, mut label) = (first, 0, false);
        for (at, cell) in self.sheet.grid.rows(first, end) {
            let Value::Text(text) = &cell.value else { continue };
            if at.row != at_row {
                (at_row, captions, label) = (at.row, 0, false);
            }
            let roles = self.roles(text);
            captions += usize::from(!roles.is_empty());
            label |= roles == [Role::Label];
            if label && captions > 1 {
                return at.row;
            }
        }
        end
    }

    /// The last of the yearly columns that a city stands over the first of, without a merge.
    fn years_under(&self, city: CellRef) -> u32 {
        let grid = &self.sheet.grid;
        let is_year = |column: u32, first: bool| {
            matches!(grid.value(CellRef::new(city.row + 1, column)), Value::Text(text)
                if is_date(text) || !first && self.roles(text) == [Role::Total])
        };
        let free = |column: &u32| grid.value(CellRef::new(city.row, *column)).is_empty();
        let next = (city.column + 1..city.column.saturating_add(64))
            .take_while(|column| free(column) && is_year(*column, false));
        next.last().filter(|_| is_year(city.column, true)).unwrap_or(city.column)
    }

    /// Columns headed by nothing but a date hold what was done by then, where no other column says so and there is a
    /// target or a rate.
    fn take_dates(&self, dates: BTreeMap<u32, Caption>, captions: &mut BTreeMap<u32, Caption>) {
        let has = |roles: &[Role]| {
            captions.values().any(|own| own.roles.first().is_some_and(|first| roles.contains(first)))
        };
        let undated =
            captions.values().any(|own| own.roles.as_slice() == [Role::Current] && order_of(own).is_none());
        if has(&[Role::Label]) && has(&[Role::Target, Role::Rate]) && !undated {
            for (index, caption) in dates {
                captions.entry(index).or_insert(caption);
            }
        }
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
    fn of(captions: &Captions<'_>, rows: Range<u32>, column: u32) -> Self {
        let sheet = captions.sheet;
        let mut content = Self::default();
        for row in rows {
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
        pairs().count() >= 3
            && pairs().all(|(mine, theirs)| mine <= theirs)
            && pairs().any(|(mine, theirs)| mine < theirs)
    }
}

/// Shorter texts are captions.
pub(super) const LABEL_LENGTH: usize = 6;

/// The columns of a table with their roles, left to right; a role that two columns claim stands twice.
pub(super) fn settled(sheet: &Captions<'_>, first: u32, captions: Vec<Caption>) -> Vec<Column> {
    let doubtful = captions.iter().any(|caption| caption.roles.len() > 1);
    let twice =
        |role: Role| captions.iter().filter(|caption| caption.roles.first() == Some(&role)).count() > 1;
    let dated: Vec<Option<Period>> = captions.iter().map(order_of).collect();
    if !doubtful
        && [Role::Current, Role::Target, Role::Label, Role::Rate].into_iter().all(|role| !twice(role))
    {
        return captions
            .into_iter()
            .filter_map(|caption| column(&caption, caption.roles.first().copied()?))
            .collect();
    }
    let rows = first..sheet.next_header(first);
    let contents: Vec<Content> =
        captions.iter().map(|caption| Content::of(sheet, rows.clone(), caption.index)).collect();
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
            [Role::Current, Role::Explanation] => {
                Some(if content.words > content.numbers || content.numbers == 0 && sole(Role::Current) {
                    Role::Explanation
                } else {
                    Role::Current
                })
            }
            roles => roles.first().copied(),
        })
        .collect();
    // A column of sentences beside one of numbers holds no figures.
    let of = |roles: &[Option<Role>], role: Role| -> Vec<usize> {
        roles.iter().enumerate().filter(|(_, own)| **own == Some(role)).map(|(at, _)| at).collect()
    };
    let content = |at: usize| contents.get(at);
    let current = of(&roles, Role::Current);
    if current.len() > 1
        && current.iter().any(|at| content(*at).is_some_and(|content| content.numbers > content.words))
    {
        for at in current {
            if content(at).is_some_and(|content| content.words > content.numbers)
                && let Some(role) = roles.get_mut(at)
            {
                *role = Some(Role::Explanation);
            }
        }
    }
    in_order_of_time(&captions, &contents, &dated, &mut roles);
    one_target(&captions, &mut roles);
    one_rate(&captions, &dated, &mut roles);
    captions.iter().zip(roles).filter_map(|(caption, role)| column(caption, role?)).collect()
}

/// Of several cumulative columns the latest is 本期 and the one before it 上期: by the dates in their captions, or,
/// where the captions differ and only a month or nothing is named, by figures that only grow.
fn in_order_of_time(
    captions: &[Caption],
    contents: &[Content],
    dated: &[Option<Period>],
    roles: &mut [Option<Role>],
) {
    let current: Vec<usize> = roles
        .iter()
        .enumerate()
        .filter(|(_, role)| **role == Some(Role::Current))
        .map(|(at, _)| at)
        .collect();
    if current.len() < 2 {
        return;
    }
    let has_previous = roles.contains(&Some(Role::Previous));
    let period = |at: usize| dated.get(at).copied().flatten();
    let mut by_date: Vec<(Period, usize)> =
        current.iter().filter_map(|at| Some((period(*at)?, *at))).collect();
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

/// Of the targets of several years the one for all of them, else that of the last year.
fn one_target(captions: &[Caption], roles: &mut [Option<Role>]) {
    let targets: Vec<usize> =
        roles.iter().enumerate().filter(|(_, role)| **role == Some(Role::Target)).map(|(at, _)| at).collect();
    let years: Vec<(Option<u32>, usize)> =
        targets.iter().map(|at| (captions.get(*at).and_then(year_of), *at)).collect();
    let undated = years.iter().filter(|(year, _)| year.is_none()).count();
    let latest = years.iter().filter_map(|(year, _)| *year).max();
    let chosen: Vec<usize> = years
        .iter()
        .filter(|(year, _)| if undated > 0 { year.is_none() } else { *year == latest })
        .map(|(_, at)| *at)
        .collect();
    if targets.len() > 1 && chosen.len() == 1 {
        for at in targets.into_iter().filter(|at| !chosen.contains(at)) {
            if let Some(role) = roles.get_mut(at) {
                *role = None;
            }
        }
    }
}

/// The rate of the figures of now, where that of the last period stands beside it.
fn one_rate(captions: &[Caption], dated: &[Option<Period>], roles: &mut [Option<Role>]) {
    let rates: Vec<usize> =
        roles.iter().enumerate().filter(|(_, role)| **role == Some(Role::Rate)).map(|(at, _)| at).collect();
    if rates.len() < 2 {
        return;
    }
    let latest = rates.iter().filter_map(|at| dated.get(*at).copied().flatten()).max();
    let past = |at: usize| {
        let said = captions
            .get(at)
            .is_some_and(|own| is_past(&own.text) || own.above.as_deref().is_some_and(is_past));
        let earlier = dated.get(at).copied().flatten().is_some_and(|date| Some(date) < latest);
        let beside =
            at.checked_sub(1).and_then(|before| roles.get(before)).copied().flatten() == Some(Role::Previous);
        said || earlier || beside
    };
    let (before, now): (Vec<usize>, Vec<usize>) = rates.into_iter().partition(|at| past(*at));
    if !now.is_empty() {
        for at in before {
            if let Some(role) = roles.get_mut(at) {
                *role = None;
            }
        }
    }
}

/// The year that a caption names.
fn year_of(caption: &Caption) -> Option<u32> {
    let of = |text: &str| {
        let folded = fold(text);
        let digits = folded
            .split(|c: char| !c.is_ascii_digit())
            .find(|run| run.len() == 4 && run.starts_with("20"))?;
        digits.parse().ok()
    };
    of(&caption.text).or_else(|| of(caption.above.as_deref()?))
}

/// When a column's figures are of, for putting columns in order: a bare year is its end.
fn order_of(caption: &Caption) -> Option<Period> {
    let of_year = |text: &str| {
        let folded = fold(text);
        let at = folded.find("20").filter(|_| !folded.contains("20201") && !folded.contains('月'))?;
        let year = folded.get(at..at + 4)?.parse().ok()?;
        folded.get(at + 4..)?.starts_with('年').then_some(Period { year, half: Half::December })
    };
    period_of(caption).or_else(|| of_year(&caption.text)).or_else(|| of_year(caption.above.as_deref()?))
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
    Some(Column {
        index: caption.index,
        role,
        header: caption.header,
        caption: caption.text.clone(),
        period: period_of(caption),
    })
}
