// Beside the notebook: JupyterLab can open an output in a tab of its own, and offers that
// in the output's menu. A widget is given no way to ask for it, so the menu is used.

const COMMAND = "notebook:create-output-view";
const WAIT_MS = 3000;

/** Open the output that holds an element in a tab; returns whether that was done. */
export async function dock(element) {
  const output = await attached(element);
  if (!output) return false;
  const { left, top } = output.getBoundingClientRect();
  const at = { bubbles: true, cancelable: true, view: window, clientX: left + 5, clientY: top + 5 };
  output.dispatchEvent(new MouseEvent("contextmenu", { ...at, button: 2 }));
  const item = document.querySelector(`.lm-Menu-item[data-command="${COMMAND}"]`);
  if (!item) {
    closeMenu();
    return false;
  }
  const box = item.getBoundingClientRect();
  const on = { ...at, clientX: box.left + 5, clientY: box.top + 5, button: 0 };
  for (const name of ["pointermove", "pointerdown", "pointerup"]) {
    item.dispatchEvent(new PointerEvent(name, on));
  }
  closeMenu();
  return true;
}

/** Wait until the element stands in an output of a notebook. */
async function attached(element) {
  const until = performance.now() + WAIT_MS;
  while (performance.now() < until) {
    const output = element.closest(".jp-Notebook .jp-OutputArea-output");
    if (output && element.isConnected) return output;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return null;
}

function closeMenu() {
  const escape = { key: "Escape", keyCode: 27, bubbles: true };
  document.querySelector(".lm-Menu")?.dispatchEvent(new KeyboardEvent("keydown", escape));
}
