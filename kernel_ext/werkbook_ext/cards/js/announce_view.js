// The rules of a cell, a line each with Try; what is tried shows as a card below.

import { make } from "../../widgets/js/dom.js";
import { KernelWatch } from "../../widgets/js/kernel_watch.js";
import { RESTARTED, renderCard } from "./card.js";
import { drawButton, drawNote } from "./drawing.js";
import { fillRule, ruleParts } from "./rules.js";

/**
 * @import { RenderProps, WidgetModel } from "../../widgets/js/widget_model.d.ts"
 * @import { AnnouncedRule, TypedRequest } from "./card_state.d.ts"
 */

const KEYS = { "data-lm-suppress-shortcuts": "true", spellcheck: "false", size: "10" };

/** @param {RenderProps} props */
function render({ model, el }) {
  const lines = make("div", { class: "wb-card-rules" });
  const card = make("div");
  const close = drawButton("Close", { "aria-label": "Close the card" });
  const showRules = () => drawRules(model, lines);
  const showClose = () => {
    close.hidden = !model.get("state")?.hops;
  };
  close.addEventListener("click", () => {
    card.hidden = true;
    close.hidden = true;
  });
  model.on("change:rules change:more", showRules);
  model.on("change:state change:waiting", () => {
    card.hidden = false;
    showClose();
  });
  el.classList.add("wb-card-announced");
  el.replaceChildren(lines, card, close);
  showRules();
  const stop = renderCard({ model, el: card });
  const watch = new KernelWatch(model, lines, () => showProblem(lines, RESTARTED));
  showClose();
  return () => {
    watch.close();
    stop();
  };
}

/**
 * @param {HTMLElement} lines
 * @param {string} text
 */
function showProblem(lines, text) {
  lines.querySelector(":scope > [role=alert]")?.remove();
  lines.append(make("p", { class: "wb-card-error", role: "alert" }, text));
}

/**
 * @param {WidgetModel} model
 * @param {HTMLElement} lines
 */
function drawRules(model, lines) {
  /** @type {AnnouncedRule[]} */
  const rules = model.get("rules");
  const more = model.get("more");
  const attempt = (/** @type {number} */ rule, /** @type {TypedRequest} */ request) => {
    try {
      model.send({ type: "send", rule, request });
    } catch {
      showProblem(lines, "The kernel is gone: run the cell again.");
    }
  };
  lines.replaceChildren(
    ...rules.map((rule, index) => drawRule(rule, (request) => attempt(index, request))),
    ...(more ? [drawNote(more)] : []),
  );
}

/**
 * Draw a rule with a box for each variable, its endpoint, and Try.
 *
 * @param {AnnouncedRule} rule
 * @param {(request: TypedRequest) => void} attempt
 */
function drawRule(rule, attempt) {
  const [method] = rule.methods;
  const parts = ruleParts(rule.rule);
  /** @type {Map<string, HTMLInputElement>} */
  const boxes = new Map();
  const shown = parts.map((part) => {
    if ("text" in part) return part.text;
    const { name, example } = part;
    const label = { placeholder: name, "aria-label": `${name} of ${rule.rule}` };
    const box = make("input", { ...KEYS, ...label, type: "text", value: example });
    boxes.set(name, box);
    return box;
  });
  const problem = make("span", { class: "wb-card-error", role: "alert" });
  const form = make(
    "form",
    { class: "wb-card-rule" },
    make("span", { class: "wb-card-method" }, rule.methods.join(", ")),
    make("span", { class: "wb-card-url" }, ...shown),
    make("span", { class: "wb-card-note" }, `→ ${rule.endpoint}`),
  );
  if (rule.can_try) {
    const title = `Send ${method} ${rule.rule}`;
    form.append(drawButton("Try", { type: "submit", title }), problem);
  }
  form.addEventListener("keydown", (event) => event.stopPropagation());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [empty, box] = [...boxes].find(([, one]) => !one.value) ?? [];
    problem.textContent = box ? `${empty} is empty.` : "";
    if (box) return box.focus();
    const values = [...boxes].map(([name, { value }]) => [name, value]);
    const url = fillRule(parts, Object.fromEntries(values));
    return attempt({ method, url, headers: [], body: null });
  });
  return form;
}

export default { render };
