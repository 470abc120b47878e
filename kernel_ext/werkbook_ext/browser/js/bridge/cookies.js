// `document.cookie`: the jar is the kernel's; this is a copy without HttpOnly ones.

import { config, here } from "./config.js";
import { tell } from "./port.js";

let text = config.cookie || "";

/** @param {unknown} fresh */
export function takeCookies(fresh) {
  if (typeof fresh === "string") text = fresh;
}

/**
 * Return the cookies' text after `document.cookie = assigned`.
 *
 * @param {string} old
 * @param {string} assigned
 */
export function assignCookie(old, assigned) {
  const [pair, ...attributes] = assigned.split(";").map((part) => part.trim());
  const name = pair.includes("=") ? pair.slice(0, pair.indexOf("=")) : "";
  const kept = old.split("; ").filter((one) => one && one.split("=")[0] !== name);
  const isExpired = attributes.some(
    (one) =>
      /^max-age=(0|-\d+)$/i.test(one) ||
      (/^expires=/i.test(one) && Date.parse(one.slice(8)) < Date.now()),
  );
  const isForOtherPath = attributes.some((one) => /^httponly$/i.test(one));
  if (!isExpired && !isForOtherPath) kept.push(pair);
  return kept.join("; ");
}

export function installCookies() {
  Object.defineProperty(document, "cookie", {
    configurable: true,
    get: () => text,
    set: (assigned) => {
      const line = String(assigned);
      text = assignCookie(text, line);
      tell({ t: "cookie", text: line, url: here.url });
    },
  });
}
