"""The errors of serving."""

from werkbook.errors import WerkbookError


class PortInUseError(WerkbookError, OSError):
    """The port that was asked for is taken."""


class AddressError(WerkbookError, OSError):
    """The host that was asked for is no address of this machine."""


class NotWsgiError(WerkbookError, TypeError):
    """What was handed in is no WSGI application, and none of ASGI either."""


class NoUvicornError(WerkbookError, ImportError):
    """An ASGI application is to be served, and uvicorn is not installed."""


class NoServerError(WerkbookError, RuntimeError):
    """This Python has no threads or no sockets, as in the browser."""


class HeaderError(WerkbookError, ValueError):
    """An app's header is none that HTTP can carry."""


class StatusError(WerkbookError, ValueError):
    """An app's status is none that an answer can have."""


class LimitsError(WerkbookError, ValueError):
    """A server's limit is no number that it can be, or there is none of its name."""


def no_threads() -> NoServerError:
    """Return the error for a process that may not have one more thread."""
    return NoServerError(
        "No thread can be started for the server.",
        why="the process has as many threads, or as much memory, as it may.",
        fix="raise the limit of the container (pids) or of the user (ulimit -u, -v), "
        "or restart the kernel.",
    )
