//! What is put on paper: the report on one file, on all of them, the certificate of a saved copy. Only what stands
//! there; how it is drawn is `panels::paper`.

use super::file::File;
use super::findings::{self, Item, Outcome};
use super::text;
use crate::worker::protocol::{Certificate, FileId, Finding, Tier};

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheets {
    /// 审核报告 of one file.
    Report(FileId),
    /// Of every file, each from a new page.
    Reports,
    /// 保存证明 of the last copy of a file.
    Certificate(FileId),
    Help,
}

impl Sheets {
    /// Whether a file is on them.
    pub fn has(self, file: &File) -> bool {
        match self {
            Self::Report(id) | Self::Certificate(id) => file.id == id,
            Self::Reports => true,
            Self::Help => false,
        }
    }
}

/// A finding as a line of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub tier: Tier,
    pub code: String,
    /// `C5`, with its sheet where there are several.
    pub place: String,
    /// Indicator and city.
    pub about: String,
    pub message: String,
    /// Before and after, where one text becomes another.
    pub change: Option<(String, String)>,
    /// How many findings it explains.
    pub explains: usize,
    pub outcome: Outcome,
    /// 情况说明.
    pub answer: Option<String>,
}

/// Every finding of a file in the order of its tables, with what became of it.
pub fn lines(file: &File) -> Vec<Line> {
    let mut items = findings::items(file);
    items.sort_by_key(|item| findings::place(item.finding()));
    items.iter().map(|item| line(file, item)).collect()
}

fn line(file: &File, item: &Item) -> Line {
    let finding = item.finding();
    let explains = match item {
        Item::Open { explains, .. } => explains.len(),
        Item::Ignored(_) | Item::Answered(_) | Item::Settled { .. } => 0,
    };
    let indicator = finding.indicator.map(text::indicator_number);
    Line {
        tier: finding.tier,
        code: finding.code.clone(),
        place: place(file, finding),
        about: indicator.into_iter().chain(finding.city.clone()).collect::<Vec<_>>().join("\n"),
        message: finding.message.clone(),
        change: findings::before_after(finding),
        explains,
        outcome: item.outcome(),
        answer: finding.answer.clone(),
    }
}

fn place(file: &File, finding: &Finding) -> String {
    let address = finding.address.clone().unwrap_or_else(|| text::WHOLE_FILE.to_owned());
    let sheets = file.workbook.as_ref().map_or(&[][..], |workbook| &workbook.sheets);
    let sheet = finding.sheet.and_then(|sheet| sheets.get(usize::try_from(sheet).ok()?));
    match sheet.filter(|_| sheets.len() > 1) {
        Some(sheet) => format!("{} {address}", sheet.name),
        None => address,
    }
}

/// The certificate as a text to be kept: its lines end as every editor of the desk reads them.
pub fn certificate(original: &str, copy: &str, proven: &Certificate) -> String {
    let value = |text: &str| if text.is_empty() { format!("（{}）", text::BLANK) } else { text.to_owned() };
    let mut lines = vec![
        text::CERTIFICATE.to_owned(),
        format!("{}：{original}", text::ORIGINAL),
        format!("{}：{copy}", text::COPY_OF),
        text::saved_line(proven.cells.len(), proven.identical_parts),
    ];
    if proven.explained > 0 {
        lines.push(text::explained_in_record(proven.explained));
    }
    for cell in &proven.cells {
        let (before, after) = (value(&cell.before), value(&cell.after));
        lines.push(format!("{}!{}  {before} → {after}  {}", cell.sheet, cell.address, cell.rule));
    }
    if !proven.losses.is_empty() {
        lines.push(format!("{}：{}", text::LOSSES, proven.losses.join("")));
    }
    lines.push(format!("{} {}", text::ORIGINAL_HASH, proven.original_sha256));
    lines.push(format!("{} {}", text::RESULT_HASH, proven.result_sha256));
    lines.join("\r\n") + "\r\n"
}
