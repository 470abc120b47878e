// The parts of a `multipart/x-mixed-replace` body, as its bytes come.

const CRLF2 = [13, 10, 13, 10];
const LF2 = [10, 10];

/**
 * Return the boundary that a content type names; null where it is of another kind.
 *
 * @param {string | null} type
 */
export function boundaryOf(type) {
  if (!/^\s*multipart\/x-mixed-replace\b/i.test(type ?? "")) return null;
  const name = /boundary=(?:"([^"]+)"|([^";\s]+))/i.exec(type ?? "");
  return name ? (name[1] ?? name[2]).replace(/^--/, "") : null;
}

/** @typedef {{ type: string, body: Uint8Array<ArrayBuffer> }} Part */

export class MixedParts {
  /** @param {string} boundary */
  constructor(boundary) {
    this.line = [...new TextEncoder().encode(`--${boundary}`)];
    /** @type {Uint8Array<ArrayBuffer>} */
    this.rest = new Uint8Array();
    this.looked = 0; // so far no boundary begins in the rest
    this.isBegun = false;
  }

  /**
   * Take in bytes; return the last part that is whole now, null where there is none.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @returns {Part | null}
   */
  add(bytes) {
    const whole = new Uint8Array(this.rest.length + bytes.length);
    whole.set(this.rest);
    whole.set(bytes, this.rest.length);
    let start = 0;
    /** @type {Part | null} */
    let last = null;
    let at = find(whole, this.line, this.looked);
    while (at >= 0) {
      if (this.isBegun) last = partOf(whole.slice(start, at)) ?? last;
      this.isBegun = true;
      start = at + this.line.length;
      at = find(whole, this.line, start);
    }
    this.rest = whole.slice(start);
    this.looked = Math.max(0, this.rest.length - this.line.length + 1);
    return last;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number[]} wanted
 * @param {number} from
 */
function find(bytes, wanted, from) {
  for (let at = bytes.indexOf(wanted[0], from); at >= 0; ) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
    at = bytes.indexOf(wanted[0], at + 1);
  }
  return -1;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes From one boundary to the next.
 * @returns {Part | null}
 */
function partOf(bytes) {
  const [long, short] = [find(bytes, CRLF2, 0), find(bytes, LF2, 0)];
  const isLong = long >= 0 && (short < 0 || long < short);
  const end = isLong ? long : short;
  if (end < 0) return null;
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, end));
  const type = /^content-type:\s*(.+?)\s*$/im.exec(head)?.[1] ?? "text/plain";
  const isLine = bytes.at(-2) === 13 && bytes.at(-1) === 10;
  const stop = bytes.length - (isLine ? 2 : Number(bytes.at(-1) === 10));
  return { type, body: bytes.slice(end + (isLong ? 4 : 2), stop) };
}
