//! The text cases of `fixtures/rules`: small sheets and the findings they must give, readable by a statistician.
//!
//! A file is named after its rule. A case starts with `## 名称`, names a base sheet (基表：), changes cells (改：), and
//! lists every open finding (发现：, one a line as `- Q002 C5 → 600 稳妥`, or 无) and what is folded (折叠：).
//! After every case the laws of fixes hold too: with all safe fixes made, nothing safe is left and no new 错误 stands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

use indicator_companion::audit::{Audit, Check, Finding, Input, Reported, Tier, audit, unreadable};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Certainty, Edit, NewValue, apply};
use indicator_companion::job::{self, Apply};
use indicator_companion::model::{
    Cell, CellRef, Format, Grid, NumberFormat, Range, ReadRemark, Sheet, Span, Unreadable, Value, Visibility,
    Workbook, parse_column,
};
use indicator_companion::rules::{RULES, by_code};

struct Case {
    name: String,
    workbook: Workbook,
    file_name: String,
    previous: Option<Workbook>,
    unreadable: Option<Unreadable>,
    findings: Vec<String>,
    folded: Vec<String>,
    after: Vec<(CellRef, String)>,
    fix_all: bool,
}

fn at(row: usize, column: usize) -> CellRef {
    CellRef::new(u32::try_from(row).unwrap(), u32::try_from(column).unwrap())
}

fn workbook(sheet: Sheet) -> Workbook {
    Workbook { format: Format::Xlsx, sheets: vec![sheet], date_1904: false, remarks: Vec::new() }
}

/// A valid sheet to start from.
fn base(name: &str) -> Sheet {
    let breakdown = Breakdown::official();
    let mut cells: Vec<(CellRef, Cell)> = Vec::new();
    let mut put = |at: CellRef, value: Value| cells.push((at, Cell::new(value)));
    let plain = |number: indicator_companion::model::Decimal| number.to_string().parse::<f64>().unwrap();
    match name {
        "分解表" | "分解表（纯数字）" | "分解表（带合计）" => {
            for (row, title) in
                ["附件", "成德绵国家科技成果转移转化示范区", "建设指标分解表"].into_iter().enumerate()
            {
                put(at(row, 0), title.into());
            }
            for (column, caption) in
                ["序号", "指标内容", "成都市", "绵阳市", "德阳市"].into_iter().enumerate()
            {
                put(at(3, column), caption.into());
            }
            for (i, indicator) in breakdown.indicators.iter().enumerate() {
                put(at(i + 4, 0), Value::Number(f64::from(indicator.number)));
                put(at(i + 4, 1), indicator.label.as_str().into());
                if name == "分解表（带合计）" {
                    put(at(3, 5), "合计".into());
                    put(at(i + 4, 5), Value::Number(plain(indicator.total)));
                }
                for (j, target) in indicator.targets.iter().enumerate() {
                    put(
                        at(i + 4, j + 2),
                        match target {
                            None => "/".into(),
                            Some(target) if name == "分解表" => {
                                format!("{target}{}", indicator.unit).as_str().into()
                            }
                            Some(target) => Value::Number(plain(*target)),
                        },
                    );
                }
            }
        }
        "成都市进展" | "绵阳市进展" | "德阳市进展" | "绵阳市上期" => {
            let city = breakdown.cities.iter().position(|city| name.starts_with(city.as_str())).unwrap();
            let first = name.ends_with("上期");
            put(at(0, 0), "成德绵国家科技成果转移转化示范区建设指标进展情况表".into());
            put(at(1, 0), format!("填报单位：{}科技局", breakdown.cities[city]).as_str().into());
            put(
                at(1, 6),
                if first {
                    "报告期：2018年12月底".into()
                } else {
                    "报告期：2019年6月底".into()
                },
            );
            let captions = [
                "序号",
                "指标内容",
                "计量单位",
                "目标值",
                "上期累计完成",
                "本期累计完成",
                "完成率",
                "情况说明",
            ];
            for (column, caption) in captions.into_iter().enumerate() {
                put(at(2, column), caption.into());
            }
            for (i, indicator) in breakdown.indicators.iter().enumerate() {
                put(at(i + 3, 0), Value::Number(f64::from(indicator.number)));
                put(at(i + 3, 1), indicator.label.as_str().into());
                put(at(i + 3, 2), indicator.unit.as_str().into());
                match indicator.targets[city] {
                    None => (3..7).for_each(|column| put(at(i + 3, column), "/".into())),
                    Some(target) => {
                        let target = plain(target);
                        let before = (target * 0.4).floor();
                        let now = if first { before } else { (target * 0.6).floor() };
                        put(at(i + 3, 3), Value::Number(target));
                        if !first {
                            put(at(i + 3, 4), Value::Number(before));
                        }
                        put(at(i + 3, 5), Value::Number(now));
                        put(at(i + 3, 6), Value::Number(now / target));
                    }
                }
            }
            put(at(13, 0), "填表人：".into());
            for (place, cell) in &mut cells {
                if place.column == 6 && place.row > 2 {
                    cell.number_format = NumberFormat::new("0.0%");
                }
            }
        }
        "空表" => {}
        other => panic!("unknown base sheet {other}"),
    }
    Sheet { name: "Sheet1".to_owned(), grid: Grid::from_cells(cells), ..Sheet::default() }
}

/// `"六百"` is text, `600` a number, `空` nothing, `#REF!` an error, `=F5/D5` a formula, `899.6 显示 0` a number
/// with a format, `"=1+1" 显示 @` a text with one.
fn put(sheet: &mut Sheet, place: CellRef, text: &str) {
    if text == "空" {
        sheet.grid.remove(place);
        return;
    }
    let number_format = sheet.grid.get(place).map(|cell| cell.number_format.clone()).unwrap_or_default();
    let mut cell = Cell { number_format, ..Cell::default() };
    if let Some(quoted) = text.strip_prefix('"') {
        let (quoted, format) = quoted
            .split_once("\" 显示 ")
            .map_or((quoted.strip_suffix('"'), None), |(text, code)| (Some(text), Some(code)));
        cell.value = unescape(quoted.expect("a closing quote")).as_str().into();
        cell.number_format = format.map_or(cell.number_format, NumberFormat::new);
    } else if text.starts_with('#') {
        cell.value = Value::Error(text.into());
    } else if let Some(formula) = text.strip_prefix('=') {
        cell.formula = Some(formula.into());
    } else if let Some((number, format)) = text.split_once(" 显示 ") {
        cell.value = Value::Number(number.parse().unwrap());
        cell.number_format = NumberFormat::new(format);
    } else {
        cell.value = Value::Number(text.parse().unwrap_or_else(|_| panic!("not a value: {text}")));
    }
    sheet.grid.set(place, cell);
}

/// `{200B}` stands for U+200B.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (hex, tail) = after.split_once('}').expect("a closing brace");
        out.push_str(before);
        out.push(char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap());
        rest = tail;
    }
    out + rest
}

fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_folded = false;
    let mut table_row = 0;
    for line in text.lines().map(str::trim_end) {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push(Case {
                name: name.to_owned(),
                workbook: workbook(base("空表")),
                file_name: "表.xlsx".to_owned(),
                previous: None,
                unreadable: None,
                findings: Vec::new(),
                folded: Vec::new(),
                after: Vec::new(),
                fix_all: false,
            });
            (in_folded, table_row) = (false, 0);
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(item) = line.strip_prefix("- ") {
            if in_folded { case.folded.push(item.to_owned()) } else { case.findings.push(item.to_owned()) }
        } else if line.starts_with('|') {
            if line.chars().any(char::is_alphanumeric) {
                for (column, text) in line.trim_matches('|').split('|').map(str::trim).enumerate() {
                    if !text.is_empty() {
                        let value = text.parse().map_or_else(|_| text.into(), Value::Number);
                        case.workbook.sheets[0].grid.set(at(table_row, column), Cell::new(value));
                    }
                }
                table_row += 1;
            }
        } else if line == "全部采用" {
            case.fix_all = true;
        } else if let Some((verb, what)) = line.split_once('：') {
            match verb {
                "发现" => in_folded = false,
                "折叠" => in_folded = true,
                _ => prepare(case, verb, what),
            }
        }
    }
    cases
}

fn prepare(case: &mut Case, verb: &str, what: &str) {
    let sheet = &mut case.workbook.sheets[0];
    let assignment = || {
        let (address, value) = what.split_once(" = ").unwrap_or_else(|| panic!("not a change: {what}"));
        (address.parse::<CellRef>().unwrap(), value)
    };
    match verb {
        "基表" => *sheet = base(what),
        "文件名" => case.file_name = what.to_owned(),
        "上期" => case.previous = Some(workbook(base(what))),
        "改" => {
            let (place, value) = assignment();
            put(sheet, place, value);
        }
        "改后" => {
            let (place, value) = assignment();
            case.after.push((place, value.to_owned()));
        }
        "换" => {
            let (a, b) = what.split_once(" ⇄ ").unwrap();
            let (a, b): (Range, Range) = (a.parse().unwrap(), b.parse().unwrap());
            for row in a.start.row..=a.end.row {
                let (x, y) = (CellRef::new(row, a.start.column), CellRef::new(row, b.start.column));
                let (left, right) = (
                    sheet.grid.get(x).cloned().unwrap_or_default(),
                    sheet.grid.get(y).cloned().unwrap_or_default(),
                );
                sheet.grid.set(x, right);
                sheet.grid.set(y, left);
            }
        }
        "移" => {
            let (from, to) = what.split_once(" → ").unwrap();
            let (from, to): (Range, CellRef) = (from.parse().unwrap(), to.parse().unwrap());
            let mut taken = Vec::new();
            for row in from.start.row..=from.end.row {
                for column in from.start.column..=from.end.column {
                    taken.push((
                        CellRef::new(row - from.start.row + to.row, column - from.start.column + to.column),
                        sheet.grid.remove(CellRef::new(row, column)),
                    ));
                }
            }
            for (place, cell) in taken {
                sheet.grid.set(place, cell.unwrap_or_default());
            }
        }
        "转置" => {
            let area: Range = what.parse().unwrap();
            let cells: Vec<(CellRef, Cell)> = sheet
                .grid
                .cells()
                .filter(|(place, _)| area.contains(*place))
                .map(|(place, cell)| (place, cell.clone()))
                .collect();
            for (place, _) in &cells {
                sheet.grid.remove(*place);
            }
            for (place, cell) in cells {
                let turned = CellRef::new(
                    area.start.row + place.column - area.start.column,
                    area.start.column + place.row - area.start.row,
                );
                sheet.grid.set(turned, cell);
            }
        }
        "合并" => sheet.merges.push(what.parse().unwrap()),
        // 8:9 – row 8 has 9 fields, all others one less.
        "字段" => {
            let (row, count) = what.split_once(':').unwrap();
            let (row, count): (usize, u32) = (row.parse().unwrap(), count.parse().unwrap());
            sheet.field_counts = vec![count - 1; 40];
            sheet.field_counts[row - 1] = count;
        }
        "隐藏行" => {
            let row = what.parse::<u32>().unwrap() - 1;
            sheet.hidden_rows.push(Span { first: row, last: row });
        }
        "隐藏列" => {
            let column = parse_column(what).unwrap();
            sheet.hidden_columns.push(Span { first: column, last: column });
        }
        "删行" => sheet.grid.remove_row(what.parse::<u32>().unwrap() - 1),
        "文件" => match what {
            "密码" => case.unreadable = Some(Unreadable::Password),
            "损坏" => {
                case.unreadable =
                    Some(Unreadable::Damaged { part: "压缩包".to_owned(), detail: "不完整".to_owned() })
            }
            "不是表格" => {
                case.unreadable = Some(Unreadable::NotSpreadsheet { kind: "Word 文档".to_owned() })
            }
            "过大" => {
                case.unreadable = Some(Unreadable::TooLarge {
                    what: "单元格过多".to_owned(),
                    limit: "一千万".to_owned(),
                })
            }
            "1904" => case.workbook.date_1904 = true,
            "文本文件" => case.workbook.format = Format::Text,
            "带宏" => case.workbook.remarks.push(ReadRemark::Macros),
            "有保护" => {
                case.workbook.remarks.push(ReadRemark::Protected { workbook: false, sheets: vec![0] })
            }
            "有签名" => case.workbook.remarks.push(ReadRemark::Signed),
            "网页" => case
                .workbook
                .remarks
                .push(ReadRemark::OtherThanExtension { extension: "xls".to_owned(), format: Format::Html }),
            "文本" => {
                case.workbook.remarks.push(ReadRemark::TextAssumed { encoding: "GB18030", separator: ',' })
            }
            "外部引用" => case
                .workbook
                .remarks
                .push(ReadRemark::ExternalLinks { cells: vec![(0, "C5".parse().unwrap())] }),
            "深度隐藏" => case.workbook.sheets.push(Sheet {
                name: "底稿".to_owned(),
                visibility: Visibility::VeryHidden,
                ..Sheet::default()
            }),
            "又一张" => {
                let copy = Sheet { name: "副本".to_owned(), ..sheet.clone() };
                case.workbook.sheets.push(copy);
            }
            "另有样表" => {
                let copy = Sheet { name: "填写示例".to_owned(), ..sheet.clone() };
                case.workbook.sheets.push(copy);
            }
            // The indicators under captions that say nothing of them.
            "另有认不出的表" => {
                let labels = sheet
                    .grid
                    .cells()
                    .filter(|(at, _)| at.column <= 1 && at.row > 3)
                    .map(|(at, cell)| (at, cell.clone()));
                let mut cells: Vec<(CellRef, Cell)> = labels.collect();
                for (column, caption) in ["序号", "指标内容", "备注"].into_iter().enumerate() {
                    cells.push((at(3, column), Cell::new(caption.into())));
                }
                case.workbook.sheets.push(Sheet {
                    name: "另表".to_owned(),
                    grid: Grid::from_cells(cells),
                    ..Sheet::default()
                });
            }
            other => panic!("unknown file state {other}"),
        },
        other => panic!("unknown line {other}：{what}"),
    }
}

fn said(finding: &Finding) -> String {
    let place = finding.range.map_or("全表".to_owned(), |range| range.to_string());
    let expected = finding.expected.as_ref().map(|expected| format!(" → {expected}")).unwrap_or_default();
    let sure = match finding.fix.as_ref().map(|fix| fix.certainty) {
        Some(Certainty::Safe) => " 稳妥",
        Some(Certainty::Consent) => " 需确认",
        None => "",
    };
    format!("{} {place}{expected}{sure}", finding.code)
}

fn audited(case: &Case) -> (Option<Audit>, Vec<Finding>) {
    if let Some(reason) = &case.unreadable {
        return (None, unreadable(reason, RULES));
    }
    let result = audit_of(case, &case.workbook);
    let findings = result.findings.clone();
    (Some(result), findings)
}

fn audit_of(case: &Case, workbook: &Workbook) -> Audit {
    let breakdown = Breakdown::official();
    let previous: Vec<Reported> = case
        .previous
        .iter()
        .map(|earlier| {
            let result =
                audit(Input { workbook: earlier, file_name: "上期.xlsx", breakdown, previous: &[] }, RULES);
            job::reports("上期.xlsx", earlier, &result, breakdown)
                .pop()
                .expect("a return of the period before")
        })
        .collect();
    audit(Input { workbook, file_name: &case.file_name, breakdown, previous: &previous }, RULES)
}

#[test]
fn every_case_gives_its_findings() {
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    let mut paths: Vec<_> =
        std::fs::read_dir("fixtures/rules").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let code = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(by_code(&code).is_some(), "{code} is no rule");
        let cases = parse(&std::fs::read_to_string(path).unwrap());
        let mentions =
            |case: &Case| case.findings.iter().chain(&case.folded).any(|line| line.starts_with(&code));
        assert!(cases.iter().any(mentions), "{code}: no case gives the finding");
        assert!(cases.iter().any(|case| !mentions(case)), "{code}: no valid twin");
        for case in &cases {
            let (result, findings) = audited(case);
            let open: Vec<String> =
                findings.iter().filter(|finding| finding.caused_by.is_none()).map(said).collect();
            if open != case.findings {
                wrong.push(format!("{code} {}\n  应有 {:?}\n  实有 {open:?}", case.name, case.findings));
            }
            for expected in &case.folded {
                if !findings.iter().any(|finding| finding.caused_by.is_some() && finding.code.0 == expected) {
                    wrong.push(format!("{code} {}: {expected} 没有折叠", case.name));
                }
            }
            if let Some(before) = result {
                wrong.extend(
                    laws(case, &before).into_iter().map(|law| format!("{code} {}: {law}", case.name)),
                );
            }
        }
        seen.push(code);
    }
    // What only a consolidation finds is tested there.
    for rule in RULES.iter().filter(|rule| !matches!(rule.check, Check::Consolidation)) {
        assert!(seen.iter().any(|code| code == rule.code.0), "{} has no cases in fixtures/rules", rule.code);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All safe fixes leave nothing safe and no new 错误; all proposals leave nothing to propose; the named cells are right.
fn laws(case: &Case, before: &Audit) -> Vec<String> {
    let mut broken = Vec::new();
    for kind in [Apply::Safe, Apply::All] {
        let mut corrected = case.workbook.clone();
        let mut emptied = 0;
        // With an earlier return the plan is made without it: its proposals are those of the sheet alone.
        for change in job::plan_changes(&case.file_name, &case.workbook, Breakdown::official(), &[], kind) {
            assert!(
                !change.reason.is_empty() && !change.source.is_empty(),
                "a change without its reason or source"
            );
            if kind == Apply::Safe && matches!(change.edit, Edit::Set { value: NewValue::Blank, .. }) {
                broken.push("稳妥修改清空了单元格".to_owned());
            }
            emptied += usize::from(matches!(change.edit, Edit::Set { value: NewValue::Blank, .. }));
            apply(&mut corrected, &change.edit);
        }
        let after = audit(
            Input {
                workbook: &corrected,
                file_name: &case.file_name,
                breakdown: Breakdown::official(),
                previous: &[],
            },
            RULES,
        );
        let left = after
            .findings
            .iter()
            .filter(|finding| finding.caused_by.is_none())
            .filter_map(|finding| finding.fix.as_ref());
        if left.into_iter().any(|fix| kind == Apply::All || fix.certainty == Certainty::Safe) {
            broken.push(format!(
                "{kind:?} 之后还有可采用的修改：{:?}",
                after.findings.iter().map(said).collect::<Vec<_>>()
            ));
        }
        // A value that an accident pushed out is blank after its undoing, and due.
        if after.count(Tier::Error) > before.count(Tier::Error) + emptied {
            broken.push(format!(
                "{kind:?} 之后错误变多：{:?}",
                after.findings.iter().map(said).collect::<Vec<_>>()
            ));
        }
        if (kind == Apply::All) == case.fix_all {
            for (place, expected) in &case.after {
                let mut due = Sheet::default();
                put(&mut due, *place, expected);
                let due = due.grid.get(*place).cloned().unwrap_or_default();
                let found = corrected.sheets[0].grid.get(*place).cloned().unwrap_or_default();
                if found.value != due.value || found.formula != due.formula {
                    broken.push(format!(
                        "改后 {place} 应为 {expected}，实为 {:?} {:?}",
                        found.value, found.formula
                    ));
                }
            }
        }
    }
    broken
}
