//! How far a figure is beside the elapsed share of the plan. Compares exactly, rounds only what it prints.

use crate::breakdown::{Breakdown, Plan, Relation};
use crate::model::{Decimal, Period, rounded, whole};

use super::sentence::plain;

/// 时间进度: the share of the plan's months that has passed at the end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elapsed {
    /// From the first month of the first year, evenly.
    Share { from: u16, to: u16, share: Decimal },
    /// The period lies before the plan.
    Before { from: u16, to: u16 },
    /// Nobody has said when the plan begins and ends.
    Unknown,
}

impl Elapsed {
    pub fn of(breakdown: &Breakdown, period: Period) -> Self {
        let Some(Plan { years: (from, to), .. }) = breakdown.plan else { return Self::Unknown };
        if to < from {
            return Self::Unknown;
        }
        if period.year < from {
            return Self::Before { from, to };
        }
        let years = |count: u16| u32::from(count).saturating_mul(12);
        let passed = years(period.year.saturating_sub(from)).saturating_add(u32::from(period.month()));
        let all = years(to.saturating_sub(from).saturating_add(1));
        let share = whole(passed.min(all)).checked_div(whole(all)).unwrap_or_default();
        Self::Share { from, to, share }
    }

    pub const fn share(self) -> Option<Decimal> {
        match self {
            Self::Share { share, .. } => Some(share),
            Self::Before { .. } | Self::Unknown => None,
        }
    }
}

/// What a figure is beside its target and the elapsed share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The target is reached.
    Done,
    Ahead,
    Level,
    Behind,
    /// Nothing done yet, and behind.
    Zero,
    /// There is nothing to compare with.
    Open,
}

impl Verdict {
    pub fn of(done: Decimal, target: Decimal, relation: Relation, elapsed: Elapsed) -> Self {
        // Of a ceiling, or of nothing to do, no share can be done.
        if relation == Relation::AtMost || target <= Decimal::ZERO {
            return Self::Open;
        }
        if done >= target {
            return Self::Done;
        }
        let due = elapsed.share().and_then(|share| share.checked_mul(target));
        // A third of the months is no finite decimal.
        let near = |due: Decimal| rounded(due, 9).cmp(&rounded(done, 9));
        match due.map(near) {
            _ if done.is_zero() && elapsed.share().is_none_or(|share| !share.is_zero()) => Self::Zero,
            None => Self::Open,
            Some(std::cmp::Ordering::Less) => Self::Ahead,
            Some(std::cmp::Ordering::Equal) => Self::Level,
            Some(std::cmp::Ordering::Greater) => Self::Behind,
        }
    }
}

/// 完成率 in percent, as it is printed: one place, more where that would say 0%, 100% or the elapsed share and it is
/// not.
pub fn percent(share: Decimal, beside: Option<Decimal>) -> String {
    let exact = share.checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default();
    let marks = [
        Some(Decimal::ZERO),
        Some(Decimal::ONE_HUNDRED),
        beside.and_then(|b| b.checked_mul(Decimal::ONE_HUNDRED)),
    ];
    let says_another = |text: Decimal, places: u32| {
        marks
            .iter()
            .flatten()
            .any(|mark| rounded(*mark, places) == text && rounded(*mark, 9) != rounded(exact, 9))
    };
    let places = (1..=4).find(|places| !says_another(rounded(exact, *places), *places)).unwrap_or(4);
    format!("{}%", plain(rounded(exact, places)))
}

/// How many points two shares are apart, as their printed forms are; nothing where that is less than can be printed.
pub fn points(share: Decimal, other: Decimal) -> Option<String> {
    let shown = |of: Decimal| rounded(of.checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default(), 1);
    let apart = shown(share).checked_sub(shown(other))?.abs();
    (!apart.is_zero()).then(|| plain(apart))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fraction;

    fn elapsed(period: &str) -> Elapsed {
        Elapsed::of(Breakdown::official(), period.parse().unwrap())
    }

    #[test]
    fn the_elapsed_share_is_that_of_the_months() {
        assert_eq!(elapsed("2019-06").share(), Some(fraction(5, 1)));
        assert_eq!(elapsed("2020-12").share(), Some(Decimal::ONE));
        assert_eq!(elapsed("2023-06").share(), Some(Decimal::ONE));
        assert_eq!(elapsed("2017-12"), Elapsed::Before { from: 2018, to: 2020 });
        assert_eq!(percent(elapsed("2018-06").share().unwrap(), None), "16.7%");
    }

    #[test]
    fn a_figure_is_level_only_where_it_is_exactly() {
        let of = |done, period| Verdict::of(whole(done), whole(600), Relation::Equal, elapsed(period));
        assert_eq!(of(300, "2019-06"), Verdict::Level);
        assert_eq!(of(299, "2019-06"), Verdict::Behind);
        assert_eq!(of(301, "2019-06"), Verdict::Ahead);
        assert_eq!(of(100, "2018-06"), Verdict::Level);
        assert_eq!(of(600, "2018-06"), Verdict::Done);
        assert_eq!(of(0, "2018-06"), Verdict::Zero);
        assert_eq!(Verdict::of(whole(3), whole(600), Relation::AtMost, elapsed("2019-06")), Verdict::Open);
    }

    #[test]
    fn a_rate_never_says_what_it_is_not() {
        let half = Some(fraction(5, 1));
        assert_eq!(percent(fraction(477, 3), half), "47.7%");
        assert_eq!(percent(fraction(49_996, 5), half), "49.996%");
        assert_eq!(percent(fraction(99_999, 5), half), "99.999%");
        assert_eq!(percent(Decimal::ONE, half), "100%");
        assert_eq!(percent(fraction(1, 5), half), "0.001%");
        assert_eq!(points(fraction(477, 3), fraction(5, 1)).as_deref(), Some("2.3"));
        assert_eq!(points(fraction(49_996, 5), fraction(5, 1)), None);
    }
}
