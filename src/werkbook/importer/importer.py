"""From the files of an app to the cells of a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst

from werkbook.errors import close_matches, quoted_list
from werkbook.plain_words import on_one_line

from .app_facts import AppFacts, can_be_called_bare, find_app_facts
from .code.cutting import MadeCell, cut, take_main_block
from .code.file_places import say_places
from .code.namespace import SharedNamespace
from .code.source_modules import ImportingError, Project, read_module
from .code.taken_modules import Chosen, choose_modules
from .code.weaving import Stretch, weave
from .companions import find_companions
from .exported_file import ExportedFile, read_exported
from .finding_entry import find_entry
from .serving_cells import serving_cells, take_servers
from .web_files import (
    WebFiles,
    collect_web_files,
    left_templates,
    static_cell,
    template_cell,
    with_templates,
)

MAX_HEADING_CHARS = 200


@dataclass
class ImportedApp:
    """A notebook made of an app.

    Attributes:
        title: What it is called.
        cells: Its cells.
        root: The app's own folder, whose place the notebook's folder takes.
        companions: The files that must lie beside the notebook, by their path there.
        kept: The modules that stay files.
        cautions: What a reader has to know.
    """

    title: str
    cells: list[MadeCell]
    root: Path
    companions: dict[str, Path] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)


def import_app(
    source: Path, *, app: str = "", keeps_files: bool = False
) -> ImportedApp:
    """Make a notebook of a Flask app. Nothing of the app is executed.

    Args:
        source: The Python file that makes the app, its package or project folder.
        app: The expression that gives the app, such as `create_app("dev")`; found
            when "".
        keeps_files: Leave all templates and static files the files that they are.

    Raises:
        ImportingError: There is no app, or it does what a notebook can't do.
        OSError: A file cannot be read.
    """
    entry = find_entry(source)
    content = read_module(entry)
    exported = read_exported(content)
    project = Project(entry, content if exported is None else exported.source.encode())
    chosen = choose_modules(project)
    facts = find_app_facts(list(chosen.taken.values()))
    if facts.root is None:
        raise ImportingError(
            f"{str(entry)!r} makes no Flask app.",
            why="neither it nor a module of its own that it imports calls Flask(...).",
            fix="name the file that does: werkbook import path/to/app.py",
        )
    made = _Making(project, chosen, facts, exported)
    return made.notebook(app, keeps_files)


class _Making:
    """One import."""

    def __init__(
        self,
        project: Project,
        chosen: Chosen,
        facts: AppFacts,
        exported: ExportedFile | None,
    ) -> None:
        self.project = project
        self.chosen = chosen
        self.facts = facts
        self.exported = exported
        self.namespace = SharedNamespace(project, chosen)
        assert facts.root is not None  # checked before
        self.root = facts.root
        self.title = project.entry_name.rpartition(".")[2] or self.root.name
        if exported is not None:
            self.title = exported.title.removesuffix(".ipynb")

    def notebook(self, app: str, keeps_files: bool) -> ImportedApp:
        """Make the notebook."""
        woven = weave(self.namespace)
        stretches = woven.stretches
        apps = {
            self.namespace.final(module, name) or name
            for module, name in self.facts.apps
        }
        block = take_main_block(stretches, self.project.entry)
        servers = take_servers(stretches, apps)
        say_places(stretches, self.root)
        code = "\n".join(one.tree.code for one in self.chosen.taken.values())
        files = WebFiles()
        if not keeps_files:
            files = collect_web_files(self.facts.folders, code)
        result = ImportedApp(self.title, [], self.root, kept=self._kept())
        result.cautions += woven.cautions
        cells = [*self._code_cells(stretches), *self._app_cells(app)]
        result.cells = [
            *self._with_web_files(cells, files),
            *serving_cells(block, servers, apps, code, self.exported, result.cautions),
        ]
        left = [one for one in files.left if one.exists()]
        if keeps_files:
            left = _all_files(self.facts)
        kept = list(self.chosen.kept.values())
        result.companions = find_companions(
            self.project, self.root, left, self.chosen.taken.values(), kept
        )
        result.cautions += self._cautions(code)
        return result

    def _kept(self) -> list[str]:
        return [
            one.path.relative_to(self.project.root).as_posix()
            for one in self.chosen.kept.values()
        ]

    def _code_cells(self, stretches: list[Stretch]) -> Iterator[MadeCell]:
        is_one = len({one.module.name for one in stretches}) == 1
        if not is_one:
            yield MadeCell(f"# {_heading(self.title)}", "markdown", "text")
            yield MadeCell("%load_ext werkbook")
        for number, stretch in enumerate(stretches):
            title = f"# {_heading(self.title)}" if is_one and number == 0 else ""
            if not is_one:
                place = stretch.module.path.relative_to(self.project.root).as_posix()
                title = f"## {_heading(place)}" + (
                    "" if stretch.is_start else ", continued"
                )
            cells = list(cut(stretch, title))
            if is_one and number == 0:
                cells.insert(1, MadeCell("%load_ext werkbook"))
            yield from cells

    def _app_cells(self, app: str) -> Iterator[MadeCell]:
        """Make the app where only a function of the modules does."""
        if app:
            self._check(app)
            yield MadeCell(f"app = {app}")
            return
        if self.facts.apps or not self.facts.factories:
            return
        names = sorted(self.facts.factories)
        known = [one for one in ("create_app", "make_app") if one in names]
        name = (known or names)[0]
        module, function = self.facts.factories[name]
        final = self.namespace.final(module, name) or name
        if not can_be_called_bare(function):
            raise ImportingError(
                f"The factory {name!r} of the app wants arguments.",
                why="a notebook's cell has to call it.",
                fix=f"say how: --app \"{name}('development')\"",
            )
        yield MadeCell(f"app = {final}()")

    def _check(self, app: str) -> None:
        try:
            call = cst.parse_expression(app)
        except cst.ParserSyntaxError:
            raise ImportingError(
                f"--app cannot read {app!r}.",
                why="it is the expression that gives the app.",
                fix="write --app \"create_app('development')\"",
            ) from None
        name = getattr(getattr(call, "func", call), "value", "")
        names = {one for _, one in self.facts.apps} | set(self.facts.factories)
        if names and isinstance(name, str) and name not in names:
            raise ImportingError(
                f"No module of the app defines {name!r}.",
                why=f"the app is made by {quoted_list(sorted(names))}.",
                fix=f"write --app {(close_matches(name, names) or sorted(names))[0]}",
            )

    def _with_web_files(
        self, cells: list[MadeCell], files: WebFiles
    ) -> Iterator[MadeCell]:
        if self.exported is not None:
            yield from self._as_exported(cells)
            return
        done = list(with_templates(cells, files))
        yield from done
        left = list(left_templates(done, files))
        if left:
            yield MadeCell("## Other templates", "markdown", "text")
            yield from left
        if files.static:
            yield MadeCell("## Static files", "markdown", "text")
            yield from (static_cell(name, text) for name, text in files.static.items())

    def _as_exported(self, cells: list[MadeCell]) -> Iterator[MadeCell]:
        """Put the templates of an exported file where its order keeps."""
        assert self.exported is not None
        templates = [template_cell(*one) for one in self.exported.templates.items()]
        place = next(
            (number for number, one in enumerate(cells) if one.about == "route"),
            len(cells),
        )
        yield from cells[:place]
        yield from templates
        yield from cells[place:]
        yield from (static_cell(*one) for one in self.exported.static.items())

    def _cautions(self, code: str) -> Iterator[str]:
        foreign = sorted(str(one) for one in self._foreign_folders())
        if foreign:
            yield (
                "Templates and static files are those of folders outside of the app's:"
                f" {quoted_list(foreign)}."
            )
        if "instance_path" in code or "instance_relative_config" in code:
            yield (
                "The instance folder is 'instance' beside the notebook; what lies in"
                " the app's own is not taken along."
            )
        if "import_module(" in code or "find_modules(" in code:
            yield (
                "The app imports modules whose names are known only when it runs;"
                " such modules are no part of the notebook."
            )

    def _foreign_folders(self) -> Iterator[Path]:
        """Give the folders that the app's code names, and that lie elsewhere."""
        for folder in self.facts.folders:
            for place in (folder.templates, folder.static):
                if place is None or not place.is_dir():
                    continue
                if not place.resolve().is_relative_to(self.project.root):
                    yield place.resolve()


def _heading(name: str) -> str:
    """Return the name of a file as text in one line: it may hold any bytes."""
    return on_one_line(name, MAX_HEADING_CHARS)


def _all_files(facts: AppFacts) -> list[Path]:
    return [
        path
        for folder in facts.folders
        for place in (folder.templates, folder.static)
        if place is not None and place.is_dir()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    ]
