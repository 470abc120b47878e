"""A view function's value that is JSON already."""

from __future__ import annotations


class EncodedJson:
    """A body in JSON, made by a return annotation.

    Attributes:
        data: The body.
    """

    __slots__ = ("data",)

    data: bytes


def wrap_json(data: bytes) -> EncodedJson:
    """Return a body as JSON."""
    made = EncodedJson()  # without arguments, as a call of __init__ takes its time
    made.data = data
    return made
