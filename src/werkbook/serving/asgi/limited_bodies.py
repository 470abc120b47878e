"""The body of a request to an ASGI app, which may not be too long nor take too long."""

import asyncio
from collections.abc import Awaitable, Callable

from werkbook.serving.asgi.asgi_scopes import Message, Receive, Send
from werkbook.serving.http.limits import Limits

Refuse = Callable[[Send, int, str], Awaitable[None]]
TOO_LONG = "The body is longer than this server takes.\n"
TOO_SLOW = "The body takes longer than this server waits.\n"


class LimitedBody:
    """A request between the server and the app.

    What is over a limit is answered in the app's place: the app hears that its client
    has gone, and what it sends goes nowhere.

    Args:
        receive: Gives the messages of the body.
        send: Takes the response.
        limits: What a client may ask for.
        refuse: Answers with a status and a text.
    """

    def __init__(self, receive: Receive, send: Send, limits: Limits, refuse: Refuse):
        self._receive, self._send = receive, send
        self._limits, self._refuse = limits, refuse
        self._waited_s = 0.0
        self._size_bytes = 0
        self._has_begun = self._is_whole = self._is_refused = False

    async def receive(self) -> Message:
        """Be the app's `receive`."""
        if self._is_refused:
            return {"type": "http.disconnect"}
        if self._is_whole:
            return await self._receive()
        limits = self._limits
        left_s = limits.body_time_s(self._size_bytes) - self._waited_s
        now_s = asyncio.get_running_loop().time
        began_s = now_s()
        try:
            async with asyncio.timeout(min(left_s, limits.idle_s)):
                message = await self._receive()
        except TimeoutError:
            return await self._end(408, TOO_SLOW)
        self._waited_s += now_s() - began_s  # not while the app did something else
        self._size_bytes += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._size_bytes > limits.body_bytes:
            return await self._end(413, TOO_LONG)
        return message

    async def send(self, message: Message) -> None:
        """Be the app's `send`."""
        if not self._is_refused:
            self._has_begun = True
            await self._send(message)

    async def _end(self, status: int, text: str) -> Message:
        self._is_refused = True
        if not self._has_begun:
            await self._refuse(self._send, status, text)
        return {"type": "http.disconnect"}
