"""Files that shell lines write: `!echo text > file`, and here-documents."""

from __future__ import annotations

import re
import shlex

_REDIRECT = re.compile(
    r"(?P<what>.*?)\s*(?P<how>>>?)\s*(?P<path>['\"]?[\w./-]+['\"]?)\Z"
)
_HERE = re.compile(
    r"^\s*(?:cat|tee)\b(?=[^\n]*<<-?\s*['\"\\]?(?P<end>\w+))"
    r"(?=[^\n]*?(?P<how>>>?|\btee\s+)\s*(?P<path>[\w./-]+))[^\n]*\n"
    r"(?P<text>.*?)^\s*(?P=end)\s*$",
    re.MULTILINE | re.DOTALL,
)


def written_by(script: str, before: dict[str, str]) -> dict[str, str]:
    """Find the files that a shell script writes out of literal text.

    Args:
        script: Shell lines, their `!` taken off.
        before: What the files hold already, for `>>`.
    """
    found: dict[str, str] = {}
    rest = script
    for match in _HERE.finditer(script):
        old = before.get(match["path"], "") if match["how"] == ">>" else ""
        found[match["path"].removeprefix("./")] = old + match["text"]
        rest = rest.replace(match[0], "")
    for line in rest.splitlines():
        redirect = _REDIRECT.match(line.strip())
        text = _echoed(redirect["what"]) if redirect else None
        if redirect and text is not None:
            path = redirect["path"].strip("'\"").removeprefix("./")
            old = {**before, **found}.get(path, "") if redirect["how"] == ">>" else ""
            found[path] = old + text
    return found


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
