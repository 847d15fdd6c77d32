//! `companion`: the core from the command line. Arguments in, text or JSON out; no logic of its own.
//!
//! Exit code: 0 nothing to do, 1 findings of tier 错误 or 警示, 2 the tool could not do its work.

#[cfg(not(target_arch = "wasm32"))]
mod cli;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    cli::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
