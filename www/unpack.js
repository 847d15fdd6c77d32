// Unpacks a wasm module that `cargo xtask dist` has packed (xtask/src/packing.rs): an LZ4 frame in printable characters.

/** The bytes of the module, in milliseconds by a script that runs for the first time. */
export function unpack(text) {
  const packed = bytes(text);
  return plain(packed, new DataView(packed.buffer));
}

/** 13 bits of every two characters. */
function bytes(text) {
  const packed = new Uint8Array((text.length * 13) >> 4);
  const digit = (code) => code - (code > 60 ? 36 : code > 40 ? 34 : 33);
  for (let [at, to, held, bits] = [0, 0, 0, 0]; at < text.length; at += 2) {
    held |= (digit(text.charCodeAt(at)) * 91 + digit(text.charCodeAt(at + 1))) << bits;
    for (bits += 13; bits > 7; bits -= 8) { packed[to++] = held; held >>= 8; }
  }
  return packed;
}

/** A frame of one block that says its size, without checksums: runs of literals and copies from what is there. */
function plain(packed, head) {
  const [whole, size] = [new Uint8Array(head.getUint32(6, true)), head.getUint32(15, true)];
  let [from, to] = [19, 0];
  if (size > 0x7fffffff) return packed.subarray(from, from + size - 0x80000000); // Stored as it is.
  const more = (length) => {
    let [sum, byte] = [length, length < 15 ? 0 : 255];
    for (; byte === 255; sum += byte) { byte = packed[from]; from += 1; }
    return sum;
  };
  for (const end = from + size; from < end;) {
    const token = packed[from++];
    for (let run = more(token >> 4); run > 0; run -= 1) whole[to++] = packed[from++];
    if (from >= end) break;
    let back = to - (packed[from] | (packed[from + 1] << 8));
    from += 2;
    for (let run = more(token & 15) + 4; run > 0; run -= 1) whole[to++] = whole[back++];
  }
  return whole;
}
