"""What answering a request costs, in process, beside other frameworks.

    python bench/dispatch.py [--rounds 7] [--only hello] [--live | --kernel]

Each workload is the same app written for Werkbook, Flask, Bottle, Falcon, bare Werkzeug
and as a raw WSGI callable. One call is `app(environ, start_response)` and reading the
body, without a socket. Every round times each app once, in turn, so that a noisy
machine is noisy for all of them; the table gives the median in microseconds and how
many times as long as Werkbook each one takes. `--live` adds Werkbook in live mode;
`--kernel` measures all of it inside a real kernel with the extension loaded.
"""

from __future__ import annotations

import argparse
import gc
import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from peers import require

require("bottle", "falcon", "flask")

from dispatch_apps import WORKLOADS, Workload

TARGET_SECONDS = 0.05
Call = Callable[[], bytes]


def caller(app: Any, workload: Workload) -> Call:
    """Return a function that sends the workload's request to an app once."""
    template = workload.environ()
    body = workload.body

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        return None

    def call() -> bytes:
        environ = dict(template)
        environ["wsgi.input"] = io.BytesIO(body)
        result = app(environ, start_response)
        try:
            return b"".join(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    return call


def measure(calls: dict[str, Call], rounds: int) -> dict[str, float]:
    """Return the median time of one call of each, in microseconds."""
    numbers = {}
    for name, call in calls.items():
        call()
        began = time.perf_counter()
        for _ in range(50):
            call()
        each = (time.perf_counter() - began) / 50
        numbers[name] = max(20, int(TARGET_SECONDS / each))
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                number = numbers[name]
                began = time.perf_counter()
                for _ in range(number):
                    call()
                times[name].append((time.perf_counter() - began) / number * 1e6)
            gc.collect()
    finally:
        gc.enable()
    return {name: statistics.median(of_app) for name, of_app in times.items()}


def in_kernel(arguments: list[str]) -> None:
    """Print the table as it comes out in a kernel that loaded the extension."""
    from jupyter_client.manager import start_new_kernel

    code = (
        "%load_ext werkbook\nimport runpy, sys\n"
        f"sys.argv = {[__file__, *arguments, '--live']!r}\n"
        f"_ = runpy.run_path({__file__!r}, run_name='__main__')"
    )
    manager, client = start_new_kernel()
    try:
        reply = client.execute_interactive(code, timeout=600)
        if reply["content"]["status"] != "ok":
            raise SystemExit(1)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", help="one workload")
    parser.add_argument("--live", action="store_true", help="Werkbook in live mode too")
    parser.add_argument("--kernel", action="store_true", help="all of it in a kernel")
    options = parser.parse_args()
    if options.kernel:
        in_kernel([argument for argument in sys.argv[1:] if argument != "--kernel"])
        return
    names = ["werkbook", "flask", "bottle", "falcon", "werkzeug", "raw"]
    if options.live:
        names.insert(1, "live")
    print(f"{'workload':<14}" + "".join(f"{name:>17}" for name in names))
    for workload in WORKLOADS:
        if options.only and workload.name != options.only:
            continue
        apps = workload.apps(live=options.live)
        calls = {name: caller(app, workload) for name, app in apps.items()}
        workload.check({name: call() for name, call in calls.items()})
        times = measure(calls, options.rounds)
        own = times["werkbook"]
        cells = [
            f"{times[name]:8.2f} ({times[name] / own:5.2f})" if name in times else "-"
            for name in names
        ]
        print(f"{workload.name:<14}" + "".join(f"{cell:>17}" for cell in cells))


if __name__ == "__main__":
    main()
