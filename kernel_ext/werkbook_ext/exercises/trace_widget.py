"""The widget of a trace: its steps with their times, which are not saved."""

from __future__ import annotations

import anywidget
import traitlets

from ..widgets.esm import TRACE_CSS, style_source

_ESM = """
export default {
  render({ model, el }) {
    const draw = () => { el.innerHTML = model.get("steps"); };
    model.on("change:steps", draw);
    draw();
  },
};
"""


class TraceWidget(anywidget.AnyWidget):
    """Shows what the kernel wrote, in which nothing of the app's is HTML."""

    _esm = _ESM
    _css = style_source(TRACE_CSS)

    steps = traitlets.Unicode().tag(sync=True)
