//! 情况说明: which 警示 a text answers, and where it goes: into the form's own column where it has one for that row,
//! else into the sheet 校核记录.

use crate::audit::noted::{Lapsed, Noted};
use crate::audit::{Audit, Finding, Tier, explanation_cell, says_something};
use crate::breakdown::Breakdown;
use crate::fixes::{Change, Edit, NewValue, Origin};
use crate::model::{Areas, Range, Workbook};

use super::JobError;
use super::correct::before;

/// What an explanation becomes.
#[derive(Clone, Debug, PartialEq)]
pub enum Explained {
    /// A change of the row's own 情况说明.
    Cell(Change),
    /// The finding with its answer, for the record.
    Noted(Noted),
}

/// The explanation that `P003@C5=文字` states: a rule's code, an address (`工作表!C5`; none for a finding about the
/// whole form, or where the rule has found one thing only), and the text. Only an open 警示 can be explained.
pub fn explain(
    workbook: &Workbook,
    audit: &Audit,
    breakdown: &Breakdown,
    given: &str,
) -> Result<Explained, JobError> {
    let bad = || JobError::BadAnswer(given.to_owned());
    let (key, text) = given.split_once('=').ok_or_else(bad)?;
    let (code, place) = key.split_once('@').map_or((key, None), |(code, place)| (code, Some(place)));
    if !says_something(text) || code.trim().is_empty() {
        return Err(bad());
    }
    let wanted = |finding: &&Finding| {
        finding.code.0.eq_ignore_ascii_case(code.trim())
            && finding.caused_by.is_none()
            && place.is_none_or(|place| is_at(finding, place, workbook))
    };
    let found: Vec<&Finding> = audit.findings.iter().filter(wanted).collect();
    let finding = match found.as_slice() {
        [] => return Err(JobError::NothingToExplain(key.to_owned())),
        [finding] => finding,
        several => return Err(JobError::WhichToExplain(key.to_owned(), several.len())),
    };
    if finding.tier != Tier::Warning {
        return Err(JobError::NotToExplain(key.to_owned(), finding.tier.chinese()));
    }
    Ok(explained(workbook, audit, breakdown, finding, text.trim()))
}

/// Takes back the explanations of this session that were written before their figure was changed, and says so. The
/// form's own column keeps the words; they speak of a figure that is no more.
pub fn lapse(findings: &mut [Finding], done: &[Change]) {
    let set = |change: &Change| match &change.edit {
        Edit::Set { sheet, cell, .. } => Some((*sheet, *cell)),
        Edit::InsertRow { .. } => None,
    };
    for finding in findings.iter_mut().filter(|finding| finding.answer.is_some()) {
        let Some(range) = finding.range.filter(|range| range.start == range.end) else { continue };
        let place = |change: &&Change| set(change) == finding.sheet.map(|sheet| (sheet, range.start));
        let Some(figure) = done.iter().rposition(|change| place(&change)) else { continue };
        let explained = |change: &Change| {
            change.origin == Origin::Explanation
                && set(change)
                    .is_some_and(|(sheet, cell)| Some(sheet) == finding.sheet && cell.row == range.start.row)
        };
        let words = done.iter().rposition(explained);
        if let Some(words) = words.filter(|words| *words < figure)
            && let Some(first) = done.iter().skip(words).find(place)
        {
            let text = finding.answer.take().unwrap_or_default();
            Lapsed { at: 0, text, figure: first.before.clone() }.say(finding);
        }
    }
}

fn explained(
    workbook: &Workbook,
    audit: &Audit,
    breakdown: &Breakdown,
    finding: &Finding,
    text: &str,
) -> Explained {
    let place = audit.table_of(finding).and_then(|table| {
        let sheet = workbook.sheets.get(table.sheet)?;
        Some((table.sheet, Areas::of(&sheet.merges).anchor(explanation_cell(table, finding)?)))
    });
    let Some((sheet, cell)) = place else {
        return Explained::Noted(Noted {
            answer: Some(text.to_owned()),
            ..Noted::of(finding, &workbook.sheets, breakdown)
        });
    };
    let old = workbook.sheets.get(sheet).map(|sheet| sheet.grid.shown(cell)).unwrap_or_default();
    let all = if !says_something(&old) {
        text.to_owned()
    } else if old.contains(text) {
        old
    } else {
        format!("{}；{text}", old.trim_end_matches(['；', '。', ' ']))
    };
    let edit = Edit::Set { sheet, cell, value: NewValue::Text(all) };
    Explained::Cell(Change {
        before: before(workbook, &edit),
        edit,
        origin: Origin::Explanation,
        reason: finding.message.clone(),
        source: "填报单位情况说明".to_owned(),
    })
}

/// Whether a finding stands at `C5`, `D5:E13` or `工作表!C5`.
fn is_at(finding: &Finding, place: &str, workbook: &Workbook) -> bool {
    let (sheet, address) = match place.trim().rsplit_once('!') {
        Some((sheet, address)) => (Some(sheet.trim_matches('\'')), address),
        None => (None, place.trim()),
    };
    let name = finding.sheet.and_then(|index| workbook.sheets.get(index)).map(|sheet| sheet.name.as_str());
    let Some(range) = finding.range else { return false };
    let at: Option<Range> = address.parse().ok();
    sheet.is_none_or(|sheet| name == Some(sheet))
        && at.is_some_and(|at| range.contains(at.start) && range.contains(at.end))
}
