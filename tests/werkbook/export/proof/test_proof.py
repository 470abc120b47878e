"""The exported file in a clean process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from werkbook.cells.asked import Asked
from werkbook.export.proof import proof as proof_module
from werkbook.export.proof.proof import compare_rules, diff, prove

APP = "from werkbook import App, request\n\napp = App()\n\n\n"


def view(expression: str) -> str:
    return f'@app.get("/")\ndef index():\n    return {expression}\n'


def test_proof_compares_status_type_and_body() -> None:
    """Each difference names its cell; a body's is a small diff."""
    asked = [
        Asked("In[1]", "GET", "/", status=200, content_type="text/html", response=b"a"),
        Asked("In[2]", "GET", "/none", status=200),
        Asked("In[3]", "GET", "/", status=200, response=b"b\nc"),
        Asked("In[4]", "GET", "/", status=200, content_type="application/json"),
    ]
    proof = prove(APP + view("'a'"), requests=asked)
    assert [(one.cell, one.what) for one in proof.differences] == [
        ("In[2]", "GET /none answers 404, not 200 as here."),
        ("In[3]", "GET / has another body."),
        ("In[4]", "GET / has the type 'text/html', not 'application/json'."),
    ]
    assert proof.differences[1].detail.splitlines()[3:] == ["-b", "-c", "+a"]


def test_proof_lets_off_what_varies() -> None:
    """A token differs from one process to the next; a state does not."""
    code = APP + "import secrets\n" + view("secrets.token_hex()")
    asked = [Asked("In[1]", "GET", "/", status=200, response=b"x")]
    proof = prove(code, requests=asked)
    assert proof.is_proved
    assert proof.answers[0].varies


def test_proof_keeps_cookies_between_requests() -> None:
    """The requests of a notebook share a jar."""
    code = APP + view("request.cookies.get('a', 'none')")
    code += '@app.get("/set")\ndef put():\n    return "x", 200, {"Set-Cookie": "a=1"}\n'
    asked = [Asked("", "GET", url) for url in ("/", "/set", "/")]
    bodies = [one.body for one in prove(code, requests=asked).answers]
    assert bodies == [b"none", b"x", b"1"]


def test_proof_runs_in_a_copy_of_the_folder(tmp_path: Path) -> None:
    """The file finds the folder's files and modules, and changes none of them."""
    (tmp_path / "data.txt").write_text("before")
    helper = "from pathlib import Path\n\ntext = Path('data.txt').read_text()\n"
    (tmp_path / "helper.py").write_text(helper)
    (tmp_path / ".git").mkdir()
    code = APP + "import os, helper\nos.remove('data.txt')\n"
    code += view("helper.text + str(os.path.exists('.git'))")
    proof = prove(code, folder=tmp_path, requests=[Asked("", "GET", "/")])
    assert proof.answers[0].body == b"beforeFalse"
    assert (tmp_path / "data.txt").read_text() == "before"


def test_proof_has_home_and_path_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another variable is there when it is named."""
    monkeypatch.setenv("MY_KEY", "secret")
    code = APP + "import os\n" + view("os.environ.get('MY_KEY', 'none')")
    asked = [Asked("", "GET", "/")]
    assert prove(code, requests=asked).answers[0].body == b"none"
    assert prove(code, requests=asked, env=["MY_KEY"]).answers[0].body == b"secret"
    assert "PATH" in os.environ


def test_proof_ends_after_the_time_out() -> None:
    """A file that never comes back is a difference."""
    proof = prove(APP + "while True:\n    pass", timeout_s=1.5)
    whats = [one.what for one in proof.differences]
    assert whats == ["The file did not answer within 1.5 s."]


def test_proof_names_a_file_that_ends_its_process() -> None:
    """`os._exit` leaves no result."""
    proof = prove("import os\nos._exit(3)")
    assert proof.differences[0].what.startswith("The process ended with 3.")


def test_compare_rules_shows_both_sides() -> None:
    """A rule too few and one too many."""
    found = compare_rules([("/a", ("GET",), "a")], [("/b", ("GET",), "b")])
    assert [one.what for one in found] == [
        "The file has no rule '/a' (GET) of the endpoint 'a'.",
        "Only the file has the rule '/b' (GET) of the endpoint 'b'.",
    ]


def test_diff_is_small() -> None:
    """Long differences are cut."""
    lines = diff(b"", b"\n".join(b"%d" % n for n in range(100))).splitlines()
    assert len(lines) == 13
    assert lines[-1].endswith("lines more")


def test_large_folder_is_not_copied_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own small files and the folders where Flask looks come along."""
    monkeypatch.setattr(proof_module, "MAX_COPY_FILES", 3)
    monkeypatch.setattr(proof_module, "MAX_FILE_BYTES", 10)
    folder = tmp_path / "home"
    for name in ("a.txt", "deep/b.txt", "templates/t.html", "venv/c", "d.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (folder / "big.bin").write_bytes(b"x" * 11)
    (folder / "dead").symlink_to("nowhere")
    proof_module.copy_folder(folder, tmp_path / "copy")
    copied = {
        str(p.relative_to(tmp_path / "copy")) for p in (tmp_path / "copy").rglob("*.*")
    }
    assert copied == {"a.txt", "d.txt", "templates/t.html"}
