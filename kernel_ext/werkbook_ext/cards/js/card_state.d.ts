// What the kernel tells of a card: the traits of its widget. `widget_state.py` makes them.

export type Header = [name: string, value: string];

export interface Hop {
  method: string;
  url: string;
  status: number;
  reason: string;
  /** What was sent, the host included. */
  headers: Header[];
  set_cookies: string[];
  endpoint: string | null;
  rule: string | null;
}

export interface BodyState {
  kind: "empty" | "json" | "html" | "text" | "image" | "binary";
  mimetype: string;
  charset: string;
  size_bytes: number;
}

export interface MessageState extends BodyState {
  headers: Header[];
}

export interface Frame {
  place: string;
  function: string;
  source: string[];
  first_line: number;
  line: number;
}

export interface Cookie {
  name: string;
  value: string;
  path: string;
  more: string;
}

/** The trait `state`; a card of nothing has no hops. */
export interface CardState {
  hops: Hop[];
  request: MessageState;
  response: MessageState;
  /** The request's body as text to edit; empty for bytes. */
  sent: string;
  duration_ms: number;
  output: string;
  error: string;
  frames: Frame[];
  cookies: Cookie[];
  session: unknown;
  note: string;
  endpoint: string | null;
  rule: string | null;
  base_url: string;
  can_send: boolean;
  /** Whether the request's way through the app can be shown. */
  can_trace?: boolean;
  /** Whether the visitor can be made a new one. */
  can_forget: boolean;
  /** The number of what is shown: a new one for each card. */
  showing: number;
}

/** A line that differs from the answer of the run before, or how many do not. */
export type ChangedRow =
  | [mark: " " | "-" | "+", line: string]
  | [mark: "…", count: number];

/** A request that the reader wants sent: the kernel reads it in `card_widget.py`. */
export interface TypedRequest {
  method: string;
  url: string;
  headers: Header[];
  body: string | null;
  is_followed?: boolean;
}

/** One rule of the trait `rules`, which `announce_widget.py` makes. */
export interface AnnouncedRule {
  methods: string[];
  rule: string;
  endpoint: string;
  can_try: boolean;
}
