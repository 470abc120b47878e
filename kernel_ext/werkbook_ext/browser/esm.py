"""The mini browser's front end as one text, with what runs inside the shown page.

The modules under js/bridge/ run there, so they become a string.
"""

from __future__ import annotations

import json
from pathlib import Path

from ..esm import join_modules

FOLDER = Path(__file__).parent / "js"


def view_source() -> str:
    """Return the ESM text of the widget's view, the page's bridge inside."""
    bridge = join_modules(FOLDER / "bridge" / "main.js")
    script = f'"use strict";(() => {{\n{bridge}\n}})();'
    return f"const BRIDGE = {json.dumps(script)};\n{join_modules(FOLDER / 'view.js')}"
