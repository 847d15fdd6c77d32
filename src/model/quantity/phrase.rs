//! A number with the words around it: 约600, 超过600, 600左右, 500-600, （600项）, 共600项, 单位：项 600.
//!
//! Holds the lists of words before and behind a number and of units; which number it is, `numeral` says.

use super::characters::{chinese_digit, multiplier};
use super::numeral::{Number, Sureness, read_number, starts_number};
use super::{Inexact, Meaning, Oddity};

const ABOUT_BEFORE: &[&str] = &[
    "大约", "约为", "约有", "约计", "约", "将近", "接近", "近", "大概", "估计", "预计", "估算", "逾", "~",
    "〜", "≈", "∼",
];
const BOUND_BEFORE: &[&str] = &[
    "不少于",
    "不低于",
    "不超过",
    "不多于",
    "不高于",
    "不大于",
    "不小于",
    "不到",
    "不足",
    "不满",
    "至少",
    "至多",
    "最少",
    "最多",
    "超过",
    "超出",
    "高于",
    "低于",
    "超",
    "多于",
    "少于",
    "大于",
    "小于",
    "突破",
    "达到",
    "≥",
    "≤",
    "≧",
    "≦",
    "⩾",
    "⩽",
    ">=",
    "<=",
    "=>",
    "=<",
    ">",
    "<",
];
const ABOUT_AFTER: &[&str] = &["左右", "上下", "余", "多", "来", "几", "许", "开外", "出头"];
const BOUND_AFTER: &[&str] = &["以上", "以下", "以内", "之内", "不到", "不足", "起", "封顶", "+", "↑"];
/// 几百, 数十, 好几千, 上万.
const VAGUE: &[&str] = &["好几", "几", "数", "上", "成"];
/// Words before a number that say nothing more than that it is one.
const PLAIN_BEFORE: &[&str] =
    &["共计", "合计", "总计", "小计", "总共", "一共", "共有", "共", "计", "合", "总数"];
const DASHES: &[&str] = &["--", "-", "~", "〜", "∼", "——", "—", "–", "―", "‐", "‑", "至", "到", "→"];
const OPERATORS: &[&str] = &["+", "*", "×", "÷", "=", "x", "X"];
const OR: &[&str] = &["或者", "或", "/", "、", "和", "及", "与", ";", "；", "|"];

/// What a number or a unit may stand in.
const BRACKETS: [(char, char); 8] =
    [('(', ')'), ('[', ']'), ('【', '】'), ('〔', '〕'), ('〖', '〗'), ('{', '}'), ('「', '」'), ('<', '>')];
/// No unit stands in these.
const TITLE_MARKS: (char, char) = ('《', '》');

/// What a text means, without the oddities of its writing.
pub struct Phrase<'a> {
    pub meaning: Meaning,
    pub unit: Option<String>,
    /// What the number was read from: a slice of the text.
    pub source: &'a str,
}

impl<'a> Phrase<'a> {
    const fn of(meaning: Meaning, source: &'a str) -> Self {
        Self { meaning, unit: None, source }
    }
}

/// Reads a number with the words around it. `text` is trimmed, with width folded and invisible characters out; what is
/// unusual about the writing is added to `oddities`.
pub fn read_phrase<'a>(text: &'a str, oddities: &mut Vec<Oddity>) -> Phrase<'a> {
    let words = Phrase::of(Meaning::Words, "");
    // Brackets around the whole.
    for (open, close) in BRACKETS.into_iter().chain([TITLE_MARKS]) {
        let Some(inside) = text.strip_prefix(open).and_then(|inner| inner.strip_suffix(close)) else {
            continue;
        };
        let inside = inside.trim();
        if inside.contains([open, close]) {
            continue;
        }
        oddities.push(Oddity::Stray);
        let inner = read_phrase(inside, oddities);
        let numeric = matches!(inner.meaning, Meaning::Number(_) | Meaning::Guessed(_));
        return if open == '(' && numeric {
            Phrase { meaning: Meaning::Inexact(Inexact::Bracketed), ..inner }
        } else {
            inner
        };
    }
    let mut rest = text;
    let mut inexact = None;
    for (words, kind) in [(BOUND_BEFORE, Inexact::Bound), (ABOUT_BEFORE, Inexact::About)] {
        if let Some(after) = words.iter().find_map(|word| rest.strip_prefix(word)) {
            inexact = Some(kind);
            rest = after.trim_start();
        }
    }
    if is_vague(rest) {
        return Phrase::of(Meaning::Inexact(Inexact::About), text);
    }
    if let Some((share, after)) = [("百分之", "%"), ("千分之", "‰")]
        .iter()
        .find_map(|(word, sign)| Some((*sign, rest.strip_prefix(word)?)))
        && let Some(number) = read_number(after.trim_start(), oddities)
        && number.rest.trim().is_empty()
    {
        let meaning = inexact.map_or(Meaning::Number(number.value), Meaning::Inexact);
        return Phrase { meaning, unit: Some(share.to_owned()), source: rest };
    }
    // 共600项, 项600, 单位：项 600, ￥600.
    let mut unit_before = None;
    let mut annotated = false;
    if !starts_number(rest)
        && let Some(after) = PLAIN_BEFORE.iter().find_map(|word| rest.strip_prefix(word))
        && starts_number(after.trim_start_matches([':', ' ']))
    {
        oddities.push(Oddity::Stray);
        rest = after.trim_start_matches([':', ' ']);
    }
    if !starts_number(rest) {
        let split = rest
            .char_indices()
            .find(|(at, _)| starts_number(rest.get(*at..).unwrap_or("")))
            .map(|(at, _)| at);
        let Some((before, after)) = split.and_then(|at| rest.split_at_checked(at)) else { return words };
        match unit_before_number(before) {
            Some(unit) => unit_before = Some(unit),
            None if before
                .chars()
                .all(|c| c.is_alphanumeric() && !c.is_ascii() || matches!(c, ' ' | ':'))
                && !before.starts_with('第') =>
            {
                annotated = true;
            }
            None => return words,
        }
        rest = after;
        oddities.push(Oddity::Stray);
    }
    let Some(number) = read_number(rest, oddities) else { return words };
    let source = rest.get(..rest.len() - number.rest.len()).unwrap_or("").trim_end();
    let mut tail = Tail::of(&number, oddities);
    if let Some(kind) = tail.second_number() {
        return if annotated { words } else { Phrase::of(Meaning::Inexact(kind), source) };
    }
    inexact = tail.hedges(oddities).or(inexact);
    let unit = match tail.text {
        "" => None,
        word => match as_unit(word, oddities) {
            Some(unit) => Some(unit),
            None if annotated => return words,
            None if inexact.is_some() => {
                return Phrase::of(Meaning::Inexact(inexact.unwrap_or(Inexact::About)), source);
            }
            // 600-, 2019:, 12345A: a code.
            None if word.starts_with(|c: char| {
                c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '年' | '月' | '日' | '.')
            }) =>
            {
                return words;
            }
            None => return Phrase::of(Meaning::Inexact(Inexact::Annotated), source),
        },
    };
    if matches!(
        unit.as_deref(),
        Some("年" | "月" | "日" | "号" | "时" | "点" | "届" | "季度" | "月份" | "月底" | "年度" | "年底")
    ) {
        return words;
    }
    let unit = unit.or(unit_before);
    // 张三 is a name.
    if annotated && unit.is_none() && !source.contains(|c: char| c.is_ascii_digit()) {
        return words;
    }
    let meaning = match (inexact, number.sureness) {
        _ if annotated => Meaning::Inexact(Inexact::Annotated),
        (Some(kind), _) => Meaning::Inexact(kind),
        (None, Sureness::Unclear) => Meaning::Inexact(Inexact::Grouping),
        (None, Sureness::About) => Meaning::Inexact(Inexact::About),
        (None, Sureness::Guessed) => Meaning::Guessed(number.value),
        (None, Sureness::Certain) => Meaning::Number(number.value),
    };
    Phrase { meaning, unit, source }
}

/// 几百, 数十项, 上千家: a vague word right before a multiplier.
fn is_vague(text: &str) -> bool {
    VAGUE
        .iter()
        .filter_map(|word| text.strip_prefix(word))
        .any(|after| after.starts_with(|c| multiplier(c).is_some()))
}

/// What follows a number.
struct Tail<'a> {
    text: &'a str,
}

impl<'a> Tail<'a> {
    fn of(number: &Number<'a>, oddities: &mut Vec<Oddity>) -> Self {
        let text = number.rest.trim_start();
        if text.len() != number.rest.len() && !text.is_empty() {
            oddities.push(Oddity::Stray);
        }
        Self { text }
    }

    /// Whether another number follows behind a dash, an operator, a word for “or”; a unit may stand before it.
    fn second_number(&self) -> Option<Inexact> {
        let unit = self
            .text
            .find(|c: char| !c.is_alphabetic() || c.is_ascii() || matches!(c, '至' | '到' | '或'))
            .unwrap_or(self.text.len());
        for after_unit in [self.text, self.text.get(unit..).unwrap_or("").trim_start()] {
            for (words, kind) in
                [(DASHES, Inexact::Interval), (OR, Inexact::Alternatives), (OPERATORS, Inexact::Arithmetic)]
            {
                let second = words.iter().find_map(|word| after_unit.strip_prefix(word)).map(str::trim_start);
                if second.is_some_and(|second| {
                    starts_number(second) && read_number(second, &mut Vec::new()).is_some()
                }) {
                    return Some(kind);
                }
            }
        }
        None
    }

    /// Takes off what hedges the number, stray stops and 整.
    fn hedges(&mut self, oddities: &mut Vec<Oddity>) -> Option<Inexact> {
        let mut found = None;
        if let Some(after) = ABOUT_AFTER.iter().find_map(|word| self.text.strip_prefix(word)) {
            found = Some(Inexact::About);
            self.text = after;
        }
        let bare = self.text.trim_end_matches(['.', '。', ',', ';', '；', '、', ':', '!', ' ']);
        if bare.len() != self.text.len() {
            oddities.push(Oddity::Stray);
            self.text = bare;
        }
        for (words, kind) in [(ABOUT_AFTER, Inexact::About), (BOUND_AFTER, Inexact::Bound)] {
            // 600起 counts cases; 600项起 is a bound.
            let word = |word: &&str| {
                self.text.strip_suffix(*word).filter(|before| !before.is_empty() || *word != "起")
            };
            if let Some(before) = words.iter().find_map(word) {
                found = found.or(Some(kind));
                self.text = before;
            }
        }
        if let Some(before) = self.text.strip_suffix(['整', '正']) {
            oddities.push(Oddity::Stray);
            self.text = before;
        }
        self.text = self.text.trim();
        found
    }
}

/// Words that open or belong to a remark, not to a unit.
const REMARKS: &[&str] = &[
    "含", "其中", "另", "不", "未", "已", "预", "拟", "待", "累计", "完成", "在建", "等", "见", "注", "暂",
    "实际", "上报", "以", "约", "或", "和", "及", "与", "加", "减", "半", "左", "包括", "新增", "截至",
    "填报", "详见", "目标", "任务", "计划", "超", "不够",
];

/// A short word that can be a unit, brackets taken off: 项, （项）, 【项】, 单位：项, 项项, 家企业, %.
fn as_unit(text: &str, oddities: &mut Vec<Oddity>) -> Option<String> {
    let mut bare = text.trim();
    let mut stray = false;
    for (open, close) in BRACKETS {
        if let Some(inside) = bare.strip_prefix(open).and_then(|inside| inside.strip_suffix(close)) {
            bare = inside.trim();
            stray = true;
        }
    }
    if let Some(after) = bare.strip_prefix("单位") {
        bare = after.trim_start_matches([':', ' ']);
        stray = true;
    }
    // 项(项), 项项
    let letters: String =
        bare.chars().filter(|c| !matches!(c, '(' | ')' | '[' | ']' | '【' | '】' | ' ')).collect();
    let half = letters.chars().count() / 2;
    let (head, tail): (String, String) =
        (letters.chars().take(half).collect(), letters.chars().skip(half).collect());
    let unit = if half > 0 && head == tail {
        stray = true;
        head
    } else {
        bare.to_owned()
    };
    let known = matches!(unit.as_str(), "%" | "‰");
    let short = (1..=6).contains(&unit.chars().count());
    let plain = unit.chars().all(|c| c.is_alphabetic() && !c.is_ascii() && chinese_digit(c).is_none())
        && !REMARKS.iter().any(|word| unit.contains(word));
    if !(known || short && plain) {
        return None;
    }
    if stray {
        oddities.push(Oddity::Stray);
    }
    Some(unit)
}

/// Units that are believed before a number.
const UNITS: &[&str] = &[
    "项",
    "个",
    "家",
    "件",
    "人",
    "名",
    "户",
    "元",
    "万元",
    "亿元",
    "台",
    "套",
    "次",
    "篇",
    "支",
    "组",
    "座",
    "处",
    "所",
    "间",
    "条",
    "种",
    "类",
    "批",
    "份",
    "宗",
    "笔",
    "场",
    "位",
    "吨",
    "亩",
    "公里",
    "平方米",
    "項",
    "個",
];

fn unit_before_number(text: &str) -> Option<String> {
    let bare = text.trim().trim_end_matches([':', ' ']);
    let bare = bare.strip_prefix("单位").map_or(bare, |after| after.trim_start_matches([':', ' ']));
    let bare = bare.trim_matches(['(', ')', '[', ']', '【', '】', ' ']);
    if matches!(bare, "¥" | "$") {
        return Some(if bare == "¥" { "元" } else { "美元" }.to_owned());
    }
    UNITS.contains(&bare).then(|| bare.to_owned())
}
