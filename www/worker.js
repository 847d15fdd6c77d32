// The engine's thread: unpacks, compiles and starts the engine, which sets its own `onmessage` while it starts.
self.onmessage = function (event) {
  self.onmessage = null;
  const packed = Uint8Array.from(atob(event.data), (character) => character.charCodeAt(0));
  wasm_bindgen.initSync({ module: inflate(packed) });
};
