//! A sentence in the making, with what each of its numbers rests on.

use crate::consolidate::Source;
use crate::model::{Decimal, Period};

/// A sentence, and every number that it says.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Sentence {
    pub text: String,
    pub figures: Vec<Stated>,
}

/// A number or a piece of another text, as the sentence writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    pub written: String,
    /// 完成, 目标, 完成率, 个数, …
    pub what: &'static str,
    /// The cells that it was taken or computed from; none for what stands in the breakdown or was counted.
    pub from: Vec<(Period, Source)>,
}

/// A cell that a number is taken from, and the period of its return.
pub type From<'a> = (Period, &'a Source);

impl Sentence {
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned(), figures: Vec::new() }
    }

    pub fn say(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A number that is taken or computed from cells.
    pub fn state(&mut self, what: &'static str, written: String, from: &[From<'_>]) -> &mut Self {
        self.say(&written);
        let from = from.iter().map(|(period, source)| (*period, (*source).clone())).collect();
        self.figures.push(Stated { written, what, from });
        self
    }

    /// What holds a number and rests on no cell.
    pub fn plain(&mut self, what: &'static str, written: String) -> &mut Self {
        self.state(what, written, &[])
    }

    /// 三项, 两个市.
    pub fn count(&mut self, number: usize, of: &str) -> &mut Self {
        self.plain("个数", counted(number, of))
    }

    pub fn period(&mut self, period: Period) -> &mut Self {
        self.plain("报告期", period.chinese())
    }

    pub fn append(&mut self, other: Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.figures.extend(other.figures);
        self
    }

    /// Several parts with a sign between them and one at the end.
    pub fn joined(parts: Vec<Self>, between: &str, end: &str) -> Self {
        let mut whole = Self::default();
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                whole.say(between);
            }
            whole.append(part);
        }
        whole.say(end);
        whole
    }
}

/// As official texts count things: in words up to ten.
fn counted(number: usize, of: &str) -> String {
    const WORDS: [&str; 10] = ["一", "两", "三", "四", "五", "六", "七", "八", "九", "十"];
    let word = number.checked_sub(1).and_then(|at| WORDS.get(at));
    word.map_or_else(|| format!("{number}{of}"), |word| format!("{word}{of}"))
}

/// 一, 二, 三 … of headings; in digits beyond ninety-nine.
pub fn ordinal(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |of: usize| DIGITS.get(of).copied().unwrap_or_default();
    match (number / 10, number % 10) {
        (0, one) => digit(one).to_owned(),
        (1, one) => format!("十{}", digit(one)),
        (ten @ 2..=9, one) => format!("{}十{}", digit(ten), digit(one)),
        _ => number.to_string(),
    }
}

/// As it stands, without noughts that say nothing.
pub fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}
