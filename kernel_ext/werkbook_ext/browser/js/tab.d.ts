// A tab of the mini browser and the frames in it, as its parts see them.

import type { Frames } from "./frames.js";
import type { History } from "./history.js";
import type { Budget } from "./limits.js";
import type { Bytes, Loaded, Message, Page, PageHead, Pair } from "./messages.d.ts";
import type { Notices } from "./notices.js";
import type { OpenSockets } from "./open_sockets.js";
import type { Outbox } from "./outbox.js";
import type { Panel } from "./panel.js";
import type { Pictures } from "./pictures.js";
import type { Requests } from "./requests.js";
import type { Resources } from "./resources.js";
import type { Toolbar } from "./toolbar.js";

/** What becomes of the page and is put back when it is shown anew. */
export interface Kept {
  scroll: { x: number; y: number } | null;
  typed: Map<string, unknown>;
  focus: { name: string; selection: unknown } | null;
}

/** A page in its frame. */
export interface Frame {
  /** What only the page's own bridge was told; null for a frame that is cut off. */
  token: string | null;
  page: Page & { title?: string };
  port: MessagePort | null;
  element: HTMLIFrameElement;
  loads: number;
  /** It wanted to go elsewhere by itself. */
  hasLeft?: boolean;
  kept: Kept;
  isArriving: boolean;
  connected: Promise<void>;
  /** By the clock of `performance.now()`, in milliseconds. */
  connectedAt?: number;
  connect(): void;
  /** The beginning of a page, until its frame can take it. */
  beginning?: string | null;
  /** When it was asked whether it still answers, by the same clock, until it has. */
  askedAt?: number | null;
  timer?: ReturnType<typeof setTimeout>;
  watchTimer?: ReturnType<typeof setInterval>;
  /** Places it anew, until it has connected. */
  again?: (() => void) | null;
  url: string;
  how: How;
  isRefresh: boolean;
  /** The reader is on the way elsewhere. */
  isLeft?: boolean;
  resources: Resources;
  refresh: Refresh | null;
  stream?: { stop(): void };
  budget?: Budget;
  refusals?: Set<string>;
}

/** How a page comes: asked for, in another's place, anew, or back in the history. */
export type How = "visit" | "replace" | "refresh" | "stay";

/** What <meta http-equiv=refresh> asks for. */
export interface Refresh {
  url: string;
  delay_ms: number;
}

export interface Navigation {
  method?: string;
  url: string | null;
  headers?: Pair[];
  body?: Bytes | null;
  how?: How;
  kept?: Kept | null;
  /** The page goes by itself, not the reader. */
  isPageMove?: boolean;
  asDownload?: string | boolean | null;
}

/** What is said to the reader: see `Tellings`. */
export interface Said {
  status(head: PageHead): void;
  file(name: string, bytes: Bytes, head?: PageHead): void;
}

/** The parts of a tab, and what they ask it for. */
export interface Tab {
  element: HTMLElement;
  model: { get(name: string): any };
  history: History;
  local: Map<string, string>;
  session: Map<string, string>;
  outbox: Outbox;
  requests: Requests;
  sockets: OpenSockets;
  notices: Notices;
  panel: Panel;
  toolbar: Toolbar;
  frames: Frames;
  pictures: Pictures;
  say: Said;
  arrivals: { stop(): void };
  readonly currentUrl: string;
  tell(message: Message<"view to kernel">): boolean;
  navigate(navigation: Navigation): void;
  traverse(delta: number): void;
  reload(): void;
  leave(go: () => void): void;
  showLoading(): void;
}

export type LoadResource = (url: string) => Promise<Loaded | null>;
