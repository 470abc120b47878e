// A page that a mini browser shows is saved as a small picture of itself.
//
// Only the file gets it: an output that changed would be drawn anew, and its page loaded.

import { isOn } from "../settings.js";
import { WIDGET_TYPE } from "./saved.js";

const PICTURE = Symbol.for("werkbook.picture");
const SAVED = /<p><img class="wb-picture"[^>]*><\/p>/g;

/** Put the pictures of a notebook's pages into what is saved of it. */
export function savePictures(panel) {
  const { context, content } = panel;
  const taken = new WeakMap(); // output's model -> its last picture
  const save = context.save.bind(context);
  context.save = async (...options) => {
    await takeAll(content, taken).catch(() => {});
    return save(...options);
  };
  const toJSON = context.model.toJSON.bind(context.model);
  context.model.toJSON = () => {
    const saved = toJSON();
    if (isOn("savedPictures")) putIn(saved.cells, content, taken);
    return saved;
  };
}

/** Take a picture of each page that is shown now. */
async function takeAll(content, taken) {
  if (!isOn("savedPictures")) return;
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
