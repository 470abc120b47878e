"""A WSGI app called in this process, for the parts of the mini browser."""

from __future__ import annotations

from typing import Any

import requests
from werkzeug.wrappers import Request, Response

from werkbook_ext.browser.fetching import Fetcher
from werkbook_ext.transport.wsgi_adapter import WSGIAdapter

BASE = "http://localhost"


class Recorder:
    """An app that notes its requests and answers from a table."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.seen: list[Request] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()
        self.seen.append(request)
        name = request.path.strip("/").replace("/", "_").replace(".", "_") or "index"
        answer = self.answers.get(name, Response("nothing", 404))
        if not isinstance(answer, (Response, str)):
            answer = answer(request)
        if isinstance(answer, str):
            answer = Response(answer, mimetype="text/html")
        return answer(environ, start_response)


def fetcher_of(app: Any) -> Fetcher:
    session = requests.Session()
    session.trust_env = False
    session.mount(BASE, WSGIAdapter(app))
    return Fetcher(lambda: (session, BASE))
