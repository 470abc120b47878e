"""The npm builds of JavaScript libraries, fetched once and checked, by npm itself."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

CACHE = Path(tempfile.gettempdir()) / "werkbook-npm"


def npm_file(package: str, version: str, path: str) -> Path:
    """Return a file of a package, such as `dist/htmx.min.js` of `htmx.org`."""
    place = CACHE / f"{package.replace('/', '_')}-{version}" / path
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_fetch(package, version, path))
    return place


def _fetch(package: str, version: str, path: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", f"{package}@{version}", "--silent"],
            cwd=folder,
            check=True,
            timeout=120,
            stdout=subprocess.DEVNULL,
        )
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            file = packed.extractfile(f"package/{path}")
            assert file is not None
            return file.read()
