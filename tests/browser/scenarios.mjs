// What the page promises, one scenario each. Every scenario opens the page anew.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ARMED, realms, requests } from './attacks.mjs';
import {
  applyFix, applySafeFixes, chooseFiles, click, clickCell, crash, downloaded, drawnIn, dropBytes, dropFiles, files,
  filesRead, findings, message, openPage, planSafeFixes, pressFocused, safeFixesApplied, selectFile, shownIn,
  since, startPage, state, text, typeOver, watched,
} from './companion.mjs';
import { root, screenshots, workbooks } from './paths.mjs';
import { sleep, until } from './waiting.mjs';
import { changedCells, changedParts, edited, readWorkbook, withoutWidths } from './workbook.mjs';

const expected = JSON.parse(fs.readFileSync(path.join(workbooks, 'expected.json'), 'utf8'));
const fixture = (name) => path.join(workbooks, name);
// Known only beside the return of the period before.
const BESIDE = { '绵阳市-2019年6月.xlsx': [{ code: 'P009', cell: 'E6' }] };
const NUMBERS = '数值写法.xlsx';
const RETURNS = ['成都市-2018年12月.xlsx', '绵阳市-2018年12月.xlsx', '德阳市-2018年12月.xlsx'];

// Of the first browser: every other one is to write the same.
let firstCopy;

export const scenarios = [
  {
    name: 'starts under the strict policy',
    mainJob: true,
    async run(page) {
      await startPage(page);
      const found = await page.evaluate(() => ({
        rtc: typeof RTCPeerConnection,
        policies: document.querySelectorAll('meta[http-equiv=Content-Security-Policy]').length,
        version: companion.version === document.getElementById('companion-version').content,
        build: /^[0-9a-f]{12}$/.test(companion.build),
      }));
      assert.deepEqual(found, { rtc: 'undefined', policies: 2, version: true, build: true });
      await until('the version on the page', () =>
        page.evaluate(() => document.getElementById('app').textContent.includes(companion.version)),
      );
      assert.deepEqual((await watched(page)).violations, []);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'has looked up every font of its first view before the engine is compiled',
    async run(page) {
      await startPage(page);
      await until('the version on the page', () =>
        page.evaluate(() => document.getElementById('app').textContent.includes(companion.version)),
      );
      const missing = await page.evaluate(() => {
        const fonts = (root) => {
          const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          const seen = new Set();
          while (texts.nextNode()) {
            if (!texts.currentNode.data.trim()) continue;
            const { fontSize, fontWeight, fontFamily } = getComputedStyle(texts.currentNode.parentElement);
            seen.add([fontSize, fontWeight, fontFamily].join(' '));
          }
          return seen;
        };
        const sample = fonts(document.getElementById('fonts'));
        return [...fonts(document.getElementById('app'))].filter((font) => !sample.has(font));
      });
      assert.deepEqual(missing, []);
    },
  },
  {
    name: 'blocks eval, foreign scripts and every connection that is tried from inside',
    async run(page) {
      await startPage(page);
      const blocked = await page.evaluate(() => new Promise((resolve) => {
        const violated = [];
        document.addEventListener('securitypolicyviolation', (event) => violated.push(event.violatedDirective));
        const fails = (work) => {
          try { work(); return false; } catch (error) { return true; }
        };
        // From a timer of the page: what the debugger runs itself is not under the policy.
        setTimeout(() => {
          const evaluated = { eval: fails(() => (0, eval)('1')), function: fails(() => new Function('return 1')) };
          fails(() => {
            const script = document.createElement('script');
            script.textContent = 'window.foreign = true';
            document.head.appendChild(script);
          });
          fetch('http://companion.invalid/').catch(() => {});
          new Image().src = 'http://companion.invalid/a.png';
          const seen = (directive) => violated.some((name) => name.startsWith(directive));
          const end = Date.now() + 10000;
          const report = () => {
            const [connect, image] = [seen('connect-src'), seen('img-src')];
            if (Date.now() < end && !(connect && image)) setTimeout(report, 50);
            else resolve({ ...evaluated, foreign: typeof window.foreign, connect, image });
          };
          report();
        });
      }));
      assert.deepEqual(blocked, { eval: true, function: true, foreign: 'undefined', connect: true, image: true });
      assert.ok(!page.proxied().some((asked) => asked.includes('companion.invalid')), 'a request left the browser');
    },
  },
  {
    name: 'shows every fault of the fixtures at its cell',
    async run(page) {
      await startPage(page);
      const names = Object.keys(expected);
      await dropFiles(page, names.map(fixture));
      await filesRead(page, names.length);
      const wrong = [];
      const is = ({ code, cell }, one) => one.code === code && (cell === null || one.address === cell);
      for (const [name, [first]] of Object.entries(BESIDE)) {
        await selectFile(page, name);
        await until('the period before to be taken in', async () =>
          (await findings(page)).some((one) => is(first, one)),
        );
      }
      for (const name of names) {
        await selectFile(page, name);
        const found = await findings(page);
        const faults = [...expected[name].faults, ...BESIDE[name] ?? []];
        for (const { code, cell } of faults) {
          if (!found.some((one) => is({ code, cell }, one))) {
            const instead = found.map((one) => `${one.code} ${one.address}`).join(', ');
            wrong.push(`${name}: ${code} at ${cell} is missing among ${instead}`);
          }
        }
        const loud = found.filter((one) => one.tier !== '提示' && !one.folded);
        for (const one of loud) {
          if (faults.some((fault) => is(fault, one))) continue;
          wrong.push(`${name}: ${one.code} at ${one.address} is not a fault`);
        }
        const { state: shown } = (await files(page)).find((file) => file.name === name);
        if ((loud.length === 0) !== (shown === 'clean')) wrong.push(`${name} is listed as ${shown}`);
      }
      assert.deepEqual(wrong, []);
    },
  },
  {
    name: 'corrects by the safe fixes and changes nothing else',
    mainJob: true,
    async run(page, { newestChromium, picture }) {
      await startPage(page);
      await chooseFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      const before = await findings(page);
      await page.screenshot(path.join(screenshots, 'findings.png'));
      if (picture && newestChromium) await page.screenshot(picture);
      await applySafeFixes(page);
      const left = await findings(page);
      assert.ok(left.length < before.length, 'no finding is settled');
      const saved = await downloaded(page, () => click(page, 'save'));
      assert.match(saved.name, /^数值写法.*\.xlsx$/);

      const original = fs.readFileSync(fixture(NUMBERS));
      const changed = await changedCells(original, saved.bytes);
      const faults = expected[NUMBERS].faults;
      assert.ok(changed.size > 0, 'the copy is the original');
      for (const [place, [, after]] of changed) {
        const fault = faults.find(({ cell, expected: value }) => place.endsWith(`!${cell}`) && value !== undefined);
        assert.ok(fault, `${place} was changed to ${after}`);
        assert.equal(String(after).replace(/[项家个]$/, ''), fault.expected, place);
      }
      for (const { code, address } of before.filter(
        (one) => !left.some((other) => other.code === one.code && other.address === one.address),
      )) {
        assert.ok(
          [...changed.keys()].some((place) => place.endsWith(`!${address}`)),
          `${code} at ${address} is gone, the cell is as it was`,
        );
      }
      const parts = changedParts(original, saved.bytes);
      const sheets = parts.filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
      assert.equal(sheets.length, 1, `changed: ${parts}`);
      const allowed = [
        'xl/workbook.xml', 'xl/_rels/workbook.xml.rels', 'xl/styles.xml', '[Content_Types].xml', 'docProps/app.xml',
        'xl/calcChain.xml',
      ];
      assert.deepEqual(parts.filter((name) => !sheets.includes(name) && !allowed.includes(name)), []);
      firstCopy ??= saved.bytes;
      assert.ok(saved.bytes.equals(firstCopy), 'another browser wrote other bytes');
    },
  },
  {
    name: 'applies one fix, takes it back and does it again',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture('绵阳德阳对调.xlsx')]);
      await filesRead(page, 1);
      const original = await drawnIn(page, 'D5');
      await applyFix(page, 'T005', 'D5:E13');
      await until('the columns to be exchanged', async () => (await shownIn(page, 'D5')) !== original);
      assert.ok(!(await findings(page)).some((one) => one.code === 'T005'));
      await click(page, 'undo');
      await until(
        'the first state',
        async () =>
          (await shownIn(page, 'D5')) === original && (await findings(page)).some((one) => one.code === 'T005'),
      );
      await click(page, 'redo');
      await until('the exchange again', async () => !(await findings(page)).some((one) => one.code === 'T005'));
      const saved = await downloaded(page, () => click(page, 'save'));
      const changed = await changedCells(fs.readFileSync(fixture('绵阳德阳对调.xlsx')), saved.bytes);
      assert.ok([...changed.keys()].every((place) => /![DE]([5-9]|1[0-3])$/.test(place)), [...changed.keys()].join());
      for (const [place, [before, after]] of changed) {
        const other = place.replace(/!([DE])/, (_, column) => `!${column === 'D' ? 'E' : 'D'}`);
        assert.deepEqual(changed.get(other), [after, before], `${place} was not exchanged`);
      }
    },
  },
  {
    name: 'works by the keyboard alone',
    async run(page) {
      await startPage(page);
      await dropFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      const before = (await findings(page)).length;
      const selected = () => page.evaluate(() => {
        const card = document.querySelector('[data-role=finding] [aria-current=true]');
        return card
          ? `${card.closest('[data-role=finding]').dataset.code} ${card.closest('[data-role=finding]').dataset.address}`
          : null;
      });
      await page.press('F8');
      const first = await until('a selected finding', selected);
      await page.press('F8');
      await until('the next finding', async () => (await selected()) !== first);
      await page.press('Shift+F8');
      await until('the first finding', async () => (await selected()) === first);
      await page.press('Alt+Enter');
      await until('a finding less', async () => (await findings(page)).length < before);
      await page.press('Control+z');
      await until('the finding again', async () => (await findings(page)).length === before);
      await page.press('Control+y');
      await until('a finding less again', async () => (await findings(page)).length < before);
      const saved = await downloaded(page, () => page.press('Control+s'));
      assert.equal((await changedCells(fs.readFileSync(fixture(NUMBERS)), saved.bytes)).size, 1);
    },
  },
  {
    name: 'consolidates three returns into one workbook',
    mainJob: true,
    async run(page) {
      await startPage(page);
      await dropFiles(page, RETURNS.map(fixture));
      await filesRead(page, RETURNS.length);
      await page.press('Alt+2');
      await click(page, 'consolidate');
      await until('the summary', () => page.evaluate(() => Boolean(document.querySelector('[data-role=summary]'))));
      await page.screenshot(path.join(screenshots, 'consolidation.png'));
      const saved = await downloaded(page, () => click(page, 'download-consolidated'));
      assert.match(saved.name, /\.xlsx$/);
      const sheets = await readWorkbook(saved.bytes);
      assert.ok(sheets.size >= 2, `sheets: ${[...sheets.keys()]}`);
      const values = [...sheets.values()].flatMap((cells) => [...cells.values()]);
      for (const name of RETURNS) {
        assert.ok(
          values.some((value) => typeof value === 'string' && value.includes(name)),
          `${name} is not named as a source`,
        );
        for (const figure of await figures(name)) {
          assert.ok(
            values.some((value) => value === figure || value?.result === figure),
            `${figure} of ${name} is missing`,
          );
        }
      }
    },
  },
  {
    name: 'says what to do with files that it cannot read',
    async run(page) {
      await startPage(page);
      const bytes = (content) => Buffer.from(content).toString('base64');
      const empty = '空文件.xlsx';
      const strangers = [
        { name: '通知.pdf', bytes: bytes('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n') },
        { name: empty, bytes: '' },
        {
          name: '图片.xlsx',
          bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]).toString('base64'),
        },
      ];
      await dropBytes(page, strangers);
      const list = await filesRead(page, strangers.length);
      for (const { name, state: shown } of list) {
        assert.ok(['unreadable', 'errors'].includes(shown), `${name} is listed as ${shown}`);
        await selectFile(page, name);
        const said =
          (await message(page)) +
          (await page.evaluate(() =>
            [...document.querySelectorAll('[data-role=finding]')].map((one) => one.innerText).join('\n'),
          ));
        assert.match(said, /请/, `${name}: ${said}`);
      }
      await dropFiles(page, [fixture('分解表-openpyxl.xlsx')]);
      const after = await filesRead(page, strangers.length + 1);
      assert.equal(after.find((file) => file.name === '分解表-openpyxl.xlsx').state, 'clean');
    },
  },
  {
    name: 'takes fifty files at once',
    async run(page) {
      await startPage(page);
      const names = ['分解表-openpyxl.xlsx', NUMBERS, ...RETURNS];
      await dropFiles(page, Array.from({ length: 50 }, (_, index) => fixture(names[index % names.length])));
      const list = await filesRead(page, 50, 120_000);
      assert.equal(list.filter((file) => file.state === 'clean').length, 40);
      assert.equal(list.filter((file) => file.name === NUMBERS && file.state === 'errors').length, 10);
    },
  },
  {
    name: 'edits a cell by hand',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture('分解表-openpyxl.xlsx')]);
      await filesRead(page, 1);
      await typeOver(page, 'C5', '599项');
      await until('the new value', async () => (await shownIn(page, 'C5') ?? '').includes('599'));
      await until('a finding for it', async () => (await findings(page)).some((one) => one.address === 'C5'));
      const saved = await downloaded(page, () => click(page, 'save'));
      const changed = await changedCells(fs.readFileSync(fixture('分解表-openpyxl.xlsx')), saved.bytes);
      assert.equal(changed.size, 1, [...changed.keys()].join());
      assert.equal([...changed.values()][0][1], '599项');
    },
  },
  {
    name: 'shows the embedded example in one click',
    async run(page) {
      await startPage(page);
      await click(page, 'demo');
      await until(
        'the example',
        async () => (await files(page)).length > 0 && (await files(page)).every((file) => file.state !== 'reading'),
        60_000,
      );
      assert.ok(
        (await files(page)).some((file) => ['errors', 'warnings'].includes(file.state)),
        'the example shows no fault',
      );
      await page.screenshot(path.join(screenshots, 'example.png'));
    },
  },
  {
    name: 'changes the breakdown after showing what it changes',
    async run(page) {
      const annex = path.join(workbooks, '..', '..', 'breakdowns', '四市-附件.xlsx');
      const listed = async () => (await files(page))[0].state;
      await startPage(page);
      await chooseFiles(page, [annex]);
      await filesRead(page, 1);
      assert.equal(await listed(), 'errors', 'the other zone agrees with the official breakdown');

      await page.press('Alt+3');
      await page.chooseFiles('[data-role=breakdown-input]', [fixture('别的表.xlsx')]);
      await until('the refusal', async () => (await message(page)).includes('分解表的表头'));
      await page.chooseFiles('[data-role=breakdown-input]', [annex]);
      const changes = await until('the differences', () => page.evaluate(() => {
        const list = document.querySelector('[data-role=breakdown-changes]');
        return list && [...list.children].map((line) => line.textContent);
      }));
      assert.ok(changes.includes('增加东湖州') && changes.includes('去掉指标 6：孵化企业1000家'), changes.join('\n'));
      await page.screenshot(path.join(screenshots, 'breakdown.png'));
      await click(page, 'use-breakdown');
      await until('the cities of the other zone', async () => (await text(page)).includes('东湖州'));
      await page.screenshot(path.join(screenshots, 'breakdown-in-force.png'));

      await page.press('Alt+1');
      await until('a clean file', async () => (await listed()) === 'clean');
      assert.equal(
        await page.evaluate(() => document.querySelector('[data-role=other-breakdown]').title),
        '四市-附件.xlsx',
      );

      await crash(page);
      await chooseFiles(page, [annex]);
      await until('both files under the other breakdown', async () => {
        const list = await files(page);
        return list.length === 2 && list.every((file) => file.state === 'clean');
      });

      await page.press('Alt+3');
      await click(page, 'official-breakdown');
      await page.press('Alt+1');
      await until('the official breakdown again', async () =>
        (await files(page)).every((file) => file.state === 'errors'),
      );
      assert.ok(!(await page.evaluate(() => Boolean(document.querySelector('[data-role=other-breakdown]')))));
    },
  },
  {
    name: 'lets the return of the period before serve the later one',
    async run(page) {
      const [june, december] = ['绵阳市-2019年6月.xlsx', '绵阳市-2018年12月.xlsx'];
      await startPage(page);
      await dropFiles(page, [fixture(december)]);
      await filesRead(page, 1);
      await dropFiles(page, [fixture(june)]);
      await filesRead(page, 2);
      await selectFile(page, june);
      const differs = async () => (await findings(page)).some((one) => one.code === 'P009' && one.address === 'E6');
      await until('the figure that was not reported', differs);
      await page.evaluate(
        (name) =>
          [...document.querySelectorAll('[data-role=file]')]
            .find((file) => file.dataset.fileName === name)
            .querySelector('.file-tools button:last-child')
            .click(),
        december,
      );
      await until(
        'the later return alone',
        async () => (await files(page)).length === 1 && !(await findings(page)).some((one) => one.code === 'P009'),
      );
      // A consolidated workbook says the same and is no faulty return.
      await startPage(page);
      await dropFiles(page, RETURNS.map(fixture));
      await filesRead(page, RETURNS.length);
      await page.press('Alt+2');
      await click(page, 'consolidate');
      await until('the summary', () => page.evaluate(() => Boolean(document.querySelector('[data-role=summary]'))));
      const saved = await downloaded(page, () => click(page, 'download-consolidated'));
      await startPage(page);
      await dropFiles(page, [fixture(june)]);
      await filesRead(page, 1);
      await dropBytes(page, [{ name: saved.name, bytes: saved.bytes.toString('base64') }]);
      const list = await filesRead(page, 2);
      assert.equal(list[1].state, 'aside', `${saved.name} is listed as ${list[1].state}`);
      assert.match(await text(page), /汇总表，用作上期数/);
      await selectFile(page, june);
      await until('the figure that was not reported, again', differs);
    },
  },
  {
    name: 'keeps an explanation with the file',
    async run(page) {
      const name = '绵阳市-2018年12月.xlsx';
      await startPage(page);
      await chooseFiles(page, [fixture(name)]);
      await filesRead(page, 1);
      // 0 where “/” is due: a 警示.
      await typeOver(page, 'F10', '0');
      const open = async () => (await findings(page)).some((one) => one.code === 'N004' && one.address === 'F10');
      await until('the 警示', open);
      const answered = () =>
        page.evaluate(() =>
          [...document.querySelectorAll('[data-role=answer]')].map((one) => one.textContent).join(),
        );
      await page.evaluate(() =>
        document.querySelector('[data-role=finding][data-code=N004] [data-role=explain]').click(),
      );
      await until('the field', () => page.evaluate(() => document.activeElement.dataset.role === 'explanation'));
      await page.type('本市不承担此项');
      await click(page, 'save-explanation');
      await until('the answer', async () => (await answered()).includes('本市不承担此项') && !(await open()));
      await click(page, 'undo');
      await until('the open 警示', open);
      await click(page, 'redo');
      await until('the answer again', async () => (await answered()).includes('本市不承担此项'));
      assert.equal((await files(page))[0].state, 'clean');
      await page.screenshot(path.join(screenshots, 'explanation.png'));
      const saved = await downloaded(page, () => click(page, 'save'));
      const changed = await changedCells(fs.readFileSync(fixture(name)), saved.bytes);
      assert.deepEqual([...changed.values()].map(([, after]) => after).sort(), [0, '本市不承担此项']);
      await startPage(page);
      await dropBytes(page, [{ name: saved.name, bytes: saved.bytes.toString('base64') }]);
      const list = await filesRead(page, 1);
      assert.equal(list[0].state, 'clean');
      assert.ok((await answered()).includes('本市不承担此项'), 'the explanation was lost');
    },
  },
  {
    name: 'sets a return that came back against its earlier findings',
    async run(page) {
      const name = '绵阳市-2019年6月.xlsx';
      // P006 D4 and Q001 F5 are put right, P001 F7, Q015 F8 and N001 F10 are left, F9 is spoilt.
      const answer = { D4: 300, F5: 175, F9: '１００' };
      const back = {
        name: '绵阳市-2019年6月（整改后）.xlsx',
        bytes: (await edited(fs.readFileSync(fixture(name)), answer)).toString('base64'),
      };
      await startPage(page);
      await chooseFiles(page, [fixture(name)]);
      await filesRead(page, 1);
      const printed = await downloaded(page, () => click(page, 'save-findings'));
      assert.equal(await since(page), null, 'there is nothing yet to compare with');
      const list = { name: printed.name, bytes: printed.bytes.toString('base64') };

      // The list lies there, the return comes later.
      await startPage(page);
      await dropBytes(page, [list]);
      assert.deepEqual(await filesRead(page, 1), [{ name: list.name, state: 'aside' }]);
      assert.match(await text(page), /审核结果，用于对账/);
      await dropBytes(page, [back]);
      await filesRead(page, 2);
      await selectFile(page, back.name);
      const comparison = await until('what has become of the findings', () => since(page));
      assert.deepEqual(comparison, {
        source: `对照 ${list.name}`,
        counts: [2, 3, 1],
        groups: { 已改: ['P006 D4', 'Q001 F5'], 未改: ['P001 F7', 'Q015 F8', 'N001 F10'], 新出现: ['Q002 F9'] },
      });
      await page.screenshot(path.join(screenshots, 'since.png'));
      // A line leads to its cell.
      await page.evaluate(() =>
        [...document.querySelectorAll('[data-role=since] li button')]
          .find((line) => line.textContent.startsWith('Q002'))
          .click(),
      );
      await until('the cursor at F9', () =>
        page.evaluate(() => Boolean(document.querySelector('[data-role=cell][data-address=F9][aria-selected=true]'))),
      );

      // A change in the page counts at once, and so does taking it back.
      await applyFix(page, 'Q002', 'F9');
      await until('no new finding', async () => (await since(page))?.counts[2] === 0);
      await click(page, 'undo');
      await until('the new finding again', async () => (await since(page))?.counts[2] === 1);
      // Without the list there is nothing to compare with.
      await page.evaluate(
        (closed) =>
          [...document.querySelectorAll('[data-role=file]')]
            .find((file) => file.dataset.fileName === closed)
            .querySelector('.file-tools button:last-child')
            .click(),
        list.name,
      );
      await until('no comparison', async () => (await since(page)) === null);
      // The return lies there, the list comes later.
      await dropBytes(page, [list]);
      assert.deepEqual(await until('the comparison again', () => since(page)), comparison);
    },
  },
  {
    name: 'knows earlier findings from the record in the file',
    async run(page) {
      const name = '绵阳市-2019年6月.xlsx';
      await startPage(page);
      await chooseFiles(page, [fixture(name)]);
      await filesRead(page, 1);
      await applyFix(page, 'Q001', 'F5');
      await until('a finding less', async () => !(await findings(page)).some((one) => one.code === 'Q001'));
      await page.evaluate(() => document.querySelector('[data-role=record]').click());
      await until('the record to be asked for', () =>
        page.evaluate(() => document.querySelector('[data-role=record]').checked),
      );
      const recorded = await downloaded(page, () => click(page, 'save'));
      const back = await edited(recorded.bytes, { D4: 300, F9: '１００' });
      await startPage(page);
      await dropBytes(page, [{ name: '绵阳上报 2.xlsx', bytes: back.toString('base64') }]);
      await filesRead(page, 1);
      // F5 was put right here and is in the record as a change; the record says what was open then.
      assert.deepEqual(await until('what has become of the findings', () => since(page)), {
        source: '对照 随表带回的“校核记录”',
        counts: [1, 3, 1],
        groups: { 已改: ['P006 D4'], 未改: ['P001 F7', 'Q015 F8', 'N001 F10'], 新出现: ['Q002 F9'] },
      });
    },
  },
  {
    name: 'goes on with a new worker after a crash',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      const places = async () => (await findings(page)).map((one) => `${one.code} ${one.address}`).join();
      const faulty = await places();
      await applySafeFixes(page);
      const mended = await places();
      assert.notEqual(mended, faulty);
      await crash(page);
      assert.equal(await places(), mended, 'what was found does not stand while the file is read again');
      // Only the new worker can tell what is found without the changes, and with them.
      await click(page, 'undo');
      await until('the findings without the changes', async () => (await places()) === faulty);
      // The worker dies in the midst of the safe fixes: they go on.
      await click(page, 'redo');
      await until('the findings with the changes', async () => (await places()) === mended);
      await click(page, 'undo');
      await until('the findings without the changes, again', async () => (await places()) === faulty);
      await planSafeFixes(page);
      await crash(page, 'carry-out');
      await safeFixesApplied(page);
      await until('the findings with the changes kept', async () => (await places()) === mended);
      // The page saves again as soon as the new worker has read the file.
      const saved = await downloaded(page, () => until('a copy from the new worker', async () => {
        await click(page, 'save');
        await sleep(500);
        return fs.readdirSync(page.downloads).length > 0;
      }));
      assert.ok((await changedCells(fs.readFileSync(fixture(NUMBERS)), saved.bytes)).size > 0, 'the changes were lost');
    },
  },
  {
    name: 'keeps the way to save in reach on small screens',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      await applySafeFixes(page);
      try {
        // 1366 × 768 at 200 %, and the narrowest that is asked for.
        for (const [width, height] of [[683, 384], [320, 568]]) {
          await page.resize(width, height);
          const covered = await page.evaluate(async () => {
            const found = [];
            const drawn = () => new Promise((resolve) => setTimeout(resolve, 100));
            for (let top = 0; top <= document.documentElement.scrollHeight; top += 150) {
              window.scrollTo(0, top);
              await drawn();
              for (const role of ['save', 'next', 'undo', 'save-findings']) {
                const button = document.querySelector(`[data-role=${role}]`);
                const box = button.getBoundingClientRect();
                const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                if (!button.contains(over)) found.push(`${role} at ${top}: ${over && over.className}`);
              }
            }
            if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
              found.push(`${document.documentElement.scrollWidth} px wide`);
            const bar = document.querySelector('.bottom-bar').getBoundingClientRect().height;
            if (bar > innerHeight / 4) found.push(`a bar of ${bar} px`);
            return found;
          });
          await page.evaluate(() => window.scrollTo(0, 0));
          await page.screenshot(path.join(screenshots, `small-${width}.png`));
          assert.deepEqual(covered, []);
        }
      } finally {
        await page.resize(1366, 768);
      }
    },
  },
  {
    name: 'lists a file that is being read like any other',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      // A class of the file's state must not be one of a panel.
      const heights = await page.evaluate(() => ['clean', 'reading', 'errors', 'aside', 'warnings'].map((state) => {
        const file = document.querySelector('[data-role=file]');
        file.className = `file ${state}`;
        return file.getBoundingClientRect().height;
      }));
      assert.equal(new Set(heights).size, 1, heights.join());
    },
  },
  {
    name: 'shows whole lines where a sheet states no widths',
    async run(page) {
      const long = '本期新增平台两家，均已通过验收；其余三家在建，预计年底前建成并投入使用。'.repeat(4);
      const bytes = await withoutWidths(
        await edited(fs.readFileSync(fixture('绵阳市-2018年12月.xlsx')), { H5: long, I5: '附' }),
        7,
      );
      await startPage(page);
      await dropBytes(page, [{ name: '绵阳市-2018年12月.xlsx', bytes: bytes.toString('base64') }]);
      await filesRead(page, 1);
      await drawnIn(page, 'B5');
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll('[data-role=cell]:not(.spill)')]
          .filter((cell) => {
            const [box, text] = [cell, cell.querySelector('.shown')].map((one) => one.getBoundingClientRect());
            return text.top < box.top || text.bottom > box.bottom;
          })
          .map((cell) => cell.dataset.address),
      );
      await page.screenshot(path.join(screenshots, 'no-widths.png'));
      assert.deepEqual(cut, []);
      const [head] = await page.evaluate(() =>
        [...document.querySelectorAll('[data-role=cell][data-address=B4]')].map(
          (cell) => cell.getBoundingClientRect().height,
        ),
      );
      assert.ok(head < 60, `a header of ${head} px`);
    },
  },
  {
    name: 'puts no block of cells into one',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture('分解表-openpyxl.xlsx')]);
      await filesRead(page, 1);
      await clickCell(page, 'C5');
      const before = await shownIn(page, 'C5');
      const paste = (text) => page.evaluate((pasted) => {
        document.getElementById('cell-editor').focus();
        const editor = document.activeElement;
        editor.setRangeText(pasted, editor.selectionStart, editor.selectionEnd, 'end');
        editor.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
      }, text);
      await paste('601\t302\n101\t52\n');
      await until('the refusal', async () => (await message(page)).includes('不能填进正在修改的'));
      await page.press('Enter');
      assert.equal(await shownIn(page, 'C5'), before);
      // One cell comes with the end of its line.
      await clickCell(page, 'C5');
      await paste('601项\n');
      await page.press('Enter');
      await until('the new value', async () => (await shownIn(page, 'C5')).includes('601项'));
    },
  },
  {
    name: 'lets a wrong reading be put right with the mouse',
    async run(page) {
      await startPage(page);
      await dropBytes(page, [{ name: '表.csv', bytes: misread() }]);
      await filesRead(page, 1);
      await drawnIn(page, 'F3');
      const missing = async () => (await findings(page)).some(({ code }) => code === 'T003');
      assert.ok(await missing(), 'nobody misses 本期累计完成');
      const tab = () => page.evaluate(() => document.getElementById('column-5').innerText);
      assert.equal(await tab(), '不看');
      await page.evaluate(() => document.getElementById('column-5').click());
      await until('the choices', () => page.evaluate(() => Boolean(document.querySelector('[data-role=asking]'))));
      await page.screenshot(path.join(screenshots, 'asking.png'));
      await page.press('Escape');
      await until('the focus on the tab again', () => page.evaluate(() => document.activeElement.id === 'column-5'));
      await page.evaluate(() => document.getElementById('column-5').click());
      await choose(page, '本期累计完成');
      await until('the column as it is', async () => (await tab()) === '本期累计完成');
      await until('the findings without it', async () => !(await missing()));
      // A dead engine forgets nothing of it.
      await crash(page);
      await until('the file read again', async () => (await filesRead(page, 1)).length === 1);
      await drawnIn(page, 'F3');
      await until('the column as it was said', async () => (await tab()) === '本期累计完成');
      await page.press('Control+z');
      await until('the column as it was read', async () => (await tab()) === '不看');
      // Whose and of when: asked, as neither is written anywhere.
      for (const [role, value] of [['which-city', '成都市'], ['which-period', '2019-06']]) {
        await until(`the question ${role}`, () => page.evaluate((wanted, chosen) => {
          const select = document.querySelector(`[data-role=${wanted}]`);
          if (!select) return false;
          select.value = chosen;
          select.dispatchEvent(new Event('change', { bubbles: true }));
          return true;
        }, role, value));
      }
      await until('city and period over the findings', async () =>
        (await page.evaluate(() => document.querySelector('.understood').innerText)).includes('成都市 · 2019年6月'));
      await until('no question left', async () => !(await findings(page)).some(({ code }) => code === 'P008'));
      await page.screenshot(path.join(screenshots, 'said.png'));
    },
  },
  {
    name: 'lets a wrong reading be put right by the keyboard',
    async run(page) {
      await startPage(page);
      await dropBytes(page, [{ name: '成都市-2019年6月.csv', bytes: misread() }]);
      await filesRead(page, 1);
      await clickCell(page, 'F4');
      const open = () => page.evaluate(() => Boolean(document.querySelector('[data-role=asking]')));
      const focused = () => page.evaluate(() => document.activeElement.innerText || document.activeElement.id);
      await page.press('Alt+ArrowDown');
      await until('the choices', open);
      await page.press('Escape');
      await until('the sheet again', async () => !(await open()) && (await focused()) === 'cell-editor');
      await page.press('Alt+ArrowDown');
      await until('the focus on what it is taken for', async () => (await focused()).includes('不需要这一列'));
      for (let back = 0; (await focused()) !== '本期累计完成'; back += 1) {
        assert.ok(back < 12, `at ${await focused()}`);
        await page.press('Shift+Tab');
      }
      await pressFocused(page);
      await until('the findings without it', async () => !(await findings(page)).some(({ code }) => code === 'T003'));
      // A row: Alt+Shift+↓ of the cell in it.
      await clickCell(page, 'F4');
      await page.press('Alt+Shift+ArrowDown');
      await until('the choices of the row', async () => (await open()) && (await focused()).includes('指标 2'));
      await page.screenshot(path.join(screenshots, 'asking-row.png'));
      for (let on = 0; (await focused()) !== '不是数据行'; on += 1) {
        assert.ok(on < 14, `at ${await focused()}`);
        await page.press('Tab');
      }
      await pressFocused(page);
      await until('the mark of the row', () =>
        page.evaluate(() => document.getElementById('row-3').innerText.includes('其他')));
      await page.press('Control+z');
      await until('the row as it was', () =>
        page.evaluate(() => document.getElementById('row-3').innerText.trim() === '4'));
    },
  },
  {
    name: 'keeps the focus with the findings',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      const count = (await findings(page)).length;
      const focused = () => page.evaluate(() => {
        const active = document.activeElement;
        return active.closest('[data-role=finding], #findings') ? active.className : active.tagName;
      });
      for (let left = count - 1; left >= count - 2; left -= 1) {
        await page.evaluate(() => {
          const button = document.querySelector('[data-role=finding] [data-role=apply]');
          button.focus();
          button.click();
        });
        await until('a finding less', async () => (await findings(page)).length === left);
        assert.notEqual(await focused(), 'BODY');
        assert.ok(
          await page.evaluate(() => Boolean(document.activeElement.closest('[data-role=finding]'))),
          await focused(),
        );
      }
    },
  },
  {
    name: 'brings back a removed file with its changes',
    async run(page) {
      const asks = () => page.evaluate(() => {
        const leaving = document.createEvent('BeforeUnloadEvent');
        leaving.initEvent('beforeunload', false, true);
        window.dispatchEvent(leaving);
        return leaving.defaultPrevented || Boolean(leaving.returnValue);
      });
      await startPage(page);
      await chooseFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      assert.equal(await asks(), false);
      await applySafeFixes(page);
      const mended = (await findings(page)).length;
      const remove = () =>
        page.evaluate(() => document.querySelector('[data-role=file] .file-tools button:last-child').click());
      for (const back of [() => click(page, 'accept'), () => page.press('Control+z')]) {
        await remove();
        // Asked first, as there is work in it.
        await until('the question', async () => /要移出吗/.test(await message(page)));
        await click(page, 'accept');
        await until('an empty list', async () => (await files(page)).length === 0);
        assert.match(await message(page), /还没有保存/);
        assert.equal(await asks(), true, 'the page could be left with unsaved changes');
        await back();
        await filesRead(page, 1);
        await until('the changes', async () => (await findings(page)).length === mended);
      }
      await click(page, 'undo');
      await until('the findings without the changes', async () => (await findings(page)).length > mended);
      assert.equal(await asks(), false);
    },
  },
  {
    name: 'says when a consolidation is outdated',
    async run(page) {
      await startPage(page);
      await dropFiles(page, RETURNS.map(fixture));
      await filesRead(page, RETURNS.length);
      await page.press('Alt+2');
      await click(page, 'consolidate');
      const outdated = () => page.evaluate(() => Boolean(document.querySelector('[data-role=outdated]')));
      const done = () => page.evaluate(() => Boolean(document.querySelector('[data-role=download-consolidated]')));
      await until('the summary', done);
      assert.equal(await outdated(), false);
      await page.press('Alt+1');
      await typeOver(page, 'F5', '11');
      await until('the new value', async () => (await shownIn(page, 'F5') ?? '').includes('11'));
      await page.press('Alt+2');
      await until('the mark', outdated);
      assert.equal(await done(), false, 'the outdated consolidation can be downloaded');
      await page.screenshot(path.join(screenshots, 'outdated.png'));
      await click(page, 'consolidate');
      await until('the summary anew', async () => (await done()) && !(await outdated()));
    },
  },
  {
    name: 'hands forms out, sends a return back and puts all periods together',
    async run(page) {
      await startPage(page);
      await page.press('Alt+3');
      const bundle = await downloaded(page, () => click(page, 'make-forms'));
      assert.ok(bundle.name.endsWith('.zip') && bundle.bytes.subarray(0, 2).toString() === 'PK', bundle.name);
      // Two submissions of one city: one of them is named as the one that counts.
      const rate = { formula: 'F4/D4', result: 0.52 };
      const again = await edited(fs.readFileSync(fixture(RETURNS[0])), { F4: 312, G4: rate });
      await page.press('Alt+1');
      await dropFiles(page, [...RETURNS, '绵阳市-2019年6月.xlsx'].map(fixture));
      await dropBytes(page, [{ name: `再报-${RETURNS[0]}`, bytes: again.toString('base64') }]);
      await filesRead(page, RETURNS.length + 2);
      await page.press('Alt+2');
      const press = (words) => page.evaluate((wanted) => {
        [...document.querySelectorAll('.filter')].find((button) => button.textContent === wanted).click();
      }, words);
      await press('2018年12月');
      await click(page, 'consolidate');
      const owed = () => (document.querySelector('[data-role=to-paste]') || { value: '' }).value;
      const notices = () => page.evaluate(owed);
      await until('what is owed', async () => (await notices()).includes('请确认以哪一份为准'));
      await page.screenshot(path.join(screenshots, 'to-paste.png'));
      await click(page, 'prefer');
      await click(page, 'consolidate');
      await until('the choice', async () => !(await notices()).includes('以哪一份为准'));
      const list = await downloaded(page, () => click(page, 'send-back'));
      assert.match(list.name, /^退回单-.*\.xlsx$/);
      await click(page, 'all-periods');
      await click(page, 'consolidate');
      await until('the download', () =>
        page.evaluate(() => Boolean(document.querySelector('[data-role=download-consolidated]'))));
      const whole = await downloaded(page, () => click(page, 'download-consolidated'));
      const sheets = [...(await readWorkbook(whole.bytes)).keys()];
      assert.ok(sheets.includes('趋势') && sheets.includes('长表'), sheets.join());
    },
  },
  {
    name: 'notices an engine that has died without a word',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [fixture(NUMBERS)]);
      await filesRead(page, 1);
      await applySafeFixes(page);
      const mended = (await findings(page)).length;
      const workers = await page.evaluate(() => {
        window.watched.workers[window.watched.workers.length - 1].terminate();
        return window.watched.workers.length;
      });
      // What is asked of the dead engine is done by the next one.
      const saved = await downloaded(page, async () => {
        await click(page, 'save');
        await until('a new worker', async () => (await watched(page)).workers > workers, 60_000);
      });
      assert.ok((await changedCells(fs.readFileSync(fixture(NUMBERS)), saved.bytes)).size > 0, 'the changes were lost');
      assert.equal((await findings(page)).length, mended);
      assert.match(await message(page), /没有回应/);
    },
  },
  {
    name: 'says in Chinese why it cannot start',
    async run(page) {
      const cases = [
        ['delete window.WebAssembly;', 'WebAssembly'],
        ['delete Array.prototype.flat;', '极速模式'],
        ["window.DataView = function () { throw new Error('broken on purpose'); };", 'broken on purpose'],
      ];
      for (const [before, words] of cases) {
        await openPage(page, before);
        await until('the message', async () => (await state(page)) === 'failed');
        const said = await text(page);
        assert.ok(said.includes(words), said);
        assert.match(said, /请/);
        assert.match(said, /版本 \d/);
      }
    },
  },
  {
    name: 'asked nothing of any network in all of this',
    mainJob: true,
    async run(page) {
      assert.deepEqual(page.requests().filter((asked) => !asked.includes('companion.invalid')), []);
    },
  },
  // The last: what a link opens stays in front of the page.
  {
    name: 'gives no other window to a script that got in',
    async run(page) {
      await startPage(page, ARMED);
      const { tried, reached } = await page.evaluate(realms);
      assert.ok(tried > 40, `${tried} ways`);
      assert.deepEqual(reached, []);
    },
  },
  {
    name: 'asks no server for a script that got in, and sees it leave',
    async run(page) {
      const asked = () => page.proxied().filter((address) => address.includes('.companion.invalid'));
      await startPage(page, ARMED);
      await until('the icon to be taken out', () => page.evaluate(() => !document.querySelector('link')));
      const { tried, fromWorker } = await page.evaluate(requests);
      assert.ok(tried > 60 && fromWorker > 10, `${tried} and ${fromWorker} ways`);
      assert.deepEqual(asked(), []);
      // What no policy forbids: the page goes away. It shows that a request would have been seen.
      await page.evaluate(() => { setTimeout(() => { location.href = 'http://left.companion.invalid/'; }); });
      await until('the request of a page that leaves', async () =>
        asked().some((address) => address.includes('left.')),
      );
    },
  },
];

/** The figures of a return's column 本期累计完成: numbers only. */
async function figures(name) {
  const [cells] = (await readWorkbook(fs.readFileSync(fixture(name)))).values();
  const [caption] = [...cells].find(([, value]) => typeof value === 'string' && value.includes('本期累计'));
  const column = caption.replace(/\d+$/, '');
  const row = Number(caption.slice(column.length));
  return [...cells]
    .filter(
      ([address, value]) =>
        typeof value === 'number' &&
        address.replace(/\d+$/, '') === column &&
        Number(address.slice(column.length)) > row,
    )
    .map(([, value]) => value);
}

/** A return as separated text whose column of figures has a name that nobody knows; base64. */
function misread() {
  const breakdown = fs.readFileSync(path.join(root, 'src', 'breakdown', 'breakdown.csv'), 'utf8').trim().split(/\r?\n/);
  const rows = breakdown.slice(1).map((line) => line.split(','))
    .map(([number, label, , , unit, target]) => `${number},${label},${unit},${target},0,1`);
  const lines = ['进展情况表,,,,,', '序号,指标内容,计量单位,目标值,上期累计完成,汇入数', ...rows];
  return Buffer.from(lines.join('\r\n')).toString('base64');
}

const choose = (page, wanted) => page.evaluate((label) => {
  const choices = [...document.querySelectorAll('[data-role=asking] .choice')];
  choices.find((one) => one.innerText.trim() === label).click();
}, wanted);
