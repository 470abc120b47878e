"""Attributes whose value is imported when somebody asks for it.

Start-up time: Jinja2 alone is a fifth of what `import werkbook` would take, and an app
that answers in JSON never needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class LateAttribute:
    """A class attribute that stands for a name of another module.

    Args:
        module: The module, below this package.
        name: The name in it.
    """

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return getattr(import_module(f".{self.module}", __package__), self.name)
