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

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Window};

fn window() -> Result<Window, JsValue> {
    web_sys::window().ok_or_else(|| JsValue::from_str("no window"))
}

fn document() -> Result<Document, JsValue> {
    window()?.document().ok_or_else(|| JsValue::from_str("no document"))
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
