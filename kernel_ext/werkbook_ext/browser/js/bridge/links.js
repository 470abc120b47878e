// Links: a click becomes a navigation of the view.

import { isOwn, isSameDocument } from "../urls.js";
import { absolute } from "./addresses.js";
import { here } from "./config.js";
import { goToPlace } from "./page_location.js";
import { tell } from "./port.js";

const pageFetch = window.fetch.bind(window);

/**
 * @param {Event} event
 * @returns {HTMLAnchorElement | undefined}
 */
function linkOf(event) {
  const path = /** @type {HTMLAnchorElement[]} */ (event.composedPath());
  return path.find(
    (one) =>
      (one.tagName === "A" || one.tagName === "AREA") && one.hasAttribute?.("href"),
  );
}

/**
 * Follow a link; returns whether it was one to follow.
 *
 * @param {HTMLAnchorElement} link
 */
function follow(link) {
  const written = link.getAttribute("href") ?? "";
  const url = absolute(written);
  if (!url || /^javascript:/i.test(url)) return false;
  if (link.hasAttribute("download")) {
    download(url, link.download);
    return true;
  }
  if (/^(blob|data):/i.test(url)) return false;
  const isElsewhere = /^_(blank|new)$/i.test(link.target);
  const isPlace = written.startsWith("#") || isSameDocument(url, here.url);
  if (isPlace && url.includes("#") && !isElsewhere) {
    // A hash alone is a place in this page whatever <base> says.
    goToPlace(written.startsWith("#") ? here.url.split("#")[0] + written : url);
  } else tell({ t: "go", method: "GET", url, isElsewhere });
  return true;
}

/**
 * @param {string} url
 * @param {string} name
 */
async function download(url, name) {
  if (isOwn(url)) {
    tell({ t: "go", method: "GET", url, asDownload: name || true });
    return;
  }
  try {
    const response = await pageFetch(url);
    const bytes = await response.arrayBuffer();
    const type = response.headers.get("content-type") || "";
    tell({ t: "download", name: name || "download", type, bytes }, [bytes]);
  } catch {
    tell({ t: "go", method: "GET", url });
  }
}

export function installLinks() {
  window.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    const link = linkOf(event);
    if (link && follow(link)) event.preventDefault();
  });
  window.addEventListener("auxclick", (event) => {
    const link = event.button === 1 && linkOf(event);
    if (link && !event.defaultPrevented && follow(link)) event.preventDefault();
  });
  // A link that a script makes and clicks is often in no document: no event gets out.
  const click = HTMLElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    if (this.isConnected || !this.hasAttribute("href") || !follow(this))
      click.call(this);
  };
  window.open = (url = "", target = "") => {
    const address = url === "" ? null : absolute(url);
    const isHere = /^_(self|top|parent)$/i.test(target);
    if (address) tell({ t: "go", method: "GET", url: address, isElsewhere: !isHere });
    return null;
  };
}
