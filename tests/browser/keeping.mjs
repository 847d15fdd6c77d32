// Nothing is lost: 保存进度 and what comes back of it, 断电保护, what was saved, and files that are no returns.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  chooseFiles, click, downloaded, drawnIn, dropBytes, files, filesRead, message, selectFile, shownIn, startPage, text,
  typeOver, watched,
} from './companion.mjs';
import { pageFile, screenshots, workbooks } from './paths.mjs';
import { sleep, until } from './waiting.mjs';

const TABLE = '建设指标分解表,,,,\r\n序号,指标内容,成都市,绵阳市,德阳市\r\n1,甲,600,300,100\r\n2,乙,50,20,10\r\n';
const fixture = (name) => path.join(workbooks, name);
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

const there = (page, role) =>
  page.evaluate((wanted) => Boolean(document.querySelector(`[data-role="${wanted}"]`)), role);

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
      assert.match(await message(page), /已恢复 .*1 个文件，1 处修改/);

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
    name: 'asks before leaving with a half-written explanation',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture('绵阳市-2018年12月.xlsx')]);
      await filesRead(page, 1);
      // 0 where “/” is due, a 警示; the copy has the change, so that nothing else asks.
      await typeOver(page, 'F10', '0');
      const explain = '[data-role=finding][data-code=N004] [data-role=explain]';
      await until('the 警示', () => inside(page, explain));
      await downloaded(page, () => click(page, 'save'));
      await until('no question before leaving', async () => !(await asksBeforeLeaving(page)));
      await page.evaluate((wanted) => document.querySelector(wanted).click(), explain);
      await until('the field', () => page.evaluate(() => document.activeElement.dataset.role === 'explanation'));
      await page.type('ab');
      await until('the question', () => asksBeforeLeaving(page));
    },
  },
  {
    name: 'keeps work in the browser only where that is chosen',
    async run(page) {
      await atWork(page);
      const stored = () => page.evaluate(() => localStorage.getItem('companion.shelf'));
      assert.equal(await stored(), null);
      await click(page, 'kept');
      await click(page, 'shelf');
      const on = await until('the word of the browser', () => page.evaluate(() => {
        const button = document.querySelector('[data-role=shelf]');
        if (document.querySelector('[data-role=shelf-refused]')) return 'refused';
        return button && button.getAttribute('aria-pressed') === 'true' ? 'on' : '';
      }));
      assert.equal(on, 'on');
      assert.equal(await stored(), 'on');
      // The power fails: the page is gone without a word.
      await new Promise((done) => setTimeout(done, 2500));
      await startPage(page);
      await until('the offer', () => there(page, 'left'));
      assert.match(await text(page), /上次有没存完的工作：.*1 个文件，1 处修改/);
      await page.screenshot(path.join(screenshots, 'left.png'));
      await click(page, 'restore-left');
      await filesRead(page, 1);
      await until('the change', async () => ((await shownIn(page, 'C3')) ?? '').includes('601'));
      // All of it in a file of its own: nothing to keep any more.
      await new Promise((done) => setTimeout(done, 2500));
      await downloaded(page, () => click(page, 'save-progress'));
      await new Promise((done) => setTimeout(done, 2500));
      await startPage(page);
      await new Promise((done) => setTimeout(done, 1000));
      assert.equal(await there(page, 'left'), false);
      // Off, and nothing stays behind.
      await click(page, 'kept');
      await until('the switch', () => page.evaluate(() =>
        Boolean(document.querySelector('[data-role=shelf][aria-pressed=true]'))));
      await click(page, 'shelf');
      await until('it to be off', async () => (await stored()) === null);
      const left = await page.evaluate(() => new Promise((done, fail) => {
        const opening = indexedDB.open('companion');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const store = opening.result;
          const there = store.transaction(['work', 'files']);
          const counts = ['work', 'files'].map((name) => there.objectStore(name).count());
          there.oncomplete = () => { store.close(); done(counts[0].result + counts[1].result); };
        };
      }));
      assert.equal(left, 0);
    },
  },
  {
    name: 'takes no work for left behind that another window is at',
    async run(page) {
      await atWork(page);
      await click(page, 'kept');
      await click(page, 'shelf');
      await sleep(2500);
      // What another window keeps beside this one: the same work, and until when it is surely at it.
      const lives = 10_000;
      await page.evaluate((long) => new Promise((done, fail) => {
        const opening = indexedDB.open('companion');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction(['work', 'files'], 'readwrite');
          const [work, bytes] = [all.objectStore('work'), all.objectStore('files')];
          const other = '000000000000001-other';
          work.openCursor().onsuccess = ({ target: { result: own } }) => {
            work.put(own.value, other);
            bytes.get(`${own.key}/${own.value.files[0]}`).onsuccess = ({ target: { result: file } }) => {
              bytes.put(file, `${other}/${own.value.files[0]}`);
              bytes.put(`${other} ${Date.now() + long}`, `lives/${other}`);
            };
          };
          all.onabort = () => fail(all.error);
          all.oncomplete = () => { opening.result.close(); done(); };
        };
      }), lives);
      const began = Date.now();
      // This one has nothing to keep any more.
      await downloaded(page, () => click(page, 'save-progress'));
      await sleep(2500);
      await startPage(page);
      while (Date.now() < began + lives - 500) {
        assert.equal(await there(page, 'left'), false);
        await sleep(200);
      }
      // Now that window is gone.
      await until('the offer', () => there(page, 'left'));
      await click(page, 'restore-left');
      await filesRead(page, 1);
      await until('the change', async () => ((await shownIn(page, 'C3')) ?? '').includes('601'));
    },
  },
  {
    name: 'says so where the browser keeps nothing',
    async run(page) {
      await startPage(page, 'Object.defineProperty(window, "indexedDB", { value: undefined });');
      await click(page, 'kept');
      await click(page, 'shelf');
      const refusal = await until('the refusal', () => inside(page, '[data-role=shelf-refused]'));
      assert.match(refusal, /断电保护打不开.*保存进度/);
      assert.equal(await page.evaluate(() => localStorage.getItem('companion.shelf')), null);
    },
  },
  {
    name: 'takes a folder, and tells returns from what lies beside them',
    async run(page) {
      await startPage(page);
      // A folder as the browser gives one: its readers give a part at a time.
      await page.evaluate((table) => {
        const file = (folder, name, words) => ({
          isFile: true, isDirectory: false, name, fullPath: `/${folder}/${name}`,
          file: (done) => done(new File(words ? [words] : [], name)),
        });
        const folder = (name, inside) => ({
          isFile: false, isDirectory: true, name, fullPath: `/${name}`,
          createReader: () => ({ readEntries: (done) => setTimeout(() => done(inside.splice(0, 2))) }),
        });
        DataTransferItem.prototype.webkitGetAsEntry = () => folder('六月', [
          folder('六月/成都', [file('六月/成都', '表.csv', table), file('六月/成都', '~$表.csv', 'x')]),
          folder('六月/绵阳', [file('六月/绵阳', '表.csv', table), file('六月/绵阳', '空.xlsx', '')]),
          file('六月', 'Thumbs.db', 'x'),
        ]);
      }, TABLE);
      await dropBytes(page, [one('六月')]);
      const list = await filesRead(page, 3);
      assert.deepEqual(list.map(({ name }) => name), ['表.csv', '空.xlsx', '表.csv']);
      const apart = await page.evaluate(() =>
        [...document.querySelectorAll('[data-role=apart]')].map((part) => part.innerText));
      assert.deepEqual(apart, ['文件夹 六月/成都', '文件夹 六月/绵阳']);
      assert.match(await message(page), /没有加入“.*”等 2 个临时文件和系统文件/);
      await selectFile(page, '空.xlsx');
      assert.match(await text(page), /空文件，0 字节/);
      await page.screenshot(path.join(screenshots, 'folder.png'));
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
      await until('the question', async () => /修改还没有存成副本.*要移出吗/.test(await message(page)));
      assert.equal((await files(page)).length, 1);
      await click(page, 'accept');
      await until('it to be gone', async () => (await files(page)).length === 0);
      await click(page, 'accept');
      await filesRead(page, 1);
      await drawnIn(page, 'C3');
      await until('the change', async () => (await shownIn(page, 'C3')).includes('601'));
    },
  },
  {
    name: 'lists the tables of a workbook under its file',
    async run(page) {
      await startPage(page);
      // Two tables on one sheet, and that twice, so that the tables of one file are not listed.
      const rows = fs.readFileSync(fixture('分解表-gb18030.csv'));
      const both = Buffer.concat([rows, Buffer.from('\r\n\r\n'), rows]);
      await dropBytes(page, [one('两表.csv', both), one('另外两表.csv', both)]);
      await filesRead(page, 2);
      const lines = await until('its tables', () => page.evaluate(() => {
        const list = [...document.querySelectorAll('[data-role=table]')].map((line) => line.innerText);
        return list.length > 1 && list;
      }));
      assert.equal(lines.length, 2);
      const counted = await page.evaluate(() =>
        [...document.querySelectorAll('.file-of')].map((part) => part.innerText.trim()));
      assert.deepEqual(counted, ['2 张表', '2 张表']);
      const cursor = () => page.evaluate(() => {
        const cell = document.querySelector('.cell.selected');
        return cell && cell.dataset.address;
      });
      const to = (at) => page.evaluate((wanted) =>
        document.querySelectorAll('[data-role=table]')[wanted].click(), at);
      const places = [];
      for (const at of [0, 1]) {
        await to(at);
        places.push(await until('the cursor elsewhere', async () => {
          const place = await cursor();
          return place !== places[0] && place;
        }));
      }
      assert.equal(places.length, 2);
      await page.screenshot(path.join(screenshots, 'tables.png'));
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'tells the administrator how the browser stands, and moves nothing while it starts',
    async run(page) {
      // Where the first buttons are, from their first frame on.
      await startPage(page, `
        window.places = new Set();
        (function look() {
          const button = document.querySelector('[data-role=choose]');
          if (button) {
            const { left, top, width } = button.getBoundingClientRect();
            window.places.add([left, top, width].join());
          }
          requestAnimationFrame(look);
        })();
      `);
      await until('the breakdown', () => inside(page, '.start-right table'));
      await new Promise((done) => setTimeout(done, 500));
      assert.equal(await page.evaluate(() => window.places.size), 1);
      assert.match(await text(page), /拷到哪台电脑都是双击打开.*什么也不留下/);
      await page.screenshot(path.join(screenshots, 'start.png'));
      await page.evaluate(() => { document.querySelector('[data-role=self-check]').open = true; });
      const said = await page.evaluate(() => document.querySelector('[data-role=self-check] textarea').value);
      const agent = await page.evaluate(() => navigator.userAgent);
      assert.match(said, /内核 (Chromium|Gecko) \d+[\s\S]*WebAssembly：可用[\s\S]*保存文件：可用/);
      assert.match(said, /本页不联网：安全策略禁止任何连接/);
      assert.match(said, /文件编号：[0-9a-f]{12}[\s\S]*分解表：[0-9a-f]{64}/);
      assert.ok(said.includes(agent), said);
      await page.screenshot(path.join(screenshots, 'self-check.png'));
      await click(page, 'copy-self-check');
      await until('what became of it', async () =>
        /自检结果已复制|浏览器不允许复制/.test(await message(page)));
      const marked = await page.evaluate(() => {
        const field = document.activeElement;
        return field.value.slice(field.selectionStart, field.selectionEnd);
      });
      assert.equal(marked, said);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'says what to do where its scripts were taken out on the way',
    async run(page) {
      const whole = fs.readFileSync(pageFile, 'utf8');
      const stripped = whole.replace(/<script[\s\S]*?<\/script>/g, '');
      assert.ok(!stripped.includes('<script'));
      await page.open(pathToFileURL(onDisk('被去掉程序.html', stripped)).href, '');
      const shown = () => page.evaluate(() => getComputedStyle(document.querySelector('.stripped')).visibility);
      assert.equal(await shown(), 'hidden');
      await until('the advice', async () => (await shown()) === 'visible', 15_000);
      assert.match(await text(page), /程序在路上被去掉了[\s\S]*加密码的 zip[\s\S]*文件编号 [0-9a-f]{12}/);
      await page.screenshot(path.join(screenshots, 'stripped.png'));
      // And where it may not run any.
      assert.match(whole, /<noscript>[^<]*<p[^>]*>[^<]*允许 JavaScript/);
    },
  },
];
