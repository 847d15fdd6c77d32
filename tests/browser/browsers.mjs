// The browsers that the page must work in.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openChromium } from './chromium.mjs';
import { openFirefox } from './firefox.mjs';
import { oldChromium } from './old-chromium.mjs';

// 69 is the floor; 86 is what many machines still have. Between them and the newest the main job is enough.
const OLD = ['69', '86'];
const MAIN_JOB = ['78', '90', '92', '109'];

/**
 * Each with its name and `open()`; `mainJob` where no more is asked of it. A browser that is not there is an error,
 * not a gap.
 */
export function browsers() {
  const chromium = installed('chromium', 'chromium-browser', 'google-chrome');
  const firefox = installed('firefox-esr', 'firefox');
  return [
    ...[...OLD, ...MAIN_JOB].map((version) => ({
      name: `Chromium ${version}`,
      open: () => openChromium(oldChromium(version)),
      mainJob: MAIN_JOB.includes(version),
    })),
    {
      name: `Chromium ${version(chromium)}`,
      open: () => openChromium({ binary: chromium, flags: ['--headless=new'], callsHome: true }),
    },
    { name: `Firefox ${version(firefox)}`, open: () => openFirefox(firefox) },
  ];
}

function installed(...names) {
  for (const folder of process.env.PATH.split(path.delimiter)) {
    for (const name of names) {
      const file = path.join(folder, name);
      if (fs.existsSync(file)) return file;
    }
  }
  throw new Error(`none of ${names.join(', ')} is installed`);
}

function version(binary) {
  return execFileSync(binary, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).match(/\d+/)[0];
}
