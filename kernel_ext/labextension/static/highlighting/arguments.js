// In a route cell the rule's variables are marked where its code uses them, too.

import { lab } from "../lab.js";

/**
 * Return the editor extension that marks the names of a rule's variables.
 * @param {string[]} names
 */
export function argumentMarks(names) {
  const { Decoration, ViewPlugin } = lab.view;
  const mark = Decoration.mark({ class: "wb-argument" });
  const marksOf = (view) => {
    const found = [];
    for (const range of view.visibleRanges) {
      lab.language.syntaxTree(view.state).iterate({
        ...range,
        enter(node) {
          if (node.name !== "VariableName" && node.name !== "Variable") return;
          const name = view.state.sliceDoc(node.from, node.to);
          if (names.includes(name)) found.push(mark.range(node.from, node.to));
        },
      });
    }
    return Decoration.set(found);
  };
  class Marks {
    constructor(view) {
      this.marks = marksOf(view);
      this.tree = lab.language.syntaxTree(view.state);
    }
    update(update) {
      const tree = lab.language.syntaxTree(update.state);
      if (!update.docChanged && !update.viewportChanged && tree === this.tree) return;
      this.tree = tree;
      this.marks = marksOf(update.view);
    }
  }
  return ViewPlugin.fromClass(Marks, { decorations: (plugin) => plugin.marks });
}
