"""JSON as the current application reads and writes it.

Within an application context each function here is the method of the same name of
`current_app.json`; outside, the standard library's with the types of
`provider.to_json_type` added.

Imports `globals` and `registrations`. What knows requests may import it: everything
from `wrappers` up.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from ..globals import current_app
from .provider import to_json_type

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

__all__ = ["dump", "dumps", "jsonify", "load", "loads"]


def dumps(obj: Any, **kwargs: Any) -> str:
    """Serialize a value to JSON text; `kwargs` go to the provider's `dumps`."""
    if current_app:
        text: str = current_app.json.dumps(obj, **kwargs)
        return text
    kwargs.setdefault("default", to_json_type)
    return json.dumps(obj, **kwargs)


def dump(obj: Any, fp: IO[str], **kwargs: Any) -> None:
    """Serialize a value into a text file."""
    if current_app:
        current_app.json.dump(obj, fp, **kwargs)
        return
    kwargs.setdefault("default", to_json_type)
    json.dump(obj, fp, **kwargs)


def loads(s: str | bytes, **kwargs: Any) -> Any:
    """Read JSON from text or UTF-8 bytes."""
    if current_app:
        return current_app.json.loads(s, **kwargs)
    return json.loads(s, **kwargs)


def load(fp: IO[Any], **kwargs: Any) -> Any:
    """Read JSON from a file of text or UTF-8 bytes."""
    if current_app:
        return current_app.json.load(fp, **kwargs)
    return json.load(fp, **kwargs)


def jsonify(*args: Any, **kwargs: Any) -> Response:
    """Make a JSON response of the current application.

    One positional value stands for itself, several for a list, keyword values for a
    dict, nothing for None. A dict or list that a view returns needs no call of this.

    Raises:
        TypeError: Both positional and keyword values were given.
        RuntimeError: There is no application context.
    """
    return current_app.json.response(*args, **kwargs)  # type: ignore[no-any-return]  # the app's response class
