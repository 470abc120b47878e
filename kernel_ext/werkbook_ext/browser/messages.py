"""The table of the messages between a page, its view and the kernel.

`messages.json` says of each kind, by direction: what it says, its fields, by which
kinds it is answered, and what its buffers hold. Tests check both sides against it. A
message has its kind as `t`. What is asked for has an `id`, and so have its answers;
between view and kernel all have the view's id as `view`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

Direction = Literal["page to view", "view to page", "view to kernel", "kernel to view"]
MESSAGES: dict[Direction, dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "messages.json").read_text("utf-8")
)
