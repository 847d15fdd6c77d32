//! From an audited progress return to the figures that a consolidation and the next period take from it.

use crate::audit::{Audit, Checked, Finding, Reported, Tier, history};
use crate::breakdown::{Breakdown, CityId, IndicatorId};
use crate::consolidate::{Figure, Note, Problem, Return, Untaken};
use crate::fixes::{Certainty, Edit};
use crate::layout::{Form, Role, Source, Table, cities_in, district_named};
use crate::model::{Areas, CellRef, Decimal, Period, Sha256, Sheet, Workbook, read_cell};

/// The returns that a file holds, one a table: none where it is no progress return, or whose it is cannot be told.
pub fn returns_of(
    name: &str,
    sha256: Sha256,
    workbook: &Workbook,
    audit: &Audit,
    breakdown: &Breakdown,
) -> Vec<Return> {
    let tables = audit.tables().enumerate();
    tables
        .filter_map(|(index, table)| return_in((index, table), name, sha256, workbook, audit, breakdown))
        .collect()
}

fn return_in(
    (index, table): (usize, &Table),
    name: &str,
    sha256: Sha256,
    workbook: &Workbook,
    audit: &Audit,
    breakdown: &Breakdown,
) -> Option<Return> {
    if table.form != Form::Progress {
        return None;
    }
    let (city, period) = (table.identity.city()?, table.identity.period()?);
    let sheet = workbook.sheets.get(table.sheet)?;
    let column = table.column(Role::Current)?;
    let figures = table
        .indicator_rows()
        .map(|(row, found)| {
            let cell = CellRef::new(row.row, column.index);
            let untaken = untaken(sheet, table.sheet, cell, audit);
            let value = figure(sheet, cell, found.indicator, breakdown).filter(|_| untaken.is_none());
            Figure { indicator: found.indicator, cell, raw: raw(sheet, cell), value, untaken }
        })
        .collect();
    let beside = table
        .columns
        .iter()
        .filter(|other| other.index != column.index && !matches!(other.role, Role::Serial))
        .map(|other| {
            let rows = table
                .indicator_rows()
                .map(|(row, found)| (found.indicator, CellRef::new(row.row, other.index)));
            let mut cells: Vec<_> = rows.map(|(indicator, at)| (indicator, sheet.grid.shown(at))).collect();
            cells.sort();
            let shown: Vec<String> = cells.into_iter().map(|(_, text)| text).collect();
            (other.role.caption(breakdown), Sha256::of(shown.join("\0").as_bytes()))
        })
        .collect();
    Some(Return {
        file: name.to_owned(),
        sha256,
        sheet: sheet.name.clone(),
        city,
        district: district(name, sheet, table, city, breakdown),
        period,
        figures,
        problems: problems(audit, index),
        notes: notes(sheet, table),
        beside,
        off: audit.off.clone(),
        preferred: false,
    })
}

/// The 区县 that reports: named where the city is, in the line of the unit before all else.
fn district(name: &str, sheet: &Sheet, table: &Table, city: CityId, breakdown: &Breakdown) -> Option<String> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let kind = |source: Source| match source {
        Source::Said => None,
        Source::Line(_) => Some(0),
        Source::Title(_) => Some(1),
        Source::SheetName => Some(2),
        Source::Header(_) => Some(3),
        Source::Margin => Some(4),
        Source::FileName => Some(5),
    };
    let sources = || table.identity.cities.iter().map(|sighting| sighting.source);
    let most_telling = sources().filter_map(kind).min();
    let texts = sources().filter(|source| kind(*source) == most_telling).map(|source| match source {
        Source::SheetName => sheet.name.clone(),
        Source::Margin => sheet.margin.join("\n"),
        Source::FileName => stem.to_owned(),
        other => other.cell().map(|at| sheet.grid.shown(at)).unwrap_or_default(),
    });
    texts.into_iter().find_map(|text| match district_named(&text, breakdown) {
        Some((of, district)) if of == city => Some(district.to_owned()),
        _ => district_in(&text, breakdown.city(city)),
    })
}

/// Nothing where other words follow: 成都市高新区 is one, 成都市全面创新改革试验区建设 is not.
fn district_in(text: &str, city: &str) -> Option<String> {
    const MOST: usize = 12;
    let (_, rest) = text.split_once(city)?;
    let name: String = rest.chars().take_while(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
    let is_one = name.ends_with(['区', '县', '市']) && (2..=MOST).contains(&name.chars().count());
    // Zones that are no administrative unit.
    let is_zone = ["试验", "示范", "全面"].iter().any(|word| name.contains(word));
    (is_one && !is_zone).then_some(name)
}

/// Why the figure of a cell is not to be taken as it stands: it was never computed, or an open finding proposes another
/// one and waits for the unit's word.
fn untaken(sheet: &Sheet, index: usize, at: CellRef, audit: &Audit) -> Option<Untaken> {
    if sheet.grid.get(at).is_some_and(|cell| cell.formula.is_some() && cell.value.is_empty()) {
        return Some(Untaken::Uncomputed);
    }
    let waits = |finding: &&Finding| {
        let fix = finding.fix.as_ref().filter(|fix| fix.certainty == Certainty::Consent && finding.is_open());
        fix.is_some_and(|fix| {
            fix.edits
                .iter()
                .any(|edit| matches!(edit, Edit::Set { sheet, cell, .. } if (*sheet, *cell) == (index, at)))
        })
    };
    audit.findings.iter().find(waits).map(|finding| Untaken::Unconfirmed(finding.code))
}

/// As the cell shows it; a formula without a result as itself.
fn raw(sheet: &Sheet, at: CellRef) -> String {
    let uncomputed =
        sheet.grid.get(at).filter(|cell| cell.value.is_empty()).and_then(|cell| cell.formula.as_deref());
    uncomputed.map_or_else(|| sheet.grid.shown(at), |formula| format!("={formula}"))
}

/// The findings of a table, and those of the file that holds it.
fn of_table(audit: &Audit, index: usize) -> impl Iterator<Item = &Finding> {
    audit.findings.iter().filter(move |finding| finding.table.is_none_or(|table| table == index))
}

/// The 错误 and 警示 of a return that stand for themselves.
fn problems(audit: &Audit, index: usize) -> Vec<Problem> {
    let own =
        of_table(audit, index).filter(|finding| finding.tier != Tier::Notice && finding.caused_by.is_none());
    own.map(|finding| Problem {
        code: finding.code,
        tier: finding.tier,
        place: finding.range,
        message: finding.message.clone(),
        found: finding.found.clone(),
        expected: finding.expected.clone(),
        answer: finding.answer.clone(),
    })
    .collect()
}

/// What the unit wrote beside its figures.
fn notes(sheet: &Sheet, table: &Table) -> Vec<Note> {
    let Some(column) = table.column(Role::Explanation) else { return Vec::new() };
    table
        .indicator_rows()
        .filter_map(|(row, found)| {
            let cell = CellRef::new(row.row, column.index);
            let text = sheet.grid.shown(cell);
            let text = text.trim();
            (!text.is_empty()).then(|| Note { indicator: found.indicator, cell, text: text.to_owned() })
        })
        .collect()
}

/// A figure in the unit of its indicator; a share of what is counted is none.
fn figure(sheet: &Sheet, at: CellRef, indicator: IndicatorId, breakdown: &Breakdown) -> Option<Decimal> {
    let unit = breakdown.indicator(indicator).map_or("", |indicator| indicator.unit.as_str());
    let written = read_cell(sheet.grid.get(at)?, unit);
    written.certain().filter(|_| !written.is_share() || unit == "%")
}

/// What a return reported, as the next period's rules compare it.
fn reported(found: Return) -> Reported {
    let figures = found.figures.iter().map(|figure| (figure.indicator, figure.value)).collect();
    Reported { city: found.city, period: found.period, file: found.file, figures }
}

/// Everything that a workbook says was reported: its own returns, or for a 汇总表 one return a city.
pub fn reports(name: &str, workbook: &Workbook, audit: &Audit, breakdown: &Breakdown) -> Vec<Reported> {
    let summary = audit.table.as_ref().ok().filter(|table| table.form == Form::Summary);
    let parts =
        summary.and_then(|table| Some((table, table.identity.period()?, workbook.sheets.get(table.sheet)?)));
    match parts {
        Some((table, period, sheet)) => summarised(name, table, period, sheet, breakdown),
        None => returns_of(name, breakdown.fingerprint, workbook, audit, breakdown)
            .into_iter()
            // A 区县 speaks for itself, not for its city.
            .filter(|one| one.district.is_none())
            .map(reported)
            .collect(),
    }
}

/// The cities of a 汇总表 that have reported: a city stands in the upper header row over its own 目标, 完成 and 完成率.
fn summarised(
    name: &str,
    table: &Table,
    period: Period,
    sheet: &Sheet,
    breakdown: &Breakdown,
) -> Vec<Reported> {
    let done = table.columns.iter().chain(&table.repeated).filter(|column| column.role == Role::Current);
    let merges = Areas::of(&sheet.merges);
    let mut found: Vec<Reported> = Vec::new();
    for column in done {
        let Some(city) = city_over(column.header, sheet, &merges, breakdown) else { continue };
        let figures: Vec<_> = table
            .indicator_rows()
            .map(|(row, matched)| {
                (
                    matched.indicator,
                    figure(sheet, CellRef::new(row.row, column.index), matched.indicator, breakdown),
                )
            })
            .collect();
        let silent = figures.iter().all(|(_, figure)| figure.is_none());
        if !silent && !found.iter().any(|other| other.city == city) {
            found.push(Reported { city, period, file: name.to_owned(), figures });
        }
    }
    found
}

/// The city whose caption stands over a cell of the lower header row, merged over it or to the left of it.
fn city_over(header: CellRef, sheet: &Sheet, merges: &Areas, breakdown: &Breakdown) -> Option<CityId> {
    let above = header.row.checked_sub(1)?;
    let caption = (0..3)
        .filter_map(|back| header.column.checked_sub(back))
        .map(|column| sheet.grid.shown(merges.anchor(CellRef::new(above, column))))
        .find(|caption| !caption.trim().is_empty())?;
    match cities_in(&caption, breakdown).as_slice() {
        [city] => Some(*city),
        _ => None,
    }
}

/// The earlier periods of a return's city for which reports disagree: none of them is used, and each is said.
pub fn disputes(checked: &Checked, previous: &[Reported]) -> Vec<String> {
    let audit = checked.content.as_ref().ok().map(|(_, audit)| audit);
    audit.map(|audit| disputes_of(audit, previous)).unwrap_or_default()
}

/// As [`disputes`], of an audit.
pub fn disputes_of(audit: &Audit, previous: &[Reported]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for table in audit.tables().filter(|table| table.form == Form::Progress) {
        let (Some(city), Some(period)) = (table.identity.city(), table.identity.period()) else { continue };
        let known = history(previous, city, period);
        for (period, reports) in
            known.into_iter().filter_map(|(period, known)| known.err().map(|reports| (period, reports)))
        {
            let files: Vec<&str> = reports.iter().map(|reported| reported.file.as_str()).collect();
            said.push(format!(
                "{}的报表有 {} 份且数字不同（“{}”），都没有用来比对。请只留下正确的一份。",
                period.chinese(),
                files.len(),
                files.join("”“")
            ));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_district_stands_right_after_its_city() {
        let of = |text| district_in(text, "成都市");
        assert_eq!(of("填报单位：成都市高新区").as_deref(), Some("高新区"));
        assert_eq!(of("成都市双流区 2019年6月指标进展情况表").as_deref(), Some("双流区"));
        assert_eq!(of("成都市大邑县2019年6月").as_deref(), Some("大邑县"));
        for other in [
            "填报单位：成都市",
            "填报单位：成都市科技局",
            "成都市全面创新改革试验区建设指标进展情况表",
            "成都市全面创新改革试验区 2019年6月",
            "成都市、绵阳市",
            "高新区",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
