// What the view hears of the page: painted, console messages, errors.

import { ORIGIN } from "../urls.js";
import { config } from "./config.js";
import { listen, tell } from "./port.js";

const LEVELS = {
  debug: "debug",
  log: "log",
  info: "info",
  warn: "warn",
  error: "error",
  dir: "log",
  table: "log",
  trace: "log",
  group: "log",
  groupCollapsed: "log",
};
const MAX_WAITING = 200;
const FLUSH_MS = 50;
// The bridge stands above the page's own lines.
const linesAbove = (document.currentScript?.textContent.match(/\n/g) ?? []).length;
/** @type {{ level: string, text: string }[]} */
let waiting = [];
let dropped = 0;

/**
 * @param {string} level
 * @param {unknown} text
 */
export function log(level, text) {
  if (waiting.length >= MAX_WAITING) {
    dropped++;
    return;
  }
  if (!waiting.length) setTimeout(flush, FLUSH_MS);
  waiting.push({ level, text: String(text).slice(0, 4000) });
}

function flush() {
  tell({ t: "log", lines: waiting, dropped });
  waiting = [];
  dropped = 0;
}

/** @param {unknown} value */
function shown(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack || String(value);
  try {
    return typeof value === "object" && value !== null
      ? JSON.stringify(value)
      : String(value);
  } catch {
    return String(value);
  }
}

export function installReports() {
  const methods = /** @type {Record<string, (...values: unknown[]) => void>} */ (
    /** @type {unknown} */ (console)
  );
  for (const [name, level] of Object.entries(LEVELS)) {
    const native = methods[name].bind(console);
    methods[name] = (...values) => {
      native(...values);
      log(level, values.map(shown).join(" "));
    };
  }
  const assert = console.assert.bind(console);
  console.assert = (isTrue, ...values) => {
    assert(isTrue, ...values);
    if (!isTrue) log("error", ["Assertion failed", ...values.map(shown)].join(" "));
  };
  window.addEventListener("error", (event) => {
    if (event.message) log("error", event.message + placeOf(event));
  });
  window.addEventListener("unhandledrejection", ({ reason }) =>
    log("error", `Unhandled rejection: ${shown(reason)}`),
  );
  window.addEventListener("securitypolicyviolation", reportBlocked);
  listen("ping", () => tell({ t: "pong" }));
  if (config.isArriving) whenThereIsSomething(reportPainted);
  else window.addEventListener("load", reportPainted);
}

/** @type {Set<string>} */
const toldBlocked = new Set();

/**
 * Two policies hold, the frame's and the document's, and each tells what it refuses.
 *
 * @param {SecurityPolicyViolationEvent} event
 */
function reportBlocked({ blockedURI, effectiveDirective }) {
  if (blockedURI.startsWith(ORIGIN)) return; // loaded through the bridge a moment later
  const key = `${effectiveDirective} ${blockedURI}`;
  if (toldBlocked.has(key)) return;
  toldBlocked.add(key);
  setTimeout(() => toldBlocked.delete(key), FLUSH_MS);
  tell({ t: "blocked", url: blockedURI, directive: effectiveDirective });
}

/**
 * Return the line of an error, where it is one that the app wrote.
 *
 * @param {ErrorEvent} event
 */
function placeOf({ filename, lineno }) {
  if (/^(data|blob):/.test(filename)) return ` (line ${lineno} of the script)`;
  const line = lineno - linesAbove;
  return filename === "about:srcdoc" && line > 0 ? ` (line ${line})` : "";
}

function reportPainted() {
  let isTold = false;
  const painted = () => {
    if (isTold) return;
    isTold = true;
    tell({ t: "painted", title: document.title });
  };
  requestAnimationFrame(() => requestAnimationFrame(painted));
  setTimeout(painted, 150); // a tab in the background has no animation frames
}

/**
 * A page that still comes is shown long before it is loaded.
 *
 * @param {() => void} act
 */
function whenThereIsSomething(act) {
  if (document.body?.childElementCount || document.body?.textContent.trim()) act();
  else setTimeout(() => whenThereIsSomething(act), 20);
}
