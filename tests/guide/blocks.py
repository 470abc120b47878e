"""The pages of the guide as their blocks: what a reader types, and what is shown."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted(
        page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts
    ),
]
BLOCK = re.compile(
    r"^(?:<!-- (?P<note>not run|shows): (?P<text>[^\n]+) -->\n)?"
    r"```(?P<language>[^\s`]+)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    code: str
    is_left_out: bool
    shown: str | None

    @property
    def is_cell(self) -> bool:
        is_code = self.language == "python" or self.code.startswith("%%")
        return is_code and not self.is_left_out


def blocks(page: Path) -> list[Block]:
    return [
        Block(
            found["language"],
            found["code"],
            found["note"] == "not run",
            found["text"] if found["note"] == "shows" else None,
        )
        for found in BLOCK.finditer(page.read_text("utf-8"))
    ]


def commands(page: Path) -> list[str]:
    """Return what the page tells people to type in a terminal."""
    lines = [
        line
        for block in blocks(page)
        if block.language == "console"
        for line in block.code.splitlines()
    ]
    return [line[2:].partition("#")[0].strip() for line in lines if line[:2] == "$ "]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))
