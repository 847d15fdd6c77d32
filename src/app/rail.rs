//! The rail of files as a worklist: which are shown, in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::Shared;
use super::file::{File, Standing};
use crate::worker::protocol::{Area, FileId, Tier};

/// Fewer files than these are seen at a glance: they are neither searched nor sorted.
pub const MANY: usize = 6;

/// So many characters ahead of the ending stay with it.
const KEPT_OF_STEM: usize = 2;
/// Bytes of such an end of a name.
const LONGEST_TAIL: usize = 24;

/// In which order the files stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// As they were added.
    #[default]
    Added,
    /// What has the most to be done first.
    Faulty,
    City,
    Period,
    Name,
}

impl Order {
    pub const ALL: [Self; 5] = [Self::Added, Self::Faulty, Self::City, Self::Period, Self::Name];

    /// For a list to choose from.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Faulty => "faulty",
            Self::City => "city",
            Self::Period => "period",
            Self::Name => "name",
        }
    }

    /// The order that a key stands for.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.key() == key)
    }
}

/// What the user looks for among the files, and how they stand.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rail {
    /// In a name, a city or a period.
    pub wanted: String,
    pub order: Order,
    /// The cities in the order of the breakdown in force.
    pub cities: Vec<String>,
}

impl Rail {
    /// The files that are shown, in their order; those that are alike stand as they were added.
    pub fn arranged<'a>(&self, files: &'a [Shared<File>]) -> Vec<&'a Shared<File>> {
        let wanted = self.wanted.trim().to_lowercase();
        let mut shown: Vec<&Shared<File>> = files.iter().filter(|file| holds(file, &wanted)).collect();
        let of = |file: &File| {
            let audit = file.audit.as_ref();
            let city = audit.and_then(|audit| audit.city.clone());
            let city = city.map(|city| {
                let place = self.cities.iter().position(|own| *own == city);
                (place.unwrap_or(self.cities.len()), city)
            });
            let period = audit.and_then(|audit| audit.period.clone());
            (city.is_none(), city, period.is_none(), period)
        };
        match self.order {
            Order::Added => {}
            Order::Faulty => shown.sort_by_key(|file| gravity(&file.standing())),
            Order::City => shown.sort_by_cached_key(|file| of(file)),
            Order::Period => shown.sort_by_cached_key(|file| {
                let (no_city, city, no_period, period) = of(file);
                // The latest first.
                (no_period, std::cmp::Reverse(period), no_city, city)
            }),
            Order::Name => shown.sort_by_cached_key(|file| (natural(&file.name), file.name.clone())),
        }
        shown
    }
}

/// Whether a file's name, city or period holds what is looked for.
fn holds(file: &File, wanted: &str) -> bool {
    let audit = file.audit.as_ref();
    let words = [
        Some(file.name.clone()),
        audit.and_then(|audit| audit.city.clone()),
        audit.and_then(|audit| audit.period.clone()),
        audit.and_then(|audit| audit.period.as_deref().map(super::text::period)),
    ];
    words.into_iter().flatten().any(|word| word.to_lowercase().contains(wanted))
}

/// What is to be done first stands first; of errors, the most.
fn gravity(standing: &Standing) -> (u8, std::cmp::Reverse<usize>) {
    let (class, count) = match standing {
        Standing::Unreadable(_) => (0, 0),
        Standing::Errors(count) => (1, *count),
        Standing::Warnings(count) => (2, *count),
        Standing::Reading | Standing::Unread => (3, 0),
        Standing::Clean => (4, 0),
        Standing::Aside(_) => (5, 0),
    };
    (class, std::cmp::Reverse(count))
}

/// A table of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<'a> {
    pub sheet: u32,
    pub area: Area,
    pub form: Option<&'a str>,
    pub city: Option<&'a str>,
    pub period: Option<&'a str>,
    /// Open 错误 and 警示 in it.
    pub errors: usize,
    pub warnings: usize,
}

/// The tables of a file as they stand in it; none where there is only one.
pub fn tables(file: &File) -> Vec<Table<'_>> {
    let Some(audit) = file.audit.as_ref().filter(|audit| !audit.others.is_empty()) else { return Vec::new() };
    let first = audit.sheet.zip(audit.table).map(|(sheet, area)| {
        (sheet, area, audit.form.as_deref(), audit.city.as_deref(), audit.period.as_deref())
    });
    let others = audit.others.iter().map(|table| {
        let (city, period) = (table.city.as_deref(), table.period.as_deref());
        (table.sheet, table.area, Some(table.form.as_str()), city, period)
    });
    let line =
        |(sheet, area, form, city, period)| Table { sheet, area, form, city, period, errors: 0, warnings: 0 };
    let mut tables: Vec<Table> = first.into_iter().chain(others).map(line).collect();
    tables.sort_by_key(|table| (table.sheet, table.area.top, table.area.left));
    for finding in file.findings().iter().filter(|finding| file.is_open(finding)) {
        let (Some(sheet), Some(at)) = (finding.sheet, finding.area) else { continue };
        let Some(table) = table_at(&mut tables, sheet, at) else { continue };
        match finding.tier {
            Tier::Error => table.errors += 1,
            Tier::Warning => table.warnings += 1,
            Tier::Notice => {}
        }
    }
    tables
}

/// The table that a place is of: the one it lies in, else the next one below, as a title stands ahead of its table,
/// else the last one of the sheet.
fn table_at<'a, 'b>(tables: &'a mut [Table<'b>], sheet: u32, at: Area) -> Option<&'a mut Table<'b>> {
    let holds = |table: &Table| {
        let area = table.area;
        (area.top..=area.bottom).contains(&at.top) && (area.left..=area.right).contains(&at.left)
    };
    let of_sheet = |table: &Table| table.sheet == sheet;
    let found = tables
        .iter()
        .position(|table| of_sheet(table) && holds(table))
        .or_else(|| tables.iter().position(|table| of_sheet(table) && table.area.top >= at.top))
        .or_else(|| tables.iter().rposition(of_sheet))?;
    tables.get_mut(found)
}

/// A name in two, so that where there is no room the middle goes and the ending stays: `德阳市-2018…12月.xlsx`.
/// A number stays whole, and so does what stands in brackets, as the second of two downloads has it: `…(12).xls`.
pub fn cut(name: &str) -> (&str, &str) {
    let stem = name.rfind('.').unwrap_or(name.len());
    let own = name.get(..stem).unwrap_or(name);
    let Some((few, _)) = own.char_indices().nth_back(KEPT_OF_STEM - 1) else { return (name, "") };
    let bracket = own.ends_with([')', '）']).then(|| own.rfind(['(', '（'])).flatten();
    let number = |at: usize| {
        let (ahead, behind) = own.split_at(at);
        let begun = behind.starts_with(|c: char| c.is_ascii_digit());
        if begun { ahead.trim_end_matches(|c: char| c.is_ascii_digit()).len() } else { at }
    };
    let is_ending = |at: &usize| name.len() - at <= LONGEST_TAIL && *at > 0;
    // An ending longer than any is none.
    [bracket.map(|at| at.min(few)), Some(number(few)), Some(few)]
        .into_iter()
        .flatten()
        .find(is_ending)
        .map_or((name, ""), |at| name.split_at(at))
}

/// A name as people order it: `表2` stands before `表12`.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(words);
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        parts.push((text.to_lowercase(), number.parse().unwrap_or(u64::MAX)));
        rest = after;
    }
    parts
}

/// What tells files of one name apart: their folders, else their numbers.
pub fn apart(files: &[Shared<File>]) -> BTreeMap<FileId, String> {
    let mut named: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in files {
        named.entry(&file.name).or_default().push(file);
    }
    let mut apart = BTreeMap::new();
    for same in named.values().filter(|same| same.len() > 1) {
        let folders: BTreeSet<&str> = same.iter().map(|file| file.folder.as_str()).collect();
        for (number, file) in (1..).zip(same) {
            let tells = folders.len() == same.len() && !file.folder.is_empty();
            let words =
                if tells { super::text::in_folder(&file.folder) } else { super::text::of_one_name(number) };
            apart.insert(file.id, words);
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::protocol::{Audit, Finding, OtherTable};

    fn area(top: u32, bottom: u32) -> Area {
        Area { top, left: 0, bottom, right: 4 }
    }

    fn finding(id: u32, sheet: u32, row: u32, tier: Tier) -> Finding {
        Finding {
            id,
            code: "N004".to_owned(),
            tier,
            sheet: Some(sheet),
            area: Some(area(row, row)),
            address: None,
            indicator: None,
            city: None,
            found: String::new(),
            expected: None,
            message: String::new(),
            why: String::new(),
            fix: None,
            caused_by: None,
            answer: None,
            explain_in: None,
        }
    }

    #[test]
    fn cities_stand_as_in_the_breakdown_and_numbers_as_people_count() {
        let of = |id, name: &str, city: Option<&str>| {
            let mut file = File::new(id, name.to_owned(), 1.0);
            file.audit = Some(Shared::new(Audit { city: city.map(str::to_owned), ..Audit::default() }));
            Shared::new(file)
        };
        let files = [
            of(1, "表(12).xls", Some("绵阳市")),
            of(2, "表(2).xls", Some("德阳市")),
            of(3, "表.xls", None),
            of(4, "表(1).xls", Some("成都市")),
        ];
        let cities = ["成都市", "绵阳市", "德阳市"].map(str::to_owned).to_vec();
        let ordered = |order| {
            let rail = Rail { order, cities: cities.clone(), ..Rail::default() };
            rail.arranged(&files).iter().map(|file| file.id).collect::<Vec<_>>()
        };
        assert_eq!(ordered(Order::City), [4, 1, 2, 3]);
        assert_eq!(ordered(Order::Name), [4, 2, 1, 3]);
    }

    #[test]
    fn what_is_found_is_counted_at_the_table_it_stands_in_or_under() {
        let other = |sheet, top| OtherTable {
            form: "progress".to_owned(),
            sheet,
            area: area(top, top + 9),
            city: None,
            period: None,
            columns: Vec::new(),
        };
        let mut file = File::new(1, "两表.xlsx".to_owned(), 1.0);
        let findings = vec![
            finding(1, 0, 25, Tier::Error),
            finding(2, 0, 18, Tier::Warning), // The title of the second table.
            finding(3, 0, 4, Tier::Warning),
            finding(4, 0, 90, Tier::Error), // A note below both.
            finding(5, 1, 0, Tier::Notice),
        ];
        let one = Audit { sheet: Some(0), table: Some(area(20, 29)), findings, ..Audit::default() };
        file.audit = Some(Shared::new(one.clone()));
        assert!(tables(&file).is_empty(), "the file says it all");
        file.audit = Some(Shared::new(Audit { others: vec![other(1, 3), other(0, 3)], ..one }));
        let counted: Vec<_> = tables(&file)
            .iter()
            .map(|table| (table.sheet, table.area.top, table.errors, table.warnings))
            .collect();
        assert_eq!(counted, [(0, 3, 0, 1), (0, 20, 2, 1), (1, 3, 0, 0)]);
    }
}
