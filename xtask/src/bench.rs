//! `xtask bench page`: how fast the page starts and reads, beside a page that inlines SheetJS, in every Chromium.
//! `xtask bench consolidate`: how fast returns are consolidated, beside openpyxl and SheetJS.

use std::path::PathBuf;

use crate::shell::{self, Result};
use crate::{npm, paths, python, system};

/// Measures the page file that is there; `rounds` of each.
pub fn page(rounds: Option<&str>) -> Result {
    npm::install()?;
    system::need_browsers()?;
    let file = paths::dist().join(paths::PAGE_FILE);
    if !file.exists() {
        return Err(format!("there is no {} yet: cargo xtask dist", file.display()));
    }
    shell::run(shell::in_utf8(npm::script("tests/browser/bench.mjs")).args(rounds))
}

/// Each job is done so many times, in turns.
const ROUNDS: &str = "3";

pub fn consolidate(files: Option<&str>) -> Result {
    let files = files.unwrap_or("2000");
    let count = files.parse::<u32>().ok().filter(|count| (1..=10_000).contains(count));
    let count = count.ok_or(format!("bench consolidate takes a number up to 10000, not {files}"))?;
    npm::install()?;
    python::install()?;
    let companion = companion()?;
    let folder = returns(count)?;
    shell::run(python::script("xtask/tools/scale/bench.py").arg(companion).arg(folder).arg(ROUNDS))
}

/// The program as it is handed out.
pub fn companion() -> Result<PathBuf> {
    shell::run(shell::cargo().args(["build", "--release", "--locked", "--bin", "companion"]))?;
    Ok(paths::target().join("release").join(format!("companion{}", std::env::consts::EXE_SUFFIX)))
}

/// A folder of so many returns, made anew: by openpyxl, whose files are others than ours.
pub fn returns(count: u32) -> Result<PathBuf> {
    let folder = paths::target().join("bench").join(format!("returns-{count}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("cannot remove {}: {error}", folder.display()))?;
    }
    println!("writing {count} returns");
    shell::run(python::script("xtask/tools/scale/returns.py").arg(&folder).arg(count.to_string()))?;
    Ok(folder)
}
