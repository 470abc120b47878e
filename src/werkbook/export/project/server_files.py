"""What stands between a server and the app: its settings, /healthz, the secret key."""

from __future__ import annotations

from string import Template

from werkbook.cells.source.texts import quote
from werkbook.export.exporter import MARK
from werkbook.export.project.workers import Workers


def server_module(*, is_asgi: bool, has_health_rule: bool) -> str:
    """Write `server.py`: the app as servers load it, with a place for probes."""
    if has_health_rule:
        return _PLAIN
    return _ASGI if is_asgi else _WSGI


def gunicorn_settings(workers: Workers, secrets: list[str], *, is_asgi: bool) -> str:
    """Write `gunicorn.conf.py`.

    Args:
        workers: How many processes and threads, and why.
        secrets: The secret keys that stand in the app's source.
        is_asgi: The app is an ASGI app.
    """
    text = Template(_GUNICORN).substitute(
        mark=MARK,
        why="".join(f"# {line}\n" for line in workers.why),
        workers=workers.count,
        threads=workers.threads,
        worker_class=_UVICORN if is_asgi else 'worker_class = "gthread"',
        imports="from uvicorn_worker import UvicornWorker\n" if is_asgi else "",
    )
    if secrets:
        listed = "".join(f"    {quote(one)},\n" for one in secrets)
        text += Template(_SECRETS).substitute(secrets=f"[\n{listed}]")
    return text


_PLAIN = f'''\
"""The app as servers load it; {MARK}."""

from app import app

__all__ = ["app"]
'''

_WSGI = f'''\
"""The app as servers load it, with /healthz for probes; {MARK}."""

from app import app as _app


def app(environ, start_response):
    """Answer a probe at once; no hook, session or log of the app sees it."""
    if environ.get("PATH_INFO") != "/healthz":
        return _app(environ, start_response)
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else b"ok\\n"
    headers = [("Content-Type", "text/plain"), ("Content-Length", "3")]
    start_response("200 OK", headers)
    return [body]
'''

_ASGI = f'''\
"""The app as servers load it, with /healthz for probes; {MARK}."""

import json
import logging
import os
import time

from app import app as _app

# gunicorn's own; where another server runs, nobody listens to it.
_log = logging.getLogger("gunicorn.access")


async def app(scope, receive, send):
    """Answer a probe at once; no hook, session or log of the app sees it."""
    if scope["type"] != "http":
        await _app(scope, receive, send)
    elif scope["path"] == "/healthz":
        await _answer_probe(scope, send)
    else:
        await _answer_logged(scope, receive, send)


async def _answer_probe(scope, send):
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"3")]
    await send({{"type": "http.response.start", "status": 200, "headers": headers}})
    body = b"" if scope["method"] == "HEAD" else b"ok\\n"
    await send({{"type": "http.response.body", "body": body}})


async def _answer_logged(scope, receive, send):
    began, sent = time.perf_counter(), {{"status": 500, "bytes": 0}}

    async def counted(message):
        sent["status"] = message.get("status", sent["status"])
        sent["bytes"] += len(message.get("body", b""))
        await send(message)

    try:
        await _app(scope, receive, counted)
    finally:
        _log_request(scope, sent, time.perf_counter() - began)


def _log_request(scope, sent, seconds):
    agents = [value for name, value in scope["headers"] if name == b"user-agent"]
    line = {{
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "method": scope["method"],
        "path": scope["path"],
        "status": sent["status"],
        "bytes": sent["bytes"],
        "seconds": round(seconds, 6),
        "address": (scope.get("client") or [""])[0],
        "agent": b"".join(agents).decode("latin-1"),
    }}
    is_json = os.environ.get("LOG_FORMAT") == "json"
    text = json.dumps(line) if is_json else " ".join(map(str, line.values()))
    _log.info("%s", text)
'''

_GUNICORN = '''\
"""How gunicorn serves the app; $mark."""

import json
import os

from gunicorn.glogging import Logger
${imports}
wsgi_app = "server:app"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
${why}workers = int(os.environ.get("WEB_CONCURRENCY", "$workers"))
threads = int(os.environ.get("THREADS", "$threads"))
$worker_class
# A request that is under way may finish when the process is told to end.
graceful_timeout = 30
timeout = 60
# The proxies whose X-Forwarded headers count, separated by commas; * for all.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = "-"
errorlog = "-"


class logger_class(Logger):
    """Logs one line a request, as JSON where LOG_FORMAT is json; no probes."""

    def setup(self, cfg):
        """Choose the form of the lines."""
        super().setup(cfg)
        self.is_json = os.environ.get("LOG_FORMAT") == "json"

    def access(self, resp, req, environ, request_time):
        """Log a request."""
        if environ.get("PATH_INFO") == "/healthz":
            return
        if not self.is_json:
            super().access(resp, req, environ, request_time)
            return
        line = {
            "time": self.now(),
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("PATH_INFO"),
            "status": resp.status_code,
            "bytes": getattr(resp, "sent", None),
            "seconds": round(request_time.total_seconds(), 6),
            "address": environ.get("REMOTE_ADDR"),
            "agent": environ.get("HTTP_USER_AGENT"),
        }
        self.access_log.info(json.dumps(line))
'''

_UVICORN = '''

class worker_class(UvicornWorker):
    """Serves an ASGI app; server.py logs its requests, so uvicorn does not."""

    CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, "access_log": False}

'''

_SECRETS = '''

# They stand in the source, where everybody can read them.
DEFAULT_SECRETS = $secrets


def post_worker_init(worker):
    """Refuse to serve in public with a secret key that is none."""
    from app import app

    if os.environ.get("SECRET_KEY"):
        app.secret_key = os.environ["SECRET_KEY"]
    if worker.cfg.workers > 1 and app.secret_key in DEFAULT_SECRETS:
        worker.log.critical(
            "The app has the secret key of its source. Set SECRET_KEY to one that"
            " nobody knows, or serve it with one worker: WEB_CONCURRENCY=1."
        )
        raise SystemExit(4)  # gunicorn's word for: the app cannot be loaded
'''
