//! Texts that a spreadsheet program would run as a formula once they are typed in again or opened from a text file.
//!
//! Looks at the text only; computes nothing but sums and products of plain numbers.

use super::{Decimal, half_width, is_invisible};

/// Whether a text would be run: `=1+1`, `@SUM(A1)`, `+A1`, `-2+cmd|'/c calc'!A1`, also behind tabs, line ends and
/// invisible characters, and in full width. A sign before a plain number, a dash, a list mark, a telephone number and
/// an address are none: `-5`, `—`, `- 已立项`, `+86 28`, `@张三`.
pub fn runs_as_formula(text: &str) -> bool {
    let start =
        text.trim_start_matches(|c: char| is_invisible(c) || half_width(c) == ' ' || matches!(c, '"'));
    let mut chars = start.chars();
    let Some(first) = chars.next().map(half_width) else { return false };
    // All of it: what is dangerous may stand behind any number of harmless terms.
    let body: String = chars.map(half_width).collect();
    let body = body.trim();
    match first {
        '=' => body.chars().next().is_some_and(|c| {
            c.is_alphanumeric() || matches!(c, '(' | '+' | '-' | '@' | '"' | '\'' | '$' | '{' | '[' | '.')
        }),
        '+' | '-' | '@' => calls(body) || refers(body) || commands(body),
        _ => false,
    }
}

/// Longest sum that is computed, in characters.
const LONGEST_SUM: usize = 256;

/// `SUM(`, `_xlfn.X(`: a function's name right before its bracket.
fn calls(body: &str) -> bool {
    body.char_indices().filter(|(_, c)| *c == '(').any(|(at, _)| {
        let word = body
            .get(..at)
            .unwrap_or("")
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
        let name: String = word.collect();
        name.is_ascii()
            && name.chars().next_back().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && name.len() >= 2
    })
}

/// A cell's address first, or behind an operator: `A1`, `$C$5*2`, `2+B3`, `Sheet1!A1`.
fn refers(body: &str) -> bool {
    body.split(['+', '-', '*', '/', '^', '&', '(', ',', '!', ':']).any(|term| {
        let bare: String = term.trim().chars().filter(|c| !matches!(c, '$' | ')')).collect();
        let digits = bare.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = bare.len() - digits.len();
        (1..=3).contains(&letters)
            && (1..=7).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    }) && body.chars().all(|c| c.is_ascii() || c.is_alphanumeric())
}

/// A DDE call: `cmd|'/c calc'!A0`.
fn commands(body: &str) -> bool {
    body.split_once('|').is_some_and(|(_, after)| after.contains('!'))
}

/// The value of a sum, difference or product of plain numbers: `=300+300`, `2*300`, `=600`. `None` for anything else.
pub fn arithmetic(text: &str) -> Option<Decimal> {
    let folded: String = text
        .chars()
        .take(LONGEST_SUM + 1)
        .filter(|c| !is_invisible(*c))
        .map(half_width)
        .filter(|c| *c != ' ')
        .collect();
    if folded.chars().count() > LONGEST_SUM {
        return None;
    }
    let body = folded.strip_prefix('=').unwrap_or(&folded);
    let body = body.strip_prefix('+').unwrap_or(body);
    let (mut sum, mut sign, mut start) = (Decimal::ZERO, Decimal::ONE, 0);
    let operators = body.char_indices().filter(|(_, c)| matches!(c, '+' | '-'));
    let ends: Vec<(usize, Option<char>)> =
        operators.map(|(at, c)| (at, Some(c))).chain([(body.len(), None)]).collect();
    for (end, operator) in ends {
        let product = body.get(start..end)?.split(['*', '×']).try_fold(Decimal::ONE, |product, factor| {
            let plain = !factor.is_empty()
                && factor.len() <= 15
                && factor.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            product.checked_mul(factor.parse().ok().filter(|_| plain)?)
        })?;
        sum = sum.checked_add(product.checked_mul(sign)?)?;
        sign = if operator == Some('-') { -Decimal::ONE } else { Decimal::ONE };
        start = end + 1;
    }
    Some(sum.normalize())
}

/// A formula of the row `from` as it stands in the row `to` (zero-based) when dragged there: every relative reference
/// to a cell of its own row and sheet goes along. Texts in quotes, names and other sheets' cells stay as they are.
pub fn dragged(formula: &str, from: u32, to: u32) -> String {
    let (own, other) = ((u64::from(from) + 1).to_string(), (u64::from(to) + 1).to_string());
    let mut out = String::with_capacity(formula.len() + 8);
    let mut quoted: Option<char> = None;
    let mut chars = formula.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        out.push(c);
        match quoted {
            Some(quote) => {
                quoted = Some(quote).filter(|quote| *quote != c);
                continue;
            }
            None if matches!(c, '"' | '\'') => {
                quoted = Some(c);
                continue;
            }
            None => {}
        }
        let before = formula.get(..at).and_then(|before| before.chars().next_back());
        let starts = c.is_ascii_alphabetic() || c == '$';
        if !starts || before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '!' | '$' | '['))
        {
            continue;
        }
        let word = formula.get(at..).unwrap_or("");
        let letters = word.trim_start_matches('$').bytes().take_while(u8::is_ascii_alphabetic).count()
            + usize::from(c == '$');
        let rest = word.get(letters..).unwrap_or("");
        let goes = rest.strip_prefix(own.as_str()).is_some_and(|after| {
            !after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | '!'))
        });
        if goes && (1..=4).contains(&letters) {
            out.push_str(word.get(c.len_utf8()..letters).unwrap_or(""));
            out.push_str(&other);
            for _ in 0..letters + own.len() - c.len_utf8() {
                chars.next();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_formulas_from_texts_that_only_look_like_one() {
        for text in [
            "=1+1",
            "=600",
            "= 600",
            "=\"600\"",
            "=SUM(C5:C6)",
            "=cmd|'/c calc'!A0",
            "+cmd|'/c calc'!A0",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(1+1)*cmd|' /C calc'!A0",
            "+A1",
            "-B2+C3",
            "-SUM(A1:A3)",
            "+Sheet1!A1",
            "\t=1+1",
            "\r\n=1+1",
            "\u{200b}=1+1",
            "＝1+1",
            "\"=1+1\"",
            "=HYPERLINK(\"http://x\",\"点击\")",
            "=-5",
            "=项目",
            "@IF(A1=1,2,3)",
            "-$C$5*2",
            &format!("{}+HYPERLINK(\"http://x\")", "+1".repeat(4_000)),
            &format!("={}1+1", " ".repeat(4_000)),
            &format!("-{}cmd|'/C calc'!A0{}", "(".repeat(4_000), ")".repeat(4_000)),
        ] {
            assert!(runs_as_formula(text), "{text}");
        }
        for text in [
            "-",
            "--",
            "—",
            "——",
            "-5",
            "+5",
            "-5.5",
            "－５",
            "+86 28 8543 1234",
            "+86-28-85431234",
            "-28-8543",
            "a@b.cn",
            "@张三",
            "@张三 请核对",
            "- 已完成立项",
            "-已完成",
            "+",
            "=",
            "==",
            "=====",
            "=>见附件",
            "+增加了3项",
            "-10%",
            "600",
            "推进军民科技成果双向转移转化1000项",
            "",
            "/",
            "- 一期（含A区）",
            "-（一）立项",
            "'=1+1",
            "-3项",
            "- A1标段已完成",
            "@所有人(含兼职)",
            "-对接企业HUAWEI（成都）",
            &format!("- 一期{}", "，二期已完成".repeat(4_000)),
        ] {
            assert!(!runs_as_formula(text), "{text}");
        }
    }

    #[test]
    fn a_formula_goes_along_with_its_row() {
        for (formula, due) in [
            ("F4/D4", "F9/D9"),
            ("IF(D4=\"/\",\"D4\",F4/$D4)", "IF(D9=\"/\",\"D4\",F9/$D9)"),
            ("F4/D$4", "F9/D$4"),
            ("F4/Sheet2!D4+D40+LOG4(1)+AD4", "F9/Sheet2!D4+D40+LOG4(1)+AD9"),
            ("'D4'!A1+本期D4", "'D4'!A1+本期D4"),
            ("SUM(D4:F4)", "SUM(D9:F9)"),
        ] {
            assert_eq!(dragged(formula, 3, 8), due, "{formula}");
        }
    }

    #[test]
    fn sums_and_products_are_computed() {
        for (text, value) in [
            ("=600", "600"),
            ("=300+300", "600"),
            ("300+300", "600"),
            ("2*300", "600"),
            ("=2×300-1", "599"),
            ("＝３００＋300", "600"),
            ("=+5", "5"),
            ("=1.5*2", "3"),
        ] {
            assert_eq!(arithmetic(text), Some(value.parse().unwrap()), "{text}");
        }
        for text in [
            "=SUM(A1)",
            "=A1",
            "",
            "=",
            "=1/3",
            "=1+",
            "=1**2",
            "=9999999999999999999999*9",
            "=1e5",
            "=600项",
        ] {
            assert_eq!(arithmetic(text), None, "{text}");
        }
        assert_eq!(arithmetic(&"999999999999999*".repeat(20)), None);
        assert!(!runs_as_formula(&"-".repeat(100_000)));
    }
}
