"""Apps for the importer's tests: written to a folder, loaded, and asked."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkbook.cells.cell import Cell
from werkbook.export import Export, Options, export
from werkbook.export.notebook_folder import options_for
from werkbook.importer.importer import ImportedApp

Answer = tuple[int, str, str, bytes]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder, and return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def cells_of(made: ImportedApp) -> list[Cell]:
    """Return a made notebook's cells, as the exporter reads them."""
    return [
        Cell(f"c{number}", one.source, one.kind)
        for number, one in enumerate(made.cells)
    ]


def exported(made: ImportedApp, folder: Path) -> Export:
    """Export a made notebook, whose folder is given."""
    options: Options = options_for(folder, f"{made.title}.ipynb")
    return export(cells_of(made), options)


def export_into(made: ImportedApp, folder: Path) -> Path:
    """Write the app that a made notebook exports to, with all that lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in made.companions.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    result = exported(made, folder)
    write(folder, {"app.py": result.source, **result.files})
    return folder / "app.py"


@contextmanager
def loaded(folder: Path, name: str) -> Iterator[Any]:
    """Import a module from a folder, and forget afterwards that it was there."""
    known = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        for one in set(sys.modules) - known:
            path = getattr(sys.modules[one], "__file__", None) or ""
            if path.startswith(str(folder)):
                del sys.modules[one]


def ask(app: Any, urls: list[tuple[str, str]]) -> list[Answer]:
    """Ask an app, and return status, type, place and body of each answer."""
    client = app.test_client()
    found = []
    for method, url in urls:
        response = client.open(url, method=method, buffered=True)
        found.append(
            (
                response.status_code,
                response.headers.get("Content-Type", ""),
                response.headers.get("Location", ""),
                response.data,
            )
        )
        response.close()
    return found


def rules_of(app: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return an app's URL map, in an order of its own."""
    return sorted(
        (rule.rule, rule.endpoint, tuple(sorted(rule.methods or ())))
        for rule in app.url_map.iter_rules()
    )
