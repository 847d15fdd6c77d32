// Where things are in the checkout.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const target = path.join(root, 'target');
export const pageFile = path.join(root, 'dist', 'indicator-companion.html');
export const workbooks = path.join(root, 'fixtures', 'workbooks', 'samples');
export const screenshots = path.join(target, 'screenshots');
