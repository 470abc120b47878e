"""Start one of the clean processes of a proof. Run as a script.

Usage: launch.py ROLE PLACE, where ROLE is a module beside this one, and PLACE the
folder that it may write to.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

PACKAGE = "werkbook_proof"
PROCESSES = os.path.join("..", "..", "..", "processes")
"""The folder of what all clean processes do, from here."""
WERKBOOK = os.path.join("..", "..", "..")
"""The folder of the whole package, from here."""


def main() -> None:
    """Shut the process in, where the system can, and go on with the role's module."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [one for one in sys.path if os.path.abspath(one or ".") != here]
    package = types.ModuleType(PACKAGE)
    package.__path__ = [here, os.path.abspath(os.path.join(here, PROCESSES))]
    sys.modules[PACKAGE] = package
    role, place = sys.argv[1:3]
    open_ends = _shut_in(place)
    sys.argv[1:] = []
    with _without_its_init(os.path.abspath(os.path.join(here, WERKBOOK))):
        module = import_module(f"{PACKAGE}.{role}")
    module.main(open_ends)


@contextmanager
def _without_its_init(folder: str) -> Iterator[None]:
    """Let modules of Werkbook be imported that need nothing of it, as if it were bare.

    The whole of it takes as long as Flask, and most files import none of it. What does
    so later starts anew.
    """
    bare = types.ModuleType("werkbook")
    bare.__path__ = [folder]
    sys.modules["werkbook"] = bare
    try:
        yield
    finally:
        for name in [one for one in sys.modules if one.partition(".")[0] == "werkbook"]:
            del sys.modules[name]


def _shut_in(place: str) -> str:
    """Return why the process is open to the network and the disk, or ""."""
    if not sys.platform.startswith("linux"):
        return f"{sys.platform} offers no way to shut a process in"
    sandbox = import_module(f"{PACKAGE}.sandbox")
    sandbox.die_with_parent()
    try:
        sandbox.enter(place)
    except OSError as error:
        return str(sandbox.explain(error))
    return ""


if __name__ == "__main__":
    main()
