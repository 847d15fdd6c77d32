//! `xtask docs`: docs/rules.md, as the command line prints the catalogue.

use crate::paths;
use crate::shell::{self, Result};

pub fn run() -> Result {
    let page = shell::output(shell::cargo().args([
        "run",
        "--quiet",
        "--locked",
        "--bin",
        "companion",
        "--",
        "rules",
        "--markdown",
    ]))?;
    let path = paths::root().join("docs").join("rules.md");
    std::fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("wrote docs/rules.md");
    Ok(())
}
