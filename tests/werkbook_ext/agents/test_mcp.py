"""`werkbook mcp`, asked by a client of the SDK and called directly."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from tests.werkbook_ext.agents.open_notebook import CELLS, open_notebook, save
from tests.werkbook_ext.notebooks import ROOT, KernelNotebook

from werkbook_ext.agents.notebook_choice import (
    NoNotebookError,
    NotebookChoice,
    ToolCallError,
)
from werkbook_ext.agents.open_kernels import KernelReplyError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for notebooks; connection files are in `runtime` beside it."""
    runtime = tmp_path_factory.mktemp("runtime")
    before = os.environ.get("JUPYTER_RUNTIME_DIR")
    os.environ["JUPYTER_RUNTIME_DIR"] = str(runtime)
    yield tmp_path_factory.mktemp("notebooks")
    if before is None:
        del os.environ["JUPYTER_RUNTIME_DIR"]
    else:
        os.environ["JUPYTER_RUNTIME_DIR"] = before


@pytest.fixture(scope="module")
def shop(place: Path) -> Iterator[KernelNotebook]:
    """The notebook shop.ipynb, which a kernel has open."""
    with open_notebook(place / "shop.ipynb") as notebook:
        yield notebook


@pytest.fixture
def choice(place: Path, shop: KernelNotebook) -> Iterator[NotebookChoice]:
    made = NotebookChoice(place)
    yield made
    made.close()


def parameters(*options: str, folder: Path) -> StdioServerParameters:
    paths = [str(ROOT / name) for name in ("src", "kernel_ext")]
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "werkbook", "mcp", *options],
        cwd=folder,
        env={
            "JUPYTER_RUNTIME_DIR": os.environ["JUPYTER_RUNTIME_DIR"],
            "PYTHONPATH": os.pathsep.join(paths),
        },
    )


def converse(
    server: StdioServerParameters, *calls: tuple[str, dict[str, object]]
) -> tuple[list[str], list[tuple[bool, str]]]:
    """Return the names of the tools, and what calls of them answer."""

    async def talk() -> tuple[list[str], list[tuple[bool, str]]]:
        async with Client(server) as client:
            tools = await client.list_tools()
            answers = []
            for name, arguments in calls:
                result = await client.call_tool(name, arguments)
                text = "".join(getattr(one, "text", "") for one in result.content)
                answers.append((bool(result.is_error), text))
            return [one.name for one in tools.tools], answers

    return asyncio.run(asyncio.wait_for(talk(), 120))


def test_a_client_of_the_sdk_asks_the_open_notebook(
    place: Path, shop: KernelNotebook
) -> None:
    names, answers = converse(
        parameters(folder=place),
        ("notebooks", {}),
        ("http", {"url": "/teas", "method": "POST", "json": {"name": "oolong"}}),
        ("http", {"url": "/price/black"}),
        ("failures", {}),
        ("http", {"url": "elsewhere"}),
    )
    assert names == [
        "notebooks",
        "routes",
        "http",
        "failures",
        "check",
        "export",
        "openapi",
    ]
    errors = [is_error for is_error, _ in answers]
    assert errors == [False, False, False, False, True]
    texts = [text for _, text in answers]
    kernel = Path(shop.kernel.manager.connection_file).stem.removeprefix("kernel-")
    head = f"[shop.ipynb, open: kernel {kernel[:8]}]"
    assert texts[0] == f"shop.ipynb, open: kernel {kernel[:8]}"
    assert texts[1].splitlines()[:2] == [head, "POST /teas -> 201 CREATED"]
    assert '"count": 2' in texts[1]
    cell = texts[2].partition("cell ")[2].partition(",")[0]
    assert cell.startswith(f"{shop.prefix}price In[")
    for text in texts[2:4]:
        assert "KeyError: 'black'" in text
        assert f"cell {cell}, line 4, in price" in text
        assert '>   4      return {"price": prices[name]}' in text
    problem = "'elsewhere' is no URL of the app: it begins with a slash."
    assert texts[4].endswith(f"{head}\n{problem}")


def test_routes_name_the_cell(choice: NotebookChoice, shop: KernelNotebook) -> None:
    text = choice.call("routes", None, {})
    line = next(one for one in text.splitlines() if one.startswith("/price"))
    assert f"cell {shop.prefix}price In[" in line
    assert line.split()[:3] == ["/price/<name>", "GET", "price"]


def test_failures_tell_a_cell_that_failed_until_it_succeeds(
    choice: NotebookChoice, shop: KernelNotebook
) -> None:
    shop.fail("more", "x = 1\nteas[99]")
    text = choice.call("failures", None, {})
    assert f"cell {shop.prefix}more In[" in text
    assert "failed, and the app is as it was before it:" in text
    assert "IndexError: list index out of range" in text
    assert "  >   2  teas[99]" in text
    shop.fail("more", "def broken(:\n  pass")
    text = choice.call("failures", None, {})
    assert "SyntaxError" in text
    assert "line 1\n    > def broken(:" in text
    shop.run("more", "x = 1")
    assert f"{shop.prefix}more" not in choice.call("failures", None, {})


def test_failures_name_the_cell_that_ran_again_since(
    choice: NotebookChoice, shop: KernelNotebook
) -> None:
    """The line is that of the source that failed; the cell is found all the same."""
    choice.call("http", None, {"url": "/price/white"})
    shop.run("price", CELLS["price"].replace('{"green": 3}', '{"white": 3}'))
    text = choice.call("failures", None, {})
    assert f"cell {shop.prefix}price In[" in text
    assert ", line 4 as it ran in In[" in text
    assert '"price": 3' in choice.call("http", None, {"url": "/price/white"})
    assert choice.call("failures", None, {}).endswith("by its last request.")
    shop.run("price", CELLS["price"])


def test_check_names_the_cell_by_its_id(
    choice: NotebookChoice, shop: KernelNotebook, place: Path
) -> None:
    assert choice.call("check", None, {}).endswith(
        "Restart and Run All gives this app."
    )
    extra = '@app.get("/extra")\ndef extra():\n    return "now"'
    shop.run("extra", extra)
    cells = {**CELLS, "extra": extra.replace("/extra", "/later")}
    save(place / "shop.ipynb", cells, shop.prefix)
    text = choice.call("check", None, {})
    assert "GET /extra -> extra: only the live app has it" in text
    assert f", cell {shop.prefix}extra" in text
    save(place / "shop.ipynb", CELLS, shop.prefix)
    shop.delete("extra")


def test_export_ends_with_the_verdict(choice: NotebookChoice, place: Path) -> None:
    text = choice.call("export", None, {"path": "made.py"})
    assert "Wrote made.py" in text
    assert text.splitlines()[-1].startswith("Proved: ")
    assert (place / "made.py").is_file()


def test_openapi_is_the_document_of_the_live_app(choice: NotebookChoice) -> None:
    text = choice.call("openapi", None, {"below": "/price"})
    document = json.loads(text.partition("\n")[2])
    assert list(document["paths"]) == ["/price/{name}"]


def test_what_is_asked_leaves_no_trace_in_the_notebook(
    choice: NotebookChoice, shop: KernelNotebook
) -> None:
    before = shop.ask("[get_ipython().execution_count, sorted(globals())]")
    for tool in ("routes", "failures", "openapi"):
        choice.call(tool, None, {})
    choice.call("http", None, {"url": "/teas"})
    assert shop.ask("[get_ipython().execution_count, sorted(globals())]") == before


def test_a_notebook_of_another_folder_is_not_asked(
    place: Path, shop: KernelNotebook, tmp_path: Path
) -> None:
    choice = NotebookChoice(tmp_path)
    with pytest.raises(NoNotebookError) as caught:
        choice.call("routes", None, {})
    assert str(caught.value) == (
        "No notebook is open here.\n"
        f"  Why: kernels are looked for whose notebook is in {str(tmp_path)!r}.\n"
        "  Fix: open it in Jupyter and run its cells; or werkbook mcp --notebook PATH"
    )
    choice.close()


def test_a_kernel_that_runs_a_cell_says_so(
    choice: NotebookChoice,
    shop: KernelNotebook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("werkbook_ext.agents.notebook_choice.DEFAULT_TIMEOUT_S", 0.5)
    sent = shop.kernel.send("input()", "wait", allow_stdin=True)
    shop.kernel.client.get_stdin_msg(timeout=60)
    with pytest.raises(KernelReplyError) as caught:
        choice.call("routes", None, {})
    shop.kernel.client.input("done")
    shop.kernel.finish(sent)
    assert str(caught.value) == (
        "The kernel did not answer within 0 s.\n"
        "  Why: it runs a cell, and tools wait until that has ended.\n"
        "  Fix: wait for the cell or interrupt the kernel, then ask again."
    )


def test_kernel_is_found_by_its_id(place: Path, shop: KernelNotebook) -> None:
    file = Path(shop.kernel.manager.connection_file)
    kernel = file.stem.removeprefix("kernel-")
    choice = NotebookChoice(place / "other", kernel=kernel[:12])
    assert "list_teas" in choice.call("routes", None, {})
    choice.close()
    with pytest.raises(KernelReplyError):
        NotebookChoice(place, kernel="nothing").call("routes", None, {})


def test_a_notebook_that_nobody_opened_is_run_in_a_process_of_its_own(
    place: Path,
) -> None:
    path = place / "closed.ipynb"
    failing = {**CELLS, "fails": "1 / 0", "after": "app.get('/after')(lambda: 'x')"}
    save(path, failing)
    choice = NotebookChoice(place, notebook=path)
    try:
        text = choice.call("routes", None, {})
        head = "[closed.ipynb, not open: as saved, run in a process of its own]"
        assert text.splitlines()[0] == head
        assert "cell teas In[2]" in text
        assert "/after" not in text
        failures = choice.call("failures", None, {})
        assert "cell fails In[4] '1 / 0' failed" in failures
        save(path, {**CELLS, "more": "@app.get('/more')\ndef more():\n    return 'x'"})
        assert "/more" in choice.call("routes", None, {})
    finally:
        choice.close()


def test_kernel_without_the_extension_says_what_to_run(place: Path) -> None:
    path = place / "plain.ipynb"
    save(path, {"one": "x = 1"})
    choice = NotebookChoice(place, notebook=path)
    try:
        with pytest.raises(ToolCallError) as caught:
            choice.call("routes", None, {})
    finally:
        choice.close()
    assert str(caught.value).splitlines()[1] == (
        "This kernel has no Werkbook: no cell ran %load_ext werkbook."
        " Run that cell first."
    )


def test_cell_that_ends_its_kernel_is_named(place: Path) -> None:
    """At once: it was waited for two minutes, and said to take too long."""
    path = place / "ends.ipynb"
    save(path, {"one": "import os\nos._exit(1)"})
    choice = NotebookChoice(place, notebook=path)
    try:
        with pytest.raises(KernelReplyError) as caught:
            choice.call("routes", None, {})
    finally:
        choice.close()
    assert str(caught.value) == (
        "The cell one ended its kernel.\n"
        "  Why: a notebook without a kernel is run cell by cell.\n"
        "  Fix: open the notebook in Jupyter and run that cell."
    )
