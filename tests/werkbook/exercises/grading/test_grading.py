"""Submissions that harm themselves, and nobody else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.exercise_cases.course import code, notebook

from werkbook.exercises.check_answers import Answer, Hop
from werkbook.exercises.course.key import (
    Key,
    KeyTest,
    NotebookKey,
    digest_cells,
    read_key,
    write_key,
)
from werkbook.exercises.grading import notebook_process
from werkbook.exercises.grading.confinement import SubmissionLimits
from werkbook.exercises.grading.grading import grade, grade_all
from werkbook.exercises.grading.student_page import exchange_text
from werkbook.exercises.grading.submissions import (
    Submission,
    find_submissions,
    only_of_key,
)

EXERCISE = """%%exercise greet --points 2 --timeout 1
Greet.

GET /hello/Ada -> 200, text has "Hello Ada"
hidden GET /hello/Bob -> text has "Hello Bob"
"""
APP = """%load_ext werkbook
from werkbook import App
app = App("lesson")
@app.get("/hello/<name>")
def hello(name):
    return "Hello " + name
"""
FASTAPI = """from contextlib import asynccontextmanager
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
@asynccontextmanager
async def live(app):
    yield {'word': 'Hello '}
async def find(name):
    return name
app = FastAPI(lifespan=live)
@app.get("/hello/{name}")
async def hello(name: str, request: Request):
    found = await find(name)
    return PlainTextResponse(request.state.word + found)
"""
HandIn = Callable[..., Submission]
LIMITS = SubmissionLimits(timeout_s=60)
KEY = Key((NotebookKey("lesson.ipynb", (EXERCISE,)),))


@pytest.fixture
def hand_in(tmp_path: Path) -> HandIn:
    """Return what writes a submission of some cells."""

    def write(*cells: str, name: str = "ada") -> Submission:
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps(notebook([code(cell) for cell in cells])), "utf-8")
        return Submission(name, path)

    return write


def test_right_submission_gets_its_points(hand_in: HandIn) -> None:
    """The app is asked what the key says, hidden checks included."""
    graded = grade(hand_in(APP), KEY, LIMITS)
    assert (graded.points, graded.max_points, graded.problem) == (2, 2, "")


def test_asgi_app_gets_its_points(hand_in: HandIn) -> None:
    """FastAPI's app is asked as any is, and its lifespan begins in the sandbox."""
    graded = grade(hand_in(FASTAPI), KEY, LIMITS)
    assert [line.words for line in graded.progresses[0].lines] == ["", ""]
    assert (graded.points, graded.max_points, graded.problem) == (2, 2, "")


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        (
            "await find(name)",
            "find(name)",
            'The app raised TypeError: can only concatenate str (not "coroutine") to '
            "str. find(...) has no value before it is awaited: await find(...)",
        ),
        (
            "return Plain",
            "while True: pass\n    return Plain",
            "The app did not answer in time. Your view has a loop that never ends "
            "(while True): leave it with return or break.",
        ),
        (
            "{'word': 'Hello '}",
            "1 / 0",
            "The app's start-up raised ZeroDivisionError: division by zero.",
        ),
    ],
)
def test_mistake_in_an_asgi_app_is_named(
    hand_in: HandIn, right: str, wrong: str, found: str
) -> None:
    """What it does wrong is told as of an app of WSGI."""
    graded = grade(hand_in(FASTAPI.replace(right, wrong)), KEY, LIMITS)
    assert (graded.points, graded.problem) == (0, "")
    line = graded.progresses[0].lines[0]
    assert line.words.split(". ", 1)[1] == found


def test_edited_checks_change_nothing(hand_in: HandIn) -> None:
    """What a submission says of its own checks does not count."""
    wrong = APP.replace("Hello ", "Hi ")
    easy = "%%exercise greet --points 100\nGreet.\n\nGET / -> 404"
    graded = grade(hand_in(wrong, easy), KEY, LIMITS)
    assert (graded.points, graded.max_points) == (0, 2)


def test_mistake_of_a_visible_check_is_named(hand_in: HandIn) -> None:
    """The report names the mistake as the card does; of hidden checks it is silent."""
    graded = grade(hand_in(APP.replace("hello/<", "hallo/<")), KEY, LIMITS)
    seen, hidden = graded.progresses[0].lines
    assert seen.words == (
        "I asked for /hello/Ada and expected the status 200. The app answered 404: no "
        "rule fits; the nearest is /hallo/<name>."
    )
    assert hidden.finding is None


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("while True: pass", "It did not end within 6 s."),
        ("import os; os._exit(7)", "Its process ended with 7."),
    ],
)
def test_submission_that_dies_gets_its_line(
    hand_in: HandIn, cell: str, problem: str
) -> None:
    """What hangs, or kills its process, is told in one line and has no points."""
    graded = grade(hand_in(APP, cell), KEY, SubmissionLimits(timeout_s=6))
    assert graded.problem.startswith(problem)
    assert (graded.points, graded.max_points) == (0, 2)


@pytest.mark.parametrize(
    "cell",
    [
        "for _ in range(10000): print('x' * 100_000)",
        "import os\nfor _ in range(1000): os.write(1, b'x' * 1_000_000)",
        "import sys; sys.exit(3)",
        "kept = []\nwhile True: kept.append(bytearray(50_000_000))",
        "with open('big', 'wb') as file:\n"
        "    for _ in range(1000): file.write(b'x' * 1_000_000)",
        "input('?')",
    ],
)
def test_greedy_cell_only_fails_itself(hand_in: HandIn, cell: str) -> None:
    """A gigabyte printed, kept or written stops that cell; the app is still asked."""
    graded = grade(hand_in(APP, cell), KEY, LIMITS)
    assert (graded.points, graded.problem) == (2, "")


def test_view_that_hangs_costs_its_check_only(hand_in: HandIn) -> None:
    """One request that never ends is not answered; the next is."""
    slow = APP.replace("    return", "    while name == 'Ada': pass\n    return")
    graded = grade(hand_in(slow), KEY, LIMITS)
    seen, hidden = graded.progresses[0].lines
    assert "The app did not answer in time." in seen.words
    assert "while True" in seen.words or "longer than 1 s" in seen.words
    assert hidden.is_done


def test_network_is_refused(hand_in: HandIn) -> None:
    """A cell reaches its own app over a socket, and no other machine."""
    away = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=2)"
    own = "%serve\nr = %http /hello/Ada -> 200\n"
    graded = grade(hand_in(APP, own, away), KEY, LIMITS)
    assert [kind for kind, _ in graded.failed] in (["OSError"], ["PermissionError"])
    assert any("no network" in one for one in graded.holds)
    assert graded.points == 2


def test_what_is_no_notebook_gets_its_line(tmp_path: Path) -> None:
    """Bytes, half a notebook and nothing at all are told; the next one is graded."""
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.ipynb").write_bytes(bytes(range(256)))
    (folder / "b.ipynb").write_text('{"cells": [')
    (folder / "c.ipynb").write_text("")
    (folder / "d.ipynb").write_text(json.dumps(notebook([code(APP)])))
    results = grade_all(find_submissions([folder]), KEY, LIMITS, jobs=2)
    assert [one.points for one in results] == [0, 0, 0, 2]
    whys = [
        "A saved notebook is UTF-8, and byte 128 is not.",
        "A saved notebook is JSON with a list of cells"
        " (Expecting value: line 1 column 12 (char 11)).",
        "A saved notebook is JSON with a list of cells"
        " (the text does not begin with a brace).",
    ]
    for one, why in zip(results[:3], whys, strict=True):
        assert one.problem == f"{one.path!r} is not a notebook. {why}"


def test_folders_of_students(tmp_path: Path) -> None:
    """A folder of folders names the students; what lies beside a notebook is there."""
    for name in ("ada", "bob"):
        place = tmp_path / "class" / name
        place.mkdir(parents=True)
        text = "name = open('name.txt').read()\n" + APP.replace("+ name", "+ name")
        (place / "lesson.ipynb").write_text(json.dumps(notebook([code(text)])))
        (place / "name.txt").write_text(name)
    found = find_submissions([tmp_path / "class"])
    assert [one.student for one in found] == ["ada", "bob"]
    assert [one.points for one in grade_all(found, KEY, LIMITS)] == [2, 2]


def test_student_without_a_notebook_gets_a_line(tmp_path: Path) -> None:
    """Who handed in something else has a line; a folder of data has none."""
    place = tmp_path / "class"
    for name, file in (("ada", "lesson.ipynb"), ("mia", "essay.txt")):
        (place / name).mkdir(parents=True)
        (place / name / file).write_text(json.dumps(notebook([code(APP)])))
    results = grade_all(find_submissions([place]), KEY, LIMITS)
    assert [(one.student, one.points, one.max_points) for one in results] == [
        ("ada", 2, 2),
        ("mia", 0, 2),
    ]
    assert results[1].problem == "There is no notebook in it."
    (place / "bob.ipynb").write_text("{}")
    found = find_submissions([place])
    assert [one.student for one in found] == ["ada", "bob"]


def test_tests_in_python_count(hand_in: HandIn) -> None:
    """A cell of asserts, as nbgrader has them, passes or not."""
    tests = (
        KeyTest("double", 1, "assert double(2) == 4"),
        KeyTest("no", 1, "1 / 0"),
        KeyTest("five", 1, "assert double(2) == 5"),
    )
    key = Key((NotebookKey("lesson.ipynb", (), tests),))
    graded = grade(hand_in("def double(n):\n    return 2 * n"), key, LIMITS)
    assert [(one.name, one.error) for one in graded.tests] == [
        ("double", ""),
        ("no", "ZeroDivisionError: division by zero"),
        ("five", "AssertionError"),
    ]
    assert graded.points == 1


def test_key_cannot_be_read(tmp_path: Path) -> None:
    """Neither the key nor others' work is there to read, nor through a link."""
    place = tmp_path / "key"
    place.mkdir()
    write_key(KEY, place)
    folder = tmp_path / "class" / "ada"
    folder.mkdir(parents=True)
    (tmp_path / "class" / "bob.txt").write_text("bob's work")
    (folder / "link").symlink_to(place / "key.json")
    paths = [place / "key.json", tmp_path / "class" / "bob.txt", Path("link")]
    cells = [f"assert open({str(path)!r}).read()" for path in paths]
    path = folder / "lesson.ipynb"
    path.write_text(json.dumps(notebook([code(one) for one in (APP, *cells)])))
    graded = grade(Submission("ada", path, folder), read_key(place), LIMITS)
    assert len(graded.failed) == 3
    assert {kind for kind, _ in graded.failed} <= {
        "AssertionError",
        "FileNotFoundError",
        "PermissionError",
    }
    assert graded.points == 2


def test_results_written_early_count_for_nothing(hand_in: HandIn) -> None:
    """What a cell writes on the channel before it is asked is no answer."""
    cell = (
        "import json, os\n"
        "hop = {'method': 'GET', 'url': '/', 'status': 200}\n"
        "answer = {'hops': [hop], 'body': 'SGVsbG8gQWRhIEhlbGxvIEJvYg=='}\n"
        "for number in range(3, 30):\n"
        "    try:\n"
        "        for data in ({}, {'failed': []}, {'answers': [answer] * 2}):\n"
        "            os.write(number, json.dumps(data).encode() + b'\\n')\n"
        "    except OSError: pass\n"
        "os._exit(0)"
    )
    graded = grade(hand_in(cell), KEY, LIMITS)
    assert graded.problem == "Its process answered what is no answer."
    assert graded.points == 0


def test_result_of_tests_cannot_be_put_in_place(hand_in: HandIn) -> None:
    """A cell that replaces what runs the tests gets no points for them."""
    cell = (
        "from werkbook_ext.exercises.grading_child import SubmittedNotebook\n"
        "SubmittedNotebook.test = lambda self, question: {'error': ''}"
    )
    key = Key((NotebookKey("lesson.ipynb", (), (KeyTest("no", 1, "assert False"),)),))
    graded = grade(hand_in(cell), key, LIMITS)
    assert [one.error for one in graded.tests] == [
        "Its cells kept the test from its end."
    ]
    assert graded.points == 0


@pytest.mark.parametrize(
    "cell",
    [
        "import ast\n"
        "class Without(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Without())",
        "def without(lines):\n"
        "    return [one for one in lines if not one.startswith('assert')]\n"
        "get_ipython().input_transformers_post.append(without)",
        "shell = get_ipython()\n"
        "whole = shell.run_cell\n"
        "shell.run_cell = lambda text, **more: whole(text.split('\\n')[-1], **more)",
        "import sys\n"
        "def jump(frame, event, value):\n"
        "    if event == 'line' and frame.f_code.co_filename == '<test>':\n"
        "        frame.f_lineno = frame.f_lineno + 1\n"
        "    return jump\n"
        "sys.settrace(jump)",
    ],
    ids=["nodes", "lines", "run_cell", "trace"],
)
def test_asserts_cannot_be_left_out(hand_in: HandIn, cell: str) -> None:
    """What cells make of IPython does not hold where a test runs."""
    key = Key((NotebookKey("lesson.ipynb", (), (KeyTest("no", 1, "assert 1 == 2"),)),))
    graded = grade(hand_in(cell), key, LIMITS)
    assert [one.error.partition(":")[0] for one in graded.tests] == ["AssertionError"]
    assert graded.points == 0


def test_test_that_awaits_is_run(hand_in: HandIn) -> None:
    """A cell of tests may wait for something, as each cell may."""
    source = "import asyncio\nawait asyncio.sleep(0)\nassert double(2) == 4"
    key = Key((NotebookKey("lesson.ipynb", (), (KeyTest("double", 1, source),)),))
    graded = grade(hand_in("def double(n):\n    return 2 * n"), key, LIMITS)
    assert [one.error for one in graded.tests] == [""]


def test_files_without_end_stop_a_submission(hand_in: HandIn) -> None:
    """Many files that are each small enough are too many at last."""
    cell = (
        "for number in range(6):\n"
        "    with open(f'{number}', 'wb') as file: file.write(b'x' * 9_000_000)\n"
        "while True: pass"
    )
    limits = SubmissionLimits(timeout_s=60, folder_mb=20)
    graded = grade(hand_in(cell), KEY, limits)
    assert graded.problem == "It wrote more than 20 MB."


def test_processes_without_end_stop_a_submission(hand_in: HandIn) -> None:
    """Each is small, and together they would take the machine from the others."""
    cell = (
        "import subprocess\n"
        "for _ in range(12):\n"
        "    subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "while True: pass"
    )
    limits = SubmissionLimits(timeout_s=60, processes=10)
    graded = grade(hand_in(cell), KEY, limits)
    assert graded.problem == "It started more than 10 processes."


def test_notebook_without_code_has_its_reason(hand_in: HandIn) -> None:
    """One that was never saved is not merely without points."""
    for cells in ([], ["", " \n"]):
        graded = grade(hand_in(*cells), KEY, LIMITS)
        assert graded.problem == (
            "It has no code: was it saved before it was handed in?"
        )
        assert (graded.points, graded.max_points) == (0, 2)


def test_notebook_as_it_was_given_out_has_its_reason(hand_in: HandIn) -> None:
    """The key knows the students' notebook: one with a cell more is another."""
    part = NotebookKey("lesson.ipynb", (EXERCISE,), given=digest_cells(["x = 1"]))
    graded = grade(hand_in("x = 1\n"), Key((part,)), LIMITS)
    assert graded.reason == (
        "It is the notebook as it was given out: was it saved before it was handed in?"
    )
    exercise = "%%exercise none\nNothing.\n\nGET /nothing -> 404\n"
    cell = "from werkbook import App\napp = App()"
    given = NotebookKey("lesson.ipynb", (exercise,), given=digest_cells([cell]))
    graded = grade(hand_in(cell), Key((given,)), LIMITS)
    assert (graded.points, graded.reason[:18]) == (1, "It is the notebook")
    graded = grade(hand_in("x = 1", "1 / 0"), Key((part,)), LIMITS)
    assert graded.reason == "A cell failed: ZeroDivisionError: division by zero"
    assert graded.problem == ""


def test_notebook_of_the_old_form_is_graded(tmp_path: Path) -> None:
    """Cells of nbformat 3 stand in worksheets, and are run as any others."""
    cell = {"cell_type": "code", "language": "python", "input": APP, "outputs": []}
    data = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    path = tmp_path / "ada.ipynb"
    path.write_text(json.dumps({**data, "worksheets": [{"cells": [cell]}]}), "utf-8")
    graded = grade(Submission("ada", path), KEY, LIMITS)
    assert (graded.points, graded.problem) == (2, "")


def test_what_is_no_file_gets_its_line(tmp_path: Path) -> None:
    """A pipe or a device in the place of a notebook is not waited for."""
    path = tmp_path / "ada.ipynb"
    path.symlink_to("/dev/zero")
    graded = grade(Submission("ada", path), KEY, LIMITS)
    assert graded.problem == f"{str(path)!r} is no file."


def test_other_assignments_of_a_student_are_left_out() -> None:
    """nbgrader's folder of a student has those, too; a renamed notebook stays."""
    names = ["ada/lesson.ipynb", "ada/other.ipynb", "bob/mine.ipynb"]
    found = [Submission(Path(one).parent.name, Path(one)) for one in names]
    left = [one.path.as_posix() for one in only_of_key(found, KEY)]
    assert left == ["ada/lesson.ipynb", "bob/mine.ipynb"]


def test_link_does_not_lead_the_courses_files_elsewhere(tmp_path: Path) -> None:
    """What a student put where a file of the course goes is replaced, not followed."""
    (tmp_path / "victim").mkdir()
    precious = tmp_path / "victim" / "rows.csv"
    precious.write_text("precious")
    course, student = tmp_path / "files", tmp_path / "class" / "ada"
    (course / "data").mkdir(parents=True)
    (course / "data" / "rows.csv").write_text("rows")
    (course / "words.txt").write_text("words")
    (course / "more").mkdir()
    (course / "one").write_text("one")
    student.mkdir(parents=True)
    (student / "data").symlink_to(precious.parent)
    (student / "words.txt").symlink_to(precious)
    (student / "more").write_text("no folder")
    (student / "one").mkdir()
    (student / ".home").symlink_to(precious.parent)
    check = (
        "assert open('data/rows.csv').read() + open('words.txt').read() == 'rowswords'"
    )
    (student / "lesson.ipynb").write_text(json.dumps(notebook([code(APP)])))
    key = Key((NotebookKey("lesson.ipynb", (), (KeyTest("t", 1, check),)),), course)
    (submission,) = find_submissions([tmp_path / "class"])
    graded = grade(submission, key, LIMITS)
    assert (graded.points, graded.problem) == (1, "")
    assert precious.read_text() == "precious"


def test_link_to_anothers_work_is_no_submission(tmp_path: Path) -> None:
    """Whose notebook is a link out of the folder gets no points of another's."""
    for name in ("ada", "eve"):
        (tmp_path / "class" / name).mkdir(parents=True)
    own = tmp_path / "class" / "ada" / "lesson.ipynb"
    own.write_text(json.dumps(notebook([code(APP)])))
    (tmp_path / "class" / "eve" / "lesson.ipynb").symlink_to(own)
    (eve,) = (
        one for one in find_submissions([tmp_path / "class"]) if one.student == "eve"
    )
    graded = grade(eve, KEY, LIMITS)
    assert graded.problem == "'lesson.ipynb' is a link that leads out of its folder."
    assert graded.points == 0


def test_link_to_itself_is_no_submission(tmp_path: Path) -> None:
    """A link in a circle has its line, in plain words."""
    (tmp_path / "class" / "eve").mkdir(parents=True)
    (tmp_path / "class" / "eve" / "lesson.ipynb").symlink_to("lesson.ipynb")
    (eve,) = find_submissions([tmp_path / "class"])
    graded = grade(eve, KEY, LIMITS)
    assert graded.problem == "'lesson.ipynb' is a link that leads nowhere."


def test_name_of_bytes_and_error_of_surrogates_are_text(tmp_path: Path) -> None:
    """All that is told of such a submission can be written to a file."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bj\xf6rn.ipynb"))
    cell = "raise ValueError('\\udc80' + 'x' * 100_000)"
    path.write_text(json.dumps(notebook([code(APP), code(cell)])), "utf-8")
    (submission,) = find_submissions([path])
    graded = grade(submission, KEY, LIMITS)
    assert submission.student == "bj\ufffdrn"
    assert graded.path.endswith("bj\ufffdrn.ipynb")
    assert graded.points == 2
    ((kind, text),) = graded.failed
    assert (kind, text[:2], len(text)) == ("ValueError", "\ufffdx", 10_000)


@pytest.mark.parametrize(
    "forged",
    [
        {"output": 5},
        {"duration_s": "x"},
        {"headers": [[1, 2, 3]]},
        {"hops": [{"method": 1, "url": ["x"], "status": "two"}]},
        {"rows": 1},
        {"more": 1, "rules": [[1, [2]]]},
        {"mishap": {"kind": 1}},
    ],
)
def test_forged_answer_is_of_its_kind_or_none(forged: dict[str, Any]) -> None:
    """What a submission's process says of itself can't end the reports of all."""
    data = {**Answer((Hop("GET", "/", 200),)).as_data(), **forged}
    try:
        answer = Answer.from_data(data)
    except (KeyError, TypeError, ValueError):
        return
    assert Answer.from_data(answer.as_data()) == answer
    assert exchange_text(answer).startswith("GET /")


def test_system_without_room_is_named(
    hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the grader's, not the student's; the process that began is ended."""
    monkeypatch.setattr(notebook_process, "Thread", Refused)
    graded = grade(hand_in(APP), KEY, LIMITS)
    assert graded.problem == (
        "The system starts no more processes or threads. There are as many as there may"
        " be: of the user, of a container, or for want of memory."
    )


class Refused(Thread):
    """A thread that the system does not start."""

    def start(self) -> None:
        raise RuntimeError("can't start new thread")
