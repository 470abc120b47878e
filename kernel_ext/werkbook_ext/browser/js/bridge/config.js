// What the view tells the bridge; the text is put in when the page is built.

/** @import { Config } from "./bridge.d.ts" */

export const config = /** @type {Config} */ (/** @type {unknown} */ ("__WB_CONFIG__"));

/** The page's address now: history.pushState and hash links change it. */
export const here = { url: config.url };
