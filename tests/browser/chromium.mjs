// A page in any Chromium, with the same methods as one in Firefox.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { start } from './cdp.mjs';
import { startProxy } from './proxy.mjs';
import { until } from './waiting.mjs';

const MODIFIERS = { Alt: 1, Control: 2, Shift: 8 };
const CODES = {
  Tab: 9, Enter: 13, Escape: 27, Delete: 46, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40,
  PageUp: 33, PageDown: 34, End: 35, Home: 36,
};
const EDITING = { c: ['copy'], x: ['cut'], v: ['paste'] };

/** `callsHome`: the browser itself calls its vendor, so that only what the page asks for can be counted. */
export async function openChromium({ binary, flags, libraries, callsHome = false }) {
  const proxy = await startProxy();
  const browser = await start({ binary, flags, libraries }, [
    `--proxy-server=http://${proxy.address}`,
    '--proxy-bypass-list=<-loopback>',
  ]);
  const downloads = fs.mkdtempSync(path.join(os.tmpdir(), 'companion-downloads-'));
  const asked = [];
  const { send } = browser;
  await send('Page.enable');
  await send('Runtime.enable');
  await send('Network.enable');
  await send('DOM.enable');
  browser.on('Network.requestWillBeSent', ({ request }) => asked.push(request.url));
  browser.on('Network.webSocketCreated', ({ url }) => asked.push(url));
  browser.on('Page.javascriptDialogOpening', () =>
    send('Page.handleJavaScriptDialog', { accept: true }).catch(() => {}),
  );
  const resize = (width, height) =>
    send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  await resize(1366, 768);
  const behaviour = { behavior: 'allow', downloadPath: downloads };
  await send('Page.setDownloadBehavior', behaviour).catch(() =>
    browser.sendToBrowser('Browser.setDownloadBehavior', behaviour),
  );

  let added;
  async function evaluate(work, ...values) {
    const expression = `(${work})(...${JSON.stringify(values)})`;
    const { result, exceptionDetails } = await send('Runtime.evaluate', {
      expression, returnByValue: true, awaitPromise: true, userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  return {
    downloads,
    evaluate,
    /** The debugger itself, for what only it can do. */
    devtools: send,
    /** Every task of the page's main thread while something is done: how long by the clock, and how long at work,
     * which a machine with more to do does not stretch; in milliseconds, the longest work first. */
    async tasks(work) {
      const events = [];
      const ended = new Promise((resolve) => browser.on('Tracing.tracingComplete', resolve));
      browser.on('Tracing.dataCollected', ({ value }) => events.push(...value));
      // As the oldest browser takes it.
      await send('Tracing.start', { transferMode: 'ReportEvents', categories: 'toplevel,devtools.timeline' });
      await work();
      await send('Tracing.end');
      await ended;
      const thread = ({ pid, tid }) => `${pid} ${tid}`;
      const main = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
      const threads = new Set(main.map(thread));
      return events
        .filter((event) => event.ph === 'X' && threads.has(thread(event)) && event.dur >= event.tdur)
        .map(({ name, dur, tdur }) => ({ name, clock: dur / 1000, work: tdur / 1000 }))
        .sort((one, other) => other.work - one.work);
    },
    /** CSS pixels of the window's inside. */
    resize,
    async open(url, before) {
      if (added) await send('Page.removeScriptToEvaluateOnNewDocument', { identifier: added });
      added = (await send('Page.addScriptToEvaluateOnNewDocument', { source: before })).identifier;
      await send('Page.navigate', { url: 'about:blank' });
      await until('an empty page', () => evaluate(() => location.href === 'about:blank').catch(() => false));
      await send('Page.navigate', { url });
      await until('the page', () =>
        evaluate(() => location.protocol === 'file:' && document.readyState === 'complete').catch(() => false),
      );
    },
    async chooseFiles(selector, files) {
      const { root } = await send('DOM.getDocument');
      const { nodeId } = await send('DOM.querySelector', { nodeId: root.nodeId, selector });
      await send('DOM.setFileInputFiles', { nodeId, files });
    },
    keysClick: true,
    async press(keys) {
      const held = keys.split('+');
      const key = held.pop();
      const modifiers = held.reduce((sum, name) => sum + MODIFIERS[name], 0);
      const code = CODES[key] ?? (/^F\d+$/.test(key) ? 111 + Number(key.slice(1)) : key.toUpperCase().charCodeAt(0));
      const event = {
        key,
        modifiers,
        windowsVirtualKeyCode: code,
        code: key.length === 1 ? `Key${key.toUpperCase()}` : key,
        // What a keyboard of the desk would make of it; old browsers pass over this.
        commands: held.includes('Control') ? EDITING[key] : undefined,
      };
      // Enter and Tab act on a button by the character that they type.
      const text = key === 'Enter' && !modifiers ? '\r' : undefined;
      await send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', ...event, text });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async type(text) {
      for (const character of text) await send('Input.dispatchKeyEvent', { type: 'char', text: character });
    },
    /** `scale`: smaller than on the screen. */
    async screenshot(file, scale) {
      const { width, height } = scale ? await evaluate(() => ({ width: innerWidth, height: innerHeight })) : {};
      const clip = scale && { x: 0, y: 0, width, height, scale };
      const { data } = await send('Page.captureScreenshot', { format: 'png', clip });
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, Buffer.from(data, 'base64'));
    },
    /** What a printer would get. */
    async pdf() {
      const { data } = await send('Page.printToPDF', { preferCSSPageSize: true });
      return Buffer.from(data, 'base64');
    },
    /** Every address that was asked for, by the page and, where it does not call its vendor, by the whole browser. */
    requests: () => [
      ...asked.filter((url) => !/^(file|blob|data|about):/.test(url)),
      ...(callsHome ? [] : proxy.asked),
    ],
    proxied: () => proxy.asked,
    async close() {
      await browser.close();
      proxy.close();
      fs.rmSync(downloads, { recursive: true, force: true });
    },
  };
}
