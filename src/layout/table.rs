//! Finding the table: any sheet, any offset, one or two header rows, under any title rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::breakdown::{Breakdown, CityId, IndicatorId};
use crate::model::{CellRef, Meaning, Period, Range, Sheet, Value, Visibility, Workbook, read_value};

use super::columns::{Caption, Captions, settled};
use super::dates::dates_in;
use super::header::Role;
use super::identity::{Identity, Sighting, Source, asks_for_another_date, cities_in};
use super::label::LabelMatch;
use super::record::is_record_sheet;
use super::righting::Righting;
use super::rows::data_rows;

/// The kinds of table that the tool knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 分解表: indicators down, cities across.
    Breakdown,
    /// 进展情况表: one city, one period.
    Progress,
    /// 汇总表: cities side by side with 目标/完成/完成率 under each; written by us.
    Summary,
}

impl Form {
    /// The name in the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breakdown => "breakdown",
            Self::Progress => "progress",
            Self::Summary => "summary",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub index: u32,
    pub role: Role,
    /// The caption's cell.
    pub header: CellRef,
    pub caption: String,
    /// The half-year that the caption names.
    pub period: Option<Period>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowKind {
    Indicator(LabelMatch),
    /// Another row has this indicator already.
    Duplicate(LabelMatch),
    /// 合计 and its kin.
    Total,
    /// 其中：…, a district's share: counted in the indicator above it.
    Part,
    /// A row with figures that is no indicator.
    Stranger,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub row: u32,
    pub kind: RowKind,
    /// The label as written.
    pub label: String,
}

/// A recognised table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub sheet: usize,
    pub form: Form,
    /// Header and data rows, first to last recognised column.
    pub range: Range,
    /// Recognised columns, left to right, each role once.
    pub columns: Vec<Column>,
    /// Columns whose role another one has already.
    pub repeated: Vec<Column>,
    pub rows: Vec<Row>,
    pub identity: Identity,
    /// Read with rows and columns exchanged (T018).
    pub transposed: bool,
    /// What root causes say about where the figures stand and what they mean.
    pub righting: Righting,
}

impl Table {
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// The rows that stand for an indicator, with it.
    pub fn indicator_rows(&self) -> impl Iterator<Item = (&Row, LabelMatch)> {
        self.rows.iter().filter_map(|row| match row.kind {
            RowKind::Indicator(found) => Some((row, found)),
            _ => None,
        })
    }

    pub fn row_of(&self, indicator: IndicatorId) -> Option<&Row> {
        self.indicator_rows().find(|(_, found)| found.indicator == indicator).map(|(row, _)| row)
    }

    /// The whole of a row within the table.
    pub const fn row_range(&self, row: u32) -> Range {
        Range {
            start: CellRef::new(row, self.range.start.column),
            end: CellRef::new(row, self.range.end.column),
        }
    }

    /// Where the value of a row in a column stands; `None` where an accident has lost it.
    pub fn place(&self, row: u32, column: u32) -> Option<CellRef> {
        self.righting.place(row, column)
    }

    /// First and last row of the indicators.
    pub fn data_rows(&self) -> Option<(u32, u32)> {
        let rows = || self.indicator_rows().map(|(row, _)| row.row);
        Some((rows().min()?, rows().max()?))
    }

    /// Columns of quantities, left to right.
    pub fn figure_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.role.is_figure())
    }
}

/// Why no table was taken, with the nearest thing seen.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NoTable {
    pub nearest: Option<Nearest>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    pub sheet: usize,
    pub range: Range,
    /// Captions that were recognised.
    pub captions: Vec<String>,
    /// Labels of the breakdown that were found.
    pub labels: usize,
    /// Whether only words stand beside them, as under 指标解释.
    pub explains: bool,
}

/// Rows with content that are searched for a header in each sheet.
const HEADER_SEARCH: usize = 2_000;

/// What a workbook holds: every table that is a form of its own, and what looks like one.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Found {
    /// The one that is meant first: a progress return before a breakdown, the latest period, the fullest.
    pub tables: Vec<Table>,
    pub passed_over: Vec<PassedOver>,
    /// What looks like a form and could not be read as one, with its labels.
    pub unread: Vec<Nearest>,
}

/// A table that is none to be audited.
#[derive(Clone, Debug, PartialEq)]
pub struct PassedOver {
    pub sheet: usize,
    pub range: Range,
    pub why: Aside,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// 样表, 示例, 填报说明, ××市.
    Example,
    /// A form without a figure.
    Blank,
    /// On a hidden sheet.
    Hidden,
    /// 汇总表.
    Summary,
    /// The same as another table, cell by cell.
    Copy,
}

/// Finds every table of a workbook. An example, a blank form, a hidden sheet and a 汇总表 are taken only where there is
/// nothing else.
pub fn find_tables(workbook: &Workbook, file_name: &str, breakdown: &Breakdown) -> Result<Found, NoTable> {
    let mut seen: Vec<(u32, Table)> = Vec::new();
    let mut near: Vec<(u32, Nearest)> = Vec::new();
    for (index, sheet) in
        workbook.sheets.iter().enumerate().filter(|(_, sheet)| !is_record_sheet(&sheet.name))
    {
        let mut here: Vec<(u32, Table)> = Vec::new();
        for candidate in candidates(index, sheet, breakdown) {
            match candidate {
                Ok((score, table)) => here.push((score, table)),
                Err((score, nearest)) => near.push((score, nearest)),
            }
        }
        let bounds: Vec<Range> = here.iter().map(|(_, table)| table.range).collect();
        for (_, table) in &mut here {
            table.identity = identity(sheet, table, &bounds, file_name, breakdown);
        }
        seen.append(&mut here);
    }
    let why = |table: &Table| aside(workbook, table);
    let mut taken: Vec<(u32, Table)> =
        seen.iter().filter(|(_, table)| why(table).is_none()).cloned().collect();
    let mut passed_over: Vec<PassedOver> = Vec::new();
    // A 汇总表 with its lists beside it is no return, whatever the lists look like.
    let best = |of: &[(u32, Table)], form: bool| {
        of.iter().filter(|(_, table)| (table.form == Form::Summary) == form).map(|(score, _)| *score).max()
    };
    let is_summary = best(&seen, true) > best(&taken, false);
    if is_summary {
        taken.clear();
    }
    if taken.is_empty() {
        // The least far from a form of its own, as it is.
        let rank = |table: &Table| match why(table) {
            Some(Aside::Hidden | Aside::Copy) => 0,
            Some(Aside::Summary) if is_summary => 5,
            Some(Aside::Summary) => 1,
            Some(Aside::Example) => 2,
            Some(Aside::Blank) => 3,
            None => 4,
        };
        let best = seen
            .iter()
            .enumerate()
            .max_by_key(|(at, (score, table))| (rank(table), *score, std::cmp::Reverse(*at)));
        let Some((at, best)) = best.map(|(at, found)| (at, found.clone())) else {
            let nearest = near.into_iter().rev().max_by_key(|(score, _)| *score).map(|(_, nearest)| nearest);
            return Err(NoTable { nearest });
        };
        let others = seen.iter().enumerate().filter(|(other, _)| *other != at);
        passed_over.extend(others.filter_map(|(_, (_, table))| {
            Some(PassedOver { sheet: table.sheet, range: table.range, why: why(table)? })
        }));
        taken.push(best);
    } else {
        passed_over.extend(seen.iter().filter_map(|(_, table)| {
            Some(PassedOver { sheet: table.sheet, range: table.range, why: why(table)? })
        }));
    }
    let mut kept: Vec<(u32, Table)> = Vec::new();
    for (score, table) in taken {
        // A copy says nothing that its original does not say, and may not say whose it is.
        if kept.iter().any(|(_, other)| is_copy(workbook, other, &table)) {
            passed_over.push(PassedOver { sheet: table.sheet, range: table.range, why: Aside::Copy });
        } else {
            kept.push((score, table));
        }
    }
    let mut taken = kept;
    of_their_own(&mut taken);
    let order = |(score, table): &(u32, Table)| {
        let period = table.identity.period();
        std::cmp::Reverse((table.form == Form::Progress, period, *score))
    };
    taken.sort_by_key(order);
    let half = breakdown.indicators.len() / 2;
    let unread = near
        .into_iter()
        .map(|(_, nearest)| nearest)
        .filter(|nearest| nearest.labels > half && nearest.captions.len() > 2 && !nearest.explains);
    // A piece of a table that was taken is none beside it.
    let unread = unread.filter(|nearest| {
        let overlaps = |sheet: usize, range: Range| {
            sheet == nearest.sheet
                && range.start.row <= nearest.range.end.row
                && nearest.range.start.row <= range.end.row
        };
        !seen.iter().any(|(_, table)| overlaps(table.sheet, table.range))
    });
    Ok(Found {
        unread: unread.collect(),
        tables: taken.into_iter().map(|(_, table)| table).collect(),
        passed_over,
    })
}

/// Why a table is not one to be audited beside others.
fn aside(workbook: &Workbook, table: &Table) -> Option<Aside> {
    const EXAMPLES: [&str; 12] = [
        "样表",
        "样例",
        "示例",
        "范例",
        "例表",
        "样式",
        "模板",
        "填报说明",
        "填表说明",
        "填写说明",
        "空白",
        "举例",
    ];
    let sheet = workbook.sheets.get(table.sheet)?;
    if table.form == Form::Summary {
        return Some(Aside::Summary);
    }
    if sheet.visibility != Visibility::Visible {
        return Some(Aside::Hidden);
    }
    let nobody =
        |text: &str| ["××", "XX", "xx", "**", "某市", "＊＊", "□□"].iter().any(|mark| text.contains(mark));
    let above = sheet.grid.rows(table.range.start.row.saturating_sub(6), table.range.start.row);
    let title = above
        .filter(|(at, _)| at.row < table.range.start.row)
        .any(|(_, cell)| matches!(&cell.value, Value::Text(text) if nobody(text)));
    if EXAMPLES.iter().any(|word| sheet.name.contains(word)) || title {
        return Some(Aside::Example);
    }
    let figures = table.columns.iter().filter(|column| matches!(column.role, Role::City(_) | Role::Current));
    let filled = figures
        .flat_map(|column| table.indicator_rows().map(move |(row, _)| CellRef::new(row.row, column.index)))
        .filter_map(|at| sheet.grid.get(at))
        .any(|cell| {
            cell.formula.is_some()
                || !matches!(read_value(&cell.value).meaning, Meaning::Blank | Meaning::NotApplicable)
        });
    (!filled && table.columns.iter().any(|column| matches!(column.role, Role::City(_) | Role::Current)))
        .then_some(Aside::Blank)
}

/// Whether a table is another one over again: the same range with the same cells on another sheet.
fn is_copy(workbook: &Workbook, original: &Table, table: &Table) -> bool {
    let cells = |table: &Table| {
        let grid = &workbook.sheets.get(table.sheet)?.grid;
        let rows = grid.rows(table.range.start.row, table.range.end.row);
        Some(
            rows.filter(|(at, _)| table.range.contains(*at))
                .map(|(at, cell)| (at, cell.value.clone(), cell.formula.clone()))
                .collect::<Vec<_>>(),
        )
    };
    // A sheet that names another city or period anywhere was meant to be another return.
    let named = |table: &Table| {
        let own = |source: Source| source != Source::FileName;
        let cities = table
            .identity
            .cities
            .iter()
            .filter(|sighting| own(sighting.source))
            .map(|sighting| sighting.value);
        let periods = table
            .identity
            .periods
            .iter()
            .filter(|sighting| own(sighting.source))
            .map(|sighting| sighting.value);
        (cities.collect::<BTreeSet<_>>(), periods.collect::<BTreeSet<_>>())
    };
    let ((cities, periods), (other_cities, other_periods)) = (named(original), named(table));
    let differ = !other_cities.is_subset(&cities) || !other_periods.is_subset(&periods);
    original.sheet != table.sheet
        && original.range == table.range
        && original.form == table.form
        && !differ
        && cells(original) == cells(table)
}

/// Where one file holds several returns, its name says of none of them whose or of when it is, unless they agree.
fn of_their_own(tables: &mut [(u32, Table)]) {
    if tables.len() < 2 {
        return;
    }
    let own = |source: Source| source != Source::FileName;
    let mut cities: Vec<_> = tables
        .iter()
        .flat_map(|(_, t)| t.identity.cities.iter().filter(|s| own(s.source)).map(|s| s.value))
        .collect();
    let mut periods: Vec<_> = tables
        .iter()
        .flat_map(|(_, t)| t.identity.periods.iter().filter(|s| own(s.source)).map(|s| s.value))
        .collect();
    cities.sort_unstable();
    cities.dedup();
    periods.sort_unstable();
    periods.dedup();
    for (_, table) in tables {
        if cities.len() > 1 {
            table.identity.cities.retain(|sighting| own(sighting.source));
        }
        if periods.len() > 1 {
            table.identity.periods.retain(|sighting| own(sighting.source));
        }
    }
}

pub(super) type Candidate = Result<(u32, Table), (u32, Nearest)>;

pub(super) fn candidates(index: usize, sheet: &Sheet, breakdown: &Breakdown) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut rows: Vec<u32> = Vec::new();
    for (at, cell) in sheet.grid.cells() {
        if matches!(cell.value, Value::Text(_)) && rows.last() != Some(&at.row) {
            rows.push(at.row);
            if rows.len() >= HEADER_SEARCH {
                break;
            }
        }
    }
    let mut skip_to = 0;
    let words = Captions::of(sheet, breakdown);
    for row in rows {
        if row < skip_to {
            continue;
        }
        let single = words.read(row, row);
        if single.len() < 2 {
            continue;
        }
        let double = words.read(row, row + 1);
        // A second header row is one that adds roles and is no indicator's.
        let adds = double.len() > single.len() && !is_indicator_row(&words, row + 1);
        let (mut captions, mut bottom) =
            if adds || is_sub_header(sheet, row + 1, &double) { (double, row + 1) } else { (single, row) };
        // And a third one.
        if bottom > row {
            let triple = words.read(row, row + 2);
            if is_sub_header(sheet, row + 2, &triple) && !is_indicator_row(&words, row + 2) {
                (captions, bottom) = (triple, row + 2);
            }
        }
        for part in side_by_side(captions) {
            let columns = settled(&words, bottom + 1, part);
            let candidate = table_at(index, &words, (row, bottom), bottom + 1, columns);
            if let Some(Ok((_, table))) = &candidate {
                skip_to = skip_to.max(table.range.end.row + 1);
            }
            found.extend(candidate);
        }
    }
    found
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

fn is_indicator_row(words: &Captions<'_>, row: u32) -> bool {
    words
        .sheet
        .grid
        .rows(row, row)
        .any(|(_, cell)| matches!(&cell.value, Value::Text(text) if words.is_label(text)))
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
    first_data: u32,
    found: Vec<Column>,
) -> Option<Candidate> {
    let (sheet, breakdown) = (words.sheet, words.breakdown);
    let (top, bottom) = header;
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
    let rows = data_rows(words, first_data, &columns);
    let labels = rows.iter().filter(|row| matches!(row.kind, RowKind::Indicator(_))).count();
    let left = columns.iter().map(|column| column.index).min()?;
    let right = columns.iter().chain(&repeated).map(|column| column.index).max()?;
    let last = rows.last().map_or(bottom, |row| row.row);
    let range = Range { start: CellRef::new(top, left), end: CellRef::new(last, right) };
    let score = roles + 3 * u32::try_from(labels).unwrap_or(0);
    // 孵化企业数 and the like among rows of another kind.
    let strangers = rows.iter().filter(|row| row.kind == RowKind::Stranger).count();
    let most = strangers <= labels || labels * 2 > breakdown.indicators.len();
    let by_label = columns.iter().any(|column| column.role == Role::Label);
    let is_ours = most && (by_label || holds_targets(sheet, &columns, &rows, breakdown));
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
            transposed: false,
            righting: Righting::default(),
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
    telling.then_some(Err((score, Nearest { sheet: index, range, captions, labels, explains })))
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

/// Whose and of when a table is. `tables` are those of the sheet: what stands between two of them is read for the lower one.
pub(super) fn identity(
    sheet: &Sheet,
    table: &Table,
    tables: &[Range],
    file_name: &str,
    breakdown: &Breakdown,
) -> Identity {
    let mut identity = Identity::default();
    if table.form == Form::Breakdown {
        return identity;
    }
    let (top, bottom) = (table.range.start.row, table.range.end.row);
    let ended =
        tables.iter().filter(|other| other.end.row < top).map(|other| other.end.row + 1).max().unwrap_or(0);
    let last =
        if tables.iter().any(|other| other.start.row > bottom) { bottom } else { bottom.saturating_add(10) };
    // Of tables beside one another each has the lines over its own columns.
    let beside = |other: &&Range| other.start.row <= bottom && top <= other.end.row;
    let from = if tables.iter().filter(beside).any(|other| other.start.column < table.range.start.column) {
        table.range.start.column
    } else {
        0
    };
    let to = tables
        .iter()
        .filter(beside)
        .map(|other| other.start.column)
        .filter(|column| *column > table.range.start.column)
        .min();
    let own = |at: CellRef| at.column >= from && to.is_none_or(|to| at.column < to);
    let above = sheet.grid.rows(top.saturating_sub(20).max(ended), top.saturating_sub(1));
    let below = sheet.grid.rows(bottom + 1, last);
    // 填报单位： and 报告期： may have their answer in the next cell.
    let (mut asked, mut passed_over): (Option<u32>, Option<u32>) = (None, None);
    for (at, cell) in above
        .filter(|(at, _)| at.row < table.range.start.row)
        .chain(below.filter(|(at, _)| at.row > bottom))
        .filter(|(at, _)| own(*at))
    {
        let source = if asked == Some(at.row) { Source::Line(at) } else { Source::Title(at) };
        asked = None;
        // 填表日期： and its answer in the next cell.
        if passed_over.take() == Some(at.row) && !dates_in(&cell.shown()).is_empty() {
            continue;
        }
        match &cell.value {
            Value::Text(text) => {
                let caption = text.trim_end();
                let asks = caption.ends_with(['：', ':'])
                    && ["单位", "报告期", "填报期"].iter().any(|word| caption.contains(word));
                asked = asks.then_some(at.row);
                passed_over = asks_for_another_date(text).then_some(at.row);
                identity.read(text, source, breakdown);
            }
            Value::Number(_) if cell.number_format.is_date() => {
                identity.read(&cell.shown(), source, breakdown)
            }
            _ => {}
        }
    }
    identity.read(&sheet.name, Source::SheetName, breakdown);
    if let Some(current) = table.column(Role::Current)
        && let Some(value) = current.period
    {
        identity.periods.push(Sighting { value, source: Source::Header(current.header) });
    }
    let stem = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    identity.read(stem, Source::FileName, breakdown);
    if table.form == Form::Summary {
        // It has a period and every city.
        identity.cities.clear();
    }
    identity
}
