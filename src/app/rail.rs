//! The rail of files as a worklist: which are shown, in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::Shared;
use super::file::{File, Standing};
use crate::worker::protocol::FileId;

/// Fewer files than these are seen at a glance: they are neither searched nor sorted.
pub const MANY: usize = 6;

/// So many characters ahead of the ending stay with it.
const KEPT_OF_STEM: usize = 2;
/// Bytes of such an end of a name.
const LONGEST_TAIL: usize = 16;

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
}

impl Rail {
    /// The files that are shown, in their order; those that are alike stand as they were added.
    pub fn arranged<'a>(&self, files: &'a [Shared<File>]) -> Vec<&'a Shared<File>> {
        let wanted = self.wanted.trim().to_lowercase();
        let mut shown: Vec<&Shared<File>> = files.iter().filter(|file| holds(file, &wanted)).collect();
        let of = |file: &File| {
            let audit = file.audit.as_ref();
            let city = audit.and_then(|audit| audit.city.clone());
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
            Order::Name => shown.sort_by(|a, b| a.name.cmp(&b.name)),
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
        Standing::Reading => (3, 0),
        Standing::Clean => (4, 0),
        Standing::Aside(_) => (5, 0),
    };
    (class, std::cmp::Reverse(count))
}

/// A name in two, so that where there is no room the middle goes and the ending stays: `德阳市-2018…月.xlsx`.
pub fn cut(name: &str) -> (&str, &str) {
    let stem = name.rfind('.').unwrap_or(name.len());
    let at = name.char_indices().map(|(at, _)| at).filter(|at| *at < stem).nth_back(KEPT_OF_STEM - 1);
    // An ending longer than any is none.
    at.filter(|at| name.len() - at <= LONGEST_TAIL).map_or((name, ""), |at| name.split_at(at))
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
