// What runs first in a worker of the page's: it gets the script, and stands for what a
// worker without an origin lacks. Its text is taken alone, so it names nothing from here.

/** @import { WorkerScope, WorkerStart } from "./bridge.d.ts" */

export function startWorker() {
  const scope = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
  /** @type {MessageEvent[]} */
  const held = [];
  const hold = (/** @type {MessageEvent} */ event) => {
    event.stopImmediatePropagation();
    held.push(event);
  };
  /** @param {MessageEvent<WorkerStart>} event */
  const begin = ({ data: { url, origin, isModule }, ports: [port] }) => {
    scope.addEventListener("message", hold);
    /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
    const waiting = new Map();
    let count = 0;
    port.onmessage = ({ data }) => {
      const one = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.problem) one?.reject(new TypeError(data.problem));
      else one?.resolve(data);
    };
    const ask = (
      /** @type {Record<string, unknown>} */ what,
      /** @type {Transferable[]} */ transfer = [],
    ) =>
      new Promise((resolve, reject) => {
        count += 1;
        waiting.set(count, { resolve, reject });
        port.postMessage({ ...what, id: count }, transfer);
      });
    const isOwn = (/** @type {string} */ address) => address.startsWith(`${origin}/`);
    const blobOf = (/** @type {string} */ text) =>
      URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

    const nativeFetch = scope.fetch.bind(scope);
    scope.fetch = async (input, init) => {
      const isRequest = input instanceof Request;
      const address = isRequest ? input.url : new URL(String(input), url).href;
      if (!isOwn(address)) return nativeFetch(input, init);
      const request = new Request(isRequest ? input : address, init);
      const hasBody = !["GET", "HEAD"].includes(request.method);
      const { body, ...head } = await ask({
        kind: "fetch",
        url: address,
        method: request.method,
        headers: [...request.headers],
        body: hasBody ? await request.arrayBuffer() : null,
      });
      return new Response(body.byteLength ? body : null, head);
    };

    /**
     * @param {string} name
     * @param {unknown} address
     * @param {string} instead
     */
    const refuse = (name, address, instead) => {
      const text = String(address);
      if (!URL.canParse(text, url)) return; // the browser's own class says what is wrong
      const { href } = new URL(text, url);
      if (!isOwn(href.replace(/^ws/, "http").replace(/^https:/, "http:"))) return;
      const why = `A worker of the mini browser has no ${name} to its app: ${instead}.`;
      console.error(why);
      throw new DOMException(why, "NotSupportedError");
    };
    const inPage = "open it in the page, and pass on what comes";
    scope.XMLHttpRequest = class extends scope.XMLHttpRequest {
      /** @param {[method: string, url: string | URL, ...rest: any[]]} given */
      open(...given) {
        refuse("XMLHttpRequest", given[1], "use fetch");
        // @ts-expect-error: open has two forms, and either is passed on
        super.open(...given);
      }
    };
    scope.WebSocket = class extends scope.WebSocket {
      /**
       * @param {string | URL} address
       * @param {string | string[]} [protocols]
       */
      constructor(address, protocols) {
        refuse("WebSocket", address, inPage);
        super(address, protocols);
      }
    };
    scope.EventSource = class extends scope.EventSource {
      /**
       * @param {string | URL} address
       * @param {EventSourceInit} [options]
       */
      constructor(address, options) {
        refuse("EventSource", address, inPage);
        super(address, options);
      }
    };

    const nativeScripts = scope.importScripts.bind(scope);
    scope.importScripts = (...names) => {
      for (const name of names) {
        if (/^(data|blob):/.test(name)) continue;
        const why = "the mini browser loads what stands there as a text alone";
        throw new DOMException(`importScripts("${name}"): ${why}.`, "NetworkError");
      }
      nativeScripts(...names);
    };
    scope.__wbLocation = new URL(url);
    scope.__wbResolve = (base) => (name) => new URL(name, base).href;
    scope.__wbImport = (base) => async (name) => {
      const isPath = /^(\.{0,2}\/|https?:)/.test(name);
      const address = isPath ? new URL(name, base).href : name;
      if (!isOwn(address)) return import(name);
      const { text } = await ask({ kind: "worker-module", url: address });
      return import(blobOf(text));
    };
    for (const level of /** @type {const} */ ([
      "debug",
      "log",
      "info",
      "warn",
      "error",
    ])) {
      const native = console[level].bind(console);
      console[level] = (...values) => {
        native(...values);
        port.postMessage({ kind: "log", level, text: values.map(String).join(" ") });
      };
    }

    const run = async () => {
      const kind = isModule ? "worker-module" : "worker";
      const { text } = await ask({ kind, url });
      if (isModule) await import(blobOf(text));
      else nativeScripts(blobOf(text));
      scope.removeEventListener("message", hold);
      for (const { data, ports } of held) {
        scope.dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
      }
    };
    run().catch((error) => {
      setTimeout(() => {
        throw error; // an error event at the page's worker, as for any of its errors
      });
    });
  };
  scope.addEventListener("message", begin, { once: true });
}
