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

declare global {
  interface Window {
    __wbImports?: Set<string>;
    __wbResolve: (base: string) => (name: string) => string;
    __wbImport: (base: string) => (name: string) => Promise<unknown>;
  }
}
