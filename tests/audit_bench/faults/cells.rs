//! Faults of single cells: how a quantity is written, what does not apply, what does not balance, what did not move.

use indicator_companion::model::{Cell, NumberFormat, Range, Value};

use super::{Marks, Planted, Spot, is_flat, is_producer, put_count, row_of, spot};
use crate::layouts::{Col, Form, House, Kind, PERIODS, RateStyle, indicators, rate_text, target, unit};
use crate::random::Rng;

/// Writes something unusual over a count; the rate stays that of the true count.
fn writes(form: &mut Form, rule: &'static str, spot: &Spot, text: &str) -> Planted {
    form.put_text(spot.at, text);
    Planted::at(
        rule,
        spot.at,
        format!("{:?} 指标{} {} -> {text:?}", spot.column, spot.indicator + 1, spot.count),
    )
    .restores(vec![spot.at])
}

pub fn number_as_text(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.house != House::Plain || is_flat(form) {
        return None;
    }
    let spot = spot(form, rng, marks, |_| true)?;
    let text = match rng.below(4) {
        0 => format!(" {}", spot.count),
        1 => format!("{} ", spot.count),
        2 => format!("{}{}", spot.count, unit(spot.indicator)),
        _ => spot.count.to_string(),
    };
    Some(writes(form, "Q001", &spot, &text).or("Q019"))
}

pub fn column_as_text(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.house != House::Plain || is_flat(form) || !marks.none() {
        return None;
    }
    let columns: Vec<Col> = form
        .figure_columns()
        .into_iter()
        .filter(|column| (0..indicators()).all(|i| form.counts.contains_key(&(*column, i))))
        .collect();
    let column = rng.pick(&columns);
    let mut cells = Vec::new();
    for indicator in 0..indicators() {
        let Some(count) = form.count(indicator, column) else { continue };
        let at = form.at(indicator, column)?;
        form.put_text(at, count.to_string());
        cells.push(at);
    }
    if cells.len() < 4 {
        return None;
    }
    let span = form.span(form.column(column)?);
    Some(Planted::over("Q001", span, format!("{column:?} as text")).restores(cells))
}

pub(super) fn full(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_digit() {
                char::from_u32(u32::from(c) - 0x30 + 0xFF10).expect("a digit")
            } else {
                c
            }
        })
        .collect()
}

pub fn full_width(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |_| true)?;
    let digits = spot.count.to_string();
    let text = match rng.below(3) {
        0 if digits.len() > 1 => format!("{}{}", &digits[..1], full(&digits[1..])),
        1 if digits.len() > 1 => format!("{}{}", full(&digits[..1]), &digits[1..]),
        _ => full(&digits),
    };
    let text = form.styled(spot.indicator, &text);
    Some(writes(form, "Q002", &spot, &text))
}

/// A count in Chinese: 一千零一十, 壹仟零壹拾.
pub fn chinese(count: i64, digits: [&str; 10], places: [&str; 4]) -> String {
    let text = count.to_string();
    if count == 0 {
        return digits[0].to_owned();
    }
    let mut out = String::new();
    let mut zero = false;
    for (at, c) in text.chars().enumerate() {
        let digit = c.to_digit(10).expect("a digit") as usize;
        let place = text.len() - 1 - at;
        if digit == 0 {
            zero = true;
            continue;
        }
        if zero {
            out += digits[0];
            zero = false;
        }
        out += digits[digit];
        out += places[place];
    }
    out
}

pub const SMALL: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
pub const SMALL_PLACES: [&str; 4] = ["", "十", "百", "千"];
const BANK: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const BANK_PLACES: [&str; 4] = ["", "拾", "佰", "仟"];

pub fn chinese_numerals(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.count < 10_000)?;
    let mut text = match rng.below(6) {
        0 | 1 => chinese(spot.count, SMALL, SMALL_PLACES),
        2 => chinese(spot.count, BANK, BANK_PLACES),
        3 => chinese(spot.count, SMALL, SMALL_PLACES).replace('零', "〇"),
        4 => {
            let text = chinese(spot.count, SMALL, SMALL_PLACES);
            text.strip_prefix("一十").map(|rest| format!("十{rest}")).unwrap_or(text)
        }
        // Digit by digit: 一〇一〇. Two neighbouring digits (四五) are read as “four or five”, not as 45.
        _ if spot.count >= 10 && spot.count < 100 && (spot.count % 10 - spot.count / 10).abs() <= 2 => {
            chinese(spot.count, SMALL, SMALL_PLACES)
        }
        _ => spot
            .count
            .to_string()
            .chars()
            .map(|c| if c == '0' { "〇" } else { SMALL[c.to_digit(10).expect("a digit") as usize] })
            .collect(),
    };
    if rng.chance(30) && (text.starts_with("二千") || text.starts_with("二百")) {
        text = text.replacen('二', "两", 1);
    }
    let text = if rng.chance(30) {
        format!("{text}{}", unit(spot.indicator))
    } else {
        form.styled(spot.indicator, &text)
    };
    Some(writes(form, "Q003", &spot, &text))
}

pub fn thousands(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.count >= 1000)?;
    let (head, tail) = (spot.count / 1000, spot.count % 1000);
    let separator = rng.pick(&[",", ",", ",", "，", "'"]);
    let text = form.styled(spot.indicator, &format!("{head}{separator}{tail:03}"));
    let planted = writes(form, "Q004", &spot, &text);
    Some(if separator == "，" { planted.or("Q002") } else { planted })
}

/// A count in a larger unit: 0.06万, 1.6千.
fn in_magnitude(count: i64, divisor: f64, word: &str) -> String {
    let text = format!("{:.4}", count as f64 / divisor);
    format!("{}{word}", text.trim_end_matches('0').trim_end_matches('.'))
}

pub fn magnitude(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.count >= 100)?;
    let text = match rng.below(4) {
        0 | 1 => in_magnitude(spot.count, 10_000.0, "万"),
        2 if spot.count >= 1000 => in_magnitude(spot.count, 1000.0, "千"),
        3 if spot.count % 100 == 0 => in_magnitude(spot.count, 100.0, "百"),
        _ => in_magnitude(spot.count, 10_000.0, "万"),
    };
    let text = if rng.chance(30) {
        format!("{text}{}", unit(spot.indicator))
    } else {
        form.styled(spot.indicator, &text)
    };
    Some(writes(form, "Q005", &spot, &text))
}

pub fn other_unit(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |_| true)?;
    let own = unit(spot.indicator);
    let other = rng.pick(&["项", "家", "个", "件", "人", "户", "支"]);
    if other == own {
        return None;
    }
    let text = format!("{}{other}", spot.count);
    Some(writes(form, "Q006", &spot, &text))
}

pub fn unit_column(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    form.column(Col::Unit)?;
    let indicator = rng.below(indicators());
    let other = rng.pick(&["项", "家", "个", "件", "人", "户"]);
    if !marks.is_free(indicator) || other == unit(indicator) {
        return None;
    }
    marks.take(indicator);
    let at = form.at(indicator, Col::Unit)?;
    form.put_text(at, other);
    Some(Planted::at("Q006", at, format!("指标{} unit column -> {other}", indicator + 1)).restores(vec![at]))
}

pub fn about(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.count > 0)?;
    let n = spot.count;
    let more = n + 1 + n / 10;
    // With the unit where a person would say it: 约600家, 600余家, 600家左右.
    let unit = if form.house == House::WithUnit || rng.chance(30) { unit(spot.indicator) } else { "" };
    let text = match rng.below(17) {
        0 | 1 => format!("约{n}{unit}"),
        2 => format!("{n}余{unit}"),
        3 => format!("{n}{unit}左右"),
        4 => format!("{n}-{more}{unit}"),
        5 => format!("{n}~{more}{unit}"),
        6 => format!("{n}—{more}{unit}"),
        7 => format!("≥{n}{unit}"),
        8 => format!("近{n}{unit}"),
        9 => format!("{n}{unit}以上"),
        10 => format!("{n}多{unit}"),
        11 => format!("超过{n}{unit}"),
        12 => format!("不少于{n}{unit}"),
        13 => format!(">{n}{unit}"),
        14 => format!("大约{n}{unit}"),
        15 => format!("{n}至{more}{unit}"),
        _ if n % 100 == 0 && n >= 100 => format!("{}余{unit}", chinese(n, SMALL, SMALL_PLACES)),
        _ => format!("{n}{unit}上下"),
    };
    let mut planted = writes(form, "Q008", &spot, &text);
    // What a target should be is known; what a unit has done only the unit knows.
    planted.due = if spot.column == Col::Target { super::Due::Either } else { super::Due::Nothing };
    Some(planted)
}

pub fn words(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |_| true)?;
    let text = rng.pick(&[
        "已完成",
        "正在推进",
        "见附件",
        "待定",
        "同上",
        "数据核实中",
        "√",
        "若干",
        "待统计",
        "详见说明",
        "完成",
        "超额完成",
        "xx",
        "待补充",
        "？",
    ]);
    let mut planted = writes(form, "Q010", &spot, text);
    planted.due = super::Due::Nothing;
    // 若干 is no number, and not one number either.
    Some(if text == "若干" { planted.or("Q008") } else { planted })
}

pub fn negative(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.count > 0)?;
    let text = match rng.below(4) {
        0 | 1 if form.house == House::Plain => {
            put_count(form, &spot, -(spot.count as f64));
            format!("-{}", spot.count)
        }
        2 => {
            let text = form.styled(spot.indicator, &format!("－{}", spot.count));
            form.put_text(spot.at, &text);
            text
        }
        _ => {
            let text = form.styled(spot.indicator, &format!("-{}", spot.count));
            form.put_text(spot.at, &text);
            text
        }
    };
    let row = row_of(form, spot.indicator);
    let planted =
        Planted::at("Q011", spot.at, format!("{:?} 指标{} -> {text}", spot.column, spot.indicator + 1));
    // A negative text begins like a formula, and other rules may see the number too.
    Some(planted.also(&["B003", "B001", "P001", "P004", "P006", "P009", "P010", "S001", "Q001", "Q002"], row))
}

pub fn fraction(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |_| true)?;
    let count = spot.count as f64 + rng.pick(&[0.5, 0.25, 0.4, 0.75, 0.1]);
    put_count(form, &spot, count);
    // The number format shows what is stored.
    let mut cell = form.page_ref().grid.get(spot.at).cloned()?;
    if cell.number_format.code() != "@" {
        cell.number_format = NumberFormat::GENERAL;
    }
    form.page().grid.set(spot.at, cell);
    let row = row_of(form, spot.indicator);
    Some(
        Planted::at("Q012", spot.at, format!("{:?} 指标{} -> {count}", spot.column, spot.indicator + 1))
            .also(&["B003", "B001", "P006", "P009", "P010", "P004"], row),
    )
}

/// `=F10/D10` dragged down into a row where both are `/`.
pub fn error_beside_slash(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    form.column(Col::Rate)?;
    let spot = slash(form, rng, marks, |column| column == Col::Current)?;
    let at = form.at(spot.indicator, Col::Rate)?;
    if is_flat(form) {
        form.put_text(at, "#VALUE!");
    } else {
        let formula =
            format!("{}/{}", form.at(spot.indicator, Col::Current)?, form.at(spot.indicator, Col::Target)?);
        let number_format = NumberFormat::new("0.0%");
        form.page().grid.set(
            at,
            Cell {
                value: Value::Error("#VALUE!".into()),
                formula: Some(formula.as_str().into()),
                number_format,
            },
        );
    }
    Some(
        Planted::at("Q013", at, format!("指标{} rate of / is #VALUE!", spot.indicator + 1))
            .or("N003")
            .or("P004")
            .either(),
    )
}

/// A form sent in with nothing typed into its own column.
pub fn nothing_filled_in(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if !marks.none() || is_flat(form) && rng.chance(50) {
        return None;
    }
    let column = if form.kind == Kind::Breakdown { Col::City(rng.below(3)) } else { Col::Current };
    if form.has_formulas() {
        form.freeze();
    }
    for indicator in 0..indicators() {
        if form.count(indicator, column).is_none() {
            continue;
        }
        for column in [column, Col::Rate, Col::Added, Col::Total] {
            if let Some(at) = form.at(indicator, column) {
                form.put(at, Value::Empty);
            }
        }
    }
    let table = form.table();
    let span = form.span(form.column(column)?);
    Some(
        Planted::over("Q015", span, format!("{column:?} blank"))
            .also(&["Q015", "B004", "P004", "P010", "T003"], table),
    )
}

pub fn formula_error(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |_| true)?;
    let error = rng.pick(&["#REF!", "#DIV/0!", "#NAME?", "#VALUE!", "#N/A", "#NUM!"]);
    let in_rate = spot.column == Col::Current && rng.chance(30);
    let at = if in_rate { form.at(spot.indicator, Col::Rate)? } else { spot.at };
    let number_format =
        form.page_ref().grid.get(at).map(|cell| cell.number_format.clone()).unwrap_or_default();
    let formula = rng.chance(50).then(|| "A1/0".into());
    form.page().grid.set(at, Cell { value: Value::Error(error.into()), formula, number_format });
    if is_flat(form) {
        form.put_text(at, error);
    }
    let planted = Planted::at("Q013", at, format!("{:?} 指标{} -> {error}", spot.column, spot.indicator + 1));
    Some(if in_rate { planted.or("P004").either() } else { planted })
}

pub fn date(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |_| true)?;
    if is_flat(form) {
        let text = rng.pick(&["6月12日", "2019/6/12", "2019-6-12", "1月1日", "12-Jun", "2018年3月1日"]);
        return Some(writes(form, "Q014", &spot, text).either());
    }
    let (value, code) = match rng.below(6) {
        0 => (43_628.0, "m\"月\"d\"日\""),
        1 => (43_628.0, "yyyy/m/d"),
        2 => (43_466.0, "d-mmm"),
        3 => (0.25, "h:mm"),
        4 => (spot.count as f64, "yyyy-mm-dd"),
        _ => (43_800.0, "yyyy\"年\"m\"月\"d\"日\""),
    };
    form.page().grid.set(
        spot.at,
        Cell { value: Value::Number(value), formula: None, number_format: NumberFormat::new(code) },
    );
    Some(
        Planted::at(
            "Q014",
            spot.at,
            format!("{:?} 指标{} -> {value} as {code}", spot.column, spot.indicator + 1),
        )
        .either(),
    )
}

pub fn blank(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| !matches!(spot.column, Col::Added))?;
    if !is_flat(form) && rng.chance(20) {
        form.put_text(spot.at, "  ");
    } else {
        form.put(spot.at, Value::Empty);
    }
    let planted =
        Planted::at("Q015", spot.at, format!("{:?} 指标{} -> blank", spot.column, spot.indicator + 1));
    Some(if spot.column == Col::Target {
        planted.or("P006").either()
    } else if spot.column == Col::Previous {
        planted.or("P009").either()
    } else {
        planted
    })
}

pub fn bare_formula(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_flat(form) || form.house != House::Plain {
        return None;
    }
    let spot = spot(form, rng, marks, |_| true)?;
    let formula = match rng.below(3) {
        0 => format!("{}+{}", spot.count / 2, spot.count - spot.count / 2),
        1 => "SUM(Z40:Z48)".to_owned(),
        _ => "底稿!B3".to_owned(),
    };
    if formula.starts_with("底稿") {
        form.put(spot.at, Value::Empty);
    }
    let number_format =
        form.page_ref().grid.get(spot.at).map(|cell| cell.number_format.clone()).unwrap_or_default();
    let formula = if formula.starts_with("底稿") { "Z40+Z41".to_owned() } else { formula };
    form.page()
        .grid
        .set(spot.at, Cell { value: Value::Empty, formula: Some(formula.as_str().into()), number_format });
    Some(Planted::at(
        "Q016",
        spot.at,
        format!("{:?} 指标{} -> ={formula} without a value", spot.column, spot.indicator + 1),
    ))
}

pub fn letters(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| {
        let digits = spot.count.to_string();
        digits.len() >= 2
            && (digits.contains('0') || digits.contains('1'))
            && digits.chars().any(|c| !matches!(c, '0' | '1'))
            || spot.count == 100
    })?;
    let digits = spot.count.to_string();
    let (o, l) = (rng.pick(&['O', 'o', 'O']), rng.pick(&['l', 'I', 'l']));
    let change = |c: char, zeros: bool, ones: bool| match c {
        '0' if zeros => o,
        '1' if ones => l,
        other => other,
    };
    let text: String = match rng.below(3) {
        // One letter only.
        0 => {
            let at = digits.char_indices().rev().find(|(_, c)| matches!(c, '0' | '1')).map(|(at, _)| at)?;
            digits
                .char_indices()
                .map(|(index, c)| if index == at { change(c, true, true) } else { c })
                .collect()
        }
        1 => digits.chars().map(|c| change(c, true, false)).collect(),
        _ => digits.chars().map(|c| change(c, !digits.contains('1'), true)).collect(),
    };
    if text == digits || !text.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let text = form.styled(spot.indicator, &text);
    Some(writes(form, "Q018", &spot, &text))
}

pub fn stray(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_flat(form) {
        return None;
    }
    let spot = spot(form, rng, marks, |_| true)?;
    let n = spot.count;
    let styled = form.styled(spot.indicator, &n.to_string());
    let text = match rng.below(6) {
        0 => format!("{styled}\u{200b}"),
        1 => format!("\u{a0}{styled}"),
        2 => format!("{styled}\u{3000}"),
        3 => format!("\t{styled}"),
        4 => format!("\u{feff}{styled}"),
        _ if form.house == House::WithUnit => format!("{n} {}", unit(spot.indicator)),
        _ => format!(" {styled} "),
    };
    Some(writes(form, "Q019", &spot, &text).or("Q001"))
}

pub fn hidden_decimals(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_flat(form) || form.house != House::Plain {
        return None;
    }
    let spot = spot(form, rng, marks, |spot| spot.count > 1)?;
    let stored = spot.count as f64 + rng.pick(&[-0.4, 0.3, -0.25, 0.2]);
    put_count(form, &spot, stored);
    let number_format = NumberFormat::new(rng.pick(&["0", "#,##0"]));
    form.page().grid.set(spot.at, Cell { value: Value::Number(stored), formula: None, number_format });
    let row = row_of(form, spot.indicator);
    Some(
        Planted::at(
            "Q020",
            spot.at,
            format!("{:?} 指标{} -> {stored} shown {}", spot.column, spot.indicator + 1, spot.count),
        )
        .also(&["B003", "B001", "Q012", "P001", "P006", "P009", "P010", "P004"], row)
        .either(),
    )
}

/// A cell whose indicator does not apply to its city.
fn slash(form: &Form, rng: &mut Rng, marks: &mut Marks, fits: impl Fn(Col) -> bool) -> Option<Spot> {
    let mut spots = Vec::new();
    for column in form.figure_columns().into_iter().filter(|column| fits(*column)) {
        for indicator in (0..indicators()).filter(|indicator| marks.is_free(*indicator)) {
            if let (Some(None), Some(at)) =
                (form.counts.get(&(column, indicator)), form.at(indicator, column))
                && form.value(at) == Value::from("/")
            {
                spots.push(Spot { indicator, column, at, count: 0 });
            }
        }
    }
    if spots.is_empty() {
        return None;
    }
    let spot = spots.swap_remove(rng.below(spots.len()));
    marks.take(spot.indicator);
    Some(spot)
}

pub fn number_for_slash(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let first = form.first;
    let spot = slash(form, rng, marks, |column| !(first && column == Col::Previous))?;
    let count = rng.pick(&[1, 5, 12, 100, 800, 30]);
    form.put(spot.at, form.written(spot.indicator, count));
    let row = row_of(form, spot.indicator);
    let planted =
        Planted::at("N001", spot.at, format!("{:?} 指标{} -> {count}", spot.column, spot.indicator + 1))
            .restores(vec![spot.at]);
    let planted = if spot.column == Col::Target { planted.or("P006") } else { planted };
    // Another figure in the row makes its total wrong as well.
    Some(planted.also(&["B001", "B004"], row))
}

pub fn slash_for_number(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.column != Col::Added)?;
    let mark = rng.pick(&["/", "/", "/", "／", "—", "-", "无", "N/A"]);
    form.put_text(spot.at, mark);
    let mut planted = Planted::at(
        "N002",
        spot.at,
        format!("{:?} 指标{} {} -> {mark}", spot.column, spot.indicator + 1, spot.count),
    );
    if mark != "/" {
        planted = planted.or("Q010").or("Q015");
    }
    if spot.column == Col::Target {
        planted = planted.or("P006").restores(vec![spot.at]);
    } else if spot.column == Col::Previous {
        planted = planted.or("P009").either();
    } else if form.kind == Kind::Breakdown && mark == "/" {
        planted = planted.restores(vec![spot.at]);
    } else if form.kind == Kind::Breakdown {
        planted = planted.either();
    }
    Some(planted)
}

pub fn other_mark(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    // Nothing at all in 上期 of a first return is usual.
    let first = form.first;
    let spot = slash(form, rng, marks, |column| !(first && column == Col::Previous))?;
    let mark = rng.pick(&["／", "—", "-", "无", "N/A", "－", "–", "——", "不适用", "n/a", "", "\\"]);
    form.put(spot.at, if mark.is_empty() { Value::Empty } else { Value::from(mark) });
    Some(
        Planted::at("N003", spot.at, format!("{:?} 指标{} / -> {mark:?}", spot.column, spot.indicator + 1))
            .restores(vec![spot.at]),
    )
}

pub fn zero_for_slash(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let first = form.first;
    let spot = slash(form, rng, marks, |column| !(first && column == Col::Previous))?;
    form.put(spot.at, form.written(spot.indicator, 0));
    let planted =
        Planted::at("N004", spot.at, format!("{:?} 指标{} / -> 0", spot.column, spot.indicator + 1))
            .restores(vec![spot.at]);
    Some(if spot.column == Col::Target { planted.or("P006") } else { planted })
}

// ---- balance

/// Digits typed in the wrong order, one too many, one too few, one wrong.
fn mistyped(rng: &mut Rng, count: i64) -> i64 {
    let digits: Vec<char> = count.to_string().chars().collect();
    let number = |digits: &[char]| digits.iter().collect::<String>().parse::<i64>().unwrap_or(count);
    match rng.below(6) {
        0 => count * 10,
        1 if count % 10 == 0 && count >= 10 => count / 10,
        2 | 3 if digits.len() >= 2 => {
            let at = rng.below(digits.len() - 1);
            let mut changed = digits.clone();
            changed.swap(at, at + 1);
            if changed[0] == '0' { count * 10 } else { number(&changed) }
        }
        4 => {
            let mut changed = digits.clone();
            let at = rng.below(digits.len());
            changed[at] = char::from(b'1' + rng.below(9) as u8);
            number(&changed)
        }
        _ => {
            let mut changed = digits.clone();
            changed.insert(0, digits[0]);
            number(&changed)
        }
    }
}

pub fn slip(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| matches!(spot.column, Col::City(_)))?;
    let count = match rng.below(4) {
        0 => form.count((spot.indicator + 1) % indicators(), spot.column)?,
        _ => mistyped(rng, spot.count),
    };
    if count == spot.count {
        return None;
    }
    put_count(form, &spot, count as f64);
    let row = row_of(form, spot.indicator);
    Some(
        Planted::at(
            "B003",
            spot.at,
            format!("{:?} 指标{} {} -> {count}", spot.column, spot.indicator + 1, spot.count),
        )
        .restores(vec![spot.at])
        .also(&["B001", "B002", "B004"], row),
    )
}

pub fn does_not_add_up(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| matches!(spot.column, Col::City(_)) && spot.indicator != 7)?;
    let count = (spot.count + rng.pick(&[-10, 10, -1, 1, 20, -20, 5])).max(0);
    if count == spot.count {
        return None;
    }
    put_count(form, &spot, count as f64);
    let row = row_of(form, spot.indicator);
    let mut planted = Planted::over(
        "B001",
        row,
        format!("{:?} 指标{} {} -> {count}", spot.column, spot.indicator + 1, spot.count),
    )
    .or("B003");
    planted.due = super::Due::Restores(vec![spot.at]);
    Some(planted.also(&["B003", "B001", "B004"], row))
}

pub fn below_bound(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.column == Col::City(0) && spot.indicator == 7)?;
    let count = rng.pick(&[799, 780, 700, 80, 600]);
    put_count(form, &spot, count as f64);
    let row = row_of(form, spot.indicator);
    let mut planted = Planted::over("B002", row, format!("指标8 800 -> {count}"))
        .or("B003")
        .also(&["B003", "B002", "B001", "B004"], row);
    planted.due = super::Due::Restores(vec![spot.at]);
    Some(planted)
}

pub fn wrong_total(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    form.column(Col::Total)?;
    let indicator = rng.below(indicators());
    if !marks.is_free(indicator) {
        return None;
    }
    marks.take(indicator);
    let at = form.at(indicator, Col::Total)?;
    let total = form.count(indicator, Col::Total)?;
    let formula = form.page_ref().grid.get(at).is_some_and(|cell| cell.formula.is_some());
    if formula && rng.chance(50) {
        // The sum stops one city short.
        let (first, last) = (form.at(indicator, Col::City(0))?, form.at(indicator, Col::City(1))?);
        let sum: i64 = (0..2).filter_map(|city| form.count(indicator, Col::City(city))).sum();
        if sum == total {
            return None;
        }
        let text = format!("SUM({first}:{last})");
        let number_format =
            form.page_ref().grid.get(at).map(|cell| cell.number_format.clone()).unwrap_or_default();
        form.page().grid.set(
            at,
            Cell { value: Value::Number(sum as f64), formula: Some(text.as_str().into()), number_format },
        );
        return Some(
            Planted::at("B004", at, format!("指标{} total ={text}", indicator + 1)).restores(vec![at]),
        );
    }
    let wrong = match rng.below(3) {
        0 => total - form.count(indicator, Col::City(2)).unwrap_or(10),
        1 => total + 10,
        _ => mistyped(rng, total),
    };
    if wrong == total {
        return None;
    }
    form.put(at, form.written(indicator, wrong));
    Some(
        Planted::at("B004", at, format!("指标{} total {total} -> {wrong}", indicator + 1)).restores(vec![at]),
    )
}

pub fn moved(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let from = spot(form, rng, marks, |spot| matches!(spot.column, Col::City(_)) && spot.count >= 100)?;
    let to = rng.pick(&[0, 1, 2]);
    let there = form.count(from.indicator, Col::City(to))?;
    if from.column == Col::City(to) {
        return None;
    }
    let many = rng.pick(&[10, 20, 50, 100, 5]).min(from.count);
    let to = Spot {
        indicator: from.indicator,
        column: Col::City(to),
        at: form.at(from.indicator, Col::City(to))?,
        count: there,
    };
    put_count(form, &from, (from.count - many) as f64);
    put_count(form, &to, (there + many) as f64);
    let both = Range::new(from.at, to.at);
    Some(
        Planted::over(
            "B006",
            both,
            format!("指标{}: {many} from {:?} to {:?}", from.indicator + 1, from.column, to.column),
        )
        .restores(vec![from.at, to.at]),
    )
}

// ---- progress

pub fn below_previous(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.first || form.column(Col::Previous).is_none() && form.reported.is_empty() {
        return None;
    }
    let previous: Vec<Option<i64>> =
        (0..indicators()).map(|indicator| form.count(indicator, Col::Previous)).collect();
    let spot = spot(form, rng, marks, |spot| {
        spot.column == Col::Current && previous[spot.indicator].is_some_and(|count| count > 0)
    })?;
    let before = previous[spot.indicator]?;
    let count = match rng.below(3) {
        0 => before - 1,
        1 => before * 9 / 10,
        _ => before / 2,
    };
    put_count(form, &spot, count as f64);
    let row = row_of(form, spot.indicator);
    Some(
        Planted::at("P001", spot.at, format!("指标{} {before} -> {count}", spot.indicator + 1))
            .also(&["P010", "P005"], row),
    )
}

pub fn nothing_moved(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.first || form.column(Col::Previous).is_none() && form.reported.is_empty() || !marks.none() {
        return None;
    }
    let but = if rng.chance(40) { Some(rng.below(indicators())) } else { None };
    let due: Vec<usize> = (0..indicators())
        .filter(|indicator| Some(*indicator) != but && form.count(*indicator, Col::Previous).is_some())
        .collect();
    let unfinished = due
        .iter()
        .any(|indicator| form.count(*indicator, Col::Previous) < form.count(*indicator, Col::Target));
    if due.len() < 6 || !unfinished {
        return None;
    }
    for indicator in due {
        let spot = Spot { indicator, column: Col::Current, at: form.at(indicator, Col::Current)?, count: 0 };
        let before = form.count(indicator, Col::Previous)?;
        put_count(form, &spot, before as f64);
        if let Some(at) = form.at(indicator, Col::Added) {
            form.put(at, form.written(indicator, 0));
        }
    }
    let table = form.table();
    Some(Planted::on_file("P002", format!("nothing moved but {but:?}")).also(&["P005", "P003"], table))
}

pub fn jump(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    // In the plan's first half-years: a slow past, then nearly all at once.
    if form.first || form.period > PERIODS[3] || form.column(Col::Previous).is_none() {
        return None;
    }
    let spot = spot(form, rng, marks, |spot| {
        spot.column == Col::Current && target(spot.indicator, form.city).is_some_and(|target| target >= 100)
    })?;
    let target = form.count(spot.indicator, Col::Target)?;
    let before = target * rng.between(8, 16) / 100;
    let count = target * rng.between(93, 100) / 100;
    let at = form.at(spot.indicator, Col::Previous)?;
    form.put(at, form.written(spot.indicator, before));
    set_reported(form, spot.indicator, before);
    put_count(form, &spot, count as f64);
    if let Some(at) = form.at(spot.indicator, Col::Added) {
        form.put(at, form.written(spot.indicator, count - before));
    }
    let cell = form.page_ref().grid.get(at).cloned()?;
    form.clean.sheets[form.sheet].grid.set(at, cell);
    Some(
        Planted::at("P003", spot.at, format!("指标{} {before} -> {count} of {target}", spot.indicator + 1))
            .or("P005"),
    )
}

/// Makes the earlier returns at hand say another figure.
fn set_reported(form: &mut Form, indicator: usize, count: i64) {
    let (city, period) = (form.city, form.period.previous());
    let count = i32::try_from(count).expect("small");
    for reported in &mut form.reported {
        if reported.city.0 == city && reported.period == period {
            reported.figures[indicator].1 = Some(count.into());
        } else if reported.city.0 == city {
            // Two periods ago: no more than that.
            let less = reported.figures[indicator].1.map(|old| old.min(count.into()));
            reported.figures[indicator].1 = less;
        }
    }
}

pub fn wrong_rate(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    form.column(Col::Rate)?;
    let spot = spot(form, rng, marks, |spot| spot.column == Col::Current && spot.count > 0)?;
    let at = form.at(spot.indicator, Col::Rate)?;
    let target = form.count(spot.indicator, Col::Target)?;
    let right = spot.count as f64 / target as f64;
    let step = 10f64.powi(-(form.decimals as i32) - 2);
    let previous =
        form.count(spot.indicator, Col::Previous).filter(|count| *count != spot.count && *count > 0);
    let wrong = match rng.below(6) {
        0 => right + 2.0 * step,
        1 => right / 10.0,
        2 => previous.map_or(right + 0.1, |previous| previous as f64 / target as f64),
        3 => right + 0.05,
        4 => (right - 0.1).max(0.0),
        _ => 1.0,
    };
    if (wrong - right).abs() < 1.9 * step {
        return None;
    }
    let number_format =
        form.page_ref().grid.get(at).map(|cell| cell.number_format.clone()).unwrap_or_default();
    let what;
    match form.rate {
        RateStyle::Text => {
            what = rate_text(wrong, form.decimals);
            form.put_text(at, &what);
        }
        RateStyle::Hundred => {
            let text = rate_text(wrong, form.decimals);
            what = text.clone();
            form.put(at, Value::Number(text.trim_end_matches('%').parse().ok()?));
        }
        RateStyle::Formula
            if !is_producer(form)
                && previous.is_some()
                && form.column(Col::Previous).is_some()
                && rng.chance(40) =>
        {
            // The formula draws on 上期 instead of 本期.
            let (wrong_cell, target_cell) =
                (form.at(spot.indicator, Col::Previous)?, form.at(spot.indicator, Col::Target)?);
            let value = Value::Number(previous? as f64 / target as f64);
            what = format!("={wrong_cell}/{target_cell}");
            form.page()
                .grid
                .set(at, Cell { value, formula: Some(what.trim_start_matches('=').into()), number_format });
        }
        RateStyle::Fraction if rng.chance(20) && right < 1.0 => {
            // 63 typed into a cell that shows percentages.
            let hundred = (right * 100.0).round();
            what = format!("{hundred} in a percent cell");
            form.page().grid.set(at, Cell { value: Value::Number(hundred), formula: None, number_format });
        }
        _ => {
            what = wrong.to_string();
            form.page().grid.set(at, Cell { value: Value::Number(wrong), formula: None, number_format });
        }
    }
    Some(
        Planted::at("P004", at, format!("指标{} {}/{target} -> {what}", spot.indicator + 1, spot.count))
            .restores(vec![at]),
    )
}

pub fn over_target(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| {
        spot.column == Col::Current && target(spot.indicator, form.city).is_some_and(|target| target >= 8)
    })?;
    let target = form.count(spot.indicator, Col::Target)?;
    let count = target * rng.between(126, 400) / 100;
    put_count(form, &spot, count as f64);
    if let (Some(at), Some(before)) = (
        form.at(spot.indicator, Col::Added),
        form.count(spot.indicator, Col::Previous).or(form.first.then_some(0)),
    ) {
        form.put(at, form.written(spot.indicator, count - before));
    }
    let row = row_of(form, spot.indicator);
    Some(
        Planted::at("P005", spot.at, format!("指标{} {count} of {target}", spot.indicator + 1))
            .or("P003")
            .also(&["P003"], row),
    )
}

pub fn far_behind(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.period < PERIODS[4] {
        return None;
    }
    let spot = spot(form, rng, marks, |spot| {
        spot.column == Col::Current && target(spot.indicator, form.city).is_some_and(|target| target >= 100)
    })?;
    let target = form.count(spot.indicator, Col::Target)?;
    let before = target * rng.between(8, 14) / 100;
    let count = before + target * rng.between(1, 6) / 100;
    if let Some(at) = form.at(spot.indicator, Col::Previous) {
        form.put(at, form.written(spot.indicator, before));
        let cell = form.page_ref().grid.get(at).cloned()?;
        form.clean.sheets[form.sheet].grid.set(at, cell);
    }
    set_reported(form, spot.indicator, before);
    put_count(form, &spot, count as f64);
    if let Some(at) = form.at(spot.indicator, Col::Added) {
        form.put(at, form.written(spot.indicator, count - before));
    }
    Some(Planted::at("P005", spot.at, format!("指标{} {before} -> {count} of {target}", spot.indicator + 1)))
}

pub fn wrong_target(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let spot = spot(form, rng, marks, |spot| spot.column == Col::Target)?;
    let count = match rng.below(4) {
        0 => target(spot.indicator, (form.city + 1) % 3)?,
        1 => spot.count + 10,
        _ => mistyped(rng, spot.count),
    };
    if count == spot.count || count == 0 {
        return None;
    }
    form.put(spot.at, form.written(spot.indicator, count));
    // A formula follows the wrong target; a typed rate was right and stays.
    if matches!(form.rate, RateStyle::Formula | RateStyle::BareFormula) {
        let current = form.count(spot.indicator, Col::Current)?;
        form.put_rate(spot.indicator, current as f64, count as f64);
    }
    Some(
        Planted::at("P006", spot.at, format!("指标{} target {} -> {count}", spot.indicator + 1, spot.count))
            .restores(vec![spot.at]),
    )
}

pub fn wrong_previous(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.reported.is_empty() {
        return None;
    }
    let current: Vec<Option<i64>> =
        (0..indicators()).map(|indicator| form.count(indicator, Col::Current)).collect();
    let spot = spot(form, rng, marks, |spot| {
        spot.column == Col::Previous && current[spot.indicator] > Some(spot.count + 1)
    })?;
    let now = current[spot.indicator]?;
    let count = rng.between(spot.count / 2, now);
    if count == spot.count {
        return None;
    }
    form.put(spot.at, form.written(spot.indicator, count));
    let row = row_of(form, spot.indicator);
    Some(
        Planted::at(
            "P009",
            spot.at,
            format!("指标{} previous {} -> {count}", spot.indicator + 1, spot.count),
        )
        .restores(vec![spot.at])
        .also(&["P010"], row),
    )
}

/// The whole column 上期 belongs to another period.
pub fn previous_of_another_period(form: &mut Form, _: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.reported.is_empty() || form.column(Col::Previous).is_none() || !marks.none() {
        return None;
    }
    let mut cells = Vec::new();
    for indicator in 0..indicators() {
        let Some(before) = form.count(indicator, Col::Previous) else { continue };
        let at = form.at(indicator, Col::Previous)?;
        let earlier = before * 7 / 10;
        if earlier != before {
            form.put(at, form.written(indicator, earlier));
            cells.push(at);
        }
    }
    if cells.len() < 4 {
        return None;
    }
    let table = form.table();
    let span = form.span(form.column(Col::Previous)?);
    Some(Planted::over("P009", span, "上期 of another period").restores(cells).also(&["P010"], table))
}

pub fn wrong_added(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if form.first {
        return None;
    }
    let spot = spot(form, rng, marks, |spot| spot.column == Col::Added)?;
    let count = match rng.below(3) {
        0 => spot.count + rng.between(1, 20),
        1 => form.count(spot.indicator, Col::Current)?,
        _ => mistyped(rng, spot.count),
    };
    if count == spot.count {
        return None;
    }
    form.put(spot.at, form.written(spot.indicator, count));
    let row = row_of(form, spot.indicator);
    Some(Planted::over("P010", row, format!("指标{} added {} -> {count}", spot.indicator + 1, spot.count)))
}
