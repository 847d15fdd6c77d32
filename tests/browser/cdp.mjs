// Starts any Chromium and speaks the DevTools protocol with it; the clients on npm do not speak with the old ones.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from '../../xtask/tools/packages.mjs';
import { sleep } from './waiting.mjs';

const WebSocket = load('ws');
const common = [
  '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--remote-debugging-port=0',
];

/** Starts the browser with an empty profile. `send` speaks to its first page, `sendToBrowser` to the browser. */
export async function start({ binary, flags, libraries }, extraFlags = []) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'companion-'));
  const child = spawn(binary, [...flags, ...common, `--user-data-dir=${profile}`, ...extraFlags, 'about:blank'], {
    env: { ...process.env, LD_LIBRARY_PATH: libraries ?? '' },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killed = () => {
    try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended by itself */ }
  };
  try {
    const address = await listening(child);
    const browser = await connect(address);
    const page = await connect(await firstPage(new URL(address).port));
    return {
      send: page.send,
      on: page.on,
      sendToBrowser: browser.send,
      async close() {
        page.close();
        browser.close();
        killed();
        await sleep(200);
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (error) {
    killed();
    throw error;
  }
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`the browser did not start: ${said.slice(-400)}`)), 30_000);
    child.on('exit', (code, signal) => reject(new Error(`the browser ended (${code ?? signal}): ${said.slice(-400)}`)));
    child.on('error', reject);
    child.stderr.on('data', (data) => {
      said += data;
      const address = said.match(/DevTools listening on (ws:\/\/\S+)/);
      if (address) {
        clearTimeout(late);
        resolve(address[1]);
      }
    });
  });
}

async function firstPage(port) {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
    const page = targets.find((target) => target.type === 'page');
    if (page) return page.webSocketDebuggerUrl;
    await sleep(100);
  }
  throw new Error('the browser opened no page');
}

async function connect(address) {
  const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 2 ** 30 });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const waiting = new Map();
  const listeners = new Map();
  let last = 0;
  socket.on('message', (message) => {
    const { id, method, params, result, error } = JSON.parse(message);
    if (id === undefined) {
      for (const listener of listeners.get(method) ?? []) listener(params);
      return;
    }
    const answer = waiting.get(id);
    waiting.delete(id);
    if (error) answer?.reject(new Error(`${answer.method}: ${error.message}`));
    else answer?.resolve(result);
  });
  return {
    send(method, params = {}) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${method}: no answer in 60 s`)), 60_000);
        const settled = (settle) => (value) => {
          clearTimeout(late);
          settle(value);
        };
        waiting.set(id, { method, resolve: settled(resolve), reject: settled(reject) });
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    on(method, listener) {
      listeners.set(method, [...(listeners.get(method) ?? []), listener]);
    },
    close: () => socket.terminate(),
  };
}
