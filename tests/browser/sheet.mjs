// The sheet works like a sheet: ranges, blocks, the clipboard, the keys.
import assert from 'node:assert/strict';
import path from 'node:path';
import {
  click, clickCell, drawnIn, dropBytes, filesRead, message, shownIn, startPage, watched,
} from './companion.mjs';
import { screenshots } from './paths.mjs';
import { sleep, until } from './waiting.mjs';

const TABLE = [
  ['建设指标分解表', '', '', '', ''],
  ['序号', '指标内容', '成都市', '绵阳市', '德阳市'],
  ['1', '甲', '600', '300', '100'],
  ['2', '乙', '50', '20', '10'],
  ['3', '丙', '7', '8', '9'],
];
const csv = (rows) => Buffer.from(rows.map((row) => row.join(',')).join('\r\n')).toString('base64');

/** Opens a small sheet and gives a way to read the cells of a rectangle, row by row. */
async function openSheet(page, rows = TABLE) {
  await startPage(page);
  await dropBytes(page, [{ name: '表.csv', bytes: csv(rows) }]);
  await filesRead(page, 1);
  await drawnIn(page, 'C3');
}

/** What cells show now, without what they showed before. */
const now = (page, addresses) => page.evaluate((wanted) => wanted.map((address) => {
  const cell = document.querySelector(`[data-role=cell][data-address="${address}"] .shown`);
  return cell ? cell.textContent : null;
}), addresses);

const cellsAre = (page, wanted) => until(`the cells ${JSON.stringify(wanted)}`, async () => {
  const shown = await now(page, Object.keys(wanted));
  return Object.values(wanted).every((text, at) => text === shown[at]);
});

const selection = (page) => page.evaluate(() => {
  const area = document.querySelector('[data-role=selection]');
  return area ? area.dataset.area : null;
});

const selects = (page, words) =>
  until(`the selection ${words}`, async () => ((await selection(page)) || '').includes(words));

/** Drags the mouse from one cell to another. */
const drag = (page, from, to) => page.evaluate((first, last) => {
  const cell = (address) => document.querySelector(`[data-role=cell][data-address="${address}"]`);
  const say = (kind, address, buttons) => cell(address).dispatchEvent(
    new MouseEvent(kind, { bubbles: true, cancelable: true, button: 0, buttons, detail: 1 }),
  );
  say('mousedown', first, 1);
  say('mouseover', last, 1);
  say('mouseup', last, 0);
}, from, to);

/** An event of the clipboard at the field of the sheet or elsewhere, with what is on it; what is there afterwards. */
const clipboard = (page, kind, data = {}, at = '#cell-editor') => page.evaluate((name, given, place) => {
  const transfer = new DataTransfer();
  for (const type of Object.keys(given)) transfer.setData(type, given[type]);
  const event = new ClipboardEvent(name, { bubbles: true, cancelable: true });
  // Not every browser takes it from the constructor.
  Object.defineProperty(event, 'clipboardData', { value: transfer });
  document.querySelector(place).dispatchEvent(event);
  return {
    taken: event.defaultPrevented,
    text: transfer.getData('text/plain'),
    html: transfer.getData('text/html'),
  };
}, kind, data, at);

const paste = (page, data) => clipboard(page, 'paste', data);

export const sheetScenarios = [
  {
    name: 'selects a range by mouse and keys, visibly',
    async run(page) {
      await openSheet(page);
      await drag(page, 'C3', 'D4');
      await selects(page, 'C3:D4，2 行 2 列');
      assert.ok((await message(page)).includes('已选 C3:D4'), 'not read out');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'cell-editor');
      await page.screenshot(path.join(screenshots, 'range.png'));
      const told = await page.evaluate(() => [...document.querySelectorAll('[role=gridcell][aria-selected=true]')]
        .map((cell) => cell.dataset.address).join(' '));
      assert.equal(told, 'C3 D3 C4 D4');
      await page.press('Shift+ArrowDown');
      await selects(page, 'C3:D5，3 行 2 列');
      await page.press('ArrowDown');
      await until('one cell', async () => (await selection(page)) === null);
      await page.press('Control+a');
      await page.press('Control+a');
      await selects(page, 'A1:E5');
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'goes on selecting where the mouse is drawn beyond the edge',
    async run(page) {
      const rows = Array.from({ length: 150 }, (_, row) => [`${row}`, '甲', `${row * 2}`, '', '']);
      await openSheet(page, [...TABLE, ...rows]);
      const say = (kind, place, beyond) => page.evaluate((name, address, by) => {
        const sheet = document.getElementById('sheet');
        const frame = sheet.getBoundingClientRect();
        const cell = address && document.querySelector(`[data-role=cell][data-address="${address}"]`);
        const clientY = by > 0 ? frame.top + sheet.clientHeight + by : frame.top + by;
        (cell || document.body).dispatchEvent(new MouseEvent(name, {
          bubbles: true, cancelable: true, button: 0, buttons: name === 'mouseup' ? 0 : 1, detail: 1,
          clientX: frame.left + 200, clientY,
        }));
      }, kind, place, beyond);
      const last = async () => Number((/:[A-Z]+(\d+)/.exec(await selection(page)) || [])[1]);
      await say('mousedown', 'B4', 10);
      await say('mousemove', '', 40);
      await until('rows below the screen', async () => (await last()) > 60);
      await say('mouseup', '', 40);
      const reached = await last();
      await sleep(300);
      assert.equal(await last(), reached);
      assert.match(await selection(page), /已选 B4:/);
      // And back up, from a cell that is on the screen now.
      const seen = await page.evaluate(() => {
        const sheet = document.getElementById('sheet').getBoundingClientRect();
        const cells = [...document.querySelectorAll('[data-role=cell][data-address^=C]')];
        const within = (cell) => cell.getBoundingClientRect().top > sheet.top + 80;
        return cells.find(within).dataset.address;
      });
      await say('mousedown', seen, 10);
      await say('mousemove', '', -40);
      await until('the top', () => page.evaluate(() => document.getElementById('sheet').scrollTop === 0));
      await say('mouseup', '', -40);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'selects a column by its letter, and everything by the corner',
    async run(page) {
      await openSheet(page);
      const press = (selector) => page.evaluate((wanted) => document.querySelector(wanted).click(), selector);
      await page.evaluate(() => [...document.querySelectorAll('.letter-text')]
        .find((letter) => letter.textContent === 'D').click());
      await selects(page, 'D1:D5，5 行 1 列');
      const copied = await clipboard(page, 'copy');
      assert.equal(copied.text.replaceAll('\r', ''), '\n绵阳市\n300\n20\n8\n');
      await press('.corner-cell');
      await press('.corner-cell');
      await selects(page, 'A1:E5');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'cell-editor');
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'copies, cuts and pastes a block as one step',
    async run(page) {
      await openSheet(page);
      await drag(page, 'B3', 'D4');
      await selects(page, 'B3:D4');
      const copied = await clipboard(page, 'copy');
      assert.equal(copied.text.replaceAll('\r', ''), '甲\t600\t300\n乙\t50\t20\n');
      assert.match(copied.html, /<table><tr><td[^>]*>甲<\/td><td>600<\/td><td>300<\/td><\/tr>/);
      await clickCell(page, 'B4');
      await paste(page, { 'text/plain': copied.text, 'text/html': copied.html });
      await cellsAre(page, { B4: '甲', C4: '600', D4: '300', B5: '乙', C5: '50', D5: '20' });
      await cellsAre(page, { B3: '甲', E5: '9' });
      await selects(page, 'B4:D5');
      await page.screenshot(path.join(screenshots, 'pasted.png'));
      await click(page, 'undo');
      await cellsAre(page, { B4: '乙', C4: '50', D4: '20', B5: '丙', C5: '7', D5: '8' });
      await drag(page, 'C3', 'C4');
      await selects(page, 'C3:C4');
      const cut = await clipboard(page, 'cut');
      assert.equal(cut.text.replaceAll('\r', ''), '600\n50\n');
      await cellsAre(page, { C3: '', C4: '', C5: '7' });
      await page.press('Control+z');
      await cellsAre(page, { C3: '600', C4: '50' });
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'pastes what WPS, Word and web pages have on the clipboard, as data',
    async run(page) {
      await openSheet(page);
      await clickCell(page, 'C3');
      const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>td{color:red}</style></head>
        <body><!--StartFragment--><table><tr><td colspan=2 class=xl65>=1+1</td><td>601&nbsp;</td></tr>
        <tr><td x:num>51</td><td><p class=MsoNormal><o:p>&nbsp;</o:p></p></td>
        <td>11<img src=x onerror="window.ran = true"><script>window.ran = true</script></td></tr></table>
        </body></html>`;
      await paste(page, { 'text/html': html, 'text/plain': '不是这些' });
      await cellsAre(page, { C3: '=1+1', D3: '300', E3: '601', C4: '51', D4: '', E4: '11' });
      assert.equal(await page.evaluate(() => window.ran), undefined);
      await click(page, 'undo');
      await cellsAre(page, { C3: '600', D4: '20' });
      await clickCell(page, 'C3');
      await paste(page, { 'text/plain': '"第一行\n第二行"\t2\r\n3\t4\r\n' });
      await cellsAre(page, { C3: '第一行\n第二行', D3: '2', C4: '3', D4: '4' });
      // One cell goes into all that are selected.
      await drag(page, 'C3', 'D5');
      await selects(page, 'C3:D5');
      await paste(page, { 'text/plain': '5\r\n' });
      await cellsAre(page, { C3: '5', D3: '5', C4: '5', D4: '5', C5: '5', D5: '5', E5: '9' });
      assert.ok(!(await watched(page)).violations.some((one) => one.startsWith('img-src')), 'a picture was asked for');
    },
  },
  {
    name: 'empties and fills a range, and takes over what is typed by an arrow',
    async run(page) {
      await openSheet(page);
      await drag(page, 'C3', 'D4');
      await selects(page, 'C3:D4');
      await page.press('Delete');
      await cellsAre(page, { C3: '', D3: '', C4: '', D4: '', E4: '10' });
      await page.press('Control+z');
      await cellsAre(page, { C3: '600', D4: '20' });
      await drag(page, 'C3', 'D4');
      await selects(page, 'C3:D4');
      await page.type('12');
      await page.press('Control+Enter');
      await cellsAre(page, { C3: '12', D3: '12', C4: '12', D4: '12' });
      await clickCell(page, 'C5');
      await page.type('70');
      await page.press('ArrowRight');
      await cellsAre(page, { C5: '70' });
      await page.type('80');
      await page.press('Tab');
      await cellsAre(page, { D5: '80' });
      await page.type('90');
      await page.press('Enter');
      await cellsAre(page, { E5: '90' });
      assert.equal((await shownIn(page, 'C5')).includes('7'), true);
    },
  },
  {
    name: 'leaves the keys of an input method alone',
    async run(page) {
      await openSheet(page);
      await clickCell(page, 'C3');
      const field = await page.evaluate(() => {
        const editor = document.getElementById('cell-editor');
        const say = (event) => editor.dispatchEvent(event);
        const press = (key, init) =>
          say(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
        say(new CompositionEvent('compositionstart', { bubbles: true }));
        editor.value = 'liu';
        say(new InputEvent('input', { bubbles: true, isComposing: true }));
        const kept = ['Enter', 'Tab', 'ArrowDown', 'Escape', 'F8'].map((key) => press(key, { isComposing: true }));
        kept.push(press('Process', { keyCode: 229 }), press('Enter', { keyCode: 229 }));
        editor.value = '六百';
        say(new CompositionEvent('compositionend', { bubbles: true, data: '六百' }));
        say(new InputEvent('input', { bubbles: true }));
        return { kept, value: editor.value };
      });
      // None was taken from the input method.
      assert.deepEqual(field, { kept: [true, true, true, true, true, true, true], value: '六百' });
      assert.deepEqual(await now(page, ['C3', 'C4']), ['600', '50']);
      await page.press('Enter');
      await cellsAre(page, { C3: '六百', C4: '50' });
    },
  },
  {
    name: 'takes a table from Word as a file of its own',
    async run(page) {
      await startPage(page);
      const cell = (words) => `<td><p class=MsoNormal>${words}<o:p></o:p></p></td>`;
      const row = (cells) => `<tr>${cells.map(cell).join('')}</tr>`;
      const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><!--StartFragment-->
        <p class=MsoNormal>绵阳市建设指标进
        展情况表（2019年6月）</p><table class=MsoTableGrid>${[
    ['序号', '指标内容', '目标', '本期累计完成'],
    ['1', '推进军民科技成果双向转移转化1000项', '300', '6O'],
    ['2', '培育孵化1000家军民融合科技型中小微企业', '300', '61'],
    ['6', '孵化企业1000家', '', ''],
  ].map(row).join('')}</table><!--EndFragment--></body></html>`;
      await clipboard(page, 'paste', { 'text/plain': '一句话' }, 'body');
      await until('the refusal', async () => (await message(page)).includes('没有表格'));
      await clipboard(page, 'paste', { 'text/html': html }, 'body');
      const [file] = await filesRead(page, 1);
      assert.equal(file.name, '粘贴的表 1.xlsx');
      await until('its fault', async () => (await shownIn(page, 'D3')).includes('6O'));
      await page.screenshot(path.join(screenshots, 'pasted-file.png'));
      assert.ok((await shownIn(page, 'A1')).includes('绵阳市建设指标进展情况表（2019年6月）'));
    },
  },
  {
    name: 'copies and pastes by the keys of the desk',
    async run(page, { newestChromium }) {
      // Only here does a test have the keys that ask the browser for its clipboard.
      if (!newestChromium) return;
      await openSheet(page);
      await drag(page, 'C3', 'D4');
      await selects(page, 'C3:D4');
      await page.press('Control+c');
      await until('the word of it', async () => (await message(page)).includes('已复制 C3:D4'));
      await clickCell(page, 'D4');
      await page.press('Control+v');
      await cellsAre(page, { D4: '600', E4: '300', D5: '50', E5: '20', C4: '50' });
    },
  },
  {
    name: 'looks for a text in the whole sheet, on and back',
    async run(page) {
      const far = Array.from({ length: 900 }, (_, row) => [`${row + 6}`, row % 300 === 299 ? '找我' : '无', '1']);
      await openSheet(page, [...TABLE, ...far]);
      const count = () => page.evaluate(() => {
        const words = document.querySelector('[data-role=find-count]');
        return words && words.textContent;
      });
      const counts = (words) => until(`the count ${words}`, async () => (await count()) === words);
      await clickCell(page, 'C3');
      await page.press('Control+f');
      await until('the field', () => page.evaluate(() => document.activeElement.id === 'find'));
      await page.type('找我');
      await counts('第 1 个，共 3 个');
      await drawnIn(page, 'B305');
      await page.screenshot(path.join(screenshots, 'find.png'));
      await page.press('Enter');
      await counts('第 2 个，共 3 个');
      await drawnIn(page, 'B605');
      await page.press('Shift+Enter');
      await page.press('Shift+Enter');
      await counts('第 3 个，共 3 个');
      await drawnIn(page, 'B905');
      await page.press('Escape');
      await until('the sheet', () => page.evaluate(() => document.activeElement.id === 'cell-editor'));
      assert.equal(await count(), null);
      const isAt = (address) => until(`the cursor at ${address}`, () => page.evaluate((wanted) => {
        const cell = document.querySelector('[data-role=cell].selected');
        return Boolean(cell) && cell.dataset.address === wanted;
      }, address));
      await page.press('Control+Home');
      await isAt('A1');
      await page.press('Control+End');
      await isAt('E905');
      await page.press('PageUp');
      await until('a page up', () => page.evaluate(() => !document.querySelector('[data-address=E905].selected')));
      const hint = await page.evaluate(() => getComputedStyle(document.querySelector('.leave')).visibility);
      assert.equal(hint, 'visible');
      await page.press('F6');
      await until('another place', () => page.evaluate(() => document.activeElement.id === 'findings'));
    },
  },
];
