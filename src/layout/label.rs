//! Matching a written label to an official one.

use crate::breakdown::{Breakdown, IndicatorId};
use crate::model::{half_width, is_invisible};

/// How a label differs from the official wording, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    None,
    /// Only white space, width, punctuation or invisible characters.
    Spacing,
    /// The wording of the plan's body.
    Alias,
    /// Another wording.
    Wording,
    /// The number inside the label is another one.
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelMatch {
    pub indicator: IndicatorId,
    pub difference: Difference,
    /// Whether no other indicator comes near; a doubtful match needs the unit's consent.
    pub certain: bool,
    /// 1 for the official wording, falling with the distance.
    pub score: f32,
}

/// A label with width, white space, punctuation and invisible characters taken out.
pub fn fold(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).map(half_width).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Matches a label against every indicator. `serial` is the number in the row's 序号 cell, where there is one.
pub fn match_label(text: &str, serial: Option<u32>, breakdown: &Breakdown) -> Option<LabelMatch> {
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    let mut best: Option<LabelMatch> = None;
    let mut second = 0.0f32;
    for id in breakdown.indicator_ids() {
        let Some(indicator) = breakdown.indicator(id) else { continue };
        let mut found = compare(text, &folded, &indicator.label, Difference::Spacing);
        for alias in &indicator.aliases {
            let with_alias = compare(text, &folded, alias, Difference::Alias);
            if with_alias.1 > found.1 {
                // The alias is the nearer wording; only its exact text is the alias.
                let difference = if with_alias.0 <= Difference::Alias { Difference::Alias } else { with_alias.0 };
                found = (difference, with_alias.1 - 0.001);
            }
        }
        let (difference, mut score) = found;
        // The row's number speaks for a near match, never for a far one.
        if serial == Some(indicator.number) && score < 1.0 && score > 0.4 {
            score = (score + 0.08).min(0.999);
        }
        match best {
            Some(top) if score <= top.score => second = second.max(score),
            _ => {
                second = best.map_or(second, |top| second.max(top.score));
                best = Some(LabelMatch { indicator: id, difference, certain: false, score });
            }
        }
    }
    let mut top = best?;
    if top.score < 0.55 || (top.score - second < 0.05 && top.score < 0.999) {
        return None;
    }
    top.certain = top.score >= 0.8 && top.score - second >= 0.12 || top.score >= 0.999;
    Some(top)
}

/// Difference and nearness (0 to 1) of a label and an official wording. Digits count apart from the words: a label
/// whose words agree is that label, with another number in it.
fn compare(text: &str, folded: &str, official: &str, same: Difference) -> (Difference, f32) {
    if text == official {
        return (if same == Difference::Alias { Difference::Alias } else { Difference::None }, 1.0);
    }
    let target = fold(official);
    if folded == target {
        return (same, 1.0);
    }
    let (words, number) = split_digits(folded);
    let (target_words, target_number) = split_digits(&target);
    let nearness = similarity(&words, &target_words);
    if number == target_number {
        (Difference::Wording, nearness * 0.998)
    } else {
        (if number.is_empty() { Difference::Wording } else { Difference::Number }, nearness * 0.97)
    }
}

fn split_digits(text: &str) -> (Vec<char>, String) {
    (text.chars().filter(|c| !c.is_ascii_digit()).collect(), text.chars().filter(char::is_ascii_digit).collect())
}

/// 1 − edit distance ÷ the longer length, in characters; labels over 120 characters are cut.
fn similarity(a: &[char], b: &[char]) -> f32 {
    let (a, b) = (a.get(..a.len().min(120)).unwrap_or(a), b.get(..b.len().min(120)).unwrap_or(b));
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 0.0;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, y) in row.iter_mut().skip(1).zip(b) {
            let up = *slot;
            let next = (diagonal + usize::from(x != y)).min(up + 1).min(left + 1);
            diagonal = up;
            left = next;
            *slot = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    let distance = row.last().copied().unwrap_or(longest);
    #[expect(clippy::cast_precision_loss, reason = "at most 120")]
    let share = distance as f32 / longest as f32;
    1.0 - share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(text: &str, serial: Option<u32>) -> Option<(u32, Difference, bool)> {
        let breakdown = Breakdown::official();
        match_label(text, serial, breakdown).map(|m| (breakdown.indicator(m.indicator).unwrap().number, m.difference, m.certain))
    }

    #[test]
    fn official_labels_match_themselves() {
        for indicator in &Breakdown::official().indicators {
            assert_eq!(matched(&indicator.label, None), Some((indicator.number, Difference::None, true)));
            for alias in &indicator.aliases {
                assert_eq!(matched(alias, None), Some((indicator.number, Difference::Alias, true)), "{alias}");
            }
        }
    }

    #[test]
    fn near_twins_stay_apart() {
        assert_eq!(matched("孵化企业1000家", Some(2)).unwrap().0, 6);
        assert_eq!(matched("培育孵化1000家军民融合科技型中小企业", Some(6)).unwrap().0, 2);
        assert_eq!(matched("转化国家新药创制重大科技专项成果1000项", Some(1)).unwrap().0, 7);
        assert_eq!(matched("推进军民科技成果双向转移转化100项", Some(7)).unwrap(), (1, Difference::Number, true));
    }

    #[test]
    fn says_how_a_label_differs() {
        assert_eq!(matched("孵化企业 1000家", None), Some((6, Difference::Spacing, true)));
        assert_eq!(matched("孵化企业１０００家。", None), Some((6, Difference::Spacing, true)));
        assert_eq!(matched("布局建设10个环高校知识经济园", None), Some((3, Difference::Wording, true)));
        assert_eq!(matched("合计", None), None);
        assert_eq!(matched("技术合同交易额突破700亿元", Some(8)), None);
    }
}
