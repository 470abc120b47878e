"""What a benchmark compares with, and what it says when that is missing."""

from __future__ import annotations

import importlib.util

DISTRIBUTIONS = {"fasthtml": "python-fasthtml"}
"""Where a distribution is not called as its module."""


def require(*modules: str) -> None:
    """End the benchmark with one clear message where a peer is not installed.

    Raises:
        SystemExit: A module is missing; the message names it and the command.
    """
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        names = " ".join(DISTRIBUTIONS.get(name, name) for name in missing)
        raise SystemExit(
            f"This benchmark compares with {', '.join(missing)}, not installed here.\n"
            "  Why: peers are no dependency of Werkbook.\n"
            f"  Fix: run 'make bench', or: python -m pip install {names}"
        )
