"""One export from start to end: the file, its proof, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from werkbook.cells.asked import Asked, asked_by
from werkbook.cells.cell import Cell
from werkbook.export.api_contract import (
    FILE_NAME,
    compare_with_export,
    describe_notebook,
    write_contract,
)
from werkbook.export.cautions import find_why_no_talk, list_cautions
from werkbook.export.choosing import Options
from werkbook.export.exercise_requests import exercise_requests
from werkbook.export.exporter import export
from werkbook.export.notebook_folder import options_for
from werkbook.export.project.data_files import DataFiles, data_files
from werkbook.export.project.file_names import check_inside
from werkbook.export.project.manifest import Manifest
from werkbook.export.project.project import project_files
from werkbook.export.project.writing import check_free, check_is_not, write_all
from werkbook.export.project.written_tests import tests_for
from werkbook.export.proof.answers import Difference, KnownAnswer
from werkbook.export.proof.folder import Layout
from werkbook.export.proof.progress import ProofProgress
from werkbook.export.proof.proof import Prover
from werkbook.export.proof.proved import Proved, export_and_prove
from werkbook.export.proof.subject import Subject
from werkbook.export.report import report
from werkbook.system import this_system
from werkbook.whole_files import alone_in

NOTHING_COMPARED = 3
"""The exit status of a file that starts, and of which nothing could be compared."""
RuleMap = Sequence[tuple[str, tuple[str, ...], str]]


@dataclass(frozen=True)
class Wish:
    """What was asked for, in the words of the command line.

    Attributes:
        notebook: The notebook's path; its folder is what the app may read.
        output: The file to write; app.py in `folder` when neither it nor `project`
            is given.
        target: "flask" or "werkbook"; None means "flask", or "werkbook" where the
            notebook has typed views.
        app: The app's name; the last one when None.
        upto: Use the first so many code cells only.
        project: The folder to write a project into.
        tests: Write a pytest file beside the output.
        is_checked: Start the file to prove it.
        check: What it is compared with: the "notebook", run in a clean process; the
            "recorded" answers that were saved with it; or the "live" app.
        env: Names of environment variables to hand on to the proof.
        timeout_s: Seconds that a start, a cell or a request may take in the proof.
        force: Overwrite files that Werkbook did not write.
        python: The major version of Python of the notebook.
        file: A file that cells write, whose app is exported.
        deploy: Clusters that the project gets files for: "kubernetes", "ray".
        docs: The app answers /openapi.json and /docs; `openapi` goes with it.
        openapi: Write openapi.json beside the file, or into the project.
    """

    notebook: Path
    output: Path | None = None
    target: str | None = None
    app: str | None = None
    upto: int | None = None
    project: Path | None = None
    tests: bool = False
    is_checked: bool = True
    check: str = "notebook"
    env: tuple[str, ...] = ()
    timeout_s: float = 60.0
    force: bool = False
    python: int = 3
    file: str | None = None
    deploy: tuple[str, ...] = ()
    docs: bool = False
    openapi: bool = False

    @property
    def single_path(self) -> Path | None:
        """The path of the single file; None where a project alone is written."""
        if self.output is None and self.project is not None:
            return None
        return self.output or self.notebook.with_name("app.py")


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
        """Answers of the file were compared, and no difference was found."""
        return self.proved.proof is not None and self.proved.proof.is_proved

    @property
    def status(self) -> int:
        """The exit status: 0 when proved, or when no proof was asked for; 1; 3."""
        proof = self.proved.proof
        if proof is None or proof.is_proved:
            return 0
        return 1 if proof.differences else NOTHING_COMPARED


def deliver(
    cells: Sequence[Cell],
    wish: Wish,
    *,
    requests: Sequence[Asked] | None = None,
    rules: RuleMap | None = None,
    ask_live: Callable[[Asked], KnownAnswer | None] | None = None,
    why_unsure: str = "",
    doubts: Sequence[str] = (),
    progress: ProofProgress | None = None,
    describe: Callable[[], dict[str, Any]] | None = None,
) -> Delivery:
    """Export an app, prove it, write what was wished for.

    Nothing is written when a file is in the way.

    Args:
        cells: The notebook's cells, in document order.
        wish: What was asked for.
        requests: What the cells asked, with the answers where they are known; read
            from the cells' text when None.
        rules: The live app's URL map, to compare with.
        ask_live: Sends a request to the live app.
        why_unsure: Why the live app may be in another state than the file, or "".
        doubts: What is not known of the cells; each keeps the file from being proved.
        progress: Shows what the proof does.
        describe: Gives the app's OpenAPI document; None runs the notebook for it.

    Raises:
        NoAppError: The cells make no app.
        ExportExistsError: A file that Werkbook did not write is in the way.
        OutsideError: A cell writes a file outside of the target folder.
        OSError: A file cannot be written.
    """
    _check_places(wish)  # a proof takes a while: what is in the way is said before it
    asked = list(asked_by(cells) if requests is None else requests)
    document = None
    if wish.docs or wish.openapi:
        document = (describe or partial(_describe, wish))()
    subject = Subject(
        cells,
        wish.notebook.parent,
        asked,
        wish.check,
        rules,
        ask_live,
        wish.app is not None or wish.file is not None,
        wish.upto,
        wish.env,
        wish.timeout_s,
        why_unsure,
        exercise_requests(cells),
    )
    tries_workers = this_system().has_processes
    with Prover(subject, progress, tries_workers=tries_workers) as prover:
        return _Delivering(cells, wish, asked, prover, doubts, document).deliver()


def _check_places(wish: Wish) -> None:
    """Raise where a single file, or the file of its tests, can't be written.

    Raises:
        ExportExistsError: A file that Werkbook did not write is there.
    """
    path = wish.single_path
    if path is None:
        return
    for one in [path, _tests_of(path)] if wish.tests else [path]:
        check_is_not(one, wish.notebook)
        check_free(one, force=wish.force)


def _tests_of(path: Path) -> Path:
    return path.with_name(f"test_{path.stem}.py")


def _describe(wish: Wish) -> dict[str, Any]:
    return describe_notebook(wish.notebook, wish.app, timeout_s=wish.timeout_s)


class _Delivering:
    """One export: what it writes, and how that is proved."""

    def __init__(
        self,
        cells: Sequence[Cell],
        wish: Wish,
        asked: Sequence[Asked],
        prover: Prover,
        doubts: Sequence[str],
        document: dict[str, Any] | None,
    ) -> None:
        self._cells = cells
        self._doubts = doubts
        self._wish = wish
        self._asked = asked
        self._prover = prover
        self._folder = wish.notebook.parent
        self._texts: dict[Path, str] = {}
        self._roots: list[Path] = []
        self._data = DataFiles()
        self._document = document
        self._kept: list[str] = []
        self._news: list[str] = []

    def deliver(self) -> Delivery:
        """Export, prove, and write everything that was wished for."""
        wish = self._wish
        proved: Proved | None = None
        if wish.single_path is not None:
            proved = self._single(wish.single_path)
        if wish.project is not None:
            proved = self._project(wish.project)
        assert proved is not None
        with alone_in(wish.project) if wish.project is not None else nullcontext():
            paths = self._write()
        proof = proved.proof
        is_tried = proof is not None and proof.one_process is not None
        cautions = list_cautions(
            proved.export,
            self._folder,
            of_workers=not is_tried,
            why_no_talk=find_why_no_talk(proof),
        )
        cautions += [*self._data.cautions, *self._kept]
        if proof is None:
            cautions += self._doubts
        text = report(proved, paths, cautions, self._news)
        return Delivery(proved, paths, text)

    def _single(self, path: Path) -> Proved:
        """A file of its own, with what it cannot do without."""
        is_beside = path.parent.resolve() == self._folder.resolve()
        manifest = Manifest(path.parent)
        layout = Layout(
            path.name,
            None if is_beside else path.parent,
            self._ship,
        )
        proved = self._prove(self._options(path.name), layout)
        self._texts[path] = proved.export.source
        self._add_contract(path.parent, proved)
        tests = _tests_of(path)
        if self._wish.tests:
            name = self._wish.notebook.name
            self._texts[tests] = tests_for(proved, self._asked, path.stem, name)
        self._check_names(path.parent, proved)
        for name, text in proved.export.files.items():
            beside = path.parent / name
            if not beside.exists():
                self._texts[beside] = text
            elif (
                beside != path
                and beside.is_file()
                and beside.read_bytes() != text.encode()
            ):
                self._kept.append(_of_kept(name, proved.export.places.get(name, "")))
        if proved.proof is not None and proved.proof.ships:
            made = proved.export.files
            names = proved.proof.ships
            self._data = data_files(names, self._folder, path.parent, made, manifest)
        return proved

    def _project(self, project: Path) -> Proved:
        """A folder of its own, with everything that the app reads."""
        manifest = Manifest(project)
        layout = Layout(
            "app.py",
            project,
            self._ship,
            always_ships=True,
        )
        options = replace(self._options("app.py"), embeds=False)
        proved = self._prove(options, layout)
        wish = self._wish
        made = project_files(proved, self._asked, wish.notebook, wish.deploy)
        self._texts.update({project / name: text for name, text in made.items()})
        self._add_contract(project, proved)
        self._check_names(project, proved)
        reads = proved.proof.ships if proved.proof is not None else ()
        self._data = data_files(reads, self._folder, project, made, manifest)
        return proved

    def _check_names(self, root: Path, proved: Proved) -> None:
        """Raise unless what cells write lies in the folder, and takes no other's place.

        Raises:
            OutsideError: A file does not.
        """
        self._roots.append(root)
        made = [one for one in self._texts if one.is_relative_to(root)]
        names = [one.relative_to(root).as_posix() for one in made]
        check_inside(root, proved.export.files, proved.export.places, names)

    def _add_contract(self, folder: Path, proved: Proved) -> None:
        """Write what describes the API, and say what changed since the last export."""
        if self._document is None:
            return
        path = folder / FILE_NAME
        self._news += compare_with_export(path, self._document)
        self._texts[path] = write_contract(self._document)
        if self._wish.docs and len(proved.export.docs_paths) < 2:
            self._news.append(
                "--docs: a rule of the app answers /docs or /openapi.json, and stays."
            )

    def _options(self, output: str) -> Options:
        wish = self._wish
        return options_for(
            self._folder,
            wish.notebook.name,
            target=wish.target or "flask",
            is_target_asked=wish.target is not None,
            app=wish.app,
            file=wish.file,
            output=output,
            upto=wish.upto,
            python=wish.python,
            document=self._document if wish.docs else None,
        )

    def _prove(self, options: Options, layout: Layout) -> Proved:
        if not self._wish.is_checked:
            return Proved(export(self._cells, options), None)
        proved = export_and_prove(self._cells, options, self._prover, layout)
        if proved.proof is not None:
            doubts = [Difference("", one) for one in self._doubts]
            proved.proof.differences[:0] = doubts
        return proved

    def _ship(self, names: Iterable[str], root: Path) -> list[str]:
        """Say which of the files that an app reads come along to a folder."""
        found = data_files(names, self._folder, root, (), Manifest(root))
        return [target.relative_to(root).as_posix() for _, target in found.copies]

    def _write(self) -> list[Path]:
        """Write everything, or nothing when a file is in the way."""
        wish = self._wish
        # It is read now: another export may have been here meanwhile.
        manifest = Manifest(wish.project) if wish.project is not None else None
        forced = {
            path
            for path, text in self._texts.items()
            if wish.force or _is_ours(path, text, manifest)
        }
        for path in self._texts:
            check_is_not(path, wish.notebook)
            check_free(path, force=path in forced)
        if manifest is not None:
            check_free(manifest.path, force=wish.force)
        copies = {target: source for source, target in self._data.copies}
        note = manifest.note if manifest is not None else None
        write_all({**self._texts, **copies}, self._roots, note)
        return [*self._texts, *copies]


def _of_kept(name: str, place: str) -> str:
    """Say that a file beside the notebook is another one than a cell writes."""
    cell = f"{place}: " if place else ""
    return f"{cell}{name!r} is there with another text, and was left as it is."


def _is_ours(path: Path, text: str, manifest: Manifest | None) -> bool:
    """Say whether a project's file is as an export wrote it, or as this one would."""
    if manifest is None or not path.is_relative_to(manifest.path.parent):
        return False
    is_same = path.is_file() and path.read_bytes() == text.encode()
    return is_same or manifest.is_unchanged(path)
