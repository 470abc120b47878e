"""Send files, from paths that are trusted and from those that are not."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

import werkzeug.utils
from werkzeug.exceptions import NotFound

from ..globals import current_app, request

if TYPE_CHECKING:
    from ..wrappers import Response


def send_file(
    path_or_file: os.PathLike[Any] | str | IO[bytes],
    mimetype: str | None = None,
    as_attachment: bool = False,
    download_name: str | None = None,
    conditional: bool = True,
    etag: bool | str = True,
    last_modified: datetime | int | float | None = None,
    max_age: int | Callable[[str | None], int | None] | None = None,
) -> Response:
    """Send a file to the client.

    The path must not come from a user: `send_from_directory` is for such paths. By
    `USE_X_SENDFILE` the server in front sends the file.

    Args:
        path_or_file: A path, relative to `app.root_path`; or a file open for reading
            bytes, which is sent from where it stands.
        mimetype: The type; None: told from the file's name.
        as_attachment: Offer the file for saving.
        download_name: The name to save it by; None: the file's own.
        conditional: Answer range and conditional requests.
        etag: Give the response an ETag, or the one that is given here.
        last_modified: When the file changed, in seconds since 1970 or as a datetime;
            None: told from the file.
        max_age: Seconds that the client may keep the file; None: what
            `app.get_send_file_max_age` says.

    Raises:
        ValueError: The file is open for text.
        TypeError: The file has no name and no mimetype is given.
        FileNotFoundError: There is no such file.
        RuntimeError: There is no request context.
    """
    return werkzeug.utils.send_file(  # type: ignore[return-value]  # the app's response class
        path_or_file,
        mimetype=mimetype,
        as_attachment=as_attachment,
        download_name=download_name,
        conditional=conditional,
        etag=etag,
        last_modified=last_modified,
        **_from_app(max_age),
    )


def send_from_directory(
    directory: os.PathLike[str] | str, path: os.PathLike[str] | str, **kwargs: Any
) -> Response:
    """Send a file out of a folder and never from elsewhere.

    Args:
        directory: The folder, relative to `app.root_path`; not to come from a user.
        path: The file, relative to the folder; may come from a user.
        kwargs: Those of `send_file`.

    Raises:
        NotFound: The path leads out of the folder, by links as well, or to no regular
            file.
        RuntimeError: There is no request context.
    """
    if _leads_out(os.path.join(current_app.root_path, directory), path):
        raise NotFound
    settings = {**kwargs, **_from_app(kwargs.get("max_age"))}
    return werkzeug.utils.send_from_directory(directory, path, **settings)  # type: ignore[return-value]  # the app's response class


def _leads_out(folder: str, path: os.PathLike[str] | str) -> bool:
    """Say whether symbolic links lead a file out of its folder."""
    try:
        real = os.path.realpath(os.path.join(folder, path))
    except ValueError:  # a NUL in it, which the caller answers
        return False
    root = os.path.realpath(folder)
    return not real.startswith(root.rstrip(os.sep) + os.sep)


def _from_app(max_age: Any) -> dict[str, Any]:
    return {
        "max_age": current_app.get_send_file_max_age if max_age is None else max_age,
        "environ": request.environ,
        "use_x_sendfile": current_app.config["USE_X_SENDFILE"],
        "response_class": current_app.response_class,
        "_root_path": current_app.root_path,
    }


def send_cell_file(data: bytes, filename: str) -> Response:
    """Send a static cell, with the type that its name says.

    Args:
        data: The cell's content.
        filename: Its path below the static URL.
    """
    return send_file(
        io.BytesIO(data),
        download_name=os.path.basename(filename),
        etag=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        max_age=0,
    )


def open_for_reading(path: str, mode: str, encoding: str | None) -> IO[Any]:
    """Open a file for reading.

    Raises:
        ValueError: The mode is not for reading.
    """
    if mode not in {"r", "rt", "rb"}:
        raise ValueError("Resources can only be opened for reading.")
    return open(path, mode, encoding=None if mode == "rb" else encoding)
