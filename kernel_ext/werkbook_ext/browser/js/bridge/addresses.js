// Addresses as the page writes them.

import { ORIGIN, isOwn, resolve } from "../urls.js";
import { here } from "./config.js";

export function absolute(text) {
  return resolve(String(text), document.baseURI.startsWith(ORIGIN) ? document.baseURI : here.url);
}

export function isOwnAddress(text) {
  return isOwn(absolute(text));
}
