//! What a lead office does with many returns on the command line: forms out, returns in, lists back, one workbook.

use std::io::Cursor;
use std::path::Path;

use serde_json::Value as Json;

use crate::cli::{code, companion, err, folder, objects, out, sample};

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// Runs it, and holds it to an exit code.
fn ends(arguments: &[&str], with: i32) -> String {
    let output = companion(arguments);
    assert_eq!(code(&output), with, "{arguments:?}\n{}{}", out(&output), err(&output));
    out(&output) + &err(&output)
}

#[test]
fn the_forms_of_all_cities_and_periods_are_made_in_one_go() {
    let folder = folder("forms");
    let bundle = path(&folder, "空白表.zip");
    let said = ends(&["template", "--city", "all", "--period", "all", "--out", &bundle], 0);
    assert!(said.contains("18 份"), "{said}");
    let bytes = std::fs::read(&bundle).unwrap();
    let archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.len() == 18 && names.iter().any(|name| name == "德阳市-2018年6月.xlsx"), "{names:?}");
    // The same bytes at any time.
    ends(&["template", "--city", "all", "--period", "all", "--out", &bundle, "--force"], 0);
    assert!(std::fs::read(&bundle).unwrap() == bytes);
    let into = path(&folder, "表");
    ends(&["template", "--city", "成都,绵阳市", "--period", "2019-12", "--out", &into], 0);
    assert_eq!(std::fs::read_dir(&into).unwrap().count(), 2);
    assert!(
        ends(&["template", "--city", "成都", "--period", "2021-06", "--out", &into], 2)
            .contains("2020年12月")
    );
    let one = path(&folder, "一份.xlsx");
    assert!(ends(&["template", "--city", "all", "--period", "2019-06", "--out", &one], 2).contains(".zip"));
}

#[test]
fn a_form_of_ours_comes_back_filled_in_without_a_finding() {
    let folder = folder("form-back");
    let (blank, filled) = (path(&folder, "空白.xlsx"), path(&folder, "德阳市-2018年6月.xlsx"));
    ends(&["template", "--city", "德阳", "--period", "2018-06", "--out", &blank], 0);
    let figures = ["F4=10", "F5=8", "F6=0", "F7=12", "F8=40", "F9=9", "F12=8"];
    let mut set = vec!["set", blank.as_str(), "--out", &filled];
    figures.iter().for_each(|figure| set.extend(["--cell", figure]));
    ends(&set, 0);
    let found = objects(&["check", "--format", "json", &filled]);
    assert_eq!(found[0]["tables"][0]["findings"], Json::Array(Vec::new()), "{found:?}");
    assert_eq!(found[0]["findings"], Json::Array(Vec::new()));
}

#[test]
fn last_period_stands_in_the_next_form() {
    let folder = folder("form-next");
    let form = path(&folder, "成都市-2019年12月.xlsx");
    let last = sample("成都市-2019年6月.xlsx");
    ends(&["template", "--city", "成都市", "--period", "2019-12", "--previous", &last, "--out", &form], 0);
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(&form).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut workbook, "进展情况").unwrap();
    assert_eq!(sheet.get_value((3, 4)).unwrap().to_string(), "420");
}

#[test]
fn of_two_last_returns_that_disagree_neither_stands_in_the_next_form() {
    let folder = folder("form-disputed");
    let (form, other) = (path(&folder, "成都市-2019年12月.xlsx"), path(&folder, "另一份.xlsx"));
    let last = sample("成都市-2019年6月.xlsx");
    ends(&["set", &last, "--out", &other, "--cell", "F4=421"], 0);
    let made = ["template", "--city", "成都市", "--period", "2019-12", "--out", &form];
    ends(&[&made[..], &["--previous", &last, &other]].concat(), 0);
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(&form).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut workbook, "进展情况").unwrap();
    assert!(sheet.get_value((3, 4)).is_none_or(|value| value.to_string().is_empty()), "{sheet:?}");
}

#[test]
fn a_faulty_return_goes_back_with_a_list_and_a_message() {
    let folder = folder("return");
    let into = path(&folder, "退回");
    let (good, bad) = (sample("成都市-2019年6月.xlsx"), sample("绵阳市-2019年6月.xlsx"));
    let said = ends(&["return", &good, &bad, "--out", &into], 1);
    assert!(said.contains("不用退回") && said.contains("贵单位报送的 2019年6月进展情况表"), "{said}");
    let list = path(Path::new(&into), "退回单-绵阳市-2019年6月.xlsx");
    let message = std::fs::read_to_string(path(Path::new(&into), "退回通知.txt")).unwrap();
    assert!(message.contains("退回单-绵阳市-2019年6月.xlsx"), "{message}");
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(&list).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut workbook, "退回单").unwrap();
    assert_eq!(sheet.get_value((3, 9)).unwrap().to_string(), "整改说明");
    // Dropped back beside the return it is known again.
    let compared = objects(&["check", "--format", "json", &bad, "--since", &list]);
    assert!(!compared[0]["since"]["未改"].as_array().unwrap().is_empty(), "{compared:?}");
    assert!(compared[0]["since"]["已改"].as_array().unwrap().is_empty(), "{compared:?}");
    // Nothing to send back, nothing written.
    let none = path(&folder, "没有");
    ends(&["return", &good, "--out", &none], 0);
    assert!(!Path::new(&none).exists());
}

#[test]
fn several_periods_the_long_table_and_the_json_of_a_consolidation() {
    let folder = folder("periods");
    for city in ["成都市", "绵阳市", "德阳市"] {
        for period in ["2018年12月.xlsx", if city == "德阳市" { "2019年6月.xls" } else { "2019年6月.xlsx" }]
        {
            let name = format!("{city}-{period}");
            std::fs::copy(sample(&name), folder.join(&name)).unwrap();
        }
    }
    let (all, long) = (path(&folder, "汇总.xlsx"), path(&folder, "长表.csv"));
    let inputs = folder.to_str().unwrap();
    let run = ["consolidate", inputs, "--period", "all", "--out", &all, "--long", &long, "--format", "json"];
    let json: Json = serde_json::from_str(&ends(&run, 1)).unwrap();
    assert_eq!(json["periods"].as_array().unwrap().len(), 2);
    assert_eq!(json["periods"][1]["left_out"][0]["code"], "C005");
    assert_eq!(json["periods"][1]["cities"][1]["state"], "退回");
    assert_eq!(json["settled"], false);
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(&all).unwrap();
    let names = calamine::Reader::sheet_names(&workbook);
    assert!(names.contains(&"趋势".to_owned()) && names.contains(&"图表".to_owned()), "{names:?}");
    let rows = calamine::Reader::worksheet_range(&mut workbook, "长表").unwrap().height();
    let lines = std::fs::read_to_string(&long).unwrap().lines().count();
    assert_eq!(rows, lines + 1, "the same rows, and a title");
    // Again, into the folder that is read: what it wrote the last time is no return.
    let again = [&run[..], &["--force"]].concat();
    let second: Json = serde_json::from_str(out(&companion(&again)).lines().last().unwrap()).unwrap();
    assert_eq!(second["periods"], json["periods"]);
    // The 汇总表 of all periods, in the folder of another run, serves to compare with and is no failure.
    let one = path(&folder, "一期.xlsx");
    let said = ends(&["consolidate", inputs, "--period", "2018-12", "--out", &one, "--prefer", &all], 2);
    assert!(said.contains("--prefer"), "{said}");
    let said = ends(&["consolidate", inputs, "--period", "2018-12", "--out", &one], 1);
    assert!(said.contains("比对") && said.contains("源文件未改动"), "{said}");
}

#[test]
fn the_user_says_whose_a_return_is_and_which_one_counts() {
    let folder = folder("said");
    let (nameless, other) = (path(&folder, "进展情况表.xlsx"), path(&folder, "成都市改.xlsx"));
    let whole = sample("成都市-2019年6月.xlsx");
    let edits = ["--cell", "A1=进展情况表", "--cell", "A2=填报单位：", "--cell", "G2=报告期："];
    ends(&[&["set", &whole, "--out", &nameless][..], &edits[..]].concat(), 0);
    ends(&["set", &whole, "--out", &other, "--cell", "F4=421"], 0);
    let summary = path(&folder, "汇总.xlsx");
    let run = ["consolidate", nameless.as_str(), "--period", "2019-06", "--out", &summary, "--force"];
    assert!(ends(&run, 2).contains("没有"));
    let said = [&run[..], &["--as", "成都:2019-06", &nameless]].concat();
    assert!(!ends(&said, 1).contains("未纳入"));
    assert!(ends(&[&run[..], &["--as", "成都2019", &nameless]].concat(), 2).contains("--as"));
    let two = ["consolidate", whole.as_str(), &other, "--period", "2019-06", "--out", &summary, "--force"];
    assert!(ends(&two, 1).contains("两份都未采用"));
    let chosen = ends(&[&two[..], &["--prefer", &other]].concat(), 1);
    assert!(chosen.contains("按指定采用“成都市改.xlsx”"), "{chosen}");
}
