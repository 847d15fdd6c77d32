//! Finding the table: any sheet, any offset, one or two header rows, under any title rows.

use std::collections::BTreeMap;

use crate::breakdown::{Breakdown, IndicatorId};
use crate::model::{CellRef, Period, Range, Sheet, Value, Visibility, Workbook};

use super::columns::{Caption, LABEL_LENGTH, captions, settled};
use super::dates::dates_in;
use super::header::{Role, roles_of};
use super::identity::{Identity, Sighting, Source, asks_for_another_date};
use super::label::{LabelMatch, match_label};
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
    /// Other places that look like a table, with their sheet.
    pub others: Vec<(usize, Range)>,
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
        Range { start: CellRef::new(row, self.range.start.column), end: CellRef::new(row, self.range.end.column) }
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
}

/// Rows with content that are searched for a header in each sheet.
const HEADER_SEARCH: usize = 2_000;

/// Finds the best table of a workbook. Visible sheets win over hidden ones, fuller tables over sparse ones.
pub fn find_table(workbook: &Workbook, file_name: &str, breakdown: &Breakdown) -> Result<Table, NoTable> {
    let mut tables: Vec<(u32, Table)> = Vec::new();
    let mut nearest: Option<(u32, Nearest)> = None;
    for (index, sheet) in workbook.sheets.iter().enumerate().filter(|(_, sheet)| !is_record_sheet(&sheet.name)) {
        for candidate in candidates(index, sheet, breakdown) {
            let visible = u32::from(sheet.visibility == Visibility::Visible);
            match candidate {
                Ok((score, table)) => tables.push((score * 2 + visible, table)),
                Err((score, near)) => {
                    if nearest.as_ref().is_none_or(|(best, _)| score > *best) {
                        nearest = Some((score, near));
                    }
                }
            }
        }
    }
    let best = tables.iter().enumerate().max_by_key(|(at, (score, _))| (*score, std::cmp::Reverse(*at))).map(|(at, _)| at);
    let Some(best) = best else { return Err(NoTable { nearest: nearest.map(|(_, near)| near) }) };
    let (_, mut table) = tables.remove(best);
    table.others = tables.into_iter().map(|(_, other)| (other.sheet, other.range)).collect();
    if let Some(sheet) = workbook.sheets.get(table.sheet) {
        table.identity = identity(sheet, &table, file_name, breakdown);
    }
    Ok(table)
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
    for row in rows {
        if row < skip_to {
            continue;
        }
        let single = captions(sheet, row, row, breakdown);
        if single.len() < 2 {
            continue;
        }
        let double = captions(sheet, row, row + 1, breakdown);
        // A second header row is one that adds roles and is no indicator's.
        let adds = double.len() > single.len() && !is_indicator_row(sheet, row + 1, breakdown);
        let (first_data, columns, last_header) =
            if adds || is_sub_header(sheet, row + 1, &double) { (row + 2, double, row + 1) } else { (row + 1, single, row) };
        let columns = settled(sheet, first_data, columns, breakdown);
        let candidate = table_at(index, sheet, (row, last_header), first_data, columns, breakdown);
        if let Some(candidate) = candidate {
            if let Ok((_, table)) = &candidate {
                skip_to = table.range.end.row + 1;
            }
            found.push(candidate);
        }
    }
    found
}

fn is_indicator_row(sheet: &Sheet, row: u32, breakdown: &Breakdown) -> bool {
    sheet.grid.rows(row, row).any(|(_, cell)| {
        matches!(&cell.value, Value::Text(text) if text.chars().count() >= LABEL_LENGTH && match_label(text, None, breakdown).is_some())
    })
}

/// Whether the row below a header belongs to it: it has captions and nothing else, and no label of an indicator in the
/// label column.
fn is_sub_header(sheet: &Sheet, row: u32, columns: &[Caption]) -> bool {
    let captions_below = columns.iter().filter(|column| column.header.row == row).count();
    let only_words = || sheet.grid.rows(row, row).all(|(_, cell)| matches!(cell.value, Value::Text(_) | Value::Empty));
    (captions_below >= 2 || captions_below == 1 && only_words()) && columns.iter().any(|column| column.header.row < row) && {
        let label = columns.iter().find(|column| column.roles.first() == Some(&Role::Label));
        label.is_none_or(|label| label.header.row == row || sheet.grid.value(CellRef::new(row, label.index)).is_empty())
    }
}

fn table_at(
    index: usize,
    sheet: &Sheet,
    header: (u32, u32),
    first_data: u32,
    found: Vec<Column>,
    breakdown: &Breakdown,
) -> Option<Candidate> {
    let (top, bottom) = header;
    let mut columns: Vec<Column> = Vec::new();
    let mut repeated: Vec<Column> = Vec::new();
    let cities_above = found.iter().filter(|column| matches!(column.role, Role::City(_))).count();
    for column in found {
        if column.role != Role::ForeignCity && columns.iter().any(|other| other.role == column.role) {
            repeated.push(column)
        } else {
            columns.push(column)
        }
    }
    let has_label = columns.iter().any(|column| column.role == Role::Label);
    // The label column by its content, where the caption does not say it.
    if !has_label && let Some(index) = label_column(sheet, first_data, breakdown) {
        columns.retain(|column| column.index != index);
        let at = CellRef::new(bottom, index);
        columns.push(Column { index, role: Role::Label, header: at, caption: sheet.grid.shown(at), period: None });
        columns.sort_by_key(|column| column.index);
    }
    let has_current = columns.iter().any(|column| column.role == Role::Current);
    let count = |test: fn(Role) -> bool| columns.iter().filter(|column| test(column.role)).count();
    let cities = count(|role| matches!(role, Role::City(_)));
    let progress = count(|role| matches!(role, Role::Target | Role::Previous | Role::Added | Role::Current | Role::Rate));
    let repeated_measures = repeated.iter().filter(|column| matches!(column.role, Role::Target | Role::Current | Role::Rate)).count();
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
    let rows = data_rows(sheet, first_data, &columns, breakdown);
    let labels = rows.iter().filter(|row| matches!(row.kind, RowKind::Indicator(_))).count();
    let left = columns.iter().map(|column| column.index).min()?;
    let right = columns.iter().chain(&repeated).map(|column| column.index).max()?;
    let last = rows.last().map_or(bottom, |row| row.row);
    let range = Range { start: CellRef::new(top, left), end: CellRef::new(last, right) };
    let score = roles + 3 * u32::try_from(labels).unwrap_or(0);
    let enough_labels = labels >= 2.min(breakdown.indicators.len()).max(1);
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
            others: Vec::new(),
            transposed: false,
            righting: Righting::default(),
        };
        return Some(Ok((score, table)));
    }
    let telling = labels > 0 || roles >= 3 || (cities >= 1 && roles >= 2);
    let captions = columns.iter().map(|column| column.caption.clone()).collect();
    telling.then_some(Err((score, Nearest { sheet: index, range, captions, labels })))
}

fn cities_in_row(sheet: &Sheet, row: u32, breakdown: &Breakdown) -> usize {
    sheet
        .grid
        .rows(row, row)
        .filter(|(_, cell)| matches!(&cell.value, Value::Text(text) if matches!(roles_of(text, breakdown).as_slice(), [Role::City(_)])))
        .count()
}

/// The column with most indicator labels among the next rows, at least two.
fn label_column(sheet: &Sheet, first: u32, breakdown: &Breakdown) -> Option<u32> {
    let mut hits: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, cell) in sheet.grid.rows(first, first.saturating_add(40)) {
        if let Value::Text(text) = &cell.value
            && text.chars().count() >= LABEL_LENGTH
            && match_label(text, None, breakdown).is_some()
        {
            *hits.entry(at.column).or_default() += 1;
        }
    }
    hits.into_iter()
        .filter(|(_, count)| *count >= 2)
        .max_by_key(|(column, count)| (*count, std::cmp::Reverse(*column)))
        .map(|(column, _)| column)
}

pub(super) fn identity(sheet: &Sheet, table: &Table, file_name: &str, breakdown: &Breakdown) -> Identity {
    let mut identity = Identity::default();
    if table.form == Form::Breakdown {
        return identity;
    }
    let above = sheet.grid.rows(table.range.start.row.saturating_sub(20), table.range.start.row.saturating_sub(1));
    let below = sheet.grid.rows(table.range.end.row + 1, table.range.end.row.saturating_add(10));
    // 填报单位： and 报告期： may have their answer in the next cell.
    let (mut asked, mut passed_over): (Option<u32>, Option<u32>) = (None, None);
    for (at, cell) in above.filter(|(at, _)| at.row < table.range.start.row).chain(below) {
        let source = if asked == Some(at.row) { Source::Line(at) } else { Source::Title(at) };
        asked = None;
        // 填表日期： and its answer in the next cell.
        if passed_over.take() == Some(at.row) && !dates_in(&cell.shown()).is_empty() {
            continue;
        }
        match &cell.value {
            Value::Text(text) => {
                let caption = text.trim_end();
                let asks = caption.ends_with(['：', ':']) && ["单位", "报告期", "填报期"].iter().any(|word| caption.contains(word));
                asked = asks.then_some(at.row);
                passed_over = asks_for_another_date(text).then_some(at.row);
                identity.read(text, source, breakdown);
            }
            Value::Number(_) if cell.number_format.is_date() => identity.read(&cell.shown(), source, breakdown),
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
