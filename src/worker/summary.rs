//! A consolidation as the page has it: its table with the place of every number, and submissions side by side.

use std::collections::BTreeMap;

use super::dto::{count, shown};
use super::opened::Opened;
use super::protocol::{self, FileId};
use crate::breakdown::{Breakdown, CityId, Indicator, IndicatorId};
use crate::consolidate::{Consolidation, Entry, LeftOut, Row, Series, Source, without_rules};
use crate::layout::{Form, Role};
use crate::model::{CellRef, Decimal, Period, total};
use crate::report;
use crate::report::brief::{Elapsed, percent};

/// Every period of a series. `find` gives the file and the sheet that a number stands in.
pub fn summary(
    series: &Series,
    breakdown: &Breakdown,
    brief: Result<String, String>,
    find: impl Fn(&Source) -> Option<(FileId, usize)>,
) -> protocol::ConsolidationSummary {
    protocol::ConsolidationSummary {
        cities: breakdown.city_ids().map(|city| shown(breakdown.city(city))).collect(),
        periods: series.periods().map(|one| of_period(one, breakdown, &find)).collect(),
        rules_off: without_rules(series.rules_off()).map(|line| shown(&line)).collect(),
        brief: brief.map(|text| shown(&text)).map_err(|why| shown(&why)),
    }
}

fn of_period(
    one: &Consolidation,
    breakdown: &Breakdown,
    find: impl Fn(&Source) -> Option<(FileId, usize)>,
) -> protocol::PeriodSummary {
    let elapsed = Elapsed::of(breakdown, one.period).share();
    let places = Places::of(one);
    let row = |row: &Row| {
        let indicator = breakdown.indicator(row.indicator)?;
        let cell = |entry: &Entry| cell(entry, row, &places, elapsed, &find);
        Some(protocol::SummaryRow {
            number: indicator.number,
            label: shown(&indicator.label),
            unit: shown(&indicator.unit),
            cells: row.entries.iter().map(cell).collect(),
            zone: indicator.adds_up().then(|| zone(row, breakdown, elapsed)),
        })
    };
    protocol::PeriodSummary {
        period: one.period.to_string(),
        rows: one.rows.iter().filter_map(row).collect(),
        kept_out: one
            .kept_out
            .iter()
            .map(|out| (shown(&out.file), shown(&out.why.to_string())))
            .chain(one.not_returns.iter().map(|file| (shown(&file.file), shown(&file.why))))
            .collect(),
        remarks: one
            .other_remarks()
            .map(|remark| shown(&format!("{} {}", remark.code, remark.message)))
            .collect(),
        missing: one.missing.iter().map(|city| shown(breakdown.city(*city))).collect(),
        notices: report::notice::owed(one, breakdown).iter().map(|line| shown(line)).collect(),
        elapsed: elapsed.map(|share| rate(share, None)),
    }
}

fn figure(number: Decimal) -> String {
    number.normalize().to_string()
}

fn rate(share: Decimal, elapsed: Option<Decimal>) -> protocol::Rate {
    protocol::Rate { share: share.to_string().parse().unwrap_or_default(), text: percent(share, elapsed) }
}

fn rate_of(done: Option<Decimal>, target: Decimal, elapsed: Option<Decimal>) -> Option<protocol::Rate> {
    done?.checked_div(target).map(|share| rate(share, elapsed))
}

/// What stands behind the figures: the source of each, and why another one counts nowhere.
struct Places<'a> {
    sources: BTreeMap<(IndicatorId, CityId), &'a Source>,
    lost: BTreeMap<(IndicatorId, CityId), &'a LeftOut>,
}

impl<'a> Places<'a> {
    /// Of several the first.
    fn of(one: &'a Consolidation) -> Self {
        let sources = one.sources.iter().rev().map(|source| ((source.indicator, source.city), source));
        let lost: Vec<&LeftOut> = one.lost().collect();
        let lost = lost.into_iter().rev().map(|left| ((left.indicator, left.city), left));
        Self { sources: sources.collect(), lost: lost.collect() }
    }
}

fn cell(
    entry: &Entry,
    row: &Row,
    places: &Places<'_>,
    elapsed: Option<Decimal>,
    find: impl Fn(&Source) -> Option<(FileId, usize)>,
) -> protocol::SummaryCell {
    let done = entry.done.value();
    let place = (row.indicator, entry.city);
    let source = places.sources.get(&place).and_then(|source| {
        let (file, sheet) = find(source)?;
        Some(protocol::SummarySource {
            file,
            name: shown(&source.file),
            sheet: count(sheet),
            sheet_name: shown(&source.sheet),
            row: source.cell.row,
            column: source.cell.column,
            address: source.cell.to_string(),
            raw: shown(&source.raw),
        })
    });
    let lost = places.lost.get(&place);
    protocol::SummaryCell {
        target: entry.target.map(figure),
        done: done.map(figure),
        rate: entry.target.and_then(|target| rate_of(done, target, elapsed)),
        source,
        why: lost.map(|left| shown(&format!("{} {} 的“{}”{}", left.file, left.cell, left.raw, left.why))),
    }
}

fn zone(row: &Row, breakdown: &Breakdown, elapsed: Option<Decimal>) -> protocol::SummaryTotal {
    let present = |entry: &&Entry| entry.done.value().is_some();
    let targets: Vec<Decimal> = row.entries.iter().filter(present).filter_map(|entry| entry.target).collect();
    let whole = row.zone.lacking.is_empty();
    // The whole target is stated; it need not be the sum of the cities' own.
    let of_present = if whole { row.zone.target } else { total(&targets) };
    protocol::SummaryTotal {
        target: figure(row.zone.target),
        target_of_present: figure(of_present),
        done: row.zone.done.map(figure),
        rate: rate_of(row.zone.done, of_present, elapsed),
        of_whole: rate_of(row.zone.done, row.zone.target, elapsed).filter(|_| !whole),
        lacking: row.zone.lacking.iter().map(|city| shown(breakdown.city(*city))).collect(),
    }
}

/// What the returns of one city and period say, a file beside the other.
pub fn comparison(
    files: &[(FileId, &Opened)],
    (city, period): (&str, Period),
    breakdown: &Breakdown,
) -> protocol::Comparison {
    const ROLES: [Role; 3] = [Role::Previous, Role::Current, Role::Explanation];
    let said = |opened: &Opened, indicator: usize, role: Role| {
        let (workbook, audit) = opened.workbook().zip(opened.audit())?;
        let own = audit.tables().find(|table| {
            table.form == Form::Progress
                && table.identity.period() == Some(period)
                && table.identity.city().is_some_and(|id| breakdown.city(id) == city)
        })?;
        let (row, _) = own.indicator_rows().find(|(_, found)| found.indicator.0 == indicator)?;
        let sheet = workbook.sheets.get(own.sheet)?;
        Some(shown(sheet.grid.shown(CellRef::new(row.row, own.column(role)?.index)).trim()))
    };
    let line = |(index, indicator): (usize, &Indicator)| {
        let of = |(_, opened): &(FileId, &Opened)| {
            ROLES.iter().map(|role| said(opened, index, *role).unwrap_or_default()).collect()
        };
        (shown(&format!("{} {}", indicator.number, indicator.label)), files.iter().map(of).collect())
    };
    protocol::Comparison {
        files: files.iter().map(|(file, _)| *file).collect(),
        captions: ROLES.iter().map(|role| role.caption(breakdown)).collect(),
        rows: breakdown.indicators.iter().enumerate().map(line).collect(),
    }
}
