"""The parameters in a `%%route` line: `(item: NewItem, limit: int = 10) -> Item`.

They are written as a function's, in any order, and are keywords of the view function.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from werkbook.errors import WerkbookError
from werkbook.syntax_trees import parse_python

_OPENING = re.compile(r"""(?:<[^<>]*>|"[^"]*"|'[^']*'|[^\s"'<]|<)+|\s+""")
_OPTIONS = re.compile(r"\s--(?:name|try|app)\b")


class CellLineError(WerkbookError, ValueError):
    """The first line of a `%%route`, `%%template` or `%%static` cell is wrong."""


@dataclass(frozen=True)
class LineSignature:
    """The parameters that a `%%route` line declares, and its return annotation.

    Attributes:
        text: What stands between the parentheses.
        returns: What stands behind `->`, or "".
    """

    text: str
    returns: str = ""

    @cached_property
    def _arguments(self) -> ast.arguments:
        return _parse_arguments(self.text)

    @property
    def names(self) -> list[str]:
        """The names of the parameters."""
        return [one.arg for one in self._arguments.kwonlyargs]

    @property
    def is_demanding(self) -> bool:
        """Whether a request must give a value: a parameter has no plain default."""
        return any(
            default is None or (isinstance(default, ast.Call) and not default.args)
            for default in self._arguments.kw_defaults
        )

    def make_arguments(self, variables: Sequence[str]) -> ast.arguments:
        """Make the arguments of the view function.

        Args:
            variables: The variables of the rule; the line may give them hints.

        Raises:
            CellLineError: It gives one of them a default.
        """
        arguments = _parse_arguments(self.text)
        pairs = list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
        hinted = {one.arg: (one, default) for one, default in pairs}
        for name in variables:
            if hinted.get(name, (None, None))[1] is not None:
                raise CellLineError(
                    f"The parameter {name!r} has a default, and is a variable of the"
                    " rule.",
                    why="a request to the rule always has a value for it.",
                    fix=f"write {name} without a default.",
                )
        arguments.args = [
            hinted[name][0] if name in hinted else ast.arg(arg=name)
            for name in variables
        ]
        left = [pair for pair in pairs if pair[0].arg not in variables]
        arguments.kwonlyargs = [one for one, _ in left]
        arguments.kw_defaults = [default for _, default in left]
        return arguments

    def make_returns(self) -> ast.expr | None:
        """Make the return annotation."""
        return parse_python(self.returns, mode="eval").body if self.returns else None

    def write(self, variables: Sequence[str], known: Collection[str]) -> str:
        """Return parentheses and return annotation of the view function's `def`.

        Args:
            variables: The variables of the rule.
            known: The names that are bound above; hints with others become texts.
        """
        arguments = self.make_arguments(variables)
        parameters = [*arguments.args, *arguments.kwonlyargs]
        late = [
            one
            for one in parameters
            if one.annotation is not None and not _is_known(one.annotation, known)
        ]
        for one in late:
            assert one.annotation is not None  # only those are late
            one.annotation = ast.Constant(ast.unparse(one.annotation))
        text = ast.unparse(arguments)
        if self.names and not late and not set(self.names) & set(variables):
            text = ", ".join([*variables, "*", self.text.strip().rstrip(",")])
        returns = self.make_returns()
        if returns is None:
            return f"({text})"
        written = self.returns if _is_known(returns, known) else repr(self.returns)
        return f"({text}) -> {written}"


def _is_known(hint: ast.expr, known: Collection[str]) -> bool:
    names = {one.id for one in ast.walk(hint) if isinstance(one, ast.Name)}
    return all(name in known or hasattr(builtins, name) for name in names)


def take_signature(line: str) -> tuple[str, LineSignature | None]:
    """Take the parameters out of what follows `%%route`.

    Returns:
        The line without them, and the parameters; None where there are none.

    Raises:
        CellLineError: They are no parameters of a function.
    """
    start = _find_opening(line)
    if start is None:
        return line, None
    end = _find_end(line, start)
    text, rest = line[start + 1 : end - 1], line[end:]
    returns = ""
    if rest.lstrip().startswith("->"):
        after = rest.lstrip().removeprefix("->")
        options = _OPTIONS.search(after)
        at = len(after) if options is None else options.start()
        returns, rest = after[:at].strip(), after[at:]
    _check(text, returns, line[start:])
    signature = LineSignature(text, returns) if text.strip() or returns else None
    return f"{line[:start]} {rest}", signature


def _find_opening(line: str) -> int | None:
    """Find the parenthesis that opens the parameters: it begins a word."""
    for match in _OPENING.finditer(line):
        if match[0].startswith("("):
            return match.start()
        if match[0].startswith("--"):
            return None
    return None


def _find_end(line: str, start: int) -> int:
    """Find the end of the parameters: the first one at which they can be read."""
    for match in re.finditer(r"\)", line[start:]):
        end = start + match.end()
        try:
            _parse_arguments(line[start + 1 : end - 1])
        except SyntaxError:
            continue
        return end
    raise _make_error(line[start:])


def _check(text: str, returns: str, written: str) -> None:
    try:
        _parse_arguments(text)
        if returns:
            parse_python(returns, mode="eval")
    except SyntaxError:
        raise _make_error(written) from None


def _parse_arguments(text: str) -> ast.arguments:
    """Parse parameters in any order: as keywords.

    Raises:
        SyntaxError: They are none.
    """
    inner = f"*, {text}" if text.strip() else ""
    function = parse_python(f"def view({inner}): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    if arguments.args or arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        raise SyntaxError("only plain parameters")
    return arguments


def _make_error(written: str) -> CellLineError:
    return CellLineError(
        f"%%route cannot read the parameters {written.strip()!r}.",
        why="they are written as a function's: a name, a hint, perhaps a default.",
        fix="write %%route POST /items (item: NewItem, limit: int = 10)",
    )
