//! The engine behind its worker: what is asked and answered goes as bytes, as it does in the page.

use indicator_companion::worker::protocol::{Carries, Request, Response};
use indicator_companion::worker::{service, wire};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub struct Engine(service::Engine);

impl Engine {
    pub fn new() -> Self {
        Self(service::Engine::new())
    }

    pub fn handle(&mut self, request: Request) -> Response {
        carried(self.0.handle(carried(request)))
    }
}

/// As it arrives on the other side.
fn carried<T: Serialize + DeserializeOwned + Carries>(mut sent: T) -> T {
    let beside: Vec<Vec<u8>> = sent.bytes_mut().into_iter().map(std::mem::take).collect();
    let mut arrived: T = wire::read(&wire::written(&sent).unwrap()).unwrap();
    for (place, bytes) in arrived.bytes_mut().into_iter().zip(beside) {
        *place = bytes;
    }
    arrived
}
