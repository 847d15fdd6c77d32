//! 保存进度: the work as one .zip, in which the files stand as they are, so that any program takes them out again, and
//! beside them what was done, as JSON.
//!
//! What comes in may be anybody's: it is taken whole or not at all.

use crate::model::{Sha256, Unreadable};
use crate::reading::bundle::Bundle;
use crate::reading::{Limits, size};
use crate::report;
use crate::report::bundle::BundleError;

use super::protocol::{Action, Change, Document, Input, KeptFile, PROGRESS_VERSION, Progress};

/// What was done. The first entry, so that even half of such a file is known for what it is.
const CONTENTS: &str = "指标校核进度.json";
/// Bytes of the first local header of a .zip, ahead of the name.
const HEADER: usize = 30;
/// As many as a sheet has.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;
/// What our corrections are made of. Another function may fetch from elsewhere: none of them comes back.
const FUNCTIONS: [&str; 12] = [
    "SUM", "ROUND", "IF", "IFERROR", "ISERROR", "AVERAGE", "ABS", "MAX", "MIN", "PRODUCT", "QUOTIENT", "TEXT",
];

/// Why a file of 保存进度 is not taken, or cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    #[error(
        "这份进度文件已损坏（{0}），没有恢复任何内容，现有的工作没有变动。请换一份进度文件，或者重新拖入原来的报表。"
    )]
    Damaged(String),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(
        "这份进度由较新的版本保存（格式 {0}），本版读不全，没有恢复任何内容。请用新版的指标校核助手打开。"
    )]
    Newer(u32),
    #[error("文件合计 {0}，超过一份进度能存的 {1}。请分几次：先移出一部分文件再保存。")]
    TooLarge(String, String),
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error("进度没有存成：{0}。请用“保存校正副本”分别保存。")]
    NotWritten(#[from] serde_json::Error),
}

/// A name for the file and its bytes. `bytes`: those of the files, and of the breakdown's behind them.
pub fn write(mut progress: Progress, bytes: Vec<Vec<u8>>) -> Result<(String, Vec<u8>), ProgressError> {
    let limits = Limits::default();
    let all: u64 = bytes.iter().map(|bytes| bytes.len() as u64).sum();
    if all > limits.total_bytes / 2 || bytes.len() >= limits.entries {
        return Err(ProgressError::TooLarge(size(all), size(limits.total_bytes / 2)));
    }
    progress.version = PROGRESS_VERSION;
    for (number, (file, bytes)) in (1..).zip(progress.parts_mut().zip(&bytes)) {
        file.sha256 = Sha256::of(bytes).to_string();
        // The number keeps files of one name apart, wherever they are taken out.
        file.path = format!("文件/{number:03}-{}", file.name.replace(['/', '\\', ':'], "_"));
    }
    let paths: Vec<String> = progress.parts_mut().map(|file| file.path.clone()).collect();
    let mut entries = vec![(CONTENTS.to_owned(), serde_json::to_vec_pretty(&progress)?)];
    entries.extend(paths.into_iter().zip(bytes));
    let at: String = progress.at.replace(' ', "-").chars().filter(|part| *part != ':').collect();
    Ok((format!("指标校核进度-{at}.zip"), report::bundle::zip(&entries)?))
}

/// The work and its files; nothing where it is no such file at all.
pub fn read(bytes: &[u8], limits: &Limits) -> Option<Result<(Progress, Vec<Document>), ProgressError>> {
    let begins = bytes.starts_with(b"PK\x03\x04")
        && bytes.get(HEADER..).is_some_and(|rest| rest.starts_with(CONTENTS.as_bytes()));
    // Packed anew by another program, it may stand elsewhere in it.
    let holds =
        || bytes.starts_with(b"PK") && Bundle::open(bytes, limits).is_ok_and(|bundle| bundle.has(CONTENTS));
    (begins || holds()).then(|| unpacked(bytes, limits))
}

fn unpacked(bytes: &[u8], limits: &Limits) -> Result<(Progress, Vec<Document>), ProgressError> {
    let mut bundle = Bundle::open(bytes, limits).map_err(damaged)?;
    let contents = bundle.file(CONTENTS).map_err(damaged)?.unwrap_or_default();
    let mut progress = known(&contents)?;
    let mut documents = Vec::new();
    for file in progress.parts_mut() {
        let bytes = bundle.file(&file.path).map_err(damaged)?;
        let bytes = bytes.ok_or_else(|| ProgressError::Damaged(format!("缺少“{}”", file.name)))?;
        if Sha256::of(&bytes).to_string() != file.sha256 {
            return Err(ProgressError::Damaged(format!("其中的“{}”与保存时不一致", file.name)));
        }
        documents.push(Document { name: file.name.clone(), mime: String::new(), bytes });
    }
    Ok((progress, documents))
}

/// What was done, if it is of a version that this program knows, and nothing that no correction of ours would do.
fn known(contents: &[u8]) -> Result<Progress, ProgressError> {
    // A newer one may not even have the same form.
    let version = serde_json::from_slice::<serde_json::Value>(contents)
        .ok()
        .and_then(|value| u32::try_from(value.get("version")?.as_u64()?).ok());
    match version {
        Some(version) if version > PROGRESS_VERSION => return Err(ProgressError::Newer(version)),
        Some(1..) => {}
        _ => return Err(ProgressError::Damaged("内容不完整".to_owned())),
    }
    let progress: Progress =
        serde_json::from_slice(contents).map_err(|_| ProgressError::Damaged("内容不完整".to_owned()))?;
    let steps = progress.files.iter().flat_map(|file| file.done.iter().chain(&file.undone));
    if !steps.flat_map(|step| &step.changes).all(is_ours) {
        return Err(ProgressError::Damaged("有一处修改不是本工具做的".to_owned()));
    }
    Ok(progress)
}

fn damaged(error: Unreadable) -> ProgressError {
    match error {
        Unreadable::Damaged { detail, .. } => ProgressError::Damaged(detail),
        error => ProgressError::Unreadable(error),
    }
}

/// Whether a change is one that the page or a correction could have made.
fn is_ours(change: &Change) -> bool {
    match &change.action {
        Action::Set { row, column, input } => *row < ROWS && *column < COLUMNS && is_harmless(input),
        Action::InsertRow { row, cells } => {
            *row < ROWS && cells.iter().all(|(column, input)| *column < COLUMNS && is_harmless(input))
        }
        Action::Explain { .. } | Action::Say(_) => true,
    }
}

/// A formula only of cells and plain functions: none that asks another file, program or address.
fn is_harmless(input: &Input) -> bool {
    let Input::Formula(formula) = input else { return true };
    let mut called = formula.split('(').collect::<Vec<_>>();
    called.pop();
    let plain = |before: &&str| {
        let name: Vec<char> = before
            .chars()
            .rev()
            .take_while(|part| part.is_alphanumeric() || matches!(part, '.' | '_'))
            .collect();
        let name: String = name.into_iter().rev().collect::<String>().to_uppercase();
        name.is_empty() || FUNCTIONS.contains(&name.as_str())
    };
    !formula.contains(['[', '|', '\\']) && called.iter().all(plain)
}

impl Progress {
    /// Every file whose bytes go along, in their order.
    fn parts_mut(&mut self) -> impl Iterator<Item = &mut KeptFile> {
        self.files.iter_mut().chain(&mut self.breakdown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_that_asks_elsewhere_is_no_correction_of_ours() {
        for ours in ["SUM(C5:C13)", "IF(D5=0,\"/\",ROUND(E5/D5,4))", "'第1 表'!C5/D5", "(C5+D5)/2"] {
            assert!(is_harmless(&Input::Formula(ours.to_owned())), "{ours}");
        }
        for other in
            ["HYPERLINK(\"http://a\",1)", "cmd|'/c calc'!A0", "[1]Sheet1!A1", "1+webservice(A1)", "DDE(1)"]
        {
            assert!(!is_harmless(&Input::Formula(other.to_owned())), "{other}");
        }
    }
}
