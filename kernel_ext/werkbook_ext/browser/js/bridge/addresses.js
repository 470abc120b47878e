// Addresses as the page writes them.

import { ORIGIN, isOwn, resolve } from "../urls.js";
import { here } from "./config.js";

/** Return what relative addresses of the page are relative to. */
export function base() {
  return document.baseURI.startsWith(ORIGIN) ? document.baseURI : here.url;
}

export function absolute(text) {
  return resolve(String(text), base());
}

export function isOwnAddress(text) {
  return isOwn(absolute(text));
}
