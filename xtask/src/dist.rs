//! `xtask dist`: the page file and its checksums.

use std::path::PathBuf;

use crate::digest::sha256;
use crate::page::{self, Page, Parts};
use crate::shell::{self, Result};
use crate::wasm::{self, Effort};
use crate::{npm, paths};

/// The page goes by mail and by USB stick, and opens on old machines: 2.5 MiB at most.
pub const LIMIT: usize = 2560 * 1024;

/// Builds `dist/` and prints the sizes.
pub fn run() -> Result<Page> {
    let page = built(Effort::Full)?;
    for (name, size) in &page.sizes {
        println!("{:>9}  {name}", size);
    }
    println!("{:>9}  dist/{} (build {})", page.html.len(), paths::PAGE_FILE, page.build);
    if page.html.len() > LIMIT {
        return Err(format!("the page file has {} bytes, {LIMIT} are allowed", page.html.len()));
    }
    shell::write(&paths::dist().join(paths::PAGE_FILE), &page.html)?;
    let sums = format!("{}  {}\n", sha256(page.html.as_bytes()), paths::PAGE_FILE);
    shell::write(&paths::dist().join("SHA256SUMS"), sums)?;
    Ok(page)
}

/// A page file for looking at, outside `dist/`: it is large and slow, and is not handed out.
pub fn quick() -> Result<PathBuf> {
    let file = paths::target().join("quick").join(paths::PAGE_FILE);
    shell::write(&file, built(Effort::Quick)?.html)?;
    Ok(file)
}

fn built(effort: Effort) -> Result<Page> {
    npm::install()?;
    let (page, engine) = wasm::build(effort)?;
    page::assemble(&Parts { page: &page, engine: &engine, version: env!("CARGO_PKG_VERSION") })
}
