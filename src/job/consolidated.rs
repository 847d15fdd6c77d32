//! 汇总: from audited files to the consolidation, the same for the page and the command line.

use crate::audit::{Audit, Checked, Finding};
use crate::breakdown::{Breakdown, CityId};
use crate::consolidate::{Consolidation, NotReturn, Return, consolidate};
use crate::model::{Period, Sha256, Workbook};

use super::{returns_of, why_no_return};

/// A file that came in, audited beside what its city reported before.
#[derive(Clone, Copy)]
pub struct Submitted<'a> {
    pub name: &'a str,
    pub sha256: Option<Sha256>,
    /// The workbook as it stands, or the findings that say why it cannot be read.
    pub content: Result<(&'a Workbook, &'a Audit), &'a [Finding]>,
}

impl<'a> Submitted<'a> {
    pub fn of(checked: &'a Checked) -> Self {
        let content = checked
            .content
            .as_ref()
            .map(|(workbook, audit)| (workbook, audit))
            .map_err(|(_, findings)| findings.as_slice());
        Self { name: &checked.name, sha256: checked.sha256, content }
    }
}

/// Puts the returns of a period together, and names what is no return. Without a period the latest one is taken, and
/// handed back. `None` where there is no return at all.
pub fn consolidated<'a>(
    files: impl IntoIterator<Item = Submitted<'a>>,
    period: Option<Period>,
    breakdown: &Breakdown,
) -> Option<(Consolidation, Period)> {
    let (mut returns, mut others): (Vec<Return>, Vec<NotReturn>) = (Vec::new(), Vec::new());
    for file in files {
        let found = match (file.content, file.sha256) {
            (Ok((workbook, audit)), Some(sha256)) => {
                returns_of(file.name, sha256, workbook, audit, breakdown)
            }
            _ => Vec::new(),
        };
        match found.as_slice() {
            [_, ..] => returns.extend(of_the_period(found, period)),
            [] => {
                let why = match file.content {
                    Ok((_, audit)) => why_no_return(Some(audit), &audit.findings),
                    Err(findings) => why_no_return(None, findings),
                };
                others.push(NotReturn { file: file.name.to_owned(), sha256: file.sha256, why });
            }
        }
    }
    let latest = returns.iter().map(|one| one.period).max()?;
    let period = period.unwrap_or(latest);
    let mut consolidation = consolidate(breakdown, period, &returns);
    consolidation.not_returns = others;
    Some((consolidation, period))
}

/// Of several returns of one city in one file those of the wanted period, or the latest: the older ones stand there for
/// comparison.
fn of_the_period(found: Vec<Return>, wanted: Option<Period>) -> Vec<Return> {
    let chosen: Vec<(CityId, Period)> = found
        .iter()
        .map(|one| {
            let own = || found.iter().filter(|other| other.city == one.city).map(|other| other.period);
            let period =
                own().find(|period| Some(*period) == wanted).or_else(|| own().max()).unwrap_or(one.period);
            (one.city, period)
        })
        .collect();
    found.into_iter().filter(|one| chosen.contains(&(one.city, one.period))).collect()
}
