//! Every call to the browser: files in and out, the two ends of the worker, keys, drag and drop, what is remembered.
//!
//! Decides nothing: what happens outside becomes a message, and effects are carried out as they are.

mod boot;
mod clipboard;
mod download;
mod drag;
mod engine;
mod files;
mod folder;
mod host;
mod listen;
mod panic;
mod parcel;
mod shelf;
mod worker_end;

pub use host::start;
pub use worker_end::serve;

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Window};

fn window() -> Result<Window, JsValue> {
    web_sys::window().ok_or_else(|| JsValue::from_str("no window"))
}

fn document() -> Result<Document, JsValue> {
    window()?.document().ok_or_else(|| JsValue::from_str("no document"))
}

/// Calls back so many milliseconds later; with none, when the browser has drawn and heard what waits.
fn later(milliseconds: i32, then: impl FnOnce() + 'static) -> Result<(), JsValue> {
    let then = Closure::once_into_js(then);
    window()?.set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), milliseconds)?;
    Ok(())
}

fn element(id: &str) -> Option<Element> {
    document().ok()?.get_element_by_id(id)
}

/// The text of an error as JavaScript has it.
fn words(value: &JsValue) -> String {
    value
        .as_string()
        .or_else(|| value.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message())))
        .unwrap_or_else(|| format!("{value:?}"))
}
