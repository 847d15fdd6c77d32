//! Where a city stands with its return of a period: 缺报, 退回, 待定, 待说明, 已重报 or 已审.

use std::collections::BTreeMap;

use super::{Consolidation, Why};
use crate::breakdown::CityId;

/// The state of a city's return of one period, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing came in.
    Missing,
    /// It came in with open 错误 and goes back.
    SentBack,
    /// Several came in that disagree, and nobody has said which one counts.
    Disputed,
    /// In the totals, with 警示 that nobody has explained or figures that could not be taken.
    Unexplained,
    /// In the totals, with nothing open, after another one of the period had to go back.
    Resubmitted,
    /// In the totals, with nothing open.
    Settled,
}

impl Standing {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Missing => "缺报",
            Self::SentBack => "退回",
            Self::Disputed => "重报待定",
            Self::Unexplained => "待说明",
            Self::Resubmitted => "已重报",
            Self::Settled => "已审",
        }
    }

    /// What the lead office does about it; nothing where nothing is left to do.
    pub const fn todo(self) -> &'static str {
        match self {
            Self::Missing => "请催报",
            Self::SentBack => "请退回改正后重报",
            Self::Disputed => "请填报单位确认以哪份为准",
            Self::Unexplained => "请填报单位说明或改正",
            Self::Resubmitted | Self::Settled => "",
        }
    }
}

/// The states that a return can be in when it is used, by the words for them.
pub fn usable(word: &str) -> Option<&'static [Standing]> {
    match word {
        // What was sent again is through all the same.
        "已审" => Some(&[Standing::Resubmitted, Standing::Settled]),
        "已重报" => Some(&[Standing::Resubmitted]),
        "待说明" | "已报" => Some(&[Standing::Unexplained]),
        _ => None,
    }
}

impl Consolidation {
    /// The state of every city.
    pub fn standings(&self) -> BTreeMap<CityId, Standing> {
        let mut of: BTreeMap<CityId, Standing> =
            self.cities.iter().map(|city| (*city, Standing::Missing)).collect();
        let mut at_least = |city: CityId, standing: Standing| {
            if let Some(known) = of.get_mut(&city) {
                *known = standing.max(*known);
            }
        };
        for out in self.kept_out.iter().filter(|out| out.period == self.period) {
            match out.why {
                Why::OpenErrors { .. } => at_least(out.city, Standing::SentBack),
                Why::Conflict { .. } => at_least(out.city, Standing::Disputed),
                Why::NotChosen { standing, .. } => at_least(out.city, standing),
                _ => {}
            }
        }
        for used in &self.used {
            let open =
                used.open_problems().next().is_some() || self.lost().any(|left| left.city == used.city);
            let again = self.kept_out.iter().any(|out| {
                let replaced = matches!(out.why, Why::OpenErrors { .. } | Why::NotPreferred { .. });
                out.city == used.city && out.period == self.period && replaced
            });
            at_least(
                used.city,
                match (open, again) {
                    (true, _) => Standing::Unexplained,
                    (false, true) => Standing::Resubmitted,
                    (false, false) => Standing::Settled,
                },
            );
        }
        of
    }
}
