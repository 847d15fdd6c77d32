//! The findings of a file, and what another breakdown changes, as text for a terminal.

use crate::audit::noted::Noted;
use crate::audit::{Checked, Finding, Group, Since, Tier, groups};
use crate::breakdown::{Breakdown, Change, Remark};
use crate::fixes::Certainty;
use crate::layout;
use crate::model::Workbook;
use crate::rules::by_code;

/// How findings of one kind in one column are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// One line for all of them.
    Grouped,
    Each,
}

/// Several lines: a head with the counts, then of each table its findings, a line each, folded ones indented under
/// their cause, several of a kind in one column as one.
pub fn write(file: &str, checked: &Checked, listing: Listing) -> String {
    let mut out = format!("{file}\n");
    let content = checked.content.as_ref().ok();
    let tables: Vec<String> = content
        .into_iter()
        .flat_map(|(workbook, audit)| audit.tables().map(move |table| (workbook, table)))
        .map(|(workbook, table)| {
            let sheet = workbook.sheets.get(table.sheet).map_or("", |sheet| sheet.name.as_str());
            format!("  {}  工作表“{sheet}” {}\n", form(table.form.name()), table.range)
        })
        .collect();
    if let [only] = tables.as_slice() {
        out.push_str(only);
    }
    let findings = checked.findings();
    let place = |finding: &Finding| place(content.map(|(workbook, _)| workbook), finding);
    let groups = if listing == Listing::Grouped { groups(findings) } else { Vec::new() };
    let (errors, warnings) = (checked.count(Tier::Error), checked.count(Tier::Warning));
    let answered = checked.answered();
    let but = checked.off().count().map(|off| format!("，但{off}")).unwrap_or_default();
    if errors + warnings == 0 && answered > 0 {
        out.push_str(&format!("  没有要改的问题，警示都已写情况说明{but}。数据真实性仍由填报单位负责。\n"));
    } else if errors + warnings == 0 && content.is_some() {
        out.push_str(&format!(
            "  未发现问题{but}。审核通过只说明填写规范、与分解表一致，数据真实性仍由填报单位负责。\n"
        ));
    }
    out.extend(checked.off().sentence().map(|sentence| format!("  {sentence}\n")));
    out.push_str(&format!("  {}\n", counts(checked)));
    if tables.len() > 1 {
        list(&mut out, findings, &groups, &place, |finding| finding.table.is_none());
        for (index, head) in tables.iter().enumerate() {
            out.push_str(head);
            list(&mut out, findings, &groups, &place, |finding| finding.table == Some(index));
        }
    } else {
        list(&mut out, findings, &groups, &place, |_| true);
    }
    if !groups.is_empty() {
        out.push_str("  同一列的同类问题合为一行；逐条列出请加 --details。\n");
    }
    out
}

/// The address, and in a document what a reader finds it by: ` F4（表 1 第 3 行第 6 列）`.
fn place(workbook: Option<&Workbook>, finding: &Finding) -> String {
    let Some(range) = finding.range else { return String::new() };
    let sheet = finding.sheet.zip(workbook).and_then(|(sheet, workbook)| workbook.sheets.get(sheet));
    match sheet.and_then(|sheet| Some((&sheet.name, sheet.place_in_document(range)?))) {
        Some((name, place)) => format!(" {range}（{name} {place}）"),
        None => format!(" {range}"),
    }
}

fn list(
    out: &mut String,
    findings: &[Finding],
    groups: &[Group],
    place: &dyn Fn(&Finding) -> String,
    wanted: impl Fn(&Finding) -> bool,
) {
    for finding in findings.iter().filter(|finding| finding.caused_by.is_none() && wanted(finding)) {
        let group = groups.iter().find(|group| group.ids.contains(&finding.id));
        match group {
            None => out.push_str(&line(finding, &place(finding), "  ")),
            Some(group) if group.ids.first() == Some(&finding.id) => out.push_str(&together(group, finding)),
            Some(_) => {}
        }
        let folded: Vec<&Finding> =
            findings.iter().filter(|other| other.caused_by == Some(finding.id)).collect();
        if !folded.is_empty() {
            // Of a group it has to be said which one of them they come from.
            let cause = if group.is_some() { finding.range } else { None };
            let cause = cause.map_or_else(|| "由此".to_owned(), |range| format!("由 {range} "));
            out.push_str(&format!("      {cause}引起 {} 处：\n", folded.len()));
            for finding in folded {
                out.push_str(&line(finding, &place(finding), "        "));
            }
        }
    }
}

/// One line for all of a group, with what is said of the first one.
fn together(group: &Group, first: &Finding) -> String {
    let title = by_code(first.code.0).map_or("", |rule| rule.title);
    let place = first.range.map(|range| range.to_string()).unwrap_or_default();
    format!(
        "  {} {}  {title} {} 处：{}。如 {place}：{}{}\n",
        first.tier.chinese(),
        first.code,
        group.ids.len(),
        group.places(),
        first.message,
        offer(first)
    )
}

/// What was understood of each table: a line a column and a row.
pub fn understood(checked: &Checked, breakdown: &Breakdown) -> String {
    let mut out = String::new();
    if let Ok((workbook, audit)) = &checked.content {
        for table in audit.tables() {
            let Some(sheet) = workbook.sheets.get(table.sheet) else { continue };
            out.push_str(&format!(
                "  识别：{}  工作表“{}” {}\n",
                form(table.form.name()),
                sheet.name,
                table.range
            ));
            let read = layout::understood(sheet, table, breakdown);
            if read.columns.is_empty() {
                out.push_str("    表不是官方的排法，各列各行按重排后的样子审核\n");
            }
            for column in read.columns {
                let role = column.role.unwrap_or_else(|| "不看".to_owned());
                out.push_str(&format!(
                    "    {} 列“{}” → {role}：{}\n",
                    column.letter,
                    column.caption,
                    column.why.join("；")
                ));
            }
            for row in read.rows {
                out.push_str(&format!("    第 {} 行“{}” → {}：{}\n", row.row, row.label, row.kind, row.why));
            }
        }
    }
    out
}

/// One line: what another breakdown is and how far it is from the official one.
pub fn breakdown_head(name: &str, breakdown: &Breakdown, changes: &[Change]) -> String {
    let difference = match changes.len() {
        0 => "与官方分解表相同".to_owned(),
        count => format!("与官方分解表有 {count} 处不同"),
    };
    let (cities, indicators) = (breakdown.cities.len(), breakdown.indicators.len());
    format!(
        "分解表 {name}：{cities} 个市，{indicators} 项指标，{difference}。指纹（SHA-256）{}\n",
        breakdown.fingerprint
    )
}

/// The head, what was taken for granted, and a difference a line.
pub fn breakdown(name: &str, breakdown: &Breakdown, remarks: &[Remark], changes: &[Change]) -> String {
    let mut out = breakdown_head(name, breakdown, changes);
    for remark in remarks {
        out.push_str(&format!("  注意：{remark}\n"));
    }
    for change in changes {
        out.push_str(&format!("  {change}\n"));
    }
    out
}

/// 整改对账: what has become of earlier findings, a line each.
pub fn since(earlier: &str, since: &Since) -> String {
    let (fixed, left, new) = (since.fixed.len(), since.left.len(), since.new.len());
    let mut out = format!("  整改对账（对照 {earlier}）：已改 {fixed}，未改 {left}，新出现 {new}\n");
    let mut put = |state: &str, noted: &Noted| {
        let cell = noted.cell.as_ref().map(|cell| format!(" {cell}")).unwrap_or_default();
        let tier = noted.tier.map_or("", Tier::chinese);
        out.push_str(&format!("    {state}  {tier} {}{cell}  {}\n", noted.code, noted.message));
    };
    since.fixed.iter().for_each(|noted| put("已改", noted));
    for left in &since.left {
        put(if left.answer.is_some() { "未改，已说明" } else { "未改" }, &left.earlier);
    }
    since.new.iter().for_each(|noted| put("新出现", noted));
    out
}

/// 错误 1，警示 2，提示 0，已说明 1，关了 1 条规则; the last two only where there is one.
pub fn counts(checked: &Checked) -> String {
    let tiers = [Tier::Error, Tier::Warning, Tier::Notice]
        .map(|tier| format!("{} {}", tier.chinese(), checked.count(tier)));
    let answered = checked.answered();
    let answered = (answered > 0).then(|| format!("已说明 {answered}"));
    tiers.into_iter().chain(answered).chain(checked.off().count()).collect::<Vec<_>>().join("，")
}

fn line(finding: &Finding, place: &str, indent: &str) -> String {
    let fix = offer(finding);
    let answer = finding.answer.as_ref().map(|answer| format!("〔已说明：{answer}〕")).unwrap_or_default();
    format!("{indent}{} {}{place}  {}{fix}{answer}\n", finding.tier.chinese(), finding.code, finding.message)
}

fn offer(finding: &Finding) -> &'static str {
    match finding.fix.as_ref().map(|fix| fix.certainty) {
        Some(Certainty::Safe) => "〔可直接改〕",
        Some(Certainty::Consent) => "〔确认后改〕",
        None => "",
    }
}

fn form(name: &str) -> &'static str {
    match name {
        "progress" => "进展情况表",
        "summary" => "汇总表",
        _ => "分解表",
    }
}
