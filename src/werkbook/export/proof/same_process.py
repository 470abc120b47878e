"""A proof's conversation held in this process, where none can be started."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from werkbook.export.interpreter import SeparateState
from werkbook.export.proof.inside.app_file import converse
from werkbook.export.proof.inside.questions import server_thread
from werkbook.export.proof.process import (
    CleanProcess,
    Message,
    SilentError,
    clean_environment,
)
from werkbook.system import this_system, watching

_LOG_CHARS = 4000
Value = TypeVar("Value")


class ProofProcess(Protocol):
    """Whoever runs an exported file, as the one who asks sees it."""

    def say(self, message: Message) -> None:
        """Send a message."""

    def hear(self, tick: Callable[[], None] = ...) -> Message:
        """Wait for the next message."""
        raise NotImplementedError

    def close(self) -> None:
        """End it."""


class SameProcess:
    """A conversation with code that runs here, in a state of its own.

    It goes on whenever something is said, and then to where it listens next.

    Args:
        place: Its folder, new; the exported file lies below it.
        around: The notebook's folder.
        env: Names of environment variables to hand on.
    """

    def __init__(
        self, place: Path, around: Path | None, *, env: Iterable[str] = ()
    ) -> None:
        place = place.resolve()
        for name in ("home", "tmp"):
            (place / name).mkdir(parents=True, exist_ok=True)
        self._own_path = f"{place}/notebook/"
        self._messages: deque[Message] = deque()
        environ = clean_environment(place, env)
        self._state = SeparateState(place / "notebook", around, environ)
        self._conversation = converse("", self._take, _call_in_time)
        self._has_ended = False
        self._go(lambda: next(self._conversation))

    def say(self, message: Message) -> None:
        """Send a message, and let the other side go on until it waits for the next."""
        if not self._has_ended:
            self._go(lambda: self._conversation.send(message))

    def hear(self, tick: Callable[[], None] = lambda: None) -> Message:
        """Return the next message.

        Raises:
            SilentError: There will be none.
        """
        if not self._messages:
            raise SilentError("it ended without a word", self._log())
        return self._messages.popleft()

    def close(self) -> None:
        """End it."""
        self._has_ended = True
        with self._state.turn():
            self._conversation.close()

    def _take(self, what: str, **more: Any) -> None:
        # Where a copy of the folder lies is nobody's affair.
        text = json.dumps({"what": what, **more}).replace(self._own_path, "")
        self._messages.append(json.loads(text))

    def _go(self, step: Callable[[], object]) -> None:
        try:
            with self._state.turn():
                step()
        except StopIteration:
            self._has_ended = True

    def _log(self) -> str:
        return self._state.printed.getvalue()[-_LOG_CHARS:]


def _call_in_time(function: Callable[[], Value], limit_s: float) -> Value:
    """Call with a limit: by a timer, and where there is none, as Python goes along."""
    watched = partial(watching.call_in_time, function, limit_s)
    try:
        return server_thread.call_in_time(watched, limit_s)
    except watching.TimeIsOverError as error:
        raise server_thread.TookTooLongError(str(error)) from None


def start_process(
    place: Path,
    around: Path | None,
    *,
    env: Iterable[str],
    silence_s: float,
    hash_seed: int = 0,
) -> ProofProcess:
    """Start what runs an exported file: a clean process, or the next best thing.

    Args:
        place: Its folder, new.
        around: The notebook's folder.
        env: Names of environment variables to hand on.
        silence_s: Seconds that a process may take from one message to the next.
        hash_seed: That of the process; this one's cannot be changed.

    Raises:
        OSError: The process cannot be started.
    """
    if this_system().has_processes:
        return CleanProcess(
            "app_file", place, env=env, silence_s=silence_s, hash_seed=hash_seed
        )
    return SameProcess(place, around, env=env)
