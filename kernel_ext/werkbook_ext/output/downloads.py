"""A button that saves files of the kernel's on the reader's own machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.core.interactiveshell import InteractiveShell

from ..notebook.environment import has_front_end
from .notes import show

_ESM = """
export default {
  render({ model, el }) {
    const button = document.createElement("button");
    button.className = "wb-download";
    button.textContent = `Download ${model.get("name")}`;
    button.onclick = () => {
      // Never a type that would run as a page of Jupyter's origin.
      const type = "application/octet-stream";
      const blob = new Blob([model.get("content")], { type });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = model.get("name");
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    };
    el.append(button);
  },
};
"""


class DownloadWidget(anywidget.AnyWidget):
    """Offers one file; its bytes are not saved with the notebook."""

    _esm = _ESM

    name = traitlets.Unicode().tag(sync=True)
    content = traitlets.Bytes().tag(sync=True)


def offer_download(shell: InteractiveShell, paths: Sequence[Path]) -> None:
    """Show a button that saves a file, or several as one archive."""
    if not paths or not has_front_end(shell):
        return
    name, content = _pack(paths)
    data: Any = DownloadWidget(name=name, content=content)._repr_mimebundle_()
    bundle = dict(data[0] if isinstance(data, tuple) else data or {})
    text = f"Download {name}: run the cell again."
    show({**bundle, "text/plain": text, "text/html": f"<p>{text}</p>"}, raw=True)


def _pack(paths: Sequence[Path]) -> tuple[str, bytes]:
    """Return a file's name and bytes; those of an archive when there are several."""
    if len(paths) == 1:
        return paths[0].name, paths[0].read_bytes()
    folder = Path.cwd()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            whole = path.resolve()
            inside = whole.is_relative_to(folder)
            archive.write(whole, whole.relative_to(folder) if inside else path.name)
    return "app.zip", made.getvalue()
