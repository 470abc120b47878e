// One output: its widget if the kernel has it, else the HTML that was saved beside it.

import { lab } from "../lab.js";
import { isOn } from "../settings.js";

export const WIDGET_TYPE = "application/vnd.jupyter.widget-view+json";
const WAIT_MS = 400;

/**
 * Render a widget's output, or what was saved of it.
 * @param {object} options
 * @param {any} options.renderer The renderer of the widgets' extension, a Lumino panel.
 * @param {(model: any) => Promise<void>} options.render Its own way to render.
 * @param {() => any} options.renderHtml Makes a renderer of HTML.
 * @param {any} options.model The output's MIME bundle.
 * @param {any} options.trans Translates.
 */
export async function showSaved({ renderer, render, renderHtml, model, trans }) {
  if (typeof model.data["text/html"] !== "string") return render(model);
  const saved = new Saved(renderer, renderHtml, model, trans);
  // Without a kernel the widgets' extension waits for one, for ever.
  const timer = setTimeout(() => saved.show(), WAIT_MS);
  try {
    await render(model);
  } finally {
    clearTimeout(timer);
    // A widget that is found stands in the panel now, in place of anything else.
    if (!renderer.isDisposed && !isLive(renderer)) await saved.show();
  }
  return undefined;
}

/**
 * Put the widget in the place of its saved HTML, if the running kernel has its model.
 *
 * Only what ran in this very kernel is found there: a notebook cannot bring a widget.
 * @param {any} renderer The renderer that shows the HTML.
 * @param {any} live A renderer of widgets, not attached yet.
 * @param {any} model The output's MIME bundle.
 */
export async function showLive(renderer, live, model) {
  renderer.disposed.connect(() => {
    // Its node has left the page with the renderer's, which Lumino takes for an error.
    if (!live.node.isConnected) live.clearFlag(lab.widgets.Widget.Flag.IsAttached);
    live.dispose();
  });
  await live.renderModel(model).catch(() => {});
  if (renderer.isDisposed || live.isDisposed || !isLive(live)) return;
  renderer.node.replaceChildren();
  lab.widgets.Widget.attach(live, renderer.node);
}

/**
 * Put a widget in the place of HTML that says the same, if the kernel has its model.
 * @param {any} renderer The renderer that shows the HTML.
 * @param {any} live A renderer of widgets, not attached yet.
 * @param {string} id The widget's model, which the output's metadata names.
 * @param {any} trans Translates.
 */
export async function showAdded(renderer, live, id, trans) {
  const data = { [WIDGET_TYPE]: { version_major: 2, version_minor: 0, model_id: id } };
  const { MimeModel } = lab.rendermime;
  let isNoted = false;
  const note = () => {
    if (isNoted || renderer.isDisposed || isLive(live) || !isOn("savedOutputs")) return;
    isNoted = true;
    renderer.node.append(savedLine(trans));
  };
  const timer = setTimeout(note, WAIT_MS);
  await showLive(renderer, live, new MimeModel({ data, trusted: true }));
  clearTimeout(timer);
  if (live.isDisposed || !isLive(live)) {
    note();
    return;
  }
  // The widget has looks of its own.
  renderer.removeClass("jp-RenderedHTMLCommon");
  renderer.removeClass("jp-RenderedHTML");
}

function isLive(renderer) {
  return renderer.widgets.length > 0;
}

class Saved {
  constructor(renderer, renderHtml, model, trans) {
    this.renderer = renderer;
    this.renderHtml = renderHtml;
    this.model = model;
    this.trans = trans;
  }

  /** Put the saved HTML into the widget's place, sanitised as in any notebook. */
  async show() {
    if (this.renderer.isDisposed || isLive(this.renderer)) return;
    const html = this.renderHtml();
    const { MimeModel } = lab.rendermime;
    const data = { "text/html": this.model.data["text/html"] };
    await html.renderModel(new MimeModel({ data, trusted: false }));
    if (isLive(this.renderer)) return;
    this.renderer.node.replaceChildren(html.node, savedLine(this.trans));
    this.renderer.removeClass("jupyter-widgets");
    this.renderer.show();
  }
}

/** Return the line that tells how the output comes alive. */
export function savedLine(trans) {
  const line = document.createElement("p");
  line.className = "wb-saved";
  line.textContent = trans.__("saved; run the cell for the live card");
  return line;
}
