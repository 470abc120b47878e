"""Files that shell lines write: `!echo text > file`, and here-documents."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_HERE = re.compile(r"<<-?\s*['\"\\]?(?P<end>\w+)")
_TARGET = re.compile(r"(?P<how>>>?|\btee\s)\s*(?P<path>[\w./-]+)")
_PATH = re.compile(r"['\"]?[\w./-]+['\"]?\Z")


def written_by(script: str, before: dict[str, str]) -> dict[str, str]:
    """Find the files that a shell script writes out of literal text.

    Args:
        script: Shell lines, their `!` taken off.
        before: What the files hold already, for `>>`.
    """
    found: dict[str, str] = {}

    def keep(path: str, text: str, *, appends: bool) -> None:
        path = path.removeprefix("./")
        old = {**before, **found}.get(path, "") if appends else ""
        found[path] = old + text

    lines = iter(script.split("\n"))
    for line in lines:
        line = line.strip()
        here = _HERE.search(line) if line.startswith(("cat", "tee")) else None
        target = _TARGET.search(line) if here else None
        if here is not None and target is not None:
            body = _until(lines, here["end"])
            if body is not None:
                keep(target["path"], body, appends=target["how"] == ">>")
            continue
        head, sign, path = line.rpartition(">")
        text = _echoed(head.rstrip(">").strip()) if sign else None
        if text is not None and _PATH.match(path.strip()):
            keep(path.strip().strip("'\""), text, appends=head.endswith(">"))
    return found


def _until(lines: Iterator[str], end: str) -> str | None:
    """Take the lines of a here-document; None when it has no end."""
    body: list[str] = []
    for line in lines:
        if line.strip() == end:
            return "".join(f"{one}\n" for one in body)
        body.append(line)
    return None


def _echoed(command: str) -> str | None:
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if not words or words[0] != "echo" or any(sign in command for sign in "$`|"):
        return None
    words = words[1:]
    if words[:1] == ["-e"]:
        return " ".join(words[1:]).replace("\\n", "\n").replace("\\t", "\t") + "\n"
    if words[:1] == ["-n"]:
        return " ".join(words[1:])
    return " ".join(words) + "\n"
