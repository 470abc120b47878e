"""An ASGI app that is asked as a WSGI one."""

from __future__ import annotations

import gc
import threading
from typing import Any

from werkbook.export.proof.children.questions.asgi import AsgiAsWsgi


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
