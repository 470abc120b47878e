"""An app's OpenAPI document, always from the registrations that there are now.

`document` writes it from `operations`, `schemas`, `security` and what is `recorded`;
`pages` shows it at /docs and /openapi.json; `changes` compares two.
`docs/reference/openapi.md` is the guide.

Imports `typed`, `routing` and `live`. The exporter and the extension may import it.
"""

from __future__ import annotations

from .document import make_document
from .recorded import RecordedExchange

__all__ = ["RecordedExchange", "make_document"]
