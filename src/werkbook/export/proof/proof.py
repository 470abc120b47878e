"""The proof: the exported file, started in a clean process, answers as it should."""

from __future__ import annotations

import base64
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import werkbook
from werkbook.cells.asked import Asked

MAX_COPY_BYTES = 200_000_000
"""Of a larger folder only the small files come along."""
MAX_FILE_BYTES = 20_000_000
MAX_COPY_FILES = 5_000
_NOT_COPIED = frozenset(
    (
        ".git",
        ".hg",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".ipynb_checkpoints",
    )
)
_DIFF_LINES = 12


@dataclass(frozen=True)
class Difference:
    """One thing in which the file is not what the notebook says.

    Attributes:
        cell: The label of the cell that asked, or "".
        what: One line.
        detail: A small diff, or a traceback.
    """

    cell: str
    what: str
    detail: str = ""

    def __str__(self) -> str:
        """The line, its cell in front, and the detail below."""
        head = f"{self.cell}: {self.what}" if self.cell else self.what
        return f"{head}\n{self.detail}".rstrip()


@dataclass
class Proof:
    """What the clean process found.

    Attributes:
        differences: Empty when the file is proved.
        rules: Its URL map: rule, methods, endpoint.
        answers: What it answered: status, content type and body for each request.
        reads: The files of the notebook's folder that it read, or may ask for later:
            paths below it, parts joined by slashes.
        undefined: Names that it lacked.
        is_imported: The file could be imported.
        kind: The class of the exception that it raised, or "".
        traceback: That exception's traceback.
    """

    differences: list[Difference] = field(default_factory=list)
    rules: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    reads: tuple[str, ...] = ()
    undefined: bool = False
    is_imported: bool = True
    kind: str = ""
    traceback: str = ""

    @property
    def is_proved(self) -> bool:
        """No difference was found."""
        return not self.differences


@dataclass(frozen=True)
class Answer:
    """A response of the exported file.

    Attributes:
        status: The status code; 0 when the app raised.
        content_type: As sent.
        body: The bytes.
        log: What the app wrote to its error stream.
        varies: Asked again, it answered otherwise.
    """

    status: int
    content_type: str
    body: bytes
    log: str = ""
    varies: bool = False


def prove(
    source: str,
    *,
    app: str = "app",
    folder: Path | None = None,
    files: dict[str, str] | None = None,
    requests: Sequence[Asked] = (),
    rules: Iterable[tuple[str, tuple[str, ...], str]] | None = None,
    env: Iterable[str] = (),
    timeout_s: float = 60.0,
) -> Proof:
    """Start an exported file in a clean process, and ask it what the cells asked.

    The process runs in a copy of the notebook's folder, with HOME, PATH and what `env`
    names, so that nothing but the file and the folder can make it work.

    Args:
        source: The text of app.py.
        app: The app's name in it.
        folder: The notebook's folder; an empty one when None.
        files: Files to write beside app.py, unless the folder has them.
        requests: What to ask, in order.
        rules: The live app's URL map, to compare with.
        env: Names of further environment variables to hand on.
        timeout_s: Seconds until the process is ended.
    """
    founds: list[dict[str, Any]] = []
    for _ in range(2 if requests else 1):
        # A second process with a fresh copy: what differs varies by nature.
        found = _start(source, app, folder, files or {}, requests, env, timeout_s)
        if isinstance(found, str):
            return Proof([Difference("", found)], is_imported=False)
        founds.append(found)
        if found["error"]:
            break
    return judge(founds, requests, rules)


def _start(
    source: str,
    app: str,
    folder: Path | None,
    files: dict[str, str],
    requests: Sequence[Asked],
    env: Iterable[str],
    timeout_s: float,
) -> dict[str, Any] | str:
    """Run the file in a copy of the folder; say what was found or what went wrong."""
    with tempfile.TemporaryDirectory(prefix="werkbook-proof-") as place:
        root = Path(place) / "notebook"
        copy_folder(folder, root)
        for name, text in files.items():
            _write_missing(root, name, text)
        (root / "app.py").write_text(source, encoding="utf-8")
        result = Path(place) / "result.json"
        job = _job(root / "app.py", app, requests, result)
        problem = _run(job, root, env, timeout_s)
        if problem is not None:
            return problem
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return found


def copy_folder(folder: Path | None, root: Path) -> None:
    """Copy a notebook's folder, without caches and environments.

    Of a very large one (someone's home) come its own files that are not large, and the
    folders where Flask looks.
    """
    if folder is None or not folder.is_dir():
        root.mkdir(parents=True)
    elif not _is_large(folder):
        shutil.copytree(folder, root, ignore=_ignored)
    else:
        root.mkdir(parents=True)
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
                shutil.copy2(path, root)
            elif path.is_dir() and path.name in ("templates", "static", "data"):
                shutil.copytree(path, root / path.name, ignore=_ignored)


def _is_large(folder: Path) -> bool:
    size = count = 0
    for directory, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_COPIED]
        for name in names:
            path = Path(directory, name)
            size += path.stat().st_size if path.is_file() else 0
            count += 1
        if size > MAX_COPY_BYTES or count > MAX_COPY_FILES:
            return True
    return False


def _ignored(directory: str, names: list[str]) -> set[str]:
    """Names that are not copied: caches, dead links, sockets and pipes."""
    found = set(_NOT_COPIED.intersection(names))
    for name in names:
        path = Path(directory, name)
        if not (path.is_file() or path.is_dir()):
            found.add(name)
    return found


def _write_missing(root: Path, name: str, text: str) -> None:
    path = (root / name).resolve()
    if root.resolve() in path.parents and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _job(
    file: Path, app: str, requests: Sequence[Asked], result: Path
) -> dict[str, Any]:
    return {
        "file": str(file),
        "app": app,
        "folder": str(file.parent),
        "result": str(result),
        # A checkout that is not installed must be found too.
        "path": [str(Path(werkbook.__file__).parent.parent)],
        "requests": [
            {
                "method": one.method,
                "url": one.url,
                "follow": one.follows,
                "headers": [list(pair) for pair in one.headers],
                "body": base64.b64encode(one.body).decode(),
            }
            for one in requests
        ],
    }


def _run(
    job: dict[str, Any], root: Path, env: Iterable[str], timeout_s: float
) -> str | None:
    names = ["HOME", "PATH", "SYSTEMROOT", *env]
    environment = {name: os.environ[name] for name in names if name in os.environ}
    child = Path(__file__).with_name("child.py")
    try:
        done = subprocess.run(
            [sys.executable, "-I" if not env else "-s", str(child)],
            input=json.dumps(job).encode(),
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"The file did not answer within {timeout_s:g} s."
    except OSError as error:
        return f"No process can be started here: {error}"
    if not Path(job["result"]).exists():
        output = done.stdout.decode(errors="replace")[-2000:]
        return f"The process ended with {done.returncode}.\n{output}".rstrip()
    return None


def judge(
    founds: Sequence[dict[str, Any]],
    requests: Sequence[Asked],
    rules: Iterable[tuple[str, tuple[str, ...], str]] | None,
) -> Proof:
    """Compare what the clean process found with what the notebook says."""
    found = founds[0]
    proof = Proof(
        rules=[(rule, tuple(methods), name) for rule, methods, name in found["rules"]],
        reads=tuple(found["reads"]),
    )
    if found["error"]:
        proof.is_imported = False
        proof.kind, proof.traceback = found["kind"], found["error"]
        proof.undefined = found["kind"] in ("NameError", "AttributeError")
        last = found["error"].strip().splitlines()[-1]
        proof.differences.append(
            Difference("", f"The file does not start: {last}", _tail(found["error"]))
        )
        return proof
    if rules is not None:
        proof.differences += compare_rules(rules, proof.rules)
    again = founds[-1]["answers"] or found["answers"]
    for asked, one, other in zip(requests, found["answers"], again, strict=True):
        answer = _answer(one, other)
        proof.answers.append(answer)
        proof.undefined |= "NameError:" in answer.log
        proof.differences += compare_answer(asked, answer)
    return proof


def _answer(one: dict[str, Any], other: dict[str, Any]) -> Answer:
    varies = (one["body"], one["status"]) != (other["body"], other["status"])
    body = base64.b64decode(one["body"])
    return Answer(one["status"], one["content_type"], body, one["log"], varies)


def compare_rules(
    expected: Iterable[tuple[str, tuple[str, ...], str]],
    found: Iterable[tuple[str, tuple[str, ...], str]],
) -> list[Difference]:
    """Compare two URL maps."""
    wanted = {(rule, tuple(sorted(methods)), name) for rule, methods, name in expected}
    have = {(rule, tuple(sorted(methods)), name) for rule, methods, name in found}
    missing = [
        Difference("", f"The file has no rule {_rule_text(one)}.")
        for one in sorted(wanted - have)
    ]
    more = [
        Difference("", f"Only the file has the rule {_rule_text(one)}.")
        for one in sorted(have - wanted)
    ]
    return missing + more


def _rule_text(rule: tuple[str, tuple[str, ...], str]) -> str:
    return f"{rule[0]!r} ({', '.join(rule[1])}) of the endpoint {rule[2]!r}"


def compare_answer(asked: Asked, answer: Answer) -> list[Difference]:
    """Compare a response with the one that the notebook got."""
    request = f"{asked.method} {asked.url}"
    if answer.status == 0 or "NameError:" in answer.log:
        lines = answer.log.strip().splitlines() or [""]
        return [Difference(asked.cell, f"{request} raises {lines[-1]}")]
    if asked.status is not None and asked.status != answer.status:
        what = f"{request} answers {answer.status}, not {asked.status} as here."
        return [Difference(asked.cell, what, _tail(answer.log))]
    kind = answer.content_type.partition(";")[0]
    if asked.content_type is not None and asked.content_type != kind:
        what = f"{request} has the type {kind!r}, not {asked.content_type!r}."
        return [Difference(asked.cell, what)]
    if asked.response is None or answer.varies or asked.response == answer.body:
        return []
    return [
        Difference(
            asked.cell,
            f"{request} has another body.",
            diff(asked.response, answer.body),
        )
    ]


def diff(expected: bytes, found: bytes) -> str:
    """Show two bodies' difference in a few lines."""
    lines = difflib.unified_diff(
        expected.decode(errors="replace").splitlines(),
        found.decode(errors="replace").splitlines(),
        "notebook",
        "app.py",
        lineterm="",
        n=1,
    )
    shown = list(lines)
    if len(shown) > _DIFF_LINES:
        shown = [*shown[:_DIFF_LINES], f"... {len(shown) - _DIFF_LINES} lines more"]
    return "\n".join(shown)


def _tail(text: str) -> str:
    lines = text.strip().splitlines()
    return "\n".join(lines[-8:])
