"""The clean process that makes a notebook's app and describes its API."""

from __future__ import annotations

import importlib
import os
import sys
from functools import partial
from typing import Any

from .channel import Channel, Conversation, Say, leave
from .questions.failing import describe
from .questions.server_thread import call_in_time


def main(open_ends: str) -> None:
    """Describe the app of the notebook that the one who started this process names."""
    channel = Channel()
    channel.hold(converse(open_ends, channel.say))
    leave(0)


def converse(open_ends: str, say: Say) -> Conversation:
    """Make the app, ask it what the cells ask, and say its document.

    Args:
        open_ends: Why the process can reach more than its folder, or "".
        say: Sends a message.
    """
    job = yield
    os.chdir(job["folder"])
    sys.path.insert(0, os.getcwd())
    sys.path.extend(job["path"])
    say("begin", open_ends=open_ends)
    try:
        document = call_in_time(partial(_describe, job), job["limit_s"])
    except BaseException as error:
        say("failed", error=describe(error), own=_read_own_error(error))
        return
    say("end", document=document)


def _describe(job: dict[str, Any]) -> Any:
    module: Any = importlib.import_module("werkbook.export.described_app")
    return module.describe_app(job["notebook"], job["app"])


def _read_own_error(error: BaseException) -> list[str] | None:
    """Return the parts of an error of Werkbook's, which says what to do."""
    parts = [getattr(error, name, None) for name in ("problem", "why", "fix")]
    if not all(isinstance(one, str) for one in parts):
        return None
    return [type(error).__name__, *map(str, parts)]
