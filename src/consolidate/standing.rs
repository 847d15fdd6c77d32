//! Where a city stands with its return of a period: 缺报, 退回, 待定, 待说明 or 已审.

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
            Self::Settled => "已审",
        }
    }

    /// What the lead office does about it; nothing where nothing is left to do.
    pub const fn todo(self) -> &'static str {
        match self {
            Self::Missing => "请催报",
            Self::SentBack => "请退回更正后重报",
            Self::Disputed => "请报送单位确认以哪份为准",
            Self::Unexplained => "请报送单位说明或改正",
            Self::Settled => "",
        }
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
                Why::OpenErrors(_) => at_least(out.city, Standing::SentBack),
                Why::Conflict { .. } => at_least(out.city, Standing::Disputed),
                _ => {}
            }
        }
        for used in &self.used {
            let open =
                used.open_problems().next().is_some() || self.lost().any(|left| left.city == used.city);
            at_least(used.city, if open { Standing::Unexplained } else { Standing::Settled });
        }
        of
    }
}
