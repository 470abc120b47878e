// A page that still comes: the view sends what is complete of it, part by part.

import { config } from "./config.js";
import { listen } from "./port.js";

export function installArriving() {
  if (!config.isArriving) return;
  const write = document.write.bind(document);
  const close = document.close.bind(document);
  listen("write", ({ html }) => write(html));
  listen("close", () => close());
}
