// Is the kernel that holds the other half of a widget still the same? Jupyter tells the
// page that restarts a kernel; the other pages ask: when a kernel starts, when the reader
// turns to the widget, and when an answer is late.

/** @import { WidgetModel } from "./widget_model.d.ts" */

const STARTS = new Set(["starting", "restarting", "autorestarting"]);
const ASKS_EVERY_MS = 3000;
const TARGET = "jupyter.widget";

export class KernelWatch {
  /**
   * @param {WidgetModel} model
   * @param {HTMLElement} element What the reader turns to.
   * @param {() => void} onGone Called when the kernel answers that it has no such widget.
   */
  constructor(model, element, onGone) {
    this.model = model;
    this.onGone = onGone;
    this.isAsking = false;
    this.asked_ms = Number.NEGATIVE_INFINITY;
    this.watched = this.kernel;
    this.onStatus = (/** @type {unknown} */ _, /** @type {string} */ status) => {
      if (STARTS.has(status)) this.ask();
    };
    this.watched?.statusChanged?.connect(this.onStatus);
    element.addEventListener("pointerenter", () => this.askNowAndThen());
    element.addEventListener("focusin", () => this.askNowAndThen());
  }

  /** JupyterLab's connection to the kernel; other front ends may have none to show. */
  get kernel() {
    try {
      return this.model.widget_manager.kernel ?? null;
    } catch {
      return null;
    }
  }

  askNowAndThen() {
    if (performance.now() - this.asked_ms > ASKS_EVERY_MS) this.ask();
  }

  /** Ask for the kernel's widgets; a busy one answers when it is done. */
  async ask() {
    const { kernel } = this;
    const id = this.model.get("layout")?.model_id; // made and closed with the widget
    if (!id || !kernel?.requestCommInfo || this.isAsking) return;
    this.isAsking = true;
    this.asked_ms = performance.now();
    try {
      const { content } = await kernel.requestCommInfo({ target_name: TARGET });
      if (content.status === "ok" && !Object.hasOwn(content.comms, id)) this.onGone();
    } catch {
      // The connection has ended, which is not told here.
    } finally {
      this.isAsking = false;
    }
  }

  close() {
    this.watched?.statusChanged?.disconnect(this.onStatus);
  }
}
