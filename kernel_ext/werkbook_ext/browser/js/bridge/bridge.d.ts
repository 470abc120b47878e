// What the bridge is told, and what it adds to the page's window.

import type { Head, Pair } from "../messages.d.ts";
import type { Kept } from "../tab.d.ts";

export interface Config {
  /** What only this page knows: the view takes its port for it. */
  token: string;
  url: string;
  base: string;
  isArriving: boolean;
  cookie: string;
  local: Pair[];
  session: Pair[];
  historyState: unknown;
  historyLength: number;
  referrer: string;
  kept: { scroll: Kept["scroll"]; typed: [name: string, content: any][] };
}

/** A request of the page's. */
export interface PageRequest {
  method: string;
  url: string;
  headers: Pair[];
  body?: ArrayBuffer | null;
  kind: string;
  /** "follow" where nothing is said. */
  redirect?: RequestRedirect;
  /** "omit": without cookies, and none are kept. */
  credentials?: RequestCredentials;
}

/** What hears the answer to a request. */
export interface AnswerListener {
  head(head: Head): void;
  piece(bytes: Uint8Array<ArrayBuffer>): void;
  end(detail?: string): void;
  fail(detail: string): void;
}

/** What a worker is told first. */
export interface WorkerStart {
  url: string;
  origin: string;
  isModule: boolean;
}

/** A worker's global scope, of which the page's types know nothing. */
export interface WorkerScope {
  fetch: typeof fetch;
  XMLHttpRequest: typeof XMLHttpRequest;
  WebSocket: typeof WebSocket;
  EventSource: typeof EventSource;
  importScripts: (...addresses: string[]) => void;
  addEventListener: (
    kind: string,
    take: (event: MessageEvent) => void,
    options?: AddEventListenerOptions,
  ) => void;
  removeEventListener: (kind: string, take: (event: MessageEvent) => void) => void;
  dispatchEvent: (event: Event) => boolean;
  __wbLocation: URL;
  __wbResolve: Window["__wbResolve"];
  __wbImport: Window["__wbImport"];
}

declare global {
  interface Window {
    __wbImports?: Set<string>;
    __wbResolve: (base: string) => (name: string) => string;
    __wbImport: (base: string) => (name: string) => Promise<unknown>;
  }
}
