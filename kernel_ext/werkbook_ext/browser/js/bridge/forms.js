// Forms: what they would send becomes a navigation of the view.

import { absolute } from "./addresses.js";
import { here } from "./config.js";
import { tell } from "./port.js";

const NativeFormData = window.FormData;

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
export async function send(form, submitter) {
  const own = (/** @type {string} */ name) => form.getAttribute(name);
  const option = (/** @type {string} */ name) =>
    submitter?.hasAttribute(`form${name}`)
      ? submitter.getAttribute(`form${name}`)
      : own(name);
  const method = (option("method") || "get").toUpperCase();
  if (method === "DIALOG") return;
  const action = option("action");
  const url = absolute(action || here.url) ?? here.url;
  const isElsewhere = /^_(blank|new)$/i.test(option("target") || "");
  const data = submitter
    ? new NativeFormData(form, submitter)
    : new NativeFormData(form);
  if (method !== "POST") {
    const target = new URL(url);
    target.search = new URLSearchParams(pairs(data)).toString();
    tell({ t: "go", method: "GET", url: target.href, isElsewhere });
    return;
  }
  const [body, type] = await encode(data, (option("enctype") || "").toLowerCase());
  const headers = [["Content-Type", type]];
  tell({ t: "go", method: "POST", url, headers, body, isElsewhere }, [body]);
}

/** @param {FormData} data */
function pairs(data) {
  return [...data].map(([name, value]) => [
    name,
    typeof value === "string" ? value : value.name,
  ]);
}

/**
 * @param {FormData} data
 * @param {string} kind
 * @returns {Promise<[body: ArrayBuffer, type: string]>}
 */
async function encode(data, kind) {
  if (kind === "text/plain") {
    const text = pairs(data)
      .map(([name, value]) => `${name}=${value}\r\n`)
      .join("");
    return [new TextEncoder().encode(text).buffer, "text/plain"];
  }
  const content =
    kind === "multipart/form-data" ? data : new URLSearchParams(pairs(data));
  const response = new Response(content);
  const type = (response.headers.get("content-type") ?? "").replace(
    ";charset=UTF-8",
    "",
  );
  return [await response.arrayBuffer(), type];
}

export function installForms() {
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    send(/** @type {HTMLFormElement} */ (event.target), event.submitter);
  });
  HTMLFormElement.prototype.submit = function () {
    send(this, null);
  };
}
