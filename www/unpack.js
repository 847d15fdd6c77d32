// Unpacks a wasm module that `cargo xtask dist` has packed (xtask/src/packing.rs): base64, and gzip where it begins so.
//
// Where the browser inflates by itself (Chromium 80, Firefox 113), the module is compiled while it is inflated; the
// others inflate by script.
import { gunzipSync } from 'fflate';

/** What wasm-bindgen takes: the bytes, or a response to compile from. */
export function unpack(text) {
  const packed = bytes(text);
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  if (typeof DecompressionStream === 'undefined') return gunzipSync(packed);
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(inflated, { headers: { 'Content-Type': 'application/wasm' } });
}

function bytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text); // Chromium 140, Firefox 133: ten times as fast.
  const characters = atob(text);
  const packed = new Uint8Array(characters.length);
  for (let at = 0; at < packed.length; at += 1) packed[at] = characters.charCodeAt(at);
  return packed;
}
