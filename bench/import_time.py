"""How long `import werkbook` takes, beside `import flask` and `import werkzeug`.

    python bench/import_time.py [--rounds 15]

Each import is a fresh interpreter; the three take turns. The table gives the median
processor time in milliseconds without the interpreter's own start, and the ratio to
Flask's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

MODULES = ("werkbook", "flask", "werkzeug")
CODE = "import time; t = time.process_time(); import {}; print(time.process_time() - t)"


def once(module: str, cache: str) -> float:
    """Return the milliseconds that importing a module takes in a fresh interpreter.

    Args:
        module: Its name.
        cache: A folder for compiled modules, the same for all.
    """
    environment = dict(os.environ, PYTHONPYCACHEPREFIX=cache)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    run = subprocess.run(
        [sys.executable, "-c", CODE.format(module)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return float(run.stdout) * 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {module: [] for module in MODULES}
    with tempfile.TemporaryDirectory() as cache:
        for module in MODULES:
            once(module, cache)
        for _ in range(rounds):
            for module in MODULES:
                times[module].append(once(module, cache))
    medians = {module: statistics.median(taken) for module, taken in times.items()}
    for module, median in medians.items():
        print(f"{module:<10}{median:8.1f} ms {median / medians['flask']:6.2f} x Flask")


if __name__ == "__main__":
    main()
