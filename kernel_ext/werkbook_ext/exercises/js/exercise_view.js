// The card of an exercise: its text, its checks, the exchange behind each, its hints.

import { renderCard } from "../../cards/js/card.js";
import { make } from "../../widgets/js/dom.js";

const SAY_AFTER_MS = 150;

// What a reader has seen and opened. A front end draws the view anew when the saved
// text beside it changes, with another object for the same model.
const memories = new Map();

function memoryOf(model) {
  const key = model.get("key");
  if (!memories.has(key)) {
    const { summary } = model.get("state");
    memories.set(key, { summary, said: "", opened: new Set() });
  }
  return memories.get(key);
}

// Markdown that the kernel made HTML of, in which no tags of the text's own are left.
function prose(html, name) {
  const box = make("div", { class: name });
  box.innerHTML = html;
  return box;
}

// What a card of a response reads from: a model that never changes.
function stillModel(state, content) {
  const values = { state, content, previous: {}, is_busy: false };
  return { get: (name) => values[name], on: () => {}, send: () => {}, comm_live: true };
}

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
      line.card && exchange(line, content, words.exchange, opened),
    ),
  );
}

// Texts that are shown one at a time, and the button that shows the next.
function uncovered(model, texts, trait, labels) {
  const shown = Math.min(model.get(trait), texts.length);
  const items = texts
    .slice(0, shown)
    .map((html) => make("li", {}, prose(html, "wb-exercise-prose")));
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
        },
      }),
    );
  return make("div", { class: "wb-exercise-hints" }, ...parts);
}

function draw(model, box) {
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
    make("p", { class: "wb-exercise-summary" }, progress, ` ${state.summary}`),
    hints,
    steps,
  );
  box.dataset.done = String(state.is_done);
  box.setAttribute("aria-label", state.title);
}

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
    const isInside = box.contains(document.activeElement);
    draw(model, box);
    const buttons = box.querySelectorAll(".wb-exercise-hints button");
    if (isInside) [...buttons].at(-1)?.focus();
  };
  model.on("change:state", () => {
    again();
    tell();
  });
  model.on("change:hints_shown change:steps_shown", again);
  model.on("change:is_checking", () =>
    box.setAttribute("aria-busy", String(model.get("is_checking"))),
  );
  draw(model, box);
  el.replaceChildren(box, live);
  tell();
}

export default { render };
