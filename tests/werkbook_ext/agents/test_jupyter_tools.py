"""What the Jupyter MCP server finds by the entry point."""

import asyncio
import inspect
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from werkbook_ext.agents import jupyter_tools
from werkbook_ext.agents.notebook_choice import NoNotebookError


def test_nothing_is_offered_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WERKBOOK_MCP", raising=False)
    assert jupyter_tools.list_tools() == []


def test_tools_are_functions_that_the_server_can_load(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The server loads "module:function" and reads name, hints and docstring."""
    monkeypatch.setenv("WERKBOOK_MCP", "1")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    [found] = entry_points(group="jupyter_server_mcp.tools", name="werkbook")
    specs = found.load()()
    assert specs == jupyter_tools.list_tools()
    loaded = {}
    for spec in specs:
        module, _, name = spec.partition(":")
        loaded[name] = getattr(import_module(module), name)
    assert list(loaded) == [
        "werkbook_notebooks",
        "werkbook_routes",
        "werkbook_http",
        "werkbook_failures",
        "werkbook_check",
        "werkbook_export",
        "werkbook_openapi",
    ]
    http = loaded["werkbook_http"]
    assert http.__name__ == "werkbook_http"
    assert http.__doc__.startswith("Send a real request to the live app")
    assert inspect.iscoroutinefunction(http)
    assert list(inspect.signature(http).parameters)[:2] == ["url", "method"]
    with pytest.raises(NoNotebookError):
        asyncio.run(http("/"))


def test_a_name_that_is_no_tool_is_no_attribute() -> None:
    with pytest.raises(AttributeError):
        jupyter_tools.werkbook_nothing
