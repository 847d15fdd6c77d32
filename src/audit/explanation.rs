//! 情况说明: a 警示 that the unit has explained in the form's own column, or in the record that came with the file.

use std::collections::BTreeMap;

use crate::fixes::Certainty;
use crate::layout::{Role, Table};
use crate::model::{CellRef, Meaning, Range, half_width, read_quantity};

use super::noted::Lapsed;
use super::{Context, Finding, Tier, noted};

/// Attaches the explanations that stand in the workbook: those of its records, and over them the form's own column. One
/// that was written for another figure has lapsed, and the finding says so. `lies` is where in the file a range of the
/// table is: records speak of the file.
pub(super) fn attach(findings: &mut [Finding], context: &Context<'_>, lies: &dyn Fn(Range) -> Option<Range>) {
    let mut records = noted::records(context.input.workbook);
    let in_table = |finding: &Finding| finding.sheet == Some(context.sheet_index());
    let upright: Vec<Option<Range>> = findings.iter().map(|finding| finding.range).collect();
    for finding in findings.iter_mut().filter(|finding| in_table(finding)) {
        finding.range = finding.range.and_then(lies);
    }
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
    for (finding, range) in findings.iter_mut().zip(upright) {
        finding.range = range;
        finding.answer = finding.answer.take().filter(|text| says_something(text));
    }
    for (at, finding) in findings.iter_mut().enumerate() {
        let Some(cell) = context.table.ok().and_then(|table| explanation_cell(table, finding)) else {
            if explained_row_by_row(finding, context) {
                finding.answer = Some("各行都写了情况说明".to_owned());
            }
            continue;
        };
        let Some(text) = context.sheet().map(|sheet| sheet.grid.shown(context.merges.anchor(cell))) else {
            continue;
        };
        // Words that only say yes leave the question open.
        if only_confirms(&text) && finding.answer.is_none() {
            finding.message += &format!("情况说明“{}”没有说出原因，请写明原因。", text.trim());
        }
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

/// Whether a 警示 about a whole column is explained in every row of it that holds a figure.
fn explained_row_by_row(finding: &Finding, context: &Context<'_>) -> bool {
    let (Ok(table), Some(sheet)) = (context.table, context.sheet()) else { return false };
    let column = table.column(Role::Explanation).filter(|_| can_be_explained(table, finding));
    let (Some(column), Some(range)) = (column, finding.range) else { return false };
    if finding.indicator.is_some() || range.start.row == range.end.row {
        return false;
    }
    let mut rows = context
        .figures
        .iter()
        .filter(|figure| range.contains(figure.at) && figure.written.number().is_some())
        .map(|figure| context.merges.anchor(CellRef::new(figure.row, column.index)))
        .peekable();
    range.start.column == range.end.column
        && rows.peek().is_some()
        && rows.all(|cell| says_something(&sheet.grid.shown(cell)))
}

/// Whether a finding is one that words can answer: neither an error nor a fault of writing that is to be corrected.
fn can_be_explained(table: &Table, finding: &Finding) -> bool {
    let is_writing = finding.fix.as_ref().is_some_and(|fix| fix.certainty == Certainty::Safe);
    finding.tier == Tier::Warning && !is_writing && finding.sheet == Some(table.sheet)
}

/// The cell of 情况说明 that answers a finding: that of its indicator's row. None for what cannot be explained and for
/// what concerns no row.
pub fn explanation_cell(table: &Table, finding: &Finding) -> Option<CellRef> {
    if !can_be_explained(table, finding) {
        return None;
    }
    let column = table.column(Role::Explanation)?;
    let row = table.row_of(finding.indicator?)?;
    Some(CellRef::new(row.row, column.index))
}

/// Whether a text explains anything: it takes words. A blank, a stroke, 无, a number, a percentage, a date, an error
/// and a formula (of a picture pasted into the cell, say) explain nothing, nor does 属实, which gives no reason.
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
        && !only_confirms(text)
        && (matches!(meaning, Meaning::Words | Meaning::Inexact(_))
            || meaning == Meaning::NotApplicable && text.contains("承担"))
}

/// Whether a text is made of words that confirm or reassure, and of none that give a reason: 情况属实, 工作正常推进.
fn only_confirms(text: &str) -> bool {
    const WORDS: [&str; 34] = [
        "情况",
        "数据",
        "数字",
        "以上",
        "本期",
        "工作",
        "任务",
        "已经",
        "已",
        "核实",
        "核对",
        "核查",
        "确认",
        "无误",
        "属实",
        "正确",
        "准确",
        "没错",
        "真实",
        "正常",
        "推进",
        "进行",
        "开展",
        "按计划",
        "稳步",
        "有序",
        "顺利",
        "进展",
        "良好",
        "确实",
        "均",
        "都",
        "经",
        "无异常",
    ];
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut rest = bare.as_str();
    while let Some(next) = WORDS.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = next;
    }
    rest.is_empty() && !bare.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_words_to_explain() {
        for text in [
            "新建两家平台",
            "同上期",
            "正常推进，新建两家",
            "本期没有新增",
            "口径调整，含在建 3 项",
            "see annex",
            "2019年6月新建两家",
        ] {
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
            "属实",
            "情况属实。",
            "工作正常推进",
            "经核实，数据无误",
            "进展顺利",
        ] {
            assert!(!says_something(text), "{text}");
        }
    }
}
