"""What `%load_ext werkbook` imports: what a notebook needs from its first cell on."""

from __future__ import annotations

import json
import subprocess
import sys

LATE = {
    "markdown_it",
    "werkbook.exercises.checking",
    "werkbook.export.exporter",
    "werkbook.export.proof",
    "werkbook_ext.exercises.desk",
    "werkbook_ext.restart",
    "wsproto",
}
"""What comes with the first exercise, export, check or WebSocket."""

LOADED = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "werkbook")
loaded = sorted(sys.modules)
shell.run_cell("from werkbook import App\\napp = App()")
shell.run_cell("%%exercise one\\nA text.\\n\\nGET / -> 404")
shell.run_line_magic("check", "")
from werkbook_ext.transport import transcript
print(json.dumps([loaded, sorted(sys.modules)]))
"""


def test_what_few_notebooks_need_is_imported_late() -> None:
    """Loading takes as long as it must: the rest is imported when it is asked for."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    loaded, later = map(set, json.loads(ran.stdout.splitlines()[-1]))
    assert LATE & loaded == set()
    assert LATE - later == set()
