//! One number at the start of a text: digits with separators, Chinese numerals, both mixed (1千6百, 一万2).

use rust_decimal::Decimal;

use super::super::whole;
use super::characters::{
    chinese_digit, is_chinese_zero, letter_multiplier, look_alike, multiplier, superscript, tens,
};
use super::{Oddity, THIN_SPACE};

/// How sure the value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    Certain,
    /// The likeliest reading of letters or of a separator.
    Guessed,
    /// 七八十, 十五六: meant as a rough number.
    About,
    /// 1,60 or 12 15: no one can tell.
    Unclear,
}

/// A number and what follows it.
pub struct Number<'a> {
    pub value: Decimal,
    pub sureness: Sureness,
    pub rest: &'a str,
}

/// Whether a number can start here.
pub fn starts_number(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if opens(c) => true,
        Some(c) if is_sign(c) => {
            let after = chars.as_str();
            after.chars().next().is_some_and(opens) || starts_point(after)
        }
        Some('.') => starts_point(text),
        Some(c) if look_alike(c).is_some() => starts_letters(text),
        _ => false,
    }
}

fn opens(c: char) -> bool {
    c.is_ascii_digit()
        || chinese_digit(c).is_some()
        || tens(c).is_some()
        || multiplier(c).is_some_and(|power| power < TEN_THOUSAND)
}

fn starts_point(text: &str) -> bool {
    text.strip_prefix('.').is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()))
}

/// A letter opens a number only where a digit stands among look-alikes (l00), or where a one and noughts are all
/// letters (lOO), or where one nought is all there is (O).
fn starts_letters(text: &str) -> bool {
    let run: String = text.chars().take_while(|c| c.is_ascii_digit() || look_alike(*c).is_some()).collect();
    let after = text.get(run.len()..).unwrap_or("");
    if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let round = |c: char| matches!(look_alike(c), Some('0')) && !matches!(c, 'Q' | 'D');
    let one = |c: char| matches!(look_alike(c), Some('1'));
    let mut chars = run.chars();
    let first = chars.next();
    run.chars().any(|c| c.is_ascii_digit())
        || first.is_some_and(round) && chars.as_str().is_empty()
        || first.is_some_and(one) && run.chars().any(round) && chars.all(|c| round(c) || one(c))
}

fn is_sign(c: char) -> bool {
    matches!(c, '+' | '-' | '−' | '‐' | '‑' | '–' | '—' | '负')
}

/// Reads one number at the start. `None` where the characters make no number.
pub fn read_number<'a>(text: &'a str, oddities: &mut Vec<Oddity>) -> Option<Number<'a>> {
    let mut rest = text;
    let mut negative = false;
    if let Some(sign) = rest.chars().next().filter(|c| is_sign(*c)) {
        negative = sign != '+';
        if !matches!(sign, '-' | '−') {
            oddities.push(Oddity::Stray);
        }
        rest = behind(rest, sign);
    }
    let mut sum = Sum::default();
    let mut sureness = Sureness::Certain;
    while let Some(c) = rest.chars().next() {
        let among_chinese =
            matches!(look_alike(c), Some('0')) && sum.pending.is_some() && !sum.pending_is_arabic();
        let digits_here = c.is_ascii_digit()
            || c == '.' && starts_point(rest)
            || look_alike(c).is_some() && (among_chinese || starts_letters(rest));
        if digits_here {
            match sum.pending {
                None => {}
                // 三00: a keyboard's nought among Chinese digits.
                Some(Pending { arabic: false, .. })
                    if !sum.has_multiplied() && (among_chinese || c == '0') =>
                {
                    if c != '0' {
                        oddities.push(Oddity::Letter);
                        sureness = sureness.max(Sureness::Guessed);
                    }
                    sum.digit(0)?;
                    rest = behind(rest, c);
                    continue;
                }
                // 1千零5
                Some(Pending { arabic: false, value, .. }) if value.is_zero() && sum.has_multiplied() => {}
                Some(_) => break,
            }
            let arabic = read_arabic(rest, oddities)?;
            sureness = sureness.max(arabic.sureness);
            sum.arabic(arabic.value, arabic.digits);
            rest = arabic.rest;
        } else if let Some(digit) = chinese_digit(c) {
            if sum.pending_is_arabic() {
                break;
            }
            sum.digit(digit)?;
            rest = behind(rest, c);
        } else if let Some(digit) = tens(c) {
            if sum.pending.as_ref().is_some_and(|pending| !pending.value.is_zero()) {
                break;
            }
            sum.pending = None;
            sum.digit(digit)?;
            sum.times(Decimal::TEN)?;
            rest = behind(rest, c);
        } else if let Some(power) = multiplier(c) {
            let after = behind(rest, c);
            if names_a_unit(c, after) {
                break;
            }
            sum.times(power)?;
            rest = after;
        } else if let Some(power) = letter_multiplier(c).filter(|_| sum.pending_is_arabic()) {
            let after = behind(rest, c);
            if after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                break;
            }
            sum.times(power)?;
            rest = after;
        } else if c == ' ' {
            // 0.2 万, 三 百, 2 千 6 百
            let after = rest.trim_start();
            let goes_on = after.chars().next().is_some_and(|next| {
                multiplier(next).is_some_and(|_| !names_a_unit(next, behind(after, next)))
                    || !sum.pending_is_arabic()
                        && (chinese_digit(next).is_some() || next.is_ascii_digit() && sum.has_multiplied())
            });
            if !goes_on {
                break;
            }
            oddities.push(Oddity::Stray);
            rest = after;
        } else {
            break;
        }
    }
    if sum.chinese || sum.has_multiplied() {
        oddities.push(if sum.has_arabic && sum.has_multiplied() {
            Oddity::Magnitude
        } else {
            Oddity::ChineseNumeral
        });
    }
    let (value, about) = sum.total()?;
    let value = if negative { -value } else { value };
    Some(Number {
        value,
        sureness: sureness.max(if about { Sureness::About } else { Sureness::Certain }),
        rest,
    })
}

fn behind(text: &str, c: char) -> &str {
    text.get(c.len_utf8()..).unwrap_or("")
}

/// 千克, 千米 and 百分点 begin like a multiplier.
fn names_a_unit(c: char, after: &str) -> bool {
    match c {
        '千' => after.starts_with(['克', '米', '瓦', '卡', '伏', '赫', '帕', '焦', '升']),
        '百' => after.starts_with("分点"),
        _ => false,
    }
}

/// Digits between two separators.
#[derive(Default)]
struct Group {
    separator: Option<char>,
    digits: String,
}

struct Arabic<'a> {
    value: Decimal,
    sureness: Sureness,
    /// How many digits were written, a decimal point not counted.
    digits: usize,
    rest: &'a str,
}

/// Digits with separators, decimals and an exponent.
fn read_arabic<'a>(text: &'a str, oddities: &mut Vec<Oddity>) -> Option<Arabic<'a>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |index: usize| chars.get(index).map(|(_, c)| *c);
    let digit_at = |index: usize, any: bool| -> Option<char> {
        let c = at(index)?;
        if c.is_ascii_digit() {
            return Some(c);
        }
        if any && is_chinese_zero(c) {
            return Some('0');
        }
        look_alike(c).filter(|_| {
            at(index + 1).is_none_or(|next| !next.is_ascii_alphabetic() || look_alike(next).is_some())
        })
    };
    let mut groups = vec![Group::default()];
    let (mut index, mut letters, mut zeros, mut spaced) = (0, false, false, false);
    loop {
        let any = groups.iter().any(|group| !group.digits.is_empty());
        if let Some(digit) = digit_at(index, any) {
            let c = at(index)?;
            letters |= look_alike(c).is_some();
            zeros |= is_chinese_zero(c);
            groups.last_mut()?.digits.push(digit);
            index += 1;
            continue;
        }
        let Some(separator) = at(index).filter(|c| is_separator(*c)) else { break };
        let mut next = index + 1;
        while separator != '.' && at(next) == Some(' ') {
            next += 1;
        }
        // Behind a space only a true digit goes on: 600 B is no number.
        if !at(next).is_some_and(|c| c.is_ascii_digit() || separator != ' ' && digit_at(next, true).is_some())
        {
            break;
        }
        spaced |= separator != ' ' && next > index + 1;
        groups.push(Group { separator: Some(separator), digits: String::new() });
        index = next;
    }
    let mut rest = chars.get(index).map_or("", |(byte, _)| text.get(*byte..).unwrap_or(""));
    let scaled = {
        let after = rest.trim_start();
        after.starts_with(|c: char| {
            multiplier(c).is_some() || letter_multiplier(c).is_some() || matches!(c, '%' | '‰')
        }) || exponent(after).is_some()
    };
    let (digits, mut sureness) = joined(&groups, scaled, oddities);
    if letters {
        oddities.push(Oddity::Letter);
        sureness = sureness.max(Sureness::Guessed);
    }
    if zeros {
        oddities.push(Oddity::ChineseNumeral);
    }
    if spaced {
        oddities.push(Oddity::Stray);
    }
    let mut value: Decimal =
        if digits.starts_with('.') { format!("0{digits}").parse().ok()? } else { digits.parse().ok()? };
    if let Some((power, negative, after)) = exponent(rest) {
        let factor = power_of_ten(power)?;
        value = if negative { value.checked_div(factor)? } else { value.checked_mul(factor)? };
        oddities.push(Oddity::Scientific);
        rest = after;
    }
    Some(Arabic { value, sureness, digits: digits.chars().filter(char::is_ascii_digit).count(), rest })
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | '\'' | '’' | '‘' | '`' | '´' | '_' | '、' | ' ' | THIN_SPACE | '.' | '。')
}

fn is_point(c: char) -> bool {
    matches!(c, '.' | '。')
}

/// The digits of all groups as one decimal, and how sure that is.
fn joined(groups: &[Group], scaled: bool, oddities: &mut Vec<Oddity>) -> (String, Sureness) {
    let all: String = groups.iter().map(|group| group.digits.as_str()).collect();
    if groups.iter().any(|group| group.separator == Some('。')) {
        oddities.push(Oddity::FullWidth);
    }
    let (first, last) = (groups.first(), groups.last());
    let count = |group: Option<&Group>| group.map_or(0, |group| group.digits.chars().count());
    let points = groups.iter().filter(|group| group.separator.is_some_and(is_point)).count();
    let pointed = last.and_then(|group| group.separator).is_some_and(is_point);
    if points > 1 {
        // 1.600.000: points for separators.
        let regular = points + 1 == groups.len() && is_regular(groups, 3);
        oddities.push(Oddity::Separators);
        return (all, if regular { Sureness::Guessed } else { Sureness::Unclear });
    }
    if points == 1 && !pointed {
        return (all, Sureness::Unclear);
    }
    let (whole, decimals) = match last {
        Some(last) if pointed => {
            (groups.get(..groups.len() - 1).unwrap_or_default(), Some(last.digits.as_str()))
        }
        _ => (groups, None),
    };
    if let Some(decimals) = decimals
        && whole.len() == 1
        && !scaled
        && decimals.len() == 3
        && (1..=3).contains(&count(first))
        && first.is_some_and(|first| !first.digits.starts_with('0'))
    {
        // 1.600 may be a point for a separator; nothing that is counted has three decimals.
        oddities.push(Oddity::Separators);
        let value = if decimals.chars().all(|c| c == '0') {
            first.map(|first| first.digits.clone()).unwrap_or_default()
        } else {
            all
        };
        return (value, Sureness::Guessed);
    }
    let mut digits: String = whole.iter().map(|group| group.digits.as_str()).collect();
    if let Some(decimals) = decimals {
        digits.push('.');
        digits.push_str(decimals);
    }
    (digits, if whole.len() > 1 { grouping(whole, oddities) } else { Sureness::Certain })
}

/// How sure it is that the separators of a whole number only separate.
fn grouping(groups: &[Group], oddities: &mut Vec<Oddity>) -> Sureness {
    let has = |separator| groups.iter().any(|group| group.separator == Some(separator));
    let regular = is_regular(groups, 3) || is_regular(groups, 4);
    if has(' ') && groups.iter().all(|group| matches!(group.separator, None | Some(' '))) {
        if groups.iter().all(|group| group.digits.len() == 1) {
            // 6 0 0: spread out.
            oddities.push(Oddity::Stray);
            return Sureness::Certain;
        }
        let two_numbers = groups.len() == 2 && groups.first().is_some_and(|first| first.digits.len() > 2)
            || !is_regular(groups, 3);
        if !two_numbers {
            oddities.push(Oddity::Separators);
            return Sureness::Certain;
        }
        // 6 00 may be a slip of the thumb, 12 15 two numbers.
        oddities.push(Oddity::Stray);
        let only_noughts = groups.iter().skip(1).all(|group| group.digits.chars().all(|c| c == '0'));
        return if only_noughts { Sureness::Guessed } else { Sureness::Unclear };
    }
    oddities.push(Oddity::Separators);
    match (regular && !has(' '), has('、')) {
        (true, false) => Sureness::Certain,
        // 、 is the mark between the members of a list.
        (true, true) => Sureness::Guessed,
        _ => Sureness::Unclear,
    }
}

/// Groups of `width`, the first of at most as many and not led by a nought.
fn is_regular(groups: &[Group], width: usize) -> bool {
    groups
        .first()
        .is_some_and(|first| (1..=width).contains(&first.digits.len()) && (!first.digits.starts_with('0')))
        && groups.iter().skip(1).all(|group| group.digits.len() == width)
}

/// E2, e+2, ×10^2, ×10²: the power, whether it divides, and what follows.
fn exponent(text: &str) -> Option<(u32, bool, &str)> {
    if let Some(after) = text.strip_prefix(['E', 'e']) {
        let (negative, digits) = signed(after);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (power, rest) = digits.split_at_checked(end)?;
        return (1..=2).contains(&power.len()).then(|| Some((power.parse().ok()?, negative, rest)))?;
    }
    let after = text.trim_start().strip_prefix(['×', '✕', '*', 'x', 'X'])?.trim_start().strip_prefix("10")?;
    if let Some(after) = after.strip_prefix('^') {
        let (negative, digits) = signed(after);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (power, rest) = digits.split_at_checked(end)?;
        return (1..=2).contains(&power.len()).then(|| Some((power.parse().ok()?, negative, rest)))?;
    }
    let power: String = after.chars().map_while(superscript).collect();
    let rest = after.trim_start_matches(|c| superscript(c).is_some());
    (1..=2).contains(&power.len()).then(|| Some((power.parse().ok()?, false, rest)))?
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(after) => (true, after),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn power_of_ten(power: u32) -> Option<Decimal> {
    (0..power).try_fold(Decimal::ONE, |product, _| product.checked_mul(Decimal::TEN))
}

const TEN_THOUSAND: Decimal = whole(10_000);

/// Digits that wait for their multiplier.
struct Pending {
    value: Decimal,
    arabic: bool,
    digits: usize,
    /// 零五
    zero_led: bool,
    /// The last two Chinese digits.
    last: (Option<u32>, Option<u32>),
}

/// The running value of a mixed numeral such as 一亿二千万, 1千6百, 三〇〇.
#[derive(Default)]
struct Sum {
    total: Decimal,
    section: Decimal,
    pending: Option<Pending>,
    /// The last 十, 百, 千 of this section.
    small: Option<Decimal>,
    /// The last 万, 亿.
    big: Option<Decimal>,
    chinese: bool,
    has_arabic: bool,
    about: bool,
}

impl Sum {
    fn pending_is_arabic(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.arabic)
    }

    const fn has_multiplied(&self) -> bool {
        self.small.is_some() || self.big.is_some()
    }

    fn arabic(&mut self, value: Decimal, digits: usize) {
        let zero_led = self.pending.is_some();
        self.pending = Some(Pending { value, arabic: true, digits, zero_led, last: (None, None) });
        self.has_arabic = true;
    }

    fn digit(&mut self, digit: u32) -> Option<()> {
        self.chinese = true;
        let value = Decimal::from(digit);
        match &mut self.pending {
            // 三〇〇: digits by position.
            Some(before) => {
                before.value = before.value.checked_mul(Decimal::TEN)?.checked_add(value)?;
                before.digits += 1;
                before.last = (before.last.1, Some(digit));
            }
            None => {
                self.pending = Some(Pending {
                    value,
                    arabic: false,
                    digits: 1,
                    zero_led: digit == 0,
                    last: (None, Some(digit)),
                })
            }
        }
        Some(())
    }

    /// Two digits that stand before one multiplier, or behind one: 七八十, 十五六.
    fn is_pair(pending: &Pending) -> bool {
        !pending.arabic && pending.digits > if pending.zero_led { 2 } else { 1 }
    }

    fn times(&mut self, power: Decimal) -> Option<()> {
        let fresh = !self.has_multiplied() && self.pending.is_none();
        let count = self.pending.take();
        if power >= TEN_THOUSAND {
            if fresh
                || self.big.is_some_and(|last| last <= power)
                    && !(power > TEN_THOUSAND && self.big == Some(TEN_THOUSAND))
            {
                return None;
            }
            if let Some(count) = count {
                let rough =
                    Self::is_pair(&count) && (self.small.is_some() || count.value < Decimal::ONE_HUNDRED);
                // 三百五万 is 305 or 350 of them.
                if !rough
                    && self
                        .small
                        .is_some_and(|last| count.value >= last || last > Decimal::TEN && !count.zero_led)
                {
                    return None;
                }
                self.about |= rough;
                self.section = self.section.checked_add(count.value)?;
            }
            if power > TEN_THOUSAND {
                self.total = self.total.checked_add(self.section)?.checked_mul(power)?;
            } else {
                self.total = self.total.checked_add(self.section.checked_mul(power)?)?;
            }
            (self.section, self.small, self.big) = (Decimal::ZERO, None, Some(power));
            return Some(());
        }
        // Within a section the powers fall: 三千二百, never 二百三千.
        if self.small.is_some_and(|last| power >= last) {
            return None;
        }
        let times = match count {
            // 十 alone is ten, 百二 begins with one hundred; 三百十五 has its 一 left out.
            None if fresh || power == Decimal::TEN => Decimal::ONE,
            None => return None,
            Some(count) if !count.arabic && count.value.is_zero() => {
                if power != Decimal::TEN {
                    return None;
                }
                Decimal::ONE
            }
            Some(count) => {
                self.about |= Self::is_pair(&count);
                count.value
            }
        };
        let product = times.checked_mul(power)?;
        if !self.about && self.small.is_some_and(|last| product >= last) {
            return None;
        }
        self.section = self.section.checked_add(product)?;
        self.small = Some(power);
        Some(())
    }

    /// The value, and whether it was meant roughly.
    fn total(mut self) -> Option<(Decimal, bool)> {
        if !self.has_multiplied() && self.pending.is_none() {
            return None;
        }
        if let Some(pending) = self.pending.take() {
            let last_power = self.small.or(self.big);
            let value = match last_power {
                None => {
                    // 三五 and 七八 are rough; 一六 and 三〇〇 are digits by position.
                    self.about |= !pending.arabic
                        && pending.digits == 2
                        && matches!(pending.last, (Some(a), Some(b)) if a > 0 && (b == a + 1 || (a, b) == (3, 5)));
                    pending.value
                }
                Some(power) => {
                    self.about |= Self::is_pair(&pending);
                    // 三百二 is 320, 1千6 is 1600; 三百零二 is 302.
                    let colloquial = pending.digits == 1
                        && power >= Decimal::ONE_HUNDRED
                        && !pending.zero_led
                        && pending.value.fract().is_zero();
                    let value = if colloquial {
                        pending.value.checked_mul(power)?.checked_div(Decimal::TEN)?
                    } else {
                        pending.value
                    };
                    if value >= power && !self.about {
                        return None;
                    }
                    value
                }
            };
            self.section = self.section.checked_add(value)?;
        }
        Some((self.total.checked_add(self.section)?, self.about))
    }
}
