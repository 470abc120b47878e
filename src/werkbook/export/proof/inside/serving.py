"""Servers that a notebook starts: they do not block, and tell which app they serve."""

from __future__ import annotations

import asyncio
import socketserver
import threading
import time
from collections.abc import Callable
from typing import Any

from .hooks import Change, StandIn

_START_S = 5.0
"""Seconds that a server has to say that it has started, where it does say so."""
_SETTLE_S = 0.1
"""Seconds that a server which was to block has to open its port or to fail."""


class ServedApps:
    """Notes which apps are served, in order."""

    def __init__(self) -> None:
        """Nothing is served yet."""
        self.apps: list[Any] = []
        self.is_over = False
        """The cells have run: what serves from now on does nothing."""
        self._serving: list[tuple[Any, Callable[[], Any]]] = []
        self._asgi: list[tuple[Any, threading.Thread]] = []

    def note(self, app: Any) -> None:
        """Take an app that a server was given."""
        if callable(app) and not isinstance(app, StandIn):
            self.apps.append(app)

    def changes(self) -> dict[str, Change]:
        """What is done to the modules of servers."""
        return {
            "flask.app": lambda module: self._note_runs(module.Flask),
            "werkbook.app": lambda module: self._note_runs(module.App),
            "quart.app": lambda module: self._note_only(module.Quart),
            "dash.dash": lambda module: self._serve_dash(module.Dash),
            "bottle": self._bottle,
            "werkzeug.serving": self._werkzeug,
            "waitress": self._waitress,
            "wsgiref.simple_server": self._wsgiref,
            "uvicorn.config": self._uvicorn_config,
            "uvicorn.server": self._uvicorn_server,
            "gevent.pywsgi": self._gevent,
            "tornado.wsgi": self._tornado,
            "cheroot.wsgi": self._cheroot,
        }

    def install(self) -> None:
        """Let no server of the standard library's kind hold the notebook up."""
        self._no_block(socketserver.BaseServer, "serve_forever")
        bind = socketserver.TCPServer.server_bind

        def server_bind(server: Any) -> None:
            self._give_way(server.server_address)
            bind(server)

        setattr(socketserver.TCPServer, "server_bind", server_bind)  # noqa: B010

    def _give_way(self, address: Any) -> None:
        """End the server of an earlier cell that has a port: a person ended it, too."""
        port = address[1] if isinstance(address, tuple) else 0
        for server, close in list(self._serving):
            if port and server.server_address[1] == port:
                self._serving.remove((server, close))
                server.shutdown()
                close()

    def _note_runs(self, cls: Any) -> None:
        run = cls.run

        def noted(app: Any, *arguments: Any, **more: Any) -> Any:
            self.note(app)
            # The file has no debug mode either: answers to bad requests differ in it.
            more.pop("debug", None)
            arguments = arguments[:2]
            return None if self.is_over else run(app, *arguments, **more)

        cls.run = noted

    def _note_only(self, cls: Any) -> None:
        """Serve nothing: its loop cannot run beside the one in which cells run."""

        def run(app: Any, *arguments: Any, **more: Any) -> None:
            self.note(app)

        cls.run = run

    def _serve_dash(self, cls: Any) -> None:
        """Serve a Dash app as its file does: without its tools for notebooks."""

        def run(app: Any, host: Any = None, port: Any = 8050, **more: Any) -> None:
            app.server.run(host=host, port=int(port))

        for name in ("run", "run_server"):
            if hasattr(cls, name):
                setattr(cls, name, run)

    def _werkzeug(self, module: Any) -> None:
        serve = module.run_simple

        def run_simple(host: Any, port: Any, application: Any, **more: Any) -> Any:
            self.note(application)
            more.update(use_reloader=False, use_debugger=False)
            return None if self.is_over else serve(host, port, application, **more)

        module.run_simple = run_simple
        make = module.make_server

        def make_server(*arguments: Any, **more: Any) -> Any:
            self.note(more.get("app", arguments[2] if len(arguments) > 2 else None))
            return make(*arguments, **more)

        module.make_server = make_server

    def _wsgiref(self, module: Any) -> None:
        original = module.WSGIServer.set_app

        def set_app(server: Any, application: Any) -> None:
            self.note(application)
            original(server, application)

        module.WSGIServer.set_app = set_app

    def _bottle(self, module: Any) -> None:
        original = module.run

        def run(app: Any = None, *arguments: Any, **more: Any) -> Any:
            self.note(app or module.default_app())
            more.update(reloader=False)
            return None if self.is_over else original(app, *arguments, **more)

        module.run = run

    def _waitress(self, module: Any) -> None:
        original = module.serve

        def serve(app: Any, *arguments: Any, **more: Any) -> None:
            self.note(app)
            if not self.is_over:
                _in_background(lambda: original(app, *arguments, **more))

        module.serve = serve

    def _uvicorn_config(self, module: Any) -> None:
        original = module.Config.__init__

        def noted(config: Any, app: Any, *arguments: Any, **more: Any) -> None:
            self.note(app)
            original(config, app, *arguments, **more)

        module.Config.__init__ = noted

    def _uvicorn_server(self, module: Any) -> None:
        original = module.Server.serve

        async def serve(server: Any, *arguments: Any, **more: Any) -> None:
            if threading.current_thread() is not threading.main_thread():
                await original(server, *arguments, **more)
                return
            server.task = asyncio.ensure_future(original(server, *arguments, **more))
            await asyncio.sleep(_SETTLE_S)

        module.Server.serve = serve
        run = module.Server.run

        def run_in_background(server: Any, *arguments: Any, **more: Any) -> None:
            if threading.current_thread() is not threading.main_thread():
                run(server, *arguments, **more)
            elif not self.is_over:
                self._end_asgi(server.config.port)
                thread = _in_background(
                    lambda: run(server, *arguments, **more),
                    lambda: bool(server.started),
                )
                self._asgi.append((server, thread))

        module.Server.run = run_in_background

    def _end_asgi(self, port: int) -> None:
        for server, thread in self._asgi:
            if server.config.port == port:
                server.should_exit = True
                thread.join(_START_S)

    def _gevent(self, module: Any) -> None:
        original = module.WSGIServer.__init__

        def noted(
            server: Any, listener: Any, application: Any = None, **more: Any
        ) -> None:
            self.note(application)
            original(server, listener, application, **more)

        module.WSGIServer.__init__ = noted
        module.WSGIServer.serve_forever = lambda server, *more: server.start()

    def _tornado(self, module: Any) -> None:
        original = module.WSGIContainer.__init__

        def noted(
            container: Any, wsgi_application: Any, *more: Any, **named: Any
        ) -> None:
            self.note(wsgi_application)
            original(container, wsgi_application, *more, **named)

        module.WSGIContainer.__init__ = noted

    def _cheroot(self, module: Any) -> None:
        original = module.Server.__init__

        def noted(
            server: Any, bind_addr: Any, wsgi_app: Any, *more: Any, **named: Any
        ) -> None:
            self.note(wsgi_app)
            original(server, bind_addr, wsgi_app, *more, **named)

        module.Server.__init__ = noted
        self._no_block(module.Server, "start")

    def _no_block(self, cls: Any, name: str) -> None:
        """Let a method that serves return, and go on in a thread, in the main one."""
        original = getattr(cls, name)

        def in_background(server: Any, *arguments: Any, **more: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                return original(server, *arguments, **more)
            if self.is_over:
                return None
            # Who closes the server when it returns would take it from the thread.
            if hasattr(server, "server_address"):
                self._serving.append((server, server.server_close))
            server.server_close = lambda: None
            return _in_background(lambda: original(server, *arguments, **more))

        setattr(cls, name, in_background)


def _in_background(
    serve: Callable[[], Any], has_started: Callable[[], bool] = lambda: True
) -> threading.Thread:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            serve()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True, name="proof-server")
    thread.start()
    end_s = time.monotonic() + _START_S
    thread.join(_SETTLE_S)
    while thread.is_alive() and not has_started() and time.monotonic() < end_s:
        thread.join(_SETTLE_S)
    if failures:
        raise failures[0]
    return thread
