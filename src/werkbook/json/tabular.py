"""Turn values of NumPy and pandas into what JSON has, where that is plain.

Arrays, scalars and Series become their `tolist()`, DataFrames a list of records. What
pandas calls missing is `null`: JSON has no NaN. Neither library is imported here: a
value of theirs can only exist when it was.
"""

from __future__ import annotations

from typing import Any

from .late_types import is_instance

UNKNOWN = object()
"""Returned for a value that is of neither library, or has no plain form in JSON."""

_MICROSECONDS = "datetime64[us]"


def from_tabular(value: Any) -> Any:
    """Return what JSON has for a value of NumPy or pandas, or `UNKNOWN`."""
    if is_instance(value, "numpy", "generic") or is_instance(value, "numpy", "ndarray"):
        return _from_numpy(value)
    if is_instance(value, "pandas", "DataFrame"):
        return _records(value)
    if _is_column(value):
        return [without_missing(item) for item in value.tolist()]
    return None if _is_missing(value) else UNKNOWN


def is_tabular(value: Any) -> bool:
    """Say whether a value of the two has rows: it is a list in JSON, no one number."""
    if is_instance(value, "numpy", "ndarray"):
        return bool(value.ndim)
    return is_instance(value, "pandas", "DataFrame") or _is_column(value)


def tabular_fix(value: Any) -> str:
    """Say what to type for a value of the two that has no plain form; else empty."""
    if is_instance(value, "pandas", "DataFrame"):
        return (
            "give each column a name of its own, one text for each, or return"
            ' frame.to_dict("tight").'
        )
    return ""


def without_missing(value: Any) -> Any:
    """Return a value of a column, None for one that is missing."""
    is_nan = isinstance(value, float) and value != value
    return None if is_nan or _is_missing(value) else value


def _from_numpy(value: Any) -> Any:
    kind = value.dtype.kind
    if kind == "M":  # nanoseconds would be bare numbers
        return value.astype(_MICROSECONDS).tolist()
    return UNKNOWN if kind in "mcV" else value.tolist()


def _records(frame: Any) -> Any:
    """Return a list with a dict for each row; `UNKNOWN` where names are not plain."""
    names = list(frame.columns)
    if any(isinstance(name, tuple) for name in names):
        return UNKNOWN
    texts = [name if isinstance(name, str) else str(name) for name in names]
    if len(set(texts)) != len(texts):
        return UNKNOWN
    columns = [
        [without_missing(item) for item in frame.iloc[:, place].tolist()]
        for place in range(len(texts))
    ]
    return [dict(zip(texts, row, strict=True)) for row in zip(*columns, strict=True)]


def _is_column(value: Any) -> bool:
    return any(
        is_instance(value, "pandas", name)
        for name in ("Series", "Index", "Categorical")
    )


def _is_missing(value: Any) -> bool:
    """Say whether a value is `pandas.NA`, or `NaT`, which is a date by its class."""
    kind = type(value)
    return kind.__name__ in ("NAType", "NaTType") and kind.__module__[:7] == "pandas."
