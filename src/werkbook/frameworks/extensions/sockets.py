"""What a `SocketIO` is told: its server is another one when its cell runs again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...registrations.dicts import OwnedDict
from ..kept import HOME, KeptDict, KeptList
from ..live_classes import Names


class _Namespaces(dict[str, Any]):
    """What a Socket.IO server calls: by namespace and by the event's name."""

    def __init__(self, home: Any) -> None:
        super().__init__()
        self._home = home

    def __setitem__(self, namespace: str, handlers: Mapping[str, Any]) -> None:
        if namespace not in self:
            held = OwnedDict("socket_handler", self._home)
            super().__setitem__(namespace, held)
        self[namespace].update(handlers)


class _KeptServer:
    """The attribute `server`: the next one has the handlers of the one before."""

    def __get__(self, target: Any, cls: type) -> Any:
        return self if target is None else target.__dict__.get("server")

    def __set__(self, target: Any, server: Any) -> None:
        target.__dict__["server"] = server
        if server is None:
            return
        told = target.__dict__.get("_werkbook_told")
        if told is None:
            home = target.__dict__[HOME]
            told = _Namespaces(home), OwnedDict("socket_namespace", home)
            target.__dict__["_werkbook_told"] = told
        for name, held in zip(("handlers", "namespace_handlers"), told, strict=True):
            for key, value in getattr(server, name).items():
                held[key] = value
            setattr(server, name, held)

    def adopt(self, target: Any) -> None:
        """Hold the handlers that there are, owned by nobody."""
        self.__set__(target, target.__dict__.get("server"))


def socketio_names() -> Names:
    """Return what the live class of a `SocketIO` has beyond private attributes."""
    return {
        "handlers": KeptList("socket_handler"),
        "namespace_handlers": KeptList("socket_namespace"),
        "exception_handlers": KeptDict("socket_error_handler"),
        "server": _KeptServer(),
    }
