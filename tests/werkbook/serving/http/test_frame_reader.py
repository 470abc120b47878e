"""Following the frames of a WebSocket."""

from hypothesis import given
from hypothesis import strategies as st

from werkbook.serving.http.frame_reader import CLOSE, FrameReader, close_frame

TEXT, BINARY, MORE, PING = 1, 2, 0, 9


def frame(
    opcode: int, payload: bytes, *, is_masked: bool, is_last: bool = True
) -> bytes:
    """Write a frame as RFC 6455, 5.2 has it."""
    length = len(payload)
    mask_bit = 0x80 if is_masked else 0
    head = bytes([opcode | (0x80 if is_last else 0)])
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 65536:
        head += bytes([mask_bit | 126]) + length.to_bytes(2, "big")
    else:
        head += bytes([mask_bit | 127]) + length.to_bytes(8, "big")
    return head + (b"\0\0\0\0" if is_masked else b"") + payload


FRAMES = st.lists(
    st.tuples(
        st.sampled_from([TEXT, BINARY, PING]),
        st.sampled_from([0, 1, 5, 125, 126, 300, 65535, 65536]),
        st.booleans(),
    ),
    max_size=8,
)


@given(frames=FRAMES, size=st.integers(1, 70_000), is_closed=st.booleans())
def test_frames_are_followed_however_they_are_cut(
    frames: list[tuple[int, int, bool]], size: int, is_closed: bool
) -> None:
    data = b"".join(frame(kind, b"\x88" * n, is_masked=m) for kind, n, m in frames)
    data += close_frame(1000, "bye") if is_closed else b""
    reader, longest = FrameReader(), 0
    for start in range(0, len(data), size):
        longest = max(longest, reader.feed(data[start : start + size]))
    assert reader.has_close == is_closed
    assert longest == max([n for kind, n, _ in frames if kind != PING], default=0)


def test_message_in_parts_is_as_long_as_all_of_them() -> None:
    reader = FrameReader()
    reader.feed(frame(TEXT, b"a" * 100, is_masked=True, is_last=False))
    reader.feed(frame(PING, b"now and then", is_masked=True))
    assert reader.feed(frame(MORE, b"b" * 50, is_masked=True)) == 150
    assert reader.feed(frame(TEXT, b"c", is_masked=True)) == 1


def test_reason_of_a_close_frame_is_cut_at_a_whole_character() -> None:
    written = close_frame(1012, "é" * 100)
    assert written[:4] == bytes([0x80 | CLOSE, 2 + 122]) + (1012).to_bytes(2, "big")
    assert written[4:].decode() == "é" * 61
