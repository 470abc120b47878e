"""Answer on a WebSocket what an app has said before, without the app."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from werkbook.cells.talks import END, HEAR, TEXT

from .talk import SWITCHING, unpacked


async def speak(known: dict[str, Any], receive: Any, send: Any) -> None:
    """Be an ASGI app that says what it said."""
    await receive()  # that somebody connects
    if not known["status"].startswith(str(SWITCHING)):
        await send({"type": "websocket.close", "code": 1000})
        return
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in known["headers"]]
    protocol = known["protocol"] or None
    await send(
        {"type": "websocket.accept", "subprotocol": protocol, "headers": headers}
    )
    for _, _, what, data in known["events"]:
        if what == HEAR:
            kind = "text" if data[0] == TEXT else "bytes"
            await send({"type": "websocket.send", kind: unpacked(*data)})
        elif what == END:
            code, reason = data
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return
        elif (await receive())["type"] == "websocket.disconnect":
            return
    while (await receive())["type"] != "websocket.disconnect":
        continue


def speak_by_socket(
    known: dict[str, Any], environ: dict[str, Any], start: Callable[..., Any]
) -> list[bytes]:
    """Be a WSGI app that says what it said; without an upgrade it answers by HTTP."""
    if not known["status"].startswith(str(SWITCHING)):
        headers = [(name, value) for name, value in known["headers"]]
        start(known["status"] or "400 Bad Request", headers)
        return []
    library = importlib.import_module("simple_websocket")
    server = library.Server(environ, subprotocols=[known["protocol"]])
    with suppress(library.ConnectionClosed):
        for _, _, what, data in known["events"]:
            if what == HEAR:
                server.send(unpacked(*data))
            elif what == END:
                server.close(*data)
            else:
                server.receive()
        while True:
            server.receive()
    start("200 OK", [])
    return []
