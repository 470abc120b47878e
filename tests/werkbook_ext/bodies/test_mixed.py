"""Bodies whose parts replace each other."""

import pytest

from werkbook_ext.bodies.body import Body
from werkbook_ext.bodies.mixed import last_part

TYPE = "multipart/x-mixed-replace; boundary=frame"


def part(content: bytes, line_end: bytes = b"\r\n") -> bytes:
    head = b"--frame" + line_end + b"Content-Type: image/png" + line_end * 2
    return head + content + line_end


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_last_whole_part_stands_for_the_body(line_end: bytes) -> None:
    content = b"".join(part(one, line_end) for one in (b"1", b"2\r\n2", b"not whole"))
    assert last_part(Body(content, TYPE)) == Body(b"2\r\n2", "image/png")


def test_end_makes_the_last_part_whole() -> None:
    body = Body(part(b"1") + part(b"2") + b"--frame--\r\n", TYPE)
    assert last_part(body).content == b"2"


@pytest.mark.parametrize(
    "body",
    [
        Body(part(b"1"), TYPE),
        Body(b"no parts", TYPE),
        Body(part(b"1") * 2, "multipart/x-mixed-replace"),
        Body(part(b"1") * 2, "multipart/mixed; boundary=frame"),
    ],
)
def test_other_bodies_stay_as_they_are(body: Body) -> None:
    assert last_part(body) is body
