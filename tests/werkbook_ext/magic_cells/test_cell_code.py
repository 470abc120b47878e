import inspect
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from werkbook_ext.magic_cells.cell_code import make_view

Compile = Callable[..., Any]


@pytest.fixture
def compile_cell(plain_shell: InteractiveShell) -> Compile:
    """Run a cell magic that compiles its body, and return the view."""
    made: list[Any] = []

    def magic(line: str, cell: str) -> None:
        view = make_view(plain_shell, cell, line, endpoint="view", methods=["GET"])
        made.append(view)

    plain_shell.register_magic_function(magic, "cell", "compiled")

    def compile_cell(body: str, rule: str = "/") -> Any:
        with capture_output():
            result = plain_shell.run_cell(
                f"%%compiled {rule}\n{body}", store_history=True
            )
        result.raise_error()
        return made.pop()

    return compile_cell


def test_view_returns_its_last_expression(compile_cell: Compile) -> None:
    assert compile_cell("x = 2\nx * int(n)", "/<n>")("3") == 6


def test_view_keeps_multi_line_strings(compile_cell: Compile) -> None:
    view = compile_cell('if True:\n    x = """a\n  b\nc"""\nx')
    assert view() == "a\n  b\nc"


def test_view_reads_and_sets_globals_of_the_notebook(
    compile_cell: Compile, plain_shell: InteractiveShell
) -> None:
    plain_shell.user_ns["counter"] = 1
    view = compile_cell("global counter\ncounter += 1\ncounter")
    assert view() == 2
    assert plain_shell.user_ns["counter"] == 2
    assert "view" not in plain_shell.user_ns


def test_traceback_names_line_and_source(compile_cell: Compile) -> None:
    view = compile_cell('x = """a\nb"""\nreturn 1 / int(n)', "/<n>")
    with pytest.raises(ZeroDivisionError) as caught:
        view("0")
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.lineno, frame.line) == (4, "return 1 / int(n)")
    assert frame.colno == len("    return ")


def test_traceback_is_shown_as_of_a_cell(
    compile_cell: Compile, plain_shell: InteractiveShell
) -> None:
    plain_shell.user_ns["view"] = compile_cell("x = 1\nx / 0")
    with capture_output() as captured:
        plain_shell.run_cell("view()", store_history=True)
    assert "Cell In[1], line 3" in captured.stdout
    assert "----> 3     x / 0" in captured.stdout


def test_getsource_is_the_function(compile_cell: Compile) -> None:
    view = compile_cell('x = """a\nb"""\n\nif x:\n    x += n\nx', "/<n>")
    assert inspect.getsource(view) == (
        'def view(n):\n    x = """a\nb"""\n\n    if x:\n        x += n\n    x\n'
    )


def test_async_body_is_an_async_function(compile_cell: Compile) -> None:
    view = compile_cell("import asyncio\nawait asyncio.sleep(0)\n'ok'")
    assert inspect.iscoroutinefunction(view)
    assert inspect.getsource(view).startswith("async def view():")


def test_body_that_does_not_parse_names_the_line(
    compile_cell: Compile, plain_shell: InteractiveShell
) -> None:
    with pytest.raises(SyntaxError) as caught:
        compile_cell("x = 1\nretrun x")
    assert caught.value.lineno == 3
    assert caught.value.text is not None
    assert "retrun x" in caught.value.text


def test_old_version_keeps_its_source(compile_cell: Compile) -> None:
    old = compile_cell("1 / 0")
    compile_cell("'mended'")
    assert "1 / 0" in inspect.getsource(old)
