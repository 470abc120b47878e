"""How a clean process talks with the one that started it: a line of JSON each way."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator
from typing import Any, NoReturn

Say = Callable[..., None]
"""Sends one message: `say("answer", number=1)`."""
Conversation = Generator[None, dict[str, Any], None]
"""What a role does: it stops at each message that it waits for."""


_encode = json.JSONEncoder().encode
_decode = json.JSONDecoder().decode
"""Ours, whatever the app puts in the place of `json.dumps`."""


class Channel:
    """The pipe that stood in standard input and output, out of the app's reach.

    What the app prints goes to standard error, which is a file; what it reads is at
    its end.
    """

    def __init__(self) -> None:
        """Move the pipe away, in this process and those that it starts."""
        self._incoming = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self._outgoing = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)

    def say(self, what: str, **more: Any) -> None:
        """Send one message; None of those who listen may be there any longer."""
        try:
            self._outgoing.write(_encode({"what": what, **more}) + "\n")
            self._outgoing.flush()
        except BrokenPipeError:
            os._exit(1)

    def hold(self, conversation: Conversation) -> None:
        """Go through a conversation to its end."""
        for _ in conversation:
            while True:
                try:
                    conversation.send(self.hear())
                except StopIteration:
                    return

    def hear(self) -> dict[str, Any]:
        """Wait for one message; the process ends when there will be none."""
        line = self._incoming.readline()
        if not line:
            leave(0)
        message: dict[str, Any] = _decode(line)
        return message


def leave(status: int) -> NoReturn:
    """End the process at once, whatever threads it has."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    os._exit(status)
