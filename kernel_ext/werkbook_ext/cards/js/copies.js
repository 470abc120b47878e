// A card's request as text to copy: curl, Python with requests, a pytest function.

import { findHeader, typedHeaders } from "./headers.js";
import { parseJson } from "./json.js";

/** @import { CardState } from "./card_state.d.ts" */

const MAX_COMPARED_CHARS = 2000;
const CLIENT_METHODS = new Set([
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
]);

/**
 * Return the request as a curl command.
 *
 * @param {CardState} card
 */
export function asCurl(card) {
  const { method, url } = card.hops[0];
  const parts = ["curl"];
  if (method === "HEAD") parts.push("--head");
  else if (method !== (card.sent ? "POST" : "GET")) parts.push("-X", method);
  for (const [name, value] of typedHeaders(card.request.headers)) {
    parts.push("-H", shellQuote(`${name}: ${value}`));
  }
  if (card.sent) parts.push("--data-raw", shellQuote(card.sent));
  if (card.hops.length > 1) parts.push("--location");
  parts.push(shellQuote(fullUrl(card, url)));
  return parts.join(" ");
}

/**
 * Return the request as Python, with the requests library.
 *
 * @param {CardState} card
 */
export function asRequests(card) {
  const { method, url } = card.hops[0];
  const start = [pythonString(fullUrl(card, url))];
  if (!CLIENT_METHODS.has(method)) start.unshift(pythonString(method));
  const name = CLIENT_METHODS.has(method) ? method.toLowerCase() : "request";
  const values = [...start, ...bodyArguments(card)].join(", ");
  return `import requests\n\nresponse = requests.${name}(${values})\n`;
}

/**
 * Return the request as a pytest function that expects this answer.
 *
 * @param {CardState} card
 * @param {string} text The response's body.
 */
export function asTest(card, text) {
  const { method, url } = card.hops[0];
  const last = card.hops[card.hops.length - 1];
  const start = [pythonString(url)];
  if (!CLIENT_METHODS.has(method)) start.push(`method=${pythonString(method)}`);
  const name = CLIENT_METHODS.has(method) ? method.toLowerCase() : "open";
  const follow = card.hops.length > 1 ? ["follow_redirects=True"] : [];
  const values = [...start, ...bodyArguments(card), ...follow].join(", ");
  const lines = [
    `def ${testName(method, url)}(client):`,
    `    response = client.${name}(${values})`,
    `    assert response.status_code == ${last.status}`,
    ...bodyAssertion(card.response.kind, text),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * @param {string} method
 * @param {string} url
 */
function testName(method, url) {
  const asked = `${method}_${url.split("?")[0]}`.toLowerCase();
  const words = asked.match(/[a-z0-9]+/g) ?? ["request"];
  return `test_${words.length > 1 ? words.join("_") : `${words[0]}_index`}`;
}

/**
 * @param {string} kind
 * @param {string} text
 */
function bodyAssertion(kind, text) {
  const value = kind === "json" ? parseJson(text) : undefined;
  if (value !== undefined && text.length < MAX_COMPARED_CHARS) {
    return [`    assert response.get_json() == ${pythonLiteral(value)}`];
  }
  const line = kind === "text" || kind === "html" ? tellingLine(text, kind) : "";
  return line ? [`    assert ${pythonString(line)} in response.text`] : [];
}

/**
 * Return a line that tells the body from others: a title, a heading, else the first.
 *
 * @param {string} text
 * @param {string} kind
 */
function tellingLine(text, kind) {
  const marked = kind === "html" ? /<(h1|title)\b[^>]*>[^<]+<\/\1>/i.exec(text) : null;
  const line = marked ? marked[0] : (text.split("\n").find((one) => one.trim()) ?? "");
  return line.trim().slice(0, 100);
}

/**
 * Return the arguments for body and headers; requests and test clients share them.
 *
 * @param {CardState} card
 */
function bodyArguments(card) {
  const type = findHeader(card.request.headers, "content-type");
  const value = card.sent && type.includes("json") ? parseJson(card.sent) : undefined;
  const isJson = value !== undefined;
  const headers = typedHeaders(card.request.headers).filter(
    ([name]) => !(isJson && /^(?:content-type|accept)$/i.test(name)),
  );
  const parts = [];
  if (isJson) parts.push(`json=${pythonLiteral(value)}`);
  else if (card.sent) parts.push(`data=${pythonString(card.sent)}`);
  if (headers.length) {
    parts.push(`headers=${pythonLiteral(Object.fromEntries(headers))}`);
  }
  return parts;
}

/**
 * @param {CardState} card
 * @param {string} url
 */
function fullUrl(card, url) {
  if (!url.startsWith("/")) return url;
  return `${card.base_url || "http://localhost:5000"}${url}`;
}

/**
 * Return a word of a shell command, in quotes where it needs them.
 *
 * @param {string} text
 */
export function shellQuote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Return a JSON value as Python source.
 *
 * @param {any} value
 * @returns {string}
 */
export function pythonLiteral(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonString(value);
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value !== "object") return String(value);
  const items = Object.entries(value).map(
    ([key, item]) => `${pythonString(key)}: ${pythonLiteral(item)}`,
  );
  return `{${items.join(", ")}}`;
}

/** @type {Record<string, string>} */
const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Return a text as Python source.
 *
 * @param {string} text
 */
export function pythonString(text) {
  const parts = Array.from(text, (char) => ESCAPES[char] ?? pythonCharacter(char));
  return `"${parts.join("")}"`;
}

/** @param {string} char */
function pythonCharacter(char) {
  const code = char.codePointAt(0) ?? 0;
  if (code < 32 || code === 127) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code >= 0xd800 && code <= 0xdfff ? `\\u${code.toString(16)}` : char;
}
