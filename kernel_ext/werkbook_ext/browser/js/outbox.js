// Messages to the kernel that a page may cause by the thousand, sent together.

/**
 * @import { Message, StoreChange } from "./messages.d.ts"
 * @typedef {"local" | "session"} Area
 */

const FLUSH_MS = 100;
const MAX_COOKIES = 50;

/** `send(message)` sends to the kernel. */
export class Outbox {
  /**
   * @param {(message: Message<"view to kernel">) => unknown} send
   * @param {(flush: () => void, delay_ms: number) => unknown} [later]
   */
  constructor(send, later = (flush, delay_ms) => setTimeout(flush, delay_ms)) {
    this.send = send;
    this.later = later;
    this.clear();
  }

  clear() {
    /** @type {Record<Area, Map<string | null, string | null>>} */
    this.stores = { local: new Map(), session: new Map() };
    /** @type {{ text: string, url: string }[]} */
    this.cookies = [];
    /** @type {string | null} */
    this.url = null;
    this.isWaiting = false;
  }

  /**
   * Note changes of a storage area; a later one of a name replaces the earlier.
   *
   * @param {Area} area
   * @param {StoreChange[]} changes
   */
  store(area, changes) {
    const noted = this.stores[area];
    for (const [name, value] of changes) {
      if (name === null) noted.clear();
      noted.delete(name);
      noted.set(name, value);
    }
    this.flushLater();
  }

  /**
   * @param {string} text
   * @param {string} url
   */
  cookie(text, url) {
    this.cookies = [...this.cookies.slice(1 - MAX_COOKIES), { text, url }];
    this.flushLater();
  }

  /** @param {string} url */
  moved(url) {
    this.url = url;
    this.flushLater();
  }

  flushLater() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.later(() => this.flush(), FLUSH_MS);
  }

  /** Send what waits now: a request that follows must find it done. */
  flush() {
    const { stores, cookies, url } = this;
    this.clear();
    if (cookies.length) this.send({ t: "cookies", cookies });
    for (const [area, changes] of Object.entries(stores)) {
      if (changes.size) this.send({ t: "store", area, changes: [...changes] });
    }
    if (url !== null) this.send({ t: "moved", url });
  }
}

/**
 * What a view says first.
 *
 * @param {boolean} hasFirst
 * @returns {Message<"view to kernel">}
 */
export function helloOf(hasFirst) {
  return {
    t: "open",
    agent: navigator.userAgent,
    language: navigator.languages.join(","),
    host: window.location.hostname,
    has_first: hasFirst,
  };
}
