// node script.mjs glue IN OUT     – a script, wasm-bindgen's glue say, for Chromium 64
// node script.mjs bundle IN OUT   – a script with what it imports, as the global 'packing'
// node script.mjs style IN OUT    – the style sheet without blanks
// node script.mjs es3 IN          – fails unless the oldest browsers can parse the script
import fs from 'node:fs';
import path from 'node:path';
import { load, packages } from './packages.mjs';

const { buildSync, transformSync } = load('esbuild');
const target = 'chrome64';
const read = (file) => fs.readFileSync(file, 'utf8');

const tasks = {
  glue: (input, output) => fs.writeFileSync(output, transformSync(read(input), { target, minify: true }).code),
  bundle: (input, output) => {
    const form = { bundle: true, format: 'iife', globalName: 'packing', minify: true, legalComments: 'none' };
    const nodePaths = [path.join(packages, 'node_modules')];
    buildSync({ entryPoints: [input], nodePaths, outfile: output, target, ...form });
  },
  style: (input, output) => {
    fs.writeFileSync(output, transformSync(read(input), { target, minify: true, loader: 'css' }).code);
  },
  es3: (input) => load('acorn').parse(read(input), { ecmaVersion: 3 }),
};

const [task, ...files] = process.argv.slice(2);
tasks[task](...files);
