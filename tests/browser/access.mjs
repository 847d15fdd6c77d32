// Everyone can use the page: what axe-core says of every screen in every look, large type by measure, and a whole job
// by the tree that a screen reader reads.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { load } from '../../xtask/tools/packages.mjs';
import {
  applySafeFixes, chooseFiles, click, clickCell, downloaded, drawnIn, dropBytes, dropFiles, filesRead, findings,
  planSafeFixes, startPage, typeOver,
} from './companion.mjs';
import { root, screenshots, workbooks } from './paths.mjs';
import { sleep, until } from './waiting.mjs';
import { changedCells } from './workbook.mjs';

const fixture = (name) => path.join(workbooks, name);
const RETURN = '绵阳市-2018年12月.xlsx';
const RETURNS = ['成都市-2018年12月.xlsx', RETURN, '德阳市-2018年12月.xlsx'];
const NUMBERS = '数值写法.xlsx';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const there = (page, selector) => page.evaluate((wanted) => Boolean(document.querySelector(wanted)), selector);
const shows = (page, selector) => until(selector, () => there(page, selector));
const press = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).click(), selector);
const cardAway = async (page) => {
  await press(page, '.overlay-head .icon-button');
  await until('no card', async () => !(await there(page, '.overlay')));
};

/** A 警示 by the hand: 0 where “/” is due. */
async function warned(page) {
  await startPage(page);
  await dropFiles(page, [fixture(RETURN), fixture('绵阳市-2019年6月.xlsx')]);
  await filesRead(page, 2);
  await press(page, '[data-role=file] .file-main');
  await typeOver(page, 'F10', '0');
  await shows(page, '[data-role=finding][data-code=N004]');
}

/** A return that says neither whose it is nor of when. */
function nobodys() {
  const breakdown = fs.readFileSync(path.join(root, 'src', 'breakdown', 'breakdown.csv'), 'utf8').trim().split(/\r?\n/);
  const rows = breakdown.slice(1).map((line) => line.split(','))
    .map(([number, label, , , unit, goal]) => `${number},${label},${unit},${goal},0,1`);
  const lines = ['进展情况表,,,,,', '序号,指标内容,计量单位,目标值,上期累计完成,本期累计完成', ...rows];
  return Buffer.from(lines.join('\r\n')).toString('base64');
}

/** Every screen of the page, each on from the one before it. */
const SCREENS = [
  ['start', async (page) => {
    await startPage(page);
    await shows(page, '.start-right table');
    await press(page, '.self-check summary');
  }],
  ['help', async (page) => {
    await page.press('F1');
    await shows(page, '[data-role=help]');
  }],
  ['about', async (page) => {
    await cardAway(page);
    await press(page, '.offline');
    await shows(page, '[data-role=about]');
  }],
  ['kept', async (page) => {
    await cardAway(page);
    await click(page, 'kept');
    await shows(page, '[data-role=kept].overlay');
  }],
  ['consolidation-empty', async (page) => {
    await cardAway(page);
    await page.press('Alt+2');
    await shows(page, '.consolidate');
  }],
  ['rules', async (page) => {
    await page.press('Alt+3');
    await shows(page, '[data-role=rule]');
    await press(page, '[data-role=rule] summary');
  }],
  ['notices', async (page) => {
    await page.press('Alt+1');
    await dropBytes(page, [
      { name: '通知.pdf', bytes: Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n').toString('base64') },
      { name: '空.xlsx', bytes: '' },
    ]);
    await filesRead(page, 2);
    await press(page, '.file-tools button:last-child');
    await shows(page, '.notice-line');
  }],
  ['question', async (page) => {
    await startPage(page);
    await dropBytes(page, [{ name: '表.csv', bytes: nobodys() }]);
    await filesRead(page, 1);
    await shows(page, '[data-role=whose]');
    await drawnIn(page, 'F3');
  }],
  ['column', async (page) => {
    await press(page, '[data-role=column-tab]');
    await shows(page, '[data-role=asking]');
  }],
  ['findings', async (page) => {
    await startPage(page);
    await chooseFiles(page, [fixture(NUMBERS)]);
    await filesRead(page, 1);
    await findings(page);
    await press(page, '[data-role=ignore]');
    await shows(page, '[data-role=put-away]');
    await page.press('F8');
    await shows(page, '[data-role=finding] [aria-current=true]');
  }],
  ['cell', async (page) => {
    const address = await page.evaluate(() => document.querySelector('[data-role=finding]').dataset.address);
    await clickCell(page, address);
    await shows(page, '[data-role=popover]');
  }],
  ['writing', async (page) => {
    await page.press('Escape');
    await page.type('12');
    await shows(page, '.editor.editing');
  }],
  ['find', async (page) => {
    await page.press('Escape');
    await page.press('Control+f');
    await shows(page, '[data-role=find]');
    await page.type('6');
    await until('what is found', () => page.evaluate(() =>
      /\d/.test(document.querySelector('[data-role=find-count]').textContent)));
  }],
  ['plan', async (page) => {
    await press(page, '[data-role=find-close]');
    await planSafeFixes(page);
  }],
  ['changed', async (page) => {
    await click(page, 'carry-out');
    await shows(page, '[data-role=settled]');
    await shows(page, '.cell.changed');
    await press(page, '.steps .fold');
  }],
  ['original', async (page) => {
    await click(page, 'version-original');
    await shows(page, '[data-role=original-bar]');
  }],
  ['certificate', async (page) => {
    await press(page, '[data-role=original-bar] button');
    await downloaded(page, () => click(page, 'save'));
    await shows(page, '[data-role=certificate]');
  }],
  ['explaining', async (page) => {
    await warned(page);
    await press(page, '[data-role=finding][data-code=N004] [data-role=explain]');
    await shows(page, '[data-role=explanation]');
  }],
  ['explained', async (page) => {
    await page.evaluate(() => document.querySelector('[data-role=explanation]').focus());
    await page.type('本市不承担此项');
    await click(page, 'save-explanation');
    await shows(page, '[data-role=answer]');
  }],
  ['board', async (page) => {
    await startPage(page);
    await dropFiles(page, RETURNS.map(fixture));
    await filesRead(page, RETURNS.length);
    await page.press('Alt+2');
    await shows(page, '.board-table');
  }],
  ['consolidated', async (page) => {
    await click(page, 'consolidate');
    await shows(page, '[data-role=summary]');
  }],
  ['series', async (page) => {
    await dropFiles(page, [fixture('成都市-2019年6月.xlsx')]);
    await shows(page, '[data-role=all-periods]');
    await click(page, 'all-periods');
    await click(page, 'consolidate');
    await shows(page, '.trend text');
  }],
  ['folded', async (page) => {
    await page.press('Alt+1');
    await drawnIn(page, 'B5');
    await click(page, 'fold-of-files');
    await click(page, 'fold-of-findings');
    await shows(page, '[data-role=unfold-of-findings]');
  }],
];

const theme = (name) => async (page, on) => {
  const now = await page.evaluate((role) =>
    document.querySelector(`[data-role=${role}]`).getAttribute('aria-pressed') === 'true', `switch-${name}`);
  if (now !== on) await press(page, `[data-role=switch-${name}]`);
};

/** How the page is looked at, each switched on and off again. */
const LOOKS = [
  ['usual', async () => {}],
  ['zoomed', async (page, on) => {
    // The findings are in a drawer there: closed below, open here wherever there are any.
    const drawer = await there(page, '[data-role=drawer]');
    if (on) await page.resize(683, 384);
    if (drawer) await click(page, 'drawer');
    if (!on) await page.resize(1366, 768);
  }],
  ['narrow', (page, on) => (on ? page.resize(683, 384) : page.resize(1366, 768))],
  ['large', theme('large')],
  ['contrast', theme('contrast')],
  ['dark', theme('dark')],
  ['forced', (page, on) => forced(page, on)],
];

const forced = (page, on) => page.devtools('Emulation.setEmulatedMedia', {
  features: [{ name: 'forced-colors', value: on ? 'active' : 'none' }],
});

/** axe-core in a world of its own: the page's policy lets no script in, and what axe does the page does not see. */
async function examined(page) {
  const { frameTree } = await page.devtools('Page.getFrameTree');
  const { executionContextId } = await page.devtools('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id, worldName: 'axe',
  });
  const run = async (expression) => {
    const { result, exceptionDetails } = await page.devtools('Runtime.evaluate', {
      expression, contextId: executionContextId, awaitPromise: true, returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  await run(`${fs.readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8')}; 0`);
  return (options) => run(`axe.run(document, ${JSON.stringify(options)}).then(({ violations, incomplete }) => {
    const told = (list) => list.flatMap(({ id, impact, nodes }) => nodes.map(({ target, failureSummary, any, all }) =>
      [id, impact, target.join(' '), [...any, ...all].map(({ message }) => message).join('; ')].join(' | ')));
    const undecided = incomplete.filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes);
    const contrasts = undecided.map(({ target }) => [target.join(' '), (${contrast})(target.join(' '))]);
    return { violations: told(violations), incomplete: told(incomplete), contrasts };
  })`);
}

/**
 * How far a text stands out from what lies behind it, by WCAG, and how far it must: both are put on every background
 * from the text outward, with the opacity of each; of a gradient the worst of its colours counts.
 */
function contrast(selector) {
  const part = document.querySelector(selector);
  const colours = (written) => (written.match(/(rgba?|color)\([^()]*\)/g) || []).map((one) => {
    const [red, green, blue, alpha = 1] = one.replace('color(srgb', '').match(/[\d.e-]+%?/g).map(parseFloat);
    const scale = one.startsWith('color') ? 255 : 1;
    return [red * scale, green * scale, blue * scale, alpha];
  });
  const over = (upper, lower) => {
    const alpha = upper[3] + lower[3] * (1 - upper[3]);
    const mixed = [0, 1, 2].map((at) =>
      alpha && (upper[at] * upper[3] + lower[at] * lower[3] * (1 - upper[3])) / alpha);
    return [...mixed, alpha];
  };
  const own = getComputedStyle(part);
  const ink = colours(part instanceof SVGElement ? own.fill : own.color)[0];
  // The field of the keys shows its text only while it is written in.
  if (ink[3] === 0) return { ratio: 21, least: 4.5 };
  let seen = [[ink, [0, 0, 0, 0]]];
  for (let node = part; node; node = node.parentElement) {
    const { backgroundColor, backgroundImage, opacity } = getComputedStyle(node);
    const ground = colours(backgroundColor)[0];
    const layers = [ground, ...colours(backgroundImage).map((one) => over(one, ground))];
    seen = seen.flatMap((pair) => layers.map((layer) => pair.map((colour) => {
      const [red, green, blue, alpha] = over(colour, layer);
      return [red, green, blue, alpha * opacity];
    })));
  }
  const light = (colour) => {
    const [red, green, blue] = over(colour, [255, 255, 255, 1]).slice(0, 3)
      .map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratios = seen.map(([text, ground]) => {
    const [darker, lighter] = [light(text), light(ground)].sort((one, other) => one - other);
    return (lighter + 0.05) / (darker + 0.05);
  });
  const size = parseFloat(own.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && own.fontWeight >= 700);
  return { ratio: Math.min(...ratios), least: isLarge ? 3 : 4.5 };
}

/** Text under 18 px and what can be pressed under 44 px, of all that is seen. */
const tooSmall = (page) => page.evaluate(() => {
  const small = new Set();
  const name = (part) => `${part.tagName.toLowerCase()}.${part.getAttribute('class') || part.dataset.role || part.id}`;
  const isSeen = (part) => {
    const { width, height } = part.getBoundingClientRect();
    return width > 1.5 && height > 1.5 && getComputedStyle(part).visibility === 'visible';
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const part = texts.currentNode.parentElement;
    // Of a drawing as large as it is drawn.
    const drawn = part.getBBox ? part.getBoundingClientRect().height / part.getBBox().height : 1;
    const size = parseFloat(getComputedStyle(part).fontSize) * drawn;
    if (texts.currentNode.data.trim() && size < 17.9 && isSeen(part)) small.add(`${name(part)} ${size} px`);
  }
  for (const part of document.querySelectorAll('button, a, select, textarea, input, summary')) {
    if (!isSeen(part) || part.id === 'cell-editor') continue;
    const { width, height } = (part.closest('label') || part).getBoundingClientRect();
    if (width < 43.5 || height < 43.5) small.add(`${name(part)} ${Math.round(width)}×${Math.round(height)}`);
    const size = parseFloat(getComputedStyle(part).fontSize);
    const isField = part.matches('select, textarea, input:not([type=checkbox])');
    if (isField && size < 18) small.add(`${name(part)} ${size} px`);
  }
  const bar = document.querySelector('.bottom-bar');
  if (bar && bar.scrollWidth > bar.clientWidth) small.add(`a bar of ${bar.scrollWidth} px`);
  return [...small];
});

/** Which of these cells are not wholly in sight. */
const unseen = (page, cells) => page.evaluate((wanted) => {
  const sheet = document.getElementById('sheet');
  const right = sheet.getBoundingClientRect().left + sheet.clientWidth;
  return wanted.filter((address) => {
    const cell = document.querySelector(`[data-role=cell][data-address="${address}"]`);
    return !cell || cell.getBoundingClientRect().right > right + 0.5;
  });
}, cells);

const drawn = (page) => page.evaluate(() => new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve, 50));
}));

async function everyScreen(page, looks, examine) {
  for (const [screen, open] of SCREENS) {
    await open(page);
    for (const [look, put] of looks) {
      await put(page, true);
      try {
        await drawn(page);
        await examine(screen, look);
      } finally {
        await put(page, false);
      }
    }
  }
}

export const accessScenarios = [
  {
    name: 'axe finds nothing on any screen in any look',
    newestOnly: true,
    async run(page) {
      const found = [];
      const unsure = [];
      const small = [];
      const faint = [];
      let runs = 0;
      let measured = 0;
      await everyScreen(page, LOOKS, async (screen, look) => {
        const axe = await examined(page);
        const { violations, incomplete, contrasts } = await axe({
          runOnly: TAGS, resultTypes: ['violations', 'incomplete'], iframes: false,
        });
        runs += 1;
        // What measures the large type sees that the usual one is smaller.
        if (look === 'usual') assert.ok((await tooSmall(page)).length > 0, `nothing is small on ${screen}`);
        if (look === 'large' && screen === 'explained') {
          small.push(...(await unseen(page, ['D4', 'E4', 'F4'])).map((one) => `${one} is not on the screen`));
        }
        if (look === 'large') small.push(...(await tooSmall(page)).map((one) => `${screen}: ${one}`));
        if (['large', 'forced', 'zoomed'].includes(look)) {
          await page.screenshot(path.join(screenshots, 'access', `${screen}-${look}.png`));
        }
        found.push(...violations.map((one) => `${screen} (${look}): ${one}`));
        unsure.push(...incomplete.map((one) => `${screen} (${look}): ${one}`));
        measured += contrasts.length;
        const weak = contrasts.filter(([, { ratio, least }]) => !(ratio >= least));
        faint.push(...weak.map(([where, { ratio }]) => `${screen} (${look}): ${where} ${ratio.toFixed(2)}`));
      });
      // What axe leaves to people.
      fs.mkdirSync(screenshots, { recursive: true });
      fs.writeFileSync(path.join(screenshots, 'axe-unsure.txt'), `${unsure.join('\n')}\n`);
      fs.writeFileSync(path.join(screenshots, 'axe.txt'), `${[...found, ...small, ...faint].join('\n')}\n`);
      assert.equal(runs, SCREENS.length * LOOKS.length);
      assert.deepEqual(found, []);
      assert.deepEqual(small, []);
      // What axe does not decide is measured here.
      assert.ok(measured > 0, 'axe decides every contrast by itself');
      assert.deepEqual(faint, []);
    },
  },
  {
    name: 'contrasts are measured as WCAG counts them',
    newestOnly: true,
    async run(page) {
      await startPage(page);
      const ratio = async (outer, inner) => {
        await page.evaluate((styles) => {
          const [ground, text] = styles.map((style) => Object.assign(document.createElement('p'), { style }));
          text.id = 'measured';
          ground.append(text);
          document.body.append(ground);
        }, [outer, inner]);
        const found = await page.evaluate(contrast, '#measured');
        await page.evaluate(() => document.getElementById('measured').parentElement.remove());
        return found.ratio.toFixed(2);
      };
      assert.equal(await ratio('background: #fff', 'color: #777'), '4.48');
      assert.equal(await ratio('background: #fff', 'color: #000'), '21.00');
      // Half of black on white is the grey between; so is all of it in a box that is half seen through.
      assert.equal(await ratio('background: #fff', 'color: rgba(0, 0, 0, .5)'), '3.98');
      assert.equal(await ratio('background: #fff', 'color: #000; opacity: .5'), '3.98');
      assert.equal(await ratio('background: #000', 'color: transparent'), '21.00');
      assert.equal(await ratio('background: linear-gradient(#000, #777)', 'color: #777'), '1.00');
    },
  },
  {
    name: 'a whole job is done by the keyboard, and heard',
    newestOnly: true,
    async run(page) {
      await startPage(page);
      await page.devtools('Accessibility.enable');
      const first = await heardTree(page);
      for (const [role, name] of [
        ['banner', ''], ['main', ''], ['navigation', '页面'], ['heading', '指标校核助手'], ['button', '校核'],
        ['button', '选择文件'], ['status', ''],
      ]) assert.ok(first.some((one) => one.role === role && one.name === name), `no ${role} “${name}”`);
      await page.evaluate(() => {
        window.heard = [];
        const live = document.querySelector('[data-role=announce]');
        new MutationObserver(() => window.heard.push(live.textContent.trim()))
          .observe(live, { childList: true, characterData: true, subtree: true });
      });
      const heard = async (words) => {
        await until(`the words ${words}`, () => page.evaluate((wanted) => {
          const at = window.heard.findIndex((one) => new RegExp(wanted).test(one));
          // What comes next is to be heard after it.
          if (at >= 0) window.heard.splice(0, at + 1);
          return at >= 0;
        }, words.source));
      };

      await chooseFiles(page, [fixture(NUMBERS)]);
      await heard(/1 个文件已读完，1 个有错误/);
      await drawnIn(page, 'C5');
      // The sheet: rows and columns by their headers, one stop of Tab, the cell in it that the keys are at.
      const sheet = await heardTree(page);
      const roles = (role) => sheet.filter((one) => one.role === role);
      assert.equal(roles('grid').length, 1);
      assert.ok(roles('grid')[0].name && roles('rowheader').length >= 13 && roles('columnheader').length >= 6);
      assert.ok(roles('columnheader').some(({ name }) => /成都市.*C$/.test(name)), names(roles('columnheader')));
      assert.ok(roles('rowheader').some(({ name }) => /^5/.test(name)), names(roles('rowheader')));
      assert.ok(roles('gridcell').some(({ name }) => name === '６００ 警示'), names(roles('gridcell')));
      const stops = await page.evaluate(() =>
        [...document.querySelectorAll('#sheet *')].filter((part) => part.tabIndex >= 0).map((part) => part.id));
      assert.deepEqual(stops, ['cell-editor']);
      await page.evaluate(() => document.getElementById('cell-editor').focus());
      const active = async () => (await focusedNode(page)).active;
      const start = await active();
      await page.press('ArrowDown');
      await until('the next cell to be told', async () => (await active()) !== start);

      await page.press('F8');
      await heard(/^警示，C5，/);
      await page.press('Alt+Enter');
      await heard(/^已改 C5$/);
      await heard(/^警示，D5，/);
      await page.press('Control+z');
      await heard(/^撤销了 1 处修改$/);

      await tabTo(page, '写情况说明');
      await page.press('Enter');
      await until('the field', async () => (await focusedNode(page)).role === 'textbox');
      assert.equal((await focusedNode(page)).name, '情况说明');
      await page.type('已与填报单位核实，本期确为此数');
      await page.press('Control+Enter');
      await heard(/^已说明$/);

      await tabTo(page, '收起');
      await page.press('Enter');
      await heard(/^已收起。/);

      const isAtFirst = () => page.evaluate(() => /^警示，C5，/.test(window.heard.slice(-1)));
      for (let step = 0; step < 20 && !(await isAtFirst()); step += 1) {
        await page.press('F8');
        await drawn(page);
      }
      await page.press('Alt+Enter');
      await heard(/^已改 C5$/);
      const saved = await downloaded(page, () => page.press('Control+s'));
      await heard(new RegExp(`^已另存为 ${saved.name.replace(/[()]/g, '.')}`));
      await until('the certificate to have the focus', async () => (await focusedNode(page)).role === 'dialog');
      const changed = await changedCells(fs.readFileSync(fixture(NUMBERS)), saved.bytes);
      assert.deepEqual([...changed.keys()].map((place) => place.split('!')[1]), ['C5']);
      await page.press('Escape');
      const last = await heardTree(page);
      assert.ok(!last.some(({ role }) => role === 'dialog'), 'the certificate stays');
      await page.devtools('Accessibility.disable');
    },
  },
];

const names = (list) => list.map(({ name }) => name).join(' | ');

/** Role and name of everything that a screen reader comes by. */
async function heardTree(page) {
  const { nodes } = await page.devtools('Accessibility.getFullAXTree');
  const ids = new Map(nodes.map((node) => [node.backendDOMNodeId, node.name?.value ?? '']));
  return nodes.filter((node) => !node.ignored).map(({ role, name, properties = [] }) => {
    const of = (wanted) => properties.find((one) => one.name === wanted)?.value;
    const active = of('activedescendant')?.relatedNodes?.[0]?.backendDOMNodeId;
    return {
      role: role?.value, name: name?.value ?? '', focused: Boolean(of('focused')?.value),
      active: active && `${active} ${ids.get(active)}`,
    };
  });
}

async function focusedNode(page) {
  const focused = (await heardTree(page)).filter((one) => one.focused && one.role !== 'RootWebArea');
  return focused.pop() ?? {};
}

/** Out of the sheet by F6, as Tab goes from cell to cell there, and on by Tab to the button of this name. */
async function tabTo(page, name) {
  while ((await focusedNode(page)).role === 'textbox') await page.press('F6');
  for (let step = 0; step < 120; step += 1) {
    await page.press('Tab');
    const focused = await focusedNode(page);
    if (focused.role === 'button' && focused.name === name) return;
  }
  throw new Error(`Tab comes to no button “${name}”`);
}
