//! The account: nothing that came in is unaccounted for; and the totals once more, by a second path.

use std::collections::BTreeMap;

use super::{Consolidation, KeptOut, LeftOut, Remark, Return, Source};
use crate::breakdown::{Breakdown, CityId, Indicator, IndicatorId};
use crate::model::{CellRef, Decimal, Sha256};
use crate::rules::named;

/// Returns and cells in, used, and not used. `returns == used + kept_out` and
/// `cells == cells_used + cells_left_out + cells_kept_out`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Account {
    pub returns: usize,
    pub used: usize,
    pub kept_out: usize,
    pub cells: usize,
    pub cells_used: usize,
    /// In used returns.
    pub cells_left_out: usize,
    /// In returns that were kept out.
    pub cells_kept_out: usize,
}

impl Account {
    pub(super) fn of(
        returns: &[&Return],
        used: &[&Return],
        kept_out: &[KeptOut],
        sources: &[Source],
        left_out: &[LeftOut],
    ) -> Self {
        Self {
            returns: returns.len(),
            used: used.len(),
            kept_out: kept_out.len(),
            cells: returns.iter().map(|submitted| submitted.figures.len()).sum(),
            cells_used: sources.len(),
            cells_left_out: left_out.len(),
            cells_kept_out: kept_out.iter().map(|out| out.figures).sum(),
        }
    }

    pub const fn balances(&self) -> bool {
        self.returns == self.used + self.kept_out
            && self.cells == self.cells_used + self.cells_left_out + self.cells_kept_out
    }
}

/// Where a figure stands: file, sheet, cell, and what it counts.
type Place<'a> = (Sha256, &'a str, CellRef, IndicatorId);

/// C006: computes every total again from the returns themselves, not from the rows, and says what does not agree.
pub fn recheck(breakdown: &Breakdown, consolidation: &Consolidation, returns: &[&Return]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut wrong = |message: String| remarks.push(Remark::of(&named::C006, message, None));
    // Every figure that came in for the period, by where it stands.
    let mut submitted: BTreeMap<Place<'_>, (CityId, Option<Decimal>)> = BTreeMap::new();
    for from in returns.iter().filter(|from| from.period == consolidation.period) {
        for figure in &from.figures {
            submitted.insert(
                (from.sha256, from.sheet.as_str(), figure.cell, figure.indicator),
                (from.city, figure.value),
            );
        }
    }
    let mut sums: BTreeMap<IndicatorId, Decimal> = BTreeMap::new();
    for source in &consolidation.sources {
        let found = submitted.get(&(source.sha256, source.sheet.as_str(), source.cell, source.indicator));
        match found {
            Some((city, Some(value))) if *city == source.city => {
                if !breakdown.indicator(source.indicator).is_some_and(Indicator::adds_up) {
                    continue;
                }
                let sum = sums.entry(source.indicator).or_default();
                *sum = sum.checked_add(*value).unwrap_or(*sum);
            }
            _ => {
                let (file, cell) = (&source.file, source.cell);
                wrong(format!("{file} 的 {cell} 在原报表里找不到，汇总不可用。请告知管理员。"));
            }
        }
    }
    for row in &consolidation.rows {
        let second = sums.get(&row.indicator).copied();
        if second != row.zone.done {
            let label =
                breakdown.indicator(row.indicator).map(|indicator| indicator.label.as_str()).unwrap_or("");
            let shown = |total: Option<Decimal>| {
                total.map_or("无".to_owned(), |total| total.normalize().to_string())
            };
            wrong(format!(
                "“{label}”合计 {}，从原报表重算得 {}，汇总不可用。请告知管理员。",
                shown(row.zone.done),
                shown(second)
            ));
        }
    }
    if !consolidation.account.balances() {
        wrong("报表或数字的份数前后不符，汇总不可用。请告知管理员。".to_owned());
    }
    remarks
}
