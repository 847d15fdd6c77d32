// node script.mjs inflate OUT     – fflate's inflate alone, as the global function `inflate`
// node script.mjs glue IN OUT     – wasm-bindgen's glue for Chromium 64
// node script.mjs style IN OUT    – the style sheet without blanks
// node script.mjs es3 IN          – fails unless the oldest browsers can parse the script
import fs from 'node:fs';
import path from 'node:path';
import { load } from './packages.mjs';

const { buildSync, transformSync } = load('esbuild');
const target = 'chrome64';
const read = (file) => fs.readFileSync(file, 'utf8');

const tasks = {
  inflate(output) {
    const stdin = { contents: "export { inflateSync } from 'fflate'", resolveDir: path.dirname(load.resolve('fflate')) };
    const built = buildSync({ stdin, bundle: true, minify: true, write: false, format: 'iife', globalName: 'fflate', target });
    fs.writeFileSync(output, built.outputFiles[0].text + 'function inflate(bytes){return fflate.inflateSync(bytes)}\n');
  },
  glue: (input, output) => fs.writeFileSync(output, transformSync(read(input), { target, minify: true }).code),
  style: (input, output) => fs.writeFileSync(output, transformSync(read(input), { target, minify: true, loader: 'css' }).code),
  es3: (input) => load('acorn').parse(read(input), { ecmaVersion: 3 }),
};

const [task, ...files] = process.argv.slice(2);
tasks[task](...files);
