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
    this.stores = { local: new Map(), session: new Map() };
    this.cookies = [];
    this.url = null;
    this.isWaiting = false;
  }

  /** Note changes of a storage area; a later one of a name replaces the earlier. */
  store(area, changes) {
    const noted = this.stores[area];
    for (const [name, value] of changes) {
      if (name === null) noted.clear();
      noted.delete(name);
      noted.set(name, value);
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
    if (cookies.length) this.send({ t: "cookies", cookies });
    for (const [area, changes] of Object.entries(stores)) {
      if (changes.size) this.send({ t: "store", area, changes: [...changes] });
    }
    if (url !== null) this.send({ t: "moved", url });
  }
}
