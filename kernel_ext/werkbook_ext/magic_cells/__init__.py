"""What `%%route` and `%%template` cells register, and the code they are made into.

It knows the notebook and no output: magics show what happened, errors of views are
explained with the help of `shadowing` and `cell_code`.
"""

from .cell_code import name_file, name_line
from .route_cells import app_to_try, register_route, requests_to_try
from .shadowing import assigned_names, shadowed_globals
from .template_cells import register_template, render_preview

__all__ = [
    "app_to_try",
    "assigned_names",
    "name_file",
    "name_line",
    "register_route",
    "register_template",
    "render_preview",
    "requests_to_try",
    "shadowed_globals",
]
