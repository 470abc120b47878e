// How much a page may say through its port: how often, and how large a message.
//
// The page's scripts can get hold of the port (window.event, patched prototypes), so
// nothing that comes through it is believed to be the bridge's.

/**
 * @import { Kind } from "./messages.d.ts"
 * @typedef {Exclude<Kind<"page to view">, "painted" | "pong">} PageKind
 *   Those two do nothing that costs.
 * @typedef {{ perSecond: number, burst: number, bytes: number }} Limit
 * @typedef {{ left: number, at: number }} Bucket
 */

const MB = 1024 * 1024;

/** Of each kind of message: how many in a second, how many at once, how large each. */
/** @satisfies {Record<PageKind, Limit>} */
export const LIMITS = {
  ask: { perSecond: 200, burst: 1000, bytes: 200 * MB },
  abort: { perSecond: 400, burst: 2000, bytes: 1024 },
  go: { perSecond: 5, burst: 50, bytes: 200 * MB },
  reload: { perSecond: 5, burst: 20, bytes: 1024 },
  traverse: { perSecond: 5, burst: 20, bytes: 1024 },
  push: { perSecond: 20, burst: 100, bytes: MB },
  replace: { perSecond: 50, burst: 200, bytes: MB },
  css: { perSecond: 100, burst: 500, bytes: 8 * MB },
  resource: { perSecond: 100, burst: 1000, bytes: MB },
  cookie: { perSecond: 50, burst: 200, bytes: 64 * 1024 },
  store: { perSecond: 1000, burst: 10_000, bytes: 12 * MB },
  scroll: { perSecond: 120, burst: 240, bytes: 1024 },
  typed: { perSecond: 100, burst: 500, bytes: 4 * MB },
  focus: { perSecond: 100, burst: 500, bytes: 64 * 1024 },
  log: { perSecond: 40, burst: 100, bytes: 4 * MB },
  socket: { perSecond: 5, burst: 50, bytes: 64 * 1024 },
  frames: { perSecond: 400, burst: 1000, bytes: 8 * MB },
  shut: { perSecond: 20, burst: 200, bytes: 1024 },
  blocked: { perSecond: 40, burst: 200, bytes: 64 * 1024 },
  download: { perSecond: 1, burst: 10, bytes: 200 * MB },
  picture: { perSecond: 2, burst: 10, bytes: 128 * 1024 },
};

/** More refused messages than this, and the page is cut off. */
export const MAX_REFUSED = 5000;
const FORGIVEN_PER_SECOND = 100;
const MAX_PARTS = 200_000;

/** The messages of one page; `now()` gives milliseconds. */
export class Budget {
  constructor(now = () => performance.now()) {
    this.now = now;
    /** @type {Map<string, Bucket>} */
    this.buckets = new Map();
    this.refused = { left: MAX_REFUSED, at: now() };
  }

  /**
   * Return why a message is refused, null where it is not.
   *
   * @param {PageKind} kind
   * @param {object} message
   */
  refusal(kind, message) {
    const limit = LIMITS[kind];
    if (weightOf(message, limit.bytes) > limit.bytes) {
      return `a message of kind "${kind}" is larger than ${limit.bytes.toLocaleString("en")} bytes`;
    }
    if (!this.takes(kind, limit)) {
      return `there are more than ${limit.perSecond} messages of kind "${kind}" in a second`;
    }
    return null;
  }

  /**
   * @param {PageKind} kind
   * @param {Limit} limit
   */
  takes(kind, { perSecond, burst }) {
    const now = this.now();
    const bucket = this.buckets.get(kind) ?? { left: burst, at: now };
    this.buckets.set(kind, bucket);
    refill(bucket, perSecond, burst, now);
    return spend(bucket);
  }

  /** Note a refused message; returns whether there were too many. */
  isSpent() {
    refill(this.refused, FORGIVEN_PER_SECOND, MAX_REFUSED, this.now());
    return !spend(this.refused);
  }
}

/**
 * @param {Bucket} bucket
 * @param {number} perSecond
 * @param {number} burst
 * @param {number} now
 */
export function refill(bucket, perSecond, burst, now) {
  bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond);
  bucket.at = now;
}

/** @param {Bucket} bucket */
export function spend(bucket) {
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

/**
 * Return about how many bytes a message has, or something above `most`.
 *
 * @param {unknown} message
 * @param {number} most
 */
export function weightOf(message, most) {
  const waiting = [message];
  const seen = new Set(); // a message may hold itself
  let bytes = 0;
  for (let parts = 0; waiting.length && bytes <= most; parts++) {
    if (parts > MAX_PARTS) return Infinity;
    const part = /** @type {any} */ (waiting.pop());
    if (typeof part === "string") bytes += part.length;
    else if (part instanceof ArrayBuffer || ArrayBuffer.isView(part))
      bytes += part.byteLength;
    else if (part !== null && typeof part === "object" && !seen.has(part)) {
      seen.add(part);
      bytes += 8 + (Number.isInteger(part.size) ? part.size : 0);
      for (const key of Object.keys(part)) waiting.push(key, part[key]);
    } else bytes += 8;
  }
  return bytes;
}

/**
 * Return a text as it is, anything else as "": an object's own toString is a trap.
 *
 * @param {unknown} value
 * @param {string} [other]
 */
export function textOr(value, other = "") {
  return typeof value === "string" ? value : other;
}

/**
 * Return the well-formed pairs of a list: of texts, or of null where it may be.
 *
 * @param {unknown} value
 * @param {(part: unknown) => boolean} [isPart]
 * @returns {any[]}
 */
export function pairsIn(value, isPart = (part) => typeof part === "string") {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isPart),
  );
}

/** @param {unknown} part */
export const isTextOrNull = (part) => part === null || typeof part === "string";

/**
 * Return what JSON can hold of a value, null where it can hold none.
 *
 * @param {unknown} value
 */
export function jsonOf(value) {
  try {
    return JSON.parse(JSON.stringify(value ?? null));
  } catch {
    return null; // a circle, a BigInt
  }
}
