//! `xtask bench page`: how fast the page starts and reads, beside a page that inlines SheetJS, in every Chromium.

use crate::shell::{self, Result};
use crate::{npm, paths, system};

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
