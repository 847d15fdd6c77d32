//! 情况说明, 问题清单 and 催报: what the units said, what is open, and who still owes what.

use rust_xlsxwriter::{FormatAlign, Workbook};

use super::{
    BOARD, LIST_ROW, NOTES, PROBLEMS, ReportError, Words, list_sheet, numbered, put_nothing, put_row, style,
};
use crate::audit::Tier;
use crate::breakdown::{Breakdown, CityId};
use crate::consolidate::{Consolidation, KeptOut, Problem, Series, Standing, Used, Why};

/// What the units wrote beside their figures, by indicator.
pub(super) fn notes(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = [("指标", 38.0), ("市", 9.0), ("情况说明", 70.0), ("文件", 28.0), ("单元格", 8.0)];
    let latest = &series.latest;
    let heading = format!("情况说明：{}，按指标", latest.period.chinese());
    let sheet = list_sheet(workbook, NOTES, &heading, &columns)?;
    let mut notes: Vec<_> =
        latest.used.iter().flat_map(|used| used.notes.iter().map(move |note| (note, used))).collect();
    notes.sort_by_key(|(note, used)| (note.indicator, used.city));
    if notes.is_empty() {
        put_nothing(sheet, 4, "各市都没有填写情况说明。")?;
    }
    for (row, (note, used)) in (LIST_ROW..).zip(notes) {
        let (label, cell) = (numbered(breakdown, note.indicator), note.cell.to_string());
        let cells = [label.as_str(), breakdown.city(used.city), &note.text, &used.file, &cell];
        put_row(sheet, row, &columns, cells, |column| centred_at(column, &[1, 4]))?;
    }
    Ok(())
}

/// A problem and the return that has it.
struct Line<'a> {
    city: CityId,
    file: &'a str,
    sheet: &'a str,
    problem: &'a Problem,
}

fn problems_of(one: &Consolidation) -> Vec<Line<'_>> {
    let used = one.used.iter().flat_map(|Used { city, file, sheet, problems, .. }| {
        problems.iter().map(move |problem| Line { city: *city, file, sheet, problem })
    });
    let own = |out: &&KeptOut| {
        let set_apart = matches!(
            out.why,
            Why::Duplicate { .. } | Why::NotPreferred { .. } | Why::NotChosen { .. } | Why::OfDistrict { .. }
        );
        out.period == one.period && !set_apart
    };
    let kept_out =
        one.kept_out.iter().filter(own).flat_map(|KeptOut { city, file, sheet, problems, .. }| {
            problems.iter().map(move |problem| Line { city: *city, file, sheet, problem })
        });
    let mut lines: Vec<Line<'_>> = used.chain(kept_out).collect();
    lines.sort_by(|a, b| (a.city, a.file, a.sheet).cmp(&(b.city, b.file, b.sheet)));
    lines
}

/// Every 错误 and 警示, by city; what was explained stands with its 情况说明.
pub(super) fn problems(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = [
        ("市", 9.0),
        ("报告期", 11.0),
        ("文件", 26.0),
        ("工作表", 13.0),
        ("位置", 10.0),
        ("级别", 7.0),
        ("规则", 7.0),
        ("问题和处理办法", 58.0),
        ("原文", 12.0),
        ("应为", 12.0),
        ("情况说明", 30.0),
    ];
    let sheet = list_sheet(workbook, PROBLEMS, "问题清单：各市报表中的错误和警示", &columns)?;
    let mut row = LIST_ROW;
    for one in series.periods() {
        let period = one.period.chinese();
        for Line { city, file, sheet: name, problem } in problems_of(one) {
            let (place, code) = (problem.address(), problem.code.to_string());
            let cells = [
                breakdown.city(city),
                &period,
                file,
                name,
                &place,
                problem.tier.chinese(),
                &code,
                &problem.message,
                &problem.found,
                problem.expected.as_deref().unwrap_or_default(),
                problem.answer.as_deref().unwrap_or_default(),
            ];
            let grave = problem.tier == Tier::Error;
            let format = |column: u16| match column {
                5 if grave => style::centred().set_bold(),
                _ => centred_at(column, &[0, 1, 4, 5, 6]),
            };
            put_row(sheet, row, &columns, cells, format)?;
            row += 1;
        }
    }
    if row == LIST_ROW {
        put_nothing(sheet, 10, "没有错误，也没有警示。")?;
    } else {
        sheet.autofilter(LIST_ROW - 1, 0, row - 1, 10)?;
    }
    Ok(())
}

/// City × period: where each return stands.
pub(super) fn board(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let periods: Vec<String> = series.periods().map(|one| one.period.chinese()).collect();
    let mut columns = vec![("市", 14.0)];
    columns.extend(periods.iter().map(|period| (period.as_str(), 13.0)));
    columns.push(("下一步", 40.0));
    let sheet = list_sheet(workbook, BOARD, "催报：各市各期报表到了哪一步", &columns)?;
    let last = super::column_number(periods.len()) + 1;
    for (row, (city, standings)) in (LIST_ROW..).zip(series.board()) {
        sheet.put(row, 0, breakdown.city(city), &style::text())?;
        for (column, standing) in (1u16..).zip(&standings) {
            let fill = match standing {
                Standing::Settled | Standing::Resubmitted => None,
                Standing::Unexplained => Some(style::CAUTION_FILL),
                Standing::Missing | Standing::SentBack | Standing::Disputed => Some(style::OWED_FILL),
            };
            let format = style::centred();
            let format = fill.into_iter().fold(format, |format, fill| format.set_background_color(fill));
            sheet.put(row, column, standing.chinese(), &format)?;
        }
        let todo: Vec<String> = periods
            .iter()
            .zip(&standings)
            .filter(|(_, standing)| !standing.todo().is_empty())
            .map(|(period, standing)| format!("{period}：{}", standing.todo()))
            .collect();
        let todo = todo.join("；");
        sheet.put(row, last, &todo, &style::text().set_align(FormatAlign::Left))?;
        sheet.set_row_height(row, style::row_height(std::iter::once((todo.as_str(), 40.0))))?;
    }
    Ok(())
}

fn centred_at(column: u16, centred: &[u16]) -> rust_xlsxwriter::Format {
    if centred.contains(&column) { style::centred() } else { style::text() }
}
