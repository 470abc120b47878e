"""Small pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; a bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(_cell(text) for text in line) + " |" for line in lines
    )


def code(text: object) -> str:
    """Write code within a line."""
    return f"`{text}`" if "`" not in str(text) else f"`` {text} ``"


def fence(text: str, language: str = "text") -> str:
    """Write a block of code."""
    marks = "````" if "```" in text else "```"
    return f"{marks}{language}\n{text.strip()}\n{marks}"


def first_sentence(docstring: str | None) -> str:
    """Return the first paragraph of a docstring, in one line."""
    return " ".join((docstring or "").strip().partition("\n\n")[0].split())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
