"""The proof: two apps are asked the same, the exported file and the notebook's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from werkbook.export.exporter import Export
from werkbook.export.proof.answers import (
    ComparedRequest,
    Difference,
    KnownAnswer,
    Proof,
)
from werkbook.export.proof.comparing import compare_state, is_reordered
from werkbook.export.proof.file_run import FileFound, FileRun
from werkbook.export.proof.folder import Budget, FolderPlan, Layout, plan_copies
from werkbook.export.proof.judging import (
    judge,
    judge_by_itself,
    may_answer_by_chance,
    may_answer_otherwise,
    problem_proof,
    read_by_requests,
    tell_lost_requests,
    tell_reasons,
)
from werkbook.export.proof.notebook_run import (
    NotebookRun,
    Reference,
    recorded_reference,
)
from werkbook.export.proof.progress import NoProgress, ProofProgress
from werkbook.export.proof.subject import Subject
from werkbook.export.proof.workers_run import WorkersRun, lives_in_one_process
from werkbook.live.kit_pages import KIT_PATHS
from werkbook.processes.scratch import ScratchFolder
from werkbook.routing.variables import may_match
from werkbook.system import this_system

NO_PROCESS = (
    "The file ran in this kernel, where no process can start: several workers and a"
    " restart were not tried."
)
_MAX_LEFT_OUT = 5
_MORE = 3
"""Further processes of a file that draws lots or tells the time: two may answer the
same by chance, and otherwise than the notebook did."""
_MAX_REORDERED = 3


class Prover:
    """Proves exported files against one notebook, whose own app is asked once.

    Use it as a context manager: at the end no process and no copy is left.

    Args:
        subject: The notebook.
        progress: Shows what is done.
        tries_workers: The file is served by several workers, too.
    """

    def __init__(
        self,
        subject: Subject,
        progress: ProofProgress | None = None,
        *,
        tries_workers: bool = True,
    ) -> None:
        self.subject = subject
        self._tries_workers = tries_workers
        self._progress = progress or NoProgress()
        self._folder = ScratchFolder("werkbook-proof-")
        self._root = Path(self._folder.name).resolve()
        self._budget = Budget()
        self.plan = plan_copies(subject.folder, self._root, self._budget)
        self._there: dict[Path, FolderPlan] = {}
        self._count = 0
        self._running: list[NotebookRun | FileRun | WorkersRun] = []
        self._notebook: NotebookRun | None = None
        self._reference: Reference | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._running:
            one.close()
        self._progress.done()
        self._folder.cleanup()

    def prove(self, export: Export, layout: Layout | None = None) -> Proof:
        """Ask a file what the notebook's own app is asked, and compare.

        Args:
            export: The file.
            layout: Where it will lie; beside the notebook when None.

        Raises:
            OSError: No process can be started here, or the disk is full.
        """
        layout = layout or Layout()
        if self.subject.check == "notebook" and self._notebook is None:
            self._notebook = NotebookRun(
                self.subject, export, self.plan, self._new_place(), self._progress
            )
            self._running.append(self._notebook)
        proofs: list[Proof] = []
        if not layout.always_ships:
            # What the app reads is found out only where the file alone does not do.
            proofs.append(self._attempt(export, layout))
            if proofs[0].is_proved or not layout.is_elsewhere:
                return proofs[0]
        beside = Layout(layout.name)
        scouted = self._attempt(export, beside, with_workers=False)
        for ships in layout.choices(scouted.reads, scouted.databases):
            if ships or layout.always_ships:
                proofs.append(self._attempt(export, layout, ships))
                proofs[-1].ships = ships
            proof = proofs[-1]
            if proof.is_proved or proof.is_better_than(scouted):
                break
        has_data = set(proof.ships) & set(scouted.databases)
        if has_data and not proof.is_better_than(proofs[-2]):
            return proofs[-2]
        return proof

    def _attempt(
        self,
        export: Export,
        layout: Layout,
        reads: Sequence[str] = (),
        *,
        with_workers: bool = True,
    ) -> Proof:
        began_s = time.monotonic()
        main = self._run_file(export, layout, reads)
        again = self._run_file(export, layout, reads, hash_seed=1)
        workers = None
        if with_workers and self._tries_workers:
            workers = self._run_workers(export, layout, reads)
        if not main.has_started():
            return self._stopped(main, export)
        started_s = time.monotonic()
        reference = self._wait_for_notebook()
        asked = [one.asked for one in reference.exchanges]
        explores = self.subject.check == "live"
        main.ask(asked, explores=explores)
        found = main.wait()
        if found.problem is not None:
            return self._stopped(main, export)
        run_file = partial(self._run_file, export, layout, reads)
        proof = self._compare(export, reference, found, again, run_file)
        self._ask_by_itself(export, layout, reads, proof)
        asked_s = time.monotonic()
        if workers is not None:
            self._ask_workers(workers, export, proof)
        proof.timings = {
            "start": started_s - began_s,
            "notebook": reference.seconds,
            "asking": asked_s - started_s,
            "workers": time.monotonic() - asked_s,
        }
        return proof

    def _stopped(self, main: FileRun, export: Export) -> Proof:
        """The file does not start, or stops: nothing else need be waited for."""
        for one in self._running:
            if one is not self._notebook:
                one.close()
        proof = problem_proof(main.found)
        proof.notes += [*self._left_out(), *tell_reasons(self.subject, export)]
        if self._reference is not None:
            proof.notes += self._reference.notes
        return proof

    def _left_out(self) -> list[str]:
        """Say what the file did not have: parts of the folder, a process of its own."""
        found = [
            f"{name!r} ({why})"
            for plan in (self.plan, *self._there.values())
            for name, why in plan.left_out.items()
        ]
        notes = [] if this_system().has_processes else [NO_PROCESS]
        if not found:
            return notes
        more = f" and {len(found) - _MAX_LEFT_OUT} more" * (len(found) > _MAX_LEFT_OUT)
        names = ", ".join(found[:_MAX_LEFT_OUT])
        return [*notes, f"Not in the proof's copy of the folder: {names}{more}."]

    def _wait_for_notebook(self) -> Reference:
        if self._reference is None:
            if self._notebook is not None:
                self._reference = self._notebook.wait()
            else:
                self._reference = recorded_reference(self.subject)
            leave_out_kit_pages(self._reference)
        return self._reference

    def _exchanges(
        self, reference: Reference, found: FileFound
    ) -> list[ComparedRequest]:
        """Put the file's answers beside the notebook's, with what else was asked."""
        known = [
            replace_file(one, answer)
            for one, answer in zip(reference.exchanges, found.answers, strict=False)
        ]
        for one in found.explored:
            if self.subject.ask_live is not None:
                one.here = self.subject.ask_live(one.asked)
        return [*known, *found.explored]

    def _ask_again(
        self, again: FileRun, exchanges: Sequence[ComparedRequest]
    ) -> dict[str, str]:
        """Ask another process of the same file: what differs varies by nature.

        Return what its names hold.
        """
        if again.has_started():
            again.ask([one.asked for one in exchanges])
            for one, answer in zip(exchanges, again.wait().answers, strict=False):
                one.again += (answer,)
        return again.found.state

    def _compare(
        self,
        export: Export,
        reference: Reference,
        found: FileFound,
        again: FileRun,
        run_file: Callable[..., FileRun],
    ) -> Proof:
        """Compare what was answered; what seems chance is asked more often."""
        exchanges = self._exchanges(reference, found)
        states = [self._ask_again(again, exchanges)]
        proof = self._judge(export, reference, exchanges, found, states)
        is_chance = may_answer_by_chance(export) or any(
            one.here and one.file and is_reordered(one.here, one.file)
            for one in exchanges
        )
        if (proof.differences or proof.held_otherwise) and is_chance:
            more = [run_file(hash_seed=number) for number in range(2, 2 + _MORE)]
            states += filter(None, [self._ask_again(one, exchanges) for one in more])
            proof = self._judge(export, reference, exchanges, found, states)
        return proof

    def _judge(
        self,
        export: Export,
        reference: Reference,
        exchanges: Sequence[ComparedRequest],
        found: FileFound,
        states: Sequence[Mapping[str, str]],
    ) -> Proof:
        proof = judge(self.subject, export, reference, exchanges, found)
        proof.notes += self._left_out()
        proof.notes += _tell_orders(proof.exchanges)
        _compare_state(proof, export, reference, found.state, states)
        return proof

    def _ask_by_itself(
        self, export: Export, layout: Layout, reads: Sequence[str], proof: Proof
    ) -> None:
        """Ask the file as `python app.py` runs it, where it looks at its own name."""
        if not may_answer_otherwise(export):
            return
        alone = self._run_file(export, layout, reads, by_itself=True)
        if alone.has_started():
            alone.ask(proof.asked)
            alone.wait()
        problem = alone.found.problem
        if problem is not None:
            how = f"Run by itself, as `python {layout.name}`: {problem.what}"
            proof.differences.append(replace(problem, what=how))
            return
        judge_by_itself(proof, export, alone.found.answers, layout.name)

    def _ask_workers(self, workers: WorkersRun, export: Export, proof: Proof) -> None:
        workers.ask(proof.asked)
        answers = workers.wait()
        if workers.problem:
            proof.notes.append(
                f"Several workers could not be tried: {workers.problem}."
            )
            return
        for one, answer in zip(proof.exchanges, answers, strict=False):
            one.workers = answer
        proof.one_process = lives_in_one_process(proof, export)

    def _run_file(
        self,
        export: Export,
        layout: Layout,
        reads: Sequence[str],
        *,
        by_itself: bool = False,
        hash_seed: int = 0,
    ) -> FileRun:
        place, file = self._make(export, layout, reads)
        run = FileRun(
            self.subject,
            export,
            file,
            place,
            self._progress,
            by_itself=by_itself,
            hash_seed=hash_seed,
        )
        self._running.append(run)
        return run

    def _run_workers(
        self, export: Export, layout: Layout, reads: Sequence[str]
    ) -> WorkersRun:
        place, file = self._make(export, layout, reads)
        run = WorkersRun(self.subject, export, file, place, self._progress)
        self._running.append(run)
        return run

    def _make(
        self, export: Export, layout: Layout, reads: Sequence[str]
    ) -> tuple[Path, Path]:
        """Make a process's place, with the file in it; give both."""
        place = self._new_place()
        root = place / "notebook"
        layout.make(root, export, self.plan, self._plan_folder(layout.target), reads)
        return place, root / layout.name

    def _plan_folder(self, target: Path | None) -> FolderPlan:
        if target is None:
            return self.plan
        if target not in self._there:
            self._there[target] = plan_copies(target, self._root, self._budget)
        return self._there[target]

    def _new_place(self) -> Path:
        self._count += 1
        place = self._root / str(self._count)
        place.mkdir()
        return place


def _tell_orders(exchanges: Sequence[ComparedRequest]) -> list[str]:
    """Name the requests whose answers have another order in another process."""
    found = [
        f"{one.asked.method} {one.asked.url}"
        for one in exchanges
        if one.file and any(is_reordered(one.file, other) for other in one.again)
    ]
    return [
        f"{request} answers in another order at each start, as sets do."
        for request in list(dict.fromkeys(found))[:_MAX_REORDERED]
    ]


def _compare_state(
    proof: Proof,
    export: Export,
    reference: Reference,
    file: Mapping[str, str],
    again: Sequence[Mapping[str, str]],
) -> None:
    """Add what names hold otherwise, or by requests; those only the notebook has."""
    here = reference.state
    proof.notes += tell_lost_requests(reference.left, export, proof.exchanges)
    counts = read_by_requests(export)
    proof.held_otherwise = compare_state(here, file, again, counts)
    statements = export.program.statements
    for name, number in sorted(export.slice.missing.items()):
        is_lacking = name in here and name not in file
        if is_lacking and "NameError" not in statements[number].text:
            what = f"The file binds no {name!r}, which this reads; the notebook has it."
            proof.differences.append(Difference(statements[number].place, what))


def replace_file(one: ComparedRequest, answer: KnownAnswer) -> ComparedRequest:
    """An exchange with another file's answer."""
    return replace(one, file=answer, again=(), workers=None)


def leave_out_kit_pages(reference: Reference) -> None:
    """Take out what only a notebook answers: /docs and /openapi.json without a rule."""
    rules = [rule for rule, _, _ in reference.rules or ()]
    reference.exchanges = [
        one
        for one in reference.exchanges
        if (path := urlsplit(one.asked.url).path) not in KIT_PATHS
        or any(may_match(rule, path) for rule in rules)
    ]
