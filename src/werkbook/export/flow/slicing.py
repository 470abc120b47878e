"""Which statements an app needs: from its registrations back along the data flow."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from werkbook.cells.source.names import BUILTINS
from werkbook.cells.source.trees import called, chain, constants, mount
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.dynamic import dynamic_reads, made_modules
from werkbook.export.flow.program import (
    Program,
    Version,
    imported_modules,
    modules_within,
)
from werkbook.export.flow.statement_text import prints_into, sets_process
from werkbook.export.flow.writes import is_database, names_file_in, texts_written

_ACTIVE = (
    ast.Call,
    ast.Subscript,
    ast.Attribute,
    ast.BinOp,
    ast.Compare,
    ast.Await,
    ast.Starred,
)
"""Expressions that may run code of the notebook's own classes."""
LISTS_FOLDERS = re.compile(r"\b(?:glob|rglob|iterdir|listdir|scandir|walk)\(")
"""Calls that find files without their names."""
_DISPLAYS = frozenset(("print", "pprint", "display", "type", "id", "help", "dir"))
"""Calls that do nothing to what they are given; `sum(rows)` may use it up."""


@dataclass
class Slice:
    """What is kept of a program.

    Attributes:
        kept: Numbers of statements.
        names: Names that kept statements use; an import is cut down to these.
        missing: Names that nothing binds, with a statement that reads them.
        pickles: Statements that read pickles, which name the notebook's own classes.
    """

    kept: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    missing: dict[str, int] = field(default_factory=dict)
    pickles: set[int] = field(default_factory=set)


def slice_program(
    program: Program,
    app: Version | None,
    *,
    roots: frozenset[int] = frozenset(),
    names: frozenset[str] = frozenset(),
    inner: Iterable[Version] = (),
    is_file: Callable[[str, list[str]], bool] = lambda path, texts: False,
    is_wide: bool = False,
    is_whole: bool = False,
    others: Iterable[Version] = (),
) -> Slice:
    """Keep what an app needs.

    Args:
        program: The notebook's namespace.
        app: The name and statement that made the app.
        roots: Statements to keep besides.
        names: Names that the end of the file reads.
        inner: Apps inside of the app: what is done to them, however late, counts.
        is_file: Says of a path whether the notebook's folder holds it already, with
            these texts in it; what wrote it is then not needed.
        is_wide: Keep everything but what only serves, shows and asks.
        is_whole: Keep also what seems to show only, if it calls or computes anything.
        others: The apps that are not exported; what is done to them stays out, unless
            the exported app needs them.
    """
    slicer = _Slicer(program, is_file)
    slicer.strangers = {program.family(version) for version in others}
    if app is not None:
        slicer.keep(app[1])
        slicer.captured.add(program.family(app))
        slicer.need(app, program.end)
        slicer.strangers.discard(program.family(app))
    for version in inner:
        slicer.captured.add(program.family(version))
        slicer.need(version, program.end)
    for number in sorted(roots):
        slicer.keep(number)
    for name in sorted(names):
        slicer.result.names.add(name)
        slicer.read_at_the_end(name)
    if is_wide:
        for number in range(program.end):
            left = _does_nothing if is_whole else _only_shows
            if not program.is_import(number) and not left(program, number):
                slicer.keep(number)
    slicer.run()
    slicer.result.kept |= set(program.postponing(slicer.result.kept))
    return slicer.result


def _only_shows(program: Program, number: int) -> bool:
    """Say whether a statement is there for its output in the notebook."""
    node = program.statements[number].node
    if not isinstance(node, ast.Expr):
        return False
    if not isinstance(node.value, ast.Call):
        return True
    name, _ = chain(node.value.func)
    shows = words.SHOWING | words.LOOKING | words.MODULE_LOOKING
    if words.is_in_place(node.value) or prints_into(node.value, program.context):
        return False
    return called(node.value) in shows or program.context.is_module(
        name, words.PLOTTING
    )


def _does_nothing(program: Program, number: int) -> bool:
    """Say whether a statement is a plot, or a name or text that stands alone."""
    node = program.statements[number].node
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    name, _ = chain(value)
    if program.context.is_module(name, words.PLOTTING):
        return True
    parts = [value]
    if isinstance(value, ast.Call) and called(value) in _DISPLAYS:
        if prints_into(value, program.context):
            return False
        parts = [*value.args, *(one.value for one in value.keywords)]
    return not any(isinstance(one, _ACTIVE) for part in parts for one in ast.walk(part))


class _Slicer:
    def __init__(
        self, program: Program, is_file: Callable[[str, list[str]], bool]
    ) -> None:
        self.program = program
        self.is_file = is_file
        self.result = Slice()
        self.has_all = False
        self._lists_folders = False
        self.captured: set[Version] = set()
        self.strangers: set[Version] = set()
        self._limits: dict[Version, int] = {}
        self._taken: dict[Version, int] = {}
        self._queue: list[int] = []
        self._called: set[tuple[int, int]] = set()
        self._texts: set[str] = set()

    def keep(self, number: int) -> None:
        """Keep a statement."""
        if number not in self.result.kept:
            self.result.kept.add(number)
            self._queue.append(number)

    def need(self, version: Version, before: int) -> None:
        """Need an object as it is before a statement: all that changed it."""
        family = self.program.family(version)
        self.strangers.discard(family)
        if before <= self._limits.get(family, -1):
            return
        self._limits[family] = before
        changes = self.program.changes.get(family, [])
        position = self._taken.get(family, 0)
        while position < len(changes) and changes[position] < before:
            self._keep_change(changes[position], is_own=family in self.captured)
            position += 1
        self._taken[family] = position

    def _is_strange(self, number: int) -> bool:
        """Say whether a statement does something to an app that is not exported."""
        if not self.strangers:
            return False
        return any(
            self.program.family(version) in self.strangers
            for name in self.program.names[number].reads
            for version in self.program.resolve(name, number)
        )

    def _keep_change(self, number: int, *, is_own: bool = False) -> None:
        if not is_own and self._is_strange(number):
            return
        self.keep(number)
        for name in self.program.names[number].binds:
            is_called = self.program.definition((name, number)) is not None
            if not is_called or self.program.holds_lambda(number):
                self.need((name, number), self.program.end)

    def run(self) -> None:
        """Follow what is kept until nothing more is needed."""
        while True:
            while self._queue:
                self._follow(self._queue.pop())
            if not self._keep_side_effects():
                break

    def _follow(self, number: int) -> None:
        program = self.program
        names = program.names[number]
        self.result.names |= names.reads | names.later
        self._texts.update(constants([program.statements[number].node]))
        if LISTS_FOLDERS.search(program.statements[number].text):
            self._lists_folders = True
        is_root = any(
            program.family(version) in self.captured
            for name in program.effects[number].changes
            for version in program.resolve(name, number)
        )
        # What is added to a blueprint later counts wherever it is registered.
        is_root = is_root or mount(program.statements[number].node) is not None
        for name in names.reads:
            self._read(name, number, program.end if is_root else number)
        for name in names.later:
            self._read_later(name, number)
        for name in names.reads:
            self._follow_calls(name, number)
        self._follow_dynamic(number)

    def _follow_dynamic(self, number: int) -> None:
        """Keep what a statement may read without writing its name down."""
        program = self.program
        reads = dynamic_reads(program.statements[number].node, program.context)
        names = set(reads.names)
        if reads.has_constants:
            names |= set(program.constants())
        if reads.has_definitions:
            names |= program.own_definitions()
            self.result.pickles.add(number)
        if reads.has_all and not self.has_all:
            self.has_all = True
            self._keep_all()
        for name in sorted(names):
            self.result.names.add(name)
            self._read_later(name, -1)

    def _keep_all(self) -> None:
        """Keep every name of the module, with what only shows left out."""
        program = self.program
        for number in range(program.end):
            if self._is_strange(number) or _only_shows(program, number):
                continue
            self.result.names |= program.names[number].binds
            self.keep(number)

    def _read(self, name: str, number: int, limit: int) -> None:
        versions = self.program.resolve(name, number)
        if not versions:
            self._read_unknown(name, number)
        for version in versions:
            self.keep(version[1])
            if not self.program.is_import(version[1]):
                # What is done to a class later its objects have, too.
                is_class = self.program.is_class(version)
                self.need(version, self.program.end if is_class else limit)

    def read_at_the_end(self, name: str) -> None:
        """Keep what a name stands for when the program has run."""
        self._read_later(name, -1)

    def _read_later(self, name: str, number: int) -> None:
        versions = self.program.resolve(name, self.program.end)
        if not versions and number >= 0:
            self._read_unknown(name, number)
        for deleting in self.program.deletions(name):
            if versions and deleting > versions[0][1]:
                self.keep(deleting)
        for version in versions:
            self.keep(version[1])
            if not self.program.is_import(version[1]):
                self.need(version, self.program.end)

    def _read_unknown(self, name: str, number: int) -> None:
        if name in BUILTINS:
            return
        makers = self.program.stars or self.program.find_makers(name)
        if makers:
            for maker in makers:
                self.keep(maker)
        else:
            self.result.missing.setdefault(name, number)

    def _follow_calls(self, name: str, number: int) -> None:
        """A function that may be called now reads its names now."""
        program = self.program
        stack = program.resolve(name, number)
        while stack:
            version = stack.pop()
            definition = program.definition(version)
            if definition is None or (version[1], number) in self._called:
                continue
            self._called.add((version[1], number))
            for inner in definition.later:
                for found in program.resolve(inner, number):
                    self.keep(found[1])
                    if not program.is_import(found[1]):
                        self.need(found, number)
                        stack.append(found)

    def _keep_side_effects(self) -> bool:
        """Keep what acts on modules, files or the environment that the app uses."""
        before = len(self.result.kept)
        statements, context = self.program.statements, self.program.context
        packages = self._packages()
        if packages & words.READ_ARGUMENTS:
            packages.add("sys")
        texts = self._texts | self._module_files()
        texts |= {
            text for name, text in context.texts.items() if name in self.result.names
        }
        uses_environment = "os" in packages or "dotenv" in packages
        for number in range(self.program.end):
            if number in self.result.kept or self.program.is_import(number):
                continue
            if self._is_strange(number):
                continue
            effects, node = self.program.effects[number], statements[number].node
            sets = effects.sets_environment and (uses_environment or packages - _QUIET)
            sets = sets or (effects.extends_path and bool(packages - _INSTALLED))
            sets = sets or made_modules(node) & packages
            if sets or (effects.writes and self._is_read(number, texts)):
                self._keep_change(number)
            elif self._acts(number, packages) or sets_process(node, context):
                self.keep(number)
        return len(self.result.kept) > before

    def _acts(self, number: int, packages: set[str]) -> bool:
        acted = {one.partition(".")[0] for one in self.program.effects[number].acts_on}
        if not acted & packages:
            return False
        # A call that only needs what is there already; a plot of data is not that.
        node = self.program.statements[number].node
        return not isinstance(node, (ast.For, ast.While))

    def _is_read(self, number: int, texts: set[str]) -> bool:
        node = self.program.statements[number].node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return False
        written = texts_written(node, self.program.context)
        for text in self.program.effects[number].writes:
            if not is_database(text) and self.is_file(text, written):
                continue
            if self._lists_folders:
                return True
            place = text.removeprefix("./")
            if any(place.endswith(f"/{one}") for one in self._module_files()):
                return True
            if place.startswith(("templates/", "static/")):
                return True
            if place in ("templates", "static") and not makes_folder(node):
                return True
            if text in texts or any(
                names_file_in(one, text) or names_file_in(place, one.strip("./"))
                for one in texts
            ):
                return True
        return False

    def _module_files(self) -> set[str]:
        """The files that kept imports may mean, if a cell writes them."""
        nodes = [self.program.statements[number].node for number in self.result.kept]
        return {
            module.replace(".", "/") + ".py"
            for node in nodes
            for module in {*imported_modules(node).values(), *modules_within(node)}
        }

    def _packages(self) -> set[str]:
        """The packages of which kept statements use a name."""
        found = set()
        for number in self.result.kept:
            node = self.program.statements[number].node
            used = {
                module
                for name, module in imported_modules(node).items()
                if name in self.result.names
            }
            for module in used | modules_within(node):
                found.add(module.lstrip(".").partition(".")[0])
        return found


_QUIET = frozenset(("flask", "werkbook", "bottle", "json", "datetime", "time", "math"))
"""Packages that read no environment variables."""
_INSTALLED = sys.stdlib_module_names | words.APP_MODULES | {"numpy", "pandas"}
"""Packages that are found without a folder of the author's own in `sys.path`."""


def makes_folder(node: ast.stmt) -> bool:
    """Say whether a statement does nothing but make folders."""
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Call) and called(value) in ("makedirs", "mkdir")
