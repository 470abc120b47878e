"""The handlers, filters and level of an app's logger are those that cells say now."""

import logging
from collections.abc import Iterator

import pytest
from tests.werkbook_ext.notebooks import ShellNotebook

APP = """
import logging
from werkbook import App
app = App('logged')
class Noting(logging.Handler):
    def __init__(self, text): super().__init__(); self.text = text
    def emit(self, record): noted.append(self.text)
noted = []
def log():
    noted.clear()
    app.logger.error('x')
    return list(noted)
"""
SAID = {
    "handler": ("app.logger.addHandler(Noting('{v}'))", "log()"),
    "handlers": ("app.logger.handlers = [Noting('{v}'), Noting('{v}')]", "log()"),
    "level": (
        "app.logger.setLevel({{'one': 50, 'two': 45}}.get('{v}', 60))",
        "[app.logger.level, app.logger.isEnabledFor(46)]",
    ),
    "filter": (
        "app.logger.addFilter(lambda record: noted.append('{v}') or True)",
        "log()",
    ),
    "propagate": (
        "app.logger.propagate = False\napp.logger.addHandler(Noting('{v}'))",
        "[app.logger.propagate, log()]",
    ),
    "disabled": (
        "app.logger.disabled = True\napp.logger.setLevel(len('{v}') + ord('{v}'[0]))",
        "[app.logger.disabled, app.logger.level]",
    ),
}


@pytest.fixture
def here(shell: object) -> Iterator[ShellNotebook]:
    logger = logging.getLogger("logged")
    # Above which there is no handler: pytest has some.
    parent, logger.parent = logger.parent, logging.RootLogger(logging.WARNING)
    here = ShellNotebook(shell)  # type: ignore[arg-type]  # the fixture gives it
    here.run("app", APP)
    yield here
    here.delete_all()
    logger.handlers, logger.parent = [], parent


@pytest.mark.parametrize(("source", "asked"), SAID.values(), ids=SAID)
def test_logger_is_what_the_cells_say(
    here: ShellNotebook, source: str, asked: str
) -> None:
    """Once for each cell, whichever runs again; a failed one changes nothing."""

    def run(cell: str, value: str) -> object:
        here.run(cell, source.format(v=value))
        return here.ask(asked)

    before = here.ask(asked)
    one = run("said", "one")
    assert one != before
    assert run("said", "one") == one
    assert run("said", "two") not in (before, one)
    assert run("said", "one") == one
    here.run("app", APP)
    assert here.ask(asked) == one
    here.fail("said", source.format(v="failed") + "\n1 / 0")
    assert here.ask(asked) == one
    here.fail("new", source.format(v="failed") + "\n1 / 0")
    assert here.ask(asked) == one
    run("second", "two")
    here.delete("second")
    assert here.ask(asked) == one
    here.delete("said")
    assert here.ask(asked) == before


def test_default_handler_that_a_cell_removes_stays_away(here: ShellNotebook) -> None:
    """As in the Flask guide; it is back when the cell goes."""
    removal = "from werkbook.logging import default_handler\n"
    removal += "app.logger.removeHandler(default_handler)"
    asked = "len(app.logger.handlers)"
    before = here.ask(asked)
    here.run("handler", "app.logger.addHandler(Noting('own'))")
    here.run("removal", removal)
    for _ in range(2):
        assert here.ask(asked) == before
        here.run("removal", removal)
        here.run("app", APP)
    here.delete("removal")
    assert here.ask(asked) == before + 1


def test_logger_of_a_child_keeps_its_parent(here: ShellNotebook) -> None:
    """What `logging` itself keeps of its loggers is no cell's."""
    here.run("child", "app.logger.setLevel(50)\nchild = app.logger.getChild('child')")
    assert here.ask("child.isEnabledFor(40)") is False
    here.delete("child")
    assert (
        here.ask("[child.parent is app.logger, child.isEnabledFor(40)]") == [True] * 2
    )
