//! Slips of the hand: how a number that was written came from the one that was meant.

use crate::model::Decimal;

/// The slip that makes `written` of `meant`, in words: a sign, a zero too many or too few, digits exchanged, a digit
/// doubled or lost. `None` where no single slip does.
pub fn slip_of_hand(written: Decimal, meant: Decimal) -> Option<&'static str> {
    if written == meant {
        return None;
    }
    if written == -meant {
        return Some("多了负号");
    }
    if written == meant.saturating_mul(Decimal::TEN) {
        return Some("多打了一个 0");
    }
    if written.saturating_mul(Decimal::TEN) == meant {
        return Some("少打了一个 0");
    }
    let (written, meant) = (written.normalize().to_string(), meant.normalize().to_string());
    let sorted = |text: &str| {
        let mut chars: Vec<char> = text.chars().collect();
        chars.sort_unstable();
        chars
    };
    // All but one character of the longer one, in order.
    let lacks_one = |longer: &str, shorter: &str| {
        longer.len() == shorter.len() + 1
            && (0..longer.len())
                .any(|i| longer.char_indices().filter(|(at, _)| *at != i).map(|(_, c)| c).eq(shorter.chars()))
    };
    if written.len() == meant.len() && sorted(&written) == sorted(&meant) {
        Some("数字前后颠倒")
    } else if written.strip_prefix('-') == Some(meant.as_str()) {
        Some("多了负号")
    } else if lacks_one(&written, &meant) {
        Some("多打了一位")
    } else if lacks_one(&meant, &written) {
        Some("少打了一位")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_slip() {
        for (written, meant, said) in [
            ("240", "420", Some("数字前后颠倒")),
            ("39", "395", Some("少打了一位")),
            ("4200", "420", Some("多打了一个 0")),
            ("42", "420", Some("少打了一个 0")),
            ("4220", "420", Some("多打了一位")),
            ("-5", "5", Some("多了负号")),
            ("420", "420", None),
            ("460", "420", None),
        ] {
            assert_eq!(
                slip_of_hand(written.parse().unwrap(), meant.parse().unwrap()),
                said,
                "{written} {meant}"
            );
        }
    }
}
