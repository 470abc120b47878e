"""A view function's value that is JSON already."""

from __future__ import annotations


class EncodedJson:
    """A body in JSON, made by a return annotation.

    Args:
        data: The body.
    """

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data
