//! 情况说明: a 警示 that the unit has explained in the form's own column, or in the record that came with the file.

use std::collections::BTreeMap;

use crate::fixes::Certainty;
use crate::layout::{Role, Table};
use crate::model::{CellRef, Meaning, half_width, read_quantity};

use super::noted::Lapsed;
use super::{Context, Finding, Tier, noted};

/// Attaches the explanations that stand in the workbook: those of its records, and over them the form's own column. One
/// that was written for another figure has lapsed, and the finding says so.
pub(super) fn attach(findings: &mut [Finding], context: &Context<'_>) {
    let mut records = noted::records(context.input.workbook);
    // The latest record that has a finding decides.
    records.reverse();
    let mut lapsed: BTreeMap<usize, Lapsed> = BTreeMap::new();
    for record in records {
        let explained: Vec<_> =
            record.findings.into_iter().filter(|noted| noted.tier == Some(Tier::Warning)).collect();
        let now = noted::answer(findings, &explained, &context.input.workbook.sheets, context.breakdown());
        lapsed.retain(|at, _| findings.get(*at).is_some_and(|finding| finding.answer.is_none()));
        lapsed.extend(now.into_iter().map(|one| (one.at, one)));
    }
    for finding in findings.iter_mut() {
        finding.answer = finding.answer.take().filter(|text| says_something(text));
    }
    for (at, finding) in findings.iter_mut().enumerate() {
        let Some(cell) = context.table.ok().and_then(|table| explanation_cell(table, finding)) else {
            continue;
        };
        let Some(text) = context.sheet().map(|sheet| sheet.grid.shown(context.merges.anchor(cell))) else {
            continue;
        };
        // The record knows for which figure these words were written.
        let of_another_figure = lapsed.get(&at).is_some_and(|lapsed| text.contains(lapsed.text.trim()));
        if says_something(&text) && !of_another_figure {
            finding.answer = Some(text.trim().to_owned());
        }
    }
    for (at, lapsed) in lapsed {
        if let Some(finding) = findings.get_mut(at).filter(|finding| finding.answer.is_none()) {
            lapsed.say(finding);
        }
    }
}

/// The cell of 情况说明 that answers a finding: that of its indicator's row. None for what cannot be explained (an
/// error, a fault of writing that is to be corrected) and for what concerns no row.
pub fn explanation_cell(table: &Table, finding: &Finding) -> Option<CellRef> {
    let is_writing = finding.fix.as_ref().is_some_and(|fix| fix.certainty == Certainty::Safe);
    if finding.tier != Tier::Warning || is_writing || finding.sheet != Some(table.sheet) {
        return None;
    }
    let column = table.column(Role::Explanation)?;
    let row = table.row_of(finding.indicator?)?;
    Some(CellRef::new(row.row, column.index))
}

/// Whether a text explains anything: it takes words. A blank, a stroke, 无, a number, a percentage, a date, an error and
/// a formula (of a picture pasted into the cell, say) explain nothing.
pub fn says_something(text: &str) -> bool {
    const NOTHING: [&str; 9] = ["无", "暂无", "没有", "无说明", "无情况", "NA", "na", "N", "n"];
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    if bare.is_empty()
        || NOTHING.contains(&bare.as_str())
        || half_width(text.trim_start().chars().next().unwrap_or(' ')) == '='
    {
        return false;
    }
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (ideographs, others) = letters
        .fold((0, 0), |(han, other), c| if c.is_ascii() { (han, other + 1) } else { (han + 1, other) });
    let words = ideographs >= 2 || others >= 4;
    let meaning = read_quantity(text).meaning;
    // 不承担 is a mark for “/” in a figure's cell, and a reason here.
    words
        && (matches!(meaning, Meaning::Words | Meaning::Inexact(_))
            || meaning == Meaning::NotApplicable && text.contains("承担"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_words_to_explain() {
        for text in ["新建两家平台", "同上期", "口径调整，含在建 3 项", "see annex", "2019年6月新建两家"]
        {
            assert!(says_something(text), "{text}");
        }
        for text in [
            "",
            " ",
            "/",
            "—",
            "无",
            "暂无。",
            "60.0%",
            "1",
            "600项",
            "６０",
            "2019年6月",
            "#NAME?",
            "=DISPIMG(\"ID_A\",1)",
            "＝A1",
            "三百家",
            "ok",
        ] {
            assert!(!says_something(text), "{text}");
        }
    }
}
