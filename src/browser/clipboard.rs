//! What a copy, a cut or a paste carries. Only these events: asking for the clipboard is closed to a file that is
//! opened by double-click.

use wasm_bindgen::prelude::*;
use web_sys::{ClipboardEvent, DataTransfer, Event, HtmlDocument, HtmlTextAreaElement};

use crate::app::Clipboard;

const PAGE: &str = "text/html";
const TEXT: &str = "text/plain";

/// Puts this on the clipboard in place of what is marked in the page. Nothing leaves the clipboard as it is.
pub(super) fn put(event: &Event, copied: &Clipboard) -> Result<(), JsValue> {
    event.prevent_default();
    let Some(data) = data(event) else { return Ok(()) };
    if !copied.text.is_empty() {
        data.set_data(TEXT, &copied.text)?;
        data.set_data(PAGE, &copied.html)?;
    }
    Ok(())
}

/// What is pasted, in place of the field that the event came to.
pub(super) fn take(event: &Event) -> Clipboard {
    event.prevent_default();
    let read = |kind| data(event).and_then(|data| data.get_data(kind).ok()).unwrap_or_default();
    Clipboard { html: read(PAGE), text: read(TEXT) }
}

/// Copies all that stands in a field, and leaves it marked for the hand where the browser does not let the page.
pub(super) fn copy(id: &str) -> bool {
    let Some(field) = super::element(id).and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok())
    else {
        return false;
    };
    field.focus().ok();
    field.select();
    let document = super::document().ok().and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    document.is_some_and(|document| document.exec_command("copy").unwrap_or(false))
}

fn data(event: &Event) -> Option<DataTransfer> {
    event.dyn_ref::<ClipboardEvent>()?.clipboard_data()
}
