//! 整改对账: an earlier list of findings beside today's: what was put right, what was not, what is new.

use std::collections::BTreeSet;

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
        let same = pairs(earlier, now);
        let paired = |at: usize| same.iter().find(|(i, _)| *i == at).and_then(|(_, j)| now.get(*j));
        let is_left = |id: u32| earlier.iter().enumerate().any(|(at, one)| one.id == id && one.caused_by.is_none() && paired(at).is_some());
        let mut since = Self::default();
        for (at, one) in earlier.iter().enumerate() {
            match (paired(at), one.caused_by) {
                (Some(_), Some(cause)) if is_left(cause) => {}
                (Some(found), _) => {
                    // It stands where it stands today: rows may have been inserted above it.
                    let earlier = Noted { sheet: found.sheet.clone(), cell: found.cell.clone(), ..one.clone() };
                    since.left.push(Left { earlier, id: found.caused_by.unwrap_or(found.id), answer: found.answer.clone() })
                }
                (None, None) => since.fixed.push(one.clone()),
                (None, Some(_)) => {}
            }
        }
        let known: BTreeSet<u32> = same.iter().filter_map(|(_, j)| now.get(*j)).map(|found| found.caused_by.unwrap_or(found.id)).collect();
        since.new = now.iter().filter(|found| found.caused_by.is_none() && !known.contains(&found.id)).cloned().collect();
        since
    }
}
