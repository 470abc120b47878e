"""The grammar of `%%route`, `%%template` and `%%static` cells, as pure functions.

The live magics and the exporter both read cells through this module, so that a cell
means the same in the notebook and in the exported file. It knows nothing of Jupyter.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from werkbook.cells.signatures import CellLineError as CellLineError
from werkbook.cells.signatures import LineSignature, take_signature
from werkbook.errors import WerkbookError, close_matches
from werkbook.routing.variables import VARIABLE, list_variables
from werkbook.syntax_trees import parse_python

ROUTE_USAGE = (
    "%%route [METHOD[,METHOD]] RULE [(PARAMETERS)] [--name ENDPOINT] [--try URL]..."
    " [--app NAME]"
)
TEMPLATE_USAGE = "%%template NAME [--with EXPR]"
STATIC_USAGE = "%%static PATH"

METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
)

ROUTE_OPTIONS = ("--name", "--try", "--app")

_METHODS = re.compile(r"[A-Za-z]+(,[A-Za-z]+)*,?\Z")
_TOKEN = re.compile(r"""(?:<[^<>]*>|"[^"]*"|'[^']*'|[^\s"'<]|<)+""")


class CellBodyError(WerkbookError, SyntaxError):
    """The body of a `%%route` cell cannot be the body of a view function."""


@dataclass(frozen=True)
class RouteLine:
    """What the first line of a `%%route` cell says.

    Attributes:
        methods: In capitals, in the order written; `("GET",)` when none is.
        rule: The URL pattern.
        name: The endpoint's name that was asked for, or None.
        tries: The URLs of `--try`, in order.
        app: The name of the app (or blueprint) that was asked for, or None.
        signature: The parameters that the line declares beside the rule's variables.
    """

    methods: tuple[str, ...]
    rule: str
    name: str | None = None
    tries: tuple[str, ...] = ()
    app: str | None = None
    signature: LineSignature | None = None

    @property
    def endpoint(self) -> str:
        """The endpoint's name: the one asked for, else the one derived."""
        return self.name or derive_endpoint(self.methods, self.rule)

    @property
    def needs_values(self) -> bool:
        """Whether a request needs more than the rule's text."""
        is_demanding = self.signature is not None and self.signature.is_demanding
        return is_demanding or bool(list_variables(self.rule))


@dataclass(frozen=True)
class TemplateLine:
    """What the first line of a `%%template` cell says."""

    name: str
    preview: str | None = None


def parse_route_line(line: str) -> RouteLine:
    """Read what follows `%%route` on the first line of a cell.

    Args:
        line: The rest of the line, as IPython hands it to a cell magic.

    Raises:
        CellLineError: A word is unknown, the rule is missing or does not start with
            a slash, or a method or name is not one.
    """
    line, signature = take_signature(line)
    words = split_words(line)
    options, words = _take_options(words)
    methods, words = _take_methods(words)
    if len(words) != 1:
        raise _route_error(
            f"%%route got {' '.join(words)!r} where one rule belongs."
            if words
            else "%%route has no rule."
        )
    rule = words[0]
    if not rule.startswith("/"):
        raise _route_error(
            f"The rule {rule!r} does not start with a slash.", f"write '/{rule}'."
        )
    return RouteLine(methods, rule, *options, signature)


def parse_template_line(line: str) -> TemplateLine:
    """Read what follows `%%template` on the first line of a cell.

    Raises:
        CellLineError: The name is missing, or something else than `--with` follows.
    """
    head, marker, preview = line.partition("--with")
    words = split_words(head)
    if len(words) != 1 or words[0].startswith("-") or (marker and not preview.strip()):
        raise CellLineError(
            _template_problem(line.strip(), words),
            why="a template cell has one name, and after --with an expression.",
            fix=f"write {TEMPLATE_USAGE}",
        )
    return TemplateLine(words[0], preview.strip() or None)


def _template_problem(line: str, words: list[str]) -> str:
    option = next((word for word in words if word.startswith("-")), "")
    if option:
        option = option.partition("=")[0]
        hint = hint_near(option, ("--with",))
        return f"%%template has no option {option!r}{hint}"
    return f"%%template cannot read {line!r}." if words else "%%template has no name."


def hint_near(word: str, known: Iterable[str]) -> str:
    """End a sentence about an unknown word with the one that was meant."""
    meant = close_matches(word, known)
    return f"; did you mean {meant[0]}?" if meant else "."


def parse_static_line(line: str) -> str:
    """Read what follows `%%static`: the path below `/static/`.

    Raises:
        CellLineError: The path is missing, absolute, or leaves the static folder.
    """
    words = split_words(line)
    path = words[0].replace("\\", "/") if len(words) == 1 else ""
    if not path or path.startswith("/") or ".." in path.split("/"):
        problem = f"%%static cannot read {line.strip()!r}."
        raise CellLineError(
            problem if words else "%%static has no path.",
            why="a static cell has one path, relative to the static folder.",
            fix="write %%static style.css",
        )
    return path


def derive_endpoint(methods: Iterable[str], rule: str) -> str:
    """Name the endpoint of a `%%route` cell after its rule.

    `/` is `index`, `/hello/<name>` is `hello_name`; a rule that does not answer GET
    has its methods in front: `post_items`. The result is a Python identifier and no
    keyword.
    """
    variables_named = VARIABLE.sub(lambda match: match["name"], rule)
    words = re.findall(r"\w+", variables_named)
    name = "_".join(words) or "index"
    methods = list(methods)
    if "GET" not in methods:
        name = "_".join([*(method.lower() for method in methods), name])
    if keyword.iskeyword(name):
        return name + "_"
    return name if name.isidentifier() else "_" + name


def view_tree(
    source: str,
    rule: str,
    filename: str = "<cell>",
    *,
    name: str | None = None,
    methods: Iterable[str] = ("GET",),
    first_line: int = 2,
    signature: LineSignature | None = None,
) -> ast.Module:
    """Turn the body of a `%%route` cell into a module that defines its view.

    The function's arguments are the rule's variables. A last expression is returned.
    The function is async when the body awaits, a generator when it yields (its last
    expression is then left alone). Names assigned in the body are local to it.

    Args:
        source: The body: all lines of the cell after its first.
        rule: The rule; its variables become the arguments.
        filename: What tracebacks name.
        name: The function's name; derived from the rule when None.
        methods: The methods, for the derived name.
        first_line: The line of the cell on which the body starts.
        signature: The parameters that the first line declares.

    Raises:
        SyntaxError: The body is not Python; the line is the cell's.
        CellBodyError: The body is empty, or its rule names one variable twice.
    """
    body = _parse_body(source, filename, first_line)
    if not body:
        raise CellBodyError(
            f"The %%route cell for {rule!r} has no body.",
            why="the cell is the body of a view function.",
            fix="write what the view returns below the first line.",
        )
    function = _function(name or derive_endpoint(methods, rule), rule, body, signature)
    heads = [*ast.walk(function.args)]
    heads += ast.walk(function.returns) if function.returns else ()
    for node in (function, *heads):
        if "lineno" in node._attributes:
            ast.copy_location(node, body[0])
    return ast.Module(body=[function], type_ignores=[])


def is_generator(body: Iterable[ast.stmt]) -> bool:
    """Say whether statements yield in their own scope."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own(body))


def is_async(body: Iterable[ast.stmt]) -> bool:
    """Say whether statements await in their own scope."""
    return any(_awaits(node) for node in own(body))


def own(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk statements without entering the functions and classes inside them."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    stack = list(body)
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, inner):
            stack.extend(_outer_parts(node))
        else:
            stack.extend(ast.iter_child_nodes(node))


def _outer_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a function or class that run where it is defined."""
    yield from getattr(node, "decorator_list", ())
    yield from getattr(node, "bases", ())
    yield from (keyword.value for keyword in getattr(node, "keywords", ()))
    arguments = getattr(node, "args", None)
    if isinstance(arguments, ast.arguments):
        yield from arguments.defaults
        yield from (default for default in arguments.kw_defaults if default)


def _awaits(node: ast.AST) -> bool:
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
        return True
    return isinstance(node, ast.comprehension) and bool(node.is_async)


def _parse_body(source: str, filename: str, first_line: int) -> list[ast.stmt]:
    # Blank lines in front give every node, and every SyntaxError, the cell's lines.
    return parse_python("\n" * (first_line - 1) + source, filename).body


def _function(
    name: str, rule: str, body: list[ast.stmt], signature: LineSignature | None
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    variables = list_variables(rule)
    if len(set(variables)) != len(variables):
        raise CellBodyError(
            f"The rule {rule!r} names a variable twice.",
            why="the rule's variables are the view's arguments.",
            fix="give each variable its own name.",
        )
    last = body[-1]
    if isinstance(last, ast.Expr) and not is_generator(body):
        body = [*body[:-1], ast.copy_location(ast.Return(value=last.value), last)]
    declared = signature or LineSignature("")
    arguments = declared.make_arguments(variables)
    kind = ast.AsyncFunctionDef if is_async(body) else ast.FunctionDef
    function = kind(name=name, args=arguments, body=body, decorator_list=[])
    function.returns = declared.make_returns()
    if "type_params" in kind._fields:  # Python 3.12 wants the field
        function.__dict__["type_params"] = []
    return function


def split_words(line: str) -> list[str]:
    """Split at spaces, but not inside quotes or the angle brackets of a rule."""
    return [_unquote(word) for word in _TOKEN.findall(line)]


def _unquote(word: str) -> str:
    if len(word) >= 2 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    return word


def _take_options(
    words: list[str],
) -> tuple[tuple[str | None, tuple[str, ...], str | None], list[str]]:
    name: str | None = None
    app: str | None = None
    tries: list[str] = []
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if not word.startswith("--"):
            rest.append(word)
            continue
        option, equals, value = word.partition("=")
        if option not in ROUTE_OPTIONS:
            hint = hint_near(option, ROUTE_OPTIONS)
            raise _route_error(f"%%route has no option {option!r}{hint}")
        if not equals:
            if not queue:
                raise _route_error(f"{option} needs a value.")
            value = queue.pop(0)
        value = _unquote(value)
        if option == "--try":
            tries.append(value)
        elif option == "--app":
            app = value
        else:
            name = _checked_name(value)
    return (name, tuple(tries), app), rest


def _checked_name(name: str) -> str:
    if name.isidentifier() and not keyword.iskeyword(name):
        return name
    raise _route_error(
        f"The endpoint {name!r} is not a Python name.",
        "write letters, digits and underscores, such as --name show_item.",
    )


def _take_methods(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    methods: list[str] = []
    rest = list(words)
    expected = True
    while expected and rest and _METHODS.match(rest[0]):
        word = rest.pop(0)
        expected = word.endswith(",")
        methods.extend(part.upper() for part in word.split(",") if part)
    unknown = [method for method in methods if method not in METHODS]
    if unknown:
        hint = hint_near(unknown[0], METHODS)
        raise _route_error(f"{unknown[0]!r} is not an HTTP method{hint}")
    return tuple(dict.fromkeys(methods)) or ("GET",), rest


def _route_error(problem: str, fix: str = "") -> CellLineError:
    return CellLineError(
        problem,
        why="the first line holds the methods, one rule, parameters in parentheses,"
        " and options.",
        fix=fix or f"write {ROUTE_USAGE}",
    )
