//! Cities as rows under each indicator: the label merged over its cities, repeated in each row, or in the first alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::breakdown::{Breakdown, CityId, IndicatorId};
use crate::model::{CellRef, Meaning, Sheet, read_value};

use super::arranged::{Board, Laid};
use super::columns::{Captions, settled};
use super::header::{Alias, Role, city_alias};
use super::label::fold;
use super::rows::is_total;
use super::table::{Arrangement, Column};

/// Rows with words that are tried as the header.
pub(super) const MOST_HEADERS: usize = 40;
/// Empty rows that end the table.
const GAP: u32 = 2;

/// Whose figures a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    City(CityId),
    Total,
}

/// An indicator with the rows of its cities.
struct Group {
    /// The row of its label.
    first: u32,
    indicator: Option<IndicatorId>,
    rows: BTreeMap<Whose, u32>,
}

/// The breakdown in such a sheet, and where there are figures a return a city.
pub(super) fn cities_down(words: &Captions<'_>) -> Vec<Laid> {
    words.rows_of_text(MOST_HEADERS).into_iter().find_map(|row| read(words, row)).unwrap_or_default()
}

/// Whether the rows below a header are cities under indicators.
pub(super) fn has_cities_down(words: &Captions<'_>, header: u32, columns: &[Column]) -> bool {
    let label = columns.iter().find(|column| column.role == Role::Label);
    label.is_some_and(|label| city_column(words, header, label.index, columns).is_some())
}

fn whose(text: &str, breakdown: &Breakdown) -> Option<Whose> {
    match city_alias(text, breakdown) {
        Some((city, Alias::Name)) => Some(Whose::City(city)),
        _ => is_total(&fold(text)).then_some(Whose::Total),
    }
}

/// The column whose cells are the cities, under one indicator after the other.
fn city_column(
    words: &Captions<'_>,
    header: u32,
    label: u32,
    columns: &[Column],
) -> Option<(u32, Vec<Group>)> {
    let sheet = words.sheet;
    let begins = |column: u32| {
        let mut texts = (header + 1..header + 6)
            .map(|row| sheet.grid.shown(CellRef::new(row, column)))
            .filter(|text| !text.trim().is_empty());
        let first: Vec<Option<Whose>> =
            texts.by_ref().take(2).map(|text| whose(&text, words.breakdown)).collect();
        matches!(first.as_slice(), [Some(a), Some(b)] if a != b)
    };
    let figures = |column: u32| columns.iter().any(|own| own.index == column && own.role.is_figure());
    let mut tried: BTreeSet<u32> = BTreeSet::new();
    for (at, _) in sheet.grid.rows(header + 1, header + 2) {
        if at.column == label || figures(at.column) || !tried.insert(at.column) || !begins(at.column) {
            continue;
        }
        let groups = groups(words, header, label, at.column);
        let rows: usize = groups.iter().map(|group| group.rows.len()).sum();
        let known: BTreeSet<IndicatorId> = groups.iter().filter_map(|group| group.indicator).collect();
        // One city a row under labels of its own is a column like 牵头市.
        if known.len() >= 2 && known.len() * 2 > groups.len() && rows * 2 >= groups.len() * 3 {
            return Some((at.column, groups));
        }
    }
    None
}

fn groups(words: &Captions<'_>, header: u32, label: u32, cities: u32) -> Vec<Group> {
    let sheet = words.sheet;
    let mut groups: Vec<Group> = Vec::new();
    let (mut empty, mut row) = (0, header + 1);
    let last = sheet.grid.cells().next_back().map_or(0, |(at, _)| at.row);
    while row <= last && empty < GAP {
        let city = whose(&sheet.grid.shown(CellRef::new(row, cities)), words.breakdown);
        let text = sheet.grid.shown(CellRef::new(row, label));
        let is_empty = sheet.grid.rows(row, row).all(|(_, cell)| cell.value.is_empty());
        empty = if is_empty { empty + 1 } else { 0 };
        if let Some(city) = city {
            let indicator =
                words.labels.candidates(&text, None).first().map(super::label::LabelCandidate::indicator);
            let begins = match groups.last() {
                None => true,
                Some(group) if fold(&text).is_empty() => group.rows.contains_key(&city),
                Some(group) => indicator != group.indicator || group.rows.contains_key(&city),
            };
            if begins {
                groups.push(Group { first: row, indicator, rows: BTreeMap::new() });
            }
            if let Some(group) = groups.last_mut() {
                group.rows.insert(city, row);
            }
        }
        row += 1;
    }
    groups
}

fn read(words: &Captions<'_>, header: u32) -> Option<Vec<Laid>> {
    let (sheet, breakdown) = (words.sheet, words.breakdown);
    let columns = settled(words, header + 1, words.read(header, header));
    let column = |role: Role| columns.iter().find(|column| column.role == role);
    let label = column(Role::Label)?.index;
    let (cities, groups) = city_column(words, header, label, &columns)?;
    // 指标值 and other words over the only numbers.
    let target = column(Role::Target).map(|column| column.index).or_else(|| {
        let known = |index: u32| columns.iter().any(|column| column.index == index);
        let numbers = |index: u32| {
            let meaning = |row: &u32| read_value(sheet.grid.value(CellRef::new(*row, index))).meaning;
            let of = groups.iter().flat_map(|group| group.rows.values());
            of.filter(|row| matches!(meaning(row), Meaning::Number(_))).count() > groups.len()
        };
        let right = sheet.grid.used()?.end.column;
        (cities + 1..=right.min(cities + 8)).find(|index| !known(*index) && numbers(*index))
    });
    let head: Vec<&Column> = [Role::Serial, Role::Label, Role::Unit]
        .into_iter()
        .filter_map(column)
        .filter(|own| own.index != cities)
        .collect();
    let mut laid = Vec::new();
    // The order in which they stand.
    let mut order: Vec<(u32, Whose)> = Vec::new();
    for group in &groups {
        for (own, row) in &group.rows {
            if !order.iter().any(|(_, other)| other == own) {
                order.push((*row, *own));
            }
        }
    }
    order.sort_unstable();
    if let Some(target) = target {
        let mut board = Board::default();
        begin(&mut board, sheet, words, &head, &groups);
        for (at, (row, own)) in (count(head.len())..).zip(&order) {
            let name = if let Whose::City(city) = own { breakdown.city(*city) } else { "合计" };
            board.say(CellRef::new(0, at), CellRef::new(*row, cities), name);
            for (line, group) in (1..).zip(&groups) {
                if let Some(row) = group.rows.get(own) {
                    board.put(CellRef::new(line, at), CellRef::new(*row, target), sheet);
                }
            }
        }
        laid.push(Laid { board, city: None, arrangement: Arrangement::CitiesDown });
    }
    if column(Role::Current).is_some() {
        let measures = [
            Role::Target,
            Role::Previous,
            Role::Added,
            Role::Current,
            Role::Rate,
            Role::Explanation,
            Role::Remark,
        ];
        let measures: Vec<&Column> = measures.into_iter().filter_map(column).collect();
        for (first, own) in &order {
            let Whose::City(city) = own else { continue };
            let own_groups: Vec<&Group> =
                groups.iter().filter(|group| group.rows.contains_key(own)).collect();
            let mut board = Board::default();
            begin(&mut board, sheet, words, &head, own_groups.iter().copied());
            for (at, measure) in (count(head.len())..).zip(&measures) {
                board.put(CellRef::new(0, at), measure.header, sheet);
                for (line, group) in (1..).zip(&own_groups) {
                    if let Some(row) = group.rows.get(own) {
                        board.put(CellRef::new(line, at), CellRef::new(*row, measure.index), sheet);
                    }
                }
            }
            let city = Some((*city, CellRef::new(*first, cities)));
            laid.push(Laid { board, city, arrangement: Arrangement::SideBySide });
        }
    }
    (!laid.is_empty()).then_some(laid)
}

/// Number, label and unit of each indicator, under their captions.
fn begin<'a>(
    board: &mut Board,
    sheet: &Sheet,
    words: &Captions<'_>,
    head: &[&Column],
    groups: impl IntoIterator<Item = &'a Group> + Clone,
) {
    for (at, column) in (0..).zip(head) {
        board.put(CellRef::new(0, at), column.header, sheet);
        for (line, group) in (1..).zip(groups.clone()) {
            let from = words.merges.anchor(CellRef::new(group.first, column.index));
            board.put(CellRef::new(line, at), from, sheet);
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
