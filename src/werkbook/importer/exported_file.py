"""An `app.py` that Werkbook exported: its machinery back into what it was made from."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from werkbook.cells.notebook_json import is_well_formed
from werkbook.cells.routes import (
    CellLineError,
    parse_static_line,
    parse_template_line,
)
from werkbook.export.exporter import MARK
from werkbook.syntax_trees import undisturbed

from .code.source_modules import bound_name, dotted_name, parse_tree

_TITLE = re.compile(rf"Web app of the notebook (?P<name>.+), {MARK}")
_ESCAPES = '"""Escape values in HTML, and in templates without a suffix."""'
_ANSWERS = '"""Answer with a file of the notebook, else of the static folder."""'
_SERVES = '"""Serve the app; HOST and PORT in the environment win."""'
_METADATA = re.compile(r"# /// script\n(?:#.*\n)*?# ///\n+")
_MACHINERY = ("ChoiceLoader", "DictLoader", "BytesIO", "send_file", "os", "run_simple")
_PLAIN_RUN = {"host": '"127.0.0.1"', "port": "5000"}


@dataclass
class ExportedFile:
    """What an exported file was made from.

    Attributes:
        source: Its code without what the export added.
        title: The notebook's name.
        templates: Its template cells, in order.
        static: Its static cells, in order.
        run: The call that serves it as the notebook did, or "".
    """

    source: str
    title: str
    templates: dict[str, str] = field(default_factory=dict)
    static: dict[str, str] = field(default_factory=dict)
    run: str = ""


def read_exported(content: bytes) -> ExportedFile | None:
    """Read a file that Werkbook exported; None for any other.

    Its first line is no proof of that: whoever wrote it may have written any name, and
    any code below.
    """
    source = content.decode("utf-8", errors="replace")
    found = _TITLE.search(source[:500])
    if found is None or not _is_file_name(found["name"]):
        return None
    try:
        tree = parse_tree(_METADATA.sub("", source, count=1).encode())
    except (cst.ParserSyntaxError, ValueError, SyntaxError, RecursionError):
        return None  # what is wrong with it is told of the file as it stands
    reader = _MarkReader(tree)
    result = ExportedFile("", found["name"])
    kept = [one for one in tree.body if not reader.takes(one, result)]
    left = tree.with_changes(body=_without_machinery(kept, reader.is_changed))
    result.source = left.code
    return result


def _is_file_name(name: str) -> bool:
    """Say whether a notebook can be called so, in its own folder."""
    is_plain = name.isprintable() and not name.startswith((".", " "))
    return is_plain and not set(name) & set("/\\")


def _read_texts(code: str) -> dict[str, str] | None:
    """Return the templates or files of a mapping; None where cells can't hold them."""
    try:
        found = undisturbed(literal_eval, code)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    if not isinstance(found, dict):
        return None
    parts = [*found, *found.values()]
    if not all(isinstance(one, str) and is_well_formed(one) for one in parts):
        return None
    return found if all(map(_is_cell_name, found)) else None


def _is_cell_name(name: str) -> bool:
    """Say whether a template or static cell can have a name, and means the same."""
    try:
        return parse_template_line(name).name == name == parse_static_line(name)
    except CellLineError:
        return False


class _MarkReader:
    """Tells what the export added from what the author wrote."""

    def __init__(self, tree: cst.Module) -> None:
        self.tree = tree
        self.texts: dict[str, dict[str, str]] = {}
        self.mappings: set[str] = set()
        self.is_changed = False
        for node in tree.body:
            code = tree.code_for_node(node)
            for match in re.finditer(r"\bDictLoader\((\w+)\)", code):
                self.mappings.add(match[1])
            if _ANSWERS in code:
                self.mappings.update(re.findall(r"if filename in (\w+):", code))

    def takes(self, node: cst.BaseStatement, result: ExportedFile) -> bool:
        """Take a statement that the export added, and note what it says."""
        code = self.tree.code_for_node(node)
        if _TITLE.search(code) and isinstance(node, cst.SimpleStatementLine):
            return True
        is_ours = self._takes_mapping(node) or self._takes_code(code, result)
        self.is_changed |= is_ours
        return is_ours

    def _takes_mapping(self, node: cst.BaseStatement) -> bool:
        if not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1:
            return False
        one = node.body[0]
        if not isinstance(one, cst.Assign) or len(one.targets) != 1:
            return False
        name = dotted_name(one.targets[0].target)
        if name not in self.mappings:
            return False
        texts = _read_texts(self.tree.code_for_node(one.value))
        if texts is not None:
            self.texts[name] = texts
        return texts is not None

    def _takes_code(self, code: str, result: ExportedFile) -> bool:
        loader = re.search(
            r"\.jinja_loader = ChoiceLoader\(\s*\[DictLoader\((\w+)", code
        )
        if loader and code.lstrip().count("\n") <= 3:
            result.templates.update(self.texts.get(loader[1], {}))
            return True
        static = re.search(r"if filename in (\w+):", code)
        if _ANSWERS in code and static:
            result.static.update(self.texts.get(static[1], {}))
            return True
        if _SERVES in code:
            result.run = _run_call(code)
            return True
        return (
            _ESCAPES in code
            or bool(
                re.fullmatch(r"\s*\w+\.jinja_env\.autoescape = escapes_\w+\s*", code)
            )
            or bool(
                re.fullmatch(r'\s*if __name__ == "__main__":\s+main_*\(\)\s*', code)
            )
            or code.strip() == "_dh = [os.path.dirname(os.path.abspath(__file__))]"
        )


def _run_call(code: str) -> str:
    """Write the call that the notebook served with; "" for the plain one."""
    heads = dict(re.findall(r"\b(host|port)=([^,()]+)", code.partition("\n")[0]))
    called = re.search(r"(\w+)\.run\((?P<given>.*)\)\s*\Z", code, re.DOTALL)
    if called is None:
        return ""
    given = re.sub(r"\b(?:host=host|port=port)\b,?\s*", "", called["given"])
    options = " ".join(given.split()).strip(", ")
    placed = [f"{k}={v}" for k, v in heads.items() if _PLAIN_RUN.get(k) != v]
    arguments = ", ".join([*placed, *([options] if options else [])])
    return f"{called[1]}.run({arguments})" if arguments else ""


def _without_machinery(
    body: Sequence[cst.BaseStatement], is_changed: bool
) -> Sequence[cst.BaseStatement]:
    """Take the imports out that only what the export added used."""
    if not is_changed:
        return body
    module = cst.Module([])
    used = set()
    for one in body:
        if not _is_import(one):
            used |= set(re.findall(r"\w+", module.code_for_node(one)))
    result = []
    for one in body:
        left = _without_names(one, used) if _is_import(one) else one
        if left is not None:
            result.append(left)
    return result


def _is_import(node: cst.BaseStatement) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and all(
        isinstance(one, cst.Import | cst.ImportFrom) for one in node.body
    )


def _without_names(node: cst.BaseStatement, used: set[str]) -> cst.BaseStatement | None:
    assert isinstance(node, cst.SimpleStatementLine)
    one = node.body[0]
    assert isinstance(one, cst.Import | cst.ImportFrom)
    if isinstance(one.names, cst.ImportStar):
        return node
    kept = [
        alias
        for alias in one.names
        if bound_name(alias) in used or bound_name(alias).lstrip("_") not in _MACHINERY
    ]
    if len(kept) == len(one.names):
        return node
    if not kept:
        return None
    kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return node.with_changes(body=[one.with_changes(names=kept)])
