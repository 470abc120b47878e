"""Blueprints, and their mounts on apps and on each other.

Imports `scaffold`, `live`, `registrations` and `routing`. `app` and what stands above
it may import it.
"""

from __future__ import annotations

from .blueprint import Blueprint
from .mounts import BlueprintSetupState

__all__ = ["Blueprint", "BlueprintSetupState"]
