"""The Origin check, which is an option: what foreign pages send."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from werkbook.serving import defaults


@pytest.fixture
def checking() -> Iterator[None]:
    defaults.check_origin = True
    yield
    defaults.check_origin = False


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {}, 200),
        ("POST", {"Origin": "http://{host}"}, 200),
        ("POST", {"Origin": "https://{host}"}, 200),
        ("POST", {"Origin": "http://evil.example"}, 403),
        ("DELETE", {"Origin": "null"}, 403),
        ("POST", {"Origin": "http://{host}.evil.example"}, 403),
        ("PUT", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("PUT", {"Sec-Fetch-Site": "same-origin"}, 200),
        ("GET", {"Origin": "http://evil.example"}, 200),
        ("OPTIONS", {"Origin": "http://evil.example"}, 200),
        (
            "POST",
            {"Origin": "https://hub.example", "X-Forwarded-Host": "hub.example"},
            200,
        ),
    ],
)
def test_what_pages_of_other_origins_send_is_refused(
    started: Any,
    app: Any,
    checking: None,
    method: str,
    headers: dict[str, str],
    status: int,
) -> None:
    server = started(app)
    host = server.url.removeprefix("http://")
    sent = {name: value.format(host=host) for name, value in headers.items()}
    response = requests.request(method, server.url, headers=sent, timeout=5)
    assert response.status_code == status


def test_refusal_says_how_to_let_the_page_in(
    started: Any, app: Any, checking: None
) -> None:
    headers = {"Origin": "http://evil.example"}
    response = requests.post(started(app).url, headers=headers, timeout=5)
    assert response.text == (
        "ForeignPageError: A page of 'http://evil.example' sent a request that can "
        "change something.\n"
        "  Why: the Origin check is on, and the page is none of this app's.\n"
        "  Fix: if the page is yours, run in the notebook: "
        "%config Werkbook.check_origin = False, and start the server anew.\n"
    )


def test_check_is_off_unless_it_is_asked_for(started: Any, app: Any) -> None:
    headers = {"Origin": "http://evil.example"}
    assert requests.post(started(app).url, headers=headers, timeout=5).ok
