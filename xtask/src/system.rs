//! What has to be on the machine: the Rust target, Node, browsers and fonts. Installs what it may, else says what to
//! run.

use std::process::Stdio;

use crate::shell::{self, Result};

const NODE: u32 = 20;

pub fn need_node() -> Result {
    let version = shell::output(shell::command("node").arg("--version")).map_err(|_| {
        format!("Node {NODE} or newer is needed and was not found; install it and run this again")
    })?;
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE => Ok(()),
        _ => Err(format!("Node {NODE} or newer is needed, this one is {version}")),
    }
}

/// The wasm32 target and the sources of the standard library, for the toolchain that the checkout names.
pub fn need_rust() -> Result {
    let installed = shell::output(shell::command("rustup").args(["component", "list", "--installed"]))
        .map_err(|error| format!("rustup is needed to add what the build uses\n{error}"))?;
    let installed = String::from_utf8_lossy(&installed).into_owned();
    for component in ["rust-src", "clippy", "rustfmt"] {
        if !installed.lines().any(|line| line.starts_with(component)) {
            shell::run(shell::command("rustup").args(["component", "add", component]))?;
        }
    }
    if !installed.lines().any(|line| line == "rust-std-wasm32-unknown-unknown") {
        shell::run(shell::command("rustup").args(["target", "add", "wasm32-unknown-unknown"]))?;
    }
    Ok(())
}

/// Chromium, Firefox ESR and a Chinese font, for the browser tests.
pub fn need_browsers() -> Result {
    let mut missing = Vec::new();
    if !["chromium", "chromium-browser", "google-chrome"].iter().any(|name| shell::exists(name)) {
        missing.push("chromium");
    }
    if !["firefox-esr", "firefox"].iter().any(|name| shell::exists(name)) {
        missing.push("firefox-esr");
    }
    if cfg!(target_os = "linux") && !has_chinese_font() {
        missing.push("fonts-noto-cjk");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!("apt-get install --yes --no-install-recommends {}", missing.join(" "));
    if !shell::exists("apt-get") {
        return Err(format!(
            "the browser tests need {}; install them and run this again",
            missing.join(", ")
        ));
    }
    if !is_root() {
        return Err(format!(
            "the browser tests need {}; run this and try again:\n  sudo {install}",
            missing.join(", ")
        ));
    }
    println!("installing {}", missing.join(" "));
    shell::run(shell::command("apt-get").args(["update", "--quiet"]))?;
    shell::run(
        shell::command("apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn has_chinese_font() -> bool {
    shell::command("fc-list")
        .arg(":lang=zh")
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| !output.stdout.is_empty())
}

fn is_root() -> bool {
    shell::output(shell::command("id").arg("-u")).is_ok_and(|id| id.trim_ascii() == b"0")
}
