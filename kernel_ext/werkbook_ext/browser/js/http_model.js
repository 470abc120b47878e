// The kernel's side of a mini browser that has no widget: messages go over HTTP, in the
// form that tab_channel.py describes.

import { pack, unpack } from "./packing.js";

/**
 * @import { WidgetModel } from "../../widgets/js/widget_model.d.ts"
 * @import { Bytes } from "./messages.d.ts"
 * @import { Packed } from "./packing.js"
 */

const KEPT_BYTES = 60_000;
const RETRY_MS = 1000;
const MAX_FAILURES = 5;
/** @type {Record<string, unknown>} */
const TRAITS = { allowed: [], height_px: 0, answers_while_busy: true, first: {} };

/** @implements {WidgetModel} */
export class HttpModel {
  /** @param {string} tab The name by which the kernel knows this tab. */
  constructor(tab) {
    this.query = `?tab=${encodeURIComponent(tab)}`;
    /** @type {Map<string, Set<(...values: any[]) => void>>} */
    this.listeners = new Map();
    /** @type {Packed[]} */
    this.waiting = [];
    this.isSending = false;
    this.comm_live = true;
    this.widget_manager = null;
  }

  /** @param {string} name */
  get(name) {
    return TRAITS[name];
  }

  set() {}

  save_changes() {}

  /**
   * @param {string} name
   * @param {(...values: any[]) => void} callback
   */
  on(name, callback) {
    if (!this.listeners.has(name)) this.listeners.set(name, new Set());
    this.listeners.get(name)?.add(callback);
  }

  /**
   * @param {string} name
   * @param {(...values: any[]) => void} callback
   */
  off(name, callback) {
    this.listeners.get(name)?.delete(callback);
  }

  /**
   * Send after all that was sent before; throws where the kernel is gone.
   *
   * @param {object} content
   * @param {undefined} [_callbacks]
   * @param {(ArrayBuffer | Bytes)[]} [buffers]
   */
  send(content, _callbacks, buffers = []) {
    if (!this.comm_live) throw new Error("the kernel is gone");
    this.waiting.push({ content, buffers: buffers.map((one) => new Uint8Array(one)) });
    if (!this.isSending) this.sendWaiting();
  }

  async sendWaiting() {
    this.isSending = true;
    while (this.waiting.length && this.comm_live) {
      const body = pack(this.waiting.splice(0));
      const keepalive = body.byteLength < KEPT_BYTES; // the tab may be closing
      const answer = await this.ask("send", { method: "POST", body, keepalive });
      if (!answer) this.lose();
    }
    this.isSending = false;
  }

  /** Ask for news, over and over, until the kernel is gone. */
  async listen() {
    let failures = 0;
    while (this.comm_live) {
      const answer = await this.ask("news", {});
      failures = answer ? 0 : failures + 1;
      if (answer) this.take(unpack(await answer.arrayBuffer()));
      else if (failures >= MAX_FAILURES) this.lose();
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /**
   * @param {string} what
   * @param {RequestInit} options
   */
  async ask(what, options) {
    try {
      const answer = await fetch(what + this.query, options);
      if (answer.status === 404) this.lose(); // another kernel is there now
      return answer.ok ? answer : null;
    } catch {
      return null;
    }
  }

  /** @param {Packed[]} messages */
  take(messages) {
    for (const { content, buffers } of messages)
      this.emit("msg:custom", content, buffers);
  }

  lose() {
    if (!this.comm_live) return;
    this.comm_live = false;
    this.emit("comm_live_update");
  }

  /**
   * @param {string} name
   * @param {...unknown} values
   */
  emit(name, ...values) {
    for (const callback of [...(this.listeners.get(name) ?? [])]) callback(...values);
  }
}
