// node validate.mjs FILE… – fails unless every wasm file is valid with the MVP and mutable globals alone.
import fs from 'node:fs';
import { load } from './packages.mjs';

const allowed = 'mutable_globals';
const later = [
  'exceptions', 'sat_float_to_int', 'sign_extension', 'simd', 'threads', 'function_references', 'multi_value',
  'tail_call', 'bulk_memory', 'reference_types', 'annotations', 'code_metadata', 'gc', 'memory64', 'extended_const',
  'relaxed_simd',
];
const features = { [allowed]: true, ...Object.fromEntries(later.map((feature) => [feature, false])) };

const wabt = await load('wabt')();
for (const file of process.argv.slice(2)) {
  try {
    wabt.readWasm(fs.readFileSync(file), { readDebugNames: false, ...features }).validate();
  } catch (error) {
    console.error(`${file} is not MVP: ${error.message.slice(0, 600)}`);
    process.exit(1);
  }
}
