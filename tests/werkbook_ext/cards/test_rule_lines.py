"""What is told under a cell of the routes of other frameworks."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook_ext.cards import rule_lines
from werkbook_ext.cards.announcement import Announcement
from werkbook_ext.cards.rule_lines import write_as_rule


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/user/{id:int}/{name}", "/user/<int:id>/<name>"),
        ("/user/<id:int>/<name>", "/user/<int:id>/<name>"),
        ("/wiki/<page:re:[a-z]+>", "/wiki/<re:page>"),
        ("/", "/"),
    ],
)
def test_path_is_written_as_a_rule(path: str, rule: str) -> None:
    """The form in a card knows the rules of Flask's converters alone."""
    assert write_as_rule(path) == rule


def test_route_of_an_included_router_can_be_tried(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told where its app answers it, with the prefix that it is included at."""
    told: list[Announcement] = []
    keep = rule_lines._announced

    def announced(*given: object) -> Announcement:
        told.append(keep(*given))  # type: ignore[arg-type]
        return told[-1]

    monkeypatch.setattr(rule_lines, "_announced", announced)
    here = ShellNotebook(shell)
    router = "router = APIRouter(prefix='/authors')"
    here.run(
        "app", f"from fastapi import APIRouter, FastAPI\napp = FastAPI()\n{router}"
    )
    here.run("view", "@router.get('/{name}')\ndef author(name: str):\n    return name")
    here.run("include", "app.include_router(router, prefix='/v1')")
    here.run("view", "@router.get('/{name}')\ndef author(name: str):\n    return name")
    alone, included = told
    assert (alone.line, alone.send) == ("GET /authors/{name} -> author", None)
    assert included.line == "GET /v1/authors/{name} -> author"
    assert included.rule == "/v1/authors/<name>"
    assert included.send is not None
