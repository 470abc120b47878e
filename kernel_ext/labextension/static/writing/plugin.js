// An edited request is written back to its cell: a card asks for it by a DOM event.

import { lab } from "../lab.js";
import { isOn } from "../settings.js";

/** Return the plugin that writes requests into cells. */
export function writingPlugin() {
  return {
    id: "werkbook:writing",
    description: "Writes a request that was edited in a card back to its cell.",
    autoStart: true,
    requires: [lab.notebook.INotebookTracker],
    activate(_app, tracker) {
      document.addEventListener("werkbook:write", (event) => {
        if (isOn("writing") && write(tracker, event)) event.preventDefault();
      });
    },
  };
}

/** Write a request into the cell that the event's card stands under; say if it is done. */
function write(tracker, event) {
  const { target, detail } = event;
  const panel = tracker.find((one) => one.content.node.contains(target));
  const cells = panel?.content.widgets ?? [];
  const index = cells.findIndex((one) => one.node.contains(target));
  if (index < 0 || typeof detail?.rewritten !== "function") return false;
  const shared = cells[index].model.sharedModel;
  const source = detail.rewritten(shared.getSource(), placeOf(target, cells[index]));
  if (source !== null) shared.setSource(source);
  else insertBelow(panel, index, detail.source);
  return true;
}

/** Return the place of a card among those of its cell: the first is 0. */
function placeOf(target, cell) {
  const cards = [...cell.node.querySelectorAll(".wb-card")];
  return cards.findIndex((one) => one === target || target.contains(one));
}

function insertBelow(panel, index, source) {
  const cell = { cell_type: "code", source };
  panel.content.model.sharedModel.insertCell(index + 1, cell);
  panel.content.activeCellIndex = index + 1;
}
