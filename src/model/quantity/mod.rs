//! Quantities as people write them: `600项`, `６００`, `三百二十`, `1,600`, `0.2万`, `约600`, `4OO`, `6E2`, `6月12日`.
//!
//! One parser for every cell. It says which number is meant, with which unit, what was unusual about the writing, and
//! from which text the number came; it never decides whether the number is right.
//!
//! What it takes for a number: ASCII, full-width and styled digits; Chinese numerals of either script, everyday and
//! financial, also mixed with digits; 万, 千, 亿, w and k; separators in groups of three or four; scientific notation;
//! units before or behind, in brackets, doubled; letters that look like digits, as a guess. Circled and Roman numerals
//! and superscripts are list marks and notes, never digits. A number in round brackets is negative to an accountant
//! and an aside to everyone else: it is not one number. 1.600 and 6 00 are guesses, 1,5 and 12 15 no number at all.

mod characters;
mod date;
mod numeral;
mod phrase;
#[cfg(test)]
mod tests;

pub use characters::{half_width, is_invisible};

use rust_decimal::Decimal;

use super::{Cell, Value, decimal};
use characters::{is_disguised_space, multiplier};
use phrase::read_phrase;

/// What a cell's writing means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// Nothing, or only spaces.
    Blank,
    /// `/` or another mark for 不适用.
    NotApplicable,
    /// One number, beyond doubt.
    Number(Decimal),
    /// A number that had to be guessed: from letters that look like digits, from a doubtful separator.
    Guessed(Decimal),
    /// Something about a number, but not one number.
    Inexact(Inexact),
    /// A date or a time of day.
    Date,
    /// `#REF!` and its kin.
    Error,
    /// Words, codes.
    Words,
}

/// Why a text with a number in it is not one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inexact {
    /// 约600, 600余, 600左右, 十五六, 数百.
    About,
    /// ≥600, 超过600, 600以上, 不足600.
    Bound,
    /// 500-600.
    Interval,
    /// 600或700, 600/700, 1、2.
    Alternatives,
    /// 600（含在建）, 完成600.
    Annotated,
    /// 300+300, 2*300.
    Arithmetic,
    /// (600)
    Bracketed,
    /// 1,60 or 12 15: the separators fit no way of writing.
    Grouping,
}

/// What was unusual about the writing, most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// `=600`: text that a spreadsheet would compute.
    Formula,
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
    /// A leading apostrophe that became part of the text, quotation marks.
    Apostrophe,
    /// Characters that leave no mark on screen, spaces that only look like one.
    Invisible,
    /// Stray spaces, a stray sign or full stop, a unit in brackets, before the number or doubled.
    Stray,
}

/// A cell's writing, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub meaning: Meaning,
    /// The unit as written, without brackets; `%` for a percentage, `元` for ￥.
    pub unit: Option<String>,
    /// Sorted, without repeats. Empty for `600`, `600项` and `/`.
    pub oddities: Vec<Oddity>,
    /// Exactly what the number was read from, as it stands in the cell: `６００` of `约６００项`. Empty without a
    /// number.
    pub text: String,
}

impl Written {
    fn plain(meaning: Meaning) -> Self {
        Self { meaning, unit: None, oddities: Vec::new(), text: String::new() }
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

    /// Whether it is a share of something and not a count: 70%, 七成.
    pub fn is_share(&self) -> bool {
        matches!(self.unit.as_deref(), Some("%" | "‰" | "成" | "百分点" | "个百分点"))
    }
}

/// Reads a stored value.
pub fn read_value(value: &Value) -> Written {
    match value {
        Value::Empty => Written::plain(Meaning::Blank),
        // At the fifteen digits that WPS and Excel show and keep of what is typed: 0.1 + 0.2 is 0.3.
        Value::Number(number) => decimal(*number).map(as_shown).map_or_else(
            || Written::plain(Meaning::Words),
            |number| Written {
                text: number.normalize().to_string(),
                ..Written::plain(Meaning::Number(number))
            },
        ),
        Value::Text(text) => read_quantity(text),
        Value::Bool(_) => Written::plain(Meaning::Words),
        Value::Error(text) => Written { text: text.to_string(), ..Written::plain(Meaning::Error) },
    }
}

/// Reads a cell that is due to hold a quantity counted in `unit`: a number under a date format is a date, a fraction
/// under a percent format a percentage, and 700亿元 is 700 where the unit is 亿元.
pub fn read_cell(cell: &Cell, unit: &str) -> Written {
    match &cell.value {
        Value::Number(_) if cell.number_format.is_date() => {
            Written { text: cell.shown(), ..Written::plain(Meaning::Date) }
        }
        value @ Value::Number(_) => {
            let written = read_value(value);
            match written.certain() {
                Some(share)
                    if cell.number_format.is_percent()
                        && (!share.fract().is_zero() || share == Decimal::ONE) =>
                {
                    Written {
                        meaning: share
                            .checked_mul(Decimal::ONE_HUNDRED)
                            .map_or(Meaning::Words, Meaning::Number),
                        unit: Some("%".to_owned()),
                        ..written
                    }
                }
                _ => written,
            }
        }
        Value::Text(text) if unit.starts_with(|c| multiplier(c).is_some()) => {
            match text.trim_end().strip_suffix(unit) {
                Some(number) => {
                    let written = read_quantity(number);
                    if written.unit.is_none() && written.number().is_some() {
                        Written { unit: Some(unit.to_owned()), ..written }
                    } else {
                        in_unit(read_quantity(text), unit)
                    }
                }
                None => in_unit(read_quantity(text), unit),
            }
        }
        value => read_value(value),
    }
}

/// A quantity of the same base unit counted in `unit`: 500万元 is 0.05 where the unit is 亿元. The magnitude is part of
/// the unit there, not of how the number is written.
fn in_unit(written: Written, unit: &str) -> Written {
    let base = unit.trim_start_matches(|c| multiplier(c).is_some());
    let head = unit.strip_suffix(base).unwrap_or("");
    let factor = head.chars().filter_map(multiplier).try_fold(Decimal::ONE, Decimal::checked_mul);
    let counted = factor
        .filter(|_| written.unit.as_deref() == Some(base))
        .and_then(|factor| written.certain()?.checked_div(factor));
    let Some(counted) = counted else { return written };
    let oddities = written.oddities.iter().copied().filter(|odd| *odd != Oddity::Magnitude).collect();
    Written { meaning: Meaning::Number(counted), unit: Some(unit.to_owned()), oddities, ..written }
}

/// A decimal at 15 significant digits; one that has no more stays as it is.
fn as_shown(number: Decimal) -> Decimal {
    const DIGITS: u32 = 15;
    if number.mantissa().unsigned_abs() < 10u128.pow(DIGITS) {
        number
    } else {
        number.round_sf(DIGITS).map_or(number, |shown| shown.normalize())
    }
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
    "─",
    "──",
    "−",
    "一一",
    "无",
    "N/A",
    "n/a",
    "NA",
    "N.A.",
    "不适用",
    "不涉及",
    "无此项",
    "无该项任务",
    "不考核",
    "无任务",
    "暂无",
    "暂无任务",
    "无此任务",
    "无此项任务",
    "无此指标",
    "不承担",
    "不承担任务",
    "未承担",
    "不参与",
    "不适用于本市",
    "本市不涉及",
    "本市不承担",
    "×",
    "*",
    "//",
    "／／",
];

/// Stands for every space that separates digits without being the space bar's.
const THIN_SPACE: char = '\u{2009}';

/// The longest text that is looked at for a number, in characters.
const LONGEST: usize = 64;

/// Reads a text as a quantity. Never fails: what is no quantity is [`Meaning::Words`].
pub fn read_quantity(text: &str) -> Written {
    let line = Line::of(text);
    let mut oddities = line.oddities.clone();
    let with = |meaning, unit, oddities: Vec<Oddity>, text| {
        let mut oddities = oddities;
        oddities.sort_unstable();
        oddities.dedup();
        Written { meaning, unit, oddities, text }
    };
    let folded = line.folded.as_str();
    if folded.is_empty() {
        return with(Meaning::Blank, None, oddities, String::new());
    }
    if line.too_long {
        return with(Meaning::Words, None, Vec::new(), String::new());
    }
    // 600, 300 and 100 on three lines are three numbers, never one.
    if numbers_on_lines(text) > 1 {
        return with(Meaning::Inexact(Inexact::Alternatives), None, oddities, text.to_owned());
    }
    if NOT_APPLICABLE.contains(&folded) {
        return with(Meaning::NotApplicable, None, oddities, String::new());
    }
    if is_error(folded) {
        return with(Meaning::Error, None, oddities, text.to_owned());
    }
    if date::is_date(folded) {
        return with(Meaning::Date, None, oddities, text.to_owned());
    }
    let mut rest = unquoted(folded, &mut oddities);
    if let Some(bare) = rest.strip_prefix('=') {
        oddities.push(Oddity::Formula);
        rest = unquoted(bare.trim_start(), &mut oddities);
    }
    let phrase = read_phrase(rest, &mut oddities);
    let start = rest_offset(folded, phrase.source);
    let source = line.original(text, start, start + phrase.source.len());
    let source = if matches!(phrase.meaning, Meaning::Words) { String::new() } else { source.to_owned() };
    with(phrase.meaning, phrase.unit, oddities, source)
}

/// How many lines of a text (or cells, where a block was pasted into one) begin with a digit.
fn numbers_on_lines(text: &str) -> usize {
    text.split(['\n', '\r', '\t', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
        .filter(|line| {
            line.chars()
                .find(|c| !is_invisible(*c) && half_width(*c) != ' ')
                .is_some_and(|c| half_width(c).is_ascii_digit())
        })
        .count()
}

/// A text with width folded, invisible characters out and the ends trimmed.
struct Line {
    folded: String,
    /// For each character of `folded`: its place there, and its place in the text.
    places: Vec<(usize, usize, usize)>,
    oddities: Vec<Oddity>,
    too_long: bool,
}

impl Line {
    fn of(text: &str) -> Self {
        let mut line =
            Self { folded: String::new(), places: Vec::new(), oddities: Vec::new(), too_long: false };
        let visible = text.char_indices().filter(|(_, c)| !is_invisible(*c));
        let last = visible.clone().filter(|(_, c)| half_width(*c) != ' ').map(|(at, _)| at).next_back();
        let mut hidden = 0;
        for (at, c) in text.char_indices() {
            if is_invisible(c) {
                hidden += 1;
                line.note(Oddity::Invisible);
                continue;
            }
            let half = half_width(c);
            if half == ' ' && (line.folded.is_empty() || last.is_none_or(|last| at > last)) {
                line.note(if is_disguised_space(c) { Oddity::Invisible } else { Oddity::Stray });
                continue;
            }
            if is_disguised_space(c) {
                line.note(Oddity::Invisible);
            }
            // A comma or a stop behind all is no part of the number: 600项， has no full-width digits.
            let behind_all = matches!(half, '.' | ',') && last == Some(at) && !line.folded.is_empty();
            if half != c
                && !behind_all
                && (half.is_ascii_alphanumeric() || matches!(half, '.' | ',' | '%' | '+' | '-' | '/' | '='))
            {
                line.note(Oddity::FullWidth);
            }
            if line.places.len() >= LONGEST {
                line.too_long = true;
                break;
            }
            // A thin or no-break space between two digits separates; the space bar may have slipped.
            let between = || {
                let next =
                    text.get(at + c.len_utf8()..).and_then(|after| after.chars().next()).map(half_width);
                line.folded.ends_with(|c: char| c.is_ascii_digit())
                    && next.is_some_and(|c| c.is_ascii_digit())
            };
            let kept = if is_disguised_space(c) && between() { THIN_SPACE } else { half };
            line.places.push((line.folded.len(), at, at + c.len_utf8()));
            line.folded.push(kept);
        }
        debug_assert!(hidden == 0 || line.oddities.contains(&Oddity::Invisible));
        line
    }

    fn note(&mut self, oddity: Oddity) {
        if !self.oddities.contains(&oddity) {
            self.oddities.push(oddity);
        }
    }

    /// The slice of the text from which `folded[start..end]` was made.
    fn original<'a>(&self, text: &'a str, start: usize, end: usize) -> &'a str {
        let mut within = self.places.iter().filter(|(at, ..)| (start..end).contains(at));
        let Some((_, first, mut last)) = within.next().copied() else { return "" };
        if let Some((.., end)) = within.next_back() {
            last = *end;
        }
        text.get(first..last).unwrap_or("")
    }
}

/// Where a part of a text begins in it. A part that is none begins at its end.
fn rest_offset(whole: &str, part: &str) -> usize {
    let offset = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
    if offset <= whole.len() { offset } else { whole.len() }
}

/// `#REF!` and its kin as typed or exported, `####` of a column too narrow, LibreOffice's `Err:502`.
fn is_error(text: &str) -> bool {
    let named = |rest: &str| {
        rest.chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '/' | '!' | '?' | '_' | '#'))
    };
    text.strip_prefix('#').is_some_and(|rest| {
        !rest.is_empty() && named(rest) && !rest.starts_with(|c: char| c.is_ascii_digit())
    }) || text
        .strip_prefix("Err:")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

const QUOTES: [char; 9] = ['\'', '’', '‘', '`', '´', '"', '“', '”', '′'];

/// A text without the apostrophe or the quotation marks around it.
fn unquoted<'a>(text: &'a str, oddities: &mut Vec<Oddity>) -> &'a str {
    let bare = text.trim_start_matches(QUOTES);
    let bare = if bare.len() < text.len() {
        bare.trim_end_matches(QUOTES)
    } else {
        bare.trim_end_matches(['"', '”', '’'])
    };
    if bare.len() == text.len() || bare.trim().is_empty() {
        return text;
    }
    oddities.push(Oddity::Apostrophe);
    bare.trim()
}
