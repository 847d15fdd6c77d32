// What a user does with the page, and what he sees: the `data-role` marks of the page are the contract.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageFile, target } from './paths.mjs';
import { until } from './waiting.mjs';

// A place as people have it: Chinese, a blank, and characters that mean something in an address.
const desk = path.join(target, 'browser-tests', '桌面 测试', '第1季度#50%&核对');

// Runs before the page's own scripts: keeps what goes wrong and every worker that is made.
const WATCH = `
  window.watched = { violations: [], errors: [], workers: [], late: 0 };
  document.addEventListener('securitypolicyviolation', (event) => {
    // Browsers that do not know 'wasm-unsafe-eval' report the page's own wasm and compile it all the same, as
    // 'unsafe-eval' lets them. On a busy machine the report comes when the page is ready.
    const old = typeof structuredClone === 'undefined' && event.blockedURI === 'eval';
    const own = old && (document.documentElement.dataset.state === 'starting' || (watched.late += 1) === 1);
    if (!own) watched.violations.push(event.violatedDirective + ' ' + event.blockedURI);
  });
  window.addEventListener('error', (event) => watched.errors.push(String(event.message)));
  window.addEventListener('unhandledrejection', (event) => watched.errors.push(String(event.reason)));
  window.Worker = class extends window.Worker {
    constructor(url) {
      super(url);
      watched.workers.push(this);
    }
  };
`;

/** The page, opened in a browser. `before` runs ahead of its scripts. */
export async function openPage(page, before = '') {
  fs.mkdirSync(desk, { recursive: true });
  const file = path.join(desk, '指标校核助手.html');
  fs.copyFileSync(pageFile, file);
  await page.open(pathToFileURL(file).href, WATCH + before);
}

export const state = (page) => page.evaluate(() => document.documentElement.dataset.state);

/** Opens it and waits until its buttons work. */
export async function startPage(page, before) {
  await openPage(page, before);
  await until('the page to be ready', async () => {
    const now = await state(page);
    if (now === 'failed') throw new Error(await text(page));
    return now === 'ready';
  });
}

export const text = (page) => page.evaluate(() => document.body.innerText);

export const message = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-role=message], [data-role=announce], .file-why')]
      .map((part) => part.textContent)
      .join('\n'),
  );

export const chooseFiles = (page, files) => page.chooseFiles('[data-role=file-input]', files);

/** Drops files as the mouse does, with their bytes. */
export async function dropFiles(page, files) {
  const dropped = files.map((file) => ({ name: path.basename(file), bytes: fs.readFileSync(file).toString('base64') }));
  await dropBytes(page, dropped);
}

export const dropBytes = (page, dropped) => page.evaluate((list) => {
  const data = new DataTransfer();
  for (const { name, bytes } of list) {
    data.items.add(new File([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))], name));
  }
  const target = document.querySelector('main') || document.body;
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}, dropped);

/** Name and state of every file in the list, in its order. */
export const files = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-role=file]')].map((file) => ({
      name: file.dataset.fileName,
      state: file.dataset.state,
    })),
  );

export async function filesRead(page, count, milliseconds = 60_000) {
  await until(`${count} files to be read`, async () => {
    const list = await files(page);
    return list.length === count && list.every((file) => file.state !== 'reading');
  }, milliseconds);
  return files(page);
}

export async function selectFile(page, name) {
  await page.evaluate((wanted) => {
    const file = [...document.querySelectorAll('[data-role=file]')].find((one) => one.dataset.fileName === wanted);
    if (!file) throw new Error(`${wanted} is not in the list`);
    file.querySelector('button').click();
  }, name);
  await until(`${name} to be selected`, () => page.evaluate((wanted) => {
    const current = document.querySelector('[data-role=file] [aria-current=true]');
    return Boolean(current) && current.closest('[data-role=file]').dataset.fileName === wanted;
  }, name));
}

/** Code, address and tier of every finding, those folded under another one included. */
export async function findings(page) {
  await page.evaluate(() => {
    for (const fold of document.querySelectorAll('[data-role=finding] [aria-expanded=false]')) fold.click();
  });
  await until('unfolded findings', () =>
    page.evaluate(() => !document.querySelector('[data-role=finding] [aria-expanded=false]')),
  );
  return page.evaluate(() => [...document.querySelectorAll('[data-role=finding]')].map((finding) => ({
    code: finding.dataset.code,
    address: finding.dataset.address || null,
    tier: finding.dataset.tier,
    folded: finding.dataset.folded === 'true',
  })));
}

/** 整改对账 of the selected file, unfolded: what it is compared with, how many of each kind, code and address of each;
 * null where there is none. */
export async function since(page) {
  const toggled = await page.evaluate(() => {
    const toggle = document.querySelector('[data-role=since-toggle]');
    if (toggle && toggle.getAttribute('aria-expanded') === 'false') toggle.click();
    return Boolean(toggle);
  });
  if (!toggled) return null;
  await until('the unfolded comparison', () =>
    page.evaluate(() => !document.querySelector('[data-role=since-toggle][aria-expanded=false]')),
  );
  return page.evaluate(() => {
    const section = document.querySelector('[data-role=since]');
    if (!section) return null;
    const groups = {};
    for (const title of section.querySelectorAll('h3')) {
      groups[title.textContent] = [...title.nextElementSibling.children].map((line) =>
        line.textContent.split(' ', 2).join(' '),
      );
    }
    const counts = ['fixed', 'left', 'new'].map((kind) =>
      Number(section.querySelector(`[data-role=since-${kind}] b`).textContent),
    );
    return { source: section.querySelector('p').textContent, counts, groups };
  });
}

export const shownIn = (page, address) => page.evaluate((wanted) => {
  const cell = document.querySelector(`[data-role=cell][data-address="${wanted}"]`);
  return cell && cell.textContent;
}, address);

/** What a cell shows, once its sheet is drawn: the cells come after the findings. */
export const drawnIn = (page, address) => until(`the cell ${address}`, () => shownIn(page, address));

/** Puts the cursor on a cell with the mouse. */
export async function clickCell(page, address) {
  await drawnIn(page, address);
  await page.evaluate((wanted) => {
    const cell = document.querySelector(`[data-role=cell][data-address="${wanted}"]`);
    for (const kind of ['mousedown', 'mouseup', 'click'])
      cell.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, detail: 1 }));
  }, address);
}

/** Types a text over what stands in a cell, by the keyboard. */
export async function typeOver(page, address, text) {
  await clickCell(page, address);
  await page.press('F2');
  await until('the editor', () => page.evaluate(() => /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)));
  await page.press('Control+a');
  await page.type(text);
  await page.press('Enter');
}

export async function click(page, role) {
  await until(`the button ${role}`, () => page.evaluate((wanted) => {
    const button = document.querySelector(`[data-role="${wanted}"]`);
    return Boolean(button) && !button.disabled;
  }, role));
  await page.evaluate((wanted) => document.querySelector(`[data-role="${wanted}"]`).click(), role);
}

/** Presses the button that has the focus, by Enter. In Firefox under automation a key clicks nothing, in no page. */
export async function pressFocused(page) {
  await page.press('Enter');
  if (!page.keysClick) await page.evaluate(() => document.activeElement.click());
}

/**
 * Applies all safe fixes and waits until the page says what they did: only then are the findings those of the changed
 * sheet.
 */
export async function applySafeFixes(page) {
  await planSafeFixes(page);
  await click(page, 'carry-out');
  await safeFixesApplied(page);
}

/** Opens the card that says what all safe fixes would change, and waits until it does. */
export async function planSafeFixes(page) {
  await click(page, 'apply-safe');
  await until('what would be changed', () =>
    page.evaluate(() => Boolean(document.querySelector('[data-role=carry-out]:enabled'))));
}

export const safeFixesApplied = (page) =>
  until('the word that the safe fixes are applied', async () => /采用了 \d+ 条稳妥修改/.test(await message(page)));

/** Ends the worker as a trap in the engine does: it is dead, and the browser reports an error. `role`: a button that is
 * clicked just before, so that what it asks for is never answered. */
export async function crash(page, role = null) {
  const workers = await page.evaluate((clicked) => {
    if (clicked) document.querySelector(`[data-role="${clicked}"]`).click();
    const count = window.watched.workers.length;
    const worker = window.watched.workers[count - 1];
    worker.terminate();
    worker.dispatchEvent(new ErrorEvent('error', { message: 'RuntimeError: unreachable', cancelable: true }));
    return count;
  }, role);
  await until('a new worker', async () => (await watched(page)).workers > workers);
}

/** Applies the fix of one finding. */
export async function applyFix(page, code, address) {
  const found = await page.evaluate((wantedCode, wantedAddress) => {
    const one = [...document.querySelectorAll('[data-role=finding]')]
      .find((finding) => finding.dataset.code === wantedCode && (finding.dataset.address || null) === wantedAddress);
    const button = one && one.querySelector('[data-role=apply]');
    if (button) button.click();
    return Boolean(button);
  }, code, address);
  if (!found) throw new Error(`${code} at ${address} has no fix to apply`);
}

/** What `act` makes the browser save: name and bytes. */
export async function downloaded(page, act) {
  const [[name, bytes]] = await downloadedAll(page, act, 1);
  return { name, bytes };
}

/** The bytes of several files by their names. */
export async function downloadedAll(page, act, count) {
  // A second download of the same name would take the place of the first.
  for (const old of fs.readdirSync(page.downloads)) fs.rmSync(path.join(page.downloads, old));
  await act();
  const whole = (file) =>
    !/\.(crdownload|part|tmp)$|^\.org|^\.com/.test(file) &&
    !fs.existsSync(path.join(page.downloads, `${file}.part`)) &&
    fs.statSync(path.join(page.downloads, file)).size > 0;
  const names = await until(`${count} downloads`, () => {
    const there = fs.readdirSync(page.downloads).filter(whole);
    return there.length >= count && there;
  }, 60_000);
  return new Map(names.map((name) => [name, fs.readFileSync(path.join(page.downloads, name))]));
}

/** A paste outside the sheet, with what is on the clipboard. */
export const paste = (page, data) => page.evaluate((given) => {
  const transfer = new DataTransfer();
  for (const type of Object.keys(given)) transfer.setData(type, given[type]);
  const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'clipboardData', { value: transfer });
  document.body.dispatchEvent(event);
}, data);

/** What went wrong in the page so far. */
export const watched = (page) =>
  page.evaluate(() => ({ violations: watched.violations, errors: watched.errors, workers: watched.workers.length }));
