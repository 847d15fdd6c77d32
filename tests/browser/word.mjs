// Word in, Word out: a return, the plan, the text about a period, a table pasted from a document.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { load } from '../../xtask/tools/packages.mjs';
import {
  applyFix, applySafeFixes, chooseFiles, click, downloaded, downloadedAll, dropFiles, filesRead, findings, message,
  paste, shownIn, startPage, text, typeOver, watched,
} from './companion.mjs';
import { root, screenshots, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';
import { changedParts, readWorkbook } from './workbook.mjs';

const { unzipSync, strFromU8 } = load('fflate');
const word = (name) => path.join(root, 'fixtures', 'word', name);
const picture = (page, name) => page.screenshot(path.join(screenshots, `word-${name}.png`));

/** What a person reads in a document. */
const read = (bytes) =>
  strFromU8(unzipSync(bytes)['word/document.xml']).replaceAll('</w:p>', '\n').replaceAll(/<[^>]*>/g, '');

export const wordScenarios = [
  {
    name: 'corrects a return in Word in place, its record beside it',
    async run(page) {
      const name = '成都市-三处差错.docx';
      const original = word(`python-docx/${name}`);
      await startPage(page);
      await dropFiles(page, [original]);
      await filesRead(page, 1);
      const places = async () => (await findings(page)).map((one) => `${one.code} ${one.address}`);
      await until('the three faults', async () => {
        const now = await places();
        return ['Q001 F4', 'Q002 F5', 'P004 G7'].every((one) => now.includes(one));
      });
      await picture(page, 'return');
      await applySafeFixes(page);
      if ((await places()).includes('P004 G7')) await applyFix(page, 'P004', 'G7');
      await until('no fault', async () => (await findings(page)).length === 0);
      if (!(await page.evaluate(() => document.querySelector('[data-role=record]').checked))) {
        await page.evaluate(() => document.querySelector('[data-role=record]').click());
      }
      const saved = await downloadedAll(page, () => click(page, 'save'), 2);
      await picture(page, 'saved');
      assert.deepEqual([...saved.keys()].sort(), ['成都市-三处差错（校核记录）.xlsx', '成都市-三处差错（校正）.docx']);
      const copy = saved.get('成都市-三处差错（校正）.docx');
      const before = fs.readFileSync(original);
      assert.deepEqual(changedParts(before, copy), ['word/document.xml']);
      assert.deepEqual(changedParts(copy, before), ['word/document.xml']);
      const [old, now] = [read(before), read(copy)].map((words) => words.split('\n'));
      assert.deepEqual(now.filter((line, at) => line !== old[at]), ['420', '390', '62.5%']);
      const record = await readWorkbook(saved.get('成都市-三处差错（校核记录）.xlsx'));
      assert.ok([...record.get('校核记录').values()].includes('420项'), 'the record does not say what stood there');
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'finds the annex in the plan in Word, the same as the one in force',
    async run(page) {
      await startPage(page);
      await page.press('Alt+3');
      for (const producer of ['python-docx', 'libreoffice']) {
        await page.chooseFiles('[data-role=breakdown-input]', [word(`${producer}/实施方案.docx`)]);
        await until('no difference', async () => (await text(page)).includes('与现行分解表完全相同'));
        if (producer === 'python-docx') await picture(page, 'plan');
        assert.match(await text(page), /实施方案\.docx：3 个市，9 项指标/);
        await click(page, 'use-breakdown');
        // The next plan's card is not this one's.
        const shown = () => page.evaluate(() => Boolean(document.querySelector('[data-role=breakdown-proposal]')));
        await until('the card away', async () => !(await shown()));
      }
    },
  },
  {
    name: 'writes the text about a period, to copy and in Word',
    async run(page) {
      await startPage(page);
      const names = ['成都市-2019年6月.xlsx', '德阳市-2019年6月.xls', '绵阳市-2018年12月.xlsx'];
      await dropFiles(page, names.map((name) => path.join(workbooks, name)));
      await filesRead(page, names.length);
      await page.press('Alt+2');
      await click(page, 'consolidate');
      const brief = await until('the text', () =>
        page.evaluate(() => (document.querySelector('textarea.brief:not([data-role])') || { value: '' }).value));
      assert.match(brief, /成都市完成420项，目标600项，完成率70%/);
      await page.evaluate(() => document.querySelector('[data-role=brief]').scrollIntoView());
      await picture(page, 'brief');
      await click(page, 'copy-brief');
      await until('the word of it', async () => /复制/.test(await message(page)));
      const marked = await page.evaluate(() => {
        const field = document.querySelector('textarea.brief:not([data-role])');
        return field.value.slice(field.selectionStart, field.selectionEnd);
      });
      // Where the browser does not copy, the text is marked for the keys.
      assert.ok(/已复制/.test(await message(page)) || marked === brief, await message(page));
      const saved = await downloaded(page, () => click(page, 'download-brief'));
      assert.match(saved.name, /\.docx$/);
      const written = read(saved.bytes);
      for (const line of brief.split('\n').map((one) => one.trim()).filter(Boolean)) {
        assert.ok(written.includes(line), `${line} is not in the document`);
      }
      assert.match(written, /附件1[^]*\n合计\n/);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
  {
    name: 'saves a table that was pasted from Word, corrected',
    async run(page) {
      await startPage(page);
      const cell = (words) => `<td><p class=MsoNormal><span lang=EN-US>${words}<o:p></o:p></span></p></td>`;
      const row = (cells) => `<tr>${cells.map(cell).join('')}</tr>`;
      const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><!--StartFragment-->
        <p class=MsoNormal>绵阳市建设指标进展情况表（2019年6月）</p><table class=MsoTableGrid>${[
    ['序号', '指标内容', '目标', '本期累计完成'],
    ['1', '推进军民科技成果双向转移转化1000项', '300', '6O'],
    ['2', '培育孵化1000家军民融合科技型中小微企业', '300', '61'],
  ].map(row).join('')}</table><!--EndFragment--></body></html>`;
      await paste(page, { 'text/html': html });
      const [file] = await filesRead(page, 1);
      assert.equal(file.name, '粘贴的表 1.xlsx');
      await until('its fault', async () => (await shownIn(page, 'D3')).includes('6O'));
      await typeOver(page, 'D3', '160');
      await until('the figure', async () => (await shownIn(page, 'D3')).includes('160'));
      await picture(page, 'pasted');
      const saved = await downloaded(page, () => click(page, 'save'));
      assert.match(saved.name, /^粘贴的表 1.*\.xlsx$/);
      const [sheet] = (await readWorkbook(saved.bytes)).values();
      assert.deepEqual(['C3', 'D3', 'D4'].map((at) => sheet.get(at)), [300, 160, 61]);
      assert.deepEqual((await watched(page)).errors, []);
    },
  },
];
