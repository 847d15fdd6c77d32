//! The text as a Word document: behind it the table of figures and where each of them stands.

use super::progress::percent;
use super::sentence::plain;
use super::{Brief, Kind};
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, Series};
use crate::report::bundle::BundleError;
use crate::report::docx::{Cell, Document, Page, Style, Table, WIDE};

/// Cities whose figures stand side by side; more of them go into another table.
const ABREAST: usize = 4;

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
    let places: Vec<usize> = (0..latest.cities.len()).collect();
    let parts = places.chunks(ABREAST);
    let several = parts.len() > 1;
    for (at, part) in parts.enumerate() {
        let mut caption = format!("附件1　指标完成情况表（{}）", latest.period.chinese());
        if several && at > 0 {
            caption.push('续');
        }
        document.paragraph(Style::Caption, &caption);
        document.table(figures(latest, part, breakdown));
        document.paragraph(Style::Note, "注：“/”为不承担，“—”为没有可以采用的数字。");
    }
    document.paragraph(Style::Caption, "附件2　数据来源");
    document.table(sources(brief, breakdown));
    document.paragraph(Style::Note, "注：目标取自分解表，完成率和合计由上列数字算出。");
    document.finish(Page::Wide)
}

/// 序号, 指标内容, 单位 and 目标, 完成, 完成率 of each city.
fn figures(latest: &Consolidation, places: &[usize], breakdown: &Breakdown) -> Table {
    let cities: Vec<&str> =
        places.iter().filter_map(|at| latest.cities.get(*at)).map(|city| breakdown.city(*city)).collect();
    let mut first = vec![Cell::down("序号"), Cell::down("指标内容"), Cell::down("单位")];
    let mut second = vec![Cell::continued(), Cell::continued(), Cell::continued()];
    for city in &cities {
        first.push(Cell::across(*city, 3));
        second.extend(["目标", "完成", "完成率"].map(Cell::centred));
    }
    let rows = latest.rows.iter().filter_map(|row| {
        let found = breakdown.indicator(row.indicator)?;
        let mut cells = vec![
            Cell::centred(found.number.to_string()),
            Cell::left(found.label.clone()),
            Cell::centred(found.unit.clone()),
        ];
        for entry in places.iter().filter_map(|at| row.entries.get(*at)) {
            let (target, done) = (entry.target, entry.done.value());
            let none = if target.is_some() { "—" } else { "/" };
            let rate = done.zip(target).and_then(|(done, target)| done.checked_div(target));
            cells.push(Cell::centred(target.map_or("/".to_owned(), plain)));
            cells.push(Cell::centred(done.map_or(none.to_owned(), plain)));
            cells.push(Cell::centred(rate.map_or(none.to_owned(), |rate| percent(rate, None))));
        }
        Some(cells)
    });
    let (number, unit, figure) = (600u32, 650u32, 820u32);
    let count = u32::try_from(cities.len()).unwrap_or_default().saturating_mul(3);
    let label = WIDE.saturating_sub(number + unit).saturating_sub(figure.saturating_mul(count)).min(5_000);
    let mut widths = vec![number, label, unit];
    widths.extend((0..count).map(|_| figure));
    Table { widths, header: vec![first, second], rows: rows.collect() }
}

/// The cells that the text rests on.
fn sources(brief: &Brief, breakdown: &Breakdown) -> Table {
    let header = ["序号", "指标内容", "市", "报告期", "数字", "文件", "工作表", "单元格"];
    let rows = brief.sources().into_iter().map(|(period, source)| {
        let found = breakdown.indicator(source.indicator);
        let number = found.map(|found| found.number.to_string()).unwrap_or_default();
        let unit = found.map_or("", |found| found.unit.as_str());
        vec![
            Cell::centred(number),
            Cell::left(found.map_or("", |found| found.label.as_str())),
            Cell::centred(breakdown.city(source.city)),
            Cell::centred(period.chinese()),
            Cell::centred(format!("{}{unit}", plain(source.value))),
            Cell::left(source.file.clone()),
            Cell::left(source.sheet.clone()),
            Cell::centred(source.cell.to_string()),
        ]
    });
    let widths = vec![600, 3_400, 900, 1_350, 1_150, 3_206, 1_250, 900];
    Table { widths, header: vec![header.map(Cell::centred).to_vec()], rows: rows.collect() }
}
