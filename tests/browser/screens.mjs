// Every state of the page as a picture, at the sizes of the desk: nothing is wider than the window, nothing is refused.
// With --screenshot they are the pictures of docs/screens.
import assert from 'node:assert/strict';
import path from 'node:path';
import {
  applySafeFixes, chooseFiles, click, clickCell, dropBytes, filesRead, findings, planSafeFixes, startPage, watched,
} from './companion.mjs';
import { december, reportedAgain } from './board.mjs';
import { root, screenshots, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';

const SIZES = [[1366, 768], [1920, 1080]];
const RETURNS = ['成都市-2019年6月.xlsx', '绵阳市-2019年6月.xlsx', '德阳市-2019年6月.xls', '德阳市-2018年12月.xlsx'];
const fixtures = (...names) => names.map((name) => path.join(workbooks, name));

const appears = (page, role) => until(role, () => page.evaluate(
  (wanted) => Boolean(document.querySelector(`[data-role="${wanted}"]`)), role,
));

/** Cells of the sheet that are not as wide as they are told to be. */
const stretched = (page) => page.evaluate(() => [...document.querySelectorAll('[data-role=cell]')]
  .filter((cell) => Math.abs(cell.offsetWidth - parseFloat(cell.style.width)) > 1)
  .map((cell) => cell.dataset.address));

async function faulty(page) {
  await chooseFiles(page, fixtures('数值写法.xlsx', '绵阳德阳对调.xlsx', '德阳市-2018年12月.xlsx'));
  await filesRead(page, 3);
  await until('the findings', async () => (await findings(page)).length > 0);
}

async function consolidated(page) {
  await chooseFiles(page, fixtures(...RETURNS));
  await filesRead(page, RETURNS.length);
  await page.press('Alt+2');
  await click(page, 'consolidate');
  await appears(page, 'summary');
}

/** Of these the wide picture is kept too: they use the space. */
const KEPT_LARGE = ['start', 'findings', 'consolidated', 'again', 'rules'];

/** Each from a page that was just opened. */
const STATES = [
  ['start', async () => {}],
  ['findings', async (page) => { await faulty(page); await page.press('F8'); }],
  ['cell', async (page) => { await faulty(page); await clickCell(page, 'C5'); }],
  ['plan', async (page) => { await faulty(page); await planSafeFixes(page); }],
  ['changed', async (page) => { await faulty(page); await applySafeFixes(page); }],
  ['certificate', async (page) => {
    await faulty(page);
    await applySafeFixes(page);
    await click(page, 'save');
    await appears(page, 'certificate');
  }],
  ['board', async (page) => {
    await chooseFiles(page, fixtures(...RETURNS));
    await filesRead(page, RETURNS.length);
    await page.press('Alt+2');
  }],
  ['again', async (page) => {
    await chooseFiles(page, december);
    await dropBytes(page, await reportedAgain());
    await filesRead(page, december.length + 2);
    await page.press('Alt+2');
    await click(page, 'consolidate');
    await appears(page, 'summary');
  }],
  ['consolidated', consolidated],
  ['rules', (page) => page.press('Alt+3')],
  ['help', (page) => page.press('F1')],
  ['dark', async (page) => { await faulty(page); await click(page, 'switch-dark'); }],
  ['contrast', async (page) => { await faulty(page); await click(page, 'switch-contrast'); }],
  ['large', async (page) => { await faulty(page); await click(page, 'switch-large'); }],
  ['consolidated-dark', async (page) => { await consolidated(page); await click(page, 'switch-dark'); }],
];

export const screenScenarios = STATES.map(([name, reach]) => ({
  name: `draws ${name} at the sizes of the desk`,
  newestOnly: true,
  async run(page, { picture }) {
    for (const [width, height] of SIZES) {
      await page.resize(width, height);
      await startPage(page);
      await reach(page);
      // What moves has come to rest.
      await new Promise((resolve) => setTimeout(resolve, 400));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${wide} pixels wider than the window`);
      assert.deepEqual(await stretched(page), [], 'cells as wide as their columns');
      const kept = picture && (width === SIZES[0][0] || KEPT_LARGE.includes(name));
      const folder = kept ? path.join(root, 'docs', 'screens') : path.join(screenshots, 'screens');
      await page.screenshot(path.join(folder, `${name}-${width}.png`), 0.6);
      await page.evaluate(() => localStorage.clear());
    }
    const { violations, errors } = await watched(page);
    assert.deepEqual([violations, errors], [[], []]);
    await page.resize(1366, 768);
  },
}));
