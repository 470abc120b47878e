"""The names of an export's files: which lie in its folder, and are what they seem."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from werkbook.errors import WerkbookError

_HIDDEN_OF_APPS = frozenset(
    {".env", ".flaskenv", ".dockerignore", ".gcloudignore", ".gitignore", ".gitkeep"}
)
"""Hidden files that apps and their images have, and that run nothing."""
_HIDDEN_OF_SITES = frozenset({".well-known", ".nojekyll"})
_OBEYED = frozenset({"desktop.ini", "autorun.inf"})
_SHORT_NAME = re.compile(r"[^.]{1,6}~\d+(\.[^.]{0,3})?")
"""What Windows calls a file whose name is longer: `git~1` is `.git`."""
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e")
_ISOLATES = frozenset("\u2066\u2067\u2068\u2069")
_REPOSITORY_SETTINGS = frozenset({"config", "commondir"})


class OutsideError(WerkbookError, ValueError):
    """A cell writes a file outside of the target folder, or where others obey it."""


def check_inside(
    root: Path,
    names: Iterable[str],
    places: Mapping[str, str],
    made: Collection[str] = (),
) -> None:
    """Raise unless all files of an export lie inside their folder, links followed.

    Args:
        root: The folder that the export writes to.
        names: The files' paths as the notebook's cells have them.
        places: The cell of each file.
        made: The paths of the files that the export makes by itself.

    Raises:
        OutsideError: One does not, its path cannot be one, is hidden, or is that of
            another file.
    """
    base = Path(os.path.realpath(root))
    taken = {_folded(PurePath(one).parts): one for one in made}
    found: dict[str, Sequence[str]] = {}
    for name in names:
        place = places.get(name, "A cell")
        parts = _parts_inside(base, name)
        if parts is None:
            raise OutsideError(
                f"{place} writes {name!r}, which lies outside of {str(root)!r}.",
                why="an export writes nothing but its own folder, and links in it are"
                " followed.",
                fix="give the file a path below the notebook's folder.",
            )
        _check_plain(name, place)
        if is_obeyed(parts):
            raise _obeyed(name, place)
        other = taken.setdefault(_folded(parts), name)
        if other != name:
            raise OutsideError(
                f"{place} writes {name!r}, and {other!r} is written too.",
                why="they are one file, at least on Windows and macOS.",
                fix="give the file another name.",
            )
        found[name] = parts
    _check_repositories(base, found, places)


def check_links(root: Path, paths: Iterable[Path]) -> None:
    """Raise unless files lie inside a folder, whatever the folders between lead to.

    Args:
        root: The folder, which may be a link itself: somebody named it.
        paths: The files, by paths that begin with it.

    Raises:
        OutsideError: A folder in it is a link that leads out of it.
    """
    base = os.path.realpath(root)
    for path in paths:
        folder = os.path.realpath(path.parent)
        if not PurePath(folder).is_relative_to(base):
            raise OutsideError(
                f"{str(path)!r} lies outside of {str(root)!r}.",
                why=f"a link leads to {folder!r}, and an export writes nothing but its"
                " own folder.",
                fix="take the link away, or name another folder.",
            )


def is_obeyed(parts: Sequence[str]) -> bool:
    """Say whether other programs read a file by themselves, as they do hidden ones.

    Args:
        parts: Its path below the target folder.
    """
    *folders, name = map(_plainer, parts)
    if any(one in _OBEYED or _SHORT_NAME.fullmatch(one) for one in (*folders, name)):
        return True
    own = _HIDDEN_OF_SITES if parts[0] in ("static", "templates") else frozenset()
    is_own = name in _HIDDEN_OF_APPS | own or name.startswith(".env.")
    is_hidden = any(one[:1] == "." and one not in own for one in folders)
    return is_hidden or (name[:1] == "." and not is_own)


def _plainer(part: str) -> str:
    """Return a name as Windows and macOS look for it: some characters do not count."""
    text = unicodedata.normalize("NFC", part)
    bare = "".join(one for one in text if unicodedata.category(one) != "Cf")
    return bare.casefold().rstrip(". ")


def _folded(parts: Sequence[str]) -> str:
    return "/".join(map(_plainer, parts))


def _parts_inside(base: Path, name: str) -> Sequence[str] | None:
    """Return a path's parts below a folder, or None where it lies elsewhere."""
    try:
        path = Path(os.path.realpath(base / name))
    except (OSError, ValueError):
        return None
    is_inside = path != base and path.is_relative_to(base)
    return path.relative_to(base).parts if is_inside and "\\" not in name else None


def _check_plain(name: str, place: str) -> None:
    """Raise where people or Windows would take a name for another one."""
    odd = next(filter(_is_odd, name), "")
    ending = next((one for one in name.split("/") if one.endswith((" ", "."))), "")
    if ending.strip(".") == "":
        ending = ""  # the folder itself, or the one above
    if not odd and not ending:
        return
    what = f"{odd!a} in it" if odd else f"the end of {ending!r}"
    raise OutsideError(
        f"{place} writes {name!r}, which can be taken for another name.",
        why=f"{what} is not shown, or means something else on Windows.",
        fix="give the file a name of letters, digits, '-', '_' and '.'.",
    )


def _is_odd(character: str) -> bool:
    kind = unicodedata.category(character)
    is_direction = character in _DIRECTIONS or character in _ISOLATES
    return character == ":" or kind in ("Cc", "Zl", "Zp") or is_direction


def _obeyed(name: str, place: str) -> OutsideError:
    return OutsideError(
        f"{place} writes {name!r}, which other programs obey.",
        why="shells, git and editors run or follow hidden files, so that one from a"
        " stranger's notebook would act without the app being run.",
        fix="give the file a name that begins with no dot.",
    )


def _check_repositories(
    base: Path, found: Mapping[str, Sequence[str]], places: Mapping[str, str]
) -> None:
    """Raise where files make a folder a Git repository, whose settings run programs.

    Git takes a folder with a HEAD and a config for one, whatever it is called.
    """
    files = {(_folded(parts[:-1]), _plainer(parts[-1])) for parts in found.values()}
    for name, parts in found.items():
        folder, last = parts[:-1], _plainer(parts[-1])
        if last != "head" and last not in _REPOSITORY_SETTINGS:
            continue
        wanted = _REPOSITORY_SETTINGS if last == "head" else {"head"}
        here = base.joinpath(*folder)
        there = map(_plainer, os.listdir(here)) if here.is_dir() else ()
        if any((_folded(folder), one) in files for one in wanted) or wanted & {*there}:
            raise OutsideError(
                f"{places.get(name, 'A cell')} writes {name!r}, which other programs"
                " obey.",
                why="Git takes a folder with HEAD and config for a repository, and runs"
                " what its settings say.",
                fix="give the file another name.",
            )
