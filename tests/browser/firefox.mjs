// A page in Firefox over WebDriver BiDi, with the same methods as one in Chromium.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from '../../xtask/tools/packages.mjs';
import { startProxy } from './proxy.mjs';
import { until } from './waiting.mjs';

export async function openFirefox(binary) {
  const { launch } = load('puppeteer-core');
  const proxy = await startProxy();
  const downloads = fs.mkdtempSync(path.join(os.tmpdir(), 'companion-downloads-'));
  const browser = await launch({
    browser: 'firefox',
    executablePath: binary,
    headless: true,
    defaultViewport: { width: 1366, height: 768 },
    extraPrefsFirefox: {
      'browser.download.dir': downloads,
      'browser.download.folderList': 2,
      'browser.download.always_ask_before_handling_new_types': false,
      'browser.helperApps.neverAsk.saveToDisk': 'application/octet-stream',
      'network.proxy.type': 1,
      'network.proxy.http': '127.0.0.1',
      'network.proxy.http_port': proxy.port,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': proxy.port,
      'network.proxy.allow_hijacking_localhost': true,
    },
  });
  const page = (await browser.pages())[0] ?? (await browser.newPage());
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('dialog', (dialog) => dialog.accept().catch(() => {}));

  const evaluate = (work, ...values) => page.evaluate(work, ...values);
  let added;
  return {
    downloads,
    evaluate,
    resize: (width, height) => page.setViewport({ width, height }),
    async open(url, before) {
      if (added) await page.removeScriptToEvaluateOnNewDocument(added.identifier);
      added = await page.evaluateOnNewDocument(before);
      await page.goto('about:blank');
      await page.goto(url);
      await until('the page', () =>
        evaluate(() => location.protocol === 'file:' && document.readyState === 'complete').catch(() => false),
      );
    },
    async chooseFiles(selector, files) {
      const input = await page.$(selector);
      await input.uploadFile(...files);
    },
    keysClick: false,
    async press(keys) {
      const held = keys.split('+');
      const key = held.pop();
      for (const name of held) await page.keyboard.down(name);
      await page.keyboard.press(key);
      for (const name of held.reverse()) await page.keyboard.up(name);
    },
    type: (text) => page.keyboard.type(text),
    async screenshot(file) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      await page.screenshot({ path: file });
    },
    /** Firefox calls its vendor by itself, so that only what the page asks for is counted. */
    requests: () => asked.filter((url) => !/^(file|blob|data|about):/.test(url)),
    proxied: () => proxy.asked,
    async close() {
      await browser.close();
      proxy.close();
      fs.rmSync(downloads, { recursive: true, force: true });
    },
  };
}
