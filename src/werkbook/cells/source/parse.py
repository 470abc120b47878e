"""From cells to statements: each with its text, its comments and its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from werkbook.cells import gateway
from werkbook.cells import routes as cellroutes
from werkbook.cells.cell import Cell, named_code
from werkbook.cells.launches import launched
from werkbook.cells.opened_files import OpenedFiles
from werkbook.cells.prompts import answer_prompts
from werkbook.cells.shell import written_by
from werkbook.cells.source import magics, scripts
from werkbook.cells.source.folders import WorkingFolder
from werkbook.cells.source.outputs import bind_outputs, shell_names
from werkbook.cells.source.parsed import LeftOut, Parsed
from werkbook.cells.source.python2 import modernise
from werkbook.cells.source.statements import Statement, parse_source, split_statements
from werkbook.cells.source.texts import quote
from werkbook.cells.source.trees import constants
from werkbook.syntax_trees import parse_python

_SHELLS = ("bash", "sh", "shell", "cmd", "script", "python", "python3")
_IN_BRACES = re.compile(r"\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)")


def parse_cells(
    cells: Iterable[Cell],
    *,
    python: int = 3,
    skip: Iterable[str] = (),
    open_file: Callable[[str], str | None] | None = None,
) -> Parsed:
    """Parse the code cells of a notebook, in document order.

    Args:
        cells: All cells.
        python: The major version that the notebook was written for. Version 2's
            statements are rewritten.
        skip: Ids of cells that failed; they are named in `left_out`.
        open_file: Reads a file of the notebook's folder, for `%run`; None when there
            is no such file.
    """
    reader = _Reader(python, open_file)
    skipped = set(skip)
    code = named_code(cells)
    reader.whole = "\n".join(cell.source for cell in code)
    reader.folder = WorkingFolder(cell.source for cell in code)
    for cell in gateway.as_route_cells(code):
        name = cell.name
        if cell.id in skipped:
            what = cell.error.partition("\n")[0]
            reader.parsed.left_out.append(LeftOut(name, f"it failed ({what})"))
            continue
        reader.printed = cell.printed
        reader.read(cell.source, name)
    bind_outputs(reader.parsed.statements, code)
    reader.parsed.statements[:0] = shell_names(reader.parsed.statements)
    for position, statement in enumerate(reader.parsed.statements):
        statement.position = position
    return reader.parsed


class _Reader:
    """Reads one cell after the other into what they say together."""

    def __init__(
        self, python: int, open_file: Callable[[str], str | None] | None
    ) -> None:
        self.parsed = Parsed()
        self.python = python
        self.open_file = open_file
        self.written: dict[str, str] = {}
        self.folder = WorkingFolder()
        self.opened = OpenedFiles()
        self.running: list[str] = []
        self.printed = ""
        self.whole = ""
        self.imports_os = False

    def read(self, source: str, name: str, first_line: int = 1) -> None:
        magic = magics.cell_magic(source)
        if magic is None:
            self._read_code(source, name, first_line)
        elif captured := magics.captured(magic, self.whole):
            self._read_code(captured, name, first_line + magic.first_line - 3)
        elif magic.name in magics.PYTHON_MAGICS:
            self.read(magic.body, name, first_line + magic.first_line - 1)
        elif magic.name in ("writefile", "file", "writetemplate", "writefilev2"):
            self._write(magic, name)
        elif magic.name == "route":
            self._read_route(magic, name)
        elif magic.name == "template":
            self._read_template(magic, name)
        elif magic.name == "static":
            self._read_static(magic, name)
        elif magic.name in _SHELLS:
            self._read_shell(magic, name)

    def _read_code(self, source: str, name: str, first_line: int) -> None:
        done = magics.transform(source, self._is_script)
        self.parsed.installs.extend(done.installs)
        for line in done.commands:
            self.folder.follow_line(line)
            command = scripts.shell_command(line)
            self._write_by_shell(self._filled_line(command), name)
        if not done.commands:
            self.folder.follow_calls(source)
        text = done.source
        try:
            tree = parse_source(text)
        except (SyntaxError, ValueError) as error:
            repaired = self._repair(text, name, error)
            if repaired is None:
                return
            text, tree = repaired
        for module in sorted(done.needs):
            self._insert(f"import {module}", name, first_line)
        self.opened.read(tree.body)
        self._add(tree, text, name, first_line, done)
        self._note_launches(done.commands, name)

    def _repair(
        self, text: str, name: str, error: SyntaxError | ValueError
    ) -> tuple[str, ast.Module] | None:
        if self.python == 2:
            modern = modernise(text)
            try:
                return modern, parse_source(modern)
            except (SyntaxError, ValueError):
                pass
        line = getattr(error, "lineno", None)
        at = f" at line {line}" if line else ""
        message = getattr(error, "msg", str(error))
        self.parsed.left_out.append(LeftOut(name, f"it does not parse{at}: {message}"))
        return None

    def _add(
        self,
        tree: ast.Module,
        text: str,
        name: str,
        first_line: int,
        done: magics.Transformed,
    ) -> None:
        found = split_statements(tree, text, name, first_line)
        for statement in found:
            line = statement.line - first_line + 1
            run = done.runs.get(line)
            if run is not None and isinstance(statement.node, ast.Pass):
                self._run(run, name, statement.line)
            statement.note = done.notes.get(line, "")
            if any(prompt in statement.text for prompt in ("input", "getpass")):
                statement = self._without_prompts(statement)
            self.parsed.statements.append(statement)
            texts = list(constants([statement.node]))
            if any("py" in one or "flask" in one or one == "-c" for one in texts):
                self._note_launches([" ".join(texts), *texts], name)
                statement.writes = scripts.texts_written(texts, self._content)

    def _without_prompts(self, statement: Statement) -> Statement:
        """Let a statement read from the environment what it asks of a person."""
        own = parse_source(statement.text).body[0]
        answered = answer_prompts(own, statement.text, self.printed)
        if answered is None:
            return statement
        if not self.imports_os:
            self.imports_os = True
            needed = parse_python("import os").body[0]
            made = Statement(statement.cell, statement.line, needed, "import os")
            self.parsed.statements.append(made)
        text, note = answered
        node = parse_source(text).body[0]
        return replace(statement, text=text, node=node, note=note)

    def _note_launches(self, texts: Iterable[str], name: str) -> None:
        known = self._named_here({**self.written, **self.opened.texts})
        for path in map(self.folder.place, launched(texts, known)):
            opened = self.opened.texts.pop(path, None)
            if opened is not None:
                self._keep(path, opened, name, 1)
            self.parsed.runs[path] = len(self.parsed.statements)

    def _insert(self, text: str, name: str, line: int) -> None:
        """Add a statement that the cell's text does not have."""
        node = parse_python(text).body[0]
        made = Statement(name, line, node, text, is_first=True)
        made.writes = scripts.texts_written(constants([node]), self._content)
        self.parsed.statements.append(made)

    def _read_shell(self, magic: magics.CellMagic, name: str) -> None:
        """Read what a cell of the shell's, or of another Python, does."""
        found = [scripts.code_command(magic.body)]
        if not f"{magic.name} {magic.line}".startswith(("python", "script python")):
            for line in magic.body.splitlines():
                self.parsed.installs += magics.installs(line)
            self._write_by_shell(magic.body, name)
            self._note_launches(magic.body.splitlines(), name)
            found = scripts.python_commands(magic.body, self._is_script)
        for text in found:
            for one in ("import os, subprocess, sys", text):
                self._insert(one, name, magic.first_line)

    def _is_script(self, path: str) -> bool:
        content = self._content(path.removeprefix("./"))
        return content is not None and not scripts.serves(content)

    def _run(self, run: scripts.ScriptRun, name: str, line: int) -> None:
        """Read what `%run` runs in the notebook's namespace."""
        path = run.path
        paths = (*map(self.folder.place, (path, f"{path}.py")), path, f"{path}.py")
        found = next((one for one in paths if self._content(one) is not None), None)
        if found is None or found in self.running or self._has_own_files(found):
            return
        content = self._content(found) or ""
        if not run.is_main and not found.endswith(".ipynb"):
            content = scripts.without_main(content)
        self.parsed.inlined.add(found)
        self.running.append(found)
        if run.words:
            self._insert("import sys", name, line)
            given = ", ".join(map(quote, (path, *run.words)))
            self._insert(f"{scripts.ARGUMENTS[0]}[{given}]", name, line)
        try:
            for source in scripts.script_sources(content, found):
                self.read(source, f"{name} ({found})")
        finally:
            self.running.remove(found)
        if run.words:
            self._insert(scripts.ARGUMENTS[1], name, line)

    def _content(self, path: str) -> str | None:
        """What a file holds that cells write, or that lies beside the notebook."""
        texts = {**self.written, **self.opened.texts}
        known = texts.get(self.folder.place(path), texts.get(path))
        if known is None and self.open_file is not None:
            return self.open_file(path)
        return known

    def _has_own_files(self, path: str) -> bool:
        """Say whether cells write other files into the folder of what they run."""
        folder, slash, _ = path.rpartition("/")
        return bool(slash) and any(
            one.startswith(folder + "/") and not one.endswith(".py")
            for one in self.written
        )

    def _write(self, magic: magics.CellMagic, name: str) -> None:
        words = cellroutes.split_words(magic.line)
        appends = any(word in ("-a", "--append") for word in words)
        paths = [word for word in words if not word.startswith("-")]
        if not paths:
            return
        path = self._filled_in(paths[0].strip("\"'"))
        if path is None:
            reason = f"the name of the file that it writes, {paths[0]!r}, is not known"
            self.parsed.left_out.append(LeftOut(name, reason))
            return
        path = path.removeprefix("./").removeprefix("/content/")
        path = self.folder.place(path)
        body = _ended(magic.body)
        body = self.written.get(path, "") + body if appends else body
        self._keep(path, body, name, 1 if appends else magic.first_line)

    def _keep(self, path: str, body: str, name: str, first_line: int) -> None:
        """Take a file that a cell writes: a module, or a text."""
        parsed = self.parsed
        self.written[path] = body
        self.opened.texts.pop(path, None)
        parsed.order[path] = len(parsed.statements)
        parsed.places[path] = name
        parsed.modules.pop(path, None)  # what an earlier cell wrote there is gone
        parsed.sources.pop(path, None)
        parsed.texts[path] = body
        if not path.endswith((".py", ".ipy")):
            return
        try:
            modern = modernise(body) if self.python == 2 else body
            tree = parse_source(modern)
        except (SyntaxError, ValueError) as error:
            reason = f"the file {path} that it writes does not parse: {error}"
            parsed.left_out.append(LeftOut(name, reason))
            return
        del parsed.texts[path]
        parsed.sources[path] = modern
        parsed.modules[path] = split_statements(tree, modern, name, first_line, path)

    def _filled_in(self, path: str) -> str | None:
        """Fill in `{name}` and `$name` as IPython does; None when not known."""

        def value(match: re.Match[str]) -> str:
            return self._last_bound(match[1] or match[2]) or "{"

        filled = _IN_BRACES.sub(value, path)
        return None if "{" in filled or "}" in filled else filled

    def _filled_line(self, line: str) -> str:
        """Fill in the notebook's names in a shell line; "" where one is not known."""
        is_known = True

        def value(match: re.Match[str]) -> str:
            nonlocal is_known
            known = self._last_bound(match[1] or match[2])
            is_known &= known is None or known != "{"
            return match[0] if known is None else known

        filled = _IN_BRACES.sub(value, line)
        return filled if is_known else ""

    def _last_bound(self, name: str) -> str | None:
        """What a name was bound to last: "{" if not to a constant; None if never."""
        for statement in reversed(self.parsed.statements):
            node = statement.node
            if isinstance(node, ast.Assign) and any(
                isinstance(one, ast.Name) and one.id == name for one in node.targets
            ):
                known = node.value
                return str(known.value) if isinstance(known, ast.Constant) else "{"
        return None

    def _write_by_shell(self, script: str, name: str) -> None:
        before = self._named_here(self.written)
        for path, text in written_by(script, before).items():
            self._keep(self.folder.place(path), text, name, 1)

    def _named_here(self, files: dict[str, str]) -> dict[str, str]:
        """Files as the notebook names them from the folder in which it works."""
        return {self.folder.name_here(path): text for path, text in files.items()}

    def _read_route(self, magic: magics.CellMagic, name: str) -> None:
        try:
            line = cellroutes.parse_route_line(magic.line)
            body = magics.without_magics(magic.body)
            tree = cellroutes.view_tree(
                body,
                line.rule,
                name=line.endpoint,
                methods=line.methods,
                first_line=magic.first_line,
                signature=line.signature,
            )
        except (SyntaxError, ValueError) as error:
            message = str(error).splitlines()[0]
            self.parsed.left_out.append(LeftOut(name, message))
            return
        function = tree.body[0]
        self.parsed.statements.append(
            Statement(name, 1, function, body, route=line, is_first=True, is_last=True)
        )

    def _read_template(self, magic: magics.CellMagic, name: str) -> None:
        try:
            line = cellroutes.parse_template_line(magic.line)
        except ValueError as error:
            self.parsed.left_out.append(LeftOut(name, str(error).splitlines()[0]))
            return
        self.parsed.templates[line.name] = _ended(magic.body)
        self.parsed.places[line.name] = name

    def _read_static(self, magic: magics.CellMagic, name: str) -> None:
        try:
            path = cellroutes.parse_static_line(magic.line)
        except ValueError as error:
            self.parsed.left_out.append(LeftOut(name, str(error).splitlines()[0]))
            return
        self.parsed.static[path] = _ended(magic.body)
        self.parsed.places[path] = name


def _ended(text: str) -> str:
    """End a cell's text with a newline, as IPython hands it to a magic."""
    return text if text.endswith("\n") else text + "\n"
