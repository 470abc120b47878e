"""Show a built site on this machine alone.

Usage: python tools/lite/serve.py FOLDER [--port N]
"""

from __future__ import annotations

import argparse
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers with files, silently; browsers ask for nothing twice without a reason."""

    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".ipynb": "application/json",
    }

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def make_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of the folder on loopback; port 0 picks a free one."""
    handler = partial(SiteHandler, directory=str(folder))
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    if not (given.folder / "notebooks" / "index.html").is_file():
        parser.error(f"{given.folder} holds no site; make lite builds one")
    with make_server(given.folder, given.port) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        print(f"werkbook: {address}/notebooks/index.html?path=00_tour.ipynb")
        print("werkbook: Ctrl-C ends it")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
