// What a page sends on a WebSocket and the app has not taken yet.

/**
 * @import { SocketData } from "../messages.d.ts"
 * @typedef {SocketData | Blob} Frame
 * @typedef {(frames: SocketData[], transfer: Transferable[]) => void} Send
 */

// What is on the way at once: the rest waits here, in the page's own memory.
const MAX_BATCHES = 4;
const MAX_FRAMES = 200;
const MAX_BATCH_BYTES = 1_000_000;
const MAX_BYTES = 4_000_000;

export class Outgoing {
  /** @param {Send} send Sends some messages to the view. */
  constructor(send) {
    this.send = send;
    this.bufferedAmount = 0;
    /** @type {{ frame: Frame, size: number }[]} */
    this.queue = [];
    /** @type {number[]} The sizes of what is on the way. */
    this.batches = [];
    this.isFlushing = false;
    this.isStopped = false;
    /** @type {(() => void) | null} */
    this.whenEmpty = null;
  }

  /** @param {Frame} frame */
  put(frame) {
    const size = sizeOf(frame);
    this.bufferedAmount += size;
    this.queue.push({ frame, size });
    this.flush();
  }

  /**
   * Count what will not be sent, as the connection closes.
   *
   * @param {Frame} frame
   */
  drop(frame) {
    this.bufferedAmount += sizeOf(frame);
  }

  /** The app has taken the oldest of what is on the way. */
  taken() {
    this.bufferedAmount -= this.batches.shift() ?? 0;
    this.flush();
  }

  /** @param {() => void} act What is done once all is on the way. */
  end(act) {
    this.whenEmpty = act;
    this.flush();
  }

  stop() {
    this.isStopped = true;
    this.queue = [];
  }

  get hasRoom() {
    const bytes = this.batches.reduce((sum, size) => sum + size, 0);
    return this.batches.length < MAX_BATCHES && bytes < MAX_BYTES;
  }

  async flush() {
    if (this.isFlushing) return;
    this.isFlushing = true;
    await null; // what a script sends in one go is one message
    while (this.queue.length && this.hasRoom && !this.isStopped) {
      const batch = this.take();
      const frames = await readFrames(batch);
      if (this.isStopped) break;
      const size = batch.reduce((sum, one) => sum + one.size, 0);
      if (!frames.length) {
        this.bufferedAmount -= size;
        continue;
      }
      this.batches.push(size);
      this.send(
        frames,
        frames.filter((one) => one instanceof ArrayBuffer),
      );
    }
    this.isFlushing = false;
    if (this.queue.length || this.isStopped) return;
    this.whenEmpty?.();
    this.whenEmpty = null;
  }

  take() {
    let count = 0;
    let bytes = 0;
    for (const { size } of this.queue) {
      if (count && (count >= MAX_FRAMES || bytes + size > MAX_BATCH_BYTES)) break;
      count++;
      bytes += size;
    }
    return this.queue.splice(0, count);
  }
}

/**
 * Return what is sent of some messages; a file that is gone cannot be read, and is not.
 *
 * @param {{ frame: Frame }[]} batch
 */
async function readFrames(batch) {
  /** @type {SocketData[]} */
  const frames = [];
  for (const { frame } of batch) {
    const read = frame instanceof Blob ? frame.arrayBuffer().catch(() => null) : frame;
    const data = await read;
    if (data !== null) frames.push(data);
  }
  return frames;
}

/**
 * Return how many bytes a message has.
 *
 * @param {Frame} frame
 */
export function sizeOf(frame) {
  if (typeof frame === "string") return new TextEncoder().encode(frame).length;
  return frame instanceof Blob ? frame.size : frame.byteLength;
}
