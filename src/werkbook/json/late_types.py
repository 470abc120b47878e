"""Recognise values of types whose modules are slow to import.

A value of such a type can only exist when its module was imported, so that looking
into `sys.modules` answers the question without importing anything.
"""

from __future__ import annotations

import sys
from typing import Any


def is_decimal(value: Any) -> bool:
    """Say whether a value is a `decimal.Decimal`."""
    return _is_instance(value, "decimal", "Decimal")


def is_uuid(value: Any) -> bool:
    """Say whether a value is a `uuid.UUID`."""
    return _is_instance(value, "uuid", "UUID")


def _is_instance(value: Any, module_name: str, class_name: str) -> bool:
    module = sys.modules.get(module_name)
    cls = getattr(module, class_name, None)
    return cls is not None and isinstance(value, cls)
