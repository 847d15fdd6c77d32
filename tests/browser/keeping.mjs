// Nothing is lost: 保存进度, what comes back of it and what was saved, and a file that is taken out of the list.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  chooseFiles, click, downloaded, drawnIn, dropBytes, files, filesRead, message, selectFile, shownIn, startPage, text,
  typeOver, watched,
} from './companion.mjs';
import { screenshots } from './paths.mjs';
import { until } from './waiting.mjs';

const TABLE = '建设指标分解表,,,,\r\n序号,指标内容,成都市,绵阳市,德阳市\r\n1,甲,600,300,100\r\n2,乙,50,20,10\r\n';
const base64 = (words) => Buffer.from(words).toString('base64');
const one = (name, words = TABLE) => ({ name, bytes: base64(words) });

/** One file with one cell changed. */
async function atWork(page) {
  await startPage(page);
  await dropBytes(page, [one('表.csv')]);
  await filesRead(page, 1);
  await typeOver(page, 'C3', '601');
  await until('the change', async () => (await shownIn(page, 'C3')).includes('601'));
}

/** Puts bytes where the file dialog can find them. */
function onDisk(name, bytes) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'companion-kept-'));
  fs.writeFileSync(path.join(folder, name), bytes);
  return path.join(folder, name);
}

const asksBeforeLeaving = (page) => page.evaluate(() => {
  const leaving = document.createEvent('BeforeUnloadEvent');
  leaving.initEvent('beforeunload', false, true);
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented || Boolean(leaving.returnValue);
});

const inside = (page, selector) => page.evaluate((wanted) => {
  const part = document.querySelector(wanted);
  return part && part.innerText;
}, selector);

export const keepingScenarios = [
  {
    name: 'keeps the work as one file and takes it in again',
    async run(page) {
      await atWork(page);
      await until('the question before leaving', () => asksBeforeLeaving(page));
      const kept = await downloaded(page, () => click(page, 'save-progress'));
      assert.match(kept.name, /^指标校核进度-\d{4}-\d\d-\d\d-\d{4}\.zip$/);
      // The file that was dropped is in it as it was.
      assert.ok(kept.bytes.includes(Buffer.from(TABLE)));
      await until('no question before leaving', async () => !(await asksBeforeLeaving(page)));
      await click(page, 'kept');
      const listed = await until('the list of what was saved', () =>
        inside(page, '[data-role=handed] tbody'));
      assert.ok(listed.includes(kept.name) && /\d\d:\d\d/.test(listed), listed);
      await page.screenshot(path.join(screenshots, 'kept.png'));

      // Into an empty page, as a clerk chooses it.
      const disk = onDisk(kept.name, kept.bytes);
      await startPage(page);
      await chooseFiles(page, [disk]);
      assert.deepEqual((await filesRead(page, 1)).map(({ name }) => name), ['表.csv']);
      await until('the change', async () => ((await shownIn(page, 'C3')) ?? '').includes('601'));
      assert.match(await message(page), /已恢复 .*1 个文件，1 处改动/);

      // Beside other work: compared, and nothing happens by itself.
      await atWork(page);
      await typeOver(page, 'D3', '7');
      await chooseFiles(page, [disk]);
      const compared = await until('the comparison', () =>
        inside(page, '[data-role=compared]'));
      assert.match(compared, /改 2 处[\s\S]*改 1 处/);
      await page.screenshot(path.join(screenshots, 'compared.png'));
      await click(page, 'returned-not');
      assert.deepEqual((await files(page)).map(({ name }) => name), ['表.csv']);
      assert.match(await shownIn(page, 'D3'), /7/);
      await chooseFiles(page, [disk]);
      await click(page, 'returned-beside');
      assert.deepEqual((await filesRead(page, 2)).map(({ name }) => name), ['表.csv', '表（进度文件）.csv']);
      await chooseFiles(page, [disk]);
      await click(page, 'returned-instead');
      assert.deepEqual((await filesRead(page, 1)).map(({ name }) => name), ['表.csv']);
      await click(page, 'restore-removed');
      await filesRead(page, 2);

      // Half of it is refused in words, and what is on the screen stays.
      await chooseFiles(page, [onDisk('一半.zip', kept.bytes.subarray(0, kept.bytes.length / 2))]);
      await filesRead(page, 3);
      await selectFile(page, '一半.zip');
      assert.match(await text(page), /进度文件已损坏.*没有恢复任何内容/);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'asks before a file with work leaves the list',
    async run(page) {
      await atWork(page);
      const close = () => page.evaluate(() => {
        document.querySelector('[data-role=file] .file-tools button:last-child').click();
      });
      await close();
      await until('the question', async () => /改动还没有存成副本.*要移出吗/.test(await message(page)));
      assert.equal((await files(page)).length, 1);
      await click(page, 'accept');
      await until('it to be gone', async () => (await files(page)).length === 0);
      await click(page, 'accept');
      await filesRead(page, 1);
      await drawnIn(page, 'C3');
      await until('the change', async () => (await shownIn(page, 'C3')).includes('601'));
    },
  },
];
