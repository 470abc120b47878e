"""One export from start to end: the file, its proof, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from werkbook.cells.asked import Asked, asked_by
from werkbook.cells.cell import Cell
from werkbook.export.cautions import cautions_of
from werkbook.export.exporter import Options, export
from werkbook.export.notebook_folder import options_for
from werkbook.export.project.data_files import DataFiles, copy, data_files
from werkbook.export.project.manifest import Manifest
from werkbook.export.project.project import project_files
from werkbook.export.project.writing import check_free, write_text
from werkbook.export.project.written_tests import tests_for
from werkbook.export.proof.proved import Proved, export_and_prove
from werkbook.export.report import report

RuleMap = Sequence[tuple[str, tuple[str, ...], str]]


@dataclass(frozen=True)
class Wish:
    """What was asked for, in the words of the command line.

    Attributes:
        notebook: The notebook's path; its folder is what the app may read.
        output: The file to write; app.py in `folder` when neither it nor `project`
            is given.
        target: "flask" or "werkbook"; None means "flask".
        app: The app's name; the last one when None.
        upto: Use the first so many code cells only.
        project: The folder to write a project into.
        tests: Write a pytest file beside the output.
        is_checked: Start the file to prove it.
        env: Names of environment variables to hand on to the proof.
        timeout_s: Seconds that the proof may take.
        force: Overwrite files that Werkbook did not write.
        python: The major version of Python of the notebook.
    """

    notebook: Path
    output: Path | None = None
    target: str | None = None
    app: str | None = None
    upto: int | None = None
    project: Path | None = None
    tests: bool = False
    is_checked: bool = True
    env: tuple[str, ...] = ()
    timeout_s: float = 60.0
    force: bool = False
    python: int = 3


@dataclass(frozen=True)
class Delivery:
    """What was written, and what to say of it.

    Attributes:
        proved: The export with its proof.
        paths: The files written.
        text: The report, in a few lines.
    """

    proved: Proved
    paths: list[Path] = field(default_factory=list)
    text: str = ""

    @property
    def is_proved(self) -> bool:
        """The file was started, and no difference was found."""
        return self.proved.proof is not None and self.proved.proof.is_proved


def deliver(
    cells: Sequence[Cell],
    wish: Wish,
    *,
    requests: Sequence[Asked] | None = None,
    rules: RuleMap | None = None,
) -> Delivery:
    """Export an app, prove it, write what was wished for.

    Nothing is written when a file is in the way.

    Args:
        cells: The notebook's cells, in document order.
        wish: What was asked for.
        requests: What the cells asked, with the answers where they are known; read
            from the cells' text when None.
        rules: The live app's URL map, to compare with.

    Raises:
        NoAppError: The cells make no app.
        ExportExistsError: A file that Werkbook did not write is in the way.
        OSError: A file cannot be written.
    """
    asked = list(asked_by(cells) if requests is None else requests)
    folder = wish.notebook.parent
    options = options_for(
        folder,
        wish.notebook.name,
        target=wish.target or "flask",
        app=wish.app,
        upto=wish.upto,
        python=wish.python,
    )
    files: dict[Path, str] = {}
    proved: Proved | None = None
    if wish.output is not None or wish.project is None:
        proved = _prove(cells, options, wish, asked, rules)
        files.update(_single(proved, wish, asked))
    data, manifest = DataFiles(), None
    if wish.project is not None:
        manifest = Manifest(wish.project)
        apart = replace(options, embeds=False)
        proved = _prove(cells, apart, wish, asked, rules)
        made = project_files(proved, asked, wish.notebook)
        files.update({wish.project / name: text for name, text in made.items()})
        reads = proved.proof.reads if proved.proof is not None else ()
        data = data_files(reads, folder, wish.project, made, manifest)
    assert proved is not None
    forced = {
        path
        for path, text in files.items()
        if wish.force or _is_ours(path, text, manifest)
    }
    for path in files:
        check_free(path, force=path in forced)
    if manifest is not None:
        check_free(manifest.path, force=wish.force)
    for path, text in files.items():
        write_text(path, text, force=path in forced)
    for source, target in data.copies:
        copy(source, target)
    cautions = [*cautions_of(proved.export, folder), *data.cautions]
    paths = [*files, *(target for _, target in data.copies)]
    if manifest is not None:
        root = manifest.path.parent
        ours = [path for path in paths if path.is_relative_to(root)]
        manifest.save(ours, force=wish.force)
    return Delivery(proved, paths, report(proved, paths, cautions))


def _is_ours(path: Path, text: str, manifest: Manifest | None) -> bool:
    """Say whether a project's file is as an export wrote it, or as this one would."""
    if manifest is None or not path.is_relative_to(manifest.path.parent):
        return False
    is_same = path.is_file() and path.read_bytes() == text.encode()
    return is_same or manifest.is_unchanged(path)


def _prove(
    cells: Sequence[Cell],
    options: Options,
    wish: Wish,
    asked: Sequence[Asked],
    rules: RuleMap | None,
) -> Proved:
    if not wish.is_checked:
        return Proved(export(cells, options), None)
    return export_and_prove(
        cells,
        options,
        folder=wish.notebook.parent,
        requests=asked,
        rules=rules,
        env=wish.env,
        timeout_s=wish.timeout_s,
    )


def _single(proved: Proved, wish: Wish, asked: Sequence[Asked]) -> dict[Path, str]:
    path = wish.output or wish.notebook.with_name("app.py")
    files = {path: proved.export.source}
    for name, text in proved.export.files.items():
        beside = path.parent / name
        if not beside.exists():
            files[beside] = text
    if wish.tests:
        tests = path.with_name(f"test_{path.stem}.py")
        files[tests] = tests_for(proved, asked, path.stem, wish.notebook.name)
    return files
