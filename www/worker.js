// The engine's thread: unpacks, compiles and starts the engine, which sets its own `onmessage` while it starts. The module
// comes as text; what comes before the engine works waits, and is dispatched then, so that an error in it is one of the thread.
const waiting = [];
self.onmessage = ({ data }) => {
  if (typeof data !== 'string') return void waiting.push(data);
  wasm_bindgen({ module_or_path: packing.inflate(data) }).then(
    () => waiting.forEach((request) => self.dispatchEvent(new MessageEvent('message', { data: request }))),
    (error) => self.setTimeout(() => { throw error; }),
  );
};
