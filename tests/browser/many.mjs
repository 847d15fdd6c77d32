// Many files and long sheets at ease: how far the reading is, 取消读取, no halt of the page, rows without gaps.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  chooseFiles, click, dropBytes, files, filesRead, message, pressFocused, startPage, watched,
} from './companion.mjs';
import { screenshots, workbooks } from './paths.mjs';
import { sleep, until } from './waiting.mjs';

const RETURNS = ['成都市', '绵阳市', '德阳市'].map((city) => `${city}-2018年12月.xlsx`)
  .concat(['成都市-2019年6月.xlsx', '绵阳市-2019年6月.xlsx']);
const FILES = 200;

/** So many returns on the disk, as a folder of two hundred units has them. */
function returns(count) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'companion-many-'));
  return Array.from({ length: count }, (_, at) => {
    const from = RETURNS[at % RETURNS.length];
    const to = path.join(folder, from.replace('.xlsx', `-第${at + 1}份.xlsx`));
    fs.copyFileSync(path.join(workbooks, from), to);
    return to;
  });
}

/** Keeps the time that passes between two turns of the page's own clock, in milliseconds. */
const TURNS = `
  window.turns = [];
  (function turn(last) {
    setTimeout(() => {
      const now = performance.now();
      window.turns.push(now - last);
      turn(now);
    }, 0);
  })(performance.now());
`;

/** The longest task of a page that reads so many files, by its own work where the browser tells that, and by the clock;
 * in milliseconds. */
async function longestWhileReading(page, list) {
  await startPage(page, page.tasks ? '' : TURNS);
  await sleep(1500);
  const read = async () => {
    await page.evaluate(() => { window.turns = []; });
    await chooseFiles(page, list);
    await filesRead(page, list.length, 120_000);
    await sleep(1500);
  };
  if (page.tasks) {
    const tasks = await page.tasks(read);
    assert.ok(tasks.length > list.length, `${tasks.length} tasks`);
    return { work: tasks[0].work, clock: Math.max(...tasks.map(({ clock }) => clock)) };
  }
  await read();
  const clock = Math.max(...await page.evaluate(() => window.turns));
  return { work: clock, clock };
}

/** What is drawn of a long sheet, frame by frame, while it scrolls: by the wheel, or by a scroll bar that is drawn
 * along and held a moment now and then. */
const scrolled = (page, kind) => page.evaluate(async (how) => {
  const sheet = document.getElementById('sheet');
  sheet.scrollTop = 0;
  await new Promise((drawn) => setTimeout(drawn, 300));
  const far = sheet.scrollHeight - sheet.clientHeight;
  const [seen, began] = [{ frames: 0, blank: 0, held: 0 }, performance.now()];
  const lasts = 3000;
  // Between two frames, as input comes.
  const moves = setInterval(() => {
    const at = (performance.now() - began) / lasts;
    if (how === 'wheel') sheet.scrollTop += 100;
    else sheet.scrollTop = (far * Math.floor(at * 12)) / 12;
  }, 33);
  return new Promise((done) => requestAnimationFrame(function look() {
    const box = sheet.getBoundingClientRect();
    const [top, bottom] = [box.top + 60, box.top + sheet.clientHeight - 2];
    let covered = 0;
    let blank = false;
    for (const row of sheet.querySelectorAll('.row')) {
      const place = row.getBoundingClientRect();
      const inside = Math.min(place.bottom, bottom) - Math.max(place.top, top);
      if (inside <= 0) continue;
      covered += inside;
      if (![...row.querySelectorAll('.cell')].some((cell) => cell.textContent)) blank = true;
    }
    seen.frames += 1;
    if (sheet.classList.contains('held')) seen.held += 1;
    if (blank || covered < (bottom - top) * 0.98) seen.blank += 1;
    if (performance.now() - began < lasts) return void requestAnimationFrame(look);
    clearInterval(moves);
    done(seen);
  }));
}, kind);

export const manyScenarios = [
  {
    name: 'calls the reading off by the keyboard, and reads the rest after all',
    async run(page) {
      await startPage(page, `
        window.said = [];
        document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
          const now = document.querySelector('[data-role=announce]');
          const words = now && now.textContent.trim();
          if (words && window.said[window.said.length - 1] !== words) window.said.push(words);
        }).observe(document.body, { subtree: true, childList: true, characterData: true }));
      `);
      // Pressed as soon as it is there, before all has been read.
      await page.evaluate(() => {
        window.stopping = new Promise((done) => new MutationObserver((_, watch) => {
          const button = document.querySelector('[data-role=stop-reading]');
          const read = document.querySelectorAll('[data-role=file]:not([data-state=reading])').length;
          if (!button || read < 12) return;
          watch.disconnect();
          button.focus();
          const can = document.activeElement === button && button.tabIndex === 0;
          button.click();
          done(can);
        }).observe(document.body, { subtree: true, childList: true, attributes: true }));
      });
      await chooseFiles(page, returns(FILES));
      assert.equal(await page.evaluate(() => window.stopping), true, 'not to be had by the keyboard');
      const list = await filesRead(page, FILES);
      const unread = list.filter(({ state }) => state === 'unread').length;
      assert.ok(unread > 0 && unread <= FILES - 12, `${unread} unread`);
      // What was read stays, and is checked.
      assert.ok(list.slice(0, 12).every(({ state }) => !['unread', 'unreadable'].includes(state)));
      await until('the word of it', async () => (await message(page)).includes(`${unread} 个未读`));
      await page.screenshot(path.join(screenshots, 'unread.png'));
      // The focus is on the way back.
      await until('the focus', () => page.evaluate(() => document.activeElement.dataset.role === 'read-rest'));
      // One of them alone.
      await page.evaluate(() =>
        document.querySelector('[data-role=file][data-state=unread] [data-role=retry]').click());
      await until('one more', async () =>
        (await files(page)).filter(({ state }) => state === 'unread').length === unread - 1);
      await page.evaluate(() => document.querySelector('[data-role=read-rest]').focus());
      await pressFocused(page);
      await until('no file unread', async () =>
        (await files(page)).every(({ state }) => !['unread', 'reading'].includes(state)), 60_000);
      const said = await page.evaluate(() => window.said);
      assert.ok(said.some((words) => /^已读 \d+ \/ 200$/.test(words)), said.join(' | '));
      assert.ok(said.length < 60, `${said.length} things said`);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'halts for nothing while two hundred files are chosen, read and checked',
    async run(page) {
      // 50 ms are what a hand does not feel. A machine that has more to do than it has processors stretches what the
      // clock says, the page's doing or not: so the work itself is bounded. Firefox tells the clock alone; there the
      // bound grows with the load, and of three tries the best counts.
      const list = returns(FILES);
      const tries = [];
      let bound = 50;
      while (tries.length < 3 && !tries.some(({ work }) => work <= bound)) {
        tries.push(await longestWhileReading(page, list));
        if (!page.tasks) bound = 50 * Math.max(1, os.loadavg()[0] / os.cpus().length);
      }
      const told = tries.map(({ work, clock }) => `${work.toFixed(0)} ms (clock ${clock.toFixed(0)})`).join(', ');
      console.log(`# longest task: ${told}, bound ${bound.toFixed(0)} ms`);
      assert.ok(tries.some(({ work }) => work <= bound), `longest task ${told}, over ${bound.toFixed(0)} ms`);
    },
  },
  {
    name: 'scrolls through a hundred thousand rows without gaps',
    async run(page) {
      const rows = ['序号,甲,乙,丙,丁,戊,己,庚,辛,壬'];
      for (let row = 1; row < 100_000; row += 1) {
        rows.push(Array.from({ length: 10 }, (_, column) => (column ? row * 10 + column : row)).join(','));
      }
      await startPage(page);
      await dropBytes(page, [{ name: '长表.csv', bytes: Buffer.from(rows.join('\r\n')).toString('base64') }]);
      await filesRead(page, 1, 60_000);
      await until('the cells', () => page.evaluate(() => Boolean(document.querySelector('.cell .shown'))));
      for (const kind of ['wheel', 'bar']) {
        const { frames, blank, held } = await scrolled(page, kind);
        console.log(`# ${kind}: ${frames} frames, ${blank} with a blank row, ${held} with the rows of before`);
        assert.ok(frames > 10, `${frames} frames`);
        assert.ok(blank <= frames * 0.02, `${kind}: ${blank} of ${frames} frames with a blank row`);
        // What stays makes way for what was scrolled to.
        await until('the rows of the place', () => page.evaluate(() => {
          const sheet = document.getElementById('sheet');
          const middle = sheet.getBoundingClientRect().top + sheet.clientHeight / 2;
          const row = [...sheet.querySelectorAll('.row')].find((one) => {
            const { top, bottom } = one.getBoundingClientRect();
            return top <= middle && bottom > middle;
          });
          const each = row && row.getBoundingClientRect().height;
          const wanted = (sheet.scrollTop + sheet.clientHeight / 2 - 46) / each;
          return !sheet.classList.contains('held') && row
            && Math.abs(Number(row.getAttribute('aria-rowindex')) - 2 - wanted) < 2;
        }));
      }
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'says below the sheet what selected cells come to',
    async run(page) {
      await startPage(page);
      const rows = '项目,数,混\r\n甲,600项,1项\r\n乙,1 200,2家\r\n丙,/,\r\n';
      await dropBytes(page, [{ name: '表.csv', bytes: Buffer.from(rows).toString('base64') }]);
      await filesRead(page, 1);
      const drag = async (from, to) => {
        await until(`the cell ${to}`, () => page.evaluate((wanted) =>
          Boolean(document.querySelector(`[data-role=cell][data-address="${wanted}"]`)), to));
        await page.evaluate((first, last) => {
          const say = (kind, address, buttons) =>
            document.querySelector(`[data-role=cell][data-address="${address}"]`).dispatchEvent(
              new MouseEvent(kind, { bubbles: true, cancelable: true, button: 0, buttons, detail: 1 }));
          say('mousedown', first, 1);
          say('mouseover', last, 1);
          say('mouseup', last, 0);
        }, from, to);
      };
      const said = () => page.evaluate(() => {
        const sum = document.querySelector('[data-role=sum]');
        return sum && sum.textContent;
      });
      await drag('B1', 'B4');
      assert.equal(await until('the sum', said), '求和=1800项　平均值=900项　计数=4，其中数值 2');
      await until('it to be told', async () => /已选 B1:B4.*求和=1800项/.test(await message(page)));
      await page.screenshot(path.join(screenshots, 'sum.png'));
      // Of two units: only counted.
      await drag('C2', 'C3');
      await until('the count', async () => (await said()) === '计数=2');
      // Without a number nothing is said.
      await drag('A2', 'A4');
      await until('nothing', async () => (await said()) === null);
    },
  },
];
