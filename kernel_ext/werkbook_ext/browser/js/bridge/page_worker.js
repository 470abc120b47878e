// `Worker`: its script comes through the view, and what it asks for goes through the page.

import { isOwn, ORIGIN, withoutHash } from "../urls.js";
import { absolute } from "./addresses.js";
import { pageFetch } from "./page_fetch.js";
import { askOnce } from "./port.js";
import { log } from "./reports.js";
import { startWorker } from "./worker_start.js";

const NativeWorker = window.Worker;
const NO_SHARED = "The mini browser has no SharedWorker: its pages have no origin.";
/** @type {string | undefined} */
let start;

function startAddress() {
  start ??= URL.createObjectURL(
    new Blob([`(${startWorker})()`], { type: "text/javascript" }),
  );
  return start;
}

class PageWorker extends NativeWorker {
  /**
   * @param {string | URL} address
   * @param {WorkerOptions} [options]
   */
  constructor(address, options) {
    const url = absolute(address);
    if (!isOwn(url)) {
      super(address, options);
      return;
    }
    super(startAddress(), { ...options, type: "classic" });
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => answer(port1, data);
    const isModule = options?.type === "module";
    const first = { url: withoutHash(url), origin: ORIGIN, isModule };
    super.postMessage(first, [port2]);
    this.addEventListener("error", ({ message }) =>
      log("error", `${message} (in the worker ${url.slice(ORIGIN.length)})`),
    );
  }
}

/**
 * Answer what a worker asks.
 *
 * @param {MessagePort} port
 * @param {any} asked
 */
async function answer(port, asked) {
  if (asked.kind === "log") return log(asked.level, asked.text);
  const { id } = asked;
  try {
    if (asked.kind === "fetch") {
      const { url, method, headers, body } = asked;
      const response = await pageFetch(url, { method, headers, body });
      const { status, statusText } = response;
      const content = await response.arrayBuffer();
      const head = { status, statusText, headers: [...response.headers] };
      return port.postMessage({ ...head, body: content, id }, [content]);
    }
    const { kind, url } = asked;
    const found = await askOnce({ t: "resource", url, kind });
    return port.postMessage({ text: new TextDecoder().decode(found.body), id });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return port.postMessage({ problem, id });
  }
}

class PageSharedWorker {
  constructor() {
    throw new DOMException(NO_SHARED, "SecurityError");
  }
}

export function installWorker() {
  Object.defineProperty(PageWorker, "name", { value: "Worker" });
  window.Worker = PageWorker;
  if ("SharedWorker" in window) {
    Object.defineProperty(window, "SharedWorker", { value: PageSharedWorker });
  }
}
