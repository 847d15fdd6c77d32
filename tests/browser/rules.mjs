// 模板与规则: a rule is found, leads to what it has found, is switched off for a reason and on again.
import assert from 'node:assert/strict';
import path from 'node:path';
import { chooseFiles, click, files, filesRead, findings, startPage } from './companion.mjs';
import { screenshots, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';

const UNMOVED = '德阳市-2019年6月.xls';

const has = (page, selector) => page.evaluate((wanted) => Boolean(document.querySelector(wanted)), selector);

/** Writes into a field as a hand would, as far as the page can tell. */
const write = (page, role, text) => until(`the field ${role}`, () => page.evaluate(([wanted, words]) => {
  const field = document.querySelector(`[data-role=${wanted}]`);
  if (!field) return false;
  field.focus();
  field.value = words;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  return true;
}, [role, text]));

const rule = (code) => `[data-role=rule][data-code=${code}]`;
const unfold = (page, code) =>
  page.evaluate((wanted) => { document.querySelector(wanted).open = true; }, rule(code));
const stateOf = async (page) => (await files(page))[0].state;

export const ruleScenarios = [
  {
    name: 'switches a rule off for a reason, says so everywhere, and on again',
    async run(page) {
      await startPage(page);
      await chooseFiles(page, [path.join(workbooks, UNMOVED)]);
      await filesRead(page, 1);
      assert.equal(await stateOf(page), 'warnings');
      await page.press('Alt+3');
      await write(page, 'search-rules', '没有变化');
      await until('one rule', async () => (await has(page, rule('P002'))) && !(await has(page, rule('P001'))));
      await unfold(page, 'P002');
      await page.screenshot(path.join(screenshots, 'rule.png'));
      // It leads to what it has found.
      await click(page, 'show-rule');
      await until('the finding', async () => (await findings(page)).length === 1 && has(page, '[data-role=sifted]'));
      await page.press('Alt+3');
      await write(page, 'search-rules', 'P002');
      await until('the rule', () => has(page, rule('P002')));
      await unfold(page, 'P002');
      await write(page, 'off-reason', '省厅已同意本期不更新');
      await until('the button', () => has(page, '[data-role=switch-off]:not([disabled])'));
      await click(page, 'switch-off');
      await until('the word above', () => has(page, '[data-role=rules-off]'));
      await page.screenshot(path.join(screenshots, 'rule-off.png'));
      await page.press('Alt+1');
      await until('no finding', async () => (await stateOf(page)) === 'clean');
      const said = () => page.evaluate(() => document.body.innerText);
      await until('why it passes', async () => (await said()).includes('未发现问题，但关了 1 条规则'));
      await page.screenshot(path.join(screenshots, 'passes-with-rule-off.png'));
      await page.press('Alt+2');
      await click(page, 'consolidate');
      await until('the rule beside the consolidated table', () => has(page, '[data-role=rules-not-run]'));
      const named = /没有按它审核：P002 .*省厅已同意/;
      assert.match(await page.evaluate(() => document.querySelector('[data-role=rules-not-run]').textContent), named);
      assert.match(await page.evaluate(() => document.getElementById('brief').value), named);
      await page.screenshot(path.join(screenshots, 'consolidated-with-rule-off.png'));
      await click(page, 'rules-off');
      await write(page, 'search-rules', '');
      await until('all rules', () => has(page, rule('P001')));
      await page.screenshot(path.join(screenshots, 'rules.png'));
      const slip = (code) =>
        page.evaluate((wanted) => document.querySelector(`${wanted} summary`).textContent, rule(code));
      assert.match(await slip('Q002'), /填报：６００ → 应为：600$/);
      await unfold(page, 'P001');
      assert.ok(await has(page, `${rule('P001')} [data-role=stays-on]`));
      await unfold(page, 'P002');
      await click(page, 'switch-on');
      await page.press('Alt+1');
      await until('the finding again', async () => (await stateOf(page)) === 'warnings');
    },
  },
];
