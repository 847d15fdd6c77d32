//! What was understood of a table, column by column and row by row, with the evidence: for `--explain` and the page.

use super::columns::LABEL_LENGTH;
use super::dates::dates_in;
use super::header::{Role, is_aside, roles_of};
use super::hints::Hints;
use super::label::Difference;
use super::table::{Column, RowKind, Table};
use crate::breakdown::{Breakdown, CityId};
use crate::model::{CellRef, Meaning, Sheet, column_letters, read_value};

/// A table as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub columns: Vec<UnderstoodColumn>,
    pub rows: Vec<UnderstoodRow>,
}

/// What a column was taken for, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderstoodColumn {
    /// From 0.
    pub index: u32,
    /// `D`.
    pub letter: String,
    /// As written.
    pub caption: String,
    /// 目标值; none for a column that is not looked at.
    pub role: Option<String>,
    /// A sentence of Chinese each.
    pub why: Vec<String>,
    pub figures: Option<Agreement>,
    /// What else it may be, where that is open.
    pub doubt: Option<String>,
}

/// How far the figures of a column are those of a city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub city: String,
    pub agreeing: usize,
    pub rows: usize,
    /// The city that comes next, and how many rows fewer agree with it.
    pub runner_up: Option<(String, usize)>,
    pub gap: usize,
}

/// What a row was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderstoodRow {
    /// From 1, as the sheet numbers it.
    pub row: u32,
    pub label: String,
    /// 指标 3.
    pub kind: String,
    pub why: String,
}

/// What was understood of a table and why. Empty for a table whose rows and columns are none of the sheet's own.
pub fn understood(sheet: &Sheet, table: &Table, breakdown: &Breakdown) -> Understood {
    if table.columns.is_empty() {
        return Understood { columns: Vec::new(), rows: Vec::new() };
    }
    let columns = span(sheet, table).map(|index| column(sheet, table, index, breakdown)).collect();
    let inside = table.range.start.row..=table.range.end.row;
    let rows = inside.filter_map(|index| row(sheet, table, index, breakdown)).collect();
    Understood { columns, rows }
}

/// The columns of a table, with those beside it that have a caption in its header and were taken for nothing.
fn span(sheet: &Sheet, table: &Table) -> std::ops::RangeInclusive<u32> {
    let header = header_bottom(table);
    let headed = |column: &u32| {
        let mut rows = table.range.start.row..=header;
        rows.any(|row| !sheet.grid.value(CellRef::new(row, *column)).is_empty())
    };
    let (left, right) = (table.range.start.column, table.range.end.column);
    let first = (0..left).rev().take_while(headed).last().unwrap_or(left);
    let last = (right.saturating_add(1)..).take_while(headed).last().unwrap_or(right);
    first..=last
}

fn column(sheet: &Sheet, table: &Table, index: u32, breakdown: &Breakdown) -> UnderstoodColumn {
    let own = table.columns.iter().find(|column| column.index == index);
    let again = table.repeated.iter().find(|column| column.index == index);
    let caption = own.or(again).map_or_else(|| bare_caption(sheet, table, index), |own| own.caption.clone());
    let figures = agreement(sheet, table, index, breakdown);
    let mut why = Vec::new();
    match (own, again) {
        (Some(own), _) => why.extend(reasons(own, breakdown)),
        (None, Some(again)) => {
            why.push(format!("与前面的“{}”同名，按前面一列审核", again.role.caption(breakdown)));
        }
        (None, None) if caption.trim().is_empty() => why.push("没有列名".to_owned()),
        (None, None) if is_aside(&caption) => why.push("审核用不到这一列".to_owned()),
        (None, None) => why.push("列名里没有认得的词".to_owned()),
    }
    if let Some(found) = &figures {
        let next = found.runner_up.as_ref().map_or_else(String::new, |(city, count)| {
            format!("，其次{city} {count}/{}，相差 {} 行", found.rows, found.gap)
        });
        why.push(format!("下面的数与{}的目标 {}/{} 一致{next}", found.city, found.agreeing, found.rows));
    }
    let role = own.map(|own| own.role.caption(breakdown));
    let doubt = own.or(again).and_then(|own| other_reading(table, own, breakdown, Hints::NONE));
    UnderstoodColumn { index, letter: column_letters(index), caption, role, why, figures, doubt }
}

/// What else a column may be: the role that it shares with another one, or that of the column beside it that only the
/// figures tell from it. Nothing where the user has said what it is.
pub fn other_reading(table: &Table, own: &Column, breakdown: &Breakdown, hints: &Hints) -> Option<String> {
    let said = |column: &Column| hints.says_column(table.sheet, column.index);
    if said(own) {
        return None;
    }
    if table.repeated.iter().any(|other| other.role == own.role) {
        let others = table.columns.iter().chain(&table.repeated).filter(|other| other.index != own.index);
        let letters: Vec<String> =
            others.filter(|other| other.role == own.role).map(|other| column_letters(other.index)).collect();
        return Some(format!("{} 列也写作“{}”", letters.join("、"), own.role.caption(breakdown)));
    }
    let by_figures = |previous: &Column| {
        let told = said(previous) || previous.period.is_some() || previous.header.row > table.range.start.row;
        !told && roles_of(&previous.caption, breakdown).first() == Some(&Role::Current)
    };
    let other = match own.role {
        Role::Previous => Role::Current,
        Role::Current => Role::Previous,
        _ => return None,
    };
    let open = table.column(Role::Previous).is_some_and(by_figures);
    open.then(|| format!("只凭数的大小认出，也可能是“{}”", other.caption(breakdown)))
}

/// Why a column has its role.
fn reasons(own: &Column, breakdown: &Breakdown) -> Vec<String> {
    let can = roles_of(&own.caption, breakdown);
    let caption = own.caption.trim();
    let mut why = Vec::new();
    match can.iter().position(|role| *role == own.role) {
        Some(_) if can.len() > 1 => {
            let other = can.iter().find(|role| **role != own.role);
            let other =
                other.map_or_else(String::new, |role| format!("，也可能是“{}”", role.caption(breakdown)));
            why.push(format!("列名“{caption}”意思不定{other}，按下面的内容定"));
        }
        Some(_) => why.push(format!("列名“{caption}”的字样")),
        None if own.role == Role::Label => why.push("下面是指标内容".to_owned()),
        None if dates_in(caption).is_empty() => why.push("上一行列名、相邻各列与下面的数".to_owned()),
        None => {}
    }
    if matches!(own.role, Role::Previous | Role::Current)
        && let Some(period) = own.period
    {
        why.push(format!("列名的日期是{}", period.chinese()));
    }
    why
}

/// The lowest words in the header rows of a column without a role.
fn bare_caption(sheet: &Sheet, table: &Table, index: u32) -> String {
    let (top, bottom) = (table.range.start.row, header_bottom(table));
    (top..=bottom)
        .rev()
        .map(|row| sheet.grid.shown(CellRef::new(row, index)))
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default()
}

fn header_bottom(table: &Table) -> u32 {
    table.columns.iter().map(|column| column.header.row).max().unwrap_or(table.range.start.row)
}

/// The city whose targets the figures of a column are in most rows, with the next one; none for fewer than three.
fn agreement(sheet: &Sheet, table: &Table, index: u32, breakdown: &Breakdown) -> Option<Agreement> {
    let mut counts: Vec<(usize, CityId)> = breakdown
        .city_ids()
        .map(|city| {
            let agrees = table.indicator_rows().filter(|(row, found)| {
                let written = read_value(sheet.grid.value(CellRef::new(row.row, index)));
                match breakdown.target(found.indicator, city) {
                    Some(target) => written.certain() == Some(target),
                    None => written.meaning == Meaning::NotApplicable,
                }
            });
            (agrees.count(), city)
        })
        .collect();
    counts.sort_by_key(|(count, city)| (std::cmp::Reverse(*count), *city));
    let (agreeing, city) = *counts.first().filter(|(count, _)| *count >= 3)?;
    let next = counts.get(1).map(|(count, city)| (breakdown.city(*city).to_owned(), *count));
    Some(Agreement {
        city: breakdown.city(city).to_owned(),
        agreeing,
        rows: table.indicator_rows().count(),
        gap: agreeing - next.as_ref().map_or(0, |(_, count)| *count),
        runner_up: next,
    })
}

fn row(sheet: &Sheet, table: &Table, index: u32, breakdown: &Breakdown) -> Option<UnderstoodRow> {
    let header = header_bottom(table);
    let known = table.rows.iter().find(|row| row.row == index);
    let at = table.column(Role::Label).map(|column| CellRef::new(index, column.index));
    let label =
        known.map_or_else(|| at.map(|at| sheet.grid.shown(at)).unwrap_or_default(), |row| row.label.clone());
    let number = |id| breakdown.indicator(id).map_or(0, |indicator| indicator.number);
    let (kind, why) = match known.map(|row| row.kind) {
        _ if index <= header => ("表头".to_owned(), "列名所在的行"),
        Some(RowKind::Indicator(found)) => {
            let why = match found.difference {
                Difference::None => "与官方的指标内容一致",
                Difference::Spacing => "只差空格、标点或编号",
                Difference::Alias => "是方案正文的写法",
                Difference::Number => "文字相近，里面的数不同",
                Difference::Wording if label.chars().count() < LABEL_LENGTH => "按序号认出",
                Difference::Wording => "文字相近",
            };
            (format!("指标 {}", number(found.indicator)), why)
        }
        Some(RowKind::Duplicate(found)) => {
            (format!("指标 {}（重复）", number(found.indicator)), "这项指标前面已有一行")
        }
        Some(RowKind::Total) => ("合计".to_owned(), "写着合计、小计之类"),
        Some(RowKind::Part) => ("其中".to_owned(), "是上面一项指标的一部分"),
        Some(RowKind::Stranger) => ("分解表以外的行".to_owned(), "有数，但不像任何一项指标"),
        None if sheet.grid.rows(index, index).all(|(_, cell)| cell.value.is_empty()) => return None,
        None => ("不是数据行".to_owned(), "标题、栏次、单位、重复的表头或说明"),
    };
    Some(UnderstoodRow { row: index + 1, label, kind, why: why.to_owned() })
}
