//! The protocol as bytes, for two modules of one page file: fields by their place, without their names. What a later
//! version has to read is written otherwise (`worker::progress`).

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request or an answer, without the bytes that travel beside it.
///
/// # Errors
/// None of the protocol's types has a part that cannot be written.
pub fn written<T: Serialize>(body: &T) -> postcard::Result<Vec<u8>> {
    postcard::to_allocvec(body)
}

/// # Errors
/// Bytes that another version wrote.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> postcard::Result<T> {
    postcard::from_bytes(bytes)
}
