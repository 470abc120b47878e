"""The notebooks as front ends show them now: which cells they hold, and which source.

JupyterLab's extension tells of each change at once. A document is known as long as a
page shows it; then the newest save has the word again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .saved import SavedCell


@dataclass
class Document:
    """One notebook.

    Attributes:
        sources: The source of each code cell by its id, in the notebook's order.
        pages: The pages that show it.
    """

    sources: dict[str, str]
    pages: set[str] = field(default_factory=set)


class Documents:
    """All notebooks that pages show on this kernel, by their path.

    Several pages may show one notebook; who told last has the newest.
    """

    def __init__(self) -> None:
        """No page has told of anything yet."""
        self._by_path: dict[str, Document] = {}
        self._seen: set[str] = set()
        self.sessions: set[str] = set()
        """The sessions in which those pages run cells."""

    def __bool__(self) -> bool:
        """Say whether any notebook is shown."""
        return bool(self._by_path)

    def open(self, path: str, page: str, sources: Mapping[str, str]) -> None:
        """Take in a whole notebook, which a page begins to show."""
        self._leave_others(page, path)
        pages = self._by_path[path].pages if path in self._by_path else set()
        self._by_path[path] = Document(dict(sources), pages | {page})
        self.sessions.add(page)
        self._seen |= sources.keys()

    def arrange(self, path: str, ids: Iterable[str], new: Mapping[str, str]) -> None:
        """Take in which code cells a notebook has now, with the sources of new ones."""
        document = self._by_path.get(path)
        if document is None:
            return
        known = {**document.sources, **new}
        document.sources = {one: known.get(one, "") for one in ids}
        self._seen |= document.sources.keys()

    def edit(self, path: str, sources: Mapping[str, str]) -> None:
        """Take in the new sources of cells."""
        document = self._by_path.get(path)
        if document is not None:
            document.sources.update(
                (one, text) for one, text in sources.items() if one in document.sources
            )

    def close(self, page: str) -> None:
        """Note that a page shows no notebook any more."""
        self._leave_others(page, "")

    @property
    def only_path(self) -> str | None:
        """The path of the notebook that is shown; None when there are several."""
        return next(iter(self._by_path)) if len(self._by_path) == 1 else None

    def cells(self) -> list[SavedCell]:
        """Return all code cells with something in them."""
        shown = list(self._by_path.values())  # a page may come while a thread reads
        return [
            SavedCell(cell_id, source)
            for document in shown
            for cell_id, source in document.sources.items()
            if source.strip()
        ]

    def cell_ids(self) -> set[str]:
        """Return the ids of all code cells, of empty ones, too."""
        shown = list(self._by_path.values())
        return {one for document in shown for one in list(document.sources)}

    def was_seen(self, cell_id: str) -> bool:
        """Say whether a notebook holds a cell or held it once."""
        return cell_id in self._seen

    def _leave_others(self, page: str, path: str) -> None:
        for other, document in list(self._by_path.items()):
            if other != path:
                document.pages.discard(page)
                if not document.pages:
                    del self._by_path[other]
