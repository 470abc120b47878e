// Addresses as the page writes them.

import { isOwn, ORIGIN, resolve } from "../urls.js";
import { here } from "./config.js";

/** Return what relative addresses of the page are relative to. */
export function base() {
  return document.baseURI.startsWith(ORIGIN) ? document.baseURI : here.url;
}

/** @param {unknown} text */
export function absolute(text) {
  return resolve(String(text), base());
}

/** @param {unknown} text */
export function isOwnAddress(text) {
  return isOwn(absolute(text));
}
