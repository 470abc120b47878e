"""`%http` and `%%http`: send a request, show its card, hold it to expectations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode
from wsgiref.types import WSGIApplication

import requests
from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook.cells.requests import (
    HELP,
    USAGE,
    Filler,
    FillError,
    OutgoingMessages,
    OutgoingRequest,
    RequestOptions,
    RequestSyntaxError,
    compose,
    compose_messages,
    read_request,
)

from ..cards import ask, ask_websocket
from ..cards.expectations import check
from ..notebook import which_app
from ..transport import find_app, is_elsewhere
from .arguments import cell_magic, line_magic, magics_class
from .errors import as_usage_error, shown_briefly


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
        written = read_request(line.removesuffix(";"), cell)
        if written.options.is_websocket:
            messages = compose_messages(written, Filler(shell.ev))
            with shown_briefly():
                return _talk(shell, messages, written.options)
        request = compose(written, Filler(shell.ev))
    except (RequestSyntaxError, FillError) as error:
        raise as_usage_error("%http", error, USAGE) from None
    with shown_briefly():
        return _send(shell, request, written.options)


def _send(
    shell: InteractiveShell, request: OutgoingRequest, options: RequestOptions
) -> requests.Response:
    target = _find_target(shell, options.app, request)
    response, view = ask(shell, *target, is_quiet=options.is_quiet)
    if not options.is_quiet:
        view.show()
    check(response, options, _evaluator(shell))
    return response


def _talk(
    shell: InteractiveShell, messages: OutgoingMessages, options: RequestOptions
) -> requests.Response:
    target = _find_target(shell, options.app, messages)
    response, view = ask_websocket(shell, *target, is_quiet=options.is_quiet)
    if not options.is_quiet:
        view.show()
    check(response, options, _evaluator(shell))
    return response


Sendable = TypeVar("Sendable", OutgoingRequest, OutgoingMessages)


def _find_target(
    shell: InteractiveShell | None, name: str | None, request: Sendable
) -> tuple[WSGIApplication | None, Sendable]:
    """Find out which app a request is for; None for a server of someone else's."""
    if not is_elsewhere(request.url):
        if shell is None:
            raise UsageError("Outside a notebook say which app: http(URL, app=app)")
        return which_app(shell, name), request
    found = find_app(request.url)
    if found is None:
        return None, request
    app, url = found
    return app, replace(request, url=url)


def _evaluator(shell: InteractiveShell) -> Any:
    def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
        code = compile(expression.strip(), "<--expect-json>", "eval")
        return eval(code, dict(shell.user_ns), dict(names))

    return evaluate


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
    options = RequestOptions(follow=follow, timeout_s=timeout_s)
    if expect is not None:
        options = options.expecting(str(expect))
    body = requests.Request(
        method, "http://localhost/", data=data, json=json, files=files, auth=auth
    )
    request = _outgoing(method, _with_params(url, params), headers or {}, body)
    request = replace(request, is_followed=options.is_followed, timeout_s=timeout_s)
    if app is None or is_elsewhere(url):
        app, request = _find_target(shell, None, request)
    response, view = ask(shell, app, request, is_quiet=not show_card)
    if show_card and shell is not None:
        view.show()
    check(response, options, None)
    return response


def _outgoing(
    method: str,
    url: str,
    headers: Mapping[str, str | None],
    request: requests.Request,
) -> OutgoingRequest:
    """Take the body, and the headers that go with it, from a request of requests'."""
    prepared = request.prepare()
    given = {name.lower() for name in headers} | {"content-length"}
    defaults = [(k, v) for k, v in prepared.headers.items() if k.lower() not in given]
    body = prepared.body
    return OutgoingRequest(
        method.upper(),
        url,
        (*headers.items(), *defaults),
        body.encode() if isinstance(body, str) else body,
    )


def _with_params(url: str, params: Any) -> str:
    query = urlencode(list(getattr(params, "items", lambda: params)()), doseq=True)
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


MAGICS: list[type[Magics]] = [HTTPMagics]
