import {
  asCurl,
  asRequests,
  asTest,
  decode,
  header,
  parseHeaders,
  readableSize,
  readableTime,
  statusKind,
  typedHeaders,
} from "./text.js";
import {
  bodyOf,
  changesOf,
  element,
  jsonTree,
  pageOf,
  table,
  tracebackOf,
} from "./render.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
let views = 0;

// The whole body, or the page with its styles and images inside, asked of the kernel.
function loaderOf(model, type) {
  const waiting = [];
  model.on("msg:custom", (message, buffers) => {
    if (message?.type !== type || !buffers?.length) return;
    const view = buffers[0];
    const bytes = new Uint8Array(
      view.buffer ?? view,
      view.byteOffset ?? 0,
      view.byteLength,
    );
    for (const done of waiting.splice(0)) done(bytes);
  });
  return () =>
    new Promise((done) => {
      waiting.push(done);
      if (waiting.length === 1) model.send({ type });
    });
}

function contentOf(model) {
  const view = model.get("content");
  if (!view) return new Uint8Array();
  return new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
}

function statusLine(card) {
  return card.hops.map((hop) =>
    element(
      "div",
      { class: "wb-card-hop" },
      element("span", { class: "wb-card-method" }, hop.method),
      element("span", { class: "wb-card-url" }, hop.url),
      element(
        "span",
        { class: `wb-card-status wb-card-${statusKind(hop.status)}` },
        `${hop.status} ${hop.reason}`.trim(),
      ),
    ),
  );
}

function requestTab(card) {
  const rows = typedHeaders(card.request.headers);
  const parts = [
    element("p", {}, element("code", {}, `${card.hops[0].method} ${card.hops[0].url}`)),
  ];
  if (card.endpoint)
    parts.push(
      element(
        "p",
        { class: "wb-card-note" },
        `Answered by ${card.endpoint} (${card.rule ?? "no rule"})`,
      ),
    );
  if (rows.length) parts.push(table(rows, ["Header", "Value"]));
  if (card.sent)
    parts.push(element("pre", { class: "wb-card-code", tabindex: "0" }, card.sent));
  else if (card.request.size_bytes)
    parts.push(
      element(
        "p",
        { class: "wb-card-note" },
        `${card.request.mimetype}, ${readableSize(card.request.size_bytes)}`,
      ),
    );
  return element("div", {}, ...parts);
}

function cookiesTab(card) {
  const parts = [];
  if (card.cookies.length)
    parts.push(
      table(
        card.cookies.map((cookie) => [
          cookie.name,
          cookie.value,
          cookie.path,
          cookie.more,
        ]),
        ["Cookie", "Value", "Path", "Attributes"],
      ),
    );
  if (card.session !== null)
    parts.push(
      element("p", { class: "wb-card-place" }, "The session holds"),
      jsonTree(card.session, "Session"),
    );
  return element("div", {}, ...parts);
}

// The tabs that a card has something for: [name, label, how to make it].
function tabsOf(card, model, all, page) {
  const bytes = contentOf(model);
  const previous = model.get("previous") ?? {};
  const tabs = [];
  if (card.error) tabs.push(["Traceback", () => tracebackOf(card)]);
  if (card.response.kind === "html")
    tabs.push(["Page", () => pageOf(card.response, bytes, page)]);
  tabs.push(["Body", () => bodyOf(card.response, bytes, all)]);
  tabs.push(["Headers", () => table(card.response.headers, ["Header", "Value"])]);
  tabs.push(["Request", () => requestTab(card)]);
  if (card.output)
    tabs.push([
      "Output",
      () => element("pre", { class: "wb-card-code", tabindex: "0" }, card.output),
    ]);
  if (card.cookies.length || card.session !== null)
    tabs.push(["Cookies", () => cookiesTab(card)]);
  if (previous.line)
    tabs.push([
      "Changes",
      () => changesOf(card, previous, decode(bytes, card.response.charset)),
    ]);
  return tabs;
}

// Tabs after the ARIA authoring practices: one is in the tab order, arrows move.
function tabList(tabs, chosen, choose) {
  const id = `wb-card-${(views += 1)}`;
  const panel = element("div", {
    role: "tabpanel",
    id: `${id}-panel`,
    class: "wb-card-panel",
    tabindex: "-1",
  });
  const buttons = tabs.map(([name], index) =>
    element(
      "button",
      {
        role: "tab",
        type: "button",
        id: `${id}-${index}`,
        "aria-controls": `${id}-panel`,
        class: "wb-card-tab",
        onclick: () => select(index),
      },
      name,
    ),
  );
  const select = (index, isFocused = false) => {
    buttons.forEach((button, other) => {
      button.setAttribute("aria-selected", String(other === index));
      button.tabIndex = other === index ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `${id}-${index}`);
    panel.replaceChildren(tabs[index][1]());
    if (isFocused) buttons[index].focus();
    choose(tabs[index][0]);
  };
  const list = element(
    "div",
    { role: "tablist", "aria-label": "Parts of the response", class: "wb-card-tabs" },
    ...buttons,
  );
  list.addEventListener("keydown", (event) => {
    const index = buttons.indexOf(event.target);
    const goal = {
      ArrowRight: index + 1,
      ArrowLeft: index - 1,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (index < 0 || goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    select((goal + buttons.length) % buttons.length, true);
  });
  const start = tabs.findIndex(([name]) => name === chosen);
  select(Math.max(start, 0));
  return [list, panel];
}

async function copy(text, say) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the clipboard's permission the old way works, from a click.
    const box = element("textarea", { class: "wb-card-hidden", readonly: true }, text);
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  say("Copied.");
}

function field(label, input) {
  return element(
    "label",
    { class: "wb-card-field" },
    element("span", {}, label),
    input,
  );
}

function editor(card, send, close) {
  const keys = { "data-lm-suppress-shortcuts": "true" };
  const first = card.hops[0];
  const methods = METHODS.includes(first.method) ? METHODS : [first.method, ...METHODS];
  const method = element(
    "select",
    keys,
    ...methods.map((name) =>
      element("option", { value: name, selected: name === first.method }, name),
    ),
  );
  const url = element("input", {
    ...keys,
    type: "text",
    value: first.url,
    spellcheck: "false",
  });
  const lines = typedHeaders(card.request.headers).filter(
    ([name]) => name.toLowerCase() !== "cookie",
  );
  const headers = element(
    "textarea",
    { ...keys, rows: "3", spellcheck: "false", placeholder: "Accept: text/html" },
    lines.map(([name, value]) => `${name}: ${value}`).join("\n"),
  );
  const body = element(
    "textarea",
    { ...keys, rows: "4", spellcheck: "false" },
    card.sent,
  );
  const problem = element("p", { class: "wb-card-error", role: "alert" });
  const form = element(
    "form",
    { class: "wb-card-editor" },
    element(
      "div",
      { class: "wb-card-row" },
      field("Method", method),
      field("URL", url),
    ),
    field("Headers", headers),
    field("Body", body),
    problem,
    element(
      "div",
      { class: "wb-card-row" },
      element("button", { class: "wb-card-button", type: "submit" }, "Send"),
      element(
        "button",
        { class: "wb-card-button", type: "button", onclick: close },
        "Cancel",
      ),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pairs = parseHeaders(headers.value);
    if (pairs === null)
      problem.textContent = "A header is a line such as Accept: text/html.";
    else if (!url.value.startsWith("/"))
      problem.textContent = "The URL is one of the app's: it starts with /.";
    else
      send({
        method: method.value,
        url: url.value,
        headers: pairs,
        body: body.value || null,
      });
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  queueMicrotask(() => url.focus());
  return form;
}

// The request as it was typed: cookies come from the jar, lengths from the body.
function sameRequest(card) {
  const headers = typedHeaders(card.request.headers).filter(
    ([name]) => name.toLowerCase() !== "cookie",
  );
  const { method, url, status } = card.hops[0];
  const isShownAsItCame = card.hops.length === 1 && status >= 300 && status < 400;
  return {
    method,
    url,
    headers,
    body: card.sent || null,
    is_followed: !isShownAsItCame,
  };
}

function actions(card, model, send, edit, say) {
  const bytes = contentOf(model);
  const button = (label, title, onclick, isDisabled = false) =>
    element(
      "button",
      { class: "wb-card-button", type: "button", title, onclick, disabled: isDisabled },
      label,
    );
  const canResend = card.sent || !card.request.size_bytes;
  const parts = [];
  if (card.can_send && canResend)
    parts.push(
      button(
        "Send again",
        "Send the same request again",
        () => send(sameRequest(card)),
        model.get("is_busy"),
      ),
    );
  if (card.can_send) parts.push(button("Edit", "Change the request and send it", edit));
  parts.push(
    element("span", { class: "wb-card-note" }, "Copy as"),
    button("curl", "Copy the request as a curl command", () => copy(asCurl(card), say)),
    button("requests", "Copy the request as Python, with the requests library", () =>
      copy(asRequests(card), say),
    ),
    button("test", "Copy the request as a pytest function", () =>
      copy(asTest(card, decode(bytes, card.response.charset)), say),
    ),
  );
  return element(
    "div",
    {
      class: "wb-card-actions",
      role: "toolbar",
      "aria-label": "What can be done with the request",
    },
    ...parts,
  );
}

export function renderCard({ model, el }) {
  const all = loaderOf(model, "body");
  const page = loaderOf(model, "page");
  const live = element("span", {
    class: "wb-card-live",
    role: "status",
    "aria-live": "polite",
  });
  let chosen = null;
  let isEditing = false;
  const say = (text) => {
    live.textContent = text;
  };
  const send = (request) => {
    try {
      model.send({ type: "send", request });
      isEditing = false;
      say("Sending…");
    } catch {
      say("The kernel is gone: run the cell again.");
    }
  };
  const draw = () => {
    const card = model.get("state");
    if (!card?.hops) {
      el.replaceChildren();
      return;
    }
    const last = card.hops[card.hops.length - 1];
    const edit = () => {
      isEditing = !isEditing;
      draw();
    };
    const facts = `${readableTime(card.duration_ms)} · ${readableSize(card.response.size_bytes)}${header(card.response.headers, "content-type") ? ` · ${card.response.mimetype}` : ""}`;
    const head = element(
      "div",
      { class: "wb-card-head" },
      element("div", { class: "wb-card-hops" }, ...statusLine(card)),
      element("span", { class: "wb-card-facts" }, facts),
    );
    const note = card.note ? [element("p", { class: "wb-card-note" }, card.note)] : [];
    const form = isEditing ? [editor(card, send, edit)] : [];
    const [list, panel] = tabList(tabsOf(card, model, all, page), chosen, (name) => {
      chosen = name;
    });
    const box = element(
      "section",
      {
        class: "wb-card",
        "aria-label": `${last.method} ${last.url}, ${last.status} ${last.reason}`,
      },
      head,
      ...note,
      actions(card, model, send, edit, say),
      live,
      ...form,
      list,
      panel,
    );
    box.dataset.status = String(last.status);
    el.replaceChildren(box);
  };
  model.on("change:state", () => {
    draw();
    const last = model.get("state").hops?.at(-1);
    if (last) say(`Answered ${last.status} ${last.reason}.`);
  });
  model.on("change:is_busy", () => {
    for (const one of el.querySelectorAll(".wb-card-actions button"))
      if (one.textContent === "Send again") one.disabled = model.get("is_busy");
  });
  model.on("msg:custom", (message) => {
    if (message?.type === "failed") say(String(message.text));
  });
  model.on("comm_live_update", () => {
    if (!model.comm_live) say("The kernel was restarted: run the cell again.");
  });
  draw();
}
