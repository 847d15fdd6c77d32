// Unpacks a wasm module that `cargo xtask dist` has packed (xtask/src/packing.rs): text → bytes → LZMA → bytes.
//
// Every two characters hold 13 bits; the 91 digits are the printable characters but “/”, “<” and “=”, so that nothing
// in the text ends its element or looks like an address. First comes the module's size, in four bytes, then a raw
// LZMA stream as the LZMA specification has it: lc = 3, lp = 0, pb = 0, the whole module as dictionary, no end mark.
function unpack(text) {
  const digit = (at) => {
    const code = text.charCodeAt(at);
    return code - (code > 61 ? 36 : code > 47 ? 34 : 33);
  };
  const packed = new Uint8Array((text.length * 13) >> 4);
  for (let from = 0, to = 0, held = 0, bits = 0; from < text.length; from += 2) {
    held = (held << 13) | (digit(from) * 91 + digit(from + 1));
    for (bits += 13; bits >= 8; to += 1) {
      bits -= 8;
      packed[to] = held >> bits;
    }
  }
  let next = 0;
  const number = () => {
    let sum = 0;
    for (const end = next + 4; next < end; next += 1) sum = (sum << 8) | packed[next];
    return sum;
  };
  const out = new Uint8Array(number());

  // The range coder. What it has learnt: how likely a 0 is, in 2048ths, at every place where a bit can stand.
  const chances = new Uint16Array(7184).fill(1024);
  const IS_MATCH = 0, IS_REPEATED = 12, IS_SECOND_ON = 24, IS_THIRD_ON = 36, IS_FOURTH = 48, IS_LONG = 60;
  const LENGTH = 72, REPEATED_LENGTH = 352, SLOT = 640, MIDDLE = 896, LOWEST = 1024, LITERAL = 1040;
  next += 1;
  const coder = Uint32Array.of(-1, number());
  const RANGE = 0, CODE = 1;
  const bit = (place) => {
    let range = coder[RANGE], code = coder[CODE];
    if (range < 0x1000000) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | packed[next++]) >>> 0;
    }
    const chance = chances[place], bound = (range >>> 11) * chance;
    if (code < bound) {
      coder[RANGE] = bound;
      coder[CODE] = code;
      chances[place] = chance + ((2048 - chance) >> 5);
      return 0;
    }
    coder[RANGE] = range - bound;
    coder[CODE] = code - bound;
    chances[place] = chance - (chance >> 5);
    return 1;
  };
  // The bits of a value below `size`, the highest first; the first of them stands at `base` + 1.
  const tree = (base, size) => {
    let node = 1;
    while (node < size) node = (node << 1) | bit(base + node);
    return node - size;
  };
  const lowestFirst = (base, count) => {
    let value = 0;
    for (let at = 0, node = 1; at < count; at += 1) {
      const one = bit(base + node);
      node = (node << 1) | one;
      value |= one << at;
    }
    return value;
  };
  // Bits that are as likely 0 as 1.
  const even = (count) => {
    let value = 0;
    for (let at = 0; at < count; at += 1) {
      if (coder[RANGE] < 0x1000000) {
        coder[RANGE] <<= 8;
        coder[CODE] = (coder[CODE] << 8) | packed[next++];
      }
      coder[RANGE] >>>= 1;
      const one = coder[CODE] >= coder[RANGE];
      if (one) coder[CODE] -= coder[RANGE];
      value = (value << 1) | one;
    }
    return value;
  };
  const length = (base) => {
    if (!bit(base)) return 2 + tree(base + 8, 8);
    return bit(base + 1) ? 18 + tree(base + 24, 256) : 10 + tree(base + 16, 8);
  };

  // The four distances last used, and what the last steps were: below 7 the last one was a literal.
  let first = 1, second = 1, third = 1, fourth = 1, state = 0;
  for (let at = 0; at < out.length; ) {
    if (!bit(IS_MATCH + state)) {
      const base = LITERAL + 768 * (at && out[at - 1] >> 5);
      let node = 1;
      // After a match, beside the byte that would have gone on with it, until they differ.
      for (let beside = state < 7 ? -1 : out[at - first], agrees = beside >= 0; agrees && node < 256; ) {
        beside <<= 1;
        const expected = beside & 256;
        const one = bit(base + 256 + expected + node);
        node = (node << 1) | one;
        agrees = one === expected >> 8;
      }
      if (node === 1) node = tree(base, 256);
      else while (node < 256) node = (node << 1) | bit(base + node);
      out[at] = node;
      at += 1;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count;
    if (!bit(IS_REPEATED + state)) {
      [second, third, fourth] = [first, second, third];
      count = length(LENGTH);
      state = state < 7 ? 7 : 10;
      const slot = tree(SLOT + 64 * Math.min(count - 2, 3), 64);
      const low = (slot >> 1) - 1, start = (2 | (slot & 1)) << low;
      if (slot < 4) first = 1 + slot;
      else if (slot < 14) first = 1 + start + lowestFirst(MIDDLE + start - slot, low);
      else first = 1 + start + even(low - 4) * 16 + lowestFirst(LOWEST, 4);
    } else {
      count = 0;
      if (!bit(IS_SECOND_ON + state)) count = bit(IS_LONG + state) ? 0 : 1;
      else if (!bit(IS_THIRD_ON + state)) [first, second] = [second, first];
      else if (!bit(IS_FOURTH + state)) [first, second, third] = [third, first, second];
      else [first, second, third, fourth] = [fourth, first, second, third];
      state = state < 7 ? 8 + count : 11;
      count = count || length(REPEATED_LENGTH);
    }
    for (const end = at + count; at < end; at += 1) out[at] = out[at - first];
  }
  return out;
}
