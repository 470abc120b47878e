// Several messages with their buffers as one body, in the form of tab_channel.py.

/**
 * @import { Bytes } from "./messages.d.ts"
 * @typedef {{ content: any, buffers: Bytes[] }} Packed
 */

const LENGTH_BYTES = 4;

/**
 * @param {Packed[]} messages
 * @returns {Bytes}
 */
export function pack(messages) {
  const table = messages.map(({ content, buffers }) => ({
    content,
    sizes: buffers.map((one) => one.byteLength),
  }));
  const head = new TextEncoder().encode(JSON.stringify(table));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, head.byteLength);
  const pieces = [length, head, ...messages.flatMap(({ buffers }) => buffers)];
  const body = new Uint8Array(pieces.reduce((sum, one) => sum + one.byteLength, 0));
  let place = 0;
  for (const piece of pieces) {
    body.set(piece, place);
    place += piece.byteLength;
  }
  return body;
}

/**
 * @param {ArrayBuffer} body
 * @returns {Packed[]}
 */
export function unpack(body) {
  const size = new DataView(body).getUint32(0);
  let place = LENGTH_BYTES + size;
  const head = new TextDecoder().decode(new Uint8Array(body, LENGTH_BYTES, size));
  return JSON.parse(head).map(
    (/** @type {{ content: any, sizes: number[] }} */ one) => ({
      content: one.content,
      buffers: one.sizes.map((length) => {
        const buffer = new Uint8Array(body, place, length);
        place += length;
        return buffer;
      }),
    }),
  );
}
