//! Findings of one kind in one column, told as one: which of them belong together.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CellRef, Range};

use super::Finding;

/// Fewer than this are told one by one.
const SEVERAL: usize = 3;

/// Open findings of one rule and tier about single cells of one column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Their numbers, in the order of the report.
    pub ids: Vec<u32>,
    pub sheet: usize,
    pub column: u32,
    cells: BTreeSet<CellRef>,
}

impl Group {
    /// The cells, those one below the other as a range: D4、D7:D9.
    pub fn places(&self) -> String {
        let mut runs: Vec<Range> = Vec::new();
        for cell in &self.cells {
            match runs.last_mut().filter(|run| run.end.row + 1 == cell.row) {
                Some(run) => run.end = *cell,
                None => runs.push(Range::cell(*cell)),
            }
        }
        runs.iter().map(Range::to_string).collect::<Vec<_>>().join("、")
    }
}

/// The groups of a list of findings, in the order of their first ones. What is folded, answered or about more than a
/// cell stands for itself.
pub fn groups(findings: &[Finding]) -> Vec<Group> {
    let mut found: BTreeMap<_, Group> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.is_open()) {
        let cell = finding.range.filter(|range| range.start == range.end).map(|range| range.start);
        let (Some(cell), Some(sheet)) = (cell, finding.sheet) else { continue };
        let kind = (finding.table, sheet, finding.code, finding.tier, cell.column);
        let new = || Group { ids: Vec::new(), sheet, column: cell.column, cells: BTreeSet::new() };
        let group = found.entry(kind).or_insert_with(new);
        group.ids.push(finding.id);
        group.cells.insert(cell);
    }
    let mut groups: Vec<Group> = found.into_values().filter(|group| group.ids.len() >= SEVERAL).collect();
    groups.sort_by_key(|group| group.ids.first().copied());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Body, Code, Tier};

    const KIND: &str = "一类";

    fn finding(id: u32, cell: &str) -> Finding {
        let range = Some(cell.parse().unwrap());
        let body = Body { sheet: Some(0), range, ..Body::default() };
        Finding {
            id,
            code: Code(KIND),
            tier: Tier::Error,
            table: Some(0),
            body,
            caused_by: None,
            answer: None,
        }
    }

    #[test]
    fn three_of_a_kind_in_a_column_are_one() {
        let mut all: Vec<Finding> = ["D4", "E4", "D7", "D8", "E5", "D9"]
            .iter()
            .zip(1..)
            .map(|(cell, id)| finding(id, cell))
            .collect();
        let found = groups(&all);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].ids.as_slice(), found[0].places().as_str()), (&[1, 3, 4, 6][..], "D4、D7:D9"));
        // Neither what is folded nor what is answered, nor another table's.
        all[0].caused_by = Some(2);
        all[2].answer = Some("新建两家平台".to_owned());
        assert!(groups(&all).is_empty());
        all[0].caused_by = None;
        assert_eq!(groups(&all).len(), 1);
        all[5].table = Some(1);
        assert!(groups(&all).is_empty());
    }
}
