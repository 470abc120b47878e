"""The reference is whole: whatever there is to type has its entry."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import click
import pytest
from tools.guide import (
    commands,
    errors,
    grammar,
    magics,
    pages,
    registrations,
    settings,
)
from tools.guide.error_examples import EXAMPLES as ERROR_EXAMPLES
from tools.guide.magic_examples import EXAMPLES, MISTAKES

from werkbook.cells.requests import OPTION_NAMES
from werkbook.cells.requests.vocabulary import _FORMS
from werkbook.config import DEFAULT_CONFIG
from werkbook_ext.config import Werkbook
from werkbook_ext.magics.completion import OPTIONS

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "src").rglob("*.py"), *(ROOT / "kernel_ext").rglob("*.py")]
VARIABLE = re.compile(
    r"""environ(?:\.get\(|\[|\.pop\()\s*["']([A-Z][A-Z_]+)["']|getenv\(["']([A-Z_]+)"""
    r"""|["']([A-Z][A-Z_]+)["'] (?:not )?in (?:os\.)?environ"""
)
WSGI = re.compile(
    r"HTTP_|REMOTE_|REQUEST_|SERVER_|CONTENT_|RAW_URI|[A-Z]+_INFO|SCRIPT_"
)
STATUS = re.compile(
    r"""(?:code = |\(start_response, |send, |_end\(|transport, |HTTP/1\.1 |begin\()"""
    r"""([45]\d\d)\b|\(([45]\d\d)\)"""
)
NOT_OURS = {"PYTHONSTARTUP", "QUERY_STRING", "FLASK_RUN_FROM_CLI", "MPLBACKEND"}


def test_each_generated_part_is_on_a_page() -> None:
    """No maker is forgotten, and no page asks for one that there isn't."""
    found = {
        name
        for page in (ROOT / "docs").rglob("*.md")
        for name in pages.MARK.findall(page.read_text("utf-8"))
    }
    assert found == set(pages.MAKERS)


@pytest.mark.parametrize("magic", magics.magics(), ids=lambda one: one.typed)
def test_each_magic_has_examples_and_mistakes(magic: magics.Magic) -> None:
    """Cells that work, and cells that don't with what they say."""
    assert magic.name in magics.WRITTEN or magic.name in magics.PARSERS
    assert EXAMPLES[magic.typed]
    assert MISTAKES[magic.typed]


@pytest.mark.parametrize("magic", magics.magics(), ids=lambda one: one.typed)
def test_each_option_of_a_magic_has_an_example(magic: magics.Magic) -> None:
    """A cell of the page, which the build runs, has it; some fail without a hub."""
    typed = set(" ".join(EXAMPLES[magic.typed] + MISTAKES[magic.typed]).split())
    missing = [
        names
        for names in magic.options
        if names[0].startswith("-") and not magics.argument_names([names]) & typed
    ]
    assert missing == []


@pytest.mark.parametrize("name", sorted(magics.PARSERS))
def test_each_argument_of_a_magic_is_explained(name: str) -> None:
    """In its parser, from which the page is made."""
    silent = [one.dest for one in magics.PARSERS[name]._actions if not one.help]
    assert silent == []


def test_each_option_of_http_and_route_is_explained() -> None:
    """Their lines are read by hand; their tables have what the readers know."""
    http = magics.argument_names(magics.HTTP_OPTIONS) - {"->"}
    assert http == set(OPTION_NAMES)
    for name, options in (
        ("route", magics.ROUTE_OPTIONS),
        ("template", magics.TEMPLATE_OPTIONS),
    ):
        explained = {one for one in magics.argument_names(options) if one[:2] == "--"}
        assert explained == set(OPTIONS[name])


def test_usage_names_each_option() -> None:
    """What a mistake says of the usage is whole."""
    for name, parser in magics.PARSERS.items():
        magic = next(one for one in magics.magics() if one.name == name)
        for action in parser._actions:
            for option in action.option_strings[:1]:
                assert option in magic.usage or name in ("routes", "serve"), option


def test_each_option_of_a_command_is_explained() -> None:
    """The page and `--help` have the same words."""
    silent = [
        f"{words} {option.opts[0]}"
        for words, command in commands.commands()
        for option in commands.options(command)
        if not option.help
    ]
    assert silent == []


def test_commands_are_all_there() -> None:
    """Those of the package, those of groups included."""
    names = {words for words, _ in commands.commands()}
    assert {"werkbook", "werkbook export", "werkbook course build"} <= names
    assert all(isinstance(one, click.Command) for _, one in commands.commands())


def test_each_setting_of_config_is_explained_and_can_be_set() -> None:
    """The example of the page is one that the trait takes."""
    traits = Werkbook.class_traits(config=True)
    assert set(settings.EXAMPLES) == set(traits)
    options: Any = Werkbook()
    for name, trait in traits.items():
        assert trait.help, name
        setattr(options, name, settings.EXAMPLES[name])


def test_each_key_of_app_config_is_explained() -> None:
    """Flask's, and those that the code asks for beside them."""
    asked = {
        key
        for path in SOURCES
        for key in re.findall(r"OPENAPI_[A-Z]+", path.read_text("utf-8"))
    }
    assert set(settings.APP_CONFIG) == set(DEFAULT_CONFIG) | asked


def test_each_variable_of_the_environment_is_explained() -> None:
    """Those that the code, or a file that it writes, reads by their names."""
    read = {
        name
        for path in SOURCES
        for names in VARIABLE.findall(path.read_text("utf-8"))
        for name in filter(None, names)
    }
    read = {name for name in read if not WSGI.match(name)} - NOT_OURS
    assert read <= {name for name, _, _ in settings.ENVIRONMENT}


def test_each_error_has_code_that_raises_it() -> None:
    """A new class of errors needs its example; the build runs all of them."""
    assert set(ERROR_EXAMPLES) == set(errors.error_classes())


def test_each_status_of_the_server_is_explained() -> None:
    """The statuses that the server's sources name stand in the table of refusals."""
    page = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
    explained = set(re.findall(r"^\| ([45]\d\d) \|", page, re.M))
    sources = [path.read_text("utf-8") for path in SOURCES if "serving" in path.parts]
    used = {one for text in sources for two in STATUS.findall(text) for one in two}
    used.discard("")
    assert "421" in used
    assert used <= explained


def test_each_kind_of_registration_is_explained() -> None:
    """The kinds are those that are found in an app, a blueprint and a notebook."""
    assert set(registrations.WORDS) == set(registrations.kinds())


def test_each_form_of_the_vocabulary_has_a_line() -> None:
    """Each way to say what must hold is on the page."""
    said = [phrase.source for phrase in grammar.phrases()]
    for pattern, _ in _FORMS:
        form = re.compile(pattern, re.IGNORECASE)
        assert any(form.fullmatch(text) for text in said), pattern


def test_parsers_have_no_hidden_arguments() -> None:
    """What is suppressed in a help would be missing on the page."""
    for parser in magics.PARSERS.values():
        assert all(one.help != argparse.SUPPRESS for one in parser._actions)
