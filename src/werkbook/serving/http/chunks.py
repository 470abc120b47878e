"""A body in chunks (RFC 9112 7.1), put together.

In place of waitress's own receiver: that one takes a line of any length before it
looks at it, in quadratic time, and lets odd lines pass that other servers refuse.
"""

import re
from typing import Any

from waitress.utilities import BadRequest  # type: ignore[import-untyped]  # has none

MAX_LINE_BYTES = 4096
MAX_TRAILER_BYTES = 16 * 1024
MAX_SIZE_DIGITS = 16
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"'
_SIZE_LINE = re.compile(
    rb"([0-9A-Fa-f]{1,%d})(?:;%b(?:=(?:%b|%b))?)*"
    % (MAX_SIZE_DIGITS, _TOKEN, _TOKEN, _QUOTED)
)
_TRAILER_LINE = re.compile(rb"(?P<name>%b):[\t \x21-\x7e\x80-\xff]*" % _TOKEN)
# What frames or routes a message never comes after it (RFC 9110 6.5.1).
_NEVER_TRAILERS = frozenset((b"content-length", b"transfer-encoding", b"host"))


class ChunkedBody:
    """Takes a body's bytes as they come; what waitress's parser expects of one.

    Args:
        buffer: Where the body goes: in memory, a file when it is large.
    """

    def __init__(self, buffer: Any):
        self._buffer = buffer
        self._line = b""
        self._left_bytes = 0  # of the chunk that comes
        self._trailer_bytes = 0
        self._step = self._read_size
        self.completed = False
        self.error: BadRequest | None = None

    def __len__(self) -> int:
        length: int = self._buffer.__len__()
        return length

    def received(self, data: bytes) -> int:
        """Take in data; return how much of it was the body's."""
        at = 0
        while at < len(data) and not self.completed and self.error is None:
            at = self._step(data, at)
        return at

    def getfile(self) -> Any:
        """Return the body as a file."""
        return self._buffer.getfile()

    def getbuf(self) -> Any:
        """Return the buffer."""
        return self._buffer

    def _read_line(self, data: bytes, at: int) -> tuple[bytes | None, int]:
        """Return a whole line, or None where more of it is to come."""
        end = data.find(b"\n", at, at + MAX_LINE_BYTES)
        stop = min(len(data), at + MAX_LINE_BYTES) if end < 0 else end + 1
        self._line += data[at:stop]
        if end < 0 and len(self._line) < MAX_LINE_BYTES:
            return None, stop
        line, self._line = self._line, b""
        if len(line) > MAX_LINE_BYTES or not line.endswith(b"\r\n"):
            self._refuse("A line between chunks is too long or has a bare LF")
            return None, stop
        return line[:-2], stop

    def _read_size(self, data: bytes, at: int) -> int:
        line, at = self._read_line(data, at)
        if line is not None:
            found = _SIZE_LINE.fullmatch(line)
            if found is None:
                self._refuse("Invalid chunk size or extension")
                return at
            self._left_bytes = int(found[1], 16)
            self._step = self._read_chunk if self._left_bytes else self._read_trailer
        return at

    def _read_chunk(self, data: bytes, at: int) -> int:
        piece = data[at : at + self._left_bytes]
        self._buffer.append(piece)
        self._left_bytes -= len(piece)
        if not self._left_bytes:
            self._step = self._read_end
        return at + len(piece)

    def _read_end(self, data: bytes, at: int) -> int:
        line, at = self._read_line(data, at)
        if line:
            self._refuse("Chunk not properly terminated")
        elif line is not None:
            self._step = self._read_size
        return at

    def _read_trailer(self, data: bytes, at: int) -> int:
        line, at = self._read_line(data, at)
        if line is None:
            return at
        self._trailer_bytes += len(line)
        found = _TRAILER_LINE.fullmatch(line)
        if not line:
            self.completed = True
        elif found is None or found["name"].lower() in _NEVER_TRAILERS:
            self._refuse("Invalid trailer")
        elif self._trailer_bytes > MAX_TRAILER_BYTES:
            self._refuse("The trailer is too long")
        return at

    def _refuse(self, problem: str) -> None:
        self.error = BadRequest(problem)
