"""What an export wrote into a project's folder, to tell it from what people wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from werkbook.export.exporter import MARK

NAME = ".werkbook.json"


class Manifest:
    """The files of a project that exports wrote, each with a digest of its bytes.

    A template, a Procfile or a CSV file cannot say by itself where it came from.

    Args:
        project: The project's folder, which may not exist yet.
    """

    def __init__(self, project: Path) -> None:
        self.path = project / NAME
        self._digests = _read(self.path, "files")
        self._before = _read(self.path, "before")

    def is_unchanged(self, path: Path) -> bool:
        """Say whether a file is as an export wrote it, the last one or that before."""
        known = (one.get(self._name(path)) for one in (self._digests, self._before))
        digests = [one for one in known if one is not None]
        return bool(digests) and path.is_file() and _digest(path) in digests

    def note(self, waiting: Mapping[Path, Path]) -> tuple[Path, str]:
        """Return the manifest's path, and its text once some files are in their places.

        It is to be there before they are: an export that is ended in between leaves
        files of both exports, and none of them is somebody's.

        Args:
            waiting: The file that waits for each place.
        """
        root = self.path.parent
        ours = {path: one for path, one in waiting.items() if path.is_relative_to(root)}
        coming = {self._name(path): _digest(one) for path, one in ours.items()}
        there = {
            self._name(path): _digest(path) for path in ours if self.is_unchanged(path)
        }
        before = {
            name: digest for name, digest in there.items() if digest != coming[name]
        }
        files = {**self._digests, **coming}
        content = {"": MARK, "files": dict(sorted(files.items()))}
        if before:
            content["before"] = dict(sorted(before.items()))
        return self.path, json.dumps(content, indent=1) + "\n"

    def _name(self, path: Path) -> str:
        return path.relative_to(self.path.parent).as_posix()


def _read(path: Path, kind: str) -> dict[str, str]:
    if not path.is_file():
        return {}  # a pipe would be waited for
    try:
        files = json.loads(path.read_text("utf-8"))[kind]
        return {str(name): str(digest) for name, digest in files.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}  # none of ours: then every file is somebody's


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
