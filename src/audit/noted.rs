//! Findings as they are kept outside an audit: what a finding is known by when numbers and places have changed, the
//! sheet 校核记录 (and our list of findings) read back, and two lists put side by side.
//!
//! Tolerant: columns are found by their captions, wherever they stand. Reads cells, judges nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::breakdown::Breakdown;
use crate::layout::{fold, is_record_sheet};
use crate::model::{CellRef, Range, Sheet, Value, Workbook, read_quantity, visible, without_signs};

use super::{Finding, Tier};

/// A finding on paper: its words as they are shown, so that one that was written and read again is the same.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Noted {
    /// Its number there.
    pub id: u32,
    pub code: String,
    pub tier: Option<Tier>,
    /// The sheet's name.
    pub sheet: Option<String>,
    /// `C5`, `D5:E13`; nothing for a whole file.
    pub cell: Option<String>,
    /// The indicator's number.
    pub indicator: Option<u32>,
    pub city: Option<String>,
    pub found: String,
    pub expected: Option<String>,
    pub message: String,
    /// 情况说明.
    pub answer: Option<String>,
    /// The number of the finding that explains it.
    pub caused_by: Option<u32>,
}

impl Noted {
    /// `sheets` are those that the finding counts in.
    pub fn of(finding: &Finding, sheets: &[Sheet], breakdown: &Breakdown) -> Self {
        Self {
            id: finding.id,
            code: finding.code.to_string(),
            tier: Some(finding.tier),
            sheet: finding
                .sheet
                .and_then(|sheet| sheets.get(sheet))
                .map(|sheet| visible(&sheet.name).into_owned()),
            cell: finding.range.map(|range| range.to_string()),
            indicator: finding
                .indicator
                .and_then(|id| breakdown.indicator(id))
                .map(|indicator| indicator.number),
            city: finding.city.map(|city| breakdown.city(city).to_owned()),
            found: finding.found.clone(),
            expected: finding.expected.clone(),
            message: finding.message.clone(),
            answer: finding.answer.clone(),
            caused_by: finding.caused_by,
        }
    }

    /// All findings of an audit, in its order.
    pub fn all(findings: &[Finding], sheets: &[Sheet], breakdown: &Breakdown) -> Vec<Self> {
        findings.iter().map(|finding| Self::of(finding, sheets, breakdown)).collect()
    }

    fn column(&self) -> Option<u32> {
        self.cell.as_deref()?.parse::<Range>().ok().map(|range| range.start.column)
    }

    fn address(&self) -> Sign<'_> {
        Sign { code: &self.code, sheet: self.sheet.as_deref(), cell: self.cell.as_deref(), ..Sign::default() }
    }

    fn place(&self) -> Option<Sign<'_>> {
        self.cell.is_some().then(|| self.address())
    }

    /// The indicator of a city, wherever its row stands.
    fn row(&self) -> Option<Sign<'_>> {
        self.indicator.is_some().then(|| Sign {
            code: &self.code,
            indicator: self.indicator,
            city: self.city.as_deref(),
            ..Sign::default()
        })
    }

    fn same_indicator_or_none(&self, other: &Self) -> bool {
        self.indicator.is_none() || other.indicator.is_none() || self.indicator == other.indicator
    }
}

/// What two findings of one code have in common where they are the same. Nothing for one that does not have it.
#[derive(PartialEq, Eq, PartialOrd, Ord, Default)]
struct Sign<'a> {
    code: &'a str,
    sheet: Option<&'a str>,
    cell: Option<&'a str>,
    column: Option<u32>,
    indicator: Option<u32>,
    city: Option<&'a str>,
    found: Option<&'a str>,
}

type SignOf = for<'a> fn(&'a Noted) -> Option<Sign<'a>>;

/// Signs that two findings are the same, the surest first.
const SURE: [SignOf; 6] = [
    |noted| {
        Some(Sign {
            indicator: noted.indicator,
            city: noted.city.as_deref(),
            found: Some(&noted.found),
            ..noted.address()
        })
    },
    |noted| noted.place().map(|place| Sign { indicator: noted.indicator, ..place }),
    |noted| noted.row().map(|row| Sign { column: noted.column(), ..row }),
    // The column was moved.
    |noted| noted.row().map(|row| Sign { found: Some(&noted.found), ..row }),
    // Of one indicator, or of none: see `Signed::first`.
    Noted::place,
    |noted| {
        noted.cell.is_none().then(|| Sign { code: &noted.code, found: Some(&noted.found), ..Sign::default() })
    },
];
/// The place of the sign above that asks for more than it says.
const AT_ONE_PLACE: usize = 4;

/// Signs that hold for a comparison, not for an answer: of the same indicator in another column, of no indicator in the
/// same words wherever it stands, or at the same address whatever stands there now.
const LIKELY: [SignOf; 3] = [
    Noted::row,
    |noted| {
        let words = Sign { code: &noted.code, found: Some(&noted.message), ..Sign::default() };
        noted.indicator.is_none().then_some(words)
    },
    Noted::place,
];

/// Pairs of the same finding, as indices into the two lists: each is in one pair at most.
pub fn pairs(earlier: &[Noted], now: &[Noted]) -> Vec<(usize, usize)> {
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (at, sign) in SURE.into_iter().chain(LIKELY).enumerate() {
        let mut signed = Signed::of(at, sign, now);
        for (i, one) in earlier.iter().enumerate() {
            if !found.contains_key(&i)
                && let Some(j) = signed.first(one, &taken)
            {
                found.insert(i, j);
                taken.insert(j);
            }
        }
    }
    found.into_iter().collect()
}

/// A list of findings by a sign.
struct Signed<'a> {
    at: usize,
    sign: SignOf,
    list: &'a [Noted],
    places: BTreeMap<Sign<'a>, VecDeque<usize>>,
}

impl<'a> Signed<'a> {
    fn of(at: usize, sign: SignOf, list: &'a [Noted]) -> Self {
        let mut places: BTreeMap<Sign<'a>, VecDeque<usize>> = BTreeMap::new();
        for (index, noted) in list.iter().enumerate() {
            if let Some(sign) = sign(noted) {
                places.entry(sign).or_default().push_back(index);
            }
        }
        Self { at, sign, list, places }
    }

    /// The first that is not taken and has the sign in common with another finding.
    fn first(&mut self, noted: &'a Noted, taken: &BTreeSet<usize>) -> Option<usize> {
        let places = self.places.get_mut(&(self.sign)(noted)?)?;
        while places.front().is_some_and(|first| taken.contains(first)) {
            places.pop_front();
        }
        let fits = |index: &&usize| {
            self.at != AT_ONE_PLACE
                || self.list.get(**index).is_some_and(|other| noted.same_indicator_or_none(other))
        };
        places.iter().filter(|index| !taken.contains(index)).find(fits).copied()
    }
}

/// An explanation that was written for another figure than stands there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapsed {
    /// The finding, as an index.
    pub at: usize,
    /// 情况说明.
    pub text: String,
    /// The figure it was written for.
    pub figure: String,
}

impl Lapsed {
    /// Says so in the finding, which is open again.
    pub fn say(&self, finding: &mut Finding) {
        let (text, figure, now) = (self.text.trim(), self.figure.trim(), finding.found.trim());
        let lapse = format!("原来的情况说明“{text}”是就 {figure} 写的，现在是 {now}，请重新说明。");
        finding.message += &lapse;
        finding.answer = None;
    }
}

/// Puts explanations from elsewhere to the 警示 that they are about, in their order: a later one replaces an earlier
/// one, a blank one takes it back. Only 警示 can be explained, and an explanation holds for the figure it was written
/// for; those written for another one are handed back.
pub fn answer(
    findings: &mut [Finding],
    answers: &[Noted],
    sheets: &[Sheet],
    breakdown: &Breakdown,
) -> Vec<Lapsed> {
    if answers.is_empty() {
        return Vec::new();
    }
    let mut lapsed: BTreeMap<usize, Lapsed> = BTreeMap::new();
    let now = Noted::all(findings, sheets, breakdown);
    let mut signed: Vec<Signed<'_>> =
        SURE.into_iter().enumerate().map(|(at, sign)| Signed::of(at, sign, &now)).collect();
    let none = BTreeSet::new();
    for given in answers {
        let Some(at) = signed.iter_mut().find_map(|signed| signed.first(given, &none)) else { continue };
        let Some(finding) = findings.get_mut(at).filter(|finding| finding.tier == Tier::Warning) else {
            continue;
        };
        let text = given.answer.clone().filter(|text| !text.trim().is_empty());
        lapsed.remove(&at);
        finding.answer = None;
        if is_same_figure(&given.found, &finding.found) {
            finding.answer = text;
        } else if let Some(text) = text {
            lapsed.insert(at, Lapsed { at, text, figure: given.found.clone() });
        }
    }
    lapsed.into_values().collect()
}

/// Whether two texts hold the same figure: 750 is 750家 and 750⟨ZWSP⟩, and 7,50 is not.
fn is_same_figure(a: &str, b: &str) -> bool {
    let number = |text: &str| read_quantity(&without_signs(text)).certain();
    a.trim() == b.trim() || number(a).is_some_and(|a| number(b) == Some(a))
}

/// One list of findings as it was read: whose it is, and the findings.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Record {
    /// The name of the file that was audited.
    pub file: Option<String>,
    /// Its fingerprint.
    pub sha256: Option<String>,
    /// `breakdown` or `progress`.
    pub form: Option<String>,
    pub city: Option<String>,
    /// `2019-06`.
    pub period: Option<String>,
    pub findings: Vec<Noted>,
}

/// Words of the head of a record, as they are written.
pub const FILE: &str = "原文件";
pub const FINGERPRINT: &str = "原文件指纹 SHA-256";
pub const FORM: &str = "表式";
pub const CITY: &str = "填报单位所在市";
pub const PERIOD: &str = "报告期";
/// The caption over the findings, and where there are none.
pub const FINDINGS: &str = "审核发现";
pub const COLUMNS: [&str; 12] = [
    "序号",
    "规则",
    "级别",
    "工作表",
    "单元格",
    "指标",
    "市",
    "现填",
    "应为",
    "问题说明",
    "情况说明",
    "状态",
];

/// The records that a workbook carries, the latest first: 校核记录, 校核记录2, …
pub fn records(workbook: &Workbook) -> Vec<Record> {
    let own = workbook.sheets.iter().filter(|sheet| is_record_sheet(&sheet.name));
    let mut found: Vec<(u32, Record)> = own
        .filter_map(|sheet| {
            let digits: String = sheet.name.chars().filter(char::is_ascii_digit).collect();
            read_record(sheet).map(|record| (digits.parse().unwrap_or(1), record))
        })
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, record)| record).collect()
}

/// The list of findings in a sheet, ours by its captions: `None` where there is none.
pub fn read_record(sheet: &Sheet) -> Option<Record> {
    let header = caption_row(sheet)?;
    let rows = Rows::of(sheet);
    let (header, columns) = rows
        .0
        .iter()
        .enumerate()
        .find_map(|(at, (row, cells))| (*row == header).then(|| (at, Columns::of(cells))))?;
    let columns = columns?;
    let mut record = Record::default();
    for (_, cells) in rows.0.iter().take(header) {
        record.take_head(cells);
    }
    record.findings = rows.0.iter().skip(header + 1).map_while(|(_, cells)| columns.read(cells)).collect();
    Some(record)
}

/// The first row with the captions of a list of findings. Looks at short words alone: most sheets are none of ours, and
/// some are large.
fn caption_row(sheet: &Sheet) -> Option<u32> {
    let mut words: Vec<(u32, String)> = Vec::new();
    let mut current = None;
    for (at, cell) in sheet.grid.cells() {
        let Value::Text(text) = &cell.value else { continue };
        if current != Some(at.row) {
            if let Some(row) = current.filter(|_| Columns::of(&words).is_some()) {
                return Some(row);
            }
            words.clear();
            current = Some(at.row);
        }
        if text.len() <= 40 {
            words.push((at.column, text.to_string()));
        }
    }
    current.filter(|_| Columns::of(&words).is_some())
}

impl Record {
    fn take_head(&mut self, row: &[(u32, String)]) {
        let [(_, first), rest @ ..] = row else { return };
        let value = || rest.first().map(|(_, text)| text.trim().to_owned()).filter(|text| !text.is_empty());
        // The list of findings to print says it all in one cell: 表式：…　填报单位所在市：….
        for (word, value) in first.split('　').filter_map(|part| part.trim().split_once('：')) {
            self.take(word, Some(value.trim().to_owned()).filter(|text| !text.is_empty()));
        }
        self.take(first, value());
    }

    fn take(&mut self, word: &str, value: Option<String>) {
        let value = || value.clone();
        match fold(word) {
            word if word == fold(FINGERPRINT) => self.sha256 = value(),
            word if word == fold(FILE) => self.file = value(),
            word if word == fold(FORM) => self.form = value().map(|form| form_name(&form).to_owned()),
            word if word == fold(CITY) => self.city = value(),
            word if word == fold(PERIOD) => self.period = value(),
            word if word == fold("文件") => self.file = value(),
            _ => {}
        }
    }
}

/// The contract's name of a form by its Chinese one.
fn form_name(chinese: &str) -> &'static str {
    if chinese.contains("进展") { "progress" } else { "breakdown" }
}

/// The rows of a sheet with their non-empty cells as text.
struct Rows(Vec<(u32, Vec<(u32, String)>)>);

impl Rows {
    fn of(sheet: &Sheet) -> Self {
        let mut rows: Vec<(u32, Vec<(u32, String)>)> = Vec::new();
        for (at, _) in sheet.grid.cells() {
            let text = visible(&sheet.grid.shown(CellRef::new(at.row, at.column))).into_owned();
            if text.trim().is_empty() {
                continue;
            }
            match rows.last_mut() {
                Some((row, cells)) if *row == at.row => cells.push((at.column, text)),
                _ => rows.push((at.row, vec![(at.column, text)])),
            }
        }
        Self(rows)
    }
}

/// Where the fields of a finding stand.
#[derive(Default)]
struct Columns {
    id: Option<u32>,
    code: Option<u32>,
    tier: Option<u32>,
    sheet: Option<u32>,
    cell: Option<u32>,
    indicator: Option<u32>,
    city: Option<u32>,
    found: Option<u32>,
    expected: Option<u32>,
    message: Option<u32>,
    answer: Option<u32>,
    state: Option<u32>,
}

impl Columns {
    /// The row has the captions of a list of findings: 规则, 级别 and what is said of them.
    fn of(row: &[(u32, String)]) -> Option<Self> {
        if row.len() < 3 {
            return None;
        }
        let mut columns = Self::default();
        for (column, caption) in row {
            let field = match fold(caption).as_str() {
                "序号" => &mut columns.id,
                "规则" => &mut columns.code,
                "级别" => &mut columns.tier,
                "工作表" => &mut columns.sheet,
                "单元格" => &mut columns.cell,
                "指标" => &mut columns.indicator,
                "市" | "城市" => &mut columns.city,
                "现填" | "原表内容" => &mut columns.found,
                "应为" => &mut columns.expected,
                "问题说明" | "说明" => &mut columns.message,
                "情况说明" => &mut columns.answer,
                "状态" => &mut columns.state,
                _ => continue,
            };
            field.get_or_insert(*column);
        }
        let _ = (columns.code?, columns.tier?, columns.message?);
        Some(columns)
    }

    /// One finding; `None` for a row that is none, which ends the list.
    fn read(&self, row: &[(u32, String)]) -> Option<Noted> {
        let text = |column: Option<u32>| -> Option<String> {
            let wanted = column?;
            row.iter()
                .find(|(at, _)| *at == wanted)
                .map(|(_, text)| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let number =
            |text: String| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
        let code = text(self.code).filter(|code| is_code(code))?;
        let message = text(self.message).unwrap_or_default();
        let caused_by = cause_in(&message).or_else(|| cause_in(&text(self.state)?));
        Some(Noted {
            id: text(self.id).and_then(number).unwrap_or(0),
            code,
            tier: text(self.tier).and_then(|word| {
                [Tier::Error, Tier::Warning, Tier::Notice].into_iter().find(|tier| tier.chinese() == word)
            }),
            sheet: text(self.sheet),
            cell: text(self.cell),
            indicator: text(self.indicator).and_then(number),
            city: text(self.city),
            found: text(self.found).unwrap_or_default(),
            expected: text(self.expected),
            message,
            answer: text(self.answer),
            caused_by,
        })
    }
}

fn is_code(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && text.len() == 4
        && letters.all(|c| c.is_ascii_digit())
}

/// 由第 3 条引起 → 3.
fn cause_in(text: &str) -> Option<u32> {
    let (_, rest) = text.rsplit_once("由第 ")?;
    rest.split_once(" 条引起")?.0.parse().ok()
}
