"""Pages that a notebook's apps have without a rule: /docs and /openapi.json.

They are answered where no rule matches, so a rule of the user's always comes first, and
no URL map has them. Nothing is answered unless a front end says by what.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KIT_PATHS = frozenset(
    {
        "/openapi.json",
        "/docs",
        "/docs/swagger-ui.css",
        "/docs/swagger-ui-bundle.js",
    }
)
"""The paths of all kit pages."""


class KitPages:
    """What answers for the kit where an app has no rule.

    Attributes:
        answer: Gets the app and the path, and returns what a view function returns.
    """

    answer: Callable[[Any, str], Any] | None = None

    def may_answer(self, path: str, method: str) -> bool:
        """Tell whether a request that no rule matches is one for the kit."""
        return (
            self.answer is not None and path in KIT_PATHS and method in ("GET", "HEAD")
        )

    def make_page(self, app: Any, path: str) -> Any:
        """Return what is sent for a path that `may_answer` let through."""
        return None if self.answer is None else self.answer(app, path)


kit_pages = KitPages()
"""The kit pages of this process."""
