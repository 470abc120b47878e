"""The line to JupyterLab's extension: a comm over which pages tell of their notebook.

The kernel opens it; a front end without the extension closes it and nothing is lost.
What arrives is data of the page's: what is not of the form below is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from ..notebook.live_cells import LiveCells
from ..widgets import busy_comm
from ..widgets.message_fields import read_message

TARGET = "werkbook.notebook"
MAX_PATH_CHARS = 4096


Take = Callable[[dict[str, Any]], object]


class Link:
    """One comm for all pages on this kernel.

    Attributes:
        takers: What is called for a message, by the message's `type`.
    """

    def __init__(self, shell: InteractiveShell, cells: LiveCells) -> None:
        """Open the comm, where there is a front end.

        Args:
            shell: The shell.
            cells: Told of each change of a notebook.
        """
        self.takers: dict[Any, Take] = {
            kind: partial(take, cells) for kind, take in DOCUMENT_TAKERS.items()
        }
        self.comm = _open_comm(shell)
        if self.comm is not None:
            self.comm.on_msg(self._receive_message)
            kernel = getattr(shell, "kernel", None)
            busy_comm.join(kernel, self.comm.comm_id, self.receive)

    def close(self) -> None:
        """Close the comm: pages are told that nothing follows them any more."""
        if self.comm is not None:
            busy_comm.leave(self.comm.comm_id)
            self.comm.close()
            self.comm = None

    def _receive_message(self, message: Mapping[str, Any]) -> None:
        """Read what comes in the main thread, on kernels that know no other way."""
        content = message.get("content", {}).get("data", {}).get("content")
        self.receive(content, [])

    def receive(self, content: Any, _buffers: Any) -> None:
        """Take what a page tells; it must return at once."""
        content = read_message(content)
        kind = content.get("type") if isinstance(content, dict) else None
        take = self.takers.get(kind) if isinstance(kind, str) else None
        if take is not None:
            take(content)

    def send(self, content: Mapping[str, Any]) -> None:
        """Tell all pages something."""
        if self.comm is not None:
            self.comm.send({"method": "custom", "content": dict(content)})


def _open_comm(shell: InteractiveShell) -> Any:
    if getattr(shell, "kernel", None) is None:
        return None
    try:
        import comm  # ipykernel's; a shell without a front end has none
    except ImportError:
        return None
    return comm.create_comm(target_name=TARGET)


def _take_document(cells: LiveCells, content: dict[str, Any]) -> None:
    path, page = _text(content, "path"), _text(content, "page")
    cells.documents.open(path, page, _sources(content))
    cells.follow_documents()


def _take_cells(cells: LiveCells, content: dict[str, Any]) -> None:
    ids = [one for one in content.get("ids", ()) if isinstance(one, str)]
    cells.documents.arrange(_text(content, "path"), ids, _sources(content))
    cells.follow_documents()


def _take_sources(cells: LiveCells, content: dict[str, Any]) -> None:
    cells.documents.edit(_text(content, "path"), _sources(content))
    cells.follow_documents()


def _take_closed(cells: LiveCells, content: dict[str, Any]) -> None:
    cells.documents.close(_text(content, "page"))
    cells.follow_closing()


DOCUMENT_TAKERS: dict[Any, Callable[[LiveCells, dict[str, Any]], None]] = {
    "document": _take_document,
    "cells": _take_cells,
    "sources": _take_sources,
    "closed": _take_closed,
}
"""What a page may tell, by the `type` of its message."""


def _text(content: Mapping[str, Any], name: str) -> str:
    found = content.get(name)
    return found[:MAX_PATH_CHARS] if isinstance(found, str) else ""


def _sources(content: Mapping[str, Any]) -> dict[str, str]:
    found = content.get("sources")
    pairs = found.items() if isinstance(found, dict) else ()
    return {one: text for one, text in pairs if isinstance(text, str)}
