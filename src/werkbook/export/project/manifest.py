"""What an export wrote into a project's folder, to tell it from what people wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from werkbook.export.exporter import MARK
from werkbook.export.project.writing import write_text

NAME = ".werkbook.json"


class Manifest:
    """The files of a project that exports wrote, each with a digest of its bytes.

    A template, a Procfile or a CSV file cannot say by itself where it came from.

    Args:
        project: The project's folder, which may not exist yet.
    """

    def __init__(self, project: Path) -> None:
        self.path = project / NAME
        self._digests = _read(self.path)

    def is_unchanged(self, path: Path) -> bool:
        """Say whether a file is as the last export wrote it."""
        digest = self._digests.get(self._name(path))
        return digest is not None and path.is_file() and digest == _digest(path)

    def save(self, written: Iterable[Path], *, force: bool = False) -> None:
        """Note the files that an export wrote; those of earlier ones stay noted.

        Raises:
            ExportExistsError: A file of that name is there, and is none of ours.
            OSError: The manifest cannot be written.
        """
        self._digests.update({self._name(path): _digest(path) for path in written})
        content = {"": MARK, "files": dict(sorted(self._digests.items()))}
        write_text(self.path, json.dumps(content, indent=1) + "\n", force=force)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.path.parent).as_posix()


def _read(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}  # a pipe would be waited for
    try:
        files = json.loads(path.read_text("utf-8"))["files"]
        return {str(name): str(digest) for name, digest in files.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}  # none of ours: then every file is somebody's


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
