//! What a workbook holds: the tables that are forms of their own, those passed over, and what looks like one.

use std::collections::BTreeSet;

use crate::breakdown::Breakdown;
use crate::model::{CellRef, Meaning, Range, Value, Visibility, Workbook, read_value};

use super::candidates::candidates;
use super::columns::Vocabulary;
use super::header::Role;
use super::hints::Hints;
use super::identity::{Sighting, identity, take_for_past};
use super::record::is_set_apart;
use super::table::{Form, Table};

/// Why no table was taken, with the nearest thing seen.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NoTable {
    pub nearest: Option<NearMiss>,
}

/// What looks like a form and could not be read as one.
#[derive(Clone, Debug, PartialEq)]
pub struct NearMiss {
    pub sheet: usize,
    pub range: Range,
    /// Captions that were recognised.
    pub captions: Vec<String>,
    /// Labels of the breakdown that were found.
    pub labels: usize,
    /// Whether only words stand beside them, as under 指标解释.
    pub explains: bool,
}

/// What a workbook holds: every table that is a form of its own, and what looks like one.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FoundTables {
    /// The one that is meant first: a progress return before a breakdown, the latest period, the fullest.
    pub tables: Vec<Table>,
    pub passed_over: Vec<PassedOver>,
    /// What looks like a form and could not be read as one, with its labels.
    pub unread: Vec<NearMiss>,
}

/// A table that is none to be audited.
#[derive(Clone, Debug, PartialEq)]
pub struct PassedOver {
    pub sheet: usize,
    pub range: Range,
    pub why: Exclusion,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
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
pub fn find_tables(
    workbook: &Workbook,
    file_name: &str,
    breakdown: &Breakdown,
) -> Result<FoundTables, NoTable> {
    find_tables_as_said(workbook, file_name, breakdown, Hints::NONE)
}

/// As [`find_tables`], with the user's word on columns and rows.
pub fn find_tables_as_said(
    workbook: &Workbook,
    file_name: &str,
    breakdown: &Breakdown,
    hints: &Hints,
) -> Result<FoundTables, NoTable> {
    find_tables_with(workbook, file_name, &Vocabulary::of(breakdown), hints)
}

/// As [`find_tables_as_said`], with words that are looked up for others too.
pub fn find_tables_with(
    workbook: &Workbook,
    file_name: &str,
    vocabulary: &Vocabulary<'_>,
    hints: &Hints,
) -> Result<FoundTables, NoTable> {
    let breakdown = vocabulary.breakdown;
    let mut seen: Vec<(u32, Table)> = Vec::new();
    let mut near: Vec<(u32, NearMiss)> = Vec::new();
    for (index, sheet) in
        workbook.sheets.iter().enumerate().filter(|(_, sheet)| !is_set_apart(workbook, sheet))
    {
        let mut here: Vec<(u32, Table)> = Vec::new();
        for candidate in candidates(index, sheet, vocabulary, hints) {
            match candidate {
                Ok((score, table)) => here.push((score, table)),
                Err((score, nearest)) => near.push((score, nearest)),
            }
        }
        let bounds: Vec<Range> = here.iter().map(|(_, table)| table.range).collect();
        for (_, table) in &mut here {
            table.identity = identity(sheet, table, &bounds, file_name, breakdown, hints);
            if hints.columns(index).next().is_none() {
                take_for_past(sheet, table, breakdown);
            }
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
            Some(Exclusion::Hidden | Exclusion::Copy) => 0,
            Some(Exclusion::Summary) if is_summary => 5,
            Some(Exclusion::Summary) => 1,
            Some(Exclusion::Example) => 2,
            Some(Exclusion::Blank) => 3,
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
            passed_over.push(PassedOver { sheet: table.sheet, range: table.range, why: Exclusion::Copy });
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
    Ok(FoundTables {
        unread: unread.collect(),
        tables: taken.into_iter().map(|(_, table)| table).collect(),
        passed_over,
    })
}

/// Why a table is not one to be audited beside others.
fn aside(workbook: &Workbook, table: &Table) -> Option<Exclusion> {
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
        return Some(Exclusion::Summary);
    }
    if sheet.visibility != Visibility::Visible {
        return Some(Exclusion::Hidden);
    }
    let nobody =
        |text: &str| ["××", "XX", "xx", "**", "某市", "＊＊", "□□"].iter().any(|mark| text.contains(mark));
    let above = sheet.grid.rows(table.range.start.row.saturating_sub(6), table.range.start.row);
    let title = above
        .filter(|(at, _)| at.row < table.range.start.row)
        .any(|(_, cell)| matches!(&cell.value, Value::Text(text) if nobody(text)));
    if EXAMPLES.iter().any(|word| sheet.name.contains(word)) || title {
        return Some(Exclusion::Example);
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
        .then_some(Exclusion::Blank)
}

/// Whether a table is another one over again: the same range with the same cells on another sheet.
fn is_copy(workbook: &Workbook, original: &Table, table: &Table) -> bool {
    if original.sheet == table.sheet || original.range != table.range || original.form != table.form {
        return false;
    }
    let cells = |table: &Table| {
        let grid = &workbook.sheets.get(table.sheet)?.grid;
        let rows = grid.rows(table.range.start.row, table.range.end.row);
        Some(
            rows.filter(|(at, _)| table.range.contains(*at))
                .map(|(at, cell)| (at, &cell.value, &cell.formula))
                .collect::<Vec<_>>(),
        )
    };
    // A sheet that names another city or period anywhere was meant to be another return.
    let (cities, periods) = original.identity.named_inside();
    let (other_cities, other_periods) = table.identity.named_inside();
    let differ = !other_cities.is_subset(&cities) || !other_periods.is_subset(&periods);
    !differ && cells(original) == cells(table)
}

/// Where one file holds several returns, its name says of none of them whose or of when it is, unless they agree.
fn of_their_own(tables: &mut [(u32, Table)]) {
    if tables.len() < 2 {
        return;
    }
    let (mut cities, mut periods) = (BTreeSet::new(), BTreeSet::new());
    for (_, table) in &*tables {
        let (own_cities, own_periods) = table.identity.named_inside();
        cities.extend(own_cities);
        periods.extend(own_periods);
    }
    for (_, table) in tables {
        if cities.len() > 1 {
            table.identity.cities.retain(Sighting::is_inside);
        }
        if periods.len() > 1 {
            table.identity.periods.retain(Sighting::is_inside);
        }
    }
}
