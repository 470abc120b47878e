// What a notebook holds, and what changed in it.

const TYPING_MS = 300;

/**
 * Follows one notebook and tells of each change: at once when a cell comes, goes or
 * turns into text, after a pause when somebody types.
 */
export class DocumentWatch {
  /**
   * @param {any} model The notebook's.
   * @param {{changed: (ids: string[], sources: Record<string, string>) => void,
   *   edited: (sources: Record<string, string>) => void}} told
   */
  constructor(model, told) {
    this.told = told;
    this.cells = model.cells;
    /** @type {Map<string, any>} The code cells that were told of, by id. */
    this.known = new Map();
    /** @type {Set<string>} */
    this.edited = new Set();
    this.timer = 0;
    this.isPlanned = false;
    this.look = this.look.bind(this);
    this.cells.changed.connect(this.look);
    this.collect();
    this.toldIds = [...this.known.keys()].join();
    // JupyterLab redraws the notebook when it hears of a change: this comes before.
    this.shared = model.sharedModel.ydoc;
    this.sharedCells = this.shared.getArray("cells");
    this.onTransaction = this.onTransaction.bind(this);
    this.shared.on("beforeObserverCalls", this.onTransaction);
  }

  dispose() {
    clearTimeout(this.timer);
    this.isDisposed = true;
    this.cells.changed.disconnect(this.look);
    this.shared.off("beforeObserverCalls", this.onTransaction);
    for (const [id, cell] of this.known) this.leave(id, cell);
  }

  /** Return the sources of all code cells, in the notebook's order. */
  sources() {
    return Object.fromEntries(
      [...this.known].map(([id, one]) => [id, one.cell.source]),
    );
  }

  /** Tell of cells that came or went, at the end of one action of somebody. */
  onTransaction(transaction) {
    if (this.isDisposed || !transaction.changed.has(this.sharedCells)) return;
    /** @type {Record<string, string>} */
    const added = {};
    const ids = [];
    for (const cell of this.sharedCells.toArray()) {
      if (cell.get("cell_type") !== "code") continue;
      const id = String(cell.get("id"));
      ids.push(id);
      if (!this.known.has(id)) added[id] = String(cell.get("source"));
    }
    this.tell(ids, added);
  }

  tell(ids, added) {
    if (ids.join() === this.toldIds) return;
    this.toldIds = ids.join();
    this.told.changed(ids, added);
  }

  // The new cells are listened to once JupyterLab has them, too.
  look() {
    if (this.isPlanned || this.isDisposed) return;
    this.isPlanned = true;
    queueMicrotask(() => {
      this.isPlanned = false;
      if (!this.isDisposed) this.tellChange();
    });
  }

  tellChange() {
    const added = this.collect();
    this.tell([...this.known.keys()], added);
  }

  /** Take in what is there now; return the sources of what is new. */
  collect() {
    const before = this.known;
    const now = new Map();
    /** @type {Record<string, string>} */
    const added = {};
    for (const model of this.cells) {
      if (model.type !== "code") continue;
      const cell = model.sharedModel;
      const id = cell.getId();
      const same = before.get(id);
      if (same && same.cell === cell) now.set(id, same);
      else {
        if (same) this.leave(id, same);
        now.set(id, this.enter(id, cell));
        added[id] = cell.source;
      }
    }
    for (const [id, one] of before) if (now.get(id) !== one) this.leave(id, one);
    this.known = now;
    return added;
  }

  enter(id, cell) {
    const listen = (_cell, change) => {
      if (change.sourceChange) this.planEdit(id);
    };
    cell.changed.connect(listen);
    return { cell, listen };
  }

  leave(_id, one) {
    one.cell.changed.disconnect(one.listen);
  }

  planEdit(id) {
    this.edited.add(id);
    clearTimeout(this.timer);
    // What does not come from this page's keyboard is an agent's or somebody else's.
    const isTyped = document.activeElement?.closest(".jp-Notebook");
    this.timer = setTimeout(() => this.tellEdits(), isTyped ? TYPING_MS : 0);
  }

  /** Tell at once of what was typed: a cell is about to run. */
  tellEdits() {
    clearTimeout(this.timer);
    const ids = [...this.edited].filter((id) => this.known.has(id));
    this.edited.clear();
    if (!ids.length || this.isDisposed) return;
    this.told.edited(
      Object.fromEntries(ids.map((id) => [id, this.known.get(id).cell.source])),
    );
  }
}
