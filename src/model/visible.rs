//! Text that is only shown: what would steer a terminal, or turn the order of letters round, becomes a sign of itself.

use std::borrow::Cow;

/// A text with control characters and direction marks made visible (`␛`, `⟨RLO⟩`); line ends and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match (steers(c), mark(c)) {
            (false, _) => shown.push(c),
            (true, Some(mark)) => shown.push_str(mark),
            (true, None) if c == '\u{7f}' => shown.push('␡'),
            // The pictures of control characters stand in their order from U+2400 on.
            (true, None) if c < ' ' => shown.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␦')),
            (true, None) => shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))),
        }
    }
    Cow::Owned(shown)
}

/// JSON that says the same with no character that steers: inside its strings they are written as escapes.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let escaped = |c: char| if steers(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Cow::Owned(json.chars().map(escaped).collect())
}

fn steers(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t') || mark(c).is_some() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The name of a mark that changes the direction of what follows (Unicode annex 9, 2).
const fn mark(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{202A}' => "⟨LRE⟩",
        '\u{202B}' => "⟨RLE⟩",
        '\u{202C}' => "⟨PDF⟩",
        '\u{202D}' => "⟨LRO⟩",
        '\u{202E}' => "⟨RLO⟩",
        '\u{2066}' => "⟨LRI⟩",
        '\u{2067}' => "⟨RLI⟩",
        '\u{2068}' => "⟨FSI⟩",
        '\u{2069}' => "⟨PDI⟩",
        '\u{200E}' => "⟨LRM⟩",
        '\u{200F}' => "⟨RLM⟩",
        '\u{061C}' => "⟨ALM⟩",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_shown() {
        assert_eq!(visible("成都\u{1b}[2J\u{7}市\u{202e}项\u{85}\r\n\t"), "成都␛[2J␇市⟨RLO⟩项⟨U+0085⟩␍\n\t");
        assert_eq!(visible("600\u{7f}"), "600␡");
        assert!(matches!(visible("600项\n"), Cow::Borrowed(_)));
        let json = serde_json::to_string("a\u{202e}b\u{1b}\u{9b}").unwrap();
        let shown = visible_json(&json);
        assert_eq!(shown, "\"a\\u202eb\\u001b\\u009b\"");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), "a\u{202e}b\u{1b}\u{9b}");
    }
}
