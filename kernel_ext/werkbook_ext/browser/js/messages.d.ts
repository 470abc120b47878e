// The messages between page, view and kernel; `../messages.json` is their table.

import type table from "../messages.json";
import type { FrameLog } from "./frame_log.js";

/** The kinds of message of one direction, such as "page to view". */
export type Kind<Direction extends keyof typeof table> =
  keyof (typeof table)[Direction];

/** A message of one direction; what comes from a page is believed in nothing else. */
export type Message<Direction extends keyof typeof table> = {
  t: Kind<Direction>;
} & Record<string, any>;

export type Pair = [name: string, value: string];
export type StoreChange = [name: string | null, value: string | null];
export type Buffer = DataView<ArrayBuffer> | Uint8Array<ArrayBuffer> | ArrayBuffer;
export type Bytes = Uint8Array<ArrayBuffer>;

/** What the kernel tells of a response. */
export interface Head {
  status: number;
  reason: string;
  url: string;
  method: string;
  headers: Pair[];
  hops: [status: number, url: string][];
  cookie: string;
  /** Its number in the kernel's log; there is none of a page that failed. */
  number?: number;
  took_ms: number;
}

/** What the kernel tells of a page. */
export interface PageHead extends Head {
  stream: string | null;
  problem?: "outside" | "endless" | "unreachable";
  detail?: string;
  /** What to say of a page that no rule matches. */
  hint?: string;
}

/** A response with its body. */
export interface Loaded {
  head: Head;
  body: Bytes;
}

/** A response that came along with a page: `key` is the address that was asked for. */
export interface Arrived extends Loaded {
  key: string;
}

export interface Page {
  head: PageHead;
  body: Bytes;
  resources: Arrived[];
}

/** A message on a WebSocket. */
export type SocketData = string | ArrayBuffer;

/** A message on a WebSocket, as the network log shows it. */
export interface LoggedFrame {
  isSent: boolean;
  data: SocketData;
}

/** A request of a page's, as the network log shows it. */
export interface LoggedRequest {
  kind: string;
  method: string;
  url: string;
  head?: Head;
  problem?: string;
  /** How much of the body has come; the response may say no length. */
  size_bytes?: number;
  /** What came and went on a WebSocket. */
  frames?: FrameLog;
}

/** What the network log is told when a request is answered. */
export type LoggedAnswer = Pick<LoggedRequest, "head" | "problem" | "size_bytes">;
