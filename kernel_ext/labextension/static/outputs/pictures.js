// A page that a mini browser shows is saved as a small picture of itself.
//
// Only the file gets it: an output that changed would be drawn anew, and its page loaded.
// Where people share a notebook, its server saves what they share. There a picture goes
// into the shared output itself, of which JupyterLab draws nothing anew: it looks for
// outputs that come and go, not for what is in one.

import { lab } from "../lab.js";
import { isOn } from "../settings.js";
import { WIDGET_TYPE } from "./saved.js";

const PICTURE = Symbol.for("werkbook.picture");
const ORIGIN = "werkbook.pictures"; // what it changes is nothing to undo
const SETTLE_MS = 1500; // the time a page has to come after its cell ran
const SAVED = /<p><img class="wb-picture"[^>]*><\/p>/g;

/** Put the pictures of a notebook's pages into what is saved of it. */
export function savePictures(panel) {
  const { context, content } = panel;
  const taken = new WeakMap(); // output's model -> its last picture
  const save = context.save.bind(context);
  const { collaborative } = context.model;
  context.save = async (...options) => {
    await takeAll(content, taken).catch(() => {});
    if (collaborative) share(content, taken);
    return save(...options);
  };
  if (collaborative) {
    shareAfterRuns(panel, taken);
    return;
  }
  const toJSON = context.model.toJSON.bind(context.model);
  context.model.toJSON = () => {
    const saved = toJSON();
    if (isOn("savedPictures") && !content.isDisposed)
      putIn(saved.cells, content, taken);
    return saved;
  };
}

/** Take a picture of each page that is shown now. */
async function takeAll(content, taken) {
  if (!isOn("savedPictures") || content.isDisposed) return;
  const pages = content.widgets.flatMap((cell) => shownPages(cell));
  await Promise.all(
    pages.map(async ({ view, output }) => {
      const png = await view[PICTURE]();
      if (png) taken.set(output, png);
    }),
  );
}

function shownPages(cell) {
  return (cell.outputArea?.widgets ?? []).flatMap((widget, number) => {
    const view = widget.node.querySelector(".wb-browser");
    const output = cell.model.outputs.get(number);
    return view?.[PICTURE] && output ? [{ view, output }] : [];
  });
}

/** Share new pictures some time after this page ran a cell; its server saves at once. */
function shareAfterRuns(panel, taken) {
  const { content } = panel;
  const { executed } = lab.notebook.NotebookActions;
  let timer = 0;
  const look = async () => {
    await takeAll(content, taken).catch(() => {});
    share(content, taken);
  };
  const plan = (_actions, { notebook }) => {
    if (notebook !== content) return;
    clearTimeout(timer);
    timer = setTimeout(look, SETTLE_MS);
  };
  executed.connect(plan);
  panel.disposed.connect(() => {
    clearTimeout(timer);
    executed.disconnect(plan);
  });
}

/** Put the pictures into the shared outputs, where they differ from what is there. */
function share(content, taken) {
  if (content.isDisposed || !isOn("savedPictures")) return;
  content.model.sharedModel.ydoc.transact(() => {
    for (const { model } of content.widgets) {
      const shared = model.sharedModel.ymodel.get("outputs");
      for (let number = 0; number < (model.outputs?.length ?? 0); number++) {
        const png = taken.get(model.outputs.get(number));
        const output = shared?.get(number);
        // What a server wrote as one value can only be replaced, and would be drawn anew.
        if (!png || typeof output?.get !== "function") continue;
        const data = output.get("data");
        if (!data || !(WIDGET_TYPE in data) || !("text/html" in data)) continue;
        const html = [data["text/html"]].flat().join("");
        const pictured = withPicture(html, png);
        if (pictured !== html) output.set("data", { ...data, "text/html": pictured });
      }
    }
  }, ORIGIN);
}

function putIn(cells, content, taken) {
  content.widgets.forEach((widget, place) => {
    const outputs = widget.model.outputs;
    for (let number = 0; number < (outputs?.length ?? 0); number++) {
      const png = taken.get(outputs.get(number));
      const data = cells[place]?.outputs?.[number]?.data;
      if (png && data && WIDGET_TYPE in data && "text/html" in data) {
        data["text/html"] = withPicture([data["text/html"]].flat().join(""), png);
      }
    }
  });
}

/** Return an output's saved HTML with a picture below its first line. */
export function withPicture(html, png) {
  const image = `<p><img class="wb-picture" alt="The page" src="${png}"></p>`;
  return html.replace(SAVED, "").replace("</p>", `</p>${image}`);
}
