// Unpacks the page's module as `cargo xtask dist` packs it (xtask/src/packing.rs): an LZ4 frame in printable characters.
/** The bytes of the module, in milliseconds by a script that runs for the first time. */
export function unpack(text) {
  return plain(bytes(text));
}

/** 13 bits of every two characters. */
export function bytes(text) {
  const packed = new Uint8Array((text.length * 13) >> 4);
  const digit = (code) => code - (code > 60 ? 36 : code > 40 ? 34 : 33);
  for (let [at, to, held, bits] = [0, 0, 0, 0]; at < text.length; at += 2) {
    held |= (digit(text.charCodeAt(at)) * 91 + digit(text.charCodeAt(at + 1))) << bits;
    for (bits += 13; bits > 7; bits -= 8) { packed[to++] = held; held >>= 8; }
  }
  return packed;
}

/** A frame that says its size, without checksums: blocks of runs of literals and copies from what is there. */
function plain(packed) {
  let [from, to, size, head] = [15, 0, 0, new DataView(packed.buffer)];
  const whole = new Uint8Array(head.getUint32(6, true));
  const more = (length) => {
    let sum = length; // No array here: it is asked for each of half a million runs.
    for (let byte = length < 15 ? 0 : 255; byte === 255; sum += byte) byte = packed[from++];
    return sum;
  };
  while ((size = head.getUint32(from, true)) !== 0) {
    const [runs, end] = [size < 0x80000000, from + 4 + (size & 0x7fffffff)]; // Or stored as it is.
    for (from += 4; from < end;) {
      const token = runs ? packed[from++] : 0;
      for (let run = runs ? more(token >> 4) : end - from; run > 0; run -= 1) whole[to++] = packed[from++];
      if (from >= end) break;
      let back = to - (packed[from] | (packed[from + 1] << 8));
      from += 2;
      for (let run = more(token & 15) + 4; run > 0; run -= 1) whole[to++] = whole[back++];
    }
  }
  return whole;
}
