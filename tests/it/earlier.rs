//! Earlier returns: found by city and period, one a period, from returns and from consolidated workbooks.

use indicator_companion::audit::{Checked, Reported, history};
use indicator_companion::breakdown::{Breakdown, CityId, IndicatorId};
use indicator_companion::consolidate::consolidate;
use indicator_companion::job;
use indicator_companion::model::{Decimal, Period};
use indicator_companion::reading::Limits;
use indicator_companion::report::consolidated;

fn report(city: usize, period: &str, file: &str, figures: &[(usize, Option<i64>)]) -> Reported {
    Reported {
        city: CityId(city),
        period: period.parse().unwrap(),
        file: file.to_owned(),
        figures: figures
            .iter()
            .map(|(indicator, figure)| (IndicatorId(*indicator), figure.map(Decimal::from)))
            .collect(),
    }
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

#[test]
fn history_is_the_citys_own_oldest_first_one_a_period() {
    let reports = [
        report(1, "2018-12", "b", &[(0, Some(20))]),
        report(1, "2018-06", "a", &[(0, Some(10))]),
        report(0, "2018-12", "other city", &[(0, Some(99))]),
        report(1, "2019-06", "itself", &[(0, Some(30))]),
        report(1, "2018-06", "summary", &[(0, Some(10)), (1, Some(5))]),
    ];
    let known: Vec<(Period, &str)> = history(&reports, CityId(1), period("2019-06"))
        .into_iter()
        .map(|(period, known)| (period, known.unwrap().file.as_str()))
        .collect();
    // Of two that agree the fuller one.
    assert_eq!(known, [(period("2018-06"), "summary"), (period("2018-12"), "b")]);
}

#[test]
fn reports_that_disagree_are_given_back_all_of_them() {
    let reports = [
        report(0, "2018-12", "a", &[(0, Some(20)), (1, None)]),
        report(0, "2018-12", "b", &[(0, Some(21))]),
        report(0, "2018-06", "c", &[(0, Some(10))]),
    ];
    let known = history(&reports, CityId(0), period("2019-06"));
    assert_eq!(known[0].1.as_ref().unwrap().file, "c");
    let files: Vec<&str> =
        known[1].1.as_ref().unwrap_err().iter().map(|reported| reported.file.as_str()).collect();
    assert_eq!(files, ["a", "b"]);
}

const SAMPLES: &str = "fixtures/workbooks/samples";

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}/{name}")).unwrap()
}

fn checked(name: &str, bytes: &[u8], previous: &[Reported]) -> Checked {
    job::check(name, bytes, Breakdown::official(), previous, &Limits::default())
}

fn reports(name: &str, bytes: &[u8]) -> Vec<Reported> {
    let checked = checked(name, bytes, &[]);
    let (workbook, audit) = checked.content.as_ref().unwrap();
    job::reports(name, workbook, audit, Breakdown::official())
}

/// The consolidated workbook of December 2018 with the returns of these files.
fn december(names: &[&str]) -> Vec<u8> {
    let returns: Vec<_> = names
        .iter()
        .map(|name| {
            let checked = checked(name, &sample(name), &[]);
            let (workbook, audit) = checked.content.as_ref().unwrap();
            job::returns_of(name, checked.sha256.unwrap(), workbook, audit, Breakdown::official()).remove(0)
        })
        .collect();
    consolidated::write(
        &consolidate(Breakdown::official(), period("2018-12"), &returns).into(),
        Breakdown::official(),
    )
    .unwrap()
}

#[test]
fn a_consolidated_workbook_gives_one_report_a_city() {
    let names = ["成都市-2018年12月.xlsx", "绵阳市-2018年12月.xlsx", "德阳市-2018年12月.xlsx"];
    let found = reports("汇总.xlsx", &december(&names));
    assert_eq!(found.len(), 3);
    for (report, name) in found.iter().zip(names) {
        let own = reports(name, &sample(name)).pop().unwrap();
        assert_eq!(
            (report.city, report.period, report.file.as_str()),
            (own.city, period("2018-12"), "汇总.xlsx")
        );
        // What is not applicable to the city stays without a figure.
        for indicator in Breakdown::official().indicator_ids() {
            let due = Breakdown::official().target(indicator, own.city).and(own.figure(indicator));
            assert_eq!(report.figure(indicator), due, "{name} {indicator:?}");
        }
    }
    // A city that has not reported is not there.
    assert_eq!(
        reports("汇总.xlsx", &december(&names[1..2])).iter().map(|report| report.city).collect::<Vec<_>>(),
        [CityId(1)]
    );
}

#[test]
fn the_summary_serves_as_well_as_the_return_itself() {
    let (now, before) = ("绵阳市-2019年6月.xlsx", "绵阳市-2018年12月.xlsx");
    let say = |previous: &[Reported]| -> Vec<String> {
        checked(now, &sample(now), previous)
            .findings()
            .iter()
            .map(|f| format!("{} {:?} {:?}", f.code, f.range, f.expected))
            .collect()
    };
    let by_return = say(&reports(before, &sample(before)));
    assert!(
        by_return.iter().any(|line| line.starts_with("P001"))
            && by_return.iter().any(|line| line.starts_with("P009"))
    );
    assert_eq!(say(&reports("汇总.xlsx", &december(&[before]))), by_return);
}

#[test]
fn two_reports_that_disagree_are_not_used_and_both_are_named() {
    let (now, before) = ("绵阳市-2019年6月.xlsx", "绵阳市-2018年12月.xlsx");
    let mut previous = reports(before, &sample(before));
    let mut other = previous[0].clone();
    other.file = "另一份.xlsx".to_owned();
    other.figures[0].1 = Some(Decimal::from(1));
    previous.push(other);
    let found = checked(now, &sample(now), &previous);
    // What the sheet's own column says is still compared; neither report is.
    let uses = |finding: &indicator_companion::audit::Finding| {
        finding.message.contains("另一份.xlsx") || finding.message.contains(before)
    };
    assert!(found.findings().iter().all(|finding| finding.code.0 != "P009" && !uses(finding)));
    let said = job::disputes(&found, &previous);
    assert!(said.len() == 1 && said[0].contains("另一份.xlsx") && said[0].contains(before), "{said:?}");
}

#[test]
fn what_was_given_and_not_compared_is_said_with_its_reason() {
    let (now, before) = ("绵阳市-2019年6月.xlsx", "绵阳市-2018年12月.xlsx");
    let official = Breakdown::official();
    let unused = |earlier: &[Reported], name: &str| {
        let checked = checked(name, &sample(name), earlier);
        job::unused(earlier, &job::whose(&checked.content.as_ref().unwrap().1), official)
    };
    let of = |name: &str| reports(name, &sample(name));
    assert!(unused(&of(before), now).is_empty());
    for (earlier, name, reason) in [
        ("成都市-2018年12月.xlsx", now, "没有成都市的进展情况表"),
        (now, now, "同是绵阳市这一期的"),
        (now, before, "比送审的表还晚"),
    ] {
        let said = unused(&of(earlier), name);
        assert!(said.len() == 1 && said[0].contains(reason) && said[0].contains(earlier), "{said:?}");
    }
    let mut old = of(before);
    old[0].period = period("2018-06");
    let said = unused(&old, now);
    assert!(said.len() == 1 && said[0].contains("上一期是2018年12月"), "{said:?}");
}

#[test]
fn figures_of_the_last_period_that_are_not_certain_are_named() {
    let (now, before) = ("绵阳市-2019年6月.xlsx", "绵阳市-2018年12月.xlsx");
    let said = |previous: &[Reported]| -> Vec<String> {
        let found = checked(now, &sample(now), previous);
        let own = found.findings().iter().filter(|finding| finding.code.0 == "P012");
        own.map(|finding| finding.message.clone()).collect()
    };
    let mut previous = reports(before, &sample(before));
    assert!(said(&previous).is_empty() && said(&[]).is_empty());
    previous[0].figures[1].1 = None;
    let message = said(&previous);
    assert!(message.len() == 1 && message[0].contains("指标 2 没有确定的数"), "{message:?}");
    // Two that disagree are none.
    let mut other = previous[0].clone();
    other.figures[0].1 = Some(Decimal::from(1));
    previous.push(other);
    let message = said(&previous);
    assert!(message.len() == 1 && message[0].contains("不止一份"), "{message:?}");
}
