// Messages to the kernel that a page may cause by the thousand, sent together.

const FLUSH_MS = 100;
const MAX_COOKIES = 50;

/** `send(message)` sends to the kernel. */
export class Outbox {
  constructor(send, later = setTimeout) {
    this.send = send;
    this.later = later;
    this.clear();
  }

  clear() {
    this.stores = { local: [], session: [] };
    this.cookies = [];
    this.url = null;
    this.isWaiting = false;
  }

  /** Note changes of a storage area; a later one of a name replaces the earlier. */
  store(area, changes) {
    for (const change of changes) {
      const isClear = change[0] === null;
      const kept = isClear
        ? []
        : this.stores[area].filter(([name]) => name !== change[0]);
      this.stores[area] = [...kept, change];
    }
    this.flushLater();
  }

  cookie(text, url) {
    this.cookies = [...this.cookies.slice(1 - MAX_COOKIES), { text, url }];
    this.flushLater();
  }

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
    for (const { text, url: of } of cookies) this.send({ t: "cookie", text, url: of });
    for (const [area, changes] of Object.entries(stores)) {
      if (changes.length) this.send({ t: "store", area, changes });
    }
    if (url !== null) this.send({ t: "moved", url });
  }
}
