"""Errors that explain, in debug mode, mistakes which are hard to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .errors import WerkbookError
from .globals import request_ctx
from .typing import Application

if TYPE_CHECKING:
    from jinja2.loaders import BaseLoader

    Attempt = tuple[
        BaseLoader, Any, tuple[str, str | None, Callable[[], bool] | None] | None
    ]
    """A loader, the app or blueprint that it belongs to, and what it found."""


class UnexpectedUnicodeError(AssertionError, UnicodeError):
    """Text came where bytes were expected, or bytes where text was."""


class DebugFilesKeyError(WerkbookError, KeyError, AssertionError):
    """A file was asked for, but the form was not sent in a way that carries files."""

    # KeyError shows the repr of its argument; the text of this error has lines.
    __str__ = WerkbookError.__str__

    def __init__(self, request: Any, key: str) -> None:
        sent = ", ".join(repr(name) for name in request.form.getlist(key))
        super().__init__(
            f"There is no file {key!r} in request.files.",
            why=f"the mimetype of the request is {request.mimetype!r} instead of "
            "'multipart/form-data', so that no file contents were transmitted"
            + (f". This was submitted: {sent}, a name alone." if sent else "."),
            fix='write enctype="multipart/form-data" in the form.',
        )


class FormDataRoutingRedirect(WerkbookError, AssertionError):
    """A redirect to the canonical URL would make the browser drop the form's data."""

    def __init__(self, request: Any) -> None:
        redirect: Any = request.routing_exception
        new_url = redirect.new_url
        is_slash = f"{request.base_url}/" == new_url.partition("?")[0]
        super().__init__(
            f"A request was sent to '{request.url}', but routing issued a redirect to "
            f"the canonical URL '{new_url}'.",
            why=(
                "the rule was defined with a trailing slash, and the URL has none; "
                if is_slash
                else ""
            )
            + "browsers drop form data when they follow such a redirect.",
            fix="send the request to the canonical URL, or use 307 or 308 for routing "
            "redirects. (This is an error in debug mode only.)",
        )


def attach_enctype_error_multidict(request: Any) -> None:
    """Make `request.files` say why a file is missing that the form names."""
    plain: Any = type(request.files)

    class ExplainingFiles(plain):  # type: ignore[misc]  # the class is the request's
        def __getitem__(self, key: str) -> Any:
            try:
                return super().__getitem__(key)
            except KeyError as error:
                if key not in request.form:
                    raise
                explained = DebugFilesKeyError(request, key)
                raise explained.with_traceback(error.__traceback__) from None

    ExplainingFiles.__name__ = plain.__name__
    ExplainingFiles.__module__ = plain.__module__
    request.files.__class__ = ExplainingFiles


def explain_template_loading_attempts(
    app: Application, template: str, attempts: Sequence[Attempt]
) -> None:
    """Log where a template was looked for (`EXPLAIN_TEMPLATE_LOADING`)."""
    lines = [f"Locating template {template!r}:"]
    for number, (loader, source, found) in enumerate(attempts, start=1):
        lines.append(f"{number:5}: trying loader of {_describe_source(source)}")
        lines += [f"       {line}" for line in _describe_loader(loader)]
        result = "no match" if found is None else f"found ({found[1] or '<string>'!r})"
        lines.append(f"       -> {result}")
    lines += _judge(sum(found is not None for _, _, found in attempts))
    app.logger.info("\n".join(lines))


def _describe_source(source: Any) -> str:
    if hasattr(source, "wsgi_app"):
        return f"application {source.import_name!r}"
    if hasattr(source, "import_name"):
        return f"blueprint {source.name!r} ({source.import_name})"
    return repr(source)


def _describe_loader(loader: BaseLoader) -> Iterator[str]:
    yield f"class: {type(loader).__module__}.{type(loader).__name__}"
    for key, value in sorted(vars(loader).items()):
        if key.startswith("_"):
            continue
        if isinstance(value, (tuple, list)):
            if all(isinstance(item, str) for item in value):
                yield f"{key}:"
                yield from (f"  - {item}" for item in value)
        elif isinstance(value, (str, int, float, bool)):
            yield f"{key}: {value!r}"


def _judge(found_count: int) -> Iterator[str]:
    if found_count == 1:
        return
    if found_count:
        yield "Warning: multiple loaders returned a match for the template."
    else:
        yield "Error: the template could not be found."
    blueprint = request_ctx.request.blueprint if request_ctx else None
    if blueprint is not None:
        yield (
            "  The template was looked up from an endpoint that belongs to the "
            f"blueprint {blueprint!r}."
        )
        yield "  Is the template in the blueprint's template_folder?"
        yield "  See https://flask.palletsprojects.com/blueprints/#templates"
