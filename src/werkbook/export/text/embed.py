"""Templates and static files of cells, as mappings in the exported file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from werkbook.cells.source.texts import mapping, unique
from werkbook.export.text.emit import Piece
from werkbook.export.text.imports import Import


@dataclass
class Embedded:
    """What the file needs to answer with what the cells held."""

    imports: list[Import] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    have: Collection[Import] = ()

    def name(self, module: str, name: str, taken: set[str]) -> str:
        """Import a name of a module; give what the file has to call it."""
        one = Import(module, name)
        if name in taken and one not in self.have:
            one = Import(module, name, unique(f"_{name}", taken))
        self.imports.append(one)
        return one.bound


def embed(
    app: str,
    package: str,
    templates: dict[str, str],
    static: dict[str, str],
    taken: set[str],
    have: Collection[Import] = (),
) -> Embedded:
    """Write the mappings, and the lines that make the app look into them first.

    Args:
        app: The app's name.
        package: `werkbook` or `flask`, whose functions are used.
        templates: Sources by name.
        static: Texts by path below the static folder.
        taken: Names that the file uses already.
        have: What the file imports already.
    """
    result = Embedded(have=have)
    if templates:
        _embed_templates(app, templates, taken, result)
    if static:
        _embed_static(app, package, static, taken, result)
    return result


def _embed_templates(
    app: str, templates: dict[str, str], taken: set[str], result: Embedded
) -> None:
    name = unique("TEMPLATES", taken)
    choice = result.name("jinja2", "ChoiceLoader", taken)
    by_name = result.name("jinja2", "DictLoader", taken)
    result.pieces.append(Piece(mapping(name, templates)))
    loader = f"{choice}([{by_name}({name}), {app}.jinja_loader])"
    line = f"{app}.jinja_loader = {loader}"
    if len(line) > 88:
        line = (
            f"{app}.jinja_loader = {choice}(\n"
            f"    [{by_name}({name}), {app}.jinja_loader]\n)"
        )
    result.pieces.append(Piece(line, space=0))
    _embed_escaping(app, templates, taken, result)


def escaping(app: str, templates: dict[str, str], taken: set[str]) -> Embedded:
    """Write the lines that a file needs whose templates lie beside it."""
    result = Embedded()
    _embed_escaping(app, templates, taken, result)
    return result


def _embed_escaping(
    app: str, templates: dict[str, str], taken: set[str], result: Embedded
) -> None:
    if any("." not in template for template in templates):
        # Flask escapes by suffix; a template cell without one holds HTML.
        function = unique("escapes_template", taken)
        result.pieces.append(
            Piece(
                f"def {function}(name):\n"
                '    """Escape values in HTML, and in templates without a suffix."""\n'
                f'    return "." not in (name or "") or {app}.'
                "select_jinja_autoescape(name)",
                is_definition=True,
            )
        )
        result.pieces.append(Piece(f"{app}.jinja_env.autoescape = {function}"))


def _embed_static(
    app: str, package: str, static: dict[str, str], taken: set[str], result: Embedded
) -> None:
    name = unique("STATIC", taken)
    function = unique("static_file", taken)
    in_memory = result.name("io", "BytesIO", taken)
    send = result.name(package, "send_file", taken)
    result.pieces.append(Piece(mapping(name, static)))
    # As Flask calls a file of a folder below.
    is_deep = any("/" in one for one in static)
    shown = 'filename.rpartition("/")[2]' if is_deep else "filename"
    result.pieces.append(
        Piece(
            f'@{app}.endpoint("static")\n'
            f"def {function}(filename):\n"
            '    """Answer with a file of the notebook, else of the static folder."""\n'
            f"    if filename in {name}:\n"
            f"        content = {in_memory}({name}[filename].encode())\n"
            f"        return {send}(content, download_name={shown})\n"
            f"    return {app}.send_static_file(filename)",
            is_definition=True,
        )
    )
