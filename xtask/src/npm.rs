//! The npm packages of the build and of the browser tests, pinned by `xtask/package-lock.json`, in `target/npm`.

use std::path::PathBuf;
use std::process::Command;

use crate::digest::sha256;
use crate::shell::{self, Result};
use crate::{paths, system};

/// Installs what the lock names, once for each lock.
pub fn install() -> Result {
    system::need_node()?;
    let files = ["package.json", "package-lock.json", ".npmrc"];
    let mut contents = Vec::new();
    for file in files {
        contents.push((file, shell::read(&paths::root().join("xtask").join(file))?));
    }
    let lock: Vec<u8> = contents.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let stamp = paths::npm().join("installed");
    let fingerprint = sha256(&lock);
    if std::fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == fingerprint) {
        return Ok(());
    }
    for (file, bytes) in contents {
        shell::write(&paths::npm().join(file), bytes)?;
    }
    println!("installing npm packages into target/npm");
    shell::output(npm().args(["ci", "--silent"]).current_dir(paths::npm()))?;
    shell::write(&stamp, fingerprint)
}

/// One of the project's own scripts, run by Node; it finds its packages in `target/npm`.
pub fn script(path: &str) -> Command {
    let mut command = shell::command("node");
    command.arg(paths::root().join(path));
    command
}

/// An executable that a package brings, as a script for Node.
pub fn tool(path: &str) -> Command {
    let mut command = shell::command("node");
    command.arg(package(path));
    command
}

fn package(path: &str) -> PathBuf {
    paths::npm().join("node_modules").join(path)
}

fn npm() -> Command {
    shell::command(if cfg!(windows) { "npm.cmd" } else { "npm" })
}
