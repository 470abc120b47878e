// Bytes as front ends hold them.

/**
 * Return bytes that came from the kernel: JupyterLab holds a DataView, others a buffer.
 *
 * @param {DataView<ArrayBuffer> | Uint8Array<ArrayBuffer> | ArrayBuffer | null | undefined} value
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(value) {
  if (!value) return new Uint8Array();
  if (value instanceof Uint8Array) return value;
  if (!ArrayBuffer.isView(value)) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
