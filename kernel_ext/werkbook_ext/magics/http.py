"""`%http` and `%%http`: send a request, show its card, hold it to expectations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import WSGIApplication

import requests
from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics
from IPython.display import display

from werkbook import serving
from werkbook.cells.requests import (
    HELP,
    USAGE,
    Command,
    Composed,
    Filler,
    FillError,
    Options,
    RequestSyntaxError,
    compose,
    read_command,
)

from ..cards.bodies import Body
from ..cards.model import Card, card_of
from ..cards.view import View, show
from ..notebook.apps import which_app
from ..notebook.cells import run_of
from ..notebook.environment import has_front_end
from ..transport.sending import (
    Delivery,
    NoAnswerError,
    Outgoing,
    app_of,
    deliver,
    is_elsewhere,
)
from ..transport.sessions import AppResponse
from .arguments import cell_magic, line_magic, magics_class
from .errors import as_usage_error, shown_briefly
from .expectations import check


@magics_class
class HTTPMagics(Magics):
    """`%http` and `%%http`."""

    shell: InteractiveShell  # IPython sets it when the magics are registered

    @line_magic("http")
    def http_line(self, line: str) -> requests.Response | None:
        """Send a request and show the response as a card; the value is the response."""
        return run(self.shell, line, None)

    @cell_magic("http")
    def http_cell(self, line: str, cell: str) -> requests.Response | None:
        """Send the headers and the body in the cell; the value is the response."""
        return run(self.shell, line, cell)


HTTPMagics.http_line.__doc__ = HTTPMagics.http_cell.__doc__ = HELP


class ShownResponse(AppResponse):
    """The response of `%http`: its card stands under the cell already."""

    _view: View | None = None
    _run: Any = None

    def _ipython_display_(self) -> None:
        """Show the card, but not twice under the cell that asked."""
        shell = get_ipython()
        is_shown = shell is not None and run_of(shell) == self._run
        if self._view is not None and not is_shown:
            display(View(self._view.card))  # type: ignore[no-untyped-call]  # IPython's
        elif shell is None or not has_front_end(shell):
            print(repr(self))  # a terminal has written `Out[3]:` already


def run(
    shell: InteractiveShell, line: str, cell: str | None
) -> requests.Response | None:
    """Run one `%http` line or `%%http` cell.

    Returns:
        The response; None when only the help was asked for.

    Raises:
        UsageError: The line is not one of `%http`.
        ExpectationError: The response is not what `--expect` asked for.
    """
    if line.strip() in ("", "-h", "--help") and not cell:
        print(HELP)
        return None
    try:
        command = read_command(line.removesuffix(";"), cell)
        composed = compose(command, Filler(shell.ev))
    except (RequestSyntaxError, FillError) as error:
        raise as_usage_error("%http", error, USAGE) from None
    with shown_briefly():
        return _ask(shell, command, composed)


def _ask(
    shell: InteractiveShell, command: Command, composed: Composed
) -> requests.Response:
    options = command.options
    outgoing = _outgoing(composed, options)
    app, outgoing = _target(shell, options.app, outgoing)
    response, view = _answer(shell, app, outgoing)
    if not options.is_quiet:
        display(view)  # type: ignore[no-untyped-call]  # IPython's
    check(response, options, _evaluator(shell))
    return response


def _outgoing(composed: Composed, options: Options) -> Outgoing:
    return Outgoing(
        composed.method,
        composed.url,
        composed.headers,
        composed.body,
        is_followed=options.is_followed,
        has_cookies=options.has_cookies,
        timeout_s=options.timeout_s,
    )


def _target(
    shell: InteractiveShell | None, name: str | None, outgoing: Outgoing
) -> tuple[WSGIApplication | None, Outgoing]:
    """Find out which app a request is for; None for a server of someone else's."""
    if not is_elsewhere(outgoing.url):
        if shell is None:
            raise UsageError("Outside a notebook say which app: http(URL, app=app)")
        return which_app(shell, name), outgoing
    found = app_of(outgoing.url)
    if found is None:
        return None, outgoing
    app, url = found
    return app, outgoing.at(url)


def _answer(
    shell: InteractiveShell | None, app: WSGIApplication | None, outgoing: Outgoing
) -> tuple[ShownResponse, View]:
    """Send a request; return the response and what is to be displayed of it."""
    try:
        delivery = deliver(shell, app, outgoing)
    except requests.RequestException as error:  # a URL or a header that cannot be
        raise UsageError(f"%http: {error}\nUsage: {USAGE}") from None

    view = show(
        shell,
        _card(delivery),
        resend=sender(shell, app) if app is not None else None,
        load=loader(shell, app) if app is not None else None,
        base_url=base_url(app),
    )
    response = ShownResponse()
    response.__dict__.update(delivery.response.__dict__)
    response._view = view
    response._run = run_of(shell) if shell is not None else None
    return response, view


def sender(
    shell: InteractiveShell | None, app: WSGIApplication
) -> Callable[[Outgoing], Card]:
    """Return what sends a request of a widget's to an app and makes its card."""

    def send_it(outgoing: Outgoing) -> Card:
        return _card(deliver(shell, app, outgoing))

    return send_it


def loader(
    shell: InteractiveShell | None, app: WSGIApplication
) -> Callable[[str], Body | None]:
    """Return what loads a style sheet or an image of an app's page."""

    def load(url: str) -> Body | None:
        try:
            response = deliver(shell, app, Outgoing("GET", url, timeout_s=5)).response
        except (NoAnswerError, requests.RequestException):
            return None
        content_type = response.headers.get("Content-Type", "")
        return Body(response.content, content_type) if response.ok else None

    return load


def _card(delivery: Delivery) -> Card:
    cookies = list(delivery.session.cookies)
    return card_of(delivery.response, cookies=cookies, note=delivery.note)


def base_url(app: WSGIApplication | None) -> str:
    """Return where the app can be reached from this machine; empty for nowhere."""
    server = serving.server_of(app) if app is not None else None
    return server.url.rstrip("/") if server is not None else ""


def _evaluator(shell: InteractiveShell) -> Any:
    def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
        code = compile(expression.strip(), "<--expect-json>", "eval")
        return eval(code, dict(shell.user_ns), dict(names))

    return evaluate


def send(
    shell: InteractiveShell,
    app: WSGIApplication,
    method: str,
    url: str,
    **options: Any,
) -> View:
    """Send a request to an app; return its card, which displays itself.

    Args:
        shell: The shell under whose running cell the card will stand.
        app: Any WSGI application.
        method: Such as GET.
        url: One of the app's: `/hello/Ada`.
        options: More of what `Outgoing` takes.

    Raises:
        NoAnswerError: The app does not answer.
    """
    return _answer(shell, app, Outgoing(method, url, **options))[1]


def http(
    method: str,
    url: str | None = None,
    *,
    app: WSGIApplication | None = None,
    params: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    headers: Mapping[str, str | None] | None = None,
    json: Any = None,
    data: Mapping[str, Any] | str | bytes | None = None,
    files: Mapping[str, Any] | None = None,
    auth: tuple[str, str] | None = None,
    expect: int | str | None = None,
    follow: bool | None = None,
    timeout_s: float = 60.0,
    show_card: bool = True,
) -> requests.Response:
    """Send a request as `%http` does, and show its card in a notebook.

    `http("/hello")` is a GET, `http("POST", "/items", json={"n": 1})` sends JSON.

    Args:
        method: The method, or the URL of a GET.
        url: One of the app's, or any server's.
        app: Any WSGI application; None for the notebook's.
        params: What is added to the URL's query.
        headers: Headers; a value of None leaves out a default one.
        json: A value to send as JSON.
        data: A form, or a body as text or bytes.
        files: Uploads, as the requests library takes them.
        auth: A user's name and password.
        expect: What must hold: 200, "2xx", "200,201", or words as behind `->`.
        follow: Whether redirects are followed; None for yes, unless one is expected.
        timeout_s: Seconds to wait for each piece of the answer.
        show_card: Whether the card is shown.

    Raises:
        ExpectationError: The status is another one.
        NoAnswerError: No server answers, or not in time.
    """
    if url is None:
        method, url = "GET", method
    shell = get_ipython()
    options = Options(follow=follow, timeout_s=timeout_s)
    if expect is not None:
        options = options.expecting(str(expect))
    request = requests.Request(
        method, "http://localhost/", data=data, json=json, files=files, auth=auth
    )
    prepared = request.prepare()
    given = tuple((headers or {}).items())
    names = {name.lower() for name, _ in given} | {"content-length"}
    defaults = [(k, v) for k, v in prepared.headers.items() if k.lower() not in names]
    body = prepared.body
    composed = Composed(
        method.upper(),
        _with_params(url, params),
        (*given, *defaults),
        body.encode() if isinstance(body, str) else body,
    )
    if app is None or is_elsewhere(url):
        target, outgoing = _target(shell, None, _outgoing(composed, options))
    else:
        target, outgoing = app, _outgoing(composed, options)
    response, view = _answer(shell, target, outgoing)
    if show_card and shell is not None:
        display(view)  # type: ignore[no-untyped-call]  # IPython's
    check(response, options, None)
    return response


def _with_params(url: str, params: Any) -> str:
    query = urlencode(list(getattr(params, "items", lambda: params)()), doseq=True)
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


MAGICS: list[type[Magics]] = [HTTPMagics]
