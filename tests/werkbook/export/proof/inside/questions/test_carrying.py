"""Values of answers that later requests send back."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from werkbook.export.proof.inside.questions.carrying import Carrier

TOKEN, OTHER = "ImE4YjI.aGVs-bG8_x", "ImZmZmY.Zm9v-YmFy_y"
FORM = '<form><input name="csrf_token" type="hidden" value="{}"><input name="name">'


def question(url: str = "/", body: str = "", **headers: str) -> dict[str, Any]:
    return {
        "method": "POST",
        "url": url,
        "headers": [[name, value] for name, value in headers.items()],
        "body": base64.b64encode(body.encode()).decode(),
    }


def asked_again(sent: dict[str, Any], recorded: str, now: str) -> dict[str, Any]:
    """Send a request after an answer that is another one than was recorded."""
    before, after = Carrier(), Carrier()
    before.note("nothing")
    before.note(recorded)
    after.note("nothing")
    after.note(now)
    return after.renew({**sent, "carried": before.find(sent)})


def body_of(sent: dict[str, Any]) -> str:
    return base64.b64decode(sent["body"]).decode()


def test_token_of_a_form_is_that_of_the_new_answer() -> None:
    """What else the request holds stays as it was."""
    sent = question(body=f"csrf_token={TOKEN}&name=Ada+Lovelace")
    found = asked_again(sent, FORM.format(TOKEN), FORM.format(OTHER))
    assert body_of(found) == f"csrf_token={OTHER}&name=Ada+Lovelace"


def test_bearer_token_in_a_header_is_renewed() -> None:
    """Of several tokens in one answer each finds its own place."""
    text = '{{"access_token": "{}", "refresh_token": "{}"}}'
    sent = question(Authorization=f"Bearer {OTHER}.b", Accept="text/html")
    found = asked_again(
        sent, text.format(TOKEN, f"{OTHER}.b"), text.format("abcdef.1", "abcdef.2")
    )
    assert found["headers"] == [
        ["Authorization", "Bearer abcdef.2"],
        ["Accept", "text/html"],
    ]


def test_id_in_a_path_is_renewed() -> None:
    """An item that was made is asked for by the id that it has now."""
    old, new = (
        "0b6c1f3e-9d1a-4f6e-8a51-2f1b7c9d0e11",
        "7f1e9a52-1111-4222-8333-44445555",
    )
    found = asked_again(
        question(f"/items/{old}?x=1"), f'{{"id": "{old}"}}', f'{{"id": "{new}"}}'
    )
    assert found["url"] == f"/items/{new}?x=1"


def test_value_with_signs_is_renewed_as_it_is_written() -> None:
    """A token with `=`, `+` and `/` is quoted in a form."""
    sent = question(body="token=ab%2Bcd%2Fefg%3D%3D")
    found = asked_again(sent, "token: ab+cd/efg==", "token: zz/yy+xxx==")
    assert body_of(found) == "token=zz%2Fyy%2Bxxx%3D%3D"


@pytest.mark.parametrize(
    "now", [FORM.format(TOKEN), "<h1>Not found</h1>", "", '<b value="">']
)
def test_request_stays_where_no_other_value_is_found(now: str) -> None:
    """The same answer, or none with such a place."""
    sent = question(body=f"csrf_token={TOKEN}")
    found = asked_again(sent, FORM.format(TOKEN), now)
    assert body_of(found) == f"csrf_token={TOKEN}"


def test_words_that_are_part_of_longer_ones_are_no_values() -> None:
    """`example` is not what an answer with `example_page` gave."""
    sent = question(body="name=example")
    found = asked_again(sent, "see example_page", "see another_page")
    assert body_of(found) == "name=example"


def test_last_answer_counts_where_several_have_a_value() -> None:
    """A page that is asked again has a token of its own."""
    carrier = Carrier()
    carrier.note(FORM.format(TOKEN))
    carrier.note(f"token={TOKEN}")
    [[number, value, before]] = carrier.find(question(body=f"csrf_token={TOKEN}"))
    assert (number, value, before) == (1, TOKEN, "token=")
