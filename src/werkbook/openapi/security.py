"""How an API knows who asks: by the session's cookie, or by an Authorization header."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any

from ..routing.endpoints import name_blueprint
from ..typed.contract import Contract

_HEADER = {"type": "apiKey", "in": "header", "name": "Authorization"}


class SecuritySchemes:
    """The security schemes of one document.

    Attributes:
        used: Those that an operation names.
    """

    def __init__(self) -> None:
        self.used: dict[str, Any] = {}

    def find(
        self, app: Any, rule: Any, function: Any, contract: Contract | None
    ) -> list[dict[str, list[str]]]:
        """Return what an operation's requests may carry to say who asks.

        A session is never required: without its cookie there is an empty one.
        """
        found: list[dict[str, list[str]]] = []
        if contract is not None and any(
            one.place == "header" and one.alias == "Authorization"
            for one in contract.parameters
        ):
            self.used["authorization"] = _HEADER
            found.append({"authorization": []})
        blueprint = name_blueprint(rule.endpoint)
        hooks = app.before_request_funcs
        functions = [function, *hooks.get(None, ()), *hooks.get(blueprint, ())]
        if any(mentions_session(one) for one in functions):
            name = app.session_interface.get_cookie_name(app)
            self.used["session"] = {
                "type": "apiKey",
                "in": "cookie",
                "name": name,
                "description": "The session, which the app signs.",
            }
            found += [{"session": []}, {}]
        return found


def mentions_session(function: Any) -> bool:
    """Tell whether a function, or what it wraps, names the session."""
    while function is not None:
        code = getattr(inspect.unwrap(function, stop=_never), "__code__", None)
        if isinstance(code, CodeType) and "session" in _list_names(code):
            return True
        function = getattr(function, "__wrapped__", None)
    return False


def _never(_: Any) -> bool:
    return True


def _list_names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _list_names(constant)
