// 汇总: what is refused is told before, empty places take files, every number leads to its source, conflicts are
// decided, the figures have words.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {
  chooseFiles, click, downloaded, dropBytes, dropFiles, filesRead, message, startPage, text, watched,
} from './companion.mjs';
import { screenshots, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';
import { edited, members, readWorkbook } from './workbook.mjs';

const CITIES = ['成都市', '绵阳市', '德阳市'];
const fixture = (name) => path.join(workbooks, name);
export const december = CITIES.map((city) => fixture(`${city}-2018年12月.xlsx`));

/** Every return on the board: name, and what would become of it. */
const board = (page) => page.evaluate(() =>
  [...document.querySelectorAll('[data-role=submission]')].map((one) =>
    [one.querySelector('.reported-name').textContent, one.dataset.fate, one.querySelector('.fate').textContent]));

const consolidated = async (page) => {
  await click(page, 'consolidate');
  await until('the table', () => page.evaluate(() =>
    Boolean(document.querySelector('[data-role=summary]')) && !document.querySelector('[data-role=outdated]')));
};

const there = (page, selector) => page.evaluate((one) => Boolean(document.querySelector(one)), selector);

/** 2018年12月 of 成都市 once more, with another figure. */
const again = async () => {
  const bytes = await edited(fs.readFileSync(december[0]), { F4: 312, G4: { formula: 'F4/D4', result: 0.52 } });
  return { name: '再报-成都市-2018年12月.xlsx', bytes: bytes.toString('base64') };
};

/** 成都市 once more with words of its own, 德阳市 as it was before it was corrected. */
export const reportedAgain = async () => {
  const made = async (name, file, values) =>
    ({ name, bytes: (await edited(fs.readFileSync(file), values)).toString('base64') });
  return [
    await made('成都市-2018年12月-补说明.xlsx', december[0], { H4: '新增三项，均已登记' }),
    await made('德阳市-2018年12月-第一次报的.xlsx', december[2], { F4: '很多' }),
  ];
};

export const boardScenarios = [
  {
    name: 'says on the board what would be refused, and takes a file dropped on an empty place',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, december.slice(0, 2));
      await filesRead(page, 2);
      // Words are no number: an 错误.
      const wrong = await edited(fs.readFileSync(fixture('绵阳市-2019年6月.xlsx')), { F4: '很多' });
      await dropBytes(page, [{ name: '绵阳市-2019年6月-错.xlsx', bytes: wrong.toString('base64') }]);
      await filesRead(page, 3);
      await page.press('Alt+2');
      const refused = (await board(page)).filter(([, fate]) => fate === 'refused');
      assert.equal(refused.length, 1, JSON.stringify(await board(page)));
      assert.match(refused[0][2], /不能汇总 错误 \d+ 处未改/);
      // The engine says the same of it.
      await consolidated(page);
      await until('what was kept out', async () =>
        /绵阳市-2019年6月-错\.xlsx：还有 \d+ 处错误/.test(await text(page)));
      const empty = () => page.evaluate(() =>
        [...document.querySelectorAll('[data-role=empty-place]')].map((one) => one.dataset.city + one.dataset.period));
      assert.deepEqual((await empty()).sort(), ['成都市2019-06', '德阳市2018-12', '德阳市2019-06'].sort());
      const drop = (place, dropped) => page.evaluate((city, period, file) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(file.bytes), (one) => one.charCodeAt(0))], file.name));
        const target = document.querySelector(`[data-role=empty-place][data-city="${city}"][data-period="${period}"]`);
        for (const kind of ['dragenter', 'dragover', 'drop']) {
          target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
      }, ...place, dropped);
      const bytes = (file) => ({ name: path.basename(file), bytes: fs.readFileSync(file).toString('base64') });
      await drop(['德阳市', '2018-12'], bytes(december[2]));
      await until('the place to be taken', async () => !(await empty()).includes('德阳市2018-12'));
      assert.doesNotMatch(await message(page), /不是/);
      // One of another place is told from this one, and nothing is changed.
      await drop(['德阳市', '2019-06'], bytes(fixture('成都市-2019年6月.xlsx')));
      await until('the word of it', async () =>
        (await text(page)).includes('写的是成都市 2019年6月，不是德阳市 2019年6月'));
      assert.ok((await empty()).includes('德阳市2019-06') && !(await empty()).includes('成都市2019-06'));
      await until('what is out of date', () => there(page, '[data-role=outdated]'));
      await page.screenshot(path.join(screenshots, 'board.png'));
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'leads from a number to its cell and back',
    async run(page) {
      await startPage(page);
      await dropFiles(page, december);
      await filesRead(page, 3);
      await page.press('Alt+2');
      await consolidated(page);
      const id = await page.evaluate(() => {
        const number = document.querySelector('[data-role=number]');
        number.focus();
        number.click();
        return number.id;
      });
      await until('the source', () => there(page, '[data-role=source]'));
      const source = () => page.evaluate(() => document.querySelector('[data-role=source]').innerText);
      assert.match(await source(), /成都市-2018年12月\.xlsx/);
      const address = /\b([A-Z]+\d+)\b/.exec(await source())[1];
      await page.screenshot(path.join(screenshots, 'source.png'));
      await click(page, 'to-sheet');
      await until('the cell', () => page.evaluate((wanted) => {
        const cell = document.querySelector(`[data-role=cell][data-address="${wanted}"]`);
        return Boolean(cell) && /cursor|selected|current/.test(cell.className + cell.getAttribute('aria-selected'));
      }, address).catch(() => false));
      await click(page, 'back-to-summary');
      await until('the number again', () => page.evaluate((wanted) => document.activeElement.id === wanted, id));
      assert.ok(await there(page, '[data-role=source]'));
      // A sum lists its parts, each a way to its own source.
      await page.evaluate(() => document.querySelector('[data-role=number][id$=zone]').click());
      await until('the parts', async () =>
        (await page.evaluate(() => document.querySelectorAll('[data-role=part]').length)) === 3);
      await page.press('Escape');
      await until('it to be closed', async () => !(await there(page, '[data-role=source]')));
      // The head stays while the table scrolls.
      assert.equal(await page.evaluate(() =>
        getComputedStyle(document.querySelector('.summary thead th')).position), 'sticky');
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'decides between two submissions side by side, and hands everything out',
    async run(page) {
      await startPage(page);
      await dropFiles(page, december);
      await dropBytes(page, [await again()]);
      await filesRead(page, 4);
      await page.press('Alt+2');
      assert.equal((await board(page)).filter(([, fate]) => fate === 'disputed').length, 2);
      await click(page, 'compare');
      await until('both', () => there(page, '[data-role=conflict]'));
      // F4, and nothing of another indicator.
      const differing = () => page.evaluate(() =>
        [...document.querySelectorAll('[data-role=conflict] .differs')].map((one) => one.firstChild.textContent));
      assert.ok((await differing()).includes('312'), (await differing()).join());
      assert.equal((await differing()).length, 2);
      await page.screenshot(path.join(screenshots, 'conflict.png'));
      await page.evaluate(() => document.querySelectorAll('[data-role=decide]')[1].click());
      await until('the choice', async () =>
        (await board(page)).map(([, fate]) => fate).sort().join() === 'not-preferred,taken,taken,taken');
      await consolidated(page);
      const saved = await downloaded(page, () => click(page, 'download-consolidated'));
      const account = [...(await readWorkbook(saved.bytes)).get('完整性').values()].map(String);
      assert.ok(account.some((words) => words.includes('按指定以此份为准')), account.join());
      assert.ok(account.some((words) => words.includes('按指定采用')), account.join());
      const long = await downloaded(page, () => click(page, 'download-long'));
      assert.match(long.name, /长表.*\.csv$/);
      assert.ok(long.bytes.toString('utf8').includes('再报-成都市-2018年12月.xlsx'), 'of another submission');
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'draws the trend and the time beside completion, and says both in words',
    async run(page) {
      await startPage(page);
      await dropFiles(page, [...december, fixture('成都市-2019年6月.xlsx'), fixture('绵阳市-2019年6月.xlsx')]);
      await filesRead(page, 5);
      await page.press('Alt+2');
      await click(page, 'all-periods');
      await consolidated(page);
      const trends = await page.evaluate(() =>
        [...document.querySelectorAll('[data-role=trends] svg')].map((one) => one.getAttribute('aria-label')));
      assert.ok(trends.length > 4 && trends.every((words) => /2018年12月 [\d,.]+.*2019年6月 .*总目标/.test(words)),
        trends.join('\n'));
      const bars = await page.evaluate(() => document.querySelector('[data-role=time-bars]').innerText);
      assert.match(bars, /[快慢] [\d.]+ 个百分点/);
      const notices = await page.evaluate(() => document.querySelector('[data-role=to-paste]').value);
      assert.match(notices, /德阳市：尚未收到贵单位 2019年6月/);
      await page.screenshot(path.join(screenshots, 'trend.png'));
      await page.evaluate(() => document.querySelector('[data-role=time-bars]').scrollIntoView());
      await page.screenshot(path.join(screenshots, 'time-bars.png'));
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'hands out every 退回单 in one zip, and the words for those who owe something',
    async run(page) {
      await startPage(page);
      const june = ['成都市-2019年6月.xlsx', '绵阳市-2019年6月.xlsx', '德阳市-2019年6月.xls'].map(fixture);
      await chooseFiles(page, june);
      await filesRead(page, 3);
      await page.press('Alt+2');
      const back = await page.evaluate(() => document.querySelectorAll('[data-role=send-back]').length);
      const zip = await downloaded(page, () => click(page, 'send-back-all'));
      assert.match(zip.name, /\.zip$/);
      const lists = members(zip.bytes);
      const expected = ['退回单-德阳市-2019年6月.xlsx', '退回单-绵阳市-2019年6月.xlsx'];
      assert.deepEqual([...lists.keys()].sort(), expected.sort());
      assert.equal(lists.size, back);
      const list = await readWorkbook(lists.get('退回单-绵阳市-2019年6月.xlsx'));
      const words = [...list.values()].flatMap((cells) => [...cells.values()].map(String));
      assert.ok(words.some((word) => word.includes('绵阳市')) && words.includes('错误'), words.join());
      await consolidated(page);
      await page.evaluate(() => document.addEventListener('copy', () => {
        const field = document.activeElement;
        window.copied = field.value.slice(field.selectionStart, field.selectionEnd);
      }));
      await click(page, 'copy-notices');
      await until('the word of it', async () => /已复制，可以粘贴|按 Ctrl\+A 再按 Ctrl\+C/.test(await message(page)));
      const [copied, owed, marked] = await page.evaluate(() => {
        const field = document.querySelector('[data-role=to-paste]');
        return [window.copied, field.value, field.value.slice(field.selectionStart, field.selectionEnd)];
      });
      assert.match(owed, /^绵阳市：贵单位报送的 2019年6月进展情况表经审核有错误 \d+ 处，请改正/m);
      // All of it is marked, so that the keys copy it where the button may not.
      assert.equal(marked, owed);
      if ((await message(page)).includes('已复制')) assert.equal(copied, owed);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'shows the table of any of the periods, each number with its source',
    async run(page) {
      await startPage(page);
      await dropFiles(page, [...december, fixture('成都市-2019年6月.xlsx')]);
      await filesRead(page, 4);
      await page.press('Alt+2');
      await click(page, 'all-periods');
      await consolidated(page);
      const shown = () => page.evaluate(() => [
        document.querySelector('[data-role=summary] caption').textContent,
        document.querySelector('[data-role=number]').textContent,
        document.querySelector('[data-role=table-of][aria-pressed=true]').dataset.period,
      ]);
      const latest = await shown();
      assert.deepEqual([latest[0], latest[2]], ['2019年6月汇总', '2019-06']);
      await page.evaluate(() => document.querySelector('[data-role=table-of][data-period="2018-12"]').click());
      await until('the other table', async () => (await shown())[0] === '2018年12月汇总');
      const before = await shown();
      assert.equal(before[2], '2018-12');
      assert.notEqual(before[1], latest[1]);
      await page.evaluate(() => document.querySelector('[data-role=number]').click());
      await until('the source', () => there(page, '[data-role=source]'));
      const source = () => page.evaluate(() => document.querySelector('[data-role=source]').innerText);
      assert.match(await source(), /成都市-2018年12月\.xlsx/);
      await click(page, 'to-sheet');
      await until('the sheet', () => there(page, '[data-role=back-to-summary]'));
      await click(page, 'back-to-summary');
      await until('the table as it was left', async () =>
        (await there(page, '[data-role=summary]')) && (await shown()).join() === before.join());
      await page.screenshot(path.join(screenshots, 'table-of.png'));
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'asks whose 情况说明 counts where the figures are the same, and says what was reported again',
    async run(page) {
      await startPage(page);
      await dropFiles(page, december);
      await dropBytes(page, await reportedAgain());
      await filesRead(page, 5);
      await page.press('Alt+2');
      const fate = async (name) => (await board(page)).find(([own]) => own === name).slice(1);
      for (const [name, expected] of [
        ['成都市-2018年12月.xlsx', /taken,可汇总.*情况说明与另一份不同，现按这一份/],
        ['成都市-2018年12月-补说明.xlsx', /twin,不重复计.*数字与“成都市-2018年12月\.xlsx”相同，情况说明不同/],
        ['德阳市-2018年12月.xlsx', /taken,可汇总 重报/],
        ['德阳市-2018年12月-第一次报的.xlsx', /refused,已重报.*错误 \d+ 处未改，不用/],
      ]) {
        assert.match((await fate(name)).join(), expected);
      }
      await click(page, 'compare');
      await until('both', () => there(page, '[data-role=conflict]'));
      const differing = await page.evaluate(() =>
        [...document.querySelectorAll('[data-role=conflict] .differs')].map((one) => one.firstChild.textContent));
      assert.ok(differing.length === 2 && differing.includes('新增三项，均已登记'), differing.join());
      await page.evaluate(() => document.querySelectorAll('[data-role=decide]')[1].click());
      await until('the choice', async () => (await fate('成都市-2018年12月-补说明.xlsx'))[0] === 'taken');
      assert.equal((await fate('成都市-2018年12月.xlsx'))[0], 'not-preferred');
      await page.screenshot(path.join(screenshots, 'reported-again.png'));
      await consolidated(page);
      const saved = await downloaded(page, () => click(page, 'download-consolidated'));
      const sheets = await readWorkbook(saved.bytes);
      const words = [...sheets.values()].flatMap((cells) => [...cells.values()].map(String));
      assert.ok(words.some((word) => word.includes('新增三项，均已登记')), 'the words of the other file');
      assert.ok([...sheets.get('完整性').values()].some((word) => String(word).includes('按指定以此份为准')));
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
];
