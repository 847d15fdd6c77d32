//! How cells look, as far as it helps reading them: bold, alignment, wrapping, ground. No rule looks at it.

use super::CellRef;

/// Where a text stands in its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Align {
    /// Numbers right, texts left.
    #[default]
    General,
    Left,
    Center,
    Right,
}

/// The look of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Look {
    pub bold: bool,
    pub align: Align,
    pub wrap: bool,
    /// Red, green, blue of the ground.
    pub fill: Option<[u8; 3]>,
}

/// Cells side by side that look the same.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    at: CellRef,
    last: u32,
    look: Look,
}

/// The looks of a sheet's cells, apart from those that look like any other.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Looks {
    /// By row, then by column.
    runs: Vec<Run>,
}

impl Looks {
    /// The looks of cells in any order.
    pub fn of(cells: impl IntoIterator<Item = (CellRef, Look)>) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (at, look) in cells.into_iter().filter(|(_, look)| *look != Look::default()) {
            match runs.last_mut() {
                Some(run)
                    if run.at.row == at.row
                        && run.last.checked_add(1) == Some(at.column)
                        && run.look == look =>
                {
                    run.last = at.column;
                }
                _ => runs.push(Run { at, last: at.column, look }),
            }
        }
        if !runs.is_sorted_by_key(|run| run.at) {
            runs.sort_by_key(|run| run.at);
        }
        Self { runs }
    }

    /// The look of a cell.
    pub fn at(&self, at: CellRef) -> Look {
        let behind = self.runs.partition_point(|run| run.at <= at);
        let run = behind.checked_sub(1).and_then(|before| self.runs.get(before));
        run.filter(|run| run.at.row == at.row && run.last >= at.column)
            .map(|run| run.look)
            .unwrap_or_default()
    }

    /// Moves every row from `row` on down by one; the new one looks like the one above it.
    pub fn insert_row(&mut self, row: u32) {
        let from = self.runs.partition_point(|run| run.at.row < row);
        for run in self.runs.iter_mut().skip(from) {
            run.at.row = run.at.row.saturating_add(1);
        }
        let Some(above) = row.checked_sub(1) else { return };
        let first = self.runs.partition_point(|run| run.at.row < above);
        let new: Vec<Run> = self
            .runs
            .get(first..from)
            .unwrap_or_default()
            .iter()
            .map(|run| Run { at: CellRef::new(row, run.at.column), ..*run })
            .collect();
        self.runs.splice(from..from, new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_kept_by_run_and_move_with_their_rows() {
        let bold = Look { bold: true, ..Look::default() };
        let cells = [(1, 0, bold), (1, 1, bold), (1, 2, Look::default()), (1, 3, bold), (0, 1, bold)];
        let mut looks = Looks::of(cells.map(|(row, column, look)| (CellRef::new(row, column), look)));
        let at = |looks: &Looks, row| [0, 1, 2, 3, 4].map(|column| looks.at(CellRef::new(row, column)).bold);
        assert_eq!(looks.runs.len(), 3);
        assert_eq!(at(&looks, 1), [true, true, false, true, false]);
        assert_eq!(at(&looks, 0), [false, true, false, false, false]);
        looks.insert_row(1);
        assert_eq!(at(&looks, 1), at(&looks, 0));
        assert_eq!(at(&looks, 2), [true, true, false, true, false]);
        assert_eq!(at(&looks, 3), [false; 5]);
    }
}
