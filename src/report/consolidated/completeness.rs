//! 完整性: what became of every file that came in, and whether all adds up; 未计入: the figures that count nowhere.

use rust_xlsxwriter::Workbook;

use super::{COMPLETENESS, LEFT_OUT, LIST_ROW, ReportError, Words, list_sheet, numbered, put_row, style};
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, Series, Why, without_rules};

pub(super) fn write(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = [
        ("文件", 32.0),
        ("工作表", 16.0),
        ("市", 9.0),
        ("报告期", 11.0),
        ("处理", 9.0),
        ("原因", 48.0),
        ("文件指纹 SHA-256", 34.0),
    ];
    let sheet = list_sheet(workbook, COMPLETENESS, "完整性：收到的每份报表如何处理", &columns)?;
    let format = |column: u16| match column {
        2..=4 => style::centred(),
        6 => style::text().set_font_size(8),
        _ => style::text(),
    };
    let mut row = LIST_ROW;
    for one in series.periods() {
        for cells in fates(one, breakdown) {
            put_row(sheet, row, &columns, cells.each_ref().map(String::as_str), format)?;
            row += 1;
        }
    }
    for file in series.not_returns() {
        let hash = file.sha256.map(|hash| hash.to_string()).unwrap_or_default();
        put_row(sheet, row, &columns, [&file.file, "", "", "", "未采用", &file.why, &hash], format)?;
        row += 1;
    }
    for file in &series.latest.compared {
        let hash = file.sha256.map(|hash| hash.to_string()).unwrap_or_default();
        let why = "是汇总表，只用来与以前各期比对";
        put_row(sheet, row, &columns, [&file.file, "", "", "", "比对", why, &hash], format)?;
        row += 1;
    }
    row += 1;
    for line in
        series.periods().flat_map(|one| account(one, !series.earlier.is_empty())).chain(others(series))
    {
        sheet.put_across(row, (0, 6), &line, &style::line().set_text_wrap())?;
        sheet.set_row_height(row, style::row_height(std::iter::once((line.as_str(), 150.0))))?;
        row += 1;
    }
    Ok(())
}

/// What became of the returns of a period.
fn fates(one: &Consolidation, breakdown: &Breakdown) -> Vec<[String; 7]> {
    let line =
        |file: &str, sheet: &str, city: &str, period: String, what: &str, why: String, hash: String| {
            [file.to_owned(), sheet.to_owned(), city.to_owned(), period, what.to_owned(), why, hash]
        };
    let mut lines = Vec::new();
    for used in &one.used {
        let open = used.open_problems().count();
        let chosen = one.kept_out.iter().any(|out| {
            let instead = matches!(&out.why, Why::NotPreferred { of } if *of == used.file);
            instead && out.city == used.city && out.period == one.period
        });
        let why = [
            chosen.then(|| "同市同期报送了多份，按指定以此份为准".to_owned()),
            (open > 0).then(|| format!("含 {open} 处未说明的警示")),
            used.off.count(),
        ];
        let why = why.into_iter().flatten().collect::<Vec<_>>().join("；");
        let (city, period) = (breakdown.city(used.city), one.period.chinese());
        lines.push(line(&used.file, &used.sheet, city, period, "采用", why, used.sha256.to_string()));
    }
    for out in &one.kept_out {
        let why = out.why.rule().map_or(out.why.to_string(), |rule| format!("{} {}", rule.code, out.why));
        let why = std::iter::once(why).chain(out.off.count()).collect::<Vec<_>>().join("；");
        let (city, period) = (breakdown.city(out.city), out.period.chinese());
        lines.push(line(&out.file, &out.sheet, city, period, out.why.fate(), why, out.sha256.to_string()));
    }
    for city in &one.missing {
        let (city, period) = (breakdown.city(*city), one.period.chinese());
        lines.push(line("（无）", "", city, period, "缺报", "没有报送，请催报".to_owned(), String::new()));
    }
    lines
}

/// Whether all adds up, and what was noticed.
fn account(one: &Consolidation, several: bool) -> Vec<String> {
    let account = one.account;
    let period = if several { format!("{}：", one.period.chinese()) } else { String::new() };
    let mut lines = vec![
        format!(
            "{period}报表收到 {} 份，采用 {} 份，未采用 {} 份。",
            account.returns, account.used, account.kept_out
        ),
        format!(
            "{period}数字收到 {} 个，采用 {} 个，采用的报表中未计入 {} 个，未采用的报表中 {} 个。",
            account.cells, account.cells_used, account.cells_left_out, account.cells_kept_out
        ),
    ];
    lines.extend(without_rules(one.rules_off()).map(|line| format!("{period}{line}")));
    lines.extend(
        one.remarks
            .iter()
            .map(|remark| format!("{period}[{} {}] {}", remark.code, remark.tier.chinese(), remark.message)),
    );
    lines
}

fn others(series: &Series) -> Vec<String> {
    let others = series.not_returns().len();
    let mut lines = Vec::new();
    if others > 0 {
        lines.push(format!("另有 {others} 个文件不能当作进展情况表汇总，原因见上。"));
    }
    lines.push("原文件没有改动。".to_owned());
    lines
}

/// The figures of used returns that count nowhere.
pub(super) fn left_out(
    workbook: &mut Workbook,
    series: &Series,
    breakdown: &Breakdown,
) -> Result<(), ReportError> {
    let columns = [
        ("文件", 32.0),
        ("工作表", 16.0),
        ("单元格", 9.0),
        ("市", 9.0),
        ("报告期", 11.0),
        ("指标", 38.0),
        ("原文", 12.0),
        ("原因", 40.0),
    ];
    let sheet = list_sheet(workbook, LEFT_OUT, "未计入：采用的报表中没有计入汇总的内容", &columns)?;
    let format = |column: u16| if matches!(column, 2..=4) { style::centred() } else { style::text() };
    let mut row = LIST_ROW;
    for one in series.periods() {
        for left in &one.left_out {
            let (cell, why, period) = (left.cell.to_string(), left.why.to_string(), one.period.chinese());
            let label = numbered(breakdown, left.indicator);
            let city = breakdown.city(left.city);
            let cells = [left.file.as_str(), &left.sheet, &cell, city, &period, &label, &left.raw, &why];
            put_row(sheet, row, &columns, cells, format)?;
            row += 1;
        }
    }
    Ok(())
}
