//! The cities' targets and figures side by side: 成都市目标 | 成都市完成 | 成都市完成率 | 绵阳市目标 …, in one header
//! row or in two with the city over its own.
//!
//! A lead office keeps such a sheet. Its targets are the breakdown and are held against it; each city's target, figure
//! and rate are that city's return of the sheet's period. Our own 汇总表 is written from audited returns and is none.

use std::collections::BTreeMap;

use crate::breakdown::CityId;
use crate::model::{CellRef, Value};

use super::arranged::{Board, Laid};
use super::cities_down::MOST_HEADERS;
use super::columns::{Captions, settled};
use super::header::{Alias, Role, city_alias, city_names, roles_of};
use super::identity::cities_in;
use super::label::{fold, may_begin};
use super::rows::is_total;
use super::table::{Arrangement, Column};

/// A column of a city, or of all of them.
struct Measure {
    /// `None` for the total.
    city: Option<CityId>,
    role: Role,
    index: u32,
    header: CellRef,
    /// Its caption without the city.
    caption: String,
}

/// The breakdown and the returns of such a sheet; nothing where it is none.
pub(super) fn pairs(words: &Captions<'_>) -> Vec<Laid> {
    words.rows_of_text(MOST_HEADERS).into_iter().find_map(|row| read(words, row)).unwrap_or_default()
}

fn read(words: &Captions<'_>, top: u32) -> Option<Vec<Laid>> {
    let label = |bottom: u32| {
        let columns = settled(words, bottom + 1, words.read(top, bottom));
        columns.iter().any(|column| column.role == Role::Label).then_some(columns)
    };
    [(top, in_one_row(words, top)), (top + 1, in_two_rows(words, top))].into_iter().find_map(
        |(bottom, measures)| {
            let has = |city: CityId, role: Role| {
                measures.iter().filter(|own| own.city == Some(city) && own.role == role).count()
            };
            let cities: Vec<CityId> =
                words.breakdown.city_ids().filter(|city| has(*city, Role::Target) > 0).collect();
            let is_pair = |city: &CityId| has(*city, Role::Target) == 1 && has(*city, Role::Current) == 1;
            if cities.len() < 2 || !cities.iter().all(is_pair) {
                return None;
            }
            Some(laid(words, bottom, &label(bottom)?, &measures, &cities))
        },
    )
}

fn laid(
    words: &Captions<'_>,
    bottom: u32,
    columns: &[Column],
    measures: &[Measure],
    cities: &[CityId],
) -> Vec<Laid> {
    let (sheet, breakdown) = (words.sheet, words.breakdown);
    let lead: Vec<(u32, CellRef)> = [Role::Serial, Role::Label, Role::Unit]
        .into_iter()
        .filter_map(|role| columns.iter().find(|column| column.role == role))
        .map(|column| (column.index, column.header))
        .collect();
    let last = sheet.grid.cells().next_back().map_or(0, |(at, _)| at.row);
    let board = |own: &[(&Measure, &str)]| {
        let mut board = Board::default();
        for (at, (_, header)) in (0..).zip(&lead) {
            board.put(CellRef::new(0, at), *header, sheet);
        }
        let start = u32::try_from(lead.len()).unwrap_or(0);
        for (at, (measure, caption)) in (start..).zip(own) {
            board.say(CellRef::new(0, at), measure.header, caption);
        }
        let indices =
            lead.iter().map(|(index, _)| *index).chain(own.iter().map(|(measure, _)| measure.index));
        for (at, index) in (0..).zip(indices) {
            for row in bottom + 1..=last {
                board.put(CellRef::new(row - bottom, at), CellRef::new(row, index), sheet);
            }
        }
        board
    };
    let mut of_cities: Vec<&Measure> = measures.iter().filter(|own| own.role == Role::Target).collect();
    of_cities.sort_by_key(|own| own.index);
    let targets: Vec<(&Measure, &str)> =
        of_cities.iter().map(|own| (*own, own.city.map_or("合计", |city| breakdown.city(city)))).collect();
    let mut all = vec![Laid { board: board(&targets), city: None, arrangement: Arrangement::SideBySide }];
    for city in cities {
        let own: Vec<(&Measure, &str)> = measures
            .iter()
            .filter(|own| own.city == Some(*city))
            .map(|own| (own, own.caption.as_str()))
            .collect();
        let header = own.first().map(|(measure, _)| measure.header);
        let city = header.map(|header| (*city, header));
        all.push(Laid { board: board(&own), city, arrangement: Arrangement::SideBySide });
    }
    all
}

/// 成都市目标: the city and what of it.
fn in_one_row(words: &Captions<'_>, row: u32) -> Vec<Measure> {
    let breakdown = words.breakdown;
    let cells = words.sheet.grid.rows(row, row);
    let measure = |(at, text): (CellRef, &str)| {
        let folded = fold(text);
        let of_city = breakdown.city_ids().find_map(|id| {
            let (official, short) = city_names(breakdown.city(id));
            if !may_begin(&folded, official) {
                return None;
            }
            let rest = folded.strip_prefix(&fold(official)).or_else(|| folded.strip_prefix(short?))?;
            Some((Some(id), rest))
        });
        let total = || {
            ["合计", "总计", "三市合计", "小计"]
                .iter()
                .find_map(|word| Some((None, folded.strip_prefix(word)?)))
        };
        let (city, rest) = of_city.or_else(total)?;
        // The brackets of （%） are gone from the folded text.
        let caption = if text.contains(['%', '％']) { format!("{rest}（%）") } else { rest.to_owned() };
        let role = measured(&caption, words)?;
        Some(Measure { city, role, index: at.column, header: at, caption })
    };
    let texts =
        cells.filter_map(
            |(at, cell)| if let Value::Text(text) = &cell.value { Some((at, &**text)) } else { None },
        );
    texts.filter_map(measure).collect()
}

/// The city over 目标, 完成 and 完成率, merged or over the first of them.
fn in_two_rows(words: &Captions<'_>, top: u32) -> Vec<Measure> {
    let sheet = words.sheet;
    let mut above: BTreeMap<u32, Option<CityId>> = BTreeMap::new();
    for (at, cell) in sheet.grid.rows(top, top) {
        let Value::Text(text) = &cell.value else { continue };
        let city = match (city_alias(text, words.breakdown), cities_in(text, words.breakdown).as_slice()) {
            (Some((city, Alias::Name)), _) => Some(city),
            (_, [city]) if fold(text).chars().count() <= 8 => Some(*city),
            _ if is_total(&fold(text)) => None,
            // Another caption ends what stands under the one before it.
            _ => {
                above.insert(at.column, Some(CityId(usize::MAX)));
                continue;
            }
        };
        above.insert(at.column, city);
    }
    let cells = sheet.grid.rows(top + 1, top + 1).filter_map(|(at, cell)| {
        let Value::Text(text) = &cell.value else { return None };
        let city = above.range(..=at.column).next_back().map(|(_, city)| *city)?;
        let known = city.is_none_or(|city| city.0 != usize::MAX);
        let role = measured(text, words).filter(|_| known)?;
        Some(Measure { city, role, index: at.column, header: at, caption: text.to_string() })
    });
    cells.collect()
}

fn measured(caption: &str, words: &Captions<'_>) -> Option<Role> {
    // 成都市目标任务 is no label.
    let roles = roles_of(caption, words.breakdown);
    let known = [Role::Target, Role::Previous, Role::Added, Role::Current, Role::Rate, Role::Explanation];
    roles.into_iter().find(|role| known.contains(role))
}
