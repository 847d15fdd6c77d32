// The engine's thread: unpacks, compiles and starts the engine, which sets its own `onmessage` while it starts. What
// comes before that waits; it is dispatched, so that an error in the engine is one of the thread.
const waiting = [];
self.onmessage = (first) => {
  self.onmessage = ({ data }) => waiting.push(data);
  wasm_bindgen({ module_or_path: packing.unpack(first.data) }).then(
    () => waiting.forEach((data) => self.dispatchEvent(new MessageEvent('message', { data }))),
    (error) => self.setTimeout(() => { throw error; }),
  );
};
