// What the reader did in the page and a refresh must not undo: text typed, boxes ticked,
// the focus and the place in the text, the scroll position.

import { config } from "./config.js";
import { listen, tell } from "./port.js";

/**
 * @typedef {any} Field An element that takes what is typed: an input, a select, a
 *   textarea, or one whose text can be edited.
 */

const FOCUS_COMES_MS = 500;
const FIELDS = "input, select, textarea, [contenteditable]";

/**
 * Name a field so that the same one is found in the page as it is after a refresh.
 *
 * @param {Field} field
 */
function nameOf(field) {
  if (field.id) return `#${field.id}`;
  const form = field.form ? [...document.forms].indexOf(field.form) : -1;
  const like = [...document.querySelectorAll(FIELDS)].filter(
    (/** @type {Field} */ one) =>
      !one.id &&
      one.form === field.form &&
      one.name === field.name &&
      one.type === field.type,
  );
  return `${form} ${field.type || field.tagName} ${field.name || ""} ${like.indexOf(field)}`;
}

/**
 * @param {string} name
 * @returns {Field | null}
 */
function find(name) {
  if (name.startsWith("#")) return document.getElementById(name.slice(1));
  return [...document.querySelectorAll(FIELDS)].find((one) => nameOf(one) === name);
}

/** @param {Field} field */
function valueOfField(field) {
  if (field.type === "checkbox" || field.type === "radio")
    return { checked: field.checked };
  if (field.tagName === "SELECT")
    return { selected: [...field.options].map((one) => one.selected) };
  return field.isContentEditable ? { text: field.textContent } : { value: field.value };
}

/** @param {{ name: string, content: any }} typed */
function setField({ name, content }) {
  const field = find(name);
  if (!field || field.type === "file" || field.type === "hidden") return;
  if ("checked" in content) field.checked = content.checked;
  else if ("selected" in content) {
    if (field.options?.length === content.selected.length) {
      content.selected.forEach(
        (/** @type {boolean} */ isSelected, /** @type {number} */ i) => {
          field.options[i].selected = isSelected;
        },
      );
    }
  } else if ("text" in content) field.textContent = content.text;
  else field.value = content.value;
}

/** @param {Field} field */
function selectionOf(field) {
  try {
    return [field.selectionStart, field.selectionEnd];
  } catch {
    return null;
  }
}

function reportFocus() {
  const field = document.activeElement;
  const isField =
    field && field !== document.body && field !== document.documentElement;
  if (!isField) return;
  tell({
    t: "focus",
    name: field.matches(FIELDS) ? nameOf(field) : field.id ? `#${field.id}` : "",
    selection: selectionOf(field),
  });
}

export function restoreFields() {
  for (const [name, content] of config.kept?.typed || []) setField({ name, content });
}

/**
 * Focus a field once the page's window has the focus, which comes by another way.
 *
 * @param {{ name: string, selection: any }} focus
 */
function restoreFocus(focus) {
  if (document.hasFocus()) focusField(focus);
  else {
    const signal = AbortSignal.timeout(FOCUS_COMES_MS);
    window.addEventListener("focus", () => focusField(focus), { once: true, signal });
  }
}

/** @param {{ name: string, selection: any }} focus */
function focusField({ name, selection }) {
  const field = name && find(name);
  if (!field) return;
  field.focus({ preventScroll: true });
  if (selection?.[0] !== null && selection) {
    try {
      field.setSelectionRange(...selection);
    } catch {
      // This kind of field has no selection.
    }
  }
}

export function installFields() {
  /** @param {Event} event */
  const typed = ({ target: field, isTrusted }) => {
    const target = /** @type {Field} */ (field);
    if (!isTrusted || !target.matches?.(FIELDS) || target.type === "file") return;
    tell({ t: "typed", name: nameOf(target), content: valueOfField(target) });
    reportFocus();
  };
  window.addEventListener("input", typed, true);
  window.addEventListener("change", typed, true);
  window.addEventListener(
    "reset",
    ({ target }) => {
      for (const field of /** @type {HTMLFormElement} */ (target).elements || [])
        tell({ t: "typed", name: nameOf(field), content: null });
    },
    true,
  );
  window.addEventListener("focusin", reportFocus, true);
  document.addEventListener("selectionchange", () => {
    if (document.hasFocus()) reportFocus();
  });
  listen("typed", setField);
  listen("focus", restoreFocus);
}
