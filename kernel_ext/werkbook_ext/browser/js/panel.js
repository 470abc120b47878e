// The drawer below the page: what it asked for, what it said.

import { make } from "./dom.js";
import { kindOfStatus } from "./toolbar.js";
import { shownAddress } from "./urls.js";

const MAX_LINES = 300;
const MAX_SHOWN_BYTES = 20_000;

export class Panel {
  constructor() {
    this.requests = [];
    this.lines = [];
    this.tab = "network";
    this.isWaiting = false;
    this.networkTab = this.makeTab("network", "Network");
    this.consoleTab = this.makeTab("console", "Console");
    this.body = make("div", { class: "wb-panel-body", role: "tabpanel", tabindex: "0" });
    this.clear = make("button", { type: "button", class: "wb-action", text: "Clear",
      onclick: () => this.empty() });
    this.element = make("div", { class: "wb-panel", hidden: true },
      make("div", { class: "wb-tabs", role: "tablist", onkeydown: (event) => this.moveTab(event) },
        this.networkTab, this.consoleTab, this.clear),
      this.body);
    this.select("network");
  }

  makeTab(name, label) {
    return make("button", { type: "button", class: "wb-tab", role: "tab", text: label,
      onclick: () => this.select(name) });
  }

  moveTab(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    this.select(this.tab === "network" ? "console" : "network");
    (this.tab === "network" ? this.networkTab : this.consoleTab).focus();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle() {
    this.element.hidden = this.isOpen;
    this.draw();
    return this.isOpen;
  }

  select(name) {
    this.tab = name;
    for (const [tab, own] of [[this.networkTab, "network"], [this.consoleTab, "console"]]) {
      tab.setAttribute("aria-selected", String(own === name));
      tab.tabIndex = own === name ? 0 : -1;
    }
    this.draw();
  }

  empty() {
    (this.tab === "network" ? this.requests : this.lines).length = 0;
    this.draw();
  }

  /** Add a request; returns what to call when it is answered. */
  addRequest(request) {
    this.requests.push(request);
    this.requests.splice(0, this.requests.length - MAX_LINES);
    this.drawSoon();
    return (answer) => {
      Object.assign(request, answer);
      this.drawSoon();
    };
  }

  addLine(level, text) {
    this.lines.push({ level, text });
    this.lines.splice(0, this.lines.length - MAX_LINES);
    this.drawSoon();
  }

  drawSoon() {
    if (this.isWaiting || !this.isOpen) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  draw() {
    if (!this.isOpen) return;
    this.body.replaceChildren(...(this.tab === "network"
      ? this.requests.map((request) => this.requestRow(request))
      : this.lines.map(({ level, text }) => make("pre", { class: "wb-line", "data-level": level, text }))));
    if (!this.body.childElementCount) {
      const text = this.tab === "network" ? "No requests yet." : "No messages yet.";
      this.body.append(make("p", { class: "wb-empty", text }));
    }
    if (this.tab === "console") this.body.scrollTop = this.body.scrollHeight;
  }

  requestRow(request) {
    const { head, problem } = request;
    const status = head ? String(head.status) : problem ? "failed" : "\u2026";
    const row = make("details", { class: "wb-request" },
      make("summary", {},
        make("span", { class: "wb-method", text: request.method }),
        make("span", { class: "wb-where", text: shownAddress(request.url) }),
        make("span", { class: "wb-code", "data-kind": head ? kindOfStatus(head.status) : problem ? "error" : "", text: status }),
        make("span", { class: "wb-kind", text: request.kind }),
        make("span", { class: "wb-took", text: head ? `${Math.round(head.took_ms)} ms` : "" })));
    row.open = !!request.isOpen;
    const fill = () => {
      if (row.open && row.childElementCount === 1) row.append(card(request));
    };
    row.addEventListener("toggle", () => {
      request.isOpen = row.open;
      fill();
    });
    fill();
    return row;
  }
}

function card(request) {
  const { head, problem, body } = request;
  const parts = [];
  for (const [status, url] of head?.hops || []) {
    parts.push(make("p", { class: "wb-hop", text: `${status} redirect from ${shownAddress(url)}` }));
  }
  if (problem) parts.push(make("p", { class: "wb-hop", text: problem }));
  if (head) parts.push(section("Response headers", headerText(head.headers)));
  if (request.headers?.length) parts.push(section("Request headers", headerText(request.headers)));
  if (request.sent?.byteLength) parts.push(section("Request body", bodyText(request.sent)));
  if (body) parts.push(section("Response body", bodyText(body)));
  return make("div", { class: "wb-exchange" }, ...parts);
}

function section(title, text) {
  return make("section", {}, make("h4", { text: title }), make("pre", { text: text || "(empty)" }));
}

const SECRET = /^(authorization|proxy-authorization|cookie|set-cookie)$/i;

function headerText(headers) {
  return headers.map(([name, value]) =>
    `${name}: ${SECRET.test(name) ? value.replace(/=[^;]*/, "=\u2026") : value}`).join("\n");
}

function bodyText(bytes) {
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_SHOWN_BYTES));
  const isText = !/[\0-\x08\x0e-\x1f]/.test(text.slice(0, 500));
  if (!isText) return `${bytes.byteLength} bytes`;
  return bytes.byteLength > MAX_SHOWN_BYTES ? `${text}\n\u2026 (${bytes.byteLength} bytes)` : text;
}
