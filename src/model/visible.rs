//! Text that is only shown: what would steer a terminal, turn the order of letters round or stand there unseen becomes
//! a sign of itself.

use std::borrow::Cow;

/// A text with control characters, direction marks and unseen characters made visible (`␛`, `⟨RLO⟩`, `⟨ZWSP⟩`); line
/// ends and tabs stay. What is shown twice is shown alike.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            // A line end of other systems.
            '\r' if rest.peek() == Some(&'\n') => {}
            c if !is_unseen(c) => shown.push(c),
            '\u{7f}' => shown.push('␡'),
            // The pictures of control characters stand in their order from U+2400 on.
            c if c < ' ' => shown.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␦')),
            c => match name(c) {
                Some(name) => shown.push_str(&format!("⟨{name}⟩")),
                None => shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))),
            },
        }
    }
    Cow::Owned(shown)
}

/// A text without what is not seen: for the name of a file, which is neither shown nor anybody's data.
pub fn without_unseen(text: &str) -> String {
    text.chars().filter(|c| !is_unseen(*c)).collect()
}

/// What [`visible`] shows, without the signs: to tell whether two texts say the same but for what is unseen.
pub fn without_signs(shown: &str) -> String {
    let mut out = String::with_capacity(shown.len());
    let mut rest = shown;
    while let Some((before, after)) = rest.split_once('⟨') {
        out.push_str(before);
        rest = after.split_once('⟩').map_or(after, |(_, behind)| behind);
    }
    out.push_str(rest);
    out.retain(|c| !matches!(c, '\u{2400}'..='\u{2426}'));
    out
}

/// JSON that says the same with no such character: inside its strings they are written as escapes.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.contains(is_unseen) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_unseen(c) {
            let escapes =
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            out.push_str(&escapes);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Controls, separators of lines, what Unicode lets a display pass over (`Default_Ignorable_Code_Point`), the marks of
/// annotations, and what is no character at all.
fn is_unseen(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        ' '..='~' | '\u{2070}'..='\u{3163}' | '\u{3165}'..='\u{d7ff}' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' => true,
        '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        c => c.is_control() || u32::from(c) & 0xfffe == 0xfffe,
    }
}

/// The short name of a mark, those of direction as in Unicode annex 9.
const fn name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{202A}' => "LRE",
        '\u{202B}' => "RLE",
        '\u{202C}' => "PDF",
        '\u{202D}' => "LRO",
        '\u{202E}' => "RLO",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        '\u{200E}' => "LRM",
        '\u{200F}' => "RLM",
        '\u{061C}' => "ALM",
        '\u{200B}' => "ZWSP",
        '\u{200C}' => "ZWNJ",
        '\u{200D}' => "ZWJ",
        '\u{2060}' => "WJ",
        '\u{FEFF}' => "BOM",
        '\u{00AD}' => "SHY",
        '\u{2028}' => "LS",
        '\u{2029}' => "PS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unseen_is_shown() {
        assert_eq!(
            visible("成都\u{1b}[2J\u{7}市\u{202e}项\u{85}\r\n\t\r"),
            "成都␛[2J␇市⟨RLO⟩项⟨U+0085⟩\n\t␍"
        );
        assert_eq!(visible("600\u{7f}"), "600␡");
        assert_eq!(
            visible("6\u{200b}00\u{feff}\u{ad}\u{2028}项\u{2066}\u{2069}"),
            "6⟨ZWSP⟩00⟨BOM⟩⟨SHY⟩⟨LS⟩项⟨LRI⟩⟨PDI⟩"
        );
        assert_eq!(
            visible("市\u{e0041}\u{e0100}\u{fe0f}\u{3164}\u{ffff}"),
            "市⟨U+E0041⟩⟨U+E0100⟩⟨U+FE0F⟩⟨U+3164⟩⟨U+FFFF⟩"
        );
        assert!(matches!(visible("“600项”，A～Z（①）＝１\u{3000}é𠮷\n\t"), Cow::Borrowed(_)));
    }

    #[test]
    fn no_unseen_character_is_left_and_a_second_look_changes_nothing() {
        for c in '\0'..=char::MAX {
            let text = format!("a{c}b");
            let shown = visible(&text);
            assert!(!shown.contains(is_unseen), "{:x}", u32::from(c));
            assert_eq!(visible(&shown), shown);
            let unseen = crate::model::is_invisible(c) && c != '\r';
            assert!(!unseen || shown != text, "U+{:04X} is taken for invisible and not shown", u32::from(c));
            if shown != text {
                assert_eq!(without_signs(&shown), "ab");
            }
        }
    }

    #[test]
    fn json_says_the_same() {
        let said = "a\u{202e}b\u{1b}\u{9b}\u{e0041}\u{feff}";
        let shown = visible_json(&serde_json::to_string(said).unwrap()).into_owned();
        assert_eq!(shown, "\"a\\u202eb\\u001b\\u009b\\udb40\\udc41\\ufeff\"");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), said);
    }
}
