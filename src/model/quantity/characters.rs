//! Single characters: their half-width twins, what they stand for in a number, which of them leave no mark.

use rust_decimal::Decimal;

/// The half-width twin of a full-width character (U+FF01..U+FF5E), the ASCII digit of a styled one, the ASCII space of
/// other spaces.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        // Mathematical digits, as copied from a PDF or a chat: five styles of ten.
        '\u{1d7ce}'..='\u{1d7ff}' => char::from_digit((u32::from(c) - 0x1d7ce) % 10, 10).unwrap_or(c),
        '\u{3000}'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202f}'
        | '\u{205f}'
        | '\t'
        | '\n'
        | '\r' => ' ',
        '￥' => '¥',
        _ => c,
    }
}

/// Characters that leave no mark on screen: zero-width, directional, soft hyphen, fillers, variation selectors, tags,
/// controls.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    ) || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// Spaces that look like the space of the keyboard, or like none, and are another character.
pub fn is_disguised_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}'
    )
}

/// The digit that a letter is taken for; Latin, Cyrillic and Greek.
pub fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'O' | 'o' | 'Q' | 'D' | 'О' | 'о' | 'Ο' | 'ο' => '0',
        'l' | 'I' | 'i' | '|' | 'І' | 'і' | 'Ӏ' | 'ӏ' | 'Ι' | 'ι' => '1',
        'Z' | 'z' | 'Ζ' => '2',
        'З' | 'з' => '3',
        'S' | 's' | 'Ѕ' | 'ѕ' => '5',
        'b' | 'б' => '6',
        'B' | 'В' | 'Β' => '8',
        'q' | 'g' => '9',
        _ => return None,
    })
}

/// 〇 and the circles that stand in for it.
pub const fn is_chinese_zero(c: char) -> bool {
    matches!(c, '〇' | '零' | '○' | '◯')
}

/// A Chinese digit of either script, everyday or financial.
pub fn chinese_digit(c: char) -> Option<u32> {
    Some(match c {
        _ if is_chinese_zero(c) => 0,
        '一' | '壹' | '壱' | '弌' => 1,
        '二' | '贰' | '貳' | '弍' | '弐' | '两' | '兩' => 2,
        '三' | '叁' | '叄' | '參' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// 廿, 卅, 卌: a digit and its ten in one character.
pub const fn tens(c: char) -> Option<u32> {
    match c {
        '廿' => Some(2),
        '卅' => Some(3),
        '卌' => Some(4),
        _ => None,
    }
}

/// 十, 百, 千, 万, 亿 of either script.
pub fn multiplier(c: char) -> Option<Decimal> {
    Some(Decimal::from(match c {
        '十' | '拾' => 10u64,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    }))
}

/// w and k behind digits, as in chats.
pub fn letter_multiplier(c: char) -> Option<Decimal> {
    Some(Decimal::from(match c {
        'w' | 'W' => 10_000u64,
        'k' | 'K' => 1_000,
        _ => return None,
    }))
}

pub fn superscript(c: char) -> Option<char> {
    Some(match c {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        _ => return None,
    })
}
