// A JSON body: as a table where it is a list of records, as a tree, as it was sent.

import { make } from "../../widgets/js/dom.js";
import { drawButton, drawLongText, drawNote } from "./drawing.js";
import { isFoldable, jsonPreview, shortLeafText } from "./json.js";
import { searchJson } from "./json_paths.js";
import { drawJson, openAll } from "./json_tree.js";
import { findRecords } from "./records.js";
import { drawRecords } from "./records_table.js";

const MAX_FOUND = 200;
const SLICE_MS = 30; // the page does something else after each
const REPEATED =
  "An object has a key twice. The last value is shown, as programs read it; Raw has all.";
const KEYS = { "data-lm-suppress-shortcuts": "true" };

/** @typedef {"Tree" | "Table" | "Raw"} JsonLook */

/**
 * Draw a JSON body with what helps to read it.
 *
 * @param {unknown} value
 * @param {string} text As it was sent.
 * @param {string} label
 * @param {boolean} isRepeated Whether an object has a key twice.
 */
export function drawJsonBody(value, text, label, isRepeated) {
  if (!isFoldable(value)) return drawJson(value, label);
  const place = make("div");
  const table = findRecords(value);
  /** @type {JsonLook} */
  let look = "Tree";
  const draw = () => place.replaceChildren(drawLook(look, search.value.trim()));
  const drawLook = (/** @type {JsonLook} */ name, /** @type {string} */ wanted) => {
    if (name === "Raw") return drawLongText(label, text);
    if (name === "Table" && table) return drawRecords(table.records, wanted);
    return wanted ? drawFound(value, wanted) : drawJson(value, label);
  };
  const search = make("input", {
    ...KEYS,
    type: "search",
    class: "wb-card-search",
    placeholder: "Search",
    "aria-label": "Search in the JSON",
    oninput: draw,
  });
  search.addEventListener("keydown", (event) => event.stopPropagation());
  /** @type {JsonLook[]} */
  const names = table ? ["Tree", "Table", "Raw"] : ["Tree", "Raw"];
  const choose = (/** @type {JsonLook} */ name) => {
    look = name;
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.textContent === name));
    }
    search.hidden = name === "Raw";
    expand.hidden = name !== "Tree";
    draw();
  };
  const buttons = names.map((name) =>
    drawButton(name, {
      onclick: () => choose(name),
      title: name === "Table" && table?.name ? `The records of ${table.name}` : null,
    }),
  );
  const expand = drawButton("Expand all", { onclick: () => openAll(place) });
  const tools = { class: "wb-card-tools", role: "group", "aria-label": "JSON" };
  const bar = make("div", tools, ...buttons, search, expand);
  choose(look);
  const note = isRepeated ? drawNote(REPEATED) : null;
  return make("div", {}, note, bar, place);
}

/**
 * Draw the places where a text was found; of a large value they come bit by bit.
 *
 * @param {unknown} value
 * @param {string} text
 */
function drawFound(value, text) {
  const note = drawNote("Searching…");
  const list = make("div", { class: "wb-card-code" });
  const box = make("div", {}, note, list);
  const search = searchJson(value, text);
  let count = 0;
  const go = () => {
    const end = performance.now() + SLICE_MS;
    let step = search.next();
    for (; !step.done; step = search.next()) {
      if (step.value) {
        count += 1;
        if (count > MAX_FOUND) break;
        list.append(drawPlace(step.value));
      } else if (performance.now() > end) {
        setTimeout(() => box.isConnected && go());
        return;
      }
    }
    if (!count) box.replaceChildren(drawNote("Nothing here has this text."));
    const isCut = count > MAX_FOUND;
    note.textContent = isCut ? `The first ${MAX_FOUND} places` : placesIn(count);
  };
  go();
  return box;
}

/** @param {{ path: string, value: unknown }} found */
function drawPlace({ path, value }) {
  const shown = isFoldable(value) ? jsonPreview(value) : shortLeafText(value);
  const key = make("span", { class: "wb-card-key" }, path || "(all)");
  return make("div", { class: "wb-card-leaf" }, key, ": ", shown);
}

/** @param {number} count */
function placesIn(count) {
  return count === 1 ? "1 place" : `${count} places`;
}
