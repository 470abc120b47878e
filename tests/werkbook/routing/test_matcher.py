"""The matcher gives the answers that Werkzeug's own URL map gives."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from werkbook import App, request

METHODS = ("GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "BREW", "get")
STATIC = ("a", "b", "ab", "a.b", "1", "-", "é", "a b", "x%2Fy", "+", "A", "GET")
VARIABLES = (
    "<v>",
    "<string:v>",
    "<string(length=2):v>",
    "<string(minlength=2):v>",
    "<string(minlength=1, maxlength=3):v>",
    "<default:v>",
    "<int:v>",
    "<int(fixed_digits=2):v>",
    "<int(min=2, max=30):v>",
    "<int(signed=True):v>",
    "<float:v>",
    "<float(signed=True, min=-2.0):v>",
    "<any(a, b, 'a.b'):v>",
    "<uuid:v>",
    "<path:v>",
    "x<v>",
    "<v>.html",
    "<int:v>-<w>",
)
UUID = "a8098c1a-f86e-11da-bd1a-00112444be1e"
PIECES = (
    *STATIC,
    "",
    "2",
    "02",
    "-3",
    "31",
    "1.5",
    "-1.5",
    "x1",
    "q.html",
    "3-z",
    UUID,
)


@dataclass(frozen=True)
class Spec:
    """One generated rule."""

    text: str
    methods: tuple[str, ...] | None
    strict_slashes: bool | None
    merge_slashes: bool | None
    defaults: tuple[tuple[str, Any], ...] = ()

    def options(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.strict_slashes is not None:
            found["strict_slashes"] = self.strict_slashes
        if self.merge_slashes is not None:
            found["merge_slashes"] = self.merge_slashes
        if self.defaults:
            found["defaults"] = dict(self.defaults)
        return found


@st.composite
def specs(draw: Any) -> Spec:
    pieces = draw(st.lists(st.sampled_from(STATIC + VARIABLES), max_size=3))
    named = []
    for number, piece in enumerate(pieces):
        if piece not in STATIC:
            piece = piece.replace("v>", f"v{number}>").replace("<w>", f"<w{number}>")
        named.append(piece)
    text = "/" + "/".join(named) + draw(st.sampled_from(("", "", "/")))
    text = "/" + text.lstrip("/")
    if draw(st.integers(0, 9)) == 0 and named:
        text = text.replace("/", "//", 2).replace("//", "/", 1)
    return Spec(
        text,
        draw(
            st.sampled_from(
                [("GET",), ("POST",), ("GET", "POST"), ("PUT",), ("OPTIONS",), None]
            )
        ),
        draw(st.sampled_from([None, None, True, False])),
        draw(st.sampled_from([None, None, None, False, True])),
        draw(st.sampled_from([(), (), (), (), (("v0", 1),)])) if "v0" in text else (),
    )


@st.composite
def paths(draw: Any) -> str:
    pieces = draw(st.lists(st.sampled_from(PIECES), max_size=4))
    return "/" + "/".join(pieces) + draw(st.sampled_from(("", "", "/", "//")))


def app_of(rules: list[Spec], *, merge: bool = True) -> App:
    app = App("matching", static_folder=None, root_path="/")
    app.url_map.merge_slashes = merge

    def answer(**values: Any) -> tuple[str, dict[str, str]]:
        return "", {"X-Answer": ascii((request.endpoint, sorted(values.items())))}

    for number, spec in enumerate(rules):
        if spec.methods is None:  # for all: only Werkzeug's own rules can say so
            rule = Rule(spec.text, endpoint=f"e{number}", **spec.options())
            app.url_map.add(rule)
            app.view_functions[f"e{number}"] = answer
            continue
        app.add_url_rule(
            spec.text,
            f"e{number}",
            answer,
            methods=spec.methods,
            provide_automatic_options=False,
            **spec.options(),
        )
    return app


def map_of(rules: list[Spec], *, merge: bool = True) -> Map:
    return Map(
        [
            Rule(spec.text, endpoint=f"e{n}", methods=spec.methods, **spec.options())
            for n, spec in enumerate(rules)
        ],
        merge_slashes=merge,
    )


def environ_of(path: str, method: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin1"),
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }


def expected_of(url_map: Map, path: str, method: str) -> tuple[Any, ...]:
    """Ask Werkzeug."""
    adapter = url_map.bind_to_environ(environ_of(path, method))
    try:
        endpoint, values = adapter.match()
    except NotFound:
        return (404,)
    except MethodNotAllowed as error:
        return (405, frozenset(error.valid_methods or ()))
    except RequestRedirect as redirect:
        return (redirect.code, redirect.new_url)
    return (200, ascii((endpoint, sorted(values.items()))))


def answer_of(app: App, path: str, method: str) -> tuple[Any, ...]:
    """Send the request to the app."""
    got: list[Any] = []
    body = app(environ_of(path, method), lambda *answer: got.extend(answer[:2]))
    getattr(body, "close", lambda: None)()
    status, headers = int(got[0][:3]), dict(got[1])
    if status == 404:
        return (404,)
    if status == 405:
        return (405, frozenset(headers["Allow"].split(", ")))
    if status in {301, 308}:
        return (status, headers["Location"])
    return (status, headers["X-Answer"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(specs(), min_size=1, max_size=6),
    st.lists(paths(), max_size=6),
    st.booleans(),
)
@example([Spec("/a/", ("GET",), None, None)], ["/a", "//a", "/a//", "/"], True)
@example([Spec("/<path:v0>/a", ("GET",), None, None)], ["/x/y/a", "/x//a"], True)
@example([Spec("/<v0>/", ("GET",), False, None)], ["/x", "/x/"], True)
@example(
    [Spec("/a//b", ("GET",), None, True), Spec("/a/b", ("GET",), None, None)],
    ["/a/b"],
    False,
)
@example(
    [Spec("/a", ("GET",), None, None, (("x", 1),)), Spec("/a", ("GET",), None, None)],
    ["/a"],
    False,
)
def test_answers_are_those_of_werkzeug(
    rules: list[Spec], wanted: list[str], merge: bool
) -> None:
    """Endpoint, values, 404, 405 with Allow and redirects are the same."""
    try:
        url_map = map_of(rules, merge=merge)
    except ValueError:
        with pytest.raises(ValueError):
            app_of(rules, merge=merge)
        return
    app = app_of(rules, merge=merge)
    for path in [*wanted, *(path_for(spec) for spec in rules)]:
        for method in METHODS:
            expected = expected_of(url_map, path, method)
            assert answer_of(app, path, method) == expected, (path, method)


def path_for(spec: Spec) -> str:
    """Return a path that the rule probably matches."""
    pieces = []
    for piece in spec.text.split("/"):
        head, _, _ = piece.partition(":")
        guess = {"<int": "12", "<int(fixed_digits=2)": "12", "<uuid": UUID}.get(head)
        pieces.append(
            guess or ("1.5" if "float" in head else "ab") if "<" in piece else piece
        )
    return unquote("/".join(pieces))


def test_refusing_converter_leaves_other_methods() -> None:
    """A text that a converter refuses is a 405 where other methods would match."""
    rules = [
        Spec("/<int:v0>", ("GET",), None, None),
        Spec("/<int(fixed_digits=2):v0>", ("POST",), None, None),
    ]
    app = app_of(rules)
    assert answer_of(app, "/1", "POST") == (405, frozenset({"GET", "HEAD"}))
    assert answer_of(app, "/12", "POST")[0] == 200


def test_rule_for_all_methods_keeps_its_place() -> None:
    """The first of the rules of one path that takes the method answers."""
    rules = [
        Spec("/a", ("GET",), None, None),
        Spec("/a", None, None, None),
        Spec("/a", ("POST",), None, None),
    ]
    app = app_of(rules)
    assert answer_of(app, "/a", "GET") == (200, "('e0', [])")
    assert answer_of(app, "/a", "POST") == (200, "('e1', [])")
    assert answer_of(app, "/a", "BREW") == (200, "('e1', [])")
