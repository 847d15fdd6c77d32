//! `xtask start`: builds the page file and opens it; `--quick` builds one for looking at.

use crate::shell::{self, Result};
use crate::{dist, paths};

pub fn run() -> Result {
    dist::run()?;
    show(&paths::dist().join(paths::PAGE_FILE))
}

pub fn quick() -> Result {
    show(&dist::quick()?)
}

fn show(file: &std::path::Path) -> Result {
    println!("{}", file.display());
    if open(file).is_err() {
        println!(
            "No browser could be opened here. Copy this one file anywhere and open it with a double-click."
        );
    }
    Ok(())
}

fn open(file: &std::path::Path) -> Result {
    let mut command = match std::env::consts::OS {
        "windows" => {
            let mut command = shell::command("cmd");
            command.args(["/C", "start", ""]);
            command
        }
        "macos" => shell::command("open"),
        _ => shell::command("xdg-open"),
    };
    shell::output(command.arg(file)).map(|_| ())
}
