// Unpacks a wasm module that `cargo xtask dist` has packed (xtask/src/packing.rs): base64 of an LZ4 frame, done in
// milliseconds by a script that runs for the first time.

/** The bytes of the module. */
export function unpack(text) {
  const packed = bytes(text);
  return plain(packed, new DataView(packed.buffer));
}

function bytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text); // Chromium 140, Firefox 133: ten times as fast.
  const characters = atob(text);
  const packed = new Uint8Array(characters.length);
  for (let at = 0; at < packed.length; at += 1) packed[at] = characters.charCodeAt(at);
  return packed;
}

/** A frame of one block that says its size, without checksums: runs of literals and copies from what is there. */
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
