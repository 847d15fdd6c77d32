//! The Python packages of the benchmark and of the recipes, pinned by `xtask/requirements.txt`, in `target/python`.

use std::path::PathBuf;
use std::process::Command;

use crate::digest::sha256;
use crate::paths;
use crate::shell::{self, Result};

fn home() -> PathBuf {
    paths::target().join("python")
}

fn program() -> PathBuf {
    home().join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// Installs what is asked for, once for each list.
pub fn install() -> Result {
    let list = paths::root().join("xtask").join("requirements.txt");
    let stamp = home().join("installed");
    let fingerprint = sha256(&shell::read(&list)?);
    if std::fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == fingerprint) {
        return Ok(());
    }
    println!("installing Python packages into target/python");
    let python = ["python3", "python"].into_iter().find(|name| shell::exists(name));
    let python =
        python.ok_or("Python 3 with venv is needed and was not found; install it and run this again")?;
    shell::output(shell::command(python).args(["-m", "venv"]).arg(home()))?;
    let mut pip = shell::command(&program().to_string_lossy());
    shell::output(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(list))?;
    shell::write(&stamp, fingerprint)
}

/// A script of the project, by its path in the checkout.
pub fn script(path: &str) -> Command {
    let mut command = shell::in_utf8(shell::command(&program().to_string_lossy()));
    command.arg(paths::root().join(path));
    command
}
