// node bench.mjs [ROUNDS] – the built page file beside a page that inlines SheetJS, in every Chromium, in one run:
// each round opens both afresh, so that a busy machine is busy for both. Medians in milliseconds.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { load } from '../../xtask/tools/packages.mjs';
import { browsers } from './browsers.mjs';
import { pageFile, target, workbooks } from './paths.mjs';
import { until } from './waiting.mjs';

const rounds = Number(process.argv[2] ?? 7);
const folder = path.join(target, 'bench');
const small = path.join(workbooks, '绵阳市-2019年6月.xlsx');
const large = path.join(folder, '50000行10列.xlsx');

// Marks, in milliseconds since the page was asked for: the buttons work, the engine works, a file is taken and is read.
const WATCH = `(() => {
  const marks = window.marks = {};
  const mark = (name, holds) => { if (!(name in marks) && holds) marks[name] = performance.now(); };
  const look = () => {
    const root = document.documentElement;
    if (!root) return;
    mark('page', root.dataset.state === 'ready');
    const app = document.getElementById('app');
    mark('engine', 'page' in marks && app && !app.textContent.includes('正在准备审核'));
    const file = document.querySelector('[data-role=file]');
    mark('taken', file);
    mark('read', file && file.dataset.state !== 'reading' && file.dataset.state !== 'waiting');
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()`;

const ours = {
  file: path.join(folder, 'ours.html'),
  input: '[data-role=file-input]',
  idle: (marks) => 'engine' in marks,
};

const theirs = {
  file: path.join(folder, 'sheetjs.html'),
  input: 'input',
  idle: (marks) => 'page' in marks,
};

/** The library in the page, as the page that is ready at once; in a worker, as the one that reads without a halt. */
function sheetjsPage() {
  const library = fs.readFileSync(path.join(path.dirname(load.resolve('xlsx')), 'dist', 'xlsx.full.min.js'), 'utf8');
  const inline = (script) => script.replaceAll('</script', '<\\/script');
  const worker = `${library};onmessage = (event) => {
    postMessage(Object.keys(XLSX.read(event.data, { dense: true }).Sheets).length);
  };`;
  return `<!DOCTYPE html><html><meta charset="utf-8"><body><input type="file"><div id="app"></div>
<script>${inline(library)}</script>
<script>
document.getElementById('app').innerHTML = '<button>ok</button>';
setTimeout(() => { document.documentElement.dataset.state = 'ready'; }, 0);
let worker;
setTimeout(() => { worker = new Worker(URL.createObjectURL(new Blob([${inline(JSON.stringify(worker))}]))); }, 500);
document.querySelector('input').onchange = (event) => {
  const reader = new FileReader();
  marks.taken = performance.now();
  worker.onmessage = () => { marks.read = performance.now(); };
  reader.onload = () => worker.postMessage(reader.result, [reader.result]);
  reader.readAsArrayBuffer(event.target.files[0]);
};
</script></body></html>`;
}

/** By another producer than ours. */
async function largeWorkbook() {
  const { stream } = load('exceljs');
  const workbook = new stream.xlsx.WorkbookWriter({ filename: large, useSharedStrings: true });
  const sheet = workbook.addWorksheet('数据');
  for (let row = 0; row < 50_000; row += 1) {
    sheet
      .addRow(Array.from({ length: 10 }, (_, column) => (column === 0 ? `单位${row % 1000}` : row * 10 + column / 4)))
      .commit();
  }
  await workbook.commit();
}

const marks = (page) => page.evaluate(() => window.marks);

/** Opens the page and, once it is idle, gives it a file. */
async function visit(browser, { file, input, idle }, chosen) {
  const page = await browser.open();
  try {
    await page.open(pathToFileURL(file).href, WATCH);
    await until('the page to be idle', async () => idle(await marks(page)), 60_000);
    if (chosen) {
      // What the start has left to do in other threads is not the file's.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await page.chooseFiles(input, [chosen]);
      await until('the file to be read', async () => 'read' in (await marks(page)), 60_000);
    }
    return await marks(page);
  } finally {
    await page.close();
  }
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

fs.mkdirSync(folder, { recursive: true });
fs.copyFileSync(pageFile, ours.file);
fs.writeFileSync(theirs.file, sheetjsPage());
if (!fs.existsSync(large)) await largeWorkbook();

const columns = [
  'page ready', 'SheetJS page', 'ratio', 'engine ready', 'one return', 'SheetJS', '50,000 × 10', 'SheetJS', 'ratio',
];
console.log(`medians of ${rounds}, ms; page file of ${(fs.statSync(ours.file).size / 2 ** 20).toFixed(2)} MiB`);
console.log(`| | ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length + 1)}`);
for (const browser of browsers().filter(({ name, mainJob }) => name.startsWith('Chromium') && !mainJob)) {
  const seen = { ours: [], theirs: [], small: [], smallTheirs: [], large: [], largeTheirs: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [chosen, own, other] of [[small, seen.small, seen.smallTheirs], [large, seen.large, seen.largeTheirs]]) {
      const [mine, beside] = [await visit(browser, ours, chosen), await visit(browser, theirs, chosen)];
      seen.ours.push(mine);
      seen.theirs.push(beside);
      own.push(mine.read - mine.taken);
      other.push(beside.read - beside.taken);
    }
  }
  const [page, theirPage] = [median(seen.ours.map((one) => one.page)), median(seen.theirs.map((one) => one.page))];
  const [read, theirRead] = [median(seen.large), median(seen.largeTheirs)];
  const numbers = [
    page, theirPage, (page / theirPage).toFixed(2), median(seen.ours.map((one) => one.engine)),
    median(seen.small), median(seen.smallTheirs), read, theirRead, (read / theirRead).toFixed(2),
  ];
  const row = numbers.map((number) => (typeof number === 'number' ? Math.round(number) : number));
  console.log(`| ${browser.name} | ${row.join(' | ')} |`);
}
