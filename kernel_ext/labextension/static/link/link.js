// The line from one notebook to its kernel: a comm that the kernel opens.

import { lab } from "../lab.js";
import { DocumentWatch } from "./document.js";

const TARGET = "werkbook.notebook";

/** Keeps the kernel of one notebook panel informed, whichever kernel that is. */
export class NotebookLink {
  /** @param {any} panel JupyterLab's notebook panel. */
  constructor(panel) {
    this.panel = panel;
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
    panel.sessionContext.kernelChanged.connect(this.onKernel);
    panel.context.pathChanged.connect(this.onPath);
    panel.disposed.connect(() => this.dispose());
    window.addEventListener("pagehide", this.onHide);
    panel.context.ready.then(() => this.follow(panel.sessionContext.session?.kernel));
  }

  get isLinked() {
    return this.comm !== null;
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
    if (!kernel || this.panel.isDisposed || kernel === this.kernel) return;
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
    const { content } = this.panel;
    this.watch = new DocumentWatch(content, {
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
    const { path } = this.panel.context;
    const message = { ...content, path, page: kernel.clientId };
    // A kernel that is gone cannot be told anything.
    if (kernel.status === "dead" || kernel.connectionStatus !== "connected") return;
    this.comm.send({ method: "custom", content: message });
  }
}
