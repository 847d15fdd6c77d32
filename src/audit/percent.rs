//! A share as people write it. Knows no rule.

use crate::model::{Decimal, printed};

/// As many decimals of a percentage as a stored double holds.
const MOST_PLACES: u32 = 14;

/// A share as a percentage with so many decimals: 70.0%.
pub fn percent(share: Decimal, places: u32) -> String {
    let places = places.min(MOST_PLACES);
    format!("{}%", printed(share.saturating_mul(Decimal::ONE_HUNDRED), places as usize))
}
