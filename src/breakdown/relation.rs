//! How the cities' targets relate to an indicator's total.

use crate::model::Decimal;

/// How the cities' targets relate to the indicator's total. The words are those of plans and of `breakdown.csv`.
///
/// Every relation but 等于 and 不超过 is a lower bound that may be met exactly: the plan's annex itself gives
/// 超过800家 to cities whose targets add up to 800.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// 等于: the cities add up to the total, no more and no less.
    Equal,
    /// 超过: the cities add up to the total or more.
    Above,
    /// 不少于 (不低于, 至少, 以上): the cities add up to the total or more.
    AtLeast,
    /// 突破: the cities add up to the total or more.
    Breaking,
    /// 达到: the cities add up to the total or more.
    Reaching,
    /// 不超过 (不高于, 以内): the cities add up to the total or less.
    AtMost,
}

impl Relation {
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::Above, Self::AtLeast, Self::Breaking, Self::Reaching, Self::AtMost];

    /// The word in `breakdown.csv`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "等于",
            Self::Above => "超过",
            Self::AtLeast => "不少于",
            Self::Breaking => "突破",
            Self::Reaching => "达到",
            Self::AtMost => "不超过",
        }
    }

    /// The relation of a word in `breakdown.csv`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.word() == word)
    }

    /// Whether a sum of the cities agrees with the total.
    pub fn holds(self, sum: Decimal, total: Decimal) -> bool {
        match self {
            Self::Equal => sum == total,
            Self::AtMost => sum <= total,
            Self::Above | Self::AtLeast | Self::Breaking | Self::Reaching => sum >= total,
        }
    }
}
