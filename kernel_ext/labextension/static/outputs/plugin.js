// Outputs that survive: where a widget's model is gone, the saved HTML is shown.

import { lab } from "../lab.js";
import { isOn } from "../settings.js";
import { savePictures } from "./pictures.js";
import { savedLine, showAdded, showLive, showSaved, WIDGET_TYPE } from "./saved.js";

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
        followRenderers(panel.content.rendermime, trans);
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
function followRenderers(rendermime, trans) {
  const createRenderer = rendermime.createRenderer.bind(rendermime);
  const renderHtml = () => createRenderer("text/html");
  rendermime.createRenderer = (mimeType) => {
    const renderer = createRenderer(mimeType);
    const render = renderer.renderModel.bind(renderer);
    if (mimeType === WIDGET_TYPE) {
      renderer.renderModel = (model) =>
        showSaved({ renderer, render, renderHtml, model, trans });
    } else if (mimeType === "text/html") {
      // Not trusted is what somebody sent, and what another page of this one ran.
      renderer.renderModel = async (model) => {
        await render(model);
        const own = model.metadata?.werkbook?.widget;
        if (own) await showAdded(renderer, createRenderer(WIDGET_TYPE), own, trans);
        if (!(WIDGET_TYPE in model.data) || !isOn("savedOutputs")) return;
        renderer.node.append(savedLine(trans));
        await showLive(renderer, createRenderer(WIDGET_TYPE), model);
      };
    }
    return renderer;
  };
}
