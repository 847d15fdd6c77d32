//! Finding the tables of a sheet: at any offset, under one to three header rows, under any title rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::breakdown::{Breakdown, CityId};
use crate::model::{Cell, CellRef, Meaning, Range, Sheet, Value, read_value};

use super::cities_down::has_cities_down;
use super::columns::{Caption, Captions, Vocabulary, settled};
use super::forms::NearMiss;
use super::header::Role;
use super::hints::{Hints, RowHint};
use super::identity::{Identity, cities_in};
use super::interpretation::Interpretation;
use super::label::NEAR;
use super::rows::data_rows;
use super::table::{Arrangement, Column, Form, Row, RowKind, Table};

/// Rows with content that are searched for a header in each sheet.
const HEADER_SEARCH: usize = 2_000;

pub(super) type Candidate = Result<(u32, Table), (u32, NearMiss)>;

pub(super) fn candidates(
    index: usize,
    sheet: &Sheet,
    vocabulary: &Vocabulary<'_>,
    hints: &Hints,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut skip_to = 0;
    let words = Captions::of(sheet, vocabulary);
    for row in words.rows_of_text(HEADER_SEARCH) {
        if row < skip_to {
            continue;
        }
        let single = words.read(row, row);
        // 绵阳市 and 已完成 beside an indicator are its figures, not captions.
        let is_header = single.iter().any(|caption| caption.roles.first() == Some(&Role::Label));
        if single.len() < 2 || !is_header && labels_in(&words, row) == 1 {
            continue;
        }
        let double = words.read(row, row + 1);
        // A second header row is one that adds roles, or puts a city's on its 小计, and is no indicator's.
        let indices = |of: &[Caption]| of.iter().map(|caption| caption.index).collect::<Vec<_>>();
        let adds = (double.len() > single.len() || indices(&double) != indices(&single))
            && !is_indicator_row(&words, row + 1);
        let (mut captions, mut bottom) =
            if adds || is_sub_header(sheet, row + 1, &double) { (double, row + 1) } else { (single, row) };
        // And a third one.
        if bottom > row {
            let triple = words.read(row, row + 2);
            if is_sub_header(sheet, row + 2, &triple) && !is_indicator_row(&words, row + 2) {
                (captions, bottom) = (triple, row + 2);
            }
        }
        let parts = side_by_side(captions);
        // The user's word on a column is for the table it is in.
        let first = |part: &[Caption]| part.first().map_or(u32::MAX, |caption| caption.index);
        let ends: Vec<u32> = parts.iter().skip(1).map(|part| first(part)).chain([u32::MAX]).collect();
        let mut from = 0;
        for (part, end) in parts.into_iter().zip(ends) {
            let own = hints.columns(index).filter(|(column, _)| (from..end).contains(column));
            let columns = as_said(settled(&words, bottom + 1, part), sheet, bottom, own.collect());
            from = end;
            let said = |row: u32| hints.row(index, row);
            let top = if is_title(&words, (row, bottom), &columns) { row + 1 } else { row };
            let candidate = table_at(index, &words, (top, bottom), columns, &said);
            if let Some(Ok((_, table))) = &candidate {
                skip_to = skip_to.max(table.range.end.row + 1);
            }
            found.extend(candidate);
        }
    }
    found
}

/// The columns with the user's word on them. A role that is said of one column is no other's, unless it is said of that
/// one too: then it is there twice, as where two captions are the same.
fn as_said(
    mut columns: Vec<Column>,
    sheet: &Sheet,
    bottom: u32,
    hints: Vec<(u32, Option<Role>)>,
) -> Vec<Column> {
    columns.retain(|column| {
        hints.iter().all(|(index, said)| *index == column.index || *said != Some(column.role))
    });
    for (index, said) in hints {
        let own = columns.iter().find(|column| column.index == index).cloned();
        columns.retain(|column| column.index != index);
        let at = CellRef::new(bottom, index);
        columns.extend(said.map(|role| match own {
            Some(own) => Column { role, ..own },
            None => Column { index, role, header: at, caption: sheet.grid.shown(at), period: None },
        }));
    }
    columns.sort_by_key(|column| column.index);
    columns
}

/// The captions of each of several tables beside one another: each begins with the same label caption again.
fn side_by_side(captions: Vec<Caption>) -> Vec<Vec<Caption>> {
    let is = |caption: &Caption, role: Role| caption.roles.as_slice() == [role];
    let first = captions.iter().find(|caption| is(caption, Role::Label)).map(|caption| caption.text.clone());
    let mut starts: Vec<usize> = Vec::new();
    for (at, caption) in captions.iter().enumerate() {
        if is(caption, Role::Label) && Some(&caption.text) == first.as_ref() {
            let serial = at
                .checked_sub(1)
                .filter(|before| captions.get(*before).is_some_and(|before| is(before, Role::Serial)));
            starts.push(serial.unwrap_or(at));
        }
    }
    let part_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut parts: Vec<Vec<Caption>> = vec![Vec::new(); starts.len().max(1)];
    let whole = captions.clone();
    for (at, caption) in captions.into_iter().enumerate() {
        if let Some(part) = parts.get_mut(part_of(at)) {
            part.push(caption);
        }
    }
    let measures = |part: &Vec<Caption>| {
        part.iter().any(|caption| {
            matches!(caption.roles.first(), Some(Role::City(_) | Role::Current | Role::Target))
        })
    };
    if parts.len() > 1 && parts.iter().all(measures) { parts } else { vec![whole] }
}

/// Whether the upper row of a header is a title over this table alone: one text that names a city, and no caption.
fn is_title(words: &Captions<'_>, (top, bottom): (u32, u32), columns: &[Column]) -> bool {
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return false };
    let own = words
        .sheet
        .grid
        .rows(top, top)
        .filter(|(at, cell)| (first.index..=last.index).contains(&at.column) && !cell.value.is_empty());
    let cities = own.map(|(_, cell)| cities_in(&cell.shown(), words.breakdown).len()).collect::<Vec<_>>();
    bottom > top && cities == [1] && columns.iter().all(|column| column.header.row > top)
}

fn is_indicator_row(words: &Captions<'_>, row: u32) -> bool {
    labels_in(words, row) > 0
}

/// How many labels of indicators stand in a row.
fn labels_in(words: &Captions<'_>, row: u32) -> usize {
    let is_label = |cell: &Cell| matches!(&cell.value, Value::Text(text) if words.is_label(text));
    words.sheet.grid.rows(row, row).filter(|(_, cell)| is_label(cell)).count()
}

/// Whether the row below a header belongs to it: it has captions and nothing else, and no label of an indicator in the
/// label column.
fn is_sub_header(sheet: &Sheet, row: u32, columns: &[Caption]) -> bool {
    let captions_below = columns.iter().filter(|column| column.header.row == row).count();
    let only_words =
        || sheet.grid.rows(row, row).all(|(_, cell)| matches!(cell.value, Value::Text(_) | Value::Empty));
    (captions_below >= 2 || captions_below == 1 && only_words())
        && columns.iter().any(|column| column.header.row < row)
        && {
            let label = columns.iter().find(|column| column.roles.first() == Some(&Role::Label));
            label.is_none_or(|label| {
                label.header.row == row || sheet.grid.value(CellRef::new(row, label.index)).is_empty()
            })
        }
}

fn table_at(
    index: usize,
    words: &Captions<'_>,
    header: (u32, u32),
    found: Vec<Column>,
    said: &impl Fn(u32) -> Option<RowHint>,
) -> Option<Candidate> {
    let (sheet, breakdown) = (words.sheet, words.breakdown);
    let (top, bottom) = header;
    let first_data = bottom + 1;
    let mut columns: Vec<Column> = Vec::new();
    let mut repeated: Vec<Column> = Vec::new();
    let mut found = found;
    // The label column by its content, where the caption does not say it.
    if !found.iter().any(|column| column.role == Role::Label)
        && let Some(index) = label_column(words, first_data)
    {
        found.retain(|column| column.index != index);
        let at = CellRef::new(bottom, index);
        found.push(Column {
            index,
            role: Role::Label,
            header: at,
            caption: sheet.grid.shown(at),
            period: None,
        });
        found.sort_by_key(|column| column.index);
    }
    let cities_above = found.iter().filter(|column| matches!(column.role, Role::City(_))).count();
    let mut roles: BTreeSet<Role> = BTreeSet::new();
    for column in found {
        if roles.insert(column.role) || column.role == Role::ForeignCity {
            columns.push(column)
        } else {
            repeated.push(column)
        }
    }
    let has_current = columns.iter().any(|column| column.role == Role::Current);
    let count = |test: fn(Role) -> bool| columns.iter().filter(|column| test(column.role)).count();
    let cities = count(|role| matches!(role, Role::City(_)));
    let progress = count(|role| {
        matches!(role, Role::Target | Role::Previous | Role::Added | Role::Current | Role::Rate)
    });
    let repeated_measures = repeated
        .iter()
        .filter(|column| matches!(column.role, Role::Target | Role::Current | Role::Rate))
        .count();
    let form = if repeated_measures >= 2 && (cities_above > 0 || cities_in_row(sheet, top, breakdown) >= 2) {
        Form::Summary
    } else if cities >= 1 && progress < 2 {
        Form::Breakdown
    } else if progress >= 2 || cities == 0 && has_current {
        Form::Progress
    } else {
        Form::Breakdown
    };
    if form == Form::Progress {
        columns.retain(|column| !matches!(column.role, Role::City(_)));
    }
    let roles = u32::try_from(columns.len()).unwrap_or(0);
    let cities_down = has_cities_down(words, bottom, &columns);
    let rows = data_rows(words, first_data, &columns, said);
    let labels = rows.iter().filter(|row| matches!(row.kind, RowKind::Indicator(_))).count();
    let left = columns.iter().map(|column| column.index).min()?;
    let right = columns.iter().chain(&repeated).map(|column| column.index).max()?;
    let last = rows.last().map_or(bottom, |row| row.row);
    let range = Range { start: CellRef::new(top, left), end: CellRef::new(last, right) };
    let score = roles + 3 * u32::try_from(labels).unwrap_or(0);
    // 孵化企业数 and the like among rows of another kind.
    let strangers = rows.iter().filter(|row| row.kind == RowKind::Stranger).count();
    let most = strangers <= labels || labels * 2 > breakdown.indicators.len();
    // A label column with none of our labels in it is another table's, whatever numbers its rows have.
    let by_label =
        rows.iter().any(|row| matches!(row.kind, RowKind::Indicator(found) if found.score >= NEAR));
    let is_ours = most && !cities_down && (by_label || holds_targets(sheet, &columns, &rows, breakdown));
    let enough_labels = is_ours && labels >= 2.min(breakdown.indicators.len()).max(1);
    // A return that lost all its columns but one still is one.
    let reports = has_current && labels * 2 > breakdown.indicators.len();
    if enough_labels && (cities >= 1 || progress >= 2 || reports) {
        let table = Table {
            sheet: index,
            form,
            range,
            columns,
            repeated,
            rows,
            identity: Identity::default(),
            arrangement: Arrangement::Upright,
            interpretation: Interpretation::default(),
        };
        return Some(Ok((score, table)));
    }
    // 指标解释: nothing but words beside the labels.
    let beside = || {
        let labelled = rows.iter().filter(|row| matches!(row.kind, RowKind::Indicator(_)));
        let others = labelled.flat_map(|row| sheet.grid.rows(row.row, row.row));
        let unknown = |at: CellRef| {
            columns.iter().all(|column| {
                column.index != at.column || column.role.is_figure() || column.role == Role::Explanation
            })
        };
        others.filter(move |(at, _)| unknown(*at)).map(|(_, cell)| read_value(&cell.value).meaning)
    };
    let explains = beside().any(|meaning| meaning == Meaning::Words)
        && beside().all(|meaning| matches!(meaning, Meaning::Words | Meaning::Blank));
    let telling = labels > 0 || roles >= 3 || (cities >= 1 && roles >= 2);
    let captions = columns.iter().map(|column| column.caption.clone()).collect();
    telling.then_some(Err((score, NearMiss { sheet: index, range, captions, labels, explains })))
}

/// Whether rows that only their numbers name hold official figures: any numbered table has numbers.
fn holds_targets(sheet: &Sheet, columns: &[Column], rows: &[Row], breakdown: &Breakdown) -> bool {
    let agreeing = |column: &Column, city: CityId| {
        let mut counts = (0, 0);
        for row in rows {
            let RowKind::Indicator(found) = row.kind else { continue };
            let Some(target) = breakdown.target(found.indicator, city) else { continue };
            let written = read_value(sheet.grid.value(CellRef::new(row.row, column.index))).certain();
            counts = (counts.0 + usize::from(written == Some(target)), counts.1 + 1);
        }
        counts.0 * 2 > counts.1
    };
    columns.iter().any(|column| match column.role {
        Role::City(_) | Role::Target => breakdown.city_ids().any(|city| agreeing(column, city)),
        _ => false,
    })
}

fn cities_in_row(sheet: &Sheet, row: u32, breakdown: &Breakdown) -> usize {
    sheet
        .grid
        .rows(row, row)
        .filter_map(
            |(_, cell)| {
                if let Value::Text(text) = &cell.value { Some(cities_in(text, breakdown)) } else { None }
            },
        )
        .filter(|cities| cities.len() == 1)
        .count()
}

/// The column with most indicator labels among the next rows, at least two.
fn label_column(words: &Captions<'_>, first: u32) -> Option<u32> {
    let mut hits: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, cell) in words.sheet.grid.rows(first, first.saturating_add(40)) {
        if let Value::Text(text) = &cell.value
            && words.is_label(text)
        {
            *hits.entry(at.column).or_default() += 1;
        }
    }
    hits.into_iter()
        .filter(|(_, count)| *count >= 2)
        .max_by_key(|(column, count)| (*count, std::cmp::Reverse(*column)))
        .map(|(column, _)| column)
}
