"""Sessions: a dict that lasts from one request of a browser to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from werkzeug.datastructures import CallbackDict

from .errors import WerkbookError
from .json.tag import TaggedJSONSerializer

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

    from .signing import KeptSerializer
    from .wrappers import Request, Response


def lazy_sha1(string: bytes = b"") -> Any:
    """Make a SHA-1 hash; only a call needs one, as FIPS builds of Python have none."""
    return hashlib.sha1(string)


class NoSecretKeyError(WerkbookError, RuntimeError):
    """The session was to change, but the application has no secret key."""


class SessionMixin(MutableMapping[str, Any]):
    """What a session has beyond a dict; the base of custom sessions."""

    @property
    def permanent(self) -> bool:
        """Whether the session outlives the browser's, by `PERMANENT_SESSION_LIFETIME`.

        Kept in the session itself, as `_permanent`.
        """
        return self.get("_permanent", False)  # type: ignore[no-any-return]  # values have any type

    @permanent.setter
    def permanent(self, value: bool) -> None:
        self["_permanent"] = bool(value)

    new = False
    """Whether the session began with this request, where a session can know."""

    modified = True
    """Whether the session changed. A session that cannot know says that it did."""

    accessed = False
    """Whether this request looked at the session, by `session` or by the context."""


def _mark_modified(session: SecureCookieSession) -> None:
    session.modified = True


class SecureCookieSession(CallbackDict[str, Any], SessionMixin):
    """A session kept in a signed cookie.

    Args:
        initial: The values that the cookie had.
    """

    modified = False
    """Whether a key was set or deleted. A change inside a value is not seen: set this
    to True after one, or the cookie is not written."""

    def __init__(self, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(initial, _mark_modified)


class NullSession(SecureCookieSession):
    """The session where there is none: can be read, is empty, and refuses changes."""

    def _fail(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NoSecretKeyError(
            "The session is unavailable because no secret key was set.",
            why="the session's cookie is signed with the application's secret key.",
            fix='write app.secret_key = "..." with a random text; '
            "python -c 'import secrets; print(secrets.token_hex())' prints one.",
        )

    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = _fail
    __ior__ = _fail
    del _fail


class SessionInterface:
    """Where sessions come from and go; the base of custom ones.

    A subclass gives `open_session` and `save_session`, and is put to use by
    `app.session_interface = MyInterface()`. Its sessions are dicts with `SessionMixin`.
    Requests of one browser may run at the same time: nothing orders the opening and
    saving of their sessions.
    """

    null_session_class: type[NullSession] = NullSession
    """The session for when `open_session` returns None."""

    pickle_based = False
    """Whether sessions are pickled; extensions ask."""

    def make_null_session(self, app: Any) -> NullSession:
        """Make the session for when `open_session` returns None."""
        return self.null_session_class()

    def is_null_session(self, obj: object) -> bool:
        """Say whether a session is one that is never saved."""
        return isinstance(obj, self.null_session_class)

    def get_cookie_name(self, app: Any) -> str:
        """Return the cookie's name: `SESSION_COOKIE_NAME`."""
        return app.config["SESSION_COOKIE_NAME"]  # type: ignore[no-any-return]  # config

    def get_cookie_domain(self, app: Any) -> str | None:
        """Return the cookie's domain: `SESSION_COOKIE_DOMAIN`.

        None: the browser sends it to the very host that set it.
        """
        return app.config["SESSION_COOKIE_DOMAIN"]  # type: ignore[no-any-return]  # config

    def get_cookie_path(self, app: Any) -> str:
        """Return the cookie's path: `SESSION_COOKIE_PATH` or `APPLICATION_ROOT`."""
        config = app.config
        return config["SESSION_COOKIE_PATH"] or config["APPLICATION_ROOT"]  # type: ignore[no-any-return]  # config

    def get_cookie_httponly(self, app: Any) -> bool:
        """Say whether scripts cannot see the cookie: `SESSION_COOKIE_HTTPONLY`."""
        return app.config["SESSION_COOKIE_HTTPONLY"]  # type: ignore[no-any-return]  # config

    def get_cookie_secure(self, app: Any) -> bool:
        """Say whether the cookie needs HTTPS: `SESSION_COOKIE_SECURE`."""
        return app.config["SESSION_COOKIE_SECURE"]  # type: ignore[no-any-return]  # config

    def get_cookie_samesite(self, app: Any) -> str | None:
        """Return `Strict`, `Lax` or None: `SESSION_COOKIE_SAMESITE`."""
        return app.config["SESSION_COOKIE_SAMESITE"]  # type: ignore[no-any-return]  # config

    def get_cookie_partitioned(self, app: Any) -> bool:
        """Say whether the cookie is partitioned: `SESSION_COOKIE_PARTITIONED`."""
        return app.config["SESSION_COOKIE_PARTITIONED"]  # type: ignore[no-any-return]  # config

    def get_expiration_time(self, app: Any, session: SessionMixin) -> datetime | None:
        """Return when the cookie expires; None: with the browser's session."""
        if session.permanent:
            lifetime: timedelta = app.permanent_session_lifetime
            return datetime.now(UTC) + lifetime
        return None

    def should_set_cookie(self, app: Any, session: SessionMixin) -> bool:
        """Say whether the response sets the cookie.

        It does when the session changed, and always for a permanent session under
        `SESSION_REFRESH_EACH_REQUEST`.
        """
        return session.modified or (
            session.permanent and app.config["SESSION_REFRESH_EACH_REQUEST"]
        )

    def open_session(self, app: Any, request: Request) -> SessionMixin | None:
        """Return the session of a request; None: make a null session.

        The request context is there, the URL is not matched yet.
        """
        raise NotImplementedError

    def save_session(self, app: Any, session: SessionMixin, response: Response) -> None:
        """Keep a session for the next request; null sessions do not come here."""
        raise NotImplementedError


session_json_serializer = TaggedJSONSerializer()


class SecureCookieSessionInterface(SessionInterface):
    """Sessions in cookies that are signed (itsdangerous), so that all can read them
    but none can change them.
    """  # noqa: D205 - one sentence

    salt = "cookie-session"
    """Sets these signatures apart from others made with the same secret key."""

    digest_method: Callable[..., Any] = staticmethod(lazy_sha1)
    """The hash function of the signature."""

    key_derivation = "hmac"
    """How the signing key comes from the secret key, in itsdangerous' terms."""

    serializer: Any = session_json_serializer
    """Turns a dict into text and back."""

    session_class: type[SecureCookieSession] = SecureCookieSession
    """The class of the sessions."""

    _kept: tuple[tuple[Any, ...], KeptSerializer] | None = None

    def get_signing_serializer(self, app: Any) -> URLSafeTimedSerializer | None:
        """Return what signs and verifies; None without a secret key.

        Keys in `SECRET_KEY_FALLBACKS` verify, but do not sign. The same object is
        returned as long as the keys and the attributes of this class stay the same.
        """
        if not app.secret_key:
            return None
        # itsdangerous signs with the last key.
        keys = [*(app.config["SECRET_KEY_FALLBACKS"] or ()), app.secret_key]
        signer: dict[str, Any] = {
            "key_derivation": self.key_derivation,
            "digest_method": self.digest_method,
        }
        if self.digest_method is lazy_sha1:
            signer["openssl_name"] = "sha1"
        settings = (keys, self.salt, self.serializer, signer)
        kept = self._kept
        if kept is None or kept[0] != settings:
            from .signing import KeptSerializer  # start-up time

            made = KeptSerializer(
                keys, salt=self.salt, serializer=self.serializer, signer_kwargs=signer
            )
            kept = self._kept = (settings, made)
        return kept[1]

    def open_session(self, app: Any, request: Request) -> SecureCookieSession | None:
        """Return the session of the request's cookie.

        A cookie that is forged, damaged or too old gives an empty session.
        """
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        value = request.cookies.get(self.get_cookie_name(app))
        if not value:
            return self.session_class()
        from itsdangerous import BadSignature  # start-up time

        max_age_s = int(app.permanent_session_lifetime.total_seconds())
        try:
            return self.session_class(serializer.loads(value, max_age=max_age_s))
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Any, session: SessionMixin, response: Response) -> None:
        """Set or delete the response's cookie, where the session asks for it."""
        if session.accessed:
            _vary_on_cookie(response)
        if not session:
            if session.modified:
                response.delete_cookie(
                    self.get_cookie_name(app), **self._cookie_settings(app)
                )
                _vary_on_cookie(response)
            return
        if not self.should_set_cookie(app, session):
            return
        expires = self.get_expiration_time(app, session)
        serializer = self.get_signing_serializer(app)
        response.set_cookie(
            self.get_cookie_name(app),
            serializer.dumps(dict(session)),  # type: ignore[union-attr]  # it opened the session
            expires=expires,
            **self._cookie_settings(app),
        )
        _vary_on_cookie(response)

    def _cookie_settings(self, app: Any) -> dict[str, Any]:
        return {
            "domain": self.get_cookie_domain(app),
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "partitioned": self.get_cookie_partitioned(app),
            "samesite": self.get_cookie_samesite(app),
            "httponly": self.get_cookie_httponly(app),
        }


def _vary_on_cookie(response: Response) -> None:
    headers = response.headers
    # Parsing and writing a set again is slow; there mostly is no such header yet.
    vary = headers.get("Vary")
    if vary is None:
        headers["Vary"] = "Cookie"
    elif vary != "Cookie":
        response.vary.add("Cookie")
