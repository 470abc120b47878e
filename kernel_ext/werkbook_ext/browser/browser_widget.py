"""The widget of the mini browser; the modules beside it do its work."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from werkzeug.http import HTTP_STATUS_CODES

from werkbook.system import this_system

from ..bodies.masking import visible_text
from ..cards.card_widget import CardWidget
from ..cards.model import Card
from ..widgets import busy_comm as fast_lane
from ..widgets.esm import join_modules, style_source
from ..widgets.message_fields import read_message
from ..widgets.sendable import sendable
from ..widgets.sender import sender
from .conversation import BrowserConversation
from .fetching import VIRTUAL_ORIGIN, Connect, Fetcher
from .log_cards import LogCards
from .pages import Page

SCRIPTS = Path(__file__).parent / "js"
BUSY_HINT = "With ipykernel 7.1 or later the page is answered meanwhile."


def view_source() -> str:
    """Return the ESM text of the widget."""
    return with_bridge(SCRIPTS / "view.js")


def with_bridge(main: Path) -> str:
    """Return a module and its imports, and what runs inside the shown page as a text.

    Args:
        main: The module, which has that text as `BRIDGE`.
    """
    bridge = join_modules(SCRIPTS / "bridge" / "main.js")
    script = f'"use strict";(() => {{\n{bridge}\n}})();'
    return f"const BRIDGE = {json.dumps(script)};\n{join_modules(main)}"


class Browser(anywidget.AnyWidget):
    """A small browser of one app, in an output of the notebook.

    Args:
        connect: See `Fetcher`.
        kernel: The IPython kernel, None outside one.
        tab_address: See `BrowserConversation`.
        make_card: Makes the widget that shows an entry of the network log.
        **traits: Initial values of the traits.
    """

    _esm = view_source()
    _css = style_source(SCRIPTS / "browser.css")

    first = traitlets.Dict().tag(sync=True)
    allowed = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height_px = traitlets.Int(420).tag(sync=True)
    is_docked = traitlets.Bool(False).tag(sync=True)
    answers_while_busy = traitlets.Bool(False).tag(sync=True)
    busy_hint = traitlets.Unicode().tag(sync=True)
    """What would let it answer while a cell runs; empty where nothing would."""

    def __init__(
        self,
        connect: Connect,
        *,
        kernel: Any = None,
        tab_address: Any = lambda host: {},
        make_card: Callable[[Card], CardWidget] = CardWidget,
        **traits: Any,
    ) -> None:
        super().__init__(**traits)
        fetcher = Fetcher(connect)
        cards = LogCards(make_card)
        sender.open()
        self.conversation = BrowserConversation(
            fetcher, self._tell, tab_address, cards, sender.wait_for_room
        )
        self.is_live = True
        self._is_closed = False
        self._page: Page | None = None
        self.on_msg(lambda _, content, buffers: self._take(content, buffers))
        comm = self.comm
        if comm is not None:
            self.answers_while_busy = fast_lane.join(kernel, comm.comm_id, self._take)
        if this_system().has_threads:
            self.busy_hint = BUSY_HINT

    def go(self, url: str) -> None:
        """Load a page for the next view that opens."""
        page = self.conversation.load_first(absolute(url))
        self._page = page
        own = {"serial": secrets.token_hex(8), "model": self.model_id}
        # Addresses and what pages store can hold half characters.
        self.first = sendable({**page.state(), **self.conversation.stored(), **own})

    def forget_visitor(self) -> None:
        """Forget what pages stored, and have each view load its page anew."""
        self.conversation.forget_visitor()

    def close(self) -> None:
        """Close the widget and all its views."""
        self.conversation.close()
        if self.comm is not None:
            fast_lane.leave(self.comm.comm_id)
        super().close()
        if not self._is_closed:
            self._is_closed = True
            sender.close()

    def _tell(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        sender.put(self._send_now, content, buffers)

    def _send_now(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if self.comm is not None:
            self.send(content, buffers)

    def _take(self, content: Any, buffers: list[Any]) -> None:
        content = read_message(content)
        if isinstance(content, dict) and content.get("has_first"):
            # The first page is shown now; a view that opens later asks for its own.
            self._trait_values["first"] = {}
        self.conversation.receive(content, buffers)

    def __repr__(self) -> str:
        return summary(self._page)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data is None:
            return None
        data["text/plain"] = visible_text(summary(self._page))
        data["text/html"] = visible_text(snapshot(self._page))
        return data, metadata


def absolute(url: str) -> str:
    """Return the page's address for what a user types: a path or a whole URL."""
    if "://" in url:
        return url
    return VIRTUAL_ORIGIN + (url if url.startswith("/") else f"/{url}")


def summary(page: Page | None) -> str:
    """Say in a line what is shown: nothing in it changes from run to run."""
    if page is None:
        return "Mini browser"
    place = page.url.removeprefix(VIRTUAL_ORIGIN)
    if not page.status:
        return f"Mini browser: {page.head['method']} {place} was not answered"
    reason = page.head["reason"] or HTTP_STATUS_CODES.get(page.status, "")
    return f"Mini browser: {page.head['method']} {place} -> {page.status} {reason}"


def snapshot(page: Page | None) -> str:
    """Return the HTML that stands where the widget cannot."""
    return (
        f"<p><code>{escape(summary(page))}</code></p>"
        "<p>The live page needs a running kernel: run the cell, or trust the "
        "notebook.</p>"
    )
