"""A project's folder around an exported app, ready to deploy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from werkbook.cells.asked import Asked
from werkbook.export.exporter import MARK
from werkbook.export.project.workers import workers_for
from werkbook.export.project.written_tests import tests_for
from werkbook.export.proof.proved import Proved


def project_files(
    result: Proved, asked: Sequence[Asked], notebook: Path
) -> dict[str, str]:
    """The files of a project, by their path below its folder.

    Templates and static files are files there; app.py finds them where Flask does.
    """
    export = result.export
    workers = workers_for(result)
    arguments = f"--workers {workers.count} --threads {workers.threads}"
    why = "".join(f"# {line}\n" for line in workers.why)
    files = {
        "app.py": export.source,
        "requirements.txt": _requirements(export.requirements),
        "tests/test_app.py": tests_for(result, asked, "app", notebook.name),
        "tests/conftest.py": _CONFTEST,
        "Dockerfile": _DOCKERFILE.format(app=export.app, arguments=arguments, why=why),
        "Procfile": _PROCFILE.format(app=export.app, arguments=arguments),
        "app.yaml": _APP_YAML.format(app=export.app, arguments=arguments, why=why),
        ".dockerignore": _DOCKERIGNORE,
        "README.md": _README.format(notebook=notebook.name, app=export.app),
    }
    files.update(export.files)
    return files


def _requirements(requirements: Sequence[str]) -> str:
    names = [*requirements, "gunicorn>=23"]
    return f"# {MARK}\n" + "".join(f"{one}\n" for one in names)


_CONFTEST = f'''\
"""Let the tests import the app from the folder above; {MARK}."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
'''

_DOCKERFILE = f"""\
# {MARK}
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PORT=8000
WORKDIR /srv
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd --create-home app && chown -R app /srv
USER app
EXPOSE 8000
HEALTHCHECK CMD python -c "import os, socket; \\
socket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 3)"
{{why}}CMD gunicorn {{arguments}} --bind 0.0.0.0:$PORT app:{{app}}
"""

_PROCFILE = "web: gunicorn {arguments} --bind 0.0.0.0:$PORT app:{app}\n"

_APP_YAML = f"""\
# {MARK}
runtime: python313
{{why}}entrypoint: gunicorn {{arguments}} --bind :$PORT app:{{app}}
"""

_DOCKERIGNORE = f"""\
# {MARK}
.git
.venv
__pycache__
*.ipynb
tests
.werkbook.json
"""

_README = f"""\
# A web app from {{notebook}}

This folder was {MARK}.

- Run it: `uv run app.py`, or `pip install -r requirements.txt` and `python app.py`.
- Serve it: `gunicorn -w 4 app:{{app}}` or `waitress-serve app:{{app}}`.
- Test it: `pip install pytest`, then `pytest`.
- Ship it: `docker build -t app .`, `docker run -p 8000:8000 app`; Procfile and
  app.yaml are for Heroku's kind of host and for App Engine.
- Export it again after a change: `werkbook export {{notebook}} --project .`
"""
