// Below the floor: the first script as a browser of twenty years ago sees it. No such browser runs here; its parser is
// acorn's, what it does not have is taken away.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import vm from 'node:vm';
import { load } from '../../xtask/tools/packages.mjs';
import { pageFile } from './paths.mjs';

// What the script asks for, and all else that came after ECMAScript 3.
const OLD = '极速模式';
const ASKED = { Promise: OLD, Worker: OLD, Blob: OLD, flat: OLD, WebAssembly: 'WebAssembly' };
const LATER = [
  'Promise', 'WebAssembly', 'JSON', 'Symbol', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Proxy', 'Reflect',
  'BigInt', 'ArrayBuffer', 'SharedArrayBuffer', 'Atomics', 'DataView', 'Uint8Array', 'Intl',
  'globalThis', 'structuredClone',
];
const OF_ES3 = {
  Array: 'concat join pop push reverse shift slice sort splice unshift toString toLocaleString',
  String: 'charAt charCodeAt concat indexOf lastIndexOf match replace search slice split substring toLowerCase '
    + 'toUpperCase toString valueOf',
  Object: 'toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable',
  Function: 'apply call toString',
  RegExp: 'exec test toString',
};

/** Runs the script where some of its names are missing; what the page says then. */
function said(script, missing, hasNothingLater) {
  const element = (name) => ({
    name, attributes: {}, parts: [], content: 'X', text: '',
    get firstChild() { return this.parts[0]; },
    appendChild(part) { this.parts.push(part); },
    removeChild(part) { this.parts.splice(this.parts.indexOf(part), 1); },
    setAttribute(key, value) { this.attributes[key] = value; },
    getAttribute(key) { return this.attributes[key]; },
  });
  const root = element('html');
  root.attributes['data-state'] = 'starting';
  const app = element('div');
  const document = {
    documentElement: root, head: element('head'), readyState: 'loading',
    getElementById: (id) => (id === 'app' ? app : element(id)),
    createElement: element,
    createTextNode: (text) => ({ text, parts: [] }),
  };
  const window = { document, navigator: { userAgent: 'Mozilla/4.0 (compatible; MSIE 8.0)' }, Worker() {}, Blob() {} };
  window.window = window;
  const context = vm.createContext(window);
  const take = `
    var gone = ${JSON.stringify(missing)}, own = ${JSON.stringify(OF_ES3)};
    if (gone.indexOf('flat') >= 0) { delete Array.prototype.flat; }
    for (var at = 0; at < gone.length; at++) { delete this[gone[at]]; }
    if (${hasNothingLater}) {
      var later = [];
      Object.keys(own).forEach(function (type) {
        var kept = own[type].split(' ').concat('constructor', 'length');
        Object.getOwnPropertyNames(this[type].prototype).forEach(function (name) {
          if (kept.indexOf(name) < 0) { later.push([this[type].prototype, name]); }
        }, this);
      }, this);
      for (at = 0; at < later.length; at++) { delete later[at][0][later[at][1]]; }
    }`;
  vm.runInContext(take, context);
  vm.runInContext(script, context);
  const words = (part) => (part.text || '') + part.parts.map(words).join('');
  return { state: root.attributes['data-state'], role: app.attributes.role, words: words(app) };
}

export const floorScenarios = [
  {
    name: 'says what to do in browsers below the floor',
    newestOnly: true,
    async run() {
      const script = fs.readFileSync(pageFile, 'utf8').match(/<script>([^]*?)<\/script>/)[1];
      assert.ok(script.includes(OLD), 'this is another script');
      load('acorn').parse(script, { ecmaVersion: 3 });
      assert.throws(() => load('acorn').parse(`${script}; let a = 1`, { ecmaVersion: 3 }));
      const told = ({ state, role, words }, wanted) => {
        assert.deepEqual([state, role], ['failed', 'alert'], words);
        for (const word of [wanted, '请', '69', '版本 X，文件编号 X']) assert.ok(words.includes(word), words);
      };
      for (const [name, wanted] of Object.entries(ASKED)) told(said(script, [name], false), wanted);
      told(said(script, [...LATER, 'Worker', 'Blob'], true), OLD);
    },
  },
];
