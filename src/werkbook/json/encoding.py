"""Encode JSON with the standard library, without building an encoder each time.

`json.dumps` with any option makes a new encoder for every call, which costs more than
encoding a small object. The encoders made here are kept, and give the same text. Faster
libraries (orjson, ujson) were weighed: they know neither `sort_keys` as Flask means it
nor the `default` of Flask's providers in the same way, and need a compiler.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from json import encoder as json_encoder
from typing import Any

from werkbook.system import this_system

Default = Callable[[Any], Any]
Encode = Callable[[Any], str]


def encode(
    value: Any,
    default: Default,
    ensure_ascii: bool,
    sort_keys: bool,
    separators: tuple[str, str] | None,
) -> str:
    """Serialize a value as `json.dumps` does with the same arguments.

    Raises:
        TypeError: `default` does not know the value, or keys cannot be sorted.
        ValueError: The value contains itself.
    """
    options = {
        "ensure_ascii": ensure_ascii,
        "sort_keys": sort_keys,
        "separators": separators,
    }
    try:
        encoder = _encoder(default, ensure_ascii, sort_keys, separators)
    except TypeError:
        # `default` or the separators have no hash: no encoder can be kept for them.
        return json.dumps(value, default=default, **options)  # type: ignore[arg-type]  # **dict
    try:
        return encoder(value)
    except RecursionError:
        # The kept encoder does not look for circles (it would have to remember
        # objects between threads); this finds the circle and says so.
        return json.dumps(value, default=default, **options)  # type: ignore[arg-type]  # **dict


@lru_cache(maxsize=64)
def _encoder(
    default: Default,
    ensure_ascii: bool,
    sort_keys: bool,
    separators: tuple[str, str] | None,
) -> Encode:
    item_separator, key_separator = separators or (", ", ": ")
    make: Any = getattr(json_encoder, "c_make_encoder", None)
    # On a bare system a circle would fill the C stack, which ends Python there.
    if make is None or not this_system().has_threads:
        return json.JSONEncoder(
            default=default,
            ensure_ascii=ensure_ascii,
            sort_keys=sort_keys,
            separators=(item_separator, key_separator),
        ).encode
    escape = (
        json_encoder.encode_basestring_ascii
        if ensure_ascii
        else json_encoder.encode_basestring
    )
    chunks = make(
        None, default, escape, None, key_separator, item_separator, sort_keys, False,
        True,
    )  # fmt: skip
    join = "".join
    return lambda value: join(chunks(value, 0))
