//! Whole columns written in 万 or 千.

use crate::audit::Context;
use crate::layout::{Role, Table};
use crate::model::{CellRef, Decimal};

use super::evidence::{Evidence, Reading};

/// The magnitudes that people write columns in.
pub const FACTORS: [(&str, u32); 2] = [("万", 10_000), ("千", 1_000)];

/// Columns whose numbers are all in one magnitude.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// 万 or 千.
    pub magnitude: &'static str,
    pub factor: Decimal,
    pub columns: Vec<(Role, u32)>,
    /// Cells that hold a number there.
    pub cells: Vec<CellRef>,
    pub table: Table,
}

/// The columns that agree clearly better when their numbers are taken as 万 or 千.
pub fn scaled_columns(context: &Context<'_>, table: &Table) -> Option<Scaled> {
    let evidence = Evidence::of(context, table)?;
    let as_read = evidence.as_read(table);
    let straight = evidence.agreement(&as_read);
    if straight.fails() == 0 {
        return None;
    }
    FACTORS.iter().find_map(|(magnitude, factor)| {
        let factor = Decimal::from(*factor);
        let scalable = |at: usize| {
            evidence.columns.get(at).is_some_and(|(role, _)| *role != Role::Rate && table.righting.scale(*role) == Decimal::ONE)
        };
        let with = |columns: &[usize]| {
            let mut reading: Reading = as_read.clone();
            for at in columns {
                if let Some(scale) = reading.scales.get_mut(*at) {
                    *scale = factor;
                }
            }
            evidence.agreement(&reading)
        };
        let all: Vec<usize> = (0..evidence.columns.len()).filter(|at| scalable(*at)).collect();
        // Each column that comes out better alone; in a sheet in 万 that is every one.
        let chosen: Vec<usize> = all
            .iter()
            .copied()
            .filter(|at| {
                let tally = with(&[*at]);
                tally.holds >= straight.holds + super::CLEARLY && tally.fails() < straight.fails()
            })
            .collect();
        // Columns that only come out together: a current figure is plausible beside its target.
        let together = with(&all);
        let chosen = if together.holds >= with(&chosen).holds + super::CLEARLY && together.explains(&straight) { all } else { chosen };
        let columns: Vec<(Role, u32)> = chosen.iter().filter_map(|at| evidence.columns.get(*at).copied()).collect();
        if columns.is_empty() {
            return None;
        }
        let mut righted = table.clone();
        righted.righting.scales.extend(columns.iter().map(|(role, _)| (*role, factor)));
        let mut cells: Vec<CellRef> = evidence
            .rows
            .iter()
            .flat_map(|(row, _)| columns.iter().filter_map(|(_, column)| table.place(*row, *column)))
            .filter(|at| matches!(evidence.meaning(*at), crate::model::Meaning::Number(number) if !number.is_zero()))
            .collect();
        cells.sort_unstable();
        Some(Scaled { magnitude, factor, columns, cells, table: righted })
    })
}
