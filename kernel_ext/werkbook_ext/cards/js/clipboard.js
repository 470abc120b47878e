// Copying a text, and saying that it was done.

import { make } from "../../widgets/js/dom.js";

/**
 * @param {string} text
 * @param {(text: string) => void} say
 */
export async function copy(text, say) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the clipboard's permission the old way works, from a click.
    const box = make("textarea", { class: "wb-card-hidden", readonly: true }, text);
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  say("Copied.");
}
