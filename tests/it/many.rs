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
    assert!(said.contains("比对") && said.contains("原文件没有改动"), "{said}");
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
    assert!(!ends(&said, 1).contains("未采用"));
    assert!(ends(&[&run[..], &["--as", "成都2019", &nameless]].concat(), 2).contains("--as"));
    let two = ["consolidate", whole.as_str(), &other, "--period", "2019-06", "--out", &summary, "--force"];
    assert!(ends(&two, 1).contains("两份都未采用"));
    let chosen = ends(&[&two[..], &["--prefer", &other]].concat(), 1);
    assert!(chosen.contains("按指定采用“成都市改.xlsx”"), "{chosen}");
}

/// The texts of a sheet, row by row.
fn rows(file: &str, sheet: &str) -> Vec<Vec<String>> {
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let range = calamine::Reader::worksheet_range(&mut workbook, sheet).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// A part of a workbook.
fn part(file: &str, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

/// Returns of 2018-12 that nothing is to be said of, of every city.
fn clean_returns(folder: &Path) -> Vec<String> {
    let figures: [(&str, &[&str]); 3] = [
        ("成都", &["F4=10", "F5=8", "F6=0", "F7=12", "F8=40", "F9=9", "F10=2", "F11=3", "F12=8"]),
        ("绵阳", &["F4=11", "F5=8", "F6=0", "F7=12", "F8=40", "F9=9", "F12=8"]),
        ("德阳", &["F4=12", "F5=8", "F6=0", "F7=12", "F8=40", "F9=9", "F12=8"]),
    ];
    figures.map(|(city, figures)| filled(folder, city, &format!("{city}市.xlsx"), figures)).to_vec()
}

/// A form of 2018-06 with these figures in it.
fn filled(folder: &Path, city: &str, name: &str, figures: &[&str]) -> String {
    let (blank, form) = (path(folder, &format!("空白-{name}")), path(folder, name));
    ends(&["template", "--city", city, "--period", "2018-06", "--out", &blank], 0);
    let mut set = vec!["set", blank.as_str(), "--out", &form];
    figures.iter().for_each(|figure| set.extend(["--cell", figure]));
    ends(&set, 0);
    std::fs::remove_file(&blank).unwrap();
    form
}

#[test]
fn a_chosen_subset_is_consolidated_and_says_what_was_left_out() {
    let folder = folder("chosen");
    clean_returns(&folder);
    let inputs = folder.to_str().unwrap();
    let (out, out2) = (path(&folder, "汇总/部分.xlsx"), path(&folder, "汇总/全部.xlsx"));
    // Notices alone are nothing to do: a copy is used once.
    std::fs::copy(path(&folder, "成都市.xlsx"), path(&folder, "成都市（副本）.xlsx")).unwrap();
    let all = ends(&["consolidate", inputs, "--out", &out2], 0);
    assert!(all.contains("C003") || all.contains("不重复计入"), "{all}");
    let said = ends(&["consolidate", inputs, "--city", "成都,绵阳市", "--out", &out, "--format", "json"], 0);
    let json: Json = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(json["chosen"]["cities"], serde_json::json!(["成都市", "绵阳市"]));
    assert_eq!(json["periods"][0]["totals"][0]["lacking"], serde_json::json!(["德阳市"]));
    assert_eq!(json["periods"][0]["totals"][0]["done"], "21");
    assert_eq!(json["periods"][0]["missing"], serde_json::json!([]));
    let top = rows(&out, "汇总表")[1].join("");
    assert!(top.contains("按选择只汇总成都市、绵阳市") && top.contains("合计不全"), "{top}");
    let fates = rows(&out, "完整性");
    let left: Vec<_> = fates.iter().filter(|row| row[0] == "德阳市.xlsx").collect();
    assert_eq!((left.len(), left[0][4].as_str(), left[0][5].as_str()), (1, "未选", "按选择不汇总该市"));
    // Nothing that was not asked for stands in the way.
    let state = ["consolidate", inputs, "--state", "已审", "--out", &out, "--force"];
    assert!(ends(&state, 0).contains("按选择只汇总已审、已重报的报表"));
    let none = ["consolidate", inputs, "--state", "待说明", "--out", &out, "--force"];
    ends(&none, 0);
    assert!(rows(&out, "完整性").iter().any(|row| row[5] == "按选择不汇总已审的报表"));
    assert!(ends(&["consolidate", inputs, "--state", "退回", "--out", &out, "--force"], 2).contains("已审"));
    assert!(ends(&["consolidate", inputs, "--city", "重庆", "--out", &out, "--force"], 2).contains("成都市"));
}

#[test]
fn a_return_that_came_again_is_resubmitted_on_the_board() {
    let folder = folder("again");
    let returns = clean_returns(&folder);
    ends(&["set", &returns[0], "--out", &path(&folder, "成都市（旧）.xlsx"), "--cell", "F4=若干"], 0);
    std::fs::remove_file(&returns[2]).unwrap();
    let out = path(&folder, "汇总/汇总.xlsx");
    ends(&["consolidate", folder.to_str().unwrap(), "--out", &out], 1);
    let board: Vec<String> = rows(&out, "催报")[2..].iter().map(|row| row[1].clone()).collect();
    assert_eq!(board, ["已重报", "已审", "缺报"]);
}

#[test]
fn a_source_is_opened_at_its_cell() {
    let folder = folder("links");
    clean_returns(&folder);
    let out = path(&folder, "汇总/汇总.xlsx");
    ends(&["consolidate", folder.to_str().unwrap(), "--out", &out], 0);
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&out).unwrap()).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let linked: Vec<&String> = names
        .iter()
        .filter(|name| name.contains("worksheets/_rels"))
        .filter(|name| part(&out, name).contains("Target=\"../成都市.xlsx\" TargetMode=\"External\""))
        .collect();
    assert_eq!(linked.len(), 1, "{names:?}");
    let sheet = linked[0].replace("_rels/", "").replace(".rels", "");
    let xml = std::io::read_to_string(archive.by_name(&sheet).unwrap()).unwrap();
    let sources = rows(&out, "数据来源");
    assert!(sources[0][0].contains("打开原表"), "{:?}", sources[0]);
    assert_eq!(xml.matches("location=\"'进展情况'!F4\"").count(), 3, "{xml}");
    // A link a number, and the address stands in the cell.
    assert_eq!(xml.matches("<hyperlink ").count(), sources.len() - 2);
    assert_eq!(sources[2][5], "F4");
}

#[test]
fn districts_are_added_up_and_held_against_their_city() {
    let folder = folder("districts");
    let returns = clean_returns(&folder);
    let (titled, said) = (path(&folder, "高新区.xlsx"), path(&folder, "武侯区.xlsx"));
    // One names itself in its line, one by the user's word.
    ends(&["set", &returns[0], "--out", &titled, "--cell", "F4=7", "--cell", "A2=填报单位：成都市高新区"], 0);
    ends(&["set", &returns[0], "--out", &said, "--cell", "F4=4", "--cell", "F5=0", "--cell", "F6=0"], 0);
    let (inputs, out) = (folder.to_str().unwrap(), path(&folder, "汇总/汇总.xlsx"));
    let run = ["consolidate", inputs, "--as", "成都市/武侯区:2018-06", &said, "--out", &out];
    let told = ends(&run, 1);
    assert!(
        told.contains("C009 成都市") && told.contains("市报数 10，区县合计 11（武侯区、高新区）"),
        "{told}"
    );
    assert!(told.contains("是否齐全请核对"), "{told}");
    // The totals are those of the city's own return.
    assert_eq!(rows(&out, "汇总表")[4][4], "10");
    let districts = rows(&out, "区县");
    let first = &districts[2];
    assert_eq!((first[5].as_str(), first[6].as_str(), first[7].as_str()), ("11", "10", "1"));
    assert_eq!(districts[3][8].split('；').next(), Some("与市报数相同"));
    // Shares do not add up.
    assert!(districts[2..].iter().all(|row| !row[3].contains('%')), "{districts:?}");
    let fates = rows(&out, "完整性");
    assert!(fates.iter().any(|row| row[0] == "高新区.xlsx" && row[4] == "核对"), "{fates:?}");
    // Without the city's own return nothing takes its place, and its sum is shown where it is asked for.
    std::fs::remove_file(&returns[0]).unwrap();
    let again = [&run[..], &["--force"]].concat();
    assert!(ends(&again, 1).contains("缺报 成都市"));
    assert_eq!((rows(&out, "区县")[2][5].as_str(), rows(&out, "汇总表")[4][4].as_str()), ("", ""));
    ends(&[&again[..], &["--sum-districts"]].concat(), 1);
    let shown = rows(&out, "区县");
    assert_eq!(shown[2][5], "11");
    assert!(shown[2][8].contains("由区县合计"), "{:?}", shown[2]);
    assert_eq!(rows(&out, "汇总表")[4][4], "");
    // What is missing of them is said: no figure, or no return of this period.
    ends(&["set", &titled, "--out", &path(&folder, "x.xlsx"), "--cell", "F4="], 0);
    std::fs::rename(path(&folder, "x.xlsx"), &titled).unwrap();
    ends(&[&again[..], &["--sum-districts"]].concat(), 1);
    let shown = rows(&out, "区县");
    assert!(shown[2][5].is_empty() && shown[2][8].contains("高新区没有可用的数"), "{:?}", shown[2]);
    assert!(
        ends(&["consolidate", inputs, "--as", "成都市/:2018-06", &said, "--out", &out], 2).contains("--as")
    );
}

/// What became of each return, by file, where one calls its unit and titles its form so.
fn fate(folder: &Path, returned: &str, unit: &str, title: &str) -> String {
    let (edited, out) = (path(folder, "区县.xlsx"), path(folder, "汇总/汇总.xlsx"));
    let (unit, title) = (format!("A2={unit}"), format!("A1={title}"));
    ends(
        &["set", returned, "--out", &edited, "--force", "--cell", "F4=7", "--cell", &unit, "--cell", &title],
        0,
    );
    companion(&["consolidate", folder.to_str().unwrap(), "--out", &out, "--force"]);
    let fates = rows(&out, "完整性");
    let own: Vec<_> = fates.iter().filter(|row| row[0] == "区县.xlsx").collect();
    assert_eq!(own.len(), 1, "{fates:?}");
    format!("{} {} {}", own[0][2], own[0][4], own[0][5])
}

#[test]
fn a_district_is_known_by_its_name_and_by_nothing_less() {
    let folder = folder("named-districts");
    let returns = clean_returns(&folder);
    let title = "成德绵国家科技成果转移转化示范区建设指标进展情况表";
    for (of, unit, title, city, district) in [
        (0, "填报单位：成都高新区", title, "成都市", "高新区"),
        (0, "填报单位：都江堰市科技局", title, "成都市", "都江堰市"),
        (0, "", "成都高新技术产业开发区2018年6月指标进展情况表", "成都市", "高新区"),
        (1, "填报单位：绵阳市涪城区", title, "绵阳市", "涪城区"),
        (2, "德阳市旌阳区科学技术局", title, "德阳市", "旌阳区"),
    ] {
        let told = fate(&folder, &returns[of], unit, title);
        assert_eq!(
            told,
            format!("{city} 核对 是{district}的报表，只用来与该市的报表核对，不计入合计"),
            "{unit} {title}"
        );
    }
    // The city's own, which disagrees with the one that is there.
    for (unit, title) in [
        ("填报单位：成都市科技局", title),
        ("填报单位：成都市科技局（含成都高新区）", title),
        ("填报单位：成都市", "成都高新区企业情况"),
        ("填报单位：成都市", "成都高新区、天府新区建设指标进展情况表"),
    ] {
        let told = fate(&folder, &returns[0], unit, title);
        assert!(told.contains("同市同期而数字不同"), "{unit} {title}: {told}");
    }
    // Nobody's.
    for unit in ["填报单位：高新区科技局", "联系人：都江堰市科技局", "注：都江堰市企业情况另报"]
    {
        let told = fate(&folder, &returns[0], unit, title);
        assert!(told.starts_with(" 未采用") && told.contains("P008"), "{unit}: {told}");
    }
    // An indicator that speaks of one.
    let (edited, out) = (path(&folder, "区县.xlsx"), path(&folder, "汇总/汇总.xlsx"));
    ends(
        &[
            "set",
            &returns[0],
            "--out",
            &edited,
            "--force",
            "--cell",
            "F4=7",
            "--cell",
            "H4=成都高新区企业的数另报",
        ],
        0,
    );
    companion(&["consolidate", folder.to_str().unwrap(), "--out", &out, "--force"]);
    assert!(rows(&out, "完整性").iter().all(|row| row[4] != "核对"));
}

#[test]
fn a_blank_breakdown_form_comes_back_recognised() {
    let folder = folder("breakdown-form");
    let (blank, full) = (path(&folder, "空白分解表.xlsx"), path(&folder, "分解表.xlsx"));
    ends(&["template", "--breakdown-form", "--out", &blank], 0);
    let empty = rows(&blank, "指标分解表");
    assert_eq!(empty[1][..], ["序号", "指标内容", "计量单位", "成都市", "绵阳市", "德阳市"]);
    assert!(empty[2][1].contains("1000项") && empty[2][3].is_empty(), "{:?}", empty[2]);
    let xml = part(&blank, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("<sheetProtection") && xml.contains("填目标的整数"), "{xml}");
    // As the official one has them.
    let targets = [
        ("D3=600", "E3=300", "F3=100"),
        ("D4=600", "E4=300", "F4=100"),
        ("D5=8", "E5=1", "F5=1"),
        ("D6=1600", "E6=300", "F6=100"),
    ];
    let mut set = vec!["set", blank.as_str(), "--out", &full];
    targets.iter().for_each(|(a, b, c)| set.extend(["--cell", a, "--cell", b, "--cell", c]));
    ends(&set, 0);
    let found = objects(&["check", "--format", "json", &full]);
    assert_eq!(found[0]["tables"][0]["form"], "breakdown", "{found:?}");
    // The rows that are still empty are said, those that are filled in are right.
    let findings = found[0]["tables"][0]["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        let cell = finding["cell"].as_str().unwrap_or_default();
        assert!(!["D3", "D4", "E5", "F6"].contains(&cell), "{finding}");
    }
    assert!(ends(&["template", "--breakdown-form", "--city", "成都", "--out", &full], 2).contains("不能"));
    ends(&["template", "--out", &full], 2);
}

#[test]
fn a_second_record_goes_on_in_the_first_one() {
    let folder = folder("record");
    let clean = clean_returns(&folder).remove(1);
    let (source, edited) = (path(&folder, "报表.xlsx"), path(&folder, "改后.xlsx"));
    let (once, twice) = (path(&folder, "一"), path(&folder, "二"));
    ends(&["set", &clean, "--out", &source, "--cell", "F4=１1"], 0);
    ends(&["correct", &source, "--annotate", "--out", &once], 0);
    let first = path(Path::new(&once), "报表（校正）.xlsx");
    let before = rows(&first, "校核记录");
    // The unit has written another figure since, as a text that is put right again.
    ends(&["set", &first, "--out", &edited, "--cell", "F8=４0"], 0);
    ends(&["correct", &edited, "--annotate", "--out", &twice], 0);
    let second = path(Path::new(&twice), "改后（校正）.xlsx");
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(&second).unwrap();
    let names = calamine::Reader::sheet_names(&workbook);
    assert_eq!(names.iter().filter(|name| name.starts_with("校核记录")).count(), 1, "{names:?}");
    assert!(calamine::Reader::worksheet_range(&mut workbook, "校核记录").is_ok());
    let changes = |rows: &[Vec<String>]| -> Vec<Vec<String>> {
        let at = |word: &str| rows.iter().position(|row| row[0] == word).unwrap();
        let end = at("审核发现") - 1;
        rows[at("修改记录") + 2..end].iter().map(|row| row[..8].to_vec()).collect()
    };
    let (old, new) = (changes(&before), changes(&rows(&second, "校核记录")));
    assert!(!old.is_empty() && old[0][0] == "1", "{old:?}");
    assert_eq!(new.len(), old.len() + 1, "{new:?}");
    assert_eq!(new[..old.len()], old[..]);
    let last = new.last().unwrap();
    assert_eq!((last[0].as_str(), last[2].as_str()), ((old.len() + 1).to_string().as_str(), "F8"));
    // All else is as it was, byte for byte: only the two sheets differ.
    let bytes = |file: &str| std::fs::read(file).unwrap();
    let same = indicator_companion::patch::identical_parts(&bytes(&edited), &bytes(&second)).unwrap();
    let parts = zip::ZipArchive::new(Cursor::new(bytes(&edited))).unwrap().len();
    assert!(same.len() + 2 >= parts, "{} of {parts}", same.len());
    // What somebody has written into it, or made under its name, stays as it is.
    for (name, cell) in [("手写", "校核记录!N3=请留意"), ("别家", "校核记录!B4=别的工具")]
    {
        let marked = path(&folder, &format!("{name}.xlsx"));
        ends(&["set", &edited, "--out", &marked, "--cell", cell], 0);
        let held = rows(&marked, "校核记录");
        let into = path(&folder, name);
        ends(&["correct", &marked, "--annotate", "--out", &into], 0);
        let copy = path(Path::new(&into), &format!("{name}（校正）.xlsx"));
        assert_eq!(rows(&copy, "校核记录"), held, "{name}");
        assert_eq!(rows(&copy, "校核记录2")[0][0], "校核记录");
    }
}
