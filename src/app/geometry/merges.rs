//! The merged rectangles of a sheet, found by a cell without looking at every one of them.

use std::collections::BTreeMap;

use crate::worker::protocol::Area;

/// Merged rectangles, which do not overlap. Their rows are kept in blocks whose size is a power of two and that
/// start at a multiple of it, so that a rectangle of any height is a few blocks and a row is in one block of each size.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Merges {
    areas: Vec<Area>,
    /// By the binary logarithm of their size and by their number the blocks, in which the rectangles by first column.
    blocks: BTreeMap<(u32, u32), BTreeMap<u32, Area>>,
    /// The sizes in use.
    sizes: Vec<u32>,
}

impl Merges {
    /// The index of these rectangles.
    pub fn new(areas: Vec<Area>) -> Self {
        let mut blocks: BTreeMap<(u32, u32), BTreeMap<u32, Area>> = BTreeMap::new();
        for area in &areas {
            let (mut row, end) = (area.top, area.bottom.saturating_add(1));
            while row < end {
                let size = row.trailing_zeros().min((end - row).ilog2());
                blocks.entry((size, row >> size)).or_default().entry(area.left).or_insert(*area);
                row = row.saturating_add(1 << size);
            }
        }
        let mut sizes: Vec<u32> = blocks.keys().map(|(size, _)| *size).collect();
        sizes.dedup();
        Self { areas, blocks, sizes }
    }

    /// Every rectangle, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter()
    }

    /// The rectangle that a cell belongs to.
    pub fn covering(&self, row: u32, column: u32) -> Option<Area> {
        self.sizes.iter().find_map(|size| {
            let (_, area) = self.blocks.get(&(*size, row >> size))?.range(..=column).next_back()?;
            (column <= area.right).then_some(*area)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The gap above it, its height, and what stands in it: the gap at its left and its width.
    fn band() -> impl Strategy<Value = (u32, u32, Vec<(u32, u32)>)> {
        (0_u32..4, 1_u32..70, prop::collection::vec((0_u32..3, 1_u32..4), 0..4))
    }

    proptest! {
        /// The index and a look at every rectangle agree. A row of bands, so that no two overlap.
        #[test]
        fn the_index_finds_what_a_search_finds(
            bands in prop::collection::vec(band(), 0..8),
            row in 0_u32..300,
            column in 0_u32..20,
        ) {
            let mut areas = Vec::new();
            let mut top = 0;
            for (gap, height, across) in bands {
                top += gap;
                let mut left = 0;
                for (gap, width) in across {
                    left += gap;
                    areas.push(Area { top, left, bottom: top + height - 1, right: left + width - 1 });
                    left += width;
                }
                top += height;
            }
            let inside = |a: &&Area| (a.top..=a.bottom).contains(&row) && (a.left..=a.right).contains(&column);
            prop_assert_eq!(Merges::new(areas.clone()).covering(row, column), areas.iter().find(inside).copied());
        }
    }
}
