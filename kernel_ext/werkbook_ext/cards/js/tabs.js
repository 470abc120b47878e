// Tabs after the ARIA authoring practices: one is in the tab order, arrows move.

import { make } from "../../widgets/js/dom.js";

/** @typedef {[name: string, draw: () => Node]} Tab */

let count = 0; // how many tab lists were drawn; each has names of its own

/**
 * Draw tabs and the panel of the one that is selected.
 *
 * @param {Tab[]} tabs
 * @param {string | null} chosen The name of the tab that is selected first.
 * @param {(name: string) => void} choose Hears which tab is selected.
 */
export function drawTabs(tabs, chosen, choose) {
  count += 1;
  const id = `wb-card-${count}`;
  const panelId = `${id}-panel`;
  const panel = make("div", {
    role: "tabpanel",
    id: panelId,
    class: "wb-card-panel",
    tabindex: "-1",
  });
  const buttons = tabs.map(([name], index) =>
    make(
      "button",
      {
        role: "tab",
        type: "button",
        id: `${id}-${index}`,
        "aria-controls": panelId,
        class: "wb-card-tab",
        onclick: () => select(index),
      },
      name,
    ),
  );
  /** @param {number} index */
  const select = (index) => {
    for (const [other, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(other === index));
      button.tabIndex = other === index ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", `${id}-${index}`);
    panel.replaceChildren(tabs[index][1]());
    choose(tabs[index][0]);
  };
  const list = drawTabList(buttons, select);
  select(Math.max(0, indexOfTab(tabs, chosen)));
  return [list, panel];
}

/**
 * @param {Tab[]} tabs
 * @param {string | null} chosen
 */
function indexOfTab(tabs, chosen) {
  return tabs.findIndex(([name]) => name === chosen);
}

/**
 * @param {HTMLButtonElement[]} buttons
 * @param {(index: number) => void} select
 */
function drawTabList(buttons, select) {
  const label = "Parts of the response";
  const options = { role: "tablist", "aria-label": label, class: "wb-card-tabs" };
  const list = make("div", options, ...buttons);
  list.addEventListener("keydown", (event) => {
    const index = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const goal = tabAfterKey(event.key, index, buttons.length);
    if (index < 0 || goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const target = (goal + buttons.length) % buttons.length;
    select(target);
    buttons[target].focus();
  });
  return list;
}

/**
 * @param {string} key
 * @param {number} index
 * @param {number} length
 */
function tabAfterKey(key, index, length) {
  if (key === "ArrowRight") return index + 1;
  if (key === "ArrowLeft") return index - 1;
  if (key === "Home") return 0;
  return key === "End" ? length - 1 : undefined;
}
