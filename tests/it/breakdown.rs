//! Another zone's breakdown, as data: read from other producers' files, and check, correct and consolidate against it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::worker::Engine;
use indicator_companion::audit::{Checked, Input, Said, Tier, audit};
use indicator_companion::breakdown::{Breakdown, CityId, Relation};
use indicator_companion::fixes::{Edit, apply};
use indicator_companion::job::{self, Apply, read_breakdown};
use indicator_companion::layout::match_label;
use indicator_companion::model::{Cell, CellRef, Format, Grid, Period, Sheet, Value, Workbook};
use indicator_companion::reading::{Limits, read};
use indicator_companion::report;
use indicator_companion::rules::RULES;
use indicator_companion::worker::protocol::{Beside, Request, Response};
use proptest::prelude::*;
use serde_json::Value as Json;

const FOLDER: &str = "fixtures/breakdowns";

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}")).unwrap()
}

fn breakdown(name: &str) -> Breakdown {
    read_breakdown(name, &bytes(name), Breakdown::official(), &Limits::default()).unwrap().breakdown
}

const THINGS: [&str; 20] = [
    "科技型中小企业评价入库",
    "高新技术产品认定登记",
    "重点实验室升级改造",
    "产业技术研究院挂牌",
    "院士专家工作站运行",
    "知识产权贯标单位",
    "首台套重大装备推广",
    "中试熟化平台开放",
    "技术经理人持证培训",
    "海外人才离岸基地",
    "农业科技园区提档",
    "绿色低碳示范工厂",
    "数字化转型诊断服务",
    "医疗器械注册获批",
    "航空航天零部件配套",
    "轨道交通试验线路",
    "氢能应用场景发布",
    "科普教育场馆接待",
    "成果拍卖路演专场",
    "天使投资基金投放",
];

/// Five cities, twenty indicators: every relation and many units, `/` here and there.
fn twenty() -> Breakdown {
    let units = ["家", "项", "个", "场", "名"];
    let words = ["", "超过", "不少于", "突破", "达到"];
    let mut text = "序号,指标内容,甲水市,乙山市,丙林州,丁湖市,戊原新区\n".to_owned();
    for (i, thing) in THINGS.iter().enumerate() {
        let parts: Vec<Option<usize>> =
            (0..5).map(|j| ((i + 2 * j) % 7 != 0).then_some((i + 3) * (j + 2))).collect();
        let total: usize = parts.iter().flatten().sum();
        let cells: Vec<String> = parts
            .iter()
            .map(|part| part.map_or("/".to_owned(), |part| format!("{part}{}", units[i % units.len()])))
            .collect();
        text.push_str(&format!(
            "{},{thing}{}{total}{},{}\n",
            i + 1,
            words[i % words.len()],
            units[i % units.len()],
            cells.join(",")
        ));
    }
    Breakdown::from_csv(&text).unwrap()
}

fn sheet(cells: Vec<(u32, u32, Value)>) -> Workbook {
    let cells =
        cells.into_iter().map(|(row, column, value)| (CellRef::new(row, column), Cell::new(value))).collect();
    let sheet = Sheet { name: "Sheet1".to_owned(), grid: Grid::from_cells(cells), ..Sheet::default() };
    Workbook { format: Format::Xlsx, sheets: vec![sheet], date_1904: false, remarks: Vec::new() }
}

/// The breakdown as its own annex.
fn annex(breakdown: &Breakdown) -> Workbook {
    let column = |index: usize| u32::try_from(index).unwrap();
    let mut cells: Vec<(u32, u32, Value)> = vec![(0, 0, "附件".into()), (1, 0, "建设指标分解表".into())];
    for (index, caption) in
        ["序号", "指标内容"].into_iter().chain(breakdown.cities.iter().map(String::as_str)).enumerate()
    {
        cells.push((2, column(index), caption.into()));
    }
    for (row, indicator) in (3..).zip(&breakdown.indicators) {
        cells.push((row, 0, Value::Number(f64::from(indicator.number))));
        cells.push((row, 1, indicator.label.as_str().into()));
        for (index, target) in indicator.targets.iter().enumerate() {
            let text = target.map_or_else(|| "/".to_owned(), |target| format!("{target}{}", indicator.unit));
            cells.push((row, column(index + 2), text.as_str().into()));
        }
    }
    sheet(cells)
}

fn findings(workbook: &Workbook, breakdown: &Breakdown) -> Vec<String> {
    let input = Input { workbook, file_name: "表.xlsx", breakdown, previous: &[], said: Said::NOTHING };
    let open = audit(input, RULES).findings.into_iter().filter(|finding| finding.caused_by.is_none());
    open.map(|finding| {
        format!("{} {}", finding.code, finding.range.map(|range| range.to_string()).unwrap_or_default())
    })
    .collect()
}

#[test]
fn the_annex_and_the_machine_form_say_the_same() {
    let (annex, machine, exported) =
        (breakdown("四市-附件.xlsx"), breakdown("四市.csv"), breakdown("四市-gb18030.csv"));
    assert_eq!(annex.cities, ["天府市", "滨江市", "云山市", "东湖州"]);
    assert_eq!((&annex.cities, &annex.indicators), (&machine.cities, &machine.indicators));
    assert_eq!(machine.indicators, exported.indicators);
    assert!(annex.difference(&machine).is_empty());
    let relations: Vec<Relation> = annex.indicators.iter().map(|indicator| indicator.relation).collect();
    assert_eq!(
        relations,
        [
            Relation::Above,
            Relation::Breaking,
            Relation::AtLeast,
            Relation::Equal,
            Relation::Equal,
            Relation::Reaching,
            Relation::Above
        ]
    );
    // The fingerprint is that of the file.
    assert!(annex.fingerprint != machine.fingerprint);
}

#[test]
fn every_producer_s_form_is_a_breakdown_too() {
    let mut count = 0;
    for folder in ["openpyxl", "libreoffice", "xlwt", "exceljs", "text", "samples"] {
        for entry in std::fs::read_dir(format!("fixtures/workbooks/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("分解表") {
                let new = read_breakdown(
                    &name,
                    &std::fs::read(&path).unwrap(),
                    Breakdown::official(),
                    &Limits::default(),
                );
                assert!(new.as_ref().is_ok_and(|new| new.changes.is_empty()), "{folder}/{name}: {new:?}");
                count += 1;
            }
        }
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn what_is_no_breakdown_is_refused_with_its_place() {
    let refused = |name: &str, bytes: &[u8]| {
        read_breakdown(name, bytes, Breakdown::official(), &Limits::default()).unwrap_err().to_string()
    };
    assert!(refused("a.xlsx", b"").contains("读不出来"));
    assert!(refused("a.csv", "姓名,电话\n甲,1\n".as_bytes()).contains("第 1 行现为：姓名、电话"));
    let progress = std::fs::read("fixtures/workbooks/samples/成都市-2019年6月.xlsx").unwrap();
    assert!(refused("成都市-2019年6月.xlsx", &progress).contains("没有一个市"));
    let text = String::from_utf8(bytes("四市.csv")).unwrap();
    let wrong = |from: &str, to: &str| refused("a.csv", text.replacen(from, to, 1).as_bytes());
    assert_eq!(
        wrong("400,150", "400,140"),
        "分解表第 3 行“技术合同交易额突破700亿元”：各市之和 690，指标总量突破 700，少 10。请先核对分解表。"
    );
    assert!(wrong("60000", "约60000").contains("第 5 行“天府市”应为数字或 /，现为“约60000”"));
    assert!(wrong("\n2,", "\n1,").contains("序号都是 1"));
    assert!(
        wrong("布局建设10个环湖创新带", "培育瞪羚企业不少于50家").contains("第 6 行与第 4 行的指标内容相同")
    );
}

#[test]
fn a_breakdown_of_twenty_is_clean_against_itself_and_every_fault_is_found() {
    for breakdown in [breakdown("四市.csv"), twenty()] {
        let clean = annex(&breakdown);
        assert_eq!(findings(&clean, &breakdown), Vec::<String>::new());
        let mut faulty = clean.clone();
        let grid = &mut faulty.sheets[0].grid;
        let first = &breakdown.indicators[0];
        let slip = first.label.replacen(first.label.chars().nth(1).unwrap(), "亅", 1);
        grid.set(CellRef::new(3, 1), Cell::new(slip.as_str().into()));
        grid.set(CellRef::new(2, 3), Cell::new(breakdown.cities[1].trim_end_matches(['市', '州']).into()));
        grid.set(CellRef::new(5, 2), Cell::new("99999".into()));
        let found = findings(&faulty, &breakdown);
        assert!(
            ["L005 D3", "L001 B4", "B003 C6"].iter().all(|due| found.contains(&(*due).to_owned())),
            "{found:?}"
        );
        // Taking every proposal over gives the annex again.
        let mut corrected = faulty.clone();
        for change in job::plan_changes("表.xlsx", &faulty, &breakdown, &[], Apply::All) {
            apply(&mut corrected, &change.edit);
        }
        for (at, cell) in clean.sheets[0].grid.cells() {
            assert_eq!(corrected.sheets[0].grid.shown(at), cell.shown(), "{at}");
        }
    }
}

/// Shares of different wholes do not add up: a column 合计 says of them what the whole zone is to reach.
#[test]
fn a_total_of_shares_is_no_sum() {
    let breakdown = Breakdown::from_csv(
        "序号,指标内容,甲水市,乙山市,丙林州\n\
         1,高新技术产品认定登记60项,30项,20项,10项\n\
         2,研发投入强度达到5%,6%,5%,4%\n",
    )
    .unwrap();
    assert_eq!(breakdown.indicators[1].unit, "%");
    let mut form = annex(&breakdown);
    let grid = &mut form.sheets[0].grid;
    for (row, text) in [(2, "合计"), (3, "60项"), (4, "5%")] {
        grid.set(CellRef::new(row, 5), Cell::new(text.into()));
    }
    assert_eq!(findings(&form, &breakdown), Vec::<String>::new());
    // What does add up is still held against its sum.
    form.sheets[0].grid.set(CellRef::new(3, 5), Cell::new("50项".into()));
    assert_eq!(findings(&form, &breakdown), ["B004 F4"]);
}

#[test]
fn swapped_columns_of_a_fourth_city_are_one_finding() {
    let breakdown = breakdown("四市.csv");
    let mut swapped = annex(&breakdown);
    for row in 3..10 {
        let (a, b) = (CellRef::new(row, 4), CellRef::new(row, 5));
        let (left, right) = (
            swapped.sheets[0].grid.get(a).cloned().unwrap(),
            swapped.sheets[0].grid.get(b).cloned().unwrap(),
        );
        swapped.sheets[0].grid.set(a, right);
        swapped.sheets[0].grid.set(b, left);
    }
    assert_eq!(findings(&swapped, &breakdown)[0], "T005 E4:F10");
}

/// A blank form of the product's own, filled in with half of every target.
fn filled(breakdown: &Breakdown, city: CityId, period: Period) -> (String, Vec<u8>) {
    let name = format!("{}-{}.xlsx", breakdown.city(city), period.chinese());
    let blank = report::template::write(breakdown, city, period, &[]).unwrap();
    let workbook = read(&name, &blank, &Limits::default()).unwrap();
    let edits: Vec<Edit> = (3..)
        .zip(&breakdown.indicators)
        .filter_map(|(row, indicator)| {
            let target = indicator.targets[city.0]?;
            let value = job::typed(
                &workbook,
                0,
                CellRef::new(row, 5),
                &target.saturating_mul(indicator_companion::model::fraction(5, 1)).floor().to_string(),
            );
            Some(Edit::Set { sheet: 0, cell: CellRef::new(row, 5), value })
        })
        .collect();
    (name, indicator_companion::patch::apply(&blank, &edits, None).unwrap().bytes)
}

#[test]
fn returns_of_every_city_are_checked_and_consolidated() {
    let period: Period = "2019-06".parse().unwrap();
    for breakdown in [breakdown("四市-附件.xlsx"), twenty()] {
        let returns: Vec<_> = breakdown
            .city_ids()
            .map(|city| {
                let (name, bytes) = filled(&breakdown, city, period);
                let checked: Checked = job::check(&name, &bytes, &breakdown, &[], &Limits::default());
                assert_eq!(
                    (checked.count(Tier::Error), checked.count(Tier::Warning)),
                    (0, 0),
                    "{name}: {:?}",
                    checked.findings()
                );
                let (workbook, audit) = checked.content.as_ref().unwrap();
                job::returns_of(&name, checked.sha256.unwrap(), workbook, audit, &breakdown).remove(0)
            })
            .collect();
        let result = indicator_companion::consolidate::consolidate(&breakdown, period, &returns);
        assert!(
            result.missing.is_empty() && result.kept_out.is_empty(),
            "{:?} {:?}",
            result.missing,
            result.kept_out
        );
        assert_eq!(result.rows.len(), breakdown.indicators.len());
        let bytes = report::consolidated::write(&result.clone().into(), &breakdown).unwrap();
        assert!(read("汇总.xlsx", &bytes, &Limits::default()).is_ok());
    }
}

fn companion(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_companion")).args(arguments).output().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("breakdown-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn the_command_line_checks_corrects_and_consolidates_against_it() {
    let annex = format!("{FOLDER}/四市-附件.xlsx");
    let shown = companion(&["breakdown", &annex]);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert_eq!(shown.status.code(), Some(0));
    assert!(
        text.contains("4 个市，7 项指标")
            && text.contains("增加东湖州")
            && text.contains("去掉指标 6：孵化企业1000家"),
        "{text}"
    );

    let checked = companion(&["check", "--breakdown", &format!("{FOLDER}/四市.csv"), &annex]);
    let text = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(checked.status.code(), Some(0), "{text}");
    assert!(text.starts_with("分解表 ") && text.contains("未发现问题"), "{text}");

    let json = companion(&["check", "--format", "json", "--breakdown", &annex, &annex]);
    let lines = String::from_utf8(json.stdout).unwrap();
    let object: Json = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(object["breakdown"], object["sha256"]);

    let folder = folder("cli");
    let breakdown = breakdown("四市.csv");
    let mut returns = Vec::new();
    for city in breakdown.city_ids() {
        let (name, bytes) = filled(&breakdown, city, "2019-06".parse().unwrap());
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        returns.push(path.to_str().unwrap().to_owned());
    }
    let target = folder.join("汇总.xlsx");
    let mut arguments =
        vec!["consolidate", "--breakdown", &annex, "--period", "2019-06", "--out", target.to_str().unwrap()];
    arguments.extend(returns.iter().map(String::as_str));
    let output = companion(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));

    // A slip in a label is put back, and nothing else changes.
    let slipped = folder.join("错字.xlsx");
    let cell = "指标分解表!C8=技术合同交易额突破700亿园";
    assert_eq!(
        companion(&["set", &annex, "--cell", cell, "--out", slipped.to_str().unwrap()]).status.code(),
        Some(0)
    );
    let out = folder.join("校正");
    let arguments =
        ["correct", slipped.to_str().unwrap(), "--breakdown", &annex, "--out", out.to_str().unwrap()];
    assert_eq!(companion(&arguments).status.code(), Some(0));
    let copy = std::fs::read(out.join("错字（校正）.xlsx")).unwrap();
    let (copy, annex) = (
        read("a.xlsx", &copy, &Limits::default()).unwrap(),
        read("a.xlsx", &bytes("四市-附件.xlsx"), &Limits::default()).unwrap(),
    );
    assert_eq!(copy.sheets[1].grid, annex.sheets[1].grid);

    let bad = companion(&[
        "check",
        "--breakdown",
        "fixtures/workbooks/samples/别的表.xlsx",
        "fixtures/workbooks/samples/别的表.xlsx",
    ]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8(bad.stderr).unwrap().contains("不能用作分解表"));
}

#[test]
fn the_engine_audits_against_the_breakdown_in_force() {
    let mut engine = Engine::new();
    let annex = bytes("四市-附件.xlsx");
    let open = || Request::Open {
        file: 1,
        name: "四市-附件.xlsx".to_owned(),
        bytes: bytes("四市-附件.xlsx"),
        changes: Vec::new(),
        beside: Beside::default(),
    };
    let errors = |response: Response| {
        if let Response::Opened { audit, .. } = response { audit.errors } else { panic!("{response:?}") }
    };
    assert!(errors(engine.handle(open())) > 0);
    let asked =
        Request::ReadBreakdown { file: 2, name: "四市-附件.xlsx".to_owned(), bytes: annex.clone() };
    let Response::BreakdownRead(new) = engine.handle(asked) else { panic!("not read") };
    assert_eq!((new.cities.len(), new.indicators, new.changes.len()), (4, 7, 22));
    // Reading it has not put it in force.
    assert!(errors(engine.handle(open())) > 0);
    let Response::Hello(hello) =
        engine.handle(Request::UseBreakdown { file: 2, name: "四市-附件.xlsx".to_owned(), bytes: annex })
    else {
        panic!("not in force")
    };
    assert_eq!(
        (hello.breakdown.as_deref(), hello.cities.len(), hello.indicators.len()),
        (Some("四市-附件.xlsx"), 4, 7)
    );
    assert_eq!(errors(engine.handle(open())), 0);
    let bad = Request::UseBreakdown { file: 2, name: "a.csv".to_owned(), bytes: b"a,b\n".to_vec() };
    assert!(matches!(engine.handle(bad), Response::Failed { .. }));
    assert_eq!(errors(engine.handle(open())), 0);
    let Response::Hello(hello) = engine.handle(Request::UseOfficialBreakdown) else { panic!("not in force") };
    assert_eq!((hello.breakdown, hello.cities.len()), (None, 3));
    assert!(errors(engine.handle(open())) > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn slips_in_any_of_twenty_labels_find_their_own(
        which in 0usize..20,
        edits in prop::collection::vec(
            (0u8..4, 0usize..40, "[0-9家项个的与和新科企业]".prop_map(|s| s.chars().next().unwrap())),
            1..=2,
        ),
        serial in prop::option::of(1u32..=20),
    ) {
        let breakdown = twenty();
        let mut chars: Vec<char> = breakdown.indicators[which].label.chars().collect();
        for (kind, at, c) in edits {
            let at = at % chars.len();
            match kind {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, c),
                2 => chars[at] = c,
                _ if at + 1 < chars.len() => chars.swap(at, at + 1),
                _ => {}
            }
        }
        let text: String = chars.into_iter().collect();
        prop_assert_eq!(match_label(&text, serial, &breakdown).map(|found| found.indicator.0), Some(which), "{}", text);
    }

    #[test]
    fn any_bytes_end_in_an_answer(
        noise in prop::collection::vec((0usize..10_000, any::<u8>()), 0..6),
        cut in 0usize..10_000,
        which in 0usize..3,
    ) {
        let name = ["四市-附件.xlsx", "四市.csv", "四市-gb18030.csv"][which];
        let mut file = bytes(name);
        for (at, byte) in noise {
            let length = file.len();
            file[at % length] = byte;
        }
        file.truncate(cut.max(1));
        let answer = read_breakdown(name, &file, Breakdown::official(), &Limits::default());
        let says_something = match answer {
            Ok(new) => !new.breakdown.indicators.is_empty(),
            Err(refused) => !refused.to_string().is_empty(),
        };
        prop_assert!(says_something);
    }
}
