"""The widget's ESM text: the view's modules, and the bridge's as a string in it."""

from __future__ import annotations

import json
from pathlib import Path

from ..widgets.esm import join_modules

FOLDER = Path(__file__).parent / "js"


def view_source() -> str:
    """Return the ESM text; what runs inside the shown page is one string of it."""
    bridge = join_modules(FOLDER / "bridge" / "main.js")
    script = f'"use strict";(() => {{\n{bridge}\n}})();'
    return f"const BRIDGE = {json.dumps(script)};\n{join_modules(FOLDER / 'view.js')}"
