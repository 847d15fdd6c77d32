//! What goes between the threads: the number of an envelope, what is in it, and the bytes that it carries, all handed
//! over and not copied.

use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::worker::protocol::{Carries, Envelope};
use crate::worker::wire;

const ID: &str = "id";
const BODY: &str = "body";
const BYTES: &str = "bytes";

/// An envelope with these bytes beside it, and the buffers that are handed over with it.
pub(super) fn packed<T: Serialize>(
    envelope: &Envelope<T>,
    bytes: impl IntoIterator<Item = Uint8Array>,
) -> Result<(JsValue, Array), JsValue> {
    let body = Uint8Array::from(wire::written(&envelope.body).map_err(to_words)?.as_slice());
    let (beside, buffers) = (Array::new(), Array::of1(&body.buffer()));
    for bytes in bytes {
        buffers.push(&bytes.buffer());
        beside.push(&bytes);
    }
    let value = Object::new();
    Reflect::set(&value, &ID.into(), &envelope.id.into())?;
    Reflect::set(&value, &BODY.into(), &body)?;
    Reflect::set(&value, &BYTES.into(), &beside)?;
    Ok((value.into(), buffers))
}

/// An envelope as it was packed, its bytes where they belong.
pub(super) fn unpacked<T: DeserializeOwned + Carries>(value: &JsValue) -> Result<Envelope<T>, JsValue> {
    let body: Uint8Array = Reflect::get(value, &BODY.into())?.dyn_into()?;
    let beside: Array = Reflect::get(value, &BYTES.into())?.dyn_into()?;
    let mut body: T = wire::read(&body.to_vec()).map_err(to_words)?;
    for (place, bytes) in body.bytes_mut().into_iter().zip(beside.iter()) {
        *place = bytes.dyn_into::<Uint8Array>()?.to_vec();
    }
    Ok(Envelope { id: id(value)?, body })
}

/// The number of an envelope that is not opened yet.
pub(super) fn id(value: &JsValue) -> Result<u32, JsValue> {
    let id = Reflect::get(value, &ID.into())?;
    id.as_f64().map(super::engine::number).ok_or(id)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn to_words(error: impl ToString) -> JsValue {
    JsValue::from_str(&error.to_string())
}
