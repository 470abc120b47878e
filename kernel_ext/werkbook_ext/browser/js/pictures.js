// The picture of the page that the notebook's file keeps: asked of the page, looked at
// before it is believed.

import { textOr } from "./limits.js";

/** @import { Frames } from "./frames.js" */

const WAIT_MS = 1500;
const PNG = /^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/;
const MAX_PNG_CHARS = 54_000;
const MAX_SIDE_PX = 4096; // forty kilobytes can unpack to much more
const ASKS = Symbol.for("werkbook.picture");

export class Pictures {
  /**
   * @param {Frames} frames
   * @param {HTMLElement} element The view's, at which JupyterLab's extension asks.
   */
  constructor(frames, element) {
    this.frames = frames;
    /** @type {((png: string | null) => void) | null} */
    this.take = null;
    /** @type {any} */ (element)[ASKS] = () => this.ask();
  }

  /**
   * Ask the shown page for a picture; null where it gives none in time.
   *
   * @returns {Promise<string | null>}
   */
  ask() {
    const { shown } = this.frames;
    if (!shown?.port) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.take?.(null), WAIT_MS);
      this.take?.(null);
      this.take = (png) => {
        clearTimeout(timer);
        this.take = null;
        resolve(png);
      };
      this.frames.tell(shown, { t: "picture" });
    });
  }

  /** @param {unknown} png */
  receive(png) {
    const text = textOr(png);
    this.take?.(isSmallPng(text) ? text : null);
  }
}

/** @param {string} text */
export function isSmallPng(text) {
  if (text.length > MAX_PNG_CHARS || !PNG.test(text)) return false;
  const head = atob(text.slice(text.indexOf(",") + 1).slice(0, 32));
  const side = (/** @type {number} */ at) =>
    [0, 1, 2, 3].reduce((sum, n) => sum * 256 + head.charCodeAt(at + n), 0);
  const isPng = head.startsWith("\x89PNG\r\n\x1a\n") && head.length >= 24;
  return isPng && [side(16), side(20)].every((px) => px > 0 && px <= MAX_SIDE_PX);
}
