//! 整改对账: an earlier list of findings beside today's: what was put right, what was not, what is new.

use std::collections::{BTreeMap, BTreeSet};

use super::noted::{Noted, pairs};

/// An earlier finding that is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// As it was said then, at its place of today.
    pub earlier: Noted,
    /// Today's finding; a folded one counts as its root cause.
    pub id: u32,
    /// 情况说明 that it has today.
    pub answer: Option<String>,
}

/// The three lists, each in the order of its source.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Since {
    /// 已改: no longer found.
    pub fixed: Vec<Noted>,
    /// 未改.
    pub left: Vec<Left>,
    /// 新出现: today's findings that were not there.
    pub new: Vec<Noted>,
}

impl Since {
    /// Puts two lists side by side. What a root cause explains goes with it: it is listed for itself only where it has
    /// outlived its cause.
    pub fn between(earlier: &[Noted], now: &[Noted]) -> Self {
        let same: BTreeMap<usize, usize> = pairs(earlier, now).into_iter().collect();
        let paired = |at: usize| same.get(&at).and_then(|j| now.get(*j));
        let lasting =
            earlier.iter().enumerate().filter(|(at, one)| one.caused_by.is_none() && paired(*at).is_some());
        let lasting: BTreeSet<u32> = lasting.map(|(_, one)| one.id).collect();
        let mut since = Self::default();
        for (at, one) in earlier.iter().enumerate() {
            match (paired(at), one.caused_by) {
                (Some(_), Some(cause)) if lasting.contains(&cause) => {}
                (Some(found), _) => {
                    // It stands where it stands today: rows may have been inserted above it.
                    let earlier =
                        Noted { sheet: found.sheet.clone(), cell: found.cell.clone(), ..one.clone() };
                    since.left.push(Left {
                        earlier,
                        id: found.caused_by.unwrap_or(found.id),
                        answer: found.answer.clone(),
                    })
                }
                (None, None) => since.fixed.push(one.clone()),
                (None, Some(_)) => {}
            }
        }
        let known: BTreeSet<u32> = same
            .values()
            .filter_map(|j| now.get(*j))
            .map(|found| found.caused_by.unwrap_or(found.id))
            .collect();
        since.new = now
            .iter()
            .filter(|found| found.caused_by.is_none() && !known.contains(&found.id))
            .cloned()
            .collect();
        since
    }
}
