"""What a user's type checker sees; `test_typing` lets mypy check this file."""

from typing import assert_type

from werkbook import (
    App,
    Request,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    request,
    session,
)
from werkbook.ctx import AppGlobals
from werkbook.sessions import SecureCookieSession, SessionInterface, SessionMixin

app = App(__name__)


@app.get("/")
def index() -> Response:
    assert_type(request, Request)
    assert_type(request.blueprint, str | None)
    assert_type(session, SessionMixin)
    assert_type(g, AppGlobals)
    assert_type(current_app, App)
    assert_type(current_app.name, str)
    assert_type(make_response(""), Response)
    return jsonify(request.args)


class Sessions(SessionInterface):
    """A session interface may name the exact types of what it is given."""

    def open_session(self, app: App, request: Request) -> SessionMixin | None:
        return SecureCookieSession()

    def save_session(self, app: App, session: SessionMixin, response: Response) -> None:
        response.set_cookie("seen", app.name)
