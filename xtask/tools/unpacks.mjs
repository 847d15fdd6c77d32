// node unpacks.mjs UNPACK.JS (ORIGINAL PACKED)… – fails unless every packed text gives back its original.
import fs from 'node:fs';
import vm from 'node:vm';

const [script, ...files] = process.argv.slice(2);
const source = `${fs.readFileSync(script, 'utf8')}; packing.unpack`;
const unpack = vm.runInNewContext(source, { Uint8Array, DataView });
for (let at = 0; at < files.length; at += 2) {
  const [original, packed] = [fs.readFileSync(files[at]), fs.readFileSync(files[at + 1], 'latin1')];
  if (Buffer.compare(Buffer.from(unpack(packed)), original) !== 0) throw new Error(`${files[at]} is not what it was`);
}
