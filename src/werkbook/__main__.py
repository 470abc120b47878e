"""`python -m werkbook` is the command `werkbook`."""

from __future__ import annotations

from .cli import main

if __name__ == "__main__":
    main()
