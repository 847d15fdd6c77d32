// node deflate.mjs IN OUT – raw deflate, as small as zopfli makes it.
import fs from 'node:fs';
import { load } from './packages.mjs';

const [input, output] = process.argv.slice(2);
const { deflateAsync } = load('@gfx/zopfli');
fs.writeFileSync(output, await deflateAsync(fs.readFileSync(input), { numiterations: 15 }));
