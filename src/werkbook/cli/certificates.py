"""The types of the options of `run` that name certificates and lists of files."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import click
from werkzeug.utils import import_string

_FILE = click.Path(exists=True, dir_okay=False, resolve_path=True)


class CertParamType(click.ParamType):  # type: ignore[type-arg]  # not generic in click 8.1
    """A file, the word `adhoc`, or the import name of an `ssl.SSLContext`."""

    name = "path"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the absolute path, `"adhoc"`, or the SSL context."""
        if not _has_ssl():
            raise click.BadParameter(
                'Using "--cert" requires Python to be compiled with SSL support.',
                ctx,
                param,
            )
        try:
            return _FILE(value, param, ctx)
        except click.BadParameter:
            text = click.STRING(value, param, ctx).lower()
            if text == "adhoc":
                return _check_adhoc(param, ctx)
            found = import_string(text, silent=True)
            if _is_ssl_context(found):
                return found
            raise


def _has_ssl() -> bool:
    try:
        import ssl  # noqa: F401 - optional in builds of Python
    except ImportError:
        return False
    return True


def _is_ssl_context(value: Any) -> bool:
    if not _has_ssl():
        return False
    import ssl  # optional in builds of Python

    return isinstance(value, ssl.SSLContext)


def _check_adhoc(param: click.Parameter | None, ctx: click.Context | None) -> str:
    try:
        is_missing = importlib.util.find_spec("cryptography") is None
    except ValueError:
        # It was imported, but from no file.
        is_missing = False
    if is_missing:
        raise click.BadParameter(
            "Using ad-hoc certificates requires the cryptography library.", ctx, param
        )
    return "adhoc"


def validate_key(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Check `--key` against `--cert`, and put both into the parameter `cert`."""
    cert = ctx.params.get("cert")
    is_whole = cert == "adhoc" or _is_ssl_context(cert)
    if value is None:
        if cert and not is_whole:
            raise click.BadParameter('Required when using "--cert".', ctx, param)
    elif is_whole:
        kind = '"adhoc"' if cert == "adhoc" else "an SSLContext object"
        raise click.BadParameter(
            f'When "--cert" is {kind}, "--key" is not used.', ctx, param
        )
    elif not cert:
        raise click.BadParameter('"--cert" must also be specified.', ctx, param)
    else:
        ctx.params["cert"] = cert, value
    return value


class SeparatedPathType(click.Path):
    """Paths with the system's separator between them (`:`, on Windows `;`)."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the list of paths."""
        convert = super().convert
        return [convert(item, param, ctx) for item in self.split_envvar_value(value)]


SEPARATOR = os.path.pathsep
