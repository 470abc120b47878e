"""How a command ends that cannot do what it was told: three lines, no traceback."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..errors import WerkbookError
from ..plain_words import cut_inside, on_one_line

_MAX_LINE_CHARS = 1000
_FIXES = {
    errno.ENOENT: "make its folder first, or look for a slip in the name.",
    errno.ENOTDIR: "name a path whose folders are folders.",
    errno.EISDIR: "name a file in that folder.",
    errno.EACCES: "choose a file that you may read, in a folder that you may write.",
    errno.EPERM: "choose a file that you may read, in a folder that you may write.",
    errno.EROFS: "choose a folder that can be written.",
    errno.ENOSPC: "make room on that disk, or choose another folder.",
    errno.EDQUOT: "make room on that disk, or choose another folder.",
    errno.ENAMETOOLONG: "choose a shorter name.",
    errno.ELOOP: "choose a name that is no link to itself.",
}


_NO_ROOM = frozenset({errno.EAGAIN, errno.ENOMEM})
_NO_THREAD = "can't start new thread"


class FileAccessError(WerkbookError, OSError):
    """The system does not let a command read or write a file."""


class NoRoomError(WerkbookError, OSError):
    """The system starts no more processes or threads."""


@contextmanager
def ends_on_errors() -> Iterator[None]:
    """Say an error of the block on standard error, and end with exit status 1."""
    try:
        yield
    except (WerkbookError, OSError) as error:
        click.echo(say_failure(error), err=True)
        sys.exit(1)
    except RuntimeError as error:
        lacking = explain_no_room(error)
        if lacking is None:
            raise
        click.echo(say_failure(lacking), err=True)
        sys.exit(1)


def say_failure(error: WerkbookError | OSError) -> str:
    """Return the lines that say an error: what, why, and what to type."""
    if not isinstance(error, WerkbookError):
        error = explain_os_error(error)
    lines = f"{type(error).__name__}: {error}".split("\n")
    shown = [cut_inside(line, _MAX_LINE_CHARS) for line in lines]
    return "\n".join(on_one_line(line, _MAX_LINE_CHARS) for line in shown)


def explain_no_room(error: Exception) -> NoRoomError | None:
    """Make the error for a process or thread that was not started; None for another.

    Python raises a RuntimeError for a thread, and for a process an OSError that names
    no file; one of a full pipe says how much was written.
    """
    if isinstance(error, OSError):
        is_named = error.filename is not None or hasattr(error, "characters_written")
        if error.errno not in _NO_ROOM or is_named:
            return None
        why = f"{error.strerror} ({errno.errorcode[error.errno]})"
    elif _NO_THREAD in str(error):
        why = "there are as many as there may be"
    else:
        return None
    return NoRoomError(
        "The system starts no more processes or threads.",
        why=f"{why}: of the user, of a container, or for want of memory.",
        fix="end some, or raise the limit (ulimit -u; a container's pids and memory).",
    )


def explain_os_error(error: OSError) -> WerkbookError:
    """Make the error that says why a file could not be read or written."""
    lacking = explain_no_room(error)
    if lacking is not None:
        return lacking
    if isinstance(error, shutil.Error):
        error = _first_of(error)
    name = error.filename2 or error.filename
    what = "A file" if name is None else repr(str(name))
    number = error.errno or 0
    return FileAccessError(
        f"{what} could not be read or written.",
        why=f"{error.strerror or error} ({errno.errorcode.get(number, 'OSError')}).",
        fix=_FIXES.get(number, "look at the path, or choose another one."),
    )


def _first_of(error: shutil.Error) -> OSError:
    """Return the first of the errors that copying a folder collects as texts."""
    source, _, text = error.args[0][0]
    number = re.match(r"\[Errno (\d+)\]", str(text))
    if number is None:
        return OSError(0, str(text), str(source))
    return OSError(int(number[1]), os.strerror(int(number[1])), str(source))
