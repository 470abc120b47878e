"""Where a module's file and folders are, said in words that hold in a notebook.

The notebook's folder takes the place of the app's own: `__file__` is a file in it, and
what a blueprint of a deeper folder calls "templates" is a path from there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import libcst as cst

from .source_modules import ImportingError, SourceModule, dotted_name
from .weaving import Stretch

_COMMENT = "# A notebook has no __file__; _dh[0] is its folder."
_FOLDERS = ("template_folder", "static_folder")


def say_places(stretches: Sequence[Stretch], root: Path) -> None:
    """Let the statements find their files from the notebook's folder.

    Args:
        stretches: The statements; changed in place.
        root: The folder of the module that makes the app.

    Raises:
        ImportingError: A blueprint's folder lies outside of it.
    """
    said: set[str] = set()
    for stretch in stretches:
        writer = _PlaceWriter(stretch.module, root)
        result: list[cst.BaseStatement] = []
        for one in stretch.statements:
            writer.is_asked = False
            changed = one.visit(writer)
            assert isinstance(changed, cst.BaseStatement)
            if writer.is_asked and writer.name not in said:
                said.add(writer.name)
                changed = _with_name(changed, writer, result)
            result.append(changed)
        stretch.statements = result


def _with_name(
    node: cst.BaseStatement, writer: _PlaceWriter, result: list[cst.BaseStatement]
) -> cst.BaseStatement:
    """Bind the file's name in front of a statement, below its blank lines."""
    place = json.dumps(f"/{writer.place}")
    text = f"{writer.name} = _dh[0] + {place}"
    made = cst.parse_statement(text)
    lines = [*getattr(node, "leading_lines", ())]
    blank = []
    while lines and lines[0].comment is None:
        blank.append(lines.pop(0))
    comment = cst.EmptyLine(comment=cst.Comment(_COMMENT))
    result.append(made.with_changes(leading_lines=[*blank, comment]))
    return node.with_changes(leading_lines=lines)


class _PlaceWriter(cst.CSTTransformer):
    def __init__(self, module: SourceModule, root: Path) -> None:
        super().__init__()
        self.module = module
        self.root = root
        self.is_asked = False
        is_inside = module.path.is_relative_to(root)
        path = module.path.relative_to(root) if is_inside else Path(module.path.name)
        self.place = path.as_posix()
        is_beside = module.folder == root or not is_inside
        self.name = "__file__" if is_beside else f"{module.name.replace('.', '_')}_file"

    def leave_Name(
        self, original_node: cst.Name, updated_node: cst.Name
    ) -> cst.BaseExpression:
        if original_node.value != "__file__":
            return updated_node
        self.is_asked = True
        return updated_node.with_changes(value=self.name)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        last = dotted_name(original_node.func).rpartition(".")[2]
        if "Blueprint" not in last or self.module.folder == self.root:
            return updated_node
        return updated_node.with_changes(args=[self._arg(a) for a in updated_node.args])

    def _arg(self, arg: cst.Arg) -> cst.Arg:
        is_folder = arg.keyword is not None and arg.keyword.value in _FOLDERS
        if not is_folder or not isinstance(arg.value, cst.SimpleString):
            return arg
        text = str(arg.value.evaluated_value)
        if Path(text).is_absolute():
            return arg
        place = (self.module.folder / text).resolve()
        if not place.is_relative_to(self.root):
            raise ImportingError(
                f"The blueprint of {str(self.module.path)!r} has its folder {text!r}"
                f" outside of {str(self.root)!r}.",
                why="the notebook's folder takes the place of the folder of the module"
                " that makes the app, and all of its files lie below it.",
                fix="move the folder below that one.",
            )
        found = place.relative_to(self.root).as_posix()
        return arg.with_changes(value=cst.SimpleString(json.dumps(found)))
