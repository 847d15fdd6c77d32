//! The worker's end: requests in, answers out, one at a time.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::parcel;
use crate::worker::protocol::{Carries, Envelope, Request, Response};

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
            if let Ok(id) = parcel::id(&event.data()) {
                scope.post_message(&id.into()).ok();
            }
            let sent = parcel::unpacked(&event.data())
                .and_then(|Envelope { id, body }| post(&scope, &mut Envelope { id, body: handle(body) }));
            if let Err(error) = sent {
                scope.post_message(&JsValue::from_str(&super::words(&error))).ok();
            }
        })
    };
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// Posts an answer; the bytes of its documents are handed over, not copied.
fn post(scope: &DedicatedWorkerGlobalScope, answer: &mut Envelope<Response>) -> Result<(), JsValue> {
    let bytes: Vec<Uint8Array> =
        answer.body.bytes_mut().into_iter().map(|bytes| Uint8Array::from(bytes.as_slice())).collect();
    let (value, buffers) = parcel::packed(answer, bytes)?;
    scope.post_message_with_transfer(&value, &buffers)
}
