"""One page for each student: what was asked, what came back, what it is worth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment

from werkbook.whole_files import write_whole

from ...plain_words import shortened
from ..check_answers import Answer
from .results import Graded

MAX_BODY_CHARS = 4000
MAX_HEADERS = 100
MAX_STEM_BYTES = 100

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ one.student }}: {{ "%g"|format(one.points) }} of \
{{ "%g"|format(one.max_points) }} points</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto;
  padding: 0 1rem; color: #1f1f1f; background: #fff; }
h2 { margin: 2rem 0 .3rem; font-size: 1.2rem; }
ul { list-style: none; padding: 0; }
li { border-top: 1px solid #ddd; padding: .4rem 0; }
.done { color: #1b6e20; } .open { color: #8a4b00; } .problem { color: #b3261e; }
pre { background: #f5f5f5; padding: .5rem; overflow: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .85rem; }
code { overflow-wrap: anywhere; }
summary { cursor: pointer; color: #5f5f5f; }
@media print { details { display: none } }
</style>
<h1>{{ one.student }}</h1>
<p><strong>{{ "%g"|format(one.points) }} of {{ "%g"|format(one.max_points) }}
points</strong></p>
{% if one.problem %}<p class="problem">{{ one.problem }}</p>{% endif %}
{% for kind, text in one.failed %}
<p class="problem">A cell failed: {{ kind }}: {{ text }}</p>
{% endfor %}
{% for progress in one.progresses %}
<h2>{{ progress.exercise.name }}: {{ "%g"|format(progress.points) }} of
{{ "%g"|format(progress.exercise.points) }}</h2>
<ul>
{% for line in progress.lines %}
<li><strong class="{{ 'done' if line.is_done else 'open' }}">
{{ "done" if line.is_done else "not yet" }}:</strong>
<code>{{ line.check.source }}</code>
{% if line.words %}<br>{{ line.words }}{% endif %}
{% if line.answer and line.answer.status %}
<details><summary>What was asked, and what came back</summary>
<pre>{{ exchange(line.answer) }}</pre></details>
{% endif %}</li>
{% endfor %}
</ul>
{% endfor %}
{% for test in one.tests %}
<h2>{{ test.name }}: {{ "%g"|format(test.points if test.is_done else 0) }} of
{{ "%g"|format(test.points) }}</h2>
{% if test.error %}<pre>{{ test.error }}</pre>{% endif %}
{% endfor %}
</html>
"""

_environment = Environment(autoescape=True, trim_blocks=True)


def write_reports(results: Sequence[Graded], folder: Path) -> list[Path]:
    """Write a page for each student; return the files in the results' order."""
    folder.mkdir(parents=True, exist_ok=True)
    template = _environment.from_string(_PAGE)
    paths: list[Path] = []
    for graded in results:
        path = folder / _file_name(graded.student, [one.name for one in paths])
        page = template.render(one=graded, exchange=exchange_text)
        write_whole(path, page)
        paths.append(path)
    return paths


def _file_name(student: str, taken: list[str]) -> str:
    stem = re.sub(r"[^\w.-]+", "_", student)
    stem = stem.encode()[:MAX_STEM_BYTES].decode("utf-8", "ignore").strip("._")
    stem = stem or "student"
    name, number = f"{stem}.html", 2
    while name.lower() in {one.lower() for one in taken}:
        name, number = f"{stem}-{number}.html", number + 1
    return name


def exchange_text(answer: Answer) -> str:
    """Return a request and its answer as text, as they went over the wire."""
    first = answer.hops[0]
    parts = [f"{first.method} {first.url}", *_lines(answer.request_headers)]
    if answer.request_body:
        parts += ["", answer.request_body.decode("utf-8", "replace")]
    parts += ["", *(f"-> {hop.status} ({hop.method} {hop.url})" for hop in answer.hops)]
    parts += [*_lines(answer.headers), "", answer.text[:MAX_BODY_CHARS]]
    if answer.output.strip():
        parts += ["", "The app wrote:", answer.output[:MAX_BODY_CHARS]]
    return "\n".join(parts)


def _lines(headers: Sequence[tuple[str, str]]) -> list[str]:
    lines = [f"{name}: {shortened(value)}" for name, value in headers[:MAX_HEADERS]]
    left = len(headers) - MAX_HEADERS
    return [*lines, f"({left} more headers)"] if left > 0 else lines
