//! Where things are in the checkout.

use std::path::{Path, PathBuf};

pub const PAGE_FILE: &str = "indicator-companion.html";

pub fn root() -> &'static Path {
    // The manifest of this package is in the checkout's `xtask/`.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

pub fn www(name: &str) -> PathBuf {
    root().join("www").join(name)
}

pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Everything that is built or fetched lives below this directory.
pub fn target() -> PathBuf {
    root().join("target")
}

/// The npm packages of `xtask/package.json`.
pub fn npm() -> PathBuf {
    target().join("npm")
}

/// Cargo's target directory of the wasm build: its own, so that its flags do not invalidate the native build.
pub fn wasm_target() -> PathBuf {
    target().join("wasm-mvp")
}
