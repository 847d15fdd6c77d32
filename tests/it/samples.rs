//! Workbooks of other producers give exactly the findings that `fixtures/workbooks/samples/expected.json` lists.

use std::collections::BTreeMap;

use indicator_companion::audit::{Checked, Reported};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::job::{check, reports};
use indicator_companion::reading::Limits;
use indicator_companion::report;
use serde_json::Value as Json;

const FOLDER: &str = "fixtures/workbooks/samples";

fn expected() -> BTreeMap<String, Json> {
    serde_json::from_str(&std::fs::read_to_string(format!("{FOLDER}/expected.json")).unwrap()).unwrap()
}

fn checked(name: &str, previous: &[Reported]) -> Checked {
    let bytes = std::fs::read(format!("{FOLDER}/{name}")).unwrap();
    check(name, &bytes, Breakdown::official(), previous, &Limits::default())
}

/// The command line's own JSON, so that the contract is what is compared.
fn object(name: &str, previous: &[Reported]) -> Json {
    serde_json::from_str(&report::json::write(name, &checked(name, previous), Breakdown::official())).unwrap()
}

/// Findings that need the return of the period before.
const WITH_PREVIOUS: [&str; 1] = ["P009"];

/// All findings of a file's object, those of its first table before the file's own.
fn findings(found: &Json) -> Vec<&Json> {
    let own = found["findings"].as_array().unwrap();
    let tables = found["tables"].as_array().unwrap();
    own.iter().chain(tables.iter().flat_map(|table| table["findings"].as_array().unwrap())).collect()
}

fn compare(name: &str, due: &Json, found: &Json, with_previous: bool, wrong: &mut Vec<String>) {
    for key in ["form", "city", "period"] {
        if due.get(key).is_some_and(|value| *value != found["tables"][0][key]) {
            wrong.push(format!("{name}: {key} 应为 {}，实为 {}", due[key], found["tables"][0][key]));
        }
    }
    let open: Vec<&Json> =
        findings(found).into_iter().filter(|finding| finding["caused_by"].is_null()).collect();
    let faults: Vec<&Json> = due["faults"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|fault| with_previous || !WITH_PREVIOUS.contains(&fault["code"].as_str().unwrap()))
        .collect();
    for fault in &faults {
        let hit = open.iter().find(|finding| {
            finding["code"] == fault["code"] && (fault["cell"].is_null() || finding["cell"] == fault["cell"])
        });
        match hit {
            None => wrong.push(format!("{name}: 缺 {} {}", fault["code"], fault["cell"])),
            Some(finding)
                if fault.get("expected").is_some_and(|expected| *expected != finding["expected"]) =>
            {
                wrong.push(format!(
                    "{name}: {} {} 应为 {}，实为 {}",
                    fault["code"], fault["cell"], fault["expected"], finding["expected"]
                ));
            }
            Some(_) => {}
        }
    }
    for finding in open.iter().filter(|finding| finding["tier"] != "提示") {
        if !faults.iter().any(|fault| {
            fault["code"] == finding["code"] && (fault["cell"].is_null() || fault["cell"] == finding["cell"])
        }) {
            wrong
                .push(format!("{name}: 多出 {} {} {}", finding["code"], finding["cell"], finding["message"]));
        }
    }
}

#[test]
fn every_workbook_gives_its_findings() {
    let mut wrong = Vec::new();
    let all = expected();
    assert!(all.len() >= 19, "expected.json is thin");
    for (name, due) in &all {
        compare(name, due, &object(name, &[]), false, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the other producers' fixtures are: valid sheets, whatever the format and the layout.
#[test]
fn valid_sheets_of_every_producer_raise_no_alarm() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for folder in ["openpyxl", "libreoffice", "exceljs", "xlwt", "sheetjs", "text"] {
        for entry in std::fs::read_dir(format!("fixtures/workbooks/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // These hold no form that a unit fills in.
            if ["两行表头", "外部链接", "1904", "样式"].iter().any(|part| name.contains(part)) {
                continue;
            }
            let found: Json = serde_json::from_str(&report::json::write(
                &name,
                &check(&name, &std::fs::read(&path).unwrap(), Breakdown::official(), &[], &Limits::default()),
                Breakdown::official(),
            ))
            .unwrap();
            let form = if name.starts_with("成都市") || name.starts_with("两张表") {
                "progress"
            } else {
                "breakdown"
            };
            count += 1;
            // Some were made with rows and columns hidden in the table: that is said, and nothing else.
            let hidden = |finding: &&Json| {
                finding["code"] == "T014"
                    && (name.contains("隐藏")
                        || folder == "exceljs"
                        || folder == "xlwt"
                        || folder == "sheetjs")
            };
            let alarms = findings(&found)
                .into_iter()
                .filter(|finding| finding["tier"] != "提示" && !hidden(finding))
                .count();
            if found["tables"][0]["form"] != form || alarms != 0 {
                wrong.push(format!("{folder}/{name}: {} {:?}", found["tables"][0]["form"], findings(&found)));
            }
        }
    }
    assert!(count >= 25, "{count} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_period_before_is_found_by_city_and_period() {
    let breakdown = Breakdown::official();
    let earlier: Vec<Reported> =
        ["成都市-2018年12月.xlsx", "绵阳市-2018年12月.xlsx", "德阳市-2018年12月.xlsx"]
            .iter()
            .map(|name| {
                let checked = checked(name, &[]);
                let (workbook, audit) = checked.content.as_ref().expect("readable");
                reports(name, workbook, audit, breakdown).pop().expect("city and period")
            })
            .collect();
    let mut wrong = Vec::new();
    let all = expected();
    for name in ["成都市-2019年6月.xlsx", "德阳市-2019年6月.xls"] {
        compare(name, &all[name], &object(name, &earlier), true, &mut wrong);
    }
    let mut due = all["绵阳市-2019年6月.xlsx"].clone();
    due["faults"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({"code": "P009", "cell": "E6", "expected": "0"}));
    compare("绵阳市-2019年6月.xlsx", &due, &object("绵阳市-2019年6月.xlsx", &earlier), true, &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
