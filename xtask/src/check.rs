//! `xtask check`: format and lints, native and wasm32.

use std::process::Command;

use crate::shell::{self, Result};
use crate::system;

pub fn run() -> Result {
    system::need_rust()?;
    for (name, mut command) in steps() {
        println!("{name}");
        shell::run(&mut command)?;
    }
    Ok(())
}

/// The checks in their order, each with its name.
pub fn steps() -> Vec<(&'static str, Command)> {
    let mut format = shell::cargo();
    format.args(["fmt", "--all", "--check"]);
    let mut native = shell::cargo();
    native.args(["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]);
    let mut wasm = shell::cargo();
    // Tests run natively; the command line does not exist on wasm32.
    wasm.args(["clippy", "--target", "wasm32-unknown-unknown", "--lib", "--bin", "page", "--bin", "engine"]);
    wasm.args(["--locked", "--quiet", "--", "-D", "warnings"]);
    vec![("format", format), ("lints, native", native), ("lints, wasm32", wasm)]
}
