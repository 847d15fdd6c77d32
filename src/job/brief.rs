//! 情况综述: from audited files to the text of a period, beside what its cities reported before.

use crate::breakdown::Breakdown;
use crate::consolidate::{Choice, Return, Series};
use crate::model::Period;
use crate::report::brief::{Brief, NoBrief, write};

use super::{Periods, Submission, consolidated_as_chosen};

/// Why a period has no text.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    #[error("没有可以汇总的进展情况表，没有写情况综述。请给出各市的进展情况表。")]
    Nothing,
    #[error(transparent)]
    None(#[from] NoBrief),
}

/// The text of the wanted period, or of the latest one that came in. What came in of earlier periods is what it is
/// compared with; later ones count nowhere, and are named. `put_in` adds what the files themselves do not say.
pub fn brief(
    files: Vec<Submission>,
    wanted: Option<Period>,
    choice: &Choice,
    breakdown: &Breakdown,
    put_in: impl FnOnce(&mut Series),
) -> Result<(Series, Brief), Unwritten> {
    let returns = files.iter().flat_map(|file| file.returns.iter().flatten());
    // What a 区县 reports makes no period of its own.
    let came_in: Vec<Period> =
        returns.filter(|one: &&Return| one.district.is_none()).map(|one| one.period).collect();
    let wanted = wanted.or_else(|| came_in.iter().max().copied()).ok_or(Unwritten::Nothing)?;
    let mut periods: Vec<Period> = came_in.into_iter().filter(|period| *period < wanted).collect();
    periods.push(wanted);
    let series = consolidated_as_chosen(files, &Periods::These(periods), choice, breakdown);
    let mut series = series.ok_or(Unwritten::Nothing)?;
    put_in(&mut series);
    let brief = write(&series, breakdown)?;
    Ok((series, brief))
}
