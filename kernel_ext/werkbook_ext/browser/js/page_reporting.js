// What a page says: lines of its console, what was kept from it, files to save,
// a picture of it.

import { textOr } from "./limits.js";
import { isJupyters } from "./urls.js";

/** @import { Taker } from "./page_desk.js" */

const MAX_LINES = 300;
const MAX_LINE_CHARS = 4000;
const MAX_URL_CHARS = 300;
const MAX_DIRECTIVE_CHARS = 100;

/** @satisfies {Record<string, Taker>} */
export const REPORTING = {
  log({ view }, { lines, dropped }) {
    if (!Array.isArray(lines)) return;
    for (const line of lines.slice(0, MAX_LINES)) {
      const text = textOr(line?.text).slice(0, MAX_LINE_CHARS);
      view.panel.addLine(textOr(line?.level, "log"), text);
    }
    const count = Number(dropped);
    if (count > 0) view.panel.addLine("warn", `${count} more messages were left out`);
  },

  blocked({ view }, { url, directive }) {
    const address = textOr(url).slice(0, MAX_URL_CHARS);
    const why = textOr(directive).slice(0, MAX_DIRECTIVE_CHARS);
    view.panel.addLine("error", `Not loaded (${why}): ${address}`);
    if (!/^https?:/.test(address) || !URL.canParse(address)) return;
    const place = new URL(address);
    const text = isJupyters(place)
      ? `The page asks Jupyter's own server (${place.origin}), which no page may.`
      : `The page loads from ${place.origin}, which is outside the app. ` +
        `To let it: %browse --allow ${place.origin}`;
    view.notices.show("blocked", text);
  },

  download({ view }, { name, bytes }) {
    if (!(bytes instanceof ArrayBuffer)) return;
    const file = textOr(name).split(/[\\/]/).pop() || "download";
    view.say.file(file, new Uint8Array(bytes));
  },

  picture({ view }, { png }) {
    view.pictures.receive(png);
  },
};
