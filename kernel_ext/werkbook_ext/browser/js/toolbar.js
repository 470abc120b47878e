// The bar above the page.

import { make } from "../../widgets/js/dom.js";
import { icon, iconButton } from "./icons.js";

/**
 * @typedef {object} Acts
 * @property {() => void} back
 * @property {() => void} forward
 * @property {() => void} reload
 * @property {() => void} stop
 * @property {(text: string) => void} go
 * @property {() => void} open
 * @property {() => void} dock
 * @property {() => void} panel
 * @property {() => void} visitor
 * @property {() => void} resize
 */

export const WIDTHS = [
  ["", "Full width"],
  ["390", "Phone"],
  ["768", "Tablet"],
];
export const ZOOMS = [
  ["0.5", "50 %"],
  ["0.75", "75 %"],
  ["1", "100 %"],
  ["1.25", "125 %"],
  ["1.5", "150 %"],
];

const STOP_AFTER_MS = 250; // what loads at once needs no other button
const SETTLED_AFTER_MS = 400;

export class Toolbar {
  /** @param {Acts} act */
  constructor(act) {
    this.shown = "";
    this.isTyped = false;
    this.back = iconButton("back", "Back", () => act.back());
    this.forward = iconButton("forward", "Forward", () => act.forward());
    this.reload = iconButton("reload", "Reload", () =>
      this.isStop ? act.stop() : act.reload(),
    );
    /** @type {string | null} */
    this.heldBack = null;
    this.address = make("input", {
      class: "wb-address",
      type: "text",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": "Address",
    });
    this.status = make("span", { class: "wb-status", role: "status" });
    this.width = choice("Page width", WIDTHS, "", () => act.resize());
    this.zoom = choice("Zoom", ZOOMS, "1", () => act.resize());
    this.open = iconButton("open", "Open in a new tab", () => act.open());
    this.dock = iconButton("dock", "Open beside the notebook", () => act.dock());
    this.panel = iconButton("panel", "Network and console", () => act.panel());
    this.panel.setAttribute("aria-expanded", "false");
    const visitor = "New visitor: clear cookies and storage";
    this.visitor = iconButton("visitor", visitor, () => act.visitor());
    // In a narrow place these stand in a row of their own, when they are asked for.
    this.rest = make(
      "div",
      { class: "wb-rest" },
      this.width,
      this.zoom,
      this.visitor,
      this.open,
      this.dock,
    );
    this.more = iconButton("more", "More", () => this.toggleRest());
    this.more.setAttribute("aria-expanded", "false");
    // Not a form: a notebook keeps Enter from submitting one.
    this.address.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") {
        this.isTyped = false;
        this.address.value = this.heldBack ?? this.shown;
      }
      if (event.key !== "Enter" || event.isComposing) return;
      this.isTyped = false;
      this.shown = this.address.value;
      act.go(this.address.value);
    });
    this.address.addEventListener("input", () => {
      this.isTyped = true;
    });
    this.address.addEventListener("blur", () => {
      this.isTyped = false;
      this.showHeldBack();
    });
    const form = make("div", { class: "wb-form" }, this.address);
    this.element = make(
      "div",
      { class: "wb-bar", role: "toolbar", "aria-label": "Mini browser" },
      this.back,
      this.forward,
      this.reload,
      form,
      this.status,
      this.rest,
      this.more,
      this.panel,
    );
    this.update({ canGoBack: false, canGoForward: false });
  }

  toggleRest() {
    const isOpen = this.more.getAttribute("aria-expanded") !== "true";
    this.more.setAttribute("aria-expanded", String(isOpen));
    this.rest.toggleAttribute("data-open", isOpen);
  }

  /** @param {{ canGoBack: boolean, canGoForward: boolean }} history */
  update({ canGoBack, canGoForward }) {
    this.back.disabled = !canGoBack;
    this.forward.disabled = !canGoForward;
  }

  /**
   * While a page comes, the button that reloads is the one that stops.
   *
   * @param {boolean} isLoading
   */
  showLoading(isLoading) {
    clearTimeout(this.stopTimer);
    if (!isLoading) this.becomeStop(false);
    else if (!this.isStop)
      this.stopTimer = setTimeout(() => this.becomeStop(true), STOP_AFTER_MS);
  }

  /** @param {boolean} isStop */
  becomeStop(isStop) {
    this.isStop = isStop;
    const label = isStop ? "Stop" : "Reload";
    this.reload.setAttribute("aria-label", label);
    this.reload.title = label;
    this.reload.replaceChildren(icon(isStop ? "stop" : "reload"));
  }

  /**
   * Show an address, unless someone is typing another. What they selected to type over it
   * stays selected.
   *
   * @param {string} text
   */
  showAddress(text) {
    const { selectionStart, selectionEnd, value } = this.address;
    const hasFocus = this.address.matches(":focus");
    const isSelected = selectionStart === 0 && selectionEnd === value.length;
    const isKept = hasFocus && this.isTyped; // even where it is what was shown
    if (!isKept) this.address.value = text;
    if (hasFocus && isSelected && !isKept) this.address.select();
    this.shown = text;
    this.heldBack = null;
  }

  /**
   * Show an address to which the page moved by itself: while someone is in the field,
   * once the page has settled. One that keeps moving would change it under their hands.
   *
   * @param {string} text
   */
  showMoved(text) {
    clearTimeout(this.settling);
    if (!this.address.matches(":focus")) {
      this.showAddress(text);
      return;
    }
    this.heldBack = text;
    this.settling = setTimeout(() => this.showHeldBack(), SETTLED_AFTER_MS);
  }

  showHeldBack() {
    if (this.heldBack !== null) this.showAddress(this.heldBack);
  }

  /**
   * @param {string} text
   * @param {string} [kind]
   * @param {string} [detail]
   */
  showStatus(text, kind = "", detail = "") {
    this.status.textContent = text;
    this.status.dataset.kind = kind;
    this.status.title = detail;
  }
}

/**
 * @param {string} label
 * @param {string[][]} options
 * @param {string} value
 * @param {() => void} onchange
 */
function choice(label, options, value, onchange) {
  const select = make(
    "select",
    { class: "wb-choice", "aria-label": label, title: label, onchange },
    ...options.map(([name, text]) => make("option", { value: name, text })),
  );
  select.value = value;
  return select;
}

/**
 * Return the kind of a status, which gives it its colour.
 *
 * @param {number} status
 */
export function kindOfStatus(status) {
  if (!status) return "error";
  if (status < 300) return "good";
  if (status < 400) return "moved";
  return status < 500 ? "refused" : "error";
}
