// Packages come from target/npm, wherever the script that asks for them lies.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const manifest = new URL('../../target/npm/package.json', import.meta.url);

export const load = createRequire(manifest);

/** The folder that they are installed in. */
export const packages = path.dirname(fileURLToPath(manifest));
