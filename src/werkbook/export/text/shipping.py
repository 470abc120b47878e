"""What cells hold and write besides Python: templates, static files, the rest."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from werkbook.cells.parse import Parsed
from werkbook.cells.trees import constants
from werkbook.export.flow.apps import AppChoice
from werkbook.export.flow.program import Program, imported_modules
from werkbook.export.flow.slicing import Slice


def sorted_files(
    parsed: Parsed, program: Program, app: AppChoice
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Sort what cells hold and write into templates, static files and the rest."""
    templates, static = dict(parsed.templates), dict(parsed.static)
    files: dict[str, str] = {}
    folders = folders_of(program, app)
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
    files: dict[str, str], parsed: Parsed, program: Program, slice_: Slice
) -> dict[str, str]:
    """Of the files that cells write, those that the app names or imports."""
    nodes = [program.statements[number].node for number in slice_.kept]
    texts = set(constants(nodes))
    used = {path: text for path, text in files.items() if path in texts}
    # Named as a file, or as a module: from_pyfile("config.py"), "config.Live".
    modules = {text.partition(".")[0] + ".py" for text in texts}
    used |= {
        path: source
        for path, source in parsed.sources.items()
        if path in texts or path in modules
    }
    for node in nodes:
        for module in imported_modules(node).values():
            path = module.replace(".", "/") + ".py"
            if path in parsed.sources:
                used[path] = parsed.sources[path]
    return used


def folders_of(program: Program, app: AppChoice) -> tuple[str, str]:
    """The template and the static folder that the app was told."""
    found = {"template_folder": "templates", "static_folder": "static"}
    if app.version is not None:
        for node in ast.walk(program.statements[app.version[1]].node):
            if isinstance(node, ast.keyword) and node.arg in found:
                texts = program.context.text_of(node.value)
                if texts:
                    found[node.arg] = sorted(texts)[-1].removeprefix("/content/")
    return found["template_folder"], found["static_folder"]


def _below(path: str, folder: str) -> str | None:
    try:
        parts = PurePosixPath(path).relative_to(PurePosixPath(folder or ".")).parts
    except ValueError:
        return None
    return "/".join(parts)
