"""Answers about functions that may call each other in a circle."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Circles(Generic[Answer]):
    """What is found of each of some things, which may ask for each other.

    Who asks for one that is still being found gets what is known of it so far. Of
    those that ask for each other only the one that was asked for first has a whole
    answer then. The answers of the others are forgotten: they are found once more, when
    they are asked for, and the first one's is whole by then.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, Answer] = {}
        self._depths: dict[Hashable, int] = {}  # of those that are being found
        self._lowest: list[int] = []  # for each of them: what it, or one below, asked
        self._unsure: dict[Hashable, int] = {}  # found, but from part of an answer

    def find(
        self, key: Hashable, start: Answer, complete: Callable[[Answer], None]
    ) -> Answer:
        """Return what is known, or else find it.

        Args:
            key: What is asked for.
            start: An answer that says nothing.
            complete: Adds to it all that there is to say.
        """
        if key in self._found:
            self._note(self._depths.get(key, self._unsure.get(key)))
            return self._found[key]
        depth = len(self._lowest)
        unsure_before = len(self._unsure)
        self._found[key] = start
        self._depths[key] = depth
        self._lowest.append(depth)
        complete(start)
        del self._depths[key]
        lowest = self._lowest.pop()
        if lowest < depth:
            self._unsure[key] = lowest
            self._note(lowest)
        else:
            for other in list(self._unsure)[unsure_before:]:
                del self._unsure[other], self._found[other]
        return start

    def _note(self, depth: int | None) -> None:
        if depth is not None and self._lowest:
            self._lowest[-1] = min(self._lowest[-1], depth)
