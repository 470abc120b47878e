// A small picture of the page, which the notebook's file keeps of it.
//
// The page is written as an SVG image, which loads nothing and runs nothing, and drawn
// here, in the page's own process: what a page makes of it costs Jupyter's page nothing.
// What the reader typed is not in it.

import { listen, tell } from "./port.js";

const WIDTH_PX = 800;
const MIN_HEIGHT_PX = 40;
const MARGIN_PX = 8;
const MAX_TEXT_CHARS = 1_000_000;
const MAX_PNG_CHARS = 54_000; // 40 kB as base64
const SCALES = [1, 0.75, 0.5, 0.35, 0.25];
const GONE =
  "script,noscript,template,style,link,meta,base,title,iframe,frame,object,embed,audio,video";
// Frameworks write attributes, `@click` say, that no XML has.
const XML_NAME = /^[A-Za-z_][\w.-]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no XML has
const NOT_XML = /[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/g;

export function installPicture() {
  listen("picture", async () => {
    const png = await draw().catch(() => "");
    tell({ t: "picture", png });
  });
}

/** Return the picture as a data: URL, "" where it would be too large. */
async function draw() {
  const text = written();
  if (text.length > MAX_TEXT_CHARS) return "";
  const width = Math.min(document.documentElement.clientWidth || WIDTH_PX, WIDTH_PX);
  const height = Math.min(contentHeight(), window.innerHeight);
  const image = await loadSvg(text, width, height);
  for (const scale of SCALES) {
    const png = pngOf(image, Math.ceil(width * scale), Math.ceil(height * scale));
    if (png.length <= MAX_PNG_CHARS) return png;
  }
  return "";
}

/** Return the height of what is to be seen, without the empty rest of the frame. */
function contentHeight() {
  const bottoms = [...document.body.children].map(
    (element) => element.getBoundingClientRect().bottom,
  );
  const bottom = Math.max(document.body.getBoundingClientRect().bottom, ...bottoms);
  return Math.max(MIN_HEIGHT_PX, Math.ceil(bottom) + MARGIN_PX);
}

/** Return the page as XHTML that needs nothing else. */
function written() {
  const root = /** @type {Element} */ (document.documentElement.cloneNode(true));
  const canvases = document.querySelectorAll("canvas");
  root.querySelectorAll("canvas").forEach((canvas, number) => {
    canvas.replaceWith(imageOf(canvases[number]));
  });
  for (const element of root.querySelectorAll(GONE)) element.remove();
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const name of element.getAttributeNames()) {
      if (!XML_NAME.test(name) || name.startsWith("on")) element.removeAttribute(name);
    }
  }
  const style = document.createElement("style");
  style.textContent = styles();
  root.append(style);
  return new XMLSerializer().serializeToString(root).replace(NOT_XML, "");
}

/** @param {HTMLCanvasElement} canvas */
function imageOf(canvas) {
  const image = document.createElement("img");
  image.width = canvas.width;
  image.height = canvas.height;
  try {
    image.src = canvas.toDataURL();
  } catch {
    // What was drawn from elsewhere cannot be read.
  }
  return image;
}

function styles() {
  const texts = [...document.styleSheets].map((sheet) => {
    try {
      return [...sheet.cssRules].map((rule) => rule.cssText).join("\n");
    } catch {
      return ""; // a style of another place cannot be read
    }
  });
  return texts.join("\n");
}

/**
 * @param {string} text
 * @param {number} width
 * @param {number} height
 */
async function loadSvg(text, width, height) {
  const top = -Math.min(window.scrollY, document.documentElement.scrollHeight);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<foreignObject x="0" y="${top}" width="${width}" height="${height - top}">` +
    `${text}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  return image;
}

/**
 * @param {HTMLImageElement} image
 * @param {number} width
 * @param {number} height
 */
function pngOf(image, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  return canvas.toDataURL("image/png");
}
