"""An ASGI app that is asked as a WSGI one."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest

from werkbook.export.proof.inside.questions import asgi
from werkbook.export.proof.inside.questions.asgi import AsgiAsWsgi
from werkbook.export.proof.inside.questions.asking import Asker


def test_lifespan_lasts_as_long_as_the_app_is_asked() -> None:
    """What waits for the app's end is not taken for garbage."""
    said = []
    has_ended = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        said.append("started")
        try:
            await receive()
        finally:
            has_ended.set()

    asked = AsgiAsWsgi(app)
    gc.collect()
    assert said == ["started"]
    assert not has_ended.is_set()
    asked.close()
    assert has_ended.is_set()


def test_start_up_may_take_longer_than_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may read a model; servers wait for it."""
    waited: list[float | None] = []

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout)
            return super().wait(timeout)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()

    with monkeypatch.context() as patched:
        patched.setattr(asgi.threading, "Event", Event)
        asker = Asker(app, 20.0, start_s=40.0)
    assert 40.0 in waited
    assert asker.failed_start is None
    asker._app.close()
