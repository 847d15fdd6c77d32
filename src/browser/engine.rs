//! The page's end of the worker. A worker that broke down is ended and never used again.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

use super::parcel;
use crate::app::{Callback, Message};
use crate::worker::protocol::{Envelope, Request, Response};

pub(super) struct Engine {
    worker: Worker,
    // Kept as long as the worker may call them.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Engine {
    /// A worker, and what it says told to the page.
    pub fn start(send: &Callback<Message>) -> Result<Self, JsValue> {
        let worker = super::boot::start_worker()?;
        // A breakdown is reported once: the panic's text and the worker's error are the same one.
        let broken = Rc::new(Cell::new(false));
        let broke = {
            let send = send.clone();
            move |words: String| {
                if !broken.replace(true) {
                    send.emit(Message::Broke(words));
                }
            }
        };
        let on_message = {
            let (send, broke) = (send.clone(), broke.clone());
            Closure::new(move |event: MessageEvent| {
                let data = event.data();
                // The engine begins with a request: its number alone.
                if let Some(id) = data.as_f64() {
                    return send.emit(Message::TakenUp(number(id)));
                }
                // A panic of the engine arrives as plain text, before the worker's error.
                match data.as_string() {
                    Some(words) => broke(words),
                    None => match parcel::unpacked::<Response>(&data) {
                        Ok(envelope) => send.emit(Message::Answer(Box::new(envelope))),
                        Err(error) => broke(super::words(&error)),
                    },
                }
            })
        };
        let on_error = Closure::new(move |event: ErrorEvent| {
            event.prevent_default();
            broke(format!("{} {}:{}", event.message(), event.lineno(), event.colno()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Posts a request; one that carries files gets their bytes, copied and handed over.
    pub fn send<'a>(
        &self,
        envelope: &Envelope<Request>,
        bytes: impl Iterator<Item = Option<&'a Uint8Array>>,
    ) -> Result<(), JsValue> {
        let copies = bytes.map(|bytes| {
            bytes.map_or_else(|| Uint8Array::new_with_length(0), |bytes| bytes.slice(0, bytes.length()))
        });
        let (value, buffers) = parcel::packed(envelope, copies)?;
        self.worker.post_message_with_transfer(&value, &buffers)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number was a u32 on the other side"
)]
pub(super) fn number(id: f64) -> u32 {
    id as u32
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
