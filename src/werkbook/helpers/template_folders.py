"""What loads the templates of an app's or a blueprint's own folder.

It is worked out once. Where a cell says another folder, it is worked out anew.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import BaseLoader


def make_loader(scaffold: Any) -> BaseLoader | None:
    """Make what loads the templates of an app or a blueprint; None without a folder."""
    folder = _join_folder(scaffold.root_path, scaffold.template_folder)
    if folder is None:
        return None
    from jinja2 import FileSystemLoader  # start-up time

    made = scaffold.__dict__["_made_loader"] = FileSystemLoader(folder)
    return made


def forget_old_loader(scaffold: Any) -> bool:
    """Forget what loads templates if it is of another folder than the present one.

    Returns:
        Whether it was forgotten. What somebody else set is not.
    """
    held = scaffold.__dict__
    if "jinja_loader" not in held or "jinja_loader" in scaffold._attributes._claims:
        return False
    known = held["jinja_loader"]
    if known is not None and known is not held.get("_made_loader"):
        return False
    # Of what holds for requests, also in the midst of the cell that says it anew.
    folder = _join_folder(held.get("root_path", ""), held.get("template_folder"))
    if folder == (None if known is None else known.searchpath[0]):
        return False
    del held["jinja_loader"]
    return True


def _join_folder(root_path: str, folder: str | os.PathLike[str] | None) -> str | None:
    return None if folder is None else os.path.join(root_path, folder)
