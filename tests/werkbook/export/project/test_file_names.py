"""Tests of which names an export gives to files."""

from __future__ import annotations

from pathlib import Path

import pytest

from werkbook.export.project.file_names import OutsideError, check_inside


@pytest.mark.parametrize(
    "name",
    [
        "/etc/x.py",
        "../x.py",
        "a/../../x.py",
        "out/x.py",
        "in/../../x",
        "\0",
        ".",
        "a\\b",
    ],
)
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    """Absolute names, dots and links to other places are refused with their cell."""
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    (root / "out").symlink_to(other)
    (root / "in").symlink_to(root)
    with pytest.raises(OutsideError) as caught:
        check_inside(root, ["app.py", name], {name: "In[3]"})
    assert str(caught.value) == (
        f"In[3] writes {name!r}, which lies outside of {str(root)!r}.\n"
        "  Why: an export writes nothing but its own folder, and links in it are"
        " followed.\n"
        "  Fix: give the file a path below the notebook's folder."
    )


@pytest.mark.parametrize(
    "name",
    [
        ".bashrc",
        ".ssh/rc",
        ".git/hooks/pre-commit",
        "a/.GIT/config",
        ".vscode/x/y.json",
    ],
)
def test_names_that_other_programs_obey_are_refused(tmp_path: Path, name: str) -> None:
    """An export into a home folder or a repository plants nothing there."""
    with pytest.raises(OutsideError) as caught:
        check_inside(tmp_path, ["app.py", name], {name: "In[3]"})
    assert str(caught.value) == (
        f"In[3] writes {name!r}, which other programs obey.\n"
        "  Why: shells, git and editors run or follow hidden files, so that one from a"
        " stranger's notebook would act without the app being run.\n"
        "  Fix: give the file a name that begins with no dot."
    )


def test_hidden_files_of_apps_pass(tmp_path: Path) -> None:
    """Settings beside an app, and what a browser asks for, are no danger."""
    names = [".env", ".env.test", ".gitignore", "static/.well-known/x", "a/.gitkeep"]
    check_inside(tmp_path, ["app.py", *names], {})


def test_names_within_the_folder_pass(tmp_path: Path) -> None:
    """A link that stays in the folder is one of its places."""
    (tmp_path / "in").symlink_to(tmp_path)
    check_inside(tmp_path, ["app.py", "a/b.txt", "a/../b.txt", "in/c.txt"], {})


@pytest.mark.parametrize(
    "name",
    [
        "static/.git/config",
        "templates/.hg/hgrc",
        "static/.htaccess",
        "\u200c.git/config",
        "a/.g\u200dit/config",
        "git~1/config",
        "static/GIT~1/hooks/x",
        "a/DESKTOP.INI",
    ],
)
def test_hidden_by_other_ways_is_refused(tmp_path: Path, name: str) -> None:
    """Folders of pages, unseen characters and Windows' short names hide nothing."""
    with pytest.raises(OutsideError, match="which other programs obey"):
        check_inside(tmp_path, ["app.py", name], {name: "In[3]"})


@pytest.mark.parametrize("folder", ["", "a/", "static/"])
@pytest.mark.parametrize("setting", ["config", "commondir"])
def test_a_repository_without_a_dot_is_refused(
    tmp_path: Path, folder: str, setting: str
) -> None:
    """Git obeys the settings of any folder that has a HEAD, objects and refs."""
    names = [f"{folder}HEAD", f"{folder}refs/x", f"{folder}{setting}"]
    with pytest.raises(OutsideError) as caught:
        check_inside(tmp_path, names, {names[0]: "In[2]"})
    assert str(caught.value) == (
        f"In[2] writes {names[0]!r}, which other programs obey.\n"
        "  Why: Git takes a folder with HEAD and config for a repository, and runs what"
        " its settings say.\n"
        "  Fix: give the file another name."
    )


def test_a_repository_made_in_two_exports_is_refused(tmp_path: Path) -> None:
    """The HEAD may be there already; each file alone is nothing."""
    check_inside(tmp_path, ["head", "a/config"], {})
    (tmp_path / "HEAD").write_text("ref: refs/heads/main")
    with pytest.raises(OutsideError, match=r"'config', which other programs obey"):
        check_inside(tmp_path, ["config"], {})


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("a.txt:stream", "':' in it"),
        ("C:x.py", "':' in it"),
        ("a\nb.txt", "'\\n' in it"),
        ("a\x1b[2J", "'\\x1b' in it"),
        ("a\u202etxt.py", "'\\u202e' in it"),
        ("a\u2028b", "'\\u2028' in it"),
        ("x.", "the end of 'x.'"),
        ("a /x.py", "the end of 'a '"),
    ],
)
def test_names_that_seem_others_are_refused(
    tmp_path: Path, name: str, odd: str
) -> None:
    """What a terminal does not show, and what Windows takes for another name."""
    with pytest.raises(OutsideError) as caught:
        check_inside(tmp_path, ["app.py", name], {name: "In[3]"})
    assert str(caught.value) == (
        f"In[3] writes {name!r}, which can be taken for another name.\n"
        f"  Why: {odd} is not shown, or means something else on Windows.\n"
        "  Fix: give the file a name of letters, digits, '-', '_' and '.'."
    )


@pytest.mark.parametrize(
    "name", ["App.py", "static/../app.py", "a/b/../../APP.PY", "Tests/test_App.py"]
)
def test_names_of_one_file_are_refused(tmp_path: Path, name: str) -> None:
    """The app's own file is not replaced by another way of writing its name."""
    other = "tests/test_app.py" if "test" in name else "app.py"
    with pytest.raises(OutsideError) as caught:
        check_inside(tmp_path, [name], {name: "In[3]"}, [other])
    assert str(caught.value) == (
        f"In[3] writes {name!r}, and {other!r} is written too.\n"
        "  Why: they are one file, at least on Windows and macOS.\n"
        "  Fix: give the file another name."
    )


@pytest.mark.parametrize(
    "name", ["می‌خواهم.html", "a b/c.txt", "../root/x", "ä.txt", "config", "aux.py"]
)
def test_names_of_all_languages_pass(tmp_path: Path, name: str) -> None:
    """A joiner belongs to Persian words, a blank within to many names."""
    check_inside(tmp_path / "root", ["app.py", "head.html", name], {})
