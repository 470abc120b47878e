"""A source notebook becomes the students' and the key."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.exercise_cases.course import code, markdown, notebook

from werkbook.exercises.course.build import CourseError, build_course, build_notebook
from werkbook.exercises.course.course_proof import prove_course
from werkbook.exercises.course.key import KeyFileError, read_key
from werkbook.exercises.grading.confinement import SubmissionLimits

EXERCISE = """%%exercise greet --points 2
Greet.

GET /hello/Ada -> 200, text has "Hello Ada"
hidden GET /hello/Bob -> text has "Hello Bob"
### BEGIN HIDDEN TESTS
GET /hello/Eve -> text has "Hello Eve"
### END HIDDEN TESTS
hint: A rule can vary.
solution: The rule:
    @app.get("/hello/<name>")
"""
SOLUTION = """### BEGIN SOLUTION
@app.get("/hello/<name>")
def hello(name):
    return "Hello " + name
### END SOLUTION"""
HEAD = "%load_ext werkbook\nfrom werkbook import App\napp = App('lesson')"


def write(folder: Path, *cells: dict[str, Any], name: str = "lesson.ipynb") -> Path:
    path = folder / name
    path.write_text(json.dumps(notebook(list(cells))), "utf-8")
    return path


def sources(student: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in student["cells"]]


def test_students_get_no_solution_and_no_hidden_check(tmp_path: Path) -> None:
    """The key has all; the students' notebook only what they may see."""
    path = write(tmp_path, markdown("# L"), code(HEAD), code(EXERCISE), code(SOLUTION))
    built = build_notebook(path)
    assert sources(built.student) == [
        "# L",
        HEAD,
        "%%exercise greet --points 2\nGreet.\n\n"
        'GET /hello/Ada -> 200, text has "Hello Ada"\nhint: A rule can vary.',
        "# Your code here",
    ]
    (exercise,) = built.key.exercises
    assert [check.is_hidden for check in exercise.checks] == [False, True, True]
    assert exercise.solution == ('The rule:\n\n    @app.get("/hello/<name>")',)


def test_nbgraders_marks(tmp_path: Path) -> None:
    """Solutions, hidden tests and points as nbgrader marks them."""
    answer = code(
        "def double(n):\n    ### BEGIN SOLUTION\n    return 2 * n\n    ### END SOLUTION"
    )
    answer["metadata"] = {"nbgrader": {"grade": False, "solution": True}}
    tests = code(
        "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(4) == 8\n"
        "### END HIDDEN TESTS"
    )
    tests["metadata"] = {
        "nbgrader": {"grade": True, "solution": False, "points": 3, "grade_id": "d"}
    }
    built = build_notebook(write(tmp_path, answer, tests))
    assert sources(built.student) == [
        "def double(n):\n    # Your code here\n    ...",  # as a block is never empty
        "assert double(1) == 2",
    ]
    (test,) = built.key.tests
    assert (test.name, test.points) == ("d", 3)
    assert test.source == "assert double(1) == 2\nassert double(4) == 8"


def test_otters_marks(tmp_path: Path) -> None:
    """Questions, tests between raw cells, and lines marked as solutions."""

    def raw(text: str) -> dict[str, Any]:
        return {"cell_type": "raw", "metadata": {}, "source": [text]}

    built = build_notebook(
        write(
            tmp_path,
            raw("# BEGIN QUESTION\nname: q1\npoints: 2"),
            markdown("Double it."),
            raw("# BEGIN SOLUTION"),
            code("x = 4 # SOLUTION"),
            raw("# END SOLUTION"),
            code("y = 2  # SOLUTION\nz = 1"),
            raw("# BEGIN TESTS"),
            code("assert y == 2"),
            code("# HIDDEN\nassert z == 1"),
            raw("# END TESTS"),
            raw("# END QUESTION"),
        )
    )
    assert sources(built.student) == ["Double it.", "y = ...\nz = 1", "assert y == 2"]
    assert [(one.name, one.points) for one in built.key.tests] == [
        ("q1", 1),  # they share the question's
        ("q1-2", 1),
    ]


def graded(cell: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """Return a cell as nbgrader marks it."""
    cell["metadata"] = {"nbgrader": {"grade_id": "d", **settings}}
    return cell


def test_nbgraders_whole_solutions(tmp_path: Path) -> None:
    """A cell of answers without marks is the answer, and so is a text."""
    built = build_notebook(
        write(
            tmp_path,
            graded(code("def double(n): return 2 * n"), solution=True, grade=True),
            graded(markdown("It doubles."), solution=True, grade=True),
            graded(
                markdown(
                    "Why?\n### BEGIN MARK SCHEME\n1 for doubling\n### END MARK SCHEME"
                ),
                task=True,
            ),
            markdown("Why?\n### BEGIN SOLUTION\nSo.\n### END SOLUTION"),
            markdown("# Begin solution\nThus begins a solution."),
            graded(code("assert double(1) == 2"), grade=True, points=1),
        )
    )
    assert sources(built.student) == [
        "# Your code here",
        "*Your answer here*",
        "Why?",
        "Why?\n*Your answer here*",
        "# Begin solution\nThus begins a solution.",
        "assert double(1) == 2",
    ]


@pytest.mark.parametrize(
    ("begin", "end", "instead"),
    [
        ("<!-- BEGIN SOLUTION -->", "<!-- END SOLUTION -->", "<!-- Your code here -->"),
        ("{# BEGIN SOLUTION #}", "{# END SOLUTION #}", "{# Your code here #}"),
        ("/* ### BEGIN SOLUTION */", "/* ### END SOLUTION */", "/* Your code here */"),
        ("-- BEGIN SOLUTION", "-- END SOLUTION", "-- Your code here"),
        ("// BEGIN SOLUTION", "// END SOLUTION", "// Your code here"),
        ("#BEGIN SOLUTION", "#END SOLUTION", "# Your code here"),
    ],
)
def test_marks_in_comments_of_a_template(
    tmp_path: Path, begin: str, end: str, instead: str
) -> None:
    """A mark is a comment in the language of its cell."""
    cell = f"%%template a.html\n<p>\n  {begin}\n{{{{ secret }}}}\n  {end}\n</p>"
    built = build_notebook(write(tmp_path, code(EXERCISE), code(cell)))
    assert sources(built.student)[1] == f"%%template a.html\n<p>\n  {instead}\n</p>"


@pytest.mark.parametrize(
    ("told", "first", "points"),
    [
        ("points: 3", "", [1.5, 1.5]),
        ("points:\n  each: 2", "", [2, 2]),
        ("points: {each: 2}", "", [2, 2]),
        ("points: [1, 4]", "", [1, 4]),
        ("", "", [0.5, 0.5]),
        (
            "points: 5",
            '""" # BEGIN TEST CONFIG\npoints: 2\n""" # END TEST CONFIG\n',
            [2, 3],
        ),
    ],
)
def test_otters_points(
    tmp_path: Path, told: str, first: str, points: list[float]
) -> None:
    """The points of a question are those of all its tests together."""

    def raw(text: str) -> dict[str, Any]:
        return {"cell_type": "raw", "metadata": {}, "source": [text]}

    built = build_notebook(
        write(
            tmp_path,
            raw(f"# BEGIN QUESTION\nname: q1\n{told}"),
            code(
                "# BEGIN SOLUTION\ny = 2\n# END SOLUTION\n"
                '""" # BEGIN PROMPT\ny = ...\n"""; # END PROMPT'
            ),
            raw("# BEGIN TESTS"),
            code(f"{first}assert y == 2"),
            code("assert y < 3"),
            raw("# END TESTS"),
            raw("# END QUESTION"),
        )
    )
    assert [one.points for one in built.key.tests] == points
    assert sources(built.student)[0] == "# Your code here\ny = ..."


def test_tests_beside_an_exercise_have_their_own_name(tmp_path: Path) -> None:
    """Points and results go by the name, and a question may hold both."""
    tests = code("assert app")
    tests["metadata"] = {
        "nbgrader": {"grade": True, "solution": False, "grade_id": "greet"}
    }
    built = build_notebook(write(tmp_path, code(EXERCISE), tests))
    assert [one.name for one in built.key.tests] == ["greet-tests"]


def test_course_is_proved(tmp_path: Path) -> None:
    """Its solutions solve it, nothing solves none; files beside it come along."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "name.txt").write_text("Ada")
    reading = code("name = open('name.txt').read()")
    write(source, code(HEAD), reading, code(EXERCISE), code(SOLUTION))
    built, key = build_course(source, tmp_path / "course")
    assert prove_course(built, key, SubmissionLimits()) == []
    assert (tmp_path / "course/student/name.txt").read_text() == "Ada"
    assert read_key(tmp_path / "course/key") == key
    assert "Eve" not in (tmp_path / "course/student/lesson.ipynb").read_text()


def test_flaws_of_a_course_are_named(tmp_path: Path) -> None:
    """A solution that does not solve, and an exercise that is solved at once."""
    wrong = SOLUTION.replace("Hello ", "Hi ")
    easy = "%%exercise easy\nNothing.\n\nGET /nowhere -> 404"
    path = write(tmp_path, code(HEAD), code(EXERCISE), code(wrong), code(easy))
    built, key = build_course(path, tmp_path / "course")
    flaws = prove_course(built, key, SubmissionLimits())
    assert [(one.exercise, one.what) for one in flaws] == [
        (
            "greet",
            "its own solution does not solve it: I asked for /hello/Ada and expected"
            " the text “Hello Ada”. The app answered 200: “Hi Ada”.",
        ),
        ("easy", "it is solved before anything is done."),
    ]


def test_course_without_an_exercise_is_an_error(tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(CourseError) as raised:
        build_course(write(tmp_path, code(HEAD)), tmp_path / "course")
    assert str(raised.value).startswith("There is no exercise in ")
    assert not (tmp_path / "course").exists()


@pytest.mark.parametrize("name", ["student", "key"])
def test_foreign_folder_is_kept(tmp_path: Path, name: str) -> None:
    """A folder that was not built here is not replaced: keys are of many kinds."""
    place = tmp_path / "course" / name
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("mine")
    with pytest.raises(CourseError) as raised:
        build_course(write(tmp_path, code(HEAD), code(EXERCISE)), tmp_path / "course")
    assert str(raised.value) == (
        f"{str(place)!r} is there, and was not built by this command.\n"
        "  Why: building a course replaces the folders student and key.\n"
        "  Fix: name another folder."
    )
    assert [one.name for one in place.iterdir()] == ["mine.txt"]
    assert [one.name for one in place.parent.iterdir()] == [name]


def test_linked_folder_is_kept(tmp_path: Path) -> None:
    """The students' folder is a link to another place by now."""
    path = write(tmp_path, code(HEAD), code(EXERCISE))
    build_course(path, tmp_path / "course")
    (tmp_path / "course/student").rename(tmp_path / "elsewhere")
    (tmp_path / "course/student").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CourseError, match="was not built by this command"):
        build_course(path, tmp_path / "course")
    assert (tmp_path / "elsewhere/lesson.ipynb").is_file()


def test_course_is_not_built_of_its_own_folder(tmp_path: Path) -> None:
    """The source would be replaced by what students get of it."""
    path = write(tmp_path, code(HEAD), code(EXERCISE), code(SOLUTION))
    build_course(path, tmp_path)
    source = write(tmp_path / "student", code(HEAD), code(EXERCISE), code(SOLUTION))
    before = source.read_text()
    with pytest.raises(CourseError) as raised:
        build_course(source, tmp_path)
    assert str(raised.value) == (
        f"{str(source)!r} lies in {str(tmp_path / 'student')!r}.\n"
        "  Why: building a course replaces the folders student and key.\n"
        "  Fix: name another folder."
    )
    assert source.read_text() == before


def test_full_disk_leaves_the_old_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folders of the last time are whole, and nothing else is there."""
    path = write(tmp_path, code(HEAD), code(EXERCISE), code(SOLUTION))
    course = tmp_path / "course"
    build_course(path, course)
    before = {one: one.read_bytes() for one in course.rglob("*") if one.is_file()}
    copied = shutil.copytree

    def full(*arguments: Any, **options: Any) -> None:
        copied(*arguments, **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("werkbook.exercises.course.build.shutil.copytree", full)
    with pytest.raises(OSError, match="No space left"):
        build_course(path, course)
    after = {one: one.read_bytes() for one in course.rglob("*") if one.is_file()}
    assert after == before
    assert {one.name for one in course.iterdir()} == {"student", "key"}


def test_what_is_no_key_is_an_error(tmp_path: Path) -> None:
    """Something else than a key is named with what makes one."""
    (tmp_path / "key.json").write_text("[]")
    with pytest.raises(KeyFileError) as raised:
        read_key(tmp_path)
    assert "Fix: werkbook course build SRC DST" in str(raised.value)


def test_steps_are_the_solution_where_nothing_is_marked(tmp_path: Path) -> None:
    """A lesson without marks is proved by what its cards show; a wrong step is told."""
    steps = SOLUTION.replace("### BEGIN SOLUTION\n", "").partition("###")[0]
    shown = EXERCISE.partition("solution:")[0] + "solution: A view:\n"
    shown += "".join(f"    {line}\n" for line in steps.splitlines())
    path = write(tmp_path, code(HEAD), code(shown))
    built, key = build_course(path, tmp_path / "course")
    assert prove_course(built, key, SubmissionLimits()) == []
    wrong = code(shown.replace('"Hello " + name', '"Hi " + name'))
    built, key = build_course(write(tmp_path, code(HEAD), wrong), tmp_path / "course")
    (flaw,) = prove_course(built, key, SubmissionLimits())
    assert flaw.what.startswith("its own solution does not solve it: I asked for ")


def test_course_within_its_source_is_not_given_out(tmp_path: Path) -> None:
    """Built a second time, the students' folder has no key of the first time."""
    write(tmp_path, code(HEAD), code(EXERCISE), code(SOLUTION))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").write_text("1")
    for place in ("course", "out/deep/course", "other", "other"):
        build_course(tmp_path, tmp_path / place)
    for place in ("course", "out/deep/course", "other"):
        student = tmp_path / place / "student"
        found = {one.relative_to(student).as_posix() for one in student.rglob("*")}
        assert found - {"out", "out/deep"} == {"lesson.ipynb", "data", "data/rows.csv"}


def test_links_in_a_circle_are_left_out(tmp_path: Path) -> None:
    """A folder with a link to itself, or to one that leads back, is copied once."""
    source = tmp_path / "source"
    for name in ("a", "b"):
        (source / name).mkdir(parents=True)
    (source / "a" / "up").symlink_to(source)
    (source / "a" / "here").symlink_to(".")
    (source / "a" / "b").symlink_to(source / "b")
    (source / "b" / "a").symlink_to(source / "a")
    (source / "b" / "rows.csv").write_text("1")
    write(source, code(HEAD), code(EXERCISE), code(SOLUTION))
    build_course(source, tmp_path / "course")
    student = tmp_path / "course" / "student"
    assert (student / "a" / "b" / "rows.csv").read_text() == "1"
    assert sum(1 for one in student.rglob("*")) < 20


@pytest.mark.parametrize("place", ["", "data"])
@pytest.mark.parametrize("leads_to", ["/dev/zero", "nowhere", "pipe"])
def test_what_is_no_file_is_named(tmp_path: Path, place: str, leads_to: str) -> None:
    """A device has no end, and what a link promises is missed by the students."""
    source = tmp_path / "source"
    (source / place).mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe")
    link = source / place / "rows.csv"
    link.symlink_to(tmp_path / leads_to)
    write(source, code(HEAD), code(EXERCISE), code(SOLUTION))
    with pytest.raises(CourseError) as raised:
        build_course(source, tmp_path / "course")
    assert f"{str(link)!r} is no file that can be copied." in str(raised.value)
    assert not (tmp_path / "course").exists()
