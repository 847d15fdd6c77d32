//! What another breakdown changes: for the user's eyes before it takes effect. Compares, decides nothing.

use std::fmt;

use crate::model::Decimal;

use super::{Breakdown, Indicator};

/// One difference between the breakdown in force and another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    CityAdded {
        city: String,
    },
    CityRemoved {
        city: String,
    },
    /// Another name over the same targets.
    CityRenamed {
        before: String,
        after: String,
    },
    CitiesMoved {
        before: String,
        after: String,
    },
    IndicatorAdded {
        number: u32,
        label: String,
    },
    IndicatorRemoved {
        number: u32,
        label: String,
    },
    Number {
        label: String,
        before: u32,
        after: u32,
    },
    Label {
        number: u32,
        before: String,
        after: String,
    },
    Total {
        number: u32,
        before: String,
        after: String,
    },
    Relation {
        number: u32,
        before: &'static str,
        after: &'static str,
    },
    Unit {
        number: u32,
        before: String,
        after: String,
    },
    /// `/` is not applicable.
    Target {
        number: u32,
        city: String,
        before: String,
        after: String,
    },
    Aliases {
        number: u32,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CityAdded { city } => write!(f, "增加{city}"),
            Self::CityRemoved { city } => write!(f, "去掉{city}"),
            Self::CityRenamed { before, after } => write!(f, "{before}改称{after}"),
            Self::CitiesMoved { before, after } => write!(f, "各市的次序：{before} 改为 {after}"),
            Self::IndicatorAdded { number, label } => write!(f, "增加指标 {number}：{label}"),
            Self::IndicatorRemoved { number, label } => write!(f, "去掉指标 {number}：{label}"),
            Self::Number { label, before, after } => write!(f, "“{label}”的序号：{before} 改为 {after}"),
            Self::Label { number, before, after } => {
                write!(f, "指标 {number} 的内容：“{before}”改为“{after}”")
            }
            Self::Total { number, before, after } => write!(f, "指标 {number} 的总量：{before} 改为 {after}"),
            Self::Relation { number, before, after } => {
                write!(f, "指标 {number} 与总量的关系：{before} 改为 {after}")
            }
            Self::Unit { number, before, after } => {
                write!(f, "指标 {number} 的计量单位：{before} 改为 {after}")
            }
            Self::Target { number, city, before, after } => {
                write!(f, "指标 {number} {city}：{before} 改为 {after}")
            }
            Self::Aliases { number } => write!(f, "指标 {number} 的正文说法有变"),
        }
    }
}

/// Cities first, then indicators in the order of the new table, then those that are gone.
pub fn difference(old: &Breakdown, new: &Breakdown) -> Vec<Change> {
    let indicators = pair_indicators(old, new);
    let cities = pair_cities(old, new, &indicators);
    let mut changes = Vec::new();
    for (at, city) in new.cities.iter().enumerate() {
        match cities.iter().find(|(_, new)| *new == at).and_then(|(before, _)| old.cities.get(*before)) {
            None => changes.push(Change::CityAdded { city: city.clone() }),
            Some(before) if !same_city(before, city) => {
                changes.push(Change::CityRenamed { before: before.clone(), after: city.clone() })
            }
            Some(_) => {}
        }
    }
    for (at, city) in old.cities.iter().enumerate() {
        if !cities.iter().any(|(before, _)| *before == at) {
            changes.push(Change::CityRemoved { city: city.clone() });
        }
    }
    if !cities.is_sorted_by_key(|(before, _)| *before) {
        changes.push(Change::CitiesMoved { before: old.cities.join("、"), after: new.cities.join("、") });
    }
    for (at, indicator) in new.indicators.iter().enumerate() {
        match indicators
            .iter()
            .find(|(_, new)| *new == at)
            .and_then(|(before, _)| old.indicators.get(*before))
        {
            None => changes
                .push(Change::IndicatorAdded { number: indicator.number, label: indicator.label.clone() }),
            Some(before) => changes.extend(of_indicator(before, indicator, &cities, new)),
        }
    }
    for (at, indicator) in old.indicators.iter().enumerate() {
        if !indicators.iter().any(|(before, _)| *before == at) {
            changes
                .push(Change::IndicatorRemoved { number: indicator.number, label: indicator.label.clone() });
        }
    }
    changes
}

fn of_indicator(
    old: &Indicator,
    new: &Indicator,
    cities: &[(usize, usize)],
    breakdown: &Breakdown,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let number = new.number;
    if old.number != number {
        changes.push(Change::Number { label: new.label.clone(), before: old.number, after: number });
    }
    if old.label != new.label {
        changes.push(Change::Label { number, before: old.label.clone(), after: new.label.clone() });
    }
    let counted = |total: Decimal, unit: &str| format!("{} {unit}", total.normalize()).trim_end().to_owned();
    if old.total != new.total {
        changes.push(Change::Total {
            number,
            before: counted(old.total, &old.unit),
            after: counted(new.total, &new.unit),
        });
    }
    if old.relation != new.relation {
        changes.push(Change::Relation { number, before: old.relation.word(), after: new.relation.word() });
    }
    if old.unit != new.unit {
        changes.push(Change::Unit { number, before: old.unit.clone(), after: new.unit.clone() });
    }
    let shown = |target: Option<Decimal>| {
        target.map_or_else(|| "/".to_owned(), |target| target.normalize().to_string())
    };
    for (before, after) in cities {
        let (was, is) =
            (old.targets.get(*before).copied().flatten(), new.targets.get(*after).copied().flatten());
        if was != is {
            let city = breakdown.cities.get(*after).cloned().unwrap_or_default();
            changes.push(Change::Target { number, city, before: shown(was), after: shown(is) });
        }
    }
    if old.aliases != new.aliases {
        changes.push(Change::Aliases { number });
    }
    changes
}

/// Old and new index of the same indicator: by label, then by a near label, the nearest first.
fn pair_indicators(old: &Breakdown, new: &Breakdown) -> Vec<(usize, usize)> {
    const NEAR: f64 = 0.6;
    let mut near: Vec<(f64, usize, usize)> = Vec::new();
    for (i, before) in old.indicators.iter().enumerate() {
        for (j, after) in new.indicators.iter().enumerate() {
            let alike = likeness(&before.label, &after.label);
            if alike >= NEAR {
                // The same place in the table speaks for the same indicator.
                near.push((alike + if before.number == after.number { 0.01 } else { 0.0 }, i, j));
            }
        }
    }
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, i, j) in near {
        if !pairs.iter().any(|(old, new)| *old == i || *new == j) {
            pairs.push((i, j));
        }
    }
    pairs.sort_by_key(|(_, new)| *new);
    pairs
}

/// Old and new index of the same city, in the new order: by name, then by the same targets under another name.
fn pair_cities(old: &Breakdown, new: &Breakdown, indicators: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (j, city) in new.cities.iter().enumerate() {
        if let Some(i) = old
            .cities
            .iter()
            .position(|other| other == city)
            .or_else(|| old.cities.iter().position(|other| same_city(other, city)))
        {
            pairs.push((i, j));
        }
    }
    let column = |breakdown: &Breakdown, rows: &[usize], city: usize| -> Vec<Option<Decimal>> {
        rows.iter()
            .map(|row| {
                breakdown.indicators.get(*row).and_then(|one| one.targets.get(city).copied().flatten())
            })
            .collect()
    };
    let (before, after): (Vec<usize>, Vec<usize>) = indicators.iter().copied().unzip();
    for j in 0..new.cities.len() {
        let theirs = column(new, &after, j);
        let twin = (0..old.cities.len()).find(|i| {
            !pairs.iter().any(|(old, new)| old == i || *new == j)
                && theirs.iter().any(Option::is_some)
                && column(old, &before, *i) == theirs
        });
        pairs.extend(twin.map(|i| (i, j)));
    }
    pairs.sort_by_key(|(_, new)| *new);
    pairs
}

/// 绵阳 is 绵阳市.
fn same_city(a: &str, b: &str) -> bool {
    let bare = |name: &str| {
        name.strip_suffix('市').filter(|bare| bare.chars().count() >= 2).unwrap_or(name).to_owned()
    };
    a == b || bare(a) == bare(b)
}

/// Share of neighbouring character pairs that two labels have in common (Dice); 1 for the same text.
fn likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let pairs = |text: &str| -> Vec<(char, char)> {
        let chars: Vec<char> = text.chars().take(200).collect();
        chars.iter().copied().zip(chars.iter().copied().skip(1)).collect()
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let all = a.len() + b.len();
    let mut common = 0u32;
    for pair in a {
        if let Some(at) = b.iter().position(|other| *other == pair) {
            b.swap_remove(at);
            common += 1;
        }
    }
    let all = u32::try_from(all.max(1)).unwrap_or(u32::MAX);
    f64::from(common) * 2.0 / f64::from(all) * 0.99
}
