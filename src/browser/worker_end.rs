//! The worker's end: requests in, answers out, one at a time.

use js_sys::{Array, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::worker::protocol::{Envelope, Request, Response};

/// Answers every request of the page with `handle`, for as long as the worker lives. A panic goes to the page as text
/// before the trap ends the worker.
pub fn serve(mut handle: impl FnMut(Request) -> Response + 'static) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    {
        let scope = scope.clone();
        std::panic::set_hook(Box::new(move |info| {
            // Nothing can be done about a page that is gone.
            scope.post_message(&JsValue::from_str(&info.to_string())).ok();
        }));
    }
    let on_message = {
        let scope = scope.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // Before the work, so that the page can tell an engine at work from none.
            if let Ok(id) = Reflect::get(&event.data(), &"id".into()) {
                scope.post_message(&id).ok();
            }
            let sent = serde_wasm_bindgen::from_value::<Envelope<Request>>(event.data())
                .map_err(JsValue::from)
                .and_then(|Envelope { id, body }| post(&scope, &Envelope { id, body: handle(body) }));
            if let Err(error) = sent {
                scope.post_message(&JsValue::from_str(&super::words(&error))).ok();
            }
        })
    };
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// Posts an answer; the bytes of a document are handed over, not copied.
fn post(scope: &DedicatedWorkerGlobalScope, answer: &Envelope<Response>) -> Result<(), JsValue> {
    let value = answer.serialize(&serde_wasm_bindgen::Serializer::new())?;
    let body = Reflect::get(&value, &"body".into())?;
    let document = match &answer.body {
        Response::Saved { .. } => Reflect::get(&Reflect::get(&body, &"Saved".into())?, &"document".into())?,
        Response::Consolidated { .. } => {
            Reflect::get(&Reflect::get(&body, &"Consolidated".into())?, &"document".into())?
        }
        Response::Document(_) => Reflect::get(&body, &"Document".into())?,
        _ => return scope.post_message(&value),
    };
    let transfer = Array::new();
    if let Ok(bytes) = Reflect::get(&document, &"bytes".into())?.dyn_into::<Uint8Array>() {
        transfer.push(&bytes.buffer());
    }
    scope.post_message_with_transfer(&value, &transfer)
}
