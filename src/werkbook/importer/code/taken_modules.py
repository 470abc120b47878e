"""Which modules become cells, and which stay files beside the notebook.

A module that registers something with the app, or imports one that does, must become
cells: the notebook makes the app, so no second one may come from an import. Others stay
the files that they are, but those of the app's own package: its `__init__.py` runs when
any of them is imported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .own_imports import OwnImport, all_own_imports, modules_in_strings
from .source_modules import Project, SourceModule

_REGISTERS = re.compile(
    r"\b(?:Blueprint|Flask|App|APIBlueprint)\(|\b(?:register_blueprint|add_url_rule)\("
    r"|^\s*@\w+(?:\.\w+)?\.(?:route|get|post|put|patch|delete|before_\w+|after_\w+"
    r"|errorhandler|teardown_\w+|context_processor|app_\w+|template_\w+|shell_\w+)\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Chosen:
    """The modules of an app.

    Attributes:
        taken: Those that become cells, the entry first.
        kept: Those that stay files.
    """

    taken: dict[str, SourceModule]
    kept: dict[str, SourceModule]


def choose_modules(project: Project) -> Chosen:
    """Say which modules that the entry reaches become cells."""
    found = _reached(project)
    entry = project.entry_name
    taken = {entry} | {
        name for name, (module, _) in found.items() if _registers(module)
    }
    grew = True
    while grew:
        packages = {name.partition(".")[0] for name in taken if _is_packed(name, found)}
        more = {
            name
            for name, (_, imports) in found.items()
            if any(one.target.module in taken for one in imports)
            or name.partition(".")[0] in packages
        }
        grew = not more <= taken
        taken |= more
    order = [entry, *(name for name in found if name != entry)]
    return Chosen(
        {name: found[name][0] for name in order if name in taken},
        {name: found[name][0] for name in order if name not in taken},
    )


def _registers(module: SourceModule) -> bool:
    return _REGISTERS.search(module.tree.code) is not None


def _is_packed(
    name: str, found: dict[str, tuple[SourceModule, list[OwnImport]]]
) -> bool:
    module, _ = found[name]
    return module.is_package or "." in name


def _reached(project: Project) -> dict[str, tuple[SourceModule, list[OwnImport]]]:
    """Return the modules that the entry imports, and those that these import."""
    found: dict[str, tuple[SourceModule, list[OwnImport]]] = {}
    queue = [project.entry_name, *project.parents(project.entry_name)]
    while queue:
        name = queue.pop(0)
        module = project.load(name)
        if name in found or module is None:
            continue
        imports = list(all_own_imports(project, module))
        found[name] = module, imports
        queue += [run for one in imports for run in one.runs]
        queue += modules_in_strings(project, module.tree)
    return found
