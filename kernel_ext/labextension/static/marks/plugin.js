// In the cells themselves: the line that failed, and the last answer of a route.

import { element, kindOfStatus, shownTime } from "../dom.js";
import { lab } from "../lab.js";
import { linkOf } from "../link/plugin.js";
import { isOn, onSettings } from "../settings.js";

/** @type {any} */
let effect = null;

/** Return the plugin that marks cells. */
export function marksPlugin() {
  const { IEditorExtensionRegistry, EditorExtensionRegistry } = lab.codemirror;
  return {
    id: "werkbook:marks",
    description: "Marks the line that failed, and shows a route's last answer.",
    autoStart: true,
    requires: [IEditorExtensionRegistry, lab.notebook.INotebookTracker],
    activate(_app, extensions, tracker) {
      const field = failedLines();
      extensions.addExtension({
        name: "werkbook:failed-lines",
        factory: ({ model }) =>
          model.type === "code"
            ? EditorExtensionRegistry.createImmutableExtension(field)
            : null,
      });
      const follow = (panel) => {
        const link = linkOf(panel);
        if (!link) return;
        link.told.connect((_link, content) => {
          if (content.type === "state") mark(panel, content);
        });
        mark(panel, link.state); // another view of it may be open already
      };
      onSettings(() => tracker.forEach((panel) => mark(panel, linkOf(panel)?.state)));
      tracker.forEach(follow);
      tracker.widgetAdded.connect((_tracker, panel) => follow(panel));
    },
  };
}

/** A field that holds the failed line of a cell; an edit of that line takes it away. */
function failedLines() {
  const { StateField, StateEffect } = lab.state;
  const { Decoration, EditorView } = lab.view;
  effect = StateEffect.define();
  return StateField.define({
    create: () => Decoration.none,
    update(marks, transaction) {
      let now = marks.map(transaction.changes);
      if (transaction.docChanged) {
        now = now.update({
          filter: (from) =>
            !transaction.changes.touchesRange(from, lineEnd(transaction, from)),
        });
      }
      for (const one of transaction.effects) {
        if (one.is(effect)) now = decorations(one.value, transaction.state);
      }
      return now;
    },
    provide: (field) => EditorView.decorations.from(field),
  });

  function lineEnd(transaction, from) {
    const { doc } = transaction.startState;
    return doc.lineAt(Math.min(from, doc.length)).to;
  }

  function decorations(failure, state) {
    if (!failure || failure.line > state.doc.lines) return Decoration.none;
    const line = state.doc.line(failure.line);
    const attributes = { title: failure.text, "aria-label": failure.text };
    const marks = [
      Decoration.line({ class: "wb-failed-line", attributes }).range(line.from),
    ];
    const from = line.from + (line.text.length - line.text.trimStart().length);
    if (line.to > from) {
      marks.push(
        Decoration.mark({ class: "wb-failed", attributes }).range(from, line.to),
      );
    }
    return Decoration.set(marks);
  }
}

function mark(panel, state) {
  if (!state || panel.isDisposed) return;
  const failures = new Map(state.failures.map((one) => [one.cell, one]));
  const answers = new Map();
  for (const app of state.apps) {
    for (const rule of app.rules) if (rule.status) answers.set(rule.cell, rule);
  }
  for (const cell of panel.content.widgets) {
    if (cell.model.type !== "code") continue;
    const failure = isOn("marks") ? failures.get(cell.model.id) : undefined;
    markLine(cell, failure && !state.edited.includes(cell.model.id) ? failure : null);
    showBadge(cell, isOn("badges") ? answers.get(cell.model.id) : undefined);
  }
}

function markLine(cell, failure) {
  const key = failure ? `${failure.line} ${failure.text}` : "";
  if ((cell.node.dataset.wbFailure ?? "") === key) return;
  const view = cell.editor?.editor;
  if (!view) return; // a cell that was never seen has no editor yet
  cell.node.dataset.wbFailure = key;
  view.dispatch({ effects: effect.of(failure) });
}

function showBadge(cell, rule) {
  const old = cell.node.querySelector(":scope > .wb-badge");
  if (!rule) return void old?.remove();
  const text = `${rule.status} · ${shownTime(rule.ms)}`;
  if (old?.textContent === text) return undefined;
  old?.remove();
  const title = `${rule.methods.join(", ")} ${rule.rule}`;
  const attributes = {
    class: "wb-badge",
    title,
    "data-kind": kindOfStatus(rule.status),
  };
  cell.node.append(element("span", attributes, text));
  return undefined;
}
