"""Exercises in a notebook: what is shown, and when it is checked again."""

from __future__ import annotations

import pytest
from tests.werkbook_ext.notebooks import KernelNotebook, Notebook

EXERCISE = """%%exercise greet --points 2
Greet **everybody**.

GET /hello/Ada -> 200, text has "Hello Ada"
POST /hello/Ada -> 405
hint: A rule can vary."""
RIGHT = """@app.get("/hello/<name>")
def hello(name):
    return f"Hello {name}" """
PROGRESS = "from werkbook_ext.exercises.desk import find_desk\n" + (
    "print(find_desk(get_ipython()).posted['greet'].progress.done)"
)


@pytest.fixture
def student(notebook: Notebook) -> Notebook:
    notebook.run("load", "%load_ext werkbook\n%config Werkbook.announce = False")
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


def test_app_that_hangs_holds_no_cell_up(student: Notebook) -> None:
    """A view that never answers is said so, and the next cells run at once."""
    student.run("view", "@app.get('/')\ndef home():\n    while True: pass")
    text = student.run(
        "greet", "%%exercise greet --timeout 0.2\nx\n\nGET / -> 200"
    ).text
    assert "The app did not answer in time." in text
    assert "while True" in text


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
