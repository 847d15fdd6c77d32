//! wasm module 2: the core behind the worker's service. Runs only in the worker.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        let mut engine = indicator_companion::worker::service::Engine::new();
        indicator_companion::browser::serve(move |request| engine.handle(request));
    }
}
