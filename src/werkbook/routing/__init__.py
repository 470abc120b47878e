"""Rules: their variables, the URL map, matching a path, building a URL.

Imports `registrations`, `globals` and Werkzeug. What knows requests may import it:
everything from `wrappers` up.
"""

from __future__ import annotations

from .rules import RuleError, UnknownConverterError
from .url_map import UrlMap

__all__ = ["RuleError", "UnknownConverterError", "UrlMap"]
