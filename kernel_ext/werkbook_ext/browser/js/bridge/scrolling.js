// The scroll position: told to the view, put back after a refresh until the page has
// settled or the reader does something.

import { config } from "./config.js";
import { tell } from "./port.js";

const RELEASES = ["wheel", "keydown", "pointerdown", "touchstart"];
const AGAIN_MS = [30, 100, 250, 500];

export function installScrolling() {
  const wanted = config.kept?.scroll;
  let isHolding = !!(wanted && (wanted.x || wanted.y));
  let isWaiting = false;
  const report = () => tell({ t: "scroll", x: window.scrollX, y: window.scrollY });
  window.addEventListener(
    "scroll",
    () => {
      if (isWaiting || isHolding) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        report();
      });
    },
    true,
  );
  if (!isHolding) return;
  const put = () => {
    if (!wanted || !isHolding || !document.documentElement) return;
    document.documentElement.style.overflowAnchor = "none";
    window.scrollTo({ left: wanted.x, top: wanted.y, behavior: "instant" });
  };
  const release = () => {
    if (!isHolding) return;
    isHolding = false;
    document.documentElement.style.overflowAnchor = "";
    if (!document.documentElement.getAttribute("style")) {
      document.documentElement.removeAttribute("style");
    }
    report();
  };
  for (const name of RELEASES) {
    window.addEventListener(name, release, {
      capture: true,
      passive: true,
      once: true,
    });
  }
  document.addEventListener("DOMContentLoaded", put);
  window.addEventListener("load", () => {
    put();
    requestAnimationFrame(put);
    for (const delay of AGAIN_MS) setTimeout(put, delay);
    setTimeout(release, Math.max(...AGAIN_MS) + 20);
  });
}
