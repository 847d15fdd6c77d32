//! `xtask docs`: src/rules/samples.txt, from the cases; docs/rules.md, as the command line prints the catalogue;
//! docs/words.md, from the sources.

use crate::shell::{self, Result};
use crate::{paths, samples, words};

pub fn run() -> Result {
    let slips = samples::page(paths::root()).map_err(|error| format!("fixtures/rules: {error}"))?;
    shell::write(&paths::root().join("src/rules/samples.txt"), slips)?;
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
    let words = words::page(paths::root()).map_err(|error| format!("docs/words.md: {error}"))?;
    shell::write(&paths::root().join("docs").join("words.md"), words)?;
    println!("wrote src/rules/samples.txt, docs/rules.md and docs/words.md");
    Ok(())
}
