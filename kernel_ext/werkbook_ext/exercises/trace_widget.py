"""The widget of a trace: the picture with its times, which are not saved."""

from __future__ import annotations

import anywidget
import traitlets

_ESM = """
export default {
  render({ model, el }) {
    const draw = () => { el.innerHTML = model.get("picture"); };
    model.on("change:picture", draw);
    draw();
  },
};
"""


class TraceWidget(anywidget.AnyWidget):
    """Shows a picture that the kernel drew, in which nothing of the app's is HTML."""

    _esm = _ESM

    picture = traitlets.Unicode().tag(sync=True)
