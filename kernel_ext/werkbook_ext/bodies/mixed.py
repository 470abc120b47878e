"""Bodies whose parts replace each other: `multipart/x-mixed-replace`."""

from __future__ import annotations

import re

from .body import Body

_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)", re.IGNORECASE)


def last_part(body: Body) -> Body:
    """Return the last part that has come whole; the body itself where there is none."""
    match = _BOUNDARY.search(body.content_type)
    if body.mimetype != "multipart/x-mixed-replace" or match is None:
        return body
    line = b"--" + match[1].strip().removeprefix("--").encode("latin-1", "replace")
    # What stands behind the last boundary has not come to its end.
    whole = body.content.split(line)[1:-1]
    parts = [part for part in map(_read_part, whole) if part is not None]
    return parts[-1] if parts else body


def _read_part(text: bytes) -> Body | None:
    parts = re.split(rb"\r?\n\r?\n", text.lstrip(b"\r\n"), maxsplit=1)
    if len(parts) < 2:
        return None
    lines = (line.partition(b":") for line in parts[0].splitlines())
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    content_type = headers.get(b"content-type", b"text/plain").decode("latin-1")
    ending = b"\r\n" if parts[1].endswith(b"\r\n") else b"\n"
    return Body(parts[1].removesuffix(ending), content_type)
