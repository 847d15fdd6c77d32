//! What is known of earlier periods, by city: a return is held against its own city's, however many others there are.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::audit::{Reported, history};
use crate::breakdown::{CityId, IndicatorId};
use crate::model::{Decimal, Half, Period};

/// Reports by city, and no more of each period than an audit makes use of, however often one was sent in.
#[derive(Debug, Default)]
pub struct Known {
    by_city: BTreeMap<CityId, Arc<Vec<Reported>>>,
}

impl Known {
    pub fn of(reports: Vec<Reported>) -> Self {
        const EVER: Period = Period { year: u16::MAX, half: Half::December };
        let mut by_city: BTreeMap<CityId, Vec<Reported>> = BTreeMap::new();
        for report in reports {
            by_city.entry(report.city).or_default().push(report);
        }
        let in_use = |(city, reports): (CityId, Vec<Reported>)| {
            let of_periods = history(&reports, city, EVER).into_iter();
            let kept = of_periods.flat_map(|(_, known)| known.map_or_else(at_odds, |one| vec![one.clone()]));
            (city, Arc::new(kept.collect()))
        };
        Self { by_city: by_city.into_iter().map(in_use).collect() }
    }

    /// Whether there is anything of a city before a period.
    pub fn reaches(&self, city: CityId, period: Period) -> bool {
        self.by_city.get(&city).is_some_and(|reports| reports.iter().any(|report| report.period < period))
    }

    /// What there is of cities, in their order.
    pub fn about(&self, cities: &[CityId]) -> Arc<Vec<Reported>> {
        let mut cities = cities.to_vec();
        cities.sort_unstable();
        cities.dedup();
        let mut found = cities.iter().filter_map(|city| self.by_city.get(city));
        match (found.next(), found.next()) {
            (Some(reports), None) => Arc::clone(reports),
            (one, other) => {
                let all = one.into_iter().chain(other).chain(found);
                Arc::new(all.flat_map(|reports| reports.iter().cloned()).collect())
            }
        }
    }
}

/// Two of the reports that disagree, or one that disagrees with itself: enough for none to be used.
fn at_odds(reports: Vec<&Reported>) -> Vec<Reported> {
    let mut stated: BTreeMap<IndicatorId, (usize, Decimal)> = BTreeMap::new();
    for (at, report) in reports.iter().enumerate() {
        for (indicator, figure) in report.figures.iter().filter_map(|(id, figure)| Some((*id, (*figure)?))) {
            match stated.entry(indicator) {
                Entry::Vacant(entry) => drop(entry.insert((at, figure))),
                Entry::Occupied(entry) if entry.get().1 == figure => {}
                Entry::Occupied(entry) => {
                    let first = reports.get(entry.get().0).filter(|_| entry.get().0 != at);
                    return first.into_iter().chain([report]).map(|report| (*report).clone()).collect();
                }
            }
        }
    }
    reports.into_iter().cloned().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn report(city: usize, period: &str, file: &str, figures: &[Option<i64>]) -> Reported {
        let figures =
            figures.iter().enumerate().map(|(at, figure)| (IndicatorId(at), figure.map(Decimal::from)));
        Reported {
            city: CityId(city),
            period: period.parse().unwrap(),
            file: file.to_owned(),
            figures: figures.collect(),
        }
    }

    /// Whatever an audit asks for has the same answer from what is kept as from all of it.
    #[test]
    fn what_is_kept_says_the_same() {
        let all = vec![
            report(0, "2018-06", "a", &[Some(1), None]),
            report(0, "2018-06", "b", &[Some(1), Some(2)]),
            report(0, "2018-06", "c", &[Some(1), Some(2)]),
            report(0, "2018-12", "d", &[Some(3)]),
            report(0, "2018-12", "e", &[Some(3)]),
            report(0, "2018-12", "f", &[Some(4)]),
            report(1, "2018-06", "g", &[Some(5)]),
        ];
        let known = Known::of(all.clone());
        assert_eq!(known.about(&[CityId(0)]).len(), 3);
        assert_eq!(known.about(&[CityId(1), CityId(0), CityId(1)]).len(), 4);
        let before: Period = "2019-06".parse().unwrap();
        for city in [CityId(0), CityId(1), CityId(2)] {
            let told = |reports: &[Reported]| -> Vec<_> {
                let history = history(reports, city, before);
                history.into_iter().map(|(at, one)| (at, one.ok().map(|one| one.file.clone()))).collect()
            };
            assert_eq!(told(&known.about(&[city])), told(&all), "{city:?}");
        }
        assert!(known.reaches(CityId(0), before) && !known.reaches(CityId(2), before));
        assert!(!known.reaches(CityId(1), "2018-06".parse().unwrap()));
    }
}
