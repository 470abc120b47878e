// What the widgets' extension asks a kernel for is asked again where no answer came.

const MAX_TIMES = 5;
/** The state of a widget that nobody sees, which the widgets' extension always has. */
const NOTHING = {
  _model_module: "@jupyter-widgets/base",
  _model_module_version: "2.0.0",
  _model_name: "LayoutModel",
  _view_module: "@jupyter-widgets/base",
  _view_module_version: "2.0.0",
  _view_name: "LayoutView",
};

/**
 * Ask again for the state of widgets whose answer was lost.
 *
 * For the widgets of a notebook that is opened their extension waits until all have
 * answered, for ever. Jupyter Server leaves out answers above its rate limit, and a
 * connection that breaks may lose some: no widget of the notebook would be found. The
 * same message is sent again, as the answer to it is waited for. One that is late is
 * taken whenever it comes. A widget that was closed meanwhile never answers: in its
 * place the extension is given one that is nowhere shown.
 * @param {any} sessionContext The notebook's.
 */
export function askForLostStates(sessionContext) {
  let asked = new AskedStates(null);
  const follow = (kernel) => {
    asked.dispose();
    asked = new AskedStates(kernel);
  };
  follow(sessionContext.session?.kernel ?? null);
  sessionContext.kernelChanged.connect((_context, { newValue }) => follow(newValue));
  sessionContext.disposed.connect(() => asked.dispose());
}

/** @typedef {{message: any, comm: any, times: number, isCut: boolean}} Asked */

class AskedStates {
  /** @param {any} kernel The kernel's connection, or null. */
  constructor(kernel) {
    this.kernel = kernel;
    /** @type {Map<string, Asked>} By the ids of messages. */
    this.waiting = new Map();
    /** @type {Map<string, any>} The comms that this page has just made, by their ids. */
    this.comms = new Map();
    this.followComms();
    kernel?.anyMessage.connect(this.onMessage, this);
    kernel?.connectionStatusChanged.connect(this.onConnection, this);
  }

  dispose() {
    this.waiting.clear();
    this.comms.clear();
    this.kernel?.anyMessage.disconnect(this.onMessage, this);
    this.kernel?.connectionStatusChanged.disconnect(this.onConnection, this);
  }

  /** Have the comms that this page makes, of which a kernel's connection tells nobody. */
  followComms() {
    const { kernel } = this;
    if (!kernel) return;
    const createComm = kernel.createComm.bind(kernel);
    kernel.createComm = (...options) => {
      const comm = createComm(...options);
      const { commId } = comm;
      this.comms.set(commId, comm);
      setTimeout(() => this.comms.delete(commId)); // it is asked for its state at once
      return comm;
    };
  }

  onMessage(_kernel, { msg, direction }) {
    const { msg_type: type, msg_id: id } = msg.header;
    if (direction === "send") {
      if (type !== "comm_msg" || msg.content.data?.method !== "request_state") return;
      const { comm, times } = this.waiting.get(id) ?? {
        comm: this.comms.get(msg.content.comm_id),
        times: 0,
      };
      this.waiting.set(id, { message: msg, comm, times: times + 1, isCut: false });
      return;
    }
    const asked = this.waiting.get(msg.parent_header.msg_id);
    if (!asked) return;
    const isAnswer = type === "comm_msg" && msg.content.data?.method === "update";
    if (isAnswer) this.waiting.delete(asked.message.header.msg_id);
    // The kernel says it after the answer.
    else if (type === "status" && msg.content.execution_state === "idle")
      this.askAgain(asked);
  }

  onConnection(_kernel, status) {
    // What is sent meanwhile goes out by itself.
    for (const asked of [...this.waiting.values()]) {
      if (status !== "connected") asked.isCut = true;
      else if (asked.isCut) this.askAgain(asked);
    }
  }

  /** Send a message again, unless its widget has gone: then there is no answer. */
  askAgain({ message, comm, times }) {
    if (times >= MAX_TIMES) {
      this.waiting.delete(message.header.msg_id);
      answerForClosed(comm, message);
      return;
    }
    // A kernel refuses what it has read before, byte by byte.
    const metadata = { ...message.metadata, asked: times + 1 };
    this.kernel.sendShellMessage({ ...message, metadata }, false, true);
  }
}

/**
 * Answer for a widget that was closed: all others would be waited for in vain.
 * @param {any} comm Its comm in this page.
 * @param {any} message What asked for its state.
 */
function answerForClosed(comm, message) {
  if (!comm?.onMsg) return;
  const { commId } = comm;
  // Who looks for the widget itself finds none.
  Object.defineProperty(comm, "commId", { value: `${commId}-closed` });
  // The widgets' extension sets it when it has made the model, which then goes.
  Object.defineProperty(comm, "onClose", {
    configurable: true,
    set: (close) => void setTimeout(() => close?.({ content: { comm_id: commId } })),
  });
  comm.onMsg({
    header: { ...message.header, msg_type: "comm_msg" },
    parent_header: message.header,
    content: {
      comm_id: commId,
      data: { method: "update", state: { ...NOTHING }, buffer_paths: [] },
    },
    metadata: {},
    buffers: [],
  });
}
