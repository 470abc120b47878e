"""Read environment variables from files (python-dotenv, optional)."""

from __future__ import annotations

import os

import click

DEFAULT_FILES = (".flaskenv", ".env")
"""Looked for upwards from the current folder; the later one wins."""


def load_dotenv(
    path: str | os.PathLike[str] | None = None, load_defaults: bool = True
) -> bool:
    """Set environment variables from files, except those that are set already.

    Without python-dotenv nothing is done, and a hint is shown where a file is there.

    Args:
        path: A file whose values win over those of `.env` and `.flaskenv`.
        load_defaults: Read `.env` and `.flaskenv` too.

    Returns:
        Whether a variable was read.
    """
    try:
        import dotenv
    except ImportError:
        if path or any(os.path.isfile(name) for name in DEFAULT_FILES):
            click.secho(
                " * Tip: There are .env files present."
                " Install python-dotenv to use them: pip install werkbook[dotenv]",
                fg="yellow",
                err=True,
            )
        return False
    files: list[str | os.PathLike[str]] = []
    if load_defaults:
        files += [dotenv.find_dotenv(name, usecwd=True) for name in DEFAULT_FILES]
    if path is not None:
        files.append(path)
    values: dict[str, str | None] = {}
    for file in files:
        if file and os.path.isfile(file):
            values |= dotenv.dotenv_values(file, encoding="utf-8")
    for name, value in values.items():
        if value is not None:
            os.environ.setdefault(name, value)
    return bool(values)
