// Commands for lessons: hand one in, and start it over on a site without a server.

import { lab } from "../lab.js";
import { linkOf } from "../link/plugin.js";

const ANSWER_MS = 10_000;

/** Say whether this page is of a site that `make lite` built. */
export function isSite() {
  return lab.coreutils.PageConfig.getOption("werkbookSite") === "true";
}

/** Return the commands of lessons. */
export function lessonCommands(app, tracker, trans) {
  const isEnabled = () => tracker.currentWidget !== null;
  return {
    "werkbook:hand-in": {
      label: trans.__("Hand In"),
      caption: trans.__("Save the notebook as a file, with how far its exercises are"),
      isEnabled,
      execute: () => handIn(tracker.currentWidget, trans),
    },
    "werkbook:start-over": {
      label: trans.__("Start This Lesson Over…"),
      caption: trans.__("Take back what was changed in this browser"),
      isEnabled,
      isVisible: isSite,
      execute: () => startOver(app, tracker.currentWidget, trans),
    },
  };
}

/** Save a notebook as a file, with the state of its exercises in the metadata. */
async function handIn(panel, trans) {
  if (!panel) return;
  const notebook = panel.content.model.toJSON();
  const exercises = await askExercises(linkOf(panel));
  const handed_in = { path: panel.context.path, exercises };
  notebook.metadata.werkbook = { ...notebook.metadata.werkbook, handed_in };
  const text = `${JSON.stringify(notebook, null, 1)}\n`;
  saveFile(panel.context.path.split("/").pop(), text);
  if (!exercises)
    lab.apputils.Notification.warning(
      trans.__(
        "The kernel did not say how far the exercises are: run them, and again.",
      ),
    );
}

/** Ask the kernel how far the exercises are; null where it does not say. */
function askExercises(link) {
  if (!link?.isLinked) return null;
  return new Promise((resolve) => {
    const end = (exercises) => {
      clearTimeout(timer);
      link.told.disconnect(take);
      resolve(exercises);
    };
    const take = (_link, content) => {
      if (content.type === "exercises") end(content.exercises);
    };
    const timer = setTimeout(() => end(null), ANSWER_MS);
    link.told.connect(take);
    link.send({ type: "exercises" });
  });
}

function saveFile(name, text) {
  const blob = new Blob([text], { type: "application/octet-stream" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Have the lesson as the site has it: the browser's own copy goes, so that what the
 * site has of it later is seen as well.
 */
async function startOver(app, panel, trans) {
  if (!panel) return;
  const { context, sessionContext } = panel;
  const { path } = context;
  const asked = await lab.apputils.showDialog({
    title: trans.__("Start this lesson over?"),
    body: trans.__(
      "What was changed in %1 in this browser will be lost. Other files that its cells wrote stay.",
      path,
    ),
    defaultButton: 0,
    buttons: [
      lab.apputils.Dialog.cancelButton(),
      lab.apputils.Dialog.warnButton({ label: trans.__("Start over") }),
    ],
  });
  if (!asked.button.accept) return;
  if (!(await isOfSite(path))) {
    await lab.apputils.showErrorMessage(
      trans.__("Start this lesson over"),
      trans.__("The site has no notebook %1: it was made in this browser.", path),
    );
    return;
  }
  await app.serviceManager.contents.delete(path);
  await context.revert();
  await sessionContext.restartKernel();
}

/** Say whether the site itself has a notebook; its newest version is loaded. */
async function isOfSite(path) {
  if (!isSite()) return false; // a server has no other copy of what is deleted
  const base = lab.coreutils.PageConfig.getBaseUrl();
  const parts = path.split("/").map(encodeURIComponent);
  const response = await fetch(`${base}files/${parts.join("/")}`, { cache: "reload" });
  return response.ok;
}
