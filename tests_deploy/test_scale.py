"""The recipes of docs/howto/scale.md, with the servers that they name."""

from __future__ import annotations

import re
from pathlib import Path

import requests

from tests_deploy.conftest import Served
from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

GUIDE = (Path(__file__).parents[1] / "docs" / "howto" / "scale.md").read_text()
ASKED = 40


def recipe(title: str) -> str:
    """The Python under a heading of the guide."""
    section = GUIDE.split(f"## {title}\n")[1].split("\n## ")[0]
    return "\n\n".join(re.findall(r"```python\n(.*?)```", section, re.DOTALL))


def project_of(source: str, folder: Path) -> Path:
    """Export a recipe as a project."""
    project = folder / "shop"
    wish = Wish(folder / "n.ipynb", project=project, is_checked=False)
    deliver([Cell("a", source)], wish)
    return project


def test_sessions_live_in_redis(tmp_path: Path, redis_url: str) -> None:
    """Three workers share them, and a restart forgets none."""
    project = project_of(recipe("Sessions"), tmp_path)
    asker = requests.Session()
    count = 0
    for _ in range(2):
        served = Served(project, 3, {"REDIS_URL": redis_url, "SECRET_KEY": "s3cret"})
        try:
            for _ in range(ASKED):
                count += 1
                assert asker.get(served.url, timeout=30).text == str(count)
        finally:
            served.stop()


def test_data_lives_in_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """What one worker stores the others read, after a restart as well."""
    project = project_of(recipe("Databases"), tmp_path)
    for round_ in (1, 2):
        served = Served(project, 3, {"DATABASE_URL": postgres_url})
        try:
            for number in range(ASKED):
                answer = requests.post(
                    f"{served.url}/books", json={"title": f"{number}"}, timeout=30
                )
                assert answer.status_code == 201, served.log.read_text()
                count = len(requests.get(f"{served.url}/books", timeout=30).json())
                assert count == (round_ - 1) * ASKED + number + 1
        finally:
            served.stop()


def test_cached_values_live_in_redis(tmp_path: Path, redis_url: str) -> None:
    """It is computed once for all workers."""
    project = project_of(recipe("Caches"), tmp_path)
    served = Served(project, 3, {"REDIS_URL": redis_url})
    try:
        texts = {requests.get(served.url, timeout=30).text for _ in range(ASKED)}
    finally:
        served.stop()
    assert len(texts) == 1


def test_background_work_is_done_by_one_worker(tmp_path: Path, redis_url: str) -> None:
    """Each job is taken once, whichever web process put it there."""
    project = project_of(recipe("Background work"), tmp_path)
    served = Served(project, 2, {"REDIS_URL": redis_url})
    try:
        for number in range(ASKED):
            requests.post(f"{served.url}/jobs/{number}", timeout=30)
        done: list[str] = []
        while len(done) < ASKED:
            done = requests.get(f"{served.url}/done", timeout=30).json()
    finally:
        served.stop()
    assert sorted(map(int, done)) == [2 * number for number in range(ASKED)]


def test_uploads_live_in_a_folder_that_all_share(tmp_path: Path) -> None:
    """The folder comes from the environment, and outlives the process."""
    project = project_of(recipe("Uploads"), tmp_path)
    for _ in range(2):
        served = Served(project, 3, {"UPLOADS": str(tmp_path / "uploads")})
        try:
            requests.post(served.url, files={"file": ("../a b.txt", b"hi")}, timeout=30)
            texts = [
                requests.get(f"{served.url}/a_b.txt", timeout=30).text
                for _ in range(ASKED)
            ]
        finally:
            served.stop()
        assert set(texts) == {"hi"}
