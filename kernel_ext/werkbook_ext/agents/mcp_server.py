"""The tools as a server of the Model Context Protocol, over stdin and stdout."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from werkbook.errors import WerkbookError
from werkbook.version import __version__

from .agent_tools import make_tools
from .notebook_choice import NotebookChoice

INSTRUCTIONS = """\
Werkbook runs a web app live in a Jupyter notebook's kernel. These tools ask that app:
after you changed cells and ran them, look at `routes` and `failures`, ask the app with
`http`, and before you hand it over call `check` and `export`. They never run, edit or
delete cells. Each answer begins with the notebook that it is about; where several are
open, name one with `notebook` (see `notebooks`).
"""
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_ACTS = ToolAnnotations(read_only_hint=False, open_world_hint=False)


def make_server(choice: NotebookChoice) -> MCPServer[Any]:
    """Return a server whose tools ask the notebooks of a choice, one call at a time."""

    @asynccontextmanager
    async def close_at_end(_: MCPServer[Any]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            choice.close()

    server: MCPServer[Any] = MCPServer(
        "werkbook",
        instructions=INSTRUCTIONS,
        version=__version__,
        lifespan=close_at_end,
        log_level="ERROR",
    )
    for function in make_tools(choice):
        annotations = _ACTS if function.__name__ in ("http", "export") else _READS
        server.tool(annotations=annotations, structured_output=False)(_told(function))
    return server


def _told(function: Callable[..., str]) -> Callable[..., str]:
    """Turn errors that the caller can mend into the tool's answer."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> str:
        try:
            return function(*args, **kwargs)
        except (WerkbookError, OSError) as error:
            raise ToolError(str(error)) from None

    return call
