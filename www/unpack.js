// Unpacks a wasm module that `cargo xtask dist` has packed (xtask/src/packing.rs): base64 → gzip → wasm.
//
// Where the browser inflates by itself (Chromium 80, Firefox 113), the module is compiled while it is inflated; the
// others inflate by script.
import { gunzipSync } from 'fflate';

/** What wasm-bindgen takes: a response to compile from, or the bytes. */
export function unpack(text) {
  const characters = atob(text);
  const packed = new Uint8Array(characters.length);
  for (let at = 0; at < packed.length; at += 1) packed[at] = characters.charCodeAt(at);
  if (typeof DecompressionStream === 'undefined') return gunzipSync(packed);
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(inflated, { headers: { 'Content-Type': 'application/wasm' } });
}
