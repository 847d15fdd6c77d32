//! 整改对账: earlier findings read from a 校核记录, from our list of findings or from the command line's JSON, and put
//! beside those of the file that came back.

use crate::audit::noted::{Noted, Record, read_record, records};
use crate::audit::{Checked, Since};
use crate::breakdown::Breakdown;
use crate::layout::{Form, is_record_sheet};
use crate::model::{Workbook, visible};
use crate::reading::{Limits, read};

use super::findings_json::lists_in;

/// Why a file holds no earlier findings.
#[derive(Debug, thiserror::Error)]
pub enum NoRecord {
    #[error("读不出来：{0}")]
    Unreadable(String),
    #[error("里面没有审核结果。请给带“校核记录”的工作簿、导出的问题清单，或 check --format json 的输出。")]
    Nothing,
}

/// Every list of findings in a file; of the records in a workbook the latest.
pub fn earlier(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Record>, NoRecord> {
    if let Some(found) = list_in_json(bytes) {
        return Ok(found);
    }
    let workbook = read(name, bytes, limits).map_err(|reason| NoRecord::Unreadable(reason.to_string()))?;
    let found = record_in(&workbook).or_else(|| list_in(&workbook)).ok_or(NoRecord::Nothing)?;
    Ok(vec![found])
}

/// The latest record that a workbook carries.
pub fn record_in(workbook: &Workbook) -> Option<Record> {
    records(workbook).into_iter().next()
}

/// The list of findings that a workbook is: our list to print.
pub fn list_in(workbook: &Workbook) -> Option<Record> {
    workbook.sheets.iter().filter(|sheet| !is_record_sheet(&sheet.name)).find_map(read_record)
}

/// The list that is about a file: of its fingerprint, of its name, of its city, period and form; else the only one,
/// where nothing speaks against it.
pub fn about<'a>(lists: &'a [Record], checked: &Checked, breakdown: &Breakdown) -> Option<&'a Record> {
    let sha256 = checked.sha256.map(|sha256| sha256.to_string());
    let table = checked.content.as_ref().ok().and_then(|(_, audit)| audit.table.as_ref().ok());
    let form = table.map(|table| table.form.name());
    let city = table.and_then(|table| table.identity.city()).map(|city| breakdown.city(city));
    let period = table
        .filter(|table| table.form == Form::Progress)
        .and_then(|table| table.identity.period())
        .map(|period| period.to_string());
    let name = plain_name(&checked.name);
    let same = |mine: Option<&str>, theirs: &Option<String>| mine.is_some() && mine == theirs.as_deref();
    let differ = |mine: Option<&str>, theirs: &Option<String>| {
        mine.is_some() && theirs.is_some() && mine != theirs.as_deref()
    };
    lists
        .iter()
        .find(|list| list.sha256.is_some() && list.sha256 == sha256)
        .or_else(|| {
            lists.iter().find(|list| list.file.as_deref().map(plain_name).as_deref() == Some(name.as_str()))
        })
        .or_else(|| {
            lists.iter().find(|list| {
                same(city, &list.city) && same(period.as_deref(), &list.period) && same(form, &list.form)
            })
        })
        .or_else(|| match lists {
            [only] => (!differ(city, &only.city)
                && !differ(period.as_deref(), &only.period)
                && !differ(form, &only.form))
            .then_some(only),
            _ => None,
        })
}

/// A checked file beside its earlier findings.
pub fn reconcile(list: &Record, checked: &Checked, breakdown: &Breakdown) -> Since {
    let now = match &checked.content {
        Ok((workbook, audit)) => Noted::all(&audit.findings, &workbook.sheets, breakdown),
        Err((_, findings)) => Noted::all(findings, &[], breakdown),
    };
    Since::between(&list.findings, &now)
}

/// A file's name without folder, extension and what we or a clerk put behind it: 成都市-2019年6月（校正）.xlsx →
/// 成都市-2019年6月. As it is shown: a record has it so.
pub fn plain_name(name: &str) -> String {
    let name = &*visible(name);
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    while let Some((front, _)) = stem.strip_suffix(['）', ')']).and_then(|open| open.rsplit_once(['（', '(']))
    {
        stem = front.trim_end();
    }
    stem.to_owned()
}

/// The lines of `check --format json`: `None` where the bytes are no such thing.
pub fn list_in_json(bytes: &[u8]) -> Option<Vec<Record>> {
    let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim();
    if !text.starts_with('{') {
        return None;
    }
    lists_in(text).filter(|records| !records.is_empty())
}
