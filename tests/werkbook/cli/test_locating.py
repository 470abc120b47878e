"""Finding the application of a command."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from werkbook import App, current_app
from werkbook.cli.locating import (
    NoAppException,
    find_app_by_string,
    find_best_app,
    is_application,
    locate_app,
    prepare_import,
)


def module(**values: Any) -> ModuleType:
    made = ModuleType("m")
    vars(made).update(values)
    return made


@pytest.fixture
def importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder to import from; what was imported is forgotten."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_is_application() -> None:
    assert is_application(App("a"))
    assert not is_application(App)
    assert not is_application(current_app)


def test_find_best_app_prefers_names() -> None:
    one, two = App("one"), App("two")
    assert find_best_app(module(x=one, app=two)) is two
    assert find_best_app(module(x=one, application=two)) is two
    assert find_best_app(module(x=one, current_app=current_app)) is one
    assert find_best_app(module(make_app=lambda: one)) is one
    assert find_best_app(module(create_app=lambda: 1, make_app=lambda: one)) is one


def test_find_best_app_of_several() -> None:
    with pytest.raises(NoAppException) as caught:
        find_best_app(module(x=App("one"), y=App("two")))
    assert caught.value.format_message() == (
        "Detected multiple Flask applications in module 'm'.\n"
        "  Why: none of them is named 'app' or 'application'.\n"
        "  Fix: write --app m:NAME"
    )


def test_find_best_app_of_none() -> None:
    with pytest.raises(NoAppException) as caught:
        find_best_app(module())
    assert str(caught.value) == (
        "Failed to find Flask application or factory in module 'm'.\n"
        "  Why: an application, or a function 'create_app' or 'make_app', was "
        "expected.\n"
        "  Fix: write --app m:NAME"
    )


def test_factory_that_needs_arguments() -> None:
    def create_app(name: str) -> App:
        return App(name)

    with pytest.raises(NoAppException) as caught:
        find_best_app(module(create_app=create_app))
    assert str(caught.value) == (
        "Detected factory 'create_app' in module 'm', but could not call it without "
        "arguments.\n"
        "  Fix: write --app 'm:create_app(ARGUMENTS)'"
    )


def test_type_error_within_a_factory_is_its_own() -> None:
    def create_app() -> App:
        raise TypeError("own")

    with pytest.raises(TypeError, match=r"^own$"):
        find_best_app(module(create_app=create_app))
    with pytest.raises(TypeError, match=r"^own$"):
        find_app_by_string(module(create_app=create_app), "create_app")


def test_find_app_by_string() -> None:
    app = App("a")
    found = module(app=app, make=lambda name, x=1: App(f"{name}{x}"))
    assert find_app_by_string(found, " app ") is app
    assert find_app_by_string(found, "make('n', x=2)").name == "n2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b", "Failed to parse 'a b' as an attribute name or function call."),
        ("a.b", "Failed to parse 'a.b' as an attribute name or function call."),
        ("a.b()", "Function reference must be a simple name: 'a.b()'."),
        ("f(x)", "Failed to parse arguments as literal values: 'f(x)'."),
        ("none", "Failed to find attribute 'none' in 'm'."),
        (
            "one",
            "A valid Flask application was not obtained from 'm:one'.\n"
            "  Why: it is of type int.",
        ),
        (
            "f(1)",
            "The factory 'm:f(1)' could not be called with the specified arguments.\n"
            "  Why: test_find_app_by_string_errors.<locals>.<lambda>() takes 0 "
            "positional arguments but 1 was given.",
        ),
    ],
)
def test_find_app_by_string_errors(text: str, message: str) -> None:
    with pytest.raises(NoAppException) as caught:
        find_app_by_string(module(one=1, f=lambda: 1), text)
    assert str(caught.value) == message


def test_prepare_import_of_a_package(
    importing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = importing / "outer" / "inner"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        (folder / "__init__.py").touch()
    monkeypatch.chdir(importing)
    assert prepare_import("outer/inner/app.py") == "outer.inner.app"
    assert prepare_import("outer/inner/__init__.py") == "outer.inner"
    assert prepare_import("single.py") == "single"
    assert sys.path[0] == str(importing)


def test_locate_app(importing: Path) -> None:
    (importing / "located.py").write_text(
        "from werkbook import App\napp = App('a')\nother = App('b')"
    )
    assert locate_app("located", None).name == "a"
    assert locate_app("located", "other").name == "b"


def test_locate_app_missing() -> None:
    assert locate_app("no_such_module", None, raise_if_not_found=False) is None
    with pytest.raises(NoAppException) as caught:
        locate_app("no_such_module", None)
    assert str(caught.value) == "Could not import 'no_such_module'."


def test_locate_app_whose_import_fails(importing: Path) -> None:
    (importing / "failing.py").write_text("import no_such_module")
    for is_needed in (True, False):
        with pytest.raises(NoAppException) as caught:
            locate_app("failing", None, raise_if_not_found=is_needed)  # type: ignore[call-overload]  # both
        assert "While importing 'failing', an ImportError was raised" in str(
            caught.value
        )
        assert "No module named 'no_such_module'" in str(caught.value)
