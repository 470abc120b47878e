"""Templates (Jinja2): the environment, where they come from, compiling, rendering.

Imports what a request is made of (`globals`, `helpers`, `signals`, `registrations`,
`live`). `dispatch` and `app` may import it, late: Jinja2 is slow to import,
and an app that answers in JSON needs none of it.
"""

from __future__ import annotations

from .environment import Environment
from .loaders import DispatchingJinjaLoader
from .rendering import (
    render_template,
    render_template_string,
    stream_template,
    stream_template_string,
)

__all__ = [
    "DispatchingJinjaLoader",
    "Environment",
    "render_template",
    "render_template_string",
    "stream_template",
    "stream_template_string",
]
