//! A reader of JSON, as far as the command line's own output needs one. The page's engine links no JSON library: the
//! page file has to stay small.
//!
//! Total: what is no JSON is `None`, depth is capped, nothing is allocated from a declared size.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool,
    /// As written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Nesting that is followed; our own output has four levels.
const DEPTH: u32 = 32;

impl Json {
    /// The values of a text, one after the other, as in one a line.
    pub fn read_all(text: &str) -> Option<Vec<Self>> {
        let mut chars = text.chars().peekable();
        let mut found = Vec::new();
        loop {
            skip_space(&mut chars);
            if chars.peek().is_none() {
                return Some(found);
            }
            found.push(value(&mut chars, DEPTH)?);
        }
    }

    /// A field of an object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub fn text(&self, key: &str) -> Option<String> {
        if let Self::Text(text) = self.get(key)? { Some(text.clone()) } else { None }
    }

    /// A whole number that is not negative.
    pub fn number(&self, key: &str) -> Option<u32> {
        if let Self::Number(number) = self.get(key)? { number.parse().ok() } else { None }
    }

    pub fn list(&self, key: &str) -> Option<&[Self]> {
        if let Self::List(items) = self.get(key)? { Some(items) } else { None }
    }
}

type Input<'a> = Peekable<Chars<'a>>;

fn skip_space(chars: &mut Input) {
    while chars.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
}

/// Takes one character after space.
fn take(chars: &mut Input, wanted: char) -> Option<()> {
    skip_space(chars);
    chars.next_if_eq(&wanted).map(|_| ())
}

fn value(chars: &mut Input, depth: u32) -> Option<Json> {
    skip_space(chars);
    let depth = depth.checked_sub(1)?;
    match *chars.peek()? {
        '"' => string(chars).map(Json::Text),
        '[' => items(chars, ['[', ']'], |chars| value(chars, depth)).map(Json::List),
        '{' => items(chars, ['{', '}'], |chars| {
            skip_space(chars);
            let name = string(chars)?;
            take(chars, ':')?;
            Some((name, value(chars, depth)?))
        })
        .map(Json::Object),
        '-' | '0'..='9' => {
            let mut number = String::new();
            while let Some(c) =
                chars.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))
            {
                number.push(c);
            }
            Some(Json::Number(number))
        }
        _ => {
            let mut word = String::new();
            while let Some(c) = chars.next_if(char::is_ascii_lowercase) {
                word.push(c);
            }
            match word.as_str() {
                "null" => Some(Json::Null),
                "true" | "false" => Some(Json::Bool),
                _ => None,
            }
        }
    }
}

/// What stands between two brackets, separated by commas.
fn items<T>(
    chars: &mut Input,
    [open, close]: [char; 2],
    mut item: impl FnMut(&mut Input) -> Option<T>,
) -> Option<Vec<T>> {
    take(chars, open)?;
    let mut found = Vec::new();
    if take(chars, close).is_some() {
        return Some(found);
    }
    loop {
        found.push(item(chars)?);
        if take(chars, ',').is_none() {
            take(chars, close)?;
            return Some(found);
        }
    }
}

fn string(chars: &mut Input) -> Option<String> {
    chars.next_if_eq(&'"')?;
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => match chars.next()? {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                'b' => text.push('\u{8}'),
                'f' => text.push('\u{c}'),
                'u' => text.push(escaped(chars)?),
                c @ ('"' | '\\' | '/') => text.push(c),
                _ => return None,
            },
            c => text.push(c),
        }
    }
}

/// `4e00`, or the two halves of a character beyond the first 65536.
fn escaped(chars: &mut Input) -> Option<char> {
    let unit =
        |chars: &mut Input| (0..4).try_fold(0, |unit, _| Some(unit * 16 + chars.next()?.to_digit(16)?));
    let first = unit(chars)?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first);
    }
    let is_pair = chars.next() == Some('\\') && chars.next() == Some('u');
    let second = unit(chars).filter(|second| is_pair && (0xDC00..0xE000).contains(second))?;
    char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same value by a library.
    fn same(mine: &Json, theirs: &serde_json::Value) -> bool {
        match (mine, theirs) {
            (Json::Null, serde_json::Value::Null) | (Json::Bool, serde_json::Value::Bool(_)) => true,
            (Json::Number(a), serde_json::Value::Number(b)) => a.parse::<f64>().ok() == b.as_f64(),
            (Json::Text(a), serde_json::Value::String(b)) => a == b,
            (Json::List(a), serde_json::Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Json::Object(a), serde_json::Value::Object(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
            }
            _ => false,
        }
    }

    #[test]
    fn reads_what_a_library_reads() {
        for text in [
            r#"{"a":1,"b":[true,null,-2.5e3],"c":{"d":"引号\"\\\/\n\t\u4e00\ud83d\ude00"}}"#,
            " [ ] ",
            r#"{ "空" : { } , "x" : [ [ ] , "" ] }"#,
        ] {
            let theirs: serde_json::Value = serde_json::from_str(text).unwrap();
            let mine = Json::read_all(text).unwrap();
            assert!(mine.len() == 1 && same(&mine[0], &theirs), "{text}: {mine:?}");
        }
        assert_eq!(Json::read_all("{}\n{}\n").unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(100_000);
        for text in [
            "{",
            "{\"a\"}",
            "[1,]",
            "\"a",
            "\"\\ud83d\"",
            "\"\\x\"",
            "nul",
            "{a:1}",
            deep.as_str(),
            "序号,指标",
        ] {
            assert_eq!(Json::read_all(text), None, "{}", text.chars().take(20).collect::<String>());
        }
    }
}
