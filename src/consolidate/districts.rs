//! 区县: what the 区县 of a city report, added up and held against the city's own return. Counts in no total.

use std::collections::{BTreeMap, BTreeSet};

use super::{Consolidation, Remark, Return};
use crate::breakdown::{Breakdown, CityId, Indicator, IndicatorId};
use crate::model::{CellRef, Decimal};
use crate::rules::named;

/// The 区县 of one city that report for the period.
#[derive(Clone, Debug, PartialEq)]
pub struct Districts {
    pub city: CityId,
    /// By name: those that are added up.
    pub added: Vec<District>,
    /// Reported more than once with different figures: none of them is added up.
    pub disputed: Vec<String>,
    /// Reported for another period that came in, and not for this one.
    pub absent: Vec<String>,
    pub rows: Vec<DistrictRow>,
}

/// The return of a 区县.
#[derive(Clone, Debug, PartialEq)]
pub struct District {
    pub name: String,
    pub file: String,
    pub sheet: String,
}

/// An indicator that adds up, over the 区县.
#[derive(Clone, Debug, PartialEq)]
pub struct DistrictRow {
    pub indicator: IndicatorId,
    /// In the order of [`Districts::added`]; nothing where no figure can be taken.
    pub parts: Vec<Option<(CellRef, Decimal)>>,
    /// Nothing where one of them lacks.
    pub sum: Option<Decimal>,
    /// What the city itself reports.
    pub own: Option<Decimal>,
}

impl DistrictRow {
    /// Both numbers are there, and are not the same.
    pub fn differs(&self) -> bool {
        self.sum.zip(self.own).is_some_and(|(sum, own)| sum != own)
    }
}

impl Districts {
    /// What has to be known to judge the sums; nobody has told which 区县 there are.
    pub fn caution(&self) -> String {
        let mut parts = vec![format!("由 {} 个区县合计，是否齐全请核对", self.added.len())];
        if !self.absent.is_empty() {
            parts.push(format!("{}报过别的期，这一期没有报", self.absent.join("、")));
        }
        if !self.disputed.is_empty() {
            parts.push(format!("{}报了几份而数字不同，都未采用", self.disputed.join("、")));
        }
        parts.join("；")
    }
}

/// The 区县 of each city, in the order of the cities, and what disagrees (C009).
pub(super) fn districts(
    breakdown: &Breakdown,
    consolidation: &Consolidation,
    returns: &[&Return],
) -> (Vec<Districts>, Vec<Remark>) {
    let mut by_city: BTreeMap<CityId, BTreeMap<&str, Vec<&Return>>> = BTreeMap::new();
    for one in returns.iter().filter(|one| consolidation.choice.takes_city(one.city)) {
        if let Some(name) = &one.district {
            by_city.entry(one.city).or_default().entry(name).or_default().push(one);
        }
    }
    let of_city = |(city, by_name)| of_city(breakdown, consolidation, city, by_name);
    let found: Vec<Districts> = by_city.into_iter().filter_map(of_city).collect();
    let remarks = found.iter().flat_map(|one| remarks(breakdown, one)).collect();
    (found, remarks)
}

fn of_city(
    breakdown: &Breakdown,
    consolidation: &Consolidation,
    city: CityId,
    by_name: BTreeMap<&str, Vec<&Return>>,
) -> Option<Districts> {
    let (mut chosen, mut disputed, mut absent): (Vec<(&str, &Return)>, _, _) =
        (Vec::new(), Vec::new(), Vec::new());
    for (name, returns) in by_name {
        let mut now = returns.into_iter().filter(|one| one.period == consolidation.period);
        match now.next() {
            None => absent.push(name.to_owned()),
            Some(first) if now.all(|other| other.figures_alone() == first.figures_alone()) => {
                chosen.push((name, first));
            }
            Some(_) => disputed.push(name.to_owned()),
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let adding = breakdown.indicator_ids().zip(&breakdown.indicators).filter(|(_, found)| found.adds_up());
    let rows = adding
        .filter(|(id, _)| breakdown.target(*id, city).is_some())
        .map(|(id, _)| {
            let parts: Vec<_> = chosen.iter().map(|(_, one)| figure(one, id)).collect();
            let sum = parts
                .iter()
                .try_fold(Decimal::ZERO, |sum, part| part.and_then(|(_, value)| sum.checked_add(value)));
            DistrictRow { indicator: id, parts, sum, own: own(consolidation, id, city) }
        })
        .collect();
    let added = chosen
        .into_iter()
        .map(|(name, one)| District {
            name: name.to_owned(),
            file: one.file.clone(),
            sheet: one.sheet.clone(),
        })
        .collect();
    Some(Districts { city, added, disputed, absent, rows })
}

/// The one figure of an indicator that can be taken as it stands.
fn figure(of: &Return, indicator: IndicatorId) -> Option<(CellRef, Decimal)> {
    let own = || of.figures.iter().filter(|figure| figure.indicator == indicator);
    let values: BTreeSet<Option<Decimal>> = own().map(|figure| figure.value).collect();
    let first = own().next().filter(|_| values.len() == 1)?;
    first.value.filter(|_| first.untaken.is_none()).map(|value| (first.cell, value))
}

fn own(consolidation: &Consolidation, indicator: IndicatorId, city: CityId) -> Option<Decimal> {
    let row = consolidation.rows.iter().find(|row| row.indicator == indicator)?;
    row.entries.iter().find(|entry| entry.city == city)?.done.value()
}

/// C009: both numbers, and what has to be known of the sum.
fn remarks(breakdown: &Breakdown, one: &Districts) -> Vec<Remark> {
    let shown = |value: Option<Decimal>| value.map(|value| value.normalize().to_string()).unwrap_or_default();
    let differing = one.rows.iter().filter(|row| row.differs());
    differing
        .map(|row| {
            let label = breakdown.indicator(row.indicator).map(|found: &Indicator| found.label.as_str());
            let message = format!(
                "{}“{}”市报数 {}，区县合计 {}（{}），{}。请该市核对。",
                breakdown.city(one.city),
                label.unwrap_or_default(),
                shown(row.own),
                shown(row.sum),
                one.added.iter().map(|district| district.name.as_str()).collect::<Vec<_>>().join("、"),
                one.caution(),
            );
            Remark::of(&named::C009, message, Some(one.city))
        })
        .collect()
}
