"""How long an export takes, with its cautions: 125 to 2,000 cells, without the proof.

Run `python bench/export.py`. The last line says whether time grows linearly, and
whether 1,000 cells stay under two seconds.
"""

from __future__ import annotations

import time

from werkbook.export import Cell, Options, export
from werkbook.export.cautions import list_cautions

SIZES = (125, 250, 500, 1000, 2000)
LIMIT_S = 2.0
REPEATS = 3


def notebook(count: int) -> list[Cell]:
    """Make a notebook of so many cells, of the kinds that people write."""
    cells = [
        Cell("setup", "import json\nimport math\n\nfrom flask import Flask, request"),
        Cell("app", "app = Flask(__name__)\nrows = []\ntotals = {}"),
    ]
    kinds = (_data, _scratch, _helper, _view, _route, _magic, _plot, _change, _counter)
    more = range(count - len(cells))
    return cells + [Cell(f"c{one}", kinds[one % len(kinds)](one)) for one in more]


def _data(number: int) -> str:
    return f"values_{number} = [{number}, 2, 3]\nrows.append(values_{number})"


def _scratch(number: int) -> str:
    return f"x = {number}\nfor i in range(10):\n    x += i * math.sqrt(i)\nprint(x)"


def _helper(number: int) -> str:
    body = f"    return math.floor(sum(values_{number - 2})) + offset"
    return f"def helper_{number}(offset=0):\n{body}"


def _view(number: int) -> str:
    head = f'@app.route("/view/{number}/<int:n>")\ndef view_{number}(n):'
    body = f"    data = helper_{number - 1}(n)\n    return json.dumps(data)"
    return f"# Shows {number}.\n{head}\n{body}"


def _route(number: int) -> str:
    return f'%%route /cell/{number}\ntext = """\n  {number}\n"""\n{{"text": text}}'


def _magic(number: int) -> str:
    return f"!pip install something-{number}\n%matplotlib inline"


def _plot(number: int) -> str:
    return f"import matplotlib.pyplot as plt\nplt.plot(values_{number - 6})\nplt.show()"


def _change(number: int) -> str:
    return f'totals["{number}"] = len(rows)\nif {number} % 2:\n    rows.sort()'


def _counter(number: int) -> str:
    body = f"    global last_{number}\n    last_{number} = note_{number - 9}()"
    if number < 9:
        body = "    return missing"
    view = f'@app.get("/note/{number}")\ndef show_{number}():'
    view += f"\n    note_{number}()\n    return last_{number}"
    return f"def note_{number}():\n{body}\n\n{view}"


def measure(count: int) -> tuple[float, float]:
    """The best time to export a notebook of so many cells, and the processor's part."""
    cells = notebook(count)
    options = Options(version_of=lambda name: None)
    times = []
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        list_cautions(export(cells, options))
        taken = time.perf_counter() - start
        times.append((taken, time.process_time() - used))
    return min(times)


def main() -> None:
    """Print one line for each size, and the verdict."""
    measure(SIZES[0])  # the first export reads the installed distributions
    print(f"{'notebook':<12}{'whole':>12}{'processor':>14}{'each cell':>14}")
    found: dict[int, float] = {}
    for count in SIZES:
        found[count], used = measure(count)
        per_cell = found[count] / count * 1000
        taken = f"{found[count]:10.3f} s{used:12.3f} s"
        print(f"{count:5} cells {taken}{per_cell:11.3f} ms")
    growth = (found[2000] / 2000) / (found[250] / 250)
    print(f"1,000 cells: {found[1000]:.2f} s (limit {LIMIT_S:g} s)")
    print(f"time per cell, 2,000 against 250 cells: {growth:.2f} times")


if __name__ == "__main__":
    main()
