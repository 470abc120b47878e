"""The distributions that a file needs, from its imports and pip lines."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import machinery, metadata

import werkbook
from werkbook.export.flow.prune import is_notebook_import
from werkbook.export.text.distributions import IMPORTS, SAME_NAME

_IMPORTABLE = (*machinery.SOURCE_SUFFIXES, *machinery.EXTENSION_SUFFIXES)
"""How the files end that can be imported."""


@dataclass
class Dependencies:
    """Requirements, and imports for which none was found.

    Attributes:
        requirements: As PEP 508 writes them, sorted.
        unknown: Packages that no installed distribution provides.
    """

    requirements: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def find_dependencies(
    packages: Iterable[str],
    *,
    installs: Iterable[str] = (),
    besides: Iterable[str] = (),
    extras: Mapping[str, Sequence[str]] | None = None,
    is_local: Callable[[str], bool] = lambda name: False,
    version_of: Callable[[str], str | None] | None = None,
) -> Dependencies:
    """Find the distributions of the packages that a file imports.

    A package that no distribution here provides, no pip line names and no table knows
    may be the author's own module; a stranger's distribution could bear its name, so
    none is asked for.

    Args:
        packages: What the file imports, each as far as one distribution provides it.
        installs: What the notebook's pip lines name.
        besides: Distributions that the file needs without importing them.
        extras: The extras that the file needs, by package.
        is_local: Says whether a package is a file of the notebook's folder.
        version_of: The installed version of a distribution, or None.
    """
    version = version_of or installed_version
    result = Dependencies()
    by_name = {normal(_bare(one)): one for one in installs}
    names = {normal(one): one for one in besides}
    for package in sorted(set(packages), key=str.lower):
        if _is_no_distribution(package) or is_local(package.partition(".")[0]):
            continue
        name = _distribution(package, by_name)
        if name is None:
            result.unknown.append(package)
        else:
            names.setdefault(normal(name), name)
    wanted = {normal(one): names for one, names in (extras or {}).items() if names}
    for key, name in sorted(names.items()):
        asked = by_name.get(key, name)
        bare = f"{name}[{','.join(wanted[key])}]" if key in wanted else name
        found = version(_bare(name))
        result.requirements.append(bare + compatible(found) if found else asked)
    return result


def _is_no_distribution(package: str) -> bool:
    return (
        not package
        or package in sys.stdlib_module_names
        or package == "__future__"
        or is_notebook_import(package)
    )


def _bare(requirement: str) -> str:
    return re.split(r"[\[=<>!~;\s]", requirement, maxsplit=1)[0]


def normal(name: str) -> str:
    """A distribution's name in PEP 503's normal form."""
    return re.sub(r"[-_.]+", "-", _bare(name)).lower()


def _distribution(package: str, by_name: dict[str, str]) -> str | None:
    """The distribution of a package: one installed here, asked for, or well known."""
    # Many distributions share a package with a dot.
    provided = [] if "." in package else _providers(package)
    if provided:
        asked = [one for one in provided if normal(one) in by_name]
        return (asked or sorted(provided))[0]
    if normal(package) in by_name:
        return _bare(by_name[normal(package)])
    known = IMPORTS.get(package)
    if known:
        variants = [one for one in by_name if normal(known).startswith(one)]
        return _bare(by_name[variants[0]]) if variants else known
    return package.replace("_", "-") if package in SAME_NAME else None


@cache
def _providers(package: str) -> list[str]:
    """The names of the distributions here that provide a package."""
    return sorted({one.metadata["Name"] for one in _distributions().get(package, [])})


@cache
def _distributions() -> dict[str, list[metadata.Distribution]]:
    """The distributions here by the packages that they provide.

    `importlib.metadata.packages_distributions` gives the same, but makes a path of each
    installed file, and reads all metadata: that took most of an export's time.
    """
    found: dict[str, list[metadata.Distribution]] = {}
    for distribution in metadata.distributions():
        for package in _packages(distribution):
            found.setdefault(package, []).append(distribution)
    return found


def _packages(distribution: metadata.Distribution) -> set[str]:
    """The importable names at the top of a distribution (PEP 376's RECORD)."""
    listed = distribution.read_text("top_level.txt")
    if listed and listed.strip():
        return set(listed.split())
    record = distribution.read_text("RECORD")
    if record is None:
        paths = list(map(str, distribution.files or ()))
    else:
        paths = [line.partition(",")[0].strip('"') for line in record.splitlines()]
    names = set()
    for path in paths:
        if not path.endswith(_IMPORTABLE):
            continue
        top, slash, _ = path.partition("/")
        name = top if slash else inspect.getmodulename(top)
        if name and name.isidentifier() and name != "__pycache__":
            names.add(name)
    return names


def installed_version(name: str) -> str | None:
    """The version of an installed distribution, or None."""
    if name == "werkbook":
        return werkbook.__version__
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def compatible(version: str) -> str:
    """The range of versions that should work as well as one does."""
    numbers = re.findall(r"\d+", version.split("+")[0])[:3]
    major, minor = int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else 0
    if major == 0:
        return f">=0.{minor},<0.{minor + 1}"
    return f">={major}.{minor},<{major + 1}"


def metadata_block(requirements: Iterable[str], python: str = ">=3.11") -> str:
    """Write PEP 723's comment block, from which `uv run` and `pipx run` install."""
    lines = ["# /// script", f'# requires-python = "{python}"']
    listed = list(requirements)
    if listed:
        lines.append("# dependencies = [")
        lines += [f'#     "{one}",' for one in listed]
        lines.append("# ]")
    else:
        lines.append("# dependencies = []")
    return "\n".join([*lines, "# ///"])
