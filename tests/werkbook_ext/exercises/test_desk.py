"""Exercises in a notebook: what is shown, and when it is checked again."""

from __future__ import annotations

from threading import Event

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import TIMEOUT_S, KernelNotebook, Notebook

from werkbook.exercises.checking import Progress
from werkbook.exercises.exercise import Exercise
from werkbook.exercises.reading import read_exercise_cell
from werkbook_ext.exercises import desk, handing_in
from werkbook_ext.exercises.attempts import Attempts
from werkbook_ext.exercises.widget import ExerciseWidget

EXERCISE = """%%exercise greet --points 2
Greet **everybody**.

GET /hello/Ada -> 200, text has "Hello Ada"
POST /hello/Ada -> 405
hint: A rule can vary."""
RIGHT = """@app.get("/hello/<name>")
def hello(name):
    return f"Hello {name}" """
PROGRESS = "from werkbook_ext.exercises.desk import open_desk\n" + (
    "print(open_desk(get_ipython()).posted['greet'].progress.done)"
)


PATIENT = (
    "from werkbook_ext.exercises import desk\ndesk.WAIT_S = desk.FIRST_WAIT_S = 120"
)
"""A cell waits for the checks: beside other work they may take over its second."""


@pytest.fixture
def student(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    for name in ("WAIT_S", "FIRST_WAIT_S"):  # those of a shell are put back
        monkeypatch.setattr(desk, name, getattr(desk, name))
    notebook.run("load", "%load_ext werkbook\n%config Werkbook.announce = False")
    notebook.run("patient", PATIENT)
    notebook.run("app", "from werkbook import App\napp = App('lesson')")
    return notebook


def test_exercise_shows_what_is_not_done_yet(student: Notebook) -> None:
    """The saved text says each check, and what was seen."""
    assert student.run("greet", EXERCISE).text.strip() == (
        "Exercise greet: 0 of 2 checks are done, 0 of 2 points\n"
        '  [ ] GET /hello/Ada -> 200, text has "Hello Ada"\n'
        "      I asked for /hello/Ada and expected the status 200. The app answered "
        "404.\n"
        "  [ ] POST /hello/Ada -> 405\n"
        "      I sent POST /hello/Ada and expected the status 405. The app answered "
        "404."
    )


def test_checks_run_again_as_soon_as_a_cell_ran(student: Notebook) -> None:
    """A cell that changes the app changes the progress; so does its deletion."""
    student.run("greet", EXERCISE)
    student.run("view", RIGHT)
    assert student.run("look", PROGRESS).text.strip() == "2"
    student.run("view", "pass")
    assert student.run("look", PROGRESS).text.strip() == "0"


def test_deleted_exercise_is_not_checked_any_more(student: Notebook) -> None:
    """No cell waits for it; one that is shown again is checked again."""
    student.run("greet", EXERCISE)
    student.delete("greet")
    student.run("view", RIGHT)
    assert student.run("look", PROGRESS).text.strip() == "0"
    student.run("greet", EXERCISE)
    assert student.run("look", PROGRESS).text.strip() == "2"


def test_exercise_before_the_app_waits_for_it(notebook: Notebook) -> None:
    """Without an app a check says so, and goes on once there is one."""
    notebook.run("load", "%load_ext werkbook")
    text = notebook.run(
        "greet", EXERCISE.replace("%%exercise", "%%exercise --app shop")
    )
    assert "There is no app yet." in text.text
    notebook.run("app", "from werkbook import App\nshop = App('shop')")
    notebook.run("view", RIGHT.replace("app.", "shop."))
    assert notebook.run("look", PROGRESS).text.strip() == "2"


def test_checks_leave_the_notebooks_data_alone(student: Notebook) -> None:
    """What checks send stands in no list of the student's afterwards."""
    student.run(
        "view",
        "things, sent = [], 0\n"
        "@app.post('/things')\n"
        "def add():\n"
        "    global sent\n"
        "    sent += 1\n"
        "    things.append(1)\n"
        "    return {'count': len(things)}",
    )
    check = "POST /things -> json count == 1"
    student.run("greet", f"%%exercise greet\nAdd.\n\n{check}\nthen {check[:-1]}2")
    assert student.run("look", PROGRESS).text.strip() == "2"
    assert student.run("look", "print(things, sent)").text.strip() == "[] 0"


def test_missing_layout_is_the_one_that_is_named(student: Notebook) -> None:
    """A template that is there, and extends one that is not, is not said to be gone."""
    student.run("piece", '%%template piece.html\n{% extends "frame.html" %}')
    check = 'template piece.html -> text has "a"'
    text = student.run("greet", f"%%exercise greet\nx\n\n{check}").text
    assert "There is no template frame.html; there is: piece.html." in text
    assert "There is no template piece.html" not in text


def test_header_has_nothing_to_do_with_a_commit(student: Notebook) -> None:
    """Another exercise's statement explains no header that is not there."""
    student.run(
        "view",
        "import sqlite3\n"
        "@app.route('/')\n"
        "def home():\n"
        "    return 'x'\n"
        "@app.post('/add')\n"
        "def add():\n"
        "    sqlite3.connect('x.db').execute('insert into x values (1)')\n"
        "    return 'x'",
    )
    check = 'GET / -> header X-Seen is "b"'
    text = student.run("greet", f"%%exercise greet\nx\n\n{check}").text
    assert "The answer has no header X-Seen." in text
    assert "commit" not in text


def test_app_that_hangs_holds_no_cell_up(student: Notebook) -> None:
    """A view that never answers is said so, and the next cells run at once."""
    student.run("view", "@app.get('/')\ndef home():\n    while True: pass")
    text = student.run(
        "greet", "%%exercise greet --timeout 0.2\nx\n\nGET / -> 200"
    ).text
    assert "The app did not answer in time." in text
    assert "while True" in text


class SeenWidget:
    """Keeps what is shown; nothing is sent."""

    comm, model_id = object(), "model"

    def __init__(self) -> None:
        self.is_checking = False
        self.is_shown = Event()

    def show(self, progress: Progress) -> None:
        self.is_checking = False
        self.is_shown.set()


def test_exercise_is_shown_when_it_was_checked(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose answers take long holds no other up, and says that it is checked."""
    gate = Event()

    def check(exercise: Exercise, *_: object, **__: object) -> Progress:
        assert exercise.name != "slow" or gate.wait(TIMEOUT_S)
        return Progress(exercise, ())

    monkeypatch.setattr(desk, "check_exercise", check)
    quick, slow, last = (SeenWidget() for _ in range(3))
    posted = [
        desk.Posted(exercise, widget=widget)
        for name, widget in (("quick", quick), ("slow", slow), ("last", last))
        if (exercise := read_exercise_cell(f"%%exercise {name}\nx\n\nGET / -> 200"))
    ]
    checking = desk.Desk(shell, Attempts(shell))
    checking.check(posted, wait_s=0)
    assert quick.is_shown.wait(TIMEOUT_S)
    assert [one.is_checking for one in (quick, slow, last)] == [False, True, True]
    gate.set()
    assert last.is_shown.wait(TIMEOUT_S)
    assert [one.is_checking for one in (quick, slow, last)] == [False, False, False]
    assert slow.is_shown.is_set()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            "%%exercise greet\nDo.\n\nGET / -> txt",
            "VocabularyError: Line 4: 'txt' says nothing that can be checked.",
        ),
        (
            "%%exercise greet\nDo.",
            "ExerciseError: The exercise 'greet' has no check.",
        ),
        (
            "%%exercise greet\nthen GET / -> 200",
            "ExerciseError: Line 2 goes on from no line: 'then GET / -> 200'.",
        ),
        (
            "%%exercise greet --point 2\nGET / -> 200",
            "ExerciseError: %%exercise: unrecognized arguments: --point 2.",
        ),
    ],
)
def test_wrong_exercise_is_one_clear_error(
    student: Notebook, cell: str, message: str
) -> None:
    """What cannot be read is named with its line, without a traceback."""
    ran = student.try_run("greet", cell)
    assert ran.has_failed
    assert message in ran.text + ran.error
    assert "Traceback" not in ran.text + ran.error


def test_words_are_in_the_exercises_language(student: Notebook) -> None:
    """A teacher chooses the language that the card speaks."""
    german = EXERCISE.replace("--points 2", "--points 2 --language de")
    assert "0 von 2 Prüfungen erledigt" in student.run("greet", german).text
    student.run("options", "%config Werkbook.language = 'es'")
    assert "0 de 2 comprobaciones hechas" in student.run("greet", EXERCISE).text
    student.run("options", "%config Werkbook.language = ''")


def test_output_is_the_same_in_each_run(kernel_notebook: KernelNotebook) -> None:
    """Text and HTML of the card hold nothing that varies."""
    kernel_notebook.run("load", "%load_ext werkbook")
    kernel_notebook.run("app", "from werkbook import App\napp = App('lesson')")
    first = kernel_notebook.run("greet", EXERCISE).text
    assert kernel_notebook.run("greet", EXERCISE).text == first


def test_cell_that_does_not_compile_is_told_by_its_line(
    emptied_shell: InteractiveShell,
) -> None:
    """No file's name is told: it is another one in each kernel."""
    attempts = Attempts(emptied_shell)
    attempts.note(emptied_shell.run_cell("def f():\n    x = 1\nreturn x"))
    told = [("SyntaxError", "'return' outside function (line 3)")]
    assert list(attempts.workplace().failed) == told


def test_asgi_app_is_checked(student: Notebook) -> None:
    """An app of FastAPI is asked as any is, and no server is started for it."""
    student.run("app", "from fastapi import FastAPI\napp = FastAPI()")
    student.run("view", RIGHT.replace("<name>", "{name}"))
    shown = student.run("greet", EXERCISE).text
    assert "2 of 2 checks are done, 2 of 2 points" in shown
    told = student.run(
        "servers", "from werkbook import serving\nprint(serving.servers())"
    )
    assert told.text == "[]\n"


def test_asgi_app_that_is_served_keeps_its_lifespan(student: Notebook) -> None:
    """Checks ask it in its server's loop: nothing begins or ends because of them."""
    student.run(
        "app",
        "from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\n"
        "said = []\n"
        "@asynccontextmanager\n"
        "async def live(app, said=said):\n    said += ['begins']\n    yield\n"
        "    said += ['ends']\n"
        "app = FastAPI(lifespan=live)",
    )
    student.run("view", RIGHT.replace("<name>", "{name}"))
    student.run("ask", "%http GET /hello/Ada --expect 200")
    assert "2 of 2 checks are done" in student.run("greet", EXERCISE).text
    assert student.run("said", "print(said)").text == "['begins']\n"


def test_what_is_uncovered_is_known_before_the_widgets_state_comes() -> None:
    """It comes on the line that a page hands in on, in order; nonsense is ignored."""
    exercise = read_exercise_cell(EXERCISE)
    assert exercise is not None
    widget = ExerciseWidget(Progress(exercise, ()))
    posted = desk.Posted(exercise, progress=Progress(exercise, ()), widget=widget)
    try:
        for content in (
            {"type": "uncovered", "trait": "hints_shown", "count": 1},
            {"type": "uncovered", "trait": "key", "count": 5},
            {"type": "uncovered", "trait": "steps_shown", "count": "many"},
            {"type": "other"},
            None,
        ):
            widget._handle_custom_msg(content, [])
        assert widget.hints_shown == 0
        told = handing_in.describe(posted)
        assert (told["hints_shown"], told["steps_shown"]) == (1, 0)
    finally:
        widget.close()
