"""What the hooks around each cell cost: `python bench/cells.py`.

An app with 1,000 registrations, a cell that registers nothing. The bound is 0.2 ms for
the hook before a cell and for the one after it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from IPython.core.interactiveshell import (
    ExecutionInfo,
    ExecutionResult,
    InteractiveShell,
)
from traitlets.config import Config

from werkbook_ext.notebook.live_cells import find_live_cells

REGISTRATIONS = 1000
RUNS = 2000
BOUND_MS = 0.2


def make_shell() -> InteractiveShell:
    """Start a shell whose cells have registered a thousand things."""
    config = Config()
    config.HistoryManager.enabled = False
    config.Werkbook.announce = config.Werkbook.as_flask = False
    shell = InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "werkbook")
    shell.run_cell("from werkbook import App\napp = App('bench')", cell_id="app")
    for number in range(REGISTRATIONS // 2):
        source = f"@app.get('/rule/{number}')\ndef view_{number}():\n    return ''"
        shell.run_cell(source, cell_id=f"cell-{number}")
    return shell


def time_ms(function: Callable[[], object]) -> float:
    """Call a function once and return the milliseconds it took."""
    start_s = time.perf_counter()
    function()
    return (time.perf_counter() - start_s) * 1000


def measure(shell: InteractiveShell) -> tuple[float, float]:
    """Return the median milliseconds of the hook before and the hook after a cell."""
    cells = find_live_cells(shell)
    assert cells is not None
    before, after = [], []
    for _ in range(RUNS):
        meta = {"cellId": "idle", "deletedCells": []}
        info = ExecutionInfo("x = 1", True, False, True, "idle", meta)
        before.append(time_ms(lambda info=info: cells.pre_run_cell(info)))
        result = ExecutionResult(info)
        after.append(time_ms(lambda result=result: cells.post_run_cell(result)))
    return statistics.median(before), statistics.median(after)


def main() -> int:
    """Print the two medians; fail when one is over the bound."""
    before_ms, after_ms = measure(make_shell())
    print(f"An app of {REGISTRATIONS} registrations, medians")
    print(f"pre_run_cell   {before_ms:.4f} ms  at most {BOUND_MS} ms")
    print(f"post_run_cell  {after_ms:.4f} ms  at most {BOUND_MS} ms")
    return int(max(before_ms, after_ms) > BOUND_MS)


if __name__ == "__main__":
    sys.exit(main())
