"""The mini browser: the live app in a sandboxed frame, without a network path to it."""

from .browsers import browse
from .magic import MAGICS

__all__ = ["MAGICS", "browse"]
