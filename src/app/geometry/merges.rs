//! The merged rectangles of a sheet, found by a cell without looking at every one of them.

use crate::worker::protocol::{Area, Areas, CellRef, Range};

/// Merged rectangles, which do not overlap.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Merges {
    areas: Vec<Area>,
    by_cell: Areas,
}

impl Merges {
    /// The index of these rectangles.
    pub fn new(areas: Vec<Area>) -> Self {
        let range = |area: &Area| {
            Range::new(CellRef::new(area.top, area.left), CellRef::new(area.bottom, area.right))
        };
        let by_cell = Areas::of(&areas.iter().map(range).collect::<Vec<_>>());
        Self { areas, by_cell }
    }

    /// Every rectangle, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter()
    }

    /// The rectangle that a cell belongs to.
    pub fn covering(&self, row: u32, column: u32) -> Option<Area> {
        let Range { start, end } = self.by_cell.covering(CellRef::new(row, column))?;
        Some(Area { top: start.row, left: start.column, bottom: end.row, right: end.column })
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
