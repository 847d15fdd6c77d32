//! The one way in which decimals are built, rounded and printed: bounded, and without an end by panic.
//!
//! `rust_decimal` panics on a scale beyond 28, on overflow, and where a printed number does not fit its buffer. What
//! could do so is disallowed outside this file (`clippy.toml`).

use rust_decimal::prelude::FromPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// Digits behind the point that a decimal can hold.
const MOST_PLACES: u32 = Decimal::MAX_SCALE;

/// Digits behind the point that are ever printed; spreadsheet programs show 30 at most.
const MOST_PRINTED: usize = 30;

/// A whole number, as a constant.
#[expect(clippy::disallowed_methods, reason = "a scale of nought is always in range")]
pub const fn whole(number: u32) -> Decimal {
    Decimal::from_parts(number, 0, 0, false, 0)
}

/// `digits` with `places` of them behind the point: 5 with 3 is 0.005. Nought where that is too small to be held.
pub fn fraction(digits: u32, places: u32) -> Decimal {
    Decimal::try_new(i64::from(digits), places).unwrap_or_default()
}

/// A double as the decimal it is written as; `None` where it is none or has too many digits.
pub fn decimal(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    let text = format!("{number}");
    text.parse().ok().or_else(|| Decimal::from_f64(number))
}

/// The sum of decimals; the largest number there is where it is beyond that.
pub fn total<'d>(numbers: impl IntoIterator<Item = &'d Decimal>) -> Decimal {
    numbers.into_iter().fold(Decimal::ZERO, |sum, number| sum.saturating_add(*number))
}

/// Points of a hundred as a share: 70 is 0.7.
pub fn hundredth(number: Decimal) -> Decimal {
    number.checked_div(Decimal::ONE_HUNDRED).unwrap_or_default()
}

/// Rounded to so many places, a half away from nought, as spreadsheet programs do.
#[expect(clippy::disallowed_methods, reason = "the one place")]
pub fn rounded(number: Decimal, places: u32) -> Decimal {
    number.round_dp_with_strategy(places.min(MOST_PLACES), RoundingStrategy::MidpointAwayFromZero)
}

/// With exactly so many places, 30 at most: 70 with one is `70.0`.
pub fn printed(number: Decimal, places: usize) -> String {
    let places = places.min(MOST_PRINTED);
    let mut text = rounded(number, u32::try_from(places).unwrap_or(MOST_PLACES)).to_string();
    let there = text.split_once('.').map_or(0, |(_, behind)| behind.len());
    if there == 0 && places > 0 {
        text.push('.');
    }
    text.extend(std::iter::repeat_n('0', places.saturating_sub(there)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_printed_with_every_number_of_places() {
        for (number, places, text) in [
            ("70", 1, "70.0"),
            ("69.95", 1, "70.0"),
            ("-0.25", 1, "-0.3"),
            ("600", 0, "600"),
            ("0.31666666666666666666666666", 26, "0.31666666666666666666666666"),
            ("3", 22, "3.0000000000000000000000"),
        ] {
            assert_eq!(printed(number.parse().unwrap(), places), text);
        }
        for number in [Decimal::MAX, Decimal::MIN, fraction(1, 28), Decimal::ZERO] {
            for places in [0, 1, 28, 29, 30, 31, 255, usize::MAX] {
                assert!(printed(number, places).len() <= 62);
            }
        }
    }

    #[test]
    fn a_fraction_too_small_is_nought() {
        assert_eq!(fraction(5, 3).to_string(), "0.005");
        assert_eq!(fraction(5, 29), Decimal::ZERO);
        assert_eq!(fraction(u32::MAX, u32::MAX), Decimal::ZERO);
        assert_eq!(whole(10_000).to_string(), "10000");
    }

    #[test]
    fn doubles_become_the_decimals_they_are_written_as() {
        assert_eq!(decimal(0.1), Some(fraction(1, 1)));
        for number in [f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, 1e29] {
            assert_eq!(decimal(number), None);
        }
        assert_eq!(decimal(f64::MIN_POSITIVE).map(|n| n.is_zero()), Some(true));
    }
}
