"""The npm builds of JavaScript libraries, fetched once and checked."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import tempfile
import urllib.request
from pathlib import Path

REGISTRY = "https://registry.npmjs.org"
CACHE = Path(tempfile.gettempdir()) / "werkbook-npm"


def npm_file(package: str, version: str, path: str) -> Path:
    """Return a file of a package, such as `dist/htmx.min.js` of `htmx.org`."""
    place = CACHE / f"{package.replace('/', '_')}-{version}" / path
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_fetch(package, version, path))
    return place


def _fetch(package: str, version: str, path: str) -> bytes:
    with urllib.request.urlopen(f"{REGISTRY}/{package}/{version}", timeout=60) as reply:
        dist = json.load(reply)["dist"]
    with urllib.request.urlopen(dist["tarball"], timeout=60) as reply:
        archive = reply.read()
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    assert dist["integrity"] == f"sha512-{digest}", f"{package} arrived broken"
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        file = packed.extractfile(f"package/{path}")
        assert file is not None
        return file.read()
