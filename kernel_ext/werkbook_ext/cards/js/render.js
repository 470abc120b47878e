import {
  blocksOf,
  decode,
  diffLines,
  comparable,
  foldSame,
  hexDump,
  highlightHtml,
  isFoldable,
  jsonCount,
  jsonPreview,
  loadsMore,
  pageHeight,
  parseJson,
  readableSize,
  sandboxed,
} from "./text.js";

const HIGHLIGHT_CHARS = 200_000;
const CHILDREN_AT_ONCE = 100;
const PAGE_BYTES = 5_000_000;

// An element with attributes, listeners (onclick: ...) and children.
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function table(rows, labels) {
  const head = element(
    "tr",
    {},
    ...labels.map((label) => element("th", { scope: "col" }, label)),
  );
  const lines = rows.map(([first, ...rest]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, first),
      ...rest.map((cell) => element("td", {}, cell)),
    ),
  );
  return element(
    "table",
    { class: "wb-card-table" },
    element("thead", {}, head),
    element("tbody", {}, ...lines),
  );
}

function code(label, ...children) {
  return element(
    "pre",
    { class: "wb-card-code", tabindex: "0", role: "region", "aria-label": label },
    ...children,
  );
}

// Text of any length: in blocks, of which the browser lays out those in sight.
function longText(text, label) {
  const box = element("div", {
    class: "wb-card-code wb-card-long",
    tabindex: "0",
    role: "region",
    "aria-label": label,
  });
  const blocks = blocksOf(text);
  let next = 0;
  const add = () => {
    for (const end = Math.min(next + 25, blocks.length); next < end; next += 1)
      box.append(element("pre", {}, blocks[next]));
    if (next < blocks.length) setTimeout(add, 0);
  };
  add();
  return box;
}

function htmlSource(text, label) {
  if (text.length > HIGHLIGHT_CHARS) return longText(text, label);
  return code(
    label,
    ...highlightHtml(text).map(([kind, part]) =>
      kind === "text" ? part : element("span", { class: `wb-card-${kind}` }, part),
    ),
  );
}

// A JSON value as nested <details>, filled when they are opened.
function jsonNode(name, value) {
  const key =
    name === null
      ? []
      : [
          element(
            "span",
            { class: "wb-card-key" },
            typeof name === "number" ? String(name) : JSON.stringify(name),
          ),
          ": ",
        ];
  if (!isFoldable(value))
    return element("div", { class: "wb-card-leaf" }, ...key, jsonLeaf(value));
  const node = element(
    "details",
    {},
    element(
      "summary",
      {},
      ...key,
      element("span", { class: "wb-card-preview" }, `${jsonPreview(value)} `),
      element("span", { class: "wb-card-folded" }, jsonCount(value)),
    ),
  );
  node.addEventListener("toggle", () => fillNode(node, value), { once: true });
  return node;
}

function fillNode(node, value) {
  const entries = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  const box = element("div", { class: "wb-card-children" });
  let next = 0;
  const more = () => {
    const part = entries.slice(next, next + CHILDREN_AT_ONCE);
    next += part.length;
    box.append(...part.map(([name, item]) => jsonNode(name, item)));
    const left = entries.length - next;
    if (!left) return;
    const button = element(
      "button",
      { class: "wb-card-button", type: "button" },
      `Show ${Math.min(left, CHILDREN_AT_ONCE)} of ${left} more`,
    );
    button.addEventListener("click", () => {
      button.remove();
      more();
    });
    box.append(button);
  };
  more();
  node.append(box);
}

function jsonLeaf(value) {
  const kind = value === null ? "null" : typeof value;
  return element(
    "span",
    { class: `wb-card-${kind}` },
    typeof value === "object" && value !== null
      ? Array.isArray(value)
        ? "[]"
        : "{}"
      : JSON.stringify(value),
  );
}

export function jsonTree(value, label) {
  const root = jsonNode(null, value);
  if (root.tagName === "DETAILS") {
    root.open = true;
    const small = Object.values(value).length <= 20;
    // The first level of a small value is of use only when it can be read at once.
    if (small)
      queueMicrotask(() =>
        root
          .querySelectorAll(":scope > .wb-card-children > details")
          .forEach((child) => (child.open = true)),
      );
  }
  return element(
    "div",
    { class: "wb-card-code wb-card-tree", role: "region", "aria-label": label },
    root,
  );
}

// The body of a response; `bytes` may be its beginning only, `all` fetches the rest.
export function bodyOf(response, bytes, all) {
  const isCut = bytes.length < response.size_bytes;
  const label = `Body, ${response.mimetype || "no type"}, ${readableSize(response.size_bytes)}`;
  const box = element("div", {}, shownBody(response, bytes, isCut, label));
  if (isCut && response.kind !== "image") {
    const button = element(
      "button",
      { class: "wb-card-button", type: "button" },
      `Show all ${readableSize(response.size_bytes)}`,
    );
    const note = element(
      "p",
      { class: "wb-card-note" },
      `The first ${readableSize(bytes.length)} are shown. `,
      button,
    );
    button.addEventListener("click", async () => {
      button.disabled = true;
      const whole = await all();
      box.replaceChildren(shownBody(response, whole, false, label));
    });
    box.append(note);
  }
  return box;
}

function shownBody(response, bytes, isCut, label) {
  if (!response.size_bytes)
    return element("p", { class: "wb-card-note" }, "The response has no body.");
  if (response.kind === "image") return image(response, bytes, label);
  if (response.kind === "binary") return code(label, hexDump(bytes));
  const text = decode(bytes, response.charset);
  if (response.kind === "json" && !isCut) {
    const value = parseJson(text);
    if (value !== undefined) return jsonTree(value, label);
  }
  return response.kind === "html" ? htmlSource(text, label) : longText(text, label);
}

function image(response, bytes, label) {
  const url = URL.createObjectURL(new Blob([bytes], { type: response.mimetype }));
  const picture = element("img", { class: "wb-card-image", src: url, alt: label });
  picture.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
  return picture;
}

// The page in a frame where nothing runs and nothing is loaded: what it shows of its
// app comes from the kernel, inside of it.
export function pageOf(response, bytes, load) {
  const box = element("div", { class: "wb-card-page" });
  const show = (text) => {
    const frame = element("iframe", {
      sandbox: "",
      referrerpolicy: "no-referrer",
      class: "wb-card-frame",
      title: "The page, without scripts",
    });
    frame.style.height = `${pageHeight(text)}px`;
    frame.srcdoc = sandboxed(text);
    box.replaceChildren(frame);
  };
  const showWhole = () => load().then((whole) => show(decode(whole, "utf-8")));
  const isWhole = bytes.length >= response.size_bytes;
  const text = decode(bytes, response.charset);
  if (isWhole && !loadsMore(text)) show(text);
  else if (response.size_bytes <= PAGE_BYTES) showWhole();
  else {
    const button = element(
      "button",
      { class: "wb-card-button", type: "button", onclick: showWhole },
      "Show it all the same",
    );
    box.append(
      element(
        "p",
        { class: "wb-card-note" },
        `The page has ${readableSize(response.size_bytes)}. `,
        button,
      ),
    );
  }
  return box;
}

export function tracebackOf(card) {
  const frames = card.frames.map((frame) => {
    const lines = frame.source.map((text, index) => {
      const number = frame.first_line + index;
      const isFailed = number === frame.line;
      return element(
        "span",
        { class: isFailed ? "wb-card-failed" : "" },
        `${isFailed ? "→" : " "} ${String(number).padStart(4)}  ${text}\n`,
      );
    });
    return element(
      "div",
      {},
      element("p", { class: "wb-card-place" }, `${frame.place}, in ${frame.function}`),
      code(frame.place, ...lines),
    );
  });
  return element(
    "div",
    {},
    ...frames,
    element("p", { class: "wb-card-error" }, card.error),
  );
}

export function changesOf(card, previous, text) {
  const last = card.hops[card.hops.length - 1];
  const line = `${last.method} ${last.url} -> ${last.status} ${last.reason}`.trim();
  const isText = ["json", "html", "text"].includes(card.response.kind);
  const body = isText
    ? text
    : `${card.response.kind}, ${card.response.size_bytes} bytes`;
  const rows = diffLines(
    comparable(previous.line, previous.headers, previous.body),
    comparable(line, card.response.headers, body),
  );
  if (rows.every(([mark]) => mark === " "))
    return element("p", { class: "wb-card-note" }, "The same as in the run before.");
  const names = {
    "+": "wb-card-added",
    "-": "wb-card-removed",
    " ": "",
    "…": "wb-card-note",
  };
  const spans = foldSame(rows).map(([mark, value]) =>
    element(
      "span",
      { class: names[mark] },
      mark === "…" ? `… ${value} unchanged\n` : `${mark} ${value}\n`,
    ),
  );
  return code("Differences from the run before", ...spans);
}
