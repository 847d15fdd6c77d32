//! Consolidation: nothing altered, nothing chosen in silence, nothing unaccounted for; and the workbook that shows it.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use indicator_companion::audit::{Code, RulesOff, Tier};
use indicator_companion::breakdown::{Breakdown, CityId, IndicatorId};
use indicator_companion::consolidate::{
    Consolidation, Done, Figure, LeftOutReason, Note, Problem, Return, Series, Standing, Why, consolidate,
    long, recheck,
};
use indicator_companion::model::{CellRef, Decimal, Period, Range, Sha256, fraction};
use indicator_companion::report::consolidated;

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn june() -> Period {
    period("2019-06")
}

/// A return whose figures are `base` and upwards; `/` where the breakdown has it.
fn submitted(breakdown: &Breakdown, city: usize, file: &str, base: i64) -> Return {
    let figures = breakdown
        .indicator_ids()
        .map(|indicator| {
            let row = u32::try_from(indicator.0).unwrap() + 4;
            let value = breakdown
                .target(indicator, CityId(city))
                .map(|_| fraction(u32::try_from(base).unwrap() + row, 1));
            let raw = value.map_or("/".to_owned(), |value| format!("{value}项"));
            Figure { indicator, cell: CellRef::new(row, 5), raw, value, untaken: None }
        })
        .collect();
    let sha256 = Sha256::of(format!("{file}{base}{city}").as_bytes());
    Return {
        file: file.to_owned(),
        sha256,
        sheet: "进展情况表".to_owned(),
        city: CityId(city),
        period: june(),
        figures,
        problems: Vec::new(),
        notes: Vec::new(),
        beside: Vec::new(),
        off: RulesOff::default(),
        district: None,
        preferred: false,
    }
}

/// A finding that nobody has answered.
pub fn open(tier: Tier) -> Problem {
    Problem {
        code: Code("P003"),
        tier,
        place: Some("F5".parse::<CellRef>().map(Range::cell).unwrap()),
        message: "本期跳增过快。".to_owned(),
        found: "500".to_owned(),
        expected: None,
        answer: None,
    }
}

fn all_three() -> Vec<Return> {
    let breakdown = Breakdown::official();
    vec![
        submitted(breakdown, 0, "成都.xlsx", 1000),
        submitted(breakdown, 1, "绵阳.xlsx", 500),
        submitted(breakdown, 2, "德阳.xlsx", 200),
    ]
}

fn codes(consolidation: &Consolidation) -> Vec<&'static str> {
    consolidation.remarks.iter().map(|remark| remark.code.0).collect()
}

#[test]
fn every_figure_arrives_unaltered_with_its_source() {
    let breakdown = Breakdown::official();
    let returns = all_three();
    let result = consolidate(breakdown, june(), &returns);
    assert!(result.remarks.is_empty(), "{:?}", result.remarks);
    assert!(result.account.balances());
    assert_eq!(result.account.cells, 27);
    // Two indicators are Chengdu's alone.
    assert_eq!((result.account.cells_used, result.account.cells_left_out), (23, 4));
    assert!(result.left_out.iter().all(|left| left.why == LeftOutReason::NotApplicable && left.raw == "/"));
    for submitted in &returns {
        for figure in &submitted.figures {
            let entry = result.rows[figure.indicator.0].entries[submitted.city.0];
            match figure.value {
                Some(value) => {
                    let Done::Figure { value: shown, source } = entry.done else { panic!("{entry:?}") };
                    let source = &result.sources[source];
                    assert_eq!(shown, value);
                    assert_eq!(
                        (&source.file, source.cell, &source.raw),
                        (&submitted.file, figure.cell, &figure.raw)
                    );
                    assert_eq!((source.sha256, &source.sheet), (submitted.sha256, &submitted.sheet));
                }
                None => assert_eq!(entry.done, Done::NotApplicable),
            }
        }
    }
    for row in &result.rows {
        let expected: Decimal = returns.iter().filter_map(|r| r.figures[row.indicator.0].value).sum();
        assert_eq!(row.zone.done, Some(expected));
        assert!(row.zone.lacking.is_empty());
    }
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    let forward = consolidate(breakdown, june(), &returns);
    returns.reverse();
    assert_eq!(forward, consolidate(breakdown, june(), &returns));
}

#[test]
fn the_same_submission_counts_once() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    let mut copy = returns[0].clone();
    copy.file = "成都 (1).xlsx".to_owned();
    returns.push(copy);
    // Saved again: other bytes, the same values.
    let mut resaved = returns[1].clone();
    resaved.file = "绵阳另存.xlsx".to_owned();
    resaved.sha256 = Sha256::of(b"resaved");
    returns.push(resaved);
    let result = consolidate(breakdown, june(), &returns);
    assert_eq!(codes(&result), ["C003", "C003"]);
    assert_eq!(result.kept_out[0].why, Why::Duplicate { of: "成都.xlsx".to_owned(), differs: Vec::new() });
    assert_eq!((result.account.returns, result.account.used, result.account.kept_out), (5, 3, 2));
    assert!(result.account.balances());
    assert_eq!(result.rows, consolidate(breakdown, june(), &all_three()).rows);
}

#[test]
fn of_two_submissions_that_disagree_neither_is_chosen() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns.push(submitted(breakdown, 0, "成都改.xlsx", 1001));
    let result = consolidate(breakdown, june(), &returns);
    assert_eq!(codes(&result), ["C002", "C002"]);
    assert!(result.missing.is_empty(), "both came in: they go back, nothing is missing");
    let row = &result.rows[0];
    assert_eq!(row.entries[0].done, Done::NotReported);
    assert_eq!(row.zone.lacking, [CityId(0)]);
    // Pharmacy is Chengdu's alone: without it there is no total at all.
    assert_eq!(result.rows[7].zone.done, None);
    assert!(result.account.balances());
}

#[test]
fn what_is_not_ready_is_kept_out_with_its_reason() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns[1].problems = vec![open(Tier::Error); 3];
    returns[2].period = period("2018-12");
    let result = consolidate(breakdown, june(), &returns);
    assert_eq!(codes(&result), ["C001", "C004", "C005"]);
    let reasons: Vec<String> = result.kept_out.iter().map(|out| out.why.to_string()).collect();
    assert_eq!(
        reasons,
        ["还有 3 处错误没有改正，请退回改正后再汇总", "报告期是 2018年12月，不是本次汇总的 2019年6月"]
    );
    assert_eq!(result.used.len(), 1);
    assert!(result.account.balances());
}

#[test]
fn what_is_let_go_of_returns_of_other_periods_is_missed_nowhere() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    for one in all_three() {
        let note =
            Note { indicator: IndicatorId(0), cell: CellRef::new(4, 7), text: "上期说明".to_owned() };
        let beside = vec![("目标值".to_owned(), one.sha256)];
        let file = format!("上期{}", one.file);
        let problems = vec![open(Tier::Warning)];
        returns.push(Return {
            file,
            period: period("2018-12"),
            notes: vec![note],
            beside,
            problems,
            sha256: Sha256::of(one.file.as_bytes()),
            ..one
        });
    }
    let whole = consolidate(breakdown, june(), &returns);
    assert_eq!((whole.used.len(), whole.kept_out.len()), (3, 3));
    returns.iter_mut().filter(|one| one.period != june()).for_each(Return::set_aside);
    assert!(returns.iter().any(|one| one.figures.iter().any(|figure| figure.raw.is_empty())));
    assert_eq!(consolidate(breakdown, june(), &returns), whole);
}

#[test]
fn a_figure_that_cannot_count_is_left_out_with_its_reason() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns[2].figures[7].value = Some(Decimal::TEN); // not Deyang's
    returns[2].figures[0].value = None; // "/" where a figure is due
    let twice = returns[1].figures[0].clone();
    returns[1].figures.push(Figure { cell: CellRef::new(20, 5), ..twice.clone() });
    let mut other = returns[1].figures[1].clone();
    other.value = Some(Decimal::ONE);
    returns[1].figures.push(Figure { cell: CellRef::new(21, 5), ..other });
    let result = consolidate(breakdown, june(), &returns);
    let why = |indicator: usize, city: usize| {
        let of = |left: &&indicator_companion::consolidate::LeftOut| {
            left.indicator == IndicatorId(indicator) && left.city == CityId(city)
        };
        result.left_out.iter().filter(of).map(|left| left.why).collect::<Vec<_>>()
    };
    assert_eq!(why(7, 2), [LeftOutReason::NotApplicable]);
    assert_eq!(why(0, 2), [LeftOutReason::NoFigure]);
    assert_eq!(why(0, 1), [LeftOutReason::Repeated]);
    assert_eq!(why(1, 1), [LeftOutReason::Contradictory, LeftOutReason::Contradictory]);
    assert_eq!(result.rows[0].zone.lacking, [CityId(2)]);
    assert!(result.account.balances());
}

#[test]
fn nothing_at_all_is_three_missing_cities() {
    let result = consolidate(Breakdown::official(), june(), &[]);
    assert_eq!(codes(&result), ["C001", "C001", "C001"]);
    assert!(result.remarks[2].message.contains("德阳市没有报送 2019年6月"));
    assert!(!consolidated::write(&result.into(), Breakdown::official()).unwrap().is_empty());
}

#[test]
fn the_second_path_sees_what_was_tampered_with() {
    let breakdown = Breakdown::official();
    let returns = all_three();
    let good = consolidate(breakdown, june(), &returns);
    assert!(recheck(breakdown, &good, &returns.iter().collect::<Vec<_>>()).is_empty());
    let mut total = good.clone();
    total.rows[0].zone.done = total.rows[0].zone.done.map(|done| done + Decimal::ONE);
    assert!(recheck(breakdown, &total, &returns.iter().collect::<Vec<_>>())[0].message.contains("重算得"));
    let mut place = good.clone();
    place.sources[0].cell = CellRef::new(99, 9);
    assert!(
        recheck(breakdown, &place, &returns.iter().collect::<Vec<_>>())
            .iter()
            .any(|remark| remark.message.contains("找不到"))
    );
    let mut account = good;
    account.account.cells_used -= 1;
    assert!(
        recheck(breakdown, &account, &returns.iter().collect::<Vec<_>>())[0].message.contains("前后不符")
    );
}

#[test]
fn a_fourth_city_needs_no_code() {
    let text = "序号,指标内容,总量,关系,单位,甲市,乙市,丙市,丁市,正文别名\n1,转化成果,100,等于,项,40,30,20,10,\n\
     2,聚集企业超过50家,50,超过,家,40,/,/,20,\n";
    let breakdown = Breakdown::from_csv(text).unwrap();
    let returns: Vec<Return> =
        (0..4).map(|city| submitted(&breakdown, city, &format!("{city}.xlsx"), 100)).collect();
    let result = consolidate(&breakdown, june(), &returns);
    assert!(result.remarks.is_empty(), "{:?}", result.remarks);
    let cells = summary(&consolidated::write(&result.clone().into(), &breakdown).unwrap());
    assert_eq!(text_at(&cells, "M3"), "丁市");
    assert_eq!(text_at(&cells, "P3"), "合计");
    assert_eq!(number_at(&cells, "P5"), 100.0);
    // The official total of the second is no sum of the cities' targets.
    assert_eq!(number_at(&cells, "P6"), 50.0);
    assert_eq!(text_at(&cells, "G6"), "/");
}

#[test]
fn stored_results_of_the_formulas_are_what_they_compute() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns.pop();
    let result = consolidate(breakdown, june(), &returns);
    let bytes = consolidated::write(&result.clone().into(), breakdown).unwrap();
    let cells = summary(&bytes);
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let formulas = workbook.worksheet_formula("汇总表").unwrap();
    let (top, left) = formulas.start().unwrap();
    let mut checked = 0;
    for (row, column, formula) in formulas.used_cells() {
        let at = CellRef::new(top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
        let value = |address: &str| match cells.get(&address.parse::<CellRef>().unwrap()) {
            Some(Data::Float(number)) => *number,
            Some(Data::Int(number)) => f64::from(i32::try_from(*number).unwrap()),
            _ => 0.0,
        };
        let computed = match formula.strip_prefix("SUM(").and_then(|rest| rest.strip_suffix(')')) {
            Some(list) => list.split(',').map(value).sum::<f64>(),
            None => {
                let (done, target) = formula.split_once('/').unwrap();
                let target = match target.strip_prefix("SUM(").and_then(|rest| rest.strip_suffix(')')) {
                    Some(list) => list.split(',').map(value).sum::<f64>(),
                    None => value(target),
                };
                value(done) / target
            }
        };
        let Some(Data::Float(stored)) = cells.get(&at) else { panic!("{at}: {:?}", cells.get(&at)) };
        assert!((stored - computed).abs() < 1e-12, "{at} {formula}: {stored} {computed}");
        checked += 1;
    }
    // A target, a total and a rate for the zone, a rate for each figure.
    assert!(checked > 30, "{checked}");
    // A rate over the targets of those that reported, and one over the whole target.
    assert_eq!(
        (text_at(&cells, "O4"), text_at(&cells, "P4")),
        ("已报市完成率".to_owned(), "占总目标".to_owned())
    );
    assert!(number_at(&cells, "O5") > number_at(&cells, "P5"));
    assert_eq!(text_at(&cells, "Q5"), "合计不全：缺德阳市");
    assert_eq!(text_at(&cells, "A1"), "成德绵国家科技成果转移转化示范区建设指标汇总表");
    assert!(!cells.contains_key(&"K5".parse().unwrap()), "not reported is blank");
    assert_eq!(text_at(&cells, "J12"), "/");
}

#[test]
fn every_number_has_its_row_in_the_sources() {
    let breakdown = Breakdown::official();
    let result = consolidate(breakdown, june(), &all_three());
    let bytes = consolidated::write(&result.clone().into(), breakdown).unwrap();
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(
        workbook.sheet_names(),
        ["汇总表", "图表", "情况说明", "问题清单", "催报", "数据来源", "完整性", "未计入", "长表"]
    );
    let sources = workbook.worksheet_range("数据来源").unwrap();
    assert_eq!(sources.height(), 2 + result.sources.len());
    for (row, source) in result.sources.iter().enumerate() {
        let cell =
            |column: u32| sources.get_value((u32::try_from(row).unwrap() + 2, column)).unwrap().to_string();
        assert_eq!((cell(3), cell(5)), (source.file.clone(), source.cell.to_string()));
        assert_eq!((cell(6), cell(7)), (source.raw.clone(), source.value.normalize().to_string()));
        assert_eq!(cell(10), source.sha256.to_string());
    }
}

#[test]
fn the_same_returns_give_the_same_bytes() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns.push(submitted(breakdown, 0, "成都改.xlsx", 1001));
    returns.push(Return { period: period("2018-12"), ..submitted(breakdown, 1, "绵阳旧.xlsx", 300) });
    let write = |returns: &[Return]| consolidated::write(&series(returns), breakdown).unwrap();
    let forward = write(&returns);
    returns.reverse();
    assert!(forward == write(&returns), "whatever the order of the files");
}

/// Every period that came in.
fn series(returns: &[Return]) -> Series {
    let periods: Vec<Period> = returns.iter().map(|one| one.period).collect();
    Series::of(Breakdown::official(), &periods, returns.to_vec()).unwrap()
}

#[test]
fn the_submission_that_the_user_names_counts() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns.push(Return { preferred: true, ..submitted(breakdown, 0, "成都改.xlsx", 1001) });
    let result = consolidate(breakdown, june(), &returns);
    assert_eq!(result.used[0].file, "成都改.xlsx");
    assert_eq!(result.kept_out[0].why, Why::NotPreferred { of: "成都改.xlsx".to_owned() });
    assert_eq!(codes(&result), ["C003"]);
    assert!(result.account.balances());
    // Two that are both named are no choice.
    returns[0].preferred = true;
    assert_eq!(codes(&consolidate(breakdown, june(), &returns)), ["C002", "C002"]);
}

#[test]
fn of_two_with_the_same_figures_the_named_one_gives_the_words() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    let note =
        |text: &str| Note { indicator: IndicatorId(0), cell: CellRef::new(4, 7), text: text.to_owned() };
    let beside = |text: &str| vec![("情况说明".to_owned(), Sha256::of(text.as_bytes()))];
    (returns[0].notes, returns[0].beside) = (vec![note("甲")], beside("甲"));
    let mut other = returns[0].clone();
    (other.file, other.sha256) = ("成都再报.xlsx".to_owned(), Sha256::of(b"again"));
    (other.notes, other.beside) = (vec![note("乙")], beside("乙"));
    returns.push(other);
    // Unsaid, the first one's; that they differ is said.
    let before = consolidate(breakdown, june(), &returns);
    assert_eq!(before.used[0].notes, [note("甲")]);
    let differs = vec!["情况说明".to_owned()];
    assert_eq!(before.kept_out[0].why, Why::Duplicate { of: "成都.xlsx".to_owned(), differs });
    returns[3].preferred = true;
    let after = consolidate(breakdown, june(), &returns);
    assert_eq!((after.used[0].file.as_str(), &after.used[0].notes), ("成都再报.xlsx", &vec![note("乙")]));
    assert_eq!(after.kept_out[0].why, Why::NotPreferred { of: "成都再报.xlsx".to_owned() });
    assert!(after.account.balances());
    let written = consolidated::write(&after.into(), breakdown).unwrap();
    let words: Vec<String> = sheet(&written, "完整性").into_iter().flatten().collect();
    assert!(words.iter().any(|words| words.contains("按指定以此份为准")), "{words:?}");
    // The word for one of three counts against other figures, too.
    returns.push(submitted(breakdown, 0, "成都改.xlsx", 1001));
    let three = consolidate(breakdown, june(), &returns);
    assert_eq!(three.used[0].file, "成都再报.xlsx");
    assert!(three.kept_out.iter().all(|out| matches!(out.why, Why::NotPreferred { .. })));
}

#[test]
fn who_names_a_copy_names_what_it_is_a_copy_of() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns.push(submitted(breakdown, 0, "成都改.xlsx", 1001));
    let mut copy = returns[0].clone();
    (copy.file, copy.preferred) = ("成都副本.xlsx".to_owned(), true);
    returns.push(copy);
    let result = consolidate(breakdown, june(), &returns);
    assert_eq!(result.used.len(), 3);
    assert!(result.used.iter().any(|one| one.file == "成都.xlsx"), "{:?}", result.kept_out);
}

/// Two tables of one sheet, each of its own period.
#[test]
fn a_sheet_with_two_periods_is_no_copy_of_itself() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    let mut earlier = returns[0].clone();
    earlier.period = "2018-12".parse().unwrap();
    returns.push(earlier);
    let result = consolidate(breakdown, june(), &returns);
    assert_eq!(result.used.len(), 3, "{:?}", result.kept_out);
}

#[test]
fn open_cautions_travel_with_their_figures() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    let answered = Problem { answer: Some("新建一家".to_owned()), ..open(Tier::Warning) };
    returns[2].problems = vec![open(Tier::Warning), answered];
    returns[2].notes =
        vec![Note { indicator: IndicatorId(0), cell: CellRef::new(4, 7), text: "新增三项".to_owned() }];
    returns[1].problems = vec![open(Tier::Error)];
    let result = consolidate(breakdown, june(), &returns);
    let standings: Vec<Standing> = result.standings().into_values().collect();
    assert_eq!(standings, [Standing::Settled, Standing::SentBack, Standing::Unexplained]);
    let bytes = consolidated::write(&result.into(), breakdown).unwrap();
    let cells = summary(&bytes);
    assert!(text_at(&cells, "Q2").contains("含 1 处未说明的警示"), "{}", text_at(&cells, "Q2"));
    let problems = sheet(&bytes, "问题清单");
    let cities: Vec<String> = problems.iter().skip(2).map(|row| row[0].clone()).collect();
    assert_eq!(cities, ["绵阳市", "德阳市", "德阳市"]);
    assert_eq!(problems[4][10], "新建一家");
    assert_eq!(sheet(&bytes, "情况说明")[2][2], "新增三项");
    let board = sheet(&bytes, "催报");
    assert_eq!(board[3], ["绵阳市", "退回", "2019年6月：请退回改正后重报"]);
    assert!(sheet(&bytes, "数据来源").iter().any(|row| row[9] == "采用，待说明 P003"));
}

#[test]
fn several_periods_show_what_changed() {
    let breakdown = Breakdown::official();
    let mut returns = all_three();
    returns.extend(all_three().into_iter().map(|one| {
        let less = |figure: &Figure| Figure {
            value: figure.value.map(|value| value - Decimal::TEN),
            ..figure.clone()
        };
        let sha256 = Sha256::of(one.file.as_bytes());
        Return { period: period("2018-12"), figures: one.figures.iter().map(less).collect(), sha256, ..one }
    }));
    let both = series(&returns);
    assert!(both.is_settled() && both.earlier.len() == 1);
    let stages = both.stages(IndicatorId(0), None);
    assert_eq!(stages[1].change, Some(Decimal::from(30)));
    // Without one of the cities a total is not compared.
    let mut partial = returns.clone();
    partial.pop();
    assert_eq!(series(&partial).stages(IndicatorId(0), None)[1].change, None);
    let bytes = consolidated::write(&both, breakdown).unwrap();
    let trend = sheet(&bytes, "趋势");
    assert_eq!(trend[4][3..6], ["2018年12月", "90.4", ""]);
    assert_eq!(trend[5][3..6], ["2019年6月", "100.4", "10"]);
    assert_eq!(long(&both, breakdown).count(), 2 * 23);
    let csv = String::from_utf8(indicator_companion::report::long::csv(&both, breakdown)).unwrap();
    assert_eq!(csv.lines().count(), 1 + 2 * 23);
    assert!(csv.starts_with('\u{feff}') && csv.contains("2018-12-31,成都市,1,"), "{csv}");
}

#[test]
fn shares_are_not_added_up_and_many_cities_stand_below_each_other() {
    let cities: Vec<String> = (1..=8).map(|n| format!("第{n}市")).collect();
    let text = format!(
        "序号,指标内容,总量,关系,单位,{},正文别名\n1,转化成果,80,等于,项,10,10,10,10,10,10,10,10,\n\
         2,投入强度,3,等于,%,3,3,3,3,3,3,3,3,\n",
        cities.join(",")
    );
    let breakdown = Breakdown::from_csv(&text).unwrap();
    let returns: Vec<Return> =
        (0..8).map(|city| submitted(&breakdown, city, &format!("{city}.xlsx"), 100)).collect();
    let result = consolidate(&breakdown, june(), &returns);
    assert!(result.remarks.is_empty(), "{:?}", result.remarks);
    assert_eq!(result.rows[1].zone.done, None);
    let cells = summary(&consolidated::write(&result.into(), &breakdown).unwrap());
    assert_eq!((text_at(&cells, "B5"), text_at(&cells, "B13")), ("第1市".to_owned(), "合计".to_owned()));
    assert_eq!(number_at(&cells, "D13"), 83.2);
    assert_eq!(text_at(&cells, "G13"), "/");
}

/// The cells of a sheet as text, row by row.
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut workbook = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = workbook.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

fn summary(bytes: &[u8]) -> BTreeMap<CellRef, Data> {
    let mut workbook = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = workbook.worksheet_range("汇总表").unwrap();
    let (top, left) = range.start().unwrap();
    let place = |row: usize, column: usize| {
        CellRef::new(top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap())
    };
    range
        .used_cells()
        .map(|(row, column, value)| (place(row, column), value.clone()))
        .filter(|(_, value)| *value != Data::Empty)
        .collect()
}

fn text_at(cells: &BTreeMap<CellRef, Data>, at: &str) -> String {
    cells[&at.parse::<CellRef>().unwrap()].to_string()
}

fn number_at(cells: &BTreeMap<CellRef, Data>, at: &str) -> f64 {
    let Data::Float(number) = cells[&at.parse::<CellRef>().unwrap()] else { panic!("{at}") };
    number
}
