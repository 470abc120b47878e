// Elements made without markup: nothing of the app's ever becomes HTML out here.

/**
 * @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Option
 *   An attribute's value, or the listener of an `on...` name.
 */

/**
 * Make an element.
 *
 * Of the options `text` is the element's text and `onclick` and its like are listeners;
 * all others are attributes. An attribute that is true has no value, one that is false,
 * null or undefined is left out, and so are children that are null or undefined.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Option>} [options]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = String(value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
