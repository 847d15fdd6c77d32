//! Whose return it is and for which period: read from the title rows, the sheet name and the file name.

use std::collections::BTreeSet;

use crate::breakdown::{Breakdown, CityId};
use crate::model::{
    CellRef, Decimal, Period, Range, Sheet, Value, fraction, half_width, is_invisible, read_value,
};

use super::dates::{Dated, abbreviated, dates_in, folded};
use super::header::{Alias, Role, city_alias, city_names};
use super::hints::Hints;
use super::label::simplified;
use super::places::district_named;
use super::table::{Form, Table};

/// Where a city or a period was read, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The user's own word.
    Said,
    /// The line 填报单位 or 报告期.
    Line(CellRef),
    /// Another cell above or below the table.
    Title(CellRef),
    SheetName,
    /// The caption of 本期累计完成, where it is dated.
    Header(CellRef),
    /// The head of the page.
    Margin,
    FileName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting<T> {
    pub value: T,
    pub source: Source,
}

impl<T> Sighting<T> {
    /// Whether it was read inside the file, and not in its name.
    pub fn is_inside(&self) -> bool {
        self.source != Source::FileName
    }
}

/// City and period as read, with every place they were seen.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Identity {
    pub cities: Vec<Sighting<CityId>>,
    pub periods: Vec<Sighting<Period>>,
    /// Months and quarters that close no half-year of the plan, as written.
    pub unfit: Vec<(String, Source)>,
}

impl Source {
    /// The cell, where it is one.
    pub const fn cell(self) -> Option<CellRef> {
        match self {
            Self::Line(at) | Self::Title(at) | Self::Header(at) => Some(at),
            Self::Said | Self::SheetName | Self::Margin | Self::FileName => None,
        }
    }
}

impl Identity {
    /// The cities and periods that the file names inside, each once.
    pub fn named_inside(&self) -> (BTreeSet<CityId>, BTreeSet<Period>) {
        fn inside<T: Ord + Copy>(sightings: &[Sighting<T>]) -> BTreeSet<T> {
            sightings.iter().filter(|sighting| sighting.is_inside()).map(|sighting| sighting.value).collect()
        }
        (inside(&self.cities), inside(&self.periods))
    }

    pub fn city(&self) -> Option<CityId> {
        self.cities.iter().min_by_key(|sighting| sighting.source).map(|sighting| sighting.value)
    }

    pub fn period(&self) -> Option<Period> {
        self.periods.iter().min_by_key(|sighting| sighting.source).map(|sighting| sighting.value)
    }

    fn take(&mut self, mut other: Self) {
        self.cities.append(&mut other.cities);
        self.periods.append(&mut other.periods);
        self.unfit.append(&mut other.unfit);
    }

    /// Takes in what a text says. A text that names several cities names none.
    pub fn read(&mut self, text: &str, source: Source, breakdown: &Breakdown) {
        let mut cities = cities_in(text, breakdown);
        if cities.is_empty() && (source.cell().is_some() || source == Source::Margin) {
            cities.extend(district_named(text, breakdown).map(|(city, _)| city));
        }
        if cities.is_empty() {
            cities = cities_in_latin(text, breakdown);
        }
        if let [city] = cities.as_slice() {
            let source = match source {
                Source::Title(at) if text.contains("单位") || text.contains("填报") => Source::Line(at),
                other => other,
            };
            self.cities.push(Sighting { value: *city, source });
        }
        let line = |source| match source {
            Source::Title(at) if OF_THE_RETURN.iter().any(|word| text.contains(word)) => Source::Line(at),
            other => other,
        };
        let folded = folded(text);
        let meant: Vec<Dated> =
            dates_in(text).into_iter().filter(|date| is_of_the_return(&folded, date)).collect();
        let mut periods: Vec<Period> = meant.iter().filter_map(|date| date.period).collect();
        periods.dedup();
        let named = matches!(source, Source::SheetName | Source::FileName);
        match periods.as_slice() {
            [period] => self.periods.push(Sighting { value: *period, source: line(source) }),
            [] if meant.is_empty() && (named || text.contains("报告期")) => {
                self.periods.extend(abbreviated(text).map(|value| Sighting { value, source: line(source) }))
            }
            [] => self.unfit.extend(meant.into_iter().map(|date| (date.text, line(source)))),
            _ => {}
        }
    }
}

/// Whose and of when a table is. `tables` are those of the sheet: what stands between two of them is read for the lower
/// one.
pub(super) fn identity(
    sheet: &Sheet,
    table: &Table,
    tables: &[Range],
    file_name: &str,
    breakdown: &Breakdown,
    hints: &Hints,
) -> Identity {
    let mut identity = Identity::default();
    if table.form == Form::Breakdown {
        return identity;
    }
    let (top, bottom) = (table.range.start.row, table.range.end.row);
    let ended =
        tables.iter().filter(|other| other.end.row < top).map(|other| other.end.row + 1).max().unwrap_or(0);
    let last =
        if tables.iter().any(|other| other.start.row > bottom) { bottom } else { bottom.saturating_add(10) };
    // Of tables beside one another each has the lines over its own columns.
    let beside = |other: &&Range| other.start.row <= bottom && top <= other.end.row;
    let from = if tables.iter().filter(beside).any(|other| other.start.column < table.range.start.column) {
        table.range.start.column
    } else {
        0
    };
    let to = tables
        .iter()
        .filter(beside)
        .map(|other| other.start.column)
        .filter(|column| *column > table.range.start.column)
        .min();
    let own = |at: CellRef| at.column >= from && to.is_none_or(|to| at.column < to);
    // A line that stands alone in its row over several tables is the title of them all.
    let shared = |at: CellRef| {
        let mut texts = sheet.grid.rows(at.row, at.row).filter(|(_, cell)| !cell.value.is_empty());
        at.row < top && texts.next().is_some() && texts.next().is_none()
    };
    let above = sheet.grid.rows(top.saturating_sub(20).max(ended), top.saturating_sub(1));
    let below = sheet.grid.rows(bottom + 1, last);
    // 填报单位： and 报告期： may have their answer in the next cell.
    let (mut asked, mut passed_over): (Option<u32>, Option<u32>) = (None, None);
    // What the title of all says, and what the notes below say of dates: taken where nothing else speaks.
    let (mut of_all, mut noted) = (Identity::default(), Identity::default());
    for (at, cell) in above
        .filter(|(at, _)| at.row < table.range.start.row)
        .chain(below.filter(|(at, _)| at.row > bottom))
        .filter(|(at, _)| own(*at) || shared(*at))
    {
        let source = if asked == Some(at.row) { Source::Line(at) } else { Source::Title(at) };
        asked = None;
        // 填表日期： and its answer in the next cell.
        if passed_over.take() == Some(at.row) && !dates_in(&cell.shown()).is_empty() {
            continue;
        }
        match &cell.value {
            Value::Text(text) => {
                let caption = text.trim_end();
                let asks = caption.ends_with(['：', ':'])
                    && ["单位", "报告期", "填报期"].iter().any(|word| caption.contains(word));
                asked = asks.then_some(at.row);
                passed_over = asks_for_another_date(text).then_some(at.row);
                let mut read = Identity::default();
                read.read(text, source, breakdown);
                let of_the_return = ["报告期", "填报期", "统计期"].iter().any(|word| text.contains(word));
                if !own(at) {
                    read.cities.retain(|sighting| !matches!(sighting.source, Source::Line(_)));
                    of_all.take(read);
                } else if at.row > bottom && !of_the_return {
                    identity.cities.append(&mut read.cities);
                    noted.take(read);
                } else {
                    identity.take(read);
                }
            }
            Value::Number(_) if cell.number_format.is_date() && own(at) => {
                identity.read(&cell.shown(), source, breakdown)
            }
            _ => {}
        }
    }
    let mut margin = Identity::default();
    sheet.margin.iter().for_each(|line| margin.read(line, Source::Margin, breakdown));
    for fallback in [of_all, noted, margin] {
        if identity.cities.is_empty() {
            identity.cities = fallback.cities;
        }
        if identity.periods.is_empty() && identity.unfit.is_empty() {
            (identity.periods, identity.unfit) = (fallback.periods, fallback.unfit);
        }
    }
    identity.read(&sheet.name, Source::SheetName, breakdown);
    if let Some(current) = table.column(Role::Current)
        && let Some(value) = current.period
    {
        identity.periods.push(Sighting { value, source: Source::Header(current.header) });
    }
    let stem = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    identity.read(stem, Source::FileName, breakdown);
    hints.tell(table.sheet, table.range, &mut identity);
    if table.form == Form::Summary {
        // It has a period and every city.
        identity.cities.clear();
    }
    identity
}

/// The only cumulative column, where it is dated the period before the return's and none of the rates is its own, is
/// 上期: the column 本期累计完成 is missing. With rates of its own it is the date that is wrong.
pub(super) fn take_for_past(sheet: &Sheet, table: &mut Table, breakdown: &Breakdown) {
    let Some(period) = table.identity.period() else { return };
    let (Some(city), Some(now), Some(rate)) =
        (table.identity.city(), table.column(Role::Current), table.column(Role::Rate))
    else {
        return;
    };
    if now.period != Some(period.previous()) || table.column(Role::Previous).is_some() {
        return;
    }
    let number = |row: u32, column: u32| read_value(sheet.grid.value(CellRef::new(row, column))).certain();
    let near = |rate: Decimal, exact: Decimal| rate.saturating_sub(exact).abs() <= fraction(6, 3);
    let (mut rows, mut own) = (0, 0);
    for (row, found) in table.indicator_rows() {
        let done = number(row.row, now.index).filter(|done| !done.is_zero());
        let goal = breakdown.target(found.indicator, city);
        let exact = done.zip(goal).and_then(|(done, goal)| done.checked_div(goal));
        let (Some(exact), Some(rate)) = (exact, number(row.row, rate.index)) else { continue };
        let points = rate.checked_div(Decimal::ONE_HUNDRED);
        rows += 1;
        own += usize::from(near(rate, exact) || points.is_some_and(|points| near(points, exact)));
    }
    if rows < 3 || own > 0 {
        return;
    }
    for column in table.columns.iter_mut().filter(|column| column.role == Role::Current) {
        column.role = Role::Previous;
    }
    table.identity.periods.retain(|sighting| !matches!(sighting.source, Source::Header(_)));
}

/// Words before the date of a return.
const OF_THE_RETURN: [&str; 5] = ["报告期", "填报期", "统计期", "截至", "截止"];
/// Words before a date that is another one: of filling in, of the form's validity, of a document.
const OF_ANOTHER: [&str; 25] = [
    "有效期",
    "填报日期",
    "填报时间",
    "填表日期",
    "填表时间",
    "制表日期",
    "制表时间",
    "上报日期",
    "上报时间",
    "报送日期",
    "报送时间",
    "报出日期",
    "打印",
    "印发",
    "批准",
    "备案",
    "文号",
    "修订",
    "规划期",
    // 注：上期指2018年12月.
    "上期",
    "上年",
    "去年",
    "前期",
    "较",
    "比",
];

/// Whether a date says when the figures are of: the nearest word before it decides.
fn is_of_the_return(folded: &[char], date: &Dated) -> bool {
    let before: String = folded.iter().take(date.start).collect();
    let last = |words: &[&str]| words.iter().filter_map(|word| before.rfind(word)).max();
    // 审核日期, 导出时间: a date of an act, where 统计时间 and a bare 时间 are the return's.
    let act = ["日期", "时间"].iter().filter_map(|word| before.rfind(word)).max().filter(|at| {
        let word: String = before.get(..*at).unwrap_or_default().chars().rev().take(2).collect();
        word.chars().count() == 2
            && word.chars().all(char::is_alphabetic)
            && !["计统", "据数", "告报", "期告", "属所"].contains(&word.as_str())
    });
    let after: String = folded.iter().skip(date.end).take(3).collect();
    // 2020年底前应完成, 自2018年1月起: how long something holds.
    let holds = ["前", "起", "以前", "之前", "以后", "之后"].iter().any(|word| after.starts_with(word))
        && last(&OF_THE_RETURN).is_none();
    let issued = ["印发", "修订", "发布", "制定", "批准"].iter().any(|word| after.starts_with(word));
    !issued && !holds && last(&OF_ANOTHER).max(act) <= last(&OF_THE_RETURN)
}

/// Whether a text asks for a date that is not the return's, as 填表日期： with its answer in the next cell.
fn asks_for_another_date(text: &str) -> bool {
    OF_ANOTHER.iter().any(|word| text.contains(word)) && dates_in(text).is_empty()
}

/// The cities a text names, each once. A name inside a longer one (成都 in 成都东部新区) is not meant.
pub fn cities_in(text: &str, breakdown: &Breakdown) -> Vec<CityId> {
    let folded: String =
        text.chars().filter(|c| !is_invisible(*c) && !c.is_whitespace()).map(simplified).collect();
    let seen: Vec<(CityId, &str)> = breakdown
        .city_ids()
        .filter_map(|id| {
            let (official, short) = city_names(breakdown.city(id));
            // The short name stands in the official one.
            let name = Some(short.unwrap_or(official)).filter(|name| folded.contains(*name))?;
            Some((id, if folded.contains(official) { official } else { name }))
        })
        .collect();
    let stands_alone = |name: &str| {
        let longer = seen.iter().filter(|(_, other)| other.len() > name.len() && other.contains(name));
        longer.fold(folded.clone(), |rest, (_, other)| rest.replace(other, "")).contains(name)
    };
    seen.iter().filter(|(_, name)| stands_alone(name)).map(|(id, _)| *id).collect()
}

/// The cities that a text names in pinyin or by code, each once: Chengdu, Mianyang City, 510100.
fn cities_in_latin(text: &str, breakdown: &Breakdown) -> Vec<CityId> {
    let text: String = text.chars().map(half_width).collect();
    let mut found: Vec<CityId> = Vec::new();
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 4);
    let codes = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() == 6 && word.starts_with("51"));
    for word in words.chain(codes) {
        match city_alias(word, breakdown) {
            Some((city, Alias::Name)) if !found.contains(&city) => found.push(city),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_several_cities_names_none() {
        let mut identity = Identity::default();
        identity.read("成都市、绵阳市、德阳市", Source::FileName, Breakdown::official());
        identity.read("成德绵国家科技成果转移转化示范区", Source::SheetName, Breakdown::official());
        assert_eq!(identity.city(), None);
        identity.read("填报单位：绵阳市科技局", Source::Title(CellRef::new(1, 0)), Breakdown::official());
        assert_eq!(identity.city(), Some(CityId(1)));
    }
}
