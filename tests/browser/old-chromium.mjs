// Old Chromium builds, fetched from npm by name and pinned by SHA-256, unpacked into target/browsers.
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { target } from './paths.mjs';

const pins = JSON.parse(fs.readFileSync(new URL('chromium.json', import.meta.url), 'utf8'));

/** Version → how to start it. Fetches the build when it is not there yet. */
export function oldChromium(version) {
  const pin = pins[version];
  if (!pin) throw new Error(`no build of Chromium ${version} is pinned in chromium.json`);
  const folder = path.join(target, 'browsers', `chromium-${version}`);
  if (!fs.existsSync(path.join(folder, 'chromium'))) fetch(pin, folder);
  return {
    name: `Chromium ${version}`,
    binary: path.join(folder, 'chromium'),
    flags: ['--headless'],
    libraries: `${folder}:${path.join(folder, 'lib')}`,
  };
}

function fetch(pin, folder) {
  const scratch = `${folder}.partial`;
  fs.rmSync(scratch, { recursive: true, force: true });
  fs.mkdirSync(scratch, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--silent', pin.package], { cwd: scratch, encoding: 'utf8' })
    .trim()
    .split('\n')
    .pop();
  const found = crypto.createHash('sha256').update(fs.readFileSync(path.join(scratch, packed))).digest('hex');
  if (found !== pin.sha256) throw new Error(`${pin.package} has SHA-256 ${found}, expected ${pin.sha256}`);
  execFileSync('tar', ['xzf', packed], { cwd: scratch });
  const brought = path.join(scratch, 'package', 'bin');
  for (const file of fs.readdirSync(brought).filter((name) => name.endsWith('.br'))) {
    const name = path.basename(file, '.br');
    const bytes = zlib.brotliDecompressSync(fs.readFileSync(path.join(brought, file)));
    const unpacked = path.join(scratch, name.startsWith('chromium') ? 'chromium' : name);
    fs.writeFileSync(unpacked, bytes, { mode: 0o755 });
    if (name.endsWith('.tar')) execFileSync('tar', ['xf', unpacked, '-C', scratch]);
  }
  fs.rmSync(path.join(scratch, 'package'), { recursive: true });
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(scratch, folder);
}
