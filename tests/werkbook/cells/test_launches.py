"""Which written files are run by cells."""

from __future__ import annotations

import pytest

from werkbook.cells.launches import launched

WRITTEN = {"app.py", "wsgi.py", "shop/__init__.py", "shop/main.py", "src/server.py"}


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("python app.py", "app.py"),
        ("python3.12 -u ./app.py &", "app.py"),
        ("nohup python /content/app.py > log 2>&1 &", "app.py"),
        ("python -m shop.main", "shop/main.py"),
        ("python -m shop", "shop/__init__.py"),
        ("gunicorn -w 2 -b 127.0.0.1:8000 shop.main:app", "shop/main.py"),
        ("uvicorn shop.main:app --reload", "shop/main.py"),
        ("waitress-serve --port 8000 wsgi:app", "wsgi.py"),
        ("FLASK_APP=app.py flask run", "app.py"),
        ("flask --app shop run", "shop/__init__.py"),
        ("flask run", "wsgi.py"),
        ("cd src && python server.py", "src/server.py"),
        ("cd src; uvicorn server:app", "src/server.py"),
        ("subprocess.Popen('python app.py', shell=True)", "app.py"),
    ],
)
def test_command_that_runs_a_written_file(command: str, path: str) -> None:
    """However it is started, and from which folder."""
    assert launched([command], WRITTEN)[:1] == [path]


@pytest.mark.parametrize(
    "command",
    ["pip install flask", "python other.py", "cat app.py", "ls", "echo app.py" * 1000],
)
def test_other_commands_run_none(command: str) -> None:
    """A file that is only shown is not run, nor one that no cell wrote."""
    assert launched([command], WRITTEN) == []


def test_files_are_listed_in_the_order_they_run() -> None:
    """The last one counts."""
    commands = ["python app.py", "python src/server.py"]
    assert launched(commands, WRITTEN) == ["app.py", "src/server.py"]
