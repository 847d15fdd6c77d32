//! Earlier returns that were given and not compared with, each with its reason.

use std::collections::BTreeSet;

use crate::audit::{Audit, Reported};
use crate::breakdown::{Breakdown, CityId};
use crate::layout::Form;
use crate::model::Period;

/// The city and period of a progress return that was audited.
pub type Whose = (CityId, Period);

/// Whose the progress returns of a file are.
pub fn whose(audit: &Audit) -> Vec<Whose> {
    let returns = audit.tables().filter(|table| table.form == Form::Progress);
    returns.filter_map(|table| table.identity.city().zip(table.identity.period())).collect()
}

/// A line for each file of earlier returns of which nothing was compared with any of the audited ones.
pub fn unused(earlier: &[Reported], audited: &[Whose], breakdown: &Breakdown) -> Vec<String> {
    let used = |report: &&Reported| {
        audited.iter().any(|(city, period)| (report.city, report.period) == (*city, period.previous()))
    };
    let in_use: BTreeSet<&str> = earlier.iter().filter(used).map(|report| report.file.as_str()).collect();
    let mut said = BTreeSet::new();
    let idle = earlier.iter().filter(|report| !in_use.contains(report.file.as_str()));
    idle.filter(|report| said.insert(report.file.as_str()))
        .map(|report| {
            let whose = format!("{}{}", breakdown.city(report.city), report.period.chinese());
            format!("“{}”（{whose}）没有用来比对：{}", report.file, why(report, audited, breakdown))
        })
        .collect()
}

fn why(report: &Reported, audited: &[Whose], breakdown: &Breakdown) -> String {
    let own: Vec<Period> =
        audited.iter().filter(|(city, _)| *city == report.city).map(|(_, period)| *period).collect();
    let city = breakdown.city(report.city);
    if own.is_empty() {
        return format!("送审的文件里没有{city}的进展情况表。");
    }
    if own.contains(&report.period) {
        return format!("它与送审的表同是{city}这一期的，不是上期。请给出上一期的报表。");
    }
    let latest = own.iter().max().copied().unwrap_or(report.period);
    if report.period > latest {
        return "它比送审的表还晚。请给出上一期的报表。".to_owned();
    }
    format!("送审的表的上一期是{}。请给出那一期的报表。", latest.previous().chinese())
}
