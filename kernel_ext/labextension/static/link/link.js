// The line from one notebook to its kernel: a comm that the kernel opens.

import { lab } from "../lab.js";
import { DocumentWatch } from "./document.js";

const TARGET = "werkbook.notebook";

/**
 * Keeps the kernel of one notebook informed, whichever kernel that is. However many views
 * of it are open in this page, it is one notebook.
 */
export class NotebookLink {
  /** @param {any} context The notebook's, which its views share. */
  constructor(context) {
    this.context = context;
    /** @type {Set<any>} The panels in which the notebook is open. */
    this.views = new Set();
    this.comm = null;
    this.watch = null;
    /** What the kernel told last of its apps. */
    this.state = null;
    /** Emits what the kernel tells: an object with a `type`. */
    this.told = new lab.signaling.Signal(this);
    /** Emits whether there is a line now. */
    this.isLinkedChanged = new lab.signaling.Signal(this);
    this.onKernel = this.onKernel.bind(this);
    this.onPath = this.onPath.bind(this);
    this.onHide = this.onHide.bind(this);
    const { sessionContext } = context;
    sessionContext.kernelChanged.connect(this.onKernel);
    context.pathChanged.connect(this.onPath);
    window.addEventListener("pagehide", this.onHide);
    context.ready.then(() => this.follow(sessionContext.session?.kernel));
  }

  get isLinked() {
    return this.comm !== null;
  }

  /** Have one more view of the notebook; with the last one the line ends. */
  join(panel) {
    if (this.views.has(panel)) return;
    this.views.add(panel);
    panel.disposed.connect(() => {
      this.views.delete(panel);
      if (!this.views.size) this.dispose();
    });
  }

  dispose() {
    this.send({ type: "closed" });
    this.drop();
    window.removeEventListener("pagehide", this.onHide);
    lab.signaling.Signal.clearData(this);
  }

  onHide() {
    this.send({ type: "closed" });
  }

  onKernel(_context, change) {
    this.drop();
    this.follow(change.newValue);
  }

  onPath() {
    this.tellDocument();
  }

  /** Wait for the kernel to open the line, or find the one that it has opened. */
  async follow(kernel) {
    if (!kernel || this.context.isDisposed || kernel === this.kernel) return;
    this.kernel = kernel;
    kernel.registerCommTarget(TARGET, (comm) => this.adopt(comm));
    await kernel.info;
    const reply = await kernel.requestCommInfo({ target_name: TARGET });
    const ids = Object.keys(reply.content.comms ?? {});
    if (!ids.length || this.comm || kernel.isDisposed) return;
    if (!kernel.hasComm(ids[0])) this.adopt(kernel.createComm(TARGET, ids[0]));
  }

  adopt(comm) {
    this.drop();
    this.comm = comm;
    comm.onMsg = (message) => this.onTold(message.content.data?.content ?? {});
    comm.onClose = () => this.comm === comm && this.drop();
    this.watch = new DocumentWatch(this.context.model, {
      changed: (ids, sources) => this.send({ type: "cells", ids, sources }),
      edited: (sources) => this.send({ type: "sources", sources }),
    });
    this.tellDocument();
    this.isLinkedChanged.emit(true);
  }

  onTold(content) {
    if (content.type === "state") this.state = content;
    this.told.emit(content);
  }

  drop() {
    this.state = null;
    this.watch?.dispose();
    this.watch = null;
    if (!this.comm) return;
    this.comm = null;
    this.isLinkedChanged.emit(false);
  }

  tellDocument() {
    if (this.watch) this.send({ type: "document", sources: this.watch.sources() });
  }

  /** Tell the kernel something; nothing is sent where it does not listen. */
  send(content) {
    const { kernel } = this;
    if (!this.comm || !kernel || kernel.isDisposed) return;
    const { path } = this.context;
    const message = { ...content, path, page: kernel.clientId };
    // A kernel that is gone cannot be told anything.
    if (kernel.status === "dead" || kernel.connectionStatus !== "connected") return;
    this.comm.send({ method: "custom", content: message });
  }
}
