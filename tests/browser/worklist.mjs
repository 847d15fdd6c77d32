// The findings as a worklist: what of them is shown, 全部采用 before it is done, the original to compare.
import assert from 'node:assert/strict';
import path from 'node:path';
import {
  applyFix, applySafeFixes, chooseFiles, click, clickCell, drawnIn, filesRead, findings, message, planSafeFixes,
  pressFocused, safeFixesApplied, shownIn, startPage, watched,
} from './companion.mjs';
import { screenshots, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';

const NUMBERS = '数值写法.xlsx';

async function openSample(page, name = NUMBERS) {
  await startPage(page);
  await chooseFiles(page, [path.join(workbooks, name)]);
  await filesRead(page, 1);
  await until('the findings', async () => (await findings(page)).length > 0);
}

const places = async (page) => (await findings(page)).map((one) => `${one.code} ${one.address}`);

const has = (page, selector) => page.evaluate((wanted) => Boolean(document.querySelector(wanted)), selector);

/** The ways to choose, each with its words. */
const choices = (page, role) => page.evaluate((wanted) => {
  const select = document.querySelector(`[data-role=${wanted}]`);
  return select && [...select.options].map((option) => ({ value: option.value, words: option.textContent }));
}, role);

const choose = (page, role, value) => page.evaluate((wanted, chosen) => {
  const select = document.querySelector(`[data-role=${wanted}]`);
  select.value = chosen;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}, role, value);

const counted = (words) => Number(words.match(/（(\d+)）$/)[1]);

/** The card that the user is at. */
const current = (page) => page.evaluate(() => {
  const card = document.querySelector('.card.selected');
  return card && `${card.dataset.code} ${card.dataset.address}`;
});

/** What would be changed, line by line. */
const plan = (page) => page.evaluate(() => [...document.querySelectorAll('[data-role=planned]')].map((line) => ({
  address: line.dataset.address,
  code: line.dataset.code,
  done: line.querySelector('input').checked,
  words: line.textContent,
})));

const picture = (page, name) => page.screenshot(path.join(screenshots, `worklist-${name}.png`));

export const worklistScenarios = [
  {
    name: 'filters the findings, goes through what is shown, and shows all again by one click',
    async run(page) {
      await openSample(page);
      const all = await places(page);
      // A way to choose is there only where it divides anything: nothing is settled yet.
      assert.equal(await has(page, '[data-role=sift-outcome]'), false);
      const rules = (await choices(page, 'sift-rule')).slice(1);
      assert.ok(rules.length > 1 && rules.every(({ value, words }) => words.startsWith(`${value} `)), `${rules}`);
      assert.equal(rules.reduce((sum, { words }) => sum + counted(words), 0), all.length);
      const [{ value: rule, words }] = [...rules].sort((a, b) => counted(b.words) - counted(a.words));
      await choose(page, 'sift-rule', rule);
      await until('the findings of one rule', async () => (await places(page)).length === counted(words));
      assert.ok((await places(page)).every((one) => one.startsWith(rule)));
      assert.match(await page.evaluate(() => document.querySelector('[data-role=sifted]').textContent), /已筛选/);
      await picture(page, 'filtered');
      const went = new Set();
      for (let press = 0; press <= counted(words); press += 1) {
        await page.press('F8');
        went.add(await until('a finding', () => current(page)));
      }
      assert.deepEqual([...went].sort(), all.filter((one) => one.startsWith(rule)).sort());
      await click(page, 'sift-off');
      await until('all of them', async () => (await places(page)).length === all.length);
      const value = await page.evaluate(() => document.querySelector('[data-role=sift-rule]').value);
      assert.equal(value, '', 'the way to choose says otherwise');
      // What was done is a state of its own.
      await applySafeFixes(page);
      await until('the states', () => has(page, '[data-role=sift-outcome]'));
      await choose(page, 'sift-outcome', 'changed');
      await until('what was changed alone', async () => (await findings(page)).length === 0);
      const changed = await page.evaluate(() => document.querySelectorAll('[data-role=settled]').length);
      const told = (await choices(page, 'sift-outcome')).find(({ value }) => value === 'changed');
      assert.equal(changed, counted(told.words));
      await click(page, 'bar-sift-off');
      await until('no filter', async () => !(await has(page, '[data-role=sifted]')));
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'shows what all safe fixes would change, leaves one out, and is undone in one step',
    async run(page) {
      await openSample(page);
      const before = await places(page);
      await planSafeFixes(page);
      const lines = await plan(page);
      assert.ok(lines.length > 2 && lines.every(({ done, words }) => done && /原表|改存为数值|插入一行/.test(words)));
      assert.deepEqual(await places(page), before, 'something was changed already');
      await picture(page, 'plan');
      // Nothing is done by Esc.
      await page.press('Escape');
      await until('the card to be closed', async () => !(await has(page, '[data-role=carry-out]')));
      assert.deepEqual(await places(page), before);
      // One is taken out by the mouse; the rest is done by the key of the button that has the focus.
      await planSafeFixes(page);
      const focused = () => page.evaluate(() => document.activeElement.dataset.role);
      await until('the focus', async () => (await focused()) === 'carry-out');
      const left = lines[1];
      await page.evaluate(() => document.querySelectorAll('[data-role=planned] input')[1].click());
      const words = `采用这 ${lines.length - 1} 处`;
      const button = () => page.evaluate(() => {
        const own = document.querySelector('[data-role=carry-out]');
        return own.disabled ? '' : own.textContent;
      });
      await until(words, async () => (await button()) === words);
      assert.deepEqual((await plan(page)).map(({ done }) => done), lines.map((_, at) => at !== 1));
      await page.evaluate(() => document.querySelector('[data-role=carry-out]').focus());
      await pressFocused(page);
      await safeFixesApplied(page);
      const after = await places(page);
      assert.ok(after.includes(`${left.code} ${left.address}`), `${left.code} ${left.address} was not left out`);
      const [done] = lines.filter((line) => line !== left);
      assert.ok(!after.includes(`${done.code} ${done.address}`));
      // Nothing that had the focus is gone without another having it.
      assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY');
      await page.press('Control+z');
      await until('everything as before', async () => (await places(page)).join() === before.join());
      assert.equal(await page.evaluate(() => document.querySelectorAll('[data-role=taken-back]').length > 0), true);
      // Nothing says any more that it is done.
      assert.doesNotMatch(await message(page), /采用了/);
      await picture(page, 'taken-back');
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'shows the original beside the corrected sheet and lets nobody change it',
    async run(page) {
      await openSample(page);
      assert.equal(await has(page, '[data-role=version-original]'), false, 'there is nothing to compare');
      const cells = (await findings(page)).map((one) => one.address).filter((one) => /^[A-Z]+\d+$/.test(one || ''));
      const [address] = cells;
      const shown = () => page.evaluate((wanted) => {
        const cell = document.querySelector(`[data-role=cell][data-address="${wanted}"]`);
        return cell && { now: cell.querySelector('.shown').textContent, changed: /\bchanged\b/.test(cell.className) };
      }, address);
      await drawnIn(page, address);
      const { now: original } = await shown();
      await applySafeFixes(page);
      await until('the corrected cell', async () => (await shown()).changed);
      const corrected = await shownIn(page, address);
      await click(page, 'version-original');
      await until('the original cell', async () => {
        const cell = await shown();
        return cell.now === original && cell.changed && (await shownIn(page, address)) !== corrected;
      });
      await until('the words over it', () => has(page, '[data-role=original-bar]'));
      await picture(page, 'original');
      await clickCell(page, address);
      await page.press('F2');
      await page.type('123');
      await page.press('Delete');
      await until('the word that it stays', async () => (await message(page)).includes('不能改'));
      assert.equal((await shown()).now, original);
      await page.press('F8');
      await until('the corrected sheet', async () => !(await has(page, '[data-role=original-bar]')));
      await until('the corrected cell again', async () => (await shownIn(page, address)) === corrected);
      await picture(page, 'corrected');
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'goes on to the next finding with the focus after a click of the mouse, and says what was undone',
    async run(page) {
      await openSample(page);
      const at = () => page.evaluate(() => {
        const card = document.activeElement.closest('.card');
        return card && card.className.includes('selected') ? `${card.dataset.code} ${card.dataset.address}` : null;
      });
      const fixed = await page.evaluate(() => {
        const one = document.querySelector('[data-role=finding] [data-role=apply]').closest('[data-role=finding]');
        // As the mouse does: the button has the focus, then it is clicked.
        one.querySelector('[data-role=apply]').focus();
        return { code: one.dataset.code, address: one.dataset.address };
      });
      await applyFix(page, fixed.code, fixed.address);
      const gone = async () => !(await places(page)).includes(`${fixed.code} ${fixed.address}`);
      await until('the finding to be settled', gone);
      const next = await until('the focus on the next card', at);
      assert.equal(next, await current(page));
      // Taken back by its own button: it says so and has the focus again.
      await page.evaluate(() => {
        const button = document.querySelector('[data-role=settled] .button');
        button.focus();
        button.click();
      });
      const marked = () => page.evaluate(() => [...document.querySelectorAll('[data-role=taken-back]')].map((mark) => {
        const { code, address } = mark.closest('[data-role=finding]').dataset;
        return { code, address };
      }));
      await until('the mark', async () => (await marked()).length > 0);
      assert.deepEqual(await marked(), [fixed]);
      await until('the focus', () => page.evaluate(() => document.activeElement !== document.body));
      await applyFix(page, fixed.code, fixed.address);
      await until('the mark to go', async () => (await marked()).length === 0 && (await gone()));
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'takes the focus along where it is on a card, so that Enter is about the finding gone to',
    async run(page) {
      await openSample(page);
      await page.evaluate(() => document.querySelector('[data-role=finding] [data-role=apply]').focus());
      for (let press = 0; press < 3; press += 1) {
        await page.press('F8');
        await until('the focus on the card', () => page.evaluate(() => {
          const card = document.activeElement.closest('.card');
          return Boolean(card) && card === document.querySelector('.card.selected');
        }));
      }
      // From the sheet it stays there.
      await clickCell(page, 'B8');
      await page.press('F8');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'cell-editor');
    },
  },
];
