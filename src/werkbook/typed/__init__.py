"""Typed views: the hints of a view function say how a request is read (extra `typed`).

`parameters` decides where each parameter comes from, `arguments` reads it,
`return_values` makes the value into JSON; `contract` is all that the hints say,
compiled once, and `binding` calls the view function so. The guide is
`docs/reference/typed.md`.

Imports `globals`, `registrations`, `errors` and the variables of a rule. `dispatch` and
what stands above it may import it.
"""

from __future__ import annotations

from .markers import Body, Cookie, File, Form, Header, Path, Query
from .problems import FieldProblem, InvalidRequest, UnexpectedMediaType

__all__ = [
    "Body",
    "Cookie",
    "FieldProblem",
    "File",
    "Form",
    "Header",
    "InvalidRequest",
    "Path",
    "Query",
    "UnexpectedMediaType",
]
