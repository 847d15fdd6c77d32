//! Several periods side by side: each consolidated for itself, and what changed from one to the next.

use std::collections::BTreeMap;

use super::{Choice, Consolidation, NotReturn, Return, Standing, consolidate_chosen};
use crate::audit::RulesOff;
use crate::breakdown::{Breakdown, CityId, IndicatorId};
use crate::model::{Decimal, Period};

/// The consolidations of one or more periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Of the last of the periods: it accounts for what came in and belongs to none of them.
    pub latest: Consolidation,
    /// Of the periods before, the oldest first.
    pub earlier: Vec<Consolidation>,
}

/// How far an indicator was at the end of a period, over the zone or in one city.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    pub period: Period,
    pub done: Option<Decimal>,
    /// Since the period before in the series.
    pub change: Option<Decimal>,
}

impl Series {
    /// Each of the periods for itself; a return of another period counts nowhere, and is said with the latest.
    /// `None` without a period.
    pub fn of(breakdown: &Breakdown, periods: &[Period], returns: Vec<Return>) -> Option<Self> {
        Self::chosen(breakdown, periods, returns, &Choice::default())
    }

    /// As [`Series::of`], of the returns that the user asks for.
    pub fn chosen(
        breakdown: &Breakdown,
        periods: &[Period],
        returns: Vec<Return>,
        choice: &Choice,
    ) -> Option<Self> {
        let mut periods = periods.to_vec();
        periods.sort_unstable();
        periods.dedup();
        let latest = periods.pop()?;
        let mut by_period: BTreeMap<Period, Vec<Return>> = BTreeMap::new();
        for one in returns {
            let period = if periods.contains(&one.period) { one.period } else { latest };
            by_period.entry(period).or_default().push(one);
        }
        let mut of = |period: Period| {
            consolidate_chosen(breakdown, period, &by_period.remove(&period).unwrap_or_default(), choice)
        };
        let earlier = periods.iter().map(|period| of(*period)).collect();
        Some(Self { latest: of(latest), earlier })
    }

    /// The oldest first.
    pub fn periods(&self) -> impl DoubleEndedIterator<Item = &Consolidation> {
        self.earlier.iter().chain(std::iter::once(&self.latest))
    }

    /// As [`Consolidation::rules_off`], of all periods.
    pub fn rules_off(&self) -> Vec<(&RulesOff, Vec<&str>)> {
        super::rules_off(self.periods())
    }

    /// The stages of an indicator, the oldest first; without a city, of the zone.
    pub fn stages(&self, indicator: IndicatorId, city: Option<CityId>) -> Vec<Stage> {
        let mut before: Option<Decimal> = None;
        self.periods()
            .map(|one| {
                let row = one.rows.iter().find(|row| row.indicator == indicator);
                let done = row.and_then(|row| match city {
                    // A total without one of the cities is not comparable with the next.
                    None => row.zone.done.filter(|_| row.zone.lacking.is_empty()),
                    Some(city) => row.entries.iter().find(|entry| entry.city == city)?.done.value(),
                });
                let change = done.zip(before).and_then(|(now, before)| now.checked_sub(before));
                before = done;
                Stage { period: one.period, done, change }
            })
            .collect()
    }

    /// Where each city stands with its return of each period.
    pub fn board(&self) -> Vec<(CityId, Vec<Standing>)> {
        let standings: Vec<BTreeMap<CityId, Standing>> =
            self.periods().map(Consolidation::standings).collect();
        self.latest
            .cities
            .iter()
            .map(|city| {
                let row = standings.iter().map(|of| of.get(city).copied().unwrap_or(Standing::Missing));
                (*city, row.collect())
            })
            .collect()
    }

    /// What came in and is no return at all.
    pub fn not_returns(&self) -> &[NotReturn] {
        &self.latest.not_returns
    }

    pub fn is_settled(&self) -> bool {
        self.periods().all(Consolidation::is_settled)
    }
}

impl From<Consolidation> for Series {
    fn from(only: Consolidation) -> Self {
        Self { latest: only, earlier: Vec::new() }
    }
}
