//! 校核: read, lay out, audit.

use crate::audit::{Checked, Reported, Said, unreadable};
use crate::breakdown::Breakdown;
use crate::model::{Format, Sha256, Unreadable, Workbook};
use crate::reading::{Limits, read};
use crate::rules::RULES;

use super::correct::audit_as_said;

/// Reads and audits a file. Never fails: what cannot be read is a finding.
pub fn check(
    name: &str,
    bytes: &[u8],
    breakdown: &Breakdown,
    previous: &[Reported],
    limits: &Limits,
) -> Checked {
    check_as_said(name, bytes, breakdown, previous, Said::NOTHING, limits)
}

/// As [`check`], with the user's word.
pub fn check_as_said(
    name: &str,
    bytes: &[u8],
    breakdown: &Breakdown,
    previous: &[Reported],
    said: Said<'_>,
    limits: &Limits,
) -> Checked {
    let content = match opened(name, bytes, limits) {
        Ok(workbook) => {
            let audit = audit_as_said(name, &workbook, breakdown, previous, said);
            Ok((workbook, audit))
        }
        Err(reason) => return refused(name, Some(Sha256::of(bytes)), reason),
    };
    Checked { name: name.to_owned(), sha256: Some(Sha256::of(bytes)), content }
}

/// A file that is not audited, with the finding that says why. It has no fingerprint where it was not loaded.
pub fn refused(name: &str, sha256: Option<Sha256>, reason: Unreadable) -> Checked {
    let findings = unreadable(&reason, RULES);
    Checked { name: name.to_owned(), sha256, content: Err((reason, findings)) }
}

/// A file as read. What a program left behind under such a name is called that, unless it is a workbook all the same.
fn opened(name: &str, bytes: &[u8], limits: &Limits) -> Result<Workbook, Unreadable> {
    let content = read(name, bytes, limits);
    match left_behind(name) {
        Some(kind) if !content.as_ref().is_ok_and(|workbook| workbook.format != Format::Text) => {
            Err(Unreadable::NotSpreadsheet { kind: kind.to_owned() })
        }
        _ => content,
    }
}

/// What a file is that another program left beside the user's own, told by its name: none of them is a return.
pub fn left_behind(name: &str) -> Option<&'static str> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    match name.as_str() {
        "desktop.ini" | "thumbs.db" | "ehthumbs.db" | ".ds_store" => Some("系统自动生成的文件"),
        _ if name.starts_with("~$") || name.starts_with(".~") => Some("打开表格时软件留下的临时文件"),
        _ if name.starts_with("._") => Some("苹果电脑拷贝时留下的附属文件"),
        _ if name.starts_with('~') && name.ends_with(".tmp") => Some("软件留下的临时文件"),
        _ => None,
    }
}
