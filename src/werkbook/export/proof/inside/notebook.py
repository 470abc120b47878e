"""The clean process of a notebook: all cells in order, then its own app is asked.

Where cells ask the app themselves, the notebook runs twice: the first run notes what
they ask and what they get; in the second they get the same from memory, so that the
app is asked in the state that the cells alone give it, which is the exported file's.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from contextvars import Context
from functools import partial
from importlib import import_module
from typing import Any

from .app_file import rules_asked
from .cell_requests import Recorded, Recorder
from .channel import Channel, leave
from .gateway_run import GatewayApp
from .hooks import Change, ImportHook, StandInFinder, are_absent
from .questions.app_rules import list_rules
from .questions.asking import START_SHARE, Asker
from .questions.carrying import Carrier
from .questions.exploring import Explorer, described
from .questions.failing import Hosts, describe
from .questions.finding import Namespace
from .questions.held_state import held_state, list_files
from .questions.left_behind import RequestWatch
from .serving import ServedApps
from .shells import ONLY_WAITS, Naps, Shell, interrupted_after, make_shell, refuse_input
from .talks.talk import RecordedTalk, in_groups

_CELL_SHARE = 0.5
"""The part of the time that is left which one cell may take."""
_TURN_S = 0.01
"""What tasks have between two cells: a kernel's loop goes on there."""


def _forget_notebook(module: Any) -> None:
    """Let FastHTML make the pages that its file makes: notebooks get a script."""
    module.IN_NOTEBOOK = False


_AS_IN_A_FILE: dict[str, Change] = dict.fromkeys(
    ("fastcore.imports", "fasthtml.core", "fasthtml.jupyter"), _forget_notebook
)
"""What is done to modules that look whether they are in a notebook."""


def main(open_ends: str) -> None:
    """Run the notebook as the job says, and leave."""
    channel = Channel()
    job = channel.hear()
    sys.path.extend(job["path"])
    sys.path.insert(0, job["folder"])
    sys.addaudithook(lambda event, arguments: Hosts.current.note(event, arguments))
    refuse_input()
    shell = make_shell()
    for name in job["preload"]:
        _preload(name)
    if job["loads"]:
        shell.load_werkbook()
    channel.say("begin", open_ends=open_ends, shell=shell.name)
    if not job["is_asked"]:
        _Run(job, channel, shell, []).go()
    elif hasattr(os, "fork") and threading.active_count() == 1:
        _Run(job, channel, shell, **_in_fork(job, channel, shell)).go()
    else:
        channel.say("again")  # another process has to do the second run
        _Run(job, channel, shell, job["memory"]).go()
    leave(0)


def _preload(name: str) -> None:
    """Import what both runs need once."""
    try:
        import_module(name)
    except Exception:
        return  # the cell that wants it will say


def _in_fork(job: dict[str, Any], channel: Channel, shell: Shell) -> dict[str, Any]:
    """Run the notebook in a process of its own; give what the next run has to know."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        run = _Run(job, channel, shell, [], is_first=True)
        run.go(writing)
        leave(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    status = os.waitpid(child, 0)[1]
    if os.waitstatus_to_exitcode(status) == 0 and not told:
        leave(0)  # it asked the app itself: no cell had
    found = json.loads(told) if told else {"memory": [], "first": {"failures": []}}
    return dict(found)


class _Run:
    """One run of all cells."""

    def __init__(
        self,
        job: dict[str, Any],
        channel: Channel,
        shell: Shell,
        memory: list[dict[str, Any]],
        first: dict[str, Any] | None = None,
        *,
        is_first: bool = False,
    ) -> None:
        self._job = job
        self._channel = channel
        self._shell = shell
        self._is_first = is_first
        self._folder = job["folder"]
        watch = RequestWatch(shell.space, job["sources"]) if is_first else None
        self._watch = watch
        self._recorder = Recorder(memory, watch)
        self._served = ServedApps()
        self._names = Namespace(
            shell.space, job["first_folder"] if is_first else job["folder"]
        )
        self._failures: list[dict[str, Any]] = []
        self._first = first or {}
        self._naps = Naps()
        self._files: set[str] = set()
        self._stood_in: list[str] = []

    def go(self, told: int | None = None) -> None:
        """Run the cells; ask the app, or tell the next run what they asked."""
        if self._is_first:
            self._folder = self._job["first_folder"]
            sys.path[sys.path.index(self._job["folder"])] = self._folder
        os.chdir(self._folder)
        self._files = list_files()
        changes = [self._recorder.changes(), self._served.changes(), _AS_IN_A_FILE]
        for one in changes:
            ImportHook(one).install()
        self._served.install()
        spare = StandInFinder(are_absent(self._job["spare"]))
        sys.meta_path += [StandInFinder(self._job["stand_ins"]), spare]
        self._stood_in = spare.given
        Hosts.current.read(self._job["sources"])
        # A kernel's loop runs while cells do; requests are answered without one.
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(self._run_cells())
        self._naps.is_on = False
        self._served.is_over = True
        self._recorder.is_on = False
        self._finish(told)

    def _finish(self, told: int | None) -> None:
        app = self._find_app()
        mine = [one for one in self._recorder.found if _is_same(one.app, app)]
        if told is not None and self._recorder.found:
            memory = [one.as_memory() for one in self._recorder.found]
            _tell(told, {"memory": memory, "first": self._told_of_first(app)})
            leave(0)
        # In this run a cell may fail for want of what its requests do.
        self._failures = self._first.get("failures", self._failures)
        self._ask(app, self._questions(mine))
        self._channel.say("end", reads=[])
        leave(0)

    def _told_of_first(self, app: Any) -> dict[str, Any]:
        """What is true of the run whose requests reach the app, as a person's do."""
        watched = self._watch.found if self._watch is not None else []
        left = [
            {"cell": one.cell, "method": one.method, "url": one.url, "names": names}
            for one, names in watched  # another app's views may share the data
        ]
        rules = described(list_rules(app))
        return {"failures": self._failures, "rules": rules, "left": left}

    def _questions(
        self, recorded: list[Recorded | RecordedTalk]
    ) -> list[dict[str, Any]]:
        """What cells asked, what their exercises ask among it, in the cells' order."""
        pairs = [(one.as_question(), one.text) for one in in_groups(recorded)]
        pairs += [(one, "") for one in self._job["exercises"]]
        pairs.sort(key=lambda pair: int(pair[0]["cell"]))
        carrier = Carrier()
        for question, text in pairs:
            question["carried"] = carrier.find(question)
            carrier.note(text)
        return [question for question, _ in pairs]

    async def _run_cells(self) -> None:
        end_s = time.monotonic() + self._job["limit_s"]
        for number, cell in enumerate(self._job["cells"]):
            if cell["is_route"]:
                continue  # Kernel Gateway runs it when it is asked
            self._channel.say("cell", number=number, is_first=self._is_first)
            self._recorder.cell = number
            left_s = max(0.5, (end_s - time.monotonic()) * _CELL_SHARE)
            self._naps.begin()
            self._names.begin()
            Hosts.current.names.clear()
            error = await self._run_cell(cell, left_s)
            if len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(_TURN_S)
            if error is None:
                self._names.passed()
                continue
            self._names.failed()
            self._failures.append(self._failure(number, error))

    async def _run_cell(
        self, cell: dict[str, Any], limit_s: float
    ) -> BaseException | None:
        interrupted_after(limit_s)
        try:
            return await self._shell.run(cell, limit_s)
        except (KeyboardInterrupt, Exception, SystemExit) as error:
            return error
        finally:
            interrupted_after(0)

    def _failure(self, number: int, error: BaseException) -> dict[str, Any]:
        found = describe(error)
        is_stopped = isinstance(error, KeyboardInterrupt)
        found["is_late"] = is_stopped and str(error) != ONLY_WAITS
        found["hosts"] = sorted(Hosts.current.names)
        return {"cell": number, "error": found}

    def _find_app(self) -> Any:
        if self._job["gateway"]:
            return GatewayApp(self._shell.space, self._job["gateway"])
        try:
            return self._names.find(self._job["app"], self._served.apps)
        except BaseException as error:
            self._channel.say("failed", error=describe(error), failures=self._failures)
            leave(0)

    def _ask(self, app: Any, questions: list[dict[str, Any]]) -> None:
        is_elsewhere = self._job["gateway"] or self._job["app"]["module"]
        state = {} if is_elsewhere else self._state()
        limit_s = self._job["request_limit_s"]
        start_s = START_SHARE * self._job["limit_s"]
        is_app = not self._job["gateway"]
        asker = Asker(app, limit_s, start_s=start_s, in_thread=is_app)
        explorer = Explorer(app, asker, self._job)
        counted = [explorer.rules[number] for number in explorer.counted()]
        self._channel.say(
            "started",
            # Kernel Gateway's have no endpoints to be compared.
            rules=None
            if self._job["gateway"]
            else self._first.get("rules", described(explorer.rules)),
            left=self._first.get("left", []),
            counted=described(counted),
            failures=self._failures,
            stood_in=[one for one in self._stood_in if "." not in one],
            state=state,
        )
        for question in [*questions, *self._not_yet(questions)]:
            self._channel.say(
                "exploring", request=f"{question['method']} {question['url']}"
            )
            answer = asker.ask(question)
            explorer.learn(question, answer)
            self._channel.say("explored", question=question, answer=answer)
        for question, answer in explorer.explore(
            lambda text: self._channel.say("exploring", request=text)
        ):
            self._channel.say("explored", question=question, answer=answer)
        self._channel.say("asked", rules=rules_asked(explorer))

    def _state(self) -> dict[str, str]:
        look = partial(held_state, self._shell.space, self._job["sources"])
        return Context().run(look, self._files)  # what a request's thread sees

    def _not_yet(self, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What the text of the cells asks, and no app here was asked.

        Only of an app in a file: the requests went to a process of its own.
        """
        if not self._job["app"]["module"]:
            return []
        known = {(one["method"], one["url"]) for one in questions}
        return [
            one
            for one in self._job["questions"]
            if (one["method"], one["url"]) not in known
        ]


def _is_same(one: Any, app: Any) -> bool:
    """Say whether a request to `one` was one to the app that was found."""
    if one is app:
        return True
    kinds = ("url_map", "routes", "add_route")
    return not any(hasattr(app, kind) for kind in kinds)  # it wraps what was recorded


def _tell(pipe: int, found: dict[str, Any]) -> None:
    with os.fdopen(pipe, "w") as file:
        json.dump(found, file)
