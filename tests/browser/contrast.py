"""The contrast of texts with their ground, as WCAG 2.2 measures it (1.4.3)."""

from __future__ import annotations

from playwright.sync_api import Locator


def contrasts(element: Locator) -> float:
    """Return the lowest contrast of a text that is seen in an element with its ground."""
    value: float = element.evaluate(
        """(element) => {
          const rgb = (text) => {
            const parts = text.match(/[\\d.]+(e-?\\d+)?/g).map(Number);
            // What color-mix() gave is told in parts of one.
            if (text.startsWith("color(srgb"))
              return parts.map((part, at) => (at < 3 ? part * 255 : part));
            return parts;
          };
          const light = ([r, g, b]) => {
            const part = (c) => ((c /= 255) <= 0.03928 ? c / 12.92
              : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
          };
          const ground = (node) => {
            for (; node; node = node.parentElement) {
              const color = rgb(getComputedStyle(node).backgroundColor);
              if (color.length < 4 || color[3] > 0) return color;
            }
            return [255, 255, 255];
          };
          let lowest = 21;
          for (const node of element.querySelectorAll("*")) {
            if (node.tagName === "OPTION" || !node.getClientRects().length) continue;
            const texts = [...node.childNodes].filter((c) => c.nodeType === 3);
            if (!texts.some((c) => c.data.trim())) continue;
            const { color, fill } = getComputedStyle(node);
            const one = light(rgb(node instanceof SVGElement ? fill : color));
            const two = light(ground(node));
            const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            lowest = Math.min(lowest, ratio);
          }
          return lowest;
        }"""
    )
    return value
