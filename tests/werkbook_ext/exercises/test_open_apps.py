"""ASGI apps as exercises ask them: their lifespan, what hangs, their server."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import PlainTextResponse

from werkbook import serving
from werkbook.exercises.checking import Progress, check_exercise
from werkbook.exercises.reading import read_exercise_cell
from werkbook.exercises.workplace import Workplace
from werkbook.system import chosen
from werkbook.system.bare import BareSystem
from werkbook_ext.exercises.open_apps import open_app
from werkbook_ext.exercises.told_rules import tell_rules


def check(app: Any, *lines: str, timeout_s: float = 20) -> Progress:
    """Check an app by the lines of an exercise."""
    text = "\n".join((f"%%exercise one --timeout {timeout_s}", "Do it.", "", *lines))
    exercise = read_exercise_cell(text)
    assert exercise is not None
    rules = tell_rules(app)
    return check_exercise(exercise, Workplace(app, opening=open_app, told_rules=rules))


def words(progress: Progress) -> list[str]:
    return [line.words for line in progress.lines]


class Said:
    """An app whose lifespan is noted, and where it ran."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.loops: set[int] = set()
        self.app = FastAPI(lifespan=self._live)

        @self.app.get("/loop")
        async def loop() -> str:
            self.loops.add(id(asyncio.get_running_loop()))
            return self.events[-1]

    @asynccontextmanager
    async def _live(self, app: FastAPI) -> AsyncIterator[None]:
        self.events.append("begins")
        self.loops.add(id(asyncio.get_running_loop()))
        yield
        self.events.append("ends")


def test_lifespan_lasts_for_one_exercise() -> None:
    """An app that is not served begins before the first request and ends after all."""
    said = Said()
    progress = check(said.app, *['GET /loop -> text has "begins"'] * 3)
    assert progress.is_done, words(progress)
    assert said.events == ["begins", "ends"]
    assert len(said.loops) == 1


def test_lifespan_does_not_begin_where_nothing_is_asked() -> None:
    """The rules can be looked at without the app."""
    said = Said()
    assert check(said.app, "rules -> has GET /loop").is_done
    assert said.events == []


def test_served_app_is_asked_in_its_servers_loop() -> None:
    """Its lifespan goes on, and what it has made can be used."""
    said = Said()
    server = serving.serve(said.app)
    try:
        progress = check(said.app, "GET /loop -> 200")
        assert progress.is_done, words(progress)
        assert said.events == ["begins"]
        assert len(said.loops) == 1
        assert len(server.exchanges) == 0
    finally:
        server.stop()


@pytest.mark.parametrize("is_served", [False, True])
@pytest.mark.parametrize("kind", ["busy", "waiting", "thread"])
def test_view_that_hangs_harms_no_other(kind: str, is_served: bool) -> None:
    """It is given up, its thread does not run on, and the next request is answered."""
    app = FastAPI()
    has_ended = threading.Event()

    def run_on() -> None:
        try:
            while True:
                time.sleep(0.001)
        finally:
            has_ended.set()

    @app.get("/busy")
    async def busy() -> None:
        run_on()

    @app.get("/waiting")
    async def waiting() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            has_ended.set()

    @app.get("/thread")
    def thread() -> None:
        run_on()

    @app.get("/well")
    async def well() -> int:
        return 1

    server = serving.serve(app) if is_served else None
    try:
        lines = (f"GET /{kind} -> 200", "GET /well -> 200")
        progress = check(app, *lines, timeout_s=1)
        first, second = progress.lines
        assert first.answer is not None
        assert first.answer.hangs
        assert second.is_done, second.words
        assert has_ended.wait(5)
    finally:
        if server is not None:
            server.stop()


def test_server_that_is_held_up_is_told() -> None:
    """Where a view holds up the app's server, each line says what to do about it."""
    app = FastAPI()
    may_go = threading.Event()

    async def wait() -> None:
        may_go.wait()

    server = serving.serve(app)
    try:
        held = server.run_asgi(wait())
        progress = check(app, "GET /docs -> 200")
        may_go.set()
        held.result()
        assert words(progress) == [
            "I asked for /docs and expected the status 200. The app's server is held "
            "up by a view that does not end: %serve stop."
        ]
        assert check(app, "GET /docs -> 200").is_done
    finally:
        may_go.set()
        server.stop()


def test_start_up_that_raises_is_told() -> None:
    """Each line says what the app's start-up raised."""

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        raise LookupError("no data here.")
        yield

    assert words(check(FastAPI(lifespan=live), "GET / -> 200", "GET /b -> 404")) == [
        "I asked for / and expected the status 200. The app's start-up raised "
        "LookupError: no data here.",
        "I asked for /b and expected the status 404. The app's start-up raised "
        "LookupError: no data here.",
    ]


@pytest.mark.parametrize("pause", [asyncio.sleep, time.sleep])
def test_start_up_that_hangs_is_told(pause: Any) -> None:
    """It is interrupted after the exercise's time, once for all lines."""

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        while True:
            waiting = pause(0.01)
            if waiting is not None:
                await waiting
        yield

    progress = check(FastAPI(lifespan=live), "GET / -> 200", timeout_s=0.5)
    assert words(progress) == [
        "I asked for / and expected the status 200. The app's start-up did not end in "
        "time."
    ]


def test_end_that_raises_changes_nothing() -> None:
    """What was asked before the app's end stays done."""

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        yield
        raise LookupError("too late")

    app = FastAPI(lifespan=live)
    assert check(app, "GET /docs -> 200").is_done


def test_background_task_is_done_before_the_next_request() -> None:
    """What a view leaves for later takes none of its answer's time."""
    app = FastAPI()
    done: list[str] = []

    async def later() -> None:
        await asyncio.sleep(0.4)
        done.append("sent")

    @app.get("/send")
    async def send(tasks: BackgroundTasks) -> None:
        tasks.add_task(later)

    @app.get("/done")
    async def tell() -> list[str]:
        return done

    lines = ("GET /send -> 200", 'GET /done -> json [0] == "sent"')
    progress = check(app, *lines)
    assert progress.is_done, words(progress)
    answer = progress.lines[0].answer
    assert answer is not None
    assert answer.duration_s < 0.4


def test_view_that_raises_is_told_with_what_it_printed() -> None:
    """Its exception and its output are those of its own request."""
    app = FastAPI()

    @app.get("/{word}", response_class=PlainTextResponse)
    async def show(word: str) -> str:
        print("asked for", word)
        raise KeyError(word)

    progress = check(app, "GET /one -> 200", "GET /two -> 500")
    first, second = (line.answer for line in progress.lines)
    assert first is not None
    assert second is not None
    assert (first.output, second.output) == ("asked for one\n", "asked for two\n")
    assert first.mishap is not None
    assert (first.mishap.kind, first.mishap.code) == (
        "KeyError",
        "raise KeyError(word)",
    )
    assert first.rule == "/{word}"


def test_no_asgi_app_is_asked_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no event loop can run, each line says so."""
    monkeypatch.setattr(chosen, "_system", BareSystem())
    assert words(check(FastAPI(), "GET / -> 200")) == [
        "I asked for / and expected the status 200. No ASGI app can be called in the "
        "browser's Python."
    ]


def test_rules_are_spelled_as_exercises_spell_them() -> None:
    """Variables stand in angle brackets, with the type that the view says."""
    app = FastAPI()

    @app.get("/items/{number}/{name}")
    def item(number: int, name: str) -> None: ...

    @app.post("/files/{place:path}")
    def put(place: str) -> None: ...

    assert tell_rules(app) == (
        ("/items/<int:number>/<name>", ("GET",)),
        ("/files/<path:place>", ("POST",)),
    )
