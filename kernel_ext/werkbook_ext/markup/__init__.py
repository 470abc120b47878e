"""What an app's HTML, CSS and scripts refer to, read in one pass.

Used by cards and by the mini browser. Whatever an app sends is read here in time that
grows with its length: each module reads from left to right and never goes back.
"""

from .references import StyleReference, in_css, in_module, joined
from .tags import Attribute, Tag, read_loose_tags, read_tags

__all__ = [
    "Attribute",
    "StyleReference",
    "Tag",
    "in_css",
    "in_module",
    "joined",
    "read_loose_tags",
    "read_tags",
]
