"""Recognise values of types whose modules are slow to import, or may not be there.

A value of such a type can only exist when its module was imported, so that looking
into `sys.modules` answers the question without importing anything.
"""

from __future__ import annotations

import sys
from typing import Any


def is_decimal(value: Any) -> bool:
    """Say whether a value is a `decimal.Decimal`."""
    return is_instance(value, "decimal", "Decimal")


def is_uuid(value: Any) -> bool:
    """Say whether a value is a `uuid.UUID`."""
    return is_instance(value, "uuid", "UUID")


def is_path(value: Any) -> bool:
    """Say whether a value is a path of `pathlib`."""
    return is_instance(value, "pathlib", "PurePath")


def is_instance(value: Any, module_name: str, class_name: str) -> bool:
    """Say whether a value is of a class whose module may not be imported."""
    module = sys.modules.get(module_name)
    cls = getattr(module, class_name, None)
    return cls is not None and isinstance(value, cls)
