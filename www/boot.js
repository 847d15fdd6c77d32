/* The first script of the page; read it without tools, it is not minified. Old style on purpose: Internet Explorer parses it. */
(function () {
  var root = document.documentElement, app = document.getElementById('app'), urls = window.URL || window.webkitURL, policy, source, first, fonts, i;
  function meta(name) { return document.getElementById('companion-' + name).content; }
  function text(id) { return document.getElementById(id).textContent; }
  function say(title, advice, detail) {
    root.setAttribute('data-state', 'failed');
    while (app.firstChild) { app.removeChild(app.firstChild); }
    var lines = [title, advice, detail], tags = ['h1', 'p', 'pre'], part;
    for (i = 0; i < 3; i++) {
      part = document.createElement(tags[i]);
      part.appendChild(document.createTextNode(lines[i]));
      app.appendChild(part);
    }
    app.setAttribute('role', 'alert');
  }
  function about(error) { return error + '\n版本 ' + meta('version') + '，文件编号 ' + meta('build') + '\n' + navigator.userAgent; }
  function failed(error) {
    if (root.getAttribute('data-state') !== 'starting') { return; }
    say('没有启动成功', '请关闭后重新打开本文件。仍不成功时，请把下面的文字连同浏览器名称告诉管理员。', about(error));
  }
  function tighten() {
    var added = window.companionPolicy;
    added.content = root.getAttribute('data-strict-policy');
    document.head.appendChild(added);
  }
  if (typeof Promise === 'undefined' || typeof Worker === 'undefined' || typeof Blob === 'undefined' || typeof [].flat !== 'function') {
    return say('这个浏览器的内核过旧，本工具无法运行',
      '使用 360、QQ、搜狗等浏览器时，请点地址栏右侧的图标切换到“极速模式”；否则请改用谷歌浏览器（Chrome）69 以上版本、新版 Edge 或火狐浏览器 ESR 版打开本文件。', about(''));
  }
  if (typeof WebAssembly !== 'object') {
    return say('浏览器没有开启 WebAssembly，本工具无法运行', '请改用谷歌浏览器（Chrome）69 以上版本、新版 Edge 或火狐浏览器 ESR 版；如被单位的安全策略停用，请与管理员联系。', about(''));
  }
  var modern = typeof structuredClone === 'function'; // Came after 'wasm-unsafe-eval', so that the strict policy cannot stop wasm.
  if (modern) { tighten(); }
  policy = window.trustedTypes ? window.trustedTypes.createPolicy('app-worker', { createScriptURL: function () { return source; } }) : null;
  function parsed(then) { if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', then); } else { then(); } }
  function thread() { // The worker unpacks and compiles the engine by itself.
    source = source || urls.createObjectURL(new Blob([text('engine-script')], { type: 'text/javascript' }));
    return new Worker(policy ? policy.createScriptURL('') : source);
  }
  function begin() { // Called as soon as the page's own module is there; the engine's is still being read then.
    try { // Older browsers hide from `window.onerror` what went wrong in a file.
      WebAssembly.compile(packing.unpack(text('page-wasm'))).then(function (module) {
        first = thread(); // It starts while the page draws: compilers and page have the processor to themselves before.
        first.onerror = function () { first = null; };
        return wasm_bindgen({ module_or_path: module });
      }).then(function () { if (!modern) { tighten(); } }, failed);
    } catch (error) { failed(error); }
  }
  window.addEventListener('error', function (event) { failed(event.message); });
  function startEngine() { // Called when the first view is drawn. It is laid out before the compilers are at full work: see index.html.
    var worker = first || thread();
    first = null;
    parsed(function () { fonts = document.getElementById('fonts').offsetHeight; worker.postMessage(text('engine-wasm')); });
    return worker;
  }
  window.companion = { version: meta('version'), build: meta('build'), begin: begin, startEngine: startEngine };
})();
