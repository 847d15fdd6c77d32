//! 汇总: from audited files to the consolidation, the same for the page and the command line.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{Audit, Checked, Finding};
use crate::breakdown::{Breakdown, CityId};
use crate::consolidate::{Choice, NotReturn, Return, Series};
use crate::layout::Form;
use crate::model::{Period, Sha256, Workbook};

use super::{returns_of, why_no_return};

/// What a file that came in contributes: its returns, or the reason why it has none. All that is kept of it.
#[derive(Clone, Debug)]
pub struct Submission {
    pub name: String,
    pub sha256: Option<Sha256>,
    pub returns: Result<Vec<Return>, String>,
    /// A 汇总表: it serves to compare with.
    pub is_summary: bool,
}

impl Submission {
    /// Of a workbook as it stands, or of the findings that say why it cannot be read.
    pub fn of(
        name: &str,
        sha256: Option<Sha256>,
        content: Result<(&Workbook, &Audit), &[Finding]>,
        breakdown: &Breakdown,
    ) -> Self {
        let returns = match content {
            Ok((workbook, audit)) => {
                let found = sha256.map(|sha256| returns_of(name, sha256, workbook, audit, breakdown));
                found
                    .filter(|found| !found.is_empty())
                    .ok_or_else(|| why_no_return(Some(audit), &audit.findings))
            }
            Err(findings) => Err(why_no_return(None, findings)),
        };
        let is_summary = content
            .is_ok_and(|(_, audit)| audit.table.as_ref().is_ok_and(|table| table.form == Form::Summary))
            && returns.is_err();
        Self { name: name.to_owned(), sha256, returns, is_summary }
    }

    /// Of a file that was audited beside what its city reported before.
    pub fn checked(name: &str, checked: &Checked, breakdown: &Breakdown) -> Self {
        let content = checked.content.as_ref();
        let content =
            content.map(|(workbook, audit)| (workbook, audit)).map_err(|(_, findings)| findings.as_slice());
        Self::of(name, checked.sha256, content, breakdown)
    }

    /// Of several submissions this one counts, as the user says.
    pub fn prefer(&mut self) {
        self.returns.iter_mut().flatten().for_each(|one| one.preferred = true);
    }

    /// It is of a 区县 of the city, as the user says.
    pub fn say_district(&mut self, name: &str) {
        self.returns.iter_mut().flatten().for_each(|one| one.district = Some(name.to_owned()));
    }

    /// Lets go of what nobody will ask of its returns of other periods than those that are put together.
    pub fn keep_periods(&mut self, are_put_together: impl Fn(Period) -> bool) {
        let others = self.returns.iter_mut().flatten().filter(|one| !are_put_together(one.period));
        others.for_each(Return::set_aside);
    }

    /// Under another name, one that tells it from others.
    pub fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.name);
        self.returns.iter_mut().flatten().for_each(|one| name.clone_into(&mut one.file));
    }
}

/// The periods that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Periods {
    /// The latest of those that came in.
    Latest,
    /// All that came in.
    All,
    These(Vec<Period>),
}

impl Periods {
    /// Those that are put together, of the periods for which something came in.
    pub fn chosen(&self, came_in: impl Iterator<Item = Period>) -> Vec<Period> {
        match self {
            Self::Latest => came_in.max().into_iter().collect(),
            Self::All => came_in.collect::<BTreeSet<_>>().into_iter().collect(),
            Self::These(periods) => periods.clone(),
        }
    }
}

/// Puts the returns of each period together, and names what is no return. `None` where there is no return at all.
pub fn consolidated(
    files: impl IntoIterator<Item = Submission>,
    periods: &Periods,
    breakdown: &Breakdown,
) -> Option<Series> {
    consolidated_as_chosen(files, periods, &Choice::default(), breakdown)
}

/// As [`consolidated`], of the cities and states that the user asks for.
pub fn consolidated_as_chosen(
    files: impl IntoIterator<Item = Submission>,
    periods: &Periods,
    choice: &Choice,
    breakdown: &Breakdown,
) -> Option<Series> {
    let mut returns: Vec<Return> = Vec::new();
    let (mut others, mut compared): (Vec<NotReturn>, Vec<NotReturn>) = (Vec::new(), Vec::new());
    for file in files {
        match file.returns {
            Ok(found) => returns.extend(match periods {
                Periods::All => found,
                Periods::Latest => latest_of_each(found),
                Periods::These(periods) => of_the_periods(found, periods),
            }),
            Err(why) => {
                let list = if file.is_summary { &mut compared } else { &mut others };
                list.push(NotReturn { file: file.name, sha256: file.sha256, why });
            }
        }
    }
    let periods =
        if returns.is_empty() { Vec::new() } else { periods.chosen(returns.iter().map(|one| one.period)) };
    let mut series = Series::chosen(breakdown, &periods, returns, choice)?;
    let by_name = |a: &NotReturn, b: &NotReturn| a.file.cmp(&b.file);
    others.sort_by(by_name);
    compared.sort_by(by_name);
    series.latest.not_returns = others;
    series.latest.compared = compared;
    Some(series)
}

/// Those of a file's returns that are of one of the wanted periods; for a city that has none, its latest.
fn of_the_periods(found: Vec<Return>, wanted: &[Period]) -> Vec<Return> {
    let has = |city: CityId| found.iter().any(|one| one.city == city && wanted.contains(&one.period));
    let cities: Vec<CityId> = found.iter().map(|one| one.city).filter(|city| has(*city)).collect();
    let (of_city, rest): (Vec<Return>, Vec<Return>) =
        found.into_iter().partition(|one| cities.contains(&one.city));
    let mut chosen: Vec<Return> = of_city.into_iter().filter(|one| wanted.contains(&one.period)).collect();
    chosen.extend(latest_of_each(rest));
    chosen
}

/// Of several returns of one city in one file the latest: the older ones stand there for comparison.
fn latest_of_each(found: Vec<Return>) -> Vec<Return> {
    let mut latest: BTreeMap<CityId, Period> = BTreeMap::new();
    for one in &found {
        let period = latest.entry(one.city).or_insert(one.period);
        *period = one.period.max(*period);
    }
    found.into_iter().filter(|one| latest.get(&one.city) == Some(&one.period)).collect()
}
