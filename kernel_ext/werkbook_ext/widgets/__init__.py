"""What all widgets share: how their code is joined, their comm, their colours.

It knows no widget and no app. Cards and the mini browser import it.
"""

from .esm import join_modules, style_source

__all__ = ["join_modules", "style_source"]
