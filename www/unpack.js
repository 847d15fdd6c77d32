// Unpacks a wasm module that `cargo xtask dist` has packed (xtask/src/packing.rs): base64 of gzip, or of an LZ4 frame.
//
// Where the browser inflates by itself (Chromium 80, Firefox 113), a module in gzip is compiled while it is inflated; the
// others inflate by script. LZ4 is a little larger, and done in milliseconds by a script that runs for the first time.
import { gunzipSync } from 'fflate';

/** What wasm-bindgen takes: the bytes, or a response to compile from. */
export function unpack(text) {
  const packed = bytes(text);
  if (packed[0] === 0x04) return plain(packed, new DataView(packed.buffer));
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

/** An LZ4 frame of one block that says its size, without checksums: runs of literals and copies from what is there. */
function plain(packed, head) {
  const [whole, size] = [new Uint8Array(head.getUint32(6, true)), head.getUint32(15, true)];
  let [from, to] = [19, 0];
  if (size > 0x7fffffff) return packed.subarray(from, from + size - 0x80000000); // Stored as it is.
  const more = (length) => {
    if (length < 15) return length;
    let [sum, byte] = [length, 255];
    for (; byte === 255; sum += byte) { byte = packed[from]; from += 1; }
    return sum;
  };
  for (const end = from + size; from < end;) {
    const token = packed[from];
    from += 1;
    for (let run = more(token >> 4); run > 0; run -= 1) whole[to++] = packed[from++];
    if (from >= end) break;
    let back = to - (packed[from] | (packed[from + 1] << 8));
    from += 2;
    for (let run = more(token & 15) + 4; run > 0; run -= 1) whole[to++] = whole[back++];
  }
  return whole;
}
