//! Number formats: what a stored number looks like on screen (ECMA-376 part 1, 18.8.31).
//!
//! Covers what statistical sheets use: fixed decimals, thousands separators, percent, literals, dates and times.
//! A code outside that (fractions, scientific) is shown like General.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{decimal, printed, rounded};

/// Spreadsheet programs take no longer code; a longer one is kept but shown as General.
const LONGEST_CODE: usize = 1_024;

/// A format code such as `0.0%`; General where the file gives none.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NumberFormat(Option<Arc<str>>);

impl NumberFormat {
    pub const GENERAL: Self = Self(None);

    pub fn new(code: &str) -> Self {
        if code.is_empty() || code.eq_ignore_ascii_case("general") {
            Self(None)
        } else {
            Self(Some(code.into()))
        }
    }

    /// The code as the file writes it; `General` where there is none.
    pub fn code(&self) -> &str {
        self.0.as_deref().unwrap_or("General")
    }

    /// The code, where it is short enough to be followed.
    fn followed(&self) -> Option<&str> {
        self.0.as_deref().filter(|code| code.len() <= LONGEST_CODE)
    }

    /// Whether numbers under this format are dates or times.
    pub fn is_date(&self) -> bool {
        self.followed().is_some_and(|code| {
            let section = section_of(code, 1.0);
            tokens(section).iter().any(|token| matches!(token, Token::Date(_)))
        })
    }

    pub fn is_text(&self) -> bool {
        self.0.as_deref() == Some("@")
    }

    pub fn is_percent(&self) -> bool {
        self.followed().is_some_and(|code| tokens(section_of(code, 1.0)).contains(&Token::Percent))
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// One run of a date letter: `yyyy`, `m`, `ss`, and Chinese 上午/下午 as `a`.
    Date(String),
    Literal(String),
    /// Exponents, fractions, `@`: shown like General.
    Other,
}

/// The section for a number's sign: positive; negative; zero.
fn section_of(code: &str, number: f64) -> &str {
    let mut sections = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(code.get(start..at).unwrap_or(""));
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(code.get(start..).unwrap_or(""));
    let index = if number < 0.0 && sections.len() > 1 {
        1
    } else if number == 0.0 && sections.len() > 2 {
        2
    } else {
        0
    };
    sections.get(index).copied().unwrap_or("")
}

fn tokens(section: &str) -> Vec<Token> {
    let chars: Vec<char> = section.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '0' | '#' | '?' => found.push(Token::Digit(c)),
            '.' => found.push(Token::Point),
            ',' => found.push(Token::Comma),
            '%' => found.push(Token::Percent),
            '"' => {
                let text: String = chars.iter().skip(at).take_while(|c| **c != '"').collect();
                at += text.chars().count() + 1;
                found.push(Token::Literal(text));
            }
            '\\' => {
                found.push(Token::Literal(chars.get(at).map(char::to_string).unwrap_or_default()));
                at += 1;
            }
            '_' => {
                found.push(Token::Literal(" ".to_owned()));
                at += 1;
            }
            '*' => at += 1,
            '[' => {
                // A colour, a condition, a locale; an elapsed time like [h] counts as a date letter.
                let inside: String = chars.iter().skip(at).take_while(|c| **c != ']').collect();
                at += inside.chars().count() + 1;
                if !inside.is_empty()
                    && inside.chars().all(|c| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's'))
                {
                    found.push(Token::Date(inside.to_lowercase()));
                } else if let Some(symbol) = inside.strip_prefix('$') {
                    let symbol = symbol.split('-').next().unwrap_or("");
                    if !symbol.is_empty() {
                        found.push(Token::Literal(symbol.to_owned()));
                    }
                }
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'a' | 'A' => {
                let rest: String = chars.iter().skip(at - 1).take(5).collect();
                if rest.to_ascii_uppercase().starts_with("AM/PM") {
                    at += 4;
                    found.push(Token::Date("am/pm".to_owned()));
                    continue;
                }
                let low = c.to_ascii_lowercase();
                let mut run = low.to_string();
                while chars.get(at).is_some_and(|next| next.to_ascii_lowercase() == low) {
                    run.push(low);
                    at += 1;
                }
                found.push(Token::Date(run));
            }
            'e' | 'E' | '@' => found.push(Token::Other),
            '/' if found.iter().any(|token| matches!(token, Token::Digit(_))) => found.push(Token::Other),
            _ => found.push(Token::Literal(c.to_string())),
        }
    }
    found
}

/// The text that a spreadsheet program shows for a number under a format.
pub fn shown_number(number: f64, format: &NumberFormat) -> String {
    let Some(code) = format.followed() else { return general(number) };
    let section = section_of(code, number);
    let tokens = tokens(section);
    if tokens.is_empty() && code.contains(';') {
        // An empty section hides its numbers.
        return String::new();
    }
    if tokens.contains(&Token::Other) || tokens.is_empty() {
        return general(number);
    }
    if tokens.iter().any(|token| matches!(token, Token::Date(_))) {
        return shown_date(number, &tokens).unwrap_or_else(|| general(number));
    }
    if !tokens.iter().any(|token| matches!(token, Token::Digit(_))) {
        // Only literals: General keeps its number, a bare literal section hides it.
        let literal: String = tokens
            .iter()
            .filter_map(|t| if let Token::Literal(text) = t { Some(text.as_str()) } else { None })
            .collect();
        return if section.to_ascii_lowercase().contains("general") || section.contains("G/通用格式") {
            general(number)
        } else {
            literal
        };
    }
    let has_negative_section = number < 0.0 && section_of(code, -1.0) != section_of(code, 1.0);
    shown_fixed(number, &tokens, has_negative_section).unwrap_or_else(|| general(number))
}

/// General: up to 11 significant digits, no trailing zeros (18.8.30).
fn general(number: f64) -> String {
    if !number.is_finite() {
        return "#NUM!".to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let magnitude = number.abs().log10().floor();
    if !(-5.0..11.0).contains(&magnitude) {
        let text = format!("{number:.5E}");
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let mantissa = if mantissa.contains('.') {
            mantissa.trim_end_matches('0').trim_end_matches('.')
        } else {
            mantissa
        };
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}E{sign}{:02}", exponent.abs());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=15")]
    let decimals = (10.0 - magnitude).clamp(0.0, 15.0) as usize;
    // The shortest digits that name the number are found much faster, and are all there is to round.
    let shortest = number.to_string();
    if shortest.split_once('.').is_none_or(|(_, digits)| digits.len() <= decimals) {
        return shortest;
    }
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn shown_fixed(number: f64, tokens: &[Token], sign_in_section: bool) -> Option<String> {
    let percent = tokens.iter().filter(|token| **token == Token::Percent).count();
    let last_digit = tokens.iter().rposition(|token| matches!(token, Token::Digit(_)))?;
    let first_digit = tokens.iter().position(|token| matches!(token, Token::Digit(_)))?;
    let point = tokens.iter().position(|token| *token == Token::Point);
    let whole: Vec<&Token> = tokens.get(..point.unwrap_or(tokens.len()))?.iter().collect();
    let min_whole = whole.iter().filter(|token| ***token == Token::Digit('0')).count();
    let grouped = whole.windows(3).any(|w| matches!(w, [Token::Digit(_), Token::Comma, Token::Digit(_)]));
    let scale_commas =
        tokens.get(last_digit + 1..)?.iter().take_while(|token| **token == Token::Comma).count();
    let decimal_digits: Vec<char> = match point {
        Some(point) => tokens
            .get(point..)?
            .iter()
            .filter_map(|token| if let Token::Digit(c) = token { Some(*c) } else { None })
            .collect(),
        None => Vec::new(),
    };
    let mut value = decimal(number)?;
    for _ in 0..percent {
        value = value.checked_mul(Decimal::ONE_HUNDRED)?;
    }
    for _ in 0..scale_commas {
        value = value.checked_div(Decimal::ONE_THOUSAND)?;
    }
    let places = u32::try_from(decimal_digits.len()).ok()?;
    let rounded = rounded(value.abs(), places);
    let text = printed(rounded, decimal_digits.len());
    let (whole_text, decimals_text) = text.split_once('.').unwrap_or((&text, ""));
    let mut whole_text = whole_text.trim_start_matches('0').to_owned();
    while whole_text.len() < min_whole {
        whole_text.insert(0, '0');
    }
    if grouped {
        let digits: Vec<char> = whole_text.chars().collect();
        let mut out = String::new();
        for (i, c) in digits.iter().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(*c);
        }
        whole_text = out;
    }
    let optional = decimal_digits.iter().rev().take_while(|c| **c != '0').count();
    let mut decimals_text = decimals_text.to_owned();
    for _ in 0..optional {
        if decimals_text.ends_with('0') {
            decimals_text.pop();
        } else {
            break;
        }
    }
    let mut out = String::new();
    if number < 0.0 && !sign_in_section && !rounded.is_zero() {
        out.push('-');
    }
    for (i, token) in tokens.iter().enumerate() {
        if i == first_digit {
            out.push_str(&whole_text);
            if !decimals_text.is_empty() {
                out.push('.');
                out.push_str(&decimals_text);
            }
        }
        match token {
            Token::Literal(text) => out.push_str(text),
            Token::Percent => out.push('%'),
            _ => {}
        }
    }
    Some(out)
}

/// Year, month, day of a serial of the 1900 system, with its 29 February 1900.
fn date_of_serial(serial: f64) -> Option<(i64, u32, u32)> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the range checked above")]
    let day = serial.floor() as i64;
    if day == 60 {
        return Some((1900, 2, 29));
    }
    // Days since 1970-01-01; serials up to 59 lack the false leap day.
    let days = day - 25_569 + i64::from(day < 60);
    // Civil-from-days by eras of 400 years.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = u32::try_from(doy - (153 * mp + 2) / 5 + 1).ok()?;
    let m = u32::try_from(if mp < 10 { mp + 3 } else { mp - 9 }).ok()?;
    Some((yoe + era * 400 + i64::from(m <= 2), m, d))
}

/// The serial of the 1900 system of a year, month and day: [`date_of_serial`] backwards.
pub(crate) fn serial_of_date(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days of the civil calendar, counted from a March so that leap days come last.
    let shifted = if month > 2 { year } else { year - 1 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year;
    // 693 899 is 1899-12-30 in that count; before March 1900 the serials of 1900 are off by its false leap day.
    let serial = days - 693_899;
    Some(if serial < 61 { serial - 1 } else { serial })
}

fn shown_date(number: f64, tokens: &[Token]) -> Option<String> {
    let (year, month, day) = date_of_serial(number)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a fraction of one day in seconds"
    )]
    let seconds = ((number - number.floor()) * 86_400.0).round() as u32 % 86_400;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let twelve = tokens.contains(&Token::Date("am/pm".to_owned()));
    let mut out = String::new();
    let mut after_hour = false;
    let dates: Vec<usize> =
        tokens.iter().enumerate().filter(|(_, t)| matches!(t, Token::Date(_))).map(|(i, _)| i).collect();
    for (i, token) in tokens.iter().enumerate() {
        match token {
            Token::Date(run) => {
                let before_seconds = dates
                    .iter()
                    .find(|at| **at > i)
                    .and_then(|at| tokens.get(*at))
                    .is_some_and(|next| matches!(next, Token::Date(run) if run.starts_with('s')));
                match run.as_str() {
                    "yy" => out.push_str(&format!("{:02}", year % 100)),
                    "m" | "mm" if after_hour || before_seconds => out.push_str(&if run.len() == 2 {
                        format!("{minute:02}")
                    } else {
                        minute.to_string()
                    }),
                    "m" => out.push_str(&month.to_string()),
                    "mm" => out.push_str(&format!("{month:02}")),
                    "d" => out.push_str(&day.to_string()),
                    "dd" => out.push_str(&format!("{day:02}")),
                    "h" | "hh" => {
                        let shown = if twelve { (hour + 11) % 12 + 1 } else { hour };
                        out.push_str(&if run.len() == 2 { format!("{shown:02}") } else { shown.to_string() });
                    }
                    "s" => out.push_str(&second.to_string()),
                    "ss" => out.push_str(&format!("{second:02}")),
                    "am/pm" => out.push_str(if hour < 12 { "AM" } else { "PM" }),
                    run if run.starts_with('y') => out.push_str(&format!("{year:04}")),
                    run if run.starts_with('m') => out.push_str(&month.to_string()),
                    _ => {}
                }
                after_hour = run.starts_with('h');
            }
            Token::Literal(text) => out.push_str(text),
            Token::Comma => out.push(','),
            Token::Point => out.push('.'),
            _ => {}
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_a_spreadsheet_shows() {
        for (number, code, shown) in [
            (600.0, "General", "600"),
            (0.1 + 0.2, "General", "0.3"),
            (1234567.891, "General", "1234567.891"),
            (1e15, "General", "1E+15"),
            (899.6, "0", "900"),
            (0.3166, "0.0%", "31.7%"),
            (1600.0, "#,##0", "1,600"),
            (1_234_567.5, "#,##0.00", "1,234,567.50"),
            (0.5, "0.##", "0.5"),
            (5.0, "000", "005"),
            (-3.0, "0;(0)", "(3)"),
            (-3.0, "0", "-3"),
            (600.0, "0\"项\"", "600项"),
            (0.0, "0;-0;\"/\"", "/"),
            (5.0, ";;;", ""),
            (43_646.0, "yyyy-mm-dd", "2019-06-30"),
            (43_646.0, "yyyy\"年\"m\"月\"d\"日\"", "2019年6月30日"),
            (43_646.5, "h:mm", "12:00"),
            (60.0, "yyyy/m/d", "1900/2/29"),
            (0.0, "General", "0"),
            (0.00001, "General", "0.00001"),
        ] {
            assert_eq!(shown_number(number, &NumberFormat::new(code)), shown, "{number} under {code}");
        }
    }

    #[test]
    fn a_serial_and_its_date_are_one() {
        for serial in (1..2_958_466).filter(|serial| *serial != 60) {
            let (year, month, day) = date_of_serial(serial as f64).unwrap();
            assert_eq!(serial_of_date(year, month.into(), day.into()), Some(serial), "{year}-{month}-{day}");
        }
    }

    #[test]
    fn tells_dates_from_numbers() {
        for (code, date) in [
            ("m/d", true),
            ("yyyy-mm-dd", true),
            ("0.00", false),
            ("#,##0\"days\"", false),
            ("[Red]0", false),
            ("[h]:mm", true),
        ] {
            assert_eq!(NumberFormat::new(code).is_date(), date, "{code}");
        }
    }
}
