// What the widgets' extension asks a kernel for is asked again where no answer came.

const MAX_TIMES = 5;

/**
 * Ask again for the state of widgets whose answer was lost.
 *
 * For the widgets of a notebook that is opened their extension waits until all have
 * answered, for ever. Jupyter Server leaves out answers above its rate limit, and a
 * connection that breaks may lose some: no widget of the notebook would be found. The
 * same message is sent again, as the answer to it is waited for. One that is late is
 * taken whenever it comes.
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

class AskedStates {
  /** @param {any} kernel The kernel's connection, or null. */
  constructor(kernel) {
    this.kernel = kernel;
    /** @type {Map<string, {message: any, times: number, isCut: boolean}>} By the ids of messages. */
    this.waiting = new Map();
    kernel?.anyMessage.connect(this.onMessage, this);
    kernel?.connectionStatusChanged.connect(this.onConnection, this);
  }

  dispose() {
    this.waiting.clear();
    this.kernel?.anyMessage.disconnect(this.onMessage, this);
    this.kernel?.connectionStatusChanged.disconnect(this.onConnection, this);
  }

  onMessage(_kernel, { msg, direction }) {
    const { msg_type: type, msg_id: id } = msg.header;
    if (direction === "send") {
      if (type !== "comm_msg" || msg.content.data?.method !== "request_state") return;
      const times = (this.waiting.get(id)?.times ?? 0) + 1;
      this.waiting.set(id, { message: msg, times, isCut: false });
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
  askAgain({ message, times }) {
    if (times >= MAX_TIMES) {
      this.waiting.delete(message.header.msg_id);
      return;
    }
    // A kernel refuses what it has read before, byte by byte.
    const metadata = { ...message.metadata, asked: times + 1 };
    this.kernel.sendShellMessage({ ...message, metadata }, false, true);
  }
}
