// node unpacks.mjs UNPACK.JS (ORIGINAL PACKED)… – fails unless every packed text gives back its original: in a new
// browser, and in one that leaves base64 to the script.
import fs from 'node:fs';
import vm from 'node:vm';

const [script, ...files] = process.argv.slice(2);
const source = `${fs.readFileSync(script, 'utf8')}; packing.unpack`;
class Newer extends Uint8Array {
  static fromBase64(text) { return new Uint8Array(Buffer.from(text, 'base64')); }
}
const own = { atob, Uint8Array, DataView };
const ways = [{ ...own, Uint8Array: Newer }, own].map((globals) => vm.runInNewContext(source, globals));
for (let at = 0; at < files.length; at += 2) {
  const [original, packed] = [fs.readFileSync(files[at]), fs.readFileSync(files[at + 1], 'latin1')];
  for (const unpack of ways) {
    if (Buffer.compare(Buffer.from(unpack(packed)), original) !== 0) throw new Error(`${files[at]} is not what it was`);
  }
}
