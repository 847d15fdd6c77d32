// Unpacks the engine's module, which is packed tighter than the page's: gzip in the same characters. The browser inflates
// it and compiles what it has so far; a script does where it cannot (before Chromium 80 and Firefox 113).
import { gunzipSync } from 'fflate';
import { bytes } from './unpack.js';

/** The module as `wasm_bindgen` takes it. */
export function inflate(text) {
  const packed = bytes(text);
  if (typeof DecompressionStream === 'undefined') return gunzipSync(packed);
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(plain, { headers: { 'content-type': 'application/wasm' } });
}
