// node run.mjs [--only WORD] [--screenshot] – the built page file over file:// in every browser.
// One line a test: `ok NAME`, or `not ok NAME: REASON`.
import fs from 'node:fs';
import path from 'node:path';
import { accessScenarios } from './access.mjs';
import { boardScenarios } from './board.mjs';
import { browsers } from './browsers.mjs';
import { comfortScenarios } from './comfort.mjs';
import { floorScenarios } from './floor.mjs';
import { helpScenarios } from './help.mjs';
import { keepingScenarios } from './keeping.mjs';
import { manyScenarios } from './many.mjs';
import { paperScenarios } from './paper.mjs';
import { root, screenshots } from './paths.mjs';
import { scenarios } from './scenarios.mjs';
import { ruleScenarios } from './rules.mjs';
import { screenScenarios } from './screens.mjs';
import { sheetScenarios } from './sheet.mjs';
import { wordScenarios } from './word.mjs';
import { worklistScenarios } from './worklist.mjs';

const words = process.argv.slice(2);
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : '';
const picture = words.includes('--screenshot') ? path.join(root, 'docs', 'page.png') : null;

let failed = 0;
for (const browser of browsers()) {
  const all = [
    ...sheetScenarios, ...comfortScenarios, ...keepingScenarios, ...worklistScenarios, ...manyScenarios,
    ...boardScenarios, ...wordScenarios, ...paperScenarios, ...ruleScenarios, ...screenScenarios, ...accessScenarios,
    ...floorScenarios, ...helpScenarios, ...scenarios,
  ];
  const newest = /Chromium 1[1-9]\d/.test(browser.name);
  const fits = ({ name, newestOnly, mainJob }) =>
    (newest || !newestOnly) && (mainJob || !browser.mainJob) && `${browser.name}: ${name}`.includes(only);
  const wanted = all.filter(fits);
  if (wanted.length === 0) continue;
  let page;
  for (const { name, run } of wanted) {
    const title = `${browser.name}: ${name}`;
    const began = Date.now();
    try {
      page ??= await browser.open();
      await run(page, { newestChromium: newest, picture });
      console.log(`ok ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`not ok ${title}: ${String(error.message).replaceAll('\n', ' ')}`);
      console.error(error.stack);
      await page?.screenshot(path.join(screenshots, `failed ${title}.png`.replaceAll(/[/:]/g, ''))).catch(() => {});
      // The next scenario gets a browser that nothing has happened to.
      await page?.close().catch(() => {});
      page = undefined;
    }
  }
  await page?.close();
}
process.exit(failed ? 1 : 0);
