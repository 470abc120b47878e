"""Every error of Werkbook's with what raises it, its text, its cause and its cure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import werkbook
import werkbook_ext
from werkbook.errors import WerkbookError

from .error_examples import CELLS, EXAMPLES
from .markdown import code, fence, first_sentence
from .running import say_errors


def write() -> str:
    """Write all errors, by name."""
    said = say_errors({name: one.run for name, one in EXAMPLES.items()})
    classes = error_classes()
    return "\n\n".join(
        _section(classes[name], said.get(name, {})) for name in sorted(classes)
    )


def error_classes() -> dict[str, type[WerkbookError]]:
    """Return all classes of errors that Werkbook's packages define, by name."""
    for package in (werkbook, werkbook_ext):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not _is_program(module.name):
                importlib.import_module(module.name)
    found = {one.__name__: one for one in _below(WerkbookError)}
    return {
        name: one
        for name, one in found.items()
        if one.__module__.startswith("werkbook")
    }


def _is_program(module: str) -> bool:
    return module.endswith("__main__") or ".inside." in module


def _below(cls: type[WerkbookError]) -> Iterator[type[WerkbookError]]:
    for one in cls.__subclasses__():
        yield one
        yield from _below(one)


def _section(cls: type[WerkbookError], said: dict[str, str]) -> str:
    name = cls.__name__
    language = "python" if name not in CELLS else "text"
    parts = [
        f"### {code(name)}",
        f"{first_sentence(cls.__doc__)} It is a {_kinds(cls)}.",
    ]
    if name not in EXAMPLES:
        return "\n\n".join(parts)  # a test says so; the site is built all the same
    parts += [
        fence(EXAMPLES[name].shown, language),
        fence(f"{name}: {said['text']}"),
    ]
    if said["why"]:
        parts.append(f"Cause\n: {_sentence(said['why'])}")
    if said["fix"]:
        parts.append(f"Cure\n: {_sentence(said['fix'])}")
    return "\n\n".join(parts)


def _kinds(cls: type[WerkbookError]) -> str:
    others = [one for one in cls.__bases__ if one is not WerkbookError]
    return " and ".join(code(one.__name__) for one in others) or code("WerkbookError")


def _sentence(text: str) -> str:
    """Write a message as prose: its markup stays text."""
    words = " ".join(text.split())
    for mark in ("\\", "`", "*", "_", "<", "[", "{", "$"):
        words = words.replace(mark, f"\\{mark}")
    return words[:1].upper() + words[1:]
