"""Send one request of the notebook, to an app or to any server, and follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import BadStatusLine, HTTPException, IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

import requests

from werkbook import serving
from werkbook.cells.requests import OutgoingMessages, OutgoingRequest
from werkbook.errors import WerkbookError
from werkbook.system import this_system

from ..notebook.askers import note_asker
from .pending import PendingResponse, under_way
from .sessions import (
    AppResponse,
    AppSession,
    absolute,
    adopt,
    is_app_url,
    session_elsewhere,
    session_for,
    shorten_url,
)

if TYPE_CHECKING:
    from .transcript import Transcript

STREAM_EVENTS = 5
STREAM_TIMEOUT_S = 3.0
MIXED_TYPE = "multipart/x-mixed-replace"
MIXED_TIMEOUT_S = 10.0
"""How long a stream whose parts replace each other is shown as it comes."""
MAX_BODY_BYTES = 100_000_000
"""More of a body is not read: it may have no end, or be a small one that unpacks."""
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


class NoAnswerError(WerkbookError, ConnectionError):
    """No server answered, or not in time."""


@dataclass(frozen=True, slots=True)
class WholeResponse:
    """A response whose body has been read, with what is to be said of it."""

    response: AppResponse
    session: requests.Session
    note: str = ""


def find_app(url: str) -> tuple[WSGIApplication, str] | None:
    """Find the app that a full URL is of, when it names a server of this kernel.

    Returns:
        That app and the URL without host and port, so that no port is ever shown;
        None for a server of someone else's.
    """
    parts = urlsplit(absolute(url))
    try:
        port = parts.port
    except ValueError:  # it is no port number; requests tells the user
        return None
    for server in serving.servers():
        hosts = LOOPBACK if server.host in LOOPBACK else {server.host}
        if port == server.port and parts.hostname in hosts:
            query = f"?{parts.query}" if parts.query else ""
            return server.app, (parts.path or "/") + query
    return None


def is_elsewhere(url: str) -> bool:
    """Tell whether a URL is of a server that is none of the notebook's apps."""
    return not is_app_url(absolute(url))


def send_request(
    shell: Any,
    app: WSGIApplication | None,
    request: OutgoingRequest,
    progress: PendingResponse | None = None,
) -> WholeResponse:
    """Send a request and read the answer, the last one of its redirects.

    Args:
        shell: Whose cookie jar is used.
        app: Which app a relative URL is of; None when it is of none.
        request: What to send.
        progress: Told what has come; another thread may stop the request by it.

    Raises:
        NoAnswerError: No server answers, or not in time.
        RequestException: The method, the URL or a header cannot be sent.
    """
    _check_sendable(request)
    session = _session(shell, app, request)
    progress = progress or PendingResponse()
    earlier = under_way.set(progress)
    try:
        response = adopt(
            session.request(
                request.method,
                absolute(request.url),
                headers=_headers(request),
                data=request.body,
                allow_redirects=False,
                timeout=request.timeout_s,
                stream=True,
            )
        )
        note_asker(shell, response.token)
        note = _read(response, progress)
        if request.is_followed:
            response, note = _followed(session, response, request, note, progress)
    except requests.Timeout as error:
        raise _late(request) from error
    except requests.ConnectionError as error:
        raise _unanswered(request, error) from error
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"{request.method} {request.url} had no answer yet. Its view, in a thread"
            " of the server, runs on until it returns."
        ) from None
    finally:
        under_way.reset(earlier)
    return WholeResponse(response, session, note)


def _check_sendable(request: OutgoingRequest) -> None:
    """Raise for what no client can send: `requests` fails on it with other errors."""
    if not _TOKEN.fullmatch(request.method):
        raise requests.exceptions.InvalidHeader(
            f"The method {request.method!r:.60} is no word that HTTP has"
        )
    for name, value in request.headers:
        try:
            (value or "").encode("latin-1")
        except UnicodeEncodeError:
            raise requests.exceptions.InvalidHeader(
                f"The header {name!r:.60} has characters that no header can have"
            ) from None


def talk_with(
    shell: Any,
    app: WSGIApplication | None,
    asked: OutgoingMessages,
    progress: PendingResponse,
) -> tuple[Transcript, requests.Session]:
    """Open a WebSocket, send messages and take what comes.

    Args:
        shell: Whose cookie jar is used.
        app: Which app a relative URL is of; None when it is of none.
        asked: What is sent.
        progress: Another thread may stop the talk by it.

    Raises:
        NoAnswerError: No server answers, or it speaks no WebSocket.
        NoServerError: There are no sockets.
        RequestException: The URL or a header cannot be sent.
    """
    from .transcript import talk  # start-up time

    session = _session(shell, app, asked)
    try:
        found = talk(session, replace(asked, url=absolute(asked.url)), progress)
    except requests.RequestException:
        raise
    except OSError as error:
        raise NoAnswerError(
            f"The WebSocket {shorten_url(absolute(asked.url))} was not opened.",
            why=f"{error}." if str(error) else f"it failed with {error!r}.",
            fix="look at %routes --log.",
        ) from error
    note_asker(shell, found.response.token)
    return found, session


def _session(
    shell: Any,
    app: WSGIApplication | None,
    request: OutgoingRequest | OutgoingMessages,
) -> requests.Session:
    if app is not None and not is_elsewhere(request.url):
        return session_for(shell, app) if request.has_cookies else AppSession(app)
    session = session_elsewhere(shell)
    # No proxy of the environment is asked for this machine itself.
    session.trust_env = urlsplit(absolute(request.url)).hostname not in LOOPBACK
    return session


def _headers(request: OutgoingRequest) -> dict[str, str | None]:
    """Join the values of a header that is given more than once (RFC 9110, 5.3)."""
    headers: dict[str, str | None] = {}
    names: dict[str, str] = {}
    for name, value in request.headers:
        key = names.setdefault(name.lower(), name)
        earlier = headers.get(key)
        joint = "; " if name.lower() == "cookie" else ", "
        is_more = earlier is not None and value is not None
        headers[key] = f"{earlier}{joint}{value}" if is_more else value
    return headers


def _followed(
    session: requests.Session,
    response: AppResponse,
    request: OutgoingRequest,
    note: str,
    progress: PendingResponse,
) -> tuple[AppResponse, str]:
    """Follow the redirects within the app; the note names one that leads elsewhere."""
    options: dict[str, Any] = {"timeout": request.timeout_s, "stream": True}
    if not isinstance(session, AppSession):
        history: list[requests.Response] = []
        for following in session.resolve_redirects(
            response, response.request, **options
        ):
            history.append(response)
            response = adopt(following)
            response.history = list(history)
        return response, _read(response, progress) or note
    for following in session.follow(response, **options):
        response, note = following, _read(following, progress)
    target = response.next
    if target is not None and target.url and is_app_url(target.url):
        note = "Redirected too often: the rest is not followed."
    elif target is not None:
        note = f"Redirects to {target.url}, which is not followed: it is not the app's."
    return response, note


def _read(response: AppResponse, progress: PendingResponse) -> str:
    """Read the body, or the beginning of an endless one; return a note about it."""
    progress.begin(response)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        body = _beginning(response)
        count = body.count(b"\n\n")
        first = f": its first {count} events" if count else ""
        note = f"An event stream{first}."
    elif kind == MIXED_TYPE:
        body, note = _replaced(response, progress)
    else:
        body, note = _whole(response, progress)
    response.close()
    response._content = body
    response._content_consumed = True  # type: ignore[attr-defined]  # as `content` does
    return note


def _whole(response: AppResponse, progress: PendingResponse) -> tuple[bytes, str]:
    """Read the whole body; where it breaks off, return what has come, and a note."""
    note, size = "", 0
    try:
        for piece in response.iter_content(65536):
            progress.pieces.append(piece)
            size += len(piece)
            if size > MAX_BODY_BYTES:
                progress.pieces[-1] = piece[: MAX_BODY_BYTES - size]
                note = f"The body is longer: its first {MAX_BODY_BYTES:,} bytes."
                response.close()
                break
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        note = "The body broke off: this is what came of it."
    except (AttributeError, OSError, ValueError):
        # A body that another thread has ended fails in one of these ways.
        if not progress.stopped.is_set():
            raise
    if progress.stopped.is_set():
        note = "Stopped: this is what had come of the body."
    return b"".join(progress.pieces), note


def _replaced(response: AppResponse, progress: PendingResponse) -> tuple[bytes, str]:
    """Read a body whose parts replace each other, which mostly has no end."""
    chunks: Iterator[bytes] = response.iter_content(None)
    for chunk in this_system().take_in_time(chunks, MIXED_TIMEOUT_S):
        progress.pieces.append(chunk)
        if progress.stopped.is_set():
            break
    with suppress(AttributeError, ValueError, OSError, RuntimeError):
        response.raw.shutdown()
    note = "A stream of parts that replace each other: the last one that came."
    return b"".join(progress.pieces), note


def _beginning(response: AppResponse) -> bytes:
    """Read the first events of a stream, as many as come in a few seconds."""
    body = b""
    chunks: Iterator[bytes] = response.iter_content(None)
    for chunk in this_system().take_in_time(chunks, STREAM_TIMEOUT_S):
        body += chunk
        events = body.split(b"\n\n")
        if len(events) > STREAM_EVENTS:
            body = b"\n\n".join(events[:STREAM_EVENTS]) + b"\n\n"
            break
    # A thread that waits for more would keep the response from being closed.
    # A stream that has ended has no connection left to shut down.
    with suppress(AttributeError, ValueError, OSError, RuntimeError):
        response.raw.shutdown()  # there is no socket in process
    return body


def _late(request: OutgoingRequest) -> NoAnswerError:
    url = shorten_url(absolute(request.url))
    more = f"allow more: %http {request.method} {url} --timeout SECONDS."
    why = "the view still runs, or waits for something."
    fix = f"interrupt the view's work, or {more}"
    if not this_system().has_threads:  # it was interrupted
        why = "its view did not return, and was ended: a loop may have no end."
        fix = f"correct the view, or {more}"
    return NoAnswerError(
        f"{request.method} {url} was not answered within {request.timeout_s:g} s.",
        why=why,
        fix=fix,
    )


def _unanswered(request: OutgoingRequest, error: BaseException) -> NoAnswerError:
    url = absolute(request.url)
    if refusal := _refusal(error):
        return NoAnswerError(
            f"{request.method} {shorten_url(url)} was answered by more than can be"
            " read.",
            why=f"Python's HTTP client says: {refusal}.",
            fix="send fewer or shorter headers: at most 100, of 64 KiB each.",
        )
    if is_app_url(url):
        return NoAnswerError(
            f"{request.method} {shorten_url(url)} broke off without a whole answer.",
            why="the server closed the connection, or the view's body raised an error.",
            fix="look at %routes --log.",
        )
    host = urlsplit(url).netloc
    return NoAnswerError(
        f"{request.method} {url} got no answer.",
        why=f"nothing can be reached at {host!r} from this kernel.",
        fix=f"write a URL of the app, such as %http {request.method} /.",
    )


def _refusal(error: BaseException | None) -> str:
    """Return why Python's HTTP client refused an answer; empty when it did not."""
    while error is not None:
        inner = [part for part in error.args if isinstance(part, BaseException)]
        if isinstance(error, HTTPException) and not isinstance(
            error, (BadStatusLine, IncompleteRead)
        ):
            return str(error)
        error = inner[-1] if inner else error.__cause__ or error.__context__
    return ""
