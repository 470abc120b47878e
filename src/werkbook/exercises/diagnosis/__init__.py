"""Names the mistake behind a check that does not hold, where it is a known one.

Each module looks at one part of an app: the rules, the view, what was sent, the
session, the page, the database. A diagnosis is a function of a `Case`; the first that
finds something has the word, so the surest stand first.
"""

from .case import Case, Finding
from .diagnose import DIAGNOSES, diagnose

__all__ = ["DIAGNOSES", "Case", "Finding", "diagnose"]
