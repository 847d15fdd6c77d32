//! `xtask dist`: the page file and its checksums.

use crate::page::{self, Page, Parts};
use crate::shell::{self, Result};
use crate::{npm, paths, wasm};

/// The page goes by mail and by USB stick, and opens on old machines: 2.5 MiB at most.
const LIMIT: usize = 2560 * 1024;

/// Builds `dist/` and prints the sizes.
pub fn run() -> Result<Page> {
    npm::install()?;
    let (page, engine) = wasm::build()?;
    let page = page::assemble(&Parts { page: &page, engine: &engine, version: env!("CARGO_PKG_VERSION") })?;
    for (name, size) in &page.sizes {
        println!("{:>9}  {name}", size);
    }
    println!("{:>9}  dist/{} (build {})", page.html.len(), paths::PAGE_FILE, page.build);
    if page.html.len() > LIMIT {
        return Err(format!("the page file has {} bytes, {LIMIT} are allowed", page.html.len()));
    }
    shell::write(&paths::dist().join(paths::PAGE_FILE), &page.html)?;
    let sums = format!("{}  {}\n", page::sha256(page.html.as_bytes()), paths::PAGE_FILE);
    shell::write(&paths::dist().join("SHA256SUMS"), sums)?;
    Ok(page)
}
