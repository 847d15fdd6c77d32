//! 情况综述: every number stands in a cell that is named, nothing is invented, the same returns give the same text.

use indicator_companion::audit::{Code, RulesOff, Tier};
use indicator_companion::breakdown::{Breakdown, CityId, Plan};
use indicator_companion::consolidate::{
    Choice, Consolidation, Figure, NotReturn, Return, Series, Standing, Untaken,
};
use indicator_companion::job::brief_json;
use indicator_companion::model::{CellRef, Decimal, Period, Sha256, total, whole};
use indicator_companion::reading::{Limits, read};
use indicator_companion::report::brief::{self, Brief, Sentence, write};
use indicator_companion::rules::by_code;

use crate::cli::{code, companion, err, folder, out, sample};
use crate::consolidate::open;

const JUNE: &str = "2019-06";

/// A return of a city with a share of its targets, in percent.
fn submitted(breakdown: &Breakdown, city: usize, period: &str, percent: u32) -> Return {
    let share = whole(percent).checked_div(whole(100)).unwrap();
    let figures = breakdown.indicator_ids().map(|indicator| {
        let target = breakdown.target(indicator, CityId(city));
        let value = target.map(|target| target.checked_mul(share).unwrap().normalize());
        let cell = CellRef::new(u32::try_from(indicator.0).unwrap() + 3, 5);
        let raw = value.map_or("/".to_owned(), |value| value.to_string());
        Figure { indicator, cell, raw, value, untaken: None }
    });
    let file = format!("{}-{period}.xlsx", breakdown.city(CityId(city)));
    Return {
        sha256: Sha256::of(file.as_bytes()),
        file,
        sheet: "进展情况".to_owned(),
        city: CityId(city),
        district: None,
        period: period.parse().unwrap(),
        figures: figures.collect(),
        problems: Vec::new(),
        notes: Vec::new(),
        beside: Vec::new(),
        off: RulesOff::default(),
        preferred: false,
    }
}

fn series(breakdown: &Breakdown, returns: Vec<Return>) -> Series {
    let june: Period = JUNE.parse().unwrap();
    let periods: Vec<Period> = returns.iter().map(|one| one.period).filter(|one| *one <= june).collect();
    let periods = [periods, vec![june]].concat();
    Series::of(breakdown, &periods, returns).unwrap()
}

fn text(breakdown: &Breakdown, returns: Vec<Return>) -> String {
    let series = series(breakdown, returns);
    let brief = write(&series, breakdown).unwrap();
    every_number_is_traced(&brief, &series, breakdown);
    brief.text()
}

fn sentences(brief: &Brief) -> impl Iterator<Item = &Sentence> {
    brief.paragraphs.iter().flat_map(|paragraph| std::iter::once(&paragraph.lead).chain(&paragraph.sentences))
}

/// Without what a sentence says it states, no digit and no counted thing is left in it; what is stated of figures names
/// cells that the consolidation took.
fn every_number_is_traced(brief: &Brief, series: &Series, breakdown: &Breakdown) {
    for sentence in sentences(brief) {
        let mut rest = sentence.text.clone();
        for figure in &sentence.figures {
            let at = rest.find(&figure.written).unwrap_or_else(|| panic!("{} in {rest}", figure.written));
            rest.replace_range(at..at + figure.written.len(), "");
            let is_of_cells = matches!(figure.what, "完成" | "完成率" | "增减" | "相差");
            assert!(!is_of_cells || !figure.from.is_empty() || figure.written == "0.1", "{figure:?}");
            for (period, source) in &figure.from {
                let of = series.periods().find(|one: &&Consolidation| one.period == *period).unwrap();
                assert!(of.sources.contains(source), "{source:?}");
            }
            if figure.what == "完成" {
                let sum = total(figure.from.iter().map(|(_, source)| &source.value));
                assert!(figure.written.starts_with(&sum.normalize().to_string()), "{figure:?}");
            }
        }
        assert!(!rest.contains(|c: char| c.is_ascii_digit()), "{rest}");
        let words: Vec<char> = rest.chars().collect();
        let counted = words
            .windows(2)
            .any(|pair| "一两三四五六七八九十".contains(pair[0]) && "项个份处市".contains(pair[1]));
        assert!(!counted, "{rest}");
    }
    let json = brief_json(brief, breakdown);
    let told =
        json["paragraphs"].as_array().unwrap().iter().flat_map(|one| one["sentences"].as_array().unwrap());
    let told: Vec<&serde_json::Value> = told.collect();
    let said: Vec<&Sentence> = sentences(brief).filter(|one| !one.text.is_empty()).collect();
    assert_eq!(told.len(), said.len());
    for (json, sentence) in told.into_iter().zip(said) {
        assert_eq!(json["text"], sentence.text.as_str());
        assert_eq!(json["figures"].as_array().unwrap().len(), sentence.figures.len());
    }
}

fn paragraph<'t>(text: &'t str, start: &str) -> &'t str {
    text.lines().map(|line| line.trim_start_matches('　')).find(|line| line.starts_with(start)).unwrap()
}

#[test]
fn three_whole_returns_beside_the_period_before() {
    let official = Breakdown::official();
    let before = [("2018-12", [30, 50, 20])];
    let mut returns: Vec<Return> =
        (0..3).map(|city| submitted(official, city, JUNE, [60, 50, 20][city])).collect();
    for (period, shares) in before {
        returns.extend((0..3).map(|city| submitted(official, city, period, shares[city])));
    }
    // 布局建设 is done in one city, and has not begun in another.
    returns[1].figures[2].value = Some(whole(1));
    returns[2].figures[2].value = Some(Decimal::ZERO);
    let text = text(official, returns);
    insta::assert_snapshot!(text);
}

#[test]
fn the_order_of_the_returns_changes_nothing() {
    let official = Breakdown::official();
    let mut returns: Vec<Return> = (0..3).map(|city| submitted(official, city, JUNE, 40)).collect();
    returns.extend((0..3).map(|city| submitted(official, city, "2018-12", 20)));
    let document = |returns: Vec<Return>| {
        let series = series(official, returns);
        let brief = write(&series, official).unwrap();
        (brief.text(), brief::document(&brief, &series, official).unwrap())
    };
    let first = document(returns.clone());
    returns.reverse();
    assert_eq!(first, document(returns));
}

#[test]
fn without_a_city_nothing_is_called_a_total() {
    let official = Breakdown::official();
    let one = text(official, vec![submitted(official, 0, JUNE, 40)]);
    assert!(one.contains("三个市中，仅采用成都市一个市的报表；绵阳市、德阳市均未报送。"), "{one}");
    assert!(!one.contains("市合计"), "{one}");
    assert!(paragraph(&one, "（一）推进").ends_with("。绵阳市、德阳市未报送，不计合计。"), "{one}");
    assert!(paragraph(&one, "绵阳市、德阳市未报送").ends_with("未报送2019年6月进展情况表。"));
    let whole_three = (0..3).map(|city| submitted(official, city, JUNE, 40)).collect();
    let three = text(official, whole_three);
    assert!(three.contains("成都市、绵阳市、德阳市三个市均已报送。"), "{three}");
    assert!(three.contains("九项指标均低于时间进度。"), "{three}");
    assert!(three.contains("没有未采用的报表和数字，没有未说明的警示。"), "{three}");
}

#[test]
fn where_nobody_reported_nothing_is_written() {
    let official = Breakdown::official();
    let mut sent_back = submitted(official, 0, JUNE, 40);
    sent_back.problems = vec![open(Tier::Error)];
    let error = write(&series(official, vec![sent_back]), official).unwrap_err().to_string();
    assert_eq!(
        error,
        "2019年6月没有一份可以采用的报表，没有写情况综述：成都市报表有一处错误未改正，未采用；\
         绵阳市、德阳市均未报送。"
    );
}

#[test]
fn what_the_consolidation_does_not_take_is_no_figure() {
    let official = Breakdown::official();
    let mut returns: Vec<Return> = (0..3).map(|city| submitted(official, city, JUNE, 40)).collect();
    let figure = &mut returns[0].figures[0];
    figure.raw = "6.3千".to_owned();
    figure.value = None;
    figure.untaken = Some(Untaken::Unconfirmed(Code("Q004")));
    returns[1].problems = vec![open(Tier::Warning)];
    // A later one, and another one of a city that disagrees with the first.
    returns.push(submitted(official, 2, "2019-12", 90));
    let mut another = submitted(official, 2, JUNE, 41);
    another.file = "德阳市重报.xlsx".to_owned();
    another.sha256 = Sha256::of(b"another");
    returns.push(another);
    let mut series = series(official, returns);
    series.latest.not_returns.push(NotReturn {
        file: "说明.xlsx".to_owned(),
        sha256: None,
        why: "T001 没有找到表头。".to_owned(),
    });
    let brief = write(&series, official).unwrap();
    every_number_is_traced(&brief, &series, official);
    let text = brief.text();
    assert!(!text.contains("6.3") && !text.contains("6300"), "{text}");
    let tail = text.split_once("四、").unwrap().1;
    insta::assert_snapshot!(tail);
}

#[test]
fn rules_that_the_returns_were_not_audited_by_are_named() {
    let official = Breakdown::official();
    let mut returns: Vec<Return> = (0..3).map(|city| submitted(official, city, JUNE, 40)).collect();
    assert!(!text(official, returns.clone()).contains("没有按它审核"));
    let rule = by_code("P002").unwrap();
    for one in &mut returns[..2] {
        one.off.switch_off(rule, "省厅已同意").unwrap();
    }
    let text = text(official, returns);
    let tail = text.split_once("四、").unwrap().1;
    let said = format!(
        "关了 1 条规则，没有按它审核：P002 {}（原因：省厅已同意）。涉及 2 个文件：\
         成都市-{JUNE}.xlsx、绵阳市-{JUNE}.xlsx。",
        rule.title
    );
    assert!(tail.contains(&said), "{tail}");
}

#[test]
fn only_what_was_chosen_is_said_to_be_chosen() {
    let official = Breakdown::official();
    let returns: Vec<Return> = (0..2).map(|city| submitted(official, city, JUNE, 40)).collect();
    let choice = Choice { cities: [CityId(0)].into(), states: [Standing::Settled].into() };
    let series = Series::chosen(official, &[JUNE.parse().unwrap()], returns, &choice).unwrap();
    let text = write(&series, official).unwrap().text();
    assert!(text.contains("按选择只汇总成都市中已审的报表，三个市中，仅采用成都市一个市的报表"), "{text}");
    assert!(text.contains("绵阳市、德阳市均按选择未汇总"), "{text}");
}

#[test]
fn another_plan_is_measured_by_its_own_years() {
    let csv = "序号,指标内容,单位,天府市\n1,聚集企业超过800家,家,800\n2,建设平台3个,个,3\n";
    let mut breakdown = Breakdown::from_csv(csv).unwrap();
    let of = |breakdown: &Breakdown, percent| text(breakdown, vec![submitted(breakdown, 0, JUNE, percent)]);
    let unknown = of(&breakdown, 100);
    assert!(unknown.contains("分解表没有写明规划期，未与时间进度比较。两项指标均已完成目标。"), "{unknown}");
    assert!(
        paragraph(&unknown, "（一）聚集").contains("天府市完成800家，目标800家，完成率100%，已完成目标。")
    );
    breakdown.plan = Some(Plan { zone: String::new(), years: (2019, 2021) });
    let early = of(&breakdown, 10);
    assert!(early.starts_with("指标完成情况综述\n"), "{early}");
    assert!(
        early.contains("截至2019年6月底，天府市已报送。按2019年1月至2021年12月匀速计，时间进度为16.7%。"),
        "{early}"
    );
    assert!(early.contains("完成率10%，低于时间进度6.7个百分点。"), "{early}");
    breakdown.plan = Some(Plan { zone: String::new(), years: (2021, 2025) });
    assert!(of(&breakdown, 10).contains("报告期在规划期（2021年至2025年）以前，未与时间进度比较。"));
}

#[test]
fn the_table_in_word_says_what_the_consolidation_says() {
    let official = Breakdown::official();
    let returns = (0..2).map(|city| submitted(official, city, JUNE, 40)).collect();
    let series = series(official, returns);
    let brief = write(&series, official).unwrap();
    let bytes = brief::document(&brief, &series, official).unwrap();
    let workbook = read("综述.docx", &bytes, &Limits::default()).unwrap();
    let table = &workbook.sheets[0];
    let used = table.grid.used().unwrap();
    let rows: Vec<Vec<String>> = (used.start.row..=used.end.row)
        .map(|row| (0..15).map(|column| table.grid.shown(CellRef::new(row, column))).collect())
        .collect();
    let head = rows.iter().position(|row| row[0] == "序号").unwrap();
    assert_eq!((rows[head][3].as_str(), rows[head][12].as_str()), ("成都市", "合计"));
    assert_eq!(rows[head + 1][3..6], ["目标", "完成", "完成率"]);
    for (row, cells) in series.latest.rows.iter().zip(&rows[head + 2..]) {
        let found = official.indicator(row.indicator).unwrap();
        assert_eq!(cells[..3], [found.number.to_string(), found.label.clone(), found.unit.clone()]);
        for (entry, cells) in row.entries.iter().zip(cells[3..].chunks(3)) {
            let shown = |value: Option<Decimal>| value.map(|value| value.normalize().to_string());
            let none = if entry.target.is_some() { "—" } else { "/" };
            assert_eq!(cells[0], shown(entry.target).unwrap_or("/".to_owned()));
            assert_eq!(cells[1], shown(entry.done.value()).unwrap_or(none.to_owned()));
            assert_eq!(cells[2], if entry.done.value().is_some() { "40%" } else { none });
        }
        // One city's return lacks: a total is only where that city has no part.
        let is_whole = row.zone.lacking.is_empty();
        let done = row.zone.done.filter(|_| is_whole).map(|done| done.normalize().to_string());
        assert_eq!(cells[12], row.zone.target.normalize().to_string());
        assert_eq!(cells[13], done.unwrap_or("—".to_owned()));
        assert_eq!(cells[14], if is_whole { "40%" } else { "—" });
    }
    // A row for each return, with every cell.
    let sources = &workbook.sheets[1].grid;
    let rows = sources.used().unwrap();
    let row = |row| (0..5).map(|column| sources.shown(CellRef::new(row, column))).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = (rows.start.row..=rows.end.row).map(row).collect();
    let head = rows.iter().position(|row| row[0] == "市").unwrap();
    let of = |file: &str, cells: &str| ["2019年6月", file, "进展情况", cells].map(str::to_owned).to_vec();
    assert_eq!(rows[head + 1][1..], of("成都市-2019-06.xlsx", "第1至9项 F4:F12"));
    assert_eq!(rows[head + 2][1..], of("绵阳市-2019-06.xlsx", "第1至6项 F4:F9；第9项 F12"));
    assert!(rows[head + 3][0].starts_with("注："), "{rows:?}");
}

#[test]
fn a_warning_names_its_sheet_where_the_file_has_several_and_no_reason_gives_advice() {
    let official = Breakdown::official();
    let mut returns: Vec<Return> = (0..3).map(|city| submitted(official, city, JUNE, 40)).collect();
    returns[1].problems = vec![open(Tier::Warning)];
    let tail = |returns: Vec<Return>| {
        let mut series = series(official, returns);
        series.latest.not_returns.push(NotReturn {
            file: "说明.xlsx".to_owned(),
            sha256: None,
            why: "文件设了打开密码。请另存为不带密码的副本，再拖入。".to_owned(),
        });
        let brief = write(&series, official).unwrap();
        every_number_is_traced(&brief, &series, official);
        brief.text().split_once("四、").unwrap().1.to_owned()
    };
    let alone = tail(returns.clone());
    assert!(alone.contains("未说明的警示一处：绵阳市F5“本期跃升过大”。"), "{alone}");
    assert!(alone.contains("“说明.xlsx”，文件设了打开密码。") && !alone.contains('请'), "{alone}");
    let mut earlier = submitted(official, 1, "2018-12", 20);
    (earlier.file, earlier.sheet) = (returns[1].file.clone(), "上期".to_owned());
    returns.push(earlier);
    let several = tail(returns);
    let place = "绵阳市“绵阳市-2019-06.xlsx”工作表“进展情况”F5“本期跃升过大”。";
    assert!(several.contains(place), "{several}");
}

fn said(arguments: &[&str]) -> (i32, String, String) {
    let done = companion(&[&["brief"], arguments].concat());
    (code(&done), out(&done), err(&done))
}

#[test]
fn the_example_reads_as_an_office_writes_it() {
    let files = ["成都市", "绵阳市", "德阳市"].into_iter().flat_map(|city| {
        let june = format!("{city}-2019年6月.{}", if city == "德阳市" { "xls" } else { "xlsx" });
        [june, format!("{city}-2018年12月.xlsx")].map(|name| sample(&name))
    });
    let files: Vec<String> = files.collect();
    let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
    arguments.extend(["--period", JUNE]);
    let (code, text, _) = said(&arguments);
    assert_eq!(code, 1);
    insta::assert_snapshot!(text);
    let kept = folder("brief");
    let store = |name: &str| {
        let path = kept.join(name);
        let shown = path.display().to_string();
        let (code, lines, _) = said(&[arguments.as_slice(), &["--out", &shown]].concat());
        assert_eq!(code, 1, "{lines}");
        std::fs::read(path).unwrap()
    };
    assert_eq!(store("综述.docx"), store("再来.docx"));
    let written = String::from_utf8(store("综述.txt")).unwrap();
    assert_eq!(written.trim_start_matches('\u{feff}').replace("\r\n", "\n").trim(), text.trim());
    arguments.extend(["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said(&arguments).1).unwrap();
    assert_eq!(json["text"].as_str().unwrap().trim(), text.trim());
}

#[test]
fn a_period_without_returns_and_another_extension_write_nothing() {
    let kept = folder("no-brief");
    let file = sample("成都市-2019年6月.xlsx");
    let target = kept.join("综述.docx").display().to_string();
    let (code, lines, why) = said(&[&file, "--period", "2020-12", "--out", &target]);
    assert_eq!((code, lines.as_str()), (2, ""));
    assert!(why.contains("2020年12月没有一份可以采用的报表"), "{why}");
    let other = kept.join("综述.pdf").display().to_string();
    assert!(said(&[&file, "--out", &other]).2.contains("以 .docx 或 .txt 结尾"));
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 0);
}
