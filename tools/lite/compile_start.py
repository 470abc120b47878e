"""Start as the site's kernel does, and put bytecode beside what that imported.

Run by `compile.mjs` in the site's own Python, whose bytecode no other Python makes. A
student's browser would compile the same 1,400 modules at each start.
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from importlib._bootstrap_external import (  # type: ignore[attr-defined]
    _code_to_hash_pyc,
)
from pathlib import Path
from posixpath import dirname, join
from typing import Any

HOME = Path("/home_of_site")
STDLIB = "/lib/python314.zip"
PACKAGES = "/lib/python3.14/site-packages"
STUBS = "jedi/third_party/"
LEFT_OUT = (
    f"{STUBS}django-stubs/",
    f"{STUBS}typeshed/stdlib/2/",
    f"{STUBS}typeshed/third_party/2/",
    f"{STUBS}typeshed/third_party/2and3/",
)
"""Folders of wheels that each start would unpack, 1,200 files: what completion knows of
Python 2, of Django, and of releases of other packages from before 2020."""
TRIAL = (
    "6 * 7",
    "%load_ext werkbook",
    """from werkbook import App, render_template_string, request, session
app = App()
app.secret_key = "for the trial only"
@app.route("/<name>", methods=["GET", "POST"])
def page(name):
    session["name"] = name
    return render_template_string("<p>{{ name }}</p>", name=name)""",
    "%http GET /Ada",
    "%browse /Ada",
    "%routes",
    '%%exercise greet\nGreet.\n\nGET /Ada -> 200, text has "Ada"',
)
"""The cells of the trial start: what most cells of a first lesson need."""


def start() -> set[str]:
    """Start the kernel, run the cells; return the files of the modules imported.

    Raises:
        RuntimeError: If a cell fails.
    """
    import ipywidgets  # noqa: F401
    import micropip  # noqa: F401
    import piplite  # noqa: F401
    import pyodide_kernel

    shell: Any = pyodide_kernel.ipython_shell_app.shell
    # What the page gives it, so far as cells ask for it.
    shell.kernel.interpreter.send_comm = lambda *given, **also: None
    for number, cell in enumerate(TRIAL):
        header, metadata = {"msg_id": str(number)}, {"cellId": f"cell-{number}"}
        shell.kernel._parent_header = {"header": header, "metadata": metadata}
        result = shell.run_cell(cell)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            raise RuntimeError(f"The trial start failed in:\n{cell}\n{error!r}")
    return {
        one.__spec__.origin
        for one in [*sys.modules.values()]
        if getattr(getattr(one, "__spec__", None), "origin", None)
    }


def add_bytecode(archive: Path, place: str, wanted: set[str], pattern: str) -> int:
    """Write an archive anew with bytecode in it; return for how many modules.

    Args:
        archive: A zip file or wheel.
        place: Where its files are in the site's file system.
        wanted: The files to compile, as they are named there.
        pattern: How a module's bytecode is named from its folder's and own name.
    """
    made = archive.with_suffix(".made")
    count = 0
    with (
        zipfile.ZipFile(archive) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for entry in source.infolist():
            if entry.filename.startswith(LEFT_OUT):
                continue
            text = source.read(entry)
            target.writestr(entry, text, zipfile.ZIP_DEFLATED, 9)
            path = join(place, entry.filename)
            if not path.endswith(".py") or path not in wanted:
                continue
            code = compile(text, path, "exec", dont_inherit=True, optimize=0)
            # Unchecked (PEP 552): the source beside it is the one that was compiled.
            content = _code_to_hash_pyc(code, importlib.util.source_hash(text), False)
            name = entry.filename.rpartition("/")[2].removesuffix(".py")
            compiled = pattern.format(folder=dirname(entry.filename), name=name)
            beside = zipfile.ZipInfo(compiled.lstrip("/"), entry.date_time)
            beside.external_attr = entry.external_attr
            target.writestr(beside, bytes(content), zipfile.ZIP_DEFLATED, 9)
            count += 1
    made.chmod(0o644)
    made.replace(archive)
    return count


def main() -> int:
    """Compile what a start imports; return how many modules.

    Raises:
        RuntimeError: If nothing was found to compile.
    """
    streams = sys.stdout, sys.stderr
    try:
        wanted = start()
    finally:
        # The kernel's own go to a page that is not there.
        sys.stdout, sys.stderr = streams
    count = add_bytecode(
        HOME / "python_stdlib.zip", STDLIB, wanted, "{folder}/{name}.pyc"
    )
    tag = sys.implementation.cache_tag
    cached = f"{{folder}}/__pycache__/{{name}}.{tag}.pyc"
    for wheel in sorted(HOME.glob("*.whl")):
        count += add_bytecode(wheel, PACKAGES, wanted, cached)
    if not count:
        raise RuntimeError("The trial start imported nothing that the site has.")
    return count
