//! Reads an official table: the machine form (`序号,指标内容,总量,关系,单位,<city>…,正文别名`) and the annex form that
//! ministries publish (title rows, 序号|指标内容|<city>…, cells `600项` and `/`), where total, relation and unit come
//! from the labels. Refuses what does not add up; never repairs a figure.

use std::fmt;

use crate::model::delimited::{Quotes, Units, records, unquoted};
use crate::model::{
    Decimal, Grid, Meaning, Oddity, Sha256, Sheet, Value, Visibility, Workbook, decimal, half_width,
    is_invisible, read_quantity,
};

use super::{Breakdown, Indicator, OfficialColumn, Relation, StatedTotal, official_column, stated_totals};

/// Why a table is no breakdown. Rows are counted from 1, as the spreadsheet program does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBreakdown {
    #[error("分解表文件读不出来：{0}")]
    Unreadable(String),
    #[error("没有找到分解表的表头。表头里应有“指标内容”和各市的名称，如：序号、指标内容、甲市、乙市。{0}")]
    Header(String),
    #[error("分解表的表头（第 {row} 行）里没有一个市。各市应各占一列，列名写市的全称。")]
    NoCity { row: usize },
    #[error("分解表的表头（第 {row} 行）里“{caption}”出现了两次，请只留一列。")]
    ColumnTwice { row: usize, caption: String },
    #[error("分解表第 {row} 行“{column}”应为{expected}，现为“{found}”。请改正分解表后再读入。")]
    Field { row: usize, column: String, expected: &'static str, found: String },
    #[error("分解表第 {row} 行与第 {first} 行的序号都是 {number}，序号不能重复。请改正分解表后再读入。")]
    NumberTwice { row: usize, first: usize, number: u32 },
    #[error(
        "分解表第 {row} 行与第 {first} 行的指标内容相同：“{label}”。一项指标只能占一行，请改正分解表后再读入。"
    )]
    LabelTwice { row: usize, first: usize, label: String },
    #[error(
        "分解表第 {row} 行“{label}”：各市之和 {sum}，指标总量{relation} {total}，{difference}。请先核对分解表。"
    )]
    Sum {
        row: usize,
        label: String,
        sum: Decimal,
        relation: &'static str,
        total: Decimal,
        difference: String,
    },
    #[error(
        "分解表第 {row} 行“{label}”：指标内容里的总量是 {stated}，“{column}”列是 {given}，两者不一致。请先核对分解表。"
    )]
    Total { row: usize, label: String, stated: Decimal, column: String, given: Decimal },
    #[error("分解表里没有一项指标。表头（第 {row} 行）下面应一行一项指标。")]
    Empty { row: usize },
    #[error(
        "分解表太大：最多 {MOST_INDICATORS} 项指标、{MOST_CITIES} 个市。请核对是不是这份分解表，或删去多余的行列。"
    )]
    TooLarge,
}

/// Something that was taken for granted in reading a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Neither the label nor a column states a total.
    TotalFromSum { row: usize, label: String },
    /// There is no column 序号: the rows are numbered as they stand.
    Numbered,
    /// A column that is no city's and none that a breakdown has.
    LeftOut { caption: String },
    /// A row without a figure, passed over.
    Heading { row: usize, text: String },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TotalFromSum { row, label } => write!(f, "第 {row} 行“{label}”没有写总量，按各市之和计。"),
            Self::Numbered => write!(f, "没有“序号”列，按行的先后编号。"),
            Self::LeftOut { caption } => write!(f, "“{caption}”列不是市，没有采用。"),
            Self::Heading { row, text } => write!(f, "第 {row} 行“{text}”没有任务数，按小标题略过。"),
        }
    }
}

pub const MOST_INDICATORS: usize = 500;
pub const MOST_CITIES: usize = 200;
/// Rows that are searched for a header.
const HEADER_SEARCH: usize = 200;

/// One row: its number from 1, and its cells by column.
struct Line {
    row: usize,
    cells: Vec<(usize, String)>,
}

impl Line {
    fn text(&self, column: usize) -> &str {
        self.cells.iter().find(|(at, _)| *at == column).map_or("", |(_, text)| text.as_str())
    }
}

struct Column {
    at: usize,
    role: OfficialColumn,
    caption: String,
}

/// Reads the first table of a workbook that is one, visible sheets first.
pub fn from_workbook(
    workbook: &Workbook,
    fingerprint: Sha256,
) -> Result<(Breakdown, Vec<Remark>), BadBreakdown> {
    let mut sheets: Vec<&Sheet> = workbook.sheets.iter().collect();
    sheets.sort_by_key(|sheet| sheet.visibility != Visibility::Visible);
    let (mut none, mut other) = (BadBreakdown::Header(String::new()), None);
    for sheet in sheets {
        match read(&lines(&sheet.grid), fingerprint) {
            // Another sheet may hold the table.
            Err(BadBreakdown::Header(seen)) => {
                none = BadBreakdown::Header(if seen.is_empty() {
                    seen
                } else {
                    format!("“{}”{seen}", sheet.name)
                })
            }
            // A plan has tables of tasks and of units beside the annex.
            Err(reason @ (BadBreakdown::NoCity { .. } | BadBreakdown::Empty { .. })) => {
                other.get_or_insert(reason);
            }
            found => return found,
        }
    }
    Err(other.unwrap_or(none))
}

/// Reads comma-separated text, UTF-8.
pub fn from_csv(text: &str) -> Result<(Breakdown, Vec<Remark>), BadBreakdown> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    let records = records(bare.as_bytes(), 0, Units::Single, b',', Quotes::Quoting);
    for (index, record) in records.enumerate().take(HEADER_SEARCH + 2 * MOST_INDICATORS) {
        let texts = record
            .fields
            .into_iter()
            .map(|field| unquoted(bare.get(field).unwrap_or(""), Quotes::Quoting).into_owned());
        let cells: Vec<(usize, String)> = texts.enumerate().filter(|(_, text)| !text.is_empty()).collect();
        lines.push(Line { row: index + 1, cells });
    }
    read(&lines, Sha256::of(text.as_bytes()))
}

fn lines(grid: &Grid) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (at, cell) in grid.cells() {
        let known = lines.len();
        let text = match &cell.value {
            // Percentages as they are shown: a share of 0.3 is stated as 30%.
            Value::Number(number) if !cell.number_format.is_percent() => {
                decimal(*number).map_or_else(|| cell.shown(), |number| number.normalize().to_string())
            }
            _ => cell.shown(),
        };
        let (row, column) = (at.row as usize + 1, at.column as usize);
        match lines.last_mut() {
            Some(line) if line.row == row => line.cells.push((column, text)),
            _ if known > HEADER_SEARCH + 2 * MOST_INDICATORS => break,
            _ => lines.push(Line { row, cells: vec![(column, text)] }),
        }
    }
    lines
}

fn read(lines: &[Line], fingerprint: Sha256) -> Result<(Breakdown, Vec<Remark>), BadBreakdown> {
    let mut remarks = Vec::new();
    let (columns, header, body) = header(lines, &mut remarks)?;
    let column = |role: OfficialColumn| columns.iter().find(|column| column.role == role);
    let cities: Vec<&Column> = columns.iter().filter(|column| column.role == OfficialColumn::City).collect();
    let label_at = column(OfficialColumn::Label).map_or(0, |column| column.at);
    let mut indicators: Vec<Indicator> = Vec::new();
    let mut places: Vec<usize> = Vec::new();
    for line in body {
        let row = line.row;
        let label = tidy(line.text(label_at));
        let number_text =
            column(OfficialColumn::Number).map(|column| tidy(line.text(column.at))).unwrap_or_default();
        let bare = cities.iter().all(|city| tidy(line.text(city.at)).is_empty());
        let first = if number_text.is_empty() { &label } else { &number_text };
        if bare
            && (label.is_empty() && number_text.is_empty()
                || FOOTERS.iter().any(|word| first.starts_with(word)))
        {
            continue;
        }
        if TOTALS.iter().any(|word| label.starts_with(word) || number_text.starts_with(word)) {
            continue;
        }
        if bare && indicator_number(&number_text).is_none() {
            remarks.push(Remark::Heading { row, text: first.clone() });
            continue;
        }
        if label.is_empty() {
            return Err(wrong(row, "指标内容", "这项指标的文字", ""));
        }
        if indicators.len() >= MOST_INDICATORS {
            return Err(BadBreakdown::TooLarge);
        }
        let number = match column(OfficialColumn::Number) {
            Some(column) => indicator_number(&number_text)
                .ok_or_else(|| wrong(row, &column.caption, "整数", &number_text))?,
            None => u32::try_from(indicators.len() + 1).unwrap_or(u32::MAX),
        };
        let indicator = indicator(line, number, label, &columns, &cities, &mut remarks)?;
        let earlier = |test: &dyn Fn(&Indicator) -> bool| {
            indicators.iter().position(test).and_then(|at| places.get(at)).copied()
        };
        if let Some(first) = earlier(&|other| other.number == number) {
            return Err(BadBreakdown::NumberTwice { row, first, number });
        }
        if let Some(first) = earlier(&|other| bare_text(&other.label) == bare_text(&indicator.label)) {
            return Err(BadBreakdown::LabelTwice { row, first, label: indicator.label });
        }
        indicators.push(indicator);
        places.push(row);
    }
    if indicators.is_empty() {
        return Err(BadBreakdown::Empty { row: header });
    }
    let cities = cities.iter().map(|city| city.caption.clone()).collect();
    Ok((Breakdown { cities, indicators, fingerprint, plan: None }, remarks))
}

const FOOTERS: &[&str] = &["注", "说明", "备注", "附注", "填表", "制表", "审核", "数据来源", "联系"];
const TOTALS: &[&str] = &["合计", "总计", "小计"];

fn wrong(row: usize, column: &str, expected: &'static str, found: &str) -> BadBreakdown {
    BadBreakdown::Field { row, column: column.to_owned(), expected, found: found.trim().to_owned() }
}

fn indicator(
    line: &Line,
    number: u32,
    label: String,
    columns: &[Column],
    cities: &[&Column],
    remarks: &mut Vec<Remark>,
) -> Result<Indicator, BadBreakdown> {
    let row = line.row;
    let field = |role: OfficialColumn| {
        columns.iter().find(|column| column.role == role).map(|column| (column, tidy(line.text(column.at))))
    };
    let given_unit = field(OfficialColumn::Unit).map(|(_, text)| text).filter(|unit| !unit.is_empty());
    let mut unit = given_unit.clone().unwrap_or_default();
    if unit.is_empty() {
        unit = cities
            .iter()
            .map(|city| line.text(city.at))
            .find_map(unit_with_magnitude)
            .filter(|unit| {
                label.contains(unit.as_str()) && cities.iter().all(|city| counts_in(line.text(city.at), unit))
            })
            .unwrap_or_default();
    }
    let stated: Vec<StatedTotal> =
        stated_totals(&label).into_iter().map(|stated| stated.counted_in(&unit)).collect();
    if unit.is_empty() {
        unit = stated.first().map(|stated| stated.unit.clone()).unwrap_or_default();
    }
    let mut targets = Vec::new();
    for city in cities {
        let text = tidy(line.text(city.at));
        targets.push(target(&text, &mut unit).ok_or_else(|| wrong(row, &city.caption, "数字或 /", &text))?);
    }
    let sum = targets.iter().flatten().try_fold(Decimal::ZERO, |sum: Decimal, part| sum.checked_add(*part));
    let sum = sum.ok_or_else(|| wrong(row, "总量", "可以相加的数", ""))?;
    let shares = unit == "%" || targets.iter().all(Option::is_none);
    // Of several numbers in a label the one that the cities add up to is its total.
    let stated = stated
        .iter()
        .find(|stated| shares || stated.relation.holds(sum, stated.total))
        .or(stated.first())
        .cloned();
    let given = match field(OfficialColumn::Total).filter(|(_, text)| !text.is_empty()) {
        None => None,
        Some((column, text)) => {
            let total = target(&text, &mut unit)
                .flatten()
                .ok_or_else(|| wrong(row, &column.caption, "数字", &text))?;
            if let Some(stated) =
                stated.as_ref().filter(|stated| stated.total != total && stated.unit == unit)
            {
                let column = column.caption.clone();
                return Err(BadBreakdown::Total { row, label, stated: stated.total, column, given: total });
            }
            Some(total)
        }
    };
    let relation = match field(OfficialColumn::Relation).filter(|(_, text)| !text.is_empty()) {
        None => stated.as_ref().map_or(Relation::Equal, |stated| stated.relation),
        Some((column, text)) => Relation::from_word(&text)
            .ok_or_else(|| wrong(row, &column.caption, "等于、超过、不少于、突破、达到或不超过", &text))?,
    };
    let total = match (given, stated) {
        (Some(total), _) | (None, Some(StatedTotal { total, .. })) => total,
        (None, None) => {
            remarks.push(Remark::TotalFromSum { row, label: label.clone() });
            sum
        }
    };
    if !shares && !relation.holds(sum, total) {
        let off = total.saturating_sub(sum);
        let word = if off.is_sign_negative() { "多" } else { "少" };
        let difference = format!("{word} {}", off.abs().normalize());
        let (sum, total) = (sum.normalize(), total.normalize());
        return Err(BadBreakdown::Sum { row, label, sum, relation: relation.word(), total, difference });
    }
    let aliases = field(OfficialColumn::Aliases).map(|(_, text)| text).unwrap_or_default();
    let aliases =
        aliases.split('|').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
    Ok(Indicator { number, label, total, relation, unit, targets, aliases })
}

/// The unit of 1.2万人次, where a label and all its cells count in it.
fn unit_with_magnitude(text: &str) -> Option<String> {
    let text = tidy(text);
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    let base = unit.trim_start_matches(['百', '千', '万', '亿']);
    (!base.is_empty() && base.len() < unit.len() && unit.len() < text.len()).then(|| unit.to_owned())
}

fn counts_in(text: &str, unit: &str) -> bool {
    let text = tidy(text);
    text.ends_with(unit) || read_quantity(&text).meaning == Meaning::NotApplicable
}

/// A cell's target: `600`, `600项`, `/`. The first unit seen becomes the row's where none was known; another one is no
/// target. `None` for what is neither.
fn target(text: &str, unit: &mut String) -> Option<Option<Decimal>> {
    // 400亿元 in a row that counts in 亿元 is 400.
    let bare = if unit.is_empty() { None } else { text.strip_suffix(unit.as_str()).map(str::trim_end) };
    let written = read_quantity(bare.unwrap_or(text));
    if written.meaning == Meaning::NotApplicable {
        return Some(None);
    }
    let harmless =
        [Oddity::FullWidth, Oddity::Separators, Oddity::Stray, Oddity::Invisible, Oddity::Apostrophe];
    let Meaning::Number(number) = written.meaning else { return None };
    let sure = written
        .oddities
        .iter()
        .all(|oddity| harmless.contains(oddity) || (*oddity == Oddity::Magnitude && bare.is_some()));
    if number.is_sign_negative() || !sure {
        return None;
    }
    match written.unit {
        Some(written) if unit.is_empty() => *unit = written,
        Some(written) if written != *unit => return None,
        _ => {}
    }
    Some(Some(number.normalize()))
}

/// `3`, `3.`, `（三）`, `三`.
fn indicator_number(text: &str) -> Option<u32> {
    let bare: String =
        text.chars().map(half_width).filter(|c| !matches!(c, '(' | ')' | '.' | '、' | ' ')).collect();
    let Meaning::Number(number) = read_quantity(&bare).meaning else { return None };
    number.normalize().to_string().parse().ok().filter(|number| *number > 0)
}

/// The columns, the header's row, and the rows below it.
fn header<'a>(
    lines: &'a [Line],
    remarks: &mut Vec<Remark>,
) -> Result<(Vec<Column>, usize, &'a [Line]), BadBreakdown> {
    let is_label = |text: &str| official_column(&caption(text)) == Some(OfficialColumn::Label);
    let at = lines
        .iter()
        .take(HEADER_SEARCH)
        .position(|line| line.cells.len() >= 2 && line.cells.iter().any(|(_, text)| is_label(text)));
    let Some(at) = at else {
        let seen = lines.iter().find(|line| line.cells.len() >= 2);
        return Err(BadBreakdown::Header(seen.map_or_else(String::new, |line| {
            let texts: Vec<&str> = line.cells.iter().map(|(_, text)| text.as_str()).take(8).collect();
            format!("第 {} 行现为：{}。", line.row, texts.join("、"))
        })));
    };
    let (Some(top), Some(mut body)) = (lines.get(at), lines.get(at + 1..)) else {
        return Err(BadBreakdown::Header(String::new()));
    };
    let label_at = top.cells.iter().find(|(_, text)| is_label(text)).map_or(0, |(at, _)| *at);
    let mut captions: Vec<(usize, String)> =
        top.cells.iter().map(|(at, text)| (*at, caption(text))).collect();
    // A second header row has the cities under a common caption, and no label.
    if let Some((below, rest)) = body.split_first()
        && below.row == top.row + 1
        && tidy(below.text(label_at)).is_empty()
        && below.cells.iter().filter(|(_, text)| read_quantity(text).meaning == Meaning::Words).count() >= 2
    {
        for (at, text) in &below.cells {
            captions.retain(|(other, _)| other != at);
            captions.push((*at, caption(text)));
        }
        captions.sort_by_key(|(at, _)| *at);
        body = rest;
    }
    let mut columns: Vec<Column> = Vec::new();
    for (at, caption) in captions.into_iter().filter(|(_, caption)| !caption.is_empty()) {
        let role = match official_column(&caption) {
            Some(role) => role,
            None if is_city(&caption, at, body) => OfficialColumn::City,
            None => {
                if !LEFT_OUT.contains(&caption.as_str()) {
                    remarks.push(Remark::LeftOut { caption });
                }
                continue;
            }
        };
        let twice = |other: &Column| {
            if role == OfficialColumn::City { other.caption == caption } else { other.role == role }
        };
        if columns.iter().any(twice) {
            return Err(BadBreakdown::ColumnTwice { row: top.row, caption });
        }
        columns.push(Column { at, role, caption });
    }
    match columns.iter().filter(|column| column.role == OfficialColumn::City).count() {
        0 => Err(BadBreakdown::NoCity { row: top.row }),
        cities if cities > MOST_CITIES => Err(BadBreakdown::TooLarge),
        _ => {
            if !columns.iter().any(|column| column.role == OfficialColumn::Number) {
                remarks.push(Remark::Numbered);
            }
            Ok((columns, top.row, body))
        }
    }
}

/// Columns that annexes have beside the figures.
const LEFT_OUT: &[&str] =
    &["备注", "附注", "说明", "责任单位", "牵头单位", "配合单位", "完成时限", "完成时间"];

/// Whether a column is a city's: it is named like one, or has figures and nothing else.
fn is_city(caption: &str, at: usize, body: &[Line]) -> bool {
    let named = ["市", "州", "盟", "区", "县", "旗"].iter().any(|suffix| caption.ends_with(suffix))
        && caption.chars().count() <= 12;
    let other = LEFT_OUT.contains(&caption)
        || caption.chars().any(|c| c.is_ascii_digit())
        || ["年", "期", "率", "目标", "完成", "基数"].iter().any(|word| caption.contains(word));
    let figures = || {
        let mut texts =
            body.iter().map(|line| line.text(at)).filter(|text| !text.trim().is_empty()).peekable();
        texts.peek().is_some()
            && texts.all(|text| {
                matches!(read_quantity(text).meaning, Meaning::Number(_) | Meaning::NotApplicable)
            })
    };
    named || !other && figures()
}

/// A caption without white space and without what stands in brackets at its end.
fn caption(text: &str) -> String {
    let bare: String =
        text.chars().filter(|c| !is_invisible(*c)).map(half_width).filter(|c| !c.is_whitespace()).collect();
    match bare.find('(') {
        Some(at) if at > 0 => bare.get(..at).unwrap_or_default().to_owned(),
        _ => bare,
    }
}

/// One line, without line breaks, invisible characters and spaces at the ends.
fn tidy(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c) && !matches!(c, '\n' | '\r' | '\t'))
        .collect::<String>()
        .trim()
        .to_owned()
}

fn bare_text(label: &str) -> String {
    label.chars().map(half_width).filter(|c| c.is_alphanumeric()).collect()
}
