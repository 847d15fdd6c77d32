/* Ahead of everything else: closes what the content security policy cannot forbid and nothing here needs. docs/threats.md says why. */
(function () {
  var closed = {
    // Ways out that no policy knows, and windows that would have them anew.
    window: 'RTCPeerConnection webkitRTCPeerConnection mozRTCPeerConnection RTCDataChannel WebTransport SharedWorker PaymentRequest PresentationRequest open showModalDialog documentPictureInPicture DOMParser XSLTProcessor',
    // Text that becomes elements past the guard below. Where trusted types are known, the policy stops it too.
    Document: 'open write writeln execCommand parseHTML parseHTMLUnsafe', Element: 'innerHTML outerHTML insertAdjacentHTML setHTML setHTMLUnsafe',
    ShadowRoot: 'innerHTML setHTML setHTMLUnsafe', HTMLElement: 'innerHTML outerHTML insertAdjacentHTML', Range: 'createContextualFragment',
    // Elements that are made without their name being said.
    DOMImplementation: 'createDocument', CustomElementRegistry: 'define',
    // The window of a frame.
    HTMLIFrameElement: 'contentWindow contentDocument getSVGDocument', HTMLFrameElement: 'contentWindow contentDocument',
    HTMLObjectElement: 'contentWindow contentDocument getSVGDocument', HTMLEmbedElement: 'getSVGDocument'
  }, kind, names, owner, i;
  function fix(owner, name, value) {
    try { Object.defineProperty(owner, name, { value: value, writable: false, configurable: false }); } catch (e) {}
  }
  // No element is made that opens a window or asks a server.
  function guard(name, at) {
    var make = Document.prototype[name];
    fix(Document.prototype, name, function () {
      arguments[at] = '' + arguments[at];
      if (/^(.*:)?(i?frame|frameset|fencedframe|portal|object|embed|link|meta|base)$/i.test(arguments[at])) {
        throw new Error('closed: ' + arguments[at]);
      }
      return make.apply(this, arguments);
    });
  }
  window.companionPolicy = document.createElement('meta'); // The one that www/boot.js still needs.
  window.companionPolicy.httpEquiv = 'Content-Security-Policy';
  for (kind in closed) {
    names = closed[kind].split(' ');
    owner = kind === 'window' ? window : window[kind];
    for (i = 0; owner && i < names.length; i++) {
      if (kind === 'window') { fix(window, names[i]); } else { fix(owner.prototype, names[i]); fix(owner, names[i]); }
    }
  }
  if (typeof Document === 'function') {
    guard('createElement', 0);
    guard('createElementNS', 1);
    // What the guard itself calls stays what it is.
    fix(RegExp.prototype, 'test', RegExp.prototype.test);
    fix(RegExp.prototype, 'exec', RegExp.prototype.exec);
    fix(Function.prototype, 'apply', Function.prototype.apply);
  }
  // The icon is shown by then; left there, it could be turned into a preconnection.
  if (window.addEventListener) {
    window.addEventListener('load', function () {
      setTimeout(function () {
        var icon = document.querySelector('link');
        if (icon) { icon.parentNode.removeChild(icon); }
      }, 1000);
    });
  }
})();
