// The engine's thread: unpacks, compiles and starts the engine, which sets its own `onmessage` while it starts.
self.onmessage = function (event) {
  self.onmessage = null;
  wasm_bindgen.initSync({ module: unpack(event.data) });
};
