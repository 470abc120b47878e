"""What `app.run()` of another framework's app does in a notebook: serve beside it.

Flask's `app.run()`, and what is built on it, end in Werkzeug's `run_simple`, which they
look up when they call it. It would keep the cell for ever, and the kernel with it; with
`debug=True` it would end the kernel (SystemExit).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug import serving as werkzeug_serving

from werkbook.typing import FrontEnd


def install(front_end: FrontEnd) -> Callable[[], None]:
    """Let `run_simple` start a server in the background; return what undoes that."""
    blocking = werkzeug_serving.run_simple

    def run_simple(
        hostname: str, port: int, application: WSGIApplication, *_: Any, **options: Any
    ) -> None:
        """Serve an app from background threads of this kernel, and return."""
        front_end.run(application, hostname, port, options)

    def undo() -> None:
        if werkzeug_serving.run_simple is run_simple:
            werkzeug_serving.run_simple = blocking

    werkzeug_serving.run_simple = run_simple
    return undo
