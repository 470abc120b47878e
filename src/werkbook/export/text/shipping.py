"""What cells hold and write besides Python: templates, static files, the rest."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from werkbook.cells.source.parsed import Parsed
from werkbook.cells.source.trees import constants
from werkbook.export.flow.apps.holders import AppChoice
from werkbook.export.flow.program import Program
from werkbook.export.flow.slicing import Slice
from werkbook.export.text.modules import shipped_modules
from werkbook.syntax_trees import parse_python


def sorted_files(
    parsed: Parsed, program: Program, app: AppChoice
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Sort what cells hold and write into templates, static files and the rest."""
    templates, static = dict(parsed.templates), dict(parsed.static)
    files: dict[str, str] = {}
    folders = find_folders(program, app)
    for path, text in parsed.texts.items():
        for folder, texts in zip(folders, (templates, static), strict=True):
            inner = _below(path, folder)
            if inner is not None:
                texts.setdefault(inner, text)
                break
        else:
            files[path] = text
    return templates, static, files


def files_in_use(
    files: dict[str, str],
    parsed: Parsed,
    program: Program,
    slice_: Slice,
    path: str,
    output: str,
) -> dict[str, str]:
    """Of the files that cells write, those that the app names or imports.

    Args:
        files: What cells write besides templates and static files.
        parsed: What the cells say.
        program: The namespace that the app is cut from.
        slice_: What is kept of it.
        path: The written file that the program is, or "".
        output: The name of the file to write.
    """
    nodes = [program.statements[number].node for number in slice_.kept]
    modules = shipped_modules(parsed, nodes, path, output)
    texts = set(constants(nodes))
    for source in modules.values():
        texts.update(constants([parse_python(source)]))
    used = {
        name: text
        for name, text in files.items()
        if name in texts or any(name.startswith(f"{one.rstrip('/')}/") for one in texts)
    }
    # Named as a file, or as a module: from_pyfile("config.py"), "config.Live".
    named = {text.partition(".")[0] + ".py" for text in texts}
    used |= {
        name: source
        for name, source in parsed.sources.items()
        if _is_named(name, texts | named) and name not in (path, output)
    }
    return used | modules


def _is_named(path: str, texts: set[str]) -> bool:
    """Say whether texts name a file, whole or as a folder and a name."""
    folder, _, name = path.rpartition("/")
    return path in texts or (name in texts and folder in texts)


def find_folders(program: Program, app: AppChoice) -> tuple[str, str]:
    """The template and the static folder that the app was told."""
    found = {"template_folder": "templates", "static_folder": "static"}
    folder = PurePosixPath()
    if app.version is not None:
        statement = program.statements[app.version[1]]
        # Flask looks beside the module that makes the app.
        folder = PurePosixPath(statement.path).parent
        for node in ast.walk(statement.node):
            if isinstance(node, ast.keyword) and node.arg in found:
                texts = program.context.find_texts(node.value)
                if texts:
                    found[node.arg] = sorted(texts)[-1].removeprefix("/content/")
    return (
        (folder / found["template_folder"]).as_posix(),
        (folder / found["static_folder"]).as_posix(),
    )


def _below(path: str, folder: str) -> str | None:
    try:
        parts = PurePosixPath(path).relative_to(PurePosixPath(folder or ".")).parts
    except ValueError:
        return None
    return "/".join(parts)
