// The parts of the panel: an app's head, its rules, what else cells registered, the log.

import { element, kindOfStatus, shownSize, shownTime } from "../dom.js";

const CARDS = "__import__('werkbook_ext.panel.exchange_cards', fromlist=['panel'])";

/** Return all that the panel shows of one app. */
export function appSection(app, state, panel, trans) {
  return element(
    "section",
    { class: "wb-panel-app", "data-app": app.name },
    head(app, panel, trans),
    part(
      "rules",
      trans.__("Rules"),
      app.rules.length,
      rules(app, state, panel, trans),
      panel,
    ),
    part(
      "others",
      trans.__("Hooks, templates, files"),
      state.others.length,
      others(state, panel),
      panel,
    ),
    part("log", trans.__("Requests"), app.log.length, log(app, panel, trans), panel),
  );
}

function head(app, panel, trans) {
  const { actions } = panel;
  const button = (label, onclick) =>
    element("button", { type: "button", class: "wb-panel-button", onclick }, label);
  return element(
    "header",
    { class: "wb-panel-head" },
    element("h2", {}, app.name),
    element(
      "span",
      { class: "wb-panel-served", "data-on": app.is_serving },
      app.is_serving ? trans.__("served") : trans.__("not served"),
    ),
    app.note ? element("p", { class: "wb-panel-note" }, app.note) : null,
    element(
      "div",
      { class: "wb-panel-buttons" },
      app.is_serving
        ? button(trans.__("Stop"), () => actions.stop(app))
        : button(trans.__("Serve"), () => actions.run(`%serve ${app.name}`)),
      button(trans.__("Open in a tab"), () => actions.askTab(app, "/")),
      button(trans.__("Check"), () => actions.run(`%check ${app.name}`)),
      button(trans.__("Export"), () => actions.run(`%export --app ${app.name}`)),
      app.openapi ? button("OpenAPI", () => actions.askTab(app, app.openapi)) : null,
    ),
  );
}

function part(key, title, count, content, panel) {
  const details = element(
    "details",
    { class: "wb-panel-part", "data-part": key, open: panel.openParts.has(key) },
    element(
      "summary",
      {},
      title,
      element("span", { class: "wb-panel-count" }, String(count)),
    ),
    content,
  );
  details.addEventListener("toggle", () => {
    panel.openParts[
      /** @type {HTMLDetailsElement} */ (details).open ? "add" : "delete"
    ](key);
  });
  return details;
}

function rules(app, state, panel, trans) {
  const groups = new Map();
  for (const rule of app.rules) {
    if (!groups.has(rule.cell)) groups.set(rule.cell, []);
    groups.get(rule.cell).push(rule);
  }
  const rows = [...groups].map(([cell, group]) =>
    element(
      "div",
      {
        class: "wb-panel-group",
        "data-cell": cell,
        "data-edited": state.edited.includes(cell),
      },
      ...group.map((rule) => ruleRow(rule, cell, state, panel, trans)),
    ),
  );
  return element("div", { class: "wb-panel-rules" }, ...rows);
}

function ruleRow(rule, cell, state, panel, trans) {
  const isEdited = state.edited.includes(cell);
  const title = isEdited ? trans.__("edited since it ran") : rule.endpoint;
  return element(
    "button",
    { type: "button", class: "wb-panel-row", title, onclick: () => panel.goTo(cell) },
    element("span", { class: "wb-panel-method" }, rule.methods.join(", ")),
    element("span", { class: "wb-panel-rule" }, rule.rule, isEdited ? " *" : null),
    element(
      "span",
      { class: "wb-panel-status", "data-kind": kindOfStatus(rule.status) },
      rule.status ? String(rule.status) : "",
    ),
    element("span", { class: "wb-panel-number" }, rule.count ? `${rule.count}×` : ""),
  );
}

function others(state, panel) {
  const rows = state.others.map((one) =>
    element(
      "button",
      {
        type: "button",
        class: "wb-panel-row",
        title: one.line,
        onclick: () => panel.goTo(one.cell),
      },
      element("span", { class: "wb-panel-method" }, one.kind),
      element("span", { class: "wb-panel-rule" }, one.name),
    ),
  );
  return element("div", {}, ...rows);
}

function log(app, panel, trans) {
  const rows = [...app.log].reverse().map((one) => {
    const shown = `show_exchange(${JSON.stringify(app.name)}, ${one.number})`;
    return element(
      "button",
      {
        type: "button",
        class: "wb-panel-row wb-panel-entry",
        title: `${one.method} ${one.url}\n${one.type}, ${shownSize(one.bytes)}`,
        "data-number": one.number,
        onclick: () => panel.actions.run(`${CARDS}.${shown}`),
      },
      element("span", { class: "wb-panel-method" }, one.method),
      element("span", { class: "wb-panel-rule" }, one.url),
      element(
        "span",
        { class: "wb-panel-status", "data-kind": kindOfStatus(one.status) },
        String(one.status),
      ),
      element("span", { class: "wb-panel-number" }, shownTime(one.ms)),
    );
  });
  if (!rows.length)
    rows.push(element("p", { class: "wb-panel-none" }, trans.__("none yet")));
  return element("div", { class: "wb-panel-log", role: "log" }, ...rows);
}
