//! The command line as a user runs it: exit codes, output, files written.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

const SAMPLES: &str = "fixtures/workbooks/samples";

pub fn companion(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_companion")).args(arguments).output().unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("not killed")
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A fresh folder under target/.
pub fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

pub fn sample(name: &str) -> String {
    format!("{SAMPLES}/{name}")
}

pub fn objects(arguments: &[&str]) -> Vec<Json> {
    out(&companion(arguments)).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// All findings of a file's object, its own and those of its tables.
fn findings(found: &Json) -> Vec<&Json> {
    let own = found["findings"].as_array().unwrap();
    own.iter()
        .chain(
            found["tables"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|table| table["findings"].as_array().unwrap()),
        )
        .collect()
}

#[test]
fn check_prints_one_object_a_file_in_the_order_given() {
    let names = ["绵阳德阳对调.xlsx", "分解表-openpyxl.xlsx", "有密码.xlsx"].map(sample);
    let mut arguments = vec!["check", "--format", "json"];
    arguments.extend(names.iter().map(String::as_str));
    let found = objects(&arguments);
    assert_eq!(found.iter().map(|object| object["file"].as_str().unwrap()).collect::<Vec<_>>(), names);
    assert_eq!(found[0]["schema"], 2);
    assert_eq!(found[0]["tables"][0]["form"], "breakdown");
    assert_eq!(found[0]["tables"][0]["table"], "A4:E13");
    assert_eq!(found[0]["tables"][0]["findings"][0]["code"], "T005");
    assert_eq!(found[0]["tables"][0]["counts"]["错误"], 1);
    assert_eq!(found[0]["counts"]["错误"], 1);
    assert_eq!(found[1]["counts"]["错误"], 0);
    assert!(found[2]["tables"].as_array().unwrap().is_empty());
    assert_eq!(found[2]["findings"][0]["code"], "F001");
    assert!(found[0]["tables"][0]["findings"][0]["answer"].is_null() && found[0]["counts"]["已说明"] == 0);
    let keys: Vec<&str> =
        vec!["schema", "file", "format", "sha256", "breakdown", "findings", "tables", "unaudited", "counts"];
    for object in &found {
        assert!(keys.iter().all(|key| object.get(key).is_some()), "{object}");
    }
}

#[test]
fn a_number_is_a_json_number_and_a_text_a_string() {
    let found = objects(&["check", "--format", "json", &sample("数值写法.xlsx")]);
    let fix = |cell: &str| {
        let findings = findings(&found[0]);
        findings.iter().find(|finding| finding["cell"] == cell).unwrap()["fix"]["edits"][0]["value"].clone()
    };
    assert_eq!(fix("C5"), 600);
    assert_eq!(fix("D11"), "/");
}

#[test]
fn exit_codes_tell_clean_from_faulty_from_failed() {
    assert_eq!(code(&companion(&["check", &sample("分解表-openpyxl.xlsx")])), 0);
    assert_eq!(code(&companion(&["check", &sample("绵阳德阳对调.xlsx")])), 1);
    let missing = companion(&["check", "没有这个文件.xlsx"]);
    assert_eq!(code(&missing), 2);
    assert!(err(&missing).contains("没有这个文件.xlsx"));
    assert_eq!(code(&companion(&["rules", "X999"])), 2);
    assert_eq!(code(&companion(&["--help"])), 0);
}

#[test]
fn the_period_before_can_be_given() {
    let found = objects(&[
        "check",
        "--format",
        "json",
        &sample("绵阳市-2019年6月.xlsx"),
        "--previous",
        &sample("绵阳市-2018年12月.xlsx"),
    ]);
    let codes: Vec<String> = findings(&found[0])
        .into_iter()
        .map(|finding| {
            format!("{} {}", finding["code"].as_str().unwrap(), finding["cell"].as_str().unwrap_or(""))
        })
        .collect();
    assert!(codes.contains(&"P001 F7".to_owned()) && codes.contains(&"P009 E6".to_owned()), "{codes:?}");
}

#[test]
fn a_consolidated_workbook_is_an_earlier_period_too() {
    let folder = folder("previous");
    let summary = folder.join("汇总.xlsx");
    let summary = summary.to_str().unwrap();
    companion(&["consolidate", &sample("绵阳市-2018年12月.xlsx"), "--period", "2018-12", "--out", summary]);
    let by = |earlier: &str| -> Vec<Json> {
        let found =
            objects(&["check", "--format", "json", &sample("绵阳市-2019年6月.xlsx"), "--previous", earlier]);
        findings(&found[0]).into_iter().map(|finding| finding["code"].clone()).collect()
    };
    assert_eq!(by(summary), by(&sample("绵阳市-2018年12月.xlsx")));
    assert!(by(summary).contains(&Json::from("P001")));
    let refused = companion(&[
        "check",
        &sample("绵阳市-2019年6月.xlsx"),
        "--previous",
        &sample("分解表-openpyxl.xlsx"),
    ]);
    assert_eq!(code(&refused), 2);
}

#[test]
fn correct_writes_a_copy_and_leaves_the_original() {
    let folder = folder("correct");
    let source = sample("绵阳德阳对调.xlsx");
    let before = std::fs::read(&source).unwrap();
    let output =
        companion(&["correct", &source, "--out", folder.to_str().unwrap(), "--apply", "all", "--annotate"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert_eq!(std::fs::read(&source).unwrap(), before);
    let copy = folder.join("绵阳德阳对调（校正）.xlsx");
    assert_eq!(code(&companion(&["check", copy.to_str().unwrap()])), 0);
    // Nothing safe is in a swapped table: without consent nothing is written.
    let folder = self::folder("correct-safe");
    let output = companion(&["correct", &source, "--out", folder.to_str().unwrap()]);
    assert_eq!(code(&output), 1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_warning_is_explained_and_no_longer_stands_in_the_way() {
    let folder = folder("answer");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    // 0 where “/” is due, in the row of indicator 7.
    let faulty = path("绵阳市-2018年12月.xlsx");
    companion(&["set", &sample("绵阳市-2018年12月.xlsx"), "--cell", "F10=0", "--out", &faulty]);
    assert_eq!(code(&companion(&["check", &faulty])), 1);
    let output = companion(&["correct", &faulty, "--out", &path(""), "--answer", "N004@F10=按零统计"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let answered = path("绵阳市-2018年12月（校正）.xlsx");
    let found = objects(&["check", "--format", "json", &answered]);
    assert_eq!(found[0]["tables"][0]["findings"][0]["answer"], "按零统计");
    assert_eq!(
        (found[0]["counts"]["警示"].clone(), found[0]["counts"]["已说明"].clone()),
        (0.into(), 1.into())
    );
    assert_eq!(code(&companion(&["check", &answered])), 0);
    // A 警示 about the whole form goes into the record, asked for or not, and comes back with it.
    let previous = path("绵阳市-2018年6月.xlsx");
    companion(&["set", &answered, "--cell", "G2=报告期：2018年6月底", "--out", &previous]);
    assert_eq!(code(&companion(&["check", &answered, "--previous", &previous])), 1);
    let into = path("再报");
    let output = companion(&[
        "correct",
        &answered,
        "--out",
        &into,
        "--previous",
        &previous,
        "--answer",
        "P002=项目均在实施期",
    ]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("校核记录"), "{}", out(&output));
    let saved = format!("{into}/绵阳市-2018年12月（校正）（校正）.xlsx");
    assert_eq!(code(&companion(&["check", &saved, "--previous", &previous])), 0);
    let refused = companion(&["correct", &faulty, "--out", &into, "--answer", "N004@F9=按零统计"]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("N004@F9"), "{}", err(&refused));
}

#[test]
fn what_came_back_is_put_beside_the_earlier_findings() {
    let folder = folder("since");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let original = sample("绵阳市-2019年6月.xlsx");
    std::fs::write(path("退回.json"), companion(&["check", "--format", "json", &original]).stdout).unwrap();
    let back = path("绵阳市-2019年6月.xlsx");
    companion(&["set", &original, "--cell", "D4=300", "--cell", "F9=１００", "--out", &back]);
    let found = objects(&["check", "--format", "json", &back, "--since", &path("退回.json")]);
    let since = |list: &str| -> Vec<String> {
        found[0]["since"][list]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| format!("{} {}", line["code"], line["cell"]))
            .collect()
    };
    assert_eq!(since("已改"), [r#""P006" "D4""#]);
    assert_eq!(since("未改"), [r#""Q001" "F5""#, r#""P001" "F7""#, r#""Q015" "F8""#, r#""N001" "F10""#]);
    assert_eq!(since("新出现"), [r#""Q002" "F9""#]);
    let text = out(&companion(&["check", &back, "--since", &path("退回.json")]));
    assert!(text.contains("已改 1，未改 4，新出现 1"), "{text}");
    // Without --since the object is what it was.
    assert!(objects(&["check", "--format", "json", &back])[0].get("since").is_none());
    let other = companion(&["check", &sample("成都市-2019年6月.xlsx"), "--since", &path("退回.json")]);
    assert_eq!(code(&other), 2);
    assert!(err(&other).contains("不能对账"), "{}", err(&other));
}

#[test]
fn set_changes_one_cell_by_hand() {
    let folder = folder("set");
    let target = folder.join("改.xlsx");
    let output = companion(&[
        "set",
        &sample("多表工作簿.xlsx"),
        "--cell",
        "指标分解表!C8=1600",
        "--out",
        target.to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(
        out(&output).contains("只改了 1 个单元格") && out(&output).contains("指标分解表!C8"),
        "{}",
        out(&output)
    );
    assert_eq!(code(&companion(&["check", target.to_str().unwrap()])), 0);
    for bad in ["没有的表!C8=1", "C8", "指标分解表!ZZZZ1=1"] {
        let output = companion(&[
            "set",
            &sample("多表工作簿.xlsx"),
            "--cell",
            bad,
            "--out",
            folder.join("坏.xlsx").to_str().unwrap(),
        ]);
        assert_eq!(code(&output), 2, "{bad}");
        assert!(!folder.join("坏.xlsx").exists());
    }
}

#[test]
fn consolidate_keeps_faulty_returns_out() {
    let folder = folder("consolidate");
    let target = folder.join("汇总.xlsx");
    let names = ["成都市-2019年6月.xlsx", "绵阳市-2019年6月.xlsx", "德阳市-2019年6月.xls"].map(sample);
    let output = companion(&[
        "consolidate",
        &names[0],
        &names[1],
        &names[2],
        "--period",
        "2019-06",
        "--out",
        target.to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("未采用 绵阳市-2019年6月.xlsx"), "{}", out(&output));
    assert!(std::fs::metadata(&target).unwrap().len() > 5_000);
    assert_eq!(
        code(&companion(&[
            "consolidate",
            &names[0],
            "--period",
            "2019-07",
            "--out",
            target.to_str().unwrap()
        ])),
        2
    );
}

#[test]
fn a_template_is_read_back_without_an_error_of_form() {
    let folder = folder("template");
    let target = folder.join("成都市-2019年12月.xlsx");
    assert_eq!(
        code(&companion(&[
            "template",
            "--city",
            "成都市",
            "--period",
            "2019-12",
            "--out",
            target.to_str().unwrap()
        ])),
        0
    );
    let found = objects(&["check", "--format", "json", target.to_str().unwrap()]);
    assert_eq!(
        (
            found[0]["tables"][0]["form"].as_str(),
            found[0]["tables"][0]["city"].as_str(),
            found[0]["tables"][0]["period"].as_str()
        ),
        (Some("progress"), Some("成都市"), Some("2019-12"))
    );
    // A blank form lacks the period's figures and nothing else.
    for finding in findings(&found[0]) {
        assert!(matches!(finding["code"].as_str().unwrap(), "Q015"), "{finding}");
    }
    let output = companion(&[
        "template",
        "--city",
        "成都市",
        "--period",
        "2019-12",
        "--out",
        folder.join("表.csv").to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(!folder.join("表.csv").exists());
    let output = companion(&[
        "template",
        "--city",
        "乐山市",
        "--period",
        "2019-12",
        "--out",
        target.to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 2);
}

#[test]
fn demo_does_all_of_it() {
    let folder = folder("demo");
    let output = companion(&["demo", "--out", folder.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    for path in [
        "原表/数值写法.xlsx",
        "校正/数值写法（校正）.xlsx",
        "汇总/汇总表-2019年6月.xlsx",
        "模板/德阳市-2019年12月.xlsx",
    ] {
        assert!(folder.join(path).exists(), "{path}");
    }
}

#[test]
fn rules_prints_the_catalogue_and_one_help() {
    let all = out(&companion(&["rules"]));
    assert!(all.lines().count() >= 50);
    let one = out(&companion(&["rules", "t005"]));
    for heading in ["审核内容", "为什么", "示例", "怎么改"] {
        assert!(one.contains(heading), "{one}");
    }
}

#[test]
fn what_is_said_of_a_copy_can_be_proven_from_the_files() {
    let folder = folder("certificate");
    let (source, target) = (sample("多表工作簿.xlsx"), folder.join("证.xlsx"));
    let edits = ["--cell", "指标分解表!C8=1", "--cell", "指标分解表!C8=1600", "--format", "json"];
    let output = companion(&[&["set", &source, "--out", target.to_str().unwrap()][..], &edits[..]].concat());
    let said: Json = serde_json::from_str(&out(&output)).unwrap();
    let (before, after) = (std::fs::read(&source).unwrap(), std::fs::read(&target).unwrap());
    let hash = |bytes: &[u8]| indicator_companion::model::Sha256::of(bytes).to_string();
    assert_eq!(
        (&said["original_sha256"], &said["result_sha256"]),
        (&Json::from(hash(&before)), &Json::from(hash(&after)))
    );
    // A cell that was set twice was changed once, from what the original holds to what the copy holds.
    let cells = said["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 1);
    assert_eq!(
        (&cells[0]["cell"], &cells[0]["after"], &cells[0]["rule"]),
        (&Json::from("C8"), &Json::from("1600"), &Json::from("手工"))
    );
    assert!(!["", "1", "1600"].contains(&cells[0]["before"].as_str().unwrap()), "{}", cells[0]);
    let content = |bytes: &[u8], part: &str| {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name(part).unwrap(), &mut content).unwrap();
        content
    };
    let entries = zip::ZipArchive::new(std::io::Cursor::new(&before)).unwrap().len();
    let (same, changed) =
        (said["identical_parts"].as_array().unwrap(), said["changed_parts"].as_array().unwrap());
    assert_eq!(same.len() + changed.len(), entries);
    for (parts, equal) in [(same, true), (changed, false)] {
        for part in parts.iter().map(|part| part.as_str().unwrap()) {
            assert_eq!(content(&before, part) == content(&after, part), equal, "{part}");
        }
    }
}

/// Every file under a folder with its bytes, so that nothing is lost or left over unseen.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.to_string_lossy().into_owned(), std::fs::read(&path).unwrap_or_default()));
        }
    }
    found.sort();
    found
}

/// The output of a command that must not have changed a folder.
fn refused(arguments: &[&str], folder: &Path, because: &str) {
    let before = contents(folder);
    let output = companion(arguments);
    assert_eq!(code(&output), 2, "{arguments:?} {}", out(&output));
    assert!(err(&output).contains(because), "{arguments:?} {}", err(&output));
    assert!(contents(folder) == before, "{arguments:?} changed {folder:?}");
}

#[test]
fn nothing_is_written_over_what_was_read_however_it_is_spelt() {
    let folder = folder("over-inputs");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (one, two) = (path("成都市-2019年6月.xlsx"), path("绵阳市-2019年6月.xlsx"));
    std::fs::copy(sample("成都市-2019年6月.xlsx"), &one).unwrap();
    std::fs::copy(sample("绵阳市-2019年6月.xlsx"), &two).unwrap();
    std::fs::hard_link(&one, path("另一个名字.xlsx")).unwrap();
    let mut names = vec![one.clone(), path("./成都市-2019年6月.xlsx"), path("另一个名字.xlsx")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&one, path("快捷方式.xlsx")).unwrap();
        names.push(path("快捷方式.xlsx"));
    }
    for name in &names {
        refused(
            &["consolidate", &one, "--period", "2019-06", "--out", name, "--force"],
            &folder,
            "不会被覆盖",
        );
        refused(&["set", &one, "--cell", "F5=1", "--out", name, "--force"], &folder, "不会被覆盖");
    }
    let own = path("分解表.xlsx");
    std::fs::copy(sample("分解表-openpyxl.xlsx"), &own).unwrap();
    refused(
        &[
            "template",
            "--city",
            "成都市",
            "--period",
            "2019-12",
            "--breakdown",
            &own,
            "--out",
            &own,
            "--force",
        ],
        &folder,
        "不会被覆盖",
    );
    // A copy's name may be that of another file of the same run, or of the period before.
    let copy = path("绵阳市-2019年6月（校正）.xlsx");
    std::fs::copy(sample("绵阳市-2018年12月.xlsx"), &copy).unwrap();
    refused(&["correct", &two, "--previous", &copy, "--out", &path(""), "--force"], &folder, "不会被覆盖");
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked() {
    let folder = folder("existing");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(path("有.xlsx"), "要紧的内容").unwrap();
    std::fs::write(path("数值写法（校正）.xlsx"), "要紧的内容").unwrap();
    let (there, into) = (path("有.xlsx"), path(""));
    let (one, faulty) = (sample("成都市-2019年6月.xlsx"), sample("数值写法.xlsx"));
    let runs: [&[&str]; 4] = [
        &["consolidate", &one, "--period", "2019-06", "--out", &there],
        &["template", "--city", "成都市", "--period", "2019-12", "--out", &there],
        &["set", &one, "--cell", "F5=1", "--out", &there],
        &["correct", &faulty, "--out", &into],
    ];
    for run in runs {
        refused(run, &folder, "--force");
        let output = companion(&[run, &["--force"]].concat());
        assert!(code(&output) < 2, "{run:?} {}", err(&output));
    }
    assert!(contents(&folder).iter().all(|(_, bytes)| bytes.starts_with(b"PK")), "{folder:?}");
    assert_eq!(contents(&folder).len(), 2);
}

#[test]
fn two_files_of_one_name_become_two_copies() {
    let folder = folder("one-name");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for (unit, name) in [("甲", "数值写法.xlsx"), ("乙", "绵阳德阳对调.xlsx")] {
        std::fs::create_dir_all(folder.join(unit)).unwrap();
        std::fs::copy(sample(name), folder.join(unit).join("上报表.xlsx")).unwrap();
    }
    let output = companion(&[
        "correct",
        &path("甲/上报表.xlsx"),
        &path("乙/上报表.xlsx"),
        "--apply",
        "all",
        "--out",
        &path("校正"),
    ]);
    assert!(code(&output) < 2, "{}", err(&output));
    let (first, second) = (
        std::fs::read(path("校正/上报表（校正）.xlsx")).unwrap(),
        std::fs::read(path("校正/上报表（校正）2.xlsx")).unwrap(),
    );
    assert!(first != second && out(&output).contains("上报表（校正）2.xlsx"), "{}", out(&output));
    // A name near the limit of the system is cut, not refused.
    let long = path(&format!("{}.xlsx", "长".repeat(80)));
    std::fs::copy(sample("数值写法.xlsx"), &long).unwrap();
    let output = companion(&["correct", &long, "--out", &path("校正")]);
    assert!(code(&output) < 2, "{}", err(&output));
    assert_eq!(std::fs::read_dir(path("校正")).unwrap().count(), 3);
}

#[test]
fn a_failed_write_leaves_nothing_and_says_why_in_chinese() {
    let folder = folder("failed");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(path("文件"), "").unwrap();
    std::fs::create_dir(path("夹.xlsx")).unwrap();
    let one = sample("成都市-2019年6月.xlsx");
    for (target, because) in [
        (path(&format!("{}.xlsx", "长".repeat(100))), "文件名太长"),
        (path("文件/汇总.xlsx"), "建不了这个文件夹"),
        (path("夹.xlsx"), "这是文件夹"),
    ] {
        refused(&["set", &one, "--cell", "F5=1", "--out", &target], &folder, because);
        refused(&["consolidate", &one, "--period", "2019-06", "--out", &target, "--force"], &folder, because);
    }
    for run in
        [&["check", "没有.xlsx"][..], &["correct", "没有.xlsx", "--out", "校正"], &["breakdown", "没有.xlsx"]]
    {
        let output = companion(run);
        assert!(
            err(&output).contains("没有这个文件") && !err(&output).contains("os error"),
            "{}",
            err(&output)
        );
    }
}

#[test]
fn one_file_that_cannot_be_read_does_not_stop_the_others() {
    let folder = folder("others");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (faulty, clean) = (sample("数值写法.xlsx"), sample("成都市-2019年6月.xlsx"));
    let locked = sample("有密码.xlsx");
    let output = companion(&["correct", "没有.xlsx", &locked, &faulty, "--out", &path("校正")]);
    assert_eq!(code(&output), 2);
    assert!(
        out(&output).contains("数值写法（校正）.xlsx") && err(&output).contains("没有.xlsx"),
        "{}",
        out(&output)
    );
    let output =
        companion(&["consolidate", "没有.xlsx", &clean, "--period", "2019-06", "--out", &path("汇总.xlsx")]);
    assert_eq!(code(&output), 2);
    assert!(out(&output).contains("已汇总") && Path::new(&path("汇总.xlsx")).exists(), "{}", out(&output));
    assert_eq!(out(&companion(&["check", "--format", "json", "没有.xlsx", &clean])).lines().count(), 1);
}

#[test]
fn what_programs_left_behind_is_passed_over_with_a_word() {
    let folder = folder("left-behind");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let one = path("成都市-2019年6月.xlsx");
    std::fs::copy(sample("成都市-2019年6月.xlsx"), &one).unwrap();
    for name in ["~$成都市-2019年6月.xlsx", ".~成都市-2019年6月.xlsx", "desktop.ini", "Thumbs.db"] {
        std::fs::write(path(name), [5, b'a', b'd', b'm', b'i', b'n', 0, 0]).unwrap();
        let output = companion(&["check", &path(name)]);
        assert_eq!((code(&output), out(&output).lines().count()), (0, 1), "{}", out(&output));
        assert!(out(&output).contains("跳过") && out(&output).contains(name), "{}", out(&output));
    }
    assert!(out(&companion(&["check", &path("~$成都市-2019年6月.xlsx")])).contains("临时文件"));
    // A folder is read in the order of names; the same goes for what a correction and a consolidation are given.
    std::fs::copy(sample("分解表-openpyxl.xlsx"), path("分解表.xlsx")).unwrap();
    let output = companion(&["check", "--format", "json", &path("")]);
    let files: Vec<String> = out(&output)
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap()["file"].to_string())
        .collect();
    assert!(files.len() == 2 && files[0].contains("分解表") && files[1].contains("成都市"), "{files:?}");
    assert_eq!(err(&output).lines().filter(|line| line.contains("跳过")).count(), 4, "{}", err(&output));
    let output =
        companion(&["consolidate", &path(""), "--period", "2019-06", "--out", &path("汇总/汇总.xlsx")]);
    let said = out(&output);
    assert_eq!(said.lines().filter(|line| line.contains("跳过")).count(), 4, "{said}");
    assert!(said.contains("未采用") && said.contains("这是分解表"), "{said}");
}

#[test]
fn a_consolidation_says_the_true_reason_of_each_file() {
    let folder = folder("reasons");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let summary = path("汇总.xlsx");
    let reasons = [
        (sample("有密码.xlsx"), "F001"),
        (sample("截断.xlsx"), "F002"),
        (path("说明.pdf"), "F003"),
        (path("别的.csv"), "T001"),
        (path("进展情况表.xlsx"), "P008"),
    ];
    std::fs::write(path("说明.pdf"), "%PDF-1.7 说明").unwrap();
    std::fs::write(path("别的.csv"), "姓名,电话\n甲,1\n乙,2\n").unwrap();
    let edits = ["--cell", "A1=进展情况表", "--cell", "A2=填报单位：", "--cell", "G2=报告期：2019年6月底"];
    companion(
        &[&["set", &sample("成都市-2019年6月.xlsx"), "--out", &path("进展情况表.xlsx")][..], &edits[..]]
            .concat(),
    );
    let mut run = vec!["consolidate"];
    run.extend(reasons.iter().map(|(file, _)| file.as_str()));
    let whole = sample("成都市-2019年6月.xlsx");
    run.extend([whole.as_str(), "--period", "2019-06", "--out", &summary]);
    let output = companion(&run);
    let said = out(&output);
    assert_eq!(code(&output), 1, "{said}{}", err(&output));
    for (file, reason) in &reasons {
        let line = said
            .lines()
            .find(|line| line.contains(file.as_str()))
            .unwrap_or_else(|| panic!("{file}: {said}"));
        assert!(line.contains(reason), "{line}");
    }
    assert!(!said.contains("或认不出市和报告期"), "{said}");
    // The workbook accounts for them too.
    let book = indicator_companion::reading::read(
        "汇总.xlsx",
        &std::fs::read(&summary).unwrap(),
        &Default::default(),
    )
    .unwrap();
    let sheet = book.sheets.iter().find(|sheet| sheet.name == "完整性").unwrap();
    let texts: Vec<String> = sheet.grid.cells().map(|(_, cell)| cell.shown()).collect();
    for (_, reason) in &reasons {
        assert!(texts.iter().any(|text| text.starts_with(reason)), "{reason}: {texts:?}");
    }
}

#[test]
fn a_copy_of_what_opens_without_a_question_is_in_the_clear_and_says_so() {
    let folder = folder("default-password");
    for (name, in_place) in [
        ("默认密码-agile.xlsx", true),
        ("默认密码-libreoffice.xlsx", true),
        ("默认密码-libreoffice.xls", false),
    ] {
        let source = format!("fixtures/workbooks/encrypted/{name}");
        let target = folder.join(format!("{name}.xlsx"));
        let output =
            companion(&["set", &source, "--cell", "进展情况!F4=421", "--out", target.to_str().unwrap()]);
        assert_eq!(code(&output), 0, "{name} {}", err(&output));
        let said = out(&output);
        assert!(said.contains("副本没有加密"), "{said}");
        assert_eq!(said.contains("项内容原样未变"), in_place, "{said}");
        assert!(std::fs::read(&target).unwrap().starts_with(b"PK"));
        let found = objects(&["check", "--format", "json", target.to_str().unwrap()]);
        assert!(
            findings(&found[0]).iter().all(|finding| !finding.to_string().contains("默认密码")),
            "{}",
            found[0]
        );
    }
    let plain = folder.join("明文.xlsx");
    let output = companion(&[
        "set",
        &sample("成都市-2019年6月.xlsx"),
        "--cell",
        "F4=421",
        "--out",
        plain.to_str().unwrap(),
    ]);
    assert!(!out(&output).contains("加密"), "{}", out(&output));
}

/// A text of so many rows under a name, as no unit would send it.
fn endless(folder: &Path, name: &str, rows: usize) -> String {
    let path = folder.join(name);
    std::fs::write(&path, "0.123456789,0.987654321,甲,乙,丙,丁,戊,己\n".repeat(rows)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Whatever the work on one file comes to, those before and after it are answered, and each once.
#[test]
fn a_file_that_takes_too_much_memory_or_time_is_given_up_alone() {
    let folder = folder("given-up");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (first, last) = (sample("数值写法.xlsx"), sample("成都市-2019年6月.xlsx"));
    let hungry = endless(&folder, "大.csv", 20_000);
    // However fast this program was built: as many rows as take it five times the second that it is given.
    let unbounded = "--limits=memory=1000000000000,cells=1000000000,file-bytes=1000000000000,\
                     all-text-bytes=1000000000000,seconds=";
    let begun = std::time::Instant::now();
    objects(&[&format!("{unbounded}60"), "check", "--format", "json", &hungry]);
    let times = (5.0 / begun.elapsed().as_secs_f64()).ceil() as usize;
    let slow = endless(&folder, "慢.csv", 20_000 * times.max(1));
    for (bound, file, says) in [
        ("--limits=memory=20000000", &hungry, "内存超过 19.1 MB"),
        (&format!("{unbounded}1"), &slow, "超过 1 秒"),
    ] {
        let found = objects(&[bound, "check", "--format", "json", &first, file, &last]);
        assert_eq!(
            found.iter().map(|object| object["file"].as_str().unwrap()).collect::<Vec<_>>(),
            [&first, file, &last]
        );
        let refusal = &found[1]["findings"][0];
        assert!(
            refusal["code"] == "F006" && refusal["message"].as_str().unwrap().contains(says),
            "{refusal}"
        );
        assert_eq!(
            (found[0]["format"].as_str(), found[2]["counts"]["错误"].as_u64()),
            (Some("xlsx"), Some(0))
        );

        let output = companion(&[bound, "check", "--format", "json", &last, "--previous", file]);
        assert_eq!((code(&output), out(&output).lines().count()), (2, 1), "{}", err(&output));
        assert!(err(&output).contains("F006") && err(&output).contains("没有与它比较"), "{}", err(&output));

        let output = companion(&[bound, "check", "--format", "json", &last, "--since", file]);
        assert_eq!((code(&output), out(&output).lines().count()), (2, 1), "{}", err(&output));
        assert!(err(&output).contains(says), "{}", err(&output));

        // A copy that was written before is the run's own, and the folder it lies in is one that is read.
        let into = path(says);
        std::fs::create_dir(&into).unwrap();
        for (from, to) in [(&first, "1.xlsx"), (file, "2.csv"), (&first, "3.xlsx")] {
            std::fs::copy(from, Path::new(&into).join(to)).unwrap();
        }
        let output = companion(&[bound, "correct", &into, "--out", &into]);
        assert_eq!((code(&output), err(&output).as_str()), (1, ""), "{}", out(&output));
        assert_eq!(out(&output).matches("已另存为").count(), 2, "{}", out(&output));
        assert!(out(&output).contains("F006") && out(&output).contains(says), "{}", out(&output));
        assert_eq!(std::fs::read_dir(&into).unwrap().count(), 5);

        let summary = path(&format!("{says}.xlsx"));
        let output =
            companion(&[bound, "consolidate", &first, file, &last, "--period", "2019-06", "--out", &summary]);
        assert!(code(&output) == 1 && out(&output).contains("已汇总"), "{}{}", out(&output), err(&output));
        assert!(
            out(&output).lines().any(|line| line.contains(file.as_str()) && line.contains("F006")),
            "{}",
            out(&output)
        );
    }
    // No time at all is none for any of them.
    let found = objects(&["--limits=seconds=0", "check", "--format", "json", &first, &last]);
    assert!(
        found.len() == 2 && found.iter().all(|object| object["findings"][0]["code"] == "F006"),
        "{found:?}"
    );
}

/// Who is ended from outside leaves nobody behind at work.
#[cfg(target_os = "linux")]
#[test]
fn the_process_at_work_ends_with_the_one_that_was_started() {
    let slow = endless(&folder("ended"), "慢.csv", 400_000);
    let mut run = Command::new(env!("CARGO_BIN_EXE_companion")).args(["check", &slow]).spawn().unwrap();
    let until = |done: &dyn Fn() -> bool| {
        (0..500).any(|_| {
            done() || {
                std::thread::sleep(std::time::Duration::from_millis(20));
                false
            }
        })
    };
    let children = format!("/proc/{0}/task/{0}/children", run.id());
    assert!(
        until(&|| std::fs::read_to_string(&children).is_ok_and(|children| !children.is_empty())),
        "nobody at work"
    );
    let child = std::fs::read_to_string(&children).unwrap().trim().to_owned();
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(until(&|| !Path::new(&format!("/proc/{child}/exe")).exists()), "{child} is still at work");
}

/// What is no file is said in one line each, at once, and the files beside it are answered.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_said_and_holds_nothing_up() {
    use std::os::unix::fs::symlink;
    let folder = folder("no-files");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    assert!(Command::new("mkfifo").arg(path("管道.xlsx")).status().unwrap().success());
    std::fs::create_dir(path("夹")).unwrap();
    for (target, name) in [
        ("不在.xlsx", "断链.xlsx"),
        ("圈乙.xlsx", "圈甲.xlsx"),
        ("圈甲.xlsx", "圈乙.xlsx"),
        ("/dev/zero", "设备.xlsx"),
        ("..", "夹/上"),
    ] {
        symlink(target, path(name)).unwrap();
    }
    std::fs::copy(sample("成都市-2019年6月.xlsx"), path("表.xlsx")).unwrap();
    let output =
        companion(&["check", &path(""), "--previous", &path("管道.xlsx"), "--since", &path("圈甲.xlsx")]);
    assert_eq!(code(&output), 2);
    assert!(
        out(&output).contains("表.xlsx\n")
            && out(&output).contains("跳过")
            && out(&output).contains("已经看过的文件夹")
    );
    for (name, reason, times) in [
        ("管道.xlsx", "管道、设备之类", 2),
        ("设备.xlsx", "管道、设备之类", 1),
        ("断链.xlsx", "已经不在", 1),
        ("圈甲.xlsx", "成了圈", 2),
        ("圈乙.xlsx", "成了圈", 1),
    ] {
        let said = err(&output);
        assert_eq!(
            said.lines().filter(|line| line.contains(name) && line.contains(reason)).count(),
            times,
            "{name}: {said}"
        );
    }
}

#[test]
fn a_file_that_was_not_loaded_has_no_fingerprint() {
    let found =
        objects(&["--limits=file-bytes=1000", "check", "--format", "json", &sample("成都市-2019年6月.xlsx")]);
    assert!(found[0].get("sha256").is_none(), "{}", found[0]);
    let refusal = found[0]["findings"][0]["message"].as_str().unwrap();
    assert!(refusal.contains("文件有 6.3 KB") && refusal.contains("上限 1000 字节"), "{refusal}");
}

/// Every bound that can be set is one that holds, and its refusal says the bound.
#[test]
fn every_bound_that_is_listed_holds() {
    let listed = out(&companion(&["--limits"]));
    let names: Vec<&str> = listed.lines().map(|line| line.split_once('=').unwrap().0).collect();
    assert!(names.len() >= 16 && names.contains(&"memory") && names.contains(&"seconds"), "{listed}");
    for name in names {
        // What is small is not held against the ratio.
        let met = name != "ratio";
        let bound = u64::from(matches!(name, "sheets" | "relationships" | "cells"));
        let file = if name == "sheets" {
            sample("多表工作簿.xlsx")
        } else {
            sample("成都市-2019年6月.xlsx")
        };
        let found = objects(&[&format!("--limits={name}={bound}"), "check", "--format", "json", &file]);
        let refused =
            found[0]["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "F006");
        assert_eq!(refused.is_some(), met, "{name}: {}", found[0]["findings"]);
        if let Some(message) = refused.and_then(|finding| finding["message"].as_str()) {
            assert!(
                message.contains(&format!("上限 {bound} ")) || message.contains("（1 条）"),
                "{name}: {message}"
            );
        }
    }
}

#[test]
fn a_consolidation_into_the_folder_that_is_read_can_be_done_again() {
    let folder = folder("again");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::copy(sample("成都市-2019年6月.xlsx"), path("成都市.xlsx")).unwrap();
    let (summary, spelt) = (path("汇总.xlsx"), path("./汇总.xlsx"));
    let run =
        |out: &str| companion(&["consolidate", &path(""), "--period", "2019-06", "--out", out, "--force"]);
    assert!(out(&run(&summary)).contains("已汇总"));
    let again = run(&spelt);
    assert!(code(&again) < 2 && out(&again).contains("已汇总"), "{}", err(&again));
    assert!(out(&again).contains(&format!("跳过 {summary}：这是汇总表")), "{}", out(&again));
    // Without leave it stays, and no return is ever taken for a former workbook.
    refused(&["consolidate", &path(""), "--period", "2019-06", "--out", &summary], &folder, "--force");
    refused(
        &["consolidate", &path(""), "--period", "2019-06", "--out", &path("成都市.xlsx"), "--force"],
        &folder,
        "不会被覆盖",
    );
    refused(
        &["consolidate", &summary, &path(""), "--period", "2019-06", "--out", &summary, "--force"],
        &folder,
        "不会被覆盖",
    );
}

#[test]
fn wrong_arguments_are_said_in_chinese() {
    let one = sample("成都市-2019年6月.xlsx");
    for (run, says) in [
        (&["chek", &one][..], "没有“chek”这个命令。可用的是：check"),
        (&["check", &one, "--formt", "json"], "没有“--formt”这个参数。可用的是：--format"),
        (&["check"], "缺少参数：<FILES>"),
        (&["check", &one, "--format", "xml"], "不能是“xml”。可用的是：text, json"),
        (&["check", &one, "--format"], "后面缺少内容"),
        (&["consolidate", &one, "--period", "2019-07", "--out", "a.xlsx"], "不能是“2019-07”"),
        (&["consolidate", &one, "--period", "2019-06", "--out", "b.xlsx", "--out", "a.xlsx"], "重复"),
    ] {
        let output = companion(run);
        assert_eq!(
            (code(&output), out(&output).as_str(), err(&output).lines().count()),
            (2, "", 1),
            "{run:?} {}",
            err(&output)
        );
        assert!(err(&output).contains(says), "{run:?} {}", err(&output));
    }
    assert_eq!(code(&companion(&["--version"])), 0);
}
