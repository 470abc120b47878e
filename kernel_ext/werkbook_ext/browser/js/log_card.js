// The card of the network log: the cards' own widget, shown in one place at a time.

export class LogCard {
  /**
   * `ask(number)` has the kernel put a response into the widget: the id of its model.
   *
   * @param {any} manager
   * @param {(number: number) => Promise<string | null>} ask
   */
  constructor(manager, ask) {
    this.manager = manager;
    this.ask = ask;
    this.latest = 0;
    /** @type {any} */
    this.view = null;
    /** @type {string | null} */
    this.modelId = null;
  }

  /**
   * @param {number} number
   * @param {HTMLElement} place
   */
  async show(number, place) {
    const turn = ++this.latest;
    place.textContent = "\u2026";
    const text = await this.fill(number, place, () => turn === this.latest);
    if (text && turn === this.latest) place.textContent = text;
  }

  /**
   * Put the card into its place; returns what to say where it can't be.
   *
   * @param {number} number
   * @param {HTMLElement} place
   * @param {() => boolean} isWanted
   */
  async fill(number, place, isWanted) {
    try {
      const modelId = await this.ask(number);
      if (!modelId) return "This response is no longer kept.";
      const view = await this.viewOf(modelId);
      if (isWanted()) place.replaceChildren(view.el);
      return "";
    } catch (error) {
      const problem = error instanceof Error ? error.message : error;
      return `The card can't be shown here: ${problem}`;
    }
  }

  /** @param {string} modelId */
  async viewOf(modelId) {
    if (this.modelId === modelId) return this.view;
    this.close();
    const model = await this.manager.get_model(modelId);
    this.view = await this.manager.create_view(model, {});
    this.modelId = modelId;
    return this.view;
  }

  close() {
    this.view?.remove();
    this.view = this.modelId = null;
  }
}
