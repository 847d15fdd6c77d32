//! Automatic numbers: what Word prints before a paragraph and writes nowhere (ECMA-376 part 1, 17.9).
//!
//! Lists count over the whole document, so every numbered paragraph must be counted, in a table or not.

use std::collections::{HashMap, HashSet};

use crate::model::Unreadable;
use crate::reading::limits::Budget;
use crate::reading::package::Package;
use crate::reading::xml::{Element, Event, Xml};

/// Levels of a list (17.9.3).
const LEVELS: usize = 9;
/// Styles are based on one another in short chains; one that runs in a ring ends here.
const ANCESTORS: usize = 16;
/// Bytes of a name or of what is printed around a number: every paragraph that is counted copies them.
const NAME: usize = 255;

/// The lists of a document with how far each has counted.
#[derive(Default)]
pub(super) struct Numbering {
    styles: HashMap<String, Style>,
    /// Levels by abstract list.
    lists: HashMap<String, Vec<Level>>,
    /// Numbering style that an abstract list stands for.
    linked: HashMap<String, String>,
    /// Abstract list and own beginnings by list.
    used: HashMap<String, Used>,
    counted: HashMap<String, [Option<u32>; LEVELS]>,
    begun: HashSet<(String, usize)>,
}

#[derive(Default)]
struct Style {
    based_on: Option<String>,
    list: Option<String>,
    level: Option<usize>,
}

struct Level {
    start: u32,
    format: String,
    text: String,
    style: Option<String>,
}

#[derive(Default)]
struct Used {
    list: String,
    starts: HashMap<usize, u32>,
}

impl Numbering {
    /// Reads the styles and lists of a document; a document without them has no numbers.
    pub fn read(
        package: &mut Package<'_>,
        styles: Option<&str>,
        numbering: Option<&str>,
        budget: &Budget<'_>,
    ) -> Result<Self, Unreadable> {
        let mut found = Self::default();
        let Some(part) = numbering else { return Ok(found) };
        if let Some(text) = package.text(part)? {
            found.read_lists(part, &text, budget)?;
        }
        if let Some(part) = styles
            && let Some(text) = package.text(part)?
        {
            found.read_styles(part, &text, budget)?;
        }
        Ok(found)
    }

    fn read_styles(&mut self, part: &str, text: &str, budget: &Budget<'_>) -> Result<(), Unreadable> {
        let mut open: Option<(String, Style)> = None;
        let mut xml = Xml::new(part, text, budget.limits);
        while let Some(event) = xml.next()? {
            match &event {
                Event::Start(element) if element.is("style") => {
                    open = short(element, "w:styleId").map(|id| (id, Style::default()));
                }
                Event::Start(element) => {
                    let Some((_, style)) = &mut open else { continue };
                    match element.name() {
                        "basedOn" => style.based_on = short(element, "w:val"),
                        "numId" => style.list = short(element, "w:val"),
                        "ilvl" => style.level = element.number("w:val"),
                        _ => {}
                    }
                }
                Event::End(_) if event.ends("style") => self.styles.extend(open.take()),
                Event::End(_) | Event::Text(_) => {}
            }
        }
        Ok(())
    }

    fn read_lists(&mut self, part: &str, text: &str, budget: &Budget<'_>) -> Result<(), Unreadable> {
        let (mut list, mut used): (Option<String>, Option<(String, Used)>) = (None, None);
        let mut overridden = None;
        let mut xml = Xml::new(part, text, budget.limits);
        while let Some(event) = xml.next()? {
            match &event {
                Event::Start(element) => {
                    let value = || short(element, "w:val").unwrap_or_default();
                    match element.name() {
                        "abstractNum" => {
                            list = short(element, "w:abstractNumId");
                            self.lists.extend(list.clone().map(|list| (list, Vec::new())));
                        }
                        "numStyleLink" => self.linked.extend(list.clone().map(|list| (list, value()))),
                        "num" => used = short(element, "w:numId").map(|id| (id, Used::default())),
                        "lvlOverride" => {
                            overridden = element.number("w:ilvl").filter(|level| *level < LEVELS);
                        }
                        "startOverride" => {
                            if let (Some((_, used)), Some(level)) = (&mut used, overridden) {
                                used.starts.insert(level, element.number("w:val").unwrap_or(1));
                            }
                        }
                        "abstractNumId" => {
                            if let Some((_, used)) = &mut used {
                                used.list = value();
                            }
                        }
                        _ => {}
                    }
                    // What a list overrides of a level beside its beginning is its look.
                    let Some(levels) = list.as_ref().and_then(|list| self.lists.get_mut(list)) else {
                        continue;
                    };
                    if element.is("lvl") && levels.len() < LEVELS {
                        let (format, text) = ("decimal".to_owned(), String::new());
                        levels.push(Level { start: 0, format, text, style: None });
                    }
                    let Some(level) = levels.last_mut() else { continue };
                    match element.name() {
                        "start" => level.start = element.number("w:val").unwrap_or(0),
                        "numFmt" => level.format = value(),
                        "lvlText" => level.text = value(),
                        "pStyle" => level.style = Some(value()),
                        _ => {}
                    }
                }
                Event::End(_) if event.ends("abstractNum") => list = None,
                Event::End(_) if event.ends("num") => self.used.extend(used.take()),
                Event::End(_) | Event::Text(_) => {}
            }
        }
        Ok(())
    }

    /// Counts a paragraph, and gives the number that stands before it without the marks around it; empty where there is
    /// none. A list of its own goes before that of the style; list 0 means none.
    pub fn count(&mut self, style: Option<&str>, list: Option<&str>, level: Option<usize>) -> String {
        let (from, styled) = self.styled(style);
        let Some(list) = list.map(str::to_owned).or(styled.list) else { return String::new() };
        let Some((name, starts)) = self.abstract_list(&list) else { return String::new() };
        let Some(levels) = self.lists.get(&name) else { return String::new() };
        let level = level.or(styled.level).unwrap_or_else(|| {
            levels.iter().position(|level| level.style.is_some() && level.style == from).unwrap_or(0)
        });
        let counted = self.counted.entry(name).or_default();
        let Some(own) = levels.get(level) else { return String::new() };
        let again = starts.get(&level).filter(|_| self.begun.insert((list, level)));
        let Some(counter) = counted.get_mut(level) else { return String::new() };
        *counter = Some(match (again, *counter) {
            (Some(start), _) => *start,
            (None, Some(count)) => count.saturating_add(1),
            (None, None) => own.start,
        });
        counted.iter_mut().skip(level + 1).for_each(|deeper| *deeper = None);
        let mut text = String::new();
        let mut template = own.text.chars();
        while let Some(c) = template.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            let place = template.next().and_then(|c| c.to_digit(10)).unwrap_or(0);
            let place = usize::try_from(place).unwrap_or(0).wrapping_sub(1);
            if let (Some(level), Some(count)) = (levels.get(place), counted.get(place)) {
                text.push_str(&written(count.unwrap_or(level.start), &level.format));
            }
        }
        if !own.text.contains('%') || own.format == "bullet" {
            return String::new();
        }
        let marks = |c: char| c.is_whitespace() || ".．、,，:：()（）[]【】第条项".contains(c);
        text.trim_matches(marks).to_owned()
    }

    /// The list and level of a style, its own or its ancestors', with the style that names them.
    fn styled(&self, style: Option<&str>) -> (Option<String>, Style) {
        let mut name = style.map(str::to_owned);
        for _ in 0..ANCESTORS {
            let Some(style) = name.as_ref().and_then(|name| self.styles.get(name)) else { break };
            if style.list.is_some() {
                let own = Style { based_on: None, list: style.list.clone(), level: style.level };
                return (name, own);
            }
            name = style.based_on.clone();
        }
        (None, Style::default())
    }

    fn abstract_list(&self, list: &str) -> Option<(String, HashMap<usize, u32>)> {
        let used = self.used.get(list)?;
        let link = self.linked.get(&used.list).and_then(|style| self.styles.get(style));
        let linked = link.and_then(|style| self.used.get(style.list.as_ref()?));
        Some((linked.unwrap_or(used).list.clone(), used.starts.clone()))
    }
}

fn short(element: &Element<'_>, attribute: &str) -> Option<String> {
    element.attribute(attribute).filter(|value| value.len() <= NAME)
}

/// A number in one of the formats that Chinese documents use (17.18.59); any other is written in digits.
fn written(count: u32, format: &str) -> String {
    let from = |first: char, most: u32| {
        (1..=most).contains(&count).then(|| char::from_u32(u32::from(first) + count - 1)).flatten()
    };
    let one = |c: Option<char>| c.map_or_else(|| count.to_string(), String::from);
    match format {
        "chineseCounting"
        | "chineseCountingThousand"
        | "chineseLegalSimplified"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand" => counting(count),
        "ideographDigital" | "taiwaneseDigital" | "japaneseDigitalTenThousand" => {
            count.to_string().chars().map(|c| digit(c.to_digit(10).unwrap_or(0))).collect()
        }
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => one(from('①', 20)),
        "decimalEnclosedParen" => one(from('⑴', 20)),
        "decimalEnclosedFullstop" => one(from('⒈', 20)),
        "ideographTraditional" => one("甲乙丙丁戊己庚辛壬癸".chars().nth(index(count))),
        "upperLetter" => one(from('A', 26)),
        "lowerLetter" => one(from('a', 26)),
        "upperRoman" => roman(count),
        "lowerRoman" => roman(count).to_lowercase(),
        "decimalZero" => format!("{count:02}"),
        "none" => String::new(),
        _ => count.to_string(),
    }
}

fn index(count: u32) -> usize {
    usize::try_from(count).unwrap_or(0).wrapping_sub(1)
}

fn digit(digit: u32) -> char {
    usize::try_from(digit).ok().and_then(|at| "〇一二三四五六七八九".chars().nth(at)).unwrap_or('〇')
}

/// 十, 十二, 二十, 一百零五; from ten thousand on in digits.
fn counting(count: u32) -> String {
    if count == 0 || count >= 10_000 {
        return count.to_string();
    }
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1_000, "千"), (100, "百"), (10, "十"), (1, "")] {
        match count / unit % 10 {
            0 => gap = !text.is_empty(),
            value => {
                if gap {
                    text.push('零');
                }
                gap = false;
                if !(unit == 10 && value == 1 && text.is_empty()) {
                    text.push(digit(value));
                }
                text.push_str(name);
            }
        }
    }
    text
}

fn roman(count: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1_000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4_000).contains(&count) {
        return count.to_string();
    }
    let (mut left, mut text) = (count, String::new());
    for (value, sign) in SIGNS {
        while left >= value {
            text.push_str(sign);
            left -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_word_prints_them() {
        let of = |format: &str, counts: &[u32]| -> Vec<String> {
            counts.iter().map(|count| written(*count, format)).collect()
        };
        assert_eq!(
            of("chineseCounting", &[1, 10, 12, 20, 105, 1010]),
            ["一", "十", "十二", "二十", "一百零五", "一千零一十"]
        );
        assert_eq!(of("ideographDigital", &[7, 10]), ["七", "一〇"]);
        assert_eq!(of("decimalEnclosedCircleChinese", &[1, 20, 21]), ["①", "⑳", "21"]);
        assert_eq!(of("lowerRoman", &[4, 19]), ["iv", "xix"]);
        assert_eq!(of("ideographTraditional", &[0, 2, 11]), ["0", "乙", "11"]);
        assert_eq!(of("decimal", &[3]), ["3"]);
    }
}
