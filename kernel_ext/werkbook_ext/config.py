"""The options of the extension: `%config Werkbook` and IPython's config files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets import (
    Bool,
    Dict,
    Enum,
    Float,
    Integer,
    List,
    TraitError,
    Unicode,
    validate,
)
from traitlets.config import Configurable

from werkbook.serving.http.limits import make_limits
from werkbook.serving.serving_errors import LimitsError


class Werkbook(Configurable):
    """How Werkbook behaves in this notebook.

    `%config Werkbook` lists the options, `%config Werkbook.port = 5000` sets one,
    and `c.Werkbook.port = 5000` in `ipython_config.py` sets it for every kernel.
    """

    app: str = Unicode(  # type: ignore[assignment]  # a trait, read as its value
        "app", help="The notebook name that magics look for without --app."
    ).tag(config=True)
    as_flask: bool = Bool(  # type: ignore[assignment]
        True,
        help="Let `import flask` give Werkbook where Flask was not imported before.",
    ).tag(config=True)
    announce: bool = Bool(  # type: ignore[assignment]
        True, help="Show one line for each rule that a cell registered."
    ).tag(config=True)
    try_get: bool = Bool(  # type: ignore[assignment]
        True, help="Let %%route try a GET rule without variables by itself."
    ).tag(config=True)
    host: str = Unicode(  # type: ignore[assignment]
        "127.0.0.1", help="The address that %serve binds."
    ).tag(config=True)
    port: int = Integer(  # type: ignore[assignment]
        0, min=0, max=65535, help="The port that %serve binds; 0 picks a free one."
    ).tag(config=True)
    token: bool | str = Enum(  # type: ignore[assignment]
        ["auto", True, False],
        "auto",
        help="Whether servers ask for the token that the shown link carries: 'auto'"
        " is where other people use this machine.",
    ).tag(config=True)
    allowed_hosts: list[str] = List(  # type: ignore[assignment]
        Unicode(), help="Host names that servers answer to, beside localhost's."
    ).tag(config=True)
    limits: dict[str, float] = Dict(  # type: ignore[assignment]
        help="What a client may ask of servers: {'body_bytes': 10_000_000}; those of"
        " werkbook.serving.Limits.",
    ).tag(config=True)
    check_origin: bool = Bool(  # type: ignore[assignment]
        False,
        help="Refuse what pages of other origins send with POST, PUT, PATCH, DELETE.",
    ).tag(config=True)
    language: str = Unicode(  # type: ignore[assignment]
        "", help="The language of exercises: 'de', 'es'; empty for English."
    ).tag(config=True)
    timeout_s: float = Float(  # type: ignore[assignment]
        5.0, min=0.0, help="Seconds that %serve waits for the socket."
    ).tag(config=True)

    @validate("limits")
    def _check_limits(self, proposal: Mapping[str, Any]) -> Any:
        try:
            make_limits(proposal["value"])
        except LimitsError as error:
            raise TraitError(f"Werkbook.limits: {error}") from error
        return proposal["value"]


def get_options(shell: InteractiveShell) -> Werkbook:
    """Return the options of a shell; the same object each time.

    Args:
        shell: The running IPython shell, whose configuration is read.
    """
    for configurable in shell.configurables:
        if isinstance(configurable, Werkbook):
            return configurable
    options: Any = Werkbook(parent=shell)
    shell.configurables.append(options)
    return options  # type: ignore[no-any-return]  # HasTraits.__new__ is untyped
