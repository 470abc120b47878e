"""The one thread from which mini browsers speak."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from werkbook_ext.widgets import sender as module
from werkbook_ext.widgets.sender import Sender


class Sink:
    """Takes messages, and can hold them up."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.threads: set[int | None] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.news = threading.Condition()

    def send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        self.gate.wait(10)
        json.dumps(content, ensure_ascii=False).encode()
        with self.news:
            self.got.append(content)
            self.threads.add(threading.current_thread().ident)
            self.news.notify_all()

    def wait(self, count: int) -> None:
        with self.news:
            assert self.news.wait_for(lambda: len(self.got) >= count, 10)


@pytest.fixture
def sender() -> Any:
    one = Sender()
    one.open()
    yield one
    one.close()


def test_one_thread_sends_all_in_order(sender: Sender) -> None:
    """However many threads speak, one sends: ipykernel makes a socket for each."""
    sink = Sink()

    def speak(start: int) -> None:
        for number in range(100):
            sender.put(sink.send, {"n": start + number}, [])

    threads = [threading.Thread(target=speak, args=[i * 100]) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.wait(800)
    assert len(sink.threads) == 1
    ours = [one["n"] for one in sink.got if one["n"] < 100]
    assert ours == list(range(100))


def test_who_speaks_waits_for_room(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be sent holds up who speaks, and not the memory."""
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    sink = Sink()
    sink.gate.clear()
    has_room = threading.Event()

    def speak() -> None:
        for _ in range(3):
            sender.put(sink.send, {}, [b"x" * 600])
        sender.wait_for_room()
        has_room.set()

    thread = threading.Thread(target=speak)
    thread.start()
    assert not has_room.wait(0.2)
    sink.gate.set()
    assert has_room.wait(10)
    thread.join()


def test_odd_text_is_sent_and_a_closed_channel_ends_nothing(
    sender: Sender, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a character in a page's storage, or a comm that has gone, stops nobody."""
    sink = Sink()

    def closed(content: dict[str, Any], buffers: list[bytes]) -> None:
        raise RuntimeError("the comm is closed")

    sender.put(sink.send, {"\ud800": ["\udfff"]}, [])
    sender.put(closed, {}, [])
    sender.put(sink.send, {"n": 1}, [])
    sink.wait(2)
    assert sink.got == [{"\\ud800": ["\\udfff"]}, {"n": 1}]
    assert "the comm is closed" in capsys.readouterr().err


def test_without_threads_it_sends_in_the_caller(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the browser's Python there are no threads."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    sink = Sink()
    sender.put(sink.send, {"n": 1}, [])
    assert sink.threads == {threading.current_thread().ident}
