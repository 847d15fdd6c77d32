//! The text as a Word document: behind it the table of figures and where each of them stands.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::progress::percent;
use super::sentence::plain;
use super::{Brief, Kind, whole};
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, Series};
use crate::model::CellRef;
use crate::report::bundle::BundleError;
use crate::report::docx::{Cell, Document, Page, Style, Table, WIDE};

/// Cities, and the total, whose figures stand side by side; more of them go into another table.
const ABREAST: usize = 4;

/// Whose figures three columns of the table hold.
#[derive(Clone, Copy)]
enum Whose {
    /// The city at this place.
    City(usize),
    Total,
}

pub fn document(brief: &Brief, series: &Series, breakdown: &Breakdown) -> Result<Vec<u8>, BundleError> {
    let mut document = Document::default();
    for paragraph in &brief.paragraphs {
        let style = match paragraph.kind {
            Kind::Title => Style::Title,
            Kind::Subtitle => Style::Subtitle,
            Kind::Heading => Style::Heading,
            Kind::Body => Style::Body,
        };
        document.led(style, &paragraph.lead.text, &paragraph.text());
    }
    document.end_pages(Page::Upright);
    let latest = &series.latest;
    let total = (latest.cities.len() > 1).then_some(Whose::Total);
    let groups: Vec<Whose> = (0..latest.cities.len()).map(Whose::City).chain(total).collect();
    let parts = groups.chunks(ABREAST);
    let several = parts.len() > 1;
    for (at, part) in parts.enumerate() {
        let mut caption = format!("附件1　指标完成情况表（{}）", latest.period.chinese());
        if several && at > 0 {
            caption.push('续');
        }
        document.paragraph(Style::Caption, &caption);
        document.table(figures(latest, part, breakdown));
        document.paragraph(Style::Note, "注：“/”为不承担，“—”为没有可以采用的数字，或不计合计。");
    }
    document.paragraph(Style::Caption, "附件2　数据来源");
    document.table(sources(brief, breakdown));
    document.paragraph(Style::Note, "注：目标取自分解表，完成率和合计由上列数字算出。");
    document.finish(Page::Wide)
}

/// 序号, 指标内容, 单位 and 目标, 完成, 完成率 of each city and of all.
fn figures(latest: &Consolidation, groups: &[Whose], breakdown: &Breakdown) -> Table {
    let mut first = vec![Cell::down("序号"), Cell::down("指标内容"), Cell::down("单位")];
    let mut second = vec![Cell::continued(), Cell::continued(), Cell::continued()];
    for group in groups {
        let name = match group {
            Whose::City(at) => latest.cities.get(*at).map_or("", |city| breakdown.city(*city)),
            Whose::Total => "合计",
        };
        first.push(Cell::across(name, 3));
        second.extend(["目标", "完成", "完成率"].map(Cell::centred));
    }
    let rows = latest.rows.iter().filter_map(|row| {
        let found = breakdown.indicator(row.indicator)?;
        let mut cells = vec![
            Cell::centred(found.number.to_string()),
            Cell::left(found.label.clone()),
            Cell::centred(found.unit.clone()),
        ];
        for group in groups {
            let (is_due, target, done) = match group {
                Whose::City(at) => {
                    let entry = row.entries.get(*at)?;
                    (entry.target.is_some(), entry.target, entry.done.value())
                }
                Whose::Total => {
                    let is_due = row.entries.iter().any(|entry| entry.target.is_some());
                    let sum = Some(row.zone.target).filter(|_| is_due && found.adds_up());
                    let whole = whole(row, found);
                    (is_due, whole.as_ref().map(|of| of.target).or(sum), whole.map(|of| of.done))
                }
            };
            let none = if is_due { "—" } else { "/" };
            let rate = done.zip(target).and_then(|(done, target)| done.checked_div(target));
            let shown = |value: Option<String>| Cell::centred(value.unwrap_or(none.to_owned()));
            cells.push(shown(target.map(plain)));
            cells.push(shown(done.map(plain)));
            cells.push(shown(rate.map(|rate| percent(rate, None))));
        }
        Some(cells)
    });
    let (number, unit, group) = (620u32, 560u32, [650u32, 650, 790]);
    let count = u32::try_from(groups.len()).unwrap_or_default();
    let taken = group.iter().sum::<u32>().saturating_mul(count);
    let label = WIDE.saturating_sub(number + unit).saturating_sub(taken).min(5_000);
    let mut widths = vec![number, label, unit];
    widths.extend(groups.iter().flat_map(|_| group));
    Table { widths, header: vec![first, second], rows: rows.collect() }
}

/// The cells that the text rests on, a row for each sheet that a city sent in.
fn sources(brief: &Brief, breakdown: &Breakdown) -> Table {
    let mut sheets: BTreeMap<_, Vec<(u32, CellRef)>> = BTreeMap::new();
    for (period, source) in brief.sources() {
        let number = breakdown.indicator(source.indicator).map_or(0, |found| found.number);
        let sheet = (source.city, Reverse(period), source.file.as_str(), source.sheet.as_str());
        sheets.entry(sheet).or_default().push((number, source.cell));
    }
    let rows = sheets.into_iter().map(|((city, Reverse(period), file, sheet), cells)| {
        vec![
            Cell::centred(breakdown.city(city)),
            Cell::centred(period.chinese()),
            Cell::left(file),
            Cell::left(sheet),
            Cell::left(places(&cells)),
        ]
    });
    let header = ["市", "报告期", "文件", "工作表", "指标的单元格"];
    let widths = vec![1_000, 1_500, 3_700, 1_700, 4_856];
    Table { widths, header: vec![header.map(Cell::centred).to_vec()], rows: rows.collect() }
}

/// 第1至9项 F4:F12；第10项 F14.
fn places(cells: &[(u32, CellRef)]) -> String {
    let mut runs: Vec<((u32, CellRef), (u32, CellRef))> = Vec::new();
    for (number, at) in cells.iter().copied() {
        match runs.last_mut() {
            Some((_, last)) if (number, at) == (last.0 + 1, CellRef::new(last.1.row + 1, last.1.column)) => {
                *last = (number, at);
            }
            _ => runs.push(((number, at), (number, at))),
        }
    }
    let runs = runs.into_iter().map(|((from, start), (to, end))| {
        if from == to {
            format!("第{from}项 {start}")
        } else {
            format!("第{from}至{to}项 {start}:{end}")
        }
    });
    runs.collect::<Vec<_>>().join("；")
}
