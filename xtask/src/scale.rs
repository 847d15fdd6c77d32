//! `xtask scale`: runs every recipe of docs/at-scale.md, and holds its totals against those of `consolidate`.

use crate::shell::{self, Result};
use crate::{bench, python};

pub fn run() -> Result {
    python::install()?;
    let companion = bench::companion()?;
    // The cities of one period: each file counts.
    let folder = bench::returns(50)?;
    shell::run(python::script("xtask/tools/scale/recipes.py").arg(companion).arg(folder))
}
