// Is the kernel that holds the other half of a widget still the same? Jupyter tells the
// page that restarts a kernel; the other pages ask: when a kernel starts, when the reader
// turns to the widget, and when an answer is late.

/** @import { WidgetModel } from "./widget_model.d.ts" */

const STARTS = new Set(["starting", "restarting", "autorestarting"]);
const PAUSE_MS = 3000; // between two questions; an idle kernel answers within it
const TARGET = "jupyter.widget";

export class KernelWatch {
  /**
   * @param {WidgetModel} model
   * @param {EventTarget} element What the reader turns to.
   * @param {() => void} onGone Called when the kernel answers that it has no such widget.
   */
  constructor(model, element, onGone) {
    this.model = model;
    this.onGone = onGone;
    this.asked = 0;
    this.answered = 0;
    this.isWanted = false;
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

  /** Ask now, or when the pause since the last question is over. */
  askNowAndThen() {
    if (this.pause) this.isWanted = true;
    else this.ask();
  }

  /** Ask for the kernel's widgets; a busy one answers when it is done. */
  ask() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.endPause(), PAUSE_MS);
    this.isWanted = false;
    this.asked += 1;
    this.question(this.asked);
  }

  endPause() {
    this.pause = undefined;
    // What is sent while a kernel starts may never reach it.
    const isLost = this.answered < this.asked && this.kernel?.status === "idle";
    if (this.isWanted || isLost) this.ask();
  }

  /** @param {number} number */
  async question(number) {
    const { kernel } = this;
    const id = this.model.get("layout")?.model_id; // made and closed with the widget
    try {
      const reply = await kernel?.requestCommInfo?.({ target_name: TARGET });
      const comms = reply?.content.status === "ok" ? reply.content.comms : null;
      if (id && comms && !Object.hasOwn(comms, id)) this.onGone();
    } catch {
      // The connection has ended, which is not told here.
    }
    this.answered = Math.max(this.answered, number);
  }

  close() {
    clearTimeout(this.pause);
    this.watched?.statusChanged?.disconnect(this.onStatus);
  }
}
