"""The files beside a notebook that its app reads, for a project's folder."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from werkbook.export.project.manifest import Manifest
from werkbook.export.project.writing import in_one_step

MAX_FILE_BYTES = 50_000_000


@dataclass
class DataFiles:
    """What comes along, and what is to be said of the rest.

    Attributes:
        copies: From where to where.
        cautions: One line for each file that stays behind or stays as it is.
    """

    copies: list[tuple[Path, Path]] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)


def data_files(
    names: Iterable[str],
    folder: Path,
    project: Path,
    made: Collection[str],
    manifest: Manifest,
) -> DataFiles:
    """Choose what to copy into a project of the files that its app was seen to read.

    What somebody put into the project or changed there is left as it is.

    Args:
        names: Paths below the notebook's folder, parts joined by slashes.
        folder: The notebook's folder.
        project: The project's folder.
        made: What the export itself writes there.
        manifest: What earlier exports wrote there.
    """
    found = DataFiles()
    for name in names:
        source, target = folder / name, project / name
        if name in made or not source.is_file():
            continue
        if any(part.startswith(".") for part in PurePosixPath(name).parts):
            why = "a hidden file can hold secrets"
            found.cautions.append(_stays_behind(name, why))
        elif source.stat().st_size > MAX_FILE_BYTES:
            why = f"it has more than {MAX_FILE_BYTES // 1_000_000} MB"
            found.cautions.append(_stays_behind(name, why))
        elif not target.exists():
            found.copies.append((source, target))
        elif filecmp.cmp(source, target, shallow=False):
            continue
        elif manifest.is_unchanged(target):
            found.copies.append((source, target))
        else:
            found.cautions.append(
                f"{str(target)!r} is another one than the notebook's, and was left as"
                " it is."
            )
    return found


def copy(source: Path, target: Path) -> None:
    """Copy a file in one step.

    Raises:
        OSError: It cannot be read or written.
    """
    with in_one_step(target) as temporary:
        shutil.copyfile(source, temporary)


def _stays_behind(name: str, why: str) -> str:
    return f"the app reads {name!r}, which stays behind: {why}."
