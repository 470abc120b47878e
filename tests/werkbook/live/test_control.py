"""What a front end reads of the registrations."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from werkbook import App, live


def test_owners_can_be_listed_while_cells_run() -> None:
    app = App(__name__)

    def run_cells() -> None:
        for number in range(100):
            run = live.begin(live.Owner(f"cell{number}", f"In[{number}]"))
            app.add_url_rule(f"/{number}", f"view{number}", lambda: "")
            live.commit(run)

    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor() as pool:
            running = pool.submit(run_cells)
            while not running.done():
                live.owners()
        running.result()
    finally:
        sys.setswitchinterval(interval_s)
    listed = [one.id for one in live.owners() if one.id.startswith("cell")]
    assert listed == [f"cell{number}" for number in range(100)]
