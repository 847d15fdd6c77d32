// What is printed: the report on a file and on all of them, the certificate of a copy.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { applySafeFixes, chooseFiles, click, filesRead, startPage, watched } from './companion.mjs';
import { screenshots, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';

const fixture = (name) => path.join(workbooks, name);
const NUMBERS = '数值写法.xlsx';
// A dialogue would wait for a hand; what it would have printed stays drawn.
const NO_DIALOGUE = 'window.printed = 0; window.print = () => { window.printed += 1; };';

const printed = (page, count) =>
  until('the printing', () => page.evaluate((wanted) => window.printed === wanted, count));

const onPaper = (page, role) => page.evaluate((wanted) =>
  [...document.querySelectorAll(`[data-role=paper] [data-role=${wanted}]`)].map((sheet) => sheet.textContent), role);

/** The pages of a PDF, in points; nothing in a browser that makes none. */
async function pages(page, name) {
  const bytes = await page.pdf?.();
  if (!bytes) return null;
  fs.mkdirSync(screenshots, { recursive: true });
  fs.writeFileSync(path.join(screenshots, name), bytes);
  const text = bytes.toString('latin1');
  const boxes = [...text.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/g)];
  return boxes.map(([, width, height]) => [Math.round(width), Math.round(height)]);
}

const isA4 = ([width, height]) => Math.abs(width - 595) <= 1 && Math.abs(height - 842) <= 1;

export const paperScenarios = [
  {
    name: 'prints the report on a file, on all files, and the certificate, on A4',
    async run(page) {
      await startPage(page, NO_DIALOGUE);
      await chooseFiles(page, [fixture(NUMBERS), fixture('德阳市-2018年12月.xlsx'), fixture('绵阳德阳对调.xlsx')]);
      await filesRead(page, 3);
      await page.press('Control+p');
      await printed(page, 1);
      const [one, ...more] = await onPaper(page, 'report');
      assert.equal(more.length, 0);
      for (const words of ['审核报告', NUMBERS, '不通过', '填表人：', '单位负责人：']) {
        assert.ok(one.includes(words), words);
      }
      const single = await pages(page, 'report.pdf');
      if (single) assert.ok(single.length >= 1 && single.every(isA4), JSON.stringify(single));
      // The next thing done takes the paper away.
      await click(page, 'next');
      await until('no paper', async () => (await onPaper(page, 'report')).length === 0);
      await page.press('Alt+2');
      await click(page, 'print-all');
      await printed(page, 2);
      const all = await onPaper(page, 'report');
      assert.equal(all.length, 3);
      assert.ok(all[1].includes('德阳市') && all[1].includes('2018年12月'), all[1]);
      const several = await pages(page, 'reports.pdf');
      if (several) assert.ok(several.length >= 3 && several.every(isA4), JSON.stringify(several));
      await page.press('Alt+1');
      await applySafeFixes(page);
      await click(page, 'save');
      const shown = () => page.evaluate(() => Boolean(document.querySelector('[data-role=certificate]')));
      await until('the certificate', shown);
      await click(page, 'print-certificate');
      await printed(page, 3);
      const [proof] = await onPaper(page, 'certificate-paper');
      assert.ok(proof.includes('校正副本') && /[0-9a-f]{64}/.test(proof), proof);
      const certificate = await pages(page, 'certificate.pdf');
      if (certificate) assert.ok(certificate.every(isA4), JSON.stringify(certificate));
      const { violations, errors } = await watched(page);
      assert.deepEqual([violations, errors], [[], []]);
    },
  },
];
