"""Asks ASGI apps, and the middleware whose marks an answer shows."""

import asyncio
import threading
from collections.abc import Iterable
from typing import Any


class Mark:
    """Middleware that leaves its mark in each response, the innermost first."""

    def __init__(self, app: Any, text: str) -> None:
        self.app, self.text = app, text

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                mark = (b"x-mark", self.text.encode())
                message = {**message, "headers": [*message["headers"], mark]}
            await send(message)

        await self.app(scope, receive, send_marked)


def ask_all(app: Any, urls: Iterable[str]) -> dict[str, Any]:
    """Return what an app answers to GET and POST, as a server's requests come."""
    answers: dict[str, Any] = {}

    async def ask_each() -> None:
        for url in urls:
            for method in ("GET", "POST"):
                answers[f"{method} {url}"] = await _ask(app, method, url)

    asking = threading.Thread(target=lambda: asyncio.run(ask_each()))  # of no cell
    asking.start()
    asking.join()
    return answers


async def _ask(app: Any, method: str, url: str) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": method, "path": url, "headers": []}
    more = {"query_string": b"", "root_path": "", "scheme": "http"}
    await app({**scope, **more, "server": ("localhost", 80)}, receive, send)
    marks = [v.decode() for k, v in sent[0]["headers"] if k == b"x-mark"]
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return [sent[0]["status"], body.decode(), marks]
