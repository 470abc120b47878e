"""The text of the exported file, cut from the cells."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from werkbook.cells.source.lines import strip_line_ends
from werkbook.cells.source.scripts import ARGUMENTS_NAME
from werkbook.cells.source.statements import Statement
from werkbook.cells.source.trees import constants, dotted, mount
from werkbook.export.flow.dynamic import made_modules
from werkbook.export.flow.program import Program, imported_modules
from werkbook.export.flow.slicing import Slice
from werkbook.export.text import awaiting
from werkbook.export.text.imports import (
    Import,
    find_imports,
    head_comments,
    import_block,
)
from werkbook.export.text.moved import moved

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_NO_SHELL = "# The notebook's shell, get_ipython(), is None in a file."


@dataclass
class Piece:
    """A statement of the file: its text, and what stands above it."""

    text: str
    comments: list[str] = field(default_factory=list)
    space: int = 1
    is_definition: bool = False
    place: str = ""
    number: int = -1


@dataclass
class Parts:
    """The parts of the file, in their order."""

    head: list[str] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    early: list[Piece] = field(default_factory=list)
    late_imports: list[Import] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


def sort_parts(program: Program, slice_: Slice) -> Parts:
    """Sort what is kept into imports and statements."""
    kept = sorted(slice_.kept)
    parts = Parts(head_comments(program, slice_.kept))
    uses = _dotted_uses(program, kept)
    clashing = _clashing_imports(program, kept, slice_.names)
    early = _early_statements(program, kept, clashing)
    order = _register_late(program, kept)
    last_early = max(early, default=-1)
    previous = -2
    waiting = {one for one in kept if awaiting.awaits(program.statements[one].node)}
    has_loop = not all(
        awaiting.is_simple(program.statements[one].node) for one in waiting
    )
    for number in order:
        statement = program.statements[number]
        if program.is_import(number) and number not in clashing:
            found = find_imports(statement.node, slice_.names, uses)
            found = [moved(one) for one in found]
            if number < last_early or not early:
                parts.imports += found
            else:
                parts.late_imports += found
            continue
        piece = _piece(statement, slice_, uses, is_next=number == previous + 1)
        previous = number
        if piece is None:
            continue
        shown = program.context.shell.say_none(piece.text, statement.node)
        if shown != piece.text:
            piece.text = shown
            piece.comments.append(_NO_SHELL)
        if number in waiting:
            binds = program.names[number].binds
            _run_at_once(piece, statement.node, binds, has_loop=has_loop)
        (parts.early if number in early else parts.pieces).append(piece)
    _name_for_pickles(parts, program, slice_)
    if waiting:
        parts.imports.append(Import("asyncio"))
    if has_loop:
        _add_loop(parts, program, waiting)
    return parts


def _add_loop(parts: Parts, program: Program, waiting: Iterable[int]) -> None:
    """Add the event loop, with its turns where cells end whose tasks go on."""
    found = [program.statements[number] for number in sorted(waiting)]
    ending = [one.cell for one in found if awaiting.starts_task(one.node)]
    for cell in dict.fromkeys(ending):
        places = [
            place
            for place, one in enumerate(parts.pieces)
            if one.number >= 0 and program.statements[one.number].cell == cell
        ]
        parts.pieces.insert(places[-1] + 1, Piece(awaiting.TURN))
    run = Piece(awaiting.RUN_IN_LOOP, is_definition=True)
    start = Piece(awaiting.START_IN_LOOP, is_definition=True)
    is_started = any(awaiting.only_starts(one.node) for one in found)
    parts.pieces[:0] = [Piece(awaiting.LOOP), run, *[start] * is_started]
    parts.pieces.append(Piece(awaiting.GO_ON))
    parts.imports.append(Import("threading"))
    parts.imports.append(Import("concurrent.futures", "ThreadPoolExecutor"))


def _name_for_pickles(parts: Parts, program: Program, slice_: Slice) -> None:
    """Let pickles of the notebook's own classes find them: as `__main__.Twice`.

    Before what loads at once, those defined by then are named; what functions load may
    be of any.
    """
    own = program.own_definitions()
    named = {
        number: program.statements[number].node.name  # type: ignore[attr-defined]  # a definition
        for number in sorted(slice_.kept)
        if own & program.names[number].binds
        and isinstance(program.statements[number].node, _Definition)
    }
    if not slice_.pickles or not named:
        return
    is_late = {
        one
        for one in slice_.pickles
        if isinstance(program.statements[one].node, _Definition)
    }
    end = len(program.statements)
    loads = sorted({*(slice_.pickles - is_late), *([end] if is_late else [])})
    before, has_comment = 0, False
    for load in loads:
        names = [name for number, name in named.items() if before <= number < load]
        before = load
        if names:
            piece = _named_piece(names, has_comment=has_comment)
            _insert_before(parts, load, piece)
            has_comment = True
    if has_comment:
        parts.imports.append(Import("sys"))


def _named_piece(names: Iterable[str], *, has_comment: bool) -> Piece:
    lines = [
        f'sys.modules["__main__"].{name} = {name}' for name in dict.fromkeys(names)
    ]
    comment = "# A pickle names what the notebook defines as the main module's."
    return Piece("\n".join(lines), [] if has_comment else [comment])


def _insert_before(parts: Parts, number: int, piece: Piece) -> None:
    """Put a piece in front of a statement; at the end where that is not there."""
    places = [n for n, one in enumerate(parts.pieces) if one.number == number]
    parts.pieces.insert(places[0] if places else len(parts.pieces), piece)


def _run_at_once(
    piece: Piece, node: ast.stmt, binds: Iterable[str], *, has_loop: bool
) -> None:
    # An annotated name can't be declared global.
    if awaiting.is_simple(node) or isinstance(node, ast.AnnAssign):
        piece.text = awaiting.run_simply(piece.text, in_loop=has_loop)
    else:
        piece.text = awaiting.run_in_loop(piece.text, binds)
        piece.is_definition = True


def _piece(
    statement: Statement, slice_: Slice, uses: set[str], *, is_next: bool
) -> Piece | None:
    node = statement.node
    text = strip_line_ends(statement.text)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        found = [moved(one) for one in find_imports(node, slice_.names, uses)]
        if not found:
            return None
        text = import_block(found, lambda name: False)
    space = 1 if statement.is_first or not is_next else statement.space
    if statement.comments and space == 0 and not is_next:
        space = 1
    is_definition = isinstance(node, _Definition)
    comments = list(statement.comments)
    return Piece(
        text,
        comments,
        min(space, 2),
        is_definition,
        statement.place,
        statement.number,
    )


def _dotted_uses(program: Program, kept: Iterable[int]) -> set[str]:
    """All `a.b.c` in kept code, and their beginnings."""
    found: set[str] = set()
    for number in kept:
        for node in ast.walk(program.statements[number].node):
            if isinstance(node, ast.Attribute):
                name = dotted(node)
                if name:
                    found.add(name)
    return found


def _clashing_imports(program: Program, kept: list[int], names: set[str]) -> set[int]:
    """Imports that must stay in their place: other kept code binds their names too."""
    bound: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for number in kept:
        node = program.statements[number].node
        for name in program.names[number].binds & names:
            first.setdefault(name, number)
            meaning = f"statement {number}"
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found = [
                    replace(one, name=name) if one.name == "*" else one
                    for one in find_imports(node, {name}, {name})
                    if one.name
                ]
                meaning = str(found[:1] or "module")
            bound.setdefault(name, set()).add(meaning)
    clashes = {name for name, meanings in bound.items() if len(meanings) > 1}
    stars = set(program.stars)
    written = _written(program, kept)
    made = {
        module
        for number in kept
        for module in made_modules(program.statements[number].node)
    }
    written |= {f"{module}.py" for module in made}
    return {
        number
        for number in kept
        if program.is_import(number)
        and (
            any(
                # A star import may stand above all that binds its names later.
                number not in stars or first[name] != number
                for name in program.names[number].binds & names & clashes
            )
            or _is_of_written_module(program.statements[number].node, written)
        )
    }


def _written(program: Program, kept: Iterable[int]) -> set[str]:
    """The texts that name what kept code writes: files and folders."""
    return {text for number in kept for text in program.effects[number].writes}


def _is_of_written_module(node: ast.stmt, written: set[str]) -> bool:
    """Say whether an import is of a module that the file itself writes first."""
    names = {
        path
        for module in imported_modules(node).values()
        for path in (
            f"{module.partition('.')[0]}.py",
            module.replace(".", "/") + ".py",
        )
    }
    return any(
        path == one or one.endswith(f"/{path}") for path in names for one in written
    )


def _early_statements(
    program: Program, kept: list[int], clashing: set[int]
) -> set[int]:
    """Statements that later imports depend on: the module path, the environment."""
    imports = [n for n in kept if program.is_import(n) and n not in clashing]
    if not imports:
        return set()
    found = set()
    made = {part for text in _written(program, kept) for part in _folders(text)}
    for number in kept:
        effects = program.effects[number]
        acts = {one for one in effects.acts_on if one.startswith(("sys", "matplotlib"))}
        if not (effects.sets_environment or acts) or number > imports[-1]:
            continue
        if ARGUMENTS_NAME in program.names[number].binds:
            continue  # these are for what follows alone
        node = program.statements[number].node
        if effects.extends_path and made & set(constants([node])):
            continue  # Python never looks again into a folder that was not there
        if not isinstance(node, (ast.Expr, ast.Assign)):
            continue
        reads = program.names[number].reads
        versions = [v for name in reads for v in program.resolve(name, number)]
        if all(program.is_import(version[1]) for version in versions):
            found.add(number)
    return found


def _folders(path: str) -> Iterator[str]:
    """A path, and the folders above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _register_late(program: Program, kept: list[int]) -> list[int]:
    """Move `app.register_blueprint(bp)` behind what is added to the blueprint later."""
    order = list(kept)
    found = [(one, mount(program.statements[one].node)) for one in kept]
    mounts = [(one, call) for one, call in found if call is not None]
    for _ in mounts:  # each pass settles a level: a nested one moves its parent's
        for number, call in mounts:
            _move_mount(program, order, number, call)
    return order


def _move_mount(
    program: Program, order: list[int], number: int, call: ast.Call
) -> None:
    position = order.index(number)
    later = [
        order.index(one)
        for value in call.args[:1]
        if isinstance(value, ast.Name)
        for version in program.resolve(value.id, number)
        for one in program.changes.get(program.family(version), [])
        if one in order[position + 1 :] and _registers(program, one)
    ]
    if later:
        order.remove(number)
        order.insert(max(later), number)


def _registers(program: Program, number: int) -> bool:
    return isinstance(program.statements[number].node, _Definition) or bool(
        program.effects[number].changes
    )


def layout(pieces: list[Piece]) -> str:
    """Put pieces below each other with the blank lines that ruff's format wants."""
    lines: list[str] = []
    previous: Piece | None = None
    for piece in pieces:
        if previous is not None:
            space = piece.space
            if piece.is_definition or previous.is_definition:
                space = 2
            lines += [""] * space
        lines += _comment_lines(piece)
        lines.append(piece.text)
        previous = piece
    return "\n".join(lines)


def _comment_lines(piece: Piece) -> list[str]:
    lines: list[str] = []
    blanks = 0
    limit = 2
    for comment in piece.comments:
        if comment:
            lines += [""] * min(blanks, limit)
            blanks = 0
            lines.append(comment)
        else:
            blanks += 1
    if blanks:
        lines += [""] * (2 if piece.is_definition else min(blanks, limit))
    return lines


def assemble(
    docstring: str,
    metadata: str,
    parts: Parts,
    ending: str,
    is_local: Callable[[str], bool],
) -> str:
    """Put the whole file together."""
    sections = [docstring, metadata, "\n".join(parts.head)]
    future = [one for one in parts.imports if one.module == "__future__"]
    later_future = [one for one in parts.late_imports if one.module == "__future__"]
    late = [one for one in parts.late_imports if one.module != "__future__"]
    first = [*parts.imports, *(one for one in later_future if one not in future)]
    blocks = [import_block(first, is_local) if first else ""]
    blocks.append(layout(parts.early))
    late = [one for one in late if one not in first]
    blocks.append(import_block(late, is_local) if late else "")
    sections += [block for block in blocks if block]
    head = "\n\n".join(section for section in sections if section)
    if parts.pieces:
        space = "\n\n\n" if parts.pieces[0].is_definition and blocks != [""] else "\n\n"
        head += space + layout(parts.pieces)
    return f"{head}\n\n\n{ending}\n"
