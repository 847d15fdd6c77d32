//! Which row stands for which indicator, all rows of a table weighed together.
//!
//! Knows no wording: how near each label comes to each indicator, [`Labels`](super::label::Labels) says.

use std::collections::BTreeSet;

use super::label::{EXACT, LabelCandidate, LabelMatch, MARGIN, TIE};
use crate::breakdown::IndicatorId;

/// Of several rows, which indicator each stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Assignment {
    Indicator(LabelMatch),
    /// The label is this indicator's beyond doubt, and another row has it.
    Duplicate(LabelMatch),
    Nothing,
}

/// Gives every row at most one indicator and every indicator at most one row, so that the whole fits best; of equals
/// the earlier row wins. A row that two indicators fit alike, and that no other row decides, gets none.
pub fn assign(rows: &[Vec<LabelCandidate>]) -> Vec<Assignment> {
    let mut taken: Vec<Option<LabelCandidate>> = vec![None; rows.len()];
    let mut given: BTreeSet<IndicatorId> = BTreeSet::new();
    // What is written as it should be stands; no other row can be nearer.
    let mut exact: Vec<(usize, LabelCandidate)> = rows
        .iter()
        .enumerate()
        .filter_map(|(row, found)| {
            found.first().filter(|best| best.found.score >= EXACT).map(|best| (row, *best))
        })
        .collect();
    exact.sort_by(|a, b| b.1.rank.total_cmp(&a.1.rank).then(a.0.cmp(&b.0)));
    for (row, best) in exact {
        if given.insert(best.found.indicator)
            && let Some(slot) = taken.get_mut(row)
        {
            *slot = Some(best);
        }
    }
    for (row, candidate) in best_pairs(rows, &taken, &given) {
        if let Some(slot) = taken.get_mut(row) {
            given.insert(candidate.found.indicator);
            *slot = Some(candidate);
        }
    }
    // Told apart by nothing: neither by the label nor by another row that has the rival.
    let undecided: Vec<bool> = rows
        .iter()
        .zip(&taken)
        .map(|(found, mine)| {
            mine.is_some_and(|mine| {
                mine.found.score < EXACT
                    && found.iter().any(|rival| {
                        rival.found.indicator != mine.found.indicator
                            && rival.rank > mine.rank - TIE
                            && !given.contains(&rival.found.indicator)
                    })
            })
        })
        .collect();
    rows.iter()
        .zip(taken.iter().zip(undecided))
        .map(|(found, (mine, undecided))| match (mine, found.first()) {
            (Some(mine), _) if !undecided => Assignment::Indicator(mine.found),
            (None, Some(best)) if best.found.certain => Assignment::Duplicate(best.found),
            _ => Assignment::Nothing,
        })
        .collect()
}

/// The pairs of free rows and free indicators with the greatest sum of squared scores.
fn best_pairs(
    rows: &[Vec<LabelCandidate>],
    taken: &[Option<LabelCandidate>],
    given: &BTreeSet<IndicatorId>,
) -> Vec<(usize, LabelCandidate)> {
    /// Rows of one indicator that are weighed against each other.
    const MOST_RIVALS: usize = 12;
    let mut pairs: Vec<(usize, LabelCandidate)> = Vec::new();
    for (row, found) in
        rows.iter().enumerate().filter(|(row, _)| taken.get(*row).is_some_and(Option::is_none))
    {
        let Some(best) = found.first() else { continue };
        let near = found.iter().filter(|candidate| candidate.rank > best.rank - MARGIN);
        pairs.extend(near.filter(|one| !given.contains(&one.found.indicator)).map(|one| (row, *one)));
    }
    let mut ids: Vec<IndicatorId> = pairs.iter().map(|(_, candidate)| candidate.found.indicator).collect();
    ids.sort();
    ids.dedup();
    for id in &ids {
        let mut ranks: Vec<f32> =
            pairs.iter().filter(|(_, one)| one.found.indicator == *id).map(|(_, one)| one.rank).collect();
        ranks.sort_by(|a, b| b.total_cmp(a));
        if let Some(last) = ranks.get(MOST_RIVALS) {
            pairs.retain(|(_, one)| one.found.indicator != *id || one.rank > *last);
        }
    }
    let mut left: Vec<usize> = pairs.iter().map(|(row, _)| *row).collect();
    left.dedup();
    let pair = |i: usize, j: usize| {
        let (id, row) = (ids.get(i)?, left.get(j)?);
        pairs.iter().find(|(other, one)| other == row && one.found.indicator == *id)
    };
    // As many more columns as there are indicators, so that each may go without a row.
    let cost = |i: usize, j: usize| pair(i, j).map_or(1.0, |(_, one)| 1.0 - f64::from(one.rank).powi(2));
    let matched = cheapest(ids.len(), left.len() + ids.len(), &cost);
    matched.into_iter().enumerate().filter_map(|(i, j)| pair(i, j).copied()).collect()
}

/// Which of `columns` each of `rows` gets at the least cost (the Hungarian method by shortest paths); `rows` must not
/// be more than `columns`. Ours and not a library's: those at hand want whole numbers for costs, bring crates of their
/// own, and take nearly twice as long.
fn cheapest(rows: usize, columns: usize, cost: &dyn Fn(usize, usize) -> f64) -> Vec<usize> {
    // Everything counts from 1; 0 is where the search starts.
    let (mut u, mut v) = (vec![0.0_f64; rows + 1], vec![0.0_f64; columns + 1]);
    let mut owner = vec![0_usize; columns + 1];
    let at = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(0.0);
    let row_of = |owner: &[usize], column: usize| owner.get(column).copied().unwrap_or(0);
    for row in 1..=rows {
        if let Some(first) = owner.first_mut() {
            *first = row;
        }
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut way = vec![0_usize; columns + 1];
        let mut used = vec![false; columns + 1];
        let mut column = 0;
        loop {
            if let Some(slot) = used.get_mut(column) {
                *slot = true;
            }
            let from = row_of(&owner, column);
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for other in 1..=columns {
                if used.get(other).copied().unwrap_or(true) {
                    continue;
                }
                let reduced = cost(from - 1, other - 1) - at(&u, from) - at(&v, other);
                if let (Some(slot), Some(step)) = (least.get_mut(other), way.get_mut(other)) {
                    if reduced < *slot {
                        (*slot, *step) = (reduced, column);
                    }
                    if *slot < delta {
                        (delta, next) = (*slot, other);
                    }
                }
            }
            for other in 0..=columns {
                if used.get(other).copied().unwrap_or(false) {
                    let owned = row_of(&owner, other);
                    if let (Some(x), Some(y)) = (u.get_mut(owned), v.get_mut(other)) {
                        *x += delta;
                        *y -= delta;
                    }
                } else if let Some(slot) = least.get_mut(other) {
                    *slot -= delta;
                }
            }
            column = next;
            if row_of(&owner, column) == 0 {
                break;
            }
        }
        while column != 0 {
            let previous = way.get(column).copied().unwrap_or(0);
            let moved = row_of(&owner, previous);
            if let Some(slot) = owner.get_mut(column) {
                *slot = moved;
            }
            column = previous;
        }
    }
    (1..=rows).map(|row| owner.iter().skip(1).position(|owned| *owned == row).unwrap_or(columns)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::label::Labels;
    use super::*;
    use crate::breakdown::Breakdown;

    #[test]
    fn no_two_rows_get_one_indicator_and_the_whole_fits_best() {
        let breakdown = Breakdown::official();
        let labels = Labels::new(breakdown);
        let given = |texts: &[&str]| -> Vec<String> {
            assign(&texts.iter().map(|text| labels.candidates(text, None)).collect::<Vec<_>>())
                .into_iter()
                .map(|one| match one {
                    Assignment::Indicator(found) => format!("{}", found.indicator.0 + 1),
                    Assignment::Duplicate(found) => format!("重{}", found.indicator.0 + 1),
                    Assignment::Nothing => "-".to_owned(),
                })
                .collect()
        };
        // The better row gets it wherever it stands.
        assert_eq!(given(&["孵化企业100家", "孵化企业1000家"]), ["重6", "6"]);
        // What two indicators share is decided by the row that has one of them.
        assert_eq!(given(&["环高校知识经济圈"]), ["-"]);
        assert_eq!(given(&["环高校知识经济圈", "培育环高校知识经济圈创新创业团队2000家"]), ["3", "4"]);
        assert_eq!(given(&["布局建设10个环高校知识经济圈", "环高校知识经济圈"]), ["3", "4"]);
        assert_eq!(given(&["其他", "孵化企业1000家", "孵化企业1000家"]), ["-", "6", "重6"]);
    }

    #[test]
    fn the_cheapest_pairing_is_found() {
        let costs = [[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]];
        assert_eq!(cheapest(3, 3, &|i, j| costs[i][j]), [1, 0, 2]);
        assert_eq!(cheapest(0, 3, &|_, _| 0.0), Vec::<usize>::new());
    }
}
