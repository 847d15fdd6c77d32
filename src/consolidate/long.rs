//! 长表: one row a number, for programs: everything that tells what the number is stands in its own column.

use super::{Consolidation, LeftOutReason, Series};
use crate::breakdown::Breakdown;
use crate::model::{CellRef, Decimal, Period, Sha256};

/// One figure that came in with a return that was used.
#[derive(Clone, Debug, PartialEq)]
pub struct LongRow {
    pub period: Period,
    pub city: String,
    /// 序号 of the indicator; 0 where the breakdown does not have it.
    pub number: u32,
    pub indicator: String,
    pub unit: String,
    pub target: Option<Decimal>,
    /// `None` where the figure was left out.
    pub value: Option<Decimal>,
    /// As the cell shows it.
    pub raw: String,
    pub file: String,
    pub sheet: String,
    pub cell: CellRef,
    pub sha256: Sha256,
    /// 采用, or why not.
    pub state: String,
}

/// What is measured: the plan knows one measure.
pub const MEASURE: &str = "本期累计完成";
/// The state of a figure that counts in the totals.
pub const TAKEN: &str = "采用";

impl LongRow {
    /// The folder that the file lies in, as far as it was needed to tell files apart, and its name.
    pub fn folder_and_name(&self) -> (&str, &str) {
        self.file.rsplit_once(['/', '\\']).unwrap_or(("", &self.file))
    }

    /// The last day of the period, as year, month, day.
    pub const fn date(&self) -> (u16, u8, u8) {
        let month = self.period.month();
        (self.period.year, month, if month == 6 { 30 } else { 31 })
    }
}

/// Every number of the periods, the oldest period first, then by city and in the breakdown's order; what was left out
/// of a return that was used stands after its numbers, without a value.
///
/// Made as they are taken: of tens of thousands none is held.
pub fn long(series: &Series, breakdown: &Breakdown) -> impl Iterator<Item = LongRow> {
    series.periods().flat_map(move |one| of_period(one, breakdown))
}

fn of_period(one: &Consolidation, breakdown: &Breakdown) -> impl Iterator<Item = LongRow> {
    let row = move |indicator, city| {
        let found = breakdown.indicator(indicator);
        LongRow {
            period: one.period,
            city: breakdown.city(city).to_owned(),
            number: found.map_or(0, |found| found.number),
            indicator: found.map(|found| found.label.clone()).unwrap_or_default(),
            unit: found.map(|found| found.unit.clone()).unwrap_or_default(),
            target: breakdown.target(indicator, city),
            value: None,
            raw: String::new(),
            file: String::new(),
            sheet: String::new(),
            cell: CellRef::new(0, 0),
            sha256: breakdown.fingerprint,
            state: TAKEN.to_owned(),
        }
    };
    let taken = one.sources.iter().map(move |source| LongRow {
        value: Some(source.value),
        raw: source.raw.clone(),
        file: source.file.clone(),
        sheet: source.sheet.clone(),
        cell: source.cell,
        sha256: source.sha256,
        ..row(source.indicator, source.city)
    });
    // A `/` where the breakdown has one is no figure.
    let lost = one.left_out.iter().filter(|left| left.why != LeftOutReason::NotApplicable);
    let lost = lost.map(move |left| LongRow {
        raw: left.raw.clone(),
        file: left.file.clone(),
        sheet: left.sheet.clone(),
        cell: left.cell,
        sha256: one
            .used
            .iter()
            .find(|used| used.file == left.file && used.sheet == left.sheet)
            .map_or(breakdown.fingerprint, |used| used.sha256),
        state: left.why.to_string(),
        ..row(left.indicator, left.city)
    });
    taken.chain(lost)
}
