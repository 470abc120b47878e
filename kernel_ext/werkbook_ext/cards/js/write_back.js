// Writing a request back to the cell: JupyterLab's extension hears it and does it.

import { withRequest } from "./cell_source.js";
import { asHttp, asHttpCell, asHttpLine } from "./http_source.js";

/** @import { TypedRequest } from "./card_state.d.ts" */

/**
 * Ask whoever can change cells to write a request into the one that holds an element.
 *
 * @param {HTMLElement} element
 * @param {TypedRequest} request
 * @returns {boolean} Whether somebody did.
 */
export function writeToCell(element, request) {
  const forms = { line: asHttpLine(request), cell: asHttpCell(request) };
  const detail = {
    source: asHttp(request),
    /** @type {(source: string, place: number) => string | null} */
    rewritten: (source, place) => withRequest(source, forms, place),
  };
  // Who has done it cancels the event.
  const options = { bubbles: true, cancelable: true, detail };
  return !element.dispatchEvent(new CustomEvent("werkbook:write", options));
}
