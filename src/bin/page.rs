//! wasm module 1: the page. Compiled on the main thread, so that it links nothing of the core.

fn main() {
    #[cfg(target_arch = "wasm32")]
    indicator_companion::browser::start();
}
