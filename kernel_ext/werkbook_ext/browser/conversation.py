"""What the front end's views and the kernel say to each other.

`messages.json` has the kinds. A page that still comes names its `stream`: the pieces
and the end have that id, and so has its `abort`. A message of another form, or of a
view that never opened, is ignored: any code in Jupyter's page can send one.

What is asked for with an id is answered, aborted or not: the view counts what is under
way by the answers, so that a page can't ask faster than the kernel works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from werkbook.system import this_system

from ..page_usage.usage import Usage
from ..widgets.background import THREAD_NAME, Work, WorkerThreads
from ..widgets.message_fields import is_name
from ..widgets.padding import is_loopback, padding
from .arriving_body import ArrivingBody, follow_body
from .browser_view import BrowserView, Send, Take
from .cookies import set_cookies
from .fetching import (
    HOST,
    VIRTUAL_ORIGIN,
    Fetcher,
    ForeignOriginError,
    PageRequest,
    PageResponse,
)
from .log import Record
from .log_cards import LogCards
from .messages import MESSAGES
from .pages import Page, load_page
from .storage import Storage

MAX_VIEWS = 50
# The most requests at once, waiting requests, and bodies that arrive in pieces.
MAX_AT_ONCE = 16
MAX_PAGES_AT_ONCE = 8
MAX_WAITING = 500
MAX_STREAMS = 64


class BrowserConversation:
    """The kernel's side of one mini browser.

    Args:
        fetcher: Reaches the app.
        send: Sends a message to all views.
        tab_address: Takes the host that the reader's own page came from; returns what
            the front end needs to open the app in a tab.
        cards: Where entries of the network log are shown; None for nowhere.
        wait_for_room: Waits while too much is on its way to the front end.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        send: Send,
        tab_address: Callable[[str], dict[str, Any]] = lambda host: {},
        cards: LogCards | None = None,
        wait_for_room: Callable[[], object] = lambda: None,
    ) -> None:
        self.fetcher = fetcher
        self.views: dict[str, BrowserView] = {}
        self.url = VIRTUAL_ORIGIN + "/"
        self.local = Storage()
        self.session = Storage()
        self._send = send
        self._tab_address = tab_address
        self._cards = cards
        self._wait_for_room = wait_for_room
        # Two queues: what a page fetches never holds up where the reader goes.
        self._navigators = WorkerThreads(MAX_PAGES_AT_ONCE, MAX_WAITING)
        self._workers = WorkerThreads(MAX_AT_ONCE, MAX_WAITING)
        self._first: Page | None = None
        from .sockets.page_sockets import PageSockets  # start-up time

        of_sockets = PageSockets(fetcher, send, wait_for_room).takers
        self._takers: dict[str, Take] = {
            kind: of_sockets.get(kind) or getattr(self, f"_{kind}")
            for kind in MESSAGES["view to kernel"]
            if kind != "open"  # there is no view yet
        }

    # --- what the kernel starts

    def load_first(self, url: str) -> Page:
        """Load the page that the first view shows."""
        self._drop_first()
        page = load_page(self.fetcher, PageRequest("GET", url))
        self._first = page
        self.url = page.url
        return page

    def stored(self) -> dict[str, Any]:
        """Return what pages have stored, for a view that opens."""
        return {"local": self.local.snapshot(), "session": self.session.snapshot()}

    def forget_visitor(self) -> None:
        """Forget what pages stored; each view loads its page as a new visitor."""
        for area in (self.local, self.session):
            area.apply([[None, None]])
        for view in list(self.views.values()):
            self._send({"t": "visitor", "view": view.id}, [])

    def close(self) -> None:
        """End all that still comes."""
        self._drop_first()
        for view in list(self.views.values()):
            self._close(view, {}, [])

    def _drop_first(self) -> None:
        if self._first is not None and self._first.rest is not None:
            self._first.rest.stop()
        self._first = None

    def refresh(self, view: BrowserView) -> None:
        """Show a view its page anew; one that came from a POST is marked stale."""
        page = view.page
        if page is None:
            return
        if page.head["method"] not in ("GET", "HEAD"):
            view.is_stale = True
            self._send({"t": "stale", "view": view.id}, [])
            return
        request = PageRequest("GET", view.url, view.headers, page_url=view.url)
        fresh = load_page(self.fetcher, request)
        if view.id in self.views and view.page is page:
            self._show(view, fresh, None)
        elif fresh.rest is not None:
            fresh.rest.stop()

    # --- what a view says

    def receive(self, message: Any, buffers: list[Any]) -> None:
        """Take one message; called in the thread that reads the channel."""
        if not isinstance(message, dict) or not is_name(message.get("view")):
            return
        if message.get("t") == "open":
            self._open(message)
            return
        view = self.views.get(message["view"])
        take = self._takers.get(str(message.get("t")))
        if view is not None and take is not None and not view.is_repeat(message):
            take(view, message, [bytes(buffer) for buffer in buffers or []])

    def _open(self, message: dict[str, Any]) -> None:
        if len(self.views) >= MAX_VIEWS and message["view"] not in self.views:
            return
        headers = [
            (name, str(message[key]))
            for name, key in (("User-Agent", "agent"), ("Accept-Language", "language"))
            if isinstance(message.get(key), str) and message[key].isascii()
        ]
        if message["view"] in self.views:  # it asks again, as no answer came in time
            self._send({"t": "opened", "view": message["view"], **self.stored()}, [])
            return
        view = BrowserView(message["view"], headers, is_loopback(message.get("host")))
        self.views[view.id] = view
        self._send({"t": "opened", "view": view.id, **self.stored()}, [])
        first = self._first
        if message.get("has_first") and first is not None:
            self._first = None
            self._note_page(view, first)
            self._continue(view, first)
            return
        request = PageRequest("GET", self.url, headers)
        self._navigators.start(lambda: self._load(view, request, None))

    def _alive(self, view: BrowserView, _: dict[str, Any], __: list[bytes]) -> None:
        """Do nothing: a view sends this to see whether it can."""

    def _close(self, view: BrowserView, _: dict[str, Any], __: list[bytes]) -> None:
        self.views.pop(view.id, None)
        for body in list(view.running.values()):
            body.stop()
        if self._cards is not None:
            self._cards.close(view.id)

    def _go(
        self, view: BrowserView, message: dict[str, Any], buffers: list[bytes]
    ) -> None:
        request = view.read_request(message, buffers)
        is_file = message.get("is_file") is True
        if request is not None:
            name = message["id"]
            load = partial(self._load, view, request, name, is_file)
            self._work(self._navigators, view, name, load)

    def _work(
        self, workers: WorkerThreads, view: BrowserView, request_id: str, work: Work
    ) -> None:
        """Have a request answered; the answer is `failed` where too many wait."""

        def answer() -> None:
            self._wait_for_room()
            if view.id in self.views and request_id not in view.aborted:
                work()
            else:
                self._end(view, request_id)

        view.pending.add(request_id)
        if not workers.start(answer):
            detail = f"more than {MAX_WAITING} requests wait"
            self._fail(view, request_id, detail)

    def _fail(self, view: BrowserView, request_id: str, detail: str) -> None:
        self._done(view, request_id)
        name = {"view": view.id, "id": request_id}
        self._send({"t": "failed", "detail": detail, **name}, [])

    def _end(
        self, view: BrowserView, request_id: str, detail: str | None = None
    ) -> None:
        self._done(view, request_id)
        name = {"view": view.id, "id": request_id}
        self._send({"t": "end", "detail": detail, **name}, [])

    def _done(self, view: BrowserView, request_id: str) -> None:
        view.pending.discard(request_id)
        view.aborted.discard(request_id)

    def _load(
        self,
        view: BrowserView,
        request: PageRequest,
        request_id: str | None,
        is_file: bool = False,
    ) -> None:
        page = load_page(self.fetcher, request, is_file=is_file)
        if view.id in self.views and request_id not in view.aborted:
            self._done(view, request_id or "")
            self._show(view, page, request_id)
            return
        if page.rest is not None:
            page.rest.stop()
        if request_id is not None:
            self._end(view, request_id)

    def _show(self, view: BrowserView, page: Page, request_id: str | None) -> None:
        self._note_page(view, page)
        content, sent = page.message()
        if view.is_near:
            sent = [*sent, padding(sent)]
        self._send({**content, "view": view.id, "id": request_id}, sent)
        self._continue(view, page)

    def _continue(self, view: BrowserView, page: Page) -> None:
        rest = page.rest
        if rest is not None:
            view.pending.add(rest.name)
            self._send_rest(view, rest.name, rest)

    def _note_page(self, view: BrowserView, page: Page) -> None:
        view.page, view.url, view.is_stale = page, page.url, False
        view.usage = Usage(is_failed=page.status >= 400 or not page.status)
        for method, path, endpoint in page.used:
            view.usage.note(method, path, endpoint)
        self.url = page.url

    def _fetch(
        self, view: BrowserView, message: dict[str, Any], buffers: list[bytes]
    ) -> None:
        request = view.read_request(message, buffers)
        if request is not None:
            name = message["id"]
            answer = partial(self._answer, view, request, name)
            self._work(self._workers, view, name, answer)

    def _answer(self, view: BrowserView, request: PageRequest, request_id: str) -> None:
        try:
            answer = self.fetcher.fetch(request)
        except ForeignOriginError as error:
            self._fail(view, request_id, str(error))
            return
        except (OSError, ValueError) as error:
            self._fail(view, request_id, f"{type(error).__name__}: {error}")
            return
        try:
            if answer.is_whole_soon:
                self._send_whole(view, answer, request_id)
            else:
                self._stream(view, answer, request_id)
        except (OSError, ValueError) as error:
            view.usage.note(answer.method, answer.path, answer.endpoint)
            self._end(view, request_id, str(error))

    def _send_whole(
        self, view: BrowserView, answer: PageResponse, request_id: str
    ) -> None:
        body = answer.read()
        view.usage.note(answer.method, answer.path, answer.endpoint)
        self._done(view, request_id)
        name = {"view": view.id, "id": request_id}
        self._send({"t": "head", **answer.head(), **name, "end": True}, [body])

    def _stream(self, view: BrowserView, answer: PageResponse, request_id: str) -> None:
        """Send a body piece by piece, as it comes from the app.

        It gets a thread of its own: streams without an end keep nobody waiting.
        """
        if len(view.running) >= MAX_STREAMS:
            answer.stop()
            detail = f"more than {MAX_STREAMS} answers arrive piece by piece"
            self._fail(view, request_id, detail)
            return
        view.usage.note(answer.method, answer.path, answer.endpoint_so_far)
        name = {"view": view.id, "id": request_id}
        self._send({"t": "head", **answer.head(), **name}, [b""])
        body = view.running[request_id] = follow_body(answer)
        self._send_rest(view, request_id, body)

    def _send_rest(self, view: BrowserView, name: str, body: ArrivingBody) -> None:
        this_system().start_steps(self._sent_pieces(view, name, body), THREAD_NAME)

    def _sent_pieces(
        self, view: BrowserView, name: str, body: ArrivingBody
    ) -> Iterator[bytes]:
        """Send what comes; yield each piece that was sent."""
        view.running[name] = body
        if name in view.aborted or view.id not in self.views:
            body.stop()
        while piece := body.take():
            self._wait_for_room()
            self._send({"t": "piece", "view": view.id, "id": name}, [piece])
            yield piece
        view.running.pop(name, None)
        self._end(view, name, str(body.error) if body.error else None)

    def _abort(
        self, view: BrowserView, message: dict[str, Any], _: list[bytes]
    ) -> None:
        request_id = str(message.get("id"))
        view.uploads.pop(request_id, None)
        if request_id in view.pending:
            view.aborted.add(request_id)
        body = view.running.get(request_id)
        if body is not None:
            body.stop()

    def _part(
        self, view: BrowserView, message: dict[str, Any], buffers: list[bytes]
    ) -> None:
        view.keep_part(message, buffers)

    def _card(self, view: BrowserView, message: dict[str, Any], _: list[bytes]) -> None:
        record = self.fetcher.log.find(message.get("number"))
        if is_name(message.get("id")):
            self._workers.start(lambda: self._show_card(view, message["id"], record))

    def _show_card(
        self, view: BrowserView, request_id: str, record: Record | None
    ) -> None:
        """Say which model has the card of an entry: None when it is too old."""
        model_id = None
        if record is not None and self._cards is not None and view.id in self.views:
            cookies = list(self.fetcher.session.cookies)
            log = self.fetcher.log
            model_id = self._cards.show_record(view.id, record, log, cookies)
        answer = {"t": "card", "view": view.id, "id": request_id, "model": model_id}
        self._send(answer, [])

    def _cookies(
        self, view: BrowserView, message: dict[str, Any], _: list[bytes]
    ) -> None:
        set_cookies(self.fetcher.session.cookies, HOST, message.get("cookies"))

    def _store(
        self, view: BrowserView, message: dict[str, Any], _: list[bytes]
    ) -> None:
        changes = message.get("changes")
        is_session = message.get("area") == "session"
        area = self.session if is_session else self.local
        made = area.apply(changes) if isinstance(changes, list) else []
        if made and not is_session and len(self.views) > 1:
            self._send({"t": "store", "view": view.id, "changes": made}, [])

    def _visitor(self, view: BrowserView, _: dict[str, Any], __: list[bytes]) -> None:
        """Make the reader a new visitor."""
        self.fetcher.session.cookies.clear()
        self.forget_visitor()

    def _moved(
        self, view: BrowserView, message: dict[str, Any], _: list[bytes]
    ) -> None:
        """Note the address that the page's own script put into the bar."""
        url = message.get("url")
        if isinstance(url, str) and url.startswith(VIRTUAL_ORIGIN + "/"):
            self.url = view.url = url

    def _tab(self, view: BrowserView, message: dict[str, Any], _: list[bytes]) -> None:
        host = str(message.get("host") or "")
        head = {"t": "tab", "view": view.id}
        self._workers.start(lambda: self._send(head | self._tab_address(host), []))
