//! What the first script, `www/boot.js`, has put there for the page.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Worker;

use crate::app::Release;

/// Version and build, as they were written into the file.
pub(super) fn release() -> Result<Release, JsValue> {
    let companion = companion()?;
    let word = |name: &str| {
        Reflect::get(&companion, &name.into()).map(|value| value.as_string().unwrap_or_default())
    };
    Ok(Release { version: word("version")?, build: word("build")? })
}

/// A worker in which the engine's module is started.
pub(super) fn start_worker() -> Result<Worker, JsValue> {
    let companion = companion()?;
    let start: Function = Reflect::get(&companion, &"startEngine".into())?.dyn_into()?;
    start.call0(&companion)?.dyn_into()
}

fn companion() -> Result<JsValue, JsValue> {
    let companion = Reflect::get(&super::window()?.into(), &"companion".into())?;
    if companion.is_undefined() { Err(JsValue::from_str("no window.companion")) } else { Ok(companion) }
}
