"""Following the frames of a WebSocket (RFC 6455, 5.2) without keeping them."""

CLOSE = 8
_EXTENDED_BYTES = {126: 2, 127: 8}
_MASK_BYTES = 4


class FrameReader:
    """Follows one direction of a connection, as its bytes pass by.

    What is no WebSocket's does no harm: nothing is decoded, and nothing refused here.

    Attributes:
        has_close: Whether the frame that closes it has passed.
        message_bytes: How long the message is, as far as its frames have begun.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self._left_bytes = 0
        self.has_close = False
        self.message_bytes = 0

    def feed(self, data: bytes) -> int:
        """Follow some more bytes.

        Returns:
            The length of the longest message that they belong to, so far as it is
            told.
        """
        position, longest = 0, 0
        while position < len(data):
            if self._left_bytes:
                skipped = min(self._left_bytes, len(data) - position)
                self._left_bytes -= skipped
                position += skipped
                continue
            missing = _head_bytes(self._head) - len(self._head)
            self._head += data[position : position + missing]
            position += missing
            if len(self._head) >= _head_bytes(self._head):
                self._begin(bytes(self._head))
                self._head.clear()
                longest = max(longest, self.message_bytes)
        return longest

    def _begin(self, head: bytes) -> None:
        """Note a frame whose head is whole."""
        opcode, length = head[0] & 0x0F, head[1] & 0x7F
        if extended := _EXTENDED_BYTES.get(length):
            length = int.from_bytes(head[2 : 2 + extended], "big")
        self._left_bytes = length
        if opcode >= CLOSE:  # a control frame, which may stand inside of a message
            self.has_close = self.has_close or opcode == CLOSE
            return
        self.message_bytes = length + (0 if opcode else self.message_bytes)


def _head_bytes(head: bytes | bytearray) -> int:
    """Return how long a frame's head is, as far as its beginning tells."""
    if len(head) < 2:
        return 2
    mask = _MASK_BYTES if head[1] & 0x80 else 0
    return 2 + _EXTENDED_BYTES.get(head[1] & 0x7F, 0) + mask


def close_frame(code: int, reason: str) -> bytes:
    """Return the frame by which a server closes (RFC 6455, 5.5.1)."""
    text = reason.encode()[:123].decode("utf-8", "ignore").encode()
    payload = code.to_bytes(2, "big") + text
    return bytes((0x80 | CLOSE, len(payload))) + payload
