"""Which of the files that cells write are run by cells: `!python app.py`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

_SCRIPT = re.compile(
    r"\b(?:python[\d.]*|ipython|nohup|pythonw)\s+(?:-[uOBW]\S*\s+)*(?P<path>[\w./-]+\.py)\b"
)
_MODULE = re.compile(r"\bpython[\d.]*\s+-m\s+(?P<module>[\w.]+)")
_SERVER = re.compile(
    r"\b(?:gunicorn|uvicorn|hypercorn|granian|waitress-serve|uwsgi|daphne)\b"
    r"[^\n]{0,200}?\s(?P<module>[A-Za-z_][\w.]*):[A-Za-z_]\w*"
)
_FLASK = re.compile(r"(?:FLASK_APP=|\bflask\s+--app[ =])\s*['\"]?(?P<name>[\w./]+)")
_FLASK_RUN = re.compile(r"\bflask\s+run\b")
_FOLDER = re.compile(r"(?:\A|[;&!]|%)\s*cd\s+(?P<path>[\w./-]+)\s*(?:&&|;|\Z)")


def launched(texts: Iterable[str], written: Container[str]) -> list[str]:
    """List the written files that commands run, in order.

    Args:
        texts: Shell lines, or texts of Python that hold commands.
        written: The paths of the files that cells have written so far.
    """
    found = []
    for text in texts:
        if len(text) > 5000:
            continue
        inside = _FOLDER.search(text)
        folder = f"{inside['path'].rstrip('/')}/" if inside else ""
        for name in _named(text):
            path = name.removeprefix("./").removeprefix("/content/")
            found += [one for one in (folder + path, path) if one in written][:1]
    return found


def _named(text: str) -> Iterable[str]:
    for match in _SCRIPT.finditer(text):
        yield match["path"]
    for pattern in (_MODULE, _SERVER):
        for match in pattern.finditer(text):
            yield match["module"].replace(".", "/") + ".py"
            yield match["module"].replace(".", "/") + "/__main__.py"
            yield match["module"].replace(".", "/") + "/__init__.py"
    for match in _FLASK.finditer(text):
        name = match["name"]
        yield name if name.endswith(".py") else name.replace(".", "/") + ".py"
        yield name.replace(".", "/") + "/__init__.py"
    if _FLASK_RUN.search(text) and not _FLASK.search(text):
        yield from ("wsgi.py", "app.py")
