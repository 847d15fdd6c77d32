// The page of help: opened and closed by the keys, read at every width, printed.
import assert from 'node:assert/strict';
import path from 'node:path';
import { click, startPage, watched } from './companion.mjs';
import { screenshots } from './paths.mjs';
import { until } from './waiting.mjs';

const isOpen = (page) => page.evaluate(() => Boolean(document.querySelector('[role=dialog][data-role=help]')));
const focused = (page) => page.evaluate(() => document.activeElement.dataset.role || document.activeElement.id);

/** What of the card lies outside the window or runs over its own width. */
const outside = (page) => page.evaluate(() => {
  const card = document.querySelector('.overlay.help');
  const box = card.getBoundingClientRect();
  const found = [];
  if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) found.push('the card');
  const body = card.querySelector('.overlay-body');
  if (body.scrollWidth > body.clientWidth) found.push(`${body.scrollWidth} px in ${body.clientWidth}`);
  return found;
});

export const helpScenarios = [
  {
    name: 'opens the help by F1, gives the focus back, and prints it',
    async run(page) {
      await startPage(page, 'window.printed = 0; window.print = () => { window.printed += 1; };');
      await page.evaluate(() => document.querySelector('[data-role=demo]').focus());
      await page.press('F1');
      await until('the help', () => isOpen(page));
      assert.equal(await focused(page), 'help');
      const said = await page.evaluate(() => document.querySelector('.help-page').innerText);
      for (const words of ['校核一份表', '汇总各市报表', '出空白表', '错误', '已说明', 'Shift+F8', '为什么不联网']) {
        assert.ok(said.includes(words), words);
      }
      assert.equal(await page.evaluate(() => document.querySelectorAll('.help-jobs li').length), 9);
      try {
        for (const [width, height] of [[1366, 768], [683, 384], [320, 640]]) {
          await page.resize(width, height);
          await new Promise((resolve) => setTimeout(resolve, 300));
          assert.deepEqual(await outside(page), [], `at ${width}`);
          for (const [part, from] of [['a', 0], ['b', 0.4], ['c', 1]]) {
            await page.evaluate((share) => {
              const body = document.querySelector('.overlay.help .overlay-body');
              body.scrollTop = share * (body.scrollHeight - body.clientHeight);
            }, from);
            await page.screenshot(path.join(screenshots, `help-${width}-${part}.png`));
          }
        }
      } finally {
        await page.resize(1366, 768);
      }
      await click(page, 'print-help');
      await until('the printing', () => page.evaluate(() => window.printed === 1));
      const paper = await page.evaluate(() => document.querySelector('[data-role=help-paper]').textContent);
      assert.ok(paper.includes('三件事，九步') && paper.includes('断电了怎么办'), paper);
      await page.press('Escape');
      await until('no help', async () => !await isOpen(page));
      assert.equal(await focused(page), 'demo');
      // By the mouse too; F1 closes what F1 opens.
      await click(page, 'help');
      await until('the help', () => isOpen(page));
      await page.press('F1');
      await until('no help', async () => !await isOpen(page));
      const { violations, errors } = await watched(page);
      assert.deepEqual([violations, errors], [[], []]);
    },
  },
];
