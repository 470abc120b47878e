"""The clean process of an exported file: it imports the file, and asks its app."""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import types
from collections.abc import Generator
from contextvars import Context, copy_context
from functools import partial
from typing import Any

from werkbook.syntax_trees import parse_python

from .auditing import heard_by
from .channel import Channel, Conversation, Say, leave
from .files_read import Reads
from .questions.asgi import is_asgi
from .questions.asking import START_SHARE, Asker
from .questions.exploring import Explorer, described
from .questions.failing import Hosts, describe
from .questions.held_state import held_state
from .questions.server_thread import Limit, TookTooLongError, call_in_time


def main(open_ends: str) -> None:
    """Do what the one who started this process says, message by message."""
    channel = Channel()
    channel.hold(converse(open_ends, channel.say))
    leave(0)


def converse(open_ends: str, say: Say, limit: Limit = call_in_time) -> Conversation:
    """Import a file, ask its app what is wanted, and say what is found.

    Args:
        open_ends: Why the file can reach more than its folder, or "".
        say: Sends a message.
        limit: Calls in time what runs in this thread.
    """
    job = yield
    sys.argv = [job["file"]]
    os.chdir(os.path.dirname(job["file"]))
    sys.path.insert(0, os.getcwd())
    sys.path.extend(job["path"])
    for name in job["without"]:
        sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails
    reads = Reads(os.path.dirname(job["file"]))
    Hosts.current.read(job["sources"])
    with heard_by(reads.note, Hosts.current.note):
        say("begin", open_ends=open_ends)
        app = _start(job, say, limit)
        if app is None:
            return
        reads.note_folders(app)
        if not (yield from _serve(job, app, say, limit)):
            return
        reads.note_folders(app)
        names = reads.names(but=job["file"])
        say("end", reads=names, databases=reads.databases())


def _start(job: dict[str, Any], say: Say, limit: Limit) -> Any:
    """Load the app; None, and it is said why, where that cannot be."""
    try:
        run = run_by_itself if job["by_itself"] else load
        app = limit(partial(run, job["file"], job["app"]), job["limit_s"])
    except BaseException as error:
        _say_failed(error, say)
        return None
    if not callable(app):
        say("uncallable", type=type(app).__name__)
        return None
    return app


def _say_failed(error: BaseException, say: Say) -> None:
    problem = describe(error)
    problem["is_late"] = isinstance(error, TookTooLongError)
    problem["hosts"] = sorted(Hosts.current.names)
    say("failed", error=problem)


def _serve(
    job: dict[str, Any], app: Any, say: Say, limit: Limit
) -> Generator[None, dict[str, Any], bool]:
    """Ask the app; tell whether it has started, as servers start an ASGI app."""
    module = sys.modules["__main__" if job["by_itself"] else "app"]
    # An ASGI app's loop has the context of the import; threads of servers have none.
    context = copy_context() if is_asgi(app) else Context()
    state = context.run(held_state, vars(module), job["sources"])
    start_s = START_SHARE * job["limit_s"]
    asker = Asker(app, job["request_limit_s"], start_s=start_s, limit=limit)
    if asker.failed_start is not None:
        _say_failed(asker.failed_start, say)
        return False
    explorer = Explorer(app, asker, job)
    counted = [explorer.rules[number] for number in explorer.counted()]
    rules = described(explorer.rules)
    say("started", rules=rules, counted=described(counted), state=state)
    wanted = yield
    for number, question in enumerate(wanted["questions"]):
        say("asking", number=number)
        answer = asker.ask(question)
        explorer.learn(question, answer)
        say("answer", number=number, answer=answer)
    if wanted["explores"]:
        for question, answer in explorer.explore(
            lambda text: say("exploring", request=text)
        ):
            say("explored", question=question, answer=answer)
    say("asked", rules=rules_asked(explorer))
    return True


def rules_asked(explorer: Explorer) -> list[list[Any]]:
    """For each rule that can be asked: its text, the methods asked, those left out."""
    found = []
    for number in explorer.counted():
        rule = explorer.rules[number]
        asked = [one for one in rule.all_methods if (number, one) in explorer.asked]
        left = [one for one in rule.methods if one not in asked and one != "ANY"]
        found.append([rule.text, asked, left])
    return found


def load(path: str, name: str) -> Any:
    """Import a file as the module `app`, and give its app."""
    spec = importlib.util.spec_from_file_location("app", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["app"] = module
    spec.loader.exec_module(module)
    return _find(module, name)


def run_by_itself(path: str, name: str) -> Any:
    """Run a file as `python app.py` does, but for its last block, and give its app."""
    with open(path, encoding="utf-8") as file:
        tree = parse_python(file.read(), path)
    if tree.body and isinstance(tree.body[-1], ast.If):
        del tree.body[-1]  # it serves
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    exec(compile(tree, path, "exec"), vars(module))
    return _find(module, name)


def _find(module: types.ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    return found
