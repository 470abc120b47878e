"""Ask each rule that no cell asked, with a request of its own."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode, urlsplit

from werkbook.cells.talks import METHOD as WEBSOCKET

from ..talks.talk import opened_urls
from .app_rules import AppRule, list_rules
from .asking import Asker
from .examples import (
    Examples,
    example_value,
    find_fields,
    find_form,
    hidden_values,
    reads_query,
    takes_json,
)

_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_BODIES = ("POST", "PUT", "PATCH")
_SAFE = ("GET", "HEAD")
_CHANGING = ("DELETE", "PUT", "PATCH", "POST")
_MAX_TRIES = 3
_MAX_RULES = 300
_MAX_URLS = 60
"""Of so many URLs HEAD, OPTIONS and a method that they do not take are asked, too."""
_QUICK_S = 0.25
"""A view that takes longer is not run once more for HEAD."""
_NOWHERE = "/werkbook/no/such/page"
"""A URL that no rule has: an app's own page for such ones is compared, too."""

Pair = tuple[dict[str, Any], dict[str, Any]]


class Explorer:
    """Finds what to ask of an app beyond what cells asked, and asks it.

    Args:
        app: The app.
        asker: Who asks.
        job: `sources` of the notebook, names of `static` files, `safe_only`.
    """

    def __init__(self, app: Any, asker: Asker, job: dict[str, Any]) -> None:
        self.rules = list_rules(app)
        self._app = app
        self._asker = asker
        self._examples = Examples(job.get("sources", ()))
        self._static: list[str] = job.get("static", [])
        self._is_safe_only: bool = job.get("safe_only", False)
        self._pages: dict[str, str] = {}
        self._urls: dict[str, AppRule] = {}
        """URLs that were answered quickly, each with its rule."""
        self.asked: set[tuple[int, str]] = set()

    def learn(self, question: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take what a request tells of rules, links and values."""
        path = urlsplit(question["url"]).path
        if question["method"] == WEBSOCKET:
            self._learn_talk(question)
            return
        number = self.find_rule(question["method"], path)
        if number is not None:
            self.asked.add((number, question["method"]))
            if self._asker.seconds < _QUICK_S and not answer["cut"]:
                self._urls.setdefault(question["url"], self.rules[number])
        self._examples.learn_path(path)
        body = base64.b64decode(answer["body"])
        self._examples.learn_body(body, answer["type"])
        is_page = question["method"] == "GET" and answer["status"] < 400
        if "html" in answer["type"] and (is_page or b"<form" in body):
            self._pages[path] = body.decode("utf-8", "replace")

    def _learn_talk(self, question: dict[str, Any]) -> None:
        for url in opened_urls(question):
            number = self.find_rule(WEBSOCKET, urlsplit(url).path)
            if number is not None:
                self.asked.add((number, WEBSOCKET))

    def find_rule(self, method: str, path: str) -> int | None:
        """Find the rule that a request reaches."""
        path = path or "/"
        match = getattr(getattr(self._app, "url_map", None), "bind", None)
        mounts = {one.mount for one in self.rules}
        is_mounted = any(one and path.startswith(f"{one}/") for one in mounts)
        if match is not None and not is_mounted:
            try:
                is_websocket = method == WEBSOCKET
                rule, _ = match("localhost").match(
                    path,
                    method="GET" if is_websocket else method,
                    return_rule=True,
                    websocket=is_websocket,
                )
            except Exception:
                return None
            wanted = (rule.rule, rule.endpoint)
            for number, one in enumerate(self.rules):
                if (one.text, one.endpoint) == wanted and method in one.all_methods:
                    return number
            return None
        for number, one in enumerate(self.rules):
            is_method = method in one.all_methods or "ANY" in one.methods
            is_its_own = is_mounted == bool(one.mount) or match is None
            if is_its_own and is_method and (one.text == path or one.matches(path)):
                return number
        return None

    def counted(self) -> list[int]:
        """The rules that can be asked: of a folder that has no file, none can."""
        return [
            number
            for number, rule in enumerate(self.rules)
            if not rule.is_static or self._static_file(rule) is not None
        ]

    def explore(self, note: Callable[[str], None]) -> Iterator[Pair]:
        """Ask what is left, GET first, and yield each request with its answer."""
        if not self.rules and not self.asked:
            note("GET /")
            yield self._ask("GET", "/")
        left = [
            (_ORDER.index(method) if method in _ORDER else 9, number, method)
            for number in self.counted()[:_MAX_RULES]
            for method in self.rules[number].methods
            if method not in ("ANY", WEBSOCKET) and (number, method) not in self.asked
        ]
        for _, number, method in sorted(left):
            if self._is_safe_only and method not in _SAFE:
                continue
            note(f"{method} {self.rules[number].text}")
            for pair in self._try(self.rules[number], method):
                self.asked.add((number, method))
                yield pair
        if self.rules:
            yield from self._ask_beside(note)

    def _ask_beside(self, note: Callable[[str], None]) -> Iterator[Pair]:
        """Ask what belongs to no rule by itself; it counts where it differs only."""
        asked = [] if self._is_safe_only else list(self._asked_beside())
        if self.find_rule("GET", _NOWHERE) is None:
            asked.append(("GET", _NOWHERE))
        for method, url in asked:
            note(f"{method} {url}")
            question = self._question(method, url) | {"is_beside": True}
            yield question, self._asker.ask(question)

    def _asked_beside(self) -> Iterator[tuple[str, str]]:
        """List HEAD and OPTIONS of URLs, and a method that each of them refuses."""
        for url, rule in list(self._urls.items())[:_MAX_URLS]:
            if rule.is_static or "ANY" in rule.methods:
                continue
            if "GET" in rule.methods and "HEAD" not in rule.methods:
                yield "HEAD", url
            if "OPTIONS" not in rule.methods:
                yield "OPTIONS", url
            path = urlsplit(url).path
            refused = (one for one in _CHANGING if self.find_rule(one, path) is None)
            yield from ((method, url) for method in islice(refused, 1))

    def _try(self, rule: AppRule, method: str) -> Iterator[Pair]:
        if rule.is_static:
            yield self._ask(
                method, f"{rule.text.partition('<')[0]}{self._static_file(rule)}"
            )
            return
        urls = self._examples.urls(rule)[:_MAX_TRIES]
        url = urls[0]
        for url in urls:
            question, answer = self._ask(method, url)
            yield question, answer
            if answer["status"] not in (0, 400, 404, 500):
                break
        else:
            url = urls[0]
        yield from self._fuller(rule, method, url)

    def _fuller(self, rule: AppRule, method: str, url: str) -> Iterator[Pair]:
        """Ask with a plausible query or body what was asked with an empty one."""
        page = self._page_with_form(url)
        fields = find_fields(rule.view, page)
        data = {name: example_value(name) for name in fields} | hidden_values(page)
        if method in _BODIES and takes_json(rule.view):
            values = {k: int(v) if v.isdigit() else v for k, v in data.items()}
            body = json.dumps(values).encode()
            yield self._ask(method, url, body, "application/json")
        elif method in _BODIES and data:
            body = urlencode(data).encode()
            yield self._ask(method, url, body, "application/x-www-form-urlencoded")
        elif method == "GET" and data and reads_query(rule.view):
            yield self._ask(method, f"{url}?{urlencode(data)}")

    def _page_with_form(self, url: str) -> str:
        """Find the form that is sent to a URL: on its own page, or on another one."""
        forms = (find_form(page, url) for page in self._pages.values())
        return self._pages.get(url) or next(filter(None, forms), "")

    def _ask(self, method: str, url: str, body: bytes = b"", kind: str = "") -> Pair:
        question = self._question(method, url, body, kind)
        answer = self._asker.ask(question)
        self.learn(question, answer)
        return question, answer

    def _question(
        self, method: str, url: str, body: bytes = b"", kind: str = ""
    ) -> dict[str, Any]:
        question: dict[str, Any] = {
            "method": method,
            "url": url,
            "headers": [["Content-Type", kind]] if kind else [],
            "body": base64.b64encode(body).decode(),
            # Nobody knows which cookies a running kernel's app would have to be sent.
            "cookies": [] if self._is_safe_only else None,
        }
        question["carried"] = self._asker.carrier.find(question)
        return question

    def _static_file(self, rule: AppRule) -> str | None:
        """Name a file below a static rule, or None."""
        if self._static and rule.endpoint == "static":
            return self._static[0]
        holder = self._app
        blueprint = rule.endpoint.rpartition(".")[0]
        if blueprint:
            holder = getattr(self._app, "blueprints", {}).get(blueprint, self._app)
        return _first_file(getattr(holder, "static_folder", None))


def _first_file(folder: str | os.PathLike[str] | None) -> str | None:
    if folder is None:
        return None
    for place, folders, names in os.walk(os.fspath(folder)):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = os.path.relpath(os.path.join(place, name), folder)
                return path.replace(os.sep, "/")
    return None


def described(rules: Iterable[AppRule]) -> list[list[Any]]:
    """Rules as the one who compares them wants them."""
    return [[one.text, one.all_methods, one.endpoint] for one in rules]
