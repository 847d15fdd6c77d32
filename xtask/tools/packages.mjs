// Packages come from target/npm, wherever the script that asks for them lies.
import { createRequire } from 'node:module';

export const load = createRequire(new URL('../../target/npm/package.json', import.meta.url));
