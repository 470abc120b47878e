"""The application context: what `current_app` and `g` refer to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..globals import current_context
from ..signals import appcontext_popped, appcontext_pushed

if TYPE_CHECKING:
    from contextvars import Token


_UNSET: Any = object()


class PushedContext:
    """A context for a `with` block."""

    def push(self) -> None:
        """Make this the current context."""
        raise NotImplementedError

    def pop(self, exc: BaseException | None = None) -> None:
        """Leave this context."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.push()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.pop(exc_value)


def check_left(context: Any, current: Any) -> None:
    """Make sure that the context that was left was the current one.

    Raises:
        AssertionError: It was not; as Flask says it.
    """
    if current is not context:
        raise AssertionError(
            f"Popped wrong context. ({current!r} instead of {context!r})"
        )


class AppGlobals:
    """A namespace for one application context; `g` stands for it."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}",
            name=name,
            obj=self,
        )

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute, or the default when it is not set."""
        return self.__dict__.get(name, default)

    def pop(self, name: str, default: Any = _UNSET) -> Any:
        """Remove an attribute and return its value.

        Raises:
            KeyError: It is not set and no default was given.
        """
        if default is _UNSET:
            return self.__dict__.pop(name)
        return self.__dict__.pop(name, default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Return an attribute, after setting it to the default when it is not set."""
        return self.__dict__.setdefault(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.__dict__

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __repr__(self) -> str:
        from_context = current_context.get(None)
        if from_context is not None:
            return f"<flask.g of {from_context.app.name!r}>"
        return object.__repr__(self)


class AppContext(PushedContext):
    """What `current_app` and `g` refer to while it is pushed.

    Args:
        app: The application.
    """

    request_context: Any = None
    _snapshot: Any = None
    _url_adapter: Any = _UNSET
    _g: Any = None

    def __init__(self, app: Any) -> None:
        self.app = app
        self._tokens: list[tuple[Token[Any], Any]] = []

    @property
    def app_context(self) -> AppContext:
        """The application context in force: this one."""
        return self

    @property
    def g(self) -> Any:
        """The namespace of this context."""
        if self._g is None:
            self._g = self.app.app_ctx_globals_class()
        return self._g

    @g.setter
    def g(self, value: Any) -> None:
        self._g = value

    @property
    def url_adapter(self) -> Any:
        """What builds URLs; None outside a request when there is no `SERVER_NAME`."""
        if self._url_adapter is _UNSET:
            self._url_adapter = self.app.create_url_adapter(None)
        return self._url_adapter

    @url_adapter.setter
    def url_adapter(self, value: Any) -> None:
        self._url_adapter = value

    def push(self) -> None:
        """Make this the current context."""
        around = current_context.get(None)
        outer = self.request_context
        if around is not None:
            self.request_context = around.request_context
        self._tokens.append((current_context.set(self), outer))
        if appcontext_pushed.receivers:
            appcontext_pushed.send(self.app, _async_wrapper=self.app.ensure_sync)

    def pop(self, exc: BaseException | None = _UNSET) -> None:
        """Leave this context; the last time, run the teardown functions.

        Args:
            exc: What went wrong, for them; by default what is being handled.

        Raises:
            AssertionError: Another context is the current one.
        """
        try:
            if len(self._tokens) == 1:
                if exc is _UNSET:
                    exc = sys.exc_info()[1]
                self.app.do_teardown_appcontext(exc)
        finally:
            self._leave()
        if appcontext_popped.receivers:
            appcontext_popped.send(self.app, _async_wrapper=self.app.ensure_sync)

    def _leave(self) -> None:
        current = current_context.get(None)
        token, outer = self._tokens.pop()
        self.request_context = outer
        is_request = current is not None and current.request_context is current
        if is_request and current.app_context is self:
            # Flask keeps the two kinds of context on two stacks. So the request
            # context stays current, and what was current before this one becomes
            # current when the request context is popped.
            current._tokens[0] = (token, current._tokens[0][1])
            return
        current_context.reset(token)
        check_left(self, current)
