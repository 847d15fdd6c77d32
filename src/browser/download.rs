//! A file handed to the user: a link with `download`, the one way that works over file:// in every browser.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::worker::protocol::Document;

/// Milliseconds until the browser surely has the bytes. It may ask first whether a page can hand out two files, and
/// wait for the answer.
const HELD: i32 = 600_000;

pub(super) fn download(file: &Document) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(&file.mime);
    let parts = Array::of1(&Uint8Array::from(file.bytes.as_slice()));
    let url =
        Url::create_object_url_with_blob(&Blob::new_with_u8_array_sequence_and_options(&parts, &options)?)?;
    let link: HtmlAnchorElement = super::document()?.create_element("a")?.unchecked_into();
    link.set_attribute("href", &url)?;
    link.set_download(&file.name);
    link.click();
    super::later(HELD, move || {
        // An address that is gone already needs nothing more.
        Url::revoke_object_url(&url).ok();
    })
}
