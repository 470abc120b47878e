"""Run all benchmarks, one after the other, into docs/bench: `make bench`.

Each runs in a process and a temporary folder of its own. Its page keeps the prose that
people wrote; what stands between two markers is replaced by what was measured, on what
machine, when, and by which command. A benchmark that fails leaves its page as it was.
"""

from __future__ import annotations

import argparse
import ast
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bench import plot

PAGES = HERE.parent / "docs" / "bench"
NO_BENCHMARKS = {"run", "peers", "dispatch_apps", "plot"}
ARGUMENTS = {
    "memory": ["--requests", "20000"],
    "server": ["--rounds", "2"],
    "widget": ["--rounds", "10"],
}
"""How a benchmark is called here where its defaults take many minutes."""
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def benchmarks() -> list[str]:
    """Return the names of the benchmarks in this folder."""
    return sorted({path.stem for path in HERE.glob("*.py")} - NO_BENCHMARKS)


def run(name: str, given: list[str]) -> tuple[str, str | None]:
    """Run one benchmark; return its command and its output, None if it failed."""
    arguments = [f"{name}.py", *(given or ARGUMENTS.get(name, []))]
    with tempfile.TemporaryDirectory(prefix="werkbook-bench-") as folder:
        done = subprocess.run(
            [sys.executable, str(HERE / arguments[0]), *arguments[1:]],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    command = f"python bench/{' '.join(arguments)}"
    return command, done.stdout.strip() if done.returncode == 0 else None


def plot_beside(page: Path, output: str) -> str:
    """Draw what a benchmark printed beside its page; return how the page shows it."""
    picture = plot.draw(output, f"The figures of bench/{page.stem}.py")
    if picture is None:
        return ""
    page.with_suffix(".svg").write_text(picture, "utf-8")
    alternative = f"The figures below as bars: {page.stem}"
    return f"![{alternative}]({page.stem}.svg)\n\n"


def block(command: str, output: str, load: float, picture: str = "") -> str:
    """Return what stands between the markers: where and how, then the figures."""
    where = (
        f"Measured on {date.today().isoformat()} by `{command}` on {_processor()},"
        f" {os.cpu_count()} cores, {platform.system()}, Python"
        f" {platform.python_version()}; load average before the run {load:.1f}."
        " Machines differ and are shared: compare rows, not runs."
    )
    return f"{BEGIN}\n\n{where}\n\n{picture}{_figures(output)}\n\n{END}"


def _figures(output: str) -> str:
    """Leave Markdown tables as they are, and quote plain text."""
    return output if output.startswith("|") else f"```text\n{output}\n```"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def update(page: Path, name: str, measured: str) -> None:
    """Put what was measured into a benchmark's page, which is made if need be."""
    if page.exists():
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        text = before + measured + rest.partition(END)[2]
    else:
        docstring = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text()))
        first, _, rest = (docstring or name).partition("\n\n")
        title = first.split(":")[0].rstrip(".")
        text = f"# {title}\n\n{rest.strip()}\n\n{measured}\n"
    part = page.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(page)


def main() -> int:
    """Run the benchmarks that are asked for; return how many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    words = "not all, but these; 'typed --rounds 3' is called with arguments"
    parser.add_argument("names", nargs="*", metavar="NAME", help=words)
    asked = [shlex.split(one) for one in parser.parse_args().names or benchmarks()]
    unknown = sorted({one[0] for one in asked} - set(benchmarks()))
    if unknown:
        parser.error(
            f"no benchmark {unknown[0]!r}; there are {', '.join(benchmarks())}"
        )
    PAGES.mkdir(exist_ok=True)
    failed = []
    for number, (name, *arguments) in enumerate(asked, 1):
        load, start_s = os.getloadavg()[0], time.monotonic()
        print(f"[{number}/{len(asked)}] bench/{name}.py ...", flush=True)
        command, output = run(name, arguments)
        took_s = time.monotonic() - start_s
        if output is None:
            failed.append(name)
            print(f"  failed after {took_s:.0f} s; its page stays as it was")
            continue
        page = PAGES / f"{name}.md"
        picture = plot_beside(page, output)
        update(page, name, block(command, output, load, picture))
        print(f"  docs/bench/{name}.md, {took_s:.0f} s")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
