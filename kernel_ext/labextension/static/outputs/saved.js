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
  const html = savedHtml(model.data);
  if (html === null) return render(model);
  const saved = new Saved(renderer, renderHtml, html, trans);
  // Without a kernel the widgets' extension waits for one, for ever.
  const timer = setTimeout(() => saved.show(), WAIT_MS);
  try {
    await renderWidget({ renderer, render, model }, () => saved.show());
  } finally {
    clearTimeout(timer);
    // A widget that is found stands in the panel now, in place of anything else.
    if (!renderer.isDisposed && !isLive(renderer)) await saved.show();
  }
  return undefined;
}

/**
 * Render a widget, once more where the widgets' extension gave it up for good.
 *
 * It looks for a model for two seconds, now and then, and not at their end: what a busy
 * kernel's models bring between the last two looks would never be found.
 * @param {{renderer: any, render: (model: any) => Promise<void>, model: any}} output
 * @param {() => unknown} [meanwhile] Called while the second look lasts.
 */
async function renderWidget({ renderer, render, model }, meanwhile = () => {}) {
  await render(model);
  if (renderer.isDisposed || isLive(renderer)) return;
  // Without this class it waits for the kernel's models, and renders by itself.
  if (!renderer.hasClass("jupyter-widgets")) return;
  const second = render(model);
  meanwhile();
  await second;
}

/** Show what was saved in the place of a widget whose kernel has gone. */
export async function showEnded({ renderer, renderHtml, model, trans }) {
  const html = savedHtml(model.data);
  if (renderer.isDisposed || html === null) return;
  for (const widget of [...renderer.widgets]) widget.dispose();
  await new Saved(renderer, renderHtml, html, trans).show();
}

/**
 * A widget that stands in the place of its saved HTML, where the running kernel has its
 * model. Only what ran in this very kernel is found there: a notebook cannot bring one.
 */
export class LiveWidget {
  /**
   * @param {object} options
   * @param {any} options.renderer The renderer that shows the HTML.
   * @param {() => any} options.makeLive Makes a renderer of widgets, not attached yet.
   * @param {any} options.model The output's MIME bundle.
   * @param {() => void} [options.shown] Called when the widget stands there.
   */
  constructor({ renderer, makeLive, model, shown = () => {} }) {
    this.renderer = renderer;
    this.makeLive = makeLive;
    this.model = model;
    this.shown = shown;
    this.live = null;
    renderer.disposed.connect(() => this.dispose());
  }

  get isLive() {
    return this.live !== null && !this.live.isDisposed && isLive(this.live);
  }

  /** Look for the widget, in place of what was looked for before. */
  async show() {
    if (this.isLive || this.renderer.isDisposed) return;
    this.dispose();
    this.live = this.makeLive();
    const { live } = this;
    const render = live.renderModel.bind(live);
    // It renders again by itself once the widgets of the kernel are known.
    live.renderModel = async (model) => {
      await renderWidget({ renderer: live, render, model }).catch(() => {});
      if (!live.isDisposed && isLive(live))
        whenAttached(this.renderer, () => this.attach(live));
    };
    await live.renderModel(this.model);
  }

  attach(live) {
    if (live.isAttached || live.isDisposed || this.renderer.isDisposed) return;
    this.renderer.node.replaceChildren();
    lab.widgets.Widget.attach(live, this.renderer.node);
    this.shown();
  }

  dispose() {
    const { live } = this;
    if (!live || live.isDisposed) return;
    // Its node has left the page with the renderer's, which Lumino takes for an error.
    if (!live.node.isConnected) live.clearFlag(lab.widgets.Widget.Flag.IsAttached);
    live.dispose();
  }
}

/** Return the MIME bundle of a widget that stands beside HTML which says the same. */
export function addedModel(id) {
  const data = { [WIDGET_TYPE]: { version_major: 2, version_minor: 0, model_id: id } };
  return new lab.rendermime.MimeModel({ data, trusted: true });
}

/** Say below saved HTML how it comes alive, unless its widget is there soon. */
export function noteSoon(renderer, widget, trans) {
  setTimeout(() => {
    if (renderer.isDisposed || widget.isLive || !isOn("savedOutputs")) return;
    renderer.node.append(savedLine(trans));
  }, WAIT_MS);
}

/** Do something once a widget is in the page; those of cells out of view are not yet. */
function whenAttached(widget, act) {
  if (widget.node.isConnected) {
    act();
    return;
  }
  const process = widget.processMessage;
  widget.processMessage = (message) => {
    process.call(widget, message);
    if (message.type !== "after-attach") return;
    widget.processMessage = process;
    act();
  };
}

function isLive(renderer) {
  return renderer.widgets.length > 0;
}

/** Return the HTML that was saved beside a widget, or of its drawing; else null. */
function savedHtml(data) {
  const { "text/html": html, "image/svg+xml": drawing, "text/plain": text } = data;
  if (typeof html === "string") return html;
  if (typeof drawing !== "string") return null;
  const image = document.createElement("img");
  // A script in a drawing does not run in an image.
  image.src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
  image.alt = String(text ?? "");
  image.className = "wb-drawing";
  return image.outerHTML;
}

class Saved {
  constructor(renderer, renderHtml, html, trans) {
    this.renderer = renderer;
    this.renderHtml = renderHtml;
    this.html = html;
    this.trans = trans;
  }

  /** Put the saved HTML into the widget's place, sanitised as in any notebook. */
  async show() {
    if (this.renderer.isDisposed || isLive(this.renderer)) return;
    const html = this.renderHtml();
    const { MimeModel } = lab.rendermime;
    const data = { "text/html": this.html };
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
