// The card of an exercise: its text, its checks, the exchange behind each, its hints.

import { renderCard } from "../../cards/js/card.js";
import { make } from "../../widgets/js/dom.js";

/**
 * @import { CardState } from "../../cards/js/card_state.d.ts"
 * @import { RenderProps, WidgetModel } from "../../widgets/js/widget_model.d.ts"
 * @import { CheckLine, ExerciseState } from "./exercise_state.d.ts"
 * @typedef {{
 *   summary: string, said: string, opened: Set<string>, focusAt: number | null,
 * }} Memory
 */

const SAY_AFTER_MS = 150;
const DRAWN_FRAMES = 120; // how long a view that is drawn anew may take to be shown

// What a reader has seen and opened. A front end draws the view anew when the saved
// text beside it changes, with another object for the same model.
/** @type {Map<string, Memory>} */
const memories = new Map();

/** @param {WidgetModel} model */
function memoryOf(model) {
  const key = model.get("key");
  const { summary } = model.get("state");
  const memory = memories.get(key) ?? {
    summary,
    said: "",
    opened: new Set(),
    focusAt: null,
  };
  memories.set(key, memory);
  return memory;
}

/**
 * Draw Markdown that the kernel made HTML of: no tags of the text's own are left.
 *
 * @param {string} html
 * @param {string} name
 */
function prose(html, name) {
  const box = make("div", { class: name });
  box.innerHTML = html;
  return box;
}

/**
 * Return what a card of a response reads from: a model that never changes.
 *
 * @param {CardState} state
 * @param {unknown} content
 */
function stillModel(state, content) {
  /** @type {Record<string, unknown>} */
  const values = { state, content, previous: {}, is_busy: false };
  return {
    get: (/** @type {string} */ name) => values[name],
    on: () => {},
    off: () => {},
    send: () => {},
    set: () => {},
    save_changes: () => {},
    comm_live: true,
    widget_manager: null,
  };
}

/**
 * @param {CheckLine & { card: CardState }} line
 * @param {unknown} content
 * @param {string} label
 * @param {Set<string>} opened
 */
function exchange(line, content, label, opened) {
  const place = make("div", {});
  const box = make(
    "details",
    { class: "wb-exercise-exchange" },
    make("summary", { text: label }),
    place,
  );
  box.addEventListener("toggle", () => {
    if (box.open) opened.add(line.source);
    else opened.delete(line.source);
    if (box.open && !place.firstChild)
      renderCard({ model: stillModel(line.card, content), el: place });
  });
  box.open = opened.has(line.source);
  return box;
}

/**
 * @param {CheckLine} line
 * @param {unknown} content
 * @param {Record<string, string>} words
 * @param {Set<string>} opened
 */
function checkLine(line, content, words, opened) {
  const mark = line.is_done ? "✓" : "○";
  return make(
    "li",
    { class: line.is_done ? "wb-exercise-done" : "wb-exercise-open" },
    make("span", { class: "wb-exercise-mark", "aria-hidden": "true", text: mark }),
    make(
      "div",
      { class: "wb-exercise-check" },
      make("span", { class: "wb-exercise-state", text: `${line.state}: ` }),
      make("code", { text: line.source }),
      line.note && make("span", { class: "wb-exercise-note", text: ` ${line.note}` }),
      line.words && make("p", { class: "wb-exercise-words", text: line.words }),
      line.card &&
        exchange({ ...line, card: line.card }, content, words.exchange, opened),
    ),
  );
}

/**
 * Draw texts that are shown one at a time, and the button that shows the next.
 *
 * @param {WidgetModel} model
 * @param {string[]} texts
 * @param {string} trait
 * @param {{ title: string, first: string, next: string }} labels
 */
function uncovered(model, texts, trait, labels) {
  const shown = Math.min(model.get(trait), texts.length);
  const items = texts
    .slice(0, shown)
    .map((html) => make("li", {}, prose(html, "wb-exercise-prose")));
  /** @type {HTMLElement[]} */
  const parts = shown
    ? [make("h4", { text: labels.title }), make("ol", {}, ...items)]
    : [];
  if (shown < texts.length)
    parts.push(
      make("button", {
        type: "button",
        class: "wb-card-button",
        text: shown ? labels.next : labels.first,
        onclick: () => {
          model.set(trait, shown + 1);
          model.save_changes();
          // A change waits for those before it; what is handed in may not wait.
          model.send({ type: "uncovered", trait, count: shown + 1 });
        },
      }),
    );
  return make("div", { class: "wb-exercise-hints" }, ...parts);
}

/**
 * @param {WidgetModel} model
 * @param {HTMLElement} box
 */
function draw(model, box) {
  /** @type {ExerciseState} */
  const state = model.get("state");
  const contents = model.get("contents") ?? [];
  const { words } = state;
  const { opened } = memoryOf(model);
  const checks = make(
    "ul",
    { class: "wb-exercise-checks", "aria-label": words.checks },
    ...state.lines.map((line, index) =>
      checkLine(line, contents[index], words, opened),
    ),
  );
  const hints = uncovered(model, state.hints, "hints_shown", {
    title: words.hints,
    first: words.hint,
    next: words.more_hints,
  });
  const isHelped = model.get("hints_shown") >= state.hints.length;
  const steps = uncovered(model, isHelped ? state.steps : [], "steps_shown", {
    title: words.steps,
    first: words.solution,
    next: words.next_step,
  });
  const progress = make("progress", {
    max: String(state.count),
    value: String(state.done),
    "aria-label": state.summary,
  });
  box.replaceChildren(
    make("h3", { text: state.title }),
    prose(state.html, "wb-exercise-prose"),
    checks,
    make(
      "p",
      { class: "wb-exercise-summary" },
      progress,
      ` ${model.get("is_checking") ? words.checking : state.summary}`,
    ),
    hints,
    steps,
  );
  box.dataset.done = String(state.is_done);
  box.setAttribute("aria-busy", String(model.get("is_checking")));
  box.setAttribute("aria-label", state.title);
}

const LINES = ".wb-exercise-checks > li";
const HELP = ".wb-exercise-hints > ol > li";

/**
 * Return where in the card the focus is: the number of the check, -1 for the help
 * below; null where it is elsewhere.
 *
 * @param {HTMLElement} box
 */
function focusPlace(box) {
  const focused = document.activeElement;
  if (!focused || !box.contains(focused)) return null;
  return [...box.querySelectorAll(LINES)].findIndex((one) => one.contains(focused));
}

/**
 * Give the focus back once the card is drawn anew.
 *
 * It stays at its check, or at the button of the hints; where no button is left it goes
 * to what was uncovered last, for the page's own beginning is far away.
 *
 * @param {HTMLElement} box
 * @param {number | null} at
 */
function giveFocus(box, at) {
  if (at === null) return;
  const check = box.querySelectorAll(LINES)[at]?.querySelector("summary");
  const buttons = [...box.querySelectorAll(".wb-exercise-hints button")];
  const helps = [...box.querySelectorAll(HELP)];
  const found = at < 0 ? (buttons.at(-1) ?? helps.at(-1)) : check;
  const target = /** @type {HTMLElement} */ (found ?? box);
  if (target === box || target.tagName === "LI") target.tabIndex = -1;
  target.focus();
}

/**
 * Remember where the focus is. A front end that draws the view anew takes the focused
 * element away, which is no wish of the reader's: then it comes back in the new view.
 *
 * @param {HTMLElement} box
 * @param {Memory} memory
 */
function rememberFocus(box, memory) {
  box.addEventListener("focusin", () => {
    memory.focusAt = focusPlace(box);
  });
  box.addEventListener("focusout", () => {
    setTimeout(() => {
      if (box.isConnected && focusPlace(box) === null) memory.focusAt = null;
    });
  });
  let frames = 0;
  const giveBack = () => {
    if (memory.focusAt === null || frames++ > DRAWN_FRAMES) return;
    if (!box.isConnected) requestAnimationFrame(giveBack);
    else if (document.activeElement === document.body) giveFocus(box, memory.focusAt);
  };
  giveBack();
}

/** @param {RenderProps} props */
function render({ model, el }) {
  const box = make("section", { class: "wb-card wb-exercise" });
  const live = make("p", {
    class: "wb-exercise-live",
    role: "status",
    "aria-live": "polite",
    text: memoryOf(model).said,
  });
  const tell = () => {
    const memory = memoryOf(model);
    const { summary, is_done: isDone, words } = model.get("state");
    if (summary === memory.summary) return;
    // A region that has just come is not read aloud: its text has to change later.
    setTimeout(() => {
      if (!live.isConnected) return;
      memory.summary = summary;
      memory.said = isDone ? words.solved : summary;
      live.textContent = memory.said;
    }, SAY_AFTER_MS);
  };
  const again = () => {
    const at = focusPlace(box);
    draw(model, box);
    giveFocus(box, at);
  };
  model.on("change:state", () => {
    again();
    tell();
  });
  model.on("change:hints_shown change:steps_shown", () => {
    again();
    live.textContent = [...box.querySelectorAll(HELP)].at(-1)?.textContent ?? "";
  });
  model.on("change:is_checking", again);
  draw(model, box);
  el.replaceChildren(box, live);
  rememberFocus(box, memoryOf(model));
  tell();
}

export default { render };
