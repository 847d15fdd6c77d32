//! What each row of a table is: an indicator's, a total, a part of one, a heading, column numbers, or a stranger's.

use std::collections::BTreeSet;

use super::assignment::{Assignment, assign};
use super::columns::Captions;
use super::header::Role;
use super::hints::RowHint;
use super::label::{Difference, LabelCandidate, LabelMatch, fold};
use super::table::{Column, Row, RowKind};
use crate::breakdown::{Breakdown, IndicatorId};
use crate::model::{Areas, CellRef, Meaning, Sheet, Value, half_width, is_invisible, read_value};

/// Empty rows that end a table.
const GAP: u32 = 2;
/// Further empty rows after which the header may be repeated.
const PAGE_GAP: u32 = 4;
/// Rows looked through for the next indicator after a note.
const LOOK_AHEAD: u32 = 12;
/// Longest label of a part, in characters.
const SHORT: usize = 12;

const FOOTERS: &[&str] = &[
    "填表人",
    "审核人",
    "填报人",
    "制表人",
    "单位负责人",
    "负责人",
    "联系人",
    "联系电话",
    "填报日期",
    "注",
    "说明",
    "备注",
    "附注",
    "数据来源",
];
const TOTALS: &[&str] = &["合计", "总计", "小计", "总和", "累计合计", "三市合计", "合计数"];
/// A row that begins so is a part of the indicator above it.
const PARTS: &[&str] = &["其中", "其余", "包括", "含"];

/// The rows below a header, to the end of the table.
pub(super) fn data_rows(
    words: &Captions<'_>,
    first: u32,
    columns: &[Column],
    said: &impl Fn(u32) -> Option<RowHint>,
) -> Vec<Row> {
    let Captions { sheet, breakdown, labels, merges, .. } = words;
    let column = |role: Role| columns.iter().find(|column| column.role == role).map(|column| column.index);
    let (label, serial) = (column(Role::Label), column(Role::Serial));
    let figures: Vec<u32> =
        columns.iter().filter(|column| column.role.is_figure()).map(|column| column.index).collect();
    let last_row = sheet.grid.cells().next_back().map_or(0, |(at, _)| at.row);
    let label_at = |row: u32| {
        let text = sheet.grid.shown(CellRef::new(row, label?));
        let filled = figures.iter().any(|column| !sheet.grid.value(CellRef::new(row, *column)).is_empty());
        labels.candidates(&text, None).first().filter(|_| filled).map(LabelCandidate::indicator)
    };
    let next_label = |from: u32| (from..from.saturating_add(LOOK_AHEAD)).find_map(label_at);
    // The indicators that the labels so far are nearest to.
    let mut named: BTreeSet<IndicatorId> = BTreeSet::new();
    let goes_on = |from: u32, named: &BTreeSet<IndicatorId>| {
        next_label(from).is_some_and(|next| !named.contains(&next))
    };
    let goes_on_at = |row: u32, named: &BTreeSet<IndicatorId>| {
        label_at(row).is_some_and(|next| !named.is_empty() && !named.contains(&next))
    };
    let mut seen: Vec<Seen> = Vec::new();
    let (mut labelled, mut empty) = (false, 0);
    let mut row = first;
    while row <= last_row && empty < GAP {
        let shown = |column: Option<u32>| {
            column.map(|column| sheet.grid.shown(CellRef::new(row, column))).unwrap_or_default()
        };
        let (text, serial_text) = (shown(label), shown(serial));
        let meaning = |column: &u32| read_value(sheet.grid.value(CellRef::new(row, *column))).meaning;
        let has_figures = figures.iter().any(|column| meaning(column) != Meaning::Blank);
        let (folded, folded_serial) = (fold(&text), fold(&serial_text));
        if folded.is_empty() && folded_serial.is_empty() && !has_figures {
            empty += 1;
            row += 1;
            // The next printed page after a gap, or the rows that are left.
            if empty == GAP
                && let Some(page) = (row..row.saturating_add(PAGE_GAP)).find(|row| {
                    repeats_header(sheet, *row, columns) && goes_on(row + 1, &named)
                        || goes_on_at(*row, &named)
                })
            {
                row = page;
                empty = 0;
            }
            continue;
        }
        empty = 0;
        if let Some(hint) = said(row) {
            let known = match hint {
                RowHint::Indicator(indicator) => Known::Number(Some(LabelMatch {
                    indicator,
                    difference: Difference::Wording,
                    certain: true,
                    score: 1.0,
                })),
                RowHint::Total => Known::Total,
                RowHint::Part => Known::Part,
                RowHint::Aside => Known::Caption,
            };
            seen.push(Seen { row, text, has_figures, known });
            row += 1;
            continue;
        }
        let repeats = repeats_header(sheet, row, columns);
        // The same indicators again under the same header: another table.
        if repeats && !seen.is_empty() && next_label(row + 1).is_some_and(|next| named.contains(&next)) {
            break;
        }
        if numbers_columns(sheet, merges, row, columns) || repeats {
            seen.push(Seen { row, text, has_figures, known: Known::Caption });
            row += 1;
            continue;
        }
        let starts = |words: &[&str]| {
            words.iter().any(|word| folded.starts_with(word) || folded_serial.starts_with(word))
        };
        let number: Option<u32> = read_value(
            &serial.map_or(Value::Empty, |column| sheet.grid.value(CellRef::new(row, column)).clone()),
        )
        .certain()
        .and_then(|number| number.to_string().parse().ok());
        let candidates =
            if label.is_some() && !folded.is_empty() { labels.candidates(&text, number) } else { Vec::new() };
        if starts(FOOTERS) && (!has_figures || folded.is_empty() || candidates.is_empty()) {
            // A note between two parts of the table.
            if !goes_on(row + 1, &named) {
                break;
            }
            seen.push(Seen { row, text, has_figures, known: Known::Caption });
            row += 1;
            continue;
        }
        let all = |test: fn(&Meaning) -> bool| figures.iter().map(meaning).all(|meaning| test(&meaning));
        let only_words = || all(|meaning| matches!(meaning, Meaning::Words | Meaning::Blank));
        // 单位、（2020年） under the captions; 填报单位 … 报告期 again, signatures.
        if folded.is_empty() && number.is_none() && has_figures && only_words() {
            seen.push(Seen { row, text, has_figures, known: Known::Caption });
            row += 1;
            continue;
        }
        // 一、军民融合 with dashes in the columns of figures.
        let heads = candidates.is_empty()
            && !serial_text.contains(|c: char| c.is_ascii_digit())
            && all(|meaning| matches!(meaning, Meaning::NotApplicable | Meaning::Blank));
        let has_figures = has_figures && !heads;
        if candidates.is_empty() && begins_another_table(sheet, row, &figures, label) && !seen.is_empty() {
            break;
        }
        let follows_part = || {
            let after = seen.last().is_some_and(|last| matches!(last.known, Known::Part));
            after && number.is_none() && !folded.is_empty() && folded.chars().count() <= SHORT
        };
        let sums = ["小计", "合计"].iter().any(|word| folded.ends_with(word)) && candidates.is_empty();
        let known = if starts(TOTALS) || sums {
            Known::Total
        } else if candidates.is_empty() && (is_part(&text, &folded, number) || follows_part()) && labelled {
            Known::Part
        } else if label.is_some() && !folded.is_empty() {
            labelled = true;
            named.extend(candidates.first().map(LabelCandidate::indicator));
            Known::Label(candidates)
        } else {
            // No label to go by: the row's number speaks.
            Known::Number(number.and_then(|number| by_number(number, label.is_none(), breakdown)))
        };
        seen.push(Seen { row, text, has_figures, known });
        row += 1;
    }
    settle(seen)
}

/// A row before it is known which indicator it stands for.
struct Seen {
    row: u32,
    text: String,
    has_figures: bool,
    known: Known,
}

enum Known {
    Total,
    /// 其中：高新区.
    Part,
    /// Column numbers, or the header again on another page.
    Caption,
    Label(Vec<LabelCandidate>),
    Number(Option<LabelMatch>),
}

/// Whether a folded text says that a row or a column is a total.
pub(super) fn is_total(folded: &str) -> bool {
    TOTALS.contains(&folded) || folded == "总量"
}

/// Whether a row is a part of the indicator above it: 其中：…, a district or county. The city's own indicators have
/// longer labels and numbers of their own.
fn is_part(text: &str, folded: &str, number: Option<u32>) -> bool {
    let said = PARTS.iter().any(|word| folded.starts_with(word)) && !folded.is_empty();
    let place = ["区", "县", "市", "园区", "新区", "开发区"].iter().any(|word| folded.ends_with(word));
    let dash = text.trim_start().starts_with(['—', '-', '·', '－', '*']);
    number.is_none() && (said || (place || dash) && folded.chars().count() <= SHORT)
}

/// 栏次: 1 2 3 …, 甲 乙 丙 1 2 3, (1) (2), ①②, A B C, also 4=3/1: marks in at least three columns of the table, nothing
/// else, and of each kind in order.
fn numbers_columns(sheet: &Sheet, merges: &Areas, row: u32, columns: &[Column]) -> bool {
    let mut marks: Vec<(Kind, u32)> = Vec::new();
    let mut named = false;
    for column in columns {
        let at = CellRef::new(row, column.index);
        // A cell under a merged one has nothing of its own.
        if merges.anchor(at) != at {
            continue;
        }
        let text: String = sheet
            .grid
            .shown(at)
            .chars()
            .filter(|c| !is_invisible(*c))
            .map(half_width)
            .filter(|c| !c.is_whitespace())
            .collect();
        if text.chars().all(|c| matches!(c, '-' | '—' | '–' | '/')) {
            continue;
        }
        if matches!(text.as_str(), "栏次" | "栏目" | "列次" | "行次" | "栏号") {
            named = true;
            continue;
        }
        match mark(&text) {
            Some(mark) => marks.push(mark),
            None => return false,
        }
    }
    let in_order = |kind: Kind| {
        let numbers: Vec<u32> =
            marks.iter().filter(|(own, _)| *own == kind).map(|(_, number)| *number).collect();
        numbers.windows(2).all(|pair| matches!(pair, [a, b] if b > a && b - a <= 3))
    };
    let ordered = [Kind::Stem, Kind::Number, Kind::Letter].into_iter().all(in_order);
    let starts = marks.iter().any(|(_, number)| *number == 1);
    ordered && starts && (marks.len() >= 3 || named && !marks.is_empty())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stem,
    Number,
    Letter,
}

/// The column mark that a text is, with its place in its series.
fn mark(text: &str) -> Option<(Kind, u32)> {
    const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
    let bare = text
        .trim_matches(|c| matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '.' | '、' | '第' | '栏' | '列'));
    // 4=3/1, 6=(5-4)/4: the column's own number first.
    let bare = bare.split('=').next().unwrap_or(bare).trim_matches(|c| matches!(c, '(' | ')'));
    let place = |c: char, series: &str| {
        series.chars().position(|own| own == c).and_then(|at| u32::try_from(at + 1).ok())
    };
    let mut chars = bare.chars();
    let first = chars.next()?;
    if chars.next().is_none() {
        if let Some(at) = place(first, STEMS) {
            return Some((Kind::Stem, at));
        }
        if let Some(at) = place(first, "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳").or_else(|| place(first, "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿"))
        {
            return Some((Kind::Number, at));
        }
        if let Some(at) = place(first, "一二三四五六七八九十").or_else(|| place(first, "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"))
        {
            return Some((Kind::Number, at));
        }
        if first.is_ascii_alphabetic() {
            return place(first.to_ascii_uppercase(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                .map(|at| (Kind::Letter, at));
        }
    }
    let number: u32 = bare.parse().ok().filter(|number| (1..=60).contains(number))?;
    Some((Kind::Number, number))
}

/// Whether a row says the captions again, as on the next printed page.
fn repeats_header(sheet: &Sheet, row: u32, columns: &[Column]) -> bool {
    let mut same = 0;
    for column in columns {
        let text = fold(&sheet.grid.shown(CellRef::new(row, column.index)));
        if !text.is_empty() && text == fold(&column.caption) {
            same += 1;
        }
    }
    same >= 2 && same * 2 > columns.len()
}

/// Whether a row is the header of something else: at least three cells of words, one of them where a figure should
/// stand, and no number.
fn begins_another_table(sheet: &Sheet, row: u32, figures: &[u32], label: Option<u32>) -> bool {
    let mut words = 0;
    for (_, cell) in sheet.grid.rows(row, row).filter(|(_, cell)| !cell.value.is_empty()) {
        match read_value(&cell.value).meaning {
            Meaning::Words => words += 1,
            Meaning::Blank => {}
            _ => return false,
        }
    }
    let filled = |column: u32| !sheet.grid.shown(CellRef::new(row, column)).trim().is_empty();
    words >= 3 && figures.iter().any(|column| filled(*column)) && label.is_some_and(filled)
}

fn by_number(number: u32, certain: bool, breakdown: &Breakdown) -> Option<LabelMatch> {
    breakdown
        .indicator_ids()
        .find(|id| breakdown.indicator(*id).is_some_and(|indicator| indicator.number == number))
        .map(|indicator| LabelMatch {
            indicator,
            difference: if certain { Difference::None } else { Difference::Wording },
            certain,
            score: 0.5,
        })
}

/// Which indicator each row stands for, all rows weighed together; a row without a label gets what its number says
/// where no label has it. A row with figures that gets nothing is a stranger, one without is no row of the table.
fn settle(seen: Vec<Seen>) -> Vec<Row> {
    let candidates: Vec<Vec<LabelCandidate>> = seen
        .iter()
        .map(|row| if let Known::Label(found) = &row.known { found.clone() } else { Vec::new() })
        .collect();
    let assigned = assign(&candidates);
    let mut taken: BTreeSet<IndicatorId> = assigned
        .iter()
        .filter_map(|one| if let Assignment::Indicator(found) = one { Some(found.indicator) } else { None })
        .collect();
    let mut rows = Vec::new();
    for (row, assigned) in seen.into_iter().zip(assigned) {
        let kind = match (row.known, assigned) {
            (Known::Total, _) => Some(RowKind::Total),
            (Known::Caption, _) => None,
            (Known::Part, _) => row.has_figures.then_some(RowKind::Part),
            (Known::Number(Some(found)), _) if taken.insert(found.indicator) => {
                Some(RowKind::Indicator(found))
            }
            (Known::Number(Some(found)), _) if found.certain => Some(RowKind::Duplicate(found)),
            (Known::Label(_), Assignment::Indicator(found)) => Some(RowKind::Indicator(found)),
            (Known::Label(_), Assignment::Duplicate(found)) => Some(RowKind::Duplicate(found)),
            (Known::Number(_) | Known::Label(_), _) => row.has_figures.then_some(RowKind::Stranger),
        };
        rows.extend(kind.map(|kind| Row { row: row.row, kind, label: row.text }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_column_numbers() {
        for (text, found) in [
            ("甲", Some((Kind::Stem, 1))),
            ("(3)", Some((Kind::Number, 3))),
            ("③", Some((Kind::Number, 3))),
            ("3.", Some((Kind::Number, 3))),
            ("4=3/1", Some((Kind::Number, 4))),
            ("B", Some((Kind::Letter, 2))),
            ("600", None),
            ("项", None),
        ] {
            assert!(mark(text) == found, "{text}");
        }
    }
}
