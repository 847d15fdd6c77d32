//! The two wasm modules: built with a standard library that is itself rebuilt for the wasm MVP, bound, optimised and
//! checked to be MVP, so that they run from Chromium 69 on (the shipped library needs Chromium 102).

use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::shell::{self, Result};
use crate::{npm, paths, rotates, system};

/// A module ready to be packed.
pub struct Module {
    pub wasm: Vec<u8>,
    /// Defines the global `wasm_bindgen`.
    pub glue: String,
}

/// What is done for the modules to be small.
#[derive(Clone, Copy, PartialEq)]
pub enum Effort {
    Full,
    /// As soon as possible: neither link-time optimisation nor wasm-opt.
    Quick,
}

impl Effort {
    /// The profile in Cargo.toml.
    const fn profile(self) -> &'static str {
        match self {
            Self::Full => "wasm",
            Self::Quick => "wasm-quick",
        }
    }
}

/// Builds the binaries `page` and `engine` of the package.
pub fn build(effort: Effort) -> Result<(Module, Module)> {
    system::need_rust()?;
    compile(effort)?;
    Ok((finish("page", effort)?, finish("engine", effort)?))
}

fn compile(effort: Effort) -> Result {
    let mut flags = vec!["-Ctarget-cpu=mvp".to_owned(), "-Ctarget-feature=+mutable-globals".to_owned()];
    flags.extend(
        remaps()?.into_iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())),
    );
    shell::run(
        shell::cargo()
            .args([
                "build",
                "--locked",
                "--profile",
                effort.profile(),
                "--target",
                "wasm32-unknown-unknown",
                "--bin",
                "page",
                "--bin",
                "engine",
            ])
            .args(["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"])
            .arg("--target-dir")
            .arg(paths::wasm_target())
            // The pinned stable toolchain, with the one unstable option that rebuilds the standard library.
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTFLAGS")
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")),
    )
}

fn finish(name: &str, effort: Effort) -> Result<Module> {
    let built = paths::wasm_target().join("wasm32-unknown-unknown").join(effort.profile());
    let built = built.join(format!("{name}.wasm"));
    let mut output = Bindgen::new()
        .input_path(&built)
        .no_modules(true)
        .and_then(|bindgen| bindgen.typescript(false).omit_default_module_path(true).generate_output())
        .map_err(|error| format!("wasm-bindgen on {name}: {error:#}"))?;
    if output.snippets().values().any(|inline| !inline.is_empty()) || !output.local_modules().is_empty() {
        return Err(format!(
            "{name} brings JavaScript of its own; the page holds no other script than those in www"
        ));
    }
    let glue = output.js().to_owned();
    let directory = paths::wasm_target().join("packed");
    let bound = directory.join(format!("{name}.bound.wasm"));
    let module = output.wasm_mut();
    rotates::put_aside(module);
    shell::write(&bound, module.emit_wasm())?;
    let wasm = match effort {
        Effort::Full => optimise(&bound, &directory.join(format!("{name}.wasm")))?,
        Effort::Quick => bound,
    };
    let wasm = shell::read(&wasm)?;
    no_machine_path(name, &wasm)?;
    Ok(Module { wasm, glue })
}

/// What is called once a cell or once a piece, in a loop that is as long as the file, stays a call: the browser goes on
/// with optimised code at the next call only, and never in the middle of a loop.
const CALLED: &str = "take_plain";

/// `-all` must never be passed: it writes sections that no browser reads.
fn optimise(bound: &Path, optimised: &Path) -> Result<PathBuf> {
    shell::output(
        npm::tool("binaryen/bin/wasm-opt")
            .args([
                "--mvp-features",
                "--enable-mutable-globals",
                &format!("--no-inline={}*", rotates::NAME),
                &format!("--no-inline=*::{CALLED}*"),
                "-Oz",
                "--strip-debug",
                "--strip-producers",
                "--strip-target-features",
            ])
            .arg(bound)
            .arg("-o")
            .arg(optimised),
    )?;
    shell::output(npm::script("xtask/tools/validate.mjs").arg(optimised))?;
    Ok(optimised.to_owned())
}

/// Every directory of this machine that the compiler would write into panic messages, and what stands there instead.
/// rustc takes the last prefix that matches, so the general ones come first.
fn remaps() -> Result<Vec<(PathBuf, &'static str)>> {
    let mut remaps = Vec::new();
    if let Some(home) = std::env::home_dir() {
        remaps.push((home, "home"));
    }
    remaps.push((paths::root().to_owned(), "."));
    let cargo = cargo_home()?;
    remaps.push((cargo.clone(), "cargo"));
    let sources = cargo.join("registry/src");
    // Fetching first makes the directory of the registry's sources exist; its name is not the same everywhere.
    shell::run(shell::cargo().args(["fetch", "--locked", "--quiet"]))?;
    for registry in std::fs::read_dir(&sources).into_iter().flatten().flatten() {
        remaps.push((registry.path(), "crates"));
    }
    let sysroot = shell::output(shell::command("rustc").args(["--print", "sysroot"]))?;
    remaps.push((PathBuf::from(String::from_utf8_lossy(&sysroot).trim()), "rust"));
    Ok(remaps)
}

fn cargo_home() -> Result<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .ok_or_else(|| "neither CARGO_HOME nor a home directory is set".into())
}

fn no_machine_path(name: &str, wasm: &[u8]) -> Result {
    for (path, _) in remaps()? {
        // With its separator: a source file may be called root.rs.
        let path = format!("{}/", path.to_string_lossy());
        if path.len() > 2 && wasm.windows(path.len()).any(|window| window == path.as_bytes()) {
            return Err(format!("{name}.wasm names a directory of this machine: {path}"));
        }
    }
    Ok(())
}
