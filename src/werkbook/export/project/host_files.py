"""Files for hosts: a container, App Engine, Heroku's kind, GitHub's test machines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from string import Template

from werkbook.export.exporter import MARK, MAX_NAME_CHARS
from werkbook.export.project.environment_variables import Variable
from werkbook.export.project.workers import Workers
from werkbook.plain_words import on_one_line

_PLAIN = re.compile(r"[\w./:@%+,=-]*", re.ASCII)
"""What means itself to a shell, to Docker and in Markdown alike."""

PYTHON_IMAGE = "python:3.13.5-slim-bookworm"
_SETTINGS = (
    Variable("HOST", "127.0.0.1", "where `python app.py` listens"),
    Variable("PORT", "8000", "the TCP port"),
    Variable("WEB_CONCURRENCY", "", "gunicorn's processes; gunicorn.conf.py decides"),
    Variable("LOG_FORMAT", "", "json: one JSON object a request"),
    Variable("FORWARDED_ALLOW_IPS", "127.0.0.1", "proxies that are trusted"),
)
"""What the project's own files read."""


def dockerfile(workers: Workers) -> str:
    """Write the Dockerfile: built in one stage, run in another by nobody special."""
    why = "".join(f"# {line}\n" for line in workers.why)
    words = ", ".join(f'"{word}"' for word in ["gunicorn", *_arguments(workers)])
    return Template(_DOCKERFILE).substitute(
        mark=MARK, image=PYTHON_IMAGE, why=why, words=words
    )


def procfile(workers: Workers) -> str:
    """Write the Procfile of Heroku's kind of host."""
    return " ".join(["web: gunicorn", *_arguments(workers)]) + "\n"


def _arguments(workers: Workers) -> list[str]:
    """What no variable of a host may change: that there is one process."""
    if workers.count > 1:
        return []  # gunicorn.conf.py says how many, and WEB_CONCURRENCY
    return ["--workers", "1", "--threads", str(workers.threads)]


def app_yaml(workers: Workers) -> str:
    """Write App Engine's `app.yaml`."""
    why = "".join(f"# {line}\n" for line in workers.why)
    command = " ".join(["gunicorn", *_arguments(workers)])
    return Template(_APP_YAML).substitute(mark=MARK, why=why, command=command)


def requirements(names: Sequence[str], *, is_asgi: bool) -> str:
    """Write requirements.txt: what the app needs, and its server."""
    servers = ["gunicorn>=23,<28"]
    if is_asgi:
        servers += ["uvicorn>=0.30", "uvicorn-worker>=0.2"]
    known = {one.partition(">")[0].partition("=")[0].lower() for one in names}
    more = [one for one in servers if one.partition(">")[0] not in known]
    return f"# {MARK}\n" + "".join(f"{one}\n" for one in [*names, *more])


def env_example(variables: Iterable[Variable], secrets: Sequence[str]) -> str:
    """Write `.env.example`: every variable that the app and its server read."""
    lines = [f"# The environment variables of the app; {MARK}."]
    own = {one.name: one for one in variables}
    if secrets and "SECRET_KEY" not in own:
        own["SECRET_KEY"] = Variable("SECRET_KEY", "", "signs cookies; keep it secret")
    settings = [one for one in _SETTINGS if one.name not in own]
    for one in [*(own[name] for name in sorted(own)), *settings]:
        is_secret = one.default in secrets
        value = "" if one.default is None or is_secret else one.default
        what = f"{one.cell}: " if one.default is None else f"{one.cell} "
        need = "needed" if one.default is None else ""
        lines += ["", f"# {(what + need).strip()}".rstrip(), _setting(one.name, value)]
    return "\n".join(lines) + "\n"


def _setting(name: str, value: str) -> str:
    """Write a variable; what a shell would not take as it is stays a comment."""
    if _PLAIN.fullmatch(value):
        return f"{name}={value}"
    return f"# {name}={on_one_line(value, MAX_NAME_CHARS)}"


def workflow(testing: Iterable[str]) -> str:
    """Write GitHub's workflow that runs the tests, each action at one commit."""
    return Template(_WORKFLOW).substitute(mark=MARK, testing=" ".join(testing))


def readme(
    notebook: str,
    deploys: Iterable[str],
    target: str,
    testing: Iterable[str],
    secrets: Sequence[str],
) -> str:
    """Write a README that can be followed as it stands.

    Args:
        notebook: The notebook's name.
        deploys: The clusters that the project has files for.
        target: The exporter's option.
        testing: What the tests need besides the app's own distributions.
        secrets: The secret keys that stand in the source; then SECRET_KEY is needed.
    """
    more = "".join(_README_DEPLOYS[one] for one in deploys)
    option = "" if target == "flask" else f" --target {target}"
    shown = on_one_line(notebook, MAX_NAME_CHARS).replace("`", "'")
    return Template(_README).substitute(
        title=shown if _PLAIN.fullmatch(shown) else f"`{shown}`",
        notebook=shlex.quote(notebook) if shown == notebook else "NOTEBOOK.ipynb",
        mark=MARK,
        more=more,
        option=option,
        testing=" ".join(testing),
        key=_README_KEY if secrets else "",
        env=" -e SECRET_KEY" if secrets else "",
    )


CONFTEST = f'''\
"""Let the tests import the app from the folder above; {MARK}."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
'''

DOCKERIGNORE = f"""\
# {MARK}
.env
.git
.github
.venv
__pycache__
*.ipynb
tests
kubernetes
.werkbook.json
"""

GITIGNORE = f"""\
# {MARK}
.env
.venv/
__pycache__/
.pytest_cache/
instance/
*.db
*.sqlite3
"""

_WORKFLOW = """\
# $mark
name: test
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with:
          python-version: "3.13"
      - run: python -m pip install -r requirements.txt $testing
      - run: python -m pytest
"""

_DOCKERFILE = """\
# $mark
FROM $image AS build
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt

FROM $image
ENV PATH=/venv/bin:$$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000
RUN useradd --uid 10001 --create-home app && install --directory --owner app /srv/app
COPY --from=build /venv /venv
WORKDIR /srv/app
COPY --chown=app . .
USER 10001
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import os, urllib.request as u; \\
u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=3)"]
${why}CMD [$words]
"""

_APP_YAML = """\
# $mark
# For Google App Engine alone: gcloud app deploy. Other hosts do not read this file.
runtime: python313
${why}entrypoint: $command --bind :$$PORT
"""

_README = """\
# A web app from $title

This folder was $mark.

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt $testing
    .venv/bin/python -m pytest
    .venv/bin/python app.py

The last line serves it for development. For the world, `.venv/bin/gunicorn` serves it
as gunicorn.conf.py says, on port 8000, with `/healthz` for probes. `.env.example` lists
the variables that it reads.
$key
- A container: `docker build -t app .`, then `docker run -p 8000:8000$env app`.
  It stops within 30 seconds and lets requests finish.
- Heroku's kind of host reads Procfile, Google App Engine reads app.yaml.
${more}- After a change of the notebook: `werkbook export $notebook --project .$option`
"""
_README_KEY = """\

Everybody who reads the source knows the secret key that stands in it. Give the server
one of your own, and the same one at each start:

    export SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex())')"
"""
_README_DEPLOYS = {
    "kubernetes": """\
- Kubernetes: put your image's name and your secrets into the files of `kubernetes/`,
  then `kubectl apply -f secret.yaml -f deployment.yaml -f service.yaml` there; with
  Knative, `knative.yaml` in place of the last two.
""",
    "ray": """\
- Ray Serve: `pip install -r requirements-ray.txt`, then `serve run serve_app:app`.
""",
}
