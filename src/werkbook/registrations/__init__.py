"""Registrations: everything that an app was told, each with its owner.

An app keeps its rules, views, hooks, settings and attributes in the containers of this
folder, which read like dicts, lists and attributes. The ledger knows who owns what, and
carries out what a cell's run, its failure or its deletion means (laws L1 to L4 and L6).

Imports only `errors`. Everything that an app consists of may import it.
"""

from __future__ import annotations

from .ledger import Run
from .owners import Owner, current_owner
from .registration import Registration

__all__ = ["Owner", "Registration", "Run", "current_owner"]
