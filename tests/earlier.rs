//! Earlier returns: found by city and period, one a period, from returns and from consolidated workbooks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

use indicator_companion::audit::{Reported, history};
use indicator_companion::breakdown::{CityId, IndicatorId};
use indicator_companion::model::{Decimal, Period};

fn report(city: usize, period: &str, file: &str, figures: &[(usize, Option<i64>)]) -> Reported {
    Reported {
        city: CityId(city),
        period: period.parse().unwrap(),
        file: file.to_owned(),
        figures: figures.iter().map(|(indicator, figure)| (IndicatorId(*indicator), figure.map(Decimal::from))).collect(),
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
    let known: Vec<(Period, &str)> =
        history(&reports, CityId(1), period("2019-06")).into_iter().map(|(period, known)| (period, known.unwrap().file.as_str())).collect();
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
    let files: Vec<&str> = known[1].1.as_ref().unwrap_err().iter().map(|reported| reported.file.as_str()).collect();
    assert_eq!(files, ["a", "b"]);
}
