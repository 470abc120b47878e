// `EventSource`.

import { isOwn, ORIGIN } from "../urls.js";
import { absolute } from "./addresses.js";
import { EventStreamParser } from "./event_stream.js";
import { exchange } from "./exchange.js";

/** @import { Pair } from "../messages.d.ts" */

export class PageEventSource extends EventTarget {
  /**
   * @param {string | URL} address
   * @param {{ withCredentials?: boolean }} [options]
   */
  constructor(address, { withCredentials = false } = {}) {
    super();
    this.url = absolute(address);
    this.withCredentials = withCredentials;
    this.readyState = 0;
    this.delay = 3000;
    this.lastEventId = "";
    this.onopen = this.onmessage = this.onerror = null;
    for (const name of ["open", "message", "error"]) {
      this.addEventListener(name, (event) =>
        /** @type {any} */ (this)[`on${name}`]?.(event),
      );
    }
    setTimeout(() => this.connect());
  }

  connect() {
    if (this.readyState === 2) return;
    if (!isOwn(this.url)) return this.close("error");
    this.readyState = 0;
    const parser = new EventStreamParser({
      event: ({ type, data, lastEventId }) => {
        const options = { data, lastEventId, origin: ORIGIN };
        if (this.readyState !== 2) this.dispatchEvent(new MessageEvent(type, options));
      },
      id: (id) => {
        this.lastEventId = id;
      },
      retry: (delay) => {
        this.delay = delay;
      },
    });
    parser.lastEventId = this.lastEventId;
    /** @type {Pair[]} */
    const headers = [
      ["Accept", "text/event-stream"],
      ["Cache-Control", "no-cache"],
    ];
    if (this.lastEventId) headers.push(["Last-Event-ID", this.lastEventId]);
    this.stop = exchange(
      { method: "GET", url: this.url, headers, kind: "eventsource" },
      {
        head: (head) => {
          const type = head.headers.find(
            ([name]) => name.toLowerCase() === "content-type",
          );
          if (head.status !== 200 || !/^text\/event-stream/i.test(type?.[1] || "")) {
            this.close("error");
            return;
          }
          this.readyState = 1;
          this.dispatchEvent(new Event("open"));
        },
        piece: (bytes) => {
          if (this.readyState === 1) parser.push(bytes);
        },
        end: () => this.again(),
        fail: () => this.again(),
      },
    );
    return undefined;
  }

  again() {
    if (this.readyState === 2) return;
    this.readyState = 0;
    this.dispatchEvent(new Event("error"));
    setTimeout(() => this.connect(), this.delay);
  }

  /** @param {string} [event] */
  close(event) {
    this.readyState = 2;
    this.stop?.();
    if (event) this.dispatchEvent(new Event(event));
  }
}

export function installEventSource() {
  ["CONNECTING", "OPEN", "CLOSED"].forEach((name, value) => {
    Object.defineProperty(PageEventSource, name, { value });
    Object.defineProperty(PageEventSource.prototype, name, { value });
  });
  Object.defineProperty(PageEventSource, "name", { value: "EventSource" });
  window.EventSource = /** @type {any} */ (PageEventSource);
}
