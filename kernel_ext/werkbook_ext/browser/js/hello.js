// A page's first word, with the port through which it speaks from then on.

import { PacedMessages } from "./paced.js";

/**
 * @import { Frame } from "./tab.d.ts"
 * @typedef {Record<string, unknown>} Said
 */

/**
 * Tell whether a page that knows its frame's token brings its port.
 *
 * @param {Frame} frame
 * @param {MessageEvent} event
 */
export function isHello(frame, event) {
  return (
    event.data?.wb === "hello" &&
    event.data.token === frame.token &&
    frame.token !== null &&
    frame.port === null &&
    event.ports.length === 1
  );
}

/**
 * Take what a page says, in turns, until its frame has another port or none.
 *
 * @param {Frame} frame
 * @param {MessagePort} port
 * @param {{ admits: (message: Said) => boolean, take: (message: Said) => void }} taker
 */
export function listen(frame, port, { admits, take }) {
  const paced = new PacedMessages((message) => {
    if (frame.port === port) take(message);
  });
  port.onmessage = ({ data }) => {
    if (data?.t === "pong") frame.askedAt = null;
    else if (data && typeof data === "object" && admits(data)) paced.receive(data);
  };
}
