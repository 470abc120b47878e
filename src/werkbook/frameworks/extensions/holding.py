"""Which classes of extensions make live objects, and what those keep where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...signals import hold_signals
from ..kept import KeptDict, KeptList
from ..live_classes import Holder, Names, hold_class
from .containers import KeptPartly, KeptSet, OwnedQueue
from .rate_limits import limiter_names
from .sockets import socketio_names


def hold_extension(module: Any) -> list[type]:
    """Hold the objects of one of the modules of `CLASSES`."""
    name, names = CLASSES[module.__name__]
    holder = Holder(name, lambda _: {**PRIVATE, **names})
    return [hold_class(getattr(module, name), holder)]


def hold_blinker(module: Any) -> list[type]:
    """Hold the receivers of all signals of blinker's."""
    hold_signals()
    return []


class _EveryPrivateName(frozenset[str]):
    """Has all private names but Python's and those of live objects themselves."""

    def __contains__(self, name: object) -> bool:
        is_ours = str(name).startswith(("__", "_werkbook_", "_attributes"))
        return str(name).startswith("_") and not is_ours


PRIVATE: Names = {"_owned_names": _EveryPrivateName()}
"""Most extensions keep a function that they are told in a private attribute."""

CLASSES: Mapping[str, tuple[str, Names]] = {
    "flask_admin.base": (
        "Admin",
        {
            "_views": KeptPartly("admin_view"),
            "_menu": KeptPartly("admin_menu"),
            "_menu_links": KeptPartly("admin_link"),
            "_menu_categories": KeptDict("admin_category"),
        },
    ),
    "flask_assets": (
        "Environment",
        {"_named_bundles": KeptDict("bundle"), "_anon_bundles": KeptList("bundle")},
    ),
    "flask_httpauth": ("HTTPAuth", {}),
    "flask_jwt_extended.jwt_manager": ("JWTManager", {}),
    "flask_limiter._extension": ("Limiter", limiter_names()),
    "flask_login.login_manager": (
        "LoginManager",
        {"blueprint_login_views": KeptDict("login_view")},
    ),
    "flask_principal": (
        "Principal",
        {
            "identity_loaders": KeptList("identity_loader", OwnedQueue),
            "identity_savers": KeptList("identity_saver", OwnedQueue),
        },
    ),
    "flask_socketio": ("SocketIO", socketio_names()),
    "flask_wtf.csrf": (
        "CSRFProtect",
        {
            "_exempt_views": KeptSet("exempt_view"),
            "_exempt_blueprints": KeptSet("exempt_blueprint"),
        },
    ),
}
"""By module: the class, and what its live one has beyond private attributes."""
