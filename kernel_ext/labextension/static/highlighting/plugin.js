// Magic cells in the colours of their language, as one types.

import { lab } from "../lab.js";
import { isOn, onSettings } from "../settings.js";
import { argumentMarks } from "./arguments.js";
import { cellLanguage } from "./cell_parser.js";
import { HEAD_CHARS, keyOf, readHead } from "./head.js";
import { Languages } from "./languages.js";
import { typedOver } from "./typed_over.js";

/** The cells that are shown: what changes all of them is told to each. */
const followers = new Set();

/** Return the plugin that gives editors of Python notebooks the extension. */
export function highlightingPlugin() {
  const { IEditorLanguageRegistry, IEditorExtensionRegistry } = lab.codemirror;
  return {
    id: "werkbook:highlighting",
    description: "Magic cells in the colours of their language.",
    autoStart: true,
    requires: [IEditorLanguageRegistry, IEditorExtensionRegistry],
    activate(_app, languages, extensions) {
      const cells = new CellLanguages(new Languages(languages));
      onSettings(() => followers.forEach((follower) => follower.look()));
      extensions.addExtension({
        name: "werkbook:cells",
        factory: ({ model }) =>
          model.type === "code"
            ? lab.codemirror.EditorExtensionRegistry.createImmutableExtension(
                editorExtension(model, cells),
              )
            : null,
      });
    },
  };
}

/** What an editor needs for a kind of head; made once for all cells that have it. */
class CellLanguages {
  constructor(languages) {
    this.languages = languages;
    /** @type {Map<string, Promise<any[]>>} */
    this.made = new Map();
  }

  of(head) {
    const key = keyOf(head);
    let extensions = this.made.get(key);
    if (!extensions) {
      extensions = this.make(head);
      this.made.set(key, extensions);
    }
    return extensions;
  }

  async make(head) {
    const body = await this.languages.of(head);
    const language = cellLanguage(head, body?.language.parser ?? null);
    const marks = head.variables.length ? [argumentMarks(head.variables)] : [];
    // Jinja stands before the language that it lies over.
    return [body ? [typedOver(), body.support] : [], language, marks];
  }
}

/** Only code cells of Python are touched; the kernel tells which these are. */
function isPython(model) {
  return /^text\/x-i?python(;|$)/.test(model.mimeType);
}

function editorExtension(model, cells) {
  const slot = new lab.state.Compartment();
  class Follower {
    constructor(view) {
      this.view = view;
      this.key = "";
      this.look = () => queueMicrotask(() => this.follow());
      model.mimeTypeChanged.connect(this.look);
      followers.add(this);
      this.look();
    }

    update(update) {
      if (update.docChanged && update.changes.touchesRange(0, HEAD_CHARS)) this.look();
    }

    destroy() {
      model.mimeTypeChanged.disconnect(this.look);
      followers.delete(this);
      this.view = null;
    }

    async follow() {
      if (!this.view) return;
      const text = this.view.state.sliceDoc(0, HEAD_CHARS);
      const head = isPython(model) && isOn("highlighting") ? readHead(text) : null;
      const key = keyOf(head);
      if (key === this.key) return;
      this.key = key;
      const extensions = head ? await cells.of(head) : [];
      if (this.view && this.key === key) {
        this.view.dispatch({ effects: slot.reconfigure(extensions) });
      }
    }
  }
  return [lab.state.Prec.highest(slot.of([])), lab.view.ViewPlugin.fromClass(Follower)];
}
