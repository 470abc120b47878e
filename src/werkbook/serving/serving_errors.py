"""The errors of serving."""

from werkbook.errors import WerkbookError


class PortInUseError(WerkbookError, OSError):
    """The port that was asked for is taken."""


class AddressError(WerkbookError, OSError):
    """The host that was asked for is no address of this machine."""


class NotWsgiError(WerkbookError, TypeError):
    """What was handed in is no WSGI application."""


class NoServerError(WerkbookError, RuntimeError):
    """This Python has no threads or no sockets, as in the browser."""


class HeaderError(WerkbookError, ValueError):
    """An app's header is none that HTTP can carry."""
