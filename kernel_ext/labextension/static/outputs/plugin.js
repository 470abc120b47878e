// Outputs that survive: where a widget's model is gone, the saved HTML is shown.

import { lab } from "../lab.js";
import { isOn } from "../settings.js";
import { askForLostStates } from "./asking.js";
import { savePictures } from "./pictures.js";
import {
  addedModel,
  LiveWidget,
  noteSoon,
  savedLine,
  showEnded,
  showSaved,
  WIDGET_TYPE,
} from "./saved.js";

/** Return the plugin that looks after the outputs of notebooks. */
export function outputsPlugin() {
  return {
    id: "werkbook:outputs",
    description: "Saved outputs where no kernel runs, instead of 'model not found'.",
    autoStart: true,
    requires: [lab.notebook.INotebookTracker],
    optional: [lab.translation.ITranslator],
    activate(_app, tracker, translator) {
      const trans = (translator ?? lab.translation.nullTranslator).load("werkbook");
      const follow = (panel) => {
        askForLostStates(panel.sessionContext);
        followRenderers(panel.content.rendermime, trans, panel.sessionContext);
        panel.context.ready.then(() => savePictures(panel));
      };
      tracker.forEach(follow);
      tracker.widgetAdded.connect((_tracker, panel) => follow(panel));
    },
  };
}

/**
 * Have a notebook's renderers of widgets show what was saved beside a lost one.
 *
 * The widgets' own extension registers its renderer at a time of its own, so what is
 * changed is how a renderer is made, not which.
 */
function followRenderers(rendermime, trans, sessionContext) {
  const createRenderer = rendermime.createRenderer.bind(rendermime);
  const renderHtml = () => createRenderer("text/html");
  const makeLive = () => createRenderer(WIDGET_TYPE);
  /** @type {Set<LiveWidget>} What may find its widget in another renderer. */
  const lives = new Set();
  const showLive = (options) => {
    const widget = new LiveWidget({ makeLive, ...options });
    lives.add(widget);
    options.renderer.disposed.connect(() => lives.delete(widget));
    return { widget, done: widget.show() };
  };
  /** @type {Map<any, () => void>} Shows what is saved of what a kernel's end ends. */
  const ending = new Map();
  whenKernelEnds(sessionContext, () => {
    for (const end of ending.values()) end();
    ending.clear();
  });
  whenWidgetsAreKnown(rendermime, () => {
    for (const widget of lives) widget.show();
  });
  rendermime.createRenderer = (mimeType) => {
    const renderer = createRenderer(mimeType);
    const render = renderer.renderModel.bind(renderer);
    if (mimeType === WIDGET_TYPE) {
      renderer.renderModel = (model) => {
        const output = { renderer, render, renderHtml, model, trans };
        if (model.metadata?.werkbook?.ends_with_kernel) {
          ending.set(renderer, () => showEnded(output));
          renderer.disposed.connect(() => ending.delete(renderer));
        }
        return showSaved(output);
      };
    } else if (mimeType === "text/html") {
      // Not trusted is what somebody sent, and what another page of this one ran.
      renderer.renderModel = async (model) => {
        await render(model);
        const own = model.metadata?.werkbook?.widget;
        if (own) await showAdded(renderer, own);
        if (!(WIDGET_TYPE in model.data) || !isOn("savedOutputs")) return;
        renderer.node.append(savedLine(trans));
        await showLive({ renderer, model }).done;
      };
    }
    return renderer;
  };

  /** Put a widget in the place of HTML that says the same. */
  function showAdded(renderer, id) {
    const shown = () => {
      // The widget has looks of its own.
      renderer.removeClass("jp-RenderedHTMLCommon");
      renderer.removeClass("jp-RenderedHTML");
    };
    const { widget, done } = showLive({ renderer, model: addedModel(id), shown });
    noteSoon(renderer, widget, trans);
    return done;
  }
}

const ENDS = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** Call a function when a notebook's kernel ends, restarts, or is another one. */
function whenKernelEnds(sessionContext, act) {
  sessionContext.kernelChanged.connect((_context, { oldValue }) => {
    if (oldValue) act();
  });
  sessionContext.statusChanged.connect((_context, status) => {
    if (ENDS.has(status)) act();
  });
}

/**
 * Call a function when the widgets' own extension knows a notebook's kernel. What it
 * renders before is told of that only where it stands in an output by itself.
 */
function whenWidgetsAreKnown(rendermime, act) {
  const addFactory = rendermime.addFactory.bind(rendermime);
  rendermime.addFactory = (factory, rank) => {
    addFactory(factory, rank);
    if (factory.mimeTypes.includes(WIDGET_TYPE)) act();
  };
}
