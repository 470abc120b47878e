// The channel to the view. The page's window says hello once, with the token of this
// page, and hands over a port; all else goes through the port. Above the page's window is
// that of its enclosure, and above that the view's.

import { config } from "./config.js";

/**
 * @import { Kind, Message } from "../messages.d.ts"
 * @typedef {(message: any) => void} Take
 */

const channel = new MessageChannel();
const port = channel.port1;
const postMessage = MessagePort.prototype.postMessage.bind(port);
/** @type {Map<number, Take>} */
const asked = new Map();
/** @type {Map<string, Take>} */
const listeners = new Map();
let count = 0;

export function sayHello() {
  const view = window.parent.parent;
  view.postMessage({ wb: "hello", token: config.token }, "*", [channel.port2]);
  port.onmessage = ({ data }) => {
    const take = asked.get(data.id);
    if (take) take(data);
    else listeners.get(data.t)?.(data);
  };
}

/**
 * @param {Message<"page to view">} message
 * @param {Transferable[]} [transfer]
 */
export function tell(message, transfer = []) {
  postMessage(message, transfer);
}

/**
 * Ask the view; `take` gets each message that answers, until it calls forget(id).
 *
 * @param {Message<"page to view">} message
 * @param {Transferable[]} transfer
 * @param {Take} take
 */
export function ask(message, transfer, take) {
  const id = ++count;
  asked.set(id, take);
  postMessage({ ...message, id }, transfer);
  return id;
}

/** @param {number} id */
export function forget(id) {
  asked.delete(id);
}

/**
 * @param {Message<"page to view">} message
 * @returns {Promise<Message<"view to page">>}
 */
export function askOnce(message) {
  return new Promise((resolve, reject) => {
    const id = ask(message, [], (answer) => {
      forget(id);
      if (answer.t === "fail") reject(new TypeError(answer.detail));
      else resolve(answer);
    });
  });
}

/**
 * @param {Kind<"view to page">} kind
 * @param {Take} take
 */
export function listen(kind, take) {
  listeners.set(kind, take);
}
