// The sheet is read in comfort: what stays while it scrolls, what fits, what the panels leave. Geometry, no pixels.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {
  chooseFiles, click, clickCell, drawnIn, dropBytes, filesRead, selectFile, startPage,
} from './companion.mjs';
import { screenshots, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';
import { edited, styled, withoutWidths } from './workbook.mjs';

const RETURN = '绵阳市-2019年6月.xlsx';
const bytesOf = (name) => fs.readFileSync(path.join(workbooks, name));

const boxOf = (page, selector) => page.evaluate((wanted) => {
  const found = document.querySelector(wanted);
  if (!found) return null;
  const { left, top, right, bottom, width, height } = found.getBoundingClientRect();
  return { left, top, right, bottom, width, height };
}, selector);

const cellBox = (page, address) => boxOf(page, `[data-role=cell][data-address="${address}"]`);

/** Whether what is seen in the middle of an element is that element, or in it. */
const isOnTop = (page, selector) => page.evaluate((wanted) => {
  const found = document.querySelector(wanted);
  const { left, top, width, height } = found.getBoundingClientRect();
  const seen = document.elementFromPoint(left + width / 2, top + height / 2);
  return found.contains(seen);
}, selector);

async function openReturn(page, bytes = bytesOf(RETURN)) {
  await startPage(page);
  await dropBytes(page, [{ name: RETURN, bytes: Buffer.from(bytes).toString('base64') }]);
  await filesRead(page, 1);
  await drawnIn(page, 'B5');
}

async function scrollRight(page) {
  const by = await page.evaluate(() => {
    const sheet = document.getElementById('sheet');
    sheet.scrollLeft = 10000;
    return sheet.scrollLeft;
  });
  await until('the columns at the right', () => page.evaluate(() => {
    const sheet = document.getElementById('sheet').getBoundingClientRect();
    const cells = [...document.querySelectorAll('[data-role=cell]:not(.frozen)')];
    return cells.some((cell) => Math.abs(cell.getBoundingClientRect().right - sheet.right) < 40);
  }));
  return by;
}

async function at(page, sizes, act) {
  try {
    for (const [width, height] of sizes) {
      await page.resize(width, height);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await act(width, height);
    }
  } finally {
    await page.resize(1366, 768);
  }
}

export const comfortScenarios = [
  {
    name: 'keeps 序号 and 指标内容 in sight while the figures scroll',
    async run(page) {
      // Far wider than the room: its columns are as wide as the file has them.
      const widths = { A: 7, B: 46, C: 10, D: 12, E: 14, F: 14, G: 12, H: 90 };
      await openReturn(page, await styled(bytesOf(RETURN), {}, widths));
      await until('columns that stay', () => page.evaluate(() => Boolean(document.querySelector('.cell.frozen'))));
      const [number, label, figure, title] = [
        await cellBox(page, 'A4'), await cellBox(page, 'B4'), await cellBox(page, 'D4'), await cellBox(page, 'A1'),
      ];
      const by = await scrollRight(page);
      assert.ok(by > 40, `scrolled by ${by} px`);
      const near = (a, b) => Math.abs(a - b) < 1.5;
      const after = await cellBox(page, 'B4');
      assert.ok(near(after.left, label.left), `指标内容 went from ${label.left} to ${after.left}`);
      assert.ok(near((await cellBox(page, 'A4')).left, number.left), '序号 went away');
      assert.ok(near((await cellBox(page, 'D4')).left, figure.left - by), 'the figures stayed');
      // A title that is merged over the table goes with the table.
      const now = await cellBox(page, 'A1');
      assert.ok(near(now.left, title.left - by) && near(now.width, title.width), 'the title came away');
      assert.ok(await isOnTop(page, '[data-address=B4]'), 'figures lie over 指标内容');
      const letters = await page.evaluate(() =>
        [...document.querySelectorAll('.letter.frozen .letter-text')].map((letter) => letter.textContent).join(''));
      assert.equal(letters, 'AB');
      // The field of the sheet stands on the cell that is clicked.
      await clickCell(page, 'B6');
      await until('the field on the cell', async () => {
        const [cell, field] = [await cellBox(page, 'B6'), await boxOf(page, '#cell-editor')];
        return near(cell.left, field.left) && near(cell.top, field.top);
      });
      // What is gone to comes beside them, not under them.
      await clickCell(page, 'D5');
      await until('the cell beside the columns that stay', async () => {
        const [there, edge] = [await cellBox(page, 'D5'), await cellBox(page, 'B5')];
        return there.left >= edge.right - 1.5;
      });
      await page.screenshot(path.join(screenshots, 'frozen.png'));
    },
  },
  {
    name: 'shows the whole form at 1366 where it states no widths, and marks hidden columns',
    async run(page) {
      const bytes = await withoutWidths(await edited(bytesOf(RETURN), {}), 5);
      await openReturn(page, bytes);
      const strip = await boxOf(page, '[data-role=hidden-columns]');
      const [before, behind] = [await cellBox(page, 'D5'), await cellBox(page, 'F5')];
      assert.ok(strip && Math.abs(strip.left - before.right) < 1.5 && Math.abs(strip.right - behind.left) < 1.5);
      const room = await page.evaluate(() => {
        const sheet = document.getElementById('sheet');
        return { wide: sheet.scrollWidth, seen: sheet.clientWidth };
      });
      assert.ok(room.wide <= room.seen, `${room.wide} px in ${room.seen}`);
      await page.screenshot(path.join(screenshots, 'no-widths-return.png'));
    },
  },
  {
    name: 'shows the whole form at 1366 where it states wide columns, every text in whole lines',
    async run(page) {
      const wrapped = { alignment: { wrapText: true } };
      const labels = [4, 5, 6, 7, 8, 9, 10, 11, 12].map((row) => `B${row}`);
      const long = '已建成两家，其余三家在建，预计年底前建成并投入使用；因场地调整，有一家改在经开区，已报备。';
      const texts = { G2: null, H2: '报告期：2019年6月底', H4: long, H6: '在建，年底前建成' };
      const bytes = await styled(await edited(bytesOf(RETURN), texts),
        Object.fromEntries([...labels, 'E3', 'F3', 'H4', 'H6'].map((cell) => [cell, wrapped])),
        { A: 7, B: 40, C: 10, D: 12, E: 14, F: 14, G: 12, H: 38 });
      await openReturn(page, bytes);
      const seen = () => page.evaluate(() => {
        const sheet = document.getElementById('sheet');
        const frame = sheet.getBoundingClientRect();
        const cells = [...document.querySelectorAll('[data-role=cell]')].filter((cell) => cell.innerText.trim());
        const cut = cells.filter((cell) => {
          const [own, shown] = [cell.getBoundingClientRect(), cell.querySelector('.shown').getBoundingClientRect()];
          return shown.bottom > own.bottom + 1 || own.right > frame.left + sheet.clientWidth + 1
            || (cell.classList.contains('number') && shown.width > own.width);
        });
        return {
          wide: sheet.scrollWidth, room: sheet.clientWidth,
          cut: cut.map((cell) => cell.dataset.address), last: cells.some((cell) => cell.dataset.address === 'H4'),
        };
      });
      const now = await seen();
      assert.ok(now.wide <= now.room, `${now.wide} px in ${now.room}`);
      assert.deepEqual([now.cut, now.last], [[], true]);
      await page.screenshot(path.join(screenshots, 'wide-widths.png'));
      // With room for it, the columns are as wide as the file has them.
      const narrow = (await cellBox(page, 'H4')).width;
      await click(page, 'fold-of-files');
      await click(page, 'fold-of-findings');
      await until('wider columns', async () => (await cellBox(page, 'H4')).width > narrow + 40);
      await click(page, 'unfold-of-files');
      await click(page, 'unfold-of-findings');
      // Labels that the file does not wrap, in a column as wide as they are: whole lines again.
      await openReturn(page, bytesOf(RETURN));
      const labelled = await seen();
      assert.ok(labelled.wide <= labelled.room, `${labelled.wide} px in ${labelled.room}`);
      assert.deepEqual(labelled.cut, []);
      await page.screenshot(path.join(screenshots, 'labels-in-lines.png'));
    },
  },
  {
    name: 'draws bold, alignment, ground and wrapping as the file has them',
    async run(page) {
      const long = '已建成两家，其余三家在建，预计年底前建成并投入使用。';
      const fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FF203864' } };
      const bytes = await styled(await edited(bytesOf(RETURN), { H4: long, H6: '在建，年底前建成', I6: '附' }), {
        B3: { font: { bold: true }, alignment: { horizontal: 'center' }, fill },
        E4: { alignment: { horizontal: 'left' } },
        H4: { alignment: { wrapText: true } },
        H6: { alignment: { wrapText: false } },
      }, { H: 12 });
      await openReturn(page, bytes);
      const look = (address) => page.evaluate((wanted) => {
        const cell = document.querySelector(`[data-role=cell][data-address="${wanted}"]`);
        const [own, shown] = [getComputedStyle(cell), cell.querySelector('.shown')];
        const lines = Math.round(shown.getBoundingClientRect().height / parseFloat(own.lineHeight));
        return {
          weight: Number(getComputedStyle(shown).fontWeight), align: own.textAlign, ground: own.backgroundColor,
          ink: own.color, lines,
        };
      }, address);
      const head = await look('B3');
      assert.ok(head.weight >= 600, `weight ${head.weight}`);
      assert.deepEqual([head.align, head.ground, head.ink], ['center', 'rgb(32, 56, 100)', 'rgb(255, 255, 255)']);
      assert.equal((await look('E4')).align, 'left');
      assert.equal((await look('E5')).align, 'right');
      assert.ok((await look('B4')).weight < 600);
      await click(page, 'fold-of-findings');
      await drawnIn(page, 'H6');
      assert.ok((await look('H4')).lines > 1, 'a wrapped text in one line');
      assert.equal((await look('H6')).lines, 1, 'an unwrapped text in several lines');
      await page.screenshot(path.join(screenshots, 'looks.png'));
    },
  },
  {
    name: 'folds and widens its panels, and leaves the sheet its share',
    async run(page) {
      await openReturn(page);
      const widthOf = async (selector) => ((await boxOf(page, selector)) || { width: 0 }).width;
      const usual = await widthOf('.centre');
      await click(page, 'fold-of-files');
      await until('the folded files', async () => (await widthOf('.rail')) === 0);
      await click(page, 'fold-of-findings');
      await until('the folded findings', async () => (await widthOf('.findings')) === 0);
      const whole = await page.evaluate(() => {
        const sheet = document.getElementById('sheet');
        return sheet.scrollWidth <= sheet.clientWidth;
      });
      assert.ok(whole, 'not all of the form is seen');
      await page.screenshot(path.join(screenshots, 'folded.png'));
      await click(page, 'unfold-of-files');
      await click(page, 'unfold-of-findings');
      await until('the panels', async () => (await widthOf('.centre')) === usual);
      // By the mouse, as far as the sheet allows.
      const dragged = (by) => page.evaluate((far) => {
        const edge = document.querySelector('[data-role=edge-of-findings]');
        const x = edge.getBoundingClientRect().left + 3;
        edge.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true, button: 0, clientX: x }));
        return new Promise((resolve) => setTimeout(() => {
          const veil = document.querySelector('.drag-veil');
          const say = (kind, to, buttons) =>
            veil.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, buttons, clientX: to }));
          say('mousemove', x + far, 1);
          say('mouseup', x + far, 0);
          setTimeout(resolve, 200);
        }, 200));
      }, by);
      const panel = await widthOf('.findings');
      await dragged(60);
      assert.ok(Math.abs((await widthOf('.findings')) - (panel - 60)) < 2, `${await widthOf('.findings')} px`);
      await dragged(-900);
      const [centre, all] = [await widthOf('.centre'), await widthOf('.workbench')];
      assert.ok(centre >= all * 0.54, `${centre} of ${all} px`);
      assert.equal(await page.evaluate(() => Boolean(document.querySelector('.drag-veil'))), false);
    },
  },
  {
    name: 'has the findings in a drawer on small screens, and 保存 in reach above it',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [path.join(workbooks, '数值写法.xlsx')]);
      await filesRead(page, 1);
      await drawnIn(page, 'B5');
      await at(page, [[1024, 700], [683, 384], [320, 568]], async (width) => {
        const shown = () => boxOf(page, '.findings').then((box) => Boolean(box) && box.width > 0);
        assert.equal(await shown(), false, `${width}: the drawer is open by itself`);
        assert.ok(await isOnTop(page, '[data-role=save]'), `${width}: 保存 is covered`);
        await click(page, 'drawer');
        await until('the drawer', shown);
        const box = await boxOf(page, '.findings');
        assert.ok(box.left >= 0 && box.right <= width, `${width}: ${box.left} to ${box.right}`);
        assert.ok(await isOnTop(page, '[data-role=finding] .card-main'), `${width}: something lies over the findings`);
        for (const role of ['save', 'drawer', 'next'])
          assert.ok(await isOnTop(page, `[data-role=${role}]`), `${width}: ${role} is covered`);
        const save = await boxOf(page, '[data-role=save]');
        assert.ok(save.left >= 0 && save.right <= width, `${width}: 保存 reaches from ${save.left} to ${save.right}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${width}: ${wide} px wide`);
        await page.screenshot(path.join(screenshots, `drawer-${width}.png`));
        await click(page, 'drawer');
        await until('no drawer', async () => !(await shown()));
      });
    },
  },
  {
    name: 'has nothing of 汇总 and 模板与规则 beside a narrow window',
    async run(page) {
      const leaf = () => page.evaluate(() => {
        const leaf = document.querySelector('.leaf');
        return [document.documentElement, leaf].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      });
      await startPage(page);
      await chooseFiles(page, ['成都市-2018年12月.xlsx', '绵阳市-2018年12月.xlsx', '成都市-2019年6月.xlsx']
        .map((name) => path.join(workbooks, name)));
      await filesRead(page, 3);
      await at(page, [[320, 600]], async () => {
        await page.press('Alt+3');
        await until('the rules', () => page.evaluate(() => Boolean(document.querySelector('[data-role=rule]'))));
        assert.deepEqual(await leaf(), [0, 0], '模板与规则');
        await page.press('Alt+2');
        await until('the board', () => page.evaluate(() => Boolean(document.querySelector('.board-table'))));
        assert.deepEqual(await leaf(), [0, 0], '报送情况');
        await click(page, 'all-periods');
        await click(page, 'consolidate');
        await until('the table', () => page.evaluate(() => Boolean(document.querySelector('[data-role=summary]'))));
        assert.deepEqual(await leaf(), [0, 0], '汇总');
      });
    },
  },
  {
    name: 'brings the cell of a finding and what is looked for into view on small screens',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [path.join(workbooks, '数值写法.xlsx')]);
      await filesRead(page, 1);
      await drawnIn(page, 'C5');
      await at(page, [[683, 384], [320, 600]], async (width) => {
        await page.evaluate(() => window.scrollTo(0, 0));
        for (let press = 0; press < 2; press += 1) await page.press('F8');
        await until(`${width}: the cell`, () => isOnTop(page, '.cell.selected'));
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.press('Control+f');
        await until(`${width}: the field`, async () =>
          Boolean(await boxOf(page, '#find')) && await isOnTop(page, '#find'));
        const field = await boxOf(page, '#find');
        assert.ok(field.left >= 0 && field.right <= width, `${width}: ${field.left} to ${field.right}`);
        await page.screenshot(path.join(screenshots, `in-view-${width}.png`));
        await page.press('Escape');
      });
    },
  },
  {
    name: 'cuts no line of the labels in any of the samples at 1366',
    async run(page) {
      await startPage(page);
      const names = [RETURN, '成都市-2019年6月.xlsx', '德阳市-2019年6月.xls', '德阳市-2018年12月.xlsx'];
      await chooseFiles(page, names.map((name) => path.join(workbooks, name)));
      await filesRead(page, names.length);
      for (const name of names) {
        await selectFile(page, name);
        await drawnIn(page, 'B12');
        const cut = await page.evaluate(() => [...document.querySelectorAll('[data-role=cell]')].filter((cell) => {
          const [own, shown] = [cell, cell.querySelector('.shown')].map((part) => part.getBoundingClientRect());
          return shown.bottom > own.bottom + 1 || shown.top < own.top - 1;
        }).map((cell) => cell.dataset.address));
        assert.deepEqual(cut, [], name);
      }
    },
  },
  {
    name: 'keeps what a row may be within the sheet',
    async run(page) {
      await openReturn(page);
      for (const row of [4, 12]) {
        await page.evaluate((at) => document.getElementById(`row-${at - 1}`).click(), row);
        const [list, sheet] = await until('the list', async () => {
          const boxes = [await boxOf(page, '.asking'), await boxOf(page, '#sheet')];
          return boxes[0] && boxes;
        });
        assert.ok(list.top >= sheet.top && list.bottom <= sheet.bottom, `${row}: ${list.top} to ${list.bottom}`);
        await page.press('Escape');
      }
    },
  },
];
