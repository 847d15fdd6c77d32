//! What goes between the threads: an envelope as plain data, and beside it the bytes that it carries, handed over and
//! not copied.

use js_sys::{Array, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::worker::protocol::{Carries, Envelope};

const BYTES: &str = "bytes";

/// An envelope with these bytes beside it, and the buffers that are handed over with it.
pub(super) fn packed<T: Serialize>(
    envelope: &Envelope<T>,
    bytes: impl IntoIterator<Item = Uint8Array>,
) -> Result<(JsValue, Array), JsValue> {
    let value = envelope.serialize(&serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true))?;
    let (beside, buffers) = (Array::new(), Array::new());
    for bytes in bytes {
        buffers.push(&bytes.buffer());
        beside.push(&bytes);
    }
    Reflect::set(&value, &BYTES.into(), &beside)?;
    Ok((value, buffers))
}

/// An envelope as it was packed, its bytes where they belong.
pub(super) fn unpacked<T: DeserializeOwned + Carries>(value: JsValue) -> Result<Envelope<T>, JsValue> {
    let beside: Array = Reflect::get(&value, &BYTES.into())?.dyn_into()?;
    let mut envelope: Envelope<T> = serde_wasm_bindgen::from_value(value)?;
    for (place, bytes) in envelope.body.bytes_mut().into_iter().zip(beside.iter()) {
        *place = bytes.dyn_into::<Uint8Array>()?.to_vec();
    }
    Ok(envelope)
}
