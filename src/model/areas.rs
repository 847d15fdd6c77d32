//! Which range covers a cell, however many there are.

use std::collections::BTreeMap;

use super::{CellRef, Range};

/// Ranges by place, such as the merged ones of a sheet. Each is kept under the fewest aligned blocks of rows that it is
/// made of, so that a cell looks into one block of each size in use, and there at the range that begins last before it.
/// Those of a sound sheet do not overlap; of two that do, one may not be found.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Areas {
    /// By the binary logarithm of their size the blocks, by their number the ranges, by their first column.
    blocks: BTreeMap<u32, BTreeMap<u32, BTreeMap<u32, Range>>>,
}

impl Areas {
    pub fn of(ranges: &[Range]) -> Self {
        let mut areas = Self::default();
        for range in ranges {
            let (mut row, end) = (range.start.row, range.end.row.saturating_add(1));
            while row < end {
                let size = row.trailing_zeros().min((end - row).ilog2());
                let block = areas.blocks.entry(size).or_default().entry(row >> size).or_default();
                block.entry(range.start.column).or_insert(*range);
                row = row.saturating_add(1 << size);
            }
        }
        areas
    }

    /// The range that a cell belongs to.
    pub fn covering(&self, at: CellRef) -> Option<Range> {
        self.blocks.iter().find_map(|(size, blocks)| {
            let (_, range) = blocks.get(&(at.row >> size))?.range(..=at.column).next_back()?;
            Some(*range).filter(|range| range.contains(at))
        })
    }

    /// The upper left cell of the range that covers a cell, or the cell itself.
    pub fn anchor(&self, at: CellRef) -> CellRef {
        self.covering(at).map_or(at, |range| range.start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against looking at every range in turn.
        #[test]
        fn finds_what_a_search_finds(corners in prop::collection::vec((0u32..70, 0u32..20, 0u32..40, 0u32..6), 0..40)) {
            let mut ranges: Vec<Range> = Vec::new();
            for (row, column, rows, columns) in corners {
                let range = Range::new(CellRef::new(row, column), CellRef::new(row + rows, column + columns));
                let apart = |other: &Range| {
                    other.end.row < range.start.row || range.end.row < other.start.row
                        || other.end.column < range.start.column || range.end.column < other.start.column
                };
                if ranges.iter().all(apart) {
                    ranges.push(range);
                }
            }
            let areas = Areas::of(&ranges);
            for at in (0..115).flat_map(|row| (0..30).map(move |column| CellRef::new(row, column))) {
                prop_assert_eq!(areas.covering(at), ranges.iter().copied().find(|range| range.contains(at)));
            }
        }
    }

    #[test]
    fn reaches_to_the_end_of_numbers() {
        let all = Range::new(CellRef::new(0, 0), CellRef::new(u32::MAX, u32::MAX));
        assert_eq!(Areas::of(&[all]).anchor(CellRef::new(1 << 30, 7)), CellRef::new(0, 0));
        assert_eq!(Areas::of(&[]).anchor(CellRef::new(3, 7)), CellRef::new(3, 7));
    }
}
