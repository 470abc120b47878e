"""From cells to the text of an app: parse, slice, settle, emit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from werkbook.cells.cell import Cell, NoAppError
from werkbook.cells.failures import failed_cells
from werkbook.cells.source.parse import parse_cells
from werkbook.cells.source.parsed import LeftOut, Parsed
from werkbook.export.choosing import Options, found_programs, no_app
from werkbook.export.deep import with_deep_stack
from werkbook.export.flow.apps import claims
from werkbook.export.flow.apps.chosen_app import choose_app
from werkbook.export.flow.apps.holders import AppChoice, is_on_default_app
from werkbook.export.flow.apps.rule_calls import RuleCall, find_rules
from werkbook.export.flow.program import Program, imported_modules
from werkbook.export.flow.slicing import Slice, slice_program
from werkbook.export.flow.typed_views import choose_typed_target, has_typed_views
from werkbook.export.text.dependencies import find_dependencies, metadata_block
from werkbook.export.text.docs_views import choose_docs_paths, embed_docs
from werkbook.export.text.embed import Embedded, embed, escaping
from werkbook.export.text.emit import Parts, Piece, assemble, sort_parts
from werkbook.export.text.ending import bind_app, last_block
from werkbook.export.text.imports import Import
from werkbook.export.text.requiring import (
    imported_packages,
    list_extras,
    needed_at_run_time,
    needed_packages,
)
from werkbook.export.text.route_cells import decorate_route_cells
from werkbook.export.text.shipping import files_in_use, find_folders, sorted_files
from werkbook.plain_words import on_one_line

MARK = "exported by Werkbook"
MAX_NAME_CHARS = 200
"""What the first line of every exported file says; it may be overwritten."""


@dataclass
class Export:
    """An exported app.

    Attributes:
        source: The text of app.py.
        app: The app's name in it.
        program: The namespace that it was cut from.
        slice: What was kept of it.
        templates: Template sources by name.
        static: Static texts by path.
        files: Other files that cells write and the app may read.
        requirements: Its distributions.
        unknown: Packages that no installed distribution provides.
        left_out: Cells that could not be used.
        rules: The rules that it registers, as far as they are literals.
        is_asgi: It is an ASGI app.
        reference: The expression that gives the app in the notebook's namespace, or
            in that of `module`.
        module: The file that cells write and that is exported, or "".
        notes: What to say of the choice of the app.
        places: The cell of each file that cells write.
        folders: The folders in which the app looks for templates and static files.
        docs_paths: Where the file answers with what describes its API.
    """

    source: str
    app: str
    program: Program
    slice: Slice
    package: str = "flask"
    kind: str = "Flask"
    templates: dict[str, str] = field(default_factory=dict)
    static: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    requirements: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    rules: list[RuleCall] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    is_asgi: bool = False
    reference: str = ""
    module: str = ""
    notes: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    folders: tuple[str, str] = ("templates", "static")
    docs_paths: tuple[str, ...] = ()

    def find_place(self, line: int) -> str:
        """The cell and line from which a line of the file comes, or ""."""
        lines = self.source.split("\n")
        for piece in self.pieces:
            text = piece.text.split("\n")
            for start in range(len(lines) - len(text) + 1):
                is_here = start < line <= start + len(text)
                if is_here and lines[start : start + len(text)] == text:
                    return piece.place
        return ""


def export(cells: Iterable[Cell], options: Options | None = None) -> Export:
    """Export the app that a notebook's cells make.

    Nothing is executed. The same cells and options give the same text.

    Raises:
        NoAppError: The cells make no app, or none of the name that was asked for.
        EndpointTakenError: A cell defines two views of one endpoint.
        NotebookError: A cell nests too deeply.
    """
    chosen = list(cells)
    return with_deep_stack(lambda: _export_cells(chosen, options or Options()), chosen)


def _export_cells(cells: list[Cell], options: Options) -> Export:
    chosen = _cells_upto(cells, options.upto)
    skip = failed_cells(chosen)
    try:
        result = _export(chosen, options, skip)
    except NoAppError:
        if not skip:
            raise
        return _export(chosen, options, set())
    # A saved error may be old: with its cell, a missing name may be there.
    back = {
        cell.id
        for cell in chosen
        if cell.id in skip
        and not cell.source.lstrip().startswith(("%%template", "%%static"))
        and any(_mentions(cell, name) for name in result.slice.missing)
    }
    if back:
        whole = _export(chosen, options, skip - back)
        if len(whole.slice.missing) < len(result.slice.missing):
            return whole
    return result


def _mentions(cell: Cell, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", cell.source) is not None


def _cells_upto(cells: list[Cell], upto: int | None) -> list[Cell]:
    if upto is None:
        return cells
    result = []
    count = 0
    for cell in cells:
        count += cell.kind == "code" and bool(cell.source.strip())
        if count > upto:
            break
        result.append(cell)
    return result


def _export(cells: list[Cell], options: Options, skip: set[str]) -> Export:
    parsed = parse_cells(
        cells, python=options.python, skip=skip, open_file=options.open_file
    )
    is_of_werkbook = any("werkbook" in cell.source for cell in cells)
    if options.target == "flask" and is_of_werkbook and has_typed_views(parsed):
        # Flask knows no typed views.
        options = replace(options, target=choose_typed_target(options.is_target_asked))
    try:
        return _export_parsed(parsed, options)
    except NoAppError:
        if options.python == 2 or not parsed.left_out:
            raise
        # Python 2's print in a notebook that says it is Python 3's: better than none.
        parsed = parse_cells(cells, python=2, skip=skip, open_file=options.open_file)
        return _export_parsed(parsed, options)


def _export_parsed(parsed: Parsed, options: Options) -> Export:
    parsed.statements = decorate_route_cells(parsed.statements, parsed.left_out)
    found = list(found_programs(parsed, options))
    if not found:
        raise no_app(parsed, options)
    chosen = max(found, key=lambda one: one.ran)
    program, app = chosen.program, chosen.app
    slice_ = _slice(program, app, options)
    taken = claims.check(program, slice_.kept) if _has_claims(app) else []
    settled = claims.settle(program, slice_.kept) if _has_claims(app) else None
    if settled is not None:
        program = Program(settled)
        app = choose_app(program, options.app) or app
        slice_ = _slice(program, app, options)
    files = [one.path for one in found if one.path and one is not chosen]
    result = _emit(parsed, program, app, slice_, options, chosen.path, files)
    result.notes += taken
    return result


def _has_claims(app: AppChoice) -> bool:
    return app.framework.is_flask


def _slice(program: Program, app: AppChoice, options: Options) -> Slice:
    roots = set(app.roots)
    if app.is_default:
        roots |= {n for n in range(program.end) if is_on_default_app(program, n)}
    return slice_program(
        program,
        app.version,
        roots=frozenset(roots),
        names=frozenset(app.reads),
        inner=app.within,
        is_file=partial(_is_there, options),
        is_wide=options.is_wide,
        is_whole=options.is_whole,
        others=app.strangers,
    )


def _is_there(options: Options, path: str, texts: list[str]) -> bool:
    """Say whether the folder holds a file that a cell writes, as the cell writes it."""
    if not options.is_file(path):
        return False
    text = options.open_file(path) if texts and options.open_file else None
    return text is None or all(one.strip() in text for one in texts)


def _emit(
    parsed: Parsed,
    program: Program,
    app: AppChoice,
    slice_: Slice,
    options: Options,
    path: str,
    other_files: list[str],
) -> Export:
    """Write the text of the app, and gather what lies beside it.

    The order counts: names that are taken are known before any is made, and what the
    file imports before its packages are looked up. `path` is the file that cells
    write and that is exported, or ""; `other_files` are those that make apps, too.
    """
    package = _package(program, slice_, app)
    is_local = partial(_is_local, parsed=parsed, options=options, program=program)
    parts = sort_parts(program, slice_)
    taken = _all_names(program, slice_)
    reference = app.reference
    later = {name for one in slice_.kept for name in program.names[one].later}
    bind_app(parts, app, taken, later)
    templates, static, files = sorted_files(parsed, program, app)
    files = files_in_use(files, parsed, program, slice_, path, options.output)
    folders = find_folders(program, app)
    places = dict(parsed.places)
    for folder, texts in zip(folders, (templates, static), strict=True):
        places |= {f"{folder}/{one}": places.get(one, "A cell") for one in texts}
    is_flask = app.framework.is_flask or bool(app.inner)
    held = app.inner or "app"
    if options.embeds and is_flask:
        have = [*parts.imports, *parts.late_imports]
        embedded = embed(held, package, templates, static, taken, have)
        _add_embedded(parts, embedded, app)
    else:
        files.update({f"{folders[0]}/{key}": text for key, text in templates.items()})
        files.update({f"{folders[1]}/{key}": text for key, text in static.items()})
        if is_flask:
            _add_embedded(parts, escaping(held, templates, taken), app)
    docs_paths = _add_docs(parts, held, app, options, taken) if is_flask else ()
    if options.target == "werkbook":
        _let_extensions_find_flask(parts)
    ending = last_block(parts, app, package, taken)
    imported = [*parts.imports, *parts.late_imports]
    packages = needed_packages(imported_packages(program, slice_, imported), package)
    nodes = [program.statements[number].node for number in slice_.kept]
    extras = list_extras(program, slice_, package)
    dependencies = find_dependencies(
        packages,
        installs=parsed.installs,
        besides=needed_at_run_time(nodes, packages),
        extras={package: extras},
        is_local=is_local,
        version_of=options.version_of,
    )
    source = assemble(
        head_of("Web app", options.name),
        metadata_block(dependencies.requirements),
        parts,
        ending,
        is_local,
    )
    rules = [
        rule
        for number in sorted(slice_.kept)
        for rule in find_rules(program.statements[number].node, number)
    ]
    return Export(
        source,
        "app",
        program,
        slice_,
        package,
        app.framework.name,
        templates,
        static,
        files,
        dependencies.requirements,
        dependencies.unknown,
        parsed.left_out,
        rules,
        [*parts.early, *parts.pieces],
        is_asgi=app.framework.is_asgi,
        reference=reference,
        module=path,
        notes=_notes(app, path, other_files),
        places=places,
        folders=folders,
        docs_paths=docs_paths,
    )


def _notes(app: AppChoice, path: str, other_files: list[str]) -> list[str]:
    """Say in one line which app was taken, where the notebook has several."""
    if not app.others and not other_files:
        return []
    what = f"{app.expression!r} of " + (f"the file {path!r}" if path else "the cells")
    ways = [f"--app {name}" for name in app.others]
    ways += [f"--file {name}" for name in other_files]
    return [f"Exported {what}; the notebook makes other apps too: {', '.join(ways)}."]


def head_of(what: str, notebook: str) -> str:
    """Return the docstring of a written file, out of which no file's name breaks.

    Args:
        what: What the file is.
        notebook: The notebook's name, of any characters.
    """
    safe = on_one_line(notebook, MAX_NAME_CHARS).replace("\\", "/").replace('"', "'")
    return f'"""{what} of the notebook {safe}, {MARK}."""'


def _add_embedded(parts: Parts, embedded: Embedded, app: AppChoice) -> None:
    """Add what answers with the cells' files, while the name is still the app's."""
    parts.imports += embedded.imports
    position = len(parts.pieces)
    if app.inner and app.version is not None:
        position = next(
            n for n, one in enumerate(parts.pieces) if one.number == app.version[1]
        )
    parts.pieces[position:position] = embedded.pieces


def _add_docs(
    parts: Parts, held: str, app: AppChoice, options: Options, taken: set[str]
) -> tuple[str, ...]:
    """Add the pages that describe the API, where they are wanted; give their paths."""
    if options.document is None:
        return ()
    paths = choose_docs_paths(options.document)
    have = [*parts.imports, *parts.late_imports]
    _add_embedded(parts, embed_docs(held, options.document, paths, taken, have), app)
    return paths


def _package(program: Program, slice_: Slice, app: AppChoice) -> str:
    """The package whose API the app has; "" for a plain WSGI callable."""
    if not app.framework.is_flask and not app.inner:
        return app.framework.package
    packages = {
        module.partition(".")[0]
        for number in slice_.kept
        for module in imported_modules(program.statements[number].node).values()
    }
    return "werkbook" if "werkbook" in packages else "flask"


def _let_extensions_find_flask(parts: Parts) -> None:
    """Flask's extensions import `flask`; Werkbook must have its name before they do."""
    extensions = [one for one in parts.imports if one.package.startswith("flask_")]
    if extensions:
        parts.imports = [one for one in parts.imports if one not in extensions]
        parts.imports.append(Import("werkbook"))
        parts.early.append(Piece("werkbook.install_as_flask()"))
        parts.late_imports += extensions


def _all_names(program: Program, slice_: Slice) -> set[str]:
    return slice_.names | {
        name for number in slice_.kept for name in program.names[number].binds
    }


def _is_local(package: str, parsed: Parsed, options: Options, program: Program) -> bool:
    """Say whether a package is the author's own: written by cells, or beside them."""
    stem = package.removesuffix("_module")
    for path in (f"{package}.py", f"{package}/__init__.py", f"{stem}.py"):
        if path in parsed.modules or any(
            path in effects.writes for effects in program.effects
        ):
            return True
    return options.is_file(f"{package}.py") or options.is_file(f"{package}/__init__.py")
