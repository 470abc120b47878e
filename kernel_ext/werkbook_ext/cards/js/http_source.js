// A request as the cell that sends it: an `%http` line, or `%%http` with its body.

/** @import { Header, TypedRequest } from "./card_state.d.ts" */

const JSON_ACCEPT = "application/json, */*;q=0.5"; // goes with a JSON body by itself
const PLAIN_WORD = /^[\w@%+=:,./?&~*!$()[\]#;-]+$/;

/**
 * Return the cell that sends a request; one line where it has no body.
 *
 * @param {TypedRequest} request
 */
export function asHttp(request) {
  return asHttpLine(request) ?? asHttpCell(request);
}

/**
 * Return the one line that sends a request; null where it takes a cell.
 *
 * @param {TypedRequest} request
 */
export function asHttpLine(request) {
  const headers = headersOf(request);
  if (request.body || headers.some(([, value]) => !value || /[\\\n]/.test(value))) {
    return null;
  }
  const items = headers.map(([name, value]) => `${name}:${value}`);
  return ["%http", ...firstWords(request), ...items.map(quoteWord)].join(" ");
}

/**
 * @param {TypedRequest} request
 */
export function asHttpCell(request) {
  const head = headersOf(request).map(([name, value]) => `${name}: ${value}`);
  const body = request.body === null ? [] : ["", request.body];
  const first = `%%http ${firstWords(request).join(" ")}`;
  return [first, ...[...head, ...body].map(plainBraces)].join("\n");
}

/** @param {TypedRequest} request */
function firstWords({ method, url, is_followed }) {
  const options = is_followed === false ? ["--no-follow"] : [];
  return [method, quoteWord(url), ...options];
}

/**
 * @param {TypedRequest} request
 * @returns {Header[]}
 */
function headersOf({ headers }) {
  return headers.filter(
    ([name, value]) => !(name.toLowerCase() === "accept" && value === JSON_ACCEPT),
  );
}

/**
 * Return a word of the line, in quotes where it needs them.
 *
 * @param {string} text
 */
function quoteWord(text) {
  const word = plainBraces(text);
  if (PLAIN_WORD.test(word) && !word.includes("->")) return word;
  if (!word.includes("'")) return `'${word}'`;
  return `"${word.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * Return a text in which braces stand for themselves, not for an expression.
 *
 * @param {string} text
 */
function plainBraces(text) {
  return text.replaceAll("{{", "\\{{");
}
