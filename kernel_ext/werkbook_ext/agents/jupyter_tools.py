"""The tools for the Jupyter MCP server (`jupyter-server-mcp`), by its entry point.

It takes up whatever is installed, so nothing is offered unless `WERKBOOK_MCP=1` asks
for it. Asked are the open notebooks in the folder where Jupyter was started.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .agent_tools import make_tools
from .notebook_choice import NotebookChoice

ASKED_FOR = "WERKBOOK_MCP"


def list_tools() -> list[str]:
    """Return the tools as `module:function`; none unless they were asked for."""
    if os.environ.get(ASKED_FOR, "").lower() not in ("1", "true", "yes"):
        return []
    return [f"{__name__}:{name}" for name in _make_named_tools()]


def __getattr__(name: str) -> Any:
    """Return a tool: the server looks for each as a function of this module."""
    tools = _make_named_tools() if name.startswith("werkbook_") else {}
    if name not in tools:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return tools[name]


@functools.cache
def _make_named_tools() -> dict[str, Callable[..., Any]]:
    """Return the tools under names that say whose they are among many others."""
    tools = map(_beside, make_tools(NotebookChoice(Path.cwd())))
    return {one.__name__: one for one in tools}


def _beside(function: Callable[..., str]) -> Callable[..., Any]:
    """Let a tool wait for its kernel beside the server's own work."""

    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> str:
        return await asyncio.to_thread(function, *args, **kwargs)

    call.__name__ = f"werkbook_{function.__name__}"
    return call
