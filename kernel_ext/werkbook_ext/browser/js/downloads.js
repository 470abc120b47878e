// Files that a page offers: saved by a click of the reader's, never by themselves.

import { headerOf } from "./resources.js";
import { withoutHash } from "./urls.js";

/** @import { Bytes, Head } from "./messages.d.ts" */

const SHOWN =
  /^(text\/|image\/|audio\/|video\/|application\/(json|xml|javascript|xhtml\+xml|[\w.-]+\+(json|xml))$|multipart\/x-mixed-replace$|$)/;

/**
 * Return the file's name when a response is one to save, null else.
 *
 * @param {Head} head
 * @param {string | boolean | null} [asked]
 */
export function fileNameOf(head, asked = null) {
  const disposition = headerOf(head, "content-disposition");
  const type = headerOf(head, "content-type").split(";")[0].trim().toLowerCase();
  if (!asked && !/^\s*attachment/i.test(disposition) && SHOWN.test(type)) return null;
  if (typeof asked === "string" && asked) return asked;
  return (
    /** @param {string} disposition */
    nameIn(disposition) ||
    withoutHash(head.url).split("?")[0].split("/").pop() ||
    "download"
  );
}

/** @param {string} disposition */
function nameIn(disposition) {
  const coded = /filename\*\s*=\s*[\w-]*'[^']*'([^;]+)/i.exec(disposition);
  if (coded) {
    try {
      return decodeURIComponent(coded[1].trim());
    } catch {
      // The plain one then.
    }
  }
  const plain = /filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;]+))/i.exec(disposition);
  if (!plain) return null;
  return (plain[1]?.replace(/\\(.)/g, "$1") ?? plain[2].trim()).split(/[\\/]/).pop();
}

/**
 * @param {string} name
 * @param {Bytes} bytes
 */
export function saveFile(name, bytes) {
  // Never a type that would run as a page of Jupyter's origin.
  const blob = new Blob([bytes], { type: "application/octet-stream" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
