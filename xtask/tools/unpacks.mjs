// node unpacks.mjs FUNCTION SCRIPT (ORIGINAL PACKED)… – fails unless the function of the script gives back the original
// of every packed text: where the browser has a DecompressionStream, and where it has none.
import fs from 'node:fs';
import vm from 'node:vm';

const [name, script, ...files] = process.argv.slice(2);
const source = `${fs.readFileSync(script, 'utf8')}; packing.${name}`;
const old = { Uint8Array, Uint16Array, Int32Array, DataView, TextDecoder, TextEncoder, Error };
const both = [old, { ...old, Blob, Response, DecompressionStream }];
const functions = both.map((given) => vm.runInNewContext(source, given));
for (let at = 0; at < files.length; at += 2) {
  const [original, packed] = [fs.readFileSync(files[at]), fs.readFileSync(files[at + 1], 'latin1')];
  for (const unpack of functions) {
    const given = unpack(packed);
    const plain = given instanceof Response ? await given.arrayBuffer() : given;
    if (Buffer.compare(Buffer.from(plain), original) !== 0) throw new Error(`${files[at]} is not what it was`);
  }
}
