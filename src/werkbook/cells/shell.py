"""Files that shell lines write: `!echo text > file`, `tee`, here-documents, copies."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Mapping

_HERE = re.compile(r"<<(?P<tabs>-?)\s*(?P<quote>['\"\\]?)(?P<end>\w+)['\"]?")
_SET = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)=(?P<value>\S*|'[^']*')\Z")
_NAME = re.compile(r"\$(?:\{\w+\}|\w+)")
_VARIABLE = re.compile(rf"\\[$`\\]|{_NAME.pattern}")
_LIVE = re.compile(r"(?<!\\)[$`]")
_PRINTF = re.compile(r"%(?:(?P<percent>%)|(?P<text>[sd]))|%")
_WHOLE = re.compile(r"-?\d{1,9}\Z")
_MAX_COUNTED = 100_000
_SPECIAL = re.compile(r"[\\\[\]*^$.\n]")
"""What is no plain text in a regular expression of sed's."""
_PATH = re.compile(r"[\w./-]+\Z")
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}
_PARTS = re.compile(r"&&|;(?!;)")
_PART = re.compile(r"(?:'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|[^'\"&;\\]|(?<!&)&(?!&))+")


def written_by(script: str, before: Mapping[str, str]) -> dict[str, str]:
    """Find the files that a shell script writes out of literal text.

    Args:
        script: Shell lines, their `!` taken off.
        before: What the files hold already, for `>>` and `cp`.
    """
    reader = _ShellScript(before)
    lines = iter(script.split("\n"))
    for line in lines:
        reader.read(line.strip(), lines)
    return reader.found


def split_commands(line: str) -> list[str]:
    """Split a shell line at `&&` and `;`, but not inside of quotes."""
    parts = _PART.findall(line)
    covered = sum(map(len, parts)) + len(re.sub(r"[^&;]", "", _PART.sub("", line)))
    if covered != len(line) or ";;" in line:
        return [line.strip()]
    return [one.strip() for one in parts if one.strip()]


class _ShellScript:
    """Reads one line after the other, in the folder that `cd` leads to."""

    def __init__(self, before: Mapping[str, str]) -> None:
        self.before = before
        self.found: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.folder: str | None = ""

    def read(self, line: str, lines: Iterator[str]) -> None:
        here = _HERE.search(line) if line.startswith(("cat", "tee")) else None
        if here is not None:
            body = here_document(lines, here)
            text = body if body is None or here["quote"] else self._filled_in(body)
            rest = _PARTS.split(_HERE.sub("", line))[0].strip()
            self._redirect(rest, lambda _: text)
            return
        for part in split_commands(line):
            self._do(part)

    def _do(self, line: str) -> None:
        assigned = _SET.match(line)
        if assigned is not None:
            name, value = assigned["name"], assigned["value"].strip("'\"")
            self.values.pop(name, None)
            if not _LIVE.search(value):
                self.values[name] = value
            return
        words = _split(line)
        if words[:1] == ["cd"] and len(words) == 2:
            self.folder = self._enter(words[1])
        elif words[:1] in (["cp"], ["mv"]) and len(words) == 3:
            self._copy(words[1], words[2], moves=words[0] == "mv")
        elif words[:2] == ["sed", "-i"]:
            self._edit([one for one in words[2:] if one != "-e"])
        elif words[:1] == ["touch"]:
            for path in words[1:]:
                self._keep(path, "", appends=True)
        else:
            self._redirect(line, self._printed)

    def _enter(self, name: str) -> str | None:
        """The folder that `cd` leads to; None when it lies outside, or is not plain."""
        if self.folder is None or not _PATH.match(name):
            return None
        path = posixpath.normpath(posixpath.join(self.folder, name) + "/")
        if f"{path}/".startswith("/content/"):
            path = path.removeprefix("/content").removeprefix("/")
        return None if path.startswith(("/", "..")) else path

    def _redirect(self, line: str, printed: Callable[[str], str | None]) -> None:
        """Take what a command prints into a file, by `>`, `>>` or `tee`."""
        command, pipe, teed = line.rpartition("|")
        is_tee = (teed if pipe else line).split()[:1] == ["tee"]
        if is_tee:
            words = [one for one in _split(teed or line)[1:] if one != ">/dev/null"]
            words = words[: words.index(">")] if ">" in words else words
            appends = "-a" in words
            paths = [one for one in words if not one.startswith("-")]
        else:
            command, sign, path = line.rpartition(">")
            appends = command.endswith(">")
            command = command.rstrip(">")
            paths = [path.strip().strip("'\"")] if sign else []
        text = printed(command.strip()) if paths else None
        for path in paths:
            if text is not None and _PATH.match(path):
                self._keep(path, text, appends=appends)

    def _printed(self, command: str) -> str | None:
        """What a command prints; its variables are those of the script."""
        if re.search(r"\\[$`]", command) or "|" in command:
            return None
        if command.split()[:1] == ["cat"]:
            return self._held(_split(command)[1:])
        has_single = "'" in command
        bare = command if '"' in command else re.sub(r"'[^']*'", "", command)
        if has_single and _LIVE.search(bare):
            return None
        return _echoed(command if has_single else self._filled_in(command, _NAME))

    def _filled_in(self, text: str, pattern: re.Pattern[str] = _VARIABLE) -> str | None:
        """Fill in the script's own variables; None when there are others."""
        unknown = False

        def value(match: re.Match[str]) -> str:
            nonlocal unknown
            if match[0].startswith("\\"):
                return match[0][1:]
            name = match[0].strip("${}")
            unknown |= name not in self.values
            return self.values.get(name, "")

        if _LIVE.search(pattern.sub("", text)):
            return None
        filled = pattern.sub(value, text)
        return None if unknown else filled

    def _held(self, paths: list[str]) -> str | None:
        """What known files hold, one after the other; None where one is not known."""
        known = {**self.before, **self.found}
        places = [self._place(path) for path in paths]
        if self.folder is None or not all(one in known for one in places):
            return None
        return "".join(known[one] for one in places)

    def _edit(self, words: list[str]) -> None:
        """Change known files as `sed -i` does, where it looks for plain text."""
        change = _read_edit(words[0]) if words else None
        for path in words[1:] if change is not None else ():
            text = self._held([path])
            if text is not None and change is not None:
                self._keep(path, change(text), appends=False)

    def _place(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder or "", path))

    def _keep(self, path: str, text: str, *, appends: bool) -> None:
        if self.folder is None or not _PATH.match(path) or path == "/dev/null":
            return
        path = self._place(path)
        old = {**self.before, **self.found}.get(path, "") if appends else ""
        self.found[path] = old + text

    def _copy(self, source: str, target: str, *, moves: bool) -> None:
        known = {**self.before, **self.found}
        path = self._place(source)
        if self.folder is None or path not in known:
            return
        if target.endswith(("/", ".")):
            target = posixpath.join(target, posixpath.basename(source))
        self._keep(target, known[path], appends=False)
        if moves:
            self.found.pop(path, None)


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return []


def here_document(lines: Iterator[str], here: re.Match[str]) -> str | None:
    """Take the lines of a here-document; None when it has no end."""
    body: list[str] = []
    for line in lines:
        if line.strip() == here["end"]:
            return "".join(f"{one}\n" for one in body)
        body.append(line.lstrip("\t") if here["tabs"] else line)
    return None


def _echoed(command: str | None) -> str | None:
    """What `echo` or `printf` prints of literal words; None for anything else."""
    words = _split(command or "")
    if words[:1] == ["printf"] and len(words) > 1:
        return _formatted(words[1], words[2:])
    if words[:1] == ["seq"]:
        return _counted(words[1:])
    if words[:1] != ["echo"]:
        return None
    words = words[1:]
    options = set()
    while words and words[0] in ("-e", "-n", "-ne", "-en"):
        options |= set(words.pop(0)[1:])
    text = " ".join(words)
    return ("" if "n" in options else "\n").join(
        [_unescaped(text) if "e" in options else text, ""]
    )


def _unescaped(text: str) -> str:
    return re.sub(r"\\[nt\\]", lambda match: _ESCAPES[match[0]], text)


def _counted(words: list[str]) -> str | None:
    """What `seq` prints of whole numbers."""
    if not 1 <= len(words) <= 3 or not all(_WHOLE.match(one) for one in words):
        return None
    numbers = [int(one) for one in words]
    first = numbers[0] if len(numbers) > 1 else 1
    step = numbers[1] if len(numbers) > 2 else 1
    if not step or abs(numbers[-1] - first) > _MAX_COUNTED * abs(step):
        return None
    end = numbers[-1] + (1 if step > 0 else -1)
    return "".join(f"{number}\n" for number in range(first, end, step))


def _read_edit(command: str) -> Callable[[str], str] | None:
    """Read `s/old/new/`, `s/old/new/g` or `/old/d`; None for a regular expression."""
    sign = re.escape(command[1:2]) if command[:1] == "s" else "/"
    parts = re.fullmatch(
        rf"s?{sign}(?P<old>[^{sign}]+){sign}(?:(?P<new>[^{sign}]*){sign}(?P<all>g?)|d)",
        command,
    )
    if parts is None or _SPECIAL.search(parts["old"] + (parts["new"] or "")):
        return None
    old, new, count = parts["old"], parts["new"], -1 if parts["all"] else 1
    if (command[:1] == "s") != (new is not None) or "&" in (new or ""):
        return None

    def change(text: str) -> str:
        lines = text.splitlines(keepends=True)
        if new is None:
            return "".join(one for one in lines if old not in one)
        return "".join(one.replace(old, new, count) for one in lines)

    return change


def _formatted(form: str, values: list[str]) -> str | None:
    """What `printf` makes of its form; None where the form is used several times."""
    rest = iter(values)
    places = [one for one in _PRINTF.finditer(form) if not one["percent"]]
    if len(values) > len(places) or any(not one["text"] for one in places):
        return None
    return _PRINTF.sub(
        lambda match: "%" if match["percent"] else next(rest, ""), _unescaped(form)
    )
