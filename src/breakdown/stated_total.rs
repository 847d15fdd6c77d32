//! What a label says of its own total: 培育孵化1000家…, 聚集生物医药企业超过800家, 技术合同交易额突破700亿元.
//!
//! Pure text in, numbers out. Knows no breakdown and never judges a number.

use crate::model::{Decimal, Meaning, half_width, is_invisible, read_quantity};

use super::Relation;

/// A total that a label states.
#[derive(Clone, Debug, PartialEq)]
pub struct StatedTotal {
    /// Counted in `unit`: 10万名 is 100000 名, 700亿元 is 700 亿元.
    pub total: Decimal,
    pub relation: Relation,
    /// Empty where no unit follows the number.
    pub unit: String,
}

/// What stands before a number, longest first where one ends with another.
const BEFORE: &[(&str, Relation)] = &[
    ("不超过", Relation::AtMost),
    ("不高于", Relation::AtMost),
    ("不多于", Relation::AtMost),
    ("不大于", Relation::AtMost),
    ("控制在", Relation::AtMost),
    ("≤", Relation::AtMost),
    ("不少于", Relation::AtLeast),
    ("不低于", Relation::AtLeast),
    ("不小于", Relation::AtLeast),
    ("至少", Relation::AtLeast),
    ("≥", Relation::AtLeast),
    ("突破", Relation::Breaking),
    ("达到", Relation::Reaching),
    ("达", Relation::Reaching),
    ("超过", Relation::Above),
    ("大于", Relation::Above),
    ("高于", Relation::Above),
    ("超", Relation::Above),
    (">", Relation::Above),
];

/// What stands after number and unit.
const AFTER: &[(&str, Relation)] = &[
    ("以上", Relation::AtLeast),
    ("及以上", Relation::AtLeast),
    ("以内", Relation::AtMost),
    ("以下", Relation::AtMost),
];

impl StatedTotal {
    /// The same total counted in a unit with a magnitude: 20000人次 is 2 where the row counts in 万人次.
    pub fn counted_in(self, unit: &str) -> Self {
        let base = unit.trim_start_matches(['百', '千', '万', '亿']);
        let factor = read_quantity(&format!("1{}", unit.strip_suffix(base).unwrap_or_default())).certain();
        match factor.and_then(|factor| self.total.checked_div(factor)) {
            Some(total) if base.len() < unit.len() && self.unit == base => {
                Self { total: total.normalize(), unit: unit.to_owned(), ..self }
            }
            _ => self,
        }
    }
}

/// Units of statistics, longer ones before those that they begin with. Money is counted in 万元 and 亿元 as written.
const UNITS: &[&str] = &[
    "平方公里",
    "立方米",
    "平方米",
    "千瓦时",
    "百分点",
    "万亿元",
    "亿美元",
    "万美元",
    "亿元",
    "万元",
    "美元",
    "人次",
    "家次",
    "台套",
    "件套",
    "公里",
    "公顷",
    "千瓦",
    "吨",
    "元",
    "项",
    "家",
    "个",
    "名",
    "人",
    "件",
    "台",
    "套",
    "处",
    "所",
    "座",
    "条",
    "种",
    "篇",
    "部",
    "场",
    "次",
    "期",
    "批",
    "户",
    "支",
    "只",
    "对",
    "组",
    "辆",
    "亩",
    "位",
    "册",
    "份",
    "宗",
    "笔",
    "间",
    "栋",
    "片",
    "枚",
    "例",
    "株",
    "头",
    "米",
    "倍",
    "%",
];

/// What follows a number that counts nothing: a date, a rank, a name.
const NO_COUNT: &[&str] = &["年", "月", "日", "号", "届", "级", "期工程", "G", "D", "A"];

/// The first total that a label states.
pub fn stated_total(label: &str) -> Option<StatedTotal> {
    stated_totals(label).into_iter().next()
}

/// Every total that a label states, in order; those with a unit come first.
pub fn stated_totals(label: &str) -> Vec<StatedTotal> {
    let text: Vec<char> =
        label.chars().filter(|c| !is_invisible(*c)).map(half_width).filter(|c| !c.is_whitespace()).collect();
    let mut found: Vec<StatedTotal> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match number_at(&text, at) {
            Some((end, total)) => {
                found.extend(total);
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    found.sort_by_key(|stated| stated.unit.is_empty());
    found
}

/// Where a number begins at `at`: its end, and the total where it counts something.
fn number_at(text: &[char], at: usize) -> Option<(usize, Option<StatedTotal>)> {
    let first = *text.get(at)?;
    let arabic = first.is_ascii_digit();
    if !arabic && !is_numeral(first) {
        return None;
    }
    let run = |test: fn(char) -> bool, from: usize| text.iter().skip(from).take_while(|c| test(**c)).count();
    let mut end = at
        + if arabic {
            run(|c| c.is_ascii_digit() || matches!(c, ',' | '.'), at)
        } else {
            run(is_numeral, at)
        };
    // A full stop or comma at the end belongs to the sentence.
    while end > at + 1 && text.get(end - 1).is_some_and(|c| matches!(c, ',' | '.')) {
        end -= 1;
    }
    let mut written: String = text.get(at..end)?.iter().collect();
    // 700亿元 counts in 亿元; 10万名 is a hundred thousand.
    if arabic && unit_at(text, end).is_none() {
        let magnitude: String =
            text.iter().skip(end).take_while(|c| matches!(c, '百' | '千' | '万' | '亿')).collect();
        end += magnitude.chars().count();
        written.push_str(&magnitude);
    }
    // 一批, 三市: only numerals that can be no word of their own.
    if !arabic && (end - at < 2 && first != '十' && first != '百' || unit_at(text, end).is_none()) {
        return Some((end, None));
    }
    let before: String = text.get(at.saturating_sub(3)..at)?.iter().collect();
    let rest: String = text.get(end..)?.iter().take(6).collect();
    let part_of_a_name = before.ends_with(|c: char| c.is_ascii_alphabetic() || c == '第' || c == '-')
        || NO_COUNT.iter().any(|word| rest.starts_with(word))
        || rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let Meaning::Number(total) = read_quantity(&written).meaning else { return Some((end, None)) };
    if part_of_a_name {
        return Some((end, None));
    }
    let unit = unit_at(text, end).map_or_else(|| tail_unit(text, end), str::to_owned);
    let after: String = text.get(end + unit.chars().count()..).unwrap_or_default().iter().take(3).collect();
    let said = |words: &[(&str, Relation)], fits: &dyn Fn(&str) -> bool| {
        words.iter().find(|(word, _)| fits(word)).map(|(_, said)| *said)
    };
    let relation = match said(BEFORE, &|word| before.ends_with(word)) {
        Some(Relation::AtMost) => Relation::AtMost,
        before => said(AFTER, &|word| after.starts_with(word)).or(before).unwrap_or(Relation::Equal),
    };
    Some((end, Some(StatedTotal { total: total.normalize(), relation, unit })))
}

const fn is_numeral(c: char) -> bool {
    matches!(
        c,
        '一' | '二'
            | '两'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '亿'
            | '零'
            | '〇'
    )
}

fn unit_at(text: &[char], at: usize) -> Option<&'static str> {
    let rest: String = text.get(at..)?.iter().take(4).collect();
    UNITS.iter().find(|unit| rest.starts_with(**unit)).copied()
}

/// An unknown unit is told only at the end of the label: …建设30孔.
fn tail_unit(text: &[char], at: usize) -> String {
    let tail = text.get(at..).unwrap_or_default();
    let plain = tail.len() <= 3 && tail.iter().all(|c| c.is_alphabetic() && !c.is_ascii());
    if plain { tail.iter().collect() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::breakdown::Breakdown;

    #[test]
    fn the_annex_states_its_own_totals() {
        for indicator in &Breakdown::official().indicators {
            let stated = stated_total(&indicator.label).unwrap();
            assert_eq!(
                (stated.total, stated.relation, &stated.unit),
                (indicator.total, indicator.relation, &indicator.unit)
            );
        }
    }

    #[test]
    fn reads_totals_as_plans_write_them() {
        for (label, total, relation, unit) in [
            ("建设新型研发机构10个", "10", Relation::Equal, "个"),
            ("聚集生物医药企业不少于８００家", "800", Relation::AtLeast, "家"),
            ("高新技术企业数量不低于1,200家", "1200", Relation::AtLeast, "家"),
            ("引进高层次人才至少10万名", "100000", Relation::AtLeast, "名"),
            ("技术合同交易额突破700亿元", "700", Relation::Breaking, "亿元"),
            ("科技进步贡献率达到30%", "30", Relation::Reaching, "%"),
            ("科技进步贡献率达 60.5 %", "60.5", Relation::Reaching, "%"),
            ("培育瞪羚企业500家以上", "500", Relation::AtLeast, "家"),
            ("培育瞪羚企业达到500家以上", "500", Relation::AtLeast, "家"),
            ("到2020年，转化成果3000项", "3000", Relation::Equal, "项"),
            ("建设5G基站2万个", "20000", Relation::Equal, "个"),
            ("平均用时控制在20日，整改不超过5项", "5", Relation::AtMost, "项"),
            ("培训技术经理人一千二百名", "1200", Relation::Equal, "名"),
            ("开展第3届对接活动20场", "20", Relation::Equal, "场"),
            ("建成十个基地", "10", Relation::Equal, "个"),
            ("新建观测孔30孔", "30", Relation::Equal, "孔"),
        ] {
            let stated = stated_total(label).unwrap_or_else(|| panic!("{label}"));
            assert_eq!(
                (stated.total.to_string().as_str(), stated.relation, stated.unit.as_str()),
                (total, relation, unit),
                "{label}"
            );
        }
        for label in ["形成一批可复制可推广的经验", "2020年底前完成", "", "5G", "科技金融体系"]
        {
            assert_eq!(stated_total(label), None, "{label}");
        }
        assert_eq!(stated_totals("建设2个基地，孵化30家").len(), 2);
    }

    proptest! {
        #[test]
        fn no_label_panics(label in ".{0,40}", digits in "[0-9,.万亿千百十一%元]{0,30}") {
            stated_totals(&label);
            stated_totals(&digits);
        }
    }
}
