//! A share as people write it. Knows no rule.

use rust_decimal::RoundingStrategy;

use crate::model::Decimal;

/// As many decimals of a percentage as a stored double holds.
const MOST_PLACES: u32 = 14;

/// A share as a percentage with so many decimals: 70.0%.
pub fn percent(share: Decimal, places: u32) -> String {
    let places = places.min(MOST_PLACES);
    let rounded = share.saturating_mul(Decimal::ONE_HUNDRED).round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.*}%", places as usize)
}
