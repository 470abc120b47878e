// What stands around a page: a frame with an empty document of our own, whose policy lets
// the sandboxed frame in it go nowhere. The page's own policy can't say so: it ends where
// the page goes. The page inherits the outer policy, and so has one before its first
// character is read: a browser may look ahead in a document, and load what it finds there,
// before it comes to the policy in it. Nothing of the page is in the outer document, so it
// needs no sandbox itself.

/** @typedef {"loaded" | "left"} EnclosureNews */

const SANDBOX = "allow-scripts allow-forms allow-modals"; // never allow-same-origin
const STYLE = `<style>html, body, iframe { display: block; width: 100%;
height: 100%; margin: 0; border: 0; overflow: hidden; }</style><body></body>`;

/**
 * Put a document, which may reach nothing and go nowhere, into a place of Jupyter's page.
 *
 * @param {HTMLElement} place
 * @param {string} html
 * @param {string} policy It says `frame-src 'none'`, too: the page can go nowhere.
 * @param {(news: EnclosureNews) => void} tell Called when the page has loaded, and when
 *   it wants to go elsewhere or JupyterLab has put its place elsewhere.
 * @returns {HTMLIFrameElement}
 */
export function enclose(place, html, policy, tell) {
  const element = document.createElement("iframe");
  place.prepend(element);
  const inside = /** @type {Document} */ (element.contentDocument);
  inside.open(); // Firefox would fill an empty frame a second time
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  inside.write(`<!doctype html>${meta}${STYLE}`);
  inside.close();
  const page = inside.createElement("iframe");
  const attributes = { sandbox: SANDBOX, allow: "", referrerpolicy: "no-referrer" };
  for (const [name, value] of Object.entries(attributes))
    page.setAttribute(name, value);
  page.srcdoc = html;
  page.addEventListener("load", () => tell("loaded"));
  inside.addEventListener("securitypolicyviolation", () => tell("left"));
  element.addEventListener("load", () => {
    if (element.contentDocument !== inside) tell("left"); // a moved frame begins anew
  });
  element.contentWindow?.addEventListener("focus", () => page.focus());
  inside.body.append(page);
  return element;
}

/**
 * Wait until a place is in Jupyter's page: a frame has no document before.
 *
 * JupyterLab renders the outputs of cells that are out of view into a place of their own,
 * which it puts into the page as the reader comes near.
 *
 * @param {HTMLElement} place
 * @returns {Promise<void>}
 */
export function untilAttached(place) {
  if (place.isConnected) return Promise.resolve();
  return new Promise((resolve) => {
    const observer = new ResizeObserver(() => {
      if (!place.isConnected) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(place);
  });
}

/**
 * Return the window of the page in an enclosure.
 *
 * @param {HTMLIFrameElement} element
 * @returns {Window | null}
 */
export function pageIn(element) {
  return element.contentWindow?.[0] ?? null;
}
