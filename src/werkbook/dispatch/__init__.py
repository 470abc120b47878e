"""How a request is answered: from the WSGI environ to the response (law L5).

The snapshot is what an app's registrations come to. The lane answers from it in one
piece where it may (`conditions`), else the pipeline does through Flask's methods.

Imports `ctx`, `routing`, `scaffold`, `templating` and what is below those. `app` and
what stands above it may import it.
"""

from __future__ import annotations

from .pipeline import Pipeline
from .snapshot import Snapshot

__all__ = ["Pipeline", "Snapshot"]
