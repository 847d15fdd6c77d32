//! Quantities as people write them: `600项`, `６００`, `三百`, `1,600`, `0.2万`, `约600`, `4OO`.
//!
//! One parser for every cell. It says which number is meant, with which unit, and what was unusual about the
//! writing; it never decides whether the number is right.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::Value;

/// What a cell's writing means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// Nothing, or only spaces.
    Blank,
    /// `/` or another mark for 不适用.
    NotApplicable,
    /// One number, beyond doubt.
    Number(Decimal),
    /// A number that had to be guessed from letters that look like digits.
    Guessed(Decimal),
    /// Something about a number, but not one number.
    Inexact(Inexact),
    /// `#REF!` and its kin.
    Error,
    /// Words, dates, codes.
    Words,
}

/// Why a text with a number in it is not one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inexact {
    /// 约600, 600余, 600左右.
    About,
    /// ≥600, 超过600, 600以上.
    Bound,
    /// 500-600.
    Interval,
    /// 600（含在建）.
    Annotated,
}

/// What was unusual about the writing, most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// A letter for a digit: 4OO.
    Letter,
    /// A magnitude: 0.2万, 2千.
    Magnitude,
    /// 三百, 叁佰, 〇.
    ChineseNumeral,
    /// ６００.
    FullWidth,
    /// 1,600.
    Separators,
    /// 6E2.
    Scientific,
    /// A leading apostrophe that became part of the text.
    Apostrophe,
    /// Characters that leave no mark on screen.
    Invisible,
    /// Stray spaces, a stray sign or full stop.
    Stray,
}

/// A cell's writing, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub meaning: Meaning,
    /// The unit as written, without brackets; `%` for a percentage.
    pub unit: Option<String>,
    /// Sorted, without repeats. Empty for `600`, `600项` and `/`.
    pub oddities: Vec<Oddity>,
}

impl Written {
    fn plain(meaning: Meaning) -> Self {
        Self { meaning, unit: None, oddities: Vec::new() }
    }

    /// The number meant, certain or guessed.
    pub const fn number(&self) -> Option<Decimal> {
        match self.meaning {
            Meaning::Number(number) | Meaning::Guessed(number) => Some(number),
            _ => None,
        }
    }

    /// The number meant, where there is no doubt.
    pub const fn certain(&self) -> Option<Decimal> {
        match self.meaning {
            Meaning::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// Reads a stored value.
pub fn read_value(value: &Value) -> Written {
    match value {
        Value::Empty => Written::plain(Meaning::Blank),
        // The shortest decimal that reads back as the same double: 0.1 + 0.2 is 0.30000000000000004, as stored.
        Value::Number(number) => Written::plain(decimal(*number).map_or(Meaning::Words, Meaning::Number)),
        Value::Text(text) => read_quantity(text),
        Value::Bool(_) => Written::plain(Meaning::Words),
        Value::Error(_) => Written::plain(Meaning::Error),
    }
}

/// A double as the decimal it is written as.
pub fn decimal(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    let text = format!("{number}");
    text.parse().ok().or_else(|| Decimal::from_f64(number))
}

/// Marks that people use for 不适用; the official one is `/`.
const NOT_APPLICABLE: &[&str] = &[
    "/",
    "\\",
    "-",
    "--",
    "---",
    "—",
    "——",
    "–",
    "―",
    "－",
    "─",
    "──",
    "一一",
    "无",
    "N/A",
    "n/a",
    "NA",
    "N.A.",
    "不适用",
    "不涉及",
    "无任务",
    "×",
    "*",
    "//",
    "／／",
];

/// Reads a text as a quantity. Never fails: what is no quantity is [`Meaning::Words`].
pub fn read_quantity(text: &str) -> Written {
    let mut oddities = Vec::new();
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let trimmed = visible.trim();
    if visible.len() != text.len() {
        oddities.push(Oddity::Invisible);
    }
    if trimmed.len() != visible.len() {
        oddities.push(Oddity::Stray);
    }
    if trimmed.is_empty() {
        return Written { meaning: Meaning::Blank, unit: None, oddities };
    }
    if trimmed.chars().count() > 64 {
        return Written { meaning: Meaning::Words, unit: None, oddities };
    }
    let mut folded = String::new();
    for c in trimmed.chars() {
        let half = half_width(c);
        if half != c
            && (half.is_ascii_digit() || matches!(half, '.' | ',' | '%' | '+' | '-' | '/'))
            && !oddities.contains(&Oddity::FullWidth)
        {
            oddities.push(Oddity::FullWidth);
        }
        folded.push(half);
    }
    if folded == "/" || NOT_APPLICABLE.contains(&trimmed) || NOT_APPLICABLE.contains(&folded.as_str()) {
        return Written { meaning: Meaning::NotApplicable, unit: None, oddities };
    }
    if folded.starts_with('#') && folded.ends_with(['!', '?', 'A']) {
        return Written { meaning: Meaning::Error, unit: None, oddities };
    }
    let mut rest = folded.as_str();
    if let Some(bare) = rest.strip_prefix(['\'', '’', '‘', '`']) {
        oddities.push(Oddity::Apostrophe);
        rest = bare.trim_start();
    }
    let (meaning, unit) = read_folded(rest, &mut oddities);
    oddities.sort_unstable();
    oddities.dedup();
    Written { meaning, unit, oddities }
}

const ABOUT_BEFORE: &[&str] = &["大约", "约为", "约", "将近", "接近", "近", "大概", "估计", "预计", "逾", "~", "〜", "≈"];
const BOUND_BEFORE: &[&str] = &[
    "不少于",
    "不低于",
    "不超过",
    "不多于",
    "至少",
    "至多",
    "超过",
    "超",
    "多于",
    "少于",
    "大于",
    "小于",
    "突破",
    "达到",
    "≥",
    "≤",
    ">=",
    "<=",
    ">",
    "<",
];
const ABOUT_AFTER: &[&str] = &["左右", "上下", "余", "多", "来", "几"];
const BOUND_AFTER: &[&str] = &["以上", "以下", "以内", "+"];

fn read_folded(text: &str, oddities: &mut Vec<Oddity>) -> (Meaning, Option<String>) {
    let mut rest = text.trim();
    let mut inexact = None;
    for (words, kind) in [(BOUND_BEFORE, Inexact::Bound), (ABOUT_BEFORE, Inexact::About)] {
        if let Some(after) = words.iter().find_map(|word| rest.strip_prefix(word)) {
            inexact = Some(kind);
            rest = after.trim_start();
        }
    }
    // A unit put before the number: 项600.
    let mut unit_before = None;
    if !starts_number(rest) {
        let split = rest.char_indices().find(|(at, _)| starts_number(rest.get(*at..).unwrap_or(""))).map(|(at, _)| at);
        let Some((before, after)) = split.and_then(|at| rest.split_at_checked(at)) else { return (Meaning::Words, None) };
        let Some(word) = as_unit(before) else { return (Meaning::Words, None) };
        unit_before = Some(word);
        rest = after;
        oddities.push(Oddity::Stray);
    }
    let Some((number, guessed, after)) = read_number(rest, oddities) else { return (Meaning::Words, None) };
    let mut after = after;
    let spaced = after.trim_start();
    if spaced.len() != after.len() {
        after = spaced;
        if !after.is_empty() {
            oddities.push(Oddity::Stray);
        }
    }
    if let Some(word) = ABOUT_AFTER.iter().find(|word| after.starts_with(**word)) {
        inexact = Some(Inexact::About);
        after = after.strip_prefix(word).unwrap_or("");
    }
    // A second number after a dash: an interval.
    if let Some(second) = ["-", "~", "〜", "—", "–", "至", "到", "―"].iter().find_map(|dash| after.strip_prefix(dash))
        && starts_number(second.trim_start())
        && read_number(second.trim_start(), &mut Vec::new()).is_some()
    {
        return (Meaning::Inexact(Inexact::Interval), None);
    }
    let mut tail = after.trim();
    let without_stop = tail.trim_end_matches(['.', '。', ',', '，', ';', '；', '、']);
    if without_stop.len() != tail.len() {
        oddities.push(Oddity::Stray);
        tail = without_stop.trim_end();
    }
    for (words, kind) in [(ABOUT_AFTER, Inexact::About), (BOUND_AFTER, Inexact::Bound)] {
        if let Some(before) = words.iter().find_map(|word| tail.strip_suffix(word)) {
            inexact = inexact.or(Some(kind));
            tail = before.trim_end();
        }
    }
    let unit = match tail {
        "" => None,
        tail => match as_unit(tail) {
            Some(unit) => Some(unit),
            None if inexact.is_some() => return (Meaning::Inexact(inexact.unwrap_or(Inexact::About)), None),
            None if tail.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '/' | '年' | '月' | '日' | ':')) => {
                return (Meaning::Words, None);
            }
            None => return (Meaning::Inexact(Inexact::Annotated), None),
        },
    };
    if matches!(unit.as_deref(), Some("年" | "月" | "日" | "号" | "时")) {
        return (Meaning::Words, None);
    }
    let unit = unit.or(unit_before);
    match inexact {
        Some(kind) => (Meaning::Inexact(kind), unit),
        None if guessed => (Meaning::Guessed(number), unit),
        None => (Meaning::Number(number), unit),
    }
}

/// A short word that can be a unit, brackets taken off.
fn as_unit(text: &str) -> Option<String> {
    let bare = text.trim();
    let bare =
        bare.strip_prefix(['(', '[', '【', '〔']).and_then(|inside| inside.strip_suffix([')', ']', '】', '〕'])).unwrap_or(bare).trim();
    if bare == "%" {
        return Some("%".to_owned());
    }
    let short = (1..=4).contains(&bare.chars().count());
    (short && bare.chars().all(|c| c.is_alphabetic() && !c.is_ascii() && chinese_digit(c).is_none())).then(|| bare.to_owned())
}

fn is_letter_digit(c: char) -> Option<char> {
    Some(match c {
        'O' | 'o' | 'Q' | 'D' | 'О' | 'о' | 'Ο' | 'ο' => '0',
        'l' | 'I' | 'i' | '|' | 'І' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'b' => '6',
        'B' => '8',
        'q' | 'g' => '9',
        _ => return None,
    })
}

fn starts_number(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if c.is_ascii_digit() || chinese_digit(c).is_some() || matches!(c, '十' | '拾' | '百' | '佰' | '千' | '仟') => true,
        Some('+' | '-' | '−' | '.') => chars.next().is_some_and(|c| c.is_ascii_digit() || c == '.' || chinese_digit(c).is_some()),
        Some(c) if is_letter_digit(c).is_some() => {
            // A letter opens a number only where digits follow among look-alikes: l00.
            let run: String = text.chars().take_while(|c| c.is_ascii_digit() || is_letter_digit(*c).is_some()).collect();
            run.chars().any(|c| c.is_ascii_digit())
        }
        _ => false,
    }
}

/// Reads one number at the start: value, whether it was guessed, and the rest of the text.
fn read_number<'a>(text: &'a str, oddities: &mut Vec<Oddity>) -> Option<(Decimal, bool, &'a str)> {
    let mut rest = text;
    let mut negative = false;
    if let Some(after) = rest.strip_prefix(['-', '−']) {
        negative = true;
        rest = after;
    } else if let Some(after) = rest.strip_prefix('+') {
        oddities.push(Oddity::Stray);
        rest = after;
    }
    let mut sum = Sum::default();
    let mut guessed = false;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() || c == '.' || (is_letter_digit(c).is_some() && starts_number(rest)) {
            if sum.has_pending() {
                break;
            }
            let (value, was_guessed, after) = read_arabic(rest, oddities)?;
            guessed |= was_guessed;
            sum.arabic(value);
            rest = after;
        } else if let Some(digit) = chinese_digit(c) {
            if sum.pending_is_arabic() {
                break;
            }
            sum.digit(digit)?;
            oddities.push(Oddity::ChineseNumeral);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        } else if let Some(power) = multiplier(c) {
            if sum.pending_is_arabic() || !sum.chinese {
                oddities.push(if sum.is_fresh() { Oddity::ChineseNumeral } else { Oddity::Magnitude });
            } else {
                oddities.push(Oddity::ChineseNumeral);
            }
            sum.times(power)?;
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        } else if c == ' ' && sum.has_multiplied() {
            // 2 千 6 百
            let after = rest.trim_start();
            if after.chars().next().is_some_and(|c| multiplier(c).is_some() || c.is_ascii_digit()) {
                oddities.push(Oddity::Stray);
                rest = after;
            } else {
                break;
            }
        } else {
            // 0.2 万
            let after = rest.trim_start();
            if after.len() != rest.len() && sum.pending_is_arabic() && after.chars().next().is_some_and(|c| multiplier(c).is_some()) {
                oddities.push(Oddity::Stray);
                rest = after;
            } else {
                break;
            }
        }
    }
    let value = sum.total()?;
    Some((if negative { -value } else { value }, guessed, rest))
}

/// Digits with separators, decimals and an exponent.
fn read_arabic<'a>(text: &'a str, oddities: &mut Vec<Oddity>) -> Option<(Decimal, bool, &'a str)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |index: usize| chars.get(index).map(|(_, c)| *c);
    let mut digits = String::new();
    let mut groups: Vec<usize> = Vec::new();
    let (mut index, mut in_group, mut guessed, mut pointed) = (0, 0usize, false, false);
    while let Some(c) = at(index) {
        if c.is_ascii_digit() {
            digits.push(c);
            in_group += 1;
        } else if let Some(digit) = is_letter_digit(c)
            .filter(|_| at(index + 1).is_none_or(|next| !next.is_alphabetic() || is_letter_digit(next).is_some() || !next.is_ascii()))
        {
            digits.push(digit);
            in_group += 1;
            guessed = true;
        } else if c == '.' && !pointed && at(index + 1).is_some_and(|next| next.is_ascii_digit()) {
            pointed = true;
            if !groups.is_empty() {
                groups.push(in_group);
            }
            in_group = 0;
            digits.push('.');
        } else if matches!(c, ',' | '\'' | '’' | '，') && !pointed && at(index + 1).is_some_and(|next| next.is_ascii_digit()) {
            groups.push(in_group);
            in_group = 0;
        } else if c == ' ' && !pointed && at(index + 1).is_some_and(|next| next.is_ascii_digit()) {
            oddities.push(Oddity::Stray);
        } else {
            break;
        }
        index += 1;
    }
    if !groups.is_empty() {
        if !pointed {
            groups.push(in_group);
        }
        let width = groups.get(1).copied()?;
        let first_fits = groups.first().is_some_and(|first| (1..=width).contains(first));
        // Groups of three, or of four as in 1,0000; anything else may be a decimal comma or a slip.
        if !matches!(width, 3 | 4) || !first_fits || groups.iter().skip(1).any(|group| *group != width) {
            return None;
        }
        oddities.push(Oddity::Separators);
    }
    if guessed {
        oddities.push(Oddity::Letter);
    }
    let mut value: Decimal =
        digits.strip_prefix('.').map_or_else(|| digits.parse().ok(), |decimals| format!("0.{decimals}").parse().ok())?;
    if matches!(at(index), Some('E' | 'e')) {
        let sign = usize::from(matches!(at(index + 1), Some('+' | '-')));
        let exponent: String = (index + 1 + sign..).map_while(at).take_while(char::is_ascii_digit).collect();
        if (1..=2).contains(&exponent.len()) {
            let power: u32 = exponent.parse().ok()?;
            let factor = power_of_ten(power)?;
            value = if at(index + 1) == Some('-') { value.checked_div(factor)? } else { value.checked_mul(factor)? };
            oddities.push(Oddity::Scientific);
            index += 1 + sign + exponent.len();
        }
    }
    let rest = chars.get(index).map_or("", |(byte, _)| text.get(*byte..).unwrap_or(""));
    Some((value, guessed, rest))
}

fn power_of_ten(power: u32) -> Option<Decimal> {
    (0..power).try_fold(Decimal::ONE, |product, _| product.checked_mul(Decimal::TEN))
}

/// The running value of a mixed numeral such as 一亿二千万, 1千6百, 三〇〇.
#[derive(Default)]
struct Sum {
    total: Decimal,
    section: Decimal,
    pending: Option<Decimal>,
    pending_arabic: bool,
    last_power: Option<Decimal>,
    zero_since: bool,
    any: bool,
    chinese: bool,
}

impl Sum {
    const fn has_pending(&self) -> bool {
        self.pending.is_some()
    }

    const fn pending_is_arabic(&self) -> bool {
        self.pending.is_some() && self.pending_arabic
    }

    const fn has_multiplied(&self) -> bool {
        self.last_power.is_some()
    }

    const fn is_fresh(&self) -> bool {
        !self.any
    }

    fn arabic(&mut self, value: Decimal) {
        self.pending = Some(value);
        self.pending_arabic = true;
        self.any = true;
    }

    fn digit(&mut self, digit: u32) -> Option<()> {
        if digit == 0 {
            self.zero_since = true;
        }
        let digit = Decimal::from(digit);
        self.pending = Some(match self.pending {
            // 三〇〇: digits by position.
            Some(before) => before.checked_mul(Decimal::TEN)?.checked_add(digit)?,
            None => digit,
        });
        self.pending_arabic = false;
        self.any = true;
        self.chinese = true;
        Some(())
    }

    fn times(&mut self, power: Decimal) -> Option<()> {
        let fresh = !self.any;
        if power >= Decimal::from(10_000) {
            if fresh {
                return None;
            }
            self.section = self.section.checked_add(self.pending.take().unwrap_or_default())?;
            if power > Decimal::from(10_000) {
                self.total = self.total.checked_add(self.section)?.checked_mul(power)?;
            } else {
                self.total = self.total.checked_add(self.section.checked_mul(power)?)?;
            }
            self.section = Decimal::ZERO;
        } else {
            // 十 alone is ten; 〇十 is not a numeral but 零十 after a hundred is one ten.
            let count = match self.pending.take() {
                Some(zero) if zero.is_zero() => Decimal::ONE,
                Some(count) => count,
                None => Decimal::ONE,
            };
            self.section = self.section.checked_add(count.checked_mul(power)?)?;
        }
        self.last_power = Some(power);
        self.zero_since = false;
        self.any = true;
        if fresh {
            self.chinese = true;
        }
        Some(())
    }

    fn total(mut self) -> Option<Decimal> {
        if !self.any {
            return None;
        }
        if let Some(pending) = self.pending.take() {
            // 三百二 is 320, 一千六 is 1600; 三百零二 is 302.
            let colloquial = self.last_power.filter(|power| {
                *power >= Decimal::ONE_HUNDRED
                    && !self.zero_since
                    && pending < Decimal::TEN
                    && pending > Decimal::ZERO
                    && pending.fract().is_zero()
            });
            let last = match colloquial {
                Some(power) => pending.checked_mul(power)?.checked_div(Decimal::TEN)?,
                None => pending,
            };
            self.section = self.section.checked_add(last)?;
        }
        self.total.checked_add(self.section)
    }
}

fn chinese_digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' | '○' | '◯' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '貳' | '两' | '兩' => 2,
        '三' | '叁' | '參' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn multiplier(c: char) -> Option<Decimal> {
    Some(Decimal::from(match c {
        '十' | '拾' => 10u64,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    }))
}

/// The half-width twin of a full-width character (U+FF01..U+FF5E), the ASCII space of other spaces.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\t' | '\n' | '\r' => ' ',
        _ => c,
    }
}

/// Characters that leave no mark on screen: zero-width, directional, soft hyphen, controls.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{180e}')
        || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> (Option<String>, Option<String>, Vec<Oddity>) {
        let written = read_quantity(text);
        (written.number().map(|n| n.normalize().to_string()), written.unit, written.oddities)
    }

    #[test]
    fn reads_what_people_write() {
        use Oddity::*;
        let cases: &[(&str, &str, Option<&str>, &[Oddity])] = &[
            ("600", "600", None, &[]),
            ("600项", "600", Some("项"), &[]),
            ("６００", "600", None, &[FullWidth]),
            ("６００项", "600", Some("项"), &[FullWidth]),
            ("三百", "300", None, &[ChineseNumeral]),
            ("叁佰贰拾", "320", None, &[ChineseNumeral]),
            ("三百二", "320", None, &[ChineseNumeral]),
            ("三百零二家", "302", Some("家"), &[ChineseNumeral]),
            ("三〇〇", "300", None, &[ChineseNumeral]),
            ("二千", "2000", None, &[ChineseNumeral]),
            ("十", "10", None, &[ChineseNumeral]),
            ("一十二", "12", None, &[ChineseNumeral]),
            ("一亿二千万", "120000000", None, &[ChineseNumeral]),
            ("1千6百", "1600", None, &[Magnitude]),
            ("0.2万", "2000", None, &[Magnitude]),
            ("0.2 万项", "2000", Some("项"), &[Magnitude, Stray]),
            ("2千", "2000", None, &[Magnitude]),
            ("1,600", "1600", None, &[Separators]),
            ("1，600", "1600", None, &[FullWidth, Separators]),
            ("1,600,000家", "1600000", Some("家"), &[Separators]),
            (" 100", "100", None, &[Stray]),
            ("100\u{a0}", "100", None, &[Stray]),
            ("1\u{200b}00", "100", None, &[Invisible]),
            ("600 项", "600", Some("项"), &[Stray]),
            ("600（项）", "600", Some("项"), &[]),
            ("项600", "600", Some("项"), &[Stray]),
            ("'600", "600", None, &[Apostrophe]),
            ("4OO", "400", None, &[Letter]),
            ("l00", "100", None, &[Letter]),
            ("3oo家", "300", Some("家"), &[Letter]),
            ("6E2", "600", None, &[Scientific]),
            ("-5", "-5", None, &[]),
            ("599.6", "599.6", None, &[]),
            ("70%", "70", Some("%"), &[]),
            ("600。", "600", None, &[Stray]),
            ("0.5亿", "50000000", None, &[Magnitude]),
        ];
        for (text, value, unit, oddities) in cases {
            assert_eq!(number(text), (Some((*value).to_owned()), unit.map(str::to_owned), oddities.to_vec()), "{text}");
        }
    }

    #[test]
    fn tells_what_is_not_one_number() {
        use Meaning::*;
        for (text, meaning) in [
            ("", Blank),
            ("　", Blank),
            ("/", NotApplicable),
            ("／", NotApplicable),
            ("—", NotApplicable),
            ("——", NotApplicable),
            ("-", NotApplicable),
            ("无", NotApplicable),
            ("N/A", NotApplicable),
            ("约600", Inexact(super::Inexact::About)),
            ("600余", Inexact(super::Inexact::About)),
            ("600余家", Inexact(super::Inexact::About)),
            ("600左右", Inexact(super::Inexact::About)),
            ("600家左右", Inexact(super::Inexact::About)),
            ("近600家", Inexact(super::Inexact::About)),
            ("500-600", Inexact(super::Inexact::Interval)),
            ("500～600", Inexact(super::Inexact::Interval)),
            ("500至600项", Inexact(super::Inexact::Interval)),
            ("≥600", Inexact(super::Inexact::Bound)),
            ("超过800家", Inexact(super::Inexact::Bound)),
            ("600以上", Inexact(super::Inexact::Bound)),
            ("600项（含在建的部分）", Inexact(super::Inexact::Annotated)),
            ("待定", Words),
            ("2019年6月", Words),
            ("6月12日", Words),
            ("1/2", Words),
            ("正在统计", Words),
            ("1,60", Words),
            ("#REF!", Error),
        ] {
            assert_eq!(read_quantity(text).meaning, meaning, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(text in "\\PC{0,40}") {
            read_quantity(&text);
        }

        #[test]
        fn numerals_never_panic(text in "[0-9０-９一二三十百千万亿零〇OolI.,，%+\\-eE 约余项家]{0,24}") {
            read_quantity(&text);
        }

        #[test]
        fn every_style_reads_back(n in 0u32..10_000_000, unit in prop::sample::select(vec!["", "项", "家", "个"])) {
            let plain = n.to_string();
            let full: String = plain.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
            let mut grouped = String::new();
            for (i, c) in plain.chars().enumerate() {
                if i > 0 && (plain.len() - i) % 3 == 0 { grouped.push(','); }
                grouped.push(c);
            }
            for style in [plain.clone(), full, grouped, format!(" {plain}"), format!("'{plain}"), chinese(n)] {
                let written = read_quantity(&format!("{style}{unit}"));
                prop_assert_eq!(written.certain(), Some(Decimal::from(n)), "{}", style);
                prop_assert_eq!(written.unit.unwrap_or_default(), unit);
            }
        }
    }

    /// 1234567 as 一百二十三万四千五百六十七.
    fn chinese(n: u32) -> String {
        const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        fn section(n: u32) -> String {
            let mut out = String::new();
            let mut zero = false;
            for (power, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
                let digit = n / power % 10;
                if digit == 0 {
                    zero = !out.is_empty();
                } else {
                    if zero {
                        out.push('零');
                    }
                    zero = false;
                    out.push_str(DIGITS[digit as usize]);
                    out.push_str(name);
                }
            }
            out
        }
        if n == 0 {
            return "零".to_owned();
        }
        let (high, low) = (n / 10_000, n % 10_000);
        let mut out = String::new();
        if high > 0 {
            out.push_str(&section(high));
            out.push('万');
            if low > 0 && low < 1000 {
                out.push('零');
            }
        }
        out.push_str(&section(low));
        out
    }
}
