"""/docs and /openapi.json of the notebook's apps: what the kernel adds to them.

That are the exchanges that were recorded, with their secrets masked.
"""

from .docs_first import show_docs_first
from .masked_exchanges import describe_live, install, list_masked

__all__ = ["describe_live", "install", "list_masked", "show_docs_first"]
