//! A panic of the page itself: said loudly, above everything, with its place.

use wasm_bindgen::JsValue;

use crate::app::page_broke;

pub(super) fn hook() {
    std::panic::set_hook(Box::new(|info| {
        let detail = info.to_string();
        web_sys::console::error_1(&JsValue::from_str(&detail));
        // What cannot be said here stands on the console.
        show(&detail).ok();
    }));
}

fn show(detail: &str) -> Result<(), JsValue> {
    let document = super::document()?;
    let alert = document.create_element("div")?;
    alert.set_attribute("role", "alert")?;
    alert.set_attribute("class", "page-broke")?;
    alert.set_text_content(Some(&page_broke(detail)));
    if let Some(body) = document.body() {
        body.insert_before(&alert, body.first_child().as_ref())?;
    }
    if let Some(root) = document.document_element() {
        root.set_attribute("data-state", "failed")?;
    }
    Ok(())
}
