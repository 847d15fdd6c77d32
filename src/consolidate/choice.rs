//! What of the returns is put together, by the user's word.

use std::collections::BTreeSet;

use super::Standing;
use crate::breakdown::{Breakdown, CityId};

/// The cities and states that are asked for; all of them where none is named.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Choice {
    pub cities: BTreeSet<CityId>,
    pub states: BTreeSet<Standing>,
}

/// Why a city's returns are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchosen {
    /// The city was not asked for.
    City,
    /// Its return is in another state than those asked for.
    State(Standing),
}

impl Choice {
    pub fn is_everything(&self) -> bool {
        self.cities.is_empty() && self.states.is_empty()
    }

    pub fn takes_city(&self, city: CityId) -> bool {
        self.cities.is_empty() || self.cities.contains(&city)
    }

    /// Why the returns of a city in this state are passed over, if they are.
    pub(super) fn passes_over(&self, city: CityId, standing: Standing) -> Option<Unchosen> {
        if !self.takes_city(city) {
            Some(Unchosen::City)
        } else if !self.states.is_empty() && !self.states.contains(&standing) {
            Some(Unchosen::State(standing))
        } else {
            None
        }
    }

    /// 只汇总成都市、绵阳市中已审的报表; nothing where everything is asked for.
    pub fn words(&self, breakdown: &Breakdown) -> Option<String> {
        let cities: Vec<&str> = self.cities.iter().map(|city| breakdown.city(*city)).collect();
        let states: Vec<&str> = self.states.iter().rev().map(|state| state.chinese()).collect();
        let cities = cities.join("、");
        match (cities.is_empty(), states.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("按选择只汇总{cities}")),
            (true, false) => Some(format!("按选择只汇总{}的报表", states.join("、"))),
            (false, false) => Some(format!("按选择只汇总{cities}中{}的报表", states.join("、"))),
        }
    }
}
